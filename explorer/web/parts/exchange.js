// What passes between a live page and Python: finished changes go out; states from the address and messages come in.

/** @import { Message, PageData } from "../kernel/types.js" */

const PATIENCE = 20_000,
  LONGEST = 320_000; // ms before a change is sent again; the wait doubles each time

const messages = new Map(); // for each page's key: the newest message of each subject, kept until the page is mounted
const counts = new Map(); // for each page's key: the number of its last change, also of an earlier visit
const readers = new Map(); // for each mounted page's key: read(message)

// Hands a message to the page of that key. message: {subject: content}; the acknowledgement's subject is "seen".
/** @param {string} key @param {Message} message */
export function deliver(key, message) {
  messages.set(key, { ...messages.get(key), ...message });
  readers.get(key)?.(message);
}

export class Exchange {
  // data: the page's, with its component's key and its first state; send(state): ui/components.py's.
  /** @param {PageData} data @param {(state: object) => void} send */
  constructor({ key, state }, send) {
    this.key = key;
    this.send = send;
    this.latest = JSON.stringify(state);
    this.revision = Math.max(state.revision ?? 0, counts.get(key) ?? 0); // no number twice in a session
  }

  // Calls read(message) for what has already arrived for this page, and for each later message.
  /** @param {(message: Message) => void} read */
  open(read) {
    this.reader = (message) => {
      this.arrived(message.seen);
      read(message);
    };
    readers.set(this.key, this.reader);
    if (messages.has(this.key)) this.reader(messages.get(this.key));
  }

  close() {
    clearTimeout(this.again);
    if (readers.get(this.key) === this.reader) readers.delete(this.key); // the next page may have the same key
  }

  // Sends a finished change: one message. The message is lost if the connection is down, and a restarted server treats
  // the first state that it receives as the initial one and reports no change. So it is sent again until Python
  // acknowledges it.
  /** @param {object} state */
  post(state) {
    this.pending = state;
    this.deliver(PATIENCE);
  }

  /** @param {number} wait */
  deliver(wait) {
    this.revision += 1;
    counts.set(this.key, this.revision);
    this.send({ ...this.pending, revision: this.revision });
    clearTimeout(this.again);
    if (wait <= LONGEST) this.again = setTimeout(() => this.deliver(2 * wait), wait);
    else this.pending = null;
  }

  // Python has received the change of that revision.
  /** @param {number | undefined} revision */
  arrived(revision) {
    if (!(revision >= this.revision)) return;
    clearTimeout(this.again);
    this.pending = null;
  }

  // Whether a state from Python is a new one to show. It may be the state that is shown, or one that this page posted,
  // also an earlier one if changes follow each other fast. A state from the address has no revision.
  /** @param {PageData["state"]} state */
  isNews(state) {
    this.arrived(state.seen);
    if (this.pending) return false; // Python does not have this page's last change yet
    const text = JSON.stringify(state);
    if (text === this.latest) return false;
    this.latest = text;
    return !(state.revision <= this.revision);
  }
}
