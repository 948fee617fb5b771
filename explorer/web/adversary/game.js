// The game of two players, in the plane: a discriminator learns to tell codes from draws of the prior, an encoder moves
// the codes to where the discriminator takes them for draws. Either can be stepped alone. No DOM.

import { seededUniform, standardNormal } from "../kernel/random.js";
import { choose, LiveDiscriminator } from "../kernel/live_discriminator.js";
import { Adam, Network } from "../kernel/network.js";
import { logDensity, samplePrior } from "../kernel/prior.js";

export const CODES = 400;
const BATCH = 128;
// null: free codes; else the widths of a network that maps fixed noise to codes, non-linearly or linearly
const ENCODERS = { codes: null, map: [2, 32, 32, 2], line: [2, 2] };

export class Game {
  // shape: the prior, as in prior.js. start: {mean, std} of the codes at first. encoder: a name in ENCODERS.
  // standardise: the discriminator begins with batch norm. saturating: the encoder minimises log(1 − D), not −log D.
  constructor({ shape, seed, start, encoder = "codes", standardise = false, saturating = false }) {
    this.shape = shape;
    this.saturating = saturating;
    this.steps = { discriminator: 0, encoder: 0 };
    this.turn = 0; // the discriminator's moves in this round
    this.uniform = seededUniform(seed + 1);
    this.discriminator = new LiveDiscriminator({ seed, standardise });
    const noise = standardNormal(2 * CODES, seededUniform(seed + 2));
    if (ENCODERS[encoder]) {
      this.noise = noise;
      this.map = new Network(ENCODERS[encoder], seededUniform(seed + 3));
      this.adam = new Adam(this.map, { betas: [0.5, 0.99] });
      begin(this.map, noise, start);
      this.codes = this.map.forward(noise, CODES).slice();
    } else this.codes = noise.map((value, i) => start.mean[i % 2] + start.std * value);
  }

  // The next move of a round: the discriminator's, so many times, then the encoder's, which ends the round.
  // Returns {player, loss}. One move is short enough for a frame; a round of many moves is not.
  move({ moves, rate_d: rateOfDiscriminator, rate_e: rateOfEncoder }) {
    if (this.turn >= moves) {
      this.turn = 0;
      return { player: "encoder", loss: this.stepEncoder(rateOfEncoder) };
    }
    this.turn += 1;
    return { player: "discriminator", loss: this.stepDiscriminator(rateOfDiscriminator).loss };
  }

  // The discriminator's move, on a batch of draws and a batch of codes. Returns its loss's parts.
  stepDiscriminator(rate) {
    this.steps.discriminator += 1;
    return (this.last = this.discriminator.step(
      samplePrior(this.shape, BATCH, this.uniform),
      choose(this.codes, BATCH, this.uniform),
      rate,
    ));
  }

  // The encoder's move. Free codes move by rate times the pull; a network's weights by Adam. Returns the mean of
  // −log D on the codes.
  stepEncoder(rate) {
    this.steps.encoder += 1;
    const { pull, loss } = this.discriminator.pull(this.codes, { saturating: this.saturating });
    if (this.map) {
      this.map.clearGradient();
      this.map.forward(this.noise, CODES);
      this.map.backward(pull.map((value) => -value / CODES));
      this.adam.step(rate);
      this.codes = this.map.forward(this.noise, CODES).slice();
    } else this.codes = this.codes.map((value, i) => value + rate * pull[i]);
    return loss;
  }

  // Statistics of the present codes: {mean, std, modes, D on codes, size of the pull}.
  measure() {
    const { codes } = this,
      n = codes.length / 2,
      mean = [0, 0],
      std = [0, 0];
    for (let i = 0; i < 2 * n; i++) mean[i % 2] += codes[i] / n;
    for (let i = 0; i < 2 * n; i++) std[i % 2] += (codes[i] - mean[i % 2]) ** 2 / n;
    const { pull } = this.discriminator.pull(codes, { saturating: this.saturating });
    let size = 0;
    for (let i = 0; i < n; i++) size += Math.hypot(pull[2 * i], pull[2 * i + 1]) / n;
    return {
      mean,
      std: std.map(Math.sqrt),
      pull: size,
      modes: this.shape && this.shape.means.length <= 20 ? modes(this.shape, codes) : null,
    };
  }
}

// Sets a network's last layer so that its output has this mean and standard deviation at first.
function begin(map, noise, { mean, std }) {
  const n = noise.length / 2,
    { weight, bias, inputs } = map.layers.at(-1);
  for (const out of [0, 1]) {
    const values = map.forward(noise, n).filter((_, i) => i % 2 === out);
    const middle = values.reduce((a, b) => a + b) / n,
      scale = std / Math.sqrt(values.reduce((a, b) => a + (b - middle) ** 2, 0) / n);
    for (let i = 0; i < inputs; i++) weight[out * inputs + i] *= scale;
    bias[out] = mean[out] - scale * (middle - bias[out]);
  }
}

// The number of a mixture's Gaussians that hold at least a third of their expected share of the codes. Each code counts
// for its nearest Gaussian.
export function modes(shape, codes) {
  const n = codes.length / 2,
    count = new Array(shape.means.length).fill(0);
  for (let i = 0; i < n; i++) {
    let top = -Infinity,
      nearest = 0;
    shape.means.forEach((_, c) => {
      const value = logDensity(shape, codes[2 * i], codes[2 * i + 1], { component: c });
      if (value > top) [top, nearest] = [value, c];
    });
    if (top > -8) count[nearest] += 1; // within about three standard deviations
  }
  return count.filter((value) => value >= n / shape.means.length / 3).length;
}
