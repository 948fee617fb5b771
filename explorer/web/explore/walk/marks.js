// What a walk draws over one map: its way, its waypoints, which can be dragged, and where the cursor is.

import { Handle } from "../../parts/handle.js";
import { add, set, svgElement } from "../../parts/svg.js";
import { along } from "./path.js";
import { fill } from "../../kernel/text.js";

const SMOOTH = 24; // pieces of the drawn way for each leg

export class WalkMarks {
  // panel: the page's; on: {move(at, point, dragged), release(cancelled), remove(at)}; words: the tool's.
  constructor(panel, words, on) {
    this.panel = panel;
    this.words = words;
    this.on = on;
    this.handles = [];
    const group = panel.map.shapes.tool;
    group.replaceChildren();
    const make = (name, attributes = {}) => group.appendChild(svgElement(name, attributes));
    this.way = ["halo", "walk-way"].map((name) => make("path", { class: name }));
    this.dots = make("path", { class: "walk-dots" });
    this.near = make("g", { class: "walk-near" });
    this.arrows = make("g", { class: "walk-arrows" });
    this.stops = make("g");
    this.at = make("circle", { r: 6, class: "walk-cursor" });
  }

  // walk: what film.js's walked() returns, or null; cursor: {place} or null. Pixels are the map's, as they stand.
  show(state, walk, cursor) {
    const { panel } = this,
      exact = panel.isExact(state),
      { x, y } = panel.map.scale(),
      points = walk?.points ?? [];
    const pixels = (point) => [x(point[0]), y(point[1])];
    this.locate(state, walk, points);
    const way = this.waySeen.map((point) =>
      pixels(point)
        .map((value) => value.toFixed(1))
        .join(" "),
    );
    for (const path of this.way) set(path, { d: way.length ? `M${way.join("L")}` : "" });
    set(this.dots, {
      d: exact && points.length > 1 ? this.framesSeen.map((point) => `M${pixels(point).join(" ")}h0`).join("") : "",
    });
    [...this.near.children].forEach((circle, i) => set(circle, place(pixels(this.framesSeen[i]))));
    this.showStops(points.length, pixels);
    this.showCursor(state, points.length > 1 ? cursor : null, pixels);
  }

  // Where the walk's points are seen on this map, if another walk, or the map, is shown.
  locate(state, walk, points) {
    const { panel } = this,
      exact = panel.isExact(state),
      view = panel.view(state),
      dims = String(state.dims);
    if (this.walk === walk && this.view === view && this.dims === dims) return;
    this.walk = walk;
    this.view = view;
    this.dims = dims;
    this.stopsSeen = points.map((point) => panel.seen(state, point));
    // an end of a leg is often the nearest code to all of it: what else lies near says more
    this.framesSeen = (walk?.frames ?? []).map((place) => panel.seen(state, place, walk.rows));
    const fine = exact && points.length > 1 ? along(points, walk.way, SMOOTH * (points.length - 1) + 1) : [];
    this.waySeen = fine.map((place) => panel.seen(state, place));
    this.near.replaceChildren(...(exact ? [] : this.framesSeen.map(() => svgElement("circle", { r: 6 }))));
  }

  showCursor(state, cursor, pixels) {
    this.at.style.display = cursor ? "" : "none";
    if (!cursor) return;
    if (this.cursor !== cursor || this.cursorWalk !== this.waySeen) {
      this.cursor = cursor;
      this.cursorWalk = this.waySeen;
      this.cursorSeen = this.panel.seen(state, cursor.place);
    }
    set(this.at, place(pixels(this.cursorSeen)));
  }

  showStops(count, pixels) {
    while (this.handles.length > count) this.handles.pop().remove();
    while (this.handles.length < count) this.handles.push(this.handle(this.handles.length));
    this.handles.forEach((handle, at) => {
      set(handle, {
        transform: `translate(${pixels(this.stopsSeen[at]).join(" ")})`,
        "aria-label": fill(this.words.stop_in_map, { at: at + 1, name: this.panel.name }),
      });
    });
  }

  handle(at) {
    const { on } = this;
    const handle = new Handle(this.stops, {
      name: "",
      className: "walk-stop",
      at: (event) => this.panel.map.at(event),
      held: () => this.stopsSeen[at],
      onMove: (point, dragged) => on.move(at, point, dragged),
      onEnd: (cancelled) => on.release(cancelled),
    }).element;
    add(handle, "text", { y: 4 }, at + 1);
    handle.addEventListener("keydown", (event) => {
      if (event.key !== "Delete" && event.key !== "Backspace") return;
      event.preventDefault();
      on.remove(at);
      (this.handles[at] ?? this.handles.at(-1))?.focus();
    });
    return handle;
  }

  // Arrows between places of the model's dimensions: [{from, to, kind}]; ring: one whose nearest code is ringed on a
  // UMAP; but: rows left out.
  showArrows(state, arrows, ring, but = []) {
    const exact = this.panel.isExact(state),
      { x, y } = this.panel.map.scale();
    const pixels = (point) => [x(point[0]), y(point[1])];
    const drawn = exact
      ? arrows.map(({ from, to, kind }) =>
          arrow(pixels(this.panel.seen(state, from)), pixels(this.panel.seen(state, to)), kind),
        )
      : [];
    const rings =
      !exact && ring
        ? [svgElement("circle", { r: 8, class: "ring-code", ...place(pixels(this.panel.seen(state, ring, but))) })]
        : [];
    this.arrows.replaceChildren(...drawn.flat(), ...rings);
  }
}

const place = (/** @type {number[]} */ [cx, cy]) => ({ cx, cy });

// A line with a head, twice: the first is its halo.
function arrow(/** @type {number[]} */ [x0, y0], /** @type {number[]} */ [x1, y1], kind) {
  const length = Math.hypot(x1 - x0, y1 - y0) || 1,
    ux = (x1 - x0) / length,
    uy = (y1 - y0) / length;
  const head = Math.min(11, length),
    side = head / 2;
  const base = [x1 - head * ux, y1 - head * uy];
  const corner = (sign) => `${base[0] - sign * side * uy} ${base[1] + sign * side * ux}`;
  return [
    svgElement("path", { class: "halo", d: `M${x0} ${y0}L${x1} ${y1}` }),
    svgElement("path", { class: `walk-arrow ${kind}`, d: `M${x0} ${y0}L${base.join(" ")}` }),
    svgElement("path", { class: `walk-head ${kind}`, d: `M${x1} ${y1}L${corner(1)}L${corner(-1)}Z` }),
  ];
}
