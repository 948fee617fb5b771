// Estimators of the gradient of E[f(z)], z = μ + σε: per draw, summed up, and what is exactly known of them. No DOM.
//
// The gradient is taken with respect to `by`: "mean" (μ), "std" (σ) or "log_var" (log σ²).
// pathwise: f′(z) · ∂z/∂θ.   score function: (f(z) − b) · ∂log q(z)/∂θ, with a baseline b: 0, E[f], or the best
// constant b*.

export const ESTIMATORS = ["pathwise", "score", "expected", "best"];

// f and its slope. The step has the slope 0 wherever it has one, which is what automatic differentiation sees too.
export const FUNCTIONS = {
  square: { value: (z) => z * z, slope: (z) => 2 * z },
  cosine: { value: (z, omega) => Math.cos(omega * z), slope: (z, omega) => -omega * Math.sin(omega * z) },
  step: { value: (z) => (1 + Math.sign(z)) / 2, slope: () => 0 },
};

// ∂z/∂θ of the draw with noise ε.
export const PATH = { mean: () => 1, std: (noise) => noise, log_var: (noise, std) => 0.5 * std * noise };

// ∂log q(z)/∂θ at the draw with noise ε.
export const SCORE = {
  mean: (noise, std) => noise / std,
  std: (noise, std) => (noise * noise - 1) / std,
  log_var: (noise) => 0.5 * (noise * noise - 1),
};

export const normalDensity = (x) => Math.exp(-0.5 * x * x) / Math.sqrt(2 * Math.PI);

// P(ε < x), by φ(x) (x + x³/3 + x⁵/15 + …), which has no cancellation.
export function normalCumulative(x) {
  if (Math.abs(x) > 8.5) return x > 0 ? 1 : 0;
  let term = x,
    sum = x;
  for (let k = 3; Math.abs(term) > 1e-18 * Math.abs(sum); k += 2) sum += term *= (x * x) / k;
  return 0.5 + normalDensity(x) * sum;
}

// E[f(z)].
export function expectation(name, mean, std, omega) {
  if (name === "square") return mean * mean + std * std;
  if (name === "cosine") return Math.cos(omega * mean) * Math.exp(-0.5 * (omega * std) ** 2);
  return normalCumulative(mean / std);
}

// What is exactly known: {expectation: E[f], truth: ∂E[f]/∂θ, pathwise: variance of one pathwise estimate, best: that
// of the score function with the best constant baseline, baseline: b*, score2: E[(∂log q/∂θ)²]}. See `scoreVariance`
// for other baselines.
export function exact(name, mean, std, omega, by) {
  const known = { square: exactSquare, cosine: exactCosine, step: exactStep }[name](mean, std, by !== "mean", omega);
  known.score2 = (by === "mean" ? 1 : 2) / (std * std);
  known.expectation = expectation(name, mean, std, omega);
  if (by === "log_var") {
    // ∂σ/∂log σ² = σ/2
    known.truth *= 0.5 * std;
    for (const part of ["pathwise", "best", "score2"]) known[part] *= 0.25 * std * std;
  }
  return known;
}

// The variance of one score-function estimate with the baseline b: a parabola with its lowest point at b*.
export const scoreVariance = ({ best, score2, baseline }, b) => best + score2 * (b - baseline) ** 2;

// The exact variance of each estimator, in the order of ESTIMATORS, and the baselines of the last three.
export function exactVariances(known) {
  return [known.pathwise, scoreVariance(known, 0), scoreVariance(known, known.expectation), known.best];
}

export const baselines = (known) => [0, known.expectation, known.baseline];

function exactSquare(mean, std, byStd) {
  const m = mean * mean,
    s = std * std;
  return byStd
    ? { truth: 2 * std, pathwise: 4 * m + 8 * s, best: 40 * m + 24 * s, baseline: m + 5 * s }
    : { truth: 2 * mean, pathwise: 4 * s, best: 8 * m + 6 * s, baseline: m + 3 * s };
}

// E[e^{itε} p(ε)] = e^{−t²/2} E[p(ε + it)] gives the moments of cos; cos² = (1 + cos 2ωz) / 2 those of its square.
function exactCosine(mean, std, byStd, omega) {
  const t2 = (omega * std) ** 2,
    damped = Math.exp(-0.5 * t2),
    damped2 = Math.exp(-2 * t2);
  const cos = Math.cos(omega * mean) * damped,
    cos2 = Math.cos(2 * omega * mean) * damped2,
    s = std * std;
  if (!byStd) {
    const truth = -omega * Math.sin(omega * mean) * damped;
    const pathwise = 0.5 * omega * omega * (1 - cos2) - truth * truth;
    return {
      truth,
      pathwise: above0(pathwise),
      ...fromMoments((0.5 * (1 + cos2 * (1 - 4 * t2))) / s, (cos * (1 - t2)) / s, 1 / s, truth),
    };
  }
  const truth = -omega * omega * std * cos;
  const pathwise = 0.5 * omega * omega * (1 - cos2 * (1 - 4 * t2)) - truth * truth;
  const second = (0.5 * (2 + cos2 * (2 - 16 * t2 + 16 * t2 * t2))) / s;
  return {
    truth,
    pathwise: above0(pathwise),
    ...fromMoments(second, (cos * (2 - 4 * t2 + t2 * t2)) / s, 2 / s, truth),
  };
}

// f² = f, and z > 0 where ε > −a: integrals of ε² φ and ε⁴ φ by parts.
function exactStep(mean, std, byStd) {
  const a = mean / std,
    above = normalCumulative(a),
    s = std * std;
  const edge = Math.abs(a) > 40 ? 0 : normalDensity(a); // a³ φ(a) would be ∞ · 0 far out
  const truth = byStd ? -(edge && a * edge) / std : edge / std;
  const first = byStd ? (2 * above - (edge && (a ** 3 + a) * edge)) / s : (above - (edge && a * edge)) / s;
  return { truth, pathwise: 0, ...fromMoments(first, first, (byStd ? 2 : 1) / s, truth) };
}

// second: E[f² s²], first: E[f s²], score2: E[s²], s the score.
function fromMoments(second, first, score2, truth) {
  return { best: above0(second - (first * first) / score2 - truth * truth), baseline: first / score2 };
}

const above0 = (value) => Math.max(0, value);

// The estimates of every draw, an array each in the order of ESTIMATORS.
// noise, value, slope: of the draws, n numbers each; std: σ; levels: the three baselines.
export function estimates({ noise, value, slope, std, by, levels }) {
  const path = PATH[by],
    score = SCORE[by],
    n = noise.length;
  const found = ESTIMATORS.map(() => new Float64Array(n));
  for (let i = 0; i < n; i++) {
    const weight = score(noise[i], std);
    found[0][i] = slope[i] * path(noise[i], std);
    for (let b = 0; b < 3; b++) found[b + 1][i] = (value[i] - levels[b]) * weight;
  }
  return found;
}

// {mean, variance, error: standard error of the mean, running: [{n, mean, error}]} of numbers, with the means of the
// first of them on the way.
export function summarise(values, stops = checkpoints(values.length)) {
  let mean = 0,
    squares = 0,
    next = 0; // Welford: no cancellation where the mean is large
  const running = [];
  for (let i = 0; i < values.length; i++) {
    const away = values[i] - mean;
    mean += away / (i + 1);
    squares += away * (values[i] - mean);
    if (i + 1 === stops[next]) {
      running.push({ n: i + 1, mean, error: Math.sqrt(squares / i / (i + 1)) });
      next += 1;
    }
  }
  const variance = squares / (values.length - 1);
  return { mean, variance, error: Math.sqrt(variance / values.length), running };
}

// Whole numbers from 2 to n, evenly on a logarithmic scale.
export function checkpoints(n, count = 90) {
  const stops = new Set();
  for (let i = 0; i <= count; i++) stops.add(Math.round(2 * (n / 2) ** (i / count)));
  return [...stops];
}

// How many of the numbers fall into each of equal bins from low to high, and how many outside.
export function histogram(values, low, high, bins) {
  const counts = new Float64Array(bins),
    scale = bins / (high - low);
  let outside = 0;
  for (let i = 0; i < values.length; i++) {
    const at = Math.floor((values[i] - low) * scale);
    if (at >= 0 && at < bins) counts[at] += 1;
    else outside += 1;
  }
  return { counts, outside };
}
