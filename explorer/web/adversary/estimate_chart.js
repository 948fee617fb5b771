// The chart of the honest estimates: a row for each, with the band of its null and, where it is known, the true value.

import { format } from "../kernel/format.js";
import { svgElement } from "../parts/svg.js";

const TICKS = [0, 0.01, 0.05, 0.1, 0.2, 0.5]; // nats
const LEFT = 96,
  RIGHT = 130,
  WIDTH = 560,
  LINE = 34; // of the drawing, which grows as a whole

// The axis is a root's: the null's band is a hundred times narrower than a blind discriminator's cloud is far.
const root = (value) => Math.sign(value) * Math.sqrt(Math.abs(value));

// rows: [{name, bound, low, high: of the null's band, nulls: its estimates, exact: or undefined}], in nats.
export function drawEstimates(host, rows, words) {
  host.replaceChildren();
  if (rows.length === 0) return;
  const height = rows.length * LINE + 26;
  const low = root(Math.min(-0.003, ...rows.map((row) => Math.min(row.low, row.bound)))),
    high = root(Math.max(0.02, ...rows.flatMap((row) => [row.high, row.bound, row.exact ?? 0])));
  const x = (value) => LEFT + ((root(value) - low) / (high - low)) * (WIDTH - LEFT - RIGHT);
  const svg = host.appendChild(svgElement("svg", { viewBox: `0 0 ${WIDTH} ${height}`, "aria-hidden": "true" }));
  const add = (name, attributes, text = "") => {
    svg.appendChild(svgElement(name, attributes)).textContent = text;
  };
  add("line", { class: "axis", x1: x(0), x2: x(0), y1: 0, y2: height - 18 });
  add("line", { class: "axis", x1: LEFT, x2: WIDTH - RIGHT, y1: height - 18, y2: height - 18 });
  for (const value of TICKS.filter((one) => root(one) <= high))
    add("text", { x: x(value), y: height - 4, "text-anchor": "middle" }, String(value));
  rows.forEach((row, i) => drawRow(add, row, x, i * LINE + LINE / 2, words));
}

function drawRow(add, { name, bound, low, high, nulls, exact }, x, y, words) {
  add("text", { x: 0, y: y + 4 }, name);
  add("rect", { class: "null", x: x(low), width: Math.max(2, x(high) - x(low)), y: y - 11, height: 22 });
  for (const value of nulls) add("circle", { class: "null-dot", cx: x(value), cy: y, r: 2.5 });
  if (exact !== undefined) add("line", { class: "truth", x1: x(exact), x2: x(exact), y1: y - 11, y2: y + 11 });
  add("circle", { class: "estimate", cx: x(bound), cy: y, r: 6 });
  const known = exact === undefined ? "" : `, ${words.true_value} ${format(exact, 4)}`;
  add("text", { x: WIDTH - RIGHT + 10, y: y + 4 }, format(bound, 4) + known);
}
