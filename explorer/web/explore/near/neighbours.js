// The nearest codes in both models: around the probe in one, and around the nearest image's own code in the other.

import { Thumbs } from "./thumbs.js";
import { Tree } from "../../kernel/nearest.js";
import { hasOriginal } from "../../parts/originals.js";
import { round } from "../../kernel/probe.js";
import { format } from "../../kernel/format.js";
import { write } from "../../parts/dom.js";
import { fill } from "../../kernel/text.js";
import { fieldOf } from "../../kernel/address.js";

const COUNTS = fieldOf("explore", "near_k")
  .options.map(Number)
  .sort((a, b) => a - b);
const SETTLED = 250; // milliseconds without a change: then originals are fetched, and what was found is announced
const SHAPES = { left: "circle", right: "square" };

export class Neighbours {
  constructor(host, near) {
    this.host = host;
    this.near = near;
    this.words = near.words.neighbours;
    const { words } = this;
    const section = '<section><p class="around"><b class="sign"></b> <span></span></p><div></div></section>';
    host.innerHTML = `<div class="line"><label>${words.count} <select class="count"></select></label><button
        type="button" class="at-probe"></button></div>
      <p class="summary"></p>${near.panels.map(() => section).join("")}<p class="rows"></p>`;
    this.count = host.querySelector(".count");
    this.count.append(...COUNTS.map((count) => new Option(String(count))));
    this.count.addEventListener("change", () => near.page.set({ near_k: this.count.value }));
    this.atProbe = host.querySelector(".at-probe");
    Object.assign(this.atProbe, { textContent: words.at_probe, title: words.at_probe_title });
    this.atProbe.addEventListener("click", () => near.page.set({ near_at: null }));
    this.summary = host.querySelector(".summary");
    this.rows = host.querySelector(".rows");
    this.sections = [...host.querySelectorAll("section")];
    this.thumbs = this.sections.map((section) => new Thumbs(section.querySelector("div"), near));
  }

  reset() {
    this.key = null;
  }

  leave() {
    clearTimeout(this.settling);
  }

  show(state) {
    const { near } = this,
      asked = near.panel(state),
      query = this.queryOf(state, asked);
    this.atProbe.setAttribute("aria-pressed", !query.kept);
    const key = JSON.stringify([
      state.near_side,
      state.near_k,
      query,
      [...near.hidden()],
      near.panels.map((panel) => panel.model.entry.digest),
      state.codes,
    ]);
    if (this.key === key) return;
    this.key = key;
    this.count.value = state.near_k;
    this.found = this.find(asked, query, Number(state.near_k));
    this.describe(state, query);
    this.settle();
  }

  // Where neighbours are sought: at the probe, or, after a picture was chosen, where they were before. A point that is
  // a code to the decimals that the state keeps is that code. {point, row: whose code it is, or null, kept}.
  queryOf(state, panel) {
    const { codes } = panel.model,
      dimensions = codes.mean.length;
    const kept = state.near_at?.length === dimensions && this.sitsOnPick(state);
    const wanted = kept ? state.near_at : state.mean.slice(0, dimensions);
    const [closest] = treeOf(panel.model).nearest(wanted, 1).rows;
    const code = codes.mean.map((column) => column[closest]);
    const isCode = code.every((value, i) => Math.abs(round(value) - wanted[i]) < 1e-9);
    return { point: isCode ? code : wanted, row: isCode ? closest : null, kept };
  }

  // Does the probe still stand on the image that was chosen?
  sitsOnPick(state) {
    return this.near.panels.some((panel) => {
      const row = panel.pickedRow(state);
      return row !== null && panel.meanAt(state, row).every((value, i) => round(value) === state.mean[i]);
    });
  }

  // A list for each panel that has one: {panel, rows, distances}; `image`: the nearest to the point; `shared`: the rows
  // in both.
  find(asked, { point }, count) {
    const { near } = this,
      other = near.other(asked);
    const search = (panel, at) => ({ panel, ...treeOf(panel.model).nearest(at, count, near.allowed(panel.model)) });
    const first = search(asked, point),
      [image = null] = first.rows;
    const lists = [first];
    if (near.comparable() && image !== null)
      lists.push(
        search(
          other,
          other.model.codes.mean.map((column) => column[image]),
        ),
      );
    const shared = new Set(lists.length === 2 ? first.rows.filter((row) => lists[1].rows.includes(row)) : []);
    return { asked, other, image, lists, shared };
  }

  describe(state, query) {
    const {
        near,
        words,
        found: { asked, other, image, lists, shared },
      } = this,
      { entry } = asked.model;
    const point =
      entry.latent_dim > 2
        ? fill(words.in_all, { dimensions: entry.latent_dim })
        : `(${query.point.map((value) => format(value, 2)).join(", ")})`;
    const places = [
      query.row !== null
        ? fill(words.around_code, { image: query.row })
        : fill(query.kept ? words.around_point : words.around_probe, { point }),
      fill(words.around_same, { image }),
    ];
    if (lists.length === 2)
      write(this.summary, fill(words.shared, { shared: shared.size, count: lists[0].rows.length, image }));
    else if (image === null) write(this.summary, words.nothing);
    else write(this.summary, fill(words.other_dataset, { name: other.name, dataset: other.model.entry.dataset_label }));
    const someOriginal = lists.some(({ panel, rows }) => rows.some((row) => hasOriginal(panel.model.entry, row)));
    write(this.rows, someOriginal ? words.rows : words.rows_decoded);
    this.sections.forEach((section, i) => {
      const list = lists[i];
      section.hidden = !list?.rows.length;
      if (section.hidden) return void this.thumbs[i].show([]);
      const { panel, rows, distances } = list,
        { model } = panel;
      write(section.querySelector(".sign"), SHAPES[panel.side] === "circle" ? "○" : "□");
      const means = state.codes === "sampled" && model.codes.logVar && panel.isPlane(state) ? ` ${words.means}` : "";
      write(
        section.querySelector("span"),
        `${panel.name} ${places[i]}: ${majority(near, model, rows, words)}.${means}`,
      );
      this.thumbs[i].show(
        rows.map((row, at) => {
          const values = {
            image: row,
            class: near.className(model, row),
            distance: format(distances[at], 3),
            name: panel.name,
          };
          return {
            panel,
            row,
            shared: shared.has(row),
            caption: `${values.class} ${format(distances[at], 2)}`,
            title: fill(shared.has(row) ? words.thumb_shared : words.thumb, values),
          };
        }),
      );
    });
  }

  // Once nothing changes any more: the originals, and a sentence for who does not see.
  settle() {
    clearTimeout(this.settling);
    this.settling = setTimeout(async () => {
      const { near, found } = this;
      if (near.panels.some((panel) => panel.map.grabbed)) return this.settle();
      if (this.announced && near.page.state().near === "neighbours") near.page.announce(this.summary.textContent);
      this.announced = true;
      try {
        const problems = [];
        for (const { panel, rows } of found.lists) problems.push(await near.fetchOriginals(panel.model.entry, rows));
        if (found !== this.found) return;
        this.thumbs.forEach((thumbs) => thumbs.show(thumbs.items));
        const problem = problems.find(Boolean);
        if (problem) write(this.rows, `${this.rows.textContent} ${problem}`);
      } catch (error) {
        near.fail(error);
      }
    }, SETTLED);
  }

  // What a choice among the pictures keeps: where the neighbours are sought.
  keeps(state) {
    return this.queryOf(state, this.near.panel(state)).point;
  }

  marksOn(panel) {
    const { lists, image } = this.found;
    const own = lists.find((list) => list.panel === panel),
      other = lists.find((list) => list.panel !== panel);
    const marks = (list) => (list ? { rows: list.rows, shape: SHAPES[list.panel.side] } : null);
    return { own: marks(own), other: this.near.comparable() ? marks(other) : null, from: own ? image : null };
  }
}

// The model's codes as a tree, built once.
export function treeOf(model) {
  model.tree ??= new Tree(model.codes.mean);
  return model.tree;
}

// How far the neighbours' classes agree.
function majority(near, model, rows, words) {
  const counts = new Map();
  for (const row of rows) counts.set(model.codes.label[row], (counts.get(model.codes.label[row]) ?? 0) + 1);
  const [which, most] = [...counts].reduce((a, b) => (b[1] > a[1] ? b : a));
  return fill(most === rows.length ? words.all_of_class : words.most_of_class, {
    most,
    count: rows.length,
    class: model.entry.classes[which],
  });
}
