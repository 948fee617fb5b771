// Images found by their class, by a number that a model gives them, or because their codes lie among another class's.

import { Thumbs } from "./thumbs.js";
import { misplaced } from "../../kernel/nearest.js";
import { noErrors } from "../../parts/originals.js";
import { format, whole } from "../../kernel/format.js";
import { write } from "../../parts/dom.js";
import { hasValue, neighbourhoodsOf, valuesOf } from "../../kernel/values.js";
import { fill } from "../../kernel/text.js";

const PAGE = 16; // pictures at once
const VALUES = ["error", "kl", "judgement", "density"];
const DECIMALS = { error: 1, kl: 2, judgement: 3, density: 2 };

export class Find {
  constructor(host, near) {
    this.host = host;
    this.near = near;
    this.words = near.words.find;
    this.at = 0;
    this.problem = null; // with the pictures of the list
    const { words } = this;
    host.innerHTML = `<div class="line"><label>${words.what} <select class="what"></select></label>
        <form novalidate><label>${words.image} <input type="number" min="0"
          step="1"></label><button>${words.go}</button></form></div>
      <p class="summary" aria-live="polite"></p>
      <div class="line pager"><button type="button" class="back"
        aria-label="${words.back}">‹</button><span></span><button type="button" class="on"
        aria-label="${words.on}">›</button></div>
      <div class="list"></div>`;
    const find = (selector) => host.querySelector(selector);
    this.what = find(".what");
    this.form = find("form");
    this.number = find("input");
    this.summary = find(".summary");
    this.pager = find(".pager");
    this.thumbs = [new Thumbs(find(".list"), near)];
    this.what.addEventListener("change", () => near.page.set({ near_find: this.what.value }));
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.byNumber();
    });
    find(".back").addEventListener("click", () => this.turn(-1));
    find(".on").addEventListener("click", () => this.turn(1));
  }

  reset() {
    this.key = this.listed = null;
  }

  show(state) {
    const { near } = this,
      { model } = near.panel(state),
      key = JSON.stringify([model.entry.digest, near.panel(state).name, state.near_find, [...near.hidden()]]);
    if (this.key === key) return;
    this.key = key;
    this.fillChoices(model);
    this.what.value = state.near_find;
    this.number.max = model.codes.label.length - 1;
    this.list = null;
    this.at = 0;
    this.thumbs[0].show([]);
    this.pager.hidden = true;
    this.summarise();
    this.search(model, state.near_find)
      .then((list) => {
        if (this.key !== key) return; // another was asked for meanwhile
        this.list = list;
        this.showPage();
        near.page.draw();
      })
      .catch((error) => near.fail(error));
  }

  // What can be found; where a value does not exist for the model, why.
  fillChoices(model) {
    const { words } = this,
      { entry } = model;
    if (this.listed === entry.digest) return;
    this.listed = entry.digest;
    const group = (label, options) => {
      const element = document.createElement("optgroup");
      element.label = label;
      element.append(
        ...options.map(([text, value, disabled]) =>
          Object.assign(new Option(text, value), { disabled: Boolean(disabled) }),
        ),
      );
      return element;
    };
    const why = (value) => missing(value, entry, this.near);
    this.what.replaceChildren(
      group(words.by_place, [[words.misplaced, "misplaced"]]),
      ...VALUES.map((value) =>
        group(
          why(value) ? `${words[value]}: ${why(value)}` : words[value],
          ["largest", "smallest"].map((end) => [
            fill(words[end], { value: words[value] }),
            `${value}-${end}`,
            why(value),
          ]),
        ),
      ),
      group(
        words.by_class,
        entry.classes.map((name, which) => [fill(words.class, { class: name }), `class-${which}`]),
      ),
    );
  }

  // Resolves to {rows, captions, titles, note}: the first three one an image; titles may be missing.
  async search(model, what) {
    const { near, words } = this,
      { entry, codes } = model,
      [value, end] = what.split("-");
    const allowed = near.allowed(model) ?? (() => true),
      all = Array.from(codes.label.keys()).filter(allowed);
    if (value === "class") {
      const rows = all.filter((row) => codes.label[row] === Number(end));
      return {
        rows,
        captions: rows.map(String),
        note: fill(words.of_class, { class: entry.classes[end] ?? end, count: whole(rows.length) }),
      };
    }
    if (value === "misplaced") {
      const { k, ...rest } = await neighbourhoodsOf(model),
        found = misplaced({ k, ...rest }, codes.label).filter(({ row }) => allowed(row));
      return {
        rows: found.map(({ row }) => row),
        captions: found.map(({ row, other }) => `${near.className(model, row)} → ${entry.classes[other]}`),
        titles: found.map(({ row, other, votes }) =>
          fill(words.thumb_misplaced, {
            image: row,
            class: near.className(model, row),
            votes,
            k,
            other: entry.classes[other],
          }),
        ),
        note: fill(words.misplaced_note, { count: whole(found.length), all: whole(all.length), k }),
      };
    }
    const why = missing(value, entry, near);
    if (why) return { rows: [], captions: [], note: `${words[value]}: ${why}.` };
    let problem = null;
    const values = await valuesOf(near.page.models, model, value).catch((error) => (problem = error));
    if (problem && value !== "error") throw problem;
    if (problem) return { rows: [], captions: [], note: fill(near.words.no_errors, { why: problem.message }) };
    const sign = end === "largest" ? -1 : 1;
    const rows = all.sort((a, b) => sign * (values[a] - values[b]) || a - b);
    return {
      rows,
      captions: rows.map((row) => `${near.className(model, row)} ${format(values[row], DECIMALS[value])}`),
      note: words[`${value}_note`],
    };
  }

  turn(pages) {
    this.at += pages * PAGE;
    this.showPage();
    this.near.page.draw();
  }

  rows() {
    return this.list?.rows.slice(this.at, this.at + PAGE) ?? [];
  }

  showPage() {
    const { near, words, list } = this,
      panel = near.panel(),
      rows = this.rows();
    this.problem = null;
    this.summarise();
    this.pager.hidden = !list.rows.length;
    this.pager.querySelector(".back").disabled = this.at === 0;
    this.pager.querySelector(".on").disabled = this.at + PAGE >= list.rows.length;
    write(
      this.pager.querySelector("span"),
      fill(words.page, { first: whole(this.at + 1), last: whole(this.at + rows.length), all: whole(list.rows.length) }),
    );
    const show = () =>
      this.thumbs[0].show(
        rows.map((row, i) => ({
          panel,
          row,
          caption: list.captions[this.at + i],
          title:
            list.titles?.[this.at + i] ??
            fill(words.thumb, {
              image: row,
              class: near.className(panel.model, row),
              caption: list.captions[this.at + i],
            }),
        })),
      );
    show();
    const { at } = this;
    const isShown = () => list === this.list && at === this.at;
    near
      .fetchOriginals(panel.model.entry, rows)
      .then((problem) => {
        if (!isShown()) return;
        show();
        this.problem = problem;
        this.summarise();
      })
      .catch((error) => near.fail(error));
  }

  // Says what the list holds.
  summarise() {
    const { list, problem, words } = this;
    write(this.summary, list ? [list.note, problem].filter(Boolean).join(" ") : words.counting);
  }

  // The image of the number that was typed becomes the picked one.
  byNumber() {
    const { near, words } = this,
      panel = near.panel(),
      { length } = panel.model.codes.label,
      row = this.number.value === "" ? NaN : Number(this.number.value);
    if (!Number.isInteger(row) || row < 0 || row >= length)
      return write(
        this.summary,
        fill(words.no_such_image, { last: length - 1, dataset: panel.model.entry.dataset_label }),
      );
    this.summarise(); // in the place of the sentence on a wrong number
    near.page.pick(panel, row, { near_at: null });
    near.page.announce(fill(words.picked, { image: row, class: near.className(panel.model, row) }));
  }

  marksOn(panel, state) {
    const asked = this.near.panel(state);
    if (panel !== asked && !this.near.comparable()) return {};
    return { own: { rows: this.rows(), shape: "circle" } };
  }
}

// Why a model has no such value, or null where it has.
function missing(value, entry, { words: { find: words }, page }) {
  if (hasValue(value, entry)) return null;
  if (value === "kl") return fill(words.no_kl, { kind: entry.sibling });
  if (value === "error") return noErrors(entry, page.allWords.datasets);
  return entry.discriminator ? words.no_discriminator_there : words.no_discriminator;
}
