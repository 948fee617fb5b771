// One direction of the KL on the line: its integrand, shaded by sign up to a limit, and below it the running integral,
// which ends at the KL.

import { countUp, integrand } from "./math.js";
import { Plot, PlotHandle } from "../parts/plot.js";
import { fill } from "../kernel/text.js";
import { set } from "../parts/svg.js";

const STEPS = 700;

export class Areas {
  // above, below: elements for the integrand and the running area. range(): the visible interval.
  constructor(above, below, lesson, { name, range }) {
    this.lesson = lesson;
    this.range = range;
    this.top = new Plot(above, { bottom: 4, yLabel: name });
    this.bottom = new Plot(below, { top: 4, xLabel: "z", yLabel: lesson.words.running_area });
    this.shades = ["up", "down"].map((sign) => ({
      counted: this.top.make("path", `shade ${sign}`),
      rest: this.top.make("path", `shade ${sign} rest`),
    }));
    this.line = this.top.make("path", "integrand");
    this.goal = this.bottom.make("line", "goal");
    this.running = this.bottom.make("path", "running rest");
    this.counted = this.bottom.make("path", "running");
    this.limits = [this.top, this.bottom].map((plot) => plot.make("line", "limit"));
    this.dot = this.bottom.make("circle", "running-dot");
    set(this.dot, { r: 4 });
    const move = (z) => lesson.change({ limit: z >= range()[1] ? null : Math.max(z, range()[0]) });
    this.handle = new PlotHandle(this.top, {
      name: fill(lesson.words.limit_handle, { kl: name }),
      className: "limit",
      line: true,
      value: () => [lesson.state.limit ?? range()[1], 0],
      onMove: ([z]) => move(z),
      onEnd: (cancelled) => lesson.finish(cancelled),
    });
  }

  // Draws, and returns {total, counted}: the whole KL and its part up to the limit, by numerical integration.
  draw(weight, other, limit) {
    const sums = countUp(weight, other),
      f = integrand(weight, other),
      [low, high] = this.range();
    const end = limit ?? high,
      counted = limit === null ? sums.total : sums.at(limit);
    const { top, bottom } = this;
    const seen = Array.from({ length: STEPS + 1 }, (_, i) => f(low + ((high - low) * i) / STEPS));
    const [least, most] = [Math.min(-0.02, ...seen), Math.max(0.05, ...seen)];
    const slack = 0.08 * (most - least);
    if (!top.view([low, high], [least - slack, most + 2.5 * slack])) return { total: sums.total, counted };
    this.line.setAttribute("d", top.curve(f, low, high, STEPS));
    const parts = [(z) => Math.max(0, f(z)), (z) => Math.min(0, f(z))];
    this.shades.forEach(({ counted: left, rest }, i) => {
      left.setAttribute("d", top.area(parts[i], low, end, STEPS));
      rest.setAttribute("d", top.area(parts[i], end, high, STEPS));
    });
    const heights = Array.from({ length: 101 }, (_, i) => sums.at(low + ((high - low) * i) / 100));
    const range = [Math.min(0, ...heights), Math.max(0.1, sums.total, ...heights)],
      room = 0.12 * (range[1] - range[0]);
    if (!bottom.view([low, high], [range[0] - room, range[1] + 2 * room])) return { total: sums.total, counted };
    this.running.setAttribute("d", bottom.curve(sums.at, low, high, 240));
    this.counted.setAttribute("d", end > low ? bottom.curve(sums.at, low, end, 240) : "");
    const place = (line, x1, y1, x2, y2) =>
      Object.entries({ x1, y1, x2, y2 }).forEach(([name, value]) => line.setAttribute(name, value));
    place(this.goal, bottom.x(low), bottom.y(sums.total), bottom.x(high), bottom.y(sums.total));
    for (const [i, plot] of [top, bottom].entries())
      place(this.limits[i], plot.x(end), plot.margin.top, plot.x(end), plot.height - plot.margin.bottom);
    set(this.dot, { cx: bottom.x(end), cy: bottom.y(counted) });
    this.handle.show(end, top.toY(top.margin.top + 9));
    return { total: sums.total, counted };
  }
}
