// The lesson's formulas as MathML. Symbols have their colours: μ, what belongs to σ² and log σ², z, and p.

const mi = (text, name = "") => `<mi class="${name}">${text}</mi>`;
const mo = (text) => `<mo>${text}</mo>`;
const mn = (text, name = "") => `<mn class="${name}">${text}</mn>`;
const row = (...parts) => `<mrow>${parts.join("")}</mrow>`;
const sub = (base, index) => `<msub>${base}${index}</msub>`;
const sup = (base, power) => `<msup>${base}${power}</msup>`;
const frac = (a, b) => `<mfrac>${a}${b}</mfrac>`;
const sum = (body) => row(`<munder>${mo("∑")}${mi("i")}</munder>`, body);
const product = (body) => row(`<munder>${mo("∏")}${mi("i")}</munder>`, body);
const brackets = (...parts) => row(mo("["), ...parts, mo("]"));
const round = (...parts) => row(mo("("), ...parts, mo(")"));
const half = frac(mn(1), mn(2));

const KL = row(mi("KL"), round(mi("q", "z"), mo("‖"), mi("p", "p")));
const mean = mi("μ", "mean"),
  meanP = sub(mi("μ", "p"), mi("p", "p")),
  meanQ = sub(mean, mi("q", "mean"));
const cov = mi("Σ", "log_var"),
  covQ = sub(cov, mi("q", "log_var")),
  covP = sub(mi("Σ", "p"), mi("p", "p"));
const inverse = `<msubsup>${mi("Σ", "p")}${mi("p", "p")}${row(mo("−"), mn(1))}</msubsup>`;
const variance = `<msubsup>${mi("σ", "log_var")}${mi("i", "log_var")}${mn(2, "log_var")}</msubsup>`;
const meanI = `<msubsup>${mi("μ", "mean")}${mi("i", "mean")}${mn(2, "mean")}</msubsup>`;
const transposed = (body) => sup(body, mi("T"));
const log = mi("log"),
  det = mi("det"),
  trace = mi("tr");
const shift = round(meanP, mo("−"), meanQ);
const logVar = row(log, variance);

const math = (...parts) => `<math display="block">${row(...parts)}</math>`;

export const STEPS = [
  math(
    KL,
    mo("="),
    mo("∫"),
    mi("q", "z"),
    round(mi("z", "z")),
    log,
    frac(row(mi("q", "z"), round(mi("z", "z"))), row(mi("p", "p"), round(mi("z", "z")))),
    mi("dz", "z"),
  ),
  math(
    KL,
    mo("="),
    half,
    brackets(
      trace,
      round(inverse, covQ),
      mo("+"),
      transposed(shift),
      inverse,
      shift,
      mo("−"),
      mi("k"),
      mo("+"),
      log,
      frac(row(det, covP), row(det, covQ)),
    ),
  ),
  math(
    KL,
    mo("="),
    half,
    brackets(trace, cov, mo("+"), transposed(mean), mean, mo("−"), mi("k"), mo("−"), log, det, cov),
  ),
  math(
    KL,
    mo("="),
    half,
    brackets(sum(variance), mo("+"), sum(meanI), mo("−"), mi("k"), mo("−"), log, product(variance)),
  ),
  math(KL, mo("="), half, sum(round(variance, mo("+"), meanI, mo("−"), mn(1), mo("−"), logVar))),
  math(KL, mo("="), half, sum(round(sup(mi("e"), logVar), mo("+"), meanI, mo("−"), mn(1), mo("−"), logVar))),
];

// What each step substitutes.
export const PUT_IN = [
  "",
  math(
    mi("q", "z"),
    mo("="),
    mi("N"),
    round(meanQ, mo(","), covQ),
    mo(","),
    mi("p", "p"),
    mo("="),
    mi("N"),
    round(meanP, mo(","), covP),
  ),
  math(meanP, mo("="), mn(0), mo(","), covP, mo("="), mi("I")),
  math(
    cov,
    mo("="),
    mi("diag"),
    round(variance),
    mo(":"),
    trace,
    cov,
    mo("="),
    sum(variance),
    mo(","),
    det,
    cov,
    mo("="),
    product(variance),
  ),
  math(log, product(variance), mo("="), sum(logVar)),
  math(variance, mo("="), sup(mi("e"), logVar)),
];

// The terms of the closed form in two dimensions with their numbers, a line each, and their sum. text(value) writes a
// number; q, p: {mean, cov}.
export function withNumbers(q, p, terms, text) {
  const cells = (values, name) => values.map((value) => `<mtd>${mn(text(value), name)}</mtd>`).join("");
  const matrix = (lines, name) =>
    brackets(`<mtable>${lines.map((values) => `<mtr>${cells(values, name)}</mtr>`).join("")}</mtable>`);
  const inverted = sup(matrix(p.cov, "p"), row(mo("−"), mn(1)));
  const column = matrix(
    [0, 1].map((i) => [p.mean[i] - q.mean[i]]),
    "mean",
  );
  const determinant = ([[a, b], [, c]]) => a * c - b * b;
  const line = (symbols, numbers, value, name) => {
    const parts = [symbols, numbers && row(mo("="), numbers), row(mo("="), mn(text(value), name))];
    return `<mtr>${parts.map((part) => `<mtd>${part}</mtd>`).join("")}</mtr>`;
  };
  return `<math display="block"><mtable class="lines">${[
    line(
      row(half, trace, round(inverse, covQ)),
      row(half, trace, round(inverted, matrix(q.cov, "log_var"))),
      terms.trace,
      "log_var",
    ),
    line(
      row(half, transposed(shift), inverse, shift),
      row(half, transposed(column), inverted, column),
      terms.mean,
      "mean",
    ),
    line(row(mo("−"), half, mi("k")), row(mo("−"), half, mo("·"), mn(2)), terms.dimension, "p"),
    line(
      row(half, log, round(det, covP, mo("/"), det, covQ)),
      row(half, log, round(mn(text(determinant(p.cov)), "p"), mo("/"), mn(text(determinant(q.cov)), "log_var"))),
      terms.logDet,
      "log_var",
    ),
    line(KL, "", terms.total, "result"),
  ].join("")}</mtable></math>`;
}
