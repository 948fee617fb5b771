// p and q on the line, with handles for means and widths.

import { density } from "./math.js";
import { Plot, PlotHandle } from "../parts/plot.js";
import { fill } from "../kernel/text.js";
import { set } from "../parts/svg.js";

const HOME = [-7, 7];
export const LEAST_STD = 0.05;

export const asQ = (state) => ({ mean: state.q[0], std: state.q[1], gap: 0 });
export const asP = (state) => ({ mean: state.p[0], std: state.p[1], gap: state.gap });

// The range of z that shows both, and more such curves: it widens only when a change is finished, or a handle would run
// away from the pointer.
/** @returns {import("../kernel/types.js").Pair} */
export function lineView(state, more = []) {
  const ends = [asQ(state), asP(state), ...more].flatMap(({ mean, std, gap }) => [
    mean - gap - 3.5 * std,
    mean + gap + 3.5 * std,
  ]);
  return [Math.min(HOME[0], Math.floor(Math.min(...ends))), Math.max(HOME[1], Math.ceil(Math.max(...ends)))];
}

export class Curves {
  constructor(host, lesson) {
    this.lesson = lesson;
    this.plot = new Plot(host, { xLabel: "z", yLabel: lesson.words.density });
    const { plot } = this;
    this.areas = { p: plot.make("path", "fill p"), q: plot.make("path", "fill q") };
    this.lines = { p: plot.make("path", "curve p"), q: plot.make("path", "curve q") };
    this.dashed = { p: plot.make("path", "curve p dashed"), q: plot.make("path", "curve q dashed") };
    this.labels = Object.fromEntries(
      ["p", "q"].map((who) => {
        const label = plot.make("text", `curve-name ${who}`, plot.above);
        label.textContent = who;
        return [who, label];
      }),
    );
    this.handles = Object.fromEntries(
      ["p", "q"].map((who) => [
        who,
        {
          width: this.handle(who, "width"),
          ...(who === "p" && { gap: this.handle(who, "gap") }),
          mean: this.handle(who, "mean"),
        },
      ]),
    );
  }

  handle(who, what) {
    const { lesson } = this;
    const move = (x) => {
      const [mean, std] = lesson.state[who];
      const gap = who === "p" ? lesson.state.gap : 0;
      if (what === "mean") lesson.change({ [who]: [Math.max(-100, Math.min(100, x)), std] });
      else if (what === "width")
        lesson.change({ [who]: [mean, Math.max(LEAST_STD, Math.min(100, Math.abs(x - mean - gap)))] });
      else lesson.change({ gap: Math.max(0, Math.min(20, x - mean)) });
    };
    const at = () => {
      const [mean, std] = lesson.state[who],
        gap = who === "p" ? lesson.state.gap : 0;
      return { mean, width: mean + gap + std, gap: mean + gap }[what];
    };
    return new PlotHandle(this.plot, {
      name: fill(lesson.words[`${what}_handle`], { who }),
      className: `${what} of-${who}`,
      line: true,
      value: () => [at(), 0],
      onMove: ([x]) => move(x),
      onEnd: (cancelled) => lesson.finish(cancelled),
    });
  }

  // scene: what is drawn dashed beside q and p, or null. {now, to}: {q, p} at the moment, and where they go to: the
  // plot has room for that from the start.
  draw(state, scene = null) {
    const given = { q: asQ(state), p: asP(state) };
    const densities = { q: density(given.q), p: density(given.p) };
    const at = (who) => (z) => Math.exp(densities[who].log(z));
    const peak = Math.max(...["p", "q"].map((who) => at(who)(given[who].mean - given[who].gap)));
    const { plot } = this;
    const view = lineView(this.lesson.committed, scene ? Object.values(scene.to) : []);
    if (!plot.view(view, [0, Math.max(0.45, 1.12 * peak)])) return;
    for (const who of ["p", "q"]) {
      const n = given[who].std < 0.3 ? 1400 : 400;
      this.drawDashed(who, scene?.now[who], given[who]);
      this.lines[who].setAttribute("d", plot.curve(at(who), ...plot.xRange, n));
      this.areas[who].setAttribute("d", plot.area(at(who), ...plot.xRange, n));
      const { mean, std, gap } = given[who],
        { handles } = this;
      handles[who].mean.show(mean, at(who)(mean));
      handles[who].width.show(mean + gap + std, at(who)(mean + gap + std));
      handles[who].gap?.show(mean + gap, at(who)(mean + gap), gap > 0);
      const left = mean - gap - 1.25 * std;
      set(this.labels[who], { x: plot.x(left) - 12, y: plot.y(at(who)(left)) - 4 });
    }
  }

  // A curve that differs from the given one.
  drawDashed(who, curve, given) {
    const { plot } = this,
      isSeen = curve && ["mean", "std", "gap"].some((name) => curve[name] !== given[name]);
    const f = isSeen && density(curve).log,
      path = isSeen ? plot.curve((z) => Math.exp(f(z)), ...plot.xRange, curve.std < 0.3 ? 1400 : 400) : "";
    this.dashed[who].setAttribute("d", path);
  }
}
