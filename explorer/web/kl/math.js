// The KL between Gaussians with full covariances, by the closed form, by the integral and by samples: the same formulas
// as explorer/gaussian.py. A Gaussian is {mean: [k numbers], cov: [k rows]}. All in nats.

const LOG_TWO_PI = Math.log(2 * Math.PI);

// The lower factor L of cov = L Lᵀ; NaN where cov is not positive definite.
export function cholesky(cov) {
  const L = cov.map((row) => row.map(() => 0));
  for (let i = 0; i < cov.length; i++) {
    for (let j = 0; j <= i; j++) {
      let rest = cov[i][j];
      for (let m = 0; m < j; m++) rest -= L[i][m] * L[j][m];
      L[i][j] = i === j ? Math.sqrt(rest) : rest / L[j][j];
    }
  }
  return L;
}

// u of L u = v.
function solve(L, v) {
  const u = [];
  for (let i = 0; i < v.length; i++) {
    let rest = v[i];
    for (let j = 0; j < i; j++) rest -= L[i][j] * u[j];
    u.push(rest / L[i][i]);
  }
  return u;
}

const sumOfSquares = (v) => v.reduce((sum, value) => sum + value * value, 0);
const sumLogDiagonal = (L) => L.reduce((sum, row, i) => sum + Math.log(row[i]), 0);

const added = (terms) => ({ ...terms, total: terms.trace + terms.mean + terms.dimension + terms.logDet });

// The four terms of KL(q || p), each with its factor ½, and their sum `total`: kl_terms of gaussian.py.
export function klTerms(q, p) {
  const Lq = cholesky(q.cov),
    Lp = cholesky(p.cov);
  const columns = Lq.map((_, j) =>
    solve(
      Lp,
      Lq.map((row) => row[j]),
    ),
  ); // of L_p⁻¹ L_q
  const shift = solve(
    Lp,
    p.mean.map((value, i) => value - q.mean[i]),
  );
  return added({
    trace: 0.5 * columns.reduce((sum, column) => sum + sumOfSquares(column), 0),
    mean: 0.5 * sumOfSquares(shift),
    dimension: -0.5 * q.mean.length,
    logDet: sumLogDiagonal(Lp) - sumLogDiagonal(Lq),
  });
}

// The same from N(0, I), for q of any covariance: ½ (tr Σ + μᵀμ − k − log det Σ).
export function klToStandardNormalFull(q) {
  return added({
    trace: 0.5 * q.cov.reduce((sum, row, i) => sum + row[i], 0),
    mean: 0.5 * sumOfSquares(q.mean),
    dimension: -0.5 * q.mean.length,
    logDet: -sumLogDiagonal(cholesky(q.cov)),
  }).total;
}

// ½ Σ (σ² / σ_p² + (μ_p − μ)² / σ_p² − 1 + log σ_p² − log σ²), summed over dimensions: kl_diagonal of gaussian.py.
export function klDiagonal(meanQ, varQ, meanP, varP) {
  return meanQ.reduce((sum, m, i) => {
    const shift = meanP[i] - m;
    return sum + 0.5 * (varQ[i] / varP[i] + (shift * shift) / varP[i] - 1 + Math.log(varP[i]) - Math.log(varQ[i]));
  }, 0);
}

// log N(z; mean, cov), for many z.
export function logDensity({ mean, cov }) {
  const L = cholesky(cov),
    constant = -sumLogDiagonal(L) - 0.5 * mean.length * LOG_TWO_PI;
  return (z) =>
    constant -
    0.5 *
      sumOfSquares(
        solve(
          L,
          z.map((value, i) => value - mean[i]),
        ),
      );
}

// z = mean + L u.
function moved({ mean, cov }) {
  const L = cholesky(cov);
  return (u) => mean.map((m, i) => L[i].reduce((sum, value, j) => (j <= i ? sum + value * u[j] : sum), m));
}

// ∫ q log(q / p) dz as a sum over a grid that follows q, u from −9 to 9 in steps of ½ along each axis: kl_integral of
// gaussian.py.
export function klIntegral(q, p) {
  const step = 0.5,
    k = q.mean.length,
    side = 37;
  const logQ = logDensity(q),
    logP = logDensity(p),
    at = moved(q);
  const cell = step ** k * Math.exp(sumLogDiagonal(cholesky(q.cov)));
  let sum = 0;
  for (let index = 0; index < side ** k; index++) {
    const z = at(Array.from({ length: k }, (_, d) => ((Math.floor(index / side ** d) % side) - 18) * step));
    const log = logQ(z);
    sum += Math.exp(log) * (log - logP(z));
  }
  return sum * cell;
}

// The mean of log(q / p) over draws z = mean + L ε of q, and its standard error, for q in the plane. noise: 2n numbers,
// ε of each draw. log q(z) follows from ε, and log p(z) is a quadratic form of z, so a draw costs a few
// multiplications.
export function klMonteCarlo(q, p, noise) {
  const [[a], [b, c]] = cholesky(q.cov),
    [[d], [e, f]] = cholesky(p.cov);
  const [x0, y0] = [q.mean[0] - p.mean[0], q.mean[1] - p.mean[1]];
  const constant = Math.log(d * f) - Math.log(a * c);
  const n = noise.length / 2;
  let mean = 0,
    squares = 0; // Welford's method: a plain sum of squares would lose digits to cancellation
  for (let i = 0; i < n; i++) {
    const e0 = noise[2 * i],
      e1 = noise[2 * i + 1];
    const u0 = (x0 + a * e0) / d,
      u1 = (y0 + b * e0 + c * e1 - e * u0) / f;
    const value = constant + 0.5 * (u0 * u0 + u1 * u1 - e0 * e0 - e1 * e1);
    const off = value - mean;
    mean += off / (i + 1);
    squares += off * (value - mean);
  }
  return { kl: mean, error: Math.sqrt(squares / (n - 1) / n) };
}

// ---- one dimension -----------------------------------------------------------------------------------

export const HIGHER = 0.6; // the share of the left one of two bumps

// A density on the line: N(mean, std²), or, with gap > 0, two bumps 0.6 N(mean − gap, std²) + 0.4 N(mean + gap, std²).
// log(z), slope(z) = d log / dz, and [low, high] with all but e^-50 of the mass.
export function density({ mean, std, gap = 0 }) {
  const constant = -Math.log(std) - 0.5 * LOG_TWO_PI,
    precision = 1 / (std * std);
  const support = [mean - gap - 10 * std, mean + gap + 10 * std];
  if (!gap)
    return { log: (z) => constant - 0.5 * precision * (z - mean) ** 2, slope: (z) => precision * (mean - z), support };
  const left = mean - gap,
    right = mean + gap,
    logLeft = Math.log(HIGHER),
    logRight = Math.log(1 - HIGHER);
  const parts = (z) => [logLeft - 0.5 * precision * (z - left) ** 2, logRight - 0.5 * precision * (z - right) ** 2];
  return {
    support,
    log: (z) => {
      const [a, b] = parts(z),
        top = Math.max(a, b);
      return constant + top + Math.log(Math.exp(a - top) + Math.exp(b - top));
    },
    slope: (z) => {
      const [a, b] = parts(z),
        share = 1 / (1 + Math.exp(b - a)); // of the density at z that is the left bump's
      return precision * (share * left + (1 - share) * right - z);
    },
  };
}

// w(z) log(w(z) / other(z)), whose area is KL(w || other).
export function integrand(weight, other) {
  return (z) => {
    const log = weight.log(z);
    return Math.exp(log) * (log - other.log(z));
  };
}

// The running integral of f from `low`: {at(t), total, cells}. By Simpson's rule in cells of equal width.
export function runningIntegral(f, low, high, cells = 600) {
  const h = (high - low) / cells;
  const values = Float64Array.from({ length: 2 * cells + 1 }, (_, i) => f(low + (i * h) / 2));
  const sums = new Float64Array(cells + 1);
  for (let i = 0; i < cells; i++)
    sums[i + 1] = sums[i] + (h / 6) * (values[2 * i] + 4 * values[2 * i + 1] + values[2 * i + 2]);
  const at = (t) => {
    if (!(t > low)) return 0;
    if (t >= high) return sums[cells];
    const cell = Math.min(cells - 1, Math.floor((t - low) / h)),
      from = low + cell * h,
      rest = t - from;
    return sums[cell] + (rest / 6) * (values[2 * cell] + 4 * f(from + rest / 2) + f(t));
  };
  return { at, total: sums[cells] };
}

// KL(w || other) on the line counted up from the left: {at(t), total}.
export const countUp = (weight, other) => runningIntegral(integrand(weight, other), ...weight.support);

// ---- the plane -----------------------------------------------------------------------------------------

// The axes of a covariance [[a, b], [b, c]]: {stds: [along, across], angle of the first in radians}. Of the four ways
// to name them, the one whose angle is nearest to `near`, so that an ellipse that is dragged keeps its handles.
export function axesOf([[a, b], [, c]], near = 0) {
  const middle = (a + c) / 2,
    reach = Math.hypot((a - c) / 2, b);
  const large = middle + reach,
    small = (a * c - b * b) / large; // a difference would lose digits to cancellation
  const round = reach < 1e-9 * middle;
  let angle = round ? near : 0.5 * Math.atan2(2 * b, a - c),
    stds = [Math.sqrt(large), Math.sqrt(small)];
  const turns = Math.round((near - angle) / (Math.PI / 2));
  angle += turns * (Math.PI / 2);
  if (turns % 2) stds = [stds[1], stds[0]];
  return { stds, angle };
}

export function covarianceOf([along, across], angle) {
  const c = Math.cos(angle),
    s = Math.sin(angle),
    A = along * along,
    B = across * across;
  return [
    [A * c * c + B * s * s, (A - B) * c * s],
    [(A - B) * c * s, A * s * s + B * c * c],
  ];
}
