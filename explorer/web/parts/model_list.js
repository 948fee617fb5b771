// A list of models, in groups by dataset: the shipped ones, then the newest runs. Its last option brings all runs.

import { fill } from "../kernel/text.js";

const ALL = ""; // the value of the last option

export class ModelList {
  // select: the element; words: model_list of the page's; on: {choose(name), announce(text), fail(error, what)};
  // holds(entry): whether the list has a model of the catalogue.
  constructor(select, catalogue, words, on, holds = () => true) {
    this.select = select;
    this.catalogue = catalogue;
    this.words = words;
    this.on = on;
    this.holds = holds;
    select.addEventListener("change", () => this.change());
    catalogue.listeners.push(() => this.fill());
    this.fill();
  }

  // Shows which model is chosen.
  show(name) {
    this.chosen = name;
    this.select.value = name;
  }

  fill() {
    const groups = new Map();
    for (const entry of [...this.catalogue].filter(this.holds).sort(shippedThenNewest)) {
      if (!groups.has(entry.dataset)) {
        const group = document.createElement("optgroup");
        group.label = entry.dataset_label;
        groups.set(entry.dataset, group);
      }
      groups.get(entry.dataset).append(new Option(entry.choice, entry.name));
    }
    this.select.replaceChildren(...groups.values());
    if (this.catalogue.missing > 0) this.select.add(new Option(fill(this.words.show_all, this.catalogue), ALL));
    if (this.chosen !== undefined) this.select.value = this.chosen;
  }

  change() {
    if (this.select.value !== ALL) return this.on.choose(this.select.value);
    this.select.value = this.chosen;
    return this.showAll();
  }

  async showAll() {
    try {
      await this.catalogue.fetchAll();
    } catch (error) {
      return this.on.fail(error, this.words.not_fetched);
    }
    this.on.announce(fill(this.words.all_shown, this.catalogue));
    try {
      this.select.showPicker(); // what was asked for
    } catch {
      // not in every browser, and not long after the key or click: the list is full all the same
    }
  }
}

const shippedThenNewest = (a, b) => a.run - b.run || (a.run ? b.saved - a.saved : 0);
