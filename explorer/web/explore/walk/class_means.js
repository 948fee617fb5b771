// Arithmetic with the means of classes' codes, in all dimensions. No DOM.

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
