// Many draws from the probe, decoded by one model: a contact sheet, their mean, and how much each pixel varies over
// them.

import { activeDecoder } from "../../kernel/active.js";
import { drawPixels, putPixels } from "../../parts/pixels.js";
import { seededUniform, standardNormal } from "../../kernel/random.js";
import { ramp, VIRIDIS } from "../../kernel/ramps.js";

export const MOST = 64; // draws
export const HIGHEST = 0.5; // the most that the standard deviation of numbers between 0 and 1 can be
const colour = ramp(VIRIDIS);

// The noise of all draws, a number a dimension each: the same for the same seed, and the first ones the same however
// many are drawn.
export function drawNoise(seed, dimensions) {
  const all = standardNormal(MOST * dimensions, seededUniform(seed));
  return Array.from({ length: MOST }, (_, k) => all.subarray(k * dimensions, (k + 1) * dimensions));
}

// The pictures of draws, one after the other, with the mean and the standard deviation (over n, not n − 1) of each
// pixel.
export class Pictures {
  // model: of models.js.
  constructor(model) {
    this.side = model.entry.image_side;
    this.decoder = activeDecoder(model.decoder);
    const pixels = model.entry.channels * this.side ** 2;
    this.values = Array.from({ length: MOST }, () => new Float32Array(pixels)); // intensities, 0 to 1
    this.mean = new Float32Array(pixels);
    this.std = new Float32Array(pixels);
  }

  // Decodes the k-th draw.
  decode(k, z) {
    const logits = this.decoder.decode(z),
      values = this.values[k];
    for (let i = 0; i < values.length; i++) values[i] = 1 / (1 + Math.exp(-logits[i]));
  }

  // Mean and standard deviation of the first n.
  summarise(n) {
    const { mean, std, values } = this;
    mean.fill(0);
    std.fill(0);
    for (let k = 0; k < n; k++) for (let i = 0; i < mean.length; i++) mean[i] += values[k][i] / n;
    for (let k = 0; k < n; k++) for (let i = 0; i < mean.length; i++) std[i] += (values[k][i] - mean[i]) ** 2 / n;
    for (let i = 0; i < std.length; i++) std[i] = Math.sqrt(std[i]);
  }

  // Draws the first n as a sheet with room for `all`, the mean, and the standard deviation, each into a canvas of its
  // own.
  draw({ sheet, mean, std }, n, all) {
    const { side } = this,
      across = Math.ceil(Math.sqrt(all)),
      down = Math.ceil(all / across),
      step = side + 1; // a pixel between
    const context = sized(sheet, across * step - 1, down * step - 1),
      bytes = (values) => values.map((value) => 255 * value);
    context.clearRect(0, 0, sheet.width, sheet.height);
    for (let k = 0; k < n; k++) {
      const image = context.createImageData(side, side);
      putPixels(image, 0, 0, side, bytes(this.values[k]));
      context.putImageData(image, (k % across) * step, Math.floor(k / across) * step);
    }
    drawPixels(mean, side, bytes(this.mean));
    const on = sized(std, side, side),
      image = on.createImageData(side, side);
    fill(image, averaged(this.std, side * side), (value) => colour(value / HIGHEST));
    on.putImageData(image, 0, 0);
  }
}

// The mean over a pixel's channels.
function averaged(values, area) {
  const channels = values.length / area;
  return Float32Array.from({ length: area }, (_, i) => {
    let sum = 0;
    for (let at = i; at < values.length; at += area) sum += values[at] / channels;
    return sum;
  });
}

function sized(canvas, width, height) {
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  return canvas.getContext("2d");
}

function fill(image, values, ink) {
  for (let i = 0, at = 0; i < values.length; i++, at += 4) {
    const [r, g, b] = ink(values[i]);
    image.data[at] = Math.round(r);
    image.data[at + 1] = Math.round(g);
    image.data[at + 2] = Math.round(b);
    image.data[at + 3] = 255;
  }
}
