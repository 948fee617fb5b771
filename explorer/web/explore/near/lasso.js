// A lasso over a map: the pointer draws a line, which its release closes. The map beneath neither pans nor hovers
// meanwhile.

const STEP = 3; // pixels between two corners

export class Lasso {
  // panel: whose map; on: {move(panel, corners), end(panel, corners: in the map's units, or null if it was broken
  // off)}.
  constructor(panel, on) {
    const sheet = document.createElement("div");
    sheet.className = "near-lasso";
    panel.map.host.append(sheet);
    this.panel = panel;
    this.on = on;
    this.sheet = sheet;
    this.corners = null;
    for (const name of ["touchstart", "touchmove"])
      // a finger draws, it does not scroll
      sheet.addEventListener(name, (event) => event.preventDefault(), { passive: false });
    for (const name of ["pointerdown", "pointermove", "pointerup", "pointercancel"])
      sheet.addEventListener(name, (event) => this.hear(event));
  }

  hear(event) {
    event.stopPropagation();
    if (event.type === "pointerdown" && !event.button && !this.corners) {
      event.preventDefault();
      this.pointer = event.pointerId;
      this.sheet.setPointerCapture(event.pointerId);
      this.corners = [];
      this.last = null;
      this.add(event);
    } else if (this.corners && event.pointerId === this.pointer) {
      if (event.type === "pointermove") this.add(event);
      else if (event.type === "pointerup") this.end(this.corners);
      else if (event.type === "pointercancel") this.end(null);
    }
  }

  add(event) {
    const box = this.panel.map.host.getBoundingClientRect(),
      { toX, toY } = this.panel.map.scale();
    const [px, py] = [event.clientX - box.left, event.clientY - box.top];
    if (this.last && Math.hypot(px - this.last[0], py - this.last[1]) < STEP) return;
    this.last = [px, py];
    this.corners.push([toX(px), toY(py)]);
    this.on.move(this.panel, this.corners);
  }

  end(corners) {
    this.corners = null;
    this.on.end(this.panel, corners);
  }

  remove() {
    this.sheet.remove();
  }
}
