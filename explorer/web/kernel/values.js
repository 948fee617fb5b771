// A number for each code of a model. Maps are coloured by it, and images are found by it. No DOM.

import { klToStandardNormal } from "./gaussian.js";
import { logDensityWithin, neighbourhoods } from "./nearest.js";
import { sigmoid } from "./perceptron.js";
import { TrainedDiscriminator } from "./trained_discriminator.js";

/** @import { Model } from "./types.js" */

export const VALUES = ["kl", "error", "judgement", "density"];

// Whether a model has such a number for each code.
/** @param {string} name @param {import("./types.js").Entry} entry */
export function hasValue(name, entry) {
  if (name === "kl") return entry.stochastic;
  if (name === "error") return Boolean(entry.errors);
  return name !== "judgement" || (Boolean(entry.discriminator) && entry.latent_dim === 2);
}

// model: of models.js, which is `models`. Resolves to a Float32Array, one number for each test image, or null where the
// model has none:
//   kl         KL(q(z|x)‖N(0, I)), nats; only where there is a q(z|x)
//   error      BCE of the image decoded at its code or mean, summed over pixels, nats; only where its originals are
//              here, or the file has them
//   judgement  D at the code or mean; only for the AAE in the plane
//   density    log of the density of all codes there, nats, by its ten nearest (see nearest.js)
/**
 * @param {import("./models.js").Models} models @param {Model} model @param {string} name
 * @returns {Promise<Float32Array | null>}
 */
export function valuesOf(models, model, name) {
  if (!hasValue(name, model.entry)) return Promise.resolve(null); // not cached: errors may be known later
  model.values ??= new Map();
  if (!model.values.has(name)) {
    const found = MAKE[name](models, model);
    found.catch(() => model.values.delete(name)); // so that the next call tries again
    model.values.set(name, found);
  }
  return model.values.get(name);
}

// The discriminator of a trained AAE in the plane.
/** @param {import("./models.js").Models} models @param {Pick<Model, "entry">} model */
export const discriminatorOf = async (models, { entry }) =>
  new TrainedDiscriminator(await models.tensors("latents", entry), entry);

const MAKE = {
  /** @param {import("./models.js").Models} _ @param {Model} model */
  async kl(_, { codes: { mean, logVar } }) {
    const at = (columns, row) => columns.map((column) => column[row]);
    return (
      logVar &&
      Float32Array.from(mean[0], (_, row) => klToStandardNormal(at(mean, row), at(logVar, row)).reduce((a, b) => a + b))
    );
  },
  async error(models, { entry }) {
    return (await models.tensors("errors", entry)).error.values;
  },
  async judgement(models, model) {
    const { mean, label } = model.codes;
    const discriminator = await discriminatorOf(models, model),
      result = new Float32Array(label.length);
    for (const which of discriminator.labelled ? new Set(label) : [0]) {
      const rows = [...label.keys()].filter((row) => !discriminator.labelled || label[row] === which);
      const logits = discriminator.logits(Float64Array.from(rows.flatMap((row) => [mean[0][row], mean[1][row]])), {
        label: which,
      });
      rows.forEach((row, i) => (result[row] = sigmoid(logits[i])));
    }
    return result;
  },
  async density(models, model) {
    const { mean } = model.codes,
      { k, distances } = await neighbourhoodsOf(model);
    return Float32Array.from(mean[0], (_, row) =>
      logDensityWithin(k + 1, mean[0].length, mean.length, distances[row * k + k - 1]),
    ); // itself and ten
  },
};

// The ten nearest others of each code, in all dimensions: see nearest.js.
/** @param {Model} model */
export function neighbourhoodsOf(model) {
  model.neighbourhoods ??= neighbourhoods(model.codes.mean);
  return model.neighbourhoods;
}
