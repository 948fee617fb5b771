// A slider with its name and a number field: it reports each move while it is dragged, and the end of the change on
// release.

import { format } from "../kernel/format.js";
import { focusedBeside, write } from "./dom.js";

/**
 * @typedef {{
 *   symbol: string, range: number[], limit: number, step?: number, least?: number,
 *   onMove: (value: number) => void, onCommit: () => void
 * }} SliderOptions
 */

export class Slider {
  // box: the element to add it to; symbol: the class that colours it, as in symbols.json; range: [low, high]; limit:
  // the largest magnitude that may be typed; step: of keys and of the pointer; least: the smallest number that may be
  // typed, if there is one. onMove(value) is called for each move, onCommit() at the end of a change.
  /** @param {Element} box @param {SliderOptions} options */
  constructor(box, { symbol, range, limit, step = 0.01, least = -Infinity, onMove, onCommit }) {
    this.home = range;
    this.step = step;
    this.row = box.appendChild(document.createElement("div"));
    this.row.className = `slider ${symbol}`;
    this.row.innerHTML =
      `<span class="name" aria-hidden="true"></span>` +
      `<input type="range" min="${range[0]}" max="${range[1]}" step="${step}">` +
      `<input type="number" step="${step}" inputmode="decimal">`;
    /** @type {HTMLInputElement} */
    this.range = this.row.querySelector("input[type=range]");
    /** @type {HTMLInputElement} */
    this.number = this.row.querySelector("input[type=number]");
    listen(this.range, onMove, onCommit);
    this.number.addEventListener("change", () => {
      const value = Number(this.number.value);
      const bad = this.number.value === "" || !Number.isFinite(value) || Math.abs(value) > limit || value < least;
      if (bad) this.number.value = this.committed.toFixed(2);
      else (onMove(value), onCommit());
    });
  }

  // Sets the name by which screen readers and tests find the slider.
  /** @param {string} name */
  name(name) {
    write(this.row.querySelector(".name"), name);
    this.range.setAttribute("aria-label", name);
    this.number.setAttribute("aria-label", `${name} as a number`);
  }

  // value: the shown value; committed: the value of the last finished change. Either one widens the slider if it is out
  // of range.
  /** @param {number} value */
  show(value, committed = value) {
    this.committed = committed;
    const [low, high] = this.home;
    set(this.range, "min", String(Math.min(low, Math.floor(Math.min(value, committed)))));
    set(this.range, "max", String(Math.max(high, Math.ceil(Math.max(value, committed)))));
    // the value must be a multiple of the step, or the browser would change it
    const steps = value / this.step;
    set(this.range, "step", Math.abs(steps - Math.round(steps)) < 1e-7 ? String(this.step) : "any");
    set(this.range, "value", String(value));
    this.range.setAttribute("aria-valuetext", format(value, 2));
    if (focusedBeside(this.row) !== this.number) set(this.number, "value", value.toFixed(2));
  }
}

// Reports the moves of a range input, and the end of a change.
/** @param {HTMLInputElement} range @param {(value: number) => void} onMove @param {() => void} onCommit */
export function listen(range, onMove, onCommit) {
  let keyed = false; // arrow keys fire `change` at each press: the change ends when the key is released
  range.addEventListener("keydown", (event) => (keyed = event.key !== "Tab" && event.key !== "Escape"));
  range.addEventListener("input", () => onMove(Number(range.value)));
  range.addEventListener("change", () => keyed || onCommit());
  // only for changes by keys: another slider's drag takes the focus from this one, and is not finished by that
  for (const end of ["keyup", "blur"]) range.addEventListener(end, () => keyed && ((keyed = false), onCommit()));
}

/** @param {HTMLInputElement} element @param {"min" | "max" | "step" | "value"} name @param {string} value */
function set(element, name, value) {
  if (element[name] !== value) element[name] = value;
}
