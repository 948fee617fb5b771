// Schedules drawing: the first call draws at once, later ones at most once a frame. Browsers deliver input just before
// a frame, so it is drawn in that frame.

export class Painter {
  // paint(): draws everything on the screen from one state.
  constructor(paint) {
    this.paint = paint;
  }

  // then(): called once, when the current state has been painted. A later one replaces it.
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
