// How dense a model's codes lie at a place, beside its prior, and whether that is a hole in q(z). No DOM.

import { seededUniform, standardNormal } from "../kernel/random.js";
import { sample } from "../kernel/models.js";
import { logDensity } from "../kernel/nearest.js";
import { logDensity as logPrior } from "../kernel/prior.js";

/** @import { Columns, Model, Numbers } from "../kernel/types.js" */

const NEIGHBOURS = 10;
// A hole: q(z) is less than a fifth of p(z). Of 3,000 draws of N(0, I) against 10,000 others none is called a hole in
// the plane (the estimate's standard deviation is 0.33 nats). Of places where a quarter of the mass is missing the rule
// finds 88 % in the plane, 71 % in three dimensions, 55 % in four, 9 % in 16: beyond three, no place is called a hole.
export const HOLE = Math.log(5);
export const MOST_DIMENSIONS = 3;
const SEED = 5; // of the draws of the prior, the same every time

// Does the rule find most of a model's holes?
/** @param {Model} model */
export const seesHoles = ({ entry }) => entry.latent_dim <= MOST_DIMENSIONS;

// The columns whose density is q(z)'s: one draw of z an image where there is a q(z|x), as on the map; else the codes.
/** @param {Model} model @returns {Columns} */
export function drawn(model) {
  if (!model.codes.logVar) return model.codes.mean;
  return (model.sampled ??= sample(model.codes));
}

// log q(z), nats, at a place of the model's dimensions: an estimate from the ten nearest codes.
/** @param {Model} model @param {Numbers} place */
export const logQ = (model, place) => logDensity(drawn(model), place, NEIGHBOURS);

// log p(z), nats. In the plane it is exact. In more dimensions a ball around ten neighbours is too wide for either
// density, so p(z) is estimated like q(z), from as many draws of N(0, I): what is wrong with both is then the same.
/** @param {Model} model @param {Numbers} place */
export function logP(model, place) {
  const { latent_dim: dimensions, shape } = model.entry;
  if (dimensions === 2) return logPrior(shape, place[0], place[1]);
  if (!model.priorDraws) {
    const uniform = seededUniform(SEED),
      n = model.codes.label.length;
    model.priorDraws = Array.from({ length: dimensions }, () => Float32Array.from(standardNormal(n, uniform)));
  }
  return logDensity(model.priorDraws, place, NEIGHBOURS);
}

// At each place: {q, p: logarithms of the densities, hole: is q far below p, where the rule finds most holes}.
/** @param {Model} model @param {Numbers[]} places */
export function densities(model, places) {
  const sees = seesHoles(model);
  return places.map((place) => {
    const q = logQ(model, place),
      p = logP(model, place);
    return { q, p, hole: sees && p - q > HOLE };
  });
}
