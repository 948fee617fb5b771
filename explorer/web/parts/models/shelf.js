// What a lesson opens of its models: decoders, codes, test images. If a dataset is missing, it offers to fetch it.

import { activeDecoder } from "../../kernel/active.js";
import { Models } from "../../kernel/models.js";
import { fill } from "../../kernel/text.js";
import { MissingDataset } from "../missing_dataset.js";
import { hasOriginal, noOriginal, Originals } from "../originals.js";

/** @import { Entry, PageData } from "../../kernel/types.js" */

export class Shelf {
  // page: has a `catalogue`, and a `state` to send; its words have `datasets`. box: the element of the offer.
  // refresh(): called when there are more images.
  /**
   * @param {import("../page.js").Page & {catalogue: any, state: any}} page @param {HTMLElement} box
   * @param {() => void} refresh
   */
  constructor(page, box, refresh) {
    this.page = page;
    this.words = page.words.datasets;
    this.refresh = refresh;
    this.models = new Models(page.base);
    this.originals = new Originals(page.base);
    this.missing = new MissingDataset(box, page.base, this.words, (dataset) => {
      this.takeDataset(dataset);
      page.exchange.post(page.state); // Python, too, has its images now
    });
  }

  // Takes the models of new data.
  /** @param {PageData} data */
  take(data) {
    for (const dataset of this.page.catalogue.take(data)) this.takeDataset(dataset);
  }

  takeDataset(dataset) {
    for (const entry of this.page.catalogue) if (entry.dataset === dataset) entry.originals = true;
    this.page.announce(fill(this.words.fetched, { dataset }));
    this.refresh();
  }

  // A model with a decoder that skips zeros.
  /** @param {Entry} entry */
  async open(entry) {
    const model = await this.models.open(entry);
    model.active ??= activeDecoder(model.decoder);
    return model;
  }

  // A test image, its pixels from 0 to 1; null if it is not here, which `showMissing` explains.
  /** @param {Entry} entry @param {number} row */
  async image(entry, row) {
    return (await this.images(entry, [row]))?.[0] ?? null;
  }

  // Some test images; null if one of them is not here.
  /** @param {Entry} entry @param {number[]} rows */
  async images(entry, rows) {
    if (!rows.every((row) => hasOriginal(entry, row))) return null;
    await this.originals.fetch(entry, rows);
    return rows.map((row) => Float32Array.from(this.originals.get(entry, row), (value) => value / 255));
  }

  // The reason why there is no image, as a sentence; offers to fetch its dataset. entry: of a model that needs it;
  // null: none does.
  /** @param {Entry | null} entry */
  showMissing(entry) {
    const lacks = entry && !entry.originals;
    this.missing.offer(lacks && !entry.without_originals ? entry.dataset : null);
    return lacks ? noOriginal(entry, this.words) : null;
  }

  destroy() {
    this.missing.destroy();
  }
}
