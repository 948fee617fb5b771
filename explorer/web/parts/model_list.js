// A list of models, grouped by dataset: the shipped models, then the newest runs. Its last option adds all runs.

import { fill } from "../kernel/text.js";

/** @import { Entry } from "../kernel/types.js" */

/**
 * @typedef {{
 *   choose: (name: string) => void, announce: (text: string) => void, fail: (error: Error, what?: string) => void
 * }} Answers
 */

const ALL = ""; // the value of the last option

export class ModelList {
  // select: the element; words: the page's model_list; on: {choose(name), announce(text), fail(error, what)};
  // holds(entry): whether the list contains a model of the catalogue.
  /**
   * @param {HTMLSelectElement} select @param {import("../kernel/catalogue.js").Catalogue} catalogue
   * @param {Record<string, string>} words @param {Answers} on @param {(entry: Entry) => boolean} holds
   */
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

  // Shows the chosen model.
  /** @param {string} name */
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
      this.select.showPicker(); // the user asked for it
    } catch {
      // not every browser can, and only soon after a key or click; the list is complete anyway
    }
  }
}

/** @param {Entry} a @param {Entry} b */
const shippedThenNewest = (a, b) => Number(a.run) - Number(b.run) || (a.run ? b.saved - a.saved : 0);
