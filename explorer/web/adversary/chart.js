// A chart of a few curves over steps, and of levels that they are to be read against.

import { enlargement } from "../parts/theme.js";

const MARGIN = { left: 40, right: 8, top: 6, bottom: 18 };
const FONT = "11px sans-serif";

export class Curve {
  // canvas: the element; range: [low, high] of the values, at least; digits of the numbers at the side.
  constructor(canvas, { range, digits = 2 }) {
    this.canvas = canvas;
    this.range = range;
    this.digits = digits;
    this.resizer = new ResizeObserver(() => this.redraw());
    this.resizer.observe(canvas);
    canvas.addEventListener("contextrestored", () => this.redraw());
  }

  destroy() {
    this.resizer.disconnect();
  }

  // series: [{steps, values, colour, width}]; levels: [{value, colour, text, below}], drawn dashed; ink, paper: the colours of text and ground; range: another one.
  show(scene) {
    this.scene = scene;
    this.redraw();
  }

  redraw() {
    const { canvas, scene } = this,
      grown = enlargement(),
      sharp = window.devicePixelRatio * grown;
    const width = canvas.clientWidth / grown,
      height = canvas.clientHeight / grown; // of a drawing that is enlarged as a whole
    if (!scene || !width) return;
    const size = [Math.round(width * sharp), Math.round(height * sharp)];
    if (canvas.width !== size[0] || canvas.height !== size[1]) [canvas.width, canvas.height] = size;
    const context = canvas.getContext("2d");
    context.setTransform(sharp, 0, 0, sharp, 0, 0);
    context.clearRect(0, 0, width, height);
    let [low, high] = scene.range ?? this.range,
      last = 1;
    for (const { steps, values } of scene.series) {
      for (const value of values)
        if (Number.isFinite(value))
          [low, high] = [Math.min(low, value), Math.max(high, Math.min(value, 2 * this.range[1]))];
      last = Math.max(last, steps.at(-1) ?? 0);
    }
    for (const { value } of scene.levels ?? []) [low, high] = [Math.min(low, value), Math.max(high, value)];
    const x = (step) => MARGIN.left + (step / last) * (width - MARGIN.left - MARGIN.right);
    const y = (value) =>
      height - MARGIN.bottom - ((value - low) / (high - low)) * (height - MARGIN.top - MARGIN.bottom);
    context.font = FONT;
    context.fillStyle = scene.ink;
    context.textAlign = "right";
    for (const value of [low, (low + high) / 2, high])
      context.fillText(value.toFixed(this.digits).replace("-", "−"), MARGIN.left - 5, Math.max(10, y(value) + 4));
    context.textAlign = "center";
    for (const step of ticks(last))
      context.fillText(step.toLocaleString("en"), Math.min(width - 22, Math.max(MARGIN.left, x(step))), height - 4);
    context.save();
    context.beginPath();
    context.rect(MARGIN.left, 0, width - MARGIN.left, height - MARGIN.bottom + 2);
    context.clip();
    for (const { value, colour } of scene.levels ?? []) {
      context.strokeStyle = colour;
      context.setLineDash([5, 4]);
      context.beginPath();
      context.moveTo(MARGIN.left, y(value));
      context.lineTo(width - MARGIN.right, y(value));
      context.stroke();
    }
    context.setLineDash([]);
    for (const { steps, values, colour, width: line = 1.6 } of scene.series) {
      context.strokeStyle = colour;
      context.lineWidth = line;
      context.beginPath();
      values.forEach((value, i) => (i ? context.lineTo(x(steps[i]), y(value)) : context.moveTo(x(steps[i]), y(value))));
      context.stroke();
    }
    context.textAlign = "right";
    context.lineWidth = 3;
    context.strokeStyle = scene.paper;
    for (const { value, colour, text, below } of scene.levels ?? []) {
      // over the curves, on a halo
      const place = [text, width - MARGIN.right - 2, y(value) + (below ? 13 : -5)];
      context.strokeText(...place);
      context.fillStyle = colour;
      context.fillText(...place);
    }
    context.restore();
  }
}

// The steps that an axis to `last` names: whole ones, each once.
export const ticks = (last) => [...new Set([0, Math.round(last / 2), last])];

// A record that keeps at most `most` points: when it is full, every other one goes, and it takes half as many.
export class Record {
  constructor(most = 400) {
    this.most = most;
    this.every = 1;
    this.steps = [];
    this.values = [];
  }

  add(step, value) {
    if (step % this.every) return;
    this.steps.push(step);
    this.values.push(value);
    if (this.steps.length <= this.most) return;
    this.every *= 2;
    const keep = (_, i) => this.steps[i] % this.every === 0;
    [this.steps, this.values] = [this.steps.filter(keep), this.values.filter(keep)];
  }
}
