// The KL divergence and the reparameterisation trick: the same formulas as explorer/gaussian.py.

// The terms of KL(N(mean, exp(logVar)) || N(0, I)) in nats, a value a dimension, each with its factor ½.
export function klToStandardNormalTerms(mean, logVar) {
  return {
    trace: logVar.map((lv) => 0.5 * Math.exp(lv)),
    mean: mean.map((m) => 0.5 * m * m),
    dimension: mean.map(() => -0.5),
    logDet: logVar.map((lv) => -0.5 * lv),
  };
}

// ½ (σ² + μ² − 1 − log σ²) for each dimension, in nats; expm1 keeps the digits of σ² − 1 where log σ² is near 0.
export function klToStandardNormal(mean, logVar) {
  return mean.map((m, i) => 0.5 * (Math.expm1(logVar[i]) - logVar[i] + m * m));
}

// z = μ + σ ε with σ = exp(½ log σ²).
export function reparameterise(mean, logVar, noise) {
  return mean.map((m, i) => m + Math.exp(0.5 * logVar[i]) * noise[i]);
}

// n draws from N(0, 1) by Box and Muller, from a source of uniform numbers in [0, 1).
export function standardNormal(n, uniform = Math.random) {
  const draws = new Float64Array(n);
  for (let i = 0; i < n; i += 2) {
    const radius = Math.sqrt(-2 * Math.log(1 - uniform()));
    const angle = 2 * Math.PI * uniform();
    draws[i] = radius * Math.cos(angle);
    if (i + 1 < n) draws[i + 1] = radius * Math.sin(angle);
  }
  return draws;
}

// Uniform numbers in [0, 1) that are the same for the same seed (mulberry32).
export function seededUniform(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
