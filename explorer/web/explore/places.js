// Interesting places in the latent space, found from the codes.

import { logDensity } from "../kernel/prior.js";
import { densities, drawn } from "./holes.js";

const CELLS = 81,
  REACH = 2.5; // a grid over the middle of the prior, latent units
const WIDTH = 0.15; // of the kernel that counts a class's codes, latent units

const centre = (cell) => -REACH + (2 * REACH * cell) / (CELLS - 1);

// The grid's point with the largest score(x, y, top), as [x, y]. A score of no more than `top` may come out too small.
/** @param {(x: number, y: number, top: number) => number} score @returns {[number, number]} */
function best(score) {
  let top = -Infinity;
  /** @type {[number, number]} */
  let place = [0, 0];
  for (let i = 0; i < CELLS; i++) {
    for (let j = 0; j < CELLS; j++) {
      const value = score(centre(i), centre(j), top);
      if (value > top) [top, place] = [value, [centre(i), centre(j)]];
    }
  }
  return place;
}

// Where two classes meet: the point at which the rarer of the two is most dense.
export function between({ mean: [x, y], label }, a, b) {
  const density = (which) => (px, py) => {
    let sum = 0;
    for (let row = 0; row < label.length; row++) {
      if (label[row] !== which) continue;
      const dx = x[row] - px,
        dy = y[row] - py;
      sum += Math.exp(-(dx * dx + dy * dy) / (2 * WIDTH * WIDTH));
    }
    return sum;
  };
  const [ofA, ofB] = [density(a), density(b)];
  return best((px, py) => Math.min(ofA(px, py), ofB(px, py)));
}

// The middle of the largest gap between a planar model's codes (sampled z, for a VAE), and whether it is a hole in
// q(z): {place: [x, y], hole}. The largest gap is where draws of the prior fall, but codes are far: the prior's density
// weighs the empty disc's area. There always is one; a hole is where q(z) is less than a fifth of p(z).
/** @param {import("../kernel/types.js").Model} model */
export function largestGap(model) {
  return (model.gap ??= gapOf(model));
}

/** @param {import("../kernel/types.js").Model} model */
function gapOf(model) {
  const [x, y] = drawn(model);
  let close = 0; // a row: the code that rules out a point is near the next point too
  const place = best((px, py, top) => {
    const density = Math.exp(logDensity(model.entry.shape, px, py));
    const square = (row) => (x[row] - px) ** 2 + (y[row] - py) ** 2;
    let nearest = square(close);
    for (let row = 0; row < x.length && nearest * density > top; row++) {
      const distance = square(row);
      if (distance < nearest) [nearest, close] = [distance, row];
    }
    return nearest * density;
  });
  return { place, hole: densities(model, [place])[0].hole };
}

// The distance from a place to the nearest code (sampled z, for a VAE), in latent units.
/** @param {import("../kernel/types.js").Model} model @param {number[]} place */
export function nearestCode(model, [x, y]) {
  const [xs, ys] = drawn(model);
  return Math.sqrt(xs.reduce((least, value, row) => Math.min(least, (value - x) ** 2 + (ys[row] - y) ** 2), Infinity));
}
