// Trains one model, step by step, as explorer/training/fit.py does:
//
//     const trainer = new Trainer(settings, train);
//     while (!trainer.done) show(trainer.step());
//     const model = trainer.finished();
//
// It draws nothing and waits for nothing. Its caller decides when it takes the next step, so a pause needs no code
// here.

import { Autoencoder } from "./autoencoder.js";
import { NUMBERS } from "../numbers.js";
import { seededUniform } from "../random.js";
import { Draws, STEPS } from "./steps.js";

/**
 * @import { Network } from "../network.js"
 * @import { Numbers, Shape } from "../types.js"
 * @import { Terms } from "./objectives.js"
 *
 * @typedef {object} ModelConfig  see explorer/config.py
 * @property {string} kind
 * @property {number} image_side
 * @property {number} latent_dim
 * @property {number[]} hidden
 * @property {string} prior
 * @property {number[]} discriminator_hidden
 * @property {number} frequencies
 * @property {boolean} label_informed
 * @property {number} channels
 * @property {string} network
 *
 * @typedef {object} TrainingConfig  see explorer/config.py
 * @property {string} dataset
 * @property {number} epochs
 * @property {number} batch_size
 * @property {number} lr
 * @property {number} seed
 * @property {number} beta
 * @property {number} adversarial_weight
 * @property {number} adversarial_rise
 * @property {number} discriminator_lr
 * @property {number} r1
 * @property {number} smoothing
 * @property {string} precision  ignored: all numbers are in single precision
 * @property {number} average
 *
 * @typedef {{stochastic: boolean, discriminator: boolean, discriminator_given_prior: boolean}} Sibling  see
 *   explorer/siblings
 *
 * @typedef {object} Settings  what is trained, and how
 * @property {{model: ModelConfig, training: TrainingConfig}} config  as a bundle stores it
 * @property {Sibling} sibling  the record of the model's kind
 * @property {Shape | null} shape  the prior's
 *
 * @typedef {{images: Uint8Array, labels: Uint8Array}} Split  the pixels of n images, one after the other, and n labels
 *
 * @typedef {{setting: string, before: number, after: number, step: number, steps: number}} Change  see
 *   explorer/config.py
 *
 * @typedef {object} Report  the state of a training after a step
 * @property {number} epoch  from 1
 * @property {number} step  in the epoch, from 1
 * @property {number} steps  per epoch
 * @property {number} taken  steps so far
 * @property {boolean} done
 * @property {Terms} terms  of this step's loss
 */

// A term of the loss is no longer a finite number. Its fields name the term, its value and the step.
export class Diverged extends Error {
  /** @param {string} term @param {number} value @param {Report} at */
  constructor(term, value, at) {
    super(`${term} became ${value} at epoch ${at.epoch}, step ${at.step} of ${at.steps}`);
    this.term = term;
    this.value = value;
    this.at = at;
  }
}

export class Trainer {
  // train: the images that it learns from. The seed of the settings determines all random numbers.
  /** @param {Settings} settings @param {Split} train @param {{Numbers?: any}} options */
  constructor(settings, train, { Numbers = Float32Array } = {}) {
    const { training } = settings.config,
      Step = STEPS[settings.config.model.kind];
    if (!Step) throw new Error(`a model of the kind ${settings.config.model.kind} cannot learn here`);
    const make = () => new Autoencoder(settings, seededUniform(mixed(training.seed, 0)), Numbers);
    this.settings = settings;
    this.model = make();
    this.result = training.average ? make() : this.model;
    // not averaged: an average of discriminators is no opponent of the encoder
    this.result.discriminator = this.model.discriminator;
    this.shuffling = seededUniform(mixed(training.seed, 1));
    const noise = seededUniform(mixed(training.seed, 2));
    this.one = new Step(this.model, training, new Draws(settings.shape, this.model.k, noise));
    this.labels = settings.config.model.label_informed ? train.labels : null;
    this.x = Numbers.from(train.images, (value) => value / 255);
    this.images = train.labels.length;
    this.steps = Math.ceil(this.images / training.batch_size); // per epoch
    this.taken = 0;
    this.order = Uint32Array.from({ length: this.images }, (_, i) => i);
    this.batch = new Numbers(Math.min(training.batch_size, this.images) * this.model.pixels);
    /** @type {Terms[]} */
    this.history = []; // an entry per epoch: `epoch`, and the means of the loss's terms
    this.sums = {}; // of the terms in this epoch
    /** @type {Change[]} */
    this.changes = []; // of settings since it began
  }

  get done() {
    return this.taken === this.steps * this.settings.config.training.epochs;
  }

  // Takes a training step, and updates the average of the weights. Throws Diverged.
  /** @returns {Report} */
  step() {
    const { training } = this.settings.config,
      { pixels } = this.model,
      at = this.taken % this.steps;
    if (at === 0) {
      shuffle(this.order, this.shuffling);
      this.sums = {};
    }
    this.taken += 1;
    const rows = this.order.subarray(at * training.batch_size, (at + 1) * training.batch_size);
    const x = this.batch.subarray(0, rows.length * pixels);
    rows.forEach((row, i) => x.set(this.x.subarray(row * pixels, (row + 1) * pixels), i * pixels));
    const labels = this.labels && Uint8Array.from(rows, (row) => this.labels[row]);
    const terms = this.one.take(x, labels, this.taken / (this.steps * training.epochs));
    if (this.result !== this.model)
      this.average(Math.min(training.average, this.taken / (this.taken + AVERAGE_WARM_UP)));
    if (this.taken % NUMBERS.negligible_steps === 0) this.one.forgetNegligibleMoments();
    const report = {
      epoch: (this.taken - at - 1) / this.steps + 1,
      step: at + 1,
      steps: this.steps,
      taken: this.taken,
      done: this.done,
      terms,
    };
    this.record(report);
    return report;
  }

  // Trains with these settings from the next step on. Only weights and learning rates may differ.
  /** @param {TrainingConfig} training */
  change(training) {
    const { config } = this.settings,
      before = config.training,
      at = { step: this.taken, steps: this.steps };
    for (const setting of Object.keys(before))
      if (this.taken && before[setting] !== training[setting])
        this.changes.push({ setting, before: before[setting], after: training[setting], ...at });
    this.settings = { ...this.settings, config: { ...config, training } };
    this.one.training = training;
  }

  // Adds the terms of a step to the history's means. A summand is named before the total that it makes infinite.
  /** @param {Report} report */
  record(report) {
    const { terms, epoch, step, steps } = report,
      broken = Object.keys(terms).filter((name) => !Number.isFinite(terms[name])),
      [first] = [...broken.filter((name) => !name.endsWith("total")), ...broken];
    if (first) throw new Diverged(first, terms[first], report);
    for (const [name, value] of Object.entries(terms)) this.sums[name] = (this.sums[name] ?? 0) + value;
    if (step < steps) return;
    const means = Object.entries(this.sums).map(([name, sum]) => [name, sum / steps]);
    this.history.push({ epoch, ...Object.fromEntries(means) });
  }

  // A copy of the result, rounded to half precision as a bundle stores it.
  finished() {
    const model = new Autoencoder(this.settings, () => 0.5, this.model.encoder.Numbers);
    model.take(this.result.tensors());
    model.round();
    return model;
  }

  // Moves the result towards the weights. decay: the share of the result that stays.
  /** @param {number} decay */
  average(decay) {
    for (const half of /** @type {const} */ (["encoder", "decoder"])) {
      const averaged = this.result[half].weights,
        { weights } = this.model[half];
      for (let i = 0; i < averaged.length; i++) averaged[i] += (1 - decay) * (weights[i] - averaged[i]);
    }
  }
}

const AVERAGE_WARM_UP = NUMBERS.average_warm_up;

// A seed for one of several sources of random numbers: those of neighbouring seeds have nothing in common.
/** @param {number} seed @param {number} source */
const mixed = (seed, source) => Math.imul((seed >>> 0) * 3 + source + 1, 0x9e3779b1) >>> 0;

// Puts the numbers in a random order (Fisher & Yates).
/** @param {Uint32Array} order @param {() => number} uniform */
function shuffle(order, uniform) {
  for (let i = order.length - 1; i > 0; i--) {
    const j = Math.floor(uniform() * (i + 1));
    [order[i], order[j]] = [order[j], order[i]];
  }
}
