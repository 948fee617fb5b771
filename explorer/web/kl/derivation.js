// The derivation in six steps: each with its formula, Python's code for it, and its value for the parameters for which
// the formula holds.

import { Axes, Ellipses, gaussianOf } from "./ellipses.js";
import { PUT_IN, STEPS } from "./formulas.js";
import { klDiagonal, klIntegral, klMonteCarlo, klTerms, klToStandardNormalFull } from "./math.js";
import { apart, digits, number, showAgreement } from "./words.js";
import { klToStandardNormal } from "../kernel/gaussian.js";
import { seededUniform, standardNormal } from "../kernel/random.js";
import { ticks } from "../parts/ticks.js";
import { format } from "../kernel/format.js";
import { write } from "../parts/dom.js";
import { set, svgElement } from "../parts/svg.js";
import { enlargement } from "../parts/theme.js";
import { fill } from "../kernel/text.js";

const NORMAL = {
  mean: [0, 0],
  cov: [
    [1, 0],
    [0, 1],
  ],
};
const SETS = ["drawn", "standard", "diagonal"];
// the parameters to which a step applies
const OF_STEP = ["drawn", "drawn", "standard", "diagonal", "diagonal", "diagonal"];
const DRAWS = [10, 100, 1000, 10000, 100000];

// Each form, and the sets of parameters for which it holds. at({q, p}): its value.
const FORMS = [
  { name: "integral", step: 1, sets: SETS, at: ({ q, p }) => klIntegral(q, p) },
  { name: "full", step: 2, sets: SETS, at: ({ q, p }) => klTerms(q, p).total },
  { name: "standard", step: 3, sets: ["standard", "diagonal"], at: ({ q }) => klToStandardNormalFull(q) },
  { name: "matrix", step: 4, sets: ["diagonal"], at: ({ q, p }) => klTerms(q, p).total },
  {
    name: "variances",
    step: 5,
    sets: ["diagonal"],
    at: ({ q }) => klDiagonal(q.mean, [q.cov[0][0], q.cov[1][1]], [0, 0], [1, 1]),
  },
  {
    name: "log_variances",
    step: 6,
    sets: ["diagonal"],
    at: ({ q }) => klToStandardNormal(q.mean, [Math.log(q.cov[0][0]), Math.log(q.cov[1][1])]).reduce((a, b) => a + b),
  },
];

export class Derivation {
  constructor(element, lesson) {
    this.element = element;
    this.lesson = lesson;
    this.find = (selector) => element.querySelector(selector);
    this.ellipses = new Ellipses(this.find(".small-plane"), lesson, new Axes(lesson));
    this.titles = lesson.words.step_titles.split("|");
    this.buttons = this.titles.map((title, i) => {
      const button = this.find(".steps").appendChild(document.createElement("button"));
      button.type = "button";
      button.innerHTML = `<b>${i + 1}</b> ${title}`;
      button.addEventListener("click", () => lesson.set({ step: i + 1 }));
      return button;
    });
    this.find(".back-step").addEventListener("click", () => lesson.set({ step: Math.max(1, lesson.state.step - 1) }));
    this.find(".next-step").addEventListener("click", () => lesson.set({ step: Math.min(6, lesson.state.step + 1) }));
    const draws = this.find(".draws");
    for (const n of DRAWS) draws.add(new Option(n.toLocaleString("en").replaceAll(",", " "), String(n)));
    draws.addEventListener("change", () => lesson.set({ n: Number(draws.value) }));
    this.find(".again").addEventListener("click", () => lesson.set({ seed: (lesson.state.seed + 1) % 1000000 }));
    this.chart = new ErrorBars(this.find(".error-bars"), lesson.words);
    this.buildTable();
  }

  buildTable() {
    const { words } = this.lesson,
      names = words.set_names.split("|");
    const rows = [
      ...FORMS.map(({ step, name, sets }) => ({ title: `${step} ${this.titles[step - 1]}`, name, sets })),
      { title: words.monte_carlo, name: "samples", sets: SETS },
    ];
    const heads = names.map((name, i) => `<th scope="col" data-set="${SETS[i]}">${name}</th>`).join("");
    const cells = (sets) => SETS.map((one) => `<td data-set="${one}">${sets.includes(one) ? "" : "·"}</td>`).join("");
    const lines = rows.map(
      ({ title, name, sets }) => `<tr data-form="${name}"><th scope="row">${title}</th>${cells(sets)}</tr>`,
    );
    this.find(".forms").innerHTML =
      `<thead><tr><th scope="col">${words.nats}</th>${heads}</tr></thead><tbody>${lines.join("")}</tbody>`;
    this.cell = (form, one) => this.find(`.forms tr[data-form=${form}] td[data-set=${one}]`);
  }

  noise(n, seed) {
    const key = `${n},${seed}`;
    if (this.noiseOf !== key) {
      this.noiseOf = key;
      this.kept = standardNormal(2 * n, seededUniform(seed));
    }
    return this.kept;
  }

  draw(state) {
    const { lesson } = this,
      { words } = lesson,
      step = state.step;
    this.ellipses.draw(state);
    const q = gaussianOf(state.q2),
      p = gaussianOf(state.p2);
    const straight = {
      mean: q.mean,
      cov: [
        [q.cov[0][0], 0],
        [0, q.cov[1][1]],
      ],
    };
    const given = { drawn: { q, p }, standard: { q, p: NORMAL }, diagonal: { q: straight, p: NORMAL } };
    const checked = lesson.checked("q2", "p2"),
      pairs = [],
      values = {};
    for (const { name, sets, at } of FORMS) {
      for (const one of sets) {
        const value = at(given[one]);
        (values[one] ??= []).push(value);
        const cell = this.cell(name, one);
        write(cell, digits(value));
        const python = checked && number(checked.forms.values[name][one]);
        if (checked) pairs.push([value, python]);
        cell.title = checked ? fill(words.python_finds, { value: String(python) }) : "";
      }
    }
    const noise = this.noise(state.n, state.seed),
      chosen = OF_STEP[step - 1];
    const samples = Object.fromEntries(SETS.map((one) => [one, klMonteCarlo(given[one].q, given[one].p, noise)]));
    for (const one of SETS)
      write(this.cell("samples", one), `${format(samples[one].kl, 4)} ± ${format(samples[one].error, 4)}`);
    showAgreement(this.find(".agreement"), words, checked && pairs);
    const spread = Math.max(...SETS.flatMap((one) => values[one].map((value) => apart(values[one][0], value))));
    write(
      this.find(".forms-agree"),
      fill(spread < 1e-9 ? words.forms_agree : words.forms_disagree, {
        distance: spread ? spread.toExponential(0).replace("-", "−") : "0",
      }),
    );
    this.showStep(step, chosen);
    this.showDifference(state, values, chosen);
    const drawn = lesson.checked("q2", "p2", "n")?.forms.samples[chosen];
    this.chart.draw({
      exact: values[chosen][1],
      here: samples[chosen],
      python: drawn && { kl: number(drawn.kl), error: number(drawn.error) },
    });
    write(this.find(".of-step"), `${format(values[chosen][1])} nats`);
    this.find(".of-step").dataset.nats = values[chosen][1];
    write(this.find(".step-set"), fill(words.step_set, { set: words.set_names.split("|")[SETS.indexOf(chosen)] }));
    this.find(".draws").value = String(state.n);
  }

  // The formula, the text and the code of a step.
  showStep(step, chosen) {
    const { lesson } = this,
      { words } = lesson;
    for (const row of this.element.querySelectorAll(".forms tr"))
      row.classList.toggle("chosen", row.dataset.form === FORMS[step - 1].name);
    for (const cell of this.element.querySelectorAll(".forms [data-set]"))
      cell.classList.toggle("chosen", cell.dataset.set === chosen);
    const { sources } = lesson.reference ?? {};
    if (this.shownStep === step && this.shownSources === sources) return;
    this.shownStep = step;
    this.shownSources = sources;
    this.buttons.forEach((button, i) =>
      i + 1 === step ? button.setAttribute("aria-current", "step") : button.removeAttribute("aria-current"),
    );
    this.find(".back-step").disabled = step === 1;
    this.find(".next-step").disabled = step === 6;
    write(this.find(".step-title"), `${step}. ${this.titles[step - 1]}`);
    write(this.find(".step-text"), words[`step${step}`]);
    this.find(".formula-large").dataset.step = step;
    this.find(".formula-large").innerHTML = STEPS[step - 1];
    this.find(".put-in").innerHTML = PUT_IN[step - 1];
    const code = this.find(".code");
    if (!sources) return void write(code, words.computing);
    code.replaceChildren(
      ...sources[step - 1].map(({ name, source }) => {
        const block = document.createElement("pre");
        block.tabIndex = 0;
        block.setAttribute("aria-label", name);
        block.innerHTML = coloured(source);
        return block;
      }),
    );
    code.scrollTop = 0;
  }

  // The value of the terms that a step leaves out.
  showDifference(state, values, chosen) {
    const [, , a, b, c] = state.q2,
      { words } = this.lesson;
    const rho = b / Math.sqrt(a * c),
      lost = values.standard[1] - values.diagonal[1];
    const before = format(values.drawn[1], 4),
      after = format(values.standard[1], 4);
    let difference = fill(words.prior_replaced, { before, after });
    if (chosen === "diagonal")
      difference = fill(Math.abs(b) > 0 ? words.correlation_lost : words.no_correlation, {
        rho: format(rho, 2),
        lost: format(lost, 4),
      });
    else if (chosen !== "standard") difference = fill(words.parameters, parametersOf(state));
    write(this.find(".difference"), difference);
  }

  spoken() {
    return `${this.titles[this.lesson.state.step - 1]}: ${this.find(".of-step").textContent}`;
  }
}

// Python as text, its comments and the symbols' names in their colours.
function coloured(source) {
  const escaped = source.replace(/[&<>]/g, (sign) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;" })[sign]);
  let inText = false;
  return escaped
    .split("\n")
    .map((line) => {
      const marks = (line.match(/"""/g) ?? []).length;
      const quoted = inText || marks > 0;
      if (marks % 2) inText = !inText;
      if (quoted) return `<span class="quoted">${line}</span>`;
      const at = line.indexOf("#");
      const [code, comment] = at < 0 ? [line, ""] : [line.slice(0, at), line.slice(at)];
      const marked = code
        .replace(
          /\b(log_var|cov_q|var_q|log_det_term|trace_term|diagonal|chol_q)\b/g,
          '<span class="log_var">$1</span>',
        )
        .replace(/\b(mean_q|mean|mean_term|shift)\b(?!\()/g, '<span class="mean">$1</span>')
        .replace(/\b(mean_p|cov_p|var_p|chol_p)\b/g, '<span class="p">$1</span>')
        .replace(/^(\s*)(def|class|return|for|if|raise|not|in)\b/g, "$1<b>$2</b>");
      return marked + (comment && `<span class="quoted">${comment}</span>`);
    })
    .join("\n");
}

// The exact value as a line, and estimates with one and two standard errors.
class ErrorBars {
  constructor(host, words) {
    this.host = host;
    this.words = words;
    this.svg = host.appendChild(svgElement("svg", { width: "100%", height: "100%" }));
    const make = (name, className, parent = this.svg) => parent.appendChild(svgElement(name, { class: className }));
    this.scale = make("g", "grid");
    this.exact = make("line", "exact");
    this.rows = ["here", "python"].map((name) => ({
      name,
      wide: make("line", "error wide"),
      narrow: make("line", "error"),
      dot: make("circle", "estimate"),
      label: make("text", "bar-name"),
    }));
  }

  draw({ exact, ...estimates }) {
    const { clientWidth: width, clientHeight: height } = this.host;
    if (width < 100) return;
    const known = Object.values(estimates).filter(Boolean);
    const reach = 1.15 * Math.max(1e-6, ...known.map(({ kl, error }) => Math.abs(kl - exact) + 2 * error));
    const left = 80 * enlargement(), // room for the names
      x = (value) => left + ((value - exact + reach) / (2 * reach)) * (width - left - 12);
    const { values, decimals } = ticks(exact - reach, exact + reach, 5);
    this.scale.replaceChildren(
      ...values.flatMap((value) => {
        const text = svgElement("text", { x: x(value), y: height - 3, "text-anchor": "middle" });
        text.textContent = format(value, decimals);
        return [svgElement("line", { x1: x(value), x2: x(value), y1: 0, y2: height - 16 }), text];
      }),
    );
    set(this.exact, { x1: x(exact), x2: x(exact), y1: 0, y2: height - 16 });
    this.rows.forEach(({ name, wide, narrow, dot, label }, i) => {
      const estimate = estimates[name],
        y = ((i + 0.5) * (height - 18)) / 2;
      write(label, this.words[`${name}_draws`]);
      set(label, { x: 0, y: y + 4 });
      for (const part of [wide, narrow, dot]) set(part, { visibility: estimate ? "visible" : "hidden" });
      if (!estimate) return;
      const { kl, error } = estimate;
      set(wide, { x1: x(kl - 2 * error), x2: x(kl + 2 * error), y1: y, y2: y });
      set(narrow, { x1: x(kl - error), x2: x(kl + error), y1: y, y2: y });
      set(dot, { cx: x(kl), cy: y, r: 4 });
    });
  }
}

// Both means and covariances as texts, by the names of their places in the sentence.
function parametersOf(state) {
  const texts = {};
  for (const who of ["q", "p"]) {
    const [x, y, ...cov] = state[`${who}2`].map((value) => format(value, 2));
    texts[`${who}m`] = `(${x}, ${y})`;
    texts[`${who}c`] = `[[${cov[0]}, ${cov[1]}], [${cov[1]}, ${cov[2]}]]`;
  }
  return texts;
}
