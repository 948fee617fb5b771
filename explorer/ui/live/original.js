// The picked image as it is in the dataset.

import { drawPixels } from "./decoder.js";
import { write } from "./readout.js";

export class Original {
  // tile: the element; base: the address that the images' addresses are relative to.
  constructor(tile, base) {
    Object.assign(this, { tile, base });
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
    const row = panel.pickedRow(state), { entry, codes } = panel.model;
    const label = this.tile.querySelector(".label"), canvas = this.tile.querySelector("canvas");
    write(label, `image ${row}, class ${entry.classes[codes.label[row]]}`);
    canvas.hidden = true;
    if (!entry.originals) return write(label, `${label.textContent}: ${entry.without_originals ?? "the original is not on this machine; python train.py fetches the dataset"}`);
    try {
      const response = await fetch(new URL(`originals/${entry.dataset}/${row}`, this.base));
      if (!response.ok) throw new Error(await response.text());
      const pixels = new Uint8Array(await response.arrayBuffer());
      if (this.shown !== pick) return;
      drawPixels(canvas, entry.image_side, pixels);
      canvas.setAttribute("aria-label", `Original of image ${row}`);
      canvas.hidden = false;
    } catch (error) {
      write(label, `${label.textContent}: ${error.message}`);
    }
  }
}
