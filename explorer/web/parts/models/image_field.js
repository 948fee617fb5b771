// The choice of a test image: its row, and a button to the next one.

import { write } from "../dom.js";
import { fill } from "../../kernel/text.js";

export class ImageField {
  // lesson: has a `state` with an image, `set`, and the words `of_images`; box: holds .row-number, a number field,
  // .next, a button, and .most; reset(): what another image changes of the state.
  /** @param {any} lesson @param {HTMLElement} box @param {() => object} reset */
  constructor(lesson, box, reset) {
    this.lesson = lesson;
    this.box = box;
    this.reset = reset;
    /** @type {import("../../kernel/types.js").Entry | undefined} */
    this.entry = undefined;
    /** @type {HTMLInputElement} */
    this.row = box.querySelector(".row-number");
    this.row.addEventListener("change", () => this.take(Number(this.row.value)));
    box.querySelector(".next").addEventListener("click", () => this.take((lesson.state.image + 1) % this.entry.images));
  }

  take(image) {
    const isRow = this.row.value !== "" && Number.isInteger(image) && image >= 0 && image < this.entry.images;
    if (isRow) this.lesson.set({ image, ...this.reset() });
    else this.row.value = this.lesson.state.image;
  }

  // entry: of the model that reads the image.
  show(entry) {
    this.entry = entry;
    this.box.hidden = !entry;
    if (!entry) return;
    this.row.max = String(entry.images - 1);
    this.row.value = String(this.lesson.state.image);
    write(
      this.box.querySelector(".most"),
      fill(this.lesson.words.of_images, { most: (entry.images - 1).toLocaleString("en") }),
    );
  }
}
