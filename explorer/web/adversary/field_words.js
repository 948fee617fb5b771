// What lesson 3 says about the field of a model's discriminator: its caption, and the notes beside it. No document.

import { format, percent } from "../kernel/format.js";
import { fill } from "../kernel/text.js";

/** @import { Entry } from "../kernel/types.js" */
/** @typedef {Record<string, string>} Words  of ui/texts/en/adversary.py */

// The part of the logit that the map shows: if log p(z) is not given, the logit has no parts.
/** @param {Entry} entry @param {string} chosen */
export const partOf = (entry, chosen) => (entry.given_prior ? chosen : "whole");

// The caption of a discriminator's map. count: of the codes; label: for which label it is shown, or null.
/**
 * @param {Words} words @param {Entry} entry
 * @param {{part: string, smoothing: number, count: number, label: number | null}} shown
 */
export function captionOf(words, entry, { part, smoothing, count, label }) {
  const of = {
    whole: () => fill(words.d_caption, { weight: weightOf(words, entry.weights), count: count.toLocaleString("en") }),
    learnt: () => fill(words.learnt_caption, { rest: smoothing ? words.rest : "" }),
    given: () =>
      fill(words.given_caption, {
        smoothed: smoothing ? fill(words.smoothed, { smoothing: written(smoothing) }) : "",
      }),
  };
  return of[part]() + (label === null ? "" : fill(words.labelled_caption, { label: entry.classes[label] }));
}

// What its logit consists of, and what its network receives. features: the number of its random Fourier features.
/** @param {Words} words @param {Entry} entry @param {{smoothing: number, features: number}} discriminator */
export function partNote(words, entry, { smoothing, features }) {
  const notes = [entry.given_prior ? words.part_note : words.part_note_textbook];
  if (features) notes.push(fill(words.fourier_note, { features }));
  else if (smoothing) notes.push(fill(words.smoothed_note, { smoothing: written(smoothing) }));
  return notes.join(" ");
}

// What sets the model apart from the textbook's AAE, or says that it is the textbook's. others: all models of the list;
// std: the standard deviations of its codes.
/** @param {Words} words @param {Entry} entry @param {Iterable<Entry>} others @param {ArrayLike<number>} std */
export function textbookNote(words, entry, others, std) {
  if (entry.given_prior) {
    const textbooks = [...others].filter(({ discriminator, given_prior }) => discriminator && !given_prior);
    const example = textbooks.find(({ dataset }) => dataset === entry.dataset) ?? textbooks[0];
    return words.textbook_note + (example ? fill(words.textbook_choose, { model: example.choice }) : "");
  }
  const [first, second] = Array.from(std, (value) => format(value, 2));
  return fill(words.textbook_shown, { spread: entry.shape ? "" : fill(words.textbook_spread, { first, second }) });
}

// The weight of −log D in the loss, and when it begins.
/** @param {Words} words @param {Entry["weights"]} weights */
function weightOf(words, { adversarial_weight: weight, adversarial_start: start, adversarial_rise: rise }) {
  if (weight === undefined) return words.weight_none;
  return fill(rise ? words.weight_rising : words.weight, { weight, start, share: percent(Number(rise)) });
}

/** @param {number} smoothing */
const written = (smoothing) => String(Number(smoothing.toFixed(3)));
