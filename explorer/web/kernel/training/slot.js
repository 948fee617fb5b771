// The place of one of the page's two trainings in the browser: it obeys the page's commands, and has one run at a time.
// As `Session.command` in explorer/background/sessions.py.

import { Run } from "./run.js";

/**
 * @import { Arrays, Choice, Status } from "./run.js"
 * @import { BundleFile } from "./bundle.js"
 * @import { Split } from "./trainer.js"
 *
 * @typedef {"prepare" | "start" | "step" | "epoch" | "reset" | "pause" | "stop" | "change" | "pace" | "save"} Action
 * @typedef {{action: Action, choice?: Choice, pace?: number | null}} Command
 * @typedef {{status: Status, arrays: Arrays | null, bundle: BundleFile[] | null}} News  what is new of the run
 */

const BEGIN = ["start", "step", "epoch", "reset"],
  COMMANDS = ["start", "step", "epoch", "pause", "stop", "save"]; // methods of a run

export class Slot {
  // name: unlike that of any other slot.
  /** @param {string} name @param {{train: Split, test: Split}} data @param {() => number} [now] */
  constructor(name, data, now) {
    this.name = name;
    this.data = data;
    this.now = now;
    this.count = 0; // of runs
    /** @type {Run | null} */
    this.run = null;
    /** @type {number | null} */
    this.pace = null;
    this.sent = { points: 0, revision: 0, bundle: null }; // what the page has of the run
  }

  /** @param {Command} command */
  obey({ action, choice, pace = null }) {
    if (action === "pace") this.pace = pace;
    if (this.isNew(action, choice)) this.begin(choice);
    if (action === "change") this.run?.change(choice);
    else if (COMMANDS.includes(action)) /** @type {any} */ (this.run)?.[action]();
    if (this.run) this.run.pace = this.pace;
  }

  // Does this begin a new run? prepare makes the untrained model, as reset does, but leaves a training that has begun.
  /** @param {Action} action @param {Choice} choice */
  isNew(action, choice) {
    const { run } = this;
    if (action === "prepare") return !run?.hasBegun && !this.has(choice);
    if (!BEGIN.includes(action)) return false;
    return !run || action === "reset" || run.isOver || (!run.taken && !this.has(choice));
  }

  /** @param {Choice} choice */
  has({ settings: { config } }) {
    return this.run && JSON.stringify(this.run.choice.settings.config) === JSON.stringify(config);
  }

  /** @param {Choice} choice */
  begin(choice) {
    this.count += 1;
    this.run = new Run(`${this.name}${this.count}`, choice, this.data, this.now);
    this.sent = { points: 0, revision: 0, bundle: null };
  }

  // Works for a moment: see Run.
  work() {
    return this.run ? this.run.work() : null;
  }

  /** @returns {News | null} */
  news() {
    const { run, sent } = this;
    if (!run) return null;
    const arrays = run.revision === sent.revision ? null : run.arrays,
      bundle = run.bundle === sent.bundle ? null : run.bundle,
      status = run.status(sent.points);
    // the last point may still get its distances
    this.sent = { points: Math.max(0, run.points.length - 1), revision: run.revision, bundle: run.bundle };
    return { status, arrays, bundle };
  }
}
