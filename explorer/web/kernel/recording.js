// The recording of one model's training (explorer/training/recording.py): codes, the discriminator's learnt part, a
// decoded manifold and metrics, at some thirty moments. It does not touch the page.
//
// A place in a recording is a number from 0 (untrained) to moments − 1 (finished). Between whole numbers only codes
// exist.

import { logDensity } from "./prior.js";
import { NUMBERS } from "./numbers.js";

/** @import { Entry, Numbers, Tensors } from "./types.js" */

export const REACH = NUMBERS.grid_reach; // of the discriminator's grid, latent units to each side
const TERMS = ["reconstruction", "kl", "adversarial", "coverage", "sliced_w2_squared"];

/** @param {Tensors} tensors @param {Pick<Entry, "shape" | "epochs" | "given_prior">} entry */
export const recordingOf = (tensors, entry) => new Recording(tensors, entry);

export class Recording {
  // tensors: from readSafetensors; entry: the model's in the catalogue.
  /** @param {Tensors} tensors @param {Pick<Entry, "shape" | "epochs" | "given_prior">} entry */
  constructor(tensors, { shape, epochs, given_prior: givenPrior }) {
    const values = (name) => tensors[name]?.values ?? null;
    this.tensors = tensors;
    this.shape = shape;
    this.epochs = epochs;
    this.givenPrior = givenPrior; // whether log p(z) is added to the discriminator's logit
    this.steps = values("step"); // (t,)
    this.moments = this.steps.length;
    this.rows = Uint32Array.from(values("row")); // the recorded images' places in the test set
    this.images = this.rows.length;
    this.mean = values("mean"); // (t, n, 2)
    this.logVar = values("log_var"); // the same, or null
    // The metrics on these images: one number per moment for each term that exists.
    this.terms = Object.fromEntries(TERMS.filter((name) => tensors[name]).map((name) => [name, values(name)]));
    this.smoothing = values("smoothing");
    /** @type {Promise<ImageBitmap> | undefined} */
    this.pictures = undefined;
    /** @type {Map<string, Numbers>} */
    this.logits = new Map(); // by moment and label
    /** @type {Map<string, Numbers>} */
    this.logPriors = new Map(); // by smoothing and label
  }

  get last() {
    return this.moments - 1;
  }

  // The progress of a place, from 0 to 1, on the scale on which the moments are evenly spaced: its cube is the share of
  // the steps.
  /** @param {number} place */
  progress(place) {
    const at = (moment) => Math.cbrt(this.steps[moment] / this.steps[this.last]);
    const before = Math.min(Math.floor(place), this.last - 1);
    return at(before) + (place - before) * (at(before + 1) - at(before));
  }

  // The place at that progress.
  /** @param {number} progress */
  placeAt(progress) {
    let before = 0;
    while (before < this.last - 1 && this.progress(before + 1) <= progress) before++;
    const from = this.progress(before),
      to = this.progress(before + 1);
    return before + Math.min(1, Math.max(0, (progress - from) / (to - from)));
  }

  /** @param {number} moment */
  epoch(moment) {
    return (this.steps[moment] / this.steps[this.last]) * this.epochs;
  }

  // The codes of the recorded images at a place: {x, y}. noise: two columns of ε, one ε per image, for z = μ + σ ε;
  // null for means.
  /** @param {number} place @param {Float64Array[] | null} noise */
  codes(place, noise = null) {
    const before = Math.min(Math.floor(place), this.last),
      share = place - before;
    const x = new Float32Array(this.images),
      y = new Float32Array(this.images);
    this.addCodes(x, y, before, 1 - share, noise);
    if (share) this.addCodes(x, y, before + 1, share, noise);
    return { x, y };
  }

  /**
   * @param {Float32Array} x @param {Float32Array} y @param {number} moment @param {number} weight
   * @param {Float64Array[] | null} noise
   */
  addCodes(x, y, moment, weight, noise) {
    for (let image = 0, at = 2 * moment * this.images; image < this.images; image++, at += 2) {
      x[image] += weight * this.code(at, image, 0, noise);
      y[image] += weight * this.code(at, image, 1, noise);
    }
  }

  /** @param {number} at @param {number} image @param {number} dimension @param {Float64Array[] | null} noise */
  code(at, image, dimension, noise) {
    const mean = this.mean[at + dimension];
    return noise && this.logVar ? mean + Math.exp(0.5 * this.logVar[at + dimension]) * noise[dimension][image] : mean;
  }

  // The codes of one recorded image, a pair per moment.
  /** @param {number} image @param {Float64Array[] | null} noise */
  trail(image, noise = null) {
    return Array.from({ length: this.moments }, (_, moment) => {
      const at = 2 * (moment * this.images + image);
      return [this.code(at, image, 0, noise), this.code(at, image, 1, noise)];
    });
  }

  // The index of the recorded image in that row of the test set; −1 if it was not recorded.
  /** @param {number} row */
  imageOf(row) {
    return this.rows.indexOf(row);
  }

  // ---- the discriminator ------------------------------------------------------------------------

  get hasDiscriminator() {
    return Boolean(this.tensors.logit);
  }

  // Whether the discriminator was recorded for each label separately.
  get hasLabels() {
    return this.hasDiscriminator && this.tensors.logit.shape[1] > 1;
  }

  // The number of points per side of the discriminator's grid.
  get points() {
    return this.tensors.logit.shape[3];
  }

  // The discriminator's logit on the grid, log D / (1 − D): its learnt part plus log p(z), if that is given. z₁ varies
  // fastest, from the bottom left.
  /** @param {number} moment @param {number} label */
  logit(moment, label = 0) {
    const key = `${moment},${label}`;
    if (!this.logits.has(key)) {
      const learnt = this.learnt(moment, label),
        logPrior = this.logPrior(moment, label);
      this.logits.set(
        key,
        learnt.map((value, i) => value + logPrior[i]),
      );
    }
    return this.logits.get(key);
  }

  /** @param {number} moment @param {number} label */
  learnt(moment, label = 0) {
    const [, labels, points] = this.tensors.logit.shape,
      size = points * points;
    const at = (moment * labels + label) * size;
    return this.tensors.logit.values.subarray(at, at + size);
  }

  /** @param {number} moment @param {number} label */
  logPrior(moment, label) {
    const key = `${this.smoothing[moment]},${this.hasLabels ? label : ""}`;
    if (!this.logPriors.has(key)) {
      const { points } = this,
        side = Float64Array.from({ length: points }, (_, i) => -REACH + (2 * REACH * i) / (points - 1));
      const grid = Float32Array.from({ length: points * points }, (_, i) =>
        this.logPriorAt(moment, side[i % points], side[Math.floor(i / points)], label),
      );
      this.logPriors.set(key, grid);
    }
    return this.logPriors.get(key);
  }

  // The given part of the logit: log p(z), or 0.
  /** @param {number} moment @param {number} x @param {number} y @param {number} label */
  logPriorAt(moment, x, y, label) {
    if (!this.givenPrior) return 0;
    return logDensity(this.shape, x, y, {
      smoothing: this.smoothing[moment],
      component: this.hasLabels ? label : null,
    });
  }

  // The logit at a point: its learnt part is interpolated linearly on the grid, log p(z) is exact. null outside the
  // grid.
  /** @param {number} moment @param {number} x @param {number} y @param {number} label */
  logitAt(moment, x, y, label = 0) {
    const { points } = this,
      toGrid = (value) => ((value + REACH) / (2 * REACH)) * (points - 1);
    const [u, v] = [toGrid(x), toGrid(y)];
    if (!(u >= 0 && v >= 0 && u <= points - 1 && v <= points - 1)) return null;
    const i = Math.min(Math.floor(u), points - 2),
      j = Math.min(Math.floor(v), points - 2);
    const learnt = this.learnt(moment, label),
      at = j * points + i,
      a = u - i,
      b = v - j;
    const along = (from) => (1 - a) * learnt[from] + a * learnt[from + 1];
    return (1 - b) * along(at) + b * along(at + points) + this.logPriorAt(moment, x, y, label);
  }

  // ---- the manifold -----------------------------------------------------------------------------

  // One picture with the manifolds of all moments, one below the other, or null. It is decoded once.
  async manifold() {
    if (!this.tensors.manifold) return null;
    this.pictures ??= createImageBitmap(
      new Blob([/** @type {Uint8Array<ArrayBuffer>} */ (this.tensors.manifold.values)], { type: "image/webp" }),
    );
    return this.pictures;
  }
}
