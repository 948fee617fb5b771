// Nearest neighbours among many points in any number of dimensions, and the density of points.

/** @import { Columns, Numbers, Pair } from "./types.js" */

/**
 * @typedef {{begin?: number, end?: number, dimension?: number, cut?: number, below?: Box, above?: Box}} Box  of a tree
 * @typedef {{k: number, rows: Int32Array, distances: Float64Array}} Neighbourhoods
 */

const LEAF = 12; // points in a tree's smallest boxes

// The nearest points. columns: the points, one array per dimension; point: one number per dimension; count: how many to
// return; allowed(row): whether a point may be returned (default: all). Returns {rows, distances}, nearest first. Of
// equally near points the first rows are returned; fewer than `count` if there are fewer points.
/**
 * @param {Columns} columns @param {Numbers} point @param {number} count
 * @param {((row: number) => boolean) | null} allowed
 */
export function nearest(columns, point, count, allowed = null) {
  const found = new Found(count);
  for (let row = 0; row < columns[0].length; row++) {
    let square = 0;
    for (let d = 0; d < columns.length; d++) square += (columns[d][row] - point[d]) ** 2;
    if (square <= found.reach && !(allowed && !allowed(row))) found.add(row, square);
  }
  return found.result();
}

// The classes of the nearest codes: {votes: [[class, how many of them]], most first, of two alike the nearer one; of:
// how many were asked}.
/** @param {{mean: Columns, label: Numbers}} codes @param {Numbers} place @param {number} count */
export function classesNear({ mean, label }, place, count = 10) {
  const { rows } = nearest(mean, place, count);
  /** @type {Map<number, number>} */
  const votes = new Map();
  for (const row of rows) votes.set(label[row], (votes.get(label[row]) ?? 0) + 1);
  return { votes: [...votes].sort((a, b) => b[1] - a[1]), of: rows.length };
}

// `nearest` with a k-d tree, which pays off for many queries.
export class Tree {
  /** @param {Columns} columns */
  constructor(columns) {
    const n = columns[0].length,
      d = columns.length;
    this.dimensions = d;
    this.rows = Int32Array.from({ length: n }, (_, row) => row);
    this.root = this.split(columns, 0, n);
    this.points = new Float64Array(n * d); // in the tree's order, a point after the other
    this.rows.forEach((row, at) => {
      for (let i = 0; i < d; i++) this.points[at * d + i] = columns[i][row];
    });
  }

  // The node for the rows from begin to end, split at the median of its widest dimension.
  /** @param {Columns} columns @param {number} begin @param {number} end @returns {Box} */
  split(columns, begin, end) {
    if (end - begin <= LEAF) return { begin, end };
    let widest = -1,
      dimension = 0;
    columns.forEach((column, i) => {
      let low = Infinity,
        high = -Infinity;
      for (let at = begin; at < end; at++) {
        const value = column[this.rows[at]];
        if (value < low) low = value;
        if (value > high) high = value;
      }
      if (high - low > widest) [widest, dimension] = [high - low, i];
    });
    const column = columns[dimension],
      middle = (begin + end) >> 1;
    this.rows.subarray(begin, end).sort((a, b) => column[a] - column[b]);
    const cut = column[this.rows[middle]];
    return { dimension, cut, below: this.split(columns, begin, middle), above: this.split(columns, middle, end) };
  }

  /** @param {Numbers} point @param {number} count @param {((row: number) => boolean) | null} allowed */
  nearest(point, count, allowed = null) {
    const found = new Found(count);
    this.search(this.root, point, found, allowed);
    return found.result();
  }

  /** @param {Box} box @param {Numbers} point @param {Found} found @param {((row: number) => boolean) | null} allowed */
  search(box, point, found, allowed) {
    if (box.below) {
      const past = point[box.dimension] - box.cut;
      this.search(past < 0 ? box.below : box.above, point, found, allowed);
      if (past * past <= found.reach) this.search(past < 0 ? box.above : box.below, point, found, allowed);
      return;
    }
    const { points, dimensions } = this;
    for (let at = box.begin; at < box.end; at++) {
      let square = 0;
      for (let i = 0, p = at * dimensions; i < dimensions && square <= found.reach; i++, p++)
        square += (points[p] - point[i]) ** 2;
      if (square <= found.reach && !(allowed && !allowed(this.rows[at]))) found.add(this.rows[at], square);
    }
  }
}

// The nearest points found so far, in order.
class Found {
  /** @param {number} count */
  constructor(count) {
    this.count = count;
    this.rows = [];
    this.squares = [];
    this.reach = Infinity; // reach: what a square may be, to be one of them
  }

  /** @param {number} row @param {number} square */
  add(row, square) {
    const { rows, squares, count } = this;
    const before = (i) => squares[i] < square || (squares[i] === square && rows[i] < row);
    if (rows.length === count && before(count - 1)) return;
    let at = rows.length < count ? rows.push(row) - 1 : count - 1;
    for (; at > 0 && !before(at - 1); at--) [rows[at], squares[at]] = [rows[at - 1], squares[at - 1]];
    [rows[at], squares[at]] = [row, square];
    if (rows.length === count) this.reach = squares[count - 1];
  }

  result() {
    return { rows: this.rows, distances: this.squares.map(Math.sqrt) };
  }
}

// The point with the smallest sum of distances to all others (in the plane); the first, if there are several.
/** @param {Pair[]} places */
export function medoid(places) {
  const sums = places.map(([x, y]) => places.reduce((sum, [a, b]) => sum + Math.hypot(a - x, b - y), 0));
  return places[sums.indexOf(Math.min(...sums))];
}

// The k nearest neighbours of every point: {k, rows (n·k), distances (n·k)}, the points one after the other. Lets
// frames and input in between.
/** @param {Columns} columns @param {number} k @returns {Promise<Neighbourhoods>} */
export async function neighbourhoods(columns, k = 10) {
  const n = columns[0].length,
    tree = new Tree(columns),
    rows = new Int32Array(n * k),
    distances = new Float64Array(n * k);
  for (let row = 0, begun = performance.now(); row < n; row++) {
    const found = tree.nearest(
      columns.map((column) => column[row]),
      k,
      (other) => other !== row,
    );
    rows.set(found.rows, row * k);
    distances.set(found.distances, row * k);
    if (performance.now() - begun < 12) continue;
    await new Promise((resolve) => setTimeout(resolve));
    begun = performance.now();
  }
  return { k, rows, distances };
}

// The points whose neighbours are more often of one other class than of their own: [{row, other, votes}], most votes
// first.
/** @param {Neighbourhoods} neighbourhoods @param {Numbers} label */
export function misplaced({ k, rows }, label) {
  const found = [];
  for (let row = 0; row < label.length; row++) {
    const votes = new Map();
    for (const near of rows.subarray(row * k, (row + 1) * k)) votes.set(label[near], (votes.get(label[near]) ?? 0) + 1);
    let other = null;
    for (const [which, count] of votes)
      if (which !== label[row] && (other === null || count > votes.get(other))) other = which;
    if (other !== null && votes.get(other) > (votes.get(label[row]) ?? 0))
      found.push({ row, other, votes: votes.get(other) });
  }
  return found.sort((a, b) => b.votes - a.votes || a.row - b.row);
}

// The log of the density of points at `point`, in nats: k / (n · volume of the ball that just contains the k nearest)
// (Loftsgaarden & Quesenberry 1965). Where the density is constant, it is too large by log k − ψ(k) on average, 0.05
// for k = 10, because ψ(k) is the mean of the log of the ball's mass.
/** @param {Columns} columns @param {Numbers} point @param {number} k */
export function logDensity(columns, point, k = 10) {
  const { rows, distances } = nearest(columns, point, k);
  return logDensityWithin(rows.length, columns[0].length, columns.length, distances.at(-1));
}

// The same from a known distance to the k-th nearest of n points in d dimensions.
/** @param {number} k @param {number} n @param {number} d @param {number} distance */
export function logDensityWithin(k, n, d, distance) {
  return Math.log(k / n) - logBall(d) - d * Math.log(Math.max(distance, 1e-6));
}

// The log of the volume of the unit ball in d dimensions: V_d = V_(d−2) · 2π / d.
/** @param {number} d */
export function logBall(d) {
  let log = d % 2 ? Math.log(2) : 0;
  for (let i = d % 2 ? 3 : 2; i <= d; i += 2) log += Math.log((2 * Math.PI) / i);
  return log;
}
