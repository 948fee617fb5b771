// The questions of Predict: their answers, computed from what they are about, and what the figure shows of them. No
// DOM.

import { Cloud } from "./clouds.js";
import { Divergence } from "./divergence.js";
import { CHANCE, slopeOf } from "../kernel/live_discriminator.js";
import { sigmoid } from "../kernel/perceptron.js";
import { logDensity } from "../kernel/prior.js";
import { LOG_VARS, lossOf } from "../kernel/width/terms.js";
import { format, percent } from "../kernel/format.js";

/** @import { Numbers, Pair } from "../kernel/types.js" */

/**
 * q: a cloud, as in clouds.js; hole: the share of p that stays empty.
 * @typedef {{mean: Pair, std: number, hole?: number}} Blob
 * @typedef {{q: Blob, hole: number}} OfClouds
 * @typedef {{kl: number, information: number, marginal: number}} OfVae  see surgery.js
 *
 * vae, aae: σ where BCE + KL is least, and where the AAE's loss is; as σ shrinks from the first to `last`, the KL grows
 * by `grown` nats, and the AAE's loss changes by `changed`; weight: λ.
 * @typedef {{vae: number, aae: number, last: number, grown: number, changed: number, weight: number}} OfWidth
 *
 * What the figure shows: q on the map and a point z; whether the map has the colours of D; the bars.
 * @typedef {{q: Blob, z: Pair | null, coloured: boolean, bars: import("../parts/quiz/bars.js").Values}} Scene
 */

export const REACH = 4.5; // of the map
const MOVED = /** @type {Blob} */ ({ mean: [1.6, 1.2], std: 1 }); // in the place of a q that hardly differs from p
const PRIOR = /** @type {Blob} */ ({ mean: [0, 0], std: 1 });
const APART = /** @type {Blob} */ ({ mean: [-3.5, -3.5], std: 0.4 }); // as good as nothing in common with p
const SMALL = 0.01; // nats, or a share: less is no difference that one can see
const HOLES = [0.05, 0.2, 0.5, 0.9];
const WIDE = 0.7; // σ: nearly that of the prior
const STEP = 0.05; // latent units, along a line
const EDGE = 0.3; // of the map: no point of a question is nearer to it

const divergence = new Divergence(null);
const known = new Map(); // by cloud: its JSD

// {jsd, lossAtBest} of a cloud: a frame asks for it several times.
/** @param {Blob} q */
function judged(q) {
  const key = JSON.stringify(q);
  if (!known.has(key)) {
    if (known.size > 50) known.clear();
    known.set(key, divergence.of(new Cloud(q)));
  }
  return known.get(key);
}

// The logit of the best D, log p(z) − log q(z).
/** @param {Cloud} cloud @param {Pair} z */
export const bestLogit = (cloud, z) => logDensity(null, ...z) - cloud.logDensity(...z);

// The points of the map on the line through 0 and q's mean, from one edge to the other.
/** @param {Blob} q @returns {Pair[]} */
function line({ mean: [x, y] }) {
  const size = Math.hypot(x, y),
    [ux, uy] = size > 0 ? [x / size, y / size] : [1, 0],
    n = Math.floor((REACH - EDGE) / STEP);
  return Array.from({ length: 2 * n + 1 }, (_, i) => [ux * STEP * (i - n), uy * STEP * (i - n)]);
}

// The point nearest to 0 on that line at which q has twice the density of p; null if there is none.
/** @param {Blob} q @returns {Pair | null} */
function twice(q) {
  const cloud = new Cloud(q),
    above = (z) => bestLogit(cloud, z) + Math.LN2 > 0,
    points = line(q);
  const crossings = points
    .slice(1)
    .map((point, i) => [points[i], point])
    .filter(([a, b]) => above(a) !== above(b))
    .map(([a, b]) => {
      for (let i = 0; i < 40; i++) {
        const middle = /** @type {Pair} */ ([(a[0] + b[0]) / 2, (a[1] + b[1]) / 2]);
        if (above(middle) === above(a)) a = middle;
        else b = middle;
      }
      return a;
    });
  const from0 = ([x, y]) => Math.hypot(x, y);
  return crossings.reduce((best, z) => (best === null || from0(z) < from0(best) ? z : best), null);
}

// Where q has twice the density of p: {q, z}. A q that is so nowhere on the map is replaced.
/** @param {Blob} q */
function doubled(q) {
  const z = twice(q);
  return z ? { q, z } : { q: MOVED, z: /** @type {Pair} */ (twice(MOVED)) };
}

// The point of that line at which the best D is smallest: {q, z, logit}. A q that is nearly p is replaced.
/** @param {Blob} given */
function rejected(given) {
  const q = judged(given).jsd < SMALL ? MOVED : given,
    cloud = new Cloud(q),
    points = line(q),
    logits = points.map((point) => bestLogit(cloud, point)),
    least = logits.indexOf(Math.min(...logits));
  return { q, z: points[least], logit: logits[least] };
}

// What a width of the code costs an AAE, from the terms of its loss at each width.
/**
 * @param {{reconstruction: Numbers, judged: Numbers, kl: Numbers}} terms @param {number} weight
 * @returns {OfWidth}
 */
export function ofWidth({ reconstruction, judged, kl }, weight) {
  const std = (i) => Math.exp(0.5 * LOG_VARS[i]),
    from = lossOf(reconstruction, kl, 1).least,
    { total, least } = lossOf(reconstruction, judged, weight);
  return {
    vae: std(from),
    aae: std(least),
    last: std(0),
    grown: kl[0] - kl[from],
    changed: total[0] - total[from],
    weight,
  };
}

/** @param {Blob} q */
const away = (q) => (judged(q).jsd < SMALL ? APART : q);
/** @param {number} share @returns {Blob} */
const emptied = (share) => ({ ...PRIOR, hole: share });
/** @param {number} value @param {number[]} options */
const nearest = (value, options) => {
  const distances = options.map((option) => Math.abs(option - value));
  return distances.indexOf(Math.min(...distances));
};

const SHARES = [1 / 3, 1 / 2, 2 / 3]; // the options of the first question

// Each question computes numbers from what it is about, and from them the right option: {answer: its index, values}.
export const QUESTIONS = {
  best: (/** @type {OfClouds} */ given) => {
    const { q, z } = doubled(given.q),
      d = sigmoid(bestLogit(new Cloud(q), z)),
      p = Math.exp(logDensity(null, ...z));
    const values = {
      p: format(p, 4),
      q: format(p / d - p, 4),
      d: percent(d),
      z: z.map((v) => format(v, 2)).join(", "),
    };
    return { answer: nearest(d, SHARES), values };
  },
  blind: (/** @type {OfClouds} */ given) => {
    const { jsd, lossAtBest } = judged(away(given.q));
    const values = { chance: format(CHANCE), half: format(CHANCE / 2), jsd: format(jsd), best: format(lossAtBest) };
    return { answer: jsd < SMALL ? 0 : 2, values };
  },
  part: (/** @type {OfVae} */ { kl, information, marginal }) => ({
    answer: 2, // D sees codes and draws of p, and no x
    values: { kl: format(kl, 2), information: format(information, 2), marginal: format(marginal, 2) },
  }),
  gradient: (/** @type {OfClouds} */ given) => {
    const { logit } = rejected(given.q),
      [saturating, other] = [slopeOf(logit, true), slopeOf(logit, false)];
    const larger = saturating > other ? 0 : 1;
    return {
      answer: Math.abs(saturating - other) < SMALL ? 2 : larger,
      values: { d: percent(sigmoid(logit)), saturating: format(saturating), other: format(other) },
    };
  },
  empty: (/** @type {OfClouds} */ { hole }) => {
    const { jsd } = judged(emptied(hole)),
      list = HOLES.map((share) => `${percent(share)}: ${format(judged(emptied(share)).jsd)}`);
    return {
      answer: jsd > Math.LN2 - SMALL ? 1 : 2,
      values: { share: percent(hole), jsd: format(jsd), most: format(Math.LN2), list: list.join(", ") },
    };
  },
  point: (/** @type {OfWidth} */ { vae, aae, last, grown, changed, weight }) => {
    const values = { vae: format(vae), aae: format(aae), last: format(last), weight: String(weight) };
    const changes = { grown: format(grown, 2), changed: (changed > 0 ? "+" : "") + format(changed, 2) };
    // towards a point, if that costs nothing
    const narrow = changed < SMALL ? 2 : 1;
    return { answer: aae > WIDE ? 0 : narrow, values: { ...values, ...changes } };
  },
};

// What the figure shows of each question: before an option is chosen (undefined), of an option, and of the answer.
const SCENES = {
  best: (/** @type {OfClouds} */ given, option, isRevealed) => {
    const { q, z } = doubled(given.q),
      logit = bestLogit(new Cloud(q), z),
      p = Math.exp(logDensity(null, ...z)),
      d = isRevealed ? sigmoid(logit) : (SHARES[option] ?? null);
    return { q, z, bars: { p, q: p * Math.exp(-logit), d } };
  },
  blind: (/** @type {OfClouds} */ given, option, isRevealed) => {
    const own = away(given.q);
    const [q, guess] = [
      [PRIOR, 0],
      [APART, Math.LN2],
      [own, null],
    ][isRevealed ? 2 : (option ?? 2)];
    const bars = { loss: CHANCE, generator: CHANCE / 2, jsd: isRevealed ? judged(own).jsd : guess };
    return { q, coloured: false, bars };
  },
  part: (/** @type {OfVae} */ { kl, information, marginal }, option, isRevealed) => {
    const replaced = isRevealed ? marginal : ([kl, information, marginal][option] ?? null);
    return { bars: { kl, information, marginal, replaced } };
  },
  gradient: (/** @type {OfClouds} */ given, option, isRevealed) => {
    const { q, z, logit } = rejected(given.q),
      d = sigmoid(logit),
      [low, high] = [Math.min(d, 1 - d), Math.max(d, 1 - d)];
    const guesses = [
      [high, low],
      [low, high],
      [0.5, 0.5],
    ][option] ?? [null, null];
    const [saturating, other] = isRevealed ? [slopeOf(logit, true), slopeOf(logit, false)] : guesses;
    return { q, z, bars: { d, saturating, other } };
  },
  empty: (/** @type {OfClouds} */ { hole }, option, isRevealed) => {
    const q = emptied(hole),
      guess = [Infinity, Math.LN2, Math.LN2 / 2][option] ?? null;
    return { q, bars: { most: Math.LN2, jsd: isRevealed ? judged(q).jsd : guess } };
  },
  point: (/** @type {OfWidth} */ { vae, aae }, option, isRevealed) => ({
    bars: { vae, aae: isRevealed ? aae : ([1, vae, 0][option] ?? null) },
  }),
};

/** @param {string} name @param {any} given @param {number | undefined} option @param {boolean} isRevealed */
export function sceneOf(name, given, option, isRevealed) {
  const scene = SCENES[name](given, option, isRevealed);
  return /** @type {Scene} */ ({ q: PRIOR, z: null, coloured: isRevealed, ...scene });
}

// The bars of a question: [key, the value of a full bar, the class that colours it].
/** @param {string} name @param {Record<string, number | null>} bars @returns {[string, number, string][]} */
export function rowsOf(name, bars) {
  const most = (...keys) => Math.max(...keys.map((key) => bars[key] ?? 0));
  switch (name) {
    case "best":
      return [
        ["p", most("p", "q"), "p"],
        ["q", most("p", "q"), "z"],
        ["d", 1, "text"],
      ];
    case "blind":
      return [
        ["loss", CHANCE, "text"],
        ["generator", CHANCE, "text"],
        ["jsd", CHANCE, "p"],
      ];
    case "part":
      return ["kl", "information", "marginal", "replaced"].map((key, i) => [
        key,
        most("kl", "information", "marginal"),
        ["mean", "noise", "p", "text"][i],
      ]);
    case "gradient":
      return ["d", "saturating", "other"].map((key) => [key, 1, "text"]);
    case "empty":
      return [
        ["most", 1.2 * Math.LN2, "p"],
        ["jsd", 1.2 * Math.LN2, "text"],
      ];
    default:
      return [
        ["vae", 1, "log_var"],
        ["aae", 1, "log_var"],
      ];
  }
}
