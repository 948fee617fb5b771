// Colour scales for numbers, perceptually uniform, also for people with colour blindness.

/** @import { Numbers } from "./types.js" */

// viridis, by S. van der Walt and N. Smith, in matplotlib since 1.5 (CC0): ten of its colours, evenly spaced.
export const VIRIDIS = [
  "#440154",
  "#482878",
  "#3e4989",
  "#31688e",
  "#26828e",
  "#1f9e89",
  "#35b779",
  "#6ece58",
  "#b5de2b",
  "#fde725",
];
export const NONE = "#8d939c"; // for what has no number

const LEVELS = 256;

// #rrggbb as [r, g, b].
/** @param {string} hex */
export const rgb = (hex) => [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));

// stops: colours as #rrggbb. Returns at(t): [r, g, b] for t from 0 to 1. Other values are clamped; NaN counts as 0.
/** @param {string[]} stops */
export function ramp(stops) {
  const colours = stops.map(rgb);
  const table = Array.from({ length: LEVELS }, (_, level) => {
    const place = (level / (LEVELS - 1)) * (colours.length - 1),
      low = Math.min(colours.length - 2, Math.floor(place)),
      part = place - low;
    return colours[low].map((value, i) => Math.round(value + part * (colours[low + 1][i] - value)));
  });
  return (t) => table[Math.round((LEVELS - 1) * Math.min(1, Math.max(0, t || 0)))];
}

// The same colours for maps: the largest number contrasts most with the background. The end of the scale that is as
// bright, or as dark, as the background is left out.
/** @param {boolean} dark */
export const onBackground = (dark) => (dark ? VIRIDIS.slice(1) : VIRIDIS.slice(0, 9).reverse());

// Of what lies beneath codes: greys, which no code has. Nothing is as the background, the most contrasts with it.
const GREYS = ["#ffffff", "#d9d9d9", "#a6a6a6", "#6e6e6e", "#3a3a3a"];
/** @param {boolean} dark */
export const ground = (dark) => (dark ? ["#101216", ...GREYS.slice(0, 4).reverse()] : GREYS);

/** @param {number[]} colour */
export const css = ([r, g, b]) => `rgb(${r},${g},${b})`;

// The range [low, high] of a colour scale: the 2 % and 98 % quantiles of the finite numbers, so that outliers do not
// dominate.
/** @param {Float32Array[]} arrays */
export function range(arrays) {
  const all = Float64Array.from(arrays.flatMap((values) => [...values].filter(Number.isFinite))).sort();
  if (!all.length) return [0, 1];
  const [low, high] = [0.02, 0.98].map((share) => all[Math.round(share * (all.length - 1))]);
  return high > low ? [low, high] : [low - 0.5, low + 0.5];
}
