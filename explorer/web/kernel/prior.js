// The densities of the priors in the plane. A shape is a mixture's Gaussians, {means, axes, stds}, or null for N(0, I).

import { seededUniform, standardNormal } from "./random.js";

/** @import { Pair, Shape } from "./types.js" */

// A mixture of more Gaussians than this is a chain: it is drawn as a band, and tiled along its length.
export const CHAIN = 20;
const DRAWS = 300,
  SEED = 7; // of the Monte Carlo KL: the same ε in every frame, so that it moves only with the probe
const LOG_TWO_PI = Math.log(2 * Math.PI);

let noise; // DRAWS pairs

// log p(x, y) in nats, for p convolved with Gaussian noise of standard deviation `smoothing`. component: the number of
// one Gaussian of a mixture, to use it alone.
/**
 * @param {Shape | null} shape @param {number} x @param {number} y
 * @param {{smoothing?: number, component?: number | null}} options
 */
export function logDensity(shape, x, y, { smoothing = 0, component = null } = {}) {
  const noise = smoothing * smoothing;
  if (!shape) return (-0.5 * (x * x + y * y)) / (1 + noise) - Math.log1p(noise) - LOG_TWO_PI;
  const { means, axes, stds } = shape;
  const one = (c) => {
    const dx = x - means[c][0],
      dy = y - means[c][1];
    const a = axes[c][0][0] * dx + axes[c][0][1] * dy,
      b = axes[c][1][0] * dx + axes[c][1][1] * dy;
    const varA = stds[c][0] * stds[c][0] + noise,
      varB = stds[c][1] * stds[c][1] + noise;
    return -0.5 * ((a * a) / varA + (b * b) / varB + Math.log(varA * varB));
  };
  if (component !== null) return one(component) - LOG_TWO_PI;
  const each = means.map((_, c) => one(c));
  const top = each.reduce((a, b) => Math.max(a, b));
  let sum = 0;
  for (const value of each) sum += Math.exp(value - top);
  return top + Math.log(sum / means.length) - LOG_TWO_PI;
}

// The gradient of the same by x and y.
/** @param {Shape | null} shape @param {number} x @param {number} y @param {{smoothing?: number}} options */
export function scoreOf(shape, x, y, { smoothing = 0 } = {}) {
  if (!shape) return [x, y].map((value) => -value / (1 + smoothing * smoothing));
  const { means, axes, stds } = shape,
    total = logDensity(shape, x, y, { smoothing }) + Math.log(means.length);
  const score = [0, 0];
  means.forEach((mean, c) => {
    // the share of the density that is this Gaussian's
    const weight = Math.exp(logDensity(shape, x, y, { smoothing, component: c }) - total);
    for (const side of [0, 1]) {
      const along = axes[c][side][0] * (x - mean[0]) + axes[c][side][1] * (y - mean[1]);
      const variance = stds[c][side] ** 2 + smoothing ** 2;
      for (const i of [0, 1]) score[i] -= (weight * along * axes[c][side][i]) / variance;
    }
  });
  return score;
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
