// The tab Teach: a cloud q that is dragged, scaled and punched; a discriminator that learns step by step; the best
// discriminator D* beside it.

import { Cloud, edgeOf } from "./clouds.js";
import { Chart, Record } from "../parts/chart.js";
import { Divergence } from "./divergence.js";
import { columns, writeSelect } from "./forms.js";
import { writeCells } from "../parts/dom.js";
import { seededUniform } from "../kernel/random.js";
import { CHANCE, errorOfBound, LiveDiscriminator, lowerBound } from "../kernel/live_discriminator.js";
import { sigmoid, softplus } from "../kernel/perceptron.js";
import { set, svgElement } from "../parts/svg.js";
import { gridPoints, growing, Plane, pullOf, tellTale, valueAt } from "../parts/plane.js";
import { logDensity, samplePrior } from "../kernel/prior.js";
import { format } from "../kernel/format.js";
import { Slider } from "../parts/slider.js";
import { TrainingTab } from "./training_tab.js";
import { fieldOf } from "../kernel/address.js";

const [MEAN, STD, HOLE, AT] = ["mean", "std", "hole", "at"].map((name) => fieldOf("adversary", name));
const within = ({ least, most }, value) => Math.min(most, Math.max(least, value));

const REACH = 4.5,
  SIDE = 48,
  FINE = 128,
  BATCH = 128,
  HELD_OUT = 2000;
const EVERY = 20; // steps between two measurements on the held-out draws
const RATES = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02];
const POINTS = gridPoints(REACH, SIDE),
  FINE_POINTS = gridPoints(REACH, FINE); // D* may have sharp edges, a small network has none
const PUNCH = 0.05;

export class TeachTab extends TrainingTab {
  constructor(lesson, root) {
    const { words } = lesson;
    super(lesson, root, { name: "teach", runLabel: words.run });
    const plane = (map) => new Plane(this.find(`.${map} .host`), { name: words[`${map}_map`], reach: REACH });
    this.planes = { learnt: plane("learnt"), best: plane("best"), gap: plane("gap") };
    this.buildHandles();
    this.buildSliders();
    this.find(".prior").addEventListener("change", (event) => this.set({ prior: event.target.value }));
    const click = (button, call) => this.find(button).addEventListener("click", call);
    click(".centre", () => this.set({ mean: [0, 0], std: 1, hole: 0, at: [0, 0] }));
    click(".punch", () => this.set({ hole: this.own.hole > 0 ? 0 : PUNCH }));
    click(".step", () => this.once(() => this.work()));
    click(".steps", () => this.take(100));
    for (const rate of RATES) this.find(".rate").add(new Option(String(rate), String(rate)));
    this.find(".rate").addEventListener("change", (event) => this.set({ rate: Number(event.target.value) }));
    this.curve = new Chart(this.find(".curve"));
  }

  buildHandles() {
    const { learnt } = this.planes,
      { words } = this.lesson,
      onCommit = () => this.commit();
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
        const { mean } = this.own;
        this.change({ std: within(STD, Math.hypot(x - mean[0], y - mean[1])) });
      },
    });
    learnt.addHandle("hole", {
      symbol: "z",
      name: words.move_hole,
      at: [0, 0],
      onCommit,
      onMove: (point) => {
        const { mean, std } = this.own;
        this.change({ at: point.map((value, i) => within(AT, (value - mean[i]) / std)) });
      },
    });
    learnt.after = () => this.placeHandles();
  }

  buildSliders() {
    const { words } = this.lesson,
      onCommit = () => this.commit();
    const numbers = () => this.own;
    const axis = (i) => (value) => this.change({ mean: numbers().mean.map((old, j) => (i === j ? value : old)) });
    const slider = (name, options, show) => {
      const made = new Slider(this.find(".sliders"), { onCommit, ...options });
      made.name(name);
      return () => made.show(show());
    };
    this.sliders = [
      slider(
        words.cloud_x,
        { symbol: "mean", range: [-4, 4], limit: MEAN.most, onMove: axis(0) },
        () => numbers().mean[0],
      ),
      slider(
        words.cloud_y,
        { symbol: "mean", range: [-4, 4], limit: MEAN.most, onMove: axis(1) },
        () => numbers().mean[1],
      ),
      slider(
        words.cloud_std,
        {
          symbol: "log_var",
          range: [STD.least, STD.most],
          limit: STD.most,
          least: STD.least,
          onMove: (std) => this.change({ std }),
        },
        () => numbers().std,
      ),
      slider(
        words.cloud_hole,
        {
          symbol: "z",
          range: [HOLE.least, HOLE.most],
          limit: HOLE.most,
          least: HOLE.least,
          onMove: (hole) => this.change({ hole }),
        },
        () => numbers().hole,
      ),
    ];
  }

  // ---- state ---------------------------------------------------------------------------------

  change(part) {
    this.lesson.change(part);
    this.takeCloud();
    this.painter.draw();
  }

  // A change of the cloud is finished.
  commit() {
    this.change({});
    this.lesson.commit();
    this.lesson.announce(`JSD ${format(this.exact.jsd, 5)}`);
  }

  showSettings() {
    const { prior, rate, hole } = this.own,
      { words } = this.lesson;
    writeSelect(this.find(".prior"), prior);
    writeSelect(this.find(".rate"), rate);
    this.find(".punch").textContent = hole > 0 ? words.fill : words.punch;
  }

  // Computes everything that depends on the cloud.
  takeCloud() {
    const { own } = this,
      key = JSON.stringify([own.mean, own.std, own.hole, own.at]);
    if (this.cloudKey === key) return;
    this.cloudKey = key;
    this.cloud = new Cloud(own);
    this.exact = this.divergence.of(this.cloud);
    this.heldFake = this.cloud.sample(HELD_OUT, seededUniform(this.seed + 11));
    this.fakeDots = columns(this.heldFake.subarray(0, 1200));
    // log D*/(1 − D*)
    const less = (logs, points) => logs.map((log, i) => log - this.cloud.logDensity(points[2 * i], points[2 * i + 1]));
    this.best = less(this.priorAt.grid, FINE_POINTS);
    this.bestAtHeld = [less(this.priorAt.held, this.held), less(logsOf(this.shape, this.heldFake), this.heldFake)].map(
      (logits) => logits.map(sigmoid),
    );
    this.measured = null;
  }

  // ---- training ------------------------------------------------------------------------------

  basis() {
    return [this.own.prior, this.own.seed];
  }

  prepare() {
    const { prior, seed } = this.own;
    this.seed = seed;
    this.shape = this.lesson.shape(prior);
    this.divergence = new Divergence(this.shape);
    this.held = samplePrior(this.shape, HELD_OUT, seededUniform(seed + 10));
    this.priorAt = { grid: logsOf(this.shape, FINE_POINTS), held: logsOf(this.shape, this.held) };
    this.dots = columns(this.held.subarray(0, 1200));
  }

  begin() {
    this.discriminator = new LiveDiscriminator({ seed: this.seed });
    this.uniform = seededUniform(this.seed + 1);
    this.losses = new Record();
    this.heldLosses = new Record();
    this.measured = null;
    this.cloudKey = null;
    this.takeCloud();
  }

  adopt() {
    this.takeCloud();
  }

  // One step of the discriminator, on fresh draws of the prior and of the cloud as it is now.
  work() {
    const { loss } = this.discriminator.step(
      samplePrior(this.shape, BATCH, this.uniform),
      this.cloud.sample(BATCH, this.uniform),
      this.own.rate,
    );
    const { steps } = this.discriminator;
    this.losses.add(steps, loss);
    if (steps % EVERY === 0) this.measure();
    else this.behind = true;
  }

  take(count) {
    this.pause();
    let left = count;
    this.train(() => {
      this.work();
      left -= 1;
      return left > 0;
    });
  }

  // L on held-out draws, and the mean gap to D* over them.
  measure() {
    const logits = [this.held, this.heldFake].map((points) => this.discriminator.logits(points).slice());
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
    this.measured = { loss, gap, error: errorOfBound(logits[0], logits[1]) };
    this.behind = false;
    if (this.discriminator.steps % EVERY === 0) this.heldLosses.add(this.discriminator.steps, loss);
  }

  say() {
    if (this.behind || !this.measured) this.measure();
    this.sayProgress(this.discriminator.steps, format(this.measured.loss));
  }

  destroy() {
    for (const plane of Object.values(this.planes)) plane.destroy();
    this.curve.destroy();
  }

  // ---- one frame, of one state -----------------------------------------------------------------

  paint() {
    if (!this.measured) this.measure();
    this.paintPlanes();
    this.placeHandles();
    this.paintCurve();
    this.showNumbers();
    for (const show of this.sliders) show();
    this.checked(this.lesson.data.check);
  }

  paintPlanes() {
    const { colours } = this.lesson,
      { shape, best, planes } = this,
      shown = tellTale(colours.real, colours.fake);
    const logits = this.discriminator.logits(POINTS).slice(),
      learnt = logits.map(sigmoid);
    const gap = best.map((logit, i) =>
      Math.abs(valueAt(learnt, FINE_POINTS[2 * i], FINE_POINTS[2 * i + 1], REACH, SIDE) - sigmoid(logit)),
    );
    const dots = [
      { ...this.dots, colour: colours.css.prior, size: 2, alpha: 0.55 },
      { ...this.fakeDots, colour: colours.css.z, size: 2, alpha: 0.7 },
    ];
    planes.learnt.show({
      heat: { values: logits, colour: shown, side: SIDE },
      dots,
      shape,
      field: pullOf(logits, REACH, SIDE),
    });
    planes.best.show({ heat: { values: best, colour: shown, side: FINE }, shape, field: this.pullOfBest() });
    planes.gap.show({ heat: { values: gap, colour: growing(colours.fake, 0.5), side: FINE }, shape });
  }

  paintCurve() {
    const { colours, words } = this.lesson,
      best = this.exact.lossAtBest;
    this.curve.show({
      colours,
      range: [best - 0.1, 1.5],
      lines: [
        { ...this.losses, colour: colours.faint, width: 1 },
        { ...this.heldLosses, colour: colours.css.red, width: 2.2 },
      ],
      levels: [
        { value: CHANCE, colour: colours.css.prior, text: words.level_chance },
        { value: best, colour: colours.css.z, text: words.level_best, below: true },
      ],
    });
  }

  showNumbers() {
    const { exact, measured, discriminator } = this,
      table = this.find(".numbers");
    writeCells(table, {
      steps: discriminator.steps.toLocaleString("en"),
      jsd: `${format(exact.jsd, 5)} nats`,
      best: format(exact.lossAtBest, 4),
      loss: format(measured.loss, 4),
      bound: `${format(lowerBound(measured.loss), 3)} ± ${format(measured.error, 3)} nats`,
      gap: format(measured.gap, 3),
    });
    Object.assign(table.dataset, {
      steps: discriminator.steps,
      jsd: exact.jsd,
      best: exact.lossAtBest,
      loss: measured.loss,
      gap: measured.gap,
    });
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
    const { prior, mean, std, hole, at } = this.own;
    const fits = check && JSON.stringify(check.of) === JSON.stringify([prior, mean, std, hole, at]);
    this.find(".check").textContent = fits ? check.text : "";
  }

  placeHandles() {
    if (!this.cloud) return;
    const { learnt } = this.planes,
      { x, y, unit } = learnt.scale(),
      { mean, std, radius, centre } = this.cloud;
    learnt.moveHandle("mean", mean);
    learnt.moveHandle("scale", edgeOf({ mean, std }, REACH));
    learnt.moveHandle("hole", centre, radius > 0);
    set(this.rings[0], { cx: x(mean[0]), cy: y(mean[1]), r: std * unit });
    set(this.rings[1], { cx: x(centre[0]), cy: y(centre[1]), r: radius * unit });
  }
}

// log p at points.
const logsOf = (shape, points) =>
  Float64Array.from({ length: points.length / 2 }, (_, i) => logDensity(shape, points[2 * i], points[2 * i + 1]));
