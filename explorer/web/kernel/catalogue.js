// The models that a page can show: those that it was sent, and all the others when somebody asks for them. No document.

/** @import { Entry } from "./types.js" */

/** @typedef {{catalogue?: Entry[], runs?: number}} Listed  entries, and the number of saved runs that there are */

export class Catalogue {
  // data: {catalogue: entries, runs: the number of saved runs that there are}; base: the assets' address;
  // fits(entry): whether the page can show a model.
  /** @param {Listed} data @param {URL} base @param {(entry: Entry) => boolean} fits */
  constructor(data, base, fits = (_entry) => true) {
    this.base = base;
    this.fits = fits;
    /** @type {Map<string, Entry>} */
    this.entries = new Map(); // by name
    /** @type {(() => void)[]} */
    this.listeners = []; // called when there are more models
    this.take(data);
  }

  /** @param {string} name */
  get(name) {
    return this.entries.get(name);
  }

  [Symbol.iterator]() {
    return this.entries.values();
  }

  // The number of saved runs that have not been sent.
  get missing() {
    return this.runs - [...this].filter(({ run }) => run).length;
  }

  // Adds what a page's data bring. A known model stays, though another may have taken its name on the disk.
  // Returns the datasets whose test images are here now and were not before.
  /** @param {Listed} data */
  take({ catalogue, runs }) {
    const before = [this.entries.size, this.runs].join(),
      lacking = [...this].filter(({ originals }) => !originals);
    this.runs = runs;
    for (const entry of catalogue) {
      const known = this.entries.get(entry.name);
      if (!known) this.entries.set(entry.name, entry);
      else if (known.digest === entry.digest) Object.assign(known, entry);
    }
    if (before !== [this.entries.size, runs].join()) this.listeners.forEach((call) => call());
    return new Set(lacking.filter(({ originals }) => originals).map(({ dataset }) => dataset));
  }

  // Fetches all models.
  async fetchAll() {
    const response = await fetch(new URL("catalogue", this.base));
    if (!response.ok) throw new Error(`HTTP ${response.status}`);
    const catalogue = (await response.json()).filter(this.fits);
    this.take({ catalogue, runs: catalogue.filter(({ run }) => run).length });
  }
}
