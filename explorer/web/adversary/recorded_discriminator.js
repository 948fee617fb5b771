// An AAE's discriminator at a recorded moment of its training, known on a grid. No DOM.

import { gradientAt, pullOf, valueAt } from "../parts/plane.js";
import { REACH } from "../kernel/recording.js";
import { sigmoid } from "../kernel/perceptron.js";

export class RecordedDiscriminator {
  constructor(recording, moment) {
    this.recording = recording;
    this.moment = moment;
    this.side = recording.points;
    this.labelled = recording.hasLabels;
    this.smoothing = recording.givenPrior ? recording.smoothing[moment] : 0;
    // of the square whose cells have the grid's points as their middles
    this.reach = (REACH * this.side) / (this.side - 1);
  }

  // Its logits on the grid, or one part of them.
  values(part, label) {
    const { recording, moment } = this;
    return {
      whole: () => recording.logit(moment, label),
      learnt: () => recording.learnt(moment, label),
      given: () => recording.logPrior(moment, label),
    }[part]();
  }

  // A part of its logit at points (two numbers each) within the grid.
  logits(points, { part, label }) {
    const values = this.values(part, label),
      { reach, side } = this;
    return Float64Array.from({ length: points.length / 2 }, (_, i) =>
      valueAt(values, points[2 * i], points[2 * i + 1], reach, side),
    );
  }

  // The arrows: the pull of the whole logit on a code, or the gradient of a part.
  field(part, label) {
    const values = this.values(part, label),
      { reach, side } = this;
    return part === "whole" ? pullOf(values, reach, side) : (x, y) => gradientAt(values, x, y, reach, side);
  }

  // At one point, as TrainedDiscriminator.at returns it; null outside the grid. log p(z) is exact.
  at([x, y], label) {
    const { recording, moment } = this,
      logit = recording.logitAt(moment, x, y, label);
    if (logit === null) return null;
    const given = recording.logPriorAt(moment, x, y, label);
    return { learnt: logit - given, given, logit, probability: sigmoid(logit), pull: this.field("whole", label)(x, y) };
  }
}
