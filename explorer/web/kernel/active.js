// A decoder that skips zeros: after a ReLU most units of a layer are 0, so their weights need not be read. It returns
// the same numbers as decoder.js in a third of the time, and also the exact derivatives by two dimensions of z.

import { applied, unbiased } from "./perceptron.js";

/** @import { Numbers, Pair } from "./types.js" */

const LANES = 4; // units whose weights are added in one go

// The fastest way to decode with a Decoder (decoder.js) and to get its derivatives: {decode(z), tangents(z, dims)}.
/** @param {import("./decoder.js").Decoder} decoder */
export const activeDecoder = (decoder) =>
  decoder.body.convolves ? new ConvolutionalDecoder(decoder) : new ActiveDecoder(decoder);

class ActiveDecoder {
  // decoder: a Decoder. Its weights are copied in transposed order, so that the weights of one input are contiguous.
  /** @param {import("./decoder.js").Decoder} decoder */
  constructor(decoder) {
    this.layers = decoder.body.layers.map(({ inputs, weight, bias, result: { length: outputs } }) => {
      const turned = new Float32Array(inputs * outputs);
      for (let o = 0, at = 0; o < outputs; o++)
        for (let i = 0; i < inputs; i++, at++) turned[i * outputs + o] = weight[at];
      return {
        inputs,
        outputs,
        bias,
        turned,
        active: new Int32Array(inputs),
        sums: [0, 1, 2].map(() => new Float32Array(outputs)),
      };
    });
    this.pixels = this.layers.at(-1).outputs;
  }

  // z: latent_dim numbers. Returns the logits of the pixels, in an array that the next call overwrites.
  /** @param {Numbers} z */
  decode(z) {
    return this.forward([Float32Array.from(z)])[0];
  }

  // The logits of the pixels at z and their derivatives by the two dimensions `dims`, computed forward through the
  // layers. With h the units of a layer and t = ∂h/∂z_d, a linear layer gives W h + b and W t. A ReLU keeps both where
  // W h + b > 0 and gives 0 elsewhere. t starts as the unit vector of dimension d. Returns {logits, along: [2 arrays]},
  // which the next call overwrites.
  /** @param {Numbers} z @param {Pair} dims */
  tangents(z, dims) {
    const unit = (d) => Float32Array.from(z, (_, i) => (i === d ? 1 : 0));
    const [logits, ...along] = this.forward([Float32Array.from(z), unit(dims[0]), unit(dims[1])]);
    return { logits, along };
  }

  // inputs: z, and the tangents that pass through the same linear pieces (the first input decides the ReLUs).
  /** @param {Float32Array[]} inputs */
  forward(inputs) {
    let from = inputs;
    this.layers.forEach((layer, index) => {
      const { active } = layer,
        [first] = from;
      let count = 0;
      for (let i = 0; i < layer.inputs; i++) if (index === 0 || first[i] > 0) active[count++] = i;
      from = from.map((values, which) => addUp(layer, values, count, layer.sums[which], which === 0));
    });
    return from;
  }
}

// The same for convolutions, which do not skip zeros.
class ConvolutionalDecoder {
  /** @param {import("./decoder.js").Decoder} decoder */
  constructor(decoder) {
    this.decoder = decoder;
    this.layers = decoder.body.layers.map((layer) => [layer, unbiased(layer), unbiased(layer)]);
  }

  /** @param {Numbers} z */
  decode(z) {
    return this.decoder.decode(z);
  }

  /** @param {Numbers} z @param {Pair} dims */
  tangents(z, dims) {
    /** @type {Float32Array[]} */
    let all = [Float32Array.from(z), ...dims.map((d) => Float32Array.from(z, (_, i) => (i === d ? 1 : 0)))];
    this.layers.forEach((layers, index) => {
      all = all.map((values, which) => applied(layers[which], values));
      if (index === this.layers.length - 1) return;
      const [units, ...along] = all;
      for (let i = 0; i < units.length; i++) if (!(units[i] > 0)) units[i] = along[0][i] = along[1][i] = 0;
    });
    const [logits, ...along] = all;
    return { logits, along };
  }
}

// sum = W x (+ b), over the active units of x only.
function addUp({ outputs, bias, turned, active }, x, count, sum, isValue) {
  if (isValue) sum.set(bias);
  else sum.fill(0);
  let k = 0;
  for (; k + LANES <= count; k += LANES) {
    const [i, j, l, m] = [active[k], active[k + 1], active[k + 2], active[k + 3]],
      [a, b, c, d] = [x[i], x[j], x[l], x[m]];
    const wi = turned.subarray(i * outputs, (i + 1) * outputs),
      wj = turned.subarray(j * outputs, (j + 1) * outputs);
    const wl = turned.subarray(l * outputs, (l + 1) * outputs),
      wm = turned.subarray(m * outputs, (m + 1) * outputs);
    for (let o = 0; o < outputs; o++) sum[o] += wi[o] * a + wj[o] * b + (wl[o] * c + wm[o] * d);
  }
  for (; k < count; k++) {
    const a = x[active[k]],
      at = active[k] * outputs;
    for (let o = 0; o < outputs; o++) sum[o] += turned[at + o] * a;
  }
  return sum;
}

// The largest singular value of the Jacobian J of the pixels' intensities by the two dimensions: how far the picture
// moves (Euclidean distance, intensities from 0 to 1) for a step of 1 in the direction that moves it most. With s =
// sigmoid(logit), the columns of J are s (1 − s) · ∂logit/∂z_d. With JᵀJ = [[a, b], [b, c]], the square of that
// singular value is the larger eigenvalue, σ² = ½ (a + c + √((a − c)² + 4 b²)).
/** @param {{logits: Numbers, along: Numbers[]}} tangents */
export function stretch({ logits, along: [first, second] }) {
  let a = 0,
    b = 0,
    c = 0;
  for (let i = 0; i < logits.length; i++) {
    const s = 1 / (1 + Math.exp(-logits[i])),
      slope = s * (1 - s),
      u = slope * first[i],
      v = slope * second[i];
    a += u * u;
    b += u * v;
    c += v * v;
  }
  return Math.sqrt(0.5 * (a + c + Math.hypot(a - c, 2 * b)));
}
