// Both halves of a VAE's loss at one image, against the width of q: what a narrow q saves, and what it pays.

import { ModelTab } from "./model_tab.js";
import { format, trimmed } from "../kernel/format.js";
import { fill } from "../kernel/text.js";
import { indexOf, lossOf, LOG_VARS } from "../kernel/width/terms.js";
import { write, writeCells } from "../parts/dom.js";
import { ImageField } from "../parts/models/image_field.js";
import { showWays } from "../parts/models/ways.js";
import { Slider } from "../parts/slider.js";
import { WidthFigure } from "../parts/width/figure.js";
import { drawPictures } from "../parts/width/pictures.js";
import { WidthWork } from "../parts/width/work.js";

export class BothHalves extends ModelTab {
  constructor(element, lesson) {
    super(element, lesson, "vae");
    const { words } = lesson,
      onCommit = () => lesson.finish();
    this.image = new ImageField(lesson, this.find(".image"), () => ({}));
    this.work = new WidthWork(lesson.shelf, () => lesson.draw());
    this.figure = new WidthFigure(this.find(".width-plot"), words, {
      move: (width) => lesson.change({ width }),
      end: (cancelled) => lesson.finish(cancelled),
    });
    const box = this.find(".sliders");
    this.width = new Slider(box, {
      symbol: "log_var",
      range: [LOG_VARS[0], LOG_VARS.at(-1)],
      limit: -LOG_VARS[0],
      step: LOG_VARS[1] - LOG_VARS[0],
      onMove: (width) => lesson.change({ width: LOG_VARS[indexOf(width)] }),
      onCommit,
    });
    this.width.name("log σ²");
    this.beta = new Slider(box, {
      symbol: "weight",
      range: [0, 40],
      limit: 100,
      least: 0,
      step: 0.5,
      onMove: (beta) => lesson.change({ beta }),
      onCommit,
    });
    this.beta.name("β");
    this.find(".best").addEventListener("click", () => {
      if (this.loss) lesson.set({ width: LOG_VARS[this.loss.least] });
    });
  }

  draw(state) {
    const { lesson, work } = this,
      entry = this.showModel(true);
    this.image.show(entry);
    if (!entry) return;
    const key = [entry.digest, state.image, entry.originals].join();
    if (this.key !== key) {
      this.key = key;
      showWays(this.element, lesson.base, state, lesson.catalogue);
      work.begin(entry, state.image).catch((error) => lesson.fail(error));
    }
    this.width.show(state.width, lesson.committed.width);
    this.beta.show(state.beta, lesson.committed.beta);
    this.find(".at-draw").hidden = this.find(".at-mean").hidden = !work.found;
    if (work.found) this.drawFound(state, work.found);
  }

  drawFound(state, found) {
    const { model, terms } = found,
      at = indexOf(state.width);
    drawPictures((selector) => this.find(selector), found, at);
    if (!terms) return;
    this.loss = lossOf(terms.reconstruction, terms.kl, state.beta);
    const own = model.codes.logVar.map((column) => column[state.image]);
    this.figure.show(this.loss, at, { marks: own.length === 2 ? own : [] });
    this.showNumbers(state, terms, at);
  }

  showNumbers(state, terms, at) {
    const { words } = this.lesson,
      { loss } = this,
      { least } = loss,
      table = this.find(".numbers");
    const cells = {};
    for (const [column, index] of Object.entries({ here: at, least: terms.done ? least : -1 }))
      for (const term of ["first", "second", "total"]) {
        const value = loss[term][index];
        cells[`${term}-${column}`] = Number.isFinite(value) ? format(value, 2) : "…";
        table.dataset[`${term}${column}`] = Number.isFinite(value) ? String(value) : "";
      }
    const std = (index) => format(Math.exp(0.5 * LOG_VARS[index]), 3);
    writeCells(table, { ...cells, "std-here": std(at), "std-least": terms.done ? std(least) : "…" });
    write(this.find(".second-name"), fill(words.halves_second, { beta: trimmed(state.beta) }));
    table.dataset.of = terms.done ? `${state.vae}:${state.image}` : "";
    table.dataset.least = String(LOG_VARS[least]);
    this.said = fill(words.halves_said, { total: format(loss.total[at], 1), std: std(least) });
  }

  spoken() {
    return this.said ?? "";
  }

  stop() {
    this.work.stop();
    this.key = null;
  }
}
