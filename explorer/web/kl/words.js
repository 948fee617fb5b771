// Numbers in sentences, and how far Python's numbers are from the browser's.

import { format } from "../kernel/format.js";
import { writeAgreement } from "../parts/dom.js";
import { fill } from "../kernel/text.js";

// A number with all the digits that are compared.
export const digits = (value) =>
  Math.abs(value) < 1e5 ? format(value, 10) : value.toExponential(9).replaceAll("-", "−");

// A negative number in brackets, as a formula needs it.
export const bracketed = (value, decimals = 2) => {
  const text = format(value, decimals);
  return text.startsWith("−") ? `(${text})` : text;
};

// The number that Python sent: as text if it is NaN or infinite, which JSON lacks.
export const number = (value) => (typeof value === "string" ? Number(value.replace("inf", "Infinity")) : value);

// The distance of two numbers, divided by the larger of 1 and |a|; 0 if they are equal, also both infinite or NaN.
export function apart(a, b) {
  if (Object.is(a, b) || a === b) return 0;
  const distance = Math.abs(a - b) / Math.max(1, Math.abs(a));
  return Number.isNaN(distance) ? Infinity : distance;
}

// Shows whether all pairs [browser's, Python's] agree. pairs: null while Python computes.
export function showAgreement(element, words, pairs, tolerance = 1e-9) {
  const worst = pairs && Math.max(...pairs.map(([here, there]) => apart(here, number(there)))),
    agrees = pairs !== null && worst <= tolerance;
  element.classList.toggle("disagrees", pairs !== null && !agrees);
  const distance = worst ? worst.toExponential(0).replace("-", "−") : "0";
  const compared = () => fill(agrees ? words.agrees : words.disagrees, { count: pairs.length, distance });
  writeAgreement(element, pairs ? compared() : words.computing, agrees);
}
