// What passes between the practice page and its trainings on the server: states come a few times a second, commands go
// out. No script runs for either.

import { readSafetensors } from "../kernel/safetensors.js";

const QUICK = 200,
  IDLE = 3000,
  HIDDEN = 4000,
  RETRY = 1500; // milliseconds from one answer to the next question
// ms for an answer. After a change of network some never arrive, and a browser may try each of its six connections.
const PATIENCE = 8000;
const soon = () => AbortSignal.timeout?.(PATIENCE); // not in Safari before 16
const isGone = ({ status }) => status === 404 || status === 410;
const isUnreached = ({ status }) => [502, 503, 504].includes(status); // a proxy's answer: the server gave none

export const ACTIVE = ["waiting", "running", "saving"]; // states in which a run changes by itself

// Is something new of a run to be expected soon? It trains, or its untrained model is being made.
const isBusy = (run) => run && (ACTIVE.includes(run.status.state) || (run.status.state === "ready" && !run.arrays));

// A run with what is new of it. before: the run until now, or null; arrays: of a new snapshot, if there is one; bundle:
// the files of a run of this browser, once it was measured.
export function joined(before, { status, arrays, bundle = null }) {
  const known = before?.status.id === status.id ? before : { points: [], arrays: null, bundle: null };
  return {
    status,
    points: known.points.slice(0, status.since).concat(status.points),
    arrays: arrays ?? known.arrays,
    bundle: bundle ?? known.bundle,
  };
}

export class Feed {
  // onNews({a, b}): an answer; onTrouble(problem or null); onGone(status): the server has no such trainings.
  constructor({ onNews, onTrouble, onGone }) {
    this.onNews = onNews;
    this.onTrouble = onTrouble;
    this.onGone = onGone;
    this.sent = Promise.resolve(null); // the commands so far
    this.name = Math.random().toString(36).slice(2); // unlike that of another feed of the same trainings
    this.count = 0; // of commands
    this.undelivered = null; // why a command has not arrived so far
  }

  // Other trainings, from now on. address: theirs; ready: a promise that resolves when they may be asked.
  move(address, ready) {
    this.address = address;
    this.ready = ready;
    this.known = { a: null, b: null }; // {status, points, arrays} of each run that there is
    this.stopped = false;
    this.ask();
  }

  // body: {action, chosen, pace, name}. Resolves to a sentence where it was refused, else to null. Commands are sent
  // one after the other: a later one must not arrive first.
  command(side, body) {
    this.count += 1;
    const numbered = JSON.stringify({ ...body, number: `${this.name}.${this.count}` });
    this.sent = this.sent.then(() => this.send(side, numbered));
    return this.sent;
  }

  // Sends a command until there is an answer. The server obeys a number once, whatever became of its first answer.
  async send(side, body) {
    let refused = null;
    for (;;) {
      await this.ready;
      try {
        const response = await fetch(`${this.address}/${side}`, { method: "POST", body, signal: soon() });
        if (isUnreached(response)) throw new Error(`HTTP ${response.status}`);
        if (!response.ok) refused = await response.text();
        break;
      } catch (error) {
        if (this.stopped) break;
        this.undelivered = error.message;
        this.onTrouble(error.message);
        await new Promise((resolve) => setTimeout(resolve, RETRY));
      }
    }
    this.undelivered = null;
    this.ask();
    return refused;
  }

  // Asks now, and then again and again.
  async ask() {
    if (this.stopped) return;
    if (this.asking) return void (this.again = true);
    clearTimeout(this.timer);
    this.asking = true;
    const { address } = this;
    let wait = RETRY;
    try {
      await this.ready;
      const question = Object.entries(this.known).map(([side, run]) => {
        const revision = run?.arrays ? run.status.revision : 0;
        return run ? `${side}=${run.status.id}.${revision}.${run.points.length}` : `${side}=0.0.0`;
      });
      const response = await fetch(`${address}?${question.join("&")}`, { cache: "no-store", signal: soon() });
      if (this.stopped) return;
      if (isGone(response)) {
        this.onTrouble(null);
        if (address === this.address) this.onGone(response.status);
        return; // to ask again a little later: the server may make new ones under this address
      }
      if (!response.ok) throw new Error(`HTTP ${response.status}`);
      const tensors = readSafetensors(await response.arrayBuffer());
      if (this.stopped) return;
      this.onTrouble(this.undelivered);
      if (address === this.address) this.take(tensors);
      wait = Object.values(this.known).some(isBusy) ? QUICK : IDLE;
      if (document.hidden) wait = HIDDEN;
    } catch (error) {
      if (this.stopped) return;
      if (address === this.address) this.onTrouble(error.message);
    } finally {
      this.asking = false;
      this.askLater(wait);
    }
  }

  askLater(wait) {
    if (this.stopped) return;
    this.timer = setTimeout(() => this.ask(), this.again ? 0 : wait);
    this.again = false;
  }

  take(tensors) {
    const status = JSON.parse(new TextDecoder().decode(tensors.status.values));
    for (const [side, one] of Object.entries(status)) {
      const part = (name) => tensors[`${side}.${name}`];
      const arrays = part("mean") && {
        mean: part("mean").values,
        z: part("z")?.values ?? null,
        label: part("label").values,
        manifold: part("manifold"),
      };
      this.known[side] = one && joined(this.known[side], { status: one, arrays });
    }
    this.onNews(this.known);
  }

  stop() {
    this.stopped = true;
    clearTimeout(this.timer);
  }
}
