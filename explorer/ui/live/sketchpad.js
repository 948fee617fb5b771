// A canvas of codes: what a map shows before Plotly is there, and what moves too fast for it.

const OPACITY = 0.7; // of a code's dot, as Plotly's
const SQUARE = 3; // pixels up to which a dot may as well be a square

export class Sketchpad {
  constructor() {
    this.canvas = document.createElement("canvas");
    this.canvas.className = "sketchpad";
    this.stamps = new Map(); // a dot of each colour and size, drawn once
  }

  // scale: a map's, {x, y, area}; points {x, y, label}; palette: the classes' colours; hidden: classes left out; size: of a dot;
  // underlay: {picture, reach}, a picture of the square [−reach, reach]², or null; ink(row): a code's own colour, or null: its class's.
  paint(host, scale, points, palette, hidden, size, underlay = null, ink = null) {
    const context = cleared(this.canvas, host, scale.area), sharpness = window.devicePixelRatio;
    if (underlay) {
      const { picture, reach } = underlay, left = scale.x(-reach), top = scale.y(reach);
      context.drawImage(picture, left, top, scale.x(reach) - left, scale.y(-reach) - top);
    }
    context.globalAlpha = OPACITY;
    const { x, y, label } = points;
    for (let which = 0; which < palette.length; which++) {
      if (hidden.has(which)) continue;
      let stamp = size > SQUARE && !ink ? this.stamp(palette[which], size, sharpness) : null;
      context.fillStyle = palette[which];
      for (let row = 0; row < label.length; row++) {
        if (label[row] !== which) continue;
        if (ink && size > SQUARE) stamp = this.stamp(ink(row), size, sharpness);
        else if (ink) context.fillStyle = ink(row);
        const half = stamp ? stamp.width / sharpness / 2 : size / 2;
        if (stamp) context.drawImage(stamp, scale.x(x[row]) - half, scale.y(y[row]) - half, 2 * half, 2 * half);
        else context.fillRect(scale.x(x[row]) - half, scale.y(y[row]) - half, size, size);
      }
    }
    context.restore();
  }

  stamp(colour, size, sharpness) {
    const key = `${colour} ${size} ${sharpness}`;
    if (!this.stamps.has(key)) {
      const side = Math.ceil(size * sharpness) + 2, canvas = Object.assign(document.createElement("canvas"), { width: side, height: side });
      const context = canvas.getContext("2d");
      context.fillStyle = colour;
      context.arc(side / 2, side / 2, (size * sharpness) / 2, 0, 2 * Math.PI);
      context.fill();
      this.stamps.set(key, canvas);
    }
    return this.stamps.get(key);
  }
}

// An empty canvas as large as its host, in CSS pixels; what is drawn is seen within `area` alone. Returns the context, to be restored.
export function cleared(canvas, { clientWidth: width, clientHeight: height }, area) {
  const sharpness = window.devicePixelRatio, [w, h] = [width, height].map((size) => Math.round(size * sharpness));
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
