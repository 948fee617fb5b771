// A pad to draw on, white on black as MNIST, by mouse, pen, finger or keys.

import { blankCanvas, luminance } from "./picture_file.js";

export const SIDE = 280; // pixels, ten for each of MNIST's
const STEP = 5; // pixels that an arrow key moves the cursor by; with Shift, four times as many
const WAYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

export class Pad {
  // canvas: to draw on; cursor: an element that shows where the keys' cursor is; on: {change(): it looks different,
  // finish(): a stroke has ended, settle(page): the page is another one, and no stroke is being drawn}.
  constructor(canvas, cursor, on) {
    this.canvas = canvas;
    this.cursor = cursor;
    this.on = on;
    this.brush = 22; // brush: pixels across
    canvas.width = canvas.height = SIDE;
    this.context = canvas.getContext("2d", { willReadFrequently: true });
    Object.assign(this.context, { lineCap: "round", lineJoin: "round", strokeStyle: "#fff", fillStyle: "#fff" });
    this.page = { base: null, strokes: [] }; // never changed but by a stroke that is being drawn
    this.past = []; // pages before, for undo
    this.at = [SIDE / 2, SIDE / 2]; // the keys' cursor
    this.listenToPointers();
    this.listenToKeys();
    this.redraw();
  }

  get isEmpty() {
    return !this.page.base && !this.page.strokes.length;
  }

  // What lies beneath the strokes: {canvas: SIDE x SIDE, ...}, or null.
  get base() {
    return this.page.base;
  }

  // Is there nothing but the base?
  get isUntouched() {
    return this.page.strokes.length === 0;
  }

  // Puts something else beneath. amend: in the place of the last page with its strokes, as when a picture is inverted.
  setBase(base, { amend = false, strokes = amend ? this.page.strokes : [] } = {}) {
    this.turn({ base, strokes }, amend);
  }

  clear() {
    if (!this.isEmpty) this.turn({ base: null, strokes: [] });
  }

  turn(page, amend = false) {
    this.stroke = null;
    if (!amend) this.past.push(this.page);
    this.page = page;
    this.redraw();
    this.on.settle(page);
  }

  undo() {
    if (!this.past.length) return;
    this.turn(this.past.pop(), true);
  }

  // What is drawn: {values: from 0 to 1, width, height, planes: of colour, where something in colour lies beneath}.
  picture() {
    const { data } = this.context.getImageData(0, 0, SIDE, SIDE),
      size = { width: SIDE, height: SIDE };
    const plane = (channel) => Float32Array.from({ length: SIDE * SIDE }, (_, i) => data[4 * i + channel] / 255);
    if (this.base?.colour) return { ...size, values: luminance(data), planes: [0, 1, 2].map(plane) };
    const values = new Float32Array(SIDE * SIDE);
    for (let i = 0; i < values.length; i++) values[i] = data[4 * i] / 255;
    return { ...size, values };
  }

  redraw() {
    const { context, page } = this;
    context.save();
    context.fillStyle = "#000";
    context.fillRect(0, 0, SIDE, SIDE);
    context.restore();
    if (page.base) context.drawImage(page.base.canvas, 0, 0);
    for (const stroke of page.strokes) stroke.forEach((_, i) => this.drawPiece(stroke, i));
    this.on.change();
  }

  // The piece of a stroke that ends at its point i.
  drawPiece(stroke, i) {
    const { context } = this,
      { x, y, width } = stroke[i],
      before = stroke[i - 1];
    context.beginPath();
    if (!before) {
      context.arc(x, y, width / 2, 0, 2 * Math.PI);
      context.fill();
      return;
    }
    context.lineWidth = width;
    context.moveTo(before.x, before.y);
    context.lineTo(x, y);
    context.stroke();
  }

  begin(x, y, width = this.brush) {
    this.stroke = [];
    this.past.push(this.page);
    this.page = { base: this.page.base, strokes: [...this.page.strokes, this.stroke] };
    this.extend(x, y, width);
  }

  extend(x, y, width = this.brush) {
    this.stroke.push({ x, y, width });
    this.drawPiece(this.stroke, this.stroke.length - 1);
  }

  end() {
    if (!this.stroke) return;
    this.stroke = null;
    this.on.finish();
    this.on.settle(this.page);
  }

  listenToPointers() {
    const { canvas } = this;
    let pointer = null;
    const place = (event) => {
      const box = canvas.getBoundingClientRect();
      return [((event.clientX - box.left) * SIDE) / box.width, ((event.clientY - box.top) * SIDE) / box.height];
    };
    const width = (event) =>
      event.pointerType === "pen" && event.pressure > 0 ? this.brush * (0.4 + 1.2 * event.pressure) : this.brush;
    // a finger draws, it does not scroll
    canvas.addEventListener("touchstart", (event) => event.preventDefault(), { passive: false });
    canvas.addEventListener("pointerdown", (event) => {
      if (event.button || pointer !== null) return;
      event.preventDefault();
      this.end();
      pointer = event.pointerId;
      canvas.setPointerCapture(pointer);
      canvas.focus({ preventScroll: true, focusVisible: false });
      this.begin(...place(event), width(event));
      this.on.change();
    });
    canvas.addEventListener("pointermove", (event) => {
      if (event.pointerId !== pointer || !this.stroke) return;
      const events = event.getCoalescedEvents?.() ?? [];
      for (const one of events.length ? events : [event]) this.extend(...place(one), width(one));
      this.on.change();
    });
    for (const name of ["pointerup", "pointercancel"]) {
      canvas.addEventListener(name, (event) => {
        if (event.pointerId !== pointer) return;
        pointer = null;
        this.end();
      });
    }
  }

  // Arrow keys move the cursor. Space draws while it is held; Enter puts the pen down, and up again, for those who
  // press one key at a time.
  listenToKeys() {
    const { canvas } = this;
    canvas.addEventListener("focus", () => this.showCursor());
    canvas.addEventListener("blur", () => {
      this.cursor.hidden = true;
      this.end();
    });
    canvas.addEventListener("keydown", (event) => {
      const way = WAYS[event.key];
      if (way) {
        event.preventDefault();
        const size = event.shiftKey ? 4 * STEP : STEP;
        this.at = this.at.map((value, i) => Math.min(Math.max(value + way[i] * size, 0), SIDE));
        if (this.stroke) {
          this.extend(...this.at);
          this.on.change();
        }
      } else if (event.key === " " || event.key === "Enter") {
        event.preventDefault();
        if (event.repeat) return;
        if (this.stroke) this.end();
        else {
          this.begin(...this.at);
          this.on.change();
        }
      } else if (event.key === "z" && (event.ctrlKey || event.metaKey)) {
        event.preventDefault();
        this.undo();
      } else return;
      this.showCursor();
    });
    canvas.addEventListener("keyup", (event) => {
      if (event.key === " ") this.end();
      this.showCursor();
    });
  }

  showCursor() {
    this.cursor.hidden = !this.canvas.matches(":focus-visible");
    this.cursor.classList.toggle("down", Boolean(this.stroke));
    const [x, y] = this.at.map((value) => `${(100 * value) / SIDE}%`);
    Object.assign(this.cursor.style, { left: x, top: y });
  }
}

// A canvas of SIDE x SIDE from a picture of ink {values, width, height}, or in colour with three times the values: by
// itself as large as it fits, or at (left, top) as it is.
export function baseCanvas({ values, width, height }, place = null) {
  const canvas = blankCanvas(SIDE, SIDE),
    context = canvas.getContext("2d");
  const small = blankCanvas(width, height),
    image = new ImageData(width, height);
  const area = width * height,
    [green, blue] = values.length > area ? [area, 2 * area] : [0, 0];
  for (let i = 0; i < area; i++)
    // clamped and rounded
    image.data.set([255 * values[i], 255 * values[i + green], 255 * values[i + blue], 255], 4 * i);
  small.getContext("2d").putImageData(image, 0, 0);
  context.fillStyle = "#000";
  context.fillRect(0, 0, SIDE, SIDE);
  context.imageSmoothingEnabled = false;
  if (place) context.drawImage(small, place.left, place.top);
  else context.drawImage(small, 0, 0, SIDE, SIDE);
  return canvas;
}
