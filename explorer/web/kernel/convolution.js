// Convolutions with a 4 x 4 kernel, stride 2 and padding 1, as in torch's Conv2d and ConvTranspose2d: see
// convolutions() in explorer/models.py.
//
// Pictures are stored channel by channel, as in torch. Within a layer the channels of a pixel are contiguous, with a
// border of zeros, so that an output pixel reads a few contiguous runs: 4 rows of 4 pixels; transposed, 2 rows of 2
// pixels, which meet 4 of the kernel's 16 weights. The parity of the output's row and column decides which 4: out[2m +
// d] = Σ in[m − 1 + d + t] · kernel[3 − d − 2t], t = 0, 1, in both directions.

/** @import { Numbers, Tensor } from "./types.js" */

export class Convolution {
  // weight: {shape, values}, (outputs, inputs, 4, 4) or, transposed, (inputs, outputs, 4, 4); bias: (outputs,).
  /** @param {Tensor} weight @param {Numbers} bias @param {boolean} transposed */
  constructor({ shape, values }, bias, transposed) {
    const [inputs, outputs] = transposed ? shape : [shape[1], shape[0]],
      taps = transposed ? 2 : 4;
    this.inputs = inputs;
    this.outputs = outputs;
    this.taps = taps;
    this.transposed = transposed;
    this.weight = values;
    this.bias = bias;
    /** @type {Float32Array | null} */
    this.result = null;
    /** @type {Float32Array | null} */
    this.padded = null;
    const at = (i, o, y, x) => ((transposed ? i * outputs + o : o * inputs + i) * 4 + y) * 4 + x;
    const kernel = (d, t) => (transposed ? 3 - d - 2 * t : t);
    this.phases = (
      transposed
        ? [
            [0, 0],
            [0, 1],
            [1, 0],
            [1, 1],
          ]
        : [[0, 0]]
    ).map(([down, right]) => {
      const weight = new Float32Array(outputs * taps * taps * inputs);
      let k = 0;
      for (let o = 0; o < outputs; o++) {
        for (let y = 0; y < taps; y++)
          for (let x = 0; x < taps; x++)
            for (let i = 0; i < inputs; i++) weight[k++] = values[at(i, o, kernel(down, y), kernel(right, x))];
      }
      return { down, right, weight };
    });
  }

  // The same without the bias and with its own array, to propagate a derivative.
  unbiased() {
    return Object.assign(Object.create(Convolution.prototype), this, {
      bias: new Float32Array(this.outputs),
      result: null,
      padded: null,
    });
  }

  // x: inputs · side² numbers. Returns outputs · (side / 2)² numbers (transposed: outputs · (2 side)²), in an array
  // that the next call overwrites.
  /** @param {Numbers} x */
  apply(x) {
    const { inputs, outputs, taps, transposed, bias, phases } = this,
      side = Math.round(Math.sqrt(x.length / inputs)),
      wide = side + 2;
    const across = transposed ? side : side >> 1,
      step = transposed ? 1 : 2,
      spread = transposed ? 2 : 1,
      size = across * spread,
      area = size * size;
    const seen = this.pad(x, side),
      result = (this.result ??= new Float32Array(outputs * area)),
      run = taps * inputs,
      whole = run - (run % 4);
    for (const { down, right, weight } of phases) {
      for (let m = 0; m < across; m++) {
        for (let n = 0; n < across; n++) {
          const corner = ((step * m + down) * wide + step * n + right) * inputs,
            to = (spread * m + down) * size + spread * n + right;
          for (let o = 0, w = 0; o < outputs; o++) {
            let a = bias[o],
              b = 0,
              c = 0,
              d = 0; // four sums, so that they need not wait for each other
            for (let y = 0, from = corner; y < taps; y++, from += wide * inputs, w += run) {
              for (let i = 0; i < whole; i += 4) {
                a += weight[w + i] * seen[from + i];
                b += weight[w + i + 1] * seen[from + i + 1];
                c += weight[w + i + 2] * seen[from + i + 2];
                d += weight[w + i + 3] * seen[from + i + 3];
              }
              for (let i = whole; i < run; i++) a += weight[w + i] * seen[from + i];
            }
            result[o * area + to] = a + b + (c + d);
          }
        }
      }
    }
    return result;
  }

  // The border stays zero.
  /** @param {Numbers} x @param {number} side */
  pad(x, side) {
    const { inputs } = this,
      wide = side + 2,
      padded = (this.padded ??= new Float32Array(inputs * wide * wide));
    for (let channel = 0, k = 0; channel < inputs; channel++) {
      for (let row = 1; row <= side; row++)
        for (let column = 1; column <= side; column++, k++) padded[(row * wide + column) * inputs + channel] = x[k];
    }
    return padded;
  }
}
