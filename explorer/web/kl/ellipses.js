// Two Gaussians in the plane as ellipses at 1σ and 2σ, with handles for the centre and for the end of each axis: length
// and tilt.

import { LEAST_STD } from "./curves.js";
import { axesOf, covarianceOf } from "./math.js";
import { Plot, PlotHandle } from "../parts/plot.js";
import { round } from "../kernel/probe.js";
import { fill } from "../kernel/text.js";
import { fieldOf } from "../kernel/address.js";
import { set } from "../parts/svg.js";

const REACH = 4.2;
const { least: LEAST, most: MOST, correlation: CORRELATION } = fieldOf("kl", "q2"); // of the state's five numbers
const MEAN_LIMIT = MOST[0],
  VARIANCES = [LEAST[2], MOST[2]];

// {mean, cov} of a state's five numbers, and back.
/** @type {(numbers: number[]) => import("../kernel/types.js").Gaussian2} */
export const gaussianOf = ([x, y, a, b, c]) => ({
  mean: [x, y],
  cov: [
    [a, b],
    [b, c],
  ],
});
const numbersOf = (mean, cov) => [...mean, cov[0][0], cov[0][1], cov[1][1]].map(round);

const allowed = (/** @type {number[]} */ [x, y, a, b, c]) =>
  Math.max(Math.abs(x), Math.abs(y)) <= MEAN_LIMIT &&
  [a, c].every((variance) => variance >= VARIANCES[0] && variance <= VARIANCES[1]) &&
  Math.abs(b) <= CORRELATION * Math.sqrt(a * c);

// The axes of q and p. The state keeps covariances, to four decimals; this class keeps which axis is the first, also of
// a circle.
export class Axes {
  constructor(lesson) {
    this.lesson = lesson;
    this.kept = {};
  }

  of(who) {
    const values = this.lesson.state[`${who}2`],
      kept = this.kept[who];
    const key = values.slice(2).join();
    if (kept?.key === key) return kept;
    return (this.kept[who] = { key, ...axesOf(gaussianOf(values).cov, kept?.angle ?? 0) });
  }

  // Changes mean, stds or angle of q or p, unless the result would not be a covariance matrix.
  change(who, part) {
    const values = this.lesson.state[`${who}2`];
    const { stds, angle } = { ...this.of(who), ...part };
    const next = numbersOf(
      part.mean ?? values.slice(0, 2),
      part.stds || part.angle !== undefined ? covarianceOf(stds, angle) : gaussianOf(values).cov,
    );
    if (!next.every(Number.isFinite) || !allowed(next)) return;
    this.kept[who] = { key: next.slice(2).join(), stds, angle };
    this.lesson.change({ [`${who}2`]: next });
  }
}

export class Ellipses {
  constructor(host, lesson, axes) {
    this.lesson = lesson;
    this.axes = axes;
    this.plot = new Plot(host, { left: 28, right: 8, top: 8, bottom: 20, square: true, xLabel: "z₁", yLabel: "z₂" });
    this.shapes = Object.fromEntries(
      ["p", "q"].map((who) => [
        who,
        {
          rings: [2, 1].map((radius) => ({ radius, element: this.plot.make("ellipse", `ring-${radius} ${who}`) })),
          spokes: [0, 1].map(() => this.plot.make("line", `spoke ${who}`)),
        },
      ]),
    );
    this.names = {};
    this.handles = Object.fromEntries(
      ["p", "q"].map((who) => {
        const name = this.plot.make("text", `curve-name ${who}`, this.plot.above);
        name.textContent = who;
        this.names[who] = name;
        return [who, [...[0, 1].map((axis) => this.axisHandle(who, axis)), this.centreHandle(who)]];
      }),
    );
  }

  centreHandle(who) {
    const { lesson, axes } = this;
    return new PlotHandle(this.plot, {
      name: fill(lesson.words.centre_handle, { who }),
      className: `mean of-${who}`,
      value: () => lesson.state[`${who}2`].slice(0, 2),
      onMove: (mean) =>
        axes.change(who, { mean: mean.map((value) => Math.max(-MEAN_LIMIT, Math.min(MEAN_LIMIT, value))) }),
      onEnd: (cancelled) => lesson.finish(cancelled),
    });
  }

  // The end of an axis at 1σ: along it the length changes, across it the tilt.
  axisHandle(who, axis) {
    const { lesson, axes } = this;
    const lengths = (length) => axes.of(who).stds.map((std, i) => (i === axis ? Math.max(LEAST_STD, length) : std));
    return new PlotHandle(this.plot, {
      name: fill(lesson.words.axis_handle, { who, axis: axis ? "b" : "a" }),
      className: `width of-${who}`,
      onMove: ([x, y]) => {
        const [mx, my] = lesson.state[`${who}2`];
        const length = Math.hypot(x - mx, y - my);
        if (length > 0.02)
          axes.change(who, { stds: lengths(length), angle: Math.atan2(y - my, x - mx) - (axis * Math.PI) / 2 });
      },
      onNudge: ([dx, dy], steps) => {
        const { stds, angle } = axes.of(who);
        if (dy) axes.change(who, { stds: lengths(stds[axis] + dy * steps * 0.05) });
        else axes.change(who, { angle: angle - (dx * steps * Math.PI) / 180 });
      },
      onEnd: (cancelled) => lesson.finish(cancelled),
    });
  }

  draw(state) {
    const { committed } = this.lesson;
    // the view shows 2σ of both as the last finished change left them, so that a drag does not move it
    const reach = Math.max(
      REACH,
      ...["q2", "p2"].flatMap((name) => {
        const [x, y, a, , c] = committed[name];
        return [Math.abs(x) + 2.15 * Math.sqrt(a), Math.abs(y) + 2.15 * Math.sqrt(c)];
      }),
    );
    const { plot } = this;
    if (!plot.view([-reach, reach], [-reach, reach])) return;
    for (const who of ["p", "q"]) {
      const [mx, my] = state[`${who}2`],
        { stds, angle } = this.axes.of(who),
        { rings, spokes } = this.shapes[who];
      const degrees = (-angle * 180) / Math.PI;
      for (const { radius, element } of rings) {
        const transform = `translate(${plot.x(mx)} ${plot.y(my)}) rotate(${degrees})`;
        set(element, { rx: radius * stds[0] * plot.perX, ry: radius * stds[1] * plot.perX, transform });
      }
      const ends = [0, 1].map((axis) => {
        const turned = angle + (axis * Math.PI) / 2;
        return [mx + stds[axis] * Math.cos(turned), my + stds[axis] * Math.sin(turned)];
      });
      ends.forEach(([x, y], axis) => {
        set(spokes[axis], { x1: plot.x(mx), y1: plot.y(my), x2: plot.x(x), y2: plot.y(y) });
        this.handles[who][axis].show(x, y);
      });
      this.handles[who][2].show(mx, my);
      const side = who === "q" ? 1 : -1; // on different sides, so that the names of equal ellipses do not overlap
      this.names[who].setAttribute(
        "x",
        plot.x(mx + side * stds[0] * 2 * Math.cos(angle) * 0.72 - side * stds[1] * 2 * Math.sin(angle) * 0.72) + 5,
      );
      this.names[who].setAttribute(
        "y",
        plot.y(my + side * stds[0] * 2 * Math.sin(angle) * 0.72 + side * stds[1] * 2 * Math.cos(angle) * 0.72) - 4,
      );
    }
  }
}
