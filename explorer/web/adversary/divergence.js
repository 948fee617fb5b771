// The exact Jensen-Shannon divergence of a cloud from a prior, by sums over smooth functions. No DOM.

import { logDensity } from "../kernel/prior.js";
import { simpsonWeight } from "./clouds.js";

const REACH = 8,
  CELLS = 160; // the grid: a square [−8, 8]², cells of 0.1, less than any prior's width; beyond it there is no prior
const STEP = (2 * REACH) / CELLS,
  LOG_TWO = Math.log(2);
const RADII = 60,
  ANGLES = 96; // of the sum over a hole

const centre = (i) => -REACH + (i + 0.5) * STEP;

export class Divergence {
  // shape: the prior, as in prior.js. Its density is computed once.
  constructor(shape) {
    this.shape = shape;
    this.prior = new Float64Array(CELLS * CELLS);
    for (let j = 0; j < CELLS; j++)
      for (let i = 0; i < CELLS; i++) this.prior[j * CELLS + i] = Math.exp(logDensity(shape, centre(i), centre(j)));
  }

  // {jsd, lossAtBest}: JSD(p, q) = ½ KL(p ‖ m) + ½ KL(q ‖ m), m = ½ (p + q), in nats; and real BCE + fake BCE at
  // D* = p / (p + q), 2 log 2 − 2 JSD. First as if the cloud had no hole: equal steps sum smooth functions to many
  // digits. Then what the hole changes, in polar coordinates about its centre. Beyond the grid there is no prior, and
  // each draw of q adds log 2.
  of(cloud) {
    let sum = 0,
      found = 0; // found: the mass on the grid
    for (let j = 0; j < CELLS; j++) {
      for (let i = 0; i < CELLS; i++) {
        const p = this.prior[j * CELLS + i],
          q = Math.exp(cloud.logRest(centre(i), centre(j)));
        found += q;
        sum += part(p, q) + part(q, p);
      }
    }
    const area = STEP * STEP,
      beyond = Math.max(0, 1 / (1 - cloud.hole) - found * area);
    const jsd = 0.5 * (sum * area + beyond * LOG_TWO + this.hole(cloud));
    return { jsd, lossAtBest: 2 * LOG_TWO - 2 * jsd };
  }

  // In the hole q is 0, and the integrand p log 2.
  hole(cloud) {
    const {
      radius,
      centre: [x, y],
    } = cloud;
    if (radius === 0) return 0;
    let sum = 0;
    for (let i = 0; i <= RADII; i++) {
      const r = (radius * i) / RADII,
        simpson = simpsonWeight(i, RADII) * (radius / (3 * RADII));
      for (let j = 0; j < ANGLES; j++) {
        const angle = (2 * Math.PI * j) / ANGLES,
          /** @type {import("../kernel/types.js").Pair} */
          at = [x + r * Math.cos(angle), y + r * Math.sin(angle)];
        const p = Math.exp(logDensity(this.shape, ...at)),
          q = Math.exp(cloud.logRest(...at));
        sum += simpson * r * (p * LOG_TWO - part(p, q) - part(q, p));
      }
    }
    return (sum * 2 * Math.PI) / ANGLES;
  }
}

// a log(a / ½(a + b))
function part(a, b) {
  return a > 0 ? a * (LOG_TWO + Math.log(a) - Math.log(a + b)) : 0; // b / a would overflow where a is next to nothing
}
