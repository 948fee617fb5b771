// What the KL of a VAE pays for: E KL(q(z|x)‖p(z)) = I(n; z) + KL(q(z)‖p(z)), over the images of a set (Hoffman &
// Johnson 2016). I(n; z) says how well a code tells which image it is of; q(z) is the mean of all q(z|x). No DOM.

import { klToStandardNormal } from "../kernel/gaussian.js";
import { samplingNoise } from "../kernel/models.js";

const LOG_TWO_PI = Math.log(2 * Math.PI);

// `count` rows of n, evenly spaced; all of them if there are fewer.
/** @param {number} n @param {number} count */
export function spaced(n, count) {
  const length = Math.min(n, count);
  return Array.from({ length }, (_, i) => Math.floor((i * n) / length));
}

// The parts for the images `rows` of a model of the plane, in nats: {kl: the mean closed form, information: I(n; z),
// marginal: KL(q(z)‖N(0, I))}. Both parts are means over one draw of z of each image; log q(z) is exact, log of the
// mean of all densities.
/** @param {{mean: Float32Array[], logVar: Float32Array[]}} codes @param {number[]} rows */
export function surgery({ mean, logVar }, rows) {
  const noise = samplingNoise(mean[0].length, 2),
    n = rows.length,
    column = (values) => Float64Array.from(rows, (row) => values[row]),
    [m0, m1] = mean.map(column),
    [v0, v1] = logVar.map(column),
    [e0, e1] = noise.map(column);
  let kl = 0,
    information = 0,
    marginal = 0;
  const logs = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    kl += klToStandardNormal([m0[i], m1[i]], [v0[i], v1[i]]).reduce((sum, value) => sum + value, 0) / n;
    const x = m0[i] + Math.exp(0.5 * v0[i]) * e0[i],
      y = m1[i] + Math.exp(0.5 * v1[i]) * e1[i];
    let largest = -Infinity;
    for (let j = 0; j < n; j++) {
      const a = (x - m0[j]) ** 2 / Math.exp(v0[j]) + (y - m1[j]) ** 2 / Math.exp(v1[j]);
      logs[j] = -0.5 * (a + v0[j] + v1[j]) - LOG_TWO_PI;
      if (logs[j] > largest) largest = logs[j];
    }
    let sum = 0;
    for (let j = 0; j < n; j++) sum += Math.exp(logs[j] - largest);
    const logQ = largest + Math.log(sum / n);
    information += (logs[i] - logQ) / n;
    marginal += (logQ + 0.5 * (x * x + y * y) + LOG_TWO_PI) / n;
  }
  return { kl, information, marginal };
}
