// Draws at once, then no more than once a frame. Browsers hand over input just before a frame: it is drawn in that frame.

export class Painter {
  // paint(): draws everything that is on the screen, from one state.
  constructor(paint) {
    this.paint = paint;
  }

  // then(): called once, when what stands now has been painted; the next one given before that takes its place.
  draw(then) {
    if (then) this.then = then;
    if (this.scheduled) return void (this.stale = true);
    this.stale = false;
    this.paint();
    const painted = this.then;
    this.then = null;
    painted?.();
    this.scheduled = requestAnimationFrame(() => {
      this.scheduled = null;
      if (this.stale) this.draw();
    });
  }
}
