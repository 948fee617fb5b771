// Small pictures of images: as decoders give them, and as they are in the dataset. Each is made or fetched once, and kept for a while.

import { drawPixels, pixelsOf } from "./decoder.js";

const KEPT = 3000; // pictures; the oldest go
const AT_ONCE = 64; // originals in one answer: assets.MOST_ORIGINALS

export class Pictures {
  // base: the address that the originals' addresses are relative to.
  constructor(base) {
    Object.assign(this, { base, kept: new Map() });
  }

  // Draws an image as a model's decoder gives it at its code (a VAE's: at its mean).
  drawDecoded(canvas, model, row) {
    return this.draw(canvas, `${model.entry.digest}:${row}`, model.entry.image_side, () => decodedPixels(model, row));
  }

  // Draws an image as it is in the dataset, where it has been fetched; else hides the canvas.
  drawOriginal(canvas, { dataset, image_side: side }, row) {
    const key = `${dataset}/${row}`, pixels = this.kept.get(key);
    canvas.style.visibility = pixels ? "" : "hidden";
    if (pixels) this.draw(canvas, key, side, () => pixels);
  }

  // Which of these rows have not been fetched.
  missing({ dataset }, rows) {
    return rows.filter((row) => !this.kept.has(`${dataset}/${row}`));
  }

  // Fetches originals. Throws with the server's sentence.
  async fetch(entry, rows) {
    const missing = this.missing(entry, rows), size = entry.channels * entry.image_side ** 2;
    for (let at = 0; at < missing.length; at += AT_ONCE) {
      const some = missing.slice(at, at + AT_ONCE);
      const response = await fetch(new URL(`originals/${entry.dataset}?rows=${some}`, this.base));
      if (!response.ok) throw new Error(await response.text());
      const pixels = new Uint8Array(await response.arrayBuffer());
      some.forEach((row, i) => this.keep(`${entry.dataset}/${row}`, pixels.slice(i * size, (i + 1) * size)));
    }
  }

  original({ dataset }, row) {
    return this.kept.get(`${dataset}/${row}`);
  }

  draw(canvas, key, side, make) {
    if (canvas.dataset.shows === key) return;
    canvas.dataset.shows = key;
    if (!this.kept.has(key)) this.keep(key, make());
    const pixels = this.kept.get(key);
    drawPixels(canvas, side, pixels);
  }

  keep(key, pixels) {
    this.kept.set(key, pixels);
    if (this.kept.size > KEPT) this.kept.delete(this.kept.keys().next().value);
  }
}

// An image as a model's decoder gives it at its code, 0 to 255.
export function decodedPixels(model, row) {
  return pixelsOf(model.decoder.decode(model.codes.mean.map((column) => column[row])));
}
