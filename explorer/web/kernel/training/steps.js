// One training step of each sibling: its random draws, its loss and its optimisers, as in explorer/steps.py. And what
// varies from step to step.

import { Adam } from "../network.js";
import { NUMBERS } from "../numbers.js";
import { samplePrior } from "../prior.js";
import { standardNormal } from "../random.js";
import * as objectives from "./objectives.js";

/**
 * @import { Autoencoder } from "./autoencoder.js"
 * @import { Terms } from "./objectives.js"
 * @import { Numbers, Shape } from "../types.js"
 * @import { Reals } from "./products.js"
 * @import { TrainingConfig } from "./trainer.js"
 */

const { warm_up: WARM_UP, first: FIRST, last: LAST } = NUMBERS.one_cycle;
const [DETAIL_FROM, DETAIL_TO] = NUMBERS.detail;

// The learning rate as a share of its peak, for progress in (0, 1]: a cosine up, then a cosine down to almost 0.
/** @param {number} progress */
export function oneCycle(progress) {
  const between = (from, to, share) => from + ((to - from) * (1 - Math.cos(Math.PI * share))) / 2;
  return progress < WARM_UP
    ? between(FIRST, 1, progress / WARM_UP)
    : between(1, LAST, (progress - WARM_UP) / (1 - WARM_UP));
}

// What an AAE's step depends on after a share `progress` of the steps: the weight of −log D(code), the standard
// deviation of the noise in the discriminator's inputs, and the factor of its random Fourier features.
/** @param {TrainingConfig} training @param {number} progress */
export function adversaryAt(training, progress) {
  const { adversarial_weight: weight, adversarial_rise: rise, smoothing } = training,
    risen = rise ? Math.min(1, progress / rise) : 1;
  return {
    weight: weight * (NUMBERS.rise_from + (1 - NUMBERS.rise_from) * risen),
    smoothing: smoothing * Math.max(0, 1 - progress / NUMBERS.smoothed),
    detail: Math.min(1, Math.max(0, (progress - DETAIL_FROM) / (DETAIL_TO - DETAIL_FROM))),
  };
}

// The random draws of a training.
export class Draws {
  /** @param {Shape | null} shape  the prior's @param {number} k @param {() => number} uniform */
  constructor(shape, k, uniform) {
    this.shape = shape;
    this.k = k;
    this.uniform = uniform;
  }

  // Draws of N(0, 1), k for each of n codes.
  /** @param {number} n @returns {Numbers} */
  normal(n) {
    return standardNormal(n * this.k, this.uniform);
  }

  // n draws of the prior. labels: their components; null: random ones.
  /** @param {number} n @param {Numbers | null} labels @returns {Numbers} */
  prior(n, labels) {
    return samplePrior(this.shape, n, this.uniform, { k: this.k, components: labels });
  }
}

// The base of the siblings' steps. Encoder and decoder have an optimiser each, with the same rate, which is the same as
// one optimiser for both. Between two steps `training` may be replaced: its weights and rates may change.
export class Step {
  /** @param {Autoencoder} model @param {TrainingConfig} training @param {Draws} draws */
  constructor(model, training, draws) {
    this.model = model;
    this.training = training;
    this.draws = draws;
    /** @type {[Adam, "lr" | "discriminator_lr"][]} */
    this.optimisers = []; // with the setting that is the peak of their rates
    this.autoencoder = [model.encoder, model.decoder].map((network) => this.adam(network, "lr"));
  }

  // setting: the peak of its rates.
  /**
   * @param {import("../network.js").Network} network @param {"lr" | "discriminator_lr"} setting
   * @param {object} options
   */
  adam(network, setting, options = {}) {
    const optimiser = new Adam(network, options);
    this.optimisers.push([optimiser, setting]);
    return optimiser;
  }

  // Takes one step. x: pixels in [0, 1], an image after the other; labels: of the images, for a label-informed
  // discriminator; progress: the share of the steps that are taken with this one. Returns the loss's terms.
  /** @param {Reals} _x @param {Numbers | null} _labels @param {number} _progress @returns {Terms} */
  take(_x, _labels, _progress) {
    throw new Error("each sibling has a step of its own");
  }

  // One step of some of the optimisers against the gradients that their networks hold.
  /** @param {Adam[]} optimisers @param {number} progress */
  descend(optimisers, progress) {
    for (const [optimiser, setting] of this.optimisers)
      if (optimisers.includes(optimiser)) optimiser.step(this.training[setting] * oneCycle(progress));
  }

  // Draws and noise in the type of the model's numbers. scale: a factor; added: numbers that are added.
  /** @param {Numbers} draws @param {number} scale @param {Reals | null} added @returns {Reals} */
  numbers(draws, scale = 1, added = null) {
    const result = new this.model.encoder.Numbers(draws.length);
    for (let i = 0; i < result.length; i++) result[i] = scale * draws[i] + (added ? added[i] : 0);
    return result;
  }

  forgetNegligibleMoments() {
    for (const [optimiser] of this.optimisers) optimiser.forgetNegligibleMoments();
  }
}

class AEStep extends Step {
  /** @param {Reals} x @param {Numbers | null} _ @param {number} progress */
  take(x, _, progress) {
    const terms = objectives.aeLoss(this.model, x);
    this.descend(this.autoencoder, progress);
    return terms;
  }
}

class VAEStep extends Step {
  /** @param {Reals} x @param {Numbers | null} _ @param {number} progress */
  take(x, _, progress) {
    const noise = this.draws.normal(x.length / this.model.pixels),
      terms = objectives.vaeLoss(this.model, x, noise, this.training.beta);
    this.descend(this.autoencoder, progress);
    return terms;
  }
}

class AAEStep extends Step {
  constructor(model, training, draws) {
    super(model, training, draws);
    const options = { betas: NUMBERS.discriminator_betas };
    this.adversary = this.adam(model.discriminator.network, "discriminator_lr", options);
  }

  /** @param {Reals} x @param {Numbers | null} labels @param {number} progress */
  take(x, labels, progress) {
    const { model, training, draws } = this,
      { discriminator } = model,
      n = x.length / model.pixels,
      { weight, smoothing, detail } = adversaryAt(training, progress);
    discriminator.smoothing = smoothing;
    discriminator.detail = detail;
    let real = this.numbers(draws.prior(n, labels));
    const codes = model.encode(x).mean;
    let seen = codes;
    if (smoothing > 0) {
      seen = this.numbers(draws.normal(n), smoothing, codes);
      real = this.numbers(draws.normal(n), smoothing, real);
    }

    // Phase 1: the discriminator learns to tell draws of the prior from codes.
    const judged = objectives.discriminatorLoss(discriminator, seen, real, training.r1, labels);
    this.descend([this.adversary], progress);

    // Phase 2: encoder and decoder reconstruct, and the encoder fools the discriminator.
    const terms = objectives.aaeLoss(model, x, codes, weight, labels, seen);
    this.descend(this.autoencoder, progress);
    return { ...terms, ...ofDiscriminator(judged) };
  }
}

// Makhzani et al. 2015 (arXiv 1511.05644), section 2: two phases, and an optimiser for each of three losses.
class TextbookAAEStep extends Step {
  constructor(model, training, draws) {
    super(model, training, draws);
    this.adversary = this.adam(model.discriminator.network, "discriminator_lr");
    this.fooling = this.adam(model.encoder, "discriminator_lr");
  }

  /** @param {Reals} x @param {Numbers | null} labels @param {number} progress */
  take(x, labels, progress) {
    const { model } = this,
      real = this.numbers(this.draws.prior(x.length / model.pixels, labels));

    // Reconstruction phase: encoder and decoder reconstruct.
    const { reconstruction } = objectives.aeLoss(model, x);
    this.descend(this.autoencoder, progress);

    // Regularisation phase: the discriminator learns to tell draws of the prior from codes, ...
    const codes = model.encode(x).mean,
      judged = objectives.textbookDiscriminatorLoss(model.discriminator, codes, real, labels);
    this.descend([this.adversary], progress);
    // ... then the encoder learns to fool it.
    const { total: adversarial } = objectives.encoderLoss(model, codes, labels);
    this.descend([this.fooling], progress);
    return { reconstruction, adversarial, ...ofDiscriminator(judged) };
  }
}

/** @param {Terms} terms @returns {Terms} */
const ofDiscriminator = (terms) =>
  Object.fromEntries(Object.entries(terms).map(([name, value]) => [`discriminator_${name}`, value]));

// The training step of each kind of sibling.
/** @type {Record<string, typeof Step>} */
export const STEPS = { ae: AEStep, vae: VAEStep, aae: AAEStep, "aae-textbook": TextbookAAEStep };
