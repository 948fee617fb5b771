// A model that learns in the browser: encoder, decoder and maybe a discriminator, as in explorer/models.py.
//
// The encoder's heads are one layer: its outputs are the mean and, of a stochastic encoder, then log σ². All numbers
// are in single precision.

import { fromHalf, toHalf } from "./half.js";
import { Discriminator, inputsOf } from "./discriminator.js";
import { Network } from "../network.js";
import { NUMBERS } from "../numbers.js";
import { standardNormal } from "../random.js";

/**
 * @import { Settings } from "./trainer.js"
 * @import { Shape, Tensors } from "../types.js"
 * @import { Reals } from "./products.js"
 */

export class Autoencoder {
  // settings: see trainer.js; uniform: a source of numbers in [0, 1) for the initial weights; Numbers: the type of its
  // arrays.
  /** @param {Settings} settings @param {() => number} uniform @param {any} Numbers */
  constructor({ config: { model }, sibling, shape }, uniform, Numbers = Float32Array) {
    if (model.network !== "mlp") throw new Error(`a network of the kind ${model.network} cannot learn here`);
    const { latent_dim: k, hidden } = model,
      network = (widths) => new Network(widths, uniform, { activation: "relu", Numbers });
    this.k = k;
    this.pixels = model.channels * model.image_side ** 2;
    this.shape = shape;
    this.stochastic = sibling.stochastic;
    this.encoder = network([this.pixels, ...hidden, this.stochastic ? 2 * k : k]);
    this.decoder = network([k, ...[...hidden].reverse(), this.pixels]);
    /** @type {Discriminator | null} */
    this.discriminator = null;
    if (!sibling.discriminator) return;
    const { frequencies, label_informed: labelled, discriminator_hidden: widths } = model,
      inputs = inputsOf({ k, frequencies, labelled });
    this.discriminator = new Discriminator(network([inputs, ...widths, 1]), {
      k,
      shape,
      labelled,
      givenPrior: sibling.discriminator_given_prior,
      frequencies: Array.from({ length: frequencies }, () => drawFrequency(k, uniform)),
    });
  }

  // x: pixels in [0, 1], an image after the other. Returns {mean, logVar}, k numbers for each image, in arrays that the
  // next call overwrites; logVar is null for a deterministic encoder.
  /** @param {Reals} x @returns {{mean: Reals, logVar: Reals | null}} */
  encode(x) {
    const { k, encoder } = this,
      outputs = encoder.forward(x, x.length / this.pixels);
    if (!this.stochastic) return { mean: outputs, logVar: null };
    const n = outputs.length / (2 * k);
    this.mean = encoder.sized(this.mean, n * k);
    this.logVar = encoder.sized(this.logVar, n * k);
    for (let row = 0; row < n; row++) {
      for (let i = 0; i < k; i++) {
        this.mean[row * k + i] = outputs[2 * row * k + i];
        this.logVar[row * k + i] = outputs[(2 * row + 1) * k + i];
      }
    }
    return { mean: this.mean, logVar: this.logVar };
  }

  // The encoder's backward pass, from the derivatives by `mean` and `logVar`.
  /** @param {Reals} byMean @param {Reals | null} byLogVar */
  encodeBackward(byMean, byLogVar = null) {
    const { k, encoder } = this,
      n = byMean.length / k;
    let slope = byMean;
    if (byLogVar) {
      slope = new encoder.Numbers(2 * n * k);
      for (let row = 0; row < n; row++) {
        for (let i = 0; i < k; i++) {
          slope[2 * row * k + i] = byMean[row * k + i];
          slope[(2 * row + 1) * k + i] = byLogVar[row * k + i];
        }
      }
    }
    encoder.backward(slope, { points: false });
  }

  // z: codes of k numbers, one after the other. Returns the logits of their pixels, in an array that the next call
  // overwrites.
  /** @param {Reals} z */
  decode(z) {
    return this.decoder.forward(z, z.length / this.k);
  }

  // Its parameters by their names in torch: views, not copies.
  /** @returns {Record<string, {shape: number[], values: Reals}>} */
  tensors() {
    const found = {},
      { k, encoder, decoder, discriminator } = this;
    const add = (name, layer, from = 0, to = layer.outputs) => {
      const { inputs, weight, bias } = layer;
      found[`${name}.weight`] = { shape: [to - from, inputs], values: weight.subarray(from * inputs, to * inputs) };
      found[`${name}.bias`] = { shape: [to - from], values: bias.subarray(from, to) };
    };
    encoder.layers.slice(0, -1).forEach((layer, i) => add(`encoder.body.0.${2 * i}`, layer));
    add("encoder.mean", encoder.layers.at(-1), 0, k);
    if (this.stochastic) add("encoder.log_var", encoder.layers.at(-1), k, 2 * k);
    decoder.layers.forEach((layer, i) => add(`decoder.body.${2 * i}`, layer));
    if (!discriminator) return found;
    const { frequencies, network } = discriminator;
    if (frequencies.length)
      found["discriminator.frequencies"] = {
        shape: [frequencies.length, k],
        values: network.Numbers.from(frequencies.flatMap((vector) => [...Array.from(vector)])),
      };
    network.layers.forEach((layer, i) => add(`discriminator.body.${2 * i}`, layer));
    return found;
  }

  // Takes over parameters by their names in torch.
  /** @param {Record<string, {values: ArrayLike<number>}>} tensors */
  take(tensors) {
    for (const [name, { values }] of Object.entries(this.tensors())) values.set(tensors[name].values);
    const { frequencies } = this.discriminator ?? {},
      { k } = this;
    frequencies?.forEach((_, i) => {
      frequencies[i] = Array.from(tensors["discriminator.frequencies"].values).slice(i * k, (i + 1) * k);
    });
  }

  // Rounds the parameters to the half-precision numbers that a bundle stores, so that the stored model is measured.
  round() {
    for (const { values } of Object.values(this.tensors())) values.set(fromHalf(toHalf(values)));
  }
}

// A vector of a random Fourier feature, rounded as a bundle stores it.
/** @param {number} k @param {() => number} uniform */
const drawFrequency = (k, uniform) =>
  fromHalf(toHalf(standardNormal(k, uniform).map((value) => NUMBERS.frequency_scale * value)));
