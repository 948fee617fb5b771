// Test images to choose: by number, the next, any, of a class. Where their dataset is not on the server, a button has it fetched there.

import { write } from "./readout.js";
import { fill } from "./words.js";

const ASK_AGAIN = 400; // ms between two questions how far a download is

export class TestImages {
  // box: to fill; page: the tool's; on: {choose(dataset, row), fetched(dataset), say(sentence)}.
  constructor(box, page, on) {
    Object.assign(this, { box, page, on, row: 0, alive: true });
    const { words } = page;
    box.innerHTML = `<span class="choose"><b></b> <select class="dataset"></select><input type="number" min="0" step="1">
      <button type="button" class="before">◀</button><button type="button" class="after">▶</button><button type="button" class="any"></button>
      <label><span></span> <select class="class"></select></label></span>
      <span class="fetch" hidden><span class="why"></span> <button type="button" class="start"></button><progress max="1" hidden></progress>
      <button type="button" class="cancel" hidden></button></span>`;
    const find = (selector) => box.querySelector(selector);
    Object.assign(this, { choose: find(".choose"), fetchBox: find(".fetch"), number: find("input"), classes: find(".class"), datasets: find(".dataset"), why: find(".why") });
    Object.assign(this, { start: find(".start"), bar: find("progress"), stop: find(".cancel") });
    write(find("b"), words.test_image);
    write(find("label span"), words.of_class);
    write(find(".any"), words.any);
    write(this.stop, words.cancel);
    for (const [element, name] of [[this.number, "number"], [this.datasets, "dataset"], [this.classes, "class_name"], [this.bar, "progress"]]) element.setAttribute("aria-label", words[name]);
    for (const [name, step] of [["before", -1], ["after", 1]]) {
      const button = find(`.${name}`);
      button.title = words[name];
      button.setAttribute("aria-label", words[name]);
      button.addEventListener("click", () => this.step(step));
    }
    find(".any").title = words.any_title;
    find(".any").addEventListener("click", () => this.random());
    const typed = () => Number(this.number.value || NaN);
    this.number.addEventListener("change", () => typed() !== this.row && this.goTo(typed()));
    this.number.addEventListener("keydown", (event) => event.key === "Enter" && typed() === this.row && this.goTo(this.row)); // no change: the same again
    this.datasets.addEventListener("change", () => this.turnTo(this.datasets.value));
    this.classes.addEventListener("change", () => this.classes.value !== "" && this.step(1));
    this.start.addEventListener("click", () => this.order("fetch"));
    this.stop.addEventListener("click", () => this.order("cancel"));
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
      this.classes.replaceChildren(new Option(this.page.words.all_classes, ""), ...entry.classes.map((name, which) => new Option(name, which)));
      if (other) this.row = 0;
      this.number.value = this.row;
    }
    this.choose.hidden = !entry.originals;
    this.fetchBox.hidden = entry.originals;
    if (entry.without_originals) {
      this.start.hidden = true;
      write(this.why, entry.without_originals);
    } else if (!entry.originals) this.askState();
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
  }

  random() {
    const rows = [...this.labels.keys()].filter((row) => this.suits(row));
    this.goTo(rows[Math.floor(Math.random() * rows.length)]);
  }

  suits(row) {
    return this.classes.value === "" || Number(this.classes.value) === this.labels[row];
  }

  // ---- a dataset that is not there ------------------------------------------------------------------

  address(dataset) {
    return new URL(`datasets/${dataset}`, this.page.base);
  }

  async order(action) {
    const dataset = this.dataset;
    await this.ask(dataset, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ action }) });
    if (action === "fetch") this.watched = dataset; // success and failure are said
  }

  askState() {
    return this.ask(this.dataset, {});
  }

  async ask(dataset, options) {
    clearTimeout(this.timer);
    try {
      const response = await fetch(this.address(dataset), { cache: "no-store", ...options });
      if (!response.ok) throw new Error(await response.text());
      this.show(dataset, await response.json());
    } catch (error) {
      this.show(dataset, { state: "failed", problem: fill(this.page.words.server_silent, { why: error.message }) });
    }
  }

  // found: {present, state: idle, running, elsewhere, failed or cancelled, done, total: bytes, problem: a sentence or null}.
  show(dataset, found) {
    if (!this.alive) return;
    const { words } = this.page, running = found.state === "running";
    if (found.present) {
      for (const entry of this.page.catalogue) if (entry.dataset === dataset) entry.originals = true;
      if (dataset === this.dataset) this.turnTo(dataset);
      if (this.watched === dataset) this.watched = null;
      return this.on.fetched(dataset);
    }
    if (running) this.timer = setTimeout(() => this.ask(dataset, {}), ASK_AGAIN);
    if (dataset !== this.dataset) return;
    const megabytes = (bytes) => (bytes / 1e6).toFixed(1);
    write(this.start, fill(words.fetch, { dataset, size: found.total ? megabytes(found.total) : "?" }));
    const why = { running: words.fetching, failed: found.problem, elsewhere: words.fetch_busy, cancelled: words.fetch_cancelled }[found.state] ?? words.missing;
    write(this.why, fill(why, { dataset, done: megabytes(found.done ?? 0), total: megabytes(found.total ?? 0) }));
    this.start.hidden = running;
    for (const part of [this.bar, this.stop]) part.hidden = !running;
    if (running && this.watchedFocus !== dataset) this.stop.focus();
    this.watchedFocus = running ? dataset : null;
    this.bar.value = running && found.total ? found.done / found.total : 0;
  }

  close() {
    clearTimeout(this.timer);
  }

  destroy() {
    this.alive = false;
    this.close();
  }
}
