// The cards of "Try this": each is a state of the page, found in the codes of the models that are shown, with a
// sentence on what to do and what to see. No DOM.

import { format } from "../kernel/format.js";
import { fill } from "../kernel/text.js";
import { between, largestGap, nearestCode } from "./places.js";

/** @import { State } from "../kernel/types.js" */

/**
 * @typedef {object} Card
 * @property {string} title
 * @property {string} text
 * @property {Partial<State> | null} part  what it changes of the page's state; null: it cannot be tried
 * @property {Mark} [mark]
 * @property {boolean} [watch]  does the training play?
 * @property {Partial<State> | null} [other]  of a second button
 *
 * @typedef {{name: string, model: import("../kernel/types.js").Model}} Panel
 *
 * @typedef {object} Mark  a circle in one panel's map
 * @property {any} panel
 * @property {[number, number]} at
 * @property {number} radius
 * @property {number} around  half the side of the square about it that the maps show
 */

export const KINDS = ["between", "hole", "far", "wide", "watch"];
const PLAIN = { tool: "none", moment: null, underlay: "none", colour: "class", opacity: [1, 1], codes: "means" };
const NARROW = -4, // log σ² of a narrow probe, and of one that is smaller than a hole
  POINT = -7,
  FAR = 3.5,
  WIDE = 1.5; // μ of the one card, log σ² of the other
const ZOOM = 1; // latent units around a hole

// The card of a kind. panels: both, with their models; dimensions: of the probe; words: those of the cards.
/**
 * @param {string} kind @param {Panel[]} panels @param {number} dimensions @param {Record<string, any>} words
 * @returns {Card}
 */
export function cardOf(kind, panels, dimensions, words) {
  const all = (number) => new Array(dimensions).fill(number),
    at = (place) => all(0).map((_, i) => place[i] ?? 0),
    planar = panels.filter(({ model }) => model.entry.latent_dim === 2);
  return { between: betweenClasses, hole, far, wide, watch }[kind]({ panels, planar, all, at, words: words[kind] });
}

// Where two classes meet, in the first model of the plane that has two that do.
function betweenClasses({ planar, at, all, words }) {
  const panel = planar.find(({ model }) => model.entry.confusable);
  if (!panel) return { title: words.none_title, text: words.none, part: null };
  const { entry, codes } = panel.model,
    [a, b] = entry.confusable.map((which) => noun(entry.classes[which]));
  const named = { a, b, name: panel.name };
  return {
    title: fill(words.title, named),
    text: fill(words.text, named),
    part: { ...PLAIN, mean: at(between(codes, ...entry.confusable)), log_var: all(NARROW) },
  };
}

// A hole in q(z), by the rule of holes.js, or the largest gap if there is none.
function hole({ planar, at, all, words }) {
  const [panel] = [...planar].sort((a, b) => Number(largestGap(b.model).hole) - Number(largestGap(a.model).hole));
  if (!panel) return { title: words.none_title, text: words.many, part: null };
  const { place, hole: isHole } = largestGap(panel.model),
    without = planar.length > 1 ? words.neither : words.none,
    named = { name: panel.name };
  return {
    title: fill(isHole ? words.title : words.none_title, named),
    text: fill(isHole ? words.text : without, named),
    part: {
      ...PLAIN,
      codes: "sampled",
      underlay: "ratio",
      opacity: [1, 0.2],
      mean: at(place),
      log_var: all(POINT),
    },
    mark: { panel, at: place, radius: nearestCode(panel.model, place), around: ZOOM },
  };
}

function far({ planar, all, words }) {
  const place = all(FAR),
    kl = 0.5 * (all(0).length * (Math.expm1(NARROW) - NARROW + FAR * FAR));
  const codes = planar.map(({ name, model }) =>
    fill(words.code, { name, distance: format(nearestCode(model, place), 1) }),
  );
  return {
    title: words.title,
    text: [fill(words.text, { kl: format(kl, 1) }), ...codes].join(" "),
    part: { ...PLAIN, mean: place, log_var: all(NARROW) },
  };
}

function wide({ all, words }) {
  return {
    title: words.title,
    text: fill(words.text, { std: format(Math.exp(WIDE / 2), 1) }),
    part: { ...PLAIN, mean: all(0), log_var: all(WIDE) },
  };
}

// Both trainings; without a recording, a drawing alone.
function watch({ panels, words }) {
  const draw = { ...PLAIN, tool: "draw" };
  return panels.some(({ model }) => model.entry.recording)
    ? { title: words.title, text: words.text, part: { ...PLAIN, moment: 0 }, watch: true, other: draw }
    : { title: words.draw_title, text: words.draw, part: draw };
}

// A class's name in a sentence: "a 4", and a word as it is.
const noun = (name) => (/^\d$/.test(name) ? `${name === "8" ? "an" : "a"} ${name}` : name);
