// The questions of Predict: their answers, computed from q and p, and what the plot shows of them. A curve is {mean,
// std, gap}. No DOM.

import { lowest } from "./fit.js";
import { countUp, density, klTerms } from "./math.js";
import { closedForm } from "./one.js";
import { format } from "../kernel/format.js";

/** @typedef {{mean: number, std: number, gap: number}} Bumps */

const SHRINK = [1, 0.1, 0.01, 0.001]; // σ of q on its way to 0
const MOVE = { by: 5, times: 3 }; // an affine map of both
const BUMPS = { p: { mean: 0, std: 0.6, gap: 2 } }; // where p has none

const moved = ({ mean, std, gap }) => ({
  mean: MOVE.times * mean + MOVE.by,
  std: MOVE.times * std,
  gap: MOVE.times * gap,
});
const bumpsOf = (p) => (p.gap ? p : BUMPS.p);

// KL(weight || other), by the closed form where there is one.
function kl(weight, other) {
  if (!weight.gap && !other.gap) return closedForm(weight, other).total;
  return countUp(density(weight), density(other)).total;
}

// The right option: that of the first of two conditions that holds, else the third.
function optionOf([first, ifFirst], [second, ifSecond], otherwise) {
  if (first) return ifFirst;
  return second ? ifSecond : otherwise;
}

// Each question computes numbers from q and p, and from them the right option: {answer: its index, values}.
export const QUESTIONS = {
  larger: ({ q, p }) => {
    const [a, b] = [kl(q, p), kl(p, q)];
    return { answer: optionOf([Math.abs(a - b) < 5e-4, 2], [a > b, 0], 1), values: { a: format(a), b: format(b) } };
  },
  shrink: ({ q, p }) => {
    const values = SHRINK.map((std) => kl({ ...q, std }, p));
    const last = values.at(-1) - values.at(-2);
    return {
      answer: optionOf([last > 0.5, 2], [values.at(-1) < 0.01, 0], 1),
      values: { list: values.map((value) => format(value, 2)).join(", "), each: format(last, 2) },
    };
  },
  faster: ({ q, p }) => {
    const rise = (f) => f(SHRINK[2]) - f(SHRINK[1]);
    const forward = (std) => kl({ ...q, std }, p),
      backward = (std) => kl(p, { ...q, std });
    const [a, b] = [rise(forward), rise(backward)];
    return {
      answer: optionOf([Math.abs(a - b) < 0.01 * Math.max(a, b), 2], [a > b, 0], 1),
      values: { a: format(forward(0.01), 2), b: format(backward(0.01), 2) },
    };
  },
  moved: ({ q, p }) => {
    const [before, now] = [kl(q, p), kl(moved(q), moved(p))];
    return {
      answer: optionOf([Math.abs(now - before) < 1e-6 * Math.max(1, before), 1], [now > before, 0], 2),
      values: { before: format(before, 6), now: format(now, 6) },
    };
  },
  twice: ({ q, p }) => {
    const one = kl(q, p),
      both = inTwoDimensions(q, p),
      near = 1e-4 * Math.max(1, both);
    return {
      answer: optionOf([Math.abs(both - 2 * one) < near, 1], [Math.abs(both - one) < near, 0], 2),
      values: { one: format(one, 4), both: format(both, 4) },
    };
  },
  fits: ({ q, p }) => {
    const target = bumpsOf(p),
      ends = ["q‖p", "p‖q"].map((direction) => lowest(direction, q, target));
    const [forcing, covering] = ends;
    const off = Math.min(
      Math.abs(forcing.mean - (target.mean - target.gap)),
      Math.abs(forcing.mean - (target.mean + target.gap)),
    );
    return {
      answer: off < 0.25 * target.gap ? 0 : 1,
      values: {
        kl1: format(forcing.kl),
        kl2: format(covering.kl),
        m1: format(forcing.mean, 2),
        s1: format(forcing.std, 2),
        m2: format(covering.mean, 2),
        s2: format(covering.std, 2),
      },
    };
  },
};

// What the plot shows while a question is answered: q and p as the question changes them, or as the chosen option has
// them; once the answer is revealed, as it is. Questions that change nothing have no scene.
const shrunk = (q, p) => ({ q: { ...q, std: SHRINK[1] * q.std }, p });
const SCENES = {
  shrink: shrunk,
  faster: shrunk,
  moved: (q, p) => ({ q: moved(q), p: moved(p) }),
  fits: (q, p, option, isRevealed) => {
    const target = bumpsOf(p),
      { mean, std, gap } = target;
    if (isRevealed) return { q: { ...lowest("q‖p", q, target), gap: 0 }, p: target };
    const onOne = { mean: mean + (q.mean > mean ? gap : -gap), std, gap: 0 },
      overBoth = { mean, std: Math.hypot(std, gap), gap: 0 };
    return { q: option === 0 ? onOne : overBoth, p: target };
  },
};

/**
 * @param {string} name @param {Bumps} q @param {Bumps} p @param {number | undefined} option @param {boolean} isRevealed
 * @returns {{q: Bumps, p: Bumps} | null}
 */
export function sceneOf(name, q, p, option, isRevealed) {
  return option === undefined ? null : (SCENES[name]?.(q, p, option, isRevealed) ?? null);
}

// A curve on its way from one to another: its mean and its gap move evenly, its width by equal factors.
/** @param {Bumps} from @param {Bumps} to @param {number} share @returns {Bumps} */
export function between(from, to, share) {
  const mix = (name) => (1 - share) * from[name] + share * to[name];
  return { mean: mix("mean"), std: from.std ** (1 - share) * to.std ** share, gap: mix("gap") };
}

// The KL of two independent dimensions: by the closed form for full covariances, or by a sum over a grid.
function inTwoDimensions(q, p) {
  const square = ({ mean, std }) => ({
    mean: [mean, mean],
    cov: [
      [std * std, 0],
      [0, std * std],
    ],
  });
  if (!p.gap) return klTerms(square(q), square(p)).total;
  const logQ = density(q).log,
    logP = density(p).log,
    step = 0.05,
    n = 360;
  const line = Array.from({ length: n + 1 }, (_, i) => {
    const z = q.mean + (i - n / 2) * step * q.std,
      log = logQ(z);
    return { weight: Math.exp(log) * step * q.std, ratio: log - logP(z) };
  });
  let sum = 0;
  for (const a of line) for (const b of line) sum += a.weight * b.weight * (a.ratio + b.ratio);
  return sum;
}
