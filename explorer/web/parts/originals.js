// The original test images of the datasets. Each is fetched once and kept for a while.

import { fill } from "../kernel/text.js";
import { NUMBERS } from "../kernel/numbers.js";

/** @import { Entry } from "../kernel/types.js" */

const KEPT = 3000; // images; the oldest are dropped
const AT_ONCE = NUMBERS.most_originals; // in one answer

export class Originals {
  // base: the address that the images' addresses are relative to.
  /** @param {URL} base */
  constructor(base) {
    this.base = base;
    /** @type {Map<string, Uint8Array>} */
    this.kept = new Map(); // pixels by `key`, the oldest first
    /** @type {Map<string, Promise<void>>} */
    this.coming = new Map(); // promises by `key`
  }

  // The pixels of a fetched image, 0 to 255, channel by channel; or undefined.
  /** @param {Entry} entry @param {number} row */
  get(entry, row) {
    return this.kept.get(key(entry, row));
  }

  // Fetches the images that are available. If one is not, it throws the server's sentence once the others have arrived;
  // if the server does not answer, it throws a TypeError at once. signal: an AbortSignal, or null.
  /** @param {Entry} entry @param {number[]} rows @param {AbortSignal | null} signal */
  async fetch(entry, rows, signal = null) {
    const lacking = () => rows.filter((row) => hasOriginal(entry, row) && !this.get(entry, row));
    const others = lacking()
      .map((row) => this.coming.get(key(entry, row)))
      .filter(Boolean);
    if (others.length) await Promise.allSettled(others);
    const fresh = lacking();
    const coming = this.fetchFresh(entry, fresh, signal);
    for (const row of fresh) this.coming.set(key(entry, row), coming);
    try {
      await coming;
    } finally {
      for (const row of fresh) this.coming.delete(key(entry, row));
    }
  }

  /** @param {Entry} entry @param {number[]} rows @param {AbortSignal | null} signal */
  async fetchFresh(entry, rows, signal) {
    if (entry.originals_each) return this.fetchFiles(entry, rows, signal);
    const size = entry.channels * entry.image_side ** 2;
    let problem = null;
    for (let at = 0; at < rows.length; at += AT_ONCE) {
      const some = rows.slice(at, at + AT_ONCE);
      const response = await this.ask(entry, some, signal);
      if (!response.ok) {
        problem ??= await response.text();
        continue;
      }
      const sent = response.headers.get("X-Rows")?.split(",").map(Number) ?? some; // an exported file sends all
      const pixels = new Uint8Array(await response.arrayBuffer());
      sent.forEach((row, i) => this.keep(key(entry, row), pixels.slice(i * size, (i + 1) * size)));
      const left = some.find((row) => !sent.includes(row));
      // the answer gives the reason
      if (left !== undefined) problem ??= await (await this.ask(entry, [left], signal)).text();
    }
    if (problem !== null) throw new Error(problem);
  }

  /** @param {Entry} entry @param {number[]} rows @param {AbortSignal | null} signal */
  ask(entry, rows, signal) {
    return fetch(new URL(`originals/${entry.dataset}?rows=${rows}`, this.base), { signal });
  }

  // On a static site: fetches the files that hold these images, `originals_each` images in a file.
  /** @param {Entry} entry @param {number[]} rows @param {AbortSignal | null} signal */
  async fetchFiles(entry, rows, signal) {
    const { dataset, channels, image_side: side, originals_each: each } = entry,
      size = channels * side ** 2;
    const files = new Set(rows.map((row) => Math.floor(row / each)));
    const read = async (file) => {
      const response = await fetch(new URL(`originals/${dataset}/${file}`, this.base), { signal });
      if (!response.ok) throw new Error(`HTTP ${response.status}`);
      const pixels = new Uint8Array(await response.arrayBuffer());
      for (const row of rows.filter((one) => Math.floor(one / each) === file))
        this.keep(key(entry, row), pixels.slice((row % each) * size, ((row % each) + 1) * size));
    };
    await Promise.all([...files].map(read));
  }

  // Fetches one image. Resolves to its pixels.
  /** @param {Entry} entry @param {number} row */
  async one(entry, row) {
    await this.fetch(entry, [row]);
    return this.get(entry, row);
  }

  // The fetched rows of a dataset, newest first.
  /** @param {Entry} entry */
  rows({ dataset }) {
    const start = `${dataset}/`;
    return [...this.kept.keys()]
      .filter((one) => one.startsWith(start))
      .map((one) => Number(one.slice(start.length)))
      .reverse();
  }

  /** @param {string} name @param {Uint8Array} pixels */
  keep(name, pixels) {
    this.kept.set(name, pixels);
    if (this.kept.size > KEPT) this.kept.delete(this.kept.keys().next().value);
  }
}

/** @param {Entry} entry @param {number} row */
const key = ({ dataset }, row) => `${dataset}/${row}`;

// Whether a model's test image has an original. entry: the catalogue's. In an exported file, entry lists the rows in
// the file.
/** @param {Entry} entry @param {number} row */
export const hasOriginal = (entry, row) => entry.originals && (entry.held?.includes(row) ?? true);

// The reason why there is none, as a clause. words: of texts/en/datasets.py.
/** @param {Entry} entry @param {Record<string, string>} words */
export const noOriginal = (entry, words) =>
  entry.without_originals ?? fill(words.no_pictures, { dataset: entry.dataset });

// The reason why the errors of a model's images are unknown, as a clause.
/** @param {Entry} entry @param {Record<string, string>} words */
export const noErrors = (entry, words) => entry.without_errors ?? noOriginal(entry, words);
