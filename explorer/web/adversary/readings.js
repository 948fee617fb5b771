// Wrong readings: two discriminators whose loss is log 4, one of them because it is too weak; and the honest estimate
// beside its null.

import { samplePrior } from "../kernel/prior.js";
import { Cloud } from "./clouds.js";
import { Divergence } from "./divergence.js";
import { columns, writeSelect } from "./forms.js";
import { HonestEstimate } from "./honest_estimate.js";
import { gridPoints, Plane, tellTale } from "../parts/plane.js";
import { TrainingTab } from "./training_tab.js";
import { format } from "../kernel/format.js";
import { LiveDiscriminator, lowerBound } from "../kernel/live_discriminator.js";
import { batchStatistics } from "../kernel/network.js";
import { seededUniform } from "../kernel/random.js";
import { write, writeCells } from "../parts/dom.js";

const REACH = 4.5,
  SIDE = 48,
  BATCH = 128,
  RATE = 0.005,
  HELD_OUT = 4000,
  SHOWN = 1600; // numbers of the held-out draws that are drawn, two to a dot
const STEPS = 600,
  EVERY = 50; // of the two discriminators; after how many their losses are looked at again
const POINTS = gridPoints(REACH, SIDE);
const GOOD = { cloud: { mean: [0, 0], std: 1 }, discriminator: {} };
const OTHERS = {
  batch: { cloud: { mean: [-2, -2.5], std: 1 }, discriminator: { standardise: true } },
  line: { cloud: { mean: [0, 0], std: 2 }, discriminator: { hidden: [] } },
};

export class ReadingsTab extends TrainingTab {
  constructor(lesson, root) {
    const { words } = lesson;
    super(lesson, root, { name: "readings", runLabel: words.train_cases });
    const plane = (side) => new Plane(this.find(`.${side} .host`), { name: words[`case_map_${side}`], reach: REACH });
    this.planes = { a: plane("a"), b: plane("b") };
    this.divergence = new Divergence(null);
    this.list = lesson.modelList(this.find(".model"), (name) => this.set({ model: name }));
    this.estimate = new HonestEstimate(lesson, root, () => this.pause());
    this.find(".other").addEventListener("change", (event) => this.set({ other: event.target.value }));
    this.find(".estimate-cases").addEventListener("click", () => this.estimate.estimateCases(this.cases));
    this.find(".estimate-model").addEventListener("click", () => this.estimate.estimateModel());
  }

  showSettings() {
    const { other, model } = this.own,
      { words } = this.lesson;
    writeSelect(this.find(".other"), other);
    this.list.show(model);
    write(this.find(".a h2"), words.case_good);
    write(this.find(".b h2"), words[`case_${other}`]);
  }

  refresh() {
    super.refresh();
    this.estimate.show();
  }

  // ---- the two discriminators ----------------------------------------------------------------------------

  basis() {
    return [this.own.other, this.own.seed];
  }

  prepare() {
    this.estimate.forget();
  }

  begin() {
    const { other, seed } = this.own;
    const made = ({ cloud: shape, discriminator }, i) => {
      const cloud = new Cloud(shape);
      return {
        cloud,
        held: {
          real: samplePrior(null, HELD_OUT, seededUniform(seed + 31)),
          fake: cloud.sample(HELD_OUT, seededUniform(seed + 32 + i)),
        },
        exact: this.divergence.of(cloud),
        discriminator: new LiveDiscriminator({ seed, ...discriminator }),
        uniform: seededUniform(seed + 40 + i),
      };
    };
    this.cases = { a: made(GOOD, 0), b: made(OTHERS[other], 1) };
  }

  get speed() {
    return 10;
  }

  // One step of each.
  work() {
    for (const { cloud, discriminator, uniform } of Object.values(this.cases))
      discriminator.step(samplePrior(null, BATCH, uniform), cloud.sample(BATCH, uniform), RATE);
    return this.cases.a.discriminator.steps < STEPS;
  }

  run() {
    if (this.cases.a.discriminator.steps >= STEPS) this.reset();
    super.run();
  }

  stop() {
    super.stop();
    this.estimate.stop();
  }

  destroy() {
    for (const plane of Object.values(this.planes)) plane.destroy();
  }

  // ---- one frame, of one state ---------------------------------------------------------------------------

  paint() {
    for (const side of ["a", "b"]) {
      this.paintPlane(side);
      if (!this.runner.running || this.cases[side].discriminator.steps % EVERY === 0) this.showNumbers(side);
    }
    const { steps } = this.cases.a.discriminator;
    write(this.find(".count"), `${steps} ${this.lesson.words.case_steps}`);
    this.root.dataset.steps = String(steps);
  }

  paintPlane(side) {
    const { colours } = this.lesson,
      { held, discriminator } = this.cases[side];
    const statistics = discriminator.network.standardise ? batchStatistics(held.fake, HELD_OUT, 2) : null;
    const dots = (points, colour) => ({ ...columns(points.subarray(0, SHOWN)), colour, size: 2, alpha: 0.6 });
    this.planes[side].show({
      heat: {
        values: discriminator.logits(POINTS, statistics).slice(),
        colour: tellTale(colours.real, colours.fake),
        side: SIDE,
      },
      shape: null,
      dots: [dots(held.real, colours.css.prior), dots(held.fake, colours.css.z)],
    });
  }

  showNumbers(side) {
    const { held, discriminator, exact } = this.cases[side],
      table = this.find(`.${side} .numbers`),
      loss = discriminator.loss(held.real, held.fake);
    writeCells(table, {
      loss: format(loss, 4),
      naive: `${format(lowerBound(loss), 3)} nats`,
      jsd: `${format(exact.jsd, 5)} nats`,
    });
    Object.assign(table.dataset, { loss, jsd: exact.jsd });
  }
}
