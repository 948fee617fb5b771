// Posterior collapse: what each latent dimension of a trained VAE pays in KL, and what moving it does to a picture.

import { ModelTab } from "./model_tab.js";
import { means, moved, OF_STRIP } from "./dimension_use.js";
import { format, subscript, trimmed } from "../kernel/format.js";
import { fill } from "../kernel/text.js";
import { write, writeCells } from "../parts/dom.js";
import { showWays } from "../parts/models/ways.js";
import { drawLogits, pixelsOf, putPixels } from "../parts/pixels.js";
import { listen, Slider } from "../parts/slider.js";
import { set, svgElement } from "../parts/svg.js";

const LEAST_NATS = 1, // of the highest bar
  LEAST_BARS = 8; // that the figure has room for

export class Collapse extends ModelTab {
  constructor(element, lesson) {
    super(element, lesson, "model");
    /** @type {HTMLInputElement} */
    this.rank = this.find(".rank");
    listen(
      this.rank,
      (rank) => this.use && lesson.change({ dimension: this.use.order[rank - 1] + 1 }),
      () => lesson.finish(),
    );
    this.value = new Slider(this.find(".sliders"), {
      symbol: "z",
      range: [-4, 4],
      limit: 4,
      onMove: (value) => lesson.change({ value }),
      onCommit: () => lesson.finish(),
    });
    this.value.name("z");
    this.bars = this.find(".use-bars").appendChild(svgElement("svg", { preserveAspectRatio: "none" }));
  }

  reset() {
    return { dimension: null };
  }

  draw(state) {
    const { lesson } = this,
      entry = this.showModel(false);
    if (!entry) return;
    this.showSiblings(entry);
    if (this.digest !== entry.digest) {
      this.digest = entry.digest;
      this.use = null;
      showWays(this.element, lesson.base, state, lesson.catalogue);
      this.open(entry).catch((error) => lesson.fail(error));
    }
    this.value.show(state.value, lesson.committed.value);
    if (this.use) this.drawUse(state);
  }

  async open(entry) {
    const model = await this.lesson.shelf.open(entry);
    if (this.digest !== entry.digest) return;
    this.model = model;
    this.use = means(model.codes);
    this.lesson.draw();
  }

  drawUse(state) {
    const { use, model } = this,
      { words } = this.lesson,
      { kl, variance, order, active } = use,
      chosen = state.dimension === null ? order[0] : state.dimension - 1,
      rank = order.indexOf(chosen) + 1;
    this.rank.max = String(order.length);
    this.rank.value = String(rank);
    const name = `z${subscript(chosen)}`;
    this.rank.setAttribute("aria-valuetext", name);
    write(this.find(".which"), name);
    this.value.name(name);
    this.drawBars(rank - 1);
    const code = model.codes.mean.map((column) => column[state.image]),
      at = (value) => code.map((own, d) => (d === chosen ? value : own)),
      change = moved((z) => model.active.decode(z), at, state.value);
    this.drawStrip(at);
    drawLogits(this.find(".at-value"), model.active.decode(at(state.value)), model.entry.image_side);
    const table = this.find(".numbers");
    writeCells(table, {
      kl: format(kl[chosen], 3),
      variance: format(variance[chosen], 3),
      change: format(change, 2),
      total: format(
        kl.reduce((a, b) => a + b),
        2,
      ),
      active: fill(words.active_of, { active, all: order.length }),
    });
    const isActive = words[active && variance[chosen] > use.least ? "is_active" : "is_inactive"];
    write(this.find(".verdict"), fill(isActive, { name }));
    Object.assign(table.dataset, { of: `${model.entry.name}:${chosen + 1}`, kl: kl[chosen], change, active });
    this.said = fill(words.collapse_said, { name, kl: format(kl[chosen], 2), change: format(change, 1) });
  }

  // A bar for each dimension, the one with most KL first.
  drawBars(chosen) {
    const { kl, order } = this.use,
      highest = Math.max(LEAST_NATS, kl[order[0]]);
    set(this.bars, { viewBox: `0 0 ${Math.max(LEAST_BARS, order.length)} 1` });
    this.bars.replaceChildren(
      ...order.map((d, i) => {
        const height = Math.max(0.006, kl[d] / highest);
        const bar = svgElement("rect", { x: i + 0.08, width: 0.84, y: 1 - height, height });
        set(bar, { class: i === chosen ? "chosen" : "" });
        return bar;
      }),
    );
    write(this.find(".highest"), fill(this.lesson.words.nats_of, { nats: format(highest, 1) }));
  }

  drawStrip(at) {
    const { model } = this,
      side = model.entry.image_side,
      canvas = this.find(".strip");
    canvas.width = side * OF_STRIP.length;
    canvas.height = side;
    const context = canvas.getContext("2d"),
      image = context.createImageData(canvas.width, side);
    OF_STRIP.forEach((value, i) => putPixels(image, i * side, 0, side, pixelsOf(model.active.decode(at(value)))));
    context.putImageData(image, 0, 0);
  }

  // The VAEs of the same dataset, each a button with its β, BCE and KL.
  showSiblings(entry) {
    const alike = [...this.lesson.catalogue]
      .filter(({ dataset, run, shape }) => dataset === entry.dataset && !run && !shape)
      .sort((a, b) => a.latent_dim - b.latent_dim || a.weights.beta - b.weights.beta);
    const key = [entry.name, ...alike.map(({ digest }) => digest)].join();
    if (this.siblings === key) return;
    this.siblings = key;
    this.find(".siblings tbody").replaceChildren(
      ...alike.map(({ name, latent_dim: dimensions, weights, metrics, choice }) => {
        const row = document.createElement("tr"),
          button = document.createElement("button");
        button.type = "button";
        button.textContent = choice;
        button.setAttribute("aria-pressed", String(name === entry.name));
        button.addEventListener("click", () => this.choose(name));
        row.append(document.createElement("th"));
        row.firstElementChild.append(button);
        const numbers = [String(dimensions), trimmed(weights.beta)];
        for (const text of [...numbers, format(metrics.reconstruction_sampled, 1), format(metrics.kl, 2)])
          row.insertCell().textContent = text;
        return row;
      }),
    );
  }

  spoken() {
    return this.said ?? "";
  }
}
