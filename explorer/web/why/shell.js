// The distance of draws of N(0, I) from the origin, in d dimensions: ‖z‖² has a χ² distribution with d degrees of
// freedom. No DOM.

import { seededUniform, standardNormal } from "../kernel/random.js";

/** @import { Numbers } from "../kernel/types.js" */

export const DRAWS = 1000;

// The draws of a seed: for each its d numbers.
/** @param {number} seed @param {number} dimensions @returns {Float64Array[]} */
export function drawsIn(seed, dimensions, count = DRAWS) {
  const noise = standardNormal(count * dimensions, seededUniform(seed));
  return Array.from({ length: count }, (_, i) => noise.subarray(i * dimensions, (i + 1) * dimensions));
}

/** @param {Numbers} z */
export const radiusOf = (z) => Math.hypot(...Array.from(z));

// log Γ(d/2), by Γ(a + 1) = a Γ(a) from Γ(1/2) = √π and Γ(1) = 1.
/** @param {number} d */
function logGammaOfHalf(d) {
  let at = d % 2 ? 0.5 : 1,
    sum = d % 2 ? 0.5 * Math.log(Math.PI) : 0;
  for (; at < d / 2; at += 1) sum += Math.log(at);
  return sum;
}

// The density of ‖z‖: 2^(1 − d/2) r^(d − 1) exp(−r²/2) / Γ(d/2).
/** @param {number} radius @param {number} d */
export function radialDensity(radius, d) {
  if (radius <= 0) return d === 1 ? Math.sqrt(2 / Math.PI) : 0;
  const log = (1 - d / 2) * Math.LN2 + (d - 1) * Math.log(radius) - 0.5 * radius * radius - logGammaOfHalf(d);
  return Math.exp(log);
}

// The share of draws with ‖z‖ < radius: the regularised incomplete gamma function P(a, x) with a = d/2, x = r²/2, by
// its series x^a e^(−x) / Γ(a + 1) · Σ xⁿ / ((a + 1) … (a + n)).
/** @param {number} radius @param {number} d */
export function shareWithin(radius, d) {
  const a = d / 2,
    x = 0.5 * radius * radius;
  if (x <= 0) return 0;
  let term = 1,
    sum = 1;
  for (let n = 1; term > 1e-16 * sum; n++) {
    term *= x / (a + n);
    sum += term;
  }
  return Math.min(1, sum * Math.exp(a * Math.log(x) - x - Math.log(a) - logGammaOfHalf(d)));
}
