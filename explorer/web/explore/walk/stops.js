// The list of a walk's waypoints: numbers to type, and buttons to move and remove them.

import { format } from "../../kernel/format.js";
import { write } from "../../parts/dom.js";
import { fill } from "../../kernel/text.js";
import { fieldOf } from "../../kernel/address.js";

const { least: LEAST, most: MOST } = fieldOf("explore", "walk");

export class Stops {
  // box: the element to fill; words: the tool's; on: {set(stops), number(at, dimension, value)}.
  constructor(box, words, on) {
    this.box = box;
    this.words = words;
    this.on = on;
    this.key = "";
    box.className = "stops";
    box.setAttribute("aria-label", words.stops);
  }

  // walk: as walk_path.read gives it; dims: the dimensions that have a box; describe(row): an image in words; images:
  // how many there are.
  show(walk, dims, describe, images) {
    const key = JSON.stringify([walk.images, walk.stops.length, dims, images]);
    this.walk = walk;
    if (this.key !== key) {
      this.key = key;
      this.box.replaceChildren(...walk.stops.map((_, at) => this.row(at, walk, dims, images)));
    }
    walk.stops.forEach((stop, at) => {
      const row = this.box.children[at];
      for (const input of row.querySelectorAll("input")) {
        const value = walk.images
          ? String(stop)
          : String(Number((stop[Number(input.dataset.dimension)] ?? 0).toFixed(4)));
        if (input.getRootNode().activeElement !== input || Number(input.value) !== Number(value)) input.value = value;
      }
      if (walk.images) write(row.querySelector(".class"), describe(stop));
    });
  }

  row(at, walk, dims, images) {
    const { words, on } = this,
      row = document.createElement("li");
    const boxes = walk.images
      ? [{ label: fill(words.stop_image, { at: at + 1 }), min: 0, max: images - 1, step: 1 }]
      : dims.map((dimension) => ({
          label: fill(words.stop_number, { at: at + 1, dimension: dimension + 1 }),
          min: LEAST,
          max: MOST,
          step: 0.05,
          dimension,
        }));
    for (const { label, dimension, ...range } of boxes) {
      const input = Object.assign(document.createElement("input"), { type: "number", ...range });
      input.setAttribute("aria-label", label);
      if (dimension !== undefined) input.dataset.dimension = dimension;
      input.addEventListener("change", () => {
        const value = Number(input.value),
          whole = !walk.images || Number.isInteger(value);
        const good = input.value !== "" && Number.isFinite(value) && value >= range.min && value <= range.max && whole;
        on.number(at, dimension ?? null, good ? value : null);
      });
      row.append(input);
    }
    if (walk.images) row.append(Object.assign(document.createElement("span"), { className: "class" }));
    const button = (sign, label, enabled, act) => {
      const element = Object.assign(document.createElement("button"), {
        type: "button",
        textContent: sign,
        title: label,
        disabled: !enabled,
      });
      element.setAttribute("aria-label", label);
      element.addEventListener("click", act);
      row.append(element);
    };
    const last = walk.stops.length - 1;
    const swap = (other) => () => {
      const stops = [...this.walk.stops];
      [stops[at], stops[other]] = [stops[other], stops[at]];
      on.set(stops);
      this.box.children[other]?.querySelector("button:not(:disabled)")?.focus();
    };
    button("↑", fill(words.up, { at: at + 1 }), at > 0, swap(at - 1));
    button("↓", fill(words.down, { at: at + 1 }), at < last, swap(at + 1));
    button("×", fill(words.remove, { at: at + 1 }), true, () => {
      on.set(this.walk.stops.filter((_, i) => i !== at));
      (this.box.children[at] ?? this.box.lastElementChild)?.querySelector("button:last-child")?.focus();
    });
    return row;
  }
}

// A place in words: its first numbers.
export const placeText = (place, dims) =>
  `(${dims.map((i) => format(place[i] ?? 0, 2)).join(", ")}${place.length > dims.length ? ", …" : ""})`;
