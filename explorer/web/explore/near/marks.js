// What the tool Near puts over a map: marks of single images, the region's outline, and the codes in it before a veil
// over all others.

import { set, svgElement } from "../../parts/svg.js";
import { Sketchpad } from "../../parts/sketchpad.js";

const SIZE = 5; // half of a mark's width, pixels
const SHAPES = {
  circle: (x, y) => `M${x - SIZE} ${y}a${SIZE} ${SIZE} 0 1 0 ${2 * SIZE} 0a${SIZE} ${SIZE} 0 1 0 ${-2 * SIZE} 0`,
  square: (x, y) => `M${x - SIZE} ${y - SIZE}h${2 * SIZE}v${2 * SIZE}h${-2 * SIZE}z`,
};

export class Marks {
  constructor(panel, palette) {
    this.panel = panel;
    this.palette = palette;
    this.sketchpad = new Sketchpad();
    const { canvas } = this.sketchpad;
    canvas.classList.add("near-veil");
    canvas.hidden = true;
    canvas.addEventListener("contextrestored", () => this.paintAgain());
    panel.map.overlay.before(canvas);
    const group = panel.map.shapes.tool,
      path = (name) => group.appendChild(svgElement("path", { class: name }));
    this.shapes = {
      outline: [path("halo"), path("near-outline")],
      rays: path("near-rays"),
      other: [path("halo"), path("near-other")],
      own: [path("halo"), path("near-own")],
    };
    const hot = group.appendChild(svgElement("g", {}));
    for (const name of ["halo", "near-hot"]) hot.append(svgElement("circle", { r: 11, class: name }));
    this.hot = hot;
  }

  // In every frame. marks: {own, other: {rows, shape} or null, from: the row that rays to `other` start from, or null,
  // hot: the row pointed at, or null, outline: corners in the map's units, or null, closed, rows: of a region, or
  // null}.
  place(state, { own = null, other = null, from = null, hot = null, outline = null, closed = true, rows = null }) {
    const scale = this.panel.map.scale(),
      { x, y } = this.panel.points(state);
    const at = (row) => [scale.x(x[row]), scale.y(y[row])];
    const draw = (paths, d) => [paths].flat().forEach((path) => path.getAttribute("d") !== d && set(path, { d }));
    const marked = (some) => some?.rows.map((row) => SHAPES[some.shape](...at(row))).join("") ?? "";
    draw(this.shapes.own, marked(own));
    draw(this.shapes.other, marked(other));
    draw(this.shapes.rays, other && from !== null ? other.rows.map((row) => `M${at(from)}L${at(row)}`).join("") : "");
    draw(
      this.shapes.outline,
      outline?.length ? `M${outline.map(([a, b]) => [scale.x(a), scale.y(b)]).join("L")}${closed ? "Z" : ""}` : "",
    );
    this.hot.style.display = hot === null ? "none" : "";
    if (hot !== null) set(this.hot, { transform: `translate(${at(hot)})` });
    this.veil(scale, { x, y }, rows);
  }

  // The region's codes in their colours, over a veil. Painted again only where something changed.
  veil(scale, { x, y }, rows) {
    const { canvas } = this.sketchpad,
      { map, model } = this.panel,
      { area } = scale;
    canvas.hidden = rows === null;
    this.veiled = [scale, { x, y }, rows];
    if (rows === null) return void (this.painted = null);
    const key = [
      x,
      rows,
      ...["x", "y"].flatMap((axis) => [scale[axis](0), scale[axis](1)]),
      map.host.clientWidth,
      map.host.clientHeight,
      map.tones,
    ];
    if (this.painted?.every((value, i) => value === key[i])) return;
    this.painted = key;
    const inside = {
      x: rows.map((row) => x[row]),
      y: rows.map((row) => y[row]),
      label: rows.map((row) => model.codes.label[row]),
    };
    const right = `calc(100% - ${area.left + area.width}px)`,
      bottom = `calc(100% - ${area.top + area.height}px)`;
    canvas.style.clipPath = `inset(${area.top}px ${right} ${bottom} ${area.left}px)`;
    this.sketchpad.paint(
      map.host,
      scale,
      inside,
      this.palette,
      new Set(),
      map.markerSize() + 1,
      null,
      map.tones && ((i) => map.tones.ink(rows[i])),
    );
  }

  paintAgain() {
    this.painted = null;
    if (this.veiled) this.veil(...this.veiled);
  }

  remove() {
    this.sketchpad.canvas.remove();
    this.panel.map.shapes.tool.replaceChildren();
  }
}
