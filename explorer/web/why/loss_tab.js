// What is minimised: the terms of the chosen model's loss for one image, at a code that can be moved, and their means
// over the test set.

import { expectedLogLikelihood } from "./elbo.js";
import { ImageField } from "../parts/models/image_field.js";
import { ImageWork } from "./image_work.js";
import { KINDS } from "./kinds.js";
import { format } from "../kernel/format.js";
import { klToStandardNormal } from "../kernel/gaussian.js";
import { softplus } from "../kernel/perceptron.js";
import { fill } from "../kernel/text.js";
import { discriminatorOf } from "../kernel/values.js";
import { write, writeCells } from "../parts/dom.js";
import { idle } from "../parts/page.js";
import { drawLogits } from "../parts/pixels.js";
import { growing, Plane } from "../parts/plane.js";

const NATS = 200; // above the least of a term, where its colour is full; it grows with the root
const TERMS = ["first", "second", "total"];
const CHUNK = 500; // codes that a discriminator judges at once

export class LossTab {
  /** @param {import("./page.js").Lesson} lesson @param {any} root */
  constructor(lesson, root) {
    this.lesson = lesson;
    this.root = root;
    this.lists = Object.fromEntries(KINDS.map((kind) => [kind, lesson.modelList(this.find(`select.${kind}`), kind)]));
    for (const radio of root.querySelectorAll("input[name=kind]"))
      radio.addEventListener("change", () => lesson.set({ kind: radio.value, code: null }));
    this.image = new ImageField(lesson, this.find(".image"), () => ({ code: null, mean: null, log_var: null }));
    this.work = new ImageWork(lesson, root, false);
    this.planes = Object.fromEntries(TERMS.map((term) => [term, this.plane(term)]));
    this.find(".encoders").addEventListener("click", () => lesson.set({ code: null }));
    this.judges = new Map(); // by digest: {discriminator, mean: −log D over the test set's codes}
  }

  plane(term) {
    const { lesson } = this,
      { words } = lesson,
      plane = new Plane(this.find(`.${term} .host`), { name: words[`map_${term}`], reach: 4.8 });
    plane.addHandle("code", {
      symbol: "z",
      at: [0, 0],
      name: fill(words.code_handle, { map: words[`map_${term}`] }),
      onMove: (code) => lesson.change({ code }),
      onCommit: () => lesson.finish(),
    });
    return plane;
  }

  find(selector) {
    return this.root.querySelector(selector);
  }

  get kind() {
    return this.lesson.state.kind;
  }

  refresh() {
    const { lesson, kind } = this,
      entry = lesson.entry(kind);
    for (const radio of this.root.querySelectorAll("input[name=kind]")) {
      radio.checked = radio.value === kind;
      radio.disabled = !lesson.entry(radio.value);
    }
    for (const one of KINDS) {
      this.find(`.choose.${one}`).hidden = one !== kind;
      this.lists[one].show(lesson.state[one]);
    }
    for (const formula of this.root.querySelectorAll(".formula")) formula.hidden = formula.dataset.kind !== kind;
    this.image.show(entry);
    this.root.classList.toggle("none", !entry);
    this.find(".absent").hidden = Boolean(entry);
    write(this.find(".why-not"), (entry && lesson.shelf.showMissing(entry)) ?? "");
    if (!entry) return;
    this.work.begin(entry, lesson.state.image).catch((error) => lesson.fail(error));
    if (entry.discriminator) this.judge(entry).catch((error) => lesson.fail(error));
  }

  // Fetches a model's discriminator, and what it makes of the codes of the test set.
  async judge(entry) {
    if (this.judges.has(entry.digest)) return;
    const judge = { discriminator: null, mean: null };
    this.judges.set(entry.digest, judge);
    try {
      judge.discriminator = await discriminatorOf(this.lesson.shelf.models, { entry });
    } catch (error) {
      this.judges.delete(entry.digest);
      throw error;
    }
    this.lesson.draw();
    const { codes } = await this.lesson.shelf.open(entry),
      [x, y] = codes.mean;
    let sum = 0;
    for (let at = 0; at < x.length; at += CHUNK) {
      await idle();
      const some = Math.min(CHUNK, x.length - at),
        points = Float64Array.from({ length: 2 * some }, (_, i) => (i % 2 ? y : x)[at + (i >> 1)]);
      for (const logit of judge.discriminator.logits(points)) sum += softplus(-logit);
    }
    judge.mean = sum / x.length;
    this.lesson.draw();
  }

  // Where the encoder puts the image.
  get own() {
    return this.work.model.codes.mean.map((column) => column[this.lesson.state.image]);
  }

  // The second term of the loss at a code, in nats: KL(q‖p) or −log D; 0 for the AE. Null until it is known.
  second(code) {
    const { entry, codes } = this.work.model;
    if (this.kind === "vae") {
      const logVar = codes.logVar.map((column) => column[this.lesson.state.image]);
      return klToStandardNormal(code, logVar).reduce((sum, value) => sum + value, 0);
    }
    if (this.kind === "ae") return 0;
    const { discriminator } = this.judges.get(entry.digest) ?? {};
    return discriminator ? softplus(-discriminator.logits(Float64Array.from(code))[0]) : null;
  }

  // The reconstruction at a code, in nats: of a VAE the mean over q = N(code, σ²) with its encoder's σ.
  first(code) {
    const { likelihood, model } = this.work,
      { codes } = model;
    if (this.kind !== "vae") return -likelihood.logLikelihood(code);
    const logVar = codes.logVar.map((column) => column[this.lesson.state.image]);
    return -expectedLogLikelihood(likelihood, code, logVar);
  }

  // The weight of the second term; null for the textbook's AAE, whose encoder follows it in a step of its own.
  get weight() {
    const { beta, adversarial_weight: lambda } = this.work.model.entry.weights;
    if (this.kind === "vae") return Number(beta);
    if (this.kind === "ae") return 0;
    return lambda === undefined ? null : Number(lambda);
  }

  // Both terms and the loss; null where it is not known, or there is none.
  whole(first, second) {
    const { weight } = this;
    return { first, second, total: second === null || weight === null ? null : first + weight * second };
  }

  draw() {
    const { work } = this,
      { colours } = this.lesson;
    if (!work.model || !this.lesson.entry(this.kind)) return;
    const code = this.lesson.state.code ?? this.own,
      own = this.own,
      heats = this.heats(),
      { side, reach } = work.grid;
    drawLogits(this.find(".at-code"), work.model.active.decode(code), work.model.entry.image_side);
    write(this.find(".progress"), work.progress);
    for (const [term, plane] of Object.entries(this.planes)) {
      if (plane.reach !== reach) plane.look([0, 0], reach);
      plane.moveHandle("code", code);
      plane.show({
        heat: heats && { values: heats[term], colour: growing(colours.cost, Math.sqrt(NATS)), side, reach },
        shape: null,
        dots: [{ x: [own[0]], y: [own[1]], colour: colours.text, size: 9, alpha: 1 }],
      });
    }
    this.showNumbers(code, own);
  }

  // Each term on the grid, the root of what it has above its least: of a VAE with the picture at μ.
  heats() {
    const { work, kind } = this,
      { values, grid } = work,
      judge = this.judges.get(work.model.entry.digest);
    if (!values || (kind === "aae" && !judge?.discriminator)) return null;
    const key = [work.key, kind].join();
    if (this.shown?.key !== key) {
      const weight = this.weight ?? 1,
        first = values.map((value) => -value),
        second = values.map((_, cell) => weight * this.second(grid.middle(cell))),
        total = first.map((value, cell) => value + second[cell]);
      this.shown = { key, first: above(first), second: above(second), total: above(total) };
    }
    return this.shown;
  }

  showNumbers(code, own) {
    const { work, kind } = this,
      { words } = this.lesson,
      table = this.find(".numbers"),
      { entry } = work.model,
      { metrics } = entry;
    const second = this.weight === null ? words.row_textbook : words[`row_${kind}`];
    table.dataset.kind = kind;
    write(this.find(".term-first"), words[kind === "vae" ? "row_expected" : "row_reconstruction"]);
    const term = fill(second, { weight: String(this.weight) });
    write(this.find(".term-second"), term);
    write(this.find(".second h2"), term);
    write(this.find(".lacks"), words[`lacks_${kind}`]);
    const means = {
      vae: { first: metrics.reconstruction_sampled, second: metrics.kl },
      aae: { first: metrics.reconstruction, second: this.judges.get(entry.digest)?.mean ?? null },
      ae: { first: metrics.reconstruction, second: 0 },
    }[kind];
    const termsAt = (at) => this.whole(this.first(at), this.second(at)),
      columns = { here: null, own: null, all: this.whole(means.first, means.second) };
    if (work.likelihood) Object.assign(columns, { here: termsAt(code), own: termsAt(own) });
    const digits = { first: 2, second: 3, total: 2 };
    for (const column of ["here", "own", "all"])
      for (const [term, decimals] of Object.entries(digits)) {
        const value = columns[column]?.[term],
          isNothing = term === { ae: "second", aae: this.weight === null && "total" }[kind],
          known = Number.isFinite(value) && !isNothing;
        const unknown = isNothing ? "–" : "…";
        writeCells(table, { [`${term}-${column}`]: known ? format(value, decimals) : unknown });
        table.dataset[`${term}${column}`] = known ? String(value) : "";
      }
    table.dataset.of = work.likelihood ? `${entry.name}:${this.lesson.state.image}` : "";
    if (columns.here)
      this.said = fill(words.said_loss, {
        first: format(columns.here.first, 1),
        total: Number.isFinite(columns.here.total) ? format(columns.here.total, 1) : "…",
      });
  }

  spoken() {
    return this.said ?? "";
  }

  recolour() {}

  stop() {
    this.work.stop();
  }

  destroy() {
    this.stop();
    for (const plane of Object.values(this.planes)) plane.destroy();
  }
}

// The roots of what values have above their least.
function above(values) {
  const least = values.reduce((a, b) => Math.min(a, b));
  return values.map((value) => Math.sqrt(value - least));
}
