// A small discriminator that is trained in the page, step by step, to tell draws of a prior ("real") from draws of a
// cloud ("fake"). No DOM.

import { seededUniform } from "./random.js";
import { Adam, Network } from "./network.js";
import { NUMBERS } from "./numbers.js";
import { logistic, sigmoid, softplus } from "./perceptron.js";

/** @import { Numbers } from "./types.js" */

/** @typedef {{train: Numbers, held: Float64Array}} Halves  points to learn from, and others to measure the loss on */

const HIDDEN = [32, 32];
const BETAS = NUMBERS.discriminator_betas;
export const CHANCE = 2 * Math.LN2; // real BCE + fake BCE of one that always says 50 %: log 4

export class LiveDiscriminator {
  // seed: of the first weights; standardise: see network.js.
  /** @param {{seed: number, standardise?: boolean, hidden?: number[]}} options */
  constructor({ seed, standardise = false, hidden = HIDDEN }) {
    this.network = new Network([2, ...hidden, 1], seededUniform(seed), { standardise });
    this.adam = new Adam(this.network, { betas: BETAS });
    this.steps = 0;
  }

  // One step: the discriminator maximises log D(real) + log(1 − D(fake)). real, fake: points, two numbers each.
  // Returns the loss, real BCE + fake BCE, before the step, and its two parts.
  /** @param {Float64Array} real @param {Float64Array} fake @param {number} rate */
  step(real, fake, rate) {
    this.network.clearGradient();
    // one after the other, so that a network that standardises sees each batch by its own mean and variance, as batch
    // norm does
    const ofReal = this.learn(real, 1),
      ofFake = this.learn(fake, -1);
    this.adam.step(rate);
    this.steps += 1;
    return { loss: ofReal + ofFake, real: ofReal, fake: ofFake };
  }

  // The mean of −log D (sign 1) or −log(1 − D) (sign −1) over points; its gradient is added.
  /** @param {Float64Array} points @param {1 | -1} sign */
  learn(points, sign) {
    const { loss, slope } = logistic(this.logits(points), sign);
    this.network.backward(slope, { points: false });
    return loss;
  }

  // log D/(1 − D) at points; statistics: see Network.forward.
  /** @param {Float64Array} points @param {import("./network.js").Statistics | null} statistics */
  logits(points, statistics = null) {
    return this.network.forward(points, points.length / 2, statistics);
  }

  // real BCE + fake BCE on draws that it did not learn from.
  /** @param {Float64Array} real @param {Float64Array} fake */
  loss(real, fake) {
    const mean = (points, sign) =>
      this.logits(points).reduce((sum, logit) => sum + softplus(-sign * logit), 0) / (points.length / 2);
    return mean(real, 1) + mean(fake, -1);
  }

  // The pull on each of a set of codes: the gradient of log D (saturating: of −log(1 − D)) at it, two numbers each; and
  // the mean of −log D. With a network that standardises, what moves one code moves the batch's mean and variance too.
  /** @param {Float64Array} codes @param {{saturating?: boolean}} options */
  pull(codes, { saturating = false } = {}) {
    const n = codes.length / 2,
      logits = this.logits(codes);
    const loss = logits.reduce((sum, logit) => sum + softplus(-logit), 0) / n;
    const slope = logits.map((logit) => slopeOf(logit, saturating));
    return { pull: this.network.backward(slope, { weights: false }), loss };
  }
}

// How fast what the encoder maximises rises with the logit: log D, by 1 − D; saturating: −log(1 − D), by D.
/** @param {number} logit @param {boolean} saturating */
export const slopeOf = (logit, saturating) => sigmoid(saturating ? logit : -logit);

// A lower bound on the divergence, in expectation: log 2 − L/2, L on draws that were not learnt from.
/** @param {number} heldOutLoss */
export const lowerBound = (heldOutLoss) => Math.LN2 - heldOutLoss / 2;

// The standard error of `lowerBound`, of both sets of held-out draws: of log 2 − L/2, L = mean −log D over the real
// ones + mean −log(1 − D) over the fake ones. logits: of both sets.
/** @param {Numbers} real @param {Numbers} fake */
export function errorOfBound(real, fake) {
  const ofMean = (logits, sign) => {
    const losses = Float64Array.from(logits, (logit) => softplus(-sign * logit)),
      n = losses.length,
      mean = losses.reduce((sum, loss) => sum + loss, 0) / n;
    return losses.reduce((sum, loss) => sum + (loss - mean) ** 2, 0) / (n - 1) / n;
  };
  return 0.5 * Math.sqrt(ofMean(real, 1) + ofMean(fake, -1));
}

// The honest estimate: a fresh discriminator learns on one half of the draws, and its loss is measured on the other.
// Done in steps, so that a page can run it between frames.
export class Estimate {
  // real, fake: {train, held}, points. steps: how many; seed: of weights and batches.
  /** @param {{real: Halves, fake: Halves, steps?: number, batch?: number, rate?: number, seed: number}} options */
  constructor({ real, fake, steps = 1500, batch = 128, rate = 0.004, seed }) {
    this.real = real;
    this.fake = fake;
    this.total = steps;
    this.batch = batch;
    this.rate = rate;
    this.uniform = seededUniform(seed + 1);
    this.discriminator = new LiveDiscriminator({ seed });
  }

  get steps() {
    return this.discriminator.steps;
  }

  get done() {
    return this.steps >= this.total;
  }

  step() {
    const rate = this.rate * (0.02 + 0.98 * 0.5 * (1 + Math.cos((Math.PI * this.steps) / this.total)));
    this.discriminator.step(
      choose(this.real.train, this.batch, this.uniform),
      choose(this.fake.train, this.batch, this.uniform),
      rate,
    );
  }

  // {loss, bound}, on the draws that were kept.
  result() {
    const loss = this.discriminator.loss(this.real.held, this.fake.held);
    return { loss, bound: lowerBound(loss) };
  }
}

// A batch of points, drawn with replacement.
/** @param {Numbers} points @param {number} n @param {() => number} uniform */
export function choose(points, n, uniform) {
  const batch = new Float64Array(2 * n),
    count = points.length / 2;
  for (let i = 0; i < n; i++) {
    const row = Math.floor(uniform() * count);
    batch[2 * i] = points[2 * row];
    batch[2 * i + 1] = points[2 * row + 1];
  }
  return batch;
}
