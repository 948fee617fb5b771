// A handle in an SVG that is dragged with mouse, pen or finger, and moved with the arrow keys (Shift: ten times as
// far).
//
// A move begins with a press or an arrow key. It ends when the pointer or the key is released, or when the handle loses
// the focus. Escape, and a gesture that the browser takes over, cancel it.

import { add } from "./svg.js";

const WAYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
const FAR = 10; // steps of an arrow key with Shift

/**
 * @typedef {[number, number]} Point  a point in the units of the drawing
 * @typedef {object} HandleOptions
 * @property {string} name  its accessible name
 * @property {string} [className]  classes of its own, beside "handle"
 * @property {(event: PointerEvent) => Point} at  the pointer's place
 * @property {() => Point} held  the handle's place as it is drawn: a drag keeps its distance from the pointer
 * @property {() => Point} [value]  the place that the arrow keys start from, if the handle is not drawn there
 * @property {(point: Point, dragged: boolean) => void} onMove  dragged: by the pointer, not by a key
 * @property {(way: Point, steps: number) => void} [onNudge]  what an arrow key does instead of `onMove`; steps: 1, or
 *   10 with Shift
 * @property {(cancelled: boolean, from: Point) => void} onEnd  from: where the handle was before the move
 * @property {number} [step]  how far an arrow key moves it
 * @property {boolean} [line]  it moves along x only, with all four arrow keys
 */

export class Handle {
  /** @param {Element} parent @param {HandleOptions} options */
  constructor(parent, options) {
    this.options = { value: options.held, step: 0.05, line: false, ...options };
    this.move = null; // {from, offset: from the pointer to the handle, pointer: its id}; the last two are null for keys
    const { name, className = "" } = options;
    this.element = add(parent, "g", { class: `handle ${className}`.trim(), tabindex: 0, role: "button" });
    this.element.setAttribute("aria-label", name);
    add(this.element, "circle", { r: 16, class: "grip" });
    add(this.element, "circle", { r: 7, class: "knob" });
    this.listen();
  }

  // Is it held by a pointer?
  get dragged() {
    return Boolean(this.move?.offset);
  }

  listen() {
    const { element } = this;
    const on = (name, act) => element.addEventListener(name, act);
    // a finger drags, it does not scroll
    element.addEventListener("touchstart", (event) => event.preventDefault(), { passive: false });
    on("click", (event) => event.stopPropagation()); // the end of a drag is no click on what lies beneath
    on("pointerdown", (event) => this.press(event));
    on("pointermove", (event) => this.drag(event));
    on("pointerup", (event) => event.pointerId === this.move?.pointer && this.end(false));
    on("pointercancel", (event) => event.pointerId === this.move?.pointer && this.end(true));
    on("keydown", (event) => this.key(event));
    on("keyup", (event) => event.key in WAYS && !this.dragged && this.end(false));
    on("blur", () => this.end(false));
  }

  /** @param {PointerEvent} event */
  press(event) {
    event.stopPropagation(); // nor is a press on it one on what lies beneath
    if (event.button || this.dragged) return;
    event.preventDefault();
    this.end(false);
    this.element.focus({ preventScroll: true });
    this.element.setPointerCapture(event.pointerId);
    const from = this.options.held(),
      [x, y] = this.options.at(event);
    this.move = { from, offset: [from[0] - x, from[1] - y], pointer: event.pointerId };
  }

  /** @param {PointerEvent} event */
  drag(event) {
    if (!this.dragged || event.pointerId !== this.move.pointer) return;
    const [x, y] = this.options.at(event),
      [dx, dy] = this.move.offset;
    this.options.onMove([x + dx, y + dy], true);
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const way = WAYS[event.key],
      { options } = this;
    if (event.key === "Escape") this.end(true);
    if (!way) return;
    event.preventDefault();
    if (this.dragged) return;
    this.move ??= { from: options.held(), offset: null, pointer: null };
    const steps = event.shiftKey ? FAR : 1;
    if (options.onNudge) return options.onNudge(way, steps);
    const [x, y] = options.value(),
      far = options.step * steps,
      [dx, dy] = options.line ? [way[0] || way[1], 0] : way;
    options.onMove([x + dx * far, y + dy * far], false);
  }

  /** @param {boolean} cancelled */
  end(cancelled) {
    if (!this.move) return;
    const { from } = this.move;
    this.move = null;
    this.options.onEnd(cancelled, from);
  }
}
