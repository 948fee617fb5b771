// The cases of the loss clinic: what was answered, and what the curves of a case show. No document.

/** @import { Tensors } from "../kernel/types.js" */

/**
 * @typedef {object} Case  see ui/clinic.py
 * @property {string} kind
 * @property {number} dimensions
 * @property {string[]} choices
 * @property {number} right
 *
 * @typedef {import("../parts/chart.js").Line} Line
 */

export class Answers {
  // given: for each case the number of the checked option, or null; keep(given): called after each change.
  /** @param {Case[]} cases @param {(number | null)[]} given @param {(given: (number | null)[]) => void} keep */
  constructor(cases, given, keep) {
    this.cases = cases;
    this.given = cases.map(({ choices }, i) => (given[i] in choices ? given[i] : null));
    this.keep = keep;
    /** @type {number | undefined} */
    this.picked = undefined; // the option that is chosen, and not checked yet
  }

  /** @param {number} at  a case, from 0 */
  isAnswered(at) {
    return this.given[at] !== null;
  }

  // The checked option of a case, or the chosen one.
  /** @param {number} at */
  pickedOf(at) {
    return this.given[at] ?? this.picked;
  }

  /** @param {number} at */
  isRight(at) {
    return this.given[at] === this.cases[at].right;
  }

  // Checks the chosen option. A case is answered once.
  /** @param {number} at */
  check(at) {
    if (this.picked === undefined || this.isAnswered(at)) return;
    this.given[at] = this.picked;
    this.picked = undefined;
    this.keep(this.given);
  }

  get solved() {
    return this.cases.filter((_, at) => this.isRight(at)).length;
  }

  get isOver() {
    return this.given.every((option) => option !== null);
  }

  restart() {
    this.given = this.cases.map(() => null);
    this.picked = undefined;
    this.keep(this.given);
  }
}

// The arrays of a recording at one of its moments: {codes, drawn, rebuilt}. codes: x, y, x, y …
/** @param {Tensors} run @param {number} moment */
export function momentOf(run, moment) {
  const part = ({ shape: [, ...shape], values }) => {
    const size = shape.reduce((product, length) => product * length);
    return { shape, values: values.subarray(moment * size, (moment + 1) * size) };
  };
  const rebuilt = part(run.reconstructed),
    [examples, pixels] = rebuilt.shape;
  const both = new Uint8Array(2 * examples * pixels);
  both.set(run.examples.values);
  both.set(rebuilt.values, examples * pixels);
  return {
    codes: part(run.z ?? run.mean).values,
    drawn: part(run.drawn),
    rebuilt: { shape: [2 * examples, pixels], values: both }, // the test images, then their reconstructions
  };
}

// What a run has reported of a term of its loss after each epoch, as points of a chart.
/** @param {Tensors} run @param {string} term @returns {[number, number][]} */
const reported = (run, term) => [...run[`log_${term}`].values].map((value, i) => [i + 1, value]);

// What was measured at each moment.
/** @param {Tensors} run @param {string} name @returns {[number, number][]} */
const measured = (run, name) => [...run[name].values].map((value, i) => [run.epoch.values[i], value]);

// Both runs in one chart, so at one scale: the healthy one dashed, and behind.
/** @param {[number, number][]} run @param {[number, number][]} healthy @param {string} colour @param {string} faint */
const pair = (run, healthy, colour, faint, name = "") =>
  /** @type {Line[]} */ ([
    { points: healthy, colour: faint, dash: [4, 3], width: 1.5 },
    { points: run, colour, name },
  ]);

// The charts of a case. chart: of the sibling's record; colours: {own, faint, of(term)}; words: see texts/en/clinic.py.
export function charts(run, healthy, chart, { own, faint, of }, words, reading) {
  const both = (read, name, colour = own, title = "") =>
    pair(read(run, name), read(healthy, name), colour, faint, title);
  const bce = both(reported, "reconstruction");
  const last = run.sigma
    ? { title: words.clinic_sigma, log: true, lines: both(measured, "sigma") }
    : { title: words.clinic_adversarial, lines: both(reported, "adversarial") };
  return [
    { title: words.clinic_reported, log: areFarApart(bce), lines: bce },
    {
      title: reading,
      include: chart.floor === null ? [] : [chart.floor],
      levels: chart.level === null ? [] : [{ value: chart.level, colour: faint, dash: [2, 3] }],
      lines: chart.terms.flatMap(({ name, colour }) =>
        both(reported, name, colour === "text" ? own : of(colour), words[`clinic_${name}`] ?? ""),
      ),
    },
    last,
    { title: words.clinic_sliced, log: true, lines: both(measured, "sliced_w2_squared") },
  ];
}

const UNLIKE = 100; // times as far: at one scale the nearer codes would be a dot

// The reaches of both maps of codes: one scale, unless the codes of one run lie much farther out.
/** @param {[number, number]} reaches @returns {{reaches: number[], areShared: boolean}} */
export function scalesOf(reaches) {
  const areShared = Math.max(...reaches) <= UNLIKE * Math.min(...reaches);
  return { reaches: areShared ? reaches.map(() => Math.max(...reaches)) : reaches, areShared };
}

const FAR = 30; // times as large: on a linear axis the smaller curve would be a flat line

// Are the curves' ends positive and far apart?
/** @param {Line[]} lines */
function areFarApart(lines) {
  const values = lines.flatMap(({ points }) => points.map(([, value]) => value));
  return Math.min(...values) > 0 && Math.max(...values) > FAR * Math.min(...values);
}
