// Small pictures of images: as decoders give them, and as they are in the dataset.
// Each is decoded once, and kept for a while.

import { drawPixels, pixelsOf } from "../../parts/pixels.js";

const KEPT = 3000; // pictures; the oldest go

export class Pictures {
  // originals: the page's, of originals.js.
  constructor(originals) {
    this.originals = originals;
    this.kept = new Map(); // decoded pixels, by model and row
  }

  // Draws an image as a model's decoder gives it at its code (a VAE's: at its mean).
  drawDecoded(canvas, model, row) {
    const key = `${model.entry.digest}:${row}`;
    if (!this.kept.has(key)) this.keep(key, decodedPixels(model, row));
    this.draw(canvas, key, model.entry, this.kept.get(key));
  }

  // Draws an image as it is in the dataset, where it has been fetched; else hides the canvas.
  drawOriginal(canvas, entry, row) {
    const pixels = this.originals.get(entry, row);
    canvas.style.visibility = pixels ? "" : "hidden";
    if (pixels) this.draw(canvas, `${entry.dataset}/${row}`, entry, pixels);
  }

  draw(canvas, key, { image_side: side }, pixels) {
    if (canvas.dataset.shows === key) return;
    canvas.dataset.shows = key;
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
