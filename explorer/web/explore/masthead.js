// Above the maps: what the dots are and what holds them, in a sentence, and each model as a machine, from the picture
// to its reconstruction.

import { write } from "../parts/dom.js";
import { escaped, fill } from "../kernel/text.js";

const SIDES = ["left", "right"];
const NEAR = 1e-3; // latent units within which the probe stands at a code

// The sentence on the models {name, entry} of both panels.
export function leadOf(models, words) {
  const [a, b] = models.map(({ entry }) => entry),
    dots = a.dataset === b.dataset ? (words.dots[a.dataset] ?? words.dots.other) : words.dots.other,
    numbers = [...new Set([a.latent_dim, b.latent_dim])].join(words.or),
    isPlane = a.latent_dim === 2 && b.latent_dim === 2;
  return [fill(words.dots_are, { dots, numbers }), tidyOf(models, words), isPlane ? words.drag : words.point].join(" ");
}

// What keeps the codes of two models near the prior.
function tidyOf(models, words) {
  const [left, right] = models.map(({ name, entry }) => ({ name, by: keeperOf(entry, words) }));
  if (left.by === right.by) return left.by ? fill(words.tidy_alike, left) : words.tidy_neither;
  if (left.by && right.by) return fill(words.tidy, { left: left.name, a: left.by, right: right.name, b: right.by });
  const [held, free] = left.by ? [left, right] : [right, left];
  return fill(words.tidy_one, { held: held.name, by: held.by, free: free.name });
}

function keeperOf({ discriminator, stochastic, penalised }, words) {
  if (discriminator) return words.by_discriminator;
  return stochastic && penalised ? words.by_kl : null;
}

export class Masthead {
  // box: the element; words: the page's. lessons: the address that those of the lessons are relative to; null: there
  // are no links to lessons.
  // terms: the page's.
  /**
   * @param {HTMLElement} box @param {Record<string, any>} words @param {URL | null} lessons
   * @param {import("../parts/terms.js").Terms} terms
   */
  constructor(box, words, lessons, terms) {
    this.lead = box.querySelector(".lead");
    this.box = /** @type {HTMLElement} */ (box.querySelector(".machine"));
    this.words = words;
    this.lessons = lessons;
    this.terms = terms;
    /** @type {HTMLCanvasElement | null} */
    this.picture = null; // of x
    /** @type {HTMLCanvasElement[]} */
    this.made = []; // of what the models make of it, or of the probe
    /** @type {HTMLCanvasElement | null} */
    this.source = null; // of the picked picture
  }

  // The models have changed. panels: both with their models.
  describe(panels) {
    const models = panels.map(({ name, model }) => ({ name, entry: model.entry }));
    write(this.lead, leadOf(models, this.words));
    this.terms.mark(this.lead);
    const canvas = (kind) => `<canvas class="${kind}" width="28" height="28" aria-hidden="true"></canvas>`;
    this.box.innerHTML =
      canvas("x") +
      models.map(({ name, entry }, i) => this.way(name, entry, SIDES[i])).join("") +
      SIDES.map((side) => canvas(`made ${side}`)).join("") +
      models.map(({ entry }) => this.held(entry)).join("");
    [this.picture, ...this.made] = this.box.querySelectorAll("canvas");
    this.picture.hidden = true;
    if (this.source) this.take(this.source);
  }

  // The way of a picture through one model, as HTML.
  way(name, { stochastic, discriminator }, side) {
    const part = (what, lesson = null, sign = "") => this.part(what, lesson, sign),
      arrow = (sign) => `<i aria-hidden="true">${sign}</i>`,
      to = arrow("→");
    const code = stochastic
      ? part("posterior", "kl?tab=loss", "posterior") + to + part("z", "reparameterisation?view=draws", "z")
      : part("code", discriminator ? "adversary?tab=point" : "why?tab=invent", "z");
    const reads = `<span class="reads">${to}${part("encoder")}${to}</span>`;
    const title = `<b class="model-name">${escaped(name)}</b>`;
    return `<div class="way of-${side}">${title}${reads}${code}${to}${part("decoder", "why?tab=evidence")}${to}</div>`;
  }

  // What holds a model's codes to the prior, as HTML. It stands beside the way: no picture goes through it.
  held({ stochastic, discriminator, penalised }) {
    const rival = discriminator
      ? this.part("discriminator", "adversary?tab=field")
      : stochastic && penalised && this.part("kl", "kl?tab=derivation&step=6");
    return `<span class="held">${rival ? `${this.words.machine.held} ${rival}` : ""}</span>`;
  }

  part(what, lesson, sign = "") {
    const { sign: text, title } = this.words.machine[what],
      kind = `class="part ${sign}" title="${escaped(title)}"`;
    return lesson && this.lessons
      ? `<a ${kind} href="${new URL(lesson, this.lessons).href}">${text}</a>`
      : `<span ${kind}>${text}</span>`;
  }

  // The picked picture has been drawn, or taken away: its canvas, which is hidden then.
  /** @param {HTMLCanvasElement} canvas */
  take(canvas) {
    this.source = canvas;
    if (!this.picture) return; // until both models are there
    this.picture.hidden = canvas.hidden;
    if (!canvas.hidden) copy(canvas, this.picture);
  }

  // One frame: the way of the picked picture, as long as the probe stands at its code in one of the models; else the
  // second half of the way, from the probe. rebuilt(i): the canvas of a panel's reconstruction, or null.
  show(frame, state, panels, rebuilt) {
    const stands = panels.map((panel) => !frame.previewing && standsAt(panel, state)),
      byHand = !stands.some(Boolean);
    this.box.classList.toggle("by-hand", byHand);
    for (const [i, panel] of panels.entries()) {
      const source = byHand || stands[i] ? panel.atZ : rebuilt(i);
      if (source && this.made.length) copy(source, this.made[i]);
    }
  }
}

// Is the probe what a panel's encoder gives for the picked image?
function standsAt(panel, state) {
  const row = panel.pickedRow(state);
  if (row === null) return false;
  const { mean, logVar } = panel.model.codes,
    near = (columns, values) => columns.every((column, i) => Math.abs(column[row] - values[i]) < NEAR);
  return near(mean, state.mean) && (!logVar || near(logVar, state.log_var));
}

function copy(from, to) {
  if (to.width !== from.width) to.width = to.height = from.width;
  to.getContext("2d").drawImage(from, 0, 0);
}
