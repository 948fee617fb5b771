// Fits one Gaussian to a density on the line, and runs gradient descent on a width in two parameterisations. All of it
// is computed numerically in the browser.

import { density } from "./math.js";

const LOG_TWO_PI = Math.log(2 * Math.PI);
const STEP = 0.02,
  HALF = 450; // u from −9 to 9

// The KL that a fit minimises, and its gradient by mean and log σ², by numerical integration. target: a density of
// math.js. "q‖p": KL(q || target), which punishes q where the target is not (zero-forcing); "p‖q": KL(target || q),
// which punishes q for what it leaves out (mass-covering).
export function objective(direction, target) {
  return direction === "q‖p" ? zeroForcing(target) : massCovering(target);
}

// ∫ q (log q − log p) dz with z = μ + σ u; the gradient by the chain rule through z.
function zeroForcing(target) {
  return (mean, logVar) => {
    const std = Math.exp(0.5 * logVar);
    let kl = 0,
      byMean = 0,
      byLogVar = -0.5; // −½: of −½ log σ² in log q
    for (let i = -HALF; i <= HALF; i++) {
      const u = i * STEP,
        logWeight = -0.5 * (u * u + LOG_TWO_PI),
        weight = Math.exp(logWeight) * STEP;
      const z = mean + std * u,
        slope = target.slope(z);
      kl += weight * (logWeight - 0.5 * logVar - target.log(z));
      byMean -= weight * slope;
      byLogVar -= weight * slope * 0.5 * std * u;
    }
    return { kl, gradient: [byMean, byLogVar] };
  };
}

// ∫ p (log p − log q) dz on a grid over the target.
function massCovering(target) {
  const [low, high] = target.support,
    n = 2000,
    h = (high - low) / n;
  const points = Array.from({ length: n + 1 }, (_, i) => {
    const z = low + i * h,
      log = target.log(z);
    return { z, log, weight: Math.exp(log) * h };
  });
  return (mean, logVar) => {
    const precision = Math.exp(-logVar);
    let kl = 0,
      byMean = 0,
      byLogVar = 0;
    for (const { z, log, weight } of points) {
      const off = z - mean,
        square = off * off * precision;
      kl += weight * (log + 0.5 * (square + logVar + LOG_TWO_PI));
      byMean -= weight * off * precision;
      byLogVar += weight * 0.5 * (1 - square);
    }
    return { kl, gradient: [byMean, byLogVar] };
  };
}

// Descends from {mean, std}: {path: [{mean, std, kl}, …], converged}. Each step follows the gradient in units of q
// itself (the natural gradient: σ² ∂μ and 2 ∂log σ²), halved until the KL falls.
export function fit(direction, start, target, { rate = 0.5, tolerance = 1e-8, most = 2000 } = {}) {
  const value = objective(direction, target);
  let mean = start.mean,
    logVar = 2 * Math.log(start.std),
    here = value(mean, logVar),
    size = rate;
  const path = [{ mean, std: start.std, kl: here.kl }];
  for (let i = 0; i < most; i++) {
    const variance = Math.exp(logVar),
      [byMean, byLogVar] = here.gradient,
      steepness = steepnessOf(here, logVar);
    if (steepness < tolerance) return { path, converged: true };
    const way = [-variance * byMean, -2 * byLogVar];
    const fall = byMean * way[0] + byLogVar * way[1]; // below 0
    let next;
    for (; ; size /= 2) {
      // a step of log σ² is at most 1, a factor e: far from the minimum the slope overestimates the fall
      const bound = Math.min(size, 1 / Math.abs(way[1] || 1e-300));
      next = { mean: mean + bound * way[0], logVar: logVar + bound * way[1] };
      next.found = value(next.mean, next.logVar);
      if (next.found.kl <= here.kl + 1e-4 * bound * fall) break;
      // near the minimum the KL falls by less than its rounding error, so the slope has to fall
      const level = Math.abs(next.found.kl - here.kl) < 1e-13 * (1 + Math.abs(here.kl));
      if (level && steepnessOf(next.found, next.logVar) < steepness) break;
      if (size < 1e-12) return { path, converged: Math.abs(fall) < 1e-12 };
    }
    ({ mean, logVar, found: here } = next);
    size = Math.min(rate, 1.1 * size); // slowly: a step that was halved would probably be halved again
    path.push({ mean, std: Math.exp(0.5 * logVar), kl: here.kl });
  }
  return { path, converged: false };
}

// The gradient's length in units of q.
/** @param {{gradient: number[]}} value @param {number} logVar */
function steepnessOf({ gradient: [byMean, byLogVar] }, logVar) {
  return Math.hypot(Math.exp(0.5 * logVar) * byMean, byLogVar);
}

// The lowest minimum found from `start`, from each bump, and from a Gaussian that covers both: {mean, std, kl}.
export function lowest(direction, start, { mean, std, gap }) {
  const target = density({ mean, std, gap });
  const starts = [start, { mean: mean - gap, std }, { mean: mean + gap, std }, { mean, std: Math.hypot(std, gap) }];
  const ends = starts.map((one) => fit(direction, one, target).path.at(-1));
  return ends.reduce((best, end) => (end.kl < best.kl ? end : best));
}

// Gradient descent on KL(N(·, σ²) || N(·, std_p²)) over the width alone, the means `shift` apart and held.
// "std": steps in σ, on log σ_p − log σ + (σ² + shift²) / 2σ_p² − ½; "log_var": steps in log σ².
// Returns [{std, logVar, kl, gradient}, …], the start first; below σ = 0 log σ and the KL are NaN, as arithmetic has
// it.
export function descend(coordinate, { std, stdP, shift }, rate, steps) {
  let value = coordinate === "std" ? std : 2 * Math.log(std);
  return Array.from({ length: steps + 1 }, () => {
    const varP = stdP * stdP;
    const sigma = coordinate === "std" ? value : Math.exp(0.5 * value);
    const logVar = coordinate === "std" ? 2 * Math.log(value) : value;
    const gradient = coordinate === "std" ? value / varP - 1 / value : 0.5 * (Math.exp(value) / varP - 1);
    const kl = Math.log(stdP) - 0.5 * logVar + (sigma * sigma + shift * shift) / (2 * varP) - 0.5;
    value -= rate * gradient;
    return { std: sigma, logVar, kl, gradient };
  });
}

// The rates above which the first step in σ goes below zero; Infinity where the gradient points up.
export function fatalRate({ std, stdP }) {
  const gradient = std / (stdP * stdP) - 1 / std;
  return gradient > 0 ? std / gradient : Infinity;
}
