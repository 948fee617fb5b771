// Numbers as text.

const DIGITS = "₀₁₂₃₄₅₆₇₈₉";

// The index of a dimension as a subscript, counted from 1.
export const subscript = (i) => [...String(i + 1)].map((digit) => DIGITS[digit]).join("");

// A number with a true minus sign; very large ones in powers of ten.
export function format(value, decimals = 3) {
  if (value > 0 && !Number.isFinite(value)) return "∞";
  if (!Number.isFinite(value)) return value < 0 ? "−∞" : "undefined";
  const text = Math.abs(value) >= 1e5 ? value.toExponential(2) : value.toFixed(decimals);
  return (Number(text) === 0 ? text.replace("-", "") : text).replace("-", "−");
}

export const whole = (value) => Math.round(value).toLocaleString("en");
export const trimmed = (value) => format(value, value < 10 ? 2 : 1).replace(/\.?0+$/, "");
export const percent = (share) => `${format(100 * share, share < 0.1 ? 1 : 0).replace(/\.0$/, "")} %`;
