// A canvas of codes, as sharp as the screen.

const OPACITY = 0.7; // of a code's dot

export class Sketchpad {
  constructor() {
    this.canvas = document.createElement("canvas");
    this.canvas.className = "sketchpad";
  }

  // scale: a map's, {x, y, area}; points {x, y, label}; palette: the classes' colours; hidden: classes left out; size:
  // of a dot; underlay: {picture, reach}, a picture of the square [−reach, reach]², or null; ink(row): a code's own
  // colour, or null: its class's.
  paint(host, scale, points, palette, hidden, size, underlay = null, ink = null) {
    const context = cleared(this.canvas, host, scale.area);
    if (underlay) {
      const { picture, reach } = underlay,
        left = scale.x(-reach),
        top = scale.y(reach);
      context.drawImage(picture, left, top, scale.x(reach) - left, scale.y(-reach) - top);
    }
    context.globalAlpha = OPACITY;
    const { x, y, label } = points;
    rowsByClass(label).forEach((rows, which) => {
      if (hidden.has(which) || which >= palette.length) return;
      context.fillStyle = palette[which];
      for (const row of rows) {
        if (ink) context.fillStyle = ink(row);
        context.beginPath();
        context.arc(scale.x(x[row]), scale.y(y[row]), size / 2, 0, 2 * Math.PI);
        context.fill();
      }
    });
    context.restore();
  }
}

const grouped = new WeakMap();

// The rows of each class, for labels that do not change.
export function rowsByClass(labels) {
  if (!grouped.has(labels)) {
    const rows = [];
    labels.forEach((which, row) => (rows[which] ??= []).push(row));
    grouped.set(labels, rows);
  }
  return grouped.get(labels);
}

// An empty canvas as large as its host, in CSS pixels; what is drawn is seen within `area` alone. Returns the context,
// to be restored.
export function cleared(canvas, { clientWidth: width, clientHeight: height }, area) {
  const sharpness = window.devicePixelRatio,
    [w, h] = [width, height].map((size) => Math.round(size * sharpness));
  if (canvas.width !== w || canvas.height !== h) Object.assign(canvas, { width: w, height: h });
  const context = canvas.getContext("2d");
  context.setTransform(sharpness, 0, 0, sharpness, 0, 0);
  context.clearRect(0, 0, width, height);
  context.save();
  context.beginPath();
  context.rect(area.left, area.top, area.width, area.height);
  context.clip();
  return context;
}
