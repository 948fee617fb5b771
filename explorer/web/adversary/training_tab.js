// The base of a tab in which something is trained between frames: run, pause, step, reset, seed and speed.
//
// A tab extends TrainingTab and fills in the hooks at the end. Its panel holds the buttons .run and .reset, the field
// .seed, and may hold the list .speed.

import { writeSelect } from "./forms.js";
import { Painter } from "../parts/painter.js";
import { Runner } from "../parts/runner.js";
import { fill } from "../kernel/text.js";
import { fieldOf } from "../kernel/address.js";

const SEED = fieldOf("adversary", "seed");

export class TrainingTab {
  // name: the tab's part of the state; runLabel: of its run button while nothing runs.
  constructor(lesson, root, { name, runLabel }) {
    this.lesson = lesson;
    this.root = root;
    this.name = name;
    this.runLabel = runLabel;
    this.runner = new Runner();
    this.painter = new Painter(() => this.paint(), root);
    this.find(".run").addEventListener("click", () => (this.runner.running ? this.pause() : this.run()));
    this.find(".reset").addEventListener("click", () => this.reset());
    this.find(".seed").addEventListener("change", (event) => this.takeSeed(event.target));
    this.find(".speed")?.addEventListener("change", (event) => this.set({ speed: Number(event.target.value) }));
  }

  find(selector) {
    return this.root.querySelector(selector);
  }

  // The tab's part of the lesson's state.
  get own() {
    return this.lesson.state[this.name];
  }

  // ---- state ---------------------------------------------------------------------------------------------

  // A setting is chosen.
  set(part) {
    this.lesson.change(part);
    this.lesson.commit();
    this.refresh();
  }

  takeSeed(field) {
    const seed = Number(field.value);
    if (Number.isInteger(seed) && seed >= SEED.least && seed <= SEED.most) this.set({ seed });
    else field.value = this.own.seed;
  }

  // Updates the tab from the state. If the training does not fit the state any more, it begins again.
  refresh() {
    Object.assign(this.find(".seed"), { max: SEED.most, value: this.own.seed });
    if (this.find(".speed")) writeSelect(this.find(".speed"), this.own.speed);
    this.showSettings();
    const key = JSON.stringify(this.basis());
    if (this.key === key) {
      this.adopt();
      this.painter.draw();
    } else {
      this.pause();
      this.key = key;
      this.prepare();
      this.reset();
    }
  }

  // ---- training ------------------------------------------------------------------------------------------

  reset() {
    this.pause();
    this.begin();
    this.painter.draw();
  }

  run() {
    this.train(
      () => this.work(),
      () => this.speed,
    );
    this.showRun();
  }

  // Calls work() between frames until it returns false: at most so many steps a frame.
  train(work, most) {
    this.runner.start(
      work,
      (done) => {
        this.painter.draw();
        if (done) this.finish();
      },
      { most },
    );
  }

  // Pauses, and makes one move at once.
  once(move) {
    this.pause();
    move();
    this.finish();
  }

  pause() {
    if (!this.runner.running) return this.showRun();
    this.runner.stop();
    return this.finish();
  }

  // A run has ended.
  finish() {
    this.showRun();
    this.say();
    this.painter.draw();
  }

  showRun() {
    const { words } = this.lesson,
      { running } = this.runner,
      button = this.find(".run");
    button.textContent = running ? words.pause : this.runLabel;
    button.setAttribute("aria-pressed", String(running));
  }

  // Tells a screen reader how far the training is. loss: a text.
  sayProgress(steps, loss) {
    this.lesson.announce(fill(this.lesson.words.said_steps, { steps, loss }));
  }

  // The tab is left for another one.
  stop() {
    if (this.runner.running) this.pause();
  }

  recolour() {
    this.painter.draw();
  }

  // ---- hooks ---------------------------------------------------------------------------------------------

  // Shows the settings that are the tab's own.
  showSettings() {}

  // What the training depends on: any other value begins it again.
  basis() {
    return [this.own.seed];
  }

  // Computes what all trainings on this basis share.
  prepare() {}

  // Makes untrained models.
  begin() {}

  // Adopts settings that may change during a training.
  adopt() {}

  // One piece of work, short enough for a frame. Returns false at the end of the training, PART within a step.
  work() {}

  // The steps of a frame.
  get speed() {
    return this.own.speed;
  }

  // Tells a screen reader how far the training is.
  say() {}

  // Draws one frame, from one state.
  paint() {}

  // The page is left.
  destroy() {}
}
