// The estimators one below the other: numbers, a histogram of single estimates, and the running mean, on axes that all
// share.

import { short } from "./scales.js";
import { ESTIMATORS, histogram } from "./estimators.js";
import { format } from "../kernel/format.js";
import { write } from "../parts/dom.js";
import { add, set } from "../parts/svg.js";

const BINS = 61;
const SIGMAS = 3.2; // of the widest estimator on either side of the truth
const EARLY = 24; // draws from which on the running means fit into their axis

const number = (value, decimals) => short(value, format, decimals);

export class EstimatorRows {
  // host: the element to fill; headExact: the heading over the column of what is known of the variance; truthName: what
  // the truth is called.
  constructor(host, words, headExact, truthName = words.truth) {
    this.host = host;
    this.words = words;
    host.setAttribute("role", "table");
    const heads = [
      words.head_estimator,
      words.head_mean,
      words.head_variance,
      headExact,
      words.head_cost,
      words.head_histogram,
      words.head_running,
    ];
    this.row("heading", "columnheader").forEach((cell, i) => write(cell, heads[i]));
    this.rows = ESTIMATORS.map((name) => {
      const cells = this.row(`estimator ${name}`, "cell");
      cells.slice(1).forEach((cell, i) => (cell.dataset.label = heads[i + 1])); // where there is no room for headings
      const [title, mean, variance, exact, cost, single, running] = cells;
      title.innerHTML = `<b>${words[name]}</b><span class="level"></span>`;
      mean.innerHTML = `<b></b> <span></span>`;
      exact.innerHTML = `<span class="formula"></span><b></b>`;
      return {
        level: title.querySelector(".level"),
        mean: mean.querySelector("b"),
        error: mean.querySelector("span"),
        variance,
        formula: exact.querySelector("span"),
        exact: exact.querySelector("b"),
        cost,
        single: new Picture(single),
        running: new Picture(running),
        range: note(single),
        near: note(running),
      };
    });
    const [title, truth, , , , single, running] = this.row("axes", "cell");
    write(title, truthName);
    this.truth = truth;
    this.singleAxis = axisTexts(single);
    this.runningAxis = axisTexts(running);
  }

  row(name, role) {
    const row = this.host.appendChild(document.createElement("div"));
    row.className = `row ${name}`;
    row.setAttribute("role", "row");
    return ["name", "mean-of", "variance", "exact", "cost", "single", "running"].map((column) => {
      const cell = row.appendChild(document.createElement("div"));
      cell.className = `cell ${column}`;
      cell.setAttribute("role", role);
      return cell;
    });
  }

  // draws: the estimates of each estimator; sums: `summarise` of each; exact: the variance that is known of each;
  // truth; error: its standard error, where it was measured; levels: each one's baseline, or null; formulae: of the
  // exact variances; wrong: whether pathwise is;
  // own: whether each row has axes of its own.
  show({ draws, sums, exact, truth, error = 0, levels, formulae, wrong, own }) {
    const aside = wrong ? 1.3 * Math.abs(truth) : 0; // 0, which pathwise says, is to be on the axis too
    const wide = (variance, sigmas) => Math.max(sigmas * Math.sqrt(variance), aside) || Math.max(Math.abs(truth), 1);
    const widest = Math.max(...exact),
      early = 2.2 / Math.sqrt(EARLY);
    this.host.classList.toggle("own-axes", own);
    this.rows.forEach((row, i) => {
      const sum = sums[i],
        variance = own ? exact[i] : widest,
        reach = wide(variance, SIGMAS),
        near = wide(variance, early);
      write(row.range, own ? `${number(truth, 2)} ± ${number(reach, 2)}` : "");
      write(row.near, own ? `${number(truth, 2)} ± ${number(near, 2)}` : "");
      write(row.level, levels[i] === null ? "" : ` ${number(levels[i])}`);
      write(row.mean, number(sum.mean));
      row.mean.dataset.value = sum.mean;
      write(row.error, `± ${number(sum.error)}`);
      write(row.variance, number(sum.variance));
      row.variance.dataset.value = sum.variance;
      write(row.formula, formulae[i] ? `${formulae[i]} = ` : "");
      write(row.exact, number(exact[i]));
      row.exact.dataset.value = exact[i];
      const cost = exact[i] / exact[0];
      const times = Number.isFinite(cost) && exact[0] > 0 ? `${number(cost, 2)} ${this.words.times}` : "–",
        ofWrong = i ? "–" : this.words.wrong;
      write(row.cost, wrong ? ofWrong : times);
      row.cost.dataset.value = cost;
      row.single.bars(draws[i], truth - reach, truth + reach, truth, sum.mean, this.words.outside);
      row.running.band(sum.running, truth - near, truth + near, truth, error);
    });
    write(this.truth, error ? `${number(truth)} ± ${number(error)}` : number(truth));
    this.truth.dataset.value = truth;
    const reach = wide(widest, SIGMAS);
    [truth - reach, truth, truth + reach].forEach((value, i) => write(this.singleAxis[i], own ? "" : number(value, 2)));
    const last = sums[0].running.at(-1)?.n ?? 2;
    [2, Math.round(Math.sqrt(2 * last)), last].forEach((n, i) => write(this.runningAxis[i], n.toLocaleString("en")));
  }
}

// One small drawing: 300 units wide, 64 high, whatever its size.
const WIDE = 300,
  HIGH = 64;

const note = (cell) => span(cell, "range");
const axisTexts = (cell) => ["low", "middle", "high"].map((name) => span(cell, name));

function span(cell, className) {
  const element = cell.appendChild(document.createElement("span"));
  element.className = className;
  return element;
}

class Picture {
  constructor(cell) {
    this.svg = add(cell, "svg", { viewBox: `0 0 ${WIDE} ${HIGH}`, preserveAspectRatio: "none", "aria-hidden": true });
    this.area = add(this.svg, "path", { class: "area" });
    this.line = add(this.svg, "path", { class: "line" });
    this.truth = add(this.svg, "path", { class: "truth" });
    this.note = span(cell, "outside");
  }

  // A histogram, as high as its highest bar; dashed: the truth; a line: the mean.
  bars(values, low, high, truth, mean, outsideWord) {
    const { counts, outside } = histogram(values, low, high, BINS);
    const top = Math.max(...counts, 1),
      width = WIDE / BINS;
    let path = `M0 ${HIGH}`;
    for (let i = 0; i < BINS; i++) {
      const y = (HIGH - (counts[i] / top) * (HIGH - 4)).toFixed(2);
      path += `V${y}H${((i + 1) * width).toFixed(2)}`;
    }
    set(this.area, { d: `${path}V${HIGH}Z` });
    const x = (value) => Math.min(WIDE + 9, Math.max(-9, ((value - low) / (high - low)) * WIDE)).toFixed(2);
    set(this.line, { d: `M${x(mean)} 0V${HIGH}` });
    set(this.truth, { d: `M${x(truth)} 0V${HIGH}` });
    write(this.note, outside ? `${((100 * outside) / values.length).toFixed(1)} % ${outsideWord}` : "");
  }

  // The running mean with ± 2 standard errors, against draws on a logarithmic scale; dashed: the truth, with ± 2 of its
  // own.
  band(running, low, high, truth, error) {
    if (!running.length) return;
    const first = Math.log(running[0].n),
      last = Math.log(running.at(-1).n) || 1;
    const x = (n) => (last > first ? ((Math.log(n) - first) / (last - first)) * WIDE : WIDE).toFixed(2);
    const y = (value) =>
      Math.min(4 * HIGH, Math.max(-3 * HIGH, HIGH - ((value - low) / (high - low)) * HIGH)).toFixed(2);
    const upper = running.map(({ n, mean, error: se }) => `${x(n)} ${y(mean + 2 * se)}`);
    const lower = running.map(({ n, mean, error: se }) => `${x(n)} ${y(mean - 2 * se)}`).reverse();
    set(this.area, { d: `M${[...upper, ...lower].join("L")}Z` });
    set(this.line, { d: `M${running.map(({ n, mean }) => `${x(n)} ${y(mean)}`).join("L")}` });
    const edge = (by) => `M0 ${y(truth + by)}H${WIDE}`;
    set(this.truth, { d: error ? edge(2 * error) + edge(-2 * error) : edge(0) });
  }
}
