// The pictures beside the figure of the width: x, what the decoder makes of the mean, and of a draw of q.

import { drawLogits, drawPixels } from "../pixels.js";

// find(selector): the canvases `.original`, `.at-mean` and `.at-draw`; found: a WidthWork's; at: the index of the
// width.
export function drawPictures(find, { model, x, mean, terms }, at) {
  const side = model.entry.image_side,
    canvas = find(".original");
  canvas.hidden = !x;
  drawLogits(find(".at-mean"), model.active.decode(mean), side);
  if (!terms) return;
  const pixels = x.map((value) => 255 * value);
  drawPixels(canvas, side, pixels);
  drawLogits(find(".at-draw"), model.active.decode(terms.draw(at, 0)), side);
}
