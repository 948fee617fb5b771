// Measures a model on a test set: while it learns (a snapshot, several in a second), and when it is finished. As
// explorer/background/snapshot.py and explorer/training/evaluation.py do, with other random numbers.

import * as metrics from "./metrics.js";
import { Draws } from "./steps.js";
import { klToPrior, reconstruction } from "./objectives.js";
import { logDensities, logDensity } from "../prior.js";
import { inverseNormalCdf } from "../quantiles.js";
import { NUMBERS } from "../numbers.js";
import { seededUniform } from "../random.js";
import { sigmoid, softplus } from "../perceptron.js";

/**
 * @import { Autoencoder } from "./autoencoder.js"
 * @import { Numbers } from "../types.js"
 * @import { Reals } from "./products.js"
 * @import { Settings, Split } from "./trainer.js"
 *
 * @typedef {object} Snapshot  of a model on the first test images
 * @property {Float32Array} mean  the codes, k numbers each
 * @property {Float32Array | null} z  a draw from each q(z|x)
 * @property {Uint8Array} manifold  pictures decoded at `manifoldGrid`, one after the other
 * @property {Record<string, number | null>} distances  of q(z) from p(z); null if codes are not finite
 *
 * @typedef {{mean: Float32Array, logVar: Float32Array | null}} Encoding
 */

export const EVALUATION_SEED = 20; // of the noise and the draws of `evaluate`
// The same in every snapshot, so that only the model changes.
const NOISE_SEED = 21,
  DRAWS_SEED = 22;
const AT_ONCE = 512; // images, of a long batch
/** @type {Record<string, metrics.Estimator>} */
const SHOWN = { sliced_w2_squared: metrics.slicedW2Squared, coverage: metrics.coverage };
/** @type {Record<string, metrics.Estimator>} */
const ESTIMATORS = { coverage: metrics.coverage, sliced_w2_squared: metrics.slicedW2Squared, knn_kl: metrics.knnKl };

// The codes of the manifold's pictures, row by row from the top left: z₁ grows along a row, z₂ falls. For N(0, I) it is
// a regular grid on the unit square, mapped by the inverse Gaussian CDF; for other priors, in the latent space.
/** @param {boolean} isNormal @param {number} tiles  along each side */
export function manifoldGrid(isNormal, tiles) {
  const side = Array.from({ length: tiles }, (_, i) => (i + 0.5) / tiles).map((share) =>
    isNormal ? inverseNormalCdf(share) : NUMBERS.grid_reach * (2 * share - 1),
  );
  return [...side].reverse().flatMap((y) => side.flatMap((x) => [x, y]));
}

// Takes the snapshots of one training, of codes in the plane.
export class Snapshots {
  /** @param {Settings} settings @param {Split} test */
  constructor({ config: { model }, shape }, test) {
    const pixels = test.images.length / test.labels.length,
      n = Math.min(NUMBERS.snapshot_images, test.labels.length),
      sides = NUMBERS.manifold_sides;
    this.labels = test.labels.subarray(0, n);
    this.x = pixelsOf(test.images.subarray(0, n * pixels));
    this.noise = new Draws(null, 2, seededUniform(NOISE_SEED)).normal(n);
    const draws = new Draws(shape, 2, seededUniform(DRAWS_SEED)),
      sample = () => draws.prior(n, null);
    this.draws = sample();
    this.null = Object.fromEntries(
      Object.entries(SHOWN).map(([name, estimator]) => [
        name,
        metrics.nullOf(estimator, sample, 2, NUMBERS.snapshot_nulls),
      ]),
    );
    this.grid = manifoldGrid(!shape, sides[model.image_side] ?? sides.others);
  }

  /** @param {Autoencoder} model @returns {Snapshot} */
  take(model) {
    const { mean, logVar } = encode(model, this.x),
      z = logVar && drawn(mean, logVar, this.noise),
      codes = z ?? mean,
      isFinite = codes.every(Number.isFinite),
      logits = decode(model, this.grid);
    return {
      mean,
      z,
      manifold: Uint8Array.from(logits, (logit) => Math.round(255 * sigmoid(logit))),
      distances: Object.fromEntries(
        Object.entries(SHOWN).map(([name, estimator]) => [name, isFinite ? estimator(codes, this.draws, 2) : null]),
      ),
    };
  }
}

// The codes and metrics of a model on the test set, by the metrics' names in a bundle. train: for the accuracy of
// labels. importanceSamples: draws of z per image in a VAE's bound on log p(x), which takes seconds; 0: without the
// bound. A generator of the finished shares of the work, so that its caller can do something else between them, or end
// it.
/**
 * @param {Autoencoder} model @param {Settings} settings @param {Split} test @param {Split} train
 * @param {number} importanceSamples
 * @returns {Generator<number, {metrics: Record<string, number | number[]>} & Encoding>}
 */
export function* evaluation(model, { config }, test, train, importanceSamples = 0) {
  const { k, shape } = model,
    n = test.labels.length,
    x = pixelsOf(test.images),
    draws = new Draws(shape, k, seededUniform(EVALUATION_SEED)),
    { mean, logVar } = encode(model, x);
  /** @type {Record<string, number | number[]>} */
  const found = { images: n, seed: EVALUATION_SEED, reconstruction: reconstructionAt(model, mean, x) };
  let codes = mean;
  if (logVar) {
    const samples = Array.from({ length: NUMBERS.draws_an_image }, () => drawn(mean, logVar, draws.normal(n))),
      average = (of) => samples.reduce((sum, z) => sum + of(z), 0) / samples.length,
      bce = average((z) => reconstructionAt(model, z, x)),
      kl = average((z) => klToPrior(model, mean, logVar, z).kl);
    codes = samples[0];
    Object.assign(found, { draws: samples.length, reconstruction_sampled: bce, kl, negative_elbo: bce + kl });
    Object.assign(found, metrics.elboSurgery(mean, logVar, codes, logDensities(shape, codes, k), k));
  }
  yield 0;
  Object.assign(
    found,
    distances(codes, k, () => draws.prior(n, null)),
  );
  yield 0;
  if (logVar && importanceSamples) {
    found.importance_samples = importanceSamples;
    const bound = yield* importanceWeightedBound(model, x, { mean, logVar }, importanceSamples, draws);
    found.negative_log_likelihood = -bound;
  }
  const trainCodes = encode(model, pixelsOf(train.images)).mean;
  found.label_accuracy = metrics.knnLabelAccuracy(trainCodes, train.labels, mean, test.labels, k);
  if (config.model.label_informed)
    found.own_component =
      test.labels.reduce((sum, label, i) => sum + (componentOf(shape, mean, i) === label ? 1 : 0), 0) / n;
  return { metrics: found, mean, logVar };
}

// The whole evaluation at once.
/** @param {Parameters<typeof evaluation>} given */
export const evaluate = (...given) => finished(evaluation(...given));

// What a generator returns in the end.
/** @template T @param {Generator<number, T>} work @returns {T} */
export function finished(work) {
  for (;;) {
    const { done, value } = work.next();
    if (done) return /** @type {T} */ (value);
  }
}

// A lower bound on the mean log p(x) in nats per image: the log of a mean over draws of z, tighter than the ELBO.
// (Burda et al. 2016, arXiv 1509.00519, section 3.) A generator of the finished shares of the images.
/**
 * @param {Autoencoder} model @param {Float32Array} x @param {Encoding} encoding @param {number} samples
 * @param {Draws} draws @returns {Generator<number, number>}
 */
export function* importanceWeightedBound(model, x, { mean, logVar }, samples, draws) {
  const { k, pixels, shape } = model,
    n = mean.length / k;
  let sum = 0;
  for (let row = 0; row < n; row++) {
    const noise = draws.normal(samples),
      z = Float32Array.from(noise, (value, i) => {
        const at = row * k + (i % k);
        return mean[at] + Math.exp(0.5 * logVar[at]) * value;
      });
    const logits = decode(model, z),
      logWeights = logDensities(shape, z, k);
    for (let sample = 0; sample < samples; sample++) {
      // log p(x|z) + log p(z) − log q(z|x)
      for (let i = 0; i < pixels; i++) {
        const logit = logits[sample * pixels + i];
        logWeights[sample] += x[row * pixels + i] * logit - softplus(logit);
      }
      for (let i = 0; i < k; i++)
        logWeights[sample] += 0.5 * (noise[sample * k + i] ** 2 + logVar[row * k + i] + Math.log(2 * Math.PI));
    }
    const top = logWeights.reduce((a, b) => Math.max(a, b));
    sum += top + Math.log(logWeights.reduce((total, value) => total + Math.exp(value - top), 0) / samples);
    yield (row + 1) / n;
  }
  return sum / n;
}

// The distances of codes from the prior, and their nulls: [mean, standard deviation]. Each is a mean over several sets
// of draws. kNN-KL is left out if codes coincide.
/** @param {Float32Array} codes @param {number} k @param {() => Numbers} sample */
function distances(codes, k, sample) {
  const moments = Array.from({ length: k }, (_, d) => momentsOf(codes.filter((_, i) => i % k === d)));
  /** @type {Record<string, number | number[]>} */
  const found = { code_mean: moments.map(([mean]) => mean), code_std: moments.map(([, std]) => std) };
  for (const [name, estimator] of Object.entries(ESTIMATORS)) {
    const values = Array.from({ length: NUMBERS.sets }, () => estimator(codes, sample(), k));
    if (!values.every(Number.isFinite)) continue;
    found[name] = momentsOf(values)[0];
    found[`${name}_null`] = metrics.nullOf(estimator, sample, k, NUMBERS.sets);
  }
  return found;
}

/** @param {Numbers} values @returns {[number, number]} the mean and the root of the mean squared deviation */
function momentsOf(values) {
  const list = Array.from(values),
    mean = list.reduce((sum, value) => sum + value, 0) / list.length;
  return [mean, Math.sqrt(list.reduce((sum, value) => sum + (value - mean) ** 2, 0) / list.length)];
}

// The Gaussian of a mixture with the largest density at a code.
/** @param {import("../types.js").Shape} shape @param {Numbers} codes @param {number} row */
function componentOf(shape, codes, row) {
  const densities = shape.means.map((_, component) =>
    logDensity(shape, codes[2 * row], codes[2 * row + 1], { component }),
  );
  return densities.indexOf(Math.max(...densities));
}

// Pixels as shares of white.
/** @param {Uint8Array} images */
export const pixelsOf = (images) => Float32Array.from(images, (value) => value / 255);

// All codes of images, a part after the other.
/** @param {Autoencoder} model @param {Float32Array} x @returns {Encoding} */
export function encode(model, x) {
  const n = x.length / model.pixels,
    mean = new Float32Array(n * model.k),
    logVar = model.stochastic ? new Float32Array(n * model.k) : null;
  for (let row = 0; row < n; row += AT_ONCE) {
    const part = model.encode(/** @type {any} */ (x.subarray(row * model.pixels, (row + AT_ONCE) * model.pixels)));
    mean.set(part.mean, row * model.k);
    logVar?.set(part.logVar, row * model.k);
  }
  return { mean, logVar };
}

// The logits of all codes' pixels.
/** @param {Autoencoder} model @param {Numbers} codes */
function decode(model, codes) {
  const { k, pixels } = model,
    z = Float32Array.from(codes),
    logits = new Float32Array((z.length / k) * pixels);
  for (let row = 0; row < z.length / k; row += AT_ONCE)
    logits.set(model.decode(/** @type {any} */ (z.subarray(row * k, (row + AT_ONCE) * k))), row * pixels);
  return logits;
}

/** @param {Autoencoder} model @param {Float32Array} codes @param {Float32Array} x */
const reconstructionAt = (model, codes, x) =>
  reconstruction(/** @type {any} */ (decode(model, codes)), /** @type {any} */ (x), model.pixels).loss;

// z = μ + σ ε.
/** @param {Float32Array} mean @param {Float32Array} logVar @param {Numbers} noise */
const drawn = (mean, logVar, noise) => mean.map((value, i) => value + Math.exp(0.5 * logVar[i]) * noise[i]);
