// A decoder's logits as pictures.

/** @import { Numbers } from "../kernel/types.js" */

// The sigmoid of the logits as pixels, 0 to 255.
/** @param {Numbers} logits */
export function pixelsOf(logits) {
  const pixels = new Uint8Array(logits.length);
  for (let i = 0; i < pixels.length; i++) pixels[i] = Math.round(255 / (1 + Math.exp(-logits[i])));
  return pixels;
}

// Draws the sigmoid of the logits into a canvas of side x side pixels.
/** @param {HTMLCanvasElement} canvas @param {Numbers} logits @param {number} side */
export function drawLogits(canvas, logits, side) {
  drawPixels(canvas, side, pixelsOf(logits));
}

// pixels: 0 to 255, row by row; in colour all red ones, then all green, then all blue.
/** @param {HTMLCanvasElement} canvas @param {number} side @param {Numbers} pixels */
export function drawPixels(canvas, side, pixels) {
  if (canvas.width !== side) canvas.width = canvas.height = side;
  const context = canvas.getContext("2d");
  const image = context.createImageData(side, side);
  putPixels(image, 0, 0, side, pixels);
  context.putImageData(image, 0, 0);
}

// Copies such a picture into a larger one, at the given column and row.
/** @param {ImageData} image @param {number} left @param {number} top @param {number} side @param {Numbers} pixels */
export function putPixels(image, left, top, side, pixels) {
  const area = side * side,
    [green, blue] = pixels.length === area ? [0, 0] : [area, 2 * area];
  for (let row = 0, i = 0; row < side; row++) {
    for (let column = 0, at = 4 * ((top + row) * image.width + left); column < side; column++, i++, at += 4) {
      image.data[at] = Math.round(pixels[i]);
      image.data[at + 1] = Math.round(pixels[i + green]);
      image.data[at + 2] = Math.round(pixels[i + blue]);
      image.data[at + 3] = 255;
    }
  }
}
