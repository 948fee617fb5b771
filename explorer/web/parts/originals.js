// Test images as they are in their dataset. Each is fetched once, and kept for a while.

import { fill } from "../kernel/text.js";

const KEPT = 3000; // images; the oldest go
const AT_ONCE = 64; // in one answer: assets.MOST_ORIGINALS
export const ROOM = 400_000; // bytes of their pixels that the file of a view takes, for each dataset

export class Originals {
  // base: the address that the images' addresses are relative to.
  constructor(base) {
    this.base = base;
    this.kept = new Map(); // pixels by `key`, the oldest first
    this.coming = new Map(); // promises by `key`
  }

  // The pixels of an image that was fetched, 0 to 255, channel by channel; or undefined.
  get(entry, row) {
    return this.kept.get(key(entry, row));
  }

  // Fetches those images that can be had. Throws with the server's sentence where one cannot, once the others are here;
  // at once, with a TypeError, where the server does not answer. signal: an AbortSignal, or null.
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

  async fetchFresh(entry, rows, signal) {
    const size = entry.channels * entry.image_side ** 2;
    let problem = null;
    for (let at = 0; at < rows.length; at += AT_ONCE) {
      const some = rows.slice(at, at + AT_ONCE);
      const response = await this.ask(entry, some, signal);
      if (!response.ok) {
        problem ??= await response.text();
        continue;
      }
      const sent = response.headers.get("X-Rows")?.split(",").map(Number) ?? some; // a file sends all
      const pixels = new Uint8Array(await response.arrayBuffer());
      sent.forEach((row, i) => this.keep(key(entry, row), pixels.slice(i * size, (i + 1) * size)));
      const left = some.find((row) => !sent.includes(row));
      if (left !== undefined) problem ??= await (await this.ask(entry, [left], signal)).text(); // which says why
    }
    if (problem !== null) throw new Error(problem);
  }

  ask(entry, rows, signal) {
    return fetch(new URL(`originals/${entry.dataset}?rows=${rows}`, this.base), { signal });
  }

  // Fetches one image, and resolves to its pixels.
  async one(entry, row) {
    await this.fetch(entry, [row]);
    return this.get(entry, row);
  }

  // The rows of a dataset that were fetched, the newest first.
  rows({ dataset }) {
    const start = `${dataset}/`;
    return [...this.kept.keys()]
      .filter((one) => one.startsWith(start))
      .map((one) => Number(one.slice(start.length)))
      .reverse();
  }

  keep(name, pixels) {
    this.kept.set(name, pixels);
    if (this.kept.size > KEPT) this.kept.delete(this.kept.keys().next().value);
  }
}

const key = ({ dataset }, row) => `${dataset}/${row}`;

// Is there an original of a model's test image? entry: the catalogue's; in a file that needs no server, it names the rows that are held.
export const hasOriginal = (entry, row) => entry.originals && (entry.held?.includes(row) ?? true);

// Why there is none, as a clause. words: texts/en/datasets.py's.
export const noOriginal = (entry, words) =>
  entry.without_originals ?? fill(words.no_pictures, { dataset: entry.dataset });

// Why the errors of a model's images are not known, as a clause.
export const noErrors = (entry, words) => entry.without_errors ?? noOriginal(entry, words);
