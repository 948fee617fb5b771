// Python's answer beside this page's, if it is an answer to what is shown.

import { ESTIMATORS } from "./estimators.js";
import { short } from "./scales.js";
import { format, subscript } from "../kernel/format.js";
import { writeAgreement } from "../parts/dom.js";
import { fill } from "../kernel/text.js";

const TOLERANCE = 1e-9; // relative, between this page and Python
const CHECKED = ["mean", "log_var", "f", "omega", "by", "seed", "draw", "n"]; // what Python's answer depends on

const pick = (state) => JSON.stringify(CHECKED.map((name) => state[name]));
const python = (value) => (value ? "True" : "False"); // as Python writes it

export class PythonCheck {
  constructor(box, words) {
    this.box = box;
    this.words = words;
  }

  // check: Python's answer, or null.
  show(frame, check) {
    const { box, words } = this,
      waiting = !check || pick(check.of) !== pick(frame.state);
    box.classList.toggle("waiting", waiting);
    if (waiting) return writeAgreement(box, words.check_wait, false);
    const numbers = this.compared(frame, check);
    const difference = Math.max(
      ...numbers.map(({ here, there, size = 0 }) => Math.abs(here - there) / Math.max(Math.abs(here), size, 1)),
    );
    const agree = difference <= TOLERANCE;
    box.dataset.agree = String(agree);
    return writeAgreement(box, this.sentence(agree, numbers, difference) + this.sampled(frame.state, check), agree);
  }

  // The numbers of the open part: [{name: null if it is compared but not shown, here, there, size: its natural one}].
  compared({ state, z, value, gradients, estimated }, check) {
    if (state.view === "graphs")
      return [
        { name: "z", here: z[0], there: check.z[0] },
        { name: "f", here: value, there: check.f },
        { name: "∂f/∂μ", here: gradients.mean, there: check.by_mean },
        { name: "∂f/∂log σ²", here: gradients.log_var, there: check.by_log_var },
      ];
    if (state.view === "estimators")
      return ESTIMATORS.flatMap((name, i) => {
        const { mean, variance, error } = estimated.sums[i];
        return [
          { name: this.words[name], here: mean, there: check.means[i], size: error },
          { name: null, here: variance, there: check.variances[i] },
        ];
      });
    return z.map((here, i) => ({ name: `z${subscript(i)}`, here, there: check.z[i] }));
  }

  sentence(agree, numbers, difference) {
    const { words } = this;
    const shown = numbers.filter(({ name }) => name).map(({ name, there }) => `${name} ${short(there, format)}`);
    const size = difference ? difference.toExponential(0).replace("-", "−") : "0";
    return (
      `${agree ? "✓" : "✗"} ${agree ? words.check_agree : words.check_differ}: ${shown.join(", ")}; ` +
      `${words.check_difference} ${size}.`
    );
  }

  // Whether torch's samples of either kind carry gradients.
  sampled({ view }, { sample_requires_grad: sample, rsample_requires_grad: rsample }) {
    if (view !== "graphs") return "";
    return ` ${fill(this.words.check_sample, { sample: python(sample), rsample: python(rsample) })}.`;
  }
}
