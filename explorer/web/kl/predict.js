// Predict: questions about the present Gaussians. The answers are computed, and the plot moves with them.

import { asP, asQ, Curves } from "./curves.js";
import { lineSliders } from "./one.js";
import { between, QUESTIONS, sceneOf } from "./questions.js";
import { round } from "../kernel/probe.js";
import { write } from "../parts/dom.js";
import { Quiz } from "../parts/quiz/quiz.js";

export class Predict {
  constructor(element, lesson) {
    this.lesson = lesson;
    this.sentence = element.querySelector(".scene");
    this.curves = new Curves(element.querySelector(".curves"), lesson);
    this.sliders = lineSliders(element.querySelector(".sliders"), lesson, { gap: true });
    const given = () => ({ q: asQ(lesson.state), p: asP(lesson.state) });
    this.quiz = new Quiz(element.querySelector(".card"), {
      key: "kl",
      words: lesson.words,
      questions: QUESTIONS,
      given,
      at: () => lesson.state.step,
      go: (step) => lesson.set({ step }),
      sceneOf: (name, { q, p }, option, isRevealed) => sceneOf(name, q, p, option, isRevealed),
      start: (gaussians) => gaussians,
      between: (from, to, share) => ({ q: between(from.q, to.q, share), p: between(from.p, to.p, share) }),
      show: (scene) => this.curves.draw(lesson.state, scene),
      shuffle: () => {
        const any = (low, high) => round(low + Math.random() * (high - low));
        lesson.set({ q: [any(-3, 3), any(0.4, 2.5)], p: [any(-2, 2), any(0.4, 2.5)], gap: 0 });
      },
      redraw: () => lesson.draw(),
      tell: () => lesson.tell(),
    });
  }

  spoken() {
    return this.quiz.spoken();
  }

  stop() {
    this.quiz.stop();
  }

  draw(state) {
    this.quiz.draw();
    write(this.sentence, this.quiz.sceneText());
    this.sliders.show(state, this.lesson.committed);
  }
}
