// The priors: densities and draws. A shape is a mixture's Gaussians, {means, axes, stds}, or null for N(0, I).

import { seededUniform, standardNormal } from "./random.js";

/** @import { Numbers, Shape } from "./types.js" */
/** @import { Reals } from "./training/products.js" */

// A mixture of more Gaussians than this is a chain: it is drawn as a band, and tiled along its length.
export const CHAIN = 20;
const DRAWS = 300,
  SEED = 7; // of the Monte Carlo KL: the same ε in every frame, so that it moves only with the probe
const LOG_TWO_PI = Math.log(2 * Math.PI);

let noise; // DRAWS pairs

let logs = new Float64Array(CHAIN); // of one point, for each Gaussian of a mixture

// log p(x, y) in nats, for p convolved with Gaussian noise of standard deviation `smoothing`. component: the number of
// one Gaussian of a mixture, to use it alone. score: an array whose first two numbers become the gradient by x and y.
/**
 * @param {Shape | null} shape @param {number} x @param {number} y
 * @param {{smoothing?: number, component?: number | null, score?: number[] | null}} options
 */
export function logDensity(shape, x, y, { smoothing = 0, component = null, score = null } = {}) {
  const noise = smoothing * smoothing;
  if (!shape) {
    if (score) [score[0], score[1]] = [-x / (1 + noise), -y / (1 + noise)];
    return (-0.5 * (x * x + y * y)) / (1 + noise) - Math.log1p(noise) - LOG_TWO_PI;
  }
  const first = component ?? 0,
    end = component === null ? shape.means.length : component + 1;
  if (logs.length < end) logs = new Float64Array(end);
  let top = -Infinity;
  for (let c = first; c < end; c++) {
    logs[c] = logOfOne(shape, c, x, y, noise);
    if (logs[c] > top) top = logs[c];
  }
  let sum = 0;
  for (let c = first; c < end; c++) sum += Math.exp(logs[c] - top);
  if (score) {
    score[0] = score[1] = 0;
    // each Gaussian's score, by its share of the density
    for (let c = first; c < end; c++) addScore(shape, c, x, y, noise, Math.exp(logs[c] - top) / sum, score);
  }
  return top + Math.log(sum / (end - first)) - LOG_TWO_PI;
}

// The log-density of one Gaussian of a mixture, without log 2π.
/** @param {Shape} shape @param {number} c @param {number} x @param {number} y @param {number} noise */
function logOfOne({ means, axes, stds }, c, x, y, noise) {
  const dx = x - means[c][0],
    dy = y - means[c][1];
  const a = axes[c][0][0] * dx + axes[c][0][1] * dy,
    b = axes[c][1][0] * dx + axes[c][1][1] * dy;
  const varA = stds[c][0] * stds[c][0] + noise,
    varB = stds[c][1] * stds[c][1] + noise;
  return -0.5 * ((a * a) / varA + (b * b) / varB + Math.log(varA * varB));
}

// Adds the gradient of the same by x and y, times `share`, to `score`.
/**
 * @param {Shape} shape @param {number} c @param {number} x @param {number} y @param {number} noise
 * @param {number} share @param {number[]} score
 */
function addScore({ means, axes, stds }, c, x, y, noise, share, score) {
  const dx = x - means[c][0],
    dy = y - means[c][1];
  for (let side = 0; side < 2; side++) {
    const axis = axes[c][side],
      along = (share * (axis[0] * dx + axis[1] * dy)) / (stds[c][side] * stds[c][side] + noise);
    score[0] -= along * axis[0];
    score[1] -= along * axis[1];
  }
}

// log p at each of n points of k numbers, one after the other. components: a number of a Gaussian for each point, as
// `component`. scores: an array that receives the gradient by the points.
/**
 * @param {Shape | null} shape @param {Numbers} points @param {number} k
 * @param {{smoothing?: number, components?: Numbers | null, scores?: Reals | null}} options
 */
export function logDensities(shape, points, k, { smoothing = 0, components = null, scores = null } = {}) {
  const n = points.length / k,
    result = new Float64Array(n),
    variance = 1 + smoothing * smoothing,
    score = scores && [0, 0];
  for (let row = 0; row < n; row++) {
    if (shape) {
      const component = components && components[row];
      result[row] = logDensity(shape, points[2 * row], points[2 * row + 1], { smoothing, component, score });
      if (scores) [scores[2 * row], scores[2 * row + 1]] = score;
      continue;
    }
    let square = 0;
    for (let i = row * k; i < (row + 1) * k; i++) {
      square += points[i] * points[i];
      if (scores) scores[i] = -points[i] / variance;
    }
    result[row] = -0.5 * (square / variance + k * (Math.log(variance) + LOG_TWO_PI));
  }
  return result;
}

// n draws of a prior, k numbers each. components: the number of a Gaussian for each draw; null: drawn at random.
/**
 * @param {Shape | null} shape @param {number} n @param {() => number} uniform
 * @param {{k?: number, components?: Numbers | null}} options
 */
export function samplePrior(shape, n, uniform, { k = 2, components = null } = {}) {
  const noise = standardNormal(k * n, uniform);
  if (!shape) return noise;
  const { means, axes, stds } = shape;
  for (let row = 0; row < n; row++) {
    const c = components ? components[row] : Math.floor(uniform() * means.length);
    const a = stds[c][0] * noise[2 * row],
      b = stds[c][1] * noise[2 * row + 1];
    for (const i of [0, 1]) noise[2 * row + i] = means[c][i] + a * axes[c][0][i] + b * axes[c][1][i];
  }
  return noise;
}

// KL(N(mean, exp(logVar)) || p) in nats for a planar Gaussian, by Monte Carlo: {kl, error}, error the standard error.
/** @param {Shape | null} shape @param {number[]} mean @param {number[]} logVar */
export function klMonteCarlo(shape, mean, logVar) {
  noise ??= standardNormal(2 * DRAWS, seededUniform(SEED));
  const std = [0, 1].map((i) => Math.exp(0.5 * logVar[i]));
  let sum = 0,
    squares = 0;
  for (let i = 0; i < DRAWS; i++) {
    const e0 = noise[2 * i],
      e1 = noise[2 * i + 1];
    const logQ = -0.5 * (e0 * e0 + e1 * e1 + logVar[0] + logVar[1]) - LOG_TWO_PI;
    const value = logQ - logDensity(shape, mean[0] + std[0] * e0, mean[1] + std[1] * e1);
    sum += value;
    squares += value * value;
  }
  const kl = sum / DRAWS;
  return { kl, error: Math.sqrt(Math.max(0, squares / DRAWS - kl * kl) / DRAWS) };
}
