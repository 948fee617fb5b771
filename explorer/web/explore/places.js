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

// The list of places, by name: what each changes of the page's state. They are looked for in the codes of the models on
// the page, so that the names are true of them. panels: [{name, model}]; dimensions(): of the probe.
export function namedPlaces(panels, dimensions) {
  const all = (number) => new Array(dimensions()).fill(number);
  const at = (/** @type {number[]} */ [x, y]) => all(0).map((_, i) => [x, y][i] ?? 0);
  const places = new Map([["The prior itself: KL = 0", () => ({ mean: all(0), log_var: all(0) })]]);
  for (const { name, model } of panels) {
    // gaps and borders of more dimensions are not looked for
    if (!model || model.entry.latent_dim > 2) continue;
    const { classes, confusable } = model.entry;
    if (confusable) {
      const [a, b] = confusable;
      places.set(`Between ${classes[a]} and ${classes[b]} (${name})`, () => ({
        mean: at(between(model.codes, a, b)),
        log_var: all(-4),
      }));
    }
    const { place, hole } = largestGap(model);
    places.set(`${hole ? "A hole in q(z)" : "The largest gap between codes"} (${name})`, () => ({
      mean: at(place),
      log_var: all(-4),
    }));
  }
  places.set("Far from the prior", () => ({ mean: all(3.5), log_var: all(-6) }));
  places.set("Wider than the prior", () => ({ mean: all(0), log_var: all(1.5) }));
  return places;
}
