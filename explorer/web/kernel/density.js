// The density of codes in the plane: a Gaussian kernel at each code, summed on a grid.

/** @import { Numbers } from "./types.js" */

/**
 * @typedef {{x0: number, y0: number, cell: number, across: number, down: number}} Grid  x0, y0: the first cell's centre
 */

const REACH = 4; // standard deviations after which a kernel is cut off: exp(−8) of its height

// The bandwidth, the same for two models that are compared: Scott's rule n^(−1/6) for the plane, with the smaller
// number of codes n and a spread of about the prior's, reduced by a third, because codes form clusters that must stay
// apart.
/** @param {number} n */
export const bandwidthFor = (n) => 0.67 * n ** (-1 / 6);

// The sum of the kernels, computed in parts. grid: {x0, y0, cell, across, down}, with the centres of the cells from
// (x0, y0).
export class Kernel {
  // x, y: the codes; bandwidth: the kernel's standard deviation, in units of the latent space.
  /** @param {Numbers} x @param {Numbers} y @param {number} bandwidth @param {Grid} grid */
  constructor(x, y, bandwidth, grid) {
    this.x = x;
    this.y = y;
    this.bandwidth = bandwidth;
    this.grid = grid;
    this.row = 0;
    this.values = new Float64Array(grid.across * grid.down);
  }

  get done() {
    return this.row >= this.x.length;
  }

  // Adds the next `count` codes.
  /** @param {number} count */
  step(count) {
    const {
        x,
        y,
        bandwidth: h,
        values,
        grid: { x0, y0, cell, across, down },
      } = this,
      end = Math.min(this.x.length, this.row + count);
    const weight = 1 / (x.length * 2 * Math.PI * h * h),
      alongX = new Float64Array(across);
    for (; this.row < end; this.row++) {
      const [cx, cy] = [(x[this.row] - x0) / cell, (y[this.row] - y0) / cell],
        wide = (REACH * h) / cell;
      const [left, right] = [Math.max(0, Math.ceil(cx - wide)), Math.min(across - 1, Math.floor(cx + wide))];
      const [low, high] = [Math.max(0, Math.ceil(cy - wide)), Math.min(down - 1, Math.floor(cy + wide))];
      if (left > right || low > high) continue;
      const bell = (cells) => Math.exp(-0.5 * ((cells * cell) / h) ** 2);
      for (let i = left; i <= right; i++) alongX[i] = bell(i - cx);
      for (let j = low; j <= high; j++) {
        const b = weight * bell(j - cy),
          at = j * across;
        for (let i = left; i <= right; i++) values[at + i] += b * alongX[i];
      }
    }
  }

  // The sorted densities at the codes on the grid, each taken from the code's cell.
  atCodes() {
    const {
        x,
        y,
        values,
        grid: { x0, y0, cell, across, down },
      } = this,
      found = [];
    for (let row = 0; row < x.length; row++) {
      const i = Math.round((x[row] - x0) / cell),
        j = Math.round((y[row] - y0) / cell);
      if (i >= 0 && i < across && j >= 0 && j < down) found.push(values[j * across + i]);
    }
    return Float64Array.from(found).sort();
  }
}
