// What passes between a live page and Python: finished changes go out, states from the address come in.

const PATIENCE = 20_000,
  LONGEST = 320_000; // ms before a change goes again, twice as long each time

let open = null; // the page's

// Python has the change of that revision.
export const echoed = (revision) => open?.arrived(revision);

export class Exchange {
  // state: what the page was mounted with; send(state): ui/components.py's.
  constructor(state, send) {
    open = this;
    this.send = send;
    this.latest = JSON.stringify(state);
    this.revision = state.revision ?? 0; // counts on where an earlier visit in this session left off
  }

  // A change that is finished: one message. It is lost while the connection is cut, and a server that was restarted takes a
  // first one for what was always so; therefore it goes again until it is echoed.
  post(state) {
    this.pending = state;
    this.deliver(PATIENCE);
  }

  deliver(wait) {
    this.revision += 1;
    this.send({ ...this.pending, revision: this.revision });
    clearTimeout(this.again);
    if (wait <= LONGEST) this.again = setTimeout(() => this.deliver(2 * wait), wait);
    else this.pending = null;
  }

  arrived(revision) {
    if (!(revision >= this.revision)) return;
    clearTimeout(this.again);
    this.pending = null;
  }

  // Is what has arrived a state to show? It may be the one that is shown, or an echo of what was posted from here: an
  // earlier one too, where changes follow each other fast. A state from the address has no revision.
  isNews(state) {
    this.arrived(state.seen);
    if (this.pending) return false; // what was changed here has not arrived there
    const text = JSON.stringify(state);
    if (text === this.latest) return false;
    this.latest = text;
    return !(state.revision <= this.revision);
  }
}
