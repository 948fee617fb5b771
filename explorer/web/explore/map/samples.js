// The Map tool's many samples: K draws from the probe, decoded by both models, live while the probe moves.
//
// All that is shown is of one state: while it moves, of as many draws as fit in a frame; at rest all are decoded
// between frames, and then shown at once.

import { reparameterise } from "../../kernel/gaussian.js";
import { drawNoise, Pictures } from "./sampler.js";
import { round } from "../../kernel/probe.js";
import { write } from "../../parts/dom.js";
import { listen } from "../../parts/slider.js";
import { svgElement } from "../../parts/svg.js";
import { fill } from "../../kernel/text.js";

const BUDGET = 6,
  WORK = 8,
  REST = 120; // ms: for the draws of a frame that moves; of work at a time; after the last move
const LEAST = 4; // draws while it moves

export class ManySamples {
  // section: the element; page: the tool's.
  constructor(section, page) {
    this.section = section;
    this.page = page;
    this.count = 16;
    this.seed = 1;
    this.pictures = new WeakMap();
    this.cost = 0.5;
    this.noise = new Map();
    const { words } = page;
    this.slider = section.querySelector(".draws");
    this.slider.value = String(this.count);
    listen(
      this.slider,
      (value) => this.choose(value),
      () => {},
    );
    section.querySelector("button").addEventListener("click", () => {
      this.seed += 1;
      this.noise.clear();
      page.draw();
      page.announce(fill(words.fresh_done, { n: this.count }));
    });
    const canvas = (name) => `<canvas class="${name}" role="img" width="28" height="28"></canvas>`;
    this.sides = page.panels.map((panel) => {
      const box = section.querySelector(".both").appendChild(document.createElement("div"));
      box.className = "one";
      box.innerHTML = `<p class="what"></p><div class="sheets">${canvas("sheet")}
        <div class="narrow">${canvas("mean")}<span>${words.mean}</span>
        ${canvas("std")}<span>${words.std}</span></div></div>`;
      const [sheet, mean, std] = box.querySelectorAll("canvas");
      return {
        panel,
        what: box.querySelector(".what"),
        canvases: { sheet, mean, std },
        dots: svgElement("g", { class: "many-draws" }),
      };
    });
  }

  open() {
    this.isOpen = true;
    for (const { panel, dots } of this.sides) panel.map.shapes.tool.replaceChildren(dots);
    for (const { panel, canvases } of this.sides) {
      for (const [name, canvas] of Object.entries(canvases))
        canvas.setAttribute("aria-label", fill(this.page.words[`${name}_name`], { name: panel.name }));
    }
    this.key = null;
  }

  close() {
    this.isOpen = false;
    clearTimeout(this.timer);
  }

  choose(count) {
    this.count = count;
    this.page.draw();
  }

  show(frame) {
    if (
      !this.isOpen ||
      this.sides.some(({ panel }) => !panel.model || panel.model.entry.latent_dim > frame.mean.length)
    )
      return;
    write(this.section.querySelector("output"), String(this.count));
    const key = JSON.stringify([
      frame.mean,
      frame.logVar,
      this.seed,
      this.count,
      this.sides.map(({ panel }) => panel.model.entry.digest),
    ]);
    if (this.key !== key) {
      this.key = key;
      this.frame = frame;
      if (!this.noise.has(frame.mean.length))
        this.noise.set(frame.mean.length, drawNoise(this.seed, frame.mean.length));
      const noise = this.noise.get(frame.mean.length);
      this.z = noise.map((one) => reparameterise(frame.mean, frame.logVar, one)); // the same draws for both models
      this.decodeNow(Math.min(this.count, Math.max(LEAST, Math.floor(BUDGET / (2 * this.cost)))));
    }
    this.place();
  }

  // As many as fit, at once; the others when it rests.
  decodeNow(n) {
    clearTimeout(this.timer);
    const begun = performance.now();
    for (const side of this.sides) for (let k = 0; k < n; k++) this.decode(side, k);
    this.cost = 0.8 * this.cost + (0.2 * (performance.now() - begun)) / (2 * n);
    this.present(n);
    this.next = n;
    if (n < this.count) this.timer = setTimeout(() => this.work(), REST);
  }

  work() {
    const begun = performance.now();
    while (this.next < this.count && performance.now() - begun < WORK) {
      for (const side of this.sides) this.decode(side, this.next);
      this.next += 1;
    }
    if (this.next < this.count) this.timer = setTimeout(() => this.work());
    else {
      this.present(this.count);
      this.place();
    }
  }

  picturesOf({ panel: { model } }) {
    if (!this.pictures.has(model)) this.pictures.set(model, new Pictures(model));
    return this.pictures.get(model);
  }

  decode(side, k) {
    this.picturesOf(side).decode(k, this.z[k]); // a model reads as many numbers as it has dimensions
  }

  // Shows the first n draws.
  present(n) {
    const { words } = this.page,
      moving = n < this.count;
    this.shown = n;
    for (const side of this.sides) {
      const pictures = this.picturesOf(side),
        row = this.posteriorOf(side.panel);
      pictures.summarise(n);
      pictures.draw(side.canvases, n, this.count);
      const what = moving
        ? fill(words.moving, { n, all: this.count })
        : fill(row === null ? words.of_probe : words.of_posterior, { n, row });
      write(side.what, `${side.panel.name}: ${what}`);
      side.what.title = side.what.textContent;
      for (const canvas of Object.values(side.canvases)) canvas.dataset.draws = n;
    }
  }

  // The row of the image whose q(z|x) the probe is, for that panel's model; null where it is none's.
  posteriorOf(panel) {
    const row = panel.pickedRow(this.page.state()),
      { mean, logVar } = panel.model.codes,
      { frame } = this;
    if (row === null || !logVar || frame.previewing) return null;
    const same = (columns, values) => columns.every((column, i) => Math.abs(round(column[row]) - values[i]) < 1e-9);
    return same(mean, frame.mean) && same(logVar, frame.logVar) ? row : null;
  }

  // The draws as dots on the maps.
  place() {
    const state = this.page.state();
    for (const { panel, dots } of this.sides) {
      const exact = panel.isExact(state) && panel.map.axes;
      dots.style.display = exact ? "" : "none";
      if (!exact) continue;
      while (dots.children.length < this.shown) dots.append(svgElement("circle", { r: 3 }));
      while (dots.children.length > this.shown) dots.lastChild.remove();
      const { x, y } = panel.map.scale();
      [...dots.children].forEach((dot, k) => {
        const [at, up] = panel.seen(state, this.z[k]);
        dot.setAttribute("cx", x(at));
        dot.setAttribute("cy", y(up));
      });
    }
  }
}
