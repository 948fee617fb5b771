// Arithmetic with the means of classes' codes, in all dimensions. No DOM.

import { nearest } from "../../kernel/nearest.js";

// The mean of a class's codes (of the means of q(z|x), for a VAE): a number a dimension, or null for a class without
// codes.
export function classMean({ mean, label }, which) {
  const rows = [...label.keys()].filter((row) => label[row] === which);
  if (!rows.length) return null;
  return mean.map((column) => rows.reduce((sum, row) => sum + column[row], 0) / rows.length);
}

// start + mean of class a − mean of class b: {from: mean of b, to: mean of a, result}, or null.
export function moveByClasses(codes, a, b, start) {
  const to = classMean(codes, a),
    from = classMean(codes, b);
  if (!to || !from) return null;
  return { from, to, result: start.map((value, i) => value + to[i] - from[i]) };
}

// The class that most of the nearest codes have: {which, share, of: how many were asked}.
export function classNear({ mean, label }, place, count = 10) {
  const { rows } = nearest(mean, place, count),
    votes = new Map();
  for (const row of rows) votes.set(label[row], (votes.get(label[row]) ?? 0) + 1);
  // the nearer class, of two alike
  const [which, share] = [...votes].reduce((best, one) => (one[1] > best[1] ? one : best));
  return { which, share, of: rows.length };
}
