// Over μ and log σ²: which of pathwise and score function scatters less, from the closed forms. A handle moves both
// parameters.

import { add, set } from "../parts/svg.js";
import { exact, scoreVariance } from "./estimators.js";
import { Handle } from "../parts/handle.js";
import { write } from "../parts/dom.js";

const MEANS = [-4, 4],
  LOG_VARS = [-6, 2];
const ACROSS = 64,
  DOWN = 52; // cells
const FULL = 2; // powers of ten at which a colour is full

export class WinsMap {
  // on: {move([μ, log σ²]), release(cancelled)}; held(): the two.
  constructor(figure, words, on, held) {
    this.words = words;
    this.figure = figure;
    this.host = figure.querySelector(".host");
    this.canvas = this.host.appendChild(document.createElement("canvas"));
    this.svg = add(this.host, "svg", { class: "overlay" });
    this.edge = add(this.svg, "path", { class: "edge" });
    this.note = this.host.appendChild(Object.assign(document.createElement("p"), { className: "note" }));
    this.names = [
      ["μ", "mean"],
      ["log σ²", "log_var"],
    ].map(([sign, kind]) => add(this.svg, "text", { class: `axis-name ${kind}` }, sign));
    this.ticks = [...MEANS, ...LOG_VARS].map((value) =>
      add(this.svg, "text", { class: "tick" }, String(value).replace("-", "−")),
    );
    this.handle = new Handle(this.svg, {
      name: words.wins_handle,
      held,
      onMove: on.move,
      onEnd: on.release,
      at: (event) => {
        const box = this.host.getBoundingClientRect();
        return [
          scale((event.clientX - box.left) / box.width, MEANS),
          scale(1 - (event.clientY - box.top) / box.height, LOG_VARS),
        ];
      },
    });
    const keys = figure.querySelector(".keys");
    keys.innerHTML = ["wins_path", "wins_score", "wins_line"]
      .map((word) => `<span class="${word}">${words[word]}</span>`)
      .join(" ");
  }

  show({ state, mean, logVar }, colours) {
    const { clientWidth: width, clientHeight: height } = this.host;
    if (!width) return;
    const key = JSON.stringify([state.f, state.omega, state.by, width, height, colours.text]);
    if (this.key !== key) {
      this.key = key;
      this.paint(state, width, height);
    }
    const x = Math.min(1, Math.max(0, share(mean[0], MEANS))) * width,
      y = (1 - Math.min(1, Math.max(0, share(logVar[0], LOG_VARS)))) * height;
    set(this.handle.element, { transform: `translate(${x} ${y})` });
  }

  paint(state, width, height) {
    Object.assign(this.canvas, { width: ACROSS, height: DOWN });
    const context = this.canvas.getContext("2d");
    const style = getComputedStyle(this.host);
    const [path, score] = ["--pathwise", "--score"].map((name) => style.getPropertyValue(name));
    const wrong = state.f === "step";
    const better = []; // is the best score function better than pathwise, cell by cell?
    for (let row = 0; row < DOWN; row++) {
      for (let column = 0; column < ACROSS; column++) {
        const mean = scale((column + 0.5) / ACROSS, MEANS),
          std = Math.exp(0.5 * scale(1 - (row + 0.5) / DOWN, LOG_VARS));
        const known = exact(state.f, mean, std, state.omega, state.by);
        const power = Math.log10(scoreVariance(known, 0) / known.pathwise);
        better.push(known.best < known.pathwise);
        // none where both are 0
        context.globalAlpha = wrong ? 0.25 : Math.min(1, 0.12 + (0.8 * Math.abs(power)) / FULL) || 0;
        context.fillStyle = wrong || power < 0 ? score : path;
        context.fillRect(column, row, 1, 1);
      }
    }
    const [w, h] = [width / ACROSS, height / DOWN];
    let line = "";
    for (let row = 0; row < DOWN && !wrong; row++) {
      for (let column = 0; column < ACROSS; column++) {
        const here = better[row * ACROSS + column];
        if (column + 1 < ACROSS && better[row * ACROSS + column + 1] !== here)
          line += `M${(column + 1) * w} ${row * h}v${h}`;
        if (row + 1 < DOWN && better[(row + 1) * ACROSS + column] !== here)
          line += `M${column * w} ${(row + 1) * h}h${w}`;
      }
    }
    set(this.edge, { d: line || "M0 0" });
    write(this.note, wrong ? this.words.wins_none : "");
    set(this.names[0], { x: width / 2, y: height - 8, "text-anchor": "middle" });
    set(this.names[1], { x: 4, y: height / 2 + 4 });
    const places = [
      [26, height - 8, "middle"],
      [width - 4, height - 8, "end"],
      [4, height - 25, "start"],
      [4, 16, "start"],
    ];
    this.ticks.forEach((tick, i) => set(tick, { x: places[i][0], y: places[i][1], "text-anchor": places[i][2] }));
  }
}

const scale = (part, /** @type {number[]} */ [low, high]) => low + part * (high - low);
const share = (value, /** @type {number[]} */ [low, high]) => (value - low) / (high - low);
