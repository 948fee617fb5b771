// Predict: what a training will do, before one trains. The answers are numbers of finished runs; the bars move with
// them.

import { namesOf, QUESTIONS, rowsOf, sceneOf, written } from "./questions.js";
import { format } from "../kernel/format.js";
import { fill } from "../kernel/text.js";
import { write } from "../parts/dom.js";
import { Bars, betweenValues } from "../parts/quiz/bars.js";
import { Quiz } from "../parts/quiz/quiz.js";

const NAMES = Object.keys(QUESTIONS);
const DECIMALS = { high: 2, dimensions: 1 };

export class Predict {
  // element: its panel; page: the practice page, whose state has the question's number, `step`.
  /**
   * @param {HTMLElement} element
   * @param {import("../parts/page.js").Page & {state: any, set(part?: object): void}} page
   */
  constructor(element, page) {
    this.page = page;
    this.find = (selector) => element.querySelector(selector);
    /** @type {any} */
    this.words = { ...page.words };
    for (const name of NAMES) {
      const given = this.givenOf(name);
      if (given) this.words[`${name}_question`] = fill(page.words[`${name}_question`], namesOf(name, given));
    }
    this.bars = new Bars(this.find(".bars"), { name: this.words.predict_bars, guess: this.words.predict_guess });
    this.quiz = new Quiz(this.find(".card"), {
      key: "practice",
      words: this.words,
      questions: QUESTIONS,
      given: () => this.givenOf(this.name),
      at: () => page.state.step,
      go: (step) => this.go(step),
      sceneOf,
      start: (given) => sceneOf(this.name, given, undefined, false),
      between: betweenValues,
      show: (scene) => this.show(scene),
      shuffle: () => this.go(1),
      redraw: () => page.draw(),
      tell: () => page.draw(() => page.announce(this.quiz.spoken())),
    });
  }

  go(step) {
    this.page.set({ step });
    this.page.draw(() => this.page.announce(this.quiz.spoken()));
  }

  get name() {
    return NAMES[this.page.state.step - 1];
  }

  // What a question is about; null if a model is missing.
  /** @param {string} name */
  givenOf(name) {
    const { data, state } = this.page,
      numbers = data.predictions[name];
    if (name !== "pixels") return numbers;
    const { dataset, beta } = state.a;
    return { dataset, beta: beta > 0 ? beta : 1, kl: numbers.kl, ...numbers.factors[dataset] };
  }

  draw() {
    this.quiz.draw();
    const { name, words } = this,
      given = this.givenOf(name);
    write(this.find(".source"), given ? fill(words[`${name}_from`], namesOf(name, given)) : words.predict_missing);
    write(this.find(".scene"), this.quiz.sceneText());
  }

  /** @param {{now: any} | null} shown */
  show(shown) {
    const { name } = this,
      given = this.givenOf(name);
    this.find(".bars").hidden = !given;
    if (!given) return;
    const start = sceneOf(name, given, undefined, false),
      values = shown?.now ?? start,
      isRevealed = Boolean(this.quiz.memory.revealed[name]);
    const titles = this.titles(given);
    this.bars.show(
      rowsOf(name, given, values).map((row, i) => ({
        ...row,
        title: titles[i],
        text: name === "pixels" ? written(values[row.key] ?? 0) : format(values[row.key], DECIMALS[name] ?? 3),
      })),
      values,
      (key) => start[key] === null && !isRevealed,
    );
  }

  titles(given) {
    const { name, words } = this,
      text = words[`${name}_bars`];
    if (name === "dimensions") return given.dimensions.map((count) => fill(text, { count }));
    return fill(text, namesOf(name, given)).split("|");
  }

  stop() {
    this.quiz.stop();
  }
}
