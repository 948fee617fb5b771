// Draws a training's codes, what it decodes, and its curves, each into a canvas of its own.

import { enlargement } from "../parts/theme.js";

const TICKS = 5; // at most, on an axis
const LATE = 0.08; // the share of what has been trained that a steep beginning takes
const SMALLEST = 1e-4; // of a logarithmic axis

// Fits the canvas to its place, the page's type and the screen's sharpness. Returns {context, width, height} in CSS pixels of the usual type, cleared.
export function fresh(canvas) {
  const grown = enlargement(),
    sharpness = window.devicePixelRatio * grown;
  const width = canvas.clientWidth / grown,
    height = canvas.clientHeight / grown;
  const [w, h] = [Math.round(width * sharpness), Math.round(height * sharpness)];
  if (canvas.width !== w || canvas.height !== h) Object.assign(canvas, { width: w, height: h });
  const context = canvas.getContext("2d");
  context.setTransform(sharpness, 0, 0, sharpness, 0, 0);
  context.clearRect(0, 0, width, height);
  context.font = "11px sans-serif";
  return { context, width, height };
}

// Half the side of the square that holds all but the outermost hundredth of the codes: 4.2, or that times powers of 1.5.
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
  const side = Math.min(width, height) - 2,
    left = (width - side) / 2,
    top = (height - side) / 2;
  const scale = side / (2 * reach);
  const px = (x) => left + side / 2 + x * scale,
    py = (y) => top + side / 2 - y * scale;
  context.save();
  context.beginPath();
  context.rect(left, top, side, side);
  context.clip();
  context.strokeStyle = colours.grid;
  for (const tick of ticks(-reach, reach)) {
    context.strokeStyle = tick === 0 ? colours.zero : colours.grid;
    line(context, [
      [px(tick), top],
      [px(tick), top + side],
    ]);
    line(context, [
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
  context.fillStyle = colours.text;
  for (const tick of ticks(-reach, reach)) {
    if (tick) context.fillText(short(tick), px(tick) + 2, top + side - 3);
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
    line(
      context,
      shape.means.map(([x, y]) => [px(x), py(y)]),
    );
    context.setLineDash([]);
    context.globalAlpha = 0.16;
    context.lineWidth = 4 * shape.stds[0][0] * scale; // ± 2σ
    context.lineCap = context.lineJoin = "round";
    line(
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

// pictures: {shape: [n², pixels], values: bytes}, row by row. The pictures touch, so that the manifold is one picture.
export function drawManifold(canvas, pictures) {
  const { context, width, height } = fresh(canvas);
  const across = Math.round(Math.sqrt(pictures.shape[0])),
    pixels = Math.round(Math.sqrt(pictures.shape[1]));
  const size = across * pixels;
  const image = new ImageData(size, size);
  for (let n = 0, at = 0; n < across * across; n++) {
    const row = Math.floor(n / across) * pixels,
      column = (n % across) * pixels;
    for (let i = 0; i < pixels * pixels; i++, at++) {
      const to = 4 * ((row + Math.floor(i / pixels)) * size + column + (i % pixels));
      image.data[to] = image.data[to + 1] = image.data[to + 2] = pictures.values[at];
      image.data[to + 3] = 255;
    }
  }
  const hidden = document.createElement("canvas");
  hidden.width = hidden.height = size;
  hidden.getContext("2d").putImageData(image, 0, 0);
  const side = Math.min(width, height);
  context.imageSmoothingQuality = "high";
  context.drawImage(hidden, (width - side) / 2, (height - side) / 2, side, side);
}

// lines: [{points: [[x, y or null] …], colour, width, dash, name}]; range: [x0, x1]; band: [low, high] in y, or null;
// level: a y to mark; log: whether y is logarithmic; late: whether y is chosen without the steep beginning.
export function drawChart(
  canvas,
  { title, lines, range, colours, band = null, bandColour = "", level = null, log = false, floor = null, late = false },
) {
  const { context, width, height } = fresh(canvas);
  const [left, right, top, bottom] = [34, width - 4, 31, height - 13];
  const begin = late ? LATE * Math.min(range[1], Math.max(0, ...(lines[0]?.points ?? []).map(([x]) => x))) : range[0];
  const values = lines
    .flatMap(({ points }) => points.filter(([x]) => x >= begin && x <= range[1]).map(([, y]) => y))
    .filter((y) => y !== null && (!log || y > 0));
  if (band) values.push(...band.filter((y) => !log || y > SMALLEST));
  if (level !== null) values.push(level);
  if (floor !== null) values.push(floor);
  const map = log ? (y) => Math.log10(Math.max(y, SMALLEST)) : (y) => y;
  let [low, high] = values.length ? [Math.min(...values.map(map)), Math.max(...values.map(map))] : [0, 1];
  if (high - low < 1e-9) [low, high] = [low - 0.5, high + 0.5];
  const margin = 0.06 * (high - low);
  [low, high] = [low - margin, high + margin];
  const px = (x) => left + ((x - range[0]) / (range[1] - range[0])) * (right - left);
  const py = (y) => bottom - ((map(y) - low) / (high - low)) * (bottom - top);
  context.fillStyle = colours.text;
  context.font = "600 11.5px sans-serif";
  context.fillText(title, 2, 11, width - 4);
  if (!lines.length) return;
  context.font = "10px sans-serif";
  context.textAlign = "right";
  for (const tick of log ? decades(low, high) : ticks(low, high)) {
    const y = log ? bottom - ((tick - low) / (high - low)) * (bottom - top) : py(tick);
    context.strokeStyle = colours.grid;
    line(context, [
      [left, y],
      [right, y],
    ]);
    if (y > top + 3) context.fillText(log ? power(tick) : short(tick), left - 3, y + 3);
  }
  context.fillText(short(range[1]), right, height - 2);
  context.textAlign = "left";
  context.fillText(short(range[0]), left, height - 2);
  context.save();
  context.beginPath();
  context.rect(left, top, right - left, bottom - top);
  context.clip();
  if (band) {
    context.fillStyle = bandColour;
    context.globalAlpha = 0.3;
    const [from, to] = band.map((y) => py(Math.max(y, log ? SMALLEST : -Infinity)));
    context.fillRect(left, to, right - left, Math.max(1.5, from - to));
    context.globalAlpha = 1;
  }
  if (level !== null) {
    context.strokeStyle = colours.faint;
    context.setLineDash([2, 3]);
    line(context, [
      [left, py(level)],
      [right, py(level)],
    ]);
    context.setLineDash([]);
  }
  for (const { points, colour, thick = 1.8, dash = [] } of lines) {
    context.strokeStyle = colour;
    context.lineWidth = thick;
    context.setLineDash(dash);
    line(
      context,
      points.filter(([, y]) => y !== null).map(([x, y]) => [px(x), py(y)]),
    );
    const last = points.findLast(([, y]) => y !== null);
    if (last && !dash.length) {
      context.fillStyle = colour;
      context.beginPath();
      context.arc(px(last[0]), py(last[1]), 2.4, 0, 2 * Math.PI);
      context.fill();
    }
  }
  context.restore();
  context.setLineDash([]);
  context.lineWidth = 1;
  drawKey(
    context,
    lines.filter(({ name }) => name),
    width,
    colours,
  );
}

function drawKey(context, named, width, colours) {
  let x = 2;
  context.font = "10px sans-serif";
  for (const { name, colour, dash = [] } of named) {
    context.strokeStyle = colour;
    context.setLineDash(dash);
    context.lineWidth = 2;
    line(context, [
      [x, 21],
      [x + 11, 21],
    ]);
    context.fillStyle = colours.text;
    context.fillText(name, x + 14, 24.5);
    x += 14 + context.measureText(name).width + 8;
  }
  context.setLineDash([]);
  context.lineWidth = 1;
}

function line(context, points) {
  context.beginPath();
  points.forEach(([x, y], i) => (i ? context.lineTo(x, y) : context.moveTo(x, y)));
  context.stroke();
}

// Round numbers between low and high.
export function ticks(low, high) {
  const raw = (high - low) / TICKS,
    base = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map((factor) => factor * base).find((candidate) => candidate >= raw);
  const found = [];
  for (let i = Math.ceil(low / step); i * step <= high; i++)
    found.push(i === 0 ? 0 : Number((i * step).toPrecision(6)));
  return found;
}

// Whole powers of ten, or where there are fewer than two, also the halves (3.16).
function decades(low, high) {
  for (const step of [1, 0.5, 0.25]) {
    const found = [];
    for (let i = Math.ceil(low / step); i * step <= high; i++) found.push(i * step);
    if (found.length >= 2) return found;
  }
  return [low, high];
}

const power = (exponent) => {
  const value = 10 ** exponent;
  return value >= 1000 || value < 0.001
    ? value.toExponential(0).replace("-", "−")
    : String(Number(value.toPrecision(1)));
};

const short = (value) => (Math.abs(value) >= 10000 ? value.toExponential(0) : String(value)).replace("-", "−");
