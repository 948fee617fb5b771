// The picked test image x, and what each model makes of it at its own code of x.

import { crossEntropy } from "../kernel/decoder.js";
import { format } from "../kernel/format.js";
import { fill } from "../kernel/text.js";
import { write } from "../parts/dom.js";
import { hasOriginal, noOriginal } from "../parts/originals.js";
import { drawLogits, drawPixels } from "../parts/pixels.js";

export class Reconstructions {
  // box: the element; originals: the page's, of originals.js; words: the page's; onChange(): other pictures are shown.
  /**
   * @param {HTMLElement} box @param {import("../parts/originals.js").Originals} originals
   * @param {Record<string, any>} words @param {() => void} onChange
   */
  constructor(box, originals, words, onChange) {
    this.onChange = onChange;
    this.box = box;
    this.originals = originals;
    this.words = words;
    this.key = null; // of what is shown
    /** @type {HTMLCanvasElement} */
    this.picture = box.querySelector(".original canvas");
    this.label = box.querySelector(".original .label");
    this.rebuilt = ["left", "right"].map((side) => box.querySelector(`.${side}`));
  }

  // The canvas of a panel's reconstruction; null where there is none.
  /** @param {number} i the panel's number @returns {HTMLCanvasElement | null} */
  canvas(i) {
    const figure = /** @type {HTMLElement} */ (this.rebuilt[i]);
    return this.key === null || figure.hidden ? null : figure.querySelector("canvas");
  }

  // Shows the image that a state picks, in the words of the first panel whose model has it.
  async show(state, panels) {
    const owner = panels.find((panel) => panel.pickedRow(state) !== null);
    const key = owner
      ? JSON.stringify([state.pick, panels.map(({ name, model }) => [name, model?.entry.digest])])
      : null;
    if (this.key === key) return;
    this.key = key;
    this.box.classList.toggle("empty", !owner);
    if (!owner) {
      this.picture.hidden = true;
      return this.onChange();
    }
    this.rebuild(state, panels, null);
    const row = owner.pickedRow(state),
      { entry, codes } = owner.model,
      name = fill(this.words.test_image, { row, class: entry.classes[codes.label[row]] });
    write(this.label, name);
    this.picture.hidden = true;
    this.onChange();
    if (!hasOriginal(entry, row)) return write(this.label, `${name}: ${noOriginal(entry, this.words.datasets)}`);
    try {
      const pixels = await this.originals.one(entry, row);
      if (this.key !== key) return;
      drawPixels(this.picture, entry.image_side, pixels);
      this.picture.hidden = false;
      this.rebuild(
        state,
        panels,
        Float32Array.from(pixels, (value) => value / 255),
      );
      this.onChange();
    } catch (error) {
      if (this.key !== key) return;
      write(this.label, `${name}: ${error.message}`);
      this.key = ""; // so that the next call tries again
    }
  }

  // The reconstructions, each at its model's own code. x: the image's pixels in [0, 1], or null until they are here.
  rebuild(state, panels, x) {
    for (const [i, panel] of panels.entries()) {
      const row = panel.pickedRow(state),
        figure = /** @type {HTMLElement} */ (this.rebuilt[i]);
      figure.hidden = row === null;
      if (row === null) continue;
      const { decoder, codes, entry } = panel.model,
        canvas = /** @type {HTMLCanvasElement} */ (figure.querySelector("canvas")),
        logits = decoder.decode(codes.mean.map((column) => column[row]));
      drawLogits(canvas, logits, entry.image_side);
      canvas.setAttribute("aria-label", fill(this.words.reconstruction_of, { name: panel.name }));
      write(figure.querySelector(".name"), panel.name);
      write(figure.querySelector(".error"), x ? fill(this.words.bce, { bce: format(crossEntropy(logits, x), 0) }) : "");
      figure.title = codes.logVar ? this.words.rebuilt_at_mean : this.words.rebuilt_at_code;
    }
  }

  // Its dataset may have arrived: tries again.
  again(state, panels) {
    this.key = "";
    this.show(state, panels);
  }
}
