// A network that learns in the browser: linear layers with a SiLU or a ReLU between them, its gradients, and Adam.
//
// A batch is n points of k numbers, one after the other in one array. A network computes in double precision, or in
// single precision, which takes half the memory: its points are then a Float32Array too.

import { NUMBERS } from "./numbers.js";
import { addProduct, transpose } from "./training/products.js";

/**
 * @import { Reals } from "./training/products.js"
 * @typedef {{mean: Float64Array, std: Float64Array}} Statistics  of a batch, a number for each input
 * @typedef {object} Layer  with what the last passes left in it
 * @property {number} inputs
 * @property {number} outputs
 * @property {Reals} [weight]  (outputs, inputs)
 * @property {Reals} [bias]
 * @property {Reals} [weightGradient]
 * @property {Reals} [biasGradient]
 * @property {Reals} [turned]  the transposed weight
 * @property {Reals} [input]
 * @property {Reals} [sum]  before the activation
 * @property {Reals} [result]  after it
 * @property {Reals} [slope]  the derivative of the loss by `sum`
 * @property {Reals} [below]  its derivative by the input
 * @property {Reals} [along]  see addGradientOfSlope
 * @property {Reals} [mixed]  see addGradientOfSlope
 */

// The activations: `apply` writes their values at `sum`; `pass` multiplies the slopes behind them by their derivatives.
const ACTIVATIONS = {
  // d SiLU(x) / dx = s (1 + x (1 − s)), s = sigmoid(x)
  silu: {
    /** @param {Reals} result @param {Reals} sum */
    apply(result, sum) {
      for (let i = 0; i < sum.length; i++) result[i] = sum[i] / (1 + Math.exp(-sum[i]));
    },
    /** @param {Reals} slope @param {Reals} sum */
    pass(slope, sum) {
      for (let i = 0; i < sum.length; i++) {
        const s = 1 / (1 + Math.exp(-sum[i]));
        slope[i] *= s * (1 + sum[i] * (1 - s));
      }
    },
  },
  relu: {
    /** @param {Reals} result @param {Reals} sum */
    apply(result, sum) {
      for (let i = 0; i < sum.length; i++) result[i] = sum[i] > 0 ? sum[i] : 0;
    },
    /** @param {Reals} slope @param {Reals} sum */
    pass(slope, sum) {
      for (let i = 0; i < sum.length; i++) if (!(sum[i] > 0)) slope[i] = 0;
    },
  },
};
const EPSILON = 1e-5; // added to a batch's variance, as batch norm does
const NEGLIGIBLE = NUMBERS.negligible_moment;

export class Network {
  // widths: of the input, the hidden layers and the output. uniform: a source of numbers in [0, 1) for the initial
  // weights and biases, distributed as in torch's Linear. standardise: whether each batch is first scaled to mean 0 and
  // variance 1 per dimension, by its own mean and variance (batch normalisation without weights). Numbers: the type of
  // its arrays.
  /**
   * @param {number[]} widths @param {() => number} uniform
   * @param {{activation?: "silu" | "relu", standardise?: boolean, Numbers?: Float64ArrayConstructor}} options
   */
  constructor(widths, uniform, { activation = "silu", standardise = false, Numbers = Float64Array } = {}) {
    this.widths = widths;
    this.standardise = standardise;
    this.activation = activation;
    this.Numbers = Numbers;
    /** @type {Layer[]} */
    this.layers = widths.slice(1).map((outputs, i) => ({ inputs: widths[i], outputs }));
    const size = this.layers.reduce((sum, { inputs, outputs }) => sum + outputs * (inputs + 1), 0);
    /** @type {Reals} */
    this.weights = new Numbers(size); // of every layer: (outputs, inputs), then the biases
    /** @type {Reals} */
    this.gradient = new Numbers(size);
    let at = 0;
    for (const layer of this.layers) {
      const { inputs, outputs } = layer,
        limit = 1 / Math.sqrt(inputs);
      const sizes = /** @type {["weight" | "bias", number][]} */ ([
        ["weight", outputs * inputs],
        ["bias", outputs],
      ]);
      for (const [name, length] of sizes) {
        layer[name] = this.weights.subarray(at, at + length);
        layer[`${name}Gradient`] = this.gradient.subarray(at, at + length);
        for (let i = 0; i < length; i++) layer[name][i] = limit * (2 * uniform() - 1);
        at += length;
      }
    }
  }

  // points: n · widths[0] numbers. Returns n · (the last width) numbers, in an array that the next call overwrites.
  // statistics: {mean, std} to standardise with, instead of those of the batch.
  /** @param {Reals} points @param {number} n @param {Statistics | null} statistics @returns {Reals} */
  forward(points, n = points.length / this.widths[0], statistics = null) {
    this.n = n;
    this.seen = points;
    if (this.standardise) {
      this.statistics = statistics ?? batchStatistics(points, n, this.widths[0]);
      const { mean, std } = this.statistics,
        k = this.widths[0];
      this.seen = this.Numbers.from({ length: n * k }, (_, i) => (points[i] - mean[i % k]) / std[i % k]);
    }
    let input = this.seen;
    this.layers.forEach((layer, index) => {
      layer.input = input;
      layer.sum = this.times(layer, input, layer.sum);
      if (index === this.layers.length - 1) return;
      layer.result = this.sized(layer.result, layer.sum.length);
      ACTIVATIONS[this.activation].apply(layer.result, layer.sum);
      input = layer.result;
    });
    return this.layers.at(-1).sum;
  }

  // A layer's outputs for n inputs: input · weightᵀ + bias. to: an array that may be overwritten; biased: false leaves
  // the bias out.
  /** @param {Layer} layer @param {Reals} input @param {Reals | undefined} to @param {boolean} biased */
  times(layer, input, to, biased = true) {
    const { n } = this,
      { inputs, outputs, weight, bias } = layer,
      sum = this.sized(to, n * outputs);
    if (biased) for (let at = 0; at < sum.length; at += outputs) sum.set(bias, at);
    else sum.fill(0);
    layer.turned ??= new this.Numbers(inputs * outputs);
    transpose(layer.turned, weight, outputs, inputs);
    addProduct(sum, input, layer.turned, n, inputs, outputs);
    return sum;
  }

  clearGradient() {
    this.gradient.fill(0);
  }

  // Backward pass, after a forward pass: adds the gradient by the weights to `gradient`, and returns the gradient by
  // the points (n · widths[0] numbers). slope: the derivative of the loss by each output. weights: false skips the
  // gradient by the weights; points: false skips the gradient by the points.
  /** @param {Reals} slope @param {{weights?: boolean, points?: boolean}} options @returns {Reals | null} */
  backward(slope, { weights = true, points = true } = {}) {
    const { n } = this;
    for (let index = this.layers.length - 1; index >= 0; index--) {
      const layer = this.layers[index],
        { inputs, outputs, input, weight } = layer;
      layer.slope = slope;
      if (weights) this.addGradient(layer, input, null);
      if (index === 0 && !points) return null;
      // of the points in a new array, which the caller may keep
      const below = this.sized(index === 0 ? undefined : layer.below, n * inputs);
      below.fill(0);
      addProduct(below, slope, weight, n, outputs, inputs);
      if (index > 0) {
        layer.below = below;
        ACTIVATIONS[this.activation].pass(below, this.layers[index - 1].sum);
      }
      slope = below;
    }
    return this.standardise ? throughStatistics(slope, this.seen, this.statistics, n, this.widths[0]) : slope;
  }

  // Adds a layer's part of the gradient: Σ slope · inputᵀ by its weight and Σ share · slope by its bias, over the
  // batch. share: a number for each point; null: 1.
  /** @param {Layer} layer @param {Reals} input @param {Reals | null} share */
  addGradient({ inputs, outputs, slope, weightGradient, biasGradient }, input, share) {
    const { n } = this;
    for (let row = 0, at = 0; row < n; row++) {
      const factor = share ? share[row] : 1;
      for (let o = 0; o < outputs; o++, at++) biasGradient[o] += factor * slope[at];
    }
    addProduct(weightGradient, slope, input, outputs, n, inputs, true);
  }

  // For a network f with one output and ReLUs: adds the gradient by the weights of Σ share f(x) + direction · ∇f(x)
  // over the points x of the batch. It follows forward() and backward() with slopes of 1, which gives ∇f(x) at each
  // point. share: a number for each point; direction: as many numbers as the points.
  //
  // Between its kinks f is linear in x, so direction · ∇f(x) is what f would be at `direction` without its biases. With
  // u = direction, each layer gets Σ slope · (share · input + u)ᵀ, and passes weight · u on where its ReLU is open.
  /** @param {Reals} share @param {Reals} direction */
  addGradientOfSlope(share, direction) {
    let along = direction;
    this.layers.forEach((layer, index) => {
      const { inputs, input } = layer,
        mixed = this.sized(layer.mixed, along.length);
      layer.mixed = mixed;
      for (let row = 0, at = 0; row < this.n; row++)
        for (let i = 0; i < inputs; i++, at++) mixed[at] = along[at] + share[row] * input[at];
      this.addGradient(layer, mixed, share);
      if (index === this.layers.length - 1) return;
      along = layer.along = this.times(layer, along, layer.along, false);
      ACTIVATIONS.relu.pass(along, layer.sum);
    });
  }

  // An array of this length: `array`, a part of its memory, or a new one.
  /** @param {Reals | undefined} array @param {number} length @returns {Reals} */
  sized(array, length) {
    if (array?.length === length) return array;
    const { Numbers } = this,
      fits = array && array.buffer.byteLength >= length * Numbers.BYTES_PER_ELEMENT;
    return fits ? new Numbers(/** @type {ArrayBuffer} */ (array.buffer), 0, length) : new Numbers(length);
  }
}

// The mean of each dimension of a batch, and the root of its variance (divided by n) plus EPSILON.
/** @param {Reals} points @param {number} n @param {number} k @returns {Statistics} */
export function batchStatistics(points, n, k) {
  const mean = new Float64Array(k),
    std = new Float64Array(k);
  for (let i = 0; i < n * k; i++) mean[i % k] += points[i] / n;
  for (let i = 0; i < n * k; i++) std[i % k] += (points[i] - mean[i % k]) ** 2 / n;
  return { mean, std: std.map((variance) => Math.sqrt(variance + EPSILON)) };
}

// With y = (x − mean) / std over the batch: dx = (dy − average(dy) − y · average(dy · y)) / std.
/**
 * @param {Reals} slope @param {Reals} seen @param {Statistics} statistics @param {number} n
 * @param {number} k
 */
function throughStatistics(slope, seen, { std }, n, k) {
  const average = new Float64Array(k),
    along = new Float64Array(k);
  for (let i = 0; i < n * k; i++) {
    average[i % k] += slope[i] / n;
    along[i % k] += (slope[i] * seen[i]) / n;
  }
  return slope.map((value, i) => (value - average[i % k] - seen[i] * along[i % k]) / std[i % k]);
}

// Adam (Kingma & Ba 2015, arXiv 1412.6980), as in torch.optim.Adam.
export class Adam {
  /** @param {Network} network @param {{betas?: number[], epsilon?: number}} options */
  constructor(network, { betas = [0.9, 0.999], epsilon = 1e-8 } = {}) {
    this.network = network;
    this.betas = betas;
    this.epsilon = epsilon;
    this.steps = 0;
    /** @type {Reals} */
    this.first = new network.Numbers(network.weights.length);
    /** @type {Reals} */
    this.second = new network.Numbers(network.weights.length);
  }

  // One step against the network's gradient, with this learning rate.
  /** @param {number} rate */
  step(rate) {
    const {
      network: { weights, gradient },
      betas: [b1, b2],
      epsilon,
      first,
      second,
    } = this;
    this.steps += 1;
    const size = rate / (1 - b1 ** this.steps),
      root = Math.sqrt(1 - b2 ** this.steps);
    for (let i = 0; i < weights.length; i++) {
      const slope = gradient[i],
        mean = first[i] + (1 - b1) * (slope - first[i]),
        square = second[i] + (1 - b2) * (slope * slope - second[i]);
      first[i] = mean;
      second[i] = square;
      weights[i] -= (size * mean) / (Math.sqrt(square) / root + epsilon);
    }
  }

  // Sets moments that move no weight to 0. Moments of gradients that stay 0 decay to denormal numbers and stay there. A
  // processor is many times slower at those.
  forgetNegligibleMoments() {
    for (const moments of [this.first, this.second])
      for (let i = 0; i < moments.length; i++) if (Math.abs(moments[i]) < NEGLIGIBLE) moments[i] = 0;
  }
}
