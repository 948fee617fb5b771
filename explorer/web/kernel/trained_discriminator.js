// The discriminator of a trained AAE in the plane, with its saved weights.

import { Discriminator, GUIDE, inputsOf } from "./training/discriminator.js";
import { Network } from "./network.js";
import { sigmoid } from "./perceptron.js";

/** @import { Entry, Pair, Tensors } from "./types.js" */

export { PARTS } from "./training/discriminator.js";

export class TrainedDiscriminator extends Discriminator {
  // tensors: from readSafetensors, with discriminator.body.0.weight and so on; entry: the model's in the catalogue.
  /** @param {Tensors} tensors @param {Pick<Entry, "shape" | "given_prior">} entry */
  constructor(tensors, { shape, given_prior: givenPrior }) {
    const widths = [];
    for (let i = 0; tensors[`discriminator.body.${i}.weight`]; i += 2) {
      const [outputs, inputs] = tensors[`discriminator.body.${i}.weight`].shape;
      if (i === 0) widths.push(inputs);
      widths.push(outputs);
    }
    const network = new Network(widths, () => 0.5, { activation: "relu" });
    network.layers.forEach((layer, i) => {
      layer.weight.set(tensors[`discriminator.body.${2 * i}.weight`].values);
      layer.bias.set(tensors[`discriminator.body.${2 * i}.bias`].values);
    });
    const stored = tensors["discriminator.frequencies"],
      count = stored ? stored.shape[0] : 0;
    super(network, {
      shape,
      givenPrior,
      frequencies: Array.from({ length: count }, (_, i) => stored.values.subarray(2 * i, 2 * i + 2)),
      labelled: widths[0] === inputsOf({ k: 2, frequencies: count, labelled: true }),
    });
    this.smoothing = givenPrior && shape ? GUIDE : 0;
  }

  // At one point: the parts of the logit, D, the gradient of the logit, and the gradient of log D, which moves a code
  // there.
  /** @param {Pair} point @param {number} label */
  at(point, label = 0) {
    const z = Float64Array.from(point),
      [given] = this.givenPrior ? this.logits(z, { label, part: "given" }) : [0],
      [logit] = this.logits(z, { label }),
      gradient = [...this.slopes()];
    return {
      learnt: logit - given,
      given,
      logit,
      probability: sigmoid(logit),
      gradient,
      pull: gradient.map((value) => sigmoid(-logit) * value),
    };
  }
}
