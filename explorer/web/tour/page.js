// The tour's strip: the step, its buttons, and its question, which is answered from what the page below shows.

import { answerOf } from "./answers.js";
import { write } from "../parts/dom.js";
import { Exchange } from "../parts/exchange.js";
import { fill } from "../kernel/text.js";

/** @import { PageData } from "../kernel/types.js" */

// The page below the strip, for answers.js. facts: numbers that it draws on a canvas.
/** @param {HTMLElement} strip @param {Record<string, string>} facts @returns {import("./answers.js").Seen} */
function seen(strip, facts) {
  const roots = [...document.querySelectorAll("*")].map((element) => element.shadowRoot).filter(Boolean);
  /** @type {HTMLElement[]} */
  const pages = roots.map((root) => root.querySelector(".live"));
  const page = pages.find((one) => one && one !== strip);
  const text = (selector) => page?.querySelector(selector)?.textContent ?? "";
  return {
    tab: page?.dataset.tab,
    text,
    numbers: (selector) => text(selector).match(/−?\d[\d,]*(\.\d+)?/g) ?? [],
    facts,
  };
}

class Tour {
  /** @param {HTMLElement} root @param {PageData} data @param {(state: object) => void} send */
  constructor(root, data, send) {
    this.root = root;
    this.data = data;
    this.words = data.words;
    this.exchange = new Exchange(data, send);
    this.exchange.open(() => {});
    this.opened = 0; // the step whose view was opened last
    /** @param {string} selector @returns {HTMLElement} */
    this.find = (selector) => root.querySelector(selector);
    const on = (selector, act) => this.find(selector).addEventListener("click", act);
    on(".show-me", () => {
      this.opened = this.step;
      this.show();
      this.post(this.step, true);
    });
    on(".next", () => this.post(this.step + 1));
    on(".close", () => this.post(0));
    on(".check", () => this.ask(Boolean(this.find(".quiz").hidden) || !this.find(".answers button")));
    root.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.stopPropagation(); // it does not leave presentation mode, too
      this.post(0);
    });
    this.show();
  }

  get step() {
    return this.data.state.step;
  }

  /** @param {number} step @param {boolean} [go] */
  post(step, go = false) {
    this.exchange.post({ step, go });
  }

  /** @param {PageData} data */
  update(data) {
    this.exchange.isNews(data.state); // it may acknowledge a change
    const isOther = data.state.step !== this.step;
    this.data = data;
    if (isOther) this.show();
  }

  show() {
    const { words, step, data } = this,
      own = words.steps[data.name];
    write(this.find(".where"), fill(words.where, { step, of: data.of }));
    write(this.find(".title"), own.title);
    write(this.find(".do"), this.opened === step ? own.do : fill(words.first, { do: own.do }));
    this.find(".next").hidden = step === data.of;
    this.ask(false);
  }

  // Opens or closes the question.
  /** @param {boolean} isOpen */
  ask(isOpen) {
    this.find(".quiz").hidden = !isOpen;
    this.find(".check").setAttribute("aria-expanded", String(isOpen));
    const { words, data } = this,
      answer = isOpen && data.isHere ? answerOf(data.name, seen(this.root, data.facts)) : null,
      own = words.steps[data.name];
    write(this.find(".question"), answer ? fill(own.question, answer.values) : "");
    write(this.find(".said"), isOpen && !answer ? words.elsewhere : "");
    const texts = answer ? own.answers.map((text) => fill(text, answer.values)) : [];
    this.find(".answers").replaceChildren(...texts.map((text, i) => this.button(text, () => this.answer(i))));
    this.find(".answers button")?.focus();
  }

  button(text, act) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = text;
    button.addEventListener("click", act);
    return button;
  }

  // The page is read again: it may have been changed since the question was asked.
  /** @param {number} chosen */
  answer(chosen) {
    const { words, data } = this,
      found = answerOf(data.name, seen(this.root, data.facts));
    if (!found) return this.ask(true);
    const { right, values } = found,
      own = words.steps[data.name];
    /** @type {NodeListOf<HTMLElement>} */
    const buttons = this.root.querySelectorAll(".answers button");
    for (const [i, button] of buttons.entries()) button.dataset.right = String(i === right);
    const outcome = chosen === right ? words.right : fill(words.wrong, { answer: fill(own.answers[right], values) });
    const end = this.step === data.of ? words.end : "";
    write(this.find(".said"), [outcome, fill(own.because, values), end].filter(Boolean).join(" "));
  }

  destroy() {
    this.exchange.close();
  }
}

/** @param {HTMLElement} root @param {PageData} data @param {(state: object) => void} send */
export const mount = (root, data, send) => {
  const tour = new Tour(root, data, send);
  return { update: (next) => tour.update(next), destroy: () => tour.destroy() };
};
