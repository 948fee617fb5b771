// What the width of q costs: the terms of a loss for one image at q = N(mean, σ² I), for a range of σ. No DOM.

import { crossEntropy } from "../decoder.js";
import { klToStandardNormal } from "../gaussian.js";
import { seededUniform, standardNormal } from "../random.js";

/** @import { Numbers } from "../types.js" */

export const DRAWS = 64; // of z under each q: one set of ε for all widths, so that their curves are smooth
const SEED = 1;
const LOWEST = -10,
  HIGHEST = 1,
  STEP = 0.25;

// The widths, as log σ².
export const LOG_VARS = Array.from({ length: (HIGHEST - LOWEST) / STEP + 1 }, (_, i) => LOWEST + i * STEP);

// The width that is nearest to a log σ²: its number.
/** @param {number} logVar */
export const indexOf = (logVar) => Math.round((Math.min(HIGHEST, Math.max(LOWEST, logVar)) - LOWEST) / STEP);

export class WidthTerms {
  // decode(z): logits; x: pixels in [0, 1]; mean: of q; judge(z): −log D(z) in nats, if there is a discriminator.
  /**
   * @param {(z: Numbers) => Numbers} decode @param {Numbers} x @param {number[]} mean
   * @param {((z: Float64Array) => number) | null} judge
   */
  constructor(decode, x, mean, judge = null) {
    this.decode = decode;
    this.x = x;
    this.mean = mean;
    this.judge = judge;
    this.noise = standardNormal(DRAWS * mean.length, seededUniform(SEED));
    // means over the draws, in nats; NaN where they are not known yet
    this.reconstruction = new Float64Array(LOG_VARS.length).fill(NaN); // −log p(x|z)
    this.judged = new Float64Array(LOG_VARS.length).fill(NaN); // −log D(z)
    this.at = 0; // the next width
  }

  get done() {
    return this.at >= LOG_VARS.length;
  }

  // The draw number `draw` of z for a width.
  /** @param {number} index @param {number} draw */
  draw(index, draw) {
    const { mean, noise } = this,
      std = Math.exp(0.5 * LOG_VARS[index]);
    return Float64Array.from(mean, (value, d) => value + std * noise[draw * mean.length + d]);
  }

  // The terms of the next width. Returns false after the last one.
  step() {
    if (this.done) return false;
    const { at } = this;
    let reconstruction = 0,
      judged = 0;
    for (let draw = 0; draw < DRAWS; draw++) {
      const z = this.draw(at, draw);
      reconstruction += crossEntropy(this.decode(z), this.x) / DRAWS;
      if (this.judge) judged += this.judge(z) / DRAWS;
    }
    this.reconstruction[at] = reconstruction;
    this.judged[at] = judged;
    this.at += 1;
    return !this.done;
  }

  // KL(q‖N(0, I)) of each width, in nats, in closed form.
  get kl() {
    return LOG_VARS.map((logVar) =>
      klToStandardNormal(
        this.mean,
        this.mean.map(() => logVar),
      ).reduce((sum, value) => sum + value, 0),
    );
  }
}

/** @typedef {{first: Float64Array, second: Float64Array, total: Float64Array, least: number}} Loss */

// Both terms of a loss, the second one weighted, their sum, and the number of the width where the sum is least.
/** @param {Numbers} first @param {Numbers} second @param {number} weight @returns {Loss} */
export function lossOf(first, second, weight) {
  const terms = {
    first: Float64Array.from(first),
    second: Float64Array.from(second, (value) => weight * value),
    total: Float64Array.from(first, (value, i) => value + weight * second[i]),
  };
  return { ...terms, least: terms.total.reduce((best, value, i) => (value < terms.total[best] ? i : best), 0) };
}
