// A model's metrics at each recorded moment: a small curve for each term, with a cursor.

import { format } from "../kernel/format.js";
import { add, set } from "../parts/svg.js";
import { fill } from "../kernel/text.js";

const HEIGHT = 30,
  PAD = 3; // of a curve, in the drawing's own units; it is 100 wide
// Each term's decimals, and its axis: from 0 to 1, from the smallest to the largest value, or their logarithms.
const TERMS = {
  reconstruction: { decimals: 1, axis: "extent" },
  kl: { decimals: 2, axis: "extent" },
  adversarial: { decimals: 3, axis: "extent" },
  coverage: { decimals: 3, axis: "unit" },
  sliced_w2_squared: { decimals: 4, axis: "log" },
};

export class Curves {
  // host: the element to fill; words: the terms' names, by name; name: whose curves they are.
  constructor(host, words, name, recording, others) {
    this.recording = recording;
    host.setAttribute("aria-label", fill(words.curves, { name }));
    this.rows = Object.entries(recording.terms).map(([term, values]) => {
      const row = document.createElement("div");
      row.className = "curve";
      row.dataset.term = term;
      row.title = words[`${term}_help`];
      row.innerHTML = `<span class="what">${words[term]}</span><b></b>`;
      const svg = add(row, "svg", { viewBox: `0 0 100 ${HEIGHT}`, preserveAspectRatio: "none", "aria-hidden": true });
      // both panels' curves of a term share an axis, so that they can be compared
      const together = [recording, ...others].flatMap((one) => [...(one.terms[term] ?? [])]);
      const toY = axis(TERMS[term].axis, together);
      const points = Array.from(
        values,
        (value, moment) => `${(100 * recording.progress(moment)).toFixed(2)} ${toY(value).toFixed(2)}`,
      );
      add(svg, "path", { class: "line", d: `M${points.join("L")}` });
      const cursor = add(svg, "line", { class: "cursor", y1: 0, y2: HEIGHT });
      return { value: row.querySelector("b"), cursor, values, decimals: TERMS[term].decimals, row };
    });
    host.replaceChildren(...this.rows.map(({ row }) => row));
  }

  // place: where the cursor stands; the numbers are those of the nearest moment.
  show(place) {
    const x = (100 * this.recording.progress(place)).toFixed(2);
    for (const { value, cursor, values, decimals } of this.rows) {
      const text = format(values[Math.round(place)], decimals);
      if (value.textContent !== text) value.textContent = text;
      set(cursor, { x1: x, x2: x });
    }
  }
}

function axis(kind, values) {
  const scale = kind === "log" ? (value) => Math.log(Math.max(value, 1e-6)) : (value) => value;
  const scaled = values.map(scale);
  const low = kind === "unit" ? 0 : Math.min(...scaled),
    high = kind === "unit" ? 1 : Math.max(...scaled);
  return (value) => PAD + (HEIGHT - 2 * PAD) * (1 - (scale(value) - low) / (high - low || 1));
}
