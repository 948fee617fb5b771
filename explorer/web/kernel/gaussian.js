// The KL divergence and the reparameterisation trick: the same formulas as explorer/gaussian.py.

// The terms of KL(N(mean, exp(logVar)) || N(0, I)) in nats, one value per dimension. Each includes its factor ½.
/** @param {number[]} mean @param {number[]} logVar */
export function klToStandardNormalTerms(mean, logVar) {
  return {
    trace: logVar.map((lv) => 0.5 * Math.exp(lv)),
    mean: mean.map((m) => 0.5 * m * m),
    dimension: mean.map(() => -0.5),
    logDet: logVar.map((lv) => -0.5 * lv),
  };
}

// ½ (σ² + μ² − 1 − log σ²) for each dimension, in nats. expm1 keeps the digits of σ² − 1 when log σ² is near 0.
/** @param {number[]} mean @param {number[]} logVar */
export function klToStandardNormal(mean, logVar) {
  return mean.map((m, i) => 0.5 * (Math.expm1(logVar[i]) - logVar[i] + m * m));
}

// z = μ + σ ε with σ = exp(½ log σ²).
/** @param {number[]} mean @param {number[]} logVar @param {number[]} noise */
export function reparameterise(mean, logVar, noise) {
  return mean.map((m, i) => m + Math.exp(0.5 * logVar[i]) * noise[i]);
}
