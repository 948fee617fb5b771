// The discriminator of a trained AAE in the plane, with its saved weights: the same as Discriminator in
// explorer/models.py, logit = network(z) + log p(z), or network(z) alone if log p(z) is not given.

import { Network } from "./network.js";
import { logDensity, scoreOf } from "./prior.js";
import { sigmoid } from "./perceptron.js";

/** @import { Entry, Numbers, Pair, Tensors } from "./types.js" */

// the standard deviation of the noise with which a mixture's density is given: priors.GaussianMixture.guide
export const GUIDE = 0.5;
export const PARTS = ["whole", "learnt", "given"]; // of the logit: network(z) + log p(z), network(z), log p(z)
const CLASSES = 10;

export class TrainedDiscriminator {
  // tensors: from readSafetensors, with discriminator.body.0.weight and so on; entry: the model's in the catalogue.
  /** @param {Tensors} tensors @param {Pick<Entry, "shape" | "given_prior">} entry */
  constructor(tensors, { shape, given_prior: givenPrior }) {
    const widths = [];
    for (let i = 0; tensors[`discriminator.body.${i}.weight`]; i += 2) {
      const [outputs, inputs] = tensors[`discriminator.body.${i}.weight`].shape;
      if (i === 0) widths.push(inputs);
      widths.push(outputs);
    }
    this.network = new Network(widths, () => 0.5, { activation: "relu" });
    this.network.layers.forEach((layer, i) => {
      layer.weight.set(tensors[`discriminator.body.${2 * i}.weight`].values);
      layer.bias.set(tensors[`discriminator.body.${2 * i}.bias`].values);
    });
    const frequencies = tensors["discriminator.frequencies"];
    // of its random Fourier features sin(a·z), cos(a·z): the vectors a, maybe none
    this.frequencies = frequencies
      ? Array.from({ length: frequencies.shape[0] }, (_, i) => [...frequencies.values.subarray(2 * i, 2 * i + 2)])
      : [];
    this.labelled = widths[0] === 2 + 2 * this.frequencies.length + CLASSES;
    this.shape = shape;
    this.givenPrior = givenPrior;
    this.smoothing = givenPrior && shape ? GUIDE : 0;
  }

  // The prior that a code is compared with. For a label-informed discriminator it is the label's own Gaussian.
  /** @param {number} label */
  priorOf(label) {
    const { shape } = this;
    return this.labelled
      ? { ...shape, means: [shape.means[label]], axes: [shape.axes[label]], stds: [shape.stds[label]] }
      : shape;
  }

  // The network's inputs for points (two numbers each): the code, its random Fourier features, the label.
  /** @param {Numbers} points @param {number} label */
  inputs(points, label) {
    const n = points.length / 2,
      width = this.network.widths[0],
      inputs = new Float64Array(n * width),
      count = this.frequencies.length;
    for (let row = 0; row < n; row++) {
      const at = row * width,
        x = points[2 * row],
        y = points[2 * row + 1];
      inputs[at] = x;
      inputs[at + 1] = y;
      this.frequencies.forEach(([a, b], i) => {
        inputs[at + 2 + i] = Math.sin(a * x + b * y);
        inputs[at + 2 + count + i] = Math.cos(a * x + b * y);
      });
      if (this.labelled) inputs[at + 2 + 2 * count + label] = 1;
    }
    return inputs;
  }

  // The logits of points, or their learnt part.
  /** @param {Numbers} points @param {{label?: number, part?: "whole" | "learnt" | "given"}} options */
  logits(points, { label = 0, part = "whole" } = {}) {
    const n = points.length / 2,
      result = new Float64Array(n);
    if (part !== "given") result.set(this.network.forward(this.inputs(points, label), n));
    if (part !== "learnt")
      for (let row = 0; row < n; row++) result[row] += this.given(points[2 * row], points[2 * row + 1], label);
    return result;
  }

  // The given part of the logit: log p(z), or 0.
  /** @param {number} x @param {number} y @param {number} label */
  given(x, y, label) {
    return this.givenPrior ? logDensity(this.priorOf(label), x, y, { smoothing: this.smoothing }) : 0;
  }

  // At one point: the parts of the logit, D, the gradient of the logit, and the gradient of log D, which moves a code
  // there.
  /** @param {Pair} point @param {number} label */
  at([x, y], label = 0) {
    const inputs = this.inputs([x, y], label),
      count = this.frequencies.length;
    const [learnt] = this.network.forward(inputs, 1);
    const below = this.network.backward(Float64Array.of(1), { weights: false });
    const gradient = this.givenPrior ? scoreOf(this.priorOf(label), x, y, { smoothing: this.smoothing }) : [0, 0];
    for (const i of [0, 1]) {
      gradient[i] += below[i];
      this.frequencies.forEach(
        (frequency, f) =>
          (gradient[i] += frequency[i] * (below[2 + f] * inputs[2 + count + f] - below[2 + count + f] * inputs[2 + f])),
      );
    }
    const given = this.given(x, y, label),
      logit = learnt + given;
    return {
      learnt,
      given,
      logit,
      probability: sigmoid(logit),
      gradient,
      pull: gradient.map((value) => sigmoid(-logit) * value),
    };
  }
}
