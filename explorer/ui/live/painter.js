// Draws at once, then no more than once a frame. Browsers hand over input just before a frame: it is drawn in that frame.

export class Painter {
  // paint(): draws everything that is on the screen, from one state.
  constructor(paint) {
    this.paint = paint;
  }

  draw() {
    if (this.scheduled) return void (this.stale = true);
    this.stale = false;
    this.paint();
    this.scheduled = requestAnimationFrame(() => {
      this.scheduled = null;
      if (this.stale) this.draw();
    });
  }
}
