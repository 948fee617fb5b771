// Estimates of the distance between the aggregate q(z) and the prior p(z): the functions of explorer/metrics.py, under
// the same names. Points are k numbers each, one after the other in one array.

import { NUMBERS } from "../numbers.js";
import { seededUniform, standardNormal } from "../random.js";

/**
 * @import { Numbers } from "../types.js"
 * @typedef {(codes: Numbers, draws: Numbers, k: number) => number} Estimator
 */

const { neighbours: NEIGHBOURS, directions: DIRECTIONS } = NUMBERS;

// The rows of the `count` points of `among` that are nearest to each point of `of`, the nearest first, and their
// distances. of: null for each point of `among`, of its other points.
/** @param {number} count @param {Numbers} among @param {number} k @param {Numbers | null} of */
export function nearestRows(count, among, k, of = null) {
  const points = of ?? among,
    n = points.length / k,
    m = among.length / k,
    rows = new Int32Array(n * count),
    distances = new Float64Array(n * count).fill(Infinity);
  for (let point = 0; point < n; point++) {
    const first = point * count,
      last = first + count - 1;
    for (let row = 0; row < m; row++) {
      if (!of && row === point) continue;
      let square = 0;
      for (let i = 0; i < k; i++) square += (points[point * k + i] - among[row * k + i]) ** 2;
      if (square >= distances[last]) continue;
      let at = last;
      for (; at > first && distances[at - 1] > square; at--) {
        distances[at] = distances[at - 1];
        rows[at] = rows[at - 1];
      }
      distances[at] = square;
      rows[at] = row;
    }
  }
  return { rows, distances: distances.map(Math.sqrt) };
}

// The distance from each point of `of` to its `count`-th nearest point of `among`.
/** @param {number} count @param {Numbers} among @param {number} k @param {Numbers | null} of */
const distanceToNeighbour = (count, among, k, of = null) =>
  nearestRows(count, among, k, of).distances.filter((_, i) => i % count === count - 1);

// The share of draws from the prior with a code no further away than their NEIGHBOURS-th neighbour among the draws
// (Naeem et al. 2020, arXiv 2002.09797, eq. 10).
/** @type {Estimator} */
export function coverage(codes, draws, k) {
  const radius = distanceToNeighbour(NEIGHBOURS, draws, k),
    nearest = distanceToNeighbour(1, codes, k, draws);
  return nearest.reduce((sum, distance, i) => sum + (distance <= radius[i] ? 1 : 0), 0) / nearest.length;
}

// Estimate of KL(q ‖ p) in nats from distances to neighbours; NaN if codes or draws coincide, which have no density.
// (Wang, Kulkarni & Verdú 2009.)
/** @type {Estimator} */
export function knnKl(codes, draws, k) {
  const n = codes.length / k,
    m = draws.length / k,
    rho = distanceToNeighbour(NEIGHBOURS, codes, k),
    nu = distanceToNeighbour(NEIGHBOURS, draws, k, codes);
  if (rho.some((distance) => distance === 0) || nu.some((distance) => distance === 0)) return NaN;
  let sum = 0;
  for (let i = 0; i < n; i++) sum += Math.log(nu[i] / rho[i]);
  return (k * sum) / n + Math.log(m / (n - 1));
}

// The squared Wasserstein-2 distance of one-dimensional projections, averaged over directions: evenly spaced ones in
// the plane, otherwise random ones with a fixed seed. As many codes as draws.
/** @type {Estimator} */
export function slicedW2Squared(codes, draws, k) {
  const n = codes.length / k;
  let sum = 0;
  for (const axis of directions(k)) {
    const [one, other] = [codes, draws].map((points) => projected(points, axis).sort());
    for (let i = 0; i < n; i++) sum += (one[i] - other[i]) ** 2;
  }
  return sum / n / DIRECTIONS;
}

/** @param {Numbers} points @param {Numbers} axis */
function projected(points, axis) {
  const k = axis.length,
    places = new Float64Array(points.length / k);
  for (let row = 0; row < places.length; row++)
    for (let i = 0; i < k; i++) places[row] += points[row * k + i] * axis[i];
  return places;
}

/** @param {number} k @returns {Numbers[]} */
function directions(k) {
  const uniform = seededUniform(0);
  return Array.from({ length: DIRECTIONS }, (_, i) => {
    const angle = (Math.PI * i) / DIRECTIONS;
    if (k === 2) return [Math.cos(angle), Math.sin(angle)];
    const axis = standardNormal(k, uniform);
    return axis.map((value) => value / Math.hypot(...axis));
  });
}

// The null of an estimator: its mean and standard deviation when the codes are draws from the prior, too.
// sample(): as many draws as there are codes.
/** @param {Estimator} estimator @param {() => Numbers} sample @param {number} k @param {number} repeats */
export function nullOf(estimator, sample, k, repeats) {
  const values = Array.from({ length: repeats }, () => estimator(sample(), sample(), k)),
    mean = values.reduce((sum, value) => sum + value, 0) / repeats;
  return [mean, Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (repeats - 1))];
}

// The two parts of the mean KL(q(z|x) ‖ p) over n images, in nats: the mutual information I(n; z) between an image's
// index and its z, and KL(q(z) ‖ p) of the aggregate posterior. z: a draw from each q(z|x); logPrior: log p(z) there.
// (Hoffman & Johnson 2016, "ELBO surgery".)
/** @param {Numbers} mean @param {Numbers} logVar @param {Numbers} z @param {Numbers} logPrior @param {number} k */
export function elboSurgery(mean, logVar, z, logPrior, k) {
  const n = z.length / k,
    logs = new Float64Array(n); // log q(z|x) of one z, for each image
  let information = 0,
    marginal = 0;
  for (let row = 0; row < n; row++) {
    let top = -Infinity;
    for (let other = 0; other < n; other++) {
      logs[other] = 0;
      for (let i = 0, at = other * k; i < k; i++, at++)
        logs[other] -=
          0.5 * ((z[row * k + i] - mean[at]) ** 2 * Math.exp(-logVar[at]) + logVar[at] + Math.log(2 * Math.PI));
      if (logs[other] > top) top = logs[other];
    }
    const log = top + Math.log(logs.reduce((sum, value) => sum + Math.exp(value - top), 0) / n);
    information += (logs[row] - log) / n;
    marginal += (log - logPrior[row]) / n;
  }
  return { mutual_information: information, marginal_kl: marginal };
}

// The accuracy of classification by the labels of the five nearest training codes. In a tie the smaller label wins.
/**
 * @param {Numbers} trainCodes @param {Numbers} trainLabels @param {Numbers} testCodes @param {Numbers} testLabels
 * @param {number} k
 */
export function knnLabelAccuracy(trainCodes, trainLabels, testCodes, testLabels, k) {
  const { rows } = nearestRows(NEIGHBOURS, trainCodes, k, testCodes);
  let right = 0;
  for (let point = 0; point < testLabels.length; point++) {
    const votes = new Array(256).fill(0);
    for (const row of rows.subarray(point * NEIGHBOURS, (point + 1) * NEIGHBOURS)) votes[trainLabels[row]] += 1;
    if (votes.indexOf(Math.max(...votes)) === testLabels[point]) right += 1;
  }
  return right / testLabels.length;
}
