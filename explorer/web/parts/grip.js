// A handle in an SVG that is dragged by mouse, pen, finger or arrow keys.

import { add } from "./svg.js";

const WAYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

// Returns the handle's group: place it by its `transform`.
// at(event): the pointer in the drawing's own units; held(): where the handle is in them; onMove(point); onRelease(cancelled: whether to take it back).
export function grip(svg, { label, at, held, onMove, onRelease, step = 0.05 }) {
  const handle = add(svg, "g", { class: "handle", tabindex: 0, role: "button", "aria-label": label });
  add(handle, "circle", { r: 18, class: "grip" });
  add(handle, "circle", { r: 7, class: "knob" });
  let offset = null; // from the pointer to the point that it holds
  handle.addEventListener("touchstart", (event) => event.preventDefault(), { passive: false }); // a finger drags, it does not scroll
  handle.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    event.preventDefault();
    handle.focus({ preventScroll: true });
    handle.setPointerCapture(event.pointerId);
    const point = at(event),
      from = held();
    offset = [from[0] - point[0], from[1] - point[1]];
  });
  handle.addEventListener("pointermove", (event) => {
    if (!offset) return;
    const point = at(event);
    onMove([point[0] + offset[0], point[1] + offset[1]]);
  });
  const letGo = (cancelled) => {
    if (!offset) return;
    offset = null;
    onRelease(cancelled);
  };
  handle.addEventListener("click", (event) => event.stopPropagation()); // the end of a drag is no click on what lies beneath
  handle.addEventListener("pointerup", () => letGo(false));
  handle.addEventListener("pointercancel", () => letGo(true));
  handle.addEventListener("keydown", (event) => {
    const way = WAYS[event.key];
    if (event.key === "Escape") letGo(true);
    if (!way) return;
    event.preventDefault();
    const from = held(),
      size = event.shiftKey ? 10 * step : step;
    onMove([from[0] + way[0] * size, from[1] + way[1] * size]);
  });
  handle.addEventListener("keyup", (event) => event.key in WAYS && onRelease(false));
  handle.addEventListener("blur", () => onRelease(false));
  return handle;
}
