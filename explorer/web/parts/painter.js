// Schedules drawing: the first call draws at once, later ones at most once a frame. Browsers deliver input just before
// a frame, so it is drawn in that frame.

export class Painter {
  // paint(): draws everything on the screen from one state; root: its data-frame counts the frames.
  /** @param {() => void} paint @param {HTMLElement} root */
  constructor(paint, root) {
    this.paint = paint;
    this.root = root;
    this.frames = 0;
  }

  // then(): called once, when the current state has been painted. A later one replaces it.
  /** @param {() => void} [then] */
  draw(then) {
    if (then) this.then = then;
    if (this.scheduled) return void (this.stale = true);
    this.stale = false;
    this.paint();
    this.frames += 1;
    this.root.dataset.frame = String(this.frames);
    const painted = this.then;
    this.then = null;
    painted?.();
    this.scheduled = requestAnimationFrame(() => {
      this.scheduled = null;
      if (this.stale) this.draw();
    });
  }
}
