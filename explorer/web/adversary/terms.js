// The substitution: the KL of the VAE's loss has two parts, and the AAE's discriminator takes the place of one of them.

import { spaced, surgery } from "./surgery.js";
import { format } from "../kernel/format.js";
import { fill } from "../kernel/text.js";
import { write, writeCells } from "../parts/dom.js";
import { listen } from "../parts/slider.js";
import { fieldOf } from "../kernel/address.js";

const COUNTS = fieldOf("adversary", "images").options;

export class TermsTab {
  constructor(lesson, root) {
    this.lesson = lesson;
    this.root = root;
    this.list = lesson.modelList(
      this.find("select.vae"),
      (name) => this.set({ vae: name }),
      ({ stochastic, shape }) => stochastic && !shape,
    );
    /** @type {HTMLInputElement} */
    this.slider = this.find(".images");
    this.slider.max = String(COUNTS.length - 1);
    listen(
      this.slider,
      (at) => {
        lesson.change({ images: COUNTS[at] });
        this.draw();
      },
      () => this.finish(),
    );
    const to = (address) => new URL(address, new URL("../../", lesson.base)).href;
    this.find(".to-loss").href = to("why?tab=loss");
    this.find(".to-explorer").href = to("?underlay=ratio&codes=sampled");
  }

  find(selector) {
    return this.root.querySelector(selector);
  }

  get own() {
    return this.lesson.state.terms;
  }

  set(part) {
    this.lesson.change(part);
    this.lesson.commit();
    this.refresh();
  }

  finish() {
    this.lesson.commit();
    if (this.said) this.lesson.announce(this.said);
  }

  refresh() {
    const { vae } = this.own;
    this.list.show(vae);
    this.slider.value = String(COUNTS.indexOf(this.own.images));
    if (!this.lesson.catalogue.get(vae)) return;
    this.lesson
      .model(vae)
      .then((model) => {
        if (this.own.vae !== vae) return;
        this.model = model;
        this.draw();
      })
      .catch((error) => this.lesson.fail(error));
  }

  draw() {
    const { model } = this,
      { images } = this.own;
    if (!model) return;
    const rows = spaced(model.x.length, images),
      n = rows.length,
      { kl, information, marginal } = surgery({ mean: [model.x, model.y], logVar: model.logVar }, rows),
      table = this.find(".numbers"),
      cap = Math.log(n);
    writeCells(table, {
      kl: format(kl, 3),
      information: format(information, 3),
      marginal: format(marginal, 3),
      cap: format(cap, 3),
      sum: format(information + marginal, 3),
    });
    Object.assign(table.dataset, { of: `${model.entry.name}:${n}`, kl, information, marginal });
    const { words } = this.lesson;
    write(this.find(".count"), fill(words.terms_count, { n: n.toLocaleString("en") }));
    this.slider.setAttribute("aria-valuetext", String(n));
    const total = Math.max(kl, information + Math.max(0, marginal));
    for (const [name, value] of Object.entries({ information, marginal, kl })) {
      const bar = this.find(`.parts-bar [data-part=${name}]`);
      bar.style.width = `${(85 * Math.max(0, value)) / total}%`;
      write(bar.querySelector("b"), format(value, 2));
    }
    this.said = fill(words.terms_said, { information: format(information, 2), marginal: format(marginal, 2) });
  }

  recolour() {}

  stop() {}

  destroy() {}
}
