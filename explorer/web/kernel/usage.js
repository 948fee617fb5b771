// How much a model uses each dimension of a latent space of many dimensions.

import { activeDecoder } from "./active.js";
import { klToStandardNormal } from "./gaussian.js";

/** @import { Codes, Model } from "./types.js" */

// variance of the means over the images, above which a dimension is active (Burda et al. 2016, arXiv 1509.00519)
export const ACTIVE = 0.01;
const IMAGES = 48; // at whose codes the decoder's response is measured: evenly spaced in the test set
const WORK = 8; // ms at a time

// The variance of each dimension's means (or of the codes of a deterministic encoder) over the images.
/** @param {Codes} codes */
export function variances({ mean }) {
  return mean.map((column) => {
    const centre = column.reduce((sum, value) => sum + value, 0) / column.length;
    return column.reduce((sum, value) => sum + (value - centre) ** 2, 0) / column.length;
  });
}

/** @param {Codes} codes */
export const activeUnits = (codes) => variances(codes).filter((variance) => variance > ACTIVE).length;

// The mean KL(q(z|x) || N(0, 1)) of each dimension over the codes of a model, in nats.
/** @param {Codes} codes */
export function averageKl({ mean, logVar }) {
  const n = mean[0].length;
  return mean.map((column, d) => {
    let sum = 0;
    for (let row = 0; row < n; row++) sum += klToStandardNormal([column[row]], [logVar[d][row]])[0];
    return sum / n;
  });
}

// The response of the decoder to each dimension: how far the picture moves (Euclidean distance, intensities from 0 to
// 1) for a step of one standard deviation of z, √(mean over some test images of ‖∂s/∂z_d‖²) · √Var z_d, with s =
// sigmoid(logits) at the code or mean. z is what is compared with the prior: for a VAE its variance is that of q(z),
// Var μ_d + mean σ²_d. Lets frames and input in between.
/** @param {Model} model */
export async function response({ codes, decoder }) {
  const { mean, logVar } = codes,
    active = activeDecoder(decoder),
    n = mean[0].length,
    images = Math.min(IMAGES, n),
    squares = mean.map(() => 0);
  let begun = performance.now();
  for (let image = 0; image < images; image++) {
    const row = Math.floor((image * n) / images),
      z = mean.map((column) => column[row]);
    for (let d = 0; d < mean.length; d += 2) {
      const other = Math.min(d + 1, mean.length - 1),
        { logits, along } = active.tangents(z, [d, other]);
      for (let pixel = 0; pixel < logits.length; pixel++) {
        const s = 1 / (1 + Math.exp(-logits[pixel])),
          slope = s * (1 - s);
        squares[d] += (slope * along[0][pixel]) ** 2;
        if (other !== d) squares[other] += (slope * along[1][pixel]) ** 2;
      }
      if (performance.now() - begun < WORK) continue;
      await new Promise((resolve) => setTimeout(resolve));
      begun = performance.now();
    }
  }
  const within = logVar?.map((column) => column.reduce((sum, value) => sum + Math.exp(value), 0) / n);
  return variances(codes).map((between, d) => Math.sqrt((squares[d] / images) * (between + (within?.[d] ?? 0))));
}
