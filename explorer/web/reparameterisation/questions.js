// The questions of Predict: their answers, computed from the Gaussian, the draw and f of the moment, and what the
// figure shows of them. No DOM.
//
// given: {mean, log_var, noise: ε of the draw, f, omega, by: the parameter of the gradient}.

import { exact, exactVariances, FUNCTIONS } from "./estimators.js";
import { short } from "./scales.js";
import { format } from "../kernel/format.js";

/** @typedef {{mean: number, log_var: number, noise: number, f: string, omega: number, by: string}} Given */
// mean, std: of the dashed Gaussian; z: the draw; pathwise, score: the lengths of the bars, from 0 to 1, if there are
// any; mark: a length beside that of the score function.
/** @typedef {{mean: number, std: number, z: number, pathwise?: number, score?: number, mark?: number}} Scene */

const MOVE = 1; // of μ, σ and log σ²
const OTHER = { by: 2, times: 2 }; // the mean and σ of another image
const SHRINK = [1, 0.1, 0.01, 0.001]; // σ on its way to 0
const MARK = 0.1; // the bar of the scatter at σ
const EVEN = 1.005; // a ratio of variances that reads as 1
const TINY = 1e-4; // a value of f that reads as 0
const SCORES = { mean: "ε/σ", std: "(ε² − 1)/σ", log_var: "½(ε² − 1)" };

const say = (value) => short(value, format);
const twoDigits = (value) => String(Number(value.toPrecision(2)));
/** @param {Given} given */
const stdOf = ({ log_var: logVar }) => Math.exp(0.5 * logVar);
/** @param {Given} given */
const drawOf = (given) => given.mean + stdOf(given) * given.noise;

// The exact variance of one estimate by each of the two estimators, and the true gradient. std: another σ.
/** @param {Given} given */
function scatter({ mean, f, omega, by, ...rest }, std = stdOf({ mean, f, omega, by, ...rest })) {
  const known = exact(f, mean, std, omega, by),
    [pathwise, score] = exactVariances(known);
  return { pathwise, score, truth: known.truth };
}

// Each question computes numbers, and from them the right option: {answer: its index, values, because: the key of its
// reason, if it is not the question's usual one}.
/** @type {Record<string, (given: Given) => {answer: number, values: Record<string, string>, because?: string}>} */
export const QUESTIONS = {
  stays: (given) => ({ answer: 2, values: { z: say(drawOf(given)) } }),
  moves: (given) => {
    const z = drawOf(given);
    return { answer: 1, values: { z: say(z), after: say(z + MOVE * given.noise), noise: say(given.noise) } };
  },
  same: (given) => {
    const { z } = another(given, 2);
    return { answer: 2, values: { z: say(drawOf(given)), after: say(z), noise: say(given.noise) } };
  },
  logvar: (given) => {
    const std = stdOf(given);
    return {
      answer: 2,
      values: {
        before: say(given.log_var),
        after: say(given.log_var + MOVE),
        std: say(std),
        std_after: say(std * Math.exp(0.5 * MOVE)),
        half: say(0.5 * std),
      },
    };
  },
  variance: (given) => {
    const { pathwise, score, truth } = scatter(given),
      ratio = score / pathwise;
    const values = { pathwise: say(pathwise), score: say(score), truth: say(truth) };
    if (given.f === "step") return { answer: 1, values, because: "variance_step" };
    if (!(pathwise > 0)) return { answer: 1, values, because: "variance_flat" };
    const isEven = ratio < EVEN && 1 / ratio < EVEN,
      larger = ratio > 1 ? 1 : 0;
    return { answer: isEven ? 2 : larger, values: { ...values, ratio: short(Math.max(ratio, 1 / ratio), format, 2) } };
  },
  zero: (given) => {
    const stds = SHRINK.map((share) => share * stdOf(given)),
      found = stds.map((std) => scatter(given, std));
    const list = (values) => values.map(say).join(", ");
    return {
      answer: limitOf(given, found),
      values: {
        stds: stds.map(twoDigits).join(", "),
        variances: list(found.map(({ score }) => score)),
        weight: SCORES[given.by],
      },
    };
  },
};

// What the variance of the score function does as σ goes to 0: 0 it falls to 0, 1 it settles, 2 it grows. The estimate
// goes to f(μ) times the score, which grows as 1/σ, except by log σ².
/** @param {Given} given @param {{score: number}[]} found with ever smaller σ */
function limitOf({ mean, f, omega, by }, found) {
  if (Math.abs(FUNCTIONS[f].value(mean, omega)) > TINY) return by === "log_var" ? 1 : 2;
  const [before, last] = found.slice(-2).map(({ score }) => score);
  return last < 0.1 * before || last < TINY ** 2 ? 0 : 1;
}

// z of another image, if it were: 0 the same z, 1 as far from its mean, 2 as many standard deviations.
/** @param {Given} given @param {number} option */
function another(given, option) {
  const mean = given.mean + OTHER.by,
    std = OTHER.times * stdOf(given);
  return { mean, std, z: [drawOf(given), mean + stdOf(given) * given.noise, mean + std * given.noise][option] };
}

// Whether a question is about how far the estimates scatter.
export const hasBars = (name) => name === "variance" || name === "zero";

/** @param {Given} given @returns {Scene} what is so */
export const asItIs = (given) => ({
  mean: given.mean,
  std: stdOf(given),
  z: drawOf(given),
});

// What the figure shows of an option.
/** @type {Record<string, (given: Given, option: number, isRevealed: boolean) => Partial<Scene>>} */
const SCENES = {
  stays: (given, option) => ({
    mean: given.mean + MOVE,
    z: drawOf(given) + [MOVE, given.noise, 0][option],
  }),
  moves: (given, option) => ({
    std: stdOf(given) + MOVE,
    z: drawOf(given) + [MOVE, MOVE * given.noise, stdOf(given)][option],
  }),
  same: another,
  logvar: (given, option) => {
    const std = stdOf(given);
    return withWidth(given, [std + MOVE, std + 0.5, std * Math.exp(0.5 * MOVE)][option]);
  },
  variance: (given, option, isRevealed) => {
    if (!isRevealed) return { pathwise: [1, 0.3, 0.7][option], score: [0.3, 1, 0.7][option] };
    const { pathwise, score } = scatter(given),
      most = Math.max(pathwise, score) || 1;
    return { pathwise: Math.sqrt(pathwise / most), score: Math.sqrt(score / most) };
  },
  zero: (given, option, isRevealed) => {
    const std = SHRINK.at(-1) * stdOf(given),
      times = Math.sqrt(scatter(given, std).score / scatter(given).score);
    return {
      ...withWidth(given, std),
      score: isRevealed ? Math.min(1, MARK * times) : [0, MARK, 1][option],
      mark: MARK,
    };
  },
};

const withWidth = (given, std) => ({ std, z: given.mean + std * given.noise });

/**
 * @param {string} name @param {Given} given @param {number} option @param {boolean} isRevealed
 * @returns {Scene}
 */
export function sceneOf(name, given, option, isRevealed) {
  const shown = isRevealed ? QUESTIONS[name](given).answer : option;
  return { ...asItIs(given), ...SCENES[name](given, shown, isRevealed) };
}

/** @param {Scene} from @param {Scene} to @param {number} share @returns {Scene} */
export function between(from, to, share) {
  const mix = (name) => (1 - share) * (from[name] ?? 0) + share * to[name];
  const bars = ["pathwise", "score"].filter((name) => to[name] !== undefined).map((name) => [name, mix(name)]);
  const std = from.std ** (1 - share) * to.std ** share;
  return { ...to, mean: mix("mean"), std, z: mix("z"), ...Object.fromEntries(bars) };
}
