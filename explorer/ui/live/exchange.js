// What passes between a live page and Python: finished changes go out, states from the address come in.

export class Exchange {
  // state: what the page was mounted with; send(state): live/__init__.py's.
  constructor(state, send) {
    this.send = send;
    this.latest = JSON.stringify(state);
    this.revision = state.revision ?? 0; // counts on where an earlier visit in this session left off
  }

  // A change that is finished: one message.
  post(state) {
    this.revision += 1;
    this.send({ ...state, revision: this.revision });
  }

  // Is what has arrived a state to show? It may be the one that is shown, or an echo of what was posted from here: an
  // earlier one too, where changes follow each other fast. A state from the address has no revision.
  isNews(state) {
    const text = JSON.stringify(state);
    if (text === this.latest) return false;
    this.latest = text;
    return !(state.revision <= this.revision);
  }
}
