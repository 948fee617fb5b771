// The estimators for a real VAE's loss at one image's posterior: Python's reference, and the chosen draws on the same
// axes.

import { drawLogits, drawPixels } from "../parts/pixels.js";
import { short } from "./scales.js";
import { estimates, summarise } from "./estimators.js";
import { EstimatorRows } from "./estimator_rows.js";
import { format } from "../kernel/format.js";
import { write } from "../parts/dom.js";
import { escaped, fill } from "../kernel/text.js";

const number = (value) => short(value, format);

export class VaeView {
  // originals: of originals.js; open(name): resolves to a model as models.js opens it;
  // noise(seed, n): pairs of ε.
  constructor(view, words, originals, { open, noise }) {
    this.view = view;
    this.words = words;
    this.originals = originals;
    this.open = open;
    /** @type {EstimatorRows | null} */
    this.rows = null;
    this.noise = noise;
    this.find = (selector) => view.querySelector(selector);
  }

  // The image may be there now.
  again(state) {
    this.described = null;
    return this.describe(state);
  }

  // Image and posterior, as soon as they are there; they need no Python.
  async describe({ model: name, image }) {
    const key = `${name}:${image}`;
    if (this.described === key) return;
    this.described = key;
    const model = await this.open(name);
    if (this.described !== key) return;
    const { entry, codes } = model,
      at = (columns) => columns.map((column) => column[image]);
    const title = this.find(".posterior"),
      canvas = this.find(".original");
    const mean = at(codes.mean);
    drawLogits(this.find(".decoded"), model.decoder.decode(mean), entry.image_side);
    const std = codes.logVar && at(codes.logVar).map((value) => Math.exp(0.5 * value));
    const label = escaped(entry.classes[codes.label[image]]);
    title.innerHTML =
      `${fill(this.words.vae_posterior, { image, label })}: <i class="mean">μ</i> (${mean.map(number).join(", ")})` +
      (std ? `, <i class="log_var">σ</i> (${std.map(number).join(", ")})` : "");
    canvas.hidden = true;
    const pixels = await this.originals.one(entry, image).catch(() => null); // Python says why
    if (!pixels || this.described !== key) return;
    drawPixels(canvas, entry.image_side, pixels);
    canvas.hidden = false;
  }

  // Where nothing can be measured: which image was. vae: its measurements, or null.
  sayElsewhere(vae) {
    if (!vae || !this.words.vae_elsewhere) return;
    const [model, image, n, seed] = vae.of.split(",");
    this.find(".verdict").hidden = false;
    write(this.find(".verdict"), fill(this.words.vae_elsewhere, { model, image, n, seed }));
  }

  show({ state }, vae) {
    const fits =
      vae && vae.of === [state.model, state.image, vae.n, state.seed].join() && vae.n === Math.min(state.n, vae.most);
    this.find(".rows").hidden = this.find(".facts").hidden = this.find(".verdict").hidden = !fits;
    if (!fits) return this.sayElsewhere(vae);
    this.rows ??= new EstimatorRows(
      this.find(".rows"),
      this.words,
      fill(this.words.head_exact_vae, { draws: vae.draws.toLocaleString("en") }),
      this.words.reference,
    );
    const { by } = state,
      k = Number(state.component) - 1;
    const std = Math.exp(0.5 * vae.log_var[k]);
    const unit = by === "std" ? 2 / std : 1; // ∂log σ²/∂σ
    const known = vae.measured[by === "mean" ? "mean" : "log_var"][k];
    const kl = vae.kl[by === "mean" ? "mean" : "log_var"][k] * unit;
    const values = unpacked(vae.values),
      slopes = unpacked(vae.slopes).subarray(k * vae.n, (k + 1) * vae.n);
    const all = this.noise(state.seed, vae.n);
    const noise = Float64Array.from({ length: vae.n }, (_, i) => all[2 * i + k]);
    const draws = estimates({ noise, value: values, slope: slopes, std, by, levels: [0, vae.loss, known.best] });
    for (const one of draws) for (let i = 0; i < one.length; i++) one[i] += kl;
    const truth = known.truth * unit + kl,
      error = known.error * unit;
    const exact = known.variances.map((value) => value * unit * unit);
    this.rows.show({
      draws,
      sums: draws.map((one) => summarise(one)),
      exact,
      truth,
      error,
      levels: [null, null, vae.loss, known.best],
      formulae: [],
      wrong: false,
      own: state.axes === "own",
    });
    write(
      this.find(".facts"),
      `${this.words.vae_loss}: ${format(vae.loss, 2)} nats · ${this.words.vae_best}: ${format(known.best, 2)} nats` +
        ` · ${this.words.vae_kl}: ${number(kl)}`,
    );
    write(
      this.find(".verdict"),
      fill(this.words.verdict_vae, {
        draws: vae.draws.toLocaleString("en"),
        truth: number(truth),
        error: number(error),
        score: number(exact[1] / exact[0]),
        best: number(exact[3] / exact[0]),
      }),
    );
  }
}

function unpacked(text) {
  return new Float32Array(Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0)).buffer);
}
