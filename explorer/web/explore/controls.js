// The probe's controls: sliders, the dimensions that they move, fresh noise.

import { standardNormal } from "../kernel/random.js";
import { subscript } from "../kernel/format.js";
import { Slider } from "../parts/slider.js";
import { fieldOf } from "../kernel/address.js";

const SLIDER_RANGE = { mean: [-4, 4], log_var: [-8, 2] };
const FIELDS = ["mean", "log_var", "noise"].map((name) => fieldOf("explore", name));
// over and over, in more dimensions
const START = Object.fromEntries(FIELDS.map((field) => [field.name, field.default]));

export class Controls {
  // root: the page's; page: {state(), change(part), set(part), commit()}.
  constructor(root, page) {
    this.page = page;
    const find = (selector) => root.querySelector(selector);
    this.dims = find(".dims");
    this.sliders = [];
    for (const [symbol, sign] of [
      ["mean", "μ"],
      ["log_var", "log σ²"],
    ]) {
      for (const at of [0, 1])
        this.sliders.push(this.buildSlider(find(".sliders"), symbol, sign, at, fieldOf("explore", symbol).most));
    }
    const everywhere = (values) => page.state().mean.map((_, i) => values[i % 2]);
    find(".resample").addEventListener("click", () =>
      page.set({ noise: [...standardNormal(page.state().mean.length)] }),
    );
    find(".reset").addEventListener("click", () =>
      page.set({ mean: everywhere(START.mean), log_var: everywhere(START.log_var), pick: null }),
    );
    this.dimChoices = [...root.querySelectorAll(".dims .dimension")];
    this.dimChoices.forEach((choice, at) =>
      choice.addEventListener("change", () => this.chooseDimension(at, Number(choice.value))),
    );
  }

  // at: 0 or 1, the first or second of the two dimensions that are moved.
  buildSlider(box, symbol, sign, at, limit) {
    const onMove = (value) => {
      const values = [...this.page.state()[symbol]];
      values[moved(this.page.state())[at]] = value;
      this.page.change({ [symbol]: values });
    };
    const slider = new Slider(box, {
      symbol,
      range: SLIDER_RANGE[symbol],
      limit,
      onMove,
      onCommit: () => this.page.commit(),
    });
    slider.name(`${sign}${subscript(at)}`);
    return { symbol, sign, at, slider };
  }

  // Sliders and lists for as many dimensions as there are.
  arrange(state) {
    const dimensions = state.mean.length,
      shown = moved(state);
    this.dims.hidden = dimensions <= 2;
    for (const [at, choice] of this.dimChoices.entries()) {
      choice.replaceChildren(
        ...Array.from({ length: dimensions }, (_, i) => new Option(String(i + 1), String(i), false, i === shown[at])),
      );
    }
    for (const { sign, at, slider } of this.sliders) slider.name(`${sign}${subscript(shown[at])}`);
  }

  chooseDimension(at, dimension) {
    const dims = [...this.page.state().dims];
    if (dims[1 - at] === dimension)
      dims.reverse(); // the other one: they change places
    else dims[at] = dimension;
    this.page.set({ dims });
  }

  show(frame, state) {
    for (const { symbol, at, slider } of this.sliders) {
      const index = moved(state)[at];
      slider.show((symbol === "mean" ? frame.mean : frame.logVar)[index], state[symbol][index]);
    }
  }
}

// The two dimensions that the sliders move.
export function moved(state) {
  return state.mean.length > 2 ? state.dims : [0, 1];
}

// A probe with as many dimensions as asked for: the numbers that it has, then those of the start.
export function resized(state, dimensions) {
  const part = { dims: state.dims.every((i) => i < dimensions) ? state.dims : [0, 1] };
  for (const [symbol, start] of Object.entries(START)) {
    part[symbol] = Array.from({ length: dimensions }, (_, i) => state[symbol][i] ?? start[i % 2]);
  }
  return part;
}
