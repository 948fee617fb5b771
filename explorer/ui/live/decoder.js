// The decoder's forward pass, the same as models.Decoder, and the pictures that it gives.

import { Perceptron } from "./perceptron.js";

export class Decoder {
  // tensors: what readSafetensors gives.
  constructor(tensors) {
    this.body = new Perceptron(tensors, "decoder.body");
  }

  // z: latent_dim numbers. Returns the logits of the pixels, in an array that the next call overwrites.
  decode(z) {
    return this.body.forward(z);
  }
}

// Draws the sigmoid of the logits, white on black, into a canvas of side x side pixels.
export function drawLogits(canvas, logits, side) {
  drawPixels(canvas, side, (i) => 255 / (1 + Math.exp(-logits[i])));
}

// value(i): the i-th pixel, 0 to 255, row by row.
export function drawPixels(canvas, side, value) {
  if (canvas.width !== side) canvas.width = canvas.height = side;
  const context = canvas.getContext("2d");
  const image = context.createImageData(side, side);
  for (let i = 0; i < side * side; i++) {
    const at = 4 * i;
    image.data[at] = image.data[at + 1] = image.data[at + 2] = Math.round(value(i));
    image.data[at + 3] = 255;
  }
  context.putImageData(image, 0, 0);
}
