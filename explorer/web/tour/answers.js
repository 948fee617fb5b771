// The answers of the tour's questions, from the numbers that the page shows at that moment. No document: `page` reads
// it.

/**
 * @typedef {object} Seen  the page below the strip
 * @property {string | undefined} tab  its open tab
 * @property {(selector: string) => string} text  of an element; "" if there is none
 * @property {(selector: string) => string[]} numbers  those in the text, as they are written
 * @property {Record<string, string>} facts  numbers that the page draws on a canvas
 *
 * @typedef {{right: number, values: Record<string, string>}} Answer  the number of the right answer
 */

// One percentage point: coverages that are as near to each other are alike.
const ALIKE = 1;

/** @param {string} written */
const value = (written) => Number(written.replaceAll("−", "-").replaceAll(",", ""));

// The share of the prior that both models' codes cover, and the best one, in per cent.
/** @param {Seen} page */
function coverages(page) {
  const [[left, best], [right]] = ["left", "right"].map((side) => page.numbers(`.panel.${side} .facts > span`));
  return { left, right, best };
}

// The first sentence of a text.
/** @param {string} text */
const first = (text) => /^.*?[^\s]\.(?=\s|$)/.exec(text.trim())?.[0];

/** @type {Record<string, (page: Seen) => Answer>} */
const ANSWERS = {
  invent: (page) => ({ right: 1, values: coverages(page) }),
  cloud: (page) => ({
    right: 1,
    values: { kl: page.numbers(".numbers output.kl")[0], part: page.text(".kl-bar .key .logDet b") },
  }),
  cost: (page) => {
    const of = (direction) => page.numbers(`.one [data-direction="${direction}"] output.kl`)[0];
    return { right: 2, values: page.tab === "one" && { forward: of("q‖p"), backward: of("p‖q") } };
  },
  derivation: (page) => ({
    right: 1,
    values: page.tab === "derivation" && { sentence: page.text(".derivation .difference") },
  }),
  logvar: (page) => ({
    right: 2,
    values: page.tab === "logvar" && { sentence: first(page.text(".logvar [data-run=std] .run-text")) },
  }),
  gradient: (page) => ({
    right: 2,
    values: page.tab === "estimators" && { sentence: first(page.text(".estimators .verdict")) },
  }),
  beta: (page) => {
    const values = coverages(page),
      more = value(values.left ?? "") - value(values.right ?? "");
    if (Math.abs(more) <= ALIKE) return { right: 2, values };
    return { right: more > 0 ? 0 : 1, values };
  },
  price: ({ facts: { kl, mutual_information, marginal_kl } }) => ({
    right: 2,
    values: { kl, mutual_information, marginal_kl },
  }),
  holes: (page) => ({ right: 1, values: coverages(page) }),
  rival: (page) => {
    const of = (name) => page.numbers(`.teach [data-is=${name}]`)[0];
    return { right: 2, values: page.tab === "teach" && { jsd: of("jsd"), best: of("best") } };
  },
  readings: (page) => {
    const of = (side, name) => page.numbers(`.readings .${side} [data-is=${name}]`)[0] ?? "",
      [a, b] = [of("a", "loss"), of("b", "loss")];
    const values = { loss_a: a, loss_b: b, jsd_a: of("a", "jsd"), jsd_b: of("b", "jsd") };
    const isClose = Math.abs(value(a) - value(b)) < 0.1, // in nats: no reader can tell such losses apart
      higher = value(a) > value(b) ? 0 : 1; // a lower loss: D tells codes from draws
    return { right: isClose ? 2 : higher, values: page.tab === "readings" && values };
  },
  shell: (page) => ({ right: 2, values: { sentence: first(page.text(".panel.left .facts > span")) } }),
};

export const NAMES = Object.keys(ANSWERS);

// The answer of a step's question; null while the page does not show all that it speaks of.
/** @param {string} name @param {Seen} page @returns {Answer | null} */
export function answerOf(name, page) {
  const { right, values } = ANSWERS[name](page);
  return values && Object.values(values).every(Boolean) ? { right, values } : null;
}
