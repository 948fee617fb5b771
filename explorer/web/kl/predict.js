// Predict, then reveal: questions about the present Gaussians. The answers are computed, and the plot moves with them.

import { asP, asQ, Curves } from "./curves.js";
import { lineSliders } from "./one.js";
import { between, QUESTIONS, sceneOf } from "./questions.js";
import { round } from "../kernel/probe.js";
import { inTabStorage } from "../parts/tab_storage.js";
import { write } from "../parts/dom.js";
import { Options } from "../parts/quiz/options.js";
import { fill } from "../kernel/text.js";

const NAMES = Object.keys(QUESTIONS);
const SECONDS = 0.8; // of the plot's way to a scene

// By the questions' names: the option that was chosen, whether the answer is shown, and whether it was right. It
// outlives the component, which is mounted again after a visit to another page or a reconnection, and a reload.
const KEY = "kl predictions",
  NOTHING = { chosen: {}, revealed: {}, outcomes: {} };
let memory = inTabStorage((storage) => JSON.parse(storage.getItem(KEY))) ?? NOTHING;

function remember(changed) {
  memory = changed;
  inTabStorage((storage) => storage.setItem(KEY, JSON.stringify(memory)));
}

export class Predict {
  constructor(element, lesson) {
    this.element = element;
    this.lesson = lesson;
    this.find = (selector) => element.querySelector(selector);
    this.options = new Options(this.find(".options"), lesson.words.right_option, (i) => this.choose(this.shown, i));
    this.curves = new Curves(this.find(".curves"), lesson);
    this.sliders = lineSliders(this.find(".sliders"), lesson, { gap: true });
    this.find(".reveal").addEventListener("click", () => this.reveal());
    this.find(".go-on").addEventListener("click", () => lesson.set({ step: this.nextOpen() + 1 }));
    this.find(".back-step").addEventListener("click", () => lesson.set({ step: Math.max(1, lesson.state.step - 1) }));
    this.find(".next-step").addEventListener("click", () =>
      lesson.set({ step: Math.min(NAMES.length, lesson.state.step + 1) }),
    );
    this.find(".shuffle").addEventListener("click", () => {
      remember(NOTHING);
      const any = (low, high) => round(low + Math.random() * (high - low));
      lesson.set({ q: [any(-3, 3), any(0.4, 2.5)], p: [any(-2, 2), any(0.4, 2.5)], gap: 0 });
    });
  }

  reveal() {
    const name = NAMES[this.lesson.state.step - 1],
      isRight = this.answers(name).answer === memory.chosen[name];
    remember({
      chosen: memory.chosen,
      revealed: { ...memory.revealed, [name]: true },
      outcomes: { ...memory.outcomes, [name]: isRight },
    });
    this.lesson.tell();
    this.move();
  }

  choose(name, option) {
    remember({
      chosen: { ...memory.chosen, [name]: option },
      revealed: { ...memory.revealed, [name]: false },
      outcomes: memory.outcomes,
    });
    this.lesson.draw();
    this.move();
  }

  // The plot goes from what it shows to the scene of what was chosen or revealed.
  move() {
    const { lesson } = this,
      to = this.scene();
    if (!to || JSON.stringify(to) === JSON.stringify(this.seen)) return;
    this.from = this.seen ?? { q: asQ(lesson.state), p: asP(lesson.state) };
    this.share = 0;
    lesson.animate(
      SECONDS,
      (share) => {
        this.share = share;
        lesson.draw();
      },
      () => lesson.draw(),
    );
  }

  // What the plot shows beside q and p, or null.
  scene() {
    const { state } = this.lesson,
      name = NAMES[state.step - 1];
    return sceneOf(name, asQ(state), asP(state), memory.chosen[name], Boolean(memory.revealed[name]));
  }

  showScene(state) {
    const { lesson } = this,
      to = this.scene(),
      isMoving = lesson.animation && this.from;
    const now =
      to && isMoving ? { q: between(this.from.q, to.q, this.share), p: between(this.from.p, to.p, this.share) } : to;
    this.seen = now;
    this.curves.draw(state, to && { now, to });
    const name = NAMES[state.step - 1],
      { [`${name}_scene`]: asked, [`${name}_shown`]: answered = asked } = lesson.words;
    const text = memory.revealed[name] ? answered : asked;
    write(this.find(".scene"), to ? text : "");
  }

  // The next question whose answer is not shown, from here on and then from the first; -1: there is none.
  nextOpen() {
    const { step } = this.lesson.state,
      isOpen = (name) => !memory.revealed[name];
    const later = NAMES.findIndex((name, i) => i >= step && isOpen(name));
    return later < 0 ? NAMES.findIndex(isOpen) : later;
  }

  spoken() {
    const { hidden, children } = this.find(".answer");
    return (hidden ? [this.find(".question")] : [...children]).map((part) => part.textContent).join(" ");
  }

  draw(state) {
    const { lesson } = this,
      { words } = lesson;
    this.showScene(state);
    this.sliders.show(state, lesson.committed);
    const at = state.step - 1,
      name = NAMES[at];
    if (this.shown !== name) this.showQuestion(name, at);
    const picked = memory.chosen[name],
      revealed = memory.revealed[name];
    const isOver = this.nextOpen() < 0;
    this.find(".reveal").disabled = picked === undefined;
    this.find(".reveal").hidden = Boolean(revealed);
    this.find(".go-on").hidden = !revealed || isOver;
    this.find(".answer").hidden = !revealed;
    this.find(".end").hidden = !isOver;
    write(this.find(".end"), isOver ? this.score(words.end) : "");
    write(this.find(".score"), this.score(words.score));
    this.options.show(picked, revealed ? this.answers(name).answer : null);
    if (!revealed) return;
    const { answer, values } = this.answers(name);
    write(
      this.find(".outcome"),
      answer === picked ? words.right : fill(words.wrong, { answer: words[`${name}_options`].split("|")[answer] }),
    );
    this.find(".outcome").dataset.right = answer === picked;
    write(this.find(".because"), fill(words[`${name}_because`], values));
  }

  // Computed again from the present state.
  answers(name) {
    const { state } = this.lesson,
      key = JSON.stringify([name, state.q, state.p, state.gap]);
    if (this.answersOf !== key) {
      this.answersOf = key;
      this.kept = QUESTIONS[name](asQ(state), asP(state));
    }
    return this.kept;
  }

  score(text) {
    const outcomes = Object.values(memory.outcomes);
    return outcomes.length ? fill(text, { right: outcomes.filter(Boolean).length, of: outcomes.length }) : "";
  }

  showQuestion(name, at) {
    this.shown = name;
    const { words } = this.lesson;
    write(this.find(".number"), fill(words.question_number, { at: at + 1, of: NAMES.length }));
    write(this.find(".question"), words[`${name}_question`]);
    this.find(".back-step").disabled = at === 0;
    this.find(".next-step").disabled = at === NAMES.length - 1;
    this.options.ask(words[`${name}_options`].split("|"));
  }
}
