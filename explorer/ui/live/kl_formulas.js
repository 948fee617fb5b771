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
const mean = mi("μ", "mean"), meanP = sub(mi("μ", "p"), mi("p", "p")), meanQ = sub(mean, mi("q", "mean"));
const cov = mi("Σ", "log_var"), covQ = sub(cov, mi("q", "log_var")), covP = sub(mi("Σ", "p"), mi("p", "p"));
const inverse = `<msubsup>${mi("Σ", "p")}${mi("p", "p")}${row(mo("−"), mn(1))}</msubsup>`;
const variance = `<msubsup>${mi("σ", "log_var")}${mi("i", "log_var")}${mn(2, "log_var")}</msubsup>`;
const meanI = `<msubsup>${mi("μ", "mean")}${mi("i", "mean")}${mn(2, "mean")}</msubsup>`;
const transposed = (body) => sup(body, mi("T"));
const log = mi("log"), det = mi("det"), trace = mi("tr");
const shift = round(meanP, mo("−"), meanQ);
const logVar = row(log, variance);

const math = (...parts) => `<math display="block">${row(...parts)}</math>`;

export const STEPS = [
  math(KL, mo("="), mo("∫"), mi("q", "z"), round(mi("z", "z")), log, frac(row(mi("q", "z"), round(mi("z", "z"))), row(mi("p", "p"), round(mi("z", "z")))), mi("dz", "z")),
  math(KL, mo("="), half, brackets(trace, round(inverse, covQ), mo("+"), transposed(shift), inverse, shift, mo("−"), mi("k"), mo("+"), log, frac(row(det, covP), row(det, covQ)))),
  math(KL, mo("="), half, brackets(trace, cov, mo("+"), transposed(mean), mean, mo("−"), mi("k"), mo("−"), log, det, cov)),
  math(KL, mo("="), half, brackets(sum(variance), mo("+"), sum(meanI), mo("−"), mi("k"), mo("−"), log, product(variance))),
  math(KL, mo("="), half, sum(round(variance, mo("+"), meanI, mo("−"), mn(1), mo("−"), logVar))),
  math(KL, mo("="), half, sum(round(sup(mi("e"), logVar), mo("+"), meanI, mo("−"), mn(1), mo("−"), logVar))),
];

// What each step puts in.
export const PUT_IN = [
  "",
  math(mi("q", "z"), mo("="), mi("N"), round(meanQ, mo(","), covQ), mo(","), mi("p", "p"), mo("="), mi("N"), round(meanP, mo(","), covP)),
  math(meanP, mo("="), mn(0), mo(","), covP, mo("="), mi("I")),
  math(cov, mo("="), mi("diag"), round(variance), mo(":"), trace, cov, mo("="), sum(variance), mo(","), det, cov, mo("="), product(variance)),
  math(log, product(variance), mo("="), sum(logVar)),
  math(variance, mo("="), sup(mi("e"), logVar)),
];

// The closed form in two dimensions with its numbers in it. text(value) writes a number; q, p: {mean, cov}; terms: of klTerms.
export function withNumbers(q, p, terms, text) {
  const matrix = ([[a, b], [c, d]], name) => brackets(`<mtable>${[[a, b], [c, d]].map((line) => `<mtr>${line.map((value) => `<mtd>${mn(text(value), name)}</mtd>`).join("")}</mtr>`).join("")}</mtable>`);
  const inverted = sup(matrix(p.cov, "p"), row(mo("−"), mn(1)));
  const column = brackets(`<mtable>${[0, 1].map((i) => `<mtr><mtd>${mn(text(p.mean[i] - q.mean[i]), "mean")}</mtd></mtr>`).join("")}</mtable>`);
  const determinant = ([[a, b], [, c]]) => a * c - b * b;
  const once = row(
    half, mo("["), trace, round(inverted, matrix(q.cov, "log_var")), mo("+"), transposed(column), inverted, column,
    mo("−"), mn(2), mo("+"), log, frac(mn(text(determinant(p.cov)), "p"), mn(text(determinant(q.cov)), "log_var")), mo("]"),
  );
  return { once: math(once), result: math(mo("="), half, brackets(mn(text(2 * terms.trace), "log_var"), mo("+"), mn(text(2 * terms.mean), "mean"), mo("−"), mn(2), mo("+"), mn(wrapped(text(2 * terms.logDet)), "log_var")), mo("="), mn(text(terms.total), "result")) };
}

const wrapped = (text) => (text.startsWith("−") ? `(${text})` : text);
