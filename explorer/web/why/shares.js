// Of which class are draws of the prior? A draw's class is that of the nearest code of a test image. No DOM.

import { seededUniform, standardNormal } from "../kernel/random.js";

/** @import { Numbers } from "../kernel/types.js" */

export const DRAWS = 1000;

// The draws of N(0, I) of a seed, a pair each.
/** @param {number} seed @returns {[number, number][]} */
export function drawsOf(seed, count = DRAWS) {
  const noise = standardNormal(2 * count, seededUniform(seed));
  return Array.from({ length: count }, (_, i) => [noise[2 * i], noise[2 * i + 1]]);
}

// The class of each point. tree: of the codes, see kernel/nearest.js; label: the class of each code.
/** @param {import("../kernel/nearest.js").Tree} tree @param {Numbers} label @param {[number, number][]} points */
export const classesOf = (tree, label, points) => points.map((point) => label[tree.nearest(point, 1).rows[0]]);

// The share of each of so many classes.
/** @param {Numbers} classes @param {number} count @returns {number[]} */
export function sharesOf(classes, count) {
  const found = new Array(count).fill(0);
  for (let i = 0; i < classes.length; i++) found[classes[i]] += 1 / classes.length;
  return found;
}

// The class with the smallest share against `usual`, the shares in the test set; only those that it has.
/** @param {number[]} shares @param {number[]} usual */
export function rarest(shares, usual) {
  const known = [...shares.keys()].filter((which) => usual[which] > 0);
  return known.reduce((a, b) => (shares[b] / usual[b] < shares[a] / usual[a] ? b : a));
}
