// All that one frame of lesson 2 shows, computed from one state. No document.

import { baselines, estimates, exact, FUNCTIONS, PATH, summarise } from "./estimators.js";
import { reparameterise } from "../kernel/gaussian.js";

// state: the lesson's; all: ε of its seed's draws, in pairs, at least as far as the chosen draw.
export function frameOf(state, all) {
  const { mean, log_var: logVar, omega, draw } = state;
  const noise = [all[2 * draw], all[2 * draw + 1]];
  const std = logVar.map((lv) => Math.exp(0.5 * lv));
  const z = reparameterise(mean, logVar, noise);
  const f = FUNCTIONS[state.f],
    slope = f.slope(z[0], omega);
  return {
    state,
    mean,
    logVar,
    all,
    noise,
    std,
    z,
    value: f.value(z[0], omega),
    slope,
    gradients: Object.fromEntries(Object.entries(PATH).map(([by, path]) => [by, slope * path(noise[0], std[0])])),
    known: exact(state.f, mean[0], std[0], omega, state.by),
    wanted: exact(state.f, mean[0], std[0], omega, "mean").truth,
  };
}

// The estimators over the n draws of a frame: {draws: of each estimator, sums: of each its mean, variance and error,
// crossed: the number of draws that lie beyond 0 as seen from μ}.
export function estimatedFrom({ state, all, std, mean, known }) {
  const { n, omega, by } = state,
    f = FUNCTIONS[state.f];
  const noise = new Float64Array(n),
    value = new Float64Array(n),
    slope = new Float64Array(n);
  let crossed = 0;
  for (let i = 0; i < n; i++) {
    noise[i] = all[2 * i];
    const z = mean[0] + std[0] * noise[i];
    value[i] = f.value(z, omega);
    slope[i] = f.slope(z, omega);
    if (Math.sign(z) !== Math.sign(mean[0])) crossed += 1;
  }
  const draws = estimates({ noise, value, slope, std: std[0], by, levels: baselines(known) });
  return { draws, sums: draws.map((estimator) => summarise(estimator)), crossed };
}
