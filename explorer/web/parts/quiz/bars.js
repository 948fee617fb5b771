// The figure of a question about numbers: a bar for each. What is asked for has no bar before an option is chosen, a
// hatched one for a guess, and a full one for the answer.

import { write } from "../dom.js";

/**
 * @typedef {object} Row
 * @property {string} key
 * @property {string} title
 * @property {string} text the value, as it is written
 * @property {number} most the value of a full bar
 * @property {number} [least] the value of an empty bar, of a logarithmic scale; without it the scale is linear, from 0
 * @property {string} [symbol] the class that colours it
 * @property {string} [colour] its colour, if it has no symbol
 *
 * A value is null as long as it is not known, and no option is chosen.
 * @typedef {Record<string, number | null>} Values
 */

export class Bars {
  // host: the element to fill; name: its accessible name; guess: the word in the place of a guessed number, if any is.
  /** @param {HTMLElement} host @param {{name: string, guess?: string}} words */
  constructor(host, { name, guess = "" }) {
    this.host = host;
    this.guess = guess;
    host.classList.add("quiz-bars");
    host.setAttribute("role", "figure");
    host.setAttribute("aria-label", name);
    this.keys = "";
  }

  // isGuess(key): whether the value is that of a chosen option, and not the answer.
  /** @param {Row[]} rows @param {Values} values @param {(key: string) => boolean} isGuess */
  show(rows, values, isGuess) {
    const keys = rows.map(({ key, title }) => `${key} ${title}`).join("|");
    if (keys !== this.keys) this.arrange(rows);
    this.keys = keys;
    for (const [i, row] of rows.entries()) {
      const element = /** @type {HTMLElement} */ (this.host.children[i]),
        value = values[row.key],
        isGuessed = value !== null && isGuess(row.key);
      element.dataset.key = row.key;
      element.dataset.value = value === null ? "" : String(value);
      element.classList.toggle("guess", isGuessed);
      const [bar] = /** @type {HTMLCollectionOf<HTMLElement>} */ (element.getElementsByTagName("i"));
      if (row.colour) bar.style.background = row.colour;
      bar.style.width = `${100 * (value === null ? 0 : shareOf(row, value))}%`;
      write(element.querySelector("b"), textOf(row.text, value, isGuessed ? this.guess : null));
    }
  }

  /** @param {Row[]} rows */
  arrange(rows) {
    this.host.replaceChildren(
      ...rows.map(({ title, symbol = "text" }) => {
        const row = document.createElement("p");
        row.className = symbol;
        row.innerHTML = `<span class="title"></span><span class="well"><i></i></span><b></b>`;
        write(row.querySelector(".title"), title);
        return row;
      }),
    );
  }
}

/** @param {string} text @param {number | null} value @param {string | null} guess */
function textOf(text, value, guess) {
  if (value === null) return "?";
  return guess ?? text;
}

// How much of its full length a bar has.
/** @param {Row} row @param {number} value */
export function shareOf({ most, least }, value) {
  const share = least === undefined ? value / most : Math.log(value / least) / Math.log(most / least);
  return Math.min(1, Math.max(0, share));
}

// Values on their way from others. One without a value grows from 0; one that has none at the end has none at once.
/** @param {Values} from @param {Values} to @param {number} share @returns {Values} */
export function betweenValues(from, to, share) {
  const at = (key) => {
    const end = to[key],
      start = from[key] ?? 0;
    if (end === null || share >= 1 || !Number.isFinite(end)) return end;
    return (1 - share) * (Number.isFinite(start) ? start : end) + share * end;
  };
  return Object.fromEntries(Object.keys(to).map((key) => [key, at(key)]));
}
