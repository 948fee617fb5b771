// Animations, one at a time.

export class Animation {
  /** @type {number | null} */
  waiting = null; // the frame that is asked for

  get isRunning() {
    return this.waiting !== null;
  }

  // Calls show(share), with share from 0 to 1 over so many seconds, then done(). In few steps where motion is not
  // wanted. Another animation ends.
  /** @param {number} seconds @param {(share: number) => void} show @param {() => void} done */
  run(seconds, show, done) {
    this.stop();
    const steps = matchMedia("(prefers-reduced-motion: reduce)").matches ? 6 : null;
    const start = performance.now();
    let last = -1;
    const tick = (now) => {
      const share = Math.min(1, Math.max(0, (now - start) / 1000 / seconds));
      const shown = steps ? Math.floor(share * steps) / steps : share;
      if (shown !== last) show((last = shown));
      if (share < 1) this.waiting = requestAnimationFrame(tick);
      else ((this.waiting = null), done());
    };
    this.waiting = requestAnimationFrame(tick);
  }

  stop() {
    if (this.waiting !== null) cancelAnimationFrame(this.waiting);
    this.waiting = null;
  }
}
