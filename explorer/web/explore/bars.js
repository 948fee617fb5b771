// The KL of each dimension as bars: the probe's, and a mark for each model's mean over the test set. Below them, the
// response of the models' decoders to each dimension.

import { format, subscript } from "../kernel/format.js";
import { fill } from "../kernel/text.js";

export class Bars {
  // host: the element to fill; words; onChoose(dimension): a bar was clicked.
  constructor(host, words, onChoose) {
    this.host = host;
    this.words = words;
    this.onChoose = onChoose;
  }

  // dimensions: how many; averages: [{name, values}], each stochastic model's mean KL by dimension; responses: the
  // same, of usage.js, of all models that have them.
  arrange(dimensions, averages, responses) {
    this.averages = averages;
    this.responses = responses;
    this.host.hidden = dimensions <= 2;
    this.host.classList.toggle("crowded", dimensions > 8);
    const most = Math.max(...responses.flatMap(({ values }) => values));
    const response = (i) =>
      responses.map(({ values }) => `<i style="height:${((100 * (values[i] ?? 0)) / most).toFixed(1)}%"></i>`).join("");
    this.bars = Array.from({ length: dimensions }, (_, i) => {
      const bar = document.createElement("button");
      bar.type = "button";
      const marks = averages.map(() => '<i class="average"></i>').join("");
      bar.innerHTML = `<span class="well"><i class="probe"></i>${marks}</span>
        ${responses.length ? `<span class="response">${response(i)}</span>` : ""}<span
          class="dimension">${i + 1}</span>`;
      bar.addEventListener("click", () => this.onChoose(i));
      return bar;
    });
    this.host.replaceChildren(...this.bars);
  }

  show(perDimension, chosen) {
    if (this.host.hidden) return;
    const { words } = this;
    const top = Math.max(
      1,
      ...this.averages.flatMap(({ values }) => [...values]),
      ...perDimension.map((value) => Math.min(value, 8)),
    );
    const height = (value) => `${Math.min(100, (100 * value) / top).toFixed(1)}%`;
    this.bars.forEach((bar, i) => {
      const marks = /** @type {NodeListOf<HTMLElement>} */ (bar.querySelectorAll(".average"));
      const [probe] = /** @type {NodeListOf<HTMLElement>} */ (bar.querySelectorAll(".probe"));
      probe.style.height = height(perDimension[i]);
      marks.forEach((mark, model) => (mark.style.bottom = height(this.averages[model].values[i])));
      bar.setAttribute("aria-pressed", String(chosen.includes(i)));
      const of = (lists, text) =>
        lists
          .filter(({ values }) => i < values.length)
          .map(({ name, values }) => fill(text, { name, value: format(values[i], 2) }))
          .join("");
      const kl = `${format(perDimension[i], 2)} nats`,
        response = of(this.responses, words.response);
      bar.title = `z${subscript(i)}: ${kl}${of(this.averages, words.average)}${response}. ${words.click}`;
      bar.setAttribute("aria-label", `Dimension ${i + 1}, KL ${kl}${response}`);
    });
  }
}
