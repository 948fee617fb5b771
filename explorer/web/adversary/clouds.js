// What a live discriminator tells from draws of a prior: a cloud q(z) whose density is known. No DOM.
//
// A cloud is {mean: [x, y], std, hole, at: [x, y]}: N(mean, std² I), without a disc that held the share `hole` of
// its mass, normalised. The disc's centre is mean + std · at, so it moves with the cloud.

import { standardNormal } from "../kernel/random.js";

const LOG_TWO_PI = Math.log(2 * Math.PI);
const RADII = 200,
  ANGLES = 64; // of the sums that find a disc's mass

// Simpson's weight of the i-th of n + 1 values: 1, 4, 2, 4, …, 1.
export function simpsonWeight(i, n) {
  if (i === 0 || i === n) return 1;
  return i % 2 ? 4 : 2;
}

// The mass of N(0, I) in a disc of this radius whose centre is this far from 0.
export function discMass(radius, distance) {
  if (distance === 0) return -Math.expm1((-radius * radius) / 2);
  // in polar coordinates about the disc's centre: Simpson along the radius, the trapezoid rule around, exact to
  // rounding
  let sum = 0;
  for (let i = 0; i <= RADII; i++) {
    const r = (radius * i) / RADII;
    let around = 0;
    for (let j = 0; j < ANGLES; j++) {
      const square = r * r + distance * distance + 2 * r * distance * Math.cos((2 * Math.PI * j) / ANGLES);
      around += Math.exp(-square / 2) / ANGLES;
    }
    sum += r * around * simpsonWeight(i, RADII);
  }
  return (sum * radius) / (3 * RADII);
}

// The radius of the disc, in standard deviations, that holds this share of N(0, I).
export function discRadius(mass, distance) {
  if (distance === 0) return Math.sqrt(-2 * Math.log1p(-mass));
  let low = 0,
    high = distance + 6;
  for (let i = 0; i < 50; i++) {
    const middle = (low + high) / 2;
    if (discMass(middle, distance) < mass) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

export class Cloud {
  constructor({ mean, std, hole = 0, at = [0, 0] }) {
    this.mean = mean;
    this.std = std;
    this.hole = hole;
    this.at = at;
    this.centre = mean.map((value, i) => value + std * at[i]);
    this.radius = hole > 0 ? std * discRadius(hole, Math.hypot(...at)) : 0;
    this.logScale = -LOG_TWO_PI - 2 * Math.log(std) - Math.log1p(-hole);
  }

  inHole(x, y) {
    return this.radius > 0 && (x - this.centre[0]) ** 2 + (y - this.centre[1]) ** 2 < this.radius * this.radius;
  }

  // log q outside the hole, in nats: the smooth function, which ignores the hole.
  logRest(x, y) {
    const dx = (x - this.mean[0]) / this.std,
      dy = (y - this.mean[1]) / this.std;
    return this.logScale - 0.5 * (dx * dx + dy * dy);
  }

  // log q(x, y) in nats; −∞ in the hole.
  logDensity(x, y) {
    return this.inHole(x, y) ? -Infinity : this.logRest(x, y);
  }

  // n draws, two numbers each.
  sample(n, uniform) {
    const draws = new Float64Array(2 * n);
    for (let row = 0; row < n;) {
      const [a, b] = standardNormal(2, uniform);
      const x = this.mean[0] + this.std * a,
        y = this.mean[1] + this.std * b;
      if (this.inHole(x, y)) continue;
      draws[2 * row] = x;
      draws[2 * row + 1] = y;
      row += 1;
    }
    return draws;
  }
}

// A point of a cloud's ring of 1σ that is on a map of [−reach, reach]²: its right end, if that is.
/** @param {{mean: number[], std: number}} cloud @param {number} reach @returns {[number, number]} */
export function edgeOf({ mean, std }, reach) {
  const x = Math.min(reach - 0.15, mean[0] + std);
  return [x, mean[1] + Math.sqrt(Math.max(0, std * std - (x - mean[0]) ** 2))];
}
