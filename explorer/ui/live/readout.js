// The live KL: total, each dimension, each term, and the formula with the numbers in it.

const SUBSCRIPTS = "₁₂₃₄₅₆₇₈₉";
const TERMS = [["trace", "½σ²", "log_var"], ["mean", "½μ²", "mean"], ["dimension", "−½", "prior"], ["logDet", "−½ log σ²", "log_var"]];

export const subscript = (i) => SUBSCRIPTS[i] ?? `_${i + 1}`;

// A number with a true minus sign; very large ones in powers of ten.
export function format(value, decimals = 3) {
  if (!Number.isFinite(value)) return value > 0 ? "∞" : value < 0 ? "−∞" : "undefined";
  const text = Math.abs(value) >= 1e5 ? value.toExponential(2) : value.toFixed(decimals);
  return (Number(text) === 0 ? text.replace("-", "") : text).replace("-", "−");
}

export class Readout {
  // status: the element of the total; table, formula: elements to fill.
  constructor({ status, table, formula }, dimensions) {
    Object.assign(this, { status, formula });
    const head = `<tr><th scope="col">nats</th>${TERMS.map(([, sign, symbol]) =>
      `<th scope="col" class="${symbol}">${sign}</th>`).join("")}<th scope="col">sum</th></tr>`;
    const rows = Array.from({ length: dimensions }, (_, i) => `dimension ${i + 1}`).concat("KL");
    table.innerHTML = `<thead>${head}</thead><tbody>${rows.map((name) =>
      `<tr><th scope="row">${name}</th>${"<td></td>".repeat(TERMS.length + 1)}</tr>`).join("")}</tbody>`;
    this.cells = [...table.querySelectorAll("tbody tr")].map((row) => [...row.querySelectorAll("td")]);
    const term = (i) => `<span class="log_var"></span> + <span class="mean"></span> − 1 − <span class="log_var"></span>`;
    formula.innerHTML = `KL = ½ [ ${Array.from({ length: dimensions }, (_, i) => `(${term(i)})`).join(" + ")} ] = <b></b>`;
    this.numbers = [...formula.querySelectorAll("span")];
    this.result = formula.querySelector("b");
  }

  show({ kl, terms, perDimension, std, mean, logVar }) {
    write(this.status, `${format(kl)} nats`);
    this.status.dataset.nats = kl; // all its digits
    const sum = (values) => values.reduce((a, b) => a + b, 0);
    const columns = TERMS.map(([name]) => terms[name]);
    this.cells.forEach((cells, row) => {
      const total = row === perDimension.length;
      columns.forEach((values, column) => write(cells[column], format(total ? sum(values) : values[row])));
      write(cells[TERMS.length], format(total ? kl : perDimension[row]));
    });
    mean.forEach((m, i) => {
      write(this.numbers[3 * i], `${format(std[i], 2)}²`);
      write(this.numbers[3 * i + 1], `${wrap(format(m, 2))}²`);
      write(this.numbers[3 * i + 2], wrap(format(logVar[i], 2)));
    });
    write(this.result, format(kl));
  }
}

const wrap = (text) => (text.startsWith("−") ? `(${text})` : text);

export function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
