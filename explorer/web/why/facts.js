// What the questions of Predict are about, computed from the chosen models. No DOM.

import { apart, meanOf } from "./blur.js";
import { bound } from "./elbo.js";
import { drawsIn, radiusOf } from "./shell.js";
import { classesOf, drawsOf, sharesOf } from "./shares.js";
import { Tree } from "../kernel/nearest.js";

/** @import { Columns, Numbers } from "../kernel/types.js" */

const SHARE = 0.9; // of the codes, whose distance from the origin is named
const NARROW = -10; // log σ² of a q that is a point, nearly

// Of which classes are draws of the prior, and where are the codes?
/** @param {Columns} codes @param {Numbers} label @param {string[]} classes @param {number} seed */
export function ofDraws(codes, label, classes, seed) {
  const radii = Float64Array.from(codes[0], (x, row) => Math.hypot(x, codes[1][row])).sort();
  return {
    shares: sharesOf(classesOf(new Tree(codes), label, drawsOf(seed)), classes.length),
    usual: sharesOf(label, classes.length),
    labels: classes,
    reach: radii[Math.floor(SHARE * radii.length)],
    share: SHARE,
  };
}

/**
 * The ELBO and the gap of four q: the prior; a narrow one where p(x|z) is largest; one with the mean and the width of
 * p(z|x); the encoder's.
 * @param {import("./elbo.js").Likelihood} image @param {{log: number, mean: number[], std: number[]}} found
 * @param {{mean: number[], log_var: number[]}} encoder
 */
export function ofBound(image, found, encoder) {
  const best = image.values.reduce((at, value, i) => (value > image.values[at] ? i : at), 0),
    logVars = found.std.map((value) => 2 * Math.log(value));
  const all = [
    { mean: [0, 0], log_var: [0, 0] },
    { mean: image.grid.middle(best), log_var: [NARROW, NARROW] },
    { mean: found.mean, log_var: logVars },
    encoder,
  ];
  const bounds = all.map(({ mean, log_var: logVar }) => bound(image, found.log, mean, logVar));
  return {
    log: found.log,
    elbo: bounds[3].elbo,
    elbo_prior: bounds[0].elbo,
    gaps: bounds.map(({ gap }) => gap),
    ellipses: all.map(({ mean, log_var: logVar }) => [...mean, ...logVar.map((value) => Math.exp(0.5 * value))]),
  };
}

// How far a decoded picture is from x, from the mean of the images with near codes, and from the nearest of them.
/** @param {Numbers} decoded @param {Float32Array} x @param {Float32Array[]} near */
export const ofBlur = (decoded, x, near) => ({
  distances: [x, meanOf(near), near[0]].map((picture) => apart(decoded, picture)),
  neighbours: near.length,
});

// The distances of draws from the origin.
/** @param {number} seed @param {number} dimensions */
export function ofShell(seed, dimensions) {
  const radii = drawsIn(seed, dimensions).map(radiusOf),
    mean = radii.reduce((sum, radius) => sum + radius, 0) / radii.length;
  const square = radii.reduce((sum, radius) => sum + (radius - mean) ** 2, 0) / radii.length;
  return { dimensions, mean, spread: Math.sqrt(square) };
}
