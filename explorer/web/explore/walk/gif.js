// A walk of two models as frames for gif.js: the pictures side by side, with labels.

import { COLOURS, encodeGif, GREYS } from "./gif_encoder.js";
import { fill } from "../../kernel/text.js";

// pixels; a picture's side: of MNIST's 28, eight times, to be seen from the last row
export const LAYOUT = { margin: 16, top: 44, bottom: 40, picture: 224 };
const INK = "#000",
  PAPER = "#fff";

// How many pixels of the GIF a picture's pixel is wide.
export const scaleOf = (side) => Math.max(1, Math.round(LAYOUT.picture / side));

// films: [{name, walk: as walk_film.walked gives it}]; seconds: of each frame; words: the tool's. Returns the file's
// bytes.
export function walkGif(films, seconds, words) {
  const { margin, top, bottom } = LAYOUT,
    count = films[0].walk.count;
  const palette = films.some(({ walk }) => walk.pictures[0].length > walk.side ** 2) ? COLOURS : GREYS;
  const sizes = films.map(({ walk }) => walk.side * scaleOf(walk.side));
  const width = sizes.reduce((sum, size) => sum + size + margin, margin),
    height = top + Math.max(...sizes) + bottom;
  const canvas = Object.assign(document.createElement("canvas"), { width, height });
  const context = canvas.getContext("2d", { willReadFrequently: true });
  const frames = Array.from({ length: count }, (_, frame) => {
    Object.assign(context, {
      fillStyle: PAPER,
      font: "600 24px sans-serif",
      textAlign: "center",
      textBaseline: "middle",
    });
    context.fillRect(0, 0, width, height);
    context.fillStyle = INK;
    let left = margin;
    films.forEach(({ name, walk }, i) => {
      context.fillText(name, left + sizes[i] / 2, top / 2, sizes[i]);
      if (walk.densities[frame].hole)
        context.fillText(words.in_hole, left + sizes[i] / 2, height - bottom / 2, sizes[i] / 2);
      left += sizes[i] + margin;
    });
    context.font = "22px sans-serif";
    context.fillText(fill(words.gif_frame, { frame: frame + 1, frames: count }), width / 2, height - bottom / 2);
    const { data } = context.getImageData(0, 0, width, height);
    const indices = Uint8Array.from({ length: width * height }, (_, at) =>
      palette.indexOf(data[4 * at], data[4 * at + 1], data[4 * at + 2]),
    );
    left = margin;
    films.forEach(({ walk }, i) => {
      enlarge(walk.pictures[frame], walk.side, indices, width, left, top, palette);
      left += sizes[i] + margin;
    });
    return indices;
  });
  return encodeGif({ width, height, frames, delay: Math.round(100 * seconds), palette });
}

// Puts a picture's pixels into the frame, each as a square.
function enlarge(pixels, side, indices, width, left, top, palette) {
  const scale = scaleOf(side),
    area = side * side,
    [green, blue] = pixels.length > area ? [area, 2 * area] : [0, 0];
  for (let row = 0; row < side * scale; row++) {
    for (let column = 0; column < side * scale; column++) {
      const at = Math.floor(row / scale) * side + Math.floor(column / scale);
      indices[(top + row) * width + left + column] = palette.indexOf(pixels[at], pixels[at + green], pixels[at + blue]);
    }
  }
}
