// Draws the codes of a training and the pictures that it decodes, each into a canvas of its own.

import { ticks } from "../parts/ticks.js";
import { FONT, fresh, stroke } from "../parts/canvas.js";
import { putPixels } from "../parts/pixels.js";
import { scientific } from "../kernel/format.js";
import { escaped } from "../kernel/text.js";

const TICKS = 5; // at most, on an axis

// Half the side of the square that holds all but the outermost hundredth of the codes: 4.2, or that times powers of
// 1.5.
export function reachOf(codes) {
  const distances = Float32Array.from({ length: codes.length / 2 }, (_, i) =>
    Math.max(Math.abs(codes[2 * i]), Math.abs(codes[2 * i + 1])),
  ).sort();
  const outer = distances[Math.floor(0.99 * (distances.length - 1))];
  let reach = 4.2;
  while (reach < outer && reach < 1e30) reach *= 1.5;
  return reach;
}

// codes: x, y, x, y …; label: a class for each; reach: see reachOf; shape: the prior's Gaussians, null for N(0, I).
export function drawCodes(canvas, { codes, label, reach, shape, palette, colours, priorColour }) {
  const { context, width, height } = fresh(canvas);
  const { values } = ticks(-reach, reach, TICKS);
  const side = Math.min(width, height) - 2,
    left = (width - side) / 2,
    top = (height - side) / 2;
  if (side <= 0) return; // another tab is open
  const scale = side / (2 * reach);
  const px = (x) => left + side / 2 + x * scale,
    py = (y) => top + side / 2 - y * scale;
  context.save();
  context.beginPath();
  context.rect(left, top, side, side);
  context.clip();
  for (const tick of values) {
    context.strokeStyle = tick === 0 ? colours.zero : colours.grid;
    stroke(context, [
      [px(tick), top],
      [px(tick), top + side],
    ]);
    stroke(context, [
      [left, py(tick)],
      [left + side, py(tick)],
    ]);
  }
  const dot = codes.length > 1000 ? 1.9 : 2.3;
  context.globalAlpha = 0.75;
  palette.forEach((colour, which) => {
    context.fillStyle = colour;
    context.beginPath();
    for (let i = 0; i < label.length; i++) {
      if (label[i] !== which) continue;
      const x = px(codes[2 * i]),
        y = py(codes[2 * i + 1]);
      context.moveTo(x + dot, y);
      context.arc(x, y, dot, 0, 2 * Math.PI);
    }
    context.fill();
  });
  context.globalAlpha = 1;
  drawPrior(context, shape, px, py, scale, priorColour);
  context.restore();
  context.strokeStyle = colours.zero;
  context.strokeRect(left + 0.5, top + 0.5, side - 1, side - 1);
  context.font = FONT;
  context.fillStyle = colours.text;
  let free = left; // from here on is room for a number
  for (const tick of values.filter(Boolean)) {
    const text = short(tick),
      { width: wide } = context.measureText(text);
    const x = Math.min(px(tick) + 2, left + side - wide - 2); // within the square
    if (x < free) continue;
    context.fillText(text, x, top + side - 3);
    free = x + wide + 4;
  }
}

// As on the explorer's maps: 1σ, 2σ and 3σ of N(0, I), 1σ and 2σ of each Gaussian, a line through a string of many.
function drawPrior(context, shape, px, py, scale, colour) {
  context.strokeStyle = colour;
  context.lineWidth = 1.2;
  context.setLineDash([4, 4]);
  const ellipse = (x, y, rx, ry, angle) => {
    context.beginPath();
    context.ellipse(px(x), py(y), rx * scale, ry * scale, -angle, 0, 2 * Math.PI);
    context.stroke();
  };
  if (!shape) {
    for (const radius of [1, 2, 3]) ellipse(0, 0, radius, radius, 0);
  } else if (shape.means.length > 20) {
    stroke(
      context,
      shape.means.map(([x, y]) => [px(x), py(y)]),
    );
    context.setLineDash([]);
    context.globalAlpha = 0.16;
    context.lineWidth = 4 * shape.stds[0][0] * scale; // ± 2σ
    context.lineCap = context.lineJoin = "round";
    stroke(
      context,
      shape.means.map(([x, y]) => [px(x), py(y)]),
    );
    context.globalAlpha = 1;
  } else {
    shape.means.forEach(([x, y], c) => {
      const angle = Math.atan2(shape.axes[c][0][1], shape.axes[c][0][0]);
      for (const radius of [1, 2]) ellipse(x, y, radius * shape.stds[c][0], radius * shape.stds[c][1], angle);
    });
  }
  context.setLineDash([]);
  context.lineWidth = 1;
}

// pictures: {shape: [n, pixels], values: bytes}, row by row. across: of them in a row; by default they fill a square.
// gap: between two of them, in their pixels; without one a manifold is one picture.
export function drawPictures(canvas, pictures, { across = Math.round(Math.sqrt(pictures.shape[0])), gap = 0 } = {}) {
  const { context, width, height } = fresh(canvas);
  const pixels = Math.round(Math.sqrt(pictures.shape[1])),
    area = pixels * pixels,
    step = pixels + gap;
  const image = new ImageData(across * step - gap, Math.floor(pictures.shape[0] / across) * step - gap);
  for (let n = 0; n < pictures.shape[0]; n++) {
    const left = (n % across) * step,
      top = Math.floor(n / across) * step;
    putPixels(image, left, top, pixels, pictures.values.subarray(n * area, (n + 1) * area));
  }
  const hidden = document.createElement("canvas");
  Object.assign(hidden, { width: image.width, height: image.height });
  hidden.getContext("2d").putImageData(image, 0, 0);
  const scale = Math.min(width / image.width, height / image.height),
    [wide, high] = [scale * image.width, scale * image.height];
  context.imageSmoothingQuality = "high";
  context.drawImage(hidden, (width - wide) / 2, (height - high) / 2, wide, high);
}

// The classes' names in a box, each beside its colour.
export function showClasses(box, names, colours) {
  const keys = names.map((name, i) => `<span><i style="background:${colours[i]}"></i>${escaped(name)}</span>`);
  box.innerHTML = keys.join("");
}

const short = (value) => (Math.abs(value) >= 10000 ? scientific(value) : String(value).replace("-", "−"));
