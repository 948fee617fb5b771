// The drawing, kept in the tab's storage: a visit to another page or a reload does not lose it.

import { inTabStorage } from "../../parts/tab_storage.js";

const KEY = "explorer drawing";

/**
 * @typedef {{x: number, y: number, width: number}} Point
 * @typedef {{pick: string | null, picture: string | null, colour: boolean, strokes: Point[][]}} Drawing
 *   pick: the test image beneath the strokes, "dataset:row"; picture: another one beneath them, as a data: address
 */

// page: the pad's {base, strokes}.
export function keep({ base, strokes }) {
  const pick = base?.pick ?? null;
  /** @type {Drawing} */
  const drawing = { pick, picture: base && !pick ? base.canvas.toDataURL() : null, colour: !!base?.colour, strokes };
  const isEmpty = !strokes.length && !drawing.picture;
  inTabStorage((storage) => (isEmpty ? storage.removeItem(KEY) : storage.setItem(KEY, JSON.stringify(drawing))));
}

// The drawing that was kept, or null. pick: the image that the page has picked now. Strokes on another image are
// forgotten.
/** @param {string | null} pick @returns {Drawing | null} */
export function kept(pick) {
  /** @type {Drawing | null} */
  const drawing = inTabStorage((storage) => JSON.parse(storage.getItem(KEY)));
  return drawing && [null, pick].includes(drawing.pick) ? drawing : null;
}
