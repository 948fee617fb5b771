// Predict: questions about the Gaussian, the draw and f of the moment. The figure moves with the answers.

import { asItIs, between, hasBars, QUESTIONS, sceneOf } from "./questions.js";
import { write } from "../parts/dom.js";
import { Plot } from "../parts/plot.js";
import { Quiz } from "../parts/quiz/quiz.js";
import { set } from "../parts/svg.js";
import { round } from "../kernel/probe.js";
import { normalDensity } from "./estimators.js";

const HOME = [-4.5, 4.5]; // of z, at least
const BARS = ["pathwise", "score"];

export class Predict {
  // view: the panel; lesson: the page.
  constructor(view, lesson) {
    this.lesson = lesson;
    this.sentence = view.querySelector(".scene");
    this.figure = new DrawFigure(view, lesson.words);
    this.quiz = new Quiz(view.querySelector(".card"), {
      key: "reparameterisation",
      words: lesson.words,
      questions: QUESTIONS,
      given: () => this.given(),
      at: () => lesson.probe.state.step,
      go: (step) => lesson.set({ step }),
      sceneOf,
      start: asItIs,
      between,
      show: (scene) => this.figure.show(asItIs(this.given()), scene, hasBars(this.quiz.name)),
      shuffle: () => {
        const any = (low, high) => round(low + Math.random() * (high - low));
        const { seed, mean, log_var: logVar } = lesson.probe.state;
        lesson.set({ seed: (seed + 1) % 2 ** 32, mean: [any(-2, 2), mean[1]], log_var: [any(-3, 1), logVar[1]] });
      },
      redraw: () => lesson.draw(),
      tell: () => lesson.draw(() => lesson.announce(this.quiz.spoken())),
    });
  }

  given() {
    const { state, noise } = this.lesson.frame(),
      { f, omega, by } = state;
    return { mean: state.mean[0], log_var: state.log_var[0], noise: noise[0], f, omega, by };
  }

  spoken() {
    return this.quiz.spoken();
  }

  stop() {
    this.quiz.stop();
  }

  draw() {
    this.quiz.draw();
    write(this.sentence, this.quiz.sceneText());
  }
}

// The density of z with one draw, dashed those of a scene; below, how far one estimate of each estimator scatters.
class DrawFigure {
  constructor(view, words) {
    this.plot = new Plot(view.querySelector(".host"), { xLabel: "z", yLabel: words.density });
    const { plot } = this;
    this.area = plot.make("path", "density");
    this.line = plot.make("path", "z-curve");
    this.dashed = plot.make("path", "z-curve dashed");
    this.arm = plot.make("line", "arm");
    this.otherArm = plot.make("line", "arm dashed");
    this.mean = plot.make("circle", "at-mean");
    this.z = plot.make("circle", "at-z");
    this.other = plot.make("circle", "at-z dashed");
    this.names = ["mean", "z"].map((name) => plot.make("text", `name ${name}`, plot.above));
    ["μ", "z"].forEach((sign, i) => write(this.names[i], sign));
    this.bars = view.querySelector(".spreads");
  }

  // given: what is so; scene: {now, to}, or null; withBars: keep a place for the bars?
  show(given, scene, withBars) {
    const { plot } = this,
      all = scene ? [given, scene.to] : [given];
    const ends = all.flatMap(({ mean, std, z }) => [mean - 3.2 * std, mean + 3.2 * std, z - 0.3, z + 0.3]);
    /** @type {[number, number]} */
    const range = [Math.min(HOME[0], Math.floor(Math.min(...ends))), Math.max(HOME[1], Math.ceil(Math.max(...ends)))];
    const peak = normalDensity(0) / given.std;
    this.bars.hidden = !withBars;
    this.showBars(scene?.now);
    if (!plot.view(range, [-0.06 * peak, 1.12 * peak])) return;
    const now = scene && ["mean", "std", "z"].some((name) => scene.now[name] !== given[name]) ? scene.now : null;
    set(this.area, { d: area(plot, given) });
    set(this.line, { d: curve(plot, given) });
    set(this.dashed, { d: now ? curve(plot, now) : "" });
    place(plot, this.arm, this.z, given, 0);
    place(plot, this.otherArm, this.other, now ?? given, now ? -0.03 * peak : 0);
    for (const part of [this.otherArm, this.other]) set(part, { visibility: now ? "visible" : "hidden" });
    set(this.mean, { cx: plot.x(given.mean), cy: plot.y(0), r: 4 });
    const aside = given.z < given.mean ? [4, -4] : [-4, 4]; // so that they do not meet
    [given.mean, given.z].forEach((at, i) =>
      set(this.names[i], { x: plot.x(at) + aside[i], y: plot.y(0) - 10, "text-anchor": "middle" }),
    );
  }

  showBars(scene) {
    for (const name of BARS) {
      const row = this.bars.querySelector(`[data-is=${name}]`);
      row.classList.toggle("absent", scene?.[name] === undefined);
      row.style.setProperty("--share", String(scene?.[name] ?? 0));
      row.style.setProperty("--mark", String(scene?.mark ?? 0));
    }
    this.bars.classList.toggle("absent", !this.bars.querySelector("[data-is]:not(.absent)"));
  }
}

// The density's path over the plot, with more points where the bump is.
function curve(plot, { mean, std }) {
  const [low, high] = plot.xRange,
    bump = Array.from({ length: 241 }, (_, i) => mean + (i / 20 - 6) * std);
  const all = [low, ...bump.filter((z) => z > low && z < high), high];
  const point = (z) => `${plot.x(z).toFixed(2)} ${heightOf(plot, normalDensity((z - mean) / std) / std)}`;
  return `M${all.map(point).join("L")}`;
}

const heightOf = (plot, y) => Math.max(-1e5, plot.y(y)).toFixed(2); // a browser does not draw paths that go to 1e30

// The same, closed along the axis.
const area = (plot, gaussian) =>
  `${curve(plot, gaussian)}V${plot.y(0).toFixed(2)}H${plot.x(plot.xRange[0]).toFixed(2)}Z`;

// A draw, and the line from its mean to it. y: its height.
function place(plot, arm, dot, { mean, z }, y) {
  set(arm, { x1: plot.x(mean), x2: plot.x(z), y1: plot.y(y), y2: plot.y(y) });
  set(dot, { cx: plot.x(z), cy: plot.y(y), r: 6 });
}
