// Plays a walk: moves its cursor on, once a frame of the screen.

import { write } from "../../parts/dom.js";

export class Player {
  // button: starts and stops it; words: the tool's; walk: {at(), frames(), seconds(): of each frame, seek(at)}.
  constructor(button, words, walk) {
    this.button = button;
    this.words = words;
    this.walk = walk;
    this.playing = null;
  }

  toggle() {
    if (this.playing) this.pause();
    else this.play();
  }

  // Runs on from the cursor, over and over; where little motion is asked for, from frame to frame.
  play() {
    const { walk } = this,
      steps = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    let before = null,
      exact = walk.at() >= walk.frames() - 1 ? 0 : walk.at();
    const run = (now) => {
      exact += before === null ? 0 : (now - before) / 1000 / walk.seconds();
      before = now;
      if (exact > walk.frames() - (steps ? 0 : 0.5)) exact = 0; // the last frame is held for a while
      walk.seek(steps ? Math.floor(exact) : exact);
      this.playing = requestAnimationFrame(run);
    };
    this.playing = requestAnimationFrame(run);
    write(this.button, this.words.pause);
  }

  pause() {
    if (this.playing) cancelAnimationFrame(this.playing);
    this.playing = null;
    write(this.button, this.words.play);
  }
}
