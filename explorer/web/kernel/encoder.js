// The encoder's forward pass: the same as Encoder in explorer/models.py.

import { layer, linear, Perceptron } from "./perceptron.js";

/** @import { Numbers, Tensors } from "./types.js" */

/** @param {Tensors} tensors */
export const encoderOf = (tensors) => new Encoder(tensors);

export class Encoder {
  // tensors: from readSafetensors.
  /** @param {Tensors} tensors */
  constructor(tensors) {
    this.body = new Perceptron(tensors, "encoder.body.0", { last: true });
    this.heads = {
      mean: layer(tensors, "encoder.mean"),
      logVar: tensors["encoder.log_var.weight"] ? layer(tensors, "encoder.log_var") : null,
    };
  }

  // x: pixels in [0, 1], row by row. Returns {mean, logVar} in new arrays; logVar is null for a deterministic encoder.
  /** @param {Numbers} x */
  encode(x) {
    const features = this.body.forward(x);
    const { mean, logVar } = this.heads;
    return {
      mean: Float32Array.from(linear(mean, features)),
      logVar: logVar && Float32Array.from(linear(logVar, features)),
    };
  }
}
