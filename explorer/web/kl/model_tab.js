// What the tabs of lesson 1 that show a trained VAE have in common: its list, and the sentences if something is
// missing.

import { write } from "../parts/dom.js";

export class ModelTab {
  // field: of the state, which names the model.
  constructor(element, lesson, field) {
    this.element = element;
    this.lesson = lesson;
    this.field = field;
    this.find = (selector) => element.querySelector(selector);
    this.list = lesson.modelList(this.find("select.model"), (name) => this.choose(name));
  }

  /** @returns {import("../kernel/types.js").Entry | undefined} */
  get entry() {
    return this.lesson.catalogue.get(this.lesson.state[this.field]);
  }

  // The image stays, if the other model has as many.
  choose(name) {
    const { lesson, field } = this,
      { image } = lesson.state;
    const fits = image < lesson.catalogue.get(name).images;
    lesson.set({ [field]: name, image: fits ? image : 0, ...this.reset() });
  }

  // What another model changes of the state.
  reset() {
    return {};
  }

  // Shows which model is chosen. Returns its entry, if there is one. needsImage: is its dataset needed?
  showModel(needsImage) {
    const { lesson, entry } = this;
    this.list.show(entry?.name);
    this.element.classList.toggle("none", !entry);
    this.find(".absent").hidden = Boolean(entry);
    const missing = lesson.shelf.showMissing(needsImage ? (entry ?? null) : null);
    if (needsImage) write(this.find(".why-not"), missing ?? "");
    return entry;
  }

  stop() {}
}
