// Predict, then reveal: the questions of a lesson, one at a time, each with a few options. Nothing is told before a
// person reveals the answer. The lesson's figure moves to what the chosen option would be, then to what is.
//
// A lesson has a panel of class "predict" with two children: .stage holds the lesson's figure and its controls, .card
// is filled here. The lesson's tab makes a Quiz and calls
//   draw()    in each of its frames,
//   spoken()  for what a screen reader is told,
//   stop()    when the tab or the page is left.
// What the lesson gives is described at Lesson below. Its questions are a module without a document, so that Node can
// compare their numbers with Python's: see kl/questions.js, and kl/predict.js for a whole tab.
//
// Words. The words of the card are in ui/texts/en/common.py. The lesson's own are
//   NAME_question, NAME_options (with | between them), NAME_because (with places for the answer's values), or another
//   key that the answer names as its `because`;
//   NAME_scene, NAME_shown: what the figure shows before and after the answer, as far as the question has a scene;
//   shuffle, shuffle_end: the button that asks all questions again of something else, and its sentence at the end.

import { Animation } from "./animation.js";
import { Options } from "./options.js";
import { focusedBeside, write } from "../dom.js";
import { inTabStorage } from "../tab_storage.js";
import { fill } from "../../kernel/text.js";

const SECONDS = 0.8; // of the figure's way to a scene

/**
 * given: what the answers are computed from, as JSON; null as long as it is not there.
 * @typedef {(given: any) => {answer: number, values: Record<string, string>, because?: string}} Question
 *
 * A scene is what the figure shows beside, or instead of, the state: any value.
 * @typedef {object} Lesson
 * @property {string} key in the tab's storage
 * @property {Record<string, any>} words the page's
 * @property {Record<string, Question>} questions by their names, in their order; answers are kept until `given` changes
 * @property {() => any} given
 * @property {() => number} at the number of the question that the state names, from 1
 * @property {(at: number) => void} go shows another question: changes the state
 * @property {(name: string, given: any, option: number, isRevealed: boolean) => any} sceneOf
 *   the scene of a chosen option, or of the answer; null if the figure shows the state itself
 * @property {(given: any) => any} start the scene that equals the state: the first way begins there
 * @property {(from: any, to: any, share: number) => any} between a scene on the way
 * @property {(scene: {now: any, to: any} | null) => void} show draws the figure: the scene at the moment, and the one
 *   that it goes to
 * @property {() => void} shuffle changes what the questions are about
 * @property {() => void} redraw asks for a frame
 * @property {() => void} tell asks for a frame, then has spoken() read aloud
 */

/**
 * By the names of the questions.
 * @typedef {{chosen: Record<string, number>, revealed: Record<string, boolean>, outcomes: Record<string, boolean>}}
 *   Memory
 */
/** @type {Memory} */
const NOTHING = { chosen: {}, revealed: {}, outcomes: {} };

// What a visitor chose, by lesson and question. It outlives the component, which is mounted again after a visit to
// another page or a reconnection, and a reload.
/** @type {Map<string, Memory>} */
const memories = new Map();

const CARD = `<header><button type="button" class="back-step">‹</button><span class="number"></span><button
    type="button" class="next-step">›</button><span class="score"></span></header>
  <p class="question"></p>
  <div class="options" role="radiogroup"></div>
  <div class="buttons"><button type="button" class="reveal primary"></button><button type="button"
    class="go-on primary" hidden></button><button type="button" class="shuffle"></button></div>
  <div class="answer" hidden><p class="outcome"></p><p class="because"></p></div>
  <p class="end" hidden></p>`;

export class Quiz {
  // card: the element to fill.
  /** @param {HTMLElement} card @param {Lesson} lesson */
  constructor(card, lesson) {
    this.card = card;
    this.lesson = lesson;
    this.words = lesson.words.page.quiz;
    this.names = Object.keys(lesson.questions);
    this.storage = `${lesson.key} predictions`;
    this.animation = new Animation();
    card.innerHTML = CARD;
    this.find(".question").id = `${lesson.key}-question`;
    this.find(".options").setAttribute("aria-labelledby", `${lesson.key}-question`);
    for (const [button, name] of [
      [".back-step", "back_question"],
      [".next-step", "next_question"],
    ])
      this.find(button).setAttribute("aria-label", this.words[name]);
    write(this.find(".reveal"), this.words.reveal);
    write(this.find(".go-on"), this.words.go_on);
    write(this.find(".shuffle"), lesson.words.shuffle);
    this.options = new Options(this.find(".options"), this.words.right_option, (i) => this.choose(this.shown, i));
    this.on(".reveal", () => this.reveal());
    this.on(".go-on", () => lesson.go(this.nextOpen() + 1));
    this.on(".back-step", () => lesson.go(Math.max(1, lesson.at() - 1)));
    this.on(".next-step", () => lesson.go(Math.min(this.names.length, lesson.at() + 1)));
    this.on(".shuffle", () => {
      this.remember(NOTHING);
      lesson.shuffle();
    });
  }

  /** @param {string} selector @returns {any} */
  find(selector) {
    return this.card.querySelector(selector);
  }

  /** @param {string} selector @param {() => void} act */
  on(selector, act) {
    this.find(selector).addEventListener("click", act);
  }

  // ---- what the visitor chose ---------------------------------------------------------------------------------------

  get memory() {
    const { storage } = this;
    if (!memories.has(storage))
      memories.set(storage, inTabStorage((kept) => JSON.parse(kept.getItem(storage))) ?? NOTHING);
    return memories.get(storage);
  }

  /** @param {Memory} changed */
  remember(changed) {
    memories.set(this.storage, changed);
    inTabStorage((kept) => kept.setItem(this.storage, JSON.stringify(changed)));
  }

  /** @param {string} name @param {number} option */
  choose(name, option) {
    const { chosen, revealed, outcomes } = this.memory;
    this.remember({ chosen: { ...chosen, [name]: option }, revealed: { ...revealed, [name]: false }, outcomes });
    this.lesson.redraw();
    this.move();
  }

  reveal() {
    const { name } = this,
      { chosen, revealed, outcomes } = this.memory,
      isRight = this.answerOf(name).answer === chosen[name];
    this.remember({ chosen, revealed: { ...revealed, [name]: true }, outcomes: { ...outcomes, [name]: isRight } });
    this.lesson.tell();
    this.move();
  }

  // ---- questions ----------------------------------------------------------------------------------------------------

  // The question that the state names.
  get name() {
    return this.names[this.lesson.at() - 1];
  }

  // Computed again when what it is about has changed; null as long as that is not there.
  /** @param {string} name */
  answerOf(name) {
    const given = this.lesson.given();
    if (given === null) return null;
    const key = JSON.stringify([name, given]);
    if (this.answerTo !== key) {
      this.answerTo = key;
      this.kept = this.lesson.questions[name](given);
    }
    return this.kept;
  }

  // The number of the next question whose answer is not shown, from here on and then from the first; -1: there is none.
  nextOpen() {
    const { revealed } = this.memory,
      isOpen = (name) => !revealed[name];
    const later = this.names.findIndex((name, i) => i >= this.lesson.at() && isOpen(name));
    return later < 0 ? this.names.findIndex(isOpen) : later;
  }

  /** @param {string} text */
  score(text) {
    const outcomes = Object.values(this.memory.outcomes);
    return outcomes.length ? fill(text, { right: outcomes.filter(Boolean).length, of: outcomes.length }) : "";
  }

  spoken() {
    const { hidden, children } = this.find(".answer");
    return (hidden ? [this.find(".question")] : [...children]).map((part) => part.textContent).join(" ");
  }

  // ---- the figure ---------------------------------------------------------------------------------------------------

  scene() {
    const { lesson, name, memory } = this,
      option = memory.chosen[name],
      given = lesson.given();
    if (given === null || option === undefined) return null;
    return lesson.sceneOf(name, given, option, Boolean(memory.revealed[name])) ?? null;
  }

  // The figure goes from what it shows to the scene of what was chosen or revealed.
  move() {
    const { lesson } = this,
      to = this.scene();
    if (!to || JSON.stringify(to) === JSON.stringify(this.seen)) return;
    this.from = this.seen ?? lesson.start(lesson.given());
    this.share = 0;
    this.animation.run(
      SECONDS,
      (share) => {
        this.share = share;
        lesson.redraw();
      },
      () => lesson.redraw(),
    );
  }

  showScene() {
    const { lesson } = this,
      to = this.scene();
    this.seen = to && this.animation.isRunning ? lesson.between(this.from, to, this.share) : to;
    lesson.show(to && { now: this.seen, to });
  }

  // What the figure shows beside the state, as a sentence; "" without a scene.
  sceneText() {
    if (!this.scene()) return "";
    const { words } = this.lesson,
      asked = words[`${this.name}_scene`],
      answered = words[`${this.name}_shown`] ?? asked;
    return this.memory.revealed[this.name] ? answered : asked;
  }

  stop() {
    this.animation.stop();
  }

  // ---- drawing ------------------------------------------------------------------------------------------------------

  draw() {
    const { name, words, lesson } = this;
    if (this.shown !== name) this.showQuestion(name, lesson.at() - 1);
    this.showScene();
    const { chosen, revealed } = this.memory,
      picked = chosen[name],
      found = revealed[name] ? this.answerOf(name) : null;
    const isOver = this.nextOpen() < 0,
      focused = focusedBeside(this.card);
    this.find(".reveal").disabled = picked === undefined || lesson.given() === null;
    this.find(".reveal").hidden = Boolean(revealed[name]);
    this.find(".go-on").hidden = !revealed[name] || isOver;
    this.find(".answer").hidden = !found;
    this.find(".end").hidden = !isOver;
    write(this.find(".end"), isOver ? `${this.score(words.end)} ${lesson.words.shuffle_end}` : "");
    write(this.find(".score"), this.score(words.score));
    this.options.show(picked, found ? found.answer : null);
    if (found) this.showAnswer(name, picked, found);
    if (this.isGone(focused)) this.takeFocus();
  }

  // A button that had the focus and is no longer shown: the keys go on where the question does.
  /** @param {any} element */
  isGone(element) {
    return Boolean(element?.hidden) && this.card.contains(element);
  }

  takeFocus() {
    const { memory, name } = this;
    this.find(memory.revealed[name] && this.nextOpen() >= 0 ? ".go-on" : ".options input").focus();
  }

  showAnswer(name, picked, { answer, values, because = `${name}_because` }) {
    const { words } = this.lesson,
      isRight = answer === picked,
      right = words[`${name}_options`].split("|")[answer];
    write(this.find(".outcome"), isRight ? this.words.right : fill(this.words.wrong, { answer: right }));
    this.find(".outcome").dataset.right = isRight;
    write(this.find(".because"), fill(words[because], values));
  }

  showQuestion(name, at) {
    this.stop();
    this.shown = name;
    this.seen = null;
    const { words } = this.lesson;
    write(this.find(".number"), fill(this.words.question_number, { at: at + 1, of: this.names.length }));
    write(this.find(".question"), words[`${name}_question`]);
    this.find(".back-step").disabled = at === 0;
    this.find(".next-step").disabled = at === this.names.length - 1;
    this.options.ask(words[`${name}_options`].split("|"));
  }
}
