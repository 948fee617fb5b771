// What a drawing becomes in a model, in one line: the class of the codes around its own, and its BCE beside the mean of
// the model's test images. No DOM.

import { format } from "../../kernel/format.js";
import { classesNear } from "../../kernel/nearest.js";
import { fill } from "../../kernel/text.js";

export const STRANGE = 2; // times the mean BCE: at most 3 % of a shipped model's test images have more

/**
 * @param {{mean: import("../../kernel/types.js").Numbers, error: number}} found of `reconstruct`
 * @param {{entry: import("../../kernel/types.js").Entry, codes: any}} model
 * @param {Record<string, any>} words the tool's
 * @returns {string} without the model's name
 */
export function verdictOf({ mean, error }, { entry, codes }, words) {
  const typical = entry.metrics.reconstruction, // nats, the mean over the test images
    isKnown = Number.isFinite(typical);
  const bce = fill(isKnown ? words.bce_typical : words.bce, { bce: format(error, 0), typical: format(typical, 0) });
  if (isKnown && error > STRANGE * typical) return fill(words.becomes_strange, { bce });
  if (entry.classes.length < 2) return fill(words.becomes_unnamed, { bce });
  const { votes, of } = classesNear(codes, mean);
  const [[first, share], [second, other] = [first, 0]] = votes;
  const values = { a: entry.classes[first], b: entry.classes[second], share, other, of, bce };
  return fill(2 * share > of ? words.becomes : words.becomes_between, values);
}
