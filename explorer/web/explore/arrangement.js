// What the page shows depends on the panels' models: the dimensions in the table and the bars, the KL from other
// priors, the legend, and whether the two models can be compared.

import { moved } from "./controls.js";
import { format } from "../kernel/format.js";
import { klMonteCarlo } from "../kernel/prior.js";
import { averageKl, response } from "../kernel/usage.js";
import { write } from "../parts/dom.js";

export class Arrangement {
  // explorer: the page.
  constructor(explorer) {
    this.explorer = explorer;
    this.key = null; // of what is arranged
  }

  // The panels that have a model of more than two dimensions.
  many() {
    return this.explorer.panels.filter((panel) => panel.model?.entry.latent_dim > 2);
  }

  // Sliders, table and bars for the dimensions that there are, when their number or choice changed.
  update() {
    const { readout, bars, controls, root, probe } = this.explorer,
      { state } = probe,
      dimensions = state.mean.length;
    const averages = this.many()
      .filter((panel) => panel.model.codes.logVar)
      .map(({ name, model }) => ({ name, values: (model.averageKl ??= averageKl(model.codes)) }));
    const responses = this.many()
      .filter((panel) => this.responseOf(panel))
      .map(({ name, model }) => ({ name, values: model.response }));
    const names = [averages, responses].map((all) => all.map(({ name }) => name));
    const key = JSON.stringify([dimensions, moved(state), names]);
    if (this.key === key) return;
    this.key = key;
    readout.arrange(dimensions, moved(state));
    bars.arrange(dimensions, averages, responses);
    controls.arrange(state);
    root.classList.toggle("many", dimensions > 2);
  }

  // How strongly a panel's decoder responds to each dimension. null until that is computed, which begins with the first
  // call.
  responseOf(panel) {
    const { explorer } = this,
      { model } = panel;
    model.responding ??= response(model)
      .then((values) => {
        model.response = values;
        if (explorer.destroyed || panel.model !== model) return;
        this.update();
        panel.describe(explorer.probe.state);
        explorer.draw();
      })
      .catch((error) => explorer.fail(error));
    return model.response ?? null;
  }

  // KL from a prior that is not N(0, I), beside the one from N(0, I).
  showOtherPriors({ mean, logVar }) {
    const entries = this.explorer.panels.map((panel) => panel.model?.entry).filter((entry) => entry?.shape);
    const others = new Map(entries.map(({ prior, shape }) => [prior, shape]));
    const box = this.explorer.find(".other-priors");
    box.hidden = others.size === 0;
    const lines = [...others].map(([prior, shape]) => {
      const { kl, error } = klMonteCarlo(shape, mean, logVar);
      return `from ${prior}: ${format(kl, 2)} ± ${format(error, 2)} nats`;
    });
    write(box, lines.join("; "));
  }

  // What is said of both models: the sentence above the maps, the cards, the legend, and a warning where they saw
  // different data.
  describe() {
    const { panels, legend, masthead, tryThis } = this.explorer,
      [a, b] = panels.map((panel) => panel.model?.entry);
    const warning = this.explorer.find(".mismatch");
    warning.hidden = !a || !b || a.dataset === b.dataset;
    if (!warning.hidden) {
      write(
        warning,
        `These two models saw different datasets (${a.dataset_label}, ${b.dataset_label}): ` +
          "their pictures, numbers and codes cannot be compared image by image.",
      );
    }
    if (a) legend.build(a, b);
    if (!a || !b) return;
    masthead.describe(panels);
    tryThis.describe(panels);
  }
}
