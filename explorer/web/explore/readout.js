// The live KL: total, each dimension, each term, and the formula with the numbers in it.

import { format } from "../kernel/format.js";
import { write } from "../parts/dom.js";

const TERMS = [
  ["trace", "½σ²", "log_var"],
  ["mean", "½μ²", "mean"],
  ["dimension", "−½", "prior"],
  ["logDet", "−½ log σ²", "log_var"],
];

export class Readout {
  // status: the element of the total; table, formula: elements to fill.
  constructor({ status, table, formula }) {
    this.status = status;
    this.table = table;
    this.formula = formula;
  }

  // A row for each of the shown dimensions (two indices), one for all others together, one for the sum.
  arrange(dimensions, shown) {
    const others = Array.from({ length: dimensions }, (_, i) => i).filter((i) => !shown.includes(i));
    this.rows = [...shown.map((i) => [i]), ...(others.length ? [others] : []), [...shown, ...others]];
    const names = [
      ...shown.map((i) => `dimension ${i + 1}`),
      ...(others.length ? [`the other ${others.length}`] : []),
      "KL",
    ];
    const head = `<tr><th scope="col">nats</th>${TERMS.map(
      ([, sign, symbol]) => `<th scope="col" class="${symbol}">${sign}</th>`,
    ).join("")}<th scope="col">sum</th></tr>`;
    this.table.innerHTML = `<thead>${head}</thead><tbody>${names
      .map((name) => `<tr><th scope="row">${name}</th>${"<td></td>".repeat(TERMS.length + 1)}</tr>`)
      .join("")}</tbody>`;
    this.cells = [...this.table.querySelectorAll("tbody tr")].map((row) => [...row.querySelectorAll("td")]);
    this.shown = shown;
    this.formula.hidden = others.length > 0; // a formula with sixteen brackets is unreadable
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
      columns.forEach((values, column) =>
        write(cells[column], format(this.rows[row].reduce((sum, i) => sum + values[i], 0))),
      );
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
