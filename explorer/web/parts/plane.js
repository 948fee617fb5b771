// A square of the latent plane: a heat map over a grid, dots, arrows along a field, the prior's outline, and handles
// that can be dragged.
//
// It knows no model: `show` takes a grid of values (of a discriminator: its logits) and a set of codes.

import { format } from "../kernel/format.js";
import { Handle } from "./handle.js";
import { priorOutline } from "./prior_outline.js";
import { set, svgElement } from "./svg.js";

const ARROWS = 15; // along each side of the square
const SIDE = 64; // of a grid, unless it says otherwise

// The middles of a grid's cells over the square [−reach, reach]², row by row from the lowest y: two numbers each.
export function gridPoints(reach, side = SIDE) {
  const points = new Float64Array(2 * side * side);
  for (let j = 0, at = 0; j < side; j++) {
    for (let i = 0; i < side; i++, at += 2) {
      points[at] = middle(i, reach, side);
      points[at + 1] = middle(j, reach, side);
    }
  }
  return points;
}

const middle = (i, reach, side) => reach * ((2 * i + 1) / side - 1);

// A grid's value at (x, y), interpolated between the middles of its cells.
export function valueAt(values, x, y, reach, side = SIDE) {
  return interpolated(values, side, cellOf(x, reach, side), cellOf(y, reach, side));
}

// The gradient of a grid's values at (x, y), by differences over a cell.
export function gradientAt(values, x, y, reach, side = SIDE) {
  const cell = (2 * reach) / side,
    px = cellOf(x, reach, side),
    py = cellOf(y, reach, side);
  const [left, right, low, high] = [px - 0.5, px + 0.5, py - 0.5, py + 0.5].map((value) =>
    Math.min(side - 1, Math.max(0, value)),
  );
  return [
    (interpolated(values, side, right, py) - interpolated(values, side, left, py)) / (cell * (right - left)),
    (interpolated(values, side, px, high) - interpolated(values, side, px, low)) / (cell * (high - low)),
  ];
}

const cellOf = (value, reach, side) => Math.min(side - 1, Math.max(0, ((value / reach + 1) * side - 1) / 2));

// The value of a grid between the middles of its cells, by bilinear interpolation; px, py: in cells.
function interpolated(values, side, px, py) {
  const i = Math.min(side - 2, Math.floor(px)),
    j = Math.min(side - 2, Math.floor(py)),
    a = px - i,
    b = py - j,
    at = j * side + i;
  return (
    (1 - b) * ((1 - a) * values[at] + a * values[at + 1]) +
    b * ((1 - a) * values[at + side] + a * values[at + side + 1])
  );
}

// The pull of a grid of logits on a code at (x, y): the gradient of log D = −softplus(−logit), which is (1 − D) times
// the logit's.
export const pullOf = (logits, reach, side = SIDE) => {
  const logD = Float64Array.from(logits, (logit) => Math.min(logit, 0) - Math.log1p(Math.exp(-Math.abs(logit))));
  return (x, y) => gradientAt(logD, x, y, reach, side);
};

export class Plane {
  // host: the element to fill; name: what a screen reader and a test find it by; reach: it shows [−reach, reach]².
  constructor(host, { name, reach }) {
    this.host = host;
    this.reach = reach;
    this.centre = [0, 0];
    this.handles = new Map(); // by key: {element, at}
    this.after = (_scale) => {}; // called after a redraw
    host.classList.add("plane", "square");
    host.setAttribute("role", "figure");
    host.setAttribute("aria-label", name);
    this.canvas = host.appendChild(document.createElement("canvas"));
    this.overlay = host.appendChild(svgElement("svg", { class: "overlay", "aria-hidden": "false" }));
    this.beneath = this.overlay.appendChild(svgElement("g", {}));
    this.arrows = this.overlay.appendChild(svgElement("path", { class: "arrows" }));
    this.ticks = this.overlay.appendChild(svgElement("g", { class: "ticks", "aria-hidden": "true" }));
    this.marks = this.overlay.appendChild(svgElement("g", {}));
    this.heat = document.createElement("canvas");
    this.resizer = new ResizeObserver(() => this.redraw());
    this.resizer.observe(host);
    this.canvas.addEventListener("contextrestored", () => this.redraw());
  }

  destroy() {
    this.resizer.disconnect();
  }

  // scene: {heat: {values, colour(value) gives [r, g, b, a], side, reach: of its grid, the plane's unless it says
  // otherwise}, cells: {all: [{x, y, size, value}], colour}, squares of their own sizes, dots: [{x, y, label or null,
  // colour, size}], shape: the prior's, or undefined for none, field(x, y): the pull, or null}. Whatever is left out is
  // not drawn.
  show(scene) {
    this.scene = scene;
    this.redraw();
  }

  // Shows another square of the plane from the next scene on. A heat map must be about the origin.
  look(centre, reach) {
    this.centre = centre;
    this.reach = reach;
    this.ticked = null;
  }

  // Latent coordinates to pixels, and back.
  scale() {
    const size = this.host.clientWidth,
      unit = size / (2 * this.reach),
      [x0, y0] = this.centre;
    return {
      size,
      unit,
      x: (value) => size / 2 + (value - x0) * unit,
      y: (value) => size / 2 - (value - y0) * unit,
      back: (px, py) => [x0 + (px - size / 2) / unit, y0 + (size / 2 - py) / unit],
    };
  }

  redraw() {
    const { scene, canvas, reach } = this,
      { size, unit, x, y } = this.scale();
    if (!scene || !size) return;
    const sharp = window.devicePixelRatio,
      pixels = Math.round(size * sharp);
    if (canvas.width !== pixels) canvas.width = canvas.height = pixels;
    const context = canvas.getContext("2d");
    context.setTransform(sharp, 0, 0, sharp, 0, 0);
    context.clearRect(0, 0, size, size);
    if (scene.heat) this.drawHeat(context, scene.heat);
    if (scene.cells) drawCells(context, scene.cells, this.scale());
    for (const dots of scene.dots ?? []) drawDots(context, dots, x, y);
    const outline = scene.shape === undefined ? "none" : JSON.stringify(scene.shape?.means ?? "rings");
    if (this.outline !== outline) {
      this.outline = outline;
      this.beneath.replaceChildren(...(scene.shape === undefined ? [] : priorOutline(scene.shape)));
    }
    set(this.beneath, { transform: `matrix(${unit} 0 0 ${-unit} ${x(0)} ${y(0)})` });
    set(this.arrows, { d: scene.field ? arrowPath(scene.field, reach, unit, x, y) : "" });
    if (this.ticked !== size) this.drawTicks(size, x, y);
    for (const { element, at } of this.handles.values())
      set(element, { transform: `translate(${x(at[0])} ${y(at[1])})` });
    this.after(this.scale());
  }

  drawHeat(context, { values, colour, side = SIDE, reach = this.reach }) {
    if (this.heat.width !== side) this.heat.width = this.heat.height = side;
    const image = new ImageData(side, side);
    for (let j = 0; j < side; j++)
      for (let i = 0; i < side; i++) image.data.set(colour(values[j * side + i]), 4 * ((side - 1 - j) * side + i));
    this.heat.getContext("2d").putImageData(image, 0, 0);
    context.imageSmoothingEnabled = true;
    const { x, y, unit } = this.scale(),
      edge = 2 * reach * unit;
    context.drawImage(this.heat, x(-reach), y(reach), edge, edge);
  }

  drawTicks(size, x, y) {
    this.ticked = size;
    const { reach, centre } = this,
      every = spacing((2 * reach) / (size < 250 ? 4.2 : 5)),
      decimals = Math.max(0, -Math.floor(Math.log10(every) + 1e-9)),
      texts = [];
    const along = (middle) => {
      const first = Math.ceil((middle - 0.93 * reach) / every),
        last = Math.floor((middle + 0.93 * reach) / every);
      return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => (first + i) * every);
    };
    for (const value of along(centre[0])) texts.push([x(value), size - 4, "middle", format(value, decimals)]);
    for (const value of along(centre[1]))
      if (value !== 0 && y(value) <= size - 22) texts.push([4, y(value) + 4, "start", format(value, decimals)]);
    this.ticks.replaceChildren(
      ...texts.map(([left, top, anchor, text]) => {
        const element = svgElement("text", { x: left, y: top, "text-anchor": anchor });
        element.textContent = text;
        return element;
      }),
    );
  }

  // A handle at a point. symbol: the class that colours it; name: its accessible name. onMove([x, y]) while it moves,
  // and to where it was if the move is cancelled; onCommit() when it ends.
  addHandle(key, { symbol, name, at, onMove, onCommit }) {
    const inside = (point) =>
      point.map((value, i) => Math.min(this.centre[i] + this.reach, Math.max(this.centre[i] - this.reach, value)));
    const placed = { at, element: null };
    placed.element = new Handle(this.marks, {
      name,
      className: symbol,
      at: (event) => {
        const box = this.host.getBoundingClientRect();
        const [x, y] = this.scale().back(event.clientX - box.left, event.clientY - box.top);
        return [x, y];
      },
      held: () => placed.at,
      onMove: (point) => onMove(inside(point)),
      onEnd: (cancelled, from) => {
        if (cancelled) onMove(from);
        onCommit();
      },
    }).element;
    this.handles.set(key, placed);
  }

  moveHandle(key, at, shown = true) {
    const handle = this.handles.get(key),
      { x, y } = this.scale();
    handle.at = at;
    handle.element.style.display = shown ? "" : "none";
    set(handle.element, { transform: `translate(${x(at[0])} ${y(at[1])})` });
  }
}

// The least round distance of two numbers of an axis that is not below this one.
function spacing(least) {
  const power = 10 ** Math.floor(Math.log10(least));
  return power * [1, 2, 4, 10].find((times) => times * power >= least);
}

function drawCells(context, { all, colour }, { x, y, unit, size }) {
  for (const cell of all) {
    const edge = cell.size * unit,
      left = x(cell.x) - edge / 2,
      top = y(cell.y) - edge / 2;
    if (left > size || top > size || left + edge < 0 || top + edge < 0) continue;
    const [r, g, b, a] = colour(cell.value);
    if (!(a >= 1)) continue;
    context.fillStyle = `rgba(${r},${g},${b},${a / 255})`;
    context.fillRect(left, top, edge, edge);
  }
}

function drawDots(context, { x: xs, y: ys, label = null, colour, size = 2.5, alpha = 0.8 }, x, y) {
  context.globalAlpha = alpha;
  for (let row = 0; row < xs.length; row++) {
    context.fillStyle = label ? colour(label[row]) : colour;
    context.fillRect(x(xs[row]) - size / 2, y(ys[row]) - size / 2, size, size);
  }
  context.globalAlpha = 1;
}

// One path of arrows. They grow with the pull, at most to the length of their cell: 0.9 tanh of it.
function arrowPath(field, reach, unit, x, y) {
  let d = "";
  const cell = (2 * reach * unit) / ARROWS;
  for (let j = 0; j < ARROWS; j++) {
    for (let i = 0; i < ARROWS; i++) {
      const at = [middle(i, reach, ARROWS), middle(j, reach, ARROWS)];
      const [fx, fy] = field(...at),
        size = Math.hypot(fx, fy),
        length = 0.9 * cell * Math.tanh(size);
      if (!(length > 2)) continue; // too short to see
      const ux = fx / size,
        uy = -fy / size,
        head = Math.min(4, 0.45 * length);
      const tipX = x(at[0]) + (ux * length) / 2,
        tipY = y(at[1]) + (uy * length) / 2;
      const side = (turn) =>
        `${(tipX - head * (ux - turn * uy * 0.6)).toFixed(1)} ${(tipY - head * (uy + turn * ux * 0.6)).toFixed(1)}`;
      const tip = `${tipX.toFixed(1)} ${tipY.toFixed(1)}`;
      const tail = `${(tipX - ux * length).toFixed(1)} ${(tipY - uy * length).toFixed(1)}`;
      d += `M${tail}L${tip}M${side(1)}L${tip}L${side(-1)}`;
    }
  }
  return d;
}

// A CSS colour as [r, g, b].
export function channels(colour) {
  const context = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  context.fillStyle = colour;
  context.fillRect(0, 0, 1, 1);
  return [...context.getImageData(0, 0, 1, 1).data].slice(0, 3);
}

const FULL = 190; // of 255: the greatest opacity

// Colours for logits: `real` where D is above 50 %, `fake` below, transparent at 50 %. Small differences from 50 % are
// exaggerated.
export function tellTale(real, fake) {
  return (logit) => {
    const lean = Math.tanh(logit / 2); // 2 D − 1
    return [...(lean > 0 ? real : fake), FULL * Math.abs(lean) ** 0.7];
  };
}

// One colour, whose opacity grows with the value up to `top`.
export const growing = (colour, top) => (value) => [...colour, FULL * Math.min(1, Math.max(0, value / top))];
