// The evidence lower bound of a Gaussian q in the plane: E_q[log p(x|z)] − KL(q‖p), in nats. No DOM.

import { klToStandardNormal } from "../kernel/gaussian.js";

/** @import { Numbers } from "../kernel/types.js" */

// Gauss-Hermite quadrature with seven nodes: exact for polynomials of z up to degree 13.
const NODES = [0, 1.1544053947399682, 2.366759410734541, 3.7504397177257425];
const WEIGHTS = [16 / 35, 0.24012317860501264, 0.030757123967586515, 0.0005482688559722169];
const HERMITE = [-3, -2, -1, 0, 1, 2, 3].map((i) => ({
  at: Math.sign(i) * NODES[Math.abs(i)],
  weight: WEIGHTS[Math.abs(i)],
}));
const FAR = 4, // standard deviations to which a wide Gaussian is summed
  LEAST = 4e-4; // of the largest weight: smaller ones are left out

// The nodes of one dimension of q, in standard deviations, and their weights. A narrow q: Gauss-Hermite. One that is
// wider than a cell of the grid: an even sum in steps of a cell.
/** @param {number} std @param {number} cell */
function nodesOf(std, cell) {
  if (std < cell) return HERMITE;
  const count = Math.ceil((FAR * std) / cell);
  return Array.from({ length: 2 * count + 1 }, (_, i) => {
    const at = ((i - count) * cell) / std;
    return { at, weight: Math.exp(-0.5 * at * at) };
  });
}

/**
 * What is known of log p(x|z) of one image: at any z, and on the cells of a grid (null: not yet).
 * @typedef {object} Likelihood
 * @property {{cell: number, middle: (index: number) => number[]}} grid
 * @property {Float64Array | null} values
 * @property {(z: number[]) => number} logLikelihood
 */

// E_q[log p(x|z)] for q = N(mean, exp(logVar)), in nats. A q that is wide in both dimensions is summed over the grid,
// where nothing needs to be decoded.
/** @param {Likelihood} image @param {number[]} mean @param {number[]} logVar */
export function expectedLogLikelihood(image, mean, logVar) {
  const { grid, values } = image,
    std = logVar.map((value) => Math.exp(0.5 * value));
  let sum = 0,
    mass = 0;
  if (values && std.every((value) => value >= grid.cell)) {
    values.forEach((value, index) => {
      const weight = Math.exp(
        -0.5 * grid.middle(index).reduce((square, at, d) => square + ((at - mean[d]) / std[d]) ** 2, 0),
      );
      sum += weight * value;
      mass += weight;
    });
    return sum / mass;
  }
  const [across, up] = std.map((value) => nodesOf(value, grid.cell)),
    largest = (nodes) => Math.max(...nodes.map(({ weight }) => weight)),
    least = LEAST * largest(across) * largest(up);
  for (const a of across)
    for (const b of up) {
      const weight = a.weight * b.weight;
      if (weight < least) continue;
      sum += weight * image.logLikelihood([mean[0] + std[0] * a.at, mean[1] + std[1] * b.at]);
      mass += weight;
    }
  return sum / mass;
}

// The ELBO of q and what is left to log p(x): {likelihood: E_q[log p(x|z)], kl: KL(q‖p), elbo, gap: KL(q‖p(z|x))}, in
// nats. The gap follows from log p(x) = ELBO + KL(q(z)‖p(z|x)).
/**
 * @param {Likelihood} image @param {number} logEvidence  log p(x)
 * @param {number[]} mean @param {number[]} logVar
 */
export function bound(image, logEvidence, mean, logVar) {
  const likelihood = expectedLogLikelihood(image, mean, logVar),
    kl = klToStandardNormal(mean, logVar).reduce((sum, value) => sum + value, 0),
    elbo = likelihood - kl;
  return { likelihood, kl, elbo, gap: logEvidence - elbo };
}
