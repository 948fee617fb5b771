// The picked image as it is in the dataset.

import { drawPixels } from "../parts/pixels.js";
import { hasOriginal, noOriginal } from "../parts/originals.js";
import { write } from "../parts/dom.js";

export class Original {
  // tile: the element; originals: the page's, of originals.js; words: texts/en/datasets.py's.
  constructor(tile, originals, words) {
    this.tile = tile;
    this.originals = originals;
    this.words = words;
  }

  // Shows the image that a state picks, in the words of the first panel whose model has it.
  async show(state, panels) {
    const { pick } = state;
    if (pick === this.shown && this.panel) return;
    const panel = panels.find((one) => one.pickedRow(state) !== null);
    this.shown = pick;
    this.panel = panel;
    this.tile.classList.toggle("empty", !panel);
    if (!panel) return;
    const row = panel.pickedRow(state),
      { entry, codes } = panel.model;
    const label = this.tile.querySelector(".label"),
      canvas = this.tile.querySelector("canvas");
    const name = `image ${row}, class ${entry.classes[codes.label[row]]}`;
    write(label, name);
    canvas.hidden = true;
    if (!hasOriginal(entry, row)) return write(label, `${name}: ${noOriginal(entry, this.words)}`);
    try {
      const pixels = await this.originals.one(entry, row);
      if (this.shown !== pick) return;
      drawPixels(canvas, entry.image_side, pixels);
      canvas.setAttribute("aria-label", `Original of image ${row}`);
      canvas.hidden = false;
    } catch (error) {
      if (this.shown !== pick) return;
      write(label, `${name}: ${error.message}`);
      this.panel = null; // so that the next call tries again
    }
  }

  // Its dataset may have arrived: tries again.
  again(state, panels) {
    this.panel = null;
    this.show(state, panels);
  }
}
