// What a VAE uses each latent dimension for: its mean KL, the spread of its mean, and how far it moves a picture. No
// DOM.

import { sigmoid } from "../kernel/perceptron.js";

/** @import { Codes, Numbers } from "../kernel/types.js" */

const ACTIVE = 0.01; // the variance of μ over the images, above which a dimension is active (Burda et al. 2016)
export const OF_STRIP = [-3, -2, -1, 0, 1, 2, 3]; // the values of z of the pictures

// For each dimension the mean of KL(q(z|x)‖N(0, 1)) over the images, in nats, and the variance of μ; order: dimensions
// by KL, the largest first; active: their number.
/** @param {Codes} codes */
export function means({ mean, logVar }) {
  const n = mean[0].length,
    kl = mean.map((column, d) => {
      let sum = 0;
      for (let i = 0; i < n; i++) sum += Math.expm1(logVar[d][i]) - logVar[d][i] + column[i] ** 2;
      return sum / (2 * n);
    }),
    variance = mean.map((column) => {
      const middle = column.reduce((sum, value) => sum + value, 0) / n;
      return column.reduce((sum, value) => sum + (value - middle) ** 2, 0) / n;
    });
  return {
    kl,
    variance,
    order: [...kl.keys()].sort((a, b) => kl[b] - kl[a]),
    active: variance.filter((value) => value > ACTIVE).length,
    least: ACTIVE,
  };
}

// How far the picture at `value` is from the one at −value: Σ |difference| over the pixels, in pixels from black to
// white. at(value): the code.
/** @param {(z: Numbers) => Numbers} decode @param {(value: number) => Numbers} at @param {number} value */
export function moved(decode, at, value) {
  const up = Float64Array.from(decode(at(value)), (logit) => sigmoid(logit)),
    down = decode(at(-value));
  return up.reduce((sum, intensity, i) => sum + Math.abs(intensity - sigmoid(down[i])), 0);
}
