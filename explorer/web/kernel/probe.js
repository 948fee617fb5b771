// The state of the explorer: one probe N(mean, exp(log_var)) with its noise, in both panels at once.

import { rounded } from "./address.js";
import { klToStandardNormal, klToStandardNormalTerms, reparameterise } from "./gaussian.js";

/** @import { Frame, State } from "./types.js" */

// The state is kept as an address can write it.
/** @param {number} value */
export const round = (value) => rounded(value);

// The initial state: {mean, log_var, noise: arrays with as many numbers as the larger model has dimensions; pick:
// "dataset:row" or null; left, right: names of models; codes; dims: the two dimensions that the sliders move; map}.
/** @template {object} [S=State] the page's state */
export class Probe {
  /** @param {S} state */
  constructor(state) {
    this.state = state;
    this.committed = state;
    this.preview = null; // a mean that the pointer looks at without moving the probe
  }

  // Merges a change in progress. commit() completes it, revert() undoes it.
  /** @param {Partial<S>} part */
  change(part) {
    const rounded = {};
    for (const [name, value] of Object.entries(part)) rounded[name] = Array.isArray(value) ? value.map(round) : value;
    this.state = { ...this.state, ...rounded };
    this.preview = null;
  }

  // Completes a change. Returns whether there was one.
  commit() {
    const changed = this.state !== this.committed && JSON.stringify(this.state) !== JSON.stringify(this.committed);
    this.committed = this.state;
    return changed;
  }

  revert() {
    this.state = this.committed;
  }

  // Everything that one frame shows, computed from one state.
  /** @returns {Frame} */
  frame() {
    const state = /** @type {State} */ (/** @type {unknown} */ (this.state)),
      { log_var: logVar, noise } = state;
    const mean = this.preview ?? state.mean;
    const perDimension = klToStandardNormal(mean, logVar);
    return {
      mean,
      logVar,
      noise,
      std: logVar.map((lv) => Math.exp(0.5 * lv)),
      z: reparameterise(mean, logVar, noise),
      terms: klToStandardNormalTerms(mean, logVar),
      perDimension,
      kl: perDimension.reduce((sum, value) => sum + value, 0),
      previewing: this.preview !== null,
    };
  }
}
