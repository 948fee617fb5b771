// The experiments: a reader predicts an outcome, both trainings start, and the outcome is explained when they are over.

import { write } from "../parts/dom.js";
import { fill } from "../kernel/text.js";

/**
 * @typedef {object} Experiment
 * @property {string} name
 * @property {Record<"a" | "b", object>} runs  the choices of both
 * @property {number} right  the number of the right answer
 *
 * @typedef {{title: string, question: string, answers: string[], watch: string, why: string}} Words
 */

// The sentences on a prediction: what to watch, or once it is shown the outcome. guess: the number of the answer.
/** @param {Experiment} experiment @param {number} guess @param {boolean} shown @param {Record<string, any>} words */
export function said({ name, right }, guess, shown, words) {
  const own = words.experiments[name],
    prediction = own.answers[guess];
  if (!shown) return [fill(words.predicted, { prediction }), own.watch];
  const outcome = guess === right ? words.came_true : fill(words.came_otherwise, { outcome: own.answers[right] });
  return [fill(words.predicted, { prediction }), outcome, own.why];
}

export class Experiments {
  // box: the element; experiments: see ui/experiments.py; begin(experiment): starts both trainings; isTraining(): would
  // that end a training?
  constructor(box, experiments, words, { begin, isTraining }) {
    this.box = box;
    this.words = words;
    this.begin = begin;
    this.isTraining = isTraining;
    const chips = box.querySelector(".chips");
    this.chips = experiments.map((experiment) => {
      const chip = chips.appendChild(document.createElement("button"));
      chip.type = "button";
      chip.textContent = words.experiments[experiment.name].title;
      chip.setAttribute("aria-expanded", "false");
      chip.addEventListener("click", () => this.open(this.experiment === experiment ? null : experiment));
      return [experiment, chip];
    });
    this.card = box.querySelector(".card");
    this.text = box.querySelector(".text");
    this.answers = box.querySelector(".answers");
    this.show = box.querySelector(".show");
    this.show.addEventListener("click", () => this.reveal());
    box.querySelector(".close").addEventListener("click", () => this.open(null));
  }

  // Asks the question of an experiment; null: of none.
  open(experiment) {
    const before = this.chips.find(([one]) => one === this.experiment);
    this.experiment = experiment;
    this.guess = null;
    this.card.hidden = !experiment;
    for (const [one, chip] of this.chips) chip.setAttribute("aria-expanded", String(one === experiment));
    if (!experiment) return before?.[1].focus();
    const { question, answers } = this.words.experiments[experiment.name];
    write(this.text, [question, this.isTraining() ? this.words.answer_ends : ""].filter(Boolean).join(" "));
    this.show.hidden = true;
    this.answers.replaceChildren(
      ...answers.map((answer, i) => {
        const button = document.createElement("button");
        button.type = "button";
        button.textContent = answer;
        button.addEventListener("click", () => this.predict(i));
        return button;
      }),
    );
    this.answers.querySelector("button").focus();
  }

  predict(guess) {
    if (!this.begin(this.experiment)) return;
    this.guess = guess;
    this.answers.replaceChildren();
    this.show.hidden = false;
    this.show.focus();
    this.tell(false);
  }

  tell(shown) {
    write(this.text, said(this.experiment, this.guess, shown, this.words).join(" "));
  }

  // Both trainings are over, or the reader does not want to wait.
  reveal() {
    if (!this.experiment || this.guess === null || this.show.hidden) return;
    const hadFocus = this.box.getRootNode().activeElement === this.show;
    this.show.hidden = true;
    if (hadFocus) this.box.querySelector(".close").focus();
    this.tell(true);
  }
}
