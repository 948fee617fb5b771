// The decoder's forward pass: the same as Decoder in explorer/models.py.

import { Perceptron, softplus } from "./perceptron.js";

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

// −log p(x|z): the binary cross-entropy −Σ x log s + (1 − x) log (1 − s), s the sigmoid of the logits, summed over the
// pixels x in [0, 1], in nats.
/** @param {Numbers} logits @param {Numbers} x */
export function crossEntropy(logits, x) {
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += softplus(logits[i]) - x[i] * logits[i];
  return sum;
}
