// ½ (σ² − 1 − log σ²) in float32, written in several ways, with its gradient by log σ²: what a GPU or a training
// computes.

import { NUMBERS } from "../kernel/numbers.js";

const f = Math.fround; // each operation's result is rounded, as float32 arithmetic does

export const LARGEST = 3.4028234663852886e38; // of float32
export const OVERFLOW = Math.log(LARGEST); // exp of more is infinite: 88.7228…
export const CLAMP = NUMBERS.log_var_clamp; // of the clamped form

export const FORMS = {
  // ½ (exp(log_var) − 1 − log_var): what stands in the formula
  exp: (lv) => ({ kl: f(0.5 * f(f(f(Math.exp(lv)) - 1) - lv)), gradient: f(0.5 * f(f(Math.exp(lv)) - 1)) }),
  // ½ (expm1(log_var) − log_var): what gaussian.py does
  expm1: (lv) => ({ kl: f(0.5 * f(f(Math.expm1(lv)) - lv)), gradient: f(0.5 * f(f(f(Math.expm1(lv)) + 1) - 1)) }),
  // the first with log_var cut at ±20: finite everywhere, and flat beyond
  clamp: (lv) => {
    const { kl, gradient } = FORMS.exp(f(Math.max(-CLAMP, Math.min(CLAMP, lv))));
    return { kl, gradient: Math.abs(lv) > CLAMP ? 0 : gradient };
  },
};

// In float32, as a number that log_var can be there; and in double precision, to compare with.
export function bench(logVar) {
  const lv = f(logVar);
  return {
    logVar: lv,
    variance: f(Math.exp(lv)),
    forms: Object.fromEntries(Object.entries(FORMS).map(([name, form]) => [name, form(lv)])),
    double: { kl: 0.5 * exactly(lv), gradient: 0.5 * Math.expm1(lv) },
  };
}

// exp(x) − 1 − x, by its series where the subtraction would lose digits even in double precision.
function exactly(x) {
  if (Math.abs(x) > 0.1) return Math.expm1(x) - x;
  let term = (x * x) / 2,
    sum = 0;
  for (let i = 3; Math.abs(term) > 1e-20 * Math.abs(sum) && i < 30; i++) {
    sum += term;
    term *= x / i;
  }
  return sum;
}
