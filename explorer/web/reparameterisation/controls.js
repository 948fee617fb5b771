// The controls of lesson 2: sliders, choices and buttons over all parts.

import { round } from "../kernel/probe.js";
import { subscript } from "../kernel/format.js";
import { write } from "../parts/dom.js";
import { ModelList } from "../parts/model_list.js";
import { Slider } from "../parts/slider.js";
import { fill } from "../kernel/text.js";

const COUNTS = [10, 100, 1000, 10_000, 100_000];
const RANGES = { mean: [-4, 4], log_var: [-6, 2] };
const SIGNS = { mean: "μ", log_var: "log σ²" };
const RADIOS = { "rep-f": "f", "rep-by": "by" }; // by their name: the part of the state

export class Controls {
  // lesson: the page.
  constructor(lesson) {
    this.lesson = lesson;
    this.words = lesson.words;
    this.buildSliders(lesson.data.limits);
    this.buildChoices();
    this.buildDraws();
  }

  find(selector) {
    return this.lesson.find(selector);
  }

  get state() {
    return this.lesson.probe.state;
  }

  buildSliders(limits) {
    const { lesson } = this,
      onCommit = () => lesson.commit();
    this.sliders = [];
    for (const at of [0, 1]) {
      for (const [symbol, range] of Object.entries(RANGES)) {
        const onMove = (value) => lesson.changeOne(symbol, at, value);
        const slider = new Slider(this.find(".sliders"), { symbol, range, limit: limits[symbol], onMove, onCommit });
        if (at) slider.row.dataset.in = "draws code";
        this.sliders.push({ symbol, at, slider });
      }
    }
    this.omega = new Slider(this.find(".function"), {
      symbol: "omega",
      range: [0, 6],
      least: 0,
      limit: limits.omega,
      onMove: (omega) => lesson.change({ omega: round(omega) }),
      onCommit,
    });
    this.omega.name("ω");
  }

  buildChoices() {
    const { lesson } = this;
    for (const [name, key] of Object.entries(RADIOS))
      for (const radio of this.radios(name)) radio.addEventListener("change", () => lesson.set({ [key]: radio.value }));
    this.list = new ModelList(this.find(".model"), lesson.catalogue, this.words.model_list, {
      choose: (model) => {
        const last = lesson.catalogue.get(model).images - 1;
        lesson.set({ model, image: Math.min(this.state.image, last) });
      },
      announce: (text) => lesson.announce(text),
      fail: (error, what) => lesson.fail(error, what),
    });
    this.axes = this.find("input.axes");
    this.axes.addEventListener("change", () => lesson.set({ axes: this.axes.checked ? "own" : "shared" }));
    this.component = this.find("select.component");
    this.component.addEventListener("change", () => lesson.set({ component: this.component.value }));
    this.image = this.find(".image");
    this.image.addEventListener("change", () => this.chooseImage());
  }

  buildDraws() {
    const { lesson } = this;
    this.count = this.find(".count");
    this.count.addEventListener("change", () => lesson.set({ n: Number(this.count.value) }));
    const click = (button, part) => this.find(button).addEventListener("click", () => lesson.set(part(this.state)));
    click(".fresh", ({ seed }) => ({ seed: (seed + 1) % 2 ** 32 }));
    click(".previous", ({ draw, n }) => ({ draw: (draw - 1 + n) % n }));
    click(".next", ({ draw, n }) => ({ draw: (draw + 1) % n }));
  }

  radios(name) {
    return this.lesson.root.querySelectorAll(`input[name=${name}]`);
  }

  chooseImage() {
    const { value } = this.image,
      row = Number(value),
      { images } = this.lesson.catalogue.get(this.state.model);
    if (Number.isInteger(row) && row >= 0 && row < images && value !== "") this.lesson.set({ image: row });
    else this.image.value = this.state.image;
  }

  // Shows what is chosen: everything but the sliders' numbers.
  sync() {
    const { state } = this,
      { root, catalogue } = this.lesson;
    for (const part of root.querySelectorAll("[data-in]"))
      part.hidden = !part.dataset.in.split(" ").includes(state.view);
    this.omega.row.hidden = state.f !== "cosine";
    for (const [name, key] of Object.entries(RADIOS))
      for (const radio of this.radios(name)) radio.checked = radio.value === state[key];
    const plane = state.view === "draws" || state.view === "code";
    for (const { symbol, at, slider } of this.sliders) slider.name(`${SIGNS[symbol]}${plane ? subscript(at) : ""}`);
    this.list.show(state.model);
    this.image.value = state.image;
    this.image.max = catalogue.get(state.model).images - 1;
    this.component.value = state.component;
    this.axes.checked = state.axes === "own";
    const counts = [...new Set([...COUNTS, state.n])].sort((a, b) => a - b);
    this.count.replaceChildren(...counts.map((n) => new Option(n.toLocaleString("en"), n, false, n === state.n)));
    write(this.find(".seed"), `${this.words.seed} ${state.seed}`);
    write(this.find(".which"), fill(this.words.draw_of, { draw: state.draw + 1, n: state.n.toLocaleString("en") }));
  }

  // Shows the sliders' numbers. committed: the state before the change that is being made.
  show(state, committed) {
    for (const { symbol, at, slider } of this.sliders) slider.show(state[symbol][at], committed[symbol][at]);
    this.omega.show(state.omega, committed.omega);
  }
}
