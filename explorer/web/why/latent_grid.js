// A decoder's pictures on a grid over the plane, so that log p(x|z) of any image is known at each cell. No DOM.

/** @import { Numbers } from "../kernel/types.js" */

import { softplus } from "../kernel/perceptron.js";

const SIDE = 64; // cells along each side
const ROOM = 4_000_000; // logits that are kept: larger pictures get a coarser grid

export class LatentGrid {
  // decode(z): the logits of the pixels; pixels: their number; reach: the grid covers [−reach, reach]².
  /** @param {(z: Numbers) => Numbers} decode @param {number} pixels @param {number} reach */
  constructor(decode, pixels, reach) {
    this.decode = decode;
    this.pixels = pixels;
    this.reach = reach;
    this.side = Math.min(SIDE, Math.floor(Math.sqrt(ROOM / pixels)));
    this.cell = (2 * reach) / this.side;
    this.logits = new Float32Array(this.side ** 2 * pixels);
    this.sums = new Float64Array(this.side ** 2); // Σ softplus(logit): what log p(x|z) has of it for every x
    this.at = 0; // the next cell
  }

  get done() {
    return this.at >= this.sums.length;
  }

  // The middle of a cell. The rows go up.
  /** @param {number} index @returns {[number, number]} */
  middle(index) {
    const { reach, side, cell } = this;
    return [(index % side) * cell + cell / 2 - reach, Math.floor(index / side) * cell + cell / 2 - reach];
  }

  // Decodes the next cell. Returns false after the last one.
  step() {
    const { at, pixels } = this,
      logits = this.decode(this.middle(at));
    this.logits.set(logits, at * pixels);
    let sum = 0;
    for (let i = 0; i < pixels; i++) sum += softplus(logits[i]);
    this.sums[at] = sum;
    this.at += 1;
    return !this.done;
  }

  // log p(x|z) at each cell, in nats: Σ x · logit − softplus(logit) over the pixels x in [0, 1]. NaN where nothing is
  // decoded yet.
  /** @param {Numbers} x */
  logLikelihood(x) {
    const { pixels, logits, sums } = this,
      inked = [...Array(pixels).keys()].filter((i) => x[i] > 0);
    return Float64Array.from(sums, (sum, cell) => {
      if (cell >= this.at) return NaN;
      let value = -sum;
      for (const i of inked) value += x[i] * logits[cell * pixels + i];
      return value;
    });
  }
}
