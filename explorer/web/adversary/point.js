// Why an AAE's encoder is a point: the terms of its loss at one image, if its code had a width.

import { format } from "../kernel/format.js";
import { fill } from "../kernel/text.js";
import { indexOf, lossOf, LOG_VARS } from "../kernel/width/terms.js";
import { write, writeCells } from "../parts/dom.js";
import { ImageField } from "../parts/models/image_field.js";
import { showWays } from "../parts/models/ways.js";
import { Slider } from "../parts/slider.js";
import { WidthFigure } from "../parts/width/figure.js";
import { drawPictures } from "../parts/width/pictures.js";
import { WidthWork } from "../parts/width/work.js";

export class PointTab {
  constructor(lesson, root) {
    this.lesson = lesson;
    this.root = root;
    this.words = lesson.words;
    const isListed = ({ discriminator, shape, weights }) => discriminator && !shape && "adversarial_weight" in weights;
    this.list = lesson.modelList(this.find("select.aae"), (name) => this.choose(name), isListed);
    this.image = new ImageField(this, this.find(".image"), () => ({}));
    this.work = new WidthWork(lesson.shelf, () => this.draw());
    const move = (width) => {
        lesson.change({ width: LOG_VARS[indexOf(width)] });
        this.draw();
      },
      end = () => this.finish();
    this.figure = new WidthFigure(this.find(".width-plot"), this.words, {
      move,
      end: (cancelled) => {
        if (cancelled) lesson.change({ width: this.committed });
        this.finish();
      },
    });
    this.width = new Slider(this.find(".sliders"), {
      symbol: "log_var",
      range: [LOG_VARS[0], LOG_VARS.at(-1)],
      limit: -LOG_VARS[0],
      step: LOG_VARS[1] - LOG_VARS[0],
      onMove: move,
      onCommit: end,
    });
    this.width.name("log σ²");
    this.resizer = new ResizeObserver(() => this.draw());
    this.resizer.observe(this.find(".width-plot"));
  }

  find(selector) {
    return this.root.querySelector(selector);
  }

  // ---- its part of the lesson's state

  get state() {
    return this.lesson.state.point;
  }

  set(part) {
    this.lesson.change(part);
    this.lesson.commit();
    this.refresh();
  }

  finish() {
    this.committed = this.state.width;
    this.lesson.commit();
    this.draw();
    if (this.said) this.lesson.announce(this.said);
  }

  choose(name) {
    const fits = this.state.image < this.lesson.catalogue.get(name).images;
    this.set({ point: name, image: fits ? this.state.image : 0 });
  }

  refresh() {
    const { lesson, state } = this,
      entry = lesson.catalogue.get(state.point);
    this.committed = state.width;
    this.list.show(state.point);
    this.image.show(entry);
    this.root.classList.toggle("none", !entry);
    this.find(".absent").hidden = Boolean(entry);
    write(this.find(".why-not"), lesson.shelf.showMissing(entry ?? null) ?? "");
    if (!entry) return;
    const seen = { vae: lesson.state.field.vae, aae: state.point, image: state.image };
    showWays(this.root, lesson.base, seen, lesson.catalogue);
    this.work.begin(entry, state.image).catch((error) => lesson.fail(error));
  }

  // ---- drawing

  draw() {
    const { work, state } = this;
    this.width.show(state.width, this.committed);
    if (!work.found) return;
    const { model, terms } = work.found,
      at = indexOf(state.width);
    drawPictures((selector) => this.find(selector), work.found, at);
    if (!terms) return;
    const weight = Number(model.entry.weights.adversarial_weight),
      loss = lossOf(terms.reconstruction, terms.judged, weight),
      { kl } = terms;
    this.figure.show(loss, at, { other: terms.reconstruction.map((value, i) => value + kl[i]) });
    this.showNumbers(terms, loss, at, weight);
  }

  showNumbers(terms, loss, at, weight) {
    const { words, state } = this,
      table = this.find(".numbers"),
      { kl, reconstruction } = terms,
      all = { ...loss, kl, elbo: reconstruction.map((value, i) => -value - kl[i]) },
      cells = {};
    for (const [column, index] of Object.entries({ here: at, least: terms.done ? loss.least : -1 })) {
      const std = index >= 0 ? format(Math.exp(0.5 * LOG_VARS[index]), 3) : "…";
      cells[`std-${column}`] = std;
      for (const term of ["first", "second", "total", "kl", "elbo"]) {
        const value = all[term][index],
          isKnown = Number.isFinite(value);
        cells[`${term}-${column}`] = isKnown ? format(value, 2) : "…";
        table.dataset[`${term}${column}`] = isKnown ? String(value) : "";
      }
    }
    writeCells(table, cells);
    write(this.find(".second-name"), fill(words.point_second, { weight: String(weight) }));
    table.dataset.least = String(LOG_VARS[loss.least]);
    table.dataset.of = terms.done ? `${state.point}:${state.image}` : "";
    write(this.find(".lost"), terms.done ? this.lost(all) : "");
    this.said = fill(words.point_said, { total: cells["total-here"], elbo: cells["elbo-here"] });
  }

  // What both losses make of a σ that shrinks from where BCE + KL is least.
  lost({ elbo, total }) {
    const from = elbo.indexOf(Math.max(...elbo)),
      signed = (value) => (value > 0 ? "+" : "") + format(value, 2),
      std = (index) => format(Math.exp(0.5 * LOG_VARS[index]), 3);
    return fill(this.words.point_lost, {
      from: std(from),
      to: std(0),
      vae: signed(elbo[from] - elbo[0]),
      aae: signed(total[0] - total[from]),
    });
  }

  recolour() {}

  stop() {
    this.work.stop();
  }

  destroy() {
    this.resizer.disconnect();
  }
}
