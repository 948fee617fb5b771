// Interesting places in a latent plane, found from the codes.

import { logDensity } from "../kernel/prior.js";

const CELLS = 81,
  REACH = 2.5; // a grid over the middle of the prior, latent units
const WIDTH = 0.15; // of the kernel that counts a class's codes, latent units

const centre = (cell) => -REACH + (2 * REACH * cell) / (CELLS - 1);

// The grid's point with the largest score(x, y), as [x, y].
function best(score) {
  let top = -Infinity,
    place = [0, 0];
  for (let i = 0; i < CELLS; i++) {
    for (let j = 0; j < CELLS; j++) {
      const value = score(centre(i), centre(j));
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

// The middle of a hole: where draws of the prior fall, but codes are far. The prior's density weighs the empty disc's
// area.
export function hole({ mean: [x, y] }, shape) {
  return best((px, py) => {
    let nearest = Infinity;
    for (let row = 0; row < x.length; row++) {
      const dx = x[row] - px,
        dy = y[row] - py;
      nearest = Math.min(nearest, dx * dx + dy * dy);
    }
    return nearest * Math.exp(logDensity(shape, px, py));
  });
}
