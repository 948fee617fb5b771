// The two computation graphs of one draw, with values and gradients on their edges, and the curves beneath them.

import { roomy, short } from "./scales.js";
import { expectation, FUNCTIONS, normalDensity, SCORE } from "./estimators.js";
import { format } from "../kernel/format.js";
import { write } from "../parts/dom.js";
import { add, set } from "../parts/svg.js";
import { fill } from "../kernel/text.js";

const number = (value) => short(value, format);

// Where things stand, in units of the drawing. An edge runs from `from` to `to`; its texts stand at `value` and
// `gradient`, [x, y].
const VIEW = "2 10 470 166";
const MEAN = { x: 26, y: 50, sign: "μ", kind: "mean" },
  LOG_VAR = { x: 38, y: 136, sign: "log σ²", kind: "log_var", width: 62 };
const STD = { x: 166, y: 136, sign: "σ", kind: "log_var" };
const TO_STD = {
  name: "log_var",
  kind: "log_var",
  from: [70, 136],
  to: [147, 136],
  value: [108, 126],
  gradient: [108, 170],
};
const SAMPLED = {
  nodes: [
    MEAN,
    LOG_VAR,
    STD,
    { x: 300, y: 93, sign: "z ~ N(μ, σ²)", kind: "noise", width: 104, height: 46 },
    { x: 440, y: 93, sign: "f", kind: "f" },
  ],
  edges: [
    { ...TO_STD, blocked: true },
    { name: "mean", kind: "mean", from: [45, 54], to: [246, 82], value: [150, 52], gradient: [128, 92], blocked: true },
    {
      name: "std",
      kind: "log_var",
      from: [184, 130],
      to: [246, 104],
      value: [198, 104],
      gradient: [226, 146],
      blocked: true,
    },
    { name: "z", kind: "z", from: [353, 93], to: [421, 93], value: [387, 83], gradient: [386, 132] },
  ],
};
const TRICK = {
  nodes: [
    MEAN,
    LOG_VAR,
    STD,
    { x: 300, y: 136, sign: "×" },
    { x: 300, y: 50, sign: "+" },
    { x: 440, y: 136, sign: "ε", kind: "noise", round: true },
    { x: 440, y: 50, sign: "f", kind: "f" },
  ],
  edges: [
    TO_STD,
    { name: "mean", kind: "mean", from: [45, 50], to: [281, 50], value: [160, 40], gradient: [160, 74] },
    { name: "std", kind: "log_var", from: [185, 136], to: [281, 136], value: [233, 126], gradient: [236, 160] },
    {
      name: "noise",
      kind: "noise",
      from: [420, 136],
      to: [319, 136],
      value: [372, 126],
      gradient: [370, 160],
      unneeded: true,
    },
    {
      name: "scaled",
      kind: "z",
      from: [300, 117],
      to: [300, 69],
      value: [312, 91],
      gradient: [312, 108],
      anchor: "start",
    },
    { name: "z", kind: "z", from: [319, 50], to: [421, 50], value: [370, 40], gradient: [362, 74] },
  ],
};

export class GradientGraphs {
  constructor(view, words) {
    this.words = words;
    const [sampled, trick] = view.querySelectorAll(".graph");
    this.sampled = new Graph(sampled.querySelector("svg"), SAMPLED, words);
    this.trick = new Graph(trick.querySelector("svg"), TRICK, words);
    this.notes = [sampled, trick].map((figure) => figure.querySelector(".note"));
    this.curve = new Curve(view.querySelector(".curve"), words);
  }

  show(frame) {
    const { mean, logVar, std, noise, z, value, slope, gradients } = frame;
    const values = {
      mean: `μ = ${number(mean[0])}`,
      log_var: number(logVar[0]),
      std: `σ = ${number(std[0])}`,
      noise: `ε = ${number(noise[0])}`,
      z: `z = ${number(z[0])}`,
      scaled: `σ·ε = ${number(std[0] * noise[0])}`,
      f: `f = ${number(value)}`,
    };
    const found = {
      mean: ["∂f/∂μ", gradients.mean],
      log_var: ["∂f/∂log σ²", gradients.log_var],
      std: ["∂f/∂σ", gradients.std],
      noise: ["∂f/∂ε", slope * std[0]],
      scaled: ["∂f/∂(σ·ε)", slope],
      z: ["∂f/∂z", slope],
    };
    this.sampled.show(values, found);
    this.trick.show(values, found);
    const weight = SCORE.mean(noise[0], std[0]);
    write(
      this.notes[0],
      [
        this.words.sampled_note,
        fill(this.words.sampled_detour, {
          value: number(value),
          weight: number(weight),
          product: number(value * weight),
        }),
      ].join(" "),
    );
    write(this.notes[1], frame.state.f === "step" ? this.words.trick_step : this.words.trick_note);
    this.curve.show(frame);
  }
}

class Graph {
  constructor(svg, { nodes, edges }, words) {
    svg.setAttribute("viewBox", VIEW);
    this.words = words;
    this.edges = edges.map((edge) => {
      const group = add(svg, "g", {
        class: `edge ${edge.kind}${edge.blocked ? " blocked" : ""}${edge.unneeded ? " unneeded" : ""}`,
      });
      const { from, to, anchor = "middle" } = edge;
      const length = Math.hypot(to[0] - from[0], to[1] - from[1]);
      const [ux, uy] = [(to[0] - from[0]) / length, (to[1] - from[1]) / length];
      const side = from[0] > to[0] ? -1 : 1; // the value's line above, the gradient's below, whichever way it runs
      const beside = (by) => [
        from[0] - side * uy * by,
        from[1] + side * ux * by,
        to[0] - side * uy * by,
        to[1] + side * ux * by,
      ];
      arrow(group, "forward", ...beside(-3.5));
      const [x1, y1, x2, y2] = beside(3.5);
      arrow(group, "backward", x2, y2, x1, y1);
      if (edge.blocked)
        add(group, "path", { class: "stop", d: cross((from[0] + to[0]) / 2, (from[1] + to[1]) / 2 + 4) });
      const value = add(group, "text", { class: "value", x: edge.value[0], y: edge.value[1], "text-anchor": anchor });
      const gradient = add(group, "text", {
        class: "gradient",
        x: edge.gradient[0],
        y: edge.gradient[1],
        "text-anchor": anchor,
      });
      return { ...edge, group, value, gradient };
    });
    for (const { x, y, sign, kind = "", round, width = 36, height = 34 } of nodes) {
      const group = add(svg, "g", { class: `node ${kind}` });
      const radius = round || kind === "" ? height / 2 : 8;
      const wide = kind === "" || round ? height : width;
      add(group, "rect", { x: x - wide / 2, y: y - height / 2, width: wide, height, rx: radius });
      add(group, "text", { x, y: y + 5, "text-anchor": "middle" }, sign);
      if (kind === "f")
        this.f = add(svg, "text", { class: "value f", x: x + 31, y: y > 60 ? y - 26 : y + 40, "text-anchor": "end" });
    }
    if (edges.some(({ blocked }) => blocked)) {
      add(svg, "path", { class: "stop wall", d: "M240 38L240 132" });
      add(svg, "text", { class: "stop-text", x: 240, y: 30, "text-anchor": "middle" }, words.stop);
    }
  }

  show(values, gradients) {
    write(this.f, values.f);
    for (const { name, blocked, unneeded, group, value, gradient } of this.edges) {
      write(value, values[name]);
      const [sign, size] = gradients[name];
      write(gradient, blocked ? `${this.words.no_gradient} ${sign}` : `${sign} = ${number(size)}`);
      group.classList.toggle("zero", !blocked && !unneeded && size === 0);
    }
  }
}

const cross = (x, y) => `M${x - 5} ${y - 5}L${x + 5} ${y + 5}M${x - 5} ${y + 5}L${x + 5} ${y - 5}`;

function arrow(parent, name, x1, y1, x2, y2) {
  const length = Math.hypot(x2 - x1, y2 - y1),
    ux = (x2 - x1) / length,
    uy = (y2 - y1) / length;
  const [bx, by] = [x2 - 7 * ux, y2 - 7 * uy];
  add(parent, "line", { class: name, x1, y1, x2: bx, y2: by });
  add(parent, "path", {
    class: `${name} head`,
    d: `M${x2} ${y2}L${bx - 3.5 * uy} ${by + 3.5 * ux}L${bx + 3.5 * uy} ${by - 3.5 * ux}Z`,
  });
}

// f with its slope at z; the density of z; E[f] against the mean, with its slope at μ.
class Curve {
  constructor(figure, words) {
    this.figure = figure;
    const svg = (this.svg = figure.querySelector("svg"));
    this.parts = {
      density: add(svg, "path", { class: "density" }),
      axis: add(svg, "line", { class: "axis" }),
      zero: add(svg, "line", { class: "axis" }),
      f: add(svg, "path", { class: "f" }),
      expected: add(svg, "path", { class: "expected" }),
      wanted: add(svg, "line", { class: "wanted" }),
      slope: add(svg, "line", { class: "slope" }),
      mean: add(svg, "circle", { class: "mean", r: 5 }),
      z: add(svg, "circle", { class: "z", r: 5 }),
      low: add(svg, "text", { "text-anchor": "start" }),
      high: add(svg, "text", { "text-anchor": "end" }),
    };
    const keys = figure.querySelector(".keys");
    this.numbers = [
      ["f", "legend_f"],
      ["expected", "legend_expected"],
      ["density", "legend_density"],
    ].map(([name, word]) => {
      const key = keys.appendChild(document.createElement("span"));
      key.className = `key ${name}`;
      key.textContent = words[word];
      return key.appendChild(document.createElement("b"));
    });
  }

  show({ state, mean, std, z, value, slope, wanted }) {
    const { width, height } = this.svg.getBoundingClientRect();
    if (!width) return;
    const [m, s] = [mean[0], std[0]],
      { omega } = state;
    const reach = roomy(Math.max(Math.abs(m) + Math.min(s, 8), Math.abs(z[0])) + 0.2, 4.5);
    const [low, high] = {
      square: [-0.06 * reach * reach, 0.75 * reach * reach],
      cosine: [-1.3, 1.3],
      step: [-0.2, 1.3],
    }[state.f];
    const x = (at) => ((at + reach) / (2 * reach)) * width,
      y = (at) => height - ((at - low) / (high - low)) * height;
    const path = (f) =>
      Array.from({ length: 241 }, (_, i) => {
        const at = -reach + (i / 120) * reach;
        const inside = Math.min(4 * height, Math.max(-4 * height, y(f(at))));
        return `${i ? "L" : "M"}${x(at).toFixed(1)} ${inside.toFixed(1)}`;
      }).join("");
    const { parts } = this,
      f = FUNCTIONS[state.f];
    const bump = Array.from({ length: 161 }, (_, i) => -4 + i / 20).map(
      (e) =>
        `L${x(m + s * e).toFixed(1)} ${(height - (0.42 * height * normalDensity(e)) / normalDensity(0)).toFixed(1)}`,
    );
    set(parts.density, { d: `M${x(m - 4 * s)} ${height}${bump.join("")}L${x(m + 4 * s)} ${height}Z` });
    set(parts.f, {
      d:
        state.f === "step"
          ? `M0 ${y(0)}L${x(0)} ${y(0)}L${x(0)} ${y(1)}L${width} ${y(1)}`
          : path((at) => f.value(at, omega)),
    });
    set(parts.expected, { d: path((at) => expectation(state.f, at, s, omega)) });
    set(parts.axis, { x1: 0, x2: width, y1: y(0), y2: y(0) });
    set(parts.zero, { x1: x(0), x2: x(0), y1: 0, y2: height });
    const tangent = (line, at, level, rise) => {
      const dx = width / (2 * reach),
        dy = (-rise * height) / (high - low),
        size = 70 / Math.hypot(dx, dy);
      set(line, { x1: x(at) - dx * size, x2: x(at) + dx * size, y1: y(level) - dy * size, y2: y(level) + dy * size });
    };
    tangent(parts.slope, z[0], value, slope);
    tangent(parts.wanted, m, expectation(state.f, m, s, omega), wanted);
    set(parts.z, { cx: x(z[0]), cy: y(value) });
    set(parts.mean, { cx: x(m), cy: y(expectation(state.f, m, s, omega)) });
    write(parts.low, format(-reach, 1));
    write(parts.high, format(reach, 1));
    set(parts.low, { x: 2, y: height - 3 });
    set(parts.high, { x: width - 2, y: height - 3 });
    write(this.numbers[0], ` ${number(slope)}`);
    write(this.numbers[1], ` ${number(wanted)}`);
  }
}
