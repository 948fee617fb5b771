// What a region holds: mean pictures, and a table of its images, which can be had as CSV.

import { drawPixels } from "../../parts/pixels.js";
import { download, fileName } from "../../parts/download.js";
import { decodedPixels } from "./pictures.js";
import { columnsOf } from "./table.js";
import { toCsv } from "../../parts/csv.js";
import { hasOriginal } from "../../parts/originals.js";
import { format, whole } from "../../kernel/format.js";
import { write } from "../../parts/dom.js";
import { valuesOf } from "../../kernel/values.js";
import { escaped, fill } from "../../kernel/text.js";

const MEAN_OF = 512; // the most pictures that a mean is taken of
const TABLE_ROWS = 8; // at once

export class Contents {
  // box: the element that holds all of it; near: the tool.
  constructor(box, near) {
    const find = (selector) => box.querySelector(selector);
    this.near = near;
    this.words = near.words.region;
    this.known = [];
    this.rows = [];
    this.at = 0;
    this.made = 0;
    this.values = new Map();
    this.pictures = find(".pictures-of");
    this.note = find(".means-note");
    this.pager = find(".pager");
    this.table = find("table");
    find(".back").addEventListener("click", () => this.turn(-1));
    find(".on").addEventListener("click", () => this.turn(1));
    find(".csv").addEventListener("click", () => this.download());
    const rowOf = (event) => event.target.closest?.("tbody tr")?.dataset.row;
    const point = (event) =>
      near.point(rowOf(event) ? { dataset: this.known[0].model.entry.dataset, row: Number(rowOf(event)) } : null);
    for (const name of ["pointerover", "focusin"]) this.table.addEventListener(name, point);
    for (const name of ["pointerleave", "focusout"]) this.table.addEventListener(name, () => near.point(null));
    this.table.addEventListener("click", (event) => rowOf(event) && near.choose(this.known[0], Number(rowOf(event))));
  }

  // known: the panels whose models have seen the images, the region's own first; rows: the images.
  async show(known, rows) {
    const made = (this.made += 1);
    this.known = known;
    this.rows = rows;
    this.at = 0;
    this.values = new Map();
    this.showTable();
    try {
      const showOriginals = await this.showMeans(made);
      const values = await this.learnValues();
      if (made !== this.made) return;
      this.values = values;
      this.showTable();
      await showOriginals?.();
    } catch (error) {
      if (made === this.made) this.near.fail(error);
    }
  }

  // What is being made is no longer wanted.
  stop() {
    this.made += 1;
    // until the table is that of the region
    for (const button of this.pager.querySelectorAll(".back, .on, .csv")) button.disabled = true;
  }

  // The mean of the decoded codes in each model; resolves to what shows that of the originals, where they are here.
  // Frames and input come in between.
  async showMeans(made) {
    const { words, rows, known } = this,
      { entry } = known[0].model;
    const count = Math.min(rows.length, MEAN_OF),
      some = Array.from({ length: count }, (_, i) => rows[Math.floor((i * rows.length) / count)]);
    const complete = some.every((row) => hasOriginal(entry, row)); // a file holds some
    const figures = known.map((panel) => fill(words.mean_of, { name: panel.name }));
    if (complete) figures.push(words.mean_of_originals);
    const figure = (name) => `<figure>
      <canvas role="img" width="28" height="28" aria-label="${fill(words.mean_label, { name })}"></canvas>
      <figcaption>${name}</figcaption></figure>`;
    this.pictures.innerHTML = figures.map((name) => figure(escaped(name))).join("");
    const all = count < rows.length ? fill(words.mean_some, { count, all: whole(rows.length) }) : words.mean_all;
    write(this.note, count ? all : words.empty);
    if (!count) return;
    const canvases = [...this.pictures.querySelectorAll("canvas")];
    for (const [i, panel] of known.entries()) {
      const mean = await averaged(
        some,
        (row) => decodedPixels(panel.model, row),
        () => made === this.made,
      );
      if (!mean) return;
      drawPixels(canvases[i], panel.model.entry.image_side, mean);
    }
    return complete ? () => this.showOriginals(made, canvases.at(-1), entry, some) : null;
  }

  async showOriginals(made, canvas, entry, rows) {
    const { near } = this,
      { originals } = near.page;
    const problem = await near.fetchOriginals(entry, rows);
    if (made !== this.made) return;
    if (problem) {
      canvas.closest("figure").remove();
      return this.say(problem);
    }
    const mean = await averaged(
      rows,
      (row) => originals.get(entry, row),
      () => made === this.made,
    );
    if (mean) drawPixels(canvas, entry.image_side, mean);
  }

  // Says something beside what is said of the means.
  say(sentence) {
    if (!this.note.textContent.includes(sentence)) write(this.note, `${this.note.textContent} ${sentence}`);
  }

  // The KL and the error of each image, where a model has them: by panel.
  async learnValues() {
    const { known, near, made } = this,
      { models } = near.page;
    const noErrors = (problem) => {
      if (made === this.made) this.say(fill(near.words.no_errors, { why: problem.message }));
      return null;
    };
    const values = await Promise.all(
      known.map(async ({ model }) => ({
        kl: await valuesOf(models, model, "kl"),
        error: await valuesOf(models, model, "error").catch(noErrors),
      })),
    );
    return new Map(known.map((panel, i) => [panel, values[i]]));
  }

  turn(pages) {
    this.at += pages * TABLE_ROWS;
    this.showTable();
  }

  showTable() {
    const { near, words, rows, known } = this,
      some = rows.slice(this.at, this.at + TABLE_ROWS),
      state = near.page.state();
    const { model } = known[0];
    const head = [
      words.image,
      words.class,
      ...known.flatMap((panel) =>
        [
          fill(words.code_of, { name: panel.name }),
          panel.model.codes.logVar && fill(words.kl_of, { name: panel.name }),
          panel.model.entry.errors && fill(words.error_of, { name: panel.name }),
        ].filter(Boolean),
      ),
    ];
    const cells = (panel, row) => {
      const { codes, entry } = panel.model,
        { kl, error } = this.values.get(panel) ?? {};
      const none = this.values.has(panel) ? "–" : "…",
        dots = entry.latent_dim > 2 ? " …" : "";
      return [
        `(${panel
          .dims(state)
          .map((dimension) => format(codes.mean[dimension][row], 2))
          .join(", ")}${dots})`,
        codes.logVar && (kl ? format(kl[row], 2) : "…"),
        entry.errors && (error ? format(error[row], 1) : none),
      ].filter(Boolean);
    };
    const button = (row) => `<button type="button" title="${fill(words.pick, { image: row })}">${row}</button>`;
    const titles = head.map((name) => `<th scope="col">${escaped(name)}</th>`);
    const lines = some.map((row) => {
      const line = [button(row), escaped(near.className(model, row)), ...known.flatMap((panel) => cells(panel, row))];
      return `<tr data-row="${row}">${line.map((cell) => `<td>${cell}</td>`).join("")}</tr>`;
    });
    this.table.innerHTML = `<thead><tr>${titles.join("")}</tr></thead><tbody>${lines.join("")}</tbody>`;
    this.table.title = known.some((panel) => panel.model.entry.latent_dim > 2) ? words.table_dims : "";
    write(
      this.pager.querySelector("span"),
      rows.length
        ? fill(words.page, { first: whole(this.at + 1), last: whole(this.at + some.length), all: whole(rows.length) })
        : "",
    );
    this.pager.querySelector(".back").disabled = this.at === 0;
    this.pager.querySelector(".on").disabled = this.at + TABLE_ROWS >= rows.length;
    this.pager.querySelector(".csv").disabled = !rows.length;
  }

  async download() {
    const { near, words, rows } = this;
    try {
      const known = [...(await this.learnValues())].map(([{ model }, values]) => ({
        name: model.entry.name,
        model,
        values,
      }));
      const csv = new Blob([toCsv(columnsOf(known, words.columns), rows)], { type: "text/csv;charset=utf-8" });
      download(fileName(["region", known[0].name, rows.length, "images"], "csv"), csv);
    } catch (error) {
      near.fail(error);
    }
  }
}

// The mean of pictures, a bit at a time; null once it is no longer wanted.
async function averaged(rows, pixelsOf, wanted) {
  let sum = null,
    begun = performance.now();
  for (const row of rows) {
    const pixels = pixelsOf(row);
    sum ??= new Float64Array(pixels.length);
    for (let i = 0; i < sum.length; i++) sum[i] += pixels[i];
    if (performance.now() - begun < 10) continue;
    await new Promise((resolve) => setTimeout(resolve));
    if (!wanted()) return null;
    begun = performance.now();
  }
  return sum.map((value) => value / rows.length);
}
