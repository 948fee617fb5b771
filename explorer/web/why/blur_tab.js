// Why two dimensions blur: one image in a model of the plane and in one of many dimensions, each beside the mean of the
// images with the nearest codes.

import { apart, meanOf, nearestRows } from "./blur.js";
import { fieldOf } from "../kernel/address.js";
import { format } from "../kernel/format.js";
import { crossEntropy } from "../kernel/decoder.js";
import { sigmoid } from "../kernel/perceptron.js";
import { fill } from "../kernel/text.js";
import { write, writeCells } from "../parts/dom.js";
import { ImageField } from "../parts/models/image_field.js";
import { drawPixels, putPixels } from "../parts/pixels.js";
import { listen } from "../parts/slider.js";

const COLUMNS = 16; // of the sheet of images
const MOST = fieldOf("why", "neighbours").most;
const SIDES = ["vae", "many"];

export class BlurTab {
  /** @param {import("./page.js").Lesson} lesson @param {any} root */
  constructor(lesson, root) {
    this.lesson = lesson;
    this.root = root;
    this.image = new ImageField(lesson, this.find(".image"), () => ({ mean: null, log_var: null, code: null }));
    /** @type {HTMLInputElement} */
    this.slider = this.find(".neighbours");
    listen(
      this.slider,
      (neighbours) => lesson.change({ neighbours }),
      () => lesson.finish(),
    );
    this.sides = SIDES.map((kind) => new BlurSide(lesson, this.find(`.panel[data-kind=${kind}]`), kind));
  }

  find(selector) {
    return this.root.querySelector(selector);
  }

  refresh() {
    const { lesson } = this;
    this.image.show(lesson.entry("vae") ?? lesson.entry("many"));
    this.showDimensions();
    const missing = SIDES.map((kind) => lesson.entry(kind)).find((entry) => entry && !entry.originals);
    write(this.find(".why-not"), lesson.shelf.showMissing(missing ?? null) ?? "");
    for (const side of this.sides) side.refresh().catch((error) => lesson.fail(error));
  }

  // The mean BCE of the dataset's VAEs by their number of dimensions.
  showDimensions() {
    const { lesson } = this,
      dataset = lesson.entry("vae")?.dataset;
    const alike = [...lesson.catalogue]
      .filter((entry) => entry.dataset === dataset && !entry.run && entry.stochastic && entry.weights.beta === 1)
      .sort((a, b) => a.latent_dim - b.latent_dim);
    this.find(".dimensions").replaceChildren(
      ...alike.map(({ latent_dim: dimensions, metrics }) => {
        const item = document.createElement("li");
        item.textContent = fill(lesson.words.bce_of_dimensions, { dimensions, bce: format(metrics.reconstruction, 1) });
        return item;
      }),
    );
  }

  draw() {
    const { neighbours } = this.lesson.state;
    this.slider.value = String(neighbours);
    write(this.find(".count"), fill(this.lesson.words.neighbours_of, { k: neighbours }));
    for (const side of this.sides) side.draw();
  }

  spoken() {
    return this.sides
      .map(({ said }) => said)
      .filter(Boolean)
      .join("; ");
  }

  stop() {}

  destroy() {}
}

class BlurSide {
  constructor(lesson, root, kind) {
    this.lesson = lesson;
    this.root = root;
    this.kind = kind;
    this.list = lesson.modelList(this.find("select"), kind);
    this.shown = null; // {model, x, key}
  }

  find(selector) {
    return this.root.querySelector(selector);
  }

  async refresh() {
    const { lesson } = this,
      entry = lesson.entry(this.kind),
      { image } = lesson.state;
    this.list.show(entry?.name);
    this.root.classList.toggle("none", !entry);
    this.find(".absent").hidden = Boolean(entry);
    const key = entry && [entry.digest, image, entry.originals].join();
    if (!entry || this.key === key) return;
    this.key = key;
    this.shown = null;
    const [model, x] = await Promise.all([lesson.shelf.open(entry), lesson.shelf.image(entry, image)]);
    if (this.key !== key) return;
    const rows = nearestRows(model.codes.mean, image, MOST);
    const near = x && (await lesson.shelf.images(entry, rows));
    if (this.key !== key) return;
    this.shown = { model, x, rows, near, key };
    lesson.draw();
  }

  draw() {
    if (!this.shown?.near) return;
    const { model, x, near, rows } = this.shown,
      { neighbours: k, image } = this.lesson.state,
      { entry, active, codes } = model,
      side = entry.image_side,
      logits = active.decode(codes.mean.map((column) => column[image])),
      bce = crossEntropy(logits, x),
      decoded = Float64Array.from(logits, (logit) => sigmoid(logit)),
      mean = meanOf(near.slice(0, k));
    const shades = (picture) => picture.map((value) => 255 * value);
    for (const [name, picture] of Object.entries({ original: x, decoded, mean }))
      drawPixels(this.find(`.${name}`), side, shades(picture));
    this.drawSheet(near.slice(0, k), side);
    const found = { toOriginal: apart(decoded, x), toMean: apart(decoded, mean) },
      table = this.find(".numbers");
    writeCells(table, {
      original: format(found.toOriginal, 1),
      mean: format(found.toMean, 1),
      bce: format(bce, 1),
    });
    Object.assign(table.dataset, found, { bce, of: `${entry.name}:${image}:${k}`, rows: rows.slice(0, k).join() });
    const { words } = this.lesson,
      isMean = found.toMean < found.toOriginal;
    write(this.find(".verdict"), words[isMean ? "nearer_to_mean" : "nearer_to_original"]);
    this.said = fill(words.blur_said, { model: entry.choice, original: format(found.toOriginal, 1),
      mean: format(found.toMean, 1) }); // prettier-ignore
  }

  drawSheet(images, side) {
    const canvas = this.find(".sheet"),
      context = canvas.getContext("2d");
    canvas.width = COLUMNS * side;
    canvas.height = Math.ceil(images.length / COLUMNS) * side;
    const sheet = context.createImageData(canvas.width, canvas.height);
    images.forEach((image, i) =>
      putPixels(
        sheet,
        (i % COLUMNS) * side,
        Math.floor(i / COLUMNS) * side,
        side,
        image.map((value) => 255 * value),
      ),
    );
    context.putImageData(sheet, 0, 0);
  }
}
