// The base of all live pages: what every page keeps, and how it is mounted, updated and left.
//
// A page extends Page and fills in the hooks at the end. Its module exports `mount = mounting(ThePage)`.

import { write } from "./dom.js";
import { Exchange } from "./exchange.js";
import { Help } from "./help.js";
import { Painter } from "./painter.js";
import { Terms } from "./terms.js";
import { followScreen, readTheme } from "./theme.js";
import { fill } from "../kernel/text.js";

/** @import { Message, PageData, Theme } from "../kernel/types.js" */

// A page module's mount(root, data, send): fills `root` with the page, and returns {update(data), destroy()}.
// data: see ui/components.py; send(state) hands a finished change to Python.
/** @param {typeof Page} PageClass */
export const mounting = (PageClass) => (root, data, send) => {
  const page = new PageClass(root, data, send);
  page.exchange.open((message) => page.receive(message));
  return { update: (next) => page.update(next), destroy: () => page.destroy() };
};

// Resolves when the browser has painted what was drawn so far.
export const painted = () => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));

// Resolves when what waits has been done: input, frames, messages.
export const idle = () =>
  new Promise((resolve) =>
    window.requestIdleCallback ? requestIdleCallback(resolve, { timeout: 300 }) : setTimeout(resolve),
  );

export class Page {
  /** @param {HTMLElement} root @param {PageData} data @param {(state: object) => void} send */
  constructor(root, data, send) {
    this.root = root;
    this.data = data; // the newest from Python
    this.words = data.words;
    this.base = new URL(data.assets, document.baseURI);
    this.exchange = new Exchange(data, send);
    this.help = new Help(root, this.words.guide);
    this.terms = new Terms(root, this.words.glossary);
    this.destroyed = false;
    this.painter = new Painter(() => this.destroyed || this.drawFrame(), root);
    this.resizer = new ResizeObserver(() => this.resize()); // a page names the elements that it observes
    this.unfollowScreen = followScreen(() => this.resize());
    this.readColours();
  }

  find(selector) {
    return this.root.querySelector(selector);
  }

  // Redraws what fits these elements when one of them changes its size. A text that wraps may squeeze a drawing though
  // the page keeps its size.
  /** @param {Iterable<Element>} elements */
  observe(elements) {
    for (const element of elements) this.resizer.observe(element);
  }

  // Draws one frame soon. then(): called when it has been drawn.
  /** @param {() => void} [then] */
  draw(then) {
    this.painter.draw(then);
  }

  // Marks the page as ready: tests and screenshots wait for it.
  markReady() {
    this.root.dataset.ready = "true";
  }

  // Gives a screen reader a text to read aloud.
  /** @param {string} text */
  announce(text) {
    write(this.find(".announcement"), text);
  }

  // Shows an error above the page. what: the sentence's first part, which says what did not work.
  /** @param {Error} error @param {string} what */
  fail(error, what = this.words.page.not_drawn) {
    console.error(error);
    const box = this.find(".failure");
    box.hidden = false;
    write(box, fill(this.words.page.failed, { what, why: error.message }));
  }

  // Reads the theme's colours. Returns whether they changed.
  readColours() {
    const { symbols, estimators, models } = this.data.symbols;
    const colours = readTheme(this.root, { ...symbols, ...estimators, ...models }, this.colours);
    if (colours) this.colours = this.coloursOf(colours);
    return colours !== null;
  }

  // Takes new data: another theme, answers from Python, or a state from the address.
  /** @param {PageData} data */
  update(data) {
    const before = this.data;
    this.data = data;
    if (this.readColours()) this.recolour();
    this.take(data, before);
    if (this.exchange.isNews(data.state)) this.showState(data.state);
  }

  destroy() {
    this.destroyed = true;
    this.exchange.close();
    this.help.destroy();
    this.resizer.disconnect();
    this.unfollowScreen();
    this.leave();
  }

  // ---- hooks ---------------------------------------------------------------------------------------------

  // Draws everything that moves, from one state.
  drawFrame() {}

  // Shows a state that came from the address.
  /** @param {Record<string, any>} _state */
  showState(_state) {}

  // Takes the rest of the new data. before: the data until now.
  /** @param {PageData} _data @param {PageData} _before */
  take(_data, _before) {}

  // Takes a message that Python sent without the page's data: see tell() in ui/components.py.
  /** @param {Message} _message */
  receive(_message) {}

  // What the page keeps of the theme's colours.
  /** @param {Theme} colours @returns {any} */
  coloursOf(colours) {
    return colours;
  }

  // The colours changed.
  recolour() {
    this.draw();
  }

  // An observed element changed its size, or the window came to a screen of another sharpness.
  resize() {
    this.draw();
  }

  // The page is left.
  leave() {}
}
