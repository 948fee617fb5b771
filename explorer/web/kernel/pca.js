// Principal components: the plane in which points have the largest variance.

/** @import { Columns, Numbers } from "./types.js" */

const SWEEPS = 30,
  SMALL = 1e-20; // of Jacobi's method: six or seven are enough

// columns: the points, one array per dimension. Returns {columns: [x, y], the centred points along the two axes; share:
// the plane's share of the variance; project(place): the projection of another place}. The largest component of an axis
// is positive, so that its direction is unique.
/**
 * @param {Columns} columns @returns {{columns: Float32Array[], share: number, project: (place: Numbers) => number[]}}
 */
export function principal(columns) {
  const n = columns[0].length,
    centre = columns.map((column) => column.reduce((sum, value) => sum + value, 0) / n);
  const covariance = columns.map((a, i) =>
    columns.map((b, j) => {
      let sum = 0;
      if (j < i) return 0; // filled in below
      for (let row = 0; row < n; row++) sum += (a[row] - centre[i]) * (b[row] - centre[j]);
      return sum / n;
    }),
  );
  for (let i = 0; i < columns.length; i++) for (let j = 0; j < i; j++) covariance[i][j] = covariance[j][i];
  const { values, vectors } = eigen(covariance),
    order = values.map((_, i) => i).sort((a, b) => values[b] - values[a]);
  const axes = order.slice(0, 2).map((which) => {
    const axis = vectors.map((row) => row[which]),
      largest = axis.reduce((a, b) => (Math.abs(b) > Math.abs(a) ? b : a));
    return axis.map((part) => (largest < 0 ? -part : part));
  });
  const along = (axis, at) => axis.reduce((sum, part, d) => sum + part * (at(d) - centre[d]), 0);
  return {
    columns: axes.map((axis) => Float32Array.from(columns[0], (_, row) => along(axis, (d) => columns[d][row]))),
    share: (values[order[0]] + values[order[1]]) / values.reduce((a, b) => a + b),
    project: (place) => axes.map((axis) => along(axis, (d) => place[d])),
  };
}

// The eigenvalues of a symmetric matrix: {values, vectors: a column for each value}. Jacobi's method: rotate two axes
// at a time until everything off the diagonal is 0.
/** @param {number[][]} matrix */
export function eigen(matrix) {
  const n = matrix.length,
    a = matrix.map((row) => [...row]),
    v = matrix.map((_, i) => matrix.map((_, j) => (i === j ? 1 : 0)));
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    let off = 0,
      on = 0;
    for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) i === j ? (on += a[i][j] ** 2) : (off += a[i][j] ** 2);
    if (off <= SMALL * on) break;
    for (let p = 0; p < n; p++) {
      for (let q = p + 1; q < n; q++) {
        if (a[p][q] === 0) continue;
        const theta = (a[q][q] - a[p][p]) / (2 * a[p][q]),
          t = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.hypot(theta, 1));
        const c = 1 / Math.hypot(t, 1),
          s = t * c;
        const turn = (rows, get, put) => {
          for (let k = 0; k < rows; k++) {
            const [x, y] = get(k);
            put(k, c * x - s * y, s * x + c * y);
          }
        };
        turn(
          n,
          (k) => [a[k][p], a[k][q]],
          (k, x, y) => ([a[k][p], a[k][q]] = [x, y]),
        );
        turn(
          n,
          (k) => [a[p][k], a[q][k]],
          (k, x, y) => ([a[p][k], a[q][k]] = [x, y]),
        );
        turn(
          n,
          (k) => [v[k][p], v[k][q]],
          (k, x, y) => ([v[k][p], v[k][q]] = [x, y]),
        );
      }
    }
  }
  return { values: a.map((row, i) => row[i]), vectors: v };
}
