// Products of matrices, which take most of the time of a training. A matrix is one array, row by row.

/** @typedef {Float64Array} Reals  or a Float32Array in its place, which has the same methods */

// Adds the product a · b to c. c: (m, n); a: (m, k), or its transpose (k, m) if `transposed`; b: (k, n).
/**
 * @param {Reals} c @param {Reals} a @param {Reals} b @param {number} m @param {number} k @param {number} n
 * @param {boolean} transposed
 */
export function addProduct(c, a, b, m, k, n, transposed = false) {
  // V8 may hold a whole number that came from a division as a double, with which it computes places at half the speed
  [m, k, n] = [m | 0, k | 0, n | 0];
  const down = transposed ? 1 : k, // from a row of `a` to the next
    along = transposed ? m : 1; // from a step of the inner dimension to the next
  let row = 0;
  for (; row + 3 < m; row += 4) addToFourRows(c, a, b, row * n, row * down, k, n, down, along);
  for (; row < m; row++) addToRow(c, a, b, row * n, row * down, 0, k, n, along);
}

// The same for four rows of c and a, from `to` and `from` on. Four steps of the inner dimension are taken at once: so
// each number that is read serves four products, which is 1.4 times as fast as two steps, and some five times as fast
// as the three plain loops.
/**
 * @param {Reals} c @param {Reals} a @param {Reals} b @param {number} to @param {number} from @param {number} k
 * @param {number} n @param {number} down @param {number} along
 */
function addToFourRows(c, a, b, to, from, k, n, down, along) {
  const c1 = to + n,
    c2 = c1 + n,
    c3 = c2 + n;
  let step = 0;
  for (; step + 3 < k; step += 4) {
    // prettier-ignore
    const p = from + step * along, q = p + down, r = q + down, s = r + down, two = 2 * along, three = 3 * along,
      a00 = a[p], a01 = a[p + along], a02 = a[p + two], a03 = a[p + three],
      a10 = a[q], a11 = a[q + along], a12 = a[q + two], a13 = a[q + three],
      a20 = a[r], a21 = a[r + along], a22 = a[r + two], a23 = a[r + three],
      a30 = a[s], a31 = a[s + along], a32 = a[s + two], a33 = a[s + three],
      b0 = step * n, b1 = b0 + n, b2 = b1 + n, b3 = b2 + n;
    for (let j = 0; j < n; j++) {
      const w = b[b0 + j],
        x = b[b1 + j],
        y = b[b2 + j],
        z = b[b3 + j];
      c[to + j] += a00 * w + a01 * x + a02 * y + a03 * z;
      c[c1 + j] += a10 * w + a11 * x + a12 * y + a13 * z;
      c[c2 + j] += a20 * w + a21 * x + a22 * y + a23 * z;
      c[c3 + j] += a30 * w + a31 * x + a32 * y + a33 * z;
    }
  }
  if (step < k) for (let i = 0; i < 4; i++) addToRow(c, a, b, to + i * n, from + i * down, step, k, n, along);
}

// The same for one row, from `step` on.
/**
 * @param {Reals} c @param {Reals} a @param {Reals} b @param {number} to @param {number} from @param {number} step
 * @param {number} k @param {number} n @param {number} along
 */
function addToRow(c, a, b, to, from, step, k, n, along) {
  for (; step < k; step++) {
    const factor = a[from + step * along],
      start = step * n;
    for (let j = 0; j < n; j++) c[to + j] += factor * b[start + j];
  }
}

// Writes the transpose of a (m, k) into `to` (k, m).
/** @param {Reals} to @param {Reals} a @param {number} m @param {number} k */
export function transpose(to, a, m, k) {
  for (let row = 0, at = 0; row < m; row++) {
    for (let place = row; place < k * m; place += m, at++) to[place] = a[at];
  }
}
