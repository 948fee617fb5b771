// One image in one model, and the terms of its loss for each width of q, which are computed between frames.

import { softplus } from "../../kernel/perceptron.js";
import { discriminatorOf } from "../../kernel/values.js";
import { WidthTerms } from "../../kernel/width/terms.js";
import { Runner } from "../runner.js";

/** @import { Entry } from "../../kernel/types.js" */

const BUDGET = 30; // ms of a frame

export class WidthWork {
  // draw(): called when there is more to show.
  /** @param {import("../models/shelf.js").Shelf} shelf @param {() => void} draw */
  constructor(shelf, draw) {
    this.shelf = shelf;
    this.draw = draw;
    this.runner = new Runner();
    /** @type {{model: any, x: Float32Array | null, mean: number[], terms: WidthTerms | null} | null} */
    this.found = null;
    this.key = null;
  }

  // Fetches the model and the image. The mean of q is the encoder's mean or code.
  /** @param {Entry} entry @param {number} row */
  async begin(entry, row) {
    const key = [entry.digest, row, entry.originals].join();
    if (this.key === key) return this.go();
    this.stop();
    this.key = key;
    this.found = null;
    const [model, x, discriminator] = await Promise.all([
      this.shelf.open(entry),
      this.shelf.image(entry, row),
      entry.discriminator ? discriminatorOf(this.shelf.models, { entry }) : null,
    ]);
    if (this.key !== key) return;
    const mean = model.codes.mean.map((column) => column[row]),
      judge = discriminator && ((z) => softplus(-discriminator.logits(z)[0])),
      terms = x && new WidthTerms((z) => model.active.decode(z), x, mean, judge);
    this.found = { model, x, mean, terms };
    this.go();
  }

  go() {
    const terms = this.found?.terms;
    if (terms && !terms.done && !this.runner.running)
      this.runner.start(
        () => terms.step(),
        () => this.draw(),
        { budget: BUDGET },
      );
    this.draw();
  }

  stop() {
    this.runner.stop();
  }
}
