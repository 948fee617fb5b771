// An AAE's discriminator: Discriminator in explorer/models.py, with its gradients. It receives a code, the random
// Fourier features sin(a·z), cos(a·z) of the code, and maybe the image's label. Its logit is network(z) + log p(z), or
// network(z) alone if log p(z) is not given.

import { logDensities } from "../prior.js";
import { NUMBERS } from "../numbers.js";

/**
 * @import { Network } from "../network.js"
 * @import { Numbers, Shape } from "../types.js"
 * @import { Reals } from "./products.js"
 */

const CLASSES = NUMBERS.classes;
// the least standard deviation of the noise with which a mixture's density is given
export const GUIDE = NUMBERS.guide;
export const PARTS = ["whole", "learnt", "given"]; // of the logit: network(z) + log p(z), network(z), log p(z)

// The number of inputs of its network.
/** @param {{k: number, frequencies: number, labelled: boolean}} sizes */
export const inputsOf = ({ k, frequencies, labelled }) => k + 2 * frequencies + (labelled ? CLASSES : 0);

export class Discriminator {
  // network: with ReLUs and one output; k: dimensions of a code; shape: the prior's, see prior.js; givenPrior: whether
  // log p(z) is added; frequencies: the vectors a; labelled: whether it receives labels.
  /**
   * @param {Network} network
   * @param {{k?: number, shape: Shape | null, givenPrior: boolean, frequencies?: Numbers[],
   *   labelled?: boolean}} options
   */
  constructor(network, { k = 2, shape, givenPrior, frequencies = [], labelled = false }) {
    this.network = network;
    this.k = k;
    this.shape = shape;
    this.givenPrior = givenPrior;
    this.frequencies = frequencies;
    this.labelled = labelled;
    this.smoothing = 0; // standard deviation of the noise in the codes and draws that it receives
    this.detail = 1; // the factor of the random Fourier features
  }

  // The standard deviation of the noise in its log p(z).
  get priorSmoothing() {
    return Math.max(this.smoothing, this.shape ? GUIDE : 0);
  }

  // The logits of points (k numbers each), or one part of them. labels: of each point; label: of all of them.
  /**
   * @param {Reals} points
   * @param {{labels?: Numbers | null, label?: number, part?: string}} options
   * @returns {Reals} in a new array
   */
  logits(points, { labels = null, label = 0, part = "whole" } = {}) {
    const n = points.length / this.k,
      own = this.labelled ? (labels ?? new Uint8Array(n).fill(label)) : null,
      result = new this.network.Numbers(n);
    this.scores = null;
    if (part !== "given") result.set(this.network.forward(this.inputs(points, own), n));
    if (part === "learnt" || !this.givenPrior) return result;
    this.scores = new Float64Array(points.length);
    const given = logDensities(this.shape, points, this.k, {
      smoothing: this.priorSmoothing,
      components: own,
      scores: this.scores,
    });
    for (let row = 0; row < n; row++) result[row] += given[row];
    return result;
  }

  // The network's inputs: the code, its random Fourier features, the label.
  /** @param {Reals} points @param {Numbers | null} labels */
  inputs(points, labels) {
    const { k, frequencies, detail, network } = this,
      n = points.length / k,
      width = network.widths[0],
      count = frequencies.length;
    this.seen = network.sized(this.seen, n * width);
    for (let row = 0, at = 0; row < n; row++, at += width) {
      for (let i = 0; i < k; i++) this.seen[at + i] = points[row * k + i];
      for (let f = 0; f < count; f++) {
        let phase = 0;
        for (let i = 0; i < k; i++) phase += frequencies[f][i] * points[row * k + i];
        this.seen[at + k + f] = detail * Math.sin(phase);
        this.seen[at + k + count + f] = detail * Math.cos(phase);
      }
      if (!labels) continue;
      this.seen.fill(0, at + k + 2 * count, at + width);
      this.seen[at + k + 2 * count + labels[row]] = 1;
    }
    return this.seen;
  }

  // Backward pass, after `logits`: adds the gradient by the weights to the network's, and returns the gradient by the
  // points. slope: the derivative of the loss by each logit. weights: false skips the gradient by the weights; points:
  // false that by the points.
  /** @param {Reals} slope @param {{weights?: boolean, points?: boolean}} options @returns {Reals | null} */
  backward(slope, { weights = true, points = true } = {}) {
    const { k, frequencies, seen, scores } = this,
      below = this.network.backward(slope, { weights, points });
    if (!points) return null;
    const result = new this.network.Numbers(slope.length * k),
      width = this.network.widths[0],
      count = frequencies.length;
    for (let row = 0, at = 0; row < slope.length; row++, at += width) {
      for (let i = 0, to = row * k; i < k; i++, to++)
        result[to] = below[at + i] + (scores ? slope[row] * scores[to] : 0);
      for (let f = 0; f < count; f++) {
        const sine = at + k + f,
          cosine = sine + count,
          byPhase = below[sine] * seen[cosine] - below[cosine] * seen[sine];
        for (let i = 0; i < k; i++) result[row * k + i] += frequencies[f][i] * byPhase;
      }
    }
    return result;
  }

  // The gradient of each logit by its point, after `logits`.
  slopes() {
    return this.backward(new this.network.Numbers(this.network.n).fill(1), { weights: false });
  }

  // After `slopes`: adds the gradient by the weights of Σ share · logit + direction · slope over the points. direction:
  // k numbers for each point.
  /** @param {Reals} share @param {Reals} direction */
  addGradientOfSlopes(share, direction) {
    const { k, frequencies, seen } = this,
      width = this.network.widths[0],
      count = frequencies.length,
      inputs = new this.network.Numbers(share.length * width); // how far the inputs move with the point
    for (let row = 0, at = 0; row < share.length; row++, at += width) {
      for (let i = 0; i < k; i++) inputs[at + i] = direction[row * k + i];
      for (let f = 0; f < count; f++) {
        let phase = 0;
        for (let i = 0; i < k; i++) phase += frequencies[f][i] * direction[row * k + i];
        inputs[at + k + f] = seen[at + k + count + f] * phase;
        inputs[at + k + count + f] = -seen[at + k + f] * phase;
      }
    }
    this.network.addGradientOfSlope(share, inputs);
  }
}
