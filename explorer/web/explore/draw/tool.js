// The explorer's tool Draw: a digit that is drawn, a picture, or a test image, through both models at every move.

import { reconstruct, Row } from "./rows.js";
import { Mark } from "./marks.js";
import { keep } from "./kept.js";
import { Pad } from "./pad.js";
import { formName, inkBox, toForm } from "./forms.js";
import { TestImages } from "./images.js";
import { Painter } from "../../parts/painter.js";
import { Pictures } from "./pictures.js";
import { write } from "../../parts/dom.js";
import { fill } from "../../kernel/text.js";

const BRUSH = 22,
  BROAD_BRUSH = 32; // of the pad's 280 pixels: strokes of MNIST, and the broader ones of scikit-learn's digits

const markup = (words) => `
  <div class="upper">
    <div class="pad"><canvas tabindex="0" role="application" aria-label="${words.pad}"
      aria-describedby="draw-pad-keys"></canvas><i class="cursor" hidden></i><span
      class="empty">${words.empty}</span></div>
    <div class="beside-pad">
      <div class="line"><button type="button" class="undo">${words.undo}</button><button type="button"
        class="clear">${words.clear}</button></div>
      <label class="line">${words.brush} <input type="range" class="brush" min="8" max="48" step="1"></label>
      <div class="line"><button type="button" class="file">${words.open_picture}</button><label class="invert"
        hidden><input type="checkbox"> ${words.invert}</label></div>
      <input type="file" class="chooser" accept="image/png,image/jpeg,image/webp" aria-label="${words.open_picture}"
        hidden>
      <div class="test-images" role="group" aria-label="${words.test_images}"></div>
    </div>
  </div>
  <p class="says" role="status"></p>
  <p class="unseen" id="draw-pad-keys">${words.pad_keys}</p>
  <div class="rows" role="group" aria-label="${words.results}">
    <div class="heads" aria-hidden="true"><span>${words.head_reads}</span> <span>${words.head_made}</span><span>${words.head_off}</span>
    <span class="difference-legend" title="${words.head_off_title}"><span>${words.darker}</span> −1 <i></i> +1
      <span>${words.brighter}</span></span></div>
  </div>
  <p class="on-umap"></p>
  <details class="figures"><summary>${words.figures}</summary></details>
  <details><summary>${words.how}</summary><p class="forms"></p>${words.how_text.map((text) => `<p>${text}</p>`).join("")}</details>`;

export class Tool {
  // box: the section to fill; page: see tools.js.
  /** @param {HTMLElement} box @param {import("../tools.js").PageApi} page */
  constructor(box, page) {
    this.box = box;
    this.page = page;
    this.fresh = true;
    this.encoded = 0;
    const { words } = page;
    box.innerHTML = markup(words);
    const find = (selector) => box.querySelector(selector);
    this.find = find;
    this.says = find(".says");
    this.painter = new Painter(() => this.paint(), box);
    this.rows = page.panels.map((panel, i) => new Row(words, () => this.putProbe(i)));
    find(".rows").append(...this.rows.map((row) => row.element));
    find(".figures").append(...this.rows.map((row) => row.figures));
    this.pad = new Pad(find(".pad canvas"), find(".cursor"), {
      change: () => this.changed(),
      finish: () => this.finish(),
      settle: keep,
    });
    this.pictures = new Pictures(page, this.pad, {
      fresh: () => (this.fresh = true),
      chosen: (dataset, row) => this.images.follow(dataset, row),
      laid: () => this.isOpen && this.announce(),
      say: (text) => this.say(text),
    });
    this.images = new TestImages(find(".test-images"), page, {
      choose: (dataset, row) => this.pictures.choose(`${dataset}:${row}`),
      say: (text) => this.say(text),
    });
    this.listen();
  }

  listen() {
    const { find, pad } = this,
      brush = find(".brush"),
      chooser = find(".chooser");
    brush.addEventListener("input", () => {
      pad.brush = Number(brush.value);
      this.brushChosen = true;
    });
    find(".undo").addEventListener("click", () => this.undo());
    find(".clear").addEventListener("click", () => this.clear());
    find(".file").addEventListener("click", () => chooser.click());
    chooser.addEventListener("change", () => {
      if (chooser.files.length) this.pictures.take(chooser.files[0]);
      chooser.value = ""; // so that the same file can be chosen again
    });
    find(".invert input").addEventListener("change", (event) => this.invert(event.target.checked));
    this.box.addEventListener("dragover", (event) => {
      if (![...event.dataTransfer.types].includes("Files")) return;
      event.preventDefault();
      this.box.classList.add("over");
    });
    this.box.addEventListener(
      "dragleave",
      (event) =>
        this.box.contains(/** @type {Node | null} */ (event.relatedTarget)) || this.box.classList.remove("over"),
    );
    this.box.addEventListener("drop", (event) => {
      this.box.classList.remove("over");
      event.preventDefault();
      if (event.dataTransfer.files.length) this.pictures.take(event.dataTransfer.files[0]);
    });
    this.onPaste = (event) => {
      const file = [...(event.clipboardData?.files ?? [])][0];
      if (!file || !this.isOpen) return;
      event.preventDefault();
      this.pictures.take(file);
    };
    window.addEventListener("paste", this.onPaste);
  }

  // ---- opened and closed ------------------------------------------------------------------------------

  async open() {
    const { panels, models, words } = this.page;
    const current = panels.map((panel) => panel.model);
    this.isOpen = false; // the encoders are those of other models
    const encoders = await Promise.all(current.map(({ entry }) => models.encoder(entry)));
    await this.pictures.restore();
    // others were chosen meanwhile: they open it again
    if (panels.some((panel, i) => panel.model !== current[i])) return;
    this.encoders = encoders;
    this.isOpen = true;
    this.marks?.forEach((mark) => mark.remove());
    this.marks = panels.map((panel) => new Mark(panel, words.mark));
    panels.forEach((panel, i) => this.rows[i].describe(panel.name, panel.model.entry.stochastic));
    this.suitBrush();
    this.readColours();
    this.images.open();
    this.pictures.retry();
    this.explainForms();
    this.pictures.follow();
    this.fresh = true;
    this.painter.draw();
  }

  // Strokes as broad as the dataset's, until a person has chosen.
  suitBrush() {
    if (!this.brushChosen)
      this.pad.brush = this.page.panels.some((panel) => formName(panel.model.entry) !== "digits") ? BRUSH : BROAD_BRUSH;
    this.find(".brush").value = this.pad.brush;
  }

  close() {
    this.isOpen = false;
    this.pad.end();
  }

  destroy() {
    this.isOpen = false;
    window.removeEventListener("paste", this.onPaste);
  }

  // A frame of the page: the maps may have moved, or another image been picked.
  show() {
    if (!this.isOpen) return;
    this.pictures.follow();
    if (this.readColours()) this.painter.draw();
    else this.place();
  }

  place() {
    const state = this.page.state();
    for (const mark of this.marks) mark.place(state);
  }

  // ---- from the pad to the models ---------------------------------------------------------------------

  changed() {
    if (this.isOpen) this.painter.draw();
  }

  // One frame: the pad through both models, and all that shows it.
  paint() {
    if (!this.isOpen) return;
    const { pad } = this,
      { panels } = this.page;
    const base = pad.isUntouched ? pad.base : null,
      picture = this.pad.picture();
    const blank = inkBox(picture) === null,
      forms = new Map(); // each form is made once
    this.found = panels.map((panel, i) => {
      const { model } = panel,
        { entry, decoder } = model;
      // An untouched test image goes to a model of its dataset as it is.
      const x = base?.dataset === entry.dataset ? base.x : (forms.get(entry.dataset) ?? toForm(picture, entry));
      forms.set(entry.dataset, x);
      const found = blank ? null : reconstruct(this.encoders[i], decoder, x);
      this.rows[i].show(x, found, model, this.differenceColours);
      this.marks[i].move(found, this.fresh);
      return found;
    });
    this.fresh = false;
    this.find(".empty").hidden = !pad.isEmpty;
    this.find(".undo").disabled = !pad.past.length;
    this.find(".clear").disabled = pad.isEmpty;
    this.find(".invert").hidden = !pad.base?.greys;
    if (pad.base?.greys) this.find(".invert input").checked = pad.base.inverted;
    this.place();
    this.box.dataset.encoded = String(++this.encoded);
  }

  // A stroke has ended: what is said is of all of it.
  finish() {
    this.paint();
    this.announce();
  }

  announce() {
    const texts = this.rows.filter((_, i) => this.found?.[i]).map(({ verdict }) => verdict.textContent);
    this.page.announce(texts.join(" "));
  }

  // The probe becomes a model's q(z|x), or goes to its code. A model of fewer dimensions sets the first of them.
  putProbe(i) {
    const found = this.found[i],
      state = this.page.state();
    const over = (old, values) => old.map((value, at) => (at < values.length ? values[at] : value));
    const part = { mean: over(state.mean, found.mean) };
    if (found.logVar) part.log_var = over(state.log_var, found.logVar);
    this.page.set(part);
  }

  // ---- undo, clear, and what the pictures leave to the tool
  // ----------------------------------------------------------------------------

  undo() {
    this.fresh = true;
    this.say("");
    this.pad.undo();
    this.pictures.settlePick();
  }

  clear() {
    this.fresh = true;
    this.say("");
    this.pad.clear();
    this.pictures.settlePick();
  }

  invert(inverted) {
    if (this.pictures.invert(inverted)) return;
    this.find(".invert input").checked = this.pad.base.inverted;
    this.say(this.page.words.nothing_inverted);
  }

  // A code was clicked: the page picks its image, which then lies on the pad. If it is picked already, it is laid there
  // again.
  click(panel, point, row) {
    const pick = `${panel.model.entry.dataset}:${row}`;
    if (row !== null && pick === this.pictures.picked) this.pictures.layOriginal(pick);
    return false;
  }

  // ---- words and colours ------------------------------------------------------------------------------------

  say(text) {
    write(this.says, text);
  }

  explainForms() {
    const { words, panels } = this.page;
    const forms = panels.map((panel) => formName(panel.model.entry));
    const one = (i) => fill(words.forms[forms[i]], { side: panels[i].model.entry.image_side });
    const text =
      forms[0] === forms[1]
        ? one(0)
        : fill(words.two_forms, { left: panels[0].name, right: panels[1].name, left_form: one(0), right_form: one(1) });
    write(this.find(".forms"), text);
    write(this.find(".on-umap"), panels.some((panel) => panel.model.codes.umap) ? words.on_umap : "");
  }

  // The colours of a difference, of the theme. Returns whether they changed.
  readColours() {
    const { dark } = this.page.colours();
    if (this.dark === dark) return false;
    this.dark = dark;
    const shade = dark ? "dark" : "light";
    this.differenceColours = Object.fromEntries(
      Object.entries(this.page.symbols.difference).map(([name, colour]) => {
        this.box.style.setProperty(`--difference-${name}`, colour[shade]);
        return [name, [1, 3, 5].map((at) => parseInt(colour[shade].slice(at, at + 2), 16))];
      }),
    );
    return true;
  }
}
