// Why a picture blurs: the images whose codes are near to one, and their mean. No DOM.

/** @import { Columns, Numbers } from "../kernel/types.js" */

// The rows of the k codes that are nearest to the code of `row`, which is not among them; the nearest first.
/** @param {Columns} codes @param {number} row @param {number} k @returns {number[]} */
export function nearestRows(codes, row, k) {
  const squares = Float64Array.from(codes[0], (_, other) =>
    codes.reduce((sum, column) => sum + (column[other] - column[row]) ** 2, 0),
  );
  return [...squares.keys()]
    .filter((other) => other !== row)
    .sort((a, b) => squares[a] - squares[b])
    .slice(0, k);
}

// The mean picture.
/** @param {Float32Array[]} images @returns {Float64Array} */
export const meanOf = (images) =>
  Float64Array.from(images[0], (_, i) => images.reduce((sum, image) => sum + image[i], 0) / images.length);

// Σ |difference| over the pixels: in pixels from black to white.
/** @param {Numbers} a @param {Numbers} b */
export function apart(a, b) {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += Math.abs(a[i] - b[i]);
  return sum;
}
