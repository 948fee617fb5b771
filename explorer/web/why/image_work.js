// What a tab computes for one image and one model, between frames: the grid of pictures, log p(x|z) on it, and, where
// it is wanted, log p(x).

import { Evidence } from "./evidence.js";
import { crossEntropy } from "../kernel/decoder.js";
import { percent } from "../kernel/format.js";
import { fill } from "../kernel/text.js";
import { drawPixels } from "../parts/pixels.js";
import { Runner } from "../parts/runner.js";

/** @import { Entry, Model } from "../kernel/types.js" */

const BUDGET = 40; // ms of a frame: nothing else moves meanwhile

export class ImageWork {
  // root: its .original is the image's canvas; integrates: is log p(x) wanted?
  /** @param {import("./page.js").Lesson} lesson @param {any} root @param {boolean} integrates */
  constructor(lesson, root, integrates) {
    this.lesson = lesson;
    this.root = root;
    this.integrates = integrates;
    this.runner = new Runner();
    this.key = null;
    this.forget();
  }

  forget() {
    /** @type {Model | null} */
    this.model = null;
    this.grid = null; // of latent_grid.js
    /** @type {import("./elbo.js").Likelihood | null} */
    this.likelihood = null; // as soon as model and image are there
    this.values = null; // log p(x|z) on the grid
    this.evidence = null;
    this.found = null; // {log: log p(x), mean, std, cells}
  }

  // Fetches and computes what is not there yet.
  /** @param {Entry} entry @param {number} row */
  async begin(entry, row) {
    const key = [entry.digest, row, entry.originals].join();
    if (this.key !== key) {
      this.key = key;
      this.runner.stop();
      this.forget();
      const [model, x] = await Promise.all([this.lesson.shelf.open(entry), this.lesson.shelf.image(entry, row)]);
      if (this.key !== key) return;
      this.model = model;
      this.x = x;
      this.grid = this.lesson.gridOf(model);
      const logLikelihood = (z) => -crossEntropy(model.active.decode(z), x);
      this.likelihood = x && { grid: this.grid, values: null, logLikelihood };
      const canvas = this.root.querySelector(".original");
      canvas.hidden = !x;
      if (x)
        drawPixels(
          canvas,
          entry.image_side,
          x.map((value) => 255 * value),
        );
    }
    if (this.model && this.x && !this.isDone && !this.runner.running)
      this.runner.start(
        () => this.step(),
        () => this.lesson.draw(),
        { budget: BUDGET },
      );
    this.lesson.draw();
  }

  get isDone() {
    return this.integrates ? Boolean(this.found) : Boolean(this.evidence);
  }

  // A piece of the work. Returns false at its end.
  step() {
    const { grid } = this;
    if (!grid.done) {
      grid.step();
      return true;
    }
    if (!this.evidence) {
      this.values = this.likelihood.values = grid.logLikelihood(this.x);
      this.evidence = new Evidence(grid, this.x, this.values);
    }
    if (this.integrates && !this.evidence.step()) this.found = this.evidence.result();
    return !this.isDone;
  }

  // What a person reads while it is computed.
  get progress() {
    const { grid, x } = this,
      { words } = this.lesson;
    if (!grid || !x || this.isDone) return "";
    return grid.done ? words.integrating : fill(words.decoding, { share: percent(grid.at / grid.sums.length) });
  }

  // By how much log p(x|z) on the grid is more than `nats` below its largest, for a heat map.
  /** @param {number} nats */
  shades(nats) {
    if (this.shaded?.values !== this.values) {
      const largest = this.values.reduce((most, value) => Math.max(most, value), -Infinity);
      this.shaded = { values: this.values, shades: this.values.map((value) => value - largest + nats) };
    }
    return this.shaded.shades;
  }

  stop() {
    this.runner.stop();
  }
}
