// The decoder's forward pass: the same as Decoder in explorer/models.py.

import { Perceptron } from "./perceptron.js";

/** @import { Numbers, Tensors } from "./types.js" */

export class Decoder {
  // tensors: from readSafetensors.
  /** @param {Tensors} tensors */
  constructor(tensors) {
    this.body = new Perceptron(tensors, "decoder.body", { transposed: true });
  }

  // z: latent_dim numbers. Returns the logits of the pixels, in an array that the next call overwrites.
  /** @param {Numbers} z */
  decode(z) {
    return this.body.forward(z);
  }
}
