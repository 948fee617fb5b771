// Test images to choose: by number, the next, any, of a class. Of those in a file, the ones whose pictures it holds.

import { hasOriginal, noOriginal } from "../../parts/originals.js";
import { write } from "../../parts/dom.js";
import { fill } from "../../kernel/text.js";

export class TestImages {
  // box: to fill; page: the tool's; on: {choose(dataset, row), say(sentence)}.
  constructor(box, page, on) {
    this.box = box;
    this.page = page;
    this.on = on;
    this.row = 0;
    const { words } = page;
    box.innerHTML = `<span class="choose"><b></b> <select class="dataset"></select><input type="number" min="0"
        step="1">
      <button type="button" class="before">◀</button><button type="button" class="after">▶</button><button type="button"
        class="any"></button>
      <label><span></span> <select class="class"></select></label></span> <span class="why"></span>`;
    const find = (selector) => box.querySelector(selector);
    this.choose = find(".choose");
    this.number = find("input");
    this.classes = find(".class");
    this.datasets = find(".dataset");
    this.why = find(".why");
    write(find("b"), words.test_image);
    write(find("label span"), words.of_class);
    write(find(".any"), words.any);
    const named = [
      [this.number, words.number],
      [this.datasets, words.dataset],
      [this.classes, words.class_name],
    ];
    for (const [element, name] of named) element.setAttribute("aria-label", name);
    for (const [name, step] of [
      ["before", -1],
      ["after", 1],
    ]) {
      const button = find(`.${name}`);
      button.title = words[name];
      button.setAttribute("aria-label", words[name]);
      button.addEventListener("click", () => this.step(step));
    }
    find(".any").title = words.any_title;
    find(".any").addEventListener("click", () => this.random());
    const typed = () => Number(this.number.value || NaN);
    this.number.addEventListener("change", () => typed() !== this.row && this.goTo(typed()));
    this.number.addEventListener(
      "keydown",
      (event) => event.key === "Enter" && typed() === this.row && this.goTo(this.row),
    ); // no change: the same again
    this.datasets.addEventListener("change", () => this.turnTo(this.datasets.value));
    this.classes.addEventListener("change", () => this.classes.value !== "" && this.step(1));
  }

  // The panels' models are there, or others.
  open() {
    const entries = new Map(this.page.panels.map((panel) => [panel.model.entry.dataset, panel.model]));
    this.models = entries;
    this.datasets.replaceChildren(...[...entries].map(([name, { entry }]) => new Option(entry.dataset_label, name)));
    this.datasets.hidden = entries.size === 1;
    this.turnTo(entries.has(this.dataset) ? this.dataset : [...entries.keys()][0]);
  }

  turnTo(dataset) {
    const other = this.dataset !== dataset;
    this.dataset = dataset;
    this.datasets.value = dataset;
    const { entry, codes } = this.models.get(dataset);
    if (other || this.labels !== codes.label) {
      this.labels = codes.label;
      this.number.max = codes.label.length - 1;
      this.classes.replaceChildren(
        new Option(this.page.words.all_classes, ""),
        ...entry.classes.map((name, which) => new Option(name, which)),
      );
      if (other) this.row = 0;
      this.number.value = this.row;
    }
    this.entry = entry;
    this.choose.hidden = !entry.originals;
    this.why.hidden = entry.originals;
    if (entry.originals) return;
    write(this.why, fill(this.page.words.no_images, { why: noOriginal(entry, this.page.allWords.datasets) }));
  }

  // What the page has picked.
  follow(dataset, row) {
    if (!this.models.has(dataset)) return;
    if (dataset !== this.dataset) this.turnTo(dataset);
    this.row = row;
    this.number.value = row;
    if (this.classes.value !== "" && Number(this.classes.value) !== this.labels[row]) this.classes.value = "";
  }

  goTo(row) {
    if (!(Number.isInteger(row) && row >= 0 && row < this.labels.length)) {
      this.number.value = this.row;
      return this.on.say(fill(this.page.words.no_such_row, { n: this.labels.length - 1 }));
    }
    this.on.choose(this.dataset, row);
  }

  // The next image in one direction that is of the class asked for; behind the last comes the first.
  step(direction) {
    const n = this.labels.length;
    for (let i = 1; i <= n; i++) {
      const row = (((this.row + i * direction) % n) + n) % n;
      if (this.suits(row)) return this.goTo(row);
    }
    this.sayNone();
  }

  random() {
    const rows = [...this.labels.keys()].filter((row) => this.suits(row));
    if (!rows.length) return this.sayNone();
    this.goTo(rows[Math.floor(Math.random() * rows.length)]);
  }

  sayNone() {
    this.on.say(fill(this.page.words.none_of_class, { class: this.entry.classes[this.classes.value] }));
  }

  suits(row) {
    const wanted = this.classes.value === "" || Number(this.classes.value) === this.labels[row];
    return wanted && hasOriginal(this.entry, row);
  }
}
