// log p(x) = log ∫ p(x|z) p(z) dz of one image, for a model of the plane: a sum over squares, which are small where
// p(x|z) p(z) is large. And with it the true posterior p(z|x) = p(x|z) p(z) / p(x). No DOM.

import { crossEntropy } from "../kernel/decoder.js";
import { logDensity } from "../kernel/prior.js";

/** @import { Numbers } from "../kernel/types.js" */

/** @typedef {{x: number, y: number, size: number, log: number, value: number}} Cell  log: of p(x|z) p(z) in its middle;
 * value: the density p(z|x), as a share of its largest */

// Squares whose middle is at most so many nats below the largest are split into four, once for each number. If more
// than ENOUGH are within the last of them, the squares are smaller than the posterior is wide, and none is split.
const DEPTHS = [60, 30, 15],
  ENOUGH = 300;

export class Evidence {
  // grid: of latent_grid.js, whole; values: what it knows of x, log p(x|z) of its cells.
  /** @param {import("./latent_grid.js").LatentGrid} grid @param {Numbers} x @param {Float64Array} values */
  constructor(grid, x, values) {
    this.grid = grid;
    this.x = x;
    this.values = values;
    this.coarse = Array.from(values, (value, index) => {
      const [a, b] = grid.middle(index);
      return { x: a, y: b, size: grid.cell, log: value + logDensity(null, a, b), value: 0 };
    });
    /** @type {Cell[]} */
    this.cells = this.coarse; // as they are split so far
    this.depth = -1;
    this.waiting = []; // to be split
    this.descend();
  }

  // log p(x|z), in nats.
  /** @param {Numbers} z */
  logLikelihood(z) {
    return -crossEntropy(this.grid.decode(z), this.x);
  }

  descend() {
    this.depth += 1;
    if (this.done) return;
    const largest = this.cells.reduce((most, { log }) => Math.max(most, log), -Infinity),
      isWithin = (cell, nats) => cell.log > largest - nats,
      size = this.grid.cell / 2 ** this.depth;
    if (this.cells.filter((cell) => isWithin(cell, DEPTHS.at(-1))).length > ENOUGH) {
      this.depth = DEPTHS.length;
      return;
    }
    const isSplit = (cell) => cell.size === size && isWithin(cell, DEPTHS[this.depth]);
    this.waiting = this.cells.filter(isSplit);
    this.cells = this.cells.filter((cell) => !isSplit(cell));
  }

  get done() {
    return this.depth >= DEPTHS.length;
  }

  // Splits one square. Returns false when all is done.
  step() {
    if (this.done) return false;
    const cell = this.waiting.pop();
    if (cell) {
      const quarter = cell.size / 4;
      for (const [i, j] of [
        [-1, -1],
        [1, -1],
        [-1, 1],
        [1, 1],
      ]) {
        const [x, y] = [cell.x + i * quarter, cell.y + j * quarter];
        this.cells.push({
          x,
          y,
          size: cell.size / 2,
          log: this.logLikelihood([x, y]) + logDensity(null, x, y),
          value: 0,
        });
      }
    }
    if (!this.waiting.length) this.descend();
    return !this.done;
  }

  // {log: log p(x) in nats, mean, std: of p(z|x), for each dimension, cells: with their values}.
  result() {
    const { cells } = this,
      largest = cells.reduce((most, { log }) => Math.max(most, log), -Infinity);
    let mass = 0;
    const first = [0, 0],
      second = [0, 0];
    for (const cell of cells) {
      cell.value = Math.exp(cell.log - largest);
      const weight = cell.value * cell.size ** 2;
      mass += weight;
      [cell.x, cell.y].forEach((at, d) => {
        first[d] += weight * at;
        second[d] += weight * at * at;
      });
    }
    const mean = first.map((sum) => sum / mass);
    return {
      log: largest + Math.log(mass),
      mean,
      std: second.map((sum, d) => Math.sqrt(Math.max(0, sum / mass - mean[d] ** 2))),
      cells,
    };
  }
}
