// The script of a Web Worker that trains, so that the page never waits for a training.
//
// To the worker: {name, data} first, then commands (kernel/training/slot.js). From it: what is new of its run, after
// each command and at most every NEWS milliseconds while it trains.

import { Slot } from "../kernel/training/slot.js";

const NEWS = 100;

/** @type {Slot} */
let slot;
let toldAt = -Infinity; // when the page was told last
let isDue = false; // has the next work been posted?
let timer;
const { port1, port2 } = new MessageChannel(); // its messages come at once, unlike a timeout of 0 ms
port1.onmessage = () => {
  isDue = false;
  work();
};

function work() {
  clearTimeout(timer);
  const wait = slot.work();
  if (wait === null || performance.now() - toldAt >= NEWS) tell();
  if (wait === 0) {
    isDue = true;
    port2.postMessage(null);
  } else if (wait !== null) timer = setTimeout(work, wait);
}

function tell() {
  toldAt = performance.now();
  const news = slot.news();
  if (news) self.postMessage(news);
}

self.onmessage = ({ data: message }) => {
  if (message.data) {
    slot = new Slot(message.name, message.data);
    return;
  }
  slot.obey(message);
  tell();
  if (!isDue) work();
};
