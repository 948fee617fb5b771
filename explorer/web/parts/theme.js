// The theme's colours, and the symbols' colours in it; the size of its type, and the sharpness of the screen.

/** @import { Theme } from "../kernel/types.js" */

// Reads the theme's colours where `root` stands, and sets --mean, --log-var … on it from symbols.json.
// Returns {text, background, grid, zero, faint, dark}, or null if they are those of `before`.
/**
 * @param {HTMLElement} root @param {Record<string, {light: string, dark: string}>} symbols
 * @param {Theme | null} before @returns {Theme | null}
 */
export function readTheme(root, symbols, before = null) {
  const style = getComputedStyle(root);
  const text = style.getPropertyValue("--st-text-color").trim() || "#222222";
  const background = style.getPropertyValue("--st-background-color").trim() || "#ffffff";
  if (before?.text === text && before.background === background) return null;
  const dark = luminance(background) < 0.5;
  const ink = dark ? "255,255,255" : "0,0,0";
  for (const [name, symbol] of Object.entries(symbols)) {
    root.style.setProperty(`--${name.replace("_", "-")}`, symbol[dark ? "dark" : "light"]);
  }
  root.style.colorScheme = dark ? "dark" : "light";
  return { text, background, grid: `rgba(${ink},.09)`, zero: `rgba(${ink},.28)`, faint: `rgba(${ink},.45)`, dark };
}

// How large the page's type is, in the usual one: what is no CSS length grows by it in presentation mode.
export const enlargement = () => parseFloat(getComputedStyle(document.documentElement).fontSize) / 16 || 1;

// Calls `moved` after the window came to a screen of another sharpness: its size stays. Returns a function that ends
// it.
/** @param {() => void} moved */
export function followScreen(moved) {
  let same;
  const changed = () => {
    watch();
    moved();
  };
  const watch = () => {
    same?.removeEventListener("change", changed);
    same = window.matchMedia(`(resolution: ${window.devicePixelRatio}dppx)`);
    same.addEventListener("change", changed);
  };
  watch();
  return () => same.removeEventListener("change", changed);
}

// What the discriminator takes for the prior's, and for codes: {prior, codes}. field: symbols.json's.
/** @param {Record<"prior" | "codes", {light: string, dark: string}>} field @param {boolean} dark */
export function fieldColours({ prior, codes }, dark) {
  const shade = dark ? "dark" : "light";
  return { prior: prior[shade], codes: codes[shade] };
}

/** @param {string} colour */
function luminance(colour) {
  const context = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  context.fillStyle = colour;
  context.fillRect(0, 0, 1, 1);
  const [r, g, b] = context.getImageData(0, 0, 1, 1).data;
  return (0.2126 * r + 0.7152 * g + 0.0722 * b) / 255;
}
