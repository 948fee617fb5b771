// The live KL: total, each dimension, each term, and the formula with the numbers in it.

const DIGITS = "₀₁₂₃₄₅₆₇₈₉";
const TERMS = [["trace", "½σ²", "log_var"], ["mean", "½μ²", "mean"], ["dimension", "−½", "prior"], ["logDet", "−½ log σ²", "log_var"]];

// The index of a dimension as a subscript, counted from 1.
export const subscript = (i) => [...String(i + 1)].map((digit) => DIGITS[digit]).join("");

// A number with a true minus sign; very large ones in powers of ten.
export function format(value, decimals = 3) {
  if (!Number.isFinite(value)) return value > 0 ? "∞" : value < 0 ? "−∞" : "undefined";
  const text = Math.abs(value) >= 1e5 ? value.toExponential(2) : value.toFixed(decimals);
  return (Number(text) === 0 ? text.replace("-", "") : text).replace("-", "−");
}

export const whole = (value) => Math.round(value).toLocaleString("en");
export const trimmed = (value) => format(value, value < 10 ? 2 : 1).replace(/\.?0+$/, "");
export const percent = (share) => `${format(100 * share, share < 0.1 ? 1 : 0).replace(/\.0$/, "")} %`;

export class Readout {
  // status: the element of the total; table, formula: elements to fill.
  constructor({ status, table, formula }) {
    Object.assign(this, { status, table, formula });
  }

  // A row for each of the shown dimensions (two indices), one for all others together, one for the sum.
  arrange(dimensions, shown) {
    const others = Array.from({ length: dimensions }, (_, i) => i).filter((i) => !shown.includes(i));
    this.rows = [...shown.map((i) => [i]), ...(others.length ? [others] : []), [...shown, ...others]];
    const names = [...shown.map((i) => `dimension ${i + 1}`), ...(others.length ? [`the other ${others.length}`] : []), "KL"];
    const head = `<tr><th scope="col">nats</th>${TERMS.map(([, sign, symbol]) =>
      `<th scope="col" class="${symbol}">${sign}</th>`).join("")}<th scope="col">sum</th></tr>`;
    this.table.innerHTML = `<thead>${head}</thead><tbody>${names.map((name) =>
      `<tr><th scope="row">${name}</th>${"<td></td>".repeat(TERMS.length + 1)}</tr>`).join("")}</tbody>`;
    this.cells = [...this.table.querySelectorAll("tbody tr")].map((row) => [...row.querySelectorAll("td")]);
    this.shown = shown;
    this.formula.hidden = others.length > 0; // sixteen brackets are no formula to read
    const bracket = `(<span class="log_var"></span> + <span class="mean"></span> − 1 − <span class="log_var"></span>)`;
    this.formula.innerHTML = `KL = ½ [ ${shown.map(() => bracket).join(" + ")} ] = <b></b>`;
    this.numbers = [...this.formula.querySelectorAll("span")];
    this.result = this.formula.querySelector("b");
  }

  show({ kl, terms, perDimension, std, mean, logVar }) {
    write(this.status, `${format(kl)} nats`);
    this.status.dataset.nats = kl; // all its digits
    const columns = [...TERMS.map(([name]) => terms[name]), perDimension];
    this.cells.forEach((cells, row) => {
      columns.forEach((values, column) => write(cells[column], format(this.rows[row].reduce((sum, i) => sum + values[i], 0))));
    });
    this.shown.forEach((i, at) => {
      write(this.numbers[3 * at], `${format(std[i], 2)}²`);
      write(this.numbers[3 * at + 1], `${wrap(format(mean[i], 2))}²`);
      write(this.numbers[3 * at + 2], wrap(format(logVar[i], 2)));
    });
    write(this.result, format(kl));
  }
}

const wrap = (text) => (text.startsWith("−") ? `(${text})` : text);

export function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
