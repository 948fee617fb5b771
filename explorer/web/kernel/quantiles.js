// Grids that follow a prior: each point is a quantile and stands for the same share of the mass.
//
// For N(0, I) it is the grid of Kingma & Welling 2013 (arXiv 1312.6114), Fig. 4: evenly spaced on the unit square,
// mapped by the inverse Gaussian CDF. For a mixture it is the same along the axes of each Gaussian. A chain of
// Gaussians (the swiss roll) is one line: evenly spaced along its length, Gaussian quantiles across it.

import { CHAIN } from "./prior.js";

/** @import { Shape } from "./types.js" */

// dz/du of the inverse CDF at u = ½: neighbours among n quantiles lie CENTRAL/n apart there
const CENTRAL = Math.sqrt(2 * Math.PI);

// Wichura 1988, algorithm AS 241 (PPND16): rational functions for the centre, the shoulders and the far tails.
const MIDDLE = [
  [
    3.387132872796366608, 133.14166789178437745, 1971.5909503065514427, 13731.693765509461125, 45921.953931549871457,
    67265.770927008700853, 33430.575583588128105, 2509.0809287301226727,
  ],
  [
    1, 42.313330701600911252, 687.1870074920579083, 5394.1960214247511077, 21213.794301586595867, 39307.89580009271061,
    28729.085735721942674, 5226.495278852854561,
  ],
];
const SHOULDERS = [
  [
    1.42343711074968357734, 4.6303378461565452959, 5.7694972214606914055, 3.64784832476320460504,
    1.27045825245236838258, 0.24178072517745061177, 0.0227238449892691845833, 7.7454501427834140764e-4,
  ],
  [
    1, 2.05319162663775882187, 1.6763848301838038494, 0.68976733498510000455, 0.14810397642748007459,
    0.0151986665636164571966, 5.475938084995344946e-4, 1.05075007164441684324e-9,
  ],
];
const TAILS = [
  [
    6.6579046435011037772, 5.4637849111641143699, 1.7848265399172913358, 0.29656057182850489123,
    0.026532189526576123093, 0.0012426609473880784386, 2.71155556874348757815e-5, 2.01033439929228813265e-7,
  ],
  [
    1, 0.59983220655588793769, 0.13692988092273580531, 0.0148753612908506148525, 7.868691311456132591e-4,
    1.8463183175100546818e-5, 1.4215117583164458887e-7, 2.04426310338993978564e-15,
  ],
];
/** @param {number[][]} polynomials above and below the line @param {number} r */
const ratio = ([above, below], r) =>
  above.reduceRight((sum, value) => sum * r + value, 0) / below.reduceRight((sum, value) => sum * r + value, 0);

// The quantile z with Φ(z) = u, for 0 < u < 1.
/** @param {number} u */
export function inverseNormalCdf(u) {
  const q = u - 0.5;
  if (Math.abs(q) <= 0.425) return q * ratio(MIDDLE, 0.180625 - q * q);
  const r = Math.sqrt(-Math.log(q < 0 ? u : 1 - u));
  const size = r <= 5 ? ratio(SHOULDERS, r - 1.6) : ratio(TAILS, r - 5);
  return q < 0 ? -size : size;
}

// The n quantiles of N(0, 1) at the centres of n equal shares, and the room of each: twice the distance to the nearer
// end of its share.
/** @param {number} n */
export function normalQuantiles(n) {
  return Array.from({ length: n }, (_, i) => {
    const at = inverseNormalCdf((i + 0.5) / n);
    const ends = [i, i + 1].map((k) => (k === 0 || k === n ? Infinity : Math.abs(inverseNormalCdf(k / n) - at)));
    return { at, room: n === 1 ? CENTRAL : 2 * Math.min(...ends) };
  });
}

// The number of quantiles along an axis with that standard deviation, so that the middle ones have `room` each. It is
// one of a few numbers, so that a small zoom changes nothing.
const COUNTS = [1, 2, 3, 4, 5, 6, 8, 10, 12, 16, 20, 24, 32, 48, 64, 96];
/** @param {number} std @param {number} room */
export function countFor(std, room) {
  const wanted = (CENTRAL * std) / room;
  return COUNTS.findLast((count) => count <= wanted * 1.0001) ?? 1;
}

// The grid for a prior (as in prior.js) whose tiles need that much room, in units of the latent space: [{x, y, room}],
// and for N(0, I) the number of tiles per side.
/** @param {Shape | null} shape @param {number} room */
export function priorGrid(shape, room) {
  if (!shape) {
    const perSide = countFor(1, room),
      along = normalQuantiles(perSide);
    return {
      perSide,
      points: along.flatMap((b) => along.map((a) => ({ x: a.at, y: b.at, room: Math.min(a.room, b.room) }))),
    };
  }
  return {
    perSide: null,
    points:
      shape.means.length > CHAIN ? alongString(shape, room) : shape.means.flatMap((_, c) => inGaussian(shape, c, room)),
  };
}

/** @param {Shape} shape @param {number} c @param {number} room */
function inGaussian({ means, axes, stds }, c, room) {
  const [first, second] = stds[c].map((std) => normalQuantiles(countFor(std, room)));
  const [[ax, ay], [bx, by]] = axes[c],
    [sa, sb] = stds[c];
  const upright = Math.abs(ax) + Math.abs(ay); // tiles stand upright: beside turned axes they must be smaller by this
  return second.flatMap((b) =>
    first.map((a) => ({
      x: means[c][0] + sa * a.at * ax + sb * b.at * bx,
      y: means[c][1] + sa * a.at * ay + sb * b.at * by,
      room: Math.min(sa * a.room, sb * b.room) / upright,
    })),
  );
}

// The grid for a chain of equal Gaussians: evenly spaced along the chain, whose density is constant, quantiles across
// it.
/** @param {Shape} shape @param {number} room */
function alongString({ means, stds }, room) {
  const last = means.length - 1,
    lengths = means.slice(1).map(([x, y], i) => Math.hypot(x - means[i][0], y - means[i][1]));
  const length = lengths.reduce((a, b) => a + b),
    std = stds[0][0];
  const across = normalQuantiles(countFor(std, room)),
    step = Math.min(...across.map(({ room: one }) => std * one));
  const count = Math.max(1, Math.floor(length / Math.max(room, step)));
  return Array.from({ length: count }, (_, i) => {
    const place = Math.min(last, Math.max(0, ((i + 0.5) / count) * means.length - 0.5)),
      bead = Math.min(last - 1, Math.floor(place)),
      part = place - bead;
    const [[x0, y0], [x1, y1]] = [means[bead], means[bead + 1]],
      way = Math.hypot(x1 - x0, y1 - y0);
    const [tx, ty] = [(x1 - x0) / way, (y1 - y0) / way],
      upright = Math.abs(tx) + Math.abs(ty);
    return across.map(({ at, room: one }) => ({
      x: x0 + part * (x1 - x0) - std * at * ty,
      y: y0 + part * (y1 - y0) + std * at * tx,
      room: Math.min(std * one, length / count) / upright,
    }));
  }).flat();
}
