// A network that learns in the browser: linear layers with a SiLU or a ReLU between them, its gradients, and Adam.
//
// All numbers are in double precision. A batch is n points of k numbers, one after the other in one array.

/**
 * @typedef {{mean: Float64Array, std: Float64Array}} Statistics  of a batch, a number for each input
 * @typedef {object} Layer  with what the last forward pass left in it
 * @property {number} inputs
 * @property {number} outputs
 * @property {Float64Array} [weight]  (outputs, inputs)
 * @property {Float64Array} [bias]
 * @property {Float64Array} [weightGradient]
 * @property {Float64Array} [biasGradient]
 * @property {Float64Array} [input]
 * @property {Float64Array} [sum]  before the activation
 * @property {Float64Array} [result]  after it
 */

// The activations with their derivatives: d SiLU(x) / dx = s (1 + x (1 − s)), s = sigmoid(x).
const ACTIVATIONS = {
  silu: {
    value: (x) => x / (1 + Math.exp(-x)),
    slope: (x) => {
      const s = 1 / (1 + Math.exp(-x));
      return s * (1 + x * (1 - s));
    },
  },
  relu: { value: (x) => (x > 0 ? x : 0), slope: (x) => (x > 0 ? 1 : 0) },
};
const EPSILON = 1e-5; // added to a batch's variance, as batch norm does

export class Network {
  // widths: of the input, the hidden layers and the output. uniform: a source of numbers in [0, 1) for the initial
  // weights and biases, distributed as in torch's Linear. standardise: whether each batch is first scaled to mean 0 and
  // variance 1 per dimension, by its own mean and variance (batch normalisation without weights).
  /**
   * @param {number[]} widths @param {() => number} uniform
   * @param {{activation?: "silu" | "relu", standardise?: boolean}} options
   */
  constructor(widths, uniform, { activation = "silu", standardise = false } = {}) {
    this.widths = widths;
    this.standardise = standardise;
    this.activation = ACTIVATIONS[activation];
    /** @type {Layer[]} */
    this.layers = widths.slice(1).map((outputs, i) => ({ inputs: widths[i], outputs }));
    const size = this.layers.reduce((sum, { inputs, outputs }) => sum + outputs * (inputs + 1), 0);
    this.weights = new Float64Array(size); // of every layer: (outputs, inputs), then the biases
    this.gradient = new Float64Array(size);
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
  /** @param {Float64Array} points @param {number} n @param {Statistics | null} statistics */
  forward(points, n = points.length / this.widths[0], statistics = null) {
    this.n = n;
    this.seen = points;
    if (this.standardise) {
      this.statistics = statistics ?? batchStatistics(points, n, this.widths[0]);
      const { mean, std } = this.statistics,
        k = this.widths[0];
      this.seen = Float64Array.from({ length: n * k }, (_, i) => (points[i] - mean[i % k]) / std[i % k]);
    }
    let input = this.seen;
    this.layers.forEach((layer, index) => {
      const { inputs, outputs, weight, bias } = layer,
        whole = inputs - (inputs % 4);
      layer.input = input;
      layer.sum = sized(layer.sum, n * outputs);
      for (let row = 0, out = 0; row < n; row++) {
        const start = row * inputs;
        for (let o = 0, w = 0; o < outputs; o++, out++, w += inputs) {
          let a = bias[o],
            b = 0,
            c = 0,
            d = 0; // four sums, so that they need not wait for each other
          for (let i = 0; i < whole; i += 4) {
            a += weight[w + i] * input[start + i];
            b += weight[w + i + 1] * input[start + i + 1];
            c += weight[w + i + 2] * input[start + i + 2];
            d += weight[w + i + 3] * input[start + i + 3];
          }
          for (let i = whole; i < inputs; i++) a += weight[w + i] * input[start + i];
          layer.sum[out] = a + b + (c + d);
        }
      }
      if (index === this.layers.length - 1) return;
      layer.result = sized(layer.result, n * outputs);
      for (let i = 0; i < n * outputs; i++) layer.result[i] = this.activation.value(layer.sum[i]);
      input = layer.result;
    });
    return this.layers.at(-1).sum;
  }

  clearGradient() {
    this.gradient.fill(0);
  }

  // Backward pass, after a forward pass: adds the gradient by the weights to `gradient`, and returns the gradient by
  // the points (n · widths[0] numbers). slope: the derivative of the loss by each output. weights: false skips the
  // gradient by the weights.
  /** @param {Float64Array} slope @param {{weights?: boolean}} options */
  backward(slope, { weights = true } = {}) {
    const { n } = this;
    for (let index = this.layers.length - 1; index >= 0; index--) {
      const { inputs, outputs, input, weight, weightGradient, biasGradient } = this.layers[index];
      const below = new Float64Array(n * inputs);
      for (let row = 0; row < n; row++) {
        const start = row * inputs;
        for (let o = 0, w = 0; o < outputs; o++) {
          const g = slope[row * outputs + o];
          if (weights) {
            biasGradient[o] += g;
            for (let i = 0; i < inputs; i++) weightGradient[w + i] += g * input[start + i];
          }
          for (let i = 0; i < inputs; i++, w++) below[start + i] += g * weight[w];
        }
      }
      if (index > 0) {
        const { sum } = this.layers[index - 1];
        for (let i = 0; i < below.length; i++) below[i] *= this.activation.slope(sum[i]);
      }
      slope = below;
    }
    return this.standardise ? throughStatistics(slope, this.seen, this.statistics, n, this.widths[0]) : slope;
  }
}

// The mean of each dimension of a batch, and the root of its variance (divided by n) plus EPSILON.
/** @param {Float64Array} points @param {number} n @param {number} k @returns {Statistics} */
export function batchStatistics(points, n, k) {
  const mean = new Float64Array(k),
    std = new Float64Array(k);
  for (let i = 0; i < n * k; i++) mean[i % k] += points[i] / n;
  for (let i = 0; i < n * k; i++) std[i % k] += (points[i] - mean[i % k]) ** 2 / n;
  return { mean, std: std.map((variance) => Math.sqrt(variance + EPSILON)) };
}

// With y = (x − mean) / std over the batch: dx = (dy − average(dy) − y · average(dy · y)) / std.
/**
 * @param {Float64Array} slope @param {Float64Array} seen @param {Statistics} statistics @param {number} n
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

/** @param {Float64Array | undefined} array @param {number} length */
function sized(array, length) {
  return array?.length === length ? array : new Float64Array(length);
}

// Adam (Kingma & Ba 2015, arXiv 1412.6980), as in torch.optim.Adam.
export class Adam {
  /** @param {Network} network @param {{betas?: number[], epsilon?: number}} options */
  constructor(network, { betas = [0.9, 0.999], epsilon = 1e-8 } = {}) {
    this.network = network;
    this.betas = betas;
    this.epsilon = epsilon;
    this.steps = 0;
    this.first = new Float64Array(network.weights.length);
    this.second = new Float64Array(network.weights.length);
  }

  // One step against the network's gradient, with this learning rate.
  /** @param {number} rate */
  step(rate) {
    const {
      network: { weights, gradient },
      betas: [b1, b2],
      first,
      second,
    } = this;
    this.steps += 1;
    const size = rate / (1 - b1 ** this.steps),
      root = Math.sqrt(1 - b2 ** this.steps);
    for (let i = 0; i < weights.length; i++) {
      first[i] += (1 - b1) * (gradient[i] - first[i]);
      second[i] += (1 - b2) * (gradient[i] * gradient[i] - second[i]);
      weights[i] -= (size * first[i]) / (Math.sqrt(second[i]) / root + this.epsilon);
    }
  }
}
