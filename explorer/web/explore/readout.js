// The live KL: its total, its terms as a bar, and, where they are asked for, each dimension, each term, and the formula
// with the numbers in it.

import { format } from "../kernel/format.js";
import { write } from "../parts/dom.js";
import { add, set } from "../parts/svg.js";

const TERMS = [
  ["trace", "½σ²", "log_var"],
  ["mean", "½μ²", "mean"],
  ["dimension", "−½", "prior"],
  ["logDet", "−½ log σ²", "log_var"],
];
const LEAST = 10; // nats that the bar is wide; then twice as many, and so on

const sum = (values) => values.reduce((total, value) => total + value, 0);

// The terms as parts of a bar: {parts: [{name, from, to, above}], wide}, in nats. The upper row has the positive terms,
// the lower row the KL and behind it the negative terms: both rows are equally long.
/** @param {Record<string, number>} sums  each term, summed over the dimensions @param {number} kl */
export function barOf(sums, kl) {
  const parts = [],
    ends = { true: 0, false: kl };
  for (const [name, value] of Object.entries(sums)) {
    const above = value > 0,
      from = ends[above];
    ends[above] += Math.abs(value);
    parts.push({ name, from, to: ends[above], above });
  }
  return { parts, wide: LEAST * 2 ** Math.max(0, Math.ceil(Math.log2(Math.max(ends.true, kl) / LEAST))) };
}

export class Readout {
  // box: the element with all of it; onOpen(): the terms are asked for.
  /** @param {HTMLElement} box @param {() => void} onOpen */
  constructor(box, onOpen) {
    this.status = /** @type {HTMLElement} */ (box.querySelector(".kl"));
    this.table = box.querySelector(".terms");
    this.formula = /** @type {HTMLElement} */ (box.querySelector(".formula"));
    /** @type {HTMLDetailsElement} */
    this.details = box.querySelector("details");
    this.details.addEventListener("toggle", onOpen);
    this.buildBar(box.querySelector(".kl-bar"));
  }

  buildBar(box) {
    const svg = add(box, "svg", { viewBox: "0 0 100 20", preserveAspectRatio: "none", "aria-hidden": "true" });
    this.rect = add(svg, "rect", { class: "kl-itself", x: 0, y: 11, height: 9, width: 0 });
    this.rects = Object.fromEntries(
      TERMS.map(([name, , symbol]) => [name, add(svg, "rect", { class: `${symbol} ${name}`, height: 9 })]),
    );
    const key = box.appendChild(document.createElement("p"));
    key.className = "key";
    key.innerHTML =
      '<span class="kl-itself"><i></i>KL</span> ' +
      TERMS.map(([name, sign, symbol]) => `<span class="${symbol} ${name}"><i></i>${sign} <b></b></span>`).join(" ") +
      '<span class="wide"></span>';
    this.values = Object.fromEntries(TERMS.map(([name]) => [name, key.querySelector(`.${name} b`)]));
    this.wide = key.querySelector(".wide");
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

  show(frame) {
    const { kl, terms } = frame;
    write(this.status, `${format(kl)} nats`);
    this.status.dataset.nats = kl; // all its digits
    this.showBar(Object.fromEntries(TERMS.map(([name]) => [name, sum(terms[name])])), kl);
    if (this.details.open) this.showTerms(frame);
  }

  showBar(sums, kl) {
    const { parts, wide } = barOf(sums, kl),
      share = (nats) => ((100 * nats) / wide).toFixed(2);
    for (const { name, from, to, above } of parts) {
      set(this.rects[name], { x: share(from), width: share(to - from), y: above ? 0 : 11 });
      write(this.values[name], format(sums[name], 2));
    }
    set(this.rect, { width: share(kl) });
    write(this.wide, `${wide} nats`);
  }

  showTerms({ kl, terms, perDimension, std, mean, logVar }) {
    const columns = [...TERMS.map(([name]) => terms[name]), perDimension];
    this.cells.forEach((cells, row) => {
      columns.forEach((values, column) =>
        write(cells[column], format(this.rows[row].reduce((total, i) => total + values[i], 0))),
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
