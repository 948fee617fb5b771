// Lays pictures on the pad: files that are chosen, dropped or pasted, and the test image that the page has picked.

import { fill } from "../../kernel/text.js";
import { hasOriginal, noOriginal } from "../../parts/originals.js";
import { inkBox, readPaper, toInk } from "./forms.js";
import { kept } from "./kept.js";
import { baseCanvas, SIDE } from "./pad.js";
import { blankCanvas, openPicture, Refused } from "./picture_file.js";
import { MOST_PIXELS } from "./picture_header.js";

export class Pictures {
  // page: see tools.js; pad: the tool's; on: {fresh(): another picture is on the pad,
  // chosen(dataset, row): a test image was chosen, laid(): it lies on the pad, say(text)}.
  constructor(page, pad, on) {
    this.page = page;
    this.pad = pad;
    this.on = on;
    this.picked = null; // the test image that was laid on the pad: "dataset:row"
    this.lacking = null; // what was on the pad when a test image was missing
    this.turn = 0; // counts files: a later one wins
    this.before = kept(page.state().pick); // what was on the pad when the page was left or loaded again
  }

  // Puts back what was on the pad. Strokes on a test image come back with it.
  async restore() {
    const { before } = this;
    if (!before || before.pick) return;
    this.before = null;
    const { picture, colour, strokes } = before,
      canvas = picture && (await canvasOf(picture));
    this.put(canvas && { colour, canvas }, { amend: true, strokes });
  }

  // A base for the pad, in the place of what is there.
  put(base, options) {
    this.on.fresh();
    this.pad.setBase(base, options);
  }

  // The page marks the image that lies on the pad, or none.
  settlePick() {
    const pick = this.pad.base?.pick ?? null;
    this.lacking = null;
    this.picked = pick;
    if (pick !== this.page.state().pick) this.page.set({ pick });
  }

  // ---- files ------------------------------------------------------------------------------------------

  // A file: on the pad, or a sentence why not; then nothing has changed.
  async take(file) {
    const { words } = this.page,
      name = file.name || words.pasted,
      turn = ++this.turn;
    try {
      const whole = this.page.panels.every(({ model }) => model.entry.whole);
      const opened = await openPicture(file, SIDE, whole);
      if (turn !== this.turn) return;
      const paper = whole ? null : readPaper(opened.greys);
      if (whole) {
        this.put({ ...opened, colour: true });
        this.settlePick();
      } else if (!this.lay({ ...opened, paper }, paper.dark)) return this.on.say(fill(words.refused.blank, { name }));
      this.on.say(fill(words.notices[opened.notice] ?? (whole ? words.taken_whole : words.taken), { name }));
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      this.refuse(error, name);
    }
  }

  refuse(error, name) {
    const { width, height } = error.facts;
    const megapixels = width && height ? Math.round((width * height) / 1e6) : "",
      most = MOST_PIXELS / 1e6;
    this.on.say(fill(this.page.words.refused[error.reason], { name, width, height, megapixels, most }));
  }

  // Puts a picture's ink on the pad. Returns whether there is any.
  lay(opened, inverted, amend = false) {
    const ink = toInk(opened.greys, opened.paper, inverted, opened.lossy);
    if (!inkBox(ink)) return false;
    this.put({ ...opened, inverted, canvas: baseCanvas(ink, opened) }, { amend });
    this.settlePick();
    return true;
  }

  // Swaps ink and paper of a file's picture. Returns whether there is ink either way.
  invert(inverted) {
    const { base } = this.pad;
    return !base?.greys || this.lay(base, inverted, true);
  }

  // ---- test images --------------------------------------------------------------------------------------

  // The tool is opened again: the dataset of a missing image may have been fetched since.
  retry() {
    if (this.lacking && this.pad.page === this.lacking) this.picked = null;
  }

  choose(pick) {
    if (pick === this.picked)
      this.layOriginal(pick); // again, as it was before it was drawn on
    else this.page.set({ pick });
  }

  // Lays the page's picked image on the pad, when it is another one.
  follow() {
    const { pick } = this.page.state();
    if (pick === this.picked) return;
    this.picked = pick;
    const strokes = this.before?.pick === pick ? this.before.strokes : [];
    this.before = null;
    if (pick) this.layOriginal(pick, strokes);
  }

  async layOriginal(pick, strokes = []) {
    const { words, panels, originals, allWords } = this.page;
    const [dataset, text] = pick.split(":"),
      row = Number(text),
      panel = panels.find((one) => one.model.entry.dataset === dataset);
    if (!panel) return;
    this.on.chosen(dataset, row);
    const { entry, codes } = panel.model;
    this.lacking = hasOriginal(entry, row) ? null : this.pad.page;
    if (this.lacking) return this.on.say(fill(words.no_original, { row, why: noOriginal(entry, allWords.datasets) }));
    try {
      const pixels = await originals.one(entry, row);
      if (this.picked !== pick) return;
      const x = Float32Array.from(pixels, (pixel) => pixel / 255),
        side = entry.image_side,
        canvas = baseCanvas({ values: x, width: side, height: side });
      this.put({ pick, dataset, x, colour: entry.channels > 1, canvas }, { strokes });
      this.on.say(fill(words.laid, { dataset: entry.dataset_label, row, class: entry.classes[codes.label[row]] }));
      this.on.laid();
    } catch (error) {
      const why = error.message.replace(/\.$/, "");
      this.on.say(fill(words.original_failed, { dataset: entry.dataset_label, row, why }));
    }
  }
}

// A picture of a data: address on a canvas of the pad's size.
async function canvasOf(address) {
  const image = Object.assign(new Image(), { src: address }),
    canvas = blankCanvas(SIDE, SIDE);
  await image.decode();
  canvas.getContext("2d").drawImage(image, 0, 0);
  return canvas;
}
