// Work that is done between frames.

const BUDGET = 9; // milliseconds of a frame that a training may take

// What work() returns after a part of a step: the frame may end there, and the step is not counted yet.
export const PART = Symbol("a part of a step");

export class Runner {
  // Calls `work()` between frames until it returns false or stop() is called: in each frame as often as fits into
  // `budget` milliseconds, and for at most `most()` steps. After each frame's work it calls `shown(done)`. The work
  // counts its own steps: a slow machine takes longer, and comes to the same result.
  /**
   * @param {() => any} work @param {(done: boolean) => void} shown
   * @param {{most?: () => number, budget?: number}} options
   */
  start(work, shown, { most = () => Infinity, budget = BUDGET } = {}) {
    this.stop();
    const frame = () => {
      const begin = performance.now();
      let steps = 0,
        result;
      do {
        result = work();
        if (result !== PART) steps += 1;
      } while (result !== false && steps < most() && performance.now() - begin < budget);
      const done = result === false;
      this.waiting = done ? null : requestAnimationFrame(frame);
      shown(done);
    };
    this.waiting = requestAnimationFrame(frame);
  }

  get running() {
    return (this.waiting ?? null) !== null;
  }

  stop() {
    if (this.running) cancelAnimationFrame(this.waiting);
    this.waiting = null;
  }
}
