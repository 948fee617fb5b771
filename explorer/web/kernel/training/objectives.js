// Every loss with its gradient: the functions of explorer/objectives.py, under the same names.
//
// All values are in nats per image: summed over pixels or latent dimensions, averaged over the batch. Each function
// returns the loss's terms, and leaves the gradient of `total` in the networks that the loss moves.

import { logDensities } from "../prior.js";
import { logistic } from "../perceptron.js";

/**
 * @import { Autoencoder } from "./autoencoder.js"
 * @import { Discriminator } from "./discriminator.js"
 * @import { Numbers } from "../types.js"
 * @import { Reals } from "./products.js"
 * @typedef {Record<string, number>} Terms  of a loss, by name
 */

// −log p(x|z) of grey pixels: binary cross-entropy on logits, summed over pixels, averaged over images; and its
// derivative by each logit.
/** @param {Reals} logits @param {Reals} x @param {number} pixels */
export function reconstruction(logits, x, pixels) {
  const n = x.length / pixels,
    slope = /** @type {Reals} */ (new /** @type {any} */ (logits.constructor)(x.length));
  let sum = 0;
  for (let i = 0; i < x.length; i++) {
    const logit = logits[i],
      small = Math.exp(-Math.abs(logit));
    // log(1 + exp(logit)) − x · logit; its derivative is sigmoid(logit) − x
    sum += Math.max(logit, 0) + Math.log1p(small) - x[i] * logit;
    slope[i] = ((logit >= 0 ? 1 : small) / (1 + small) - x[i]) / n;
  }
  return { loss: sum / n, slope };
}

// The plain autoencoder minimises only the reconstruction. x: pixels in [0, 1], an image after the other.
/** @param {Autoencoder} model @param {Reals} x */
export function aeLoss(model, x) {
  clear(model);
  const { loss, slope } = reconstruction(model.decode(model.encode(x).mean), x, model.pixels);
  model.encodeBackward(model.decoder.backward(slope));
  return { total: loss, reconstruction: loss };
}

// The VAE minimises −ELBO = E_q[−log p(x|z)] + KL(q(z|x) ‖ p(z)), estimated with one draw of z per image.
// noise: draws of N(0, 1), k for each image.
/** @param {Autoencoder} model @param {Reals} x @param {Numbers} noise @param {number} beta */
export function vaeLoss(model, x, noise, beta = 1) {
  clear(model);
  const { mean, logVar } = model.encode(x),
    { Numbers } = model.encoder,
    z = new Numbers(mean.length);
  for (let i = 0; i < z.length; i++) z[i] = mean[i] + Math.exp(0.5 * logVar[i]) * noise[i];
  const { loss, slope } = reconstruction(model.decode(z), x, model.pixels),
    byZ = model.decoder.backward(slope),
    prior = klToPrior(model, mean, logVar, z),
    share = beta / (x.length / model.pixels),
    byMean = new Numbers(z.length),
    byLogVar = new Numbers(z.length);
  for (let i = 0; i < z.length; i++) {
    // z = μ + σ ε with σ = exp(½ log σ²)
    byMean[i] = byZ[i] + share * prior.byMean[i];
    byLogVar[i] = 0.5 * (z[i] - mean[i]) * byZ[i] + share * prior.byLogVar[i];
  }
  model.encodeBackward(byMean, byLogVar);
  return { total: loss + beta * prior.kl, reconstruction: loss, kl: prior.kl };
}

// The mean over images of KL(q(z|x) ‖ p(z)): the closed form for N(0, I), otherwise log q(z|x) − log p(z) at the draw
// z. And the derivatives of each image's KL by its mean and log σ².
/**
 * @param {{shape: import("../types.js").Shape | null, k: number}} prior @param {Numbers} mean @param {Numbers} logVar
 * @param {Numbers} z
 */
export function klToPrior({ shape, k }, mean, logVar, z) {
  const n = mean.length / k,
    byMean = new Float64Array(mean.length),
    byLogVar = new Float64Array(mean.length);
  let sum = 0;
  if (!shape) {
    // ½ Σ (σ² + μ² − 1 − log σ²)
    for (let i = 0; i < mean.length; i++) {
      const excess = Math.expm1(logVar[i]);
      sum += 0.5 * (excess - logVar[i] + mean[i] * mean[i]);
      byMean[i] = mean[i];
      byLogVar[i] = 0.5 * excess;
    }
    return { kl: sum / n, byMean, byLogVar };
  }
  const scores = new Float64Array(mean.length);
  for (const log of logDensities(shape, z, k, { scores })) sum -= log;
  for (let i = 0; i < mean.length; i++) {
    // log q(z|x) = −½ Σ (ε² + log σ² + log 2π) at z = μ + σ ε: it moves with log σ² alone; log p(z) moves with z
    const offset = z[i] - mean[i];
    sum -= 0.5 * (offset * offset * Math.exp(-logVar[i]) + logVar[i] + Math.log(2 * Math.PI));
    byMean[i] = -scores[i];
    byLogVar[i] = -0.5 - 0.5 * offset * scores[i];
  }
  return { kl: sum / n, byMean, byLogVar };
}

// First phase of the game: the discriminator MAXIMISES log D(draws of the prior) + log(1 − D(codes)).
// labels: for a label-informed discriminator, those of the images, which are also the components of the draws. r1: the
// weight of the gradient penalty, half of the mean squared norm of the logit's gradient at the draws.
/**
 * @param {Discriminator} discriminator @param {Reals} codes @param {Reals} draws @param {number} r1
 * @param {Numbers | null} labels
 */
export function discriminatorLoss(discriminator, codes, draws, r1, labels = null) {
  discriminator.network.clearGradient();
  const real = logistic(discriminator.logits(draws, { labels }), 1),
    slopes = discriminator.slopes(),
    n = real.slope.length;
  let squares = 0;
  for (let i = 0; i < slopes.length; i++) {
    squares += slopes[i] * slopes[i];
    slopes[i] *= r1 / n; // the derivative of ½ r1 · penalty by this slope
  }
  discriminator.addGradientOfSlopes(real.slope, slopes);
  const fake = judge(discriminator, codes, -1, labels),
    penalty = squares / n;
  return { total: real.loss + fake + 0.5 * r1 * penalty, real: real.loss, fake, penalty };
}

// The discriminator MAXIMISES log D(draws of the prior) + log(1 − D(codes)), without a penalty.
/**
 * @param {Discriminator} discriminator @param {Reals} codes @param {Reals} draws @param {Numbers | null} labels
 */
export function textbookDiscriminatorLoss(discriminator, codes, draws, labels = null) {
  discriminator.network.clearGradient();
  const real = judge(discriminator, draws, 1, labels),
    fake = judge(discriminator, codes, -1, labels);
  return { total: real + fake, real, fake };
}

// The mean of −log D (sign 1) or −log(1 − D) (sign −1) over points. Its gradient is added to the discriminator's.
/** @param {Discriminator} discriminator @param {Reals} points @param {1 | -1} sign @param {Numbers | null} labels */
function judge(discriminator, points, sign, labels) {
  const { loss, slope } = logistic(discriminator.logits(points, { labels }), sign);
  discriminator.backward(slope, { points: false });
  return loss;
}

// The textbook's encoder, in a step of its own, MAXIMISES log D(codes). codes: of the encoder's last forward pass.
/** @param {Autoencoder} model @param {Reals} codes @param {Numbers | null} labels */
export function encoderLoss(model, codes, labels = null) {
  clear(model);
  const { loss, slope } = logistic(model.discriminator.logits(codes, { labels }), 1);
  model.encodeBackward(model.discriminator.backward(slope, { weights: false }));
  return { total: loss };
}

// Second phase: encoder and decoder minimise the reconstruction, and the encoder MAXIMISES log D(codes).
// codes: of the encoder's last forward pass; seen: the codes with noise added, when the discriminator is smoothed.
/**
 * @param {Autoencoder} model @param {Reals} x @param {Reals} codes @param {number} weight
 * @param {Numbers | null} labels @param {Reals} seen
 */
export function aaeLoss(model, x, codes, weight, labels = null, seen = codes) {
  clear(model);
  const { loss, slope } = reconstruction(model.decode(codes), x, model.pixels),
    byCodes = model.decoder.backward(slope),
    adversary = logistic(model.discriminator.logits(seen, { labels }), 1),
    pull = model.discriminator.backward(adversary.slope, { weights: false });
  for (let i = 0; i < byCodes.length; i++) byCodes[i] += weight * pull[i];
  model.encodeBackward(byCodes);
  return { total: loss + weight * adversary.loss, reconstruction: loss, adversarial: adversary.loss };
}

/** @param {Autoencoder} model */
function clear({ encoder, decoder }) {
  encoder.clearGradient();
  decoder.clearGradient();
}
