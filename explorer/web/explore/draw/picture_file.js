// A picture from a file that a person chose, dropped or pasted, as greys. Everything is decided in the browser.

import { inspect, LARGEST_FILE } from "./picture_header.js";

const WEIGHTS = [0.2126, 0.7152, 0.0722]; // luminance of red, green, blue: Rec. 709

// Why a file cannot be used: `reason` is one of picture_header's problems, or "undecodable"; `facts` what its header
// says.
export class Refused extends Error {
  constructor(reason, facts = {}) {
    super(reason);
    this.reason = reason;
    this.facts = facts;
  }
}

// file: a Blob. side: the greys come in a square of so many pixels, the picture in its middle, as large as it fits;
// whole: its middle square, in colour. Resolves to {greys: {values, width, height} of the picture alone, left, top:
// where it is in the square, notice, lossy}, or {canvas, notice}. Throws Refused.
export async function openPicture(file, side, whole = false) {
  if (file.size > LARGEST_FILE) throw new Refused("heavy");
  const facts = inspect(new Uint8Array(await file.arrayBuffer()));
  if (facts.problem) throw new Refused(facts.problem, facts);
  let bitmap;
  try {
    bitmap = await createImageBitmap(file);
  } catch {
    throw new Refused("undecodable", facts);
  }
  if (whole) return { canvas: await middleOf(bitmap, side), notice: facts.notice };
  const scale = side / Math.max(bitmap.width, bitmap.height);
  const width = Math.max(1, Math.round(bitmap.width * scale)),
    height = Math.max(1, Math.round(bitmap.height * scale));
  const context = blankCanvas(width, height).getContext("2d", { willReadFrequently: true });
  context.imageSmoothingEnabled = scale < 2; // a picture of few pixels, as MNIST's own, keeps them
  context.imageSmoothingQuality = "high";
  context.drawImage(bitmap, 0, 0, width, height);
  bitmap.close();
  const greys = { values: luminance(context.getImageData(0, 0, width, height).data), width, height };
  return { greys, left: (side - width) >> 1, top: (side - height) >> 1, notice: facts.notice, lossy: facts.lossy };
}

// What is transparent becomes white, as folder.py has it.
async function middleOf(bitmap, side) {
  const edge = Math.min(bitmap.width, bitmap.height);
  const canvas = blankCanvas(side, side),
    context = canvas.getContext("2d");
  // or smoothing would see what is beside it
  const middle = await createImageBitmap(bitmap, (bitmap.width - edge) >> 1, (bitmap.height - edge) >> 1, edge, edge);
  Object.assign(context, { fillStyle: "#fff", imageSmoothingQuality: "high" });
  context.fillRect(0, 0, side, side);
  context.drawImage(middle, 0, 0, side, side);
  for (const one of [bitmap, middle]) one.close();
  return canvas;
}

// A canvas that is in no document. Not every browser has an OffscreenCanvas.
export const blankCanvas = (width, height) => Object.assign(document.createElement("canvas"), { width, height });

// Grey levels from 0 to 1. What is transparent is taken for paper: white behind dark ink, black behind light ink.
export function luminance(rgba) {
  const values = new Float32Array(rgba.length / 4);
  let opaque = 0,
    light = 0;
  for (let i = 0; i < values.length; i++) {
    const at = 4 * i;
    values[i] = (WEIGHTS[0] * rgba[at] + WEIGHTS[1] * rgba[at + 1] + WEIGHTS[2] * rgba[at + 2]) / 255;
    opaque += rgba[at + 3] / 255;
    light += (values[i] * rgba[at + 3]) / 255;
  }
  const behind = light < 0.5 * opaque ? 1 : 0;
  for (let i = 0; i < values.length; i++) {
    const alpha = rgba[4 * i + 3] / 255;
    values[i] = alpha * values[i] + (1 - alpha) * behind;
  }
  return values;
}
