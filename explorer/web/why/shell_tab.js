// Draws of the prior in many dimensions lie on a shell: their distances from the origin, and pictures along one ray.

import { DRAWS, drawsIn, radialDensity, radiusOf, shareWithin } from "./shell.js";
import { format, percent } from "../kernel/format.js";
import { fill } from "../kernel/text.js";
import { write, writeCells } from "../parts/dom.js";
import { drawLogits, pixelsOf, putPixels } from "../parts/pixels.js";
import { Plot, PlotHandle } from "../parts/plot.js";
import { Slider } from "../parts/slider.js";
import { set } from "../parts/svg.js";

const BINS_A_UNIT = 4,
  ROOM = 3.5; // of the axis beyond √d
const SHARES = [0, 0.25, 0.5, 0.75, 1, 1.25, 1.5]; // of √d: where the ray is decoded
const PLANE = 2; // dimensions, for comparison

export class ShellTab {
  /** @param {import("./page.js").Lesson} lesson @param {any} root */
  constructor(lesson, root) {
    this.lesson = lesson;
    this.root = root;
    const { words } = lesson,
      onCommit = () => lesson.finish(),
      move = (radius) => lesson.change({ radius: Math.max(0, Math.min(this.most, radius)) });
    this.list = lesson.modelList(this.find("select"), "many");
    this.plot = new Plot(this.find(".shell-plot"), { xLabel: words.radius, yLabel: words.radial_density });
    const { plot } = this;
    this.bars = plot.make("path", "shell-bars");
    this.curves = { plane: plot.make("path", "shell-curve plane"), many: plot.make("path", "shell-curve many") };
    this.handle = new PlotHandle(plot, {
      name: words.radius_handle,
      className: "z",
      line: true,
      step: 0.1,
      value: () => [this.radius, 0],
      onMove: ([radius]) => move(radius),
      onEnd: (cancelled) => lesson.finish(cancelled),
    });
    this.slider = new Slider(this.find(".sliders"), {
      symbol: "z",
      range: [0, 10],
      limit: 40,
      least: 0,
      step: 0.1,
      onMove: move,
      onCommit,
    });
    this.slider.name(words.radius);
    this.find(".again").addEventListener("click", () => lesson.set({ seed: lesson.state.seed + 1, radius: null }));
    this.resizer = new ResizeObserver(() => lesson.draw());
    this.resizer.observe(this.find(".shell-plot"));
  }

  find(selector) {
    return this.root.querySelector(selector);
  }

  // ‖z‖ of the point that is decoded: the draw's own, or where it was moved.
  get radius() {
    return this.lesson.state.radius ?? radiusOf(this.draws[0]);
  }

  get most() {
    return Math.sqrt(this.dimensions) + ROOM;
  }

  refresh() {
    const { lesson } = this,
      entry = lesson.entry("many");
    lesson.shelf.showMissing(null);
    this.list.show(entry?.name);
    this.root.classList.toggle("none", !entry);
    this.find(".absent").hidden = Boolean(entry);
    if (!entry) return;
    const key = [entry.digest, lesson.state.seed].join();
    if (this.key === key) return;
    this.key = key;
    this.dimensions = entry.latent_dim;
    this.draws = drawsIn(lesson.state.seed, entry.latent_dim);
    this.radii = this.draws.map(radiusOf);
    this.model = null;
    this.open(entry, key).catch((error) => lesson.fail(error));
  }

  async open(entry, key) {
    const model = await this.lesson.shelf.open(entry);
    if (this.key !== key) return;
    this.model = model;
    this.lesson.draw();
  }

  draw() {
    if (!this.draws || !this.lesson.entry("many")) return;
    const { radius, dimensions } = this;
    this.drawPlot();
    this.slider.home = [0, Math.ceil(this.most)];
    this.slider.show(Math.round(10 * radius) / 10, this.lesson.probe.committed.radius ?? radius);
    const mean = this.radii.reduce((sum, value) => sum + value, 0) / DRAWS,
      spread = Math.sqrt(this.radii.reduce((sum, value) => sum + (value - mean) ** 2, 0) / DRAWS),
      within = shareWithin(radius, dimensions),
      table = this.find(".numbers");
    const { words } = this.lesson;
    writeCells(table, {
      root: format(Math.sqrt(dimensions), 2),
      mean: fill(words.mean_and_spread, { mean: format(mean, 2), spread: format(spread, 2) }),
      radius: format(radius, 2),
      within: percent(within),
      plane: percent(shareWithin(radius, PLANE)),
      log: format(-0.5 * radius ** 2, 1),
    });
    Object.assign(table.dataset, { of: `${this.lesson.state.many}:${this.lesson.state.seed}`, mean, spread, within });
    write(this.find(".many-name"), fill(words.in_dimensions, { dimensions }));
    if (this.model) this.drawPictures();
    this.said = fill(words.shell_said, { radius: format(radius, 1), within: percent(within) });
  }

  drawPlot() {
    const { plot, dimensions, radii, most } = this,
      top = 1.15 * Math.max(radialDensity(1, PLANE), radialDensity(Math.sqrt(dimensions - 1), dimensions));
    if (!plot.view([0, most], [0, top])) return;
    const counts = new Array(Math.ceil(most * BINS_A_UNIT)).fill(0);
    for (const radius of radii) counts[Math.min(counts.length - 1, Math.floor(radius * BINS_A_UNIT))] += 1;
    const path = counts
      .map((count, i) => {
        const [left, right] = [plot.x(i / BINS_A_UNIT), plot.x((i + 1) / BINS_A_UNIT)];
        return `M${left} ${plot.y(0)}V${plot.y((count * BINS_A_UNIT) / DRAWS)}H${right}V${plot.y(0)}Z`;
      })
      .join("");
    set(this.bars, { d: path });
    set(this.curves.plane, { d: plot.curve((r) => radialDensity(r, PLANE)) });
    set(this.curves.many, { d: plot.curve((r) => radialDensity(r, dimensions)) });
    this.handle.show(this.radius, 0);
  }

  // The point on the draw's ray at a distance from the origin.
  at(radius) {
    const [draw] = this.draws,
      own = radiusOf(draw);
    return draw.map((value) => (value * radius) / own);
  }

  drawPictures() {
    const { active, entry } = this.model,
      side = entry.image_side,
      canvas = this.find(".strip");
    drawLogits(this.find(".at-radius"), active.decode(this.at(this.radius)), side);
    canvas.width = side * SHARES.length;
    canvas.height = side;
    const context = canvas.getContext("2d"),
      sheet = context.createImageData(canvas.width, side),
      root = Math.sqrt(this.dimensions);
    SHARES.forEach((share, i) => putPixels(sheet, i * side, 0, side, pixelsOf(active.decode(this.at(share * root)))));
    context.putImageData(sheet, 0, 0);
    SHARES.forEach((share, i) => write(this.find(".strip-values").children[i], format(share * root, 1)));
  }

  spoken() {
    return this.said ?? "";
  }

  stop() {}

  destroy() {
    this.resizer.disconnect();
  }
}
