// What one model makes of a picture: a verdict, what it reads, its reconstruction, the difference, and figures.

import { drawLogits, drawPixels } from "../../parts/pixels.js";
import { klToStandardNormal } from "../../kernel/gaussian.js";
import { crossEntropy } from "../../kernel/decoder.js";
import { format } from "../../kernel/format.js";
import { write } from "../../parts/dom.js";
import { fill } from "../../kernel/text.js";
import { verdictOf } from "./verdict.js";

// A picture through a model: {mean, logVar: null without q(z|x), std, kl: nats, null without q(z|x), logits: of the
// decoder at mean, which the next call overwrites, error: BCE, summed over pixels, nats}.
export function reconstruct(encoder, decoder, x) {
  const { mean, logVar } = encoder.encode(x);
  const logits = decoder.decode(mean);
  return {
    mean,
    logVar,
    logits,
    error: crossEntropy(logits, x),
    std: logVar && logVar.map((value) => Math.exp(0.5 * value)),
    kl: logVar && [...klToStandardNormal([...mean], [...logVar])].reduce((sum, value) => sum + value, 0),
  };
}

// The colour of a difference from −1 to 1 between {less, none, more}, each [r, g, b].
export function differenceColour(value, { less, none, more }) {
  const end = value < 0 ? less : more,
    share = Math.min(Math.abs(value), 1);
  return none.map((from, i) => from + share * (end[i] - from));
}

export class Row {
  // words: of the tool; onProbe(): put the probe where the code is.
  constructor(words, onProbe) {
    this.words = words;
    this.element = document.createElement("div");
    this.element.className = "row";
    this.element.innerHTML = `<p class="verdict"><b></b> <span></span></p><canvas class="reads"
        role="img"></canvas><canvas class="made" role="img"></canvas><canvas class="off" role="img"></canvas>
      <button type="button" class="to-probe"></button>`;
    this.figures = document.createElement("p"); // folded
    this.figures.innerHTML = `<b></b> <span class="code"></span> <output class="kl-of" aria-live="off"></output>`;
    const find = (name) =>
      /** @type {any} */ (this.element.querySelector(`.${name}`) ?? this.figures.querySelector(`.${name}`));
    this.names = [this.element, this.figures].map((part) => part.querySelector("b"));
    this.verdict = find("verdict");
    this.reads = find("reads"); // canvases: what the model reads, what it makes of it, and the difference
    this.made = find("made");
    this.off = find("off");
    this.code = find("code");
    this.kl = find("kl-of");
    this.button = find("to-probe");
    this.button.textContent = words.to_probe;
    this.button.addEventListener("click", onProbe);
  }

  // The model's name and kind.
  describe(name, stochastic) {
    const { words } = this;
    this.stochastic = stochastic;
    for (const element of this.names) write(element, `${name}:`);
    for (const part of ["reads", "made", "off"]) this[part].setAttribute("aria-label", fill(words[part], { name }));
    this.kl.setAttribute("aria-label", fill(words.kl_of, { name }));
    this.button.title = fill(stochastic ? words.to_probe_vae : words.to_probe_aae, { name });
    this.button.setAttribute("aria-label", `${words.to_probe}: ${name}`);
  }

  // x: what the model reads; found: of `reconstruct`, or null without a picture; model: the panel's; colours: for
  // differenceColour.
  show(x, found, model, colours) {
    const { words } = this,
      side = model.entry.image_side;
    this.element.classList.toggle("blank", !found);
    write(this.verdict.querySelector("span"), found ? verdictOf(found, model, words) : "");
    this.button.disabled = !found;
    drawPixels(
      this.reads,
      side,
      x.map((value) => 255 * value),
    );
    if (!found) {
      for (const canvas of [this.made, this.off]) canvas.getContext("2d").clearRect(0, 0, canvas.width, canvas.height);
      write(this.code, "");
      write(this.kl, this.stochastic ? "" : words.no_kl);
      delete this.kl.dataset.nats;
      delete this.verdict.dataset.nats;
      return;
    }
    drawLogits(this.made, found.logits, side);
    this.drawDifference(x, found.logits, side, colours);
    write(this.code, this.codeText(found));
    write(this.kl, found.kl === null ? words.no_kl : `KL ${format(found.kl, 2)} ${words.nats}`);
    if (found.kl !== null) this.kl.dataset.nats = found.kl;
    this.verdict.dataset.nats = found.error;
  }

  codeText({ mean, std }) {
    const sign = std ? "μ" : "z";
    if (mean.length > 2) return `‖${sign}‖ = ${format(Math.hypot(...mean), 2)}`;
    const pair = (values) => `(${[...values].map((value) => format(value, 2)).join(", ")})`;
    return `${sign} ${pair(mean)}${std ? ` σ ${pair(std)}` : ""}`;
  }

  drawDifference(x, logits, side, colours) {
    const { off } = this;
    if (off.width !== side) off.width = off.height = side;
    const context = off.getContext("2d"),
      image = context.createImageData(side, side);
    const area = side * side,
      channels = x.length / area;
    for (let i = 0; i < area; i++) {
      let difference = 0; // of a pixel in colour, the mean of its channels'
      for (let at = i; at < x.length; at += area) difference += (1 / (1 + Math.exp(-logits[at])) - x[at]) / channels;
      const colour = differenceColour(difference, colours);
      for (let channel = 0; channel < 3; channel++) image.data[4 * i + channel] = Math.round(colour[channel]);
      image.data[4 * i + 3] = 255;
    }
    context.putImageData(image, 0, 0);
  }
}
