// Arithmetic with class means: start + mean of one class − mean of another, in both models.

import { classesNear } from "../../kernel/nearest.js";
import { moveByClasses } from "./class_means.js";
import { drawLogits } from "../../parts/pixels.js";
import { format } from "../../kernel/format.js";
import { write } from "../../parts/dom.js";
import { placeText } from "./stops.js";
import { fill } from "../../kernel/text.js";

export class Sum {
  // box: the element to fill; page, words: the tool's.
  constructor(box, page, words) {
    this.box = box;
    this.page = page;
    this.words = words;
    box.innerHTML = `<p class="formula-row"><label>${words.mean_of} <select
        class="a"></select></label><label>${words.minus} <select class="b"></select></label>
      <label>+ <select class="start"></select></label></p>
      <div class="results"></div><p class="differ" hidden></p><p class="note-text"></p>`;
    this.find = (selector) => box.querySelector(selector);
    this.a = this.find("select.a");
    this.b = this.find("select.b");
    this.start = this.find("select.start");
    this.a.setAttribute("aria-label", words.first_class);
    this.b.setAttribute("aria-label", words.second_class);
    this.start.setAttribute("aria-label", words.start);
    this.start.append(new Option(words.start_probe, "probe"), new Option(words.start_image, "image"));
    for (const select of [this.a, this.b, this.start])
      select.addEventListener("change", () => page.set({ sum: this.chosen() }));
    this.find(".note-text").textContent = words.sum_note;
    const picture = (caption) =>
      `<figure><canvas role="img" width="28" height="28"></canvas><span>${caption}</span></figure>`;
    this.sides = page.panels.map((panel) => {
      const side = this.find(".results").appendChild(document.createElement("div"));
      side.innerHTML = `<p class="title"></p>
        <div class="pair">${picture(words.before)}<i aria-hidden="true">→</i> ${picture(words.after)}</div>
        <p class="where"></p><p class="near"></p><button type="button">${words.probe_there}</button>`;
      side.querySelector("button").addEventListener("click", () => this.probe(panel));
      return side;
    });
  }

  chosen() {
    return `${this.a.value},${this.b.value}${this.start.value === "image" ? ",image" : ""}`;
  }

  // The classes' names, which may be those of other models than before.
  open() {
    const [left, right] = this.page.panels.map((panel) => panel.model.entry),
      { differ } = { differ: left.dataset !== right.dataset };
    const count = Math.min(left.classes.length, right.classes.length);
    const names = Array.from({ length: count }, (_, i) =>
      differ && left.classes[i] !== right.classes[i] ? `${left.classes[i]} / ${right.classes[i]}` : left.classes[i],
    );
    for (const select of [this.a, this.b])
      select.replaceChildren(...names.map((name, i) => new Option(name, String(i))));
    this.find(".differ").hidden = !differ;
    this.names = names;
  }

  // What each model makes of it: {from, to, start, result}, or null with a sentence why not.
  results(state) {
    const [a, b, start] = state.sum.split(",");
    return this.page.panels.map((panel) => {
      const { codes, entry } = panel.model,
        row = panel.pickedRow(state);
      if (start === "image" && row === null) return { why: fill(this.words.no_start, { name: panel.name }) };
      const from = start === "image" ? codes.mean.map((column) => column[row]) : state.mean.slice(0, entry.latent_dim);
      const moved = moveByClasses(codes, Number(a), Number(b), from);
      return moved
        ? { ...moved, start: from, rows: start === "image" ? [row] : [] }
        : { why: fill(this.words.no_class, { name: panel.name }) };
    });
  }

  show(state, marks) {
    const { words } = this,
      [a, b, start] = state.sum.split(",");
    [this.a.value, this.b.value, this.start.value] = [a, b, start ?? "probe"];
    write(this.find(".differ"), fill(words.different_classes, { a: this.names[a], b: this.names[b] }));
    const key = JSON.stringify([
      state.sum,
      state.mean,
      state.pick,
      this.page.panels.map((panel) => panel.model.entry.digest),
    ]);
    this.changed = this.key !== key;
    if (this.changed) {
      this.key = key;
      this.found = this.results(state);
    }
    this.page.panels.forEach((panel, i) => this.showSide(state, panel, this.sides[i], this.found[i], marks[i]));
  }

  showSide(state, panel, side, found, marks) {
    const { words } = this,
      { decoder, codes, entry } = panel.model;
    if (found.result)
      marks.showArrows(
        state,
        [
          { from: found.from, to: found.to, kind: "means" },
          { from: found.start, to: found.result, kind: "moved" },
        ],
        found.result,
        found.rows,
      );
    else marks.showArrows(state, [], null);
    if (!this.changed) return;
    const [before, after] = side.querySelectorAll("canvas");
    write(side.querySelector(".title"), panel.name);
    side.querySelector(".pair").hidden = side.querySelector("button").hidden = !found.result;
    write(side.querySelector(".near"), found.why ?? "");
    write(side.querySelector(".where"), "");
    if (!found.result) return;
    before.setAttribute("aria-label", fill(words.start_picture, { name: panel.name }));
    after.setAttribute("aria-label", fill(words.result_picture, { name: panel.name }));
    side
      .querySelector("button")
      .setAttribute("aria-label", `${words.probe_there}: ${fill(words.result_picture, { name: panel.name })}`);
    drawLogits(before, decoder.decode(found.start), entry.image_side);
    drawLogits(after, decoder.decode(found.result), entry.image_side);
    const { votes, of } = classesNear(codes, found.result),
      [which, share] = votes[0];
    write(side.querySelector(".near"), fill(words.near, { share, of, name: entry.classes[which] }));
    side.querySelector(".where").dataset.result = found.result.join(",");
    const length = Math.hypot(...found.result.map((value, d) => value - found.start[d]));
    const at = fill(words.at, { place: placeText(found.result, panel.dims(state)) });
    write(side.querySelector(".where"), `${at}; ${fill(words.far, { length: format(length, 2) })}`);
  }

  probe(panel) {
    const { result } = this.found[this.page.panels.indexOf(panel)];
    this.page.set({ mean: this.page.state().mean.map((value, i) => result[i] ?? value) });
  }
}
