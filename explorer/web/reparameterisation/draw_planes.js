// The same draws as noise and as z: two planes, numbers that mark the same draw, and what one of them decodes to.

import { drawLogits } from "../parts/pixels.js";
import { roomy, short } from "./scales.js";
import { add, set } from "../parts/svg.js";
import { Handle } from "../parts/handle.js";
import { format, subscript } from "../kernel/format.js";
import { write } from "../parts/dom.js";
import { Models } from "../kernel/models.js";
import { fill } from "../kernel/text.js";

const SHOWN = 400,
  MARKED = 9; // of the draws: as dots, and by a number
const REACH = 4.2; // of both planes' axes, where the draws allow it
const NEAR = 14; // pixels within which a click means a draw
const HOLDS = [1, 2]; // radii of the rings, in σ

export class DrawPlanes {
  // on: {choose(draw), move([μ₁, μ₂]), release(cancelled)}; held(): where μ is.
  constructor(view, data, catalogue, base, on) {
    this.view = view;
    this.words = data.words;
    this.catalogue = catalogue;
    this.models = new Models(base);
    this.on = on;
    this.classes = data.symbols.classes;
    this.planes = ["noise", "z"].map(
      (kind) => new Plane(view.querySelector(`.${kind}-plane .host`), kind, (at) => this.click(kind, at)),
    );
    const [, zPlane] = this.planes;
    this.handle = new Handle(zPlane.svg, {
      name: this.words.handle,
      at: (event) => zPlane.from(event),
      held: () => this.frame.mean,
      onMove: on.move,
      onEnd: on.release,
    });
    this.find = (selector) => view.querySelector(selector);
    this.lines = [0, 1].map(() => this.find(".equations").appendChild(document.createElement("span")));
    for (const [i, line] of this.lines.entries()) {
      const sub = subscript(i);
      line.innerHTML =
        `<i class="z">z${sub}</i> = <i class="mean">μ${sub}</i> + <i class="log_var">σ${sub}</i>` +
        `·<i class="noise">ε${sub}</i> = <b class="mean"></b> + <b class="log_var"></b>·<b class="noise"></b>` +
        ` = <b class="z"></b>`;
    }
  }

  // A model by its name; each is fetched once.
  load(name) {
    return this.models.open(this.catalogue.get(name));
  }

  // Shows a model, unless another was chosen meanwhile.
  async open(name, drawn) {
    const model = await this.load(name);
    if (model.entry.name !== this.frame?.state.model) return;
    this.model = model;
    drawn();
  }

  show(frame) {
    this.frame = frame;
    const { state, mean, std, noise, z, all } = frame;
    const shown = Math.min(state.n, SHOWN);
    const decoded = this.model?.entry.name === state.model;
    const points = { noise: [], z: [] };
    for (const i of new Set([...Array(shown).keys(), state.draw])) {
      points.noise.push([all[2 * i], all[2 * i + 1], i]);
      points.z.push([0, 1].map((d) => mean[d] + std[d] * all[2 * i + d]).concat(i));
    }
    const far = Math.max(...[0, 1].map((d) => Math.abs(mean[d]) + 1.5 * std[d]), REACH);
    const rings = { noise: { at: [0, 0], radii: [1, 1] }, z: { at: mean, radii: std } };
    for (const plane of this.planes) {
      const behind = plane.kind === "z" && decoded ? this.model : null;
      plane.show({
        points: points[plane.kind],
        rings: rings[plane.kind],
        reach: plane.kind === "z" ? roomy(far, REACH) : REACH,
        chosen: state.draw,
        behind,
        classes: this.classes,
      });
    }
    set(this.handle.element, { transform: `translate(${this.planes[1].place(mean).join(" ")})` });
    for (const [i, line] of this.lines.entries()) {
      [mean, std, noise, z].forEach((values, at) =>
        write(line.querySelectorAll("b")[at], bracket(short(values[i], format), at)),
      );
    }
    write(
      this.find(".shown"),
      shown < state.n ? `${fill(this.words.shown_first, { shown, n: state.n.toLocaleString("en") })}.` : "",
    );
    write(this.find(".model-name"), this.catalogue.get(state.model).choice);
    if (!decoded) return;
    for (const [name, at] of [
      ["mean", mean],
      ["z", z],
    ])
      drawLogits(this.find(`.at-${name}`), this.model.decoder.decode(at), this.model.entry.image_side);
  }

  click(kind, at) {
    const { all, mean, std, state } = this.frame;
    const plane = this.planes[kind === "noise" ? 0 : 1];
    let best = null,
      least = NEAR;
    for (let i = 0; i < Math.min(state.n, SHOWN); i++) {
      const point = [0, 1].map((d) => (kind === "noise" ? all[2 * i + d] : mean[d] + std[d] * all[2 * i + d]));
      const [x, y] = plane.place(point);
      const distance = Math.hypot(x - at[0], y - at[1]);
      if (distance < least) [best, least] = [i, distance];
    }
    if (best !== null) this.on.choose(best);
  }
}

const bracket = (text, at) => (at && at < 3 && text.startsWith("−") ? `(${text})` : text);

class Plane {
  constructor(host, kind, onClick) {
    this.host = host;
    this.kind = kind;
    this.canvas = host.appendChild(document.createElement("canvas"));
    this.canvas.addEventListener("contextrestored", () => this.paintAgain());
    this.svg = add(host, "svg", { class: "overlay" });
    this.axes = [add(this.svg, "line", { class: "axis" }), add(this.svg, "line", { class: "axis" })];
    this.rings = HOLDS.map((radius) => add(this.svg, "ellipse", { class: `ring ${kind} of-${radius}` }));
    this.line = kind === "z" ? add(this.svg, "line", { class: "step" }) : null;
    this.marks = Array.from({ length: MARKED }, (_, i) => add(this.svg, "text", { class: "mark" }, String(i + 1)));
    this.chosen = add(this.svg, "circle", { r: 8, class: `chosen ${kind}` });
    this.scale = add(this.svg, "text", { class: "scale" });
    host.addEventListener("click", (event) => {
      const box = host.getBoundingClientRect();
      onClick([event.clientX - box.left, event.clientY - box.top]);
    });
  }

  // A point of the plane in pixels, and the other way round for the pointer.
  place(/** @type {number[]} */ [x, y]) {
    return [(0.5 + (0.5 * x) / this.reach) * this.side, (0.5 - (0.5 * y) / this.reach) * this.side];
  }

  /** @returns {[number, number]} the pointer in the plane's units */
  from(event) {
    const box = this.host.getBoundingClientRect();
    return [
      ((event.clientX - box.left) / this.side - 0.5) * 2 * this.reach,
      (0.5 - (event.clientY - box.top) / this.side) * 2 * this.reach,
    ];
  }

  paintAgain() {
    this.backdropKey = null;
    if (this.scene) this.show(this.scene);
  }

  show(scene) {
    const { points, rings, reach, chosen, behind, classes } = scene;
    this.scene = scene;
    const side = this.host.clientWidth,
      ratio = window.devicePixelRatio || 1;
    if (!side) return;
    this.side = side;
    this.reach = reach;
    if (this.canvas.width !== Math.round(side * ratio))
      this.canvas.width = this.canvas.height = Math.round(side * ratio);
    const context = this.canvas.getContext("2d");
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, side, side);
    if (behind) context.drawImage(this.backdrop(behind, classes, ratio), 0, 0, side, side);
    const colour = getComputedStyle(this.host).getPropertyValue(`--${this.kind}`);
    context.fillStyle = colour;
    for (const [x, y, i] of points) {
      const [px, py] = this.place([x, y]),
        marked = i < MARKED || i === chosen;
      context.globalAlpha = marked ? 1 : 0.55;
      context.beginPath();
      context.arc(px, py, marked ? 4 : 2.4, 0, 2 * Math.PI);
      context.fill();
    }
    context.globalAlpha = 1;
    const at = new Map(points.map(([x, y, i]) => [i, this.place([x, y])]));
    this.marks.forEach((mark, i) => {
      mark.style.display = at.has(i) ? "" : "none";
      if (at.has(i)) set(mark, { x: at.get(i)[0] + 6, y: at.get(i)[1] - 5 });
    });
    const [cx, cy] = this.place(rings.at),
      [x, y] = at.get(chosen);
    this.rings.forEach((ring, i) =>
      set(ring, {
        cx,
        cy,
        rx: (HOLDS[i] * rings.radii[0] * side) / (2 * reach),
        ry: (HOLDS[i] * rings.radii[1] * side) / (2 * reach),
      }),
    );
    set(this.chosen, { cx: x, cy: y });
    if (this.line) set(this.line, { x1: cx, y1: cy, x2: x, y2: y });
    set(this.axes[0], { x1: 0, x2: side, y1: side / 2, y2: side / 2 });
    set(this.axes[1], { x1: side / 2, x2: side / 2, y1: 0, y2: side });
    write(this.scale, `± ${format(reach, 1)}`);
    set(this.scale, { x: side - 6, y: side - 6, "text-anchor": "end" });
  }

  // The model's codes, drawn once for a size and a scale.
  backdrop({ entry, codes: { mean, label } }, classes, ratio) {
    const key = [entry.name, this.side, this.reach, ratio].join();
    if (this.backdropKey === key) return this.backdropCanvas;
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = Math.round(this.side * ratio);
    const context = canvas.getContext("2d");
    context.scale(ratio, ratio);
    context.globalAlpha = 0.22;
    for (const [row, which] of label.entries()) {
      const [x, y] = this.place([mean[0][row], mean[1][row]]);
      context.fillStyle = classes[which];
      context.fillRect(x - 1, y - 1, 2, 2);
    }
    this.backdropKey = key;
    this.backdropCanvas = canvas;
    return canvas;
  }
}
