// The nearest of many points, in any number of dimensions, and how dense the points lie. No DOM.

// columns: the points, an array a dimension; point: one number each; count: how many; allowed(row): which points count, all if left out.
// Returns {rows, distances}, nearest first. Fewer than `count` where there are not so many.
export function nearest(columns, point, count, allowed = null) {
  const n = columns[0].length, rows = [], squares = [];
  for (let row = 0; row < n; row++) {
    let square = 0;
    for (let d = 0; d < columns.length; d++) square += (columns[d][row] - point[d]) ** 2;
    if (rows.length === count && square >= squares[count - 1]) continue;
    if (allowed && !allowed(row)) continue;
    let at = rows.length < count ? rows.push(row) - 1 : count - 1;
    for (; at > 0 && squares[at - 1] > square; at--) [rows[at], squares[at]] = [rows[at - 1], squares[at - 1]];
    [rows[at], squares[at]] = [row, square];
  }
  return { rows, distances: squares.map(Math.sqrt) };
}

// log of the density of points at `point`, nats: k / (n · volume of the ball that just holds the k nearest) (Loftsgaarden & Quesenberry 1965).
export function logDensity(columns, point, k = 10) {
  const d = columns.length, { rows, distances } = nearest(columns, point, k);
  return Math.log(rows.length / columns[0].length) - logBall(d) - d * Math.log(Math.max(distances.at(-1), 1e-6));
}

// log of the volume of the unit ball in d dimensions: V_d = V_(d−2) · 2π / d.
export function logBall(d) {
  let log = d % 2 ? Math.log(2) : 0;
  for (let i = d % 2 ? 3 : 2; i <= d; i += 2) log += Math.log((2 * Math.PI) / i);
  return log;
}
