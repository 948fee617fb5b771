// Work that is done between frames.

const BUDGET = 9; // milliseconds of a frame that a training may take

// Runs `work()` between frames, as often as fits, at most `most` times and for `budget` milliseconds a frame, until it says
// false or stop() is called; after each frame's work, `shown(done)`. The work counts its own steps: a slow machine takes
// longer, and comes to the same.
export class Runner {
  start(work, shown, most = Infinity, budget = BUDGET) {
    this.stop();
    const frame = () => {
      const begin = performance.now();
      let more = true,
        times = 0;
      do {
        more = work() !== false;
        times += 1;
      } while (more && times < most && performance.now() - begin < budget);
      if (more) this.waiting = requestAnimationFrame(frame);
      else this.waiting = null;
      shown(!more);
    };
    this.waiting = requestAnimationFrame(frame);
  }

  get running() {
    return this.waiting != null;
  }

  stop() {
    if (this.waiting != null) cancelAnimationFrame(this.waiting);
    this.waiting = null;
  }
}
