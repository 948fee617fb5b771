// One training in the browser, as explorer/background/runs.py has it on the server: it can be played, paused, stepped,
// stopped, changed and saved. Its methods return at once. `work` works for a moment, and returns when it wants to go
// on.
//
// It sends nothing and waits for nothing: worker.js does.

import { bundleFiles } from "./bundle.js";
import { evaluation, Snapshots } from "./evaluation.js";
import { NUMBERS } from "../numbers.js";
import { Diverged, Trainer } from "./trainer.js";

/**
 * @import { BundleFile } from "./bundle.js"
 * @import { Change, Settings, Split } from "./trainer.js"
 * @import { Terms } from "./objectives.js"
 *
 * @typedef {{settings: Settings, chosen: Record<string, any>, name: string}} Choice  what a person chose: the settings,
 *   the choices on the page, and what a run with them is called
 *
 * @typedef {object} Status  what the page shows of a run: as `describe` in explorer/serving/runs_route.py
 * @property {number | string} id
 * @property {number} revision  of the snapshot
 * @property {string} state
 * @property {number} place  in a queue, from 1; 0: in none
 * @property {Record<string, any>} chosen
 * @property {number} taken
 * @property {number} steps  of an epoch
 * @property {number} epochs
 * @property {number} seconds  of training
 * @property {Terms | null} last  means over the last whole epoch
 * @property {Record<string, [number, number]>} null
 * @property {number} since  the number of the first of `points` among all points
 * @property {Record<string, number | null>[]} points  of the curves, in the order of `at`, the number of steps
 * @property {string | null} problem
 * @property {string | null} note
 * @property {string | null} saved
 * @property {number} measured  while it is saved, the finished share
 * @property {string} name
 * @property {Change[]} changes
 *
 * @typedef {object} Arrays  a snapshot, as the page draws it
 * @property {Float32Array} mean
 * @property {Float32Array | null} z
 * @property {Uint8Array} label
 * @property {{shape: number[], values: Uint8Array}} manifold
 */

const SLICE = 40; // ms of work between two looks at the commands
const OVER = ["finished", "stopped", "failed"];

export class Run {
  // id: unlike that of any other run; data: the two splits of the dataset; now(): milliseconds.
  /**
   * @param {string} id @param {Choice} choice @param {{train: Split, test: Split}} data @param {() => number} now
   */
  constructor(id, choice, data, now = () => performance.now()) {
    this.id = id;
    this.choice = choice;
    this.data = data;
    this.now = now;
    /** @type {number | null} */
    this.pace = null; // the most steps per second; null: no limit
    this.wanted = 0; // steps still to take
    this.seconds = 0; // of training, without the time for snapshots and pauses
    /** @type {Record<string, number | null>[]} */
    this.points = [];
    /** @type {Arrays | null} */
    this.arrays = null;
    this.revision = 0;
    /** @type {string | null} */
    this.problem = null;
    /** @type {string | null} */
    this.ending = null; // its last state
    /** @type {Trainer | null} */
    this.trainer = null; // until the first work
    /** @type {Terms[]} */
    this.losses = []; // of the last steps
    this.snapshotAt = -1; // the number of steps at the last snapshot
    this.lastSnapshot = { at: -Infinity, took: 0 };
    /** @type {ReturnType<typeof evaluation> | null} */
    this.measuring = null; // while it is saved
    this.measured = 0;
    /** @type {BundleFile[] | null} */
    this.bundle = null;
  }

  get state() {
    if (this.measuring) return "saving";
    if (this.ending) return this.ending;
    if (this.wanted) return "running";
    return this.taken ? "paused" : "ready";
  }

  get taken() {
    return this.trainer?.taken ?? 0;
  }

  get isOver() {
    return OVER.includes(this.ending);
  }

  get hasBegun() {
    return this.taken > 0 || this.wanted > 0;
  }

  // ---- commands

  start() {
    this.want(Infinity);
  }

  step() {
    this.want(1);
  }

  // Trains to the end of the epoch; at the end of one, to the end of the next.
  epoch() {
    this.open();
    if (this.trainer) this.want(this.trainer.steps - (this.taken % this.trainer.steps));
  }

  pause() {
    this.wanted = 0;
  }

  // Ends the training. While the run is saved, it ends only the saving.
  stop() {
    if (this.measuring) this.measuring = null;
    else if (!this.isOver) this.end("stopped");
  }

  // Trains with other weights and learning rates from the next step on.
  /** @param {Choice} choice */
  change(choice) {
    if (this.isOver) return;
    this.open();
    this.choice = choice;
    this.trainer?.change(choice.settings.config.training);
  }

  // Measures the model and makes its bundle. Only for a finished run, and once.
  save() {
    if (this.ending !== "finished" || this.measuring || this.bundle) return;
    const { settings } = this.trainer,
      { train, test } = this.data;
    this.model = this.trainer.finished();
    this.problem = null;
    this.measured = 0;
    this.measuring = evaluation(this.model, settings, test, train, NUMBERS.importance_samples);
  }

  /** @param {number} steps */
  want(steps) {
    if (!this.isOver) this.wanted = steps;
  }

  // ---- work

  // Opens what is not open yet, then trains or measures for a moment. Returns the milliseconds after which it wants to
  // work again; null: it has nothing to do.
  /** @returns {number | null} */
  work() {
    try {
      this.open();
      if (this.measuring) return this.measure();
      return this.train();
    } catch (error) {
      this.fail(error);
      return null;
    }
  }

  open() {
    if (this.trainer || this.isOver) return;
    const { settings } = this.choice;
    try {
      this.snapshots = new Snapshots(settings, this.data.test);
      this.trainer = new Trainer(settings, this.data.train);
      this.takeSnapshot();
    } catch (error) {
      this.fail(error);
    }
  }

  /** @returns {number | null} */
  train() {
    const end = this.now() + SLICE;
    while (this.wanted > 0) {
      this.wanted -= 1;
      this.takeStep();
      if (this.trainer.done) this.end("finished");
      if (this.pace !== null || this.now() >= end) break;
    }
    if (!this.wanted && this.trainer && this.snapshotAt !== this.taken) this.takeSnapshot();
    if (!this.wanted) return null;
    return this.pace === null ? 0 : 1000 / this.pace;
  }

  takeStep() {
    const { trainer } = this,
      begun = this.now(),
      { terms } = trainer.step();
    this.losses.push(terms);
    if (this.losses.length > Math.min(trainer.steps, NUMBERS.curve_window)) this.losses.shift();
    const now = this.now(),
      { at, took } = this.lastSnapshot;
    this.seconds += (now - begun) / 1000;
    if (trainer.taken % trainer.steps === 0) this.addPoint();
    if (now - at >= Math.max(1000 * NUMBERS.snapshot_seconds, took / NUMBERS.snapshot_share)) this.takeSnapshot();
  }

  takeSnapshot() {
    const begun = this.now(),
      model = this.trainer.result,
      { mean, z, manifold, distances } = this.snapshots.take(model),
      shape = [manifold.length / model.pixels, model.pixels];
    this.arrays = { mean, z, label: this.snapshots.labels, manifold: { shape, values: manifold } };
    this.snapshotAt = this.taken;
    this.addPoint();
    Object.assign(this.points.at(-1), distances);
    this.revision += 1;
    const at = this.now();
    this.lastSnapshot = { at, took: at - begun };
  }

  // Adds a point to the curves: the means of the losses over the last steps.
  addPoint() {
    if (this.points.at(-1)?.at === this.taken) return;
    const mean = (name) => this.losses.reduce((sum, terms) => sum + terms[name], 0) / this.losses.length,
      names = Object.keys(this.losses[0] ?? {});
    this.points.push({ at: this.taken, ...Object.fromEntries(names.map((name) => [name, mean(name)])) });
  }

  /** @returns {number | null} */
  measure() {
    const end = this.now() + SLICE;
    do {
      const next = this.measuring.next();
      if (next.done === true) {
        this.finishSaving(next.value);
        return null;
      }
      this.measured = next.value;
    } while (this.now() < end);
    return 0;
  }

  /** @param {any} evaluated */
  finishSaving(evaluated) {
    const { history, changes, settings } = this.trainer;
    this.measuring = null;
    this.bundle = bundleFiles({
      config: settings.config,
      model: this.model,
      history,
      evaluated,
      labels: this.data.test.labels,
      changes,
      cost: { seconds: Math.round(10 * this.seconds) / 10, device: "a browser, JavaScript" },
    });
  }

  /** @param {string} state */
  end(state) {
    this.ending = state;
    this.wanted = 0;
  }

  /** @param {any} error */
  fail(error) {
    if (!(error instanceof Diverged)) console.error(error);
    this.problem = `${error.message}.`;
    if (this.measuring)
      this.measuring = null; // the trained model is still good
    else this.end("failed");
  }

  // ---- what the page shows

  // since: the number of the first point that the page does not have.
  /** @param {number} since @returns {Status} */
  status(since = 0) {
    const { id, revision, state, choice, taken, trainer } = this;
    return {
      id,
      revision,
      state,
      place: 0,
      chosen: choice.chosen,
      taken,
      steps: trainer?.steps ?? 0,
      epochs: choice.settings.config.training.epochs,
      seconds: this.seconds,
      last: trainer?.history.at(-1) ?? null,
      null: /** @type {Record<string, [number, number]>} */ (this.snapshots?.null ?? {}),
      since,
      points: this.points.slice(since),
      problem: this.problem,
      note: null,
      saved: null,
      measured: this.measured,
      name: choice.name,
      changes: trainer?.changes ?? [],
    };
  }
}
