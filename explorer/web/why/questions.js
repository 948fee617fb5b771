// The questions of Predict: their answers, computed from what facts.js finds of the chosen models, and what the figure
// shows of them. No DOM.

import { rarest } from "./shares.js";
import { format, percent } from "../kernel/format.js";

const LITTLE = 0.25, // of its share in the test set: a class that the draws hardly have
  MOST = 0.9; // of the draws: the others do not count
const FACTOR = 2; // of p(x|z)

/** @param {number[]} values */
const least = (values) => values.indexOf(Math.min(...values));
const nats = (value) => format(value, 2);

/** @param {{shares: number[], usual: number[]}} given */
function howEven({ shares, usual }) {
  const which = rarest(shares, usual);
  if (Math.max(...shares) > MOST) return 2;
  return shares[which] < LITTLE * usual[which] ? 1 : 0;
}

// Each question computes numbers from its facts, and from them the right option: {answer: its index, values}.
/** @type {Record<string, (given: any) => {answer: number, values: Record<string, string>}>} */
export const QUESTIONS = {
  invent: (given) => {
    const { shares, usual, labels, reach, share } = given,
      which = rarest(shares, usual);
    return {
      answer: howEven(given),
      values: {
        label: labels[which],
        share: percent(shares[which]),
        usual: percent(usual[which]),
        reach: format(reach, 1),
        codes: percent(share),
        radius: format(Math.sqrt(-2 * Math.log(1 - share)), 1), // of N(0, I) in the plane
      },
    };
  },
  moved: ({ log, elbo, elbo_prior: after }) => ({
    answer: 1,
    values: {
      before: nats(elbo),
      after: nats(after),
      gap: nats(log - elbo),
      gap_after: nats(log - after),
      log: nats(log),
    },
  }),
  nearest: ({ gaps }) => ({
    answer: least(gaps),
    values: { prior: nats(gaps[0]), narrow: nats(gaps[1]), posterior: nats(gaps[2]), encoder: nats(gaps[3]) },
  }),
  double: ({ bce }) => ({ answer: 1, values: { bce: nats(bce), after: nats(bce - Math.log(FACTOR)) } }),
  blur: ({ distances, neighbours }) => ({
    answer: least(distances),
    values: {
      original: format(distances[0], 1),
      mean: format(distances[1], 1),
      nearest: format(distances[2], 1),
      k: String(neighbours),
    },
  }),
  shell: ({ dimensions, mean, spread }) => ({
    answer: 2,
    values: {
      dimensions: String(dimensions),
      root: nats(Math.sqrt(dimensions)),
      mean: nats(mean),
      spread: nats(spread),
    },
  }),
};

// A scene is a row of numbers: the lengths of bars, in the unit of the question; an ellipse, its middle and its two σ;
// or the weights of pictures that are mixed.
/** @type {Record<string, (given: any) => number[]>} */
const STARTS = {
  invent: ({ usual }) => usual,
  moved: ({ log, elbo }) => [-log, log - elbo, -elbo],
  nearest: () => [0, 0, 1, 1],
  double: ({ bce }) => [bce],
  blur: () => [1, 0, 0, 0],
  shell: () => [0],
};

/** @type {Record<string, (given: any, option: number, isRevealed: boolean) => number[]>} */
const SCENES = {
  invent: ({ shares, usual }, option, isRevealed) => {
    if (isRevealed) return shares;
    const withoutOne = usual.map((value, i) => (i ? value / (1 - usual[0]) : 0)),
      oneAlone = usual.map((_, i) => (i ? 0 : 1));
    return [usual, withoutOne, oneAlone][option];
  },
  moved: ({ log, elbo, elbo_prior: after }, option) =>
    [
      [-after - (log - elbo), log - elbo, -after],
      [-log, log - after, -after],
      [-log, log - after, -elbo],
    ][option],
  nearest: ({ ellipses }, option) => ellipses[option],
  double: ({ bce }, option) => [[bce / FACTOR], [bce - Math.log(FACTOR)], [bce * FACTOR]][option],
  blur: (_, option, isRevealed) => [0, 1, 2, 3].map((i) => Number(i === (isRevealed ? 3 : option))),
  shell: ({ dimensions, mean }, option, isRevealed) => [isRevealed ? mean : [0, 1, Math.sqrt(dimensions)][option]],
};

/** @param {string} name @param {any} given */
export const startOf = (name, given) => STARTS[name](given);

/** @param {string} name @param {any} given @param {number} option @param {boolean} isRevealed */
export function sceneOf(name, given, option, isRevealed) {
  return SCENES[name](given, isRevealed ? QUESTIONS[name](given).answer : option, isRevealed);
}

/** @param {number[]} from @param {number[]} to @param {number} share */
export const between = (from, to, share) => to.map((value, i) => (1 - share) * from[i] + share * value);

// The number at which a bar has its full length: of shares one that fits the test set's, of others the largest that any
// option has. A longer bar makes all others shorter.
/** @param {string} name @param {any} given @param {number[]} values @returns {number} */
export function fullLength(name, given, values) {
  const all = [0, 1, 2].flatMap((option) => [false, true].flatMap((told) => SCENES[name](given, option, told)));
  return Math.max(...values, ...(name === "invent" ? given.usual.map((share) => 1.5 * share) : all));
}
