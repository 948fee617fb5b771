// Linear layers, or convolutions, with a ReLU between them: the forward pass of multilayer_perceptron() and
// convolutions() in explorer/models.py. And what turns a logit into a probability and its logarithm.

import { Convolution } from "./convolution.js";

/** @typedef {{inputs: number, weight: Numbers, bias: Numbers, result: Float32Array}} Linear  a linear layer */
/** @import { Numbers, Tensors } from "./types.js" */

export class Perceptron {
  // tensors: from readSafetensors, with PREFIX.0.weight (out, in), PREFIX.0.bias, PREFIX.2 and so on; last: whether a
  // ReLU follows the last layer; transposed: whether its convolutions are transposed.
  /** @param {Tensors} tensors @param {string} prefix @param {{last?: boolean, transposed?: boolean}} options */
  constructor(tensors, prefix, { last = false, transposed = false } = {}) {
    const numbers = Object.keys(tensors)
      .map((name) => name.match(/^(.*)\.(\d+)\.weight$/))
      .filter((found) => found?.[1] === prefix)
      .map((found) => Number(found[2]));
    this.layers = numbers.sort((a, b) => a - b).map((i) => layer(tensors, `${prefix}.${i}`, transposed));
    this.convolves = this.layers.some((one) => one instanceof Convolution);
    this.last = last;
  }

  // x: the inputs of the first layer. Returns the outputs of the last, in an array that the next call overwrites.
  /** @param {Numbers} x */
  forward(x) {
    let activations = /** @type {Float32Array} */ (x);
    this.layers.forEach((layer, index) => {
      activations = applied(layer, activations);
      if (!this.last && index === this.layers.length - 1) return;
      for (let i = 0; i < activations.length; i++) if (activations[i] < 0) activations[i] = 0;
    });
    return activations;
  }
}

// One layer by its name, for `applied`; a linear one also for `linear`.
/** @param {Tensors} tensors @param {string} name @param {boolean} transposed */
export function layer(tensors, name, transposed = false) {
  const weight = tensors[`${name}.weight`],
    {
      shape: [outputs, inputs],
      values,
    } = weight,
    bias = tensors[`${name}.bias`].values;
  return weight.shape.length === 4
    ? new Convolution(weight, bias, transposed)
    : { inputs, weight: values, bias, result: new Float32Array(outputs) };
}

// The outputs of a layer for x, in the layer's own array.
/** @param {Convolution | Linear} layer @param {Numbers} x @returns {Float32Array} */
export const applied = (layer, x) => (layer instanceof Convolution ? layer.apply(x) : linear(layer, x));

// A layer without its bias and with its own array, to propagate a derivative.
/** @param {Convolution | Linear} layer */
export const unbiased = (layer) =>
  layer instanceof Convolution
    ? layer.unbiased()
    : { ...layer, bias: new Float32Array(layer.bias.length), result: new Float32Array(layer.result.length) };

// Returns weight x + bias, in the layer's own array.
/** @param {Linear} layer @param {Numbers} x */
export function linear({ inputs, weight, bias, result }, x) {
  const whole = inputs - (inputs % 4);
  for (let row = 0, at = 0; row < result.length; row++, at += inputs) {
    let a = bias[row],
      b = 0,
      c = 0,
      d = 0; // four sums, so that they need not wait for each other
    for (let i = 0; i < whole; i += 4) {
      a += weight[at + i] * x[i];
      b += weight[at + i + 1] * x[i + 1];
      c += weight[at + i + 2] * x[i + 2];
      d += weight[at + i + 3] * x[i + 3];
    }
    for (let i = whole; i < inputs; i++) a += weight[at + i] * x[i];
    result[row] = a + b + (c + d);
  }
  return result;
}

// The sigmoid of a logit, and the negative logarithm of it, without overflow.

/** @param {number} logit */
export const sigmoid = (logit) => (logit >= 0 ? 1 / (1 + Math.exp(-logit)) : Math.exp(logit) / (1 + Math.exp(logit)));

// log(1 + exp(value)): −log sigmoid(logit) is softplus(−logit).
/** @param {number} value */
export const softplus = (value) => Math.max(value, 0) + Math.log1p(Math.exp(-Math.abs(value)));

// The mean over logits of −log sigmoid(logit) (sign 1) or −log(1 − sigmoid(logit)) (sign −1), and its derivative by
// each logit, in a new array.
/** @param {import("./training/products.js").Reals} logits @param {1 | -1} sign */
export function logistic(logits, sign) {
  const n = logits.length,
    slope = logits.slice();
  let loss = 0;
  for (let i = 0; i < n; i++) {
    loss += softplus(-sign * logits[i]) / n;
    slope[i] = (-sign * sigmoid(-sign * logits[i])) / n;
  }
  return { loss, slope };
}
