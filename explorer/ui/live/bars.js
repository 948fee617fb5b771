// The KL of each dimension as bars: the probe's, and a mark for what a model pays on average over the test set.

import { klToStandardNormal } from "./gaussian.js";
import { format, subscript } from "./readout.js";

export class Bars {
  // host: the element to fill; onChoose(dimension): a bar was clicked.
  constructor(host, onChoose) {
    Object.assign(this, { host, onChoose });
  }

  // dimensions: how many; averages: [{name, values}], each stochastic model's mean KL by dimension.
  arrange(dimensions, averages) {
    this.averages = averages;
    this.host.hidden = dimensions <= 2;
    this.bars = Array.from({ length: dimensions }, (_, i) => {
      const bar = document.createElement("button");
      bar.type = "button";
      bar.innerHTML = `<span class="well"><i class="probe"></i>${averages.map(() => '<i class="average"></i>').join("")}</span>${i + 1}`;
      bar.addEventListener("click", () => this.onChoose(i));
      return bar;
    });
    this.host.replaceChildren(...this.bars);
  }

  show(perDimension, chosen) {
    if (this.host.hidden) return;
    const top = Math.max(1, ...this.averages.flatMap(({ values }) => [...values]), ...perDimension.map((value) => Math.min(value, 8)));
    const height = (value) => `${Math.min(100, (100 * value) / top).toFixed(1)}%`;
    this.bars.forEach((bar, i) => {
      const [probe, ...marks] = bar.querySelectorAll("i");
      probe.style.height = height(perDimension[i]);
      marks.forEach((mark, model) => (mark.style.bottom = height(this.averages[model].values[i])));
      bar.setAttribute("aria-pressed", String(chosen.includes(i)));
      const averages = this.averages.map(({ name, values }) => `; ${name} on average ${format(values[i], 2)}`).join("");
      bar.title = `z${subscript(i)}: ${format(perDimension[i], 2)} nats${averages}. Click: move this dimension`;
      bar.setAttribute("aria-label", `Dimension ${i + 1}, KL ${format(perDimension[i], 2)} nats`);
    });
  }
}

// The mean KL(q(z|x) || N(0, 1)) of each dimension over a model's codes, in nats.
export function averageKl({ mean, logVar }) {
  const n = mean[0].length;
  return mean.map((column, d) => {
    let sum = 0;
    for (let row = 0; row < n; row++) sum += klToStandardNormal([column[row]], [logVar[d][row]])[0];
    return sum / n;
  });
}
