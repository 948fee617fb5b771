// The questions of Predict: their answers, computed from numbers of finished runs (ui/predictions.py) and from the
// settings of run A, and the bars that show them. No DOM.

import { format, percent } from "../kernel/format.js";

/**
 * Of two numbers the first is known, and the second one asked for.
 * @typedef {[number, number]} Two
 * @typedef {{bce: Two, kl: Two, sliced: Two, beta: Two, images: number}} OfBeta
 * @typedef {{vae: number, aae: number | null}} OfWidth  medians of σ
 * @typedef {{dataset: string, pixels: number, factor: number, beta: number, kl: Two}} OfPixels
 * @typedef {{sliced: Two}} OfRate
 * @typedef {{dimensions: number[], bce: number[], images: number}} OfDimensions
 */

export const CLEAR = 0.05; // of a number: a smaller change counts as hardly any
const [LESS, MORE] = [0.4, 1.6]; // how a guess is drawn: falls, rises

// −1: it falls, 1: it rises, 0: it hardly changes.
/** @param {Two} two */
function change([from, to]) {
  if (Math.abs(to - from) < CLEAR * Math.abs(from)) return 0;
  return to > from ? 1 : -1;
}

// The number of the first condition that holds, or the last one's.
/** @param {boolean[]} conditions */
const first = (...conditions) => [...conditions, true].indexOf(true);

// A β or a number of pixels as text, with as few digits as it needs.
/** @param {number} value */
export const written = (value) => String(Number(value.toPrecision(4)));

// The β that the mean over pixels trains.
/** @param {OfPixels} given */
const effective = ({ factor, beta }) => factor * beta;

// Each question computes from its numbers the right option and the values of its sentence: {answer, values}.
export const QUESTIONS = {
  high: (/** @type {OfBeta} */ { kl, bce }) => ({
    answer: first(change(kl) > 0 && change(bce) < 0, change(kl) < 0 && change(bce) > 0),
    values: { kl1: format(kl[0], 2), kl2: format(kl[1], 2), bce1: format(bce[0], 1), bce2: format(bce[1], 1) },
  }),
  low: (/** @type {OfBeta} */ { sliced, kl }) => ({
    answer: first(change(sliced) === 0, change(sliced) < 0),
    values: { w1: format(sliced[0]), w2: format(sliced[1]), kl1: format(kl[0], 2), kl2: format(kl[1], 2) },
  }),
  width: (/** @type {OfWidth} */ { vae, aae }) => ({
    answer: first(aae === null, aae !== null && aae < (vae + 1) / 2),
    values: { vae: format(vae) },
  }),
  pixels: (/** @type {OfPixels} */ given) => ({
    answer: first(effective(given) < given.beta, effective(given) === given.beta),
    values: {
      beta: written(given.beta),
      pixels: written(given.pixels),
      effective: written(effective(given)),
      kl1: format(given.kl[0], 2),
      kl2: format(given.kl[1], 2),
    },
  }),
  rate: (/** @type {OfRate} */ { sliced }) => ({
    answer: first(change(sliced) < 0, change(sliced) > 0),
    values: { w1: format(sliced[0]), w2: format(sliced[1]) },
  }),
  dimensions: (/** @type {OfDimensions} */ { dimensions, bce }) => {
    const steps = bce.slice(1).map((value, i) => change([bce[i], value])),
      bces = dimensions.map((count, i) => `${count}: ${format(bce[i], 1)}`);
    return {
      answer: first(
        steps.every((step) => step < 0),
        change([bce[0], bce.at(-1)]) < 0,
      ),
      values: { bces: bces.join(", "), clear: percent(CLEAR) },
    };
  },
};

// The numbers in a question, in the names of its bars and in the sentence on where they come from.
/** @param {string} name @param {any} given @returns {Record<string, string>} */
export function namesOf(name, given) {
  switch (name) {
    case "high":
    case "low":
      return { a: written(given.beta[0]), b: written(given.beta[1]), n: given.images.toLocaleString("en") };
    case "pixels":
      return { dataset: given.dataset, pixels: written(given.pixels), beta: written(given.beta) };
    case "dimensions": {
      const [least, ...more] = given.dimensions;
      return {
        first: String(least),
        list: `${more.slice(0, -1).join(", ")} and ${more.at(-1)}`,
        n: given.images.toLocaleString("en"),
      };
    }
    default:
      return {};
  }
}

// The bars of a number that changes: what is known, and what is asked for.
/** @param {Two} two @param {number | undefined} guess @param {boolean} isRevealed */
function pair([known, asked], guess, isRevealed) {
  if (isRevealed) return [known, asked];
  return [known, guess === undefined ? null : known * guess];
}

// What the figure shows of each question: before an option is chosen (undefined), of an option, and of the answer.
const SCENES = {
  high: (/** @type {OfBeta} */ { kl, bce }, option, isRevealed) => {
    const [kl1, kl2] = pair(kl, [MORE, LESS, 1][option], isRevealed),
      [bce1, bce2] = pair(bce, [LESS, MORE, 1][option], isRevealed);
    return { kl1, kl2, bce1, bce2 };
  },
  low: (/** @type {OfBeta} */ { sliced }, option, isRevealed) => {
    const [w1, w2] = pair(sliced, [1, LESS, MORE][option], isRevealed);
    return { w1, w2 };
  },
  width: (/** @type {OfWidth} */ { vae, aae }, option, isRevealed) => ({
    vae,
    aae: isRevealed ? (aae ?? 0) : ([0, vae, 1][option] ?? null),
  }),
  pixels: (/** @type {OfPixels} */ given, option, isRevealed) => {
    const { beta, pixels } = given;
    return {
      sum: beta,
      mean: isRevealed ? effective(given) : ([beta / pixels, beta, beta * pixels][option] ?? null),
    };
  },
  rate: (/** @type {OfRate} */ { sliced }, option, isRevealed) => {
    const [w1, w2] = pair(sliced, [LESS, MORE, 1][option], isRevealed);
    return { w1, w2 };
  },
  dimensions: (/** @type {OfDimensions} */ { dimensions, bce }, option, isRevealed) => {
    const guesses = [
      [1, 0.8, 0.6, 0.4],
      [1, 0.7, 0.65, 0.65],
      [1, 1, 1, 1],
    ][option];
    const guess = (i) => (guesses ? bce[0] * guesses[i] : null),
      at = (i) => (isRevealed || i === 0 ? bce[i] : guess(i));
    return Object.fromEntries(dimensions.map((count, i) => [`d${count}`, at(i)]));
  },
};

/** @param {string} name @param {any} given @param {number | undefined} option @param {boolean} isRevealed */
export const sceneOf = (name, given, option, isRevealed) => SCENES[name](given, option, isRevealed);

/**
 * The bars of a question. values: those that are shown, which give the scale. `of` names the bars that share it.
 * @param {string} name @param {any} given @param {Record<string, number | null>} values
 * @returns {{key: string, most: number, least?: number, symbol: string}[]}
 */
export function rowsOf(name, given, values) {
  const keys = Object.keys(values),
    most = (...of) => 1.2 * Math.max(MORE * values[of[0]], ...of.map((key) => values[key] ?? 0));
  switch (name) {
    case "high":
      return keys.map((key) => {
        const of = key.startsWith("kl") ? ["kl1", "kl2"] : ["bce1", "bce2"];
        return { key, most: most(...of), symbol: key.startsWith("kl") ? "log_var" : "mean" };
      });
    case "width":
      return keys.map((key) => ({ key, most: 1, symbol: "log_var" }));
    case "pixels": {
      const { beta, pixels } = given;
      return keys.map((key) => ({ key, least: beta / pixels / 2, most: 2 * beta * pixels, symbol: "text" }));
    }
    case "dimensions":
      return keys.map((key) => ({ key, most: 1.2 * values[keys[0]], symbol: "mean" }));
    default:
      return keys.map((key) => ({ key, most: most(...keys), symbol: "p" }));
  }
}
