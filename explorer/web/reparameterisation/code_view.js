// This program's own source, the symbols in their colours, and under its lines the numbers of the moment.

import { short } from "./scales.js";
import { PATH } from "./estimators.js";
import { format } from "../kernel/format.js";
import { fill } from "../kernel/text.js";

const COLOURED = {
  mean: "mean",
  log_var: "log_var",
  noise: "noise",
  z: "z",
  prior: "prior",
  μ: "mean",
  σ: "log_var",
  "σ²": "log_var",
  ε: "noise",
};
const TOKENS = new RegExp(
  `(${[
    /"""[\s\S]*?"""/,
    /#[^\n]*/,
    /\.(?:mean|log_var|noise|z)\b/,
    /\b(?:mean|log_var|noise|z)\b(?!=)/,
    /\bprior\b/,
    /\b(?:def|return|import|if|not|for|in|class)\b/,
  ]
    .map(({ source }) => source)
    .join("|")})`,
  "g",
);
const GREEK = /σ²|[μσε]/g;

const number = (value) => short(value, format);
const vector = (values, kind) => `<i class="${kind}">(${values.map(number).join(", ")})</i>`;

// The numbers below the lines of each function, by what a line computes. frame: the page's; run: what Python found for
// an image, or null.
/** @type {Record<string, Record<string, (frame: any, run: any) => string>>} */
const NUMBERS = {
  "explorer.gaussian.reparameterise": {
    return: ({ mean, std, noise, z }) =>
      `${vector(mean, "mean")} + ${vector(std, "log_var")} · ${vector(noise, "noise")} = ${vector(z, "z")}`,
  },
  "explorer.objectives.vae_loss": {
    "mean, log_var": (_, run) => run && `${vector(run.mean, "mean")}, ${vector(run.log_var, "log_var")}`,
    z: (_, run) => run && `noise ${vector(run.noise, "noise")}, z ${vector(run.z, "z")}`,
    bce: (_, run) => run && `${number(run.bce)} nats`,
    kl: (_, run) => run && `${number(run.kl)} nats`,
    return: (_, run) =>
      run && `${number(run.bce)} + ${number(run.beta)} · ${number(run.kl)} = ${number(run.total)} nats`,
  },
};

export class CodeView {
  constructor(view, words) {
    this.view = view;
    this.words = words;
  }

  // code: {sources, run}, of `sources` and `forward` in ui/reparameterisation.py, or nothing while Python starts.
  update(code) {
    this.code = code;
    this.firstShown = null;
    this.footShown = null;
    const { view } = this;
    view.replaceChildren();
    this.slots = [];
    if (!code) return void (view.textContent = this.words.code_wait);
    for (const [name, source] of Object.entries(code.sources)) {
      const results = new Map(Object.entries(source.lines).map(([result, line]) => [line, NUMBERS[name][result]]));
      const figure = view.appendChild(document.createElement("figure"));
      figure.appendChild(document.createElement("figcaption")).textContent = name;
      const block = figure.appendChild(document.createElement("pre"));
      block.setAttribute("aria-label", name);
      block.tabIndex = 0;
      lines(source.text).forEach(([line, html], i) => {
        block.appendChild(document.createElement("code")).innerHTML = html || " ";
        const numbers = results.get(i + 1);
        if (!numbers) return;
        const slot = block.appendChild(document.createElement("output"));
        slot.setAttribute("aria-live", "off"); // said on release
        slot.style.paddingLeft = `${line.match(/^ */)[0].length}ch`;
        this.slots.push([slot, numbers]);
      });
    }
    this.first = gradientsOf(view.firstChild);
    this.foot = gradientsOf(view.lastChild);
  }

  show(frame) {
    if (!this.code) return;
    const { run } = this.code;
    const fits = run && !run.problem && run.of === runOf(frame.state);
    for (const [slot, text] of this.slots) {
      const html = text(frame, fits ? run : null);
      if (slot.shown !== html) slot.innerHTML = html ? `→ ${html}` : "";
      slot.shown = html;
    }
    const by = frame.std.map((std, i) => PATH.log_var(frame.noise[i], std));
    const first = `${this.words.code_path} <b>∂z/∂mean</b> = ${vector(
      frame.mean.map(() => 1),
      "mean",
    )}, <b>∂z/∂log_var</b> = ½σε = ${vector(by, "log_var")}`;
    if (this.firstShown !== first) this.first.innerHTML = this.firstShown = first;
    const html = this.footOf(run, fits);
    if (this.footShown !== html) this.foot.innerHTML = this.footShown = html;
  }

  // The line below the code. run: Python's; fits: whether it belongs to the state that is shown.
  footOf(run, fits) {
    if (run?.problem) return escape(run.problem);
    if (!fits) return this.words.check_wait;
    const image = fill(this.words.code_image, { image: run.image, model: escape(run.model) });
    const mean = vector(run.grad_mean, "mean"),
      logVar = vector(run.grad_log_var, "log_var");
    return `${image} <b>mean.grad</b> = ${mean}, <b>log_var.grad</b> = ${logVar}`;
  }
}

// Adds the line of gradients to a figure.
function gradientsOf(figure) {
  const line = figure.appendChild(document.createElement("p"));
  line.className = "gradients";
  return line;
}

// What a run of Python's depends on.
export const runOf = ({ model, image, seed, draw }) => [model, image, seed, draw].join();

const escape = (text) => text.replace(/[&<>]/g, (sign) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;" })[sign]);
const inColour = (text) => escape(text).replace(GREEK, (sign) => `<i class="${COLOURED[sign]}">${sign}</i>`);

// Each line with its HTML. What runs over several lines, a docstring, is closed and opened again at each.
function lines(source) {
  const html = source
    .split(TOKENS)
    .map((part, i) => {
      if (i % 2 === 0 || part.startsWith(".")) return escape(part); // an attribute is no symbol
      const kind = part.startsWith('"""') || part.startsWith("#") ? "remark" : (COLOURED[part] ?? "keyword");
      return kind === "remark"
        ? part
            .split("\n")
            .map((one) => `<span class="remark">${inColour(one)}</span>`)
            .join("\n")
        : `<i class="${kind}">${part}</i>`;
    })
    .join("")
    .split("\n");
  return source
    .split("\n")
    .map((line, i) => [line, html[i]])
    .filter(([line], i, all) => line || i < all.length - 1);
}
