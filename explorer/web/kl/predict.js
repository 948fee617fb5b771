// Predict, then reveal: questions about the present Gaussians. The answers are computed.

import { asP, asQ, Curves } from "./curves.js";
import { lowest } from "./fit.js";
import { countUp, density, klTerms } from "./math.js";
import { closedForm, lineSliders } from "./one.js";
import { round } from "../kernel/probe.js";
import { format } from "../kernel/format.js";
import { write } from "../parts/dom.js";
import { fill } from "../kernel/text.js";

const SHRINK = [1, 0.1, 0.01, 0.001]; // σ of q on its way to 0
const MOVE = { by: 5, times: 3 }; // an affine map of both
const BUMPS = { p: { mean: 0, std: 0.6, gap: 2 } }; // where p has none

// KL(weight || other), by the closed form where there is one.
function kl(weight, other) {
  if (!weight.gap && !other.gap) return closedForm(weight, other).total;
  return countUp(density(weight), density(other)).total;
}

// The right option: that of the first of two conditions that holds, else the third.
function optionOf([first, ifFirst], [second, ifSecond], otherwise) {
  if (first) return ifFirst;
  return second ? ifSecond : otherwise;
}

// Each question computes numbers from q and p, and from them the right option: {answer: its index, values}.
const QUESTIONS = {
  larger: (q, p) => {
    const [a, b] = [kl(q, p), kl(p, q)];
    return { answer: optionOf([Math.abs(a - b) < 5e-4, 2], [a > b, 0], 1), values: { a: format(a), b: format(b) } };
  },
  shrink: (q, p) => {
    const values = SHRINK.map((std) => kl({ ...q, std }, p));
    const last = values.at(-1) - values.at(-2);
    return {
      answer: optionOf([last > 0.5, 2], [values.at(-1) < 0.01, 0], 1),
      values: { list: values.map((value) => format(value, 2)).join(", "), each: format(last, 2) },
    };
  },
  faster: (q, p) => {
    const rise = (f) => f(SHRINK[2]) - f(SHRINK[1]);
    const forward = (std) => kl({ ...q, std }, p),
      backward = (std) => kl(p, { ...q, std });
    const [a, b] = [rise(forward), rise(backward)];
    return {
      answer: optionOf([Math.abs(a - b) < 0.01 * Math.max(a, b), 2], [a > b, 0], 1),
      values: { a: format(forward(0.01), 2), b: format(backward(0.01), 2) },
    };
  },
  moved: (q, p) => {
    const after = ({ mean, std, gap }) => ({
      mean: MOVE.times * mean + MOVE.by,
      std: MOVE.times * std,
      gap: MOVE.times * gap,
    });
    const [before, now] = [kl(q, p), kl(after(q), after(p))];
    return {
      answer: optionOf([Math.abs(now - before) < 1e-6 * Math.max(1, before), 1], [now > before, 0], 2),
      values: { before: format(before, 6), now: format(now, 6) },
    };
  },
  twice: (q, p) => {
    const one = kl(q, p),
      both = inTwoDimensions(q, p),
      near = 1e-4 * Math.max(1, both);
    return {
      answer: optionOf([Math.abs(both - 2 * one) < near, 1], [Math.abs(both - one) < near, 0], 2),
      values: { one: format(one, 4), both: format(both, 4) },
    };
  },
  fits: (q, p) => {
    const target = p.gap ? p : BUMPS.p,
      ends = ["q‖p", "p‖q"].map((direction) => lowest(direction, q, target));
    const [forcing, covering] = ends;
    const off = Math.min(
      Math.abs(forcing.mean - (target.mean - target.gap)),
      Math.abs(forcing.mean - (target.mean + target.gap)),
    );
    return {
      answer: off < 0.25 * target.gap ? 0 : 1,
      values: {
        kl1: format(forcing.kl),
        kl2: format(covering.kl),
        m1: format(forcing.mean, 2),
        s1: format(forcing.std, 2),
        m2: format(covering.mean, 2),
        s2: format(covering.std, 2),
      },
    };
  },
};
const NAMES = Object.keys(QUESTIONS);

// By the questions' names: the option that was chosen, whether the answer is shown, and whether it was right. It
// outlives the component, which is mounted again after a visit to another page or a reconnection.
const memory = { chosen: {}, revealed: {}, outcomes: {} };

export class Predict {
  constructor(element, lesson) {
    this.element = element;
    this.lesson = lesson;
    this.find = (selector) => element.querySelector(selector);
    this.curves = new Curves(this.find(".curves"), lesson);
    this.sliders = lineSliders(this.find(".sliders"), lesson, { gap: true });
    this.find(".reveal").addEventListener("click", () => this.reveal());
    this.find(".go-on").addEventListener("click", () => lesson.set({ step: this.nextOpen() + 1 }));
    this.find(".back-step").addEventListener("click", () => lesson.set({ step: Math.max(1, lesson.state.step - 1) }));
    this.find(".next-step").addEventListener("click", () =>
      lesson.set({ step: Math.min(NAMES.length, lesson.state.step + 1) }),
    );
    this.find(".shuffle").addEventListener("click", () => {
      memory.chosen = {};
      memory.revealed = {};
      memory.outcomes = {};
      const between = (low, high) => round(low + Math.random() * (high - low));
      lesson.set({ q: [between(-3, 3), between(0.4, 2.5)], p: [between(-2, 2), between(0.4, 2.5)], gap: 0 });
    });
  }

  reveal() {
    const name = NAMES[this.lesson.state.step - 1];
    memory.revealed[name] = true;
    memory.outcomes[name] = this.answers(name).answer === memory.chosen[name];
    this.lesson.tell();
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
    this.curves.draw(state);
    this.sliders.show(state, lesson.committed);
    const at = state.step - 1,
      name = NAMES[at];
    if (this.shown !== name) this.showQuestion(name, at);
    const picked = memory.chosen[name],
      revealed = memory.revealed[name];
    for (const radio of this.element.querySelectorAll(".options input")) radio.checked = Number(radio.value) === picked;
    const isOver = this.nextOpen() < 0;
    this.find(".reveal").disabled = picked === undefined;
    this.find(".reveal").hidden = Boolean(revealed);
    this.find(".go-on").hidden = !revealed || isOver;
    this.find(".answer").hidden = !revealed;
    this.find(".end").hidden = !isOver;
    write(this.find(".end"), isOver ? this.score(words.end) : "");
    write(this.find(".score"), this.score(words.score));
    this.markOptions(revealed ? this.answers(name).answer : null);
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

  // Marks the right option. answer: its index, or null as long as it is not shown.
  /** @param {number | null} answer */
  markOptions(answer) {
    for (const [i, mark] of this.element.querySelectorAll(".options .mark").entries()) mark.hidden = i !== answer;
  }

  showQuestion(name, at) {
    this.shown = name;
    const { words } = this.lesson;
    write(this.find(".number"), fill(words.question_number, { at: at + 1, of: NAMES.length }));
    write(this.find(".question"), words[`${name}_question`]);
    this.find(".back-step").disabled = at === 0;
    this.find(".next-step").disabled = at === NAMES.length - 1;
    this.find(".options").replaceChildren(
      ...words[`${name}_options`].split("|").map((text, i) => {
        const label = document.createElement("label");
        label.innerHTML = `<input type="radio" name="option" value="${i}"> `;
        const mark = Object.assign(document.createElement("b"), { className: "mark", hidden: true });
        mark.textContent = `✓ ${words.right_option}`;
        mark.setAttribute("aria-hidden", "true"); // the answer below says it
        label.append(text, mark);
        label.firstChild.addEventListener("change", () => {
          memory.chosen[name] = i;
          memory.revealed[name] = false;
          this.lesson.draw();
        });
        return label;
      }),
    );
  }
}

// The KL of two independent dimensions: by the closed form for full covariances, or by a sum over a grid.
function inTwoDimensions(q, p) {
  const square = ({ mean, std }) => ({
    mean: [mean, mean],
    cov: [
      [std * std, 0],
      [0, std * std],
    ],
  });
  if (!p.gap) return klTerms(square(q), square(p)).total;
  const logQ = density(q).log,
    logP = density(p).log,
    step = 0.05,
    n = 360;
  const line = Array.from({ length: n + 1 }, (_, i) => {
    const z = q.mean + (i - n / 2) * step * q.std,
      log = logQ(z);
    return { weight: Math.exp(log) * step * q.std, ratio: log - logP(z) };
  });
  let sum = 0;
  for (const a of line) for (const b of line) sum += a.weight * b.weight * (a.ratio + b.ratio);
  return sum;
}
