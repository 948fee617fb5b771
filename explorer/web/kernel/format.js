// Numbers as text.

const DIGITS = "₀₁₂₃₄₅₆₇₈₉";

// The index of a dimension as a subscript, counted from 1.
/** @param {number} i */
export const subscript = (i) => [...String(i + 1)].map((digit) => DIGITS[digit]).join("");

// A number with a true minus sign; very large ones in powers of ten.
/** @param {number} value */
export function format(value, decimals = 3) {
  if (value > 0 && !Number.isFinite(value)) return "∞";
  if (!Number.isFinite(value)) return value < 0 ? "−∞" : "undefined";
  const text = Math.abs(value) >= 1e5 ? value.toExponential(2) : value.toFixed(decimals);
  return (Number(text) === 0 ? text.replace("-", "") : text).replace("-", "−");
}

// A very large or small number with as few digits as it needs: 2e22.
/** @param {number} value */
export const scientific = (value) =>
  Number(value.toPrecision(3)).toExponential().replace("e+", "e").replaceAll("-", "−");

/** @param {number} value */
export const whole = (value) => Math.round(value).toLocaleString("en");
/** @param {number} value */
export const trimmed = (value) => format(value, value < 10 ? 2 : 1).replace(/\.?0+$/, "");
/** @param {number} share */
export const percent = (share) => `${format(100 * share, share < 0.1 ? 1 : 0).replace(/\.0$/, "")} %`;
