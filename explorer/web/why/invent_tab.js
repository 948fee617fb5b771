// An autoencoder cannot invent: the codes of AE, VAE and AAE beside the prior, and what they decode from its draws.

import { KINDS } from "./kinds.js";
import { classesOf, DRAWS, drawsOf, rarest, sharesOf } from "./shares.js";
import { format, percent } from "../kernel/format.js";
import { sample } from "../kernel/models.js";
import { Tree } from "../kernel/nearest.js";
import { escaped, fill } from "../kernel/text.js";
import { write } from "../parts/dom.js";
import { drawLogits, pixelsOf, putPixels } from "../parts/pixels.js";
import { Plane } from "../parts/plane.js";

/** @import { Model, Pair } from "../kernel/types.js" */

const REACH = 4.2, // of a map, at least
  COLUMNS = 10,
  ROWS = 2, // of the sheet of decoded draws
  LISTED = 10, // classes
  SEEN = 0.9, // of the codes, on a map: the others may lie far outside
  MARKED = 200; // draws on a map

export class InventTab {
  /** @param {import("./page.js").Lesson} lesson @param {any} root */
  constructor(lesson, root) {
    this.lesson = lesson;
    this.root = root;
    /** @type {Record<string, Side>} */
    this.sides = {};
    for (const kind of KINDS)
      this.sides[kind] = new Side(lesson, root.querySelector(`.panel[data-kind=${kind}]`), kind, {
        move: (z) => lesson.change({ z }),
        end: () => lesson.finish(),
      });
    root.querySelector(".again").addEventListener("click", () => {
      lesson.set({ seed: lesson.state.seed + 1, z: null });
    });
  }

  // The draw that is decoded: the seed's first, or where it was moved.
  get z() {
    return this.lesson.state.z ?? this.draws[0];
  }

  refresh() {
    const { lesson } = this,
      { seed } = lesson.state;
    lesson.shelf.showMissing(null);
    if (this.seed !== seed) {
      this.seed = seed;
      this.draws = drawsOf(seed);
      for (const side of Object.values(this.sides)) side.measured = null;
    }
    for (const side of Object.values(this.sides)) side.open().catch((error) => lesson.fail(error));
  }

  draw() {
    for (const side of Object.values(this.sides)) side.draw(this.draws, this.z);
    this.root.dataset.seed = String(this.seed);
    write(
      this.root.querySelector(".point"),
      fill(this.lesson.words.point_at, { x: format(this.z[0], 2), y: format(this.z[1], 2) }),
    );
  }

  spoken() {
    return KINDS.map((kind) => this.sides[kind].said)
      .filter(Boolean)
      .join("; ");
  }

  recolour() {}

  stop() {}

  destroy() {
    for (const { plane } of Object.values(this.sides)) plane.destroy();
  }
}

// One model: its map, its picture at z, the classes of the draws, and a sheet of pictures.
class Side {
  constructor(lesson, root, kind, { move, end }) {
    this.lesson = lesson;
    this.kind = kind;
    this.root = root;
    /** @type {Model | null} */
    this.model = null;
    this.measured = null; // {shares, usual, rarest}, for the seed
    this.list = lesson.modelList(this.find("select"), kind);
    this.plane = new Plane(this.find(".host"), { name: fill(lesson.words.map, { kind: this.name }), reach: REACH });
    this.plane.addHandle("z", {
      symbol: "z",
      at: [0, 0],
      name: fill(lesson.words.handle, { kind: this.name }),
      onMove: (z) => move(z.map((value) => Math.max(-4, Math.min(4, value)))),
      onCommit: end,
    });
  }

  find(selector) {
    return this.root.querySelector(selector);
  }

  get name() {
    return this.lesson.words.kinds[this.kind];
  }

  // Fetches the chosen model.
  async open() {
    const entry = this.lesson.entry(this.kind);
    this.list.show(entry?.name);
    this.root.classList.toggle("none", !entry);
    this.find(".absent").hidden = Boolean(entry);
    if (!entry || this.model?.entry === entry) return;
    this.model = null;
    const model = await this.lesson.shelf.open(entry);
    if (this.lesson.entry(this.kind) !== entry) return;
    const { codes } = model,
      z = codes.logVar ? sample(codes) : codes.mean;
    this.model = model;
    this.codes = z;
    this.tree = new Tree(z);
    this.usual = sharesOf(codes.label, entry.classes.length);
    const far = z[0].map((x, row) => Math.max(Math.abs(x), Math.abs(z[1][row]))).sort();
    this.plane.look([0, 0], Math.max(REACH, far[Math.floor(SEEN * far.length)]));
    const outside = far.filter((one) => one > this.plane.reach).length / far.length;
    write(
      this.find(".outside-map"),
      outside < 0.005 ? "" : fill(this.lesson.words.outside, { share: percent(outside) }),
    );
    this.measured = null;
    this.lesson.draw();
  }

  /** @param {Pair[]} draws @param {Pair} z */
  draw(draws, z) {
    const { model, plane } = this;
    if (!model) return;
    if (!this.measured) this.measure(draws);
    const { classes } = this.lesson.colours,
      { codes, entry, active } = model;
    plane.show({
      shape: null,
      dots: [
        {
          x: this.codes[0],
          y: this.codes[1],
          label: codes.label,
          colour: (label) => classes[label],
          size: 2,
          alpha: 0.5,
        },
        {
          x: draws.slice(0, MARKED).map(([x]) => x),
          y: draws.slice(0, MARKED).map(([, y]) => y),
          colour: this.lesson.colours.text,
          size: 2,
          alpha: 0.8,
        },
      ],
    });
    plane.moveHandle("z", z);
    drawLogits(this.find(".at-z"), active.decode(z), entry.image_side);
    const { rows, distances } = this.tree.nearest(z, 1);
    this.said = fill(this.lesson.words.nearest, {
      kind: this.name,
      label: entry.classes[codes.label[rows[0]]],
      distance: format(distances[0], 2),
    });
    write(this.find(".nearest"), this.said);
  }

  // What follows from the draws, and not from z.
  measure(draws) {
    const { words } = this.lesson,
      { entry, active, codes } = this.model,
      { classes } = entry;
    const shares = sharesOf(classesOf(this.tree, codes.label, draws), classes.length);
    this.measured = shares;
    const shown = [...classes.keys()]
        .sort((a, b) => this.usual[b] - this.usual[a])
        .slice(0, LISTED)
        .sort((a, b) => a - b),
      most = Math.max(...shown.flatMap((which) => [shares[which], this.usual[which]]));
    this.find("tbody").innerHTML = shown
      .map(
        (which) =>
          `<tr><th scope="row">${escaped(classes[which])}</th><td class="bar"><i style="width: ${
            (100 * shares[which]) / most
          }%; background: ${this.lesson.colours.classes[which]}"></i><b style="left: ${
            (100 * this.usual[which]) / most
          }%"></b></td><td class="share">${percent(shares[which])}</td></tr>`,
      )
      .join("");
    const which = rarest(shares, this.usual);
    const table = this.find("table");
    table.dataset.shares = shares.map((share) => share.toFixed(4)).join();
    table.dataset.model = entry.name;
    write(
      this.find(".rarest"),
      fill(words.rarest, {
        kind: this.name,
        label: classes[which],
        share: percent(shares[which]),
        usual: percent(this.usual[which]),
        draws: DRAWS.toLocaleString("en"),
      }),
    );
    this.drawSheet(draws, active, entry.image_side);
  }

  drawSheet(draws, active, side) {
    const canvas = this.find(".sheet"),
      context = canvas.getContext("2d");
    Object.assign(canvas, { width: COLUMNS * side, height: ROWS * side });
    const image = context.createImageData(canvas.width, canvas.height);
    for (let i = 0; i < COLUMNS * ROWS; i++)
      putPixels(image, (i % COLUMNS) * side, Math.floor(i / COLUMNS) * side, side, pixelsOf(active.decode(draws[i])));
    context.putImageData(image, 0, 0);
  }
}
