// What should it be taught? A cloud q that is dragged, scaled and punched; a discriminator that learns, step by step; the best one beside it.

import { Cloud, samplePrior } from "./clouds.js";
import { Curve, Record } from "./chart.js";
import { Divergence } from "./divergence.js";
import { choose, fill } from "./forms.js";
import { seededUniform } from "../kernel/random.js";
import { CHANCE, Judge, lowerBound, sigmoid, softplus } from "../kernel/judge.js";
import { set, svgElement } from "../parts/svg.js";
import { gridPoints, growing, Plane, pullOf, tellTale, valueAt } from "./plane.js";
import { logDensity } from "../kernel/prior.js";
import { format } from "../kernel/format.js";
import { Painter } from "../parts/painter.js";
import { Runner } from "../parts/runner.js";
import { Slider } from "../parts/slider.js";

const REACH = 4.5,
  SIDE = 48,
  FINE = 128,
  BATCH = 128,
  HELD_OUT = 2000;
const EVERY = 20; // steps after which the held-out draws are looked at again
const RATES = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02];
const POINTS = gridPoints(REACH, SIDE),
  FINE_POINTS = gridPoints(REACH, FINE); // D* may have sharp edges, a small network has none
const PUNCH = 0.05;

export class TeachTab {
  constructor(lesson, root) {
    this.lesson = lesson;
    this.root = root;
    this.runner = new Runner();
    const { words } = lesson,
      find = (this.find = (selector) => root.querySelector(selector));
    this.planes = {
      learnt: new Plane(find(".learnt .host"), { name: words.learnt_map, reach: REACH }),
      best: new Plane(find(".best .host"), { name: words.best_map, reach: REACH }),
      gap: new Plane(find(".gap .host"), { name: words.gap_map, reach: REACH }),
    };
    this.buildHandles();
    this.buildControls();
    this.curve = new Curve(find(".curve"), { range: [0.6, 1.5] });
    this.painter = new Painter(() => this.paint());
  }

  buildHandles() {
    const {
        lesson,
        planes: { learnt },
      } = this,
      { words } = lesson,
      onCommit = () => this.finish();
    this.rings = ["cloud-ring", "cloud-hole"].map((name) =>
      learnt.marks.appendChild(svgElement("circle", { class: name })),
    );
    learnt.addHandle("mean", {
      symbol: "mean",
      name: words.move_cloud,
      at: [0, 0],
      onMove: (mean) => this.change({ mean }),
      onCommit,
    });
    learnt.addHandle("scale", {
      symbol: "log_var",
      name: words.scale_cloud,
      at: [1, 0],
      onCommit,
      onMove: ([x, y]) => {
        const { mean } = lesson.state.teach;
        this.change({ std: Math.min(3, Math.max(0.2, Math.hypot(x - mean[0], y - mean[1]))) });
      },
    });
    learnt.addHandle("hole", {
      symbol: "z",
      name: words.move_hole,
      at: [0, 0],
      onCommit,
      onMove: (point) => {
        const { mean, std } = lesson.state.teach;
        this.change({ at: point.map((value, i) => Math.min(3, Math.max(-3, (value - mean[i]) / std))) });
      },
    });
    learnt.after = () => this.placeHandles();
  }

  buildControls() {
    const { lesson, find } = this,
      { words } = lesson,
      onCommit = () => this.finish();
    const numbers = () => lesson.state.teach;
    const axis = (i) => (value) => this.change({ mean: numbers().mean.map((old, j) => (i === j ? value : old)) });
    const slider = (name, options, show) => {
      const made = new Slider(find(".sliders"), { onCommit, ...options });
      made.name(name);
      return () => made.show(show());
    };
    this.sliders = [
      slider(words.cloud_x, { symbol: "mean", range: [-4, 4], limit: 4.5, onMove: axis(0) }, () => numbers().mean[0]),
      slider(words.cloud_y, { symbol: "mean", range: [-4, 4], limit: 4.5, onMove: axis(1) }, () => numbers().mean[1]),
      slider(
        words.cloud_std,
        { symbol: "log_var", range: [0.2, 3], limit: 3, least: 0.2, onMove: (std) => this.change({ std }) },
        () => numbers().std,
      ),
      slider(
        words.cloud_hole,
        { symbol: "z", range: [0, 0.9], limit: 0.9, least: 0, onMove: (hole) => this.change({ hole }) },
        () => numbers().hole,
      ),
    ];
    find(".prior").addEventListener("change", (event) => this.set({ prior: event.target.value }, true));
    find(".centre").addEventListener("click", () => this.set({ mean: [0, 0], std: 1, hole: 0, at: [0, 0] }));
    find(".punch").addEventListener("click", () => this.set(numbers().hole > 0 ? { hole: 0 } : { hole: PUNCH }));
    find(".run").addEventListener("click", () => (this.runner.running ? this.pause() : this.run()));
    find(".step").addEventListener("click", () => this.take(1));
    find(".steps").addEventListener("click", () => this.take(100));
    find(".reset").addEventListener("click", () => this.reset());
    for (const rate of RATES) find(".rate").add(new Option(rate, rate));
    find(".rate").addEventListener("change", (event) => this.set({ rate: Number(event.target.value) }));
    find(".speed").addEventListener("change", (event) => {
      this.set({ speed: Number(event.target.value) });
      if (this.runner.running) this.run();
    });
    find(".seed").addEventListener("change", (event) => {
      const seed = Number(event.target.value);
      if (!(Number.isInteger(seed) && seed >= 0 && seed <= 1e6)) return void (event.target.value = numbers().seed);
      this.set({ seed }, true);
    });
  }

  // ---- state ---------------------------------------------------------------------------------

  change(part) {
    this.lesson.change(part);
    this.takeCloud();
    this.painter.draw();
  }

  finish() {
    this.change({});
    this.lesson.commit();
    this.lesson.announce(`JSD ${format(this.exact.jsd, 5)}`);
  }

  // anew: what was learnt does not fit any more.
  set(part, anew = false) {
    this.lesson.change(part);
    this.lesson.commit();
    if (anew) this.pause();
    this.refresh();
  }

  refresh() {
    const { prior, seed, rate, speed, hole } = this.lesson.state.teach,
      { words } = this.lesson;
    choose(this.find(".prior"), prior);
    choose(this.find(".rate"), rate);
    choose(this.find(".speed"), speed);
    this.find(".seed").value = seed;
    this.find(".punch").textContent = hole > 0 ? words.fill : words.punch;
    if (this.prior !== prior || this.seed !== seed) {
      this.prior = prior;
      this.seed = seed;
      this.shape = this.lesson.shape(prior);
      this.divergence = new Divergence(this.shape);
      this.held = samplePrior(this.shape, HELD_OUT, seededUniform(seed + 10));
      this.priorAt = { grid: logsOf(this.shape, FINE_POINTS), held: logsOf(this.shape, this.held) };
      this.dots = pairs(this.held.subarray(0, 1200));
      this.reset();
    } else {
      this.takeCloud();
      this.painter.draw();
    }
  }

  // All that follows from the cloud as it is now.
  takeCloud() {
    const { teach } = this.lesson.state,
      key = JSON.stringify([teach.mean, teach.std, teach.hole, teach.at, this.prior, this.seed]);
    if (this.cloudKey === key) return;
    this.cloudKey = key;
    this.cloud = new Cloud(teach);
    this.exact = this.divergence.of(this.cloud);
    this.heldFake = this.cloud.sample(HELD_OUT, seededUniform(this.seed + 11));
    this.fakeDots = pairs(this.heldFake.subarray(0, 1200));
    const less = (logs, points) => logs.map((log, i) => log - this.cloud.logDensity(points[2 * i], points[2 * i + 1])); // log D*/(1 − D*)
    this.best = less(this.priorAt.grid, FINE_POINTS);
    this.bestAtHeld = [less(this.priorAt.held, this.held), less(logsOf(this.shape, this.heldFake), this.heldFake)].map(
      (logits) => logits.map(sigmoid),
    );
    this.measured = null;
  }

  // ---- training ------------------------------------------------------------------------------

  reset() {
    this.pause();
    this.judge = new Judge({ seed: this.seed });
    this.uniform = seededUniform(this.seed + 1);
    this.losses = new Record();
    this.heldLosses = new Record();
    this.measured = null;
    this.cloudKey = null;
    this.takeCloud();
    this.painter.draw();
  }

  // One step of the discriminator, on fresh draws of the prior and of the cloud as it is now.
  step() {
    const { loss } = this.judge.step(
      samplePrior(this.shape, BATCH, this.uniform),
      this.cloud.sample(BATCH, this.uniform),
      this.lesson.state.teach.rate,
    );
    const { steps } = this.judge;
    this.losses.add(steps, loss);
    if (steps % EVERY === 0) this.measure();
    else this.behind = true;
  }

  // L on held-out draws, and the mean gap to D* over them.
  measure() {
    const logits = [this.held, this.heldFake].map((points) => this.judge.logits(points).slice());
    const loss = [1, -1].reduce(
      (sum, sign, i) => sum + logits[i].reduce((a, logit) => a + softplus(-sign * logit), 0) / HELD_OUT,
      0,
    );
    const gap =
      logits.reduce(
        (sum, values, i) =>
          sum + values.reduce((a, logit, row) => a + Math.abs(sigmoid(logit) - this.bestAtHeld[i][row]), 0),
        0,
      ) /
      (2 * HELD_OUT);
    this.measured = { loss, gap };
    this.behind = false;
    if (this.judge.steps % EVERY === 0) this.heldLosses.add(this.judge.steps, loss);
  }

  take(count) {
    this.pause();
    let left = count;
    this.runner.start(
      () => (this.step(), (left -= 1) > 0),
      (done) => {
        this.painter.draw();
        if (done) this.say();
      },
    );
  }

  run() {
    this.runner.start(
      () => this.step(),
      () => this.painter.draw(),
      this.lesson.state.teach.speed,
    );
    this.showRun();
  }

  pause() {
    const ran = this.runner.running;
    this.runner.stop();
    this.showRun();
    if (ran) this.say();
  }

  say() {
    if (this.behind || !this.measured) this.measure();
    this.painter.draw();
    this.lesson.announce(
      this.lesson.words.said_steps.replace("{steps}", this.judge.steps).replace("{loss}", format(this.measured.loss)),
    );
  }

  showRun() {
    const button = this.find(".run"),
      { words } = this.lesson;
    button.textContent = this.runner.running ? words.pause : words.run;
    button.setAttribute("aria-pressed", String(this.runner.running));
  }

  stop() {
    if (this.runner.running) this.pause();
  }

  destroy() {
    for (const plane of Object.values(this.planes)) plane.destroy();
    this.curve.destroy();
  }

  recolour() {
    this.painter.draw();
  }

  // ---- one frame, of one state -----------------------------------------------------------------

  paint() {
    if (!this.measured) this.measure();
    const { colours, words } = this.lesson,
      { shape, best, exact, measured, judge } = this,
      shown = tellTale(colours.real, colours.fake);
    const logits = judge.logits(POINTS).slice(),
      learnt = logits.map(sigmoid);
    const gap = best.map((logit, i) =>
      Math.abs(valueAt(learnt, FINE_POINTS[2 * i], FINE_POINTS[2 * i + 1], REACH, SIDE) - sigmoid(logit)),
    );
    const dots = [
      { ...this.dots, colour: colours.css.prior, size: 2, alpha: 0.55 },
      { ...this.fakeDots, colour: colours.css.z, size: 2, alpha: 0.7 },
    ];
    this.planes.learnt.show({
      heat: { values: logits, colour: shown, side: SIDE },
      dots,
      shape,
      field: pullOf(logits, REACH, SIDE),
    });
    this.planes.best.show({ heat: { values: best, colour: shown, side: FINE }, shape, field: this.pullOfBest() });
    this.planes.gap.show({ heat: { values: gap, colour: growing(colours.fake, 0.5), side: FINE }, shape });
    this.placeHandles();
    this.curve.show({
      ink: colours.text,
      paper: colours.background,
      range: [exact.lossAtBest - 0.1, 1.5],
      series: [
        { ...this.losses, colour: colours.faint, width: 1 },
        { ...this.heldLosses, colour: colours.css.red, width: 2.2 },
      ],
      levels: [
        { value: CHANCE, colour: colours.css.prior, text: words.level_chance },
        { value: exact.lossAtBest, colour: colours.css.z, text: words.level_best, below: true },
      ],
    });
    const table = this.find(".numbers");
    fill(table, {
      steps: judge.steps.toLocaleString("en"),
      jsd: `${format(exact.jsd, 5)} nats`,
      best: format(exact.lossAtBest, 4),
      loss: format(measured.loss, 4),
      bound: `${format(lowerBound(measured.loss), 5)} nats`,
      gap: format(measured.gap, 3),
    });
    Object.assign(table.dataset, {
      steps: judge.steps,
      jsd: exact.jsd,
      best: exact.lossAtBest,
      loss: measured.loss,
      gap: measured.gap,
    });
    for (const show of this.sliders) show();
    this.checked(this.lesson.data.check);
    this.root.dataset.frame = this.frames = (this.frames ?? 0) + 1;
  }

  // Where the cloud has a hole, D* is 1 and pulls nowhere: no arrows there.
  pullOfBest() {
    const pull = pullOf(
        this.best.map((logit) => Math.min(logit, 40)),
        REACH,
        FINE,
      ),
      { centre, radius } = this.cloud,
      rim = radius > 0 ? radius + (2 * REACH) / FINE : 0;
    return (x, y) => (Math.hypot(x - centre[0], y - centre[1]) < rim ? [0, 0] : pull(x, y));
  }

  checked(check) {
    const { teach } = this.lesson.state;
    const fits =
      check && JSON.stringify(check.of) === JSON.stringify([teach.prior, teach.mean, teach.std, teach.hole, teach.at]);
    this.find(".check").textContent = fits ? check.text : "";
  }

  placeHandles() {
    if (!this.cloud) return;
    const { learnt } = this.planes,
      { x, y, unit } = learnt.scale(),
      { mean, std, radius, centre } = this.cloud;
    const edge = Math.min(REACH - 0.15, mean[0] + std); // still on the map
    learnt.moveHandle("mean", mean);
    learnt.moveHandle("scale", [edge, mean[1] + Math.sqrt(Math.max(0, std * std - (edge - mean[0]) ** 2))]);
    learnt.moveHandle("hole", centre, radius > 0);
    set(this.rings[0], { cx: x(mean[0]), cy: y(mean[1]), r: std * unit });
    set(this.rings[1], { cx: x(centre[0]), cy: y(centre[1]), r: radius * unit });
  }
}

const pairs = (points) => ({ x: points.filter((_, i) => i % 2 === 0), y: points.filter((_, i) => i % 2 === 1) });

// log p at points.
const logsOf = (shape, points) =>
  Float64Array.from({ length: points.length / 2 }, (_, i) => logDensity(shape, points[2 * i], points[2 * i + 1]));
