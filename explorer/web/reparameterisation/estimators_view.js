// The part with the estimators: a row for each, the map of who wins, and the verdict in words.

import { EstimatorRows } from "./estimator_rows.js";
import { exactVariances } from "./estimators.js";
import { short } from "./scales.js";
import { WinsMap } from "./wins_map.js";
import { format } from "../kernel/format.js";
import { write } from "../parts/dom.js";
import { fill } from "../kernel/text.js";

const TINY = 1e-12; // a gradient that nobody would miss
const EVEN = 1.005; // a ratio of variances that reads as 1
const FEW = 10; // draws: with fewer beyond the step, the sample's standard error is far too small

// The variances' formulae, as a person writes them. [function][parameter]: in the order of ESTIMATORS.
const FORMULAE = {
  square: {
    mean: ["4σ²", "μ⁴/σ² + 14μ² + 15σ²", "8μ² + 10σ²", "8μ² + 6σ²"],
    std: ["4μ² + 8σ²", "2μ⁴/σ² + 60μ² + 74σ²", "40μ² + 56σ²", "40μ² + 24σ²"],
    log_var: ["σ²μ² + 2σ⁴", "½μ⁴ + 15σ²μ² + 18.5σ⁴", "10σ²μ² + 14σ⁴", "10σ²μ² + 6σ⁴"],
  },
};
// too long when written out
const DEFINITIONS = ["E[(f′ ∂z)²] − (∂E)²", "E[f² s²] − (∂E)²", "E[(f − b)² s²] − (∂E)²", "E[(f − b*)² s²] − (∂E)²"];
const STEP_TRUTH = { mean: "φ(μ/σ)/σ", std: "−μ φ(μ/σ)/σ²", log_var: "−½μ φ(μ/σ)/σ" };

const say = (value, decimals) => short(value, format, decimals);

export class EstimatorsView {
  // view: the part's panel; on: {move([mean, log_var]), release(cancelled)}; at(): the map's point.
  constructor(view, words, on, at) {
    this.words = words;
    this.rows = new EstimatorRows(view.querySelector(".rows"), words, words.head_exact);
    this.wins = new WinsMap(view.querySelector(".wins"), words, on, at);
    this.box = view.querySelector(".verdict");
  }

  // frame: with `estimated` in it.
  show(frame, colours) {
    const { state, known } = frame,
      variances = exactVariances(known);
    this.rows.show({
      draws: frame.estimated.draws,
      sums: frame.estimated.sums,
      exact: variances,
      truth: known.truth,
      wrong: state.f === "step" && Math.abs(known.truth) > TINY,
      own: state.axes === "own",
      levels: [null, null, known.expectation, known.baseline],
      formulae: FORMULAE[state.f]?.[state.by] ?? DEFINITIONS,
    });
    this.wins.show(frame, colours);
    write(this.box, this.verdict(known, variances, state, frame.estimated.crossed));
  }

  // crossed: as in frame.estimated.
  verdict({ truth }, /** @type {number[]} */ [path, score, expected, best], { f, by, n }, crossed) {
    const { words } = this;
    if (f === "step" && Math.abs(truth) > TINY) {
      const step = fill(words.verdict_step, { truth: say(truth), formula: STEP_TRUTH[by] });
      return `${step} ${this.sawStep(crossed, n)}`;
    }
    if (f === "step") return words.verdict_step_zero;
    if (!(path > 0)) return words.verdict_flat;
    const winner = this.winner(score / path);
    if (!(expected > EVEN * score)) return winner;
    const values = { expected: say(expected), score: say(score), best: say(best) };
    return `${winner} ${fill(words.verdict_baseline, values)}`;
  }

  // Whether the score function saw the step: it learns of it from draws on either side.
  sawStep(crossed, n) {
    const { words } = this;
    if (crossed >= FEW) return words.verdict_step_seen;
    return fill(crossed ? words.verdict_step_few : words.verdict_step_none, { crossed, n: n.toLocaleString("en") });
  }

  // Which of the pathwise and the score-function estimator has less variance.
  winner(ratio) {
    const { words } = this;
    if (ratio > EVEN) return fill(words.verdict_path, { ratio: say(ratio, 2) });
    if (ratio < 2 - EVEN) return fill(words.verdict_score, { ratio: say(1 / ratio, 2) });
    return words.verdict_even;
  }
}
