// A chart of curves over the steps or epochs of a training, on a canvas.

import { format, scientific } from "../kernel/format.js";
import { decades, ticks } from "./ticks.js";
import { FONT, fresh, stroke } from "./canvas.js";

const MARGIN = { left: 44, right: 6, top: 6, bottom: 18 };
const HEAD = 32; // pixels of a title and the lines' names
const CLOSEST = 18; // pixels between two ticks of the y axis
const MARK_ROWS = 3; // of the texts of marks
const LATE = 0.08; // the share of what has been trained that a steep beginning takes
const SMALLEST = 1e-4; // of a logarithmic axis

/**
 * @typedef {{points: [number, number | null][], colour: string, width?: number, dash?: number[], name?: string}} Line
 *   null: no value there; name: for the key above the chart
 * @typedef {{value: number, colour: string, text?: string, below?: boolean, dash?: number[]}} Level
 *   a dashed line across, with a text above or below it
 * @typedef {object} Scene
 * @property {Line[]} lines
 * @property {{text: string, background: string, grid: string}} colours
 * @property {Level[]} [levels]
 * @property {{low: number, high: number, colour: string} | null} [band]
 * @property {string} [title]
 * @property {number} [last]  where the x axis, which begins at 0, ends
 * @property {[number, number]} [range]  of the y axis, at least; values above twice its end are cut off. Without it:
 *   that of the values
 * @property {number[]} [include]  values that the y axis has anyway
 * @property {boolean} [log]  a logarithmic y axis
 * @property {boolean} [late]  the y axis leaves out a steep beginning
 * @property {{at: number, text: string}[]} [marks]  upright lines at steps, with a text
 *
 * @typedef {{left: number, right: number, top: number, bottom: number}} Area  pixels
 * @typedef {{last: number, low: number, high: number, x: (step: number) => number, y: (value: number) => number}} Axes
 */

// A chart that is drawn again when its canvas is resized, or emptied by a graphics driver.
export class Chart {
  // always: the part of the scene that stays.
  /** @param {HTMLCanvasElement} canvas @param {Partial<Scene>} always */
  constructor(canvas, always = {}) {
    this.canvas = canvas;
    this.always = always;
    this.resizer = new ResizeObserver(() => this.redraw());
    this.resizer.observe(canvas);
    canvas.addEventListener("contextrestored", () => this.redraw());
  }

  destroy() {
    this.resizer.disconnect();
  }

  /** @param {Partial<Scene>} scene */
  show(scene) {
    this.scene = /** @type {Scene} */ ({ ...this.always, ...scene });
    this.redraw();
  }

  redraw() {
    if (this.scene && this.canvas.clientWidth) drawChart(this.canvas, this.scene);
  }
}

/** @param {HTMLCanvasElement} canvas @param {Scene} scene */
export function drawChart(canvas, scene) {
  const { context, width, height } = fresh(canvas);
  const area = {
    left: MARGIN.left,
    right: width - MARGIN.right,
    top: MARGIN.top + (scene.title ? HEAD : 0),
    bottom: height - MARGIN.bottom,
  };
  if (scene.title) drawHead(context, scene, width);
  if (!scene.lines.length) return;
  const marks = valueTicks(scene, area);
  context.font = FONT;
  area.left = Math.max(area.left, 6 + Math.max(...marks.map(({ text }) => context.measureText(text).width)));
  const axes = axesOf(scene, area);
  drawGrid(context, scene, area, axes, marks);
  context.save();
  context.beginPath();
  context.rect(area.left, area.top - 2, area.right - area.left + MARGIN.right, area.bottom - area.top + 4);
  context.clip();
  if (scene.band) drawBand(context, scene.band, area, axes);
  for (const { value, colour, dash = [5, 4] } of scene.levels ?? []) {
    context.strokeStyle = colour;
    context.setLineDash(dash);
    stroke(context, [
      [area.left, axes.y(value)],
      [area.right, axes.y(value)],
    ]);
  }
  for (const line of scene.lines) drawLine(context, line, axes);
  drawMarks(context, scene, area, axes);
  drawLevelTexts(context, scene, area, axes);
  context.restore();
}

// Where values are in pixels: {x(step), y(value), last, low, high: of the y axis, in powers of ten if it is
// logarithmic}.
/** @param {Scene} scene @param {Area} area */
export function axesOf(scene, area) {
  const scale = scene.log ? (value) => Math.log10(Math.max(value, SMALLEST)) : (value) => value;
  const last = scene.last ?? Math.max(1, ...scene.lines.map(({ points }) => points.at(-1)?.[0] ?? 0));
  const [low, high] = extent(scene, last, scale);
  return {
    last,
    low,
    high,
    x: (step) => area.left + (step / last) * (area.right - area.left),
    y: (value) => area.bottom - ((scale(value) - low) / (high - low)) * (area.bottom - area.top),
  };
}

function extent(
  { lines, levels = [], band = null, include = [], range = null, log = false, late = false },
  last,
  scale,
) {
  const far = Math.min(last, Math.max(0, ...(lines[0]?.points ?? []).map(([x]) => x)));
  const most = range ? 2 * range[1] : Infinity;
  const seen = lines
    .flatMap(({ points }) => points)
    .filter(([x, y]) => Number.isFinite(y) && y !== null && x >= (late ? LATE * far : 0) && x <= last)
    .map(([, y]) => Math.min(y, most));
  const values = [...seen, ...levels.map(({ value }) => value), ...include];
  if (band) values.push(...[band.low, band.high].filter((value) => !log || value > SMALLEST));
  const scaled = [...values.filter((value) => !log || value > 0), ...(range ?? [])].map(scale);
  const [low, high] = scaled.length ? [Math.min(...scaled), Math.max(...scaled)] : [0, 1];
  if (high - low < 1e-9) return [low - 0.56, high + 0.56];
  const room = range ? 0 : 0.06 * (high - low);
  return [low - room, high + room];
}

// The ticks of the y axis, with their texts; of a logarithmic one in powers of ten.
/** @param {Scene} scene @param {Area} area */
function valueTicks(scene, area) {
  const { low, high } = axesOf(scene, area),
    room = (area.bottom - area.top) / CLOSEST;
  if (scene.log) return decades(low, high, room).map((value) => ({ value, text: power(value) }));
  const { values, decimals } = ticks(low, high, Math.max(2, Math.min(5, room)));
  return values.map((value) => ({ value, text: Math.abs(value) < 1e5 ? format(value, decimals) : scientific(value) }));
}

/**
 * @param {CanvasRenderingContext2D} context @param {Scene} scene @param {Area} area @param {Axes} axes
 * @param {{value: number, text: string}[]} marks
 */
function drawGrid(context, scene, area, { x, low, high, last }, marks) {
  context.fillStyle = scene.colours.text;
  context.strokeStyle = scene.colours.grid;
  context.lineWidth = 1;
  context.textAlign = "right";
  for (const { value, text } of marks) {
    const y = area.bottom - ((value - low) / (high - low)) * (area.bottom - area.top);
    stroke(context, [
      [area.left, y],
      [area.right, y],
    ]);
    context.fillText(text, area.left - 4, Math.max(10, y + 4.5));
  }
  context.textAlign = "center";
  for (const step of wholeTicks(last)) {
    const text = step.toLocaleString("en"),
      half = context.measureText(text).width / 2;
    context.fillText(text, Math.min(area.right - half, Math.max(area.left + half, x(step))), area.bottom + 15);
  }
}

// The steps that an axis to `last` names: whole ones, each once.
/** @param {number} last */
export const wholeTicks = (last) => [...new Set([0, Math.round(last / 2), last])];

/** @param {number} exponent */
const power = (exponent) => {
  const value = 10 ** exponent;
  return value >= 1000 || value < 0.001
    ? scientific(Number(value.toPrecision(1)))
    : String(Number(value.toPrecision(1)));
};

/** @param {CanvasRenderingContext2D} context @param {Scene["band"]} band @param {Area} area @param {Axes} axes */
function drawBand(context, { low, high, colour }, area, { y }) {
  context.fillStyle = colour;
  context.globalAlpha = 0.3;
  context.fillRect(area.left, y(high), area.right - area.left, Math.max(1.5, y(low) - y(high)));
  context.globalAlpha = 1;
}

// A curve; a dot marks where one that is not dashed has come to.
/** @param {CanvasRenderingContext2D} context @param {Line} line @param {Axes} axes */
function drawLine(context, { points, colour, width = 1.7, dash = [] }, { x, y }) {
  const known = points
    .filter(([, value]) => value !== null)
    .map(([step, value]) => /** @type {[number, number]} */ ([x(step), y(value)]));
  context.strokeStyle = context.fillStyle = colour;
  context.lineWidth = width;
  context.setLineDash(dash);
  stroke(context, known);
  context.setLineDash([]);
  if (!known.length || dash.length) return;
  context.beginPath();
  context.arc(...known.at(-1), 2.4, 0, 2 * Math.PI);
  context.fill();
}

// Over the curves, on a halo.
/** @param {CanvasRenderingContext2D} context @param {Scene} scene @param {Area} area @param {Axes} axes */
function drawLevelTexts(context, { levels = [], colours }, area, { y }) {
  context.font = FONT;
  context.textAlign = "right";
  context.lineWidth = 3;
  context.strokeStyle = colours.background;
  for (const { value, colour, text = "", below = false } of levels) {
    const right = area.right - 2,
      base = y(value) + (below ? 13 : -5);
    context.strokeText(text, right, base);
    context.fillStyle = colour;
    context.fillText(text, right, base);
  }
}

// Upright lines, and beside each its text: one below the other, so that those that stand close can be read.
/** @param {CanvasRenderingContext2D} context @param {Scene} scene @param {Area} area @param {Axes} axes */
function drawMarks(context, { marks = [], colours }, area, { x }) {
  context.font = FONT;
  for (const [i, { at, text }] of marks.entries()) {
    const left = x(at),
      isLate = left + 6 + context.measureText(text).width > area.right,
      place = [isLate ? left - 4 : left + 4, area.top + 12 + 15 * (i % MARK_ROWS)];
    context.lineWidth = 1;
    context.strokeStyle = colours.text;
    context.setLineDash([2, 2]);
    stroke(context, [
      [left, area.top],
      [left, area.bottom],
    ]);
    context.setLineDash([]);
    context.textAlign = isLate ? "right" : "left";
    context.lineWidth = 3;
    context.strokeStyle = colours.background;
    context.strokeText(text, place[0], place[1]);
    context.fillStyle = colours.text;
    context.fillText(text, place[0], place[1]);
  }
  context.lineWidth = 1;
}

// The title, and under it the names of the lines that have one.
/** @param {CanvasRenderingContext2D} context @param {Scene} scene @param {number} width */
function drawHead(context, { title, lines, colours }, width) {
  context.textAlign = "left";
  context.fillStyle = colours.text;
  context.font = `600 ${FONT}`;
  context.fillText(title, 2, 12, width - 4);
  context.font = FONT;
  context.lineWidth = 2;
  let x = 2;
  for (const { name, colour, dash = [] } of lines.filter((line) => line.name)) {
    context.strokeStyle = colour;
    context.setLineDash(dash);
    stroke(context, [
      [x, 23],
      [x + 11, 23],
    ]);
    context.fillText(name, x + 14, 27.5);
    x += 14 + context.measureText(name).width + 8;
  }
  context.setLineDash([]);
}

// A record of at most `most` points: when it is full, every other one is dropped, and it takes half as many.
export class Record {
  constructor(most = 400) {
    this.most = most;
    this.every = 1;
    /** @type {[number, number][]} */
    this.points = []; // [step, value]
  }

  /** @param {number} step @param {number} value */
  add(step, value) {
    if (step % this.every) return;
    this.points.push([step, value]);
    if (this.points.length <= this.most) return;
    this.every *= 2;
    this.points = this.points.filter(([at]) => at % this.every === 0);
  }
}
