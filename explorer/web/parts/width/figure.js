// The terms of a loss against the width of q: three curves, each in nats above its least, and a handle for the width.

import { indexOf, LOG_VARS } from "../../kernel/width/terms.js";
import { Plot, PlotHandle } from "../plot.js";
import { set } from "../svg.js";

/** @import { Numbers } from "../../kernel/types.js" */

const NATS = 20; // above the least of a curve: the height of the plot
const TERMS = ["first", "second", "total"];

export class WidthFigure {
  // host: the element to fill; words: {width_axis, nats_axis, of_width}; on: {move(log σ²), end(cancelled)}.
  /**
   * @param {HTMLElement} host @param {Record<string, string>} words
   * @param {{move: (logVar: number) => void, end: (cancelled: boolean) => void}} on
   */
  constructor(host, words, on) {
    this.plot = new Plot(host, { xLabel: words.width_axis, yLabel: words.nats_axis });
    const { plot } = this;
    this.marks = Array.from({ length: 2 }, () => plot.make("line", "width-mark"));
    this.least = plot.make("line", "width-least");
    this.other = plot.make("path", "width-curve other");
    this.lines = Object.fromEntries(TERMS.map((term) => [term, plot.make("path", `width-curve ${term}`)]));
    this.handle = new PlotHandle(plot, {
      name: words.of_width,
      className: "log_var",
      line: true,
      step: LOG_VARS[1] - LOG_VARS[0],
      value: () => [LOG_VARS[this.at], 0],
      onMove: ([logVar]) => on.move(LOG_VARS[indexOf(logVar)]),
      onEnd: (cancelled) => on.end(cancelled),
    });
    this.at = 0;
  }

  // loss: of lossOf, its `first`, `second` and `total`, and the number `least`; at: the number of the chosen width;
  // marks: values of log σ² with a mark of their own; other: values of another loss, for a dashed curve.
  /**
   * @param {import("../../kernel/width/terms.js").Loss} loss @param {number} at
   * @param {{marks?: Numbers, other?: Numbers | null}} more
   */
  show(loss, at, { marks = [], other = null } = {}) {
    const { plot } = this,
      [low, high] = [LOG_VARS[0], LOG_VARS.at(-1)];
    this.at = at;
    if (!plot.view([low, high], [-1, NATS])) return;
    for (const term of TERMS) {
      set(this.lines[term], { d: pathOf(plot, loss[term]) });
    }
    set(this.other, { d: other ? pathOf(plot, other) : "" });
    this.handle.show(LOG_VARS[at], Math.min(NATS, loss.total[at] - lowestOf(loss.total) || 0));
    const upright = (x) => ({ x1: x, x2: x, y1: 0, y2: plot.height });
    const isKnown = Number.isFinite(loss.total.at(-1));
    set(this.least, { ...upright(plot.x(LOG_VARS[loss.least])), visibility: isKnown ? "visible" : "hidden" });
    this.marks.forEach((line, i) =>
      set(line, i < marks.length ? { ...upright(plot.x(marks[i])), visibility: "visible" } : { visibility: "hidden" }),
    );
  }
}

/** @param {Numbers} values */
const lowestOf = (values) => Math.min(...Array.from(values).filter(Number.isFinite));

/** @param {Plot} plot @param {Numbers} values */
function pathOf(plot, values) {
  const lowest = lowestOf(values);
  let path = "";
  for (const [i, value] of Array.from(values).entries()) {
    if (!Number.isFinite(value)) continue;
    const y = plot.y(Math.min(10 * NATS, value - lowest));
    path += `${path ? "L" : "M"}${plot.x(LOG_VARS[i]).toFixed(2)} ${y.toFixed(2)}`;
  }
  return path;
}
