// A dataset that is missing on the server: a sentence, and a button that downloads it there, with progress and a way to
// cancel.

import { focusedBeside, write } from "./dom.js";
import { fill } from "../kernel/text.js";

const ASK_AGAIN = 400; // ms between two questions for a download's progress

export class MissingDataset {
  // box: the element to fill; base: the address that the server's answers are relative to; words: of
  // texts/en/datasets.py; onFetched(dataset): called when it has arrived.
  /**
   * @param {HTMLElement} box @param {URL} base @param {Record<string, string>} words
   * @param {(dataset: string) => void} onFetched
   */
  constructor(box, base, words, onFetched) {
    this.box = box;
    this.base = base;
    this.words = words;
    this.onFetched = onFetched;
    this.dataset = null; // the offered one
    this.isFollowed = false; // was its download asked for here, or seen here?
    box.classList.add("missing-dataset");
    box.innerHTML =
      '<span class="why" role="status"></span> <button type="button" class="start"></button> ' +
      '<progress max="1"></progress> <button type="button" class="cancel"></button>';
    /** @type {HTMLElement} */
    this.why = box.querySelector(".why");
    /** @type {HTMLButtonElement} */
    this.start = box.querySelector(".start");
    /** @type {HTMLProgressElement} */
    this.bar = box.querySelector("progress");
    /** @type {HTMLButtonElement} */
    this.stop = box.querySelector(".cancel");
    write(this.stop, words.cancel);
    this.bar.setAttribute("aria-label", words.progress);
    this.start.addEventListener("click", () => this.order("fetch"));
    this.stop.addEventListener("click", () => this.order("cancel"));
    box.hidden = true;
  }

  // Offers to fetch a dataset, or none (null). sentence: why it is needed, with {dataset} in it.
  /** @param {string | null} dataset */
  offer(dataset, sentence = this.words.missing) {
    const wasHere = this.box.contains(focusedBeside(this.box));
    this.box.hidden = dataset === null;
    if (wasHere && this.box.hidden) this.focusNext();
    if (this.dataset === dataset) return;
    clearTimeout(this.timer);
    this.dataset = dataset;
    this.sentence = sentence;
    this.isFollowed = false;
    if (dataset === null) return;
    this.show({ state: "idle" });
    this.start.hidden = true; // until the size is known
    this.ask({});
  }

  /** @param {"fetch" | "cancel"} action */
  order(action) {
    this.isFollowed = true;
    return this.ask({
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ action }),
    });
  }

  /** @param {RequestInit} options */
  async ask(options) {
    clearTimeout(this.timer);
    const { dataset, words } = this;
    let found;
    try {
      const response = await fetch(new URL(`datasets/${dataset}`, this.base), { cache: "no-store", ...options });
      if (!response.ok) throw new Error(await response.text());
      found = await response.json();
    } catch (error) {
      found = { state: "silent", problem: fill(words.server_silent, { why: error.message }) };
    }
    if (dataset === this.dataset) this.show(found);
  }

  /**
   * Shows the state of the download. state: idle, running, elsewhere, failed, cancelled, or silent if the server did
   * not answer; done, total: bytes; problem: a sentence or null. The server keeps the outcome of the last download. It
   * is shown only to people who have followed that download.
   * @param {{present?: boolean, state: string, done?: number, total?: number, problem?: string | null}} found
   */
  show({ present, state, done = 0, total = 0, problem }) {
    const { dataset, words } = this,
      running = state === "running";
    if (present) {
      this.offer(null);
      return this.onFetched(dataset);
    }
    this.isFollowed ||= running;
    if (running) this.timer = setTimeout(() => this.ask({}), ASK_AGAIN);
    const megabytes = (bytes) => (bytes / 1e6).toFixed(1);
    write(this.start, fill(words.fetch, { dataset, size: total ? megabytes(total) : "?" }));
    const outcome = this.isFollowed ? { failed: problem, cancelled: words.cancelled } : {};
    const now = { running: words.fetching, elsewhere: words.busy, silent: problem };
    const why = { ...outcome, ...now }[state] ?? this.sentence;
    // a screen reader does not read every megabyte
    this.why.setAttribute("aria-live", running && this.state === "running" ? "off" : "polite");
    this.state = state;
    write(this.why, fill(why, { dataset, done: megabytes(done), total: megabytes(total) }));
    const focused = focusedBeside(this.box);
    this.start.hidden = running;
    for (const part of [this.bar, this.stop]) part.hidden = !running;
    if (running && focused === this.start) this.stop.focus();
    if (!running && focused === this.stop) this.start.focus();
    this.bar.value = running && total ? done / total : 0;
  }

  // Moves the focus to the next element, because the box is hidden now.
  focusNext() {
    /** @type {NodeListOf<HTMLElement>} */
    const all = this.box.closest(".live").querySelectorAll("button:enabled, select:enabled, input:enabled");
    /** @param {Node} one */
    const isBehind = (one) => this.box.compareDocumentPosition(one) & Node.DOCUMENT_POSITION_FOLLOWING;
    [...all].find((one) => isBehind(one) && one.offsetParent)?.focus();
  }

  destroy() {
    clearTimeout(this.timer);
    this.dataset = null;
  }
}
