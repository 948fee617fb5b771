// The grid of a map and the numbers of its axes, which stand inside the frame: a map has no margins, so that it is as
// large as its frame, and a square one has square axes.

import { format } from "../kernel/format.js";
import { ticks } from "./ticks.js";
import { add, set } from "./svg.js";

const APART = 60; // pixels between two numbers, about
const FEWEST = 5; // numbers, about
const EDGE = 12; // pixels at an edge that have no room for the middle of a number
const CORNER = 24; // pixels at the foot where only the horizontal axis has numbers

export class MapAxes {
  // group: of an SVG, to fill.
  constructor(group) {
    this.grid = add(group, "path", { class: "grid-lines" });
    this.zero = add(group, "path", { class: "grid-lines zero" });
    this.numbers = add(group, "g", { class: "axis-numbers", "aria-hidden": true });
    this.key = null; // of what is drawn
  }

  // scale: the map's; axes: {x, y, area}; grown: how large the type is.
  place({ x, y }, { x: across, y: up, area }, grown) {
    const { width, height } = area,
      key = `${across} ${up} ${width} ${height} ${grown}`;
    if (this.key === key) return;
    this.key = key;
    const apart = APART * grown,
      numbers = (/** @type {number[]} */ [low, high], size) => ticks(low, high, Math.max(FEWEST, size / apart)),
      [columns, rows] = [numbers(across, width), numbers(up, height)];
    const linesAt = (isWanted) =>
      [
        ...columns.values.filter(isWanted).map((value) => `M${x(value)} 0V${height}`),
        ...rows.values.filter(isWanted).map((value) => `M0 ${y(value)}H${width}`),
      ].join("");
    set(this.grid, { d: linesAt((value) => value !== 0) });
    set(this.zero, { d: linesAt((value) => value === 0) });
    const isInside = (at, size) => at > EDGE * grown && at < size - EDGE * grown;
    this.numbers.replaceChildren();
    for (const value of columns.values.filter((one) => isInside(x(one), width)))
      this.write(value, columns.decimals, { x: x(value), y: height - 5 * grown, "text-anchor": "middle" });
    for (const value of rows.values.filter((one) => one !== 0 && isInside(y(one), height - CORNER * grown)))
      this.write(value, rows.decimals, { x: 5 * grown, y: y(value) + 4.5 * grown });
  }

  write(value, decimals, place) {
    add(this.numbers, "text", { ...place, "data-value": value }, format(value, decimals));
  }
}
