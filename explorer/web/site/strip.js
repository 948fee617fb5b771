// The tour on the site: its strip above the page while the address has `tour=n`. Python wrote its words and the views
// of its steps into tour.json.

import { inShadow, moduleOf } from "./shadow.js";
import { deliver } from "../parts/exchange.js";

const KEY = "tour"; // also its parameter

/**
 * @typedef {object} TourFile
 * @property {string} html  the strip's markup
 * @property {Record<string, any>} words
 * @property {{name: string, page: string, params: Record<string, string>, facts: Record<string, string>}[]} steps
 */

export class Strip {
  // assets: the address of the site's assets.
  /** @param {import("./frame.js").Frame} frame @param {string} assets */
  constructor(frame, assets) {
    this.frame = frame;
    this.assets = new URL(assets, document.baseURI);
    this.host = document.getElementById("strip");
    /** @type {Promise<void> | null} */
    this.building = null; // once the tour was on
    this.seen = 0; // the last change that the strip has sent
  }

  // The step in the address, from 1; null: the tour is off.
  get step() {
    const { tour } = this.frame.carried;
    return /^[1-9][0-9]?$/.test(tour ?? "") ? Number(tour) : null;
  }

  // Shows what the address says.
  async show() {
    document.documentElement.classList.toggle("touring", this.step !== null);
    this.host.hidden = this.step === null;
    if (this.step === null) return;
    this.building ??= this.build();
    await this.building;
    if (this.step !== null) this.mounted.update(this.data());
  }

  async build() {
    const [file, { mount }] = await Promise.all([
      fetch(new URL("tour.json", this.assets)).then((response) => response.json()),
      moduleOf("tour", this.assets),
    ]);
    /** @type {TourFile} */
    this.file = file;
    const template = document.createElement("template");
    template.innerHTML = `<link rel="stylesheet" href="${new URL("pages/tour.css", this.assets).href}">${file.html}`;
    const root = await inShadow(this.host, template.content);
    this.mounted = mount(root, this.data(), (sent) => this.take(sent));
  }

  data() {
    const { words, steps } = this.file,
      step = Math.min(this.step ?? 1, steps.length),
      { name, page, facts } = steps[step - 1];
    const isHere = page === this.frame.page;
    return { key: KEY, words, of: steps.length, name, facts, isHere, state: { step, seen: this.seen } };
  }

  // What the strip has sent: the step, or 0 to close it; go: is its view to be opened?
  /** @param {{step: number, go: boolean, revision: number}} sent */
  take({ step, go, revision }) {
    this.seen = revision;
    this.frame.carry({ [KEY]: step ? String(step) : null });
    if (go) {
      const { page, params } = this.file.steps[step - 1];
      this.frame.open(page, params);
    }
    queueMicrotask(() => deliver(KEY, { seen: revision })); // it is kept
    this.show();
  }
}
