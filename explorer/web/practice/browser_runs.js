// The trainings of this browser: a worker for each of the two.

import { configOf } from "../kernel/training/config.js";
import { ACTIVE, joined } from "./feed.js";
import { readSafetensors } from "../kernel/safetensors.js";
import { fill } from "../kernel/text.js";

/**
 * @import { Choice } from "../kernel/training/run.js"
 * @import { News } from "../kernel/training/slot.js"
 * @import { Split } from "../kernel/training/trainer.js"
 */

// What a worker needs to train with these choices. data: the page's; name: what a run with them is called.
/** @param {Record<string, any>} chosen @param {Record<string, any>} data @param {string} name @returns {Choice} */
export function choiceOf(chosen, data, name) {
  const { kind, prior } = chosen,
    { recipes, siblings } = data.browser,
    { shape } = data.priors.find((one) => one.name === prior),
    config = configOf(recipes[kind][prior], chosen, data.settings);
  return { chosen, name, settings: { config, sibling: siblings[kind], shape } };
}

// What is new of a run, with the sentences that the page shows.
/** @param {News} news @param {{name: string, title: string}[]} settings */
export function told({ status, ...rest }, settings) {
  const title = (setting) => settings.find(({ name }) => name === setting).title;
  const changes = status.changes.map(({ setting, after, step }) => ({
    at: step,
    text: `${title(setting)} = ${after}`,
  }));
  return { status: { ...status, changes, home: "browser" }, ...rest };
}

export class BrowserRuns {
  constructor() {
    this.workers = {};
    this.known = { a: null, b: null }; // {status, points, arrays, bundle} of each run that there is
    this.pace = { a: null, b: null };
    this.listener = null; // the page, while it is shown
    this.count = 0; // of workers
    /** @type {Promise<{train: Split, test: Split}> | null} */
    this.fetched = null; // the images
  }

  get isTraining() {
    return Object.values(this.known).some((run) => run && ACTIVE.includes(run.status.state));
  }

  // The page is shown, and wants to know what is new.
  /** @param {{data: Record<string, any>, base: URL, onNews: () => void, onTrouble: (sentence: string) => void}} page */
  attach(page) {
    this.listener = page;
  }

  /** @param {object} page  as in `attach` */
  detach(page) {
    if (this.listener === page) this.listener = null;
  }

  // body: {action, chosen, pace}; name: what a run with these choices is called. Resolves to a sentence if it could not
  // be obeyed, else to null.
  /** @param {"a" | "b"} side @param {Record<string, any>} body @param {string} name */
  async command(side, { action, chosen, pace = null }, name) {
    const { data } = this.listener,
      { words } = data;
    if (action === "pace") this.pace[side] = pace;
    const message = { action, pace, choice: chosen && choiceOf(chosen, data, name) };
    try {
      if (action !== "pace" || this.workers[side]) (await this.workerOf(side)).postMessage(message);
      return null;
    } catch (error) {
      return fill(words.no_browser_training, { problem: error.message });
    }
  }

  // The worker of a side; a new one if there is none. Commands wait for the images.
  /** @param {"a" | "b"} side @returns {Promise<Worker>} */
  workerOf(side) {
    this.workers[side] ??= this.newWorker(side);
    this.workers[side].catch(() => delete this.workers[side]); // the next command tries again
    return this.workers[side];
  }

  /** @param {"a" | "b"} side */
  async newWorker(side) {
    const data = await this.images();
    const worker = new Worker(new URL("./worker.js", import.meta.url), { type: "module", name: `run ${side}` });
    this.count += 1;
    worker.onmessage = (event) => this.take(side, event.data);
    worker.onerror = (event) => this.lose(side, worker, event.message);
    worker.postMessage({ name: `browser${this.count}.`, data });
    worker.postMessage({ action: "pace", pace: this.pace[side] });
    return worker;
  }

  // The images of both splits. They are fetched once, with the first command.
  /** @returns {Promise<{train: Split, test: Split}>} */
  images() {
    this.fetched ??= this.fetchImages();
    this.fetched.catch(() => (this.fetched = null));
    return this.fetched;
  }

  async fetchImages() {
    const { data, base } = this.listener,
      response = await fetch(new URL(data.browser.file, base));
    if (!response.ok) throw new Error(`HTTP ${response.status}`);
    const tensors = readSafetensors(await response.arrayBuffer());
    const split = (part) => ({
      images: /** @type {Uint8Array} */ (tensors[`${part}.images`].values),
      labels: /** @type {Uint8Array} */ (tensors[`${part}.labels`].values),
    });
    return { train: split("train"), test: split("test") };
  }

  /** @param {"a" | "b"} side @param {News} news */
  take(side, news) {
    const { listener } = this;
    this.settings = listener?.data.settings ?? this.settings;
    this.known = { ...this.known, [side]: joined(this.known[side], told(news, this.settings)) };
    listener?.onNews();
  }

  // The worker's script has failed, or cannot be loaded.
  /** @param {"a" | "b"} side @param {Worker} worker @param {string} [problem] */
  lose(side, worker, problem = "") {
    worker.terminate();
    delete this.workers[side];
    this.known = { ...this.known, [side]: null };
    const { words } = this.listener?.data ?? {};
    if (!words) return;
    this.listener.onTrouble(fill(words.no_browser_training, { problem: problem || words.no_worker }));
    this.listener.onNews();
  }
}
