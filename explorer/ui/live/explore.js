// The explorer: two maps, one probe, four pictures, and the KL, all of one state in every frame.

import { averageKl, Bars } from "./bars.js";
import { Decoder, drawLogits, drawPixels } from "./decoder.js";
import { Exchange } from "./exchange.js";
import { seededUniform, standardNormal } from "./gaussian.js";
import { LatentMap } from "./map.js";
import { between, hole } from "./places.js";
import { klMonteCarlo } from "./prior.js";
import { Probe, round } from "./probe.js";
import { format, Readout, subscript, write } from "./readout.js";
import { readSafetensors } from "./safetensors.js";
import { Slider } from "./slider.js";
import { readTheme } from "./theme.js";

const SLIDER_RANGE = { mean: [-4, 4], log_var: [-8, 2] };
const START = { mean: [0, 0], log_var: [-2, -2], noise: [0.8, -0.6] }; // over and over, in more dimensions
const NEAR = 40; // pixels within which a map that is no plane shows the nearest code
const SAMPLING_SEED = 1; // of the noise in the map of sampled z
const SIDES = ["left", "right"];

// Fills `root` with the explorer. data: see live/__init__.py; send(state) hands a committed state to Python.
// Returns {update(data), destroy()}.
export function mount(root, data, send) {
  const page = new Explorer(root, data, send);
  return { update: (next) => page.update(next), destroy: () => page.destroy() };
}

class Explorer {
  constructor(root, data, send) {
    Object.assign(this, { root, data });
    this.base = new URL(data.assets, document.baseURI);
    this.catalogue = new Map(data.catalogue.map((entry) => [entry.name, entry]));
    this.probe = new Probe(data.state);
    this.hidden = new Set();
    this.exchange = new Exchange(data.state, send);
    this.find = (selector) => root.querySelector(selector);
    this.buildControls();
    this.panels = SIDES.map((side) => this.buildPanel(side));
    this.readColours();
    this.opened = new Map(); // models by their address: each is fetched once
    this.ready = this.open().catch((error) => this.fail(error));
  }

  async open() {
    const opening = this.panels.map((panel) => this.fetchModel(this.probe.state[panel.side]));
    for (const panel of this.panels) panel.map = new LatentMap(panel.host, this.data.symbols.classes, this.answers());
    const models = await Promise.all(opening);
    await this.show(this.panels.map((panel, i) => [panel, models[i]]));
    this.resizer = new ResizeObserver(() => this.resize());
    for (const panel of this.panels) this.resizer.observe(panel.host);
    await painted();
    this.root.dataset.ready = "true"; // points and pictures are on the screen
    performance.mark("explorer drawn");

    await idle(); // evaluating Plotly holds everything else up for a second
    const { default: Plotly } = await import(new URL("plotly.js", this.base));
    if (this.destroyed) return;
    adoptPlotlyStyles(this.root.getRootNode());
    await Promise.all(this.panels.map((panel) => panel.map.take(Plotly)));
    this.draw();
    await painted();
    this.root.dataset.maps = "true"; // axes, zoom and pan are there too
    performance.mark("explorer complete");
  }

  // What arrives after mounting: the theme's colours, and a state that came from the address.
  update(data) {
    if (this.readColours()) this.panels.forEach((panel) => panel.model && panel.map.recolour(this.colours).then(() => this.draw()));
    if (!this.exchange.isNews(data.state)) return;
    const previous = this.probe.state;
    this.probe = new Probe(data.state);
    this.refresh(previous);
  }

  destroy() {
    this.destroyed = true;
    this.resizer?.disconnect();
    for (const panel of this.panels) panel.map?.purge();
  }

  fail(error) {
    console.error(error);
    const box = this.find(".failure");
    box.hidden = false;
    box.textContent = `The explorer could not be drawn: ${error.message}. Reload the page; if it stays, restart the app.`;
  }

  // ---- state -------------------------------------------------------------------------------

  // A change that is finished: one message to Python, which writes the address.
  commit() {
    if (!this.probe.commit()) return;
    this.exchange.post(this.probe.state);
    const { kl } = this.probe.frame();
    write(this.find(".announcement"), `KL divergence ${format(kl)} nats`);
  }

  change(part) {
    this.probe.change(part);
    this.draw();
  }

  set(part) {
    const previous = this.probe.state;
    if (part.left || part.right) part = { ...part, ...this.resized(part.left ?? previous.left, part.right ?? previous.right) };
    this.probe.change(part);
    this.commit();
    this.refresh(previous);
  }

  // Brings maps and models up to a state that changed in more than the probe.
  refresh(previous) {
    const { state } = this.probe;
    for (const panel of this.panels) {
      if (state[panel.side] !== previous[panel.side]) {
        this.fetchModel(state[panel.side]).then((model) => this.show([[panel, model]])).catch((error) => this.fail(error));
      } else if (panel.model && state.map !== previous.map) {
        this.show([[panel, panel.model]]).catch((error) => this.fail(error));
      } else if (panel.model && (state.codes !== previous.codes || String(state.dims) !== String(previous.dims))) {
        panel.map.movePoints(this.points(panel));
      }
    }
    this.arrange();
    this.syncChoices();
    this.draw();
  }

  // Draws at once, then no more than once a frame. Browsers hand over input just before a frame: it is drawn in that frame.
  draw() {
    if (this.scheduled) return void (this.stale = true);
    this.drawFrame();
    this.scheduled = requestAnimationFrame(() => {
      this.scheduled = null;
      if (this.stale) this.draw();
    });
  }

  // One frame: everything on the screen from one state.
  drawFrame() {
    this.stale = false;
    if (this.destroyed) return;
    const frame = this.probe.frame();
    for (const panel of this.panels) {
      if (!panel.model || panel.model.entry.latent_dim > frame.mean.length) continue; // one that is being replaced
      const { decoder, entry } = panel.model;
      drawLogits(panel.atMean, decoder.decode(frame.mean), entry.image_side); // a model reads as many as it has dimensions
      drawLogits(panel.atZ, decoder.decode(frame.z), entry.image_side);
      const inPlane = (vector) => this.dimsOf(panel).map((i) => vector[i]);
      panel.map.place({
        plane: this.isPlane(panel), mean: inPlane(frame.mean), std: inPlane(frame.std), z: inPlane(frame.z), home: inPlane(this.probe.state.mean),
        previewing: frame.previewing, pick: this.pickedRow(panel), note: this.note(panel, frame),
      });
    }
    this.readout.show(frame);
    this.bars.show(frame.perDimension, this.moved());
    this.showOtherPriors(frame);
    this.showSliders(frame);
    this.root.dataset.frame = (this.frames = (this.frames ?? 0) + 1);
  }

  // ---- models and panels -----------------------------------------------------------------------

  fetchModel(name) {
    const entry = this.catalogue.get(name);
    if (!this.opened.has(entry.tensors)) {
      const opening = fetch(new URL(entry.tensors, this.base)).then(async (response) => {
        if (!response.ok) throw new Error(`the model ${name} could not be loaded (HTTP ${response.status})`);
        const tensors = readSafetensors(await response.arrayBuffer());
        return { entry, decoder: new Decoder(tensors), codes: columns(tensors) };
      });
      opening.catch(() => this.opened.delete(entry.tensors)); // so that the next choice tries again
      this.opened.set(entry.tensors, opening);
    }
    return this.opened.get(entry.tensors);
  }

  // Shows models in panels, unless others were chosen meanwhile. Both maps get the same axes.
  async show(changes) {
    const current = changes.filter(([panel, model]) => model.entry.name === this.probe.state[panel.side]);
    for (const [panel, model] of current) panel.model = model;
    this.nameParts();
    this.arrange();
    await Promise.all(this.panels.filter((panel) => panel.model).map(async (panel) => {
      const ranges = this.homeRanges(panel);
      if (current.some(([changed]) => changed === panel)) {
        panel.map.setPrior(panel.model.entry.shape);
        await panel.map.draw(this.points(panel), panel.model.entry.classes, ranges, this.colours);
      } else {
        panel.map.home = ranges;
        await panel.map.goHome();
      }
    }));
    for (const [panel] of current) this.describe(panel);
    this.describeTogether();
    this.syncChoices();
    this.draw();
  }

  // The two panels' names in everything a screen reader or a test finds: the kind, and the dataset where that is not enough.
  panelName(panel) {
    const kinds = this.panels.map(({ side }) => this.catalogue.get(this.probe.state[side]));
    const entry = this.catalogue.get(this.probe.state[panel.side]);
    return kinds[0].title === kinds[1].title && kinds[0].name !== kinds[1].name ? `${entry.title} ${entry.dataset}` : entry.title;
  }

  nameParts() {
    for (const panel of this.panels) {
      const name = this.panelName(panel);
      panel.host.setAttribute("aria-label", `${name} latent map`);
      panel.atMean.setAttribute("aria-label", `${name} decoded at μ`);
      panel.atZ.setAttribute("aria-label", `${name} decoded at z`);
      panel.pictureTitle.textContent = name;
      for (const canvas of [panel.atMean, panel.atZ]) canvas.parentElement.querySelector("figcaption span").textContent = name;
      panel.map.shapes.handle.setAttribute("aria-label", `Probe in the ${name} map; arrow keys move it`);
    }
  }

  // The points of a panel's map: means, or one draw of z an image, the same draw every time; or its UMAP.
  points(panel) {
    const { mean, logVar, label, umap } = panel.model.codes;
    if (!this.isPlane(panel)) return { x: umap[0], y: umap[1], label };
    const [i, j] = this.dimsOf(panel);
    if (this.probe.state.codes === "means" || !logVar) return { x: mean[i], y: mean[j], label };
    panel.model.sampled ??= sample(mean, logVar);
    return { x: panel.model.sampled[i], y: panel.model.sampled[j], label };
  }

  // Planes show the same square: all but the outermost codes of both models, and at least the sliders' range. A UMAP shows all.
  homeRanges(panel) {
    if (!this.isPlane(panel)) return extent(panel.model.codes.umap);
    const reach = Math.max(4.2, ...this.panels.filter((one) => one.model && this.isPlane(one)).map((one) => one.model.codes.reach));
    return { x: [-reach, reach], y: [-reach, reach] };
  }

  // ---- more than two dimensions --------------------------------------------------------------------

  // The two dimensions that the sliders move.
  moved() {
    return this.probe.state.mean.length > 2 ? this.probe.state.dims : [0, 1];
  }

  // The two dimensions that a panel's plane shows.
  dimsOf(panel) {
    return panel.model.entry.latent_dim > 2 ? this.probe.state.dims : [0, 1];
  }

  // Are the axes of a panel's map dimensions of its latent space? Otherwise it is a UMAP.
  isPlane(panel) {
    return !panel.model.codes.umap || this.probe.state.map === "plane";
  }

  // The probe's mean with another point in a panel's plane.
  meanWith(panel, point) {
    const mean = [...this.probe.state.mean];
    this.dimsOf(panel).forEach((dimension, at) => (mean[dimension] = point[at]));
    return mean;
  }

  // The probe's mean at the code of an image: a model of fewer dimensions than the probe sets the first of them.
  meanAt(panel, row) {
    const { mean } = panel.model.codes;
    return this.probe.state.mean.map((value, i) => (i < mean.length ? mean[i][row] : value));
  }

  // The probe with as many dimensions as the larger of two models.
  resized(left, right) {
    const dimensions = Math.max(...[left, right].map((name) => this.catalogue.get(name).latent_dim));
    const { state } = this.probe;
    const part = { dims: state.dims.every((i) => i < dimensions) ? state.dims : [0, 1] };
    for (const [symbol, start] of Object.entries(START)) {
      part[symbol] = Array.from({ length: dimensions }, (_, i) => state[symbol][i] ?? start[i % 2]);
    }
    return part;
  }

  // Sliders, table and bars for the dimensions that there are, when their number or choice changed.
  arrange() {
    const dimensions = this.probe.state.mean.length, moved = this.moved();
    const averages = this.panels.filter((panel) => panel.model?.codes.logVar && panel.model.entry.latent_dim > 2).map((panel) => {
      panel.model.averageKl ??= averageKl(panel.model.codes);
      return { name: this.panelName(panel), values: panel.model.averageKl };
    });
    const key = JSON.stringify([dimensions, moved, averages.map(({ name }) => name)]);
    if (this.arranged === key) return;
    this.arranged = key;
    this.readout.arrange(dimensions, moved);
    this.bars.arrange(dimensions, averages);
    this.find(".dims").hidden = dimensions <= 2;
    this.root.classList.toggle("many", dimensions > 2);
    for (const [at, choice] of this.dimChoices.entries()) {
      choice.replaceChildren(...Array.from({ length: dimensions }, (_, i) => new Option(i + 1, i, false, i === moved[at])));
    }
    for (const { sign, at, slider } of this.sliders) slider.name(`${sign}${subscript(moved[at])}`);
  }

  chooseDimension(at, dimension) {
    const dims = [...this.probe.state.dims];
    if (dims[1 - at] === dimension) dims.reverse(); // the other one: they change places
    else dims[at] = dimension;
    this.set({ dims });
  }

  // KL from a prior that is not N(0, I), beside the one from N(0, I).
  showOtherPriors({ mean, logVar }) {
    const others = new Map(this.panels.filter((panel) => panel.model?.entry.shape).map((panel) => [panel.model.entry.prior, panel.model.entry.shape]));
    const box = this.find(".other-priors");
    box.hidden = others.size === 0;
    const lines = [...others].map(([prior, shape]) => {
      const { kl, error } = klMonteCarlo(shape, mean, logVar);
      return `from ${prior}: ${format(kl, 2)} ± ${format(error, 2)} nats`;
    });
    write(box, lines.join("; "));
  }

  buildPanel(side) {
    const element = this.find(`.panel.${side}`);
    const panel = {
      side, element,
      host: element.querySelector(".map"), choice: element.querySelector("select"), facts: element.querySelector(".facts"),
      atMean: this.find(`.pictures .${side}.at-mean canvas`), atZ: this.find(`.pictures .${side}.at-z canvas`),
      pictureTitle: this.find(`.pictures .title.${side}`),
    };
    for (const entry of this.catalogue.values()) {
      panel.choice.add(new Option(entry.choice, entry.name));
    }
    panel.choice.setAttribute("aria-label", `Model in the ${side} panel`);
    panel.choice.addEventListener("change", () => this.set({ [side]: panel.choice.value }));
    element.querySelector(".zoom-in").addEventListener("click", () => panel.map.zoom(1 / 1.5));
    element.querySelector(".zoom-out").addEventListener("click", () => panel.map.zoom(1.5));
    element.querySelector(".zoom-home").addEventListener("click", () => panel.map.goHome());
    element.querySelectorAll("input[type=radio]").forEach((radio) =>
      radio.addEventListener("change", () => this.set({ codes: radio.value })));
    return panel;
  }

  // The numbers under a map: measured when the model was trained, on the test set.
  describe(panel) {
    const { metrics, kind, images } = panel.model.entry;
    const [nullMean, nullStd] = metrics.coverage_null;
    const stochastic = kind === "vae";
    const { prior, weights } = panel.model.entry;
    const bce = stochastic
      ? `BCE <b>${metrics.reconstruction_sampled.toFixed(1)}</b> at z, ${metrics.reconstruction.toFixed(1)} at μ · KL <b>${metrics.kl.toFixed(2)}</b> · −ELBO <b>${metrics.negative_elbo.toFixed(1)}</b> nats`
      : `BCE <b>${metrics.reconstruction.toFixed(1)}</b> nats at the code · no ELBO`;
    const holds = {
      vae: `Its loss holds each q(z|x) to p(z) = ${prior} by ${weights.beta === 1 ? "this KL" : `${weights.beta} times this KL`}.`,
      aae: `A discriminator holds its codes to ${prior}. The KL is not in its loss, and its encoder gives a point, not q(z|x): here the sliders are a probe.`,
      ae: "Nothing holds its latent, and its encoder gives a point, not q(z|x): here the sliders are a probe.",
    }[kind];
    panel.facts.innerHTML = `<span>${bce}</span> <span>coverage <b>${share(metrics.coverage)}</b>, null ${share(nullMean)} ± ${nullStd.toFixed(3)}</span> <span>${holds}</span>`;
    panel.facts.title = `Measured on ${images.toLocaleString("en")} test images, seed ${metrics.seed}. BCE: binary cross-entropy summed over pixels, `
      + "averaged over images. Coverage: share of draws of p(z) that have a code as near as their fifth neighbour among the draws; "
      + "null: the same for two sets of draws of p(z), mean ± standard deviation.";
    panel.element.querySelector(".switch").hidden = !stochastic || !this.isPlane(panel);
  }

  describeTogether() {
    const [a, b] = this.panels.map((panel) => panel.model?.entry);
    const warning = this.find(".mismatch");
    warning.hidden = !a || !b || a.dataset === b.dataset;
    if (!warning.hidden) write(warning, `These two models saw different datasets (${a.dataset}, ${b.dataset}): their pictures, numbers and codes cannot be compared image by image.`);
    if (a) this.buildLegend(a, b);
    this.buildPlaces();
  }

  // ---- controls ----------------------------------------------------------------------------------

  buildControls() {
    this.sliders = [];
    const box = this.find(".sliders");
    for (const [symbol, sign] of [["mean", "μ"], ["log_var", "log σ²"]]) {
      for (const at of [0, 1]) this.sliders.push(this.buildSlider(box, symbol, sign, at));
    }
    const everywhere = (values) => this.probe.state.mean.map((_, i) => values[i % 2]);
    this.find(".resample").addEventListener("click", () => this.set({ noise: [...standardNormal(this.probe.state.mean.length)] }));
    this.find(".reset").addEventListener("click", () => this.set({ mean: everywhere(START.mean), log_var: everywhere(START.log_var), pick: null }));
    this.dimChoices = [...this.root.querySelectorAll(".dims .dimension")];
    this.dimChoices.forEach((choice, at) => choice.addEventListener("change", () => this.chooseDimension(at, Number(choice.value))));
    this.mapChoice = this.find(".dims .kind");
    this.mapChoice.addEventListener("change", () => this.set({ map: this.mapChoice.value }));
    this.bars = new Bars(this.find(".bars"), (dimension) => this.moved().includes(dimension) || this.chooseDimension(0, dimension));
    this.places = this.find(".places");
    this.places.addEventListener("change", () => {
      const place = this.placesByName?.get(this.places.value);
      this.places.selectedIndex = 0;
      if (place) this.set(place());
    });
    this.readout = new Readout({ status: this.find(".kl"), table: this.find(".terms"), formula: this.find(".formula") });
    this.root.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      this.probe.revert();
      this.draw();
    });
  }

  // at: 0 or 1, the first or second of the two dimensions that are moved.
  buildSlider(box, symbol, sign, at) {
    const onMove = (value) => {
      const values = [...this.probe.state[symbol]];
      values[this.moved()[at]] = value;
      this.change({ [symbol]: values });
    };
    const slider = new Slider(box, { symbol, range: SLIDER_RANGE[symbol], limit: this.data.limits[symbol], onMove, onCommit: () => this.commit() });
    slider.name(`${sign}${subscript(at)}`);
    return { symbol, sign, at, slider };
  }

  showSliders(frame) {
    for (const { symbol, at, slider } of this.sliders) {
      const index = this.moved()[at];
      const value = symbol === "mean" ? frame.mean[index] : frame.logVar[index];
      slider.show(value, this.probe.state[symbol][index]);
    }
  }

  syncChoices() {
    const { state } = this.probe;
    this.mapChoice.value = state.map;
    for (const panel of this.panels) {
      panel.choice.value = state[panel.side];
      panel.element.querySelectorAll("input[type=radio]").forEach((radio) => (radio.checked = radio.value === state.codes));
    }
    this.showOriginal();
  }

  buildLegend(a, b) {
    const legend = this.find(".legend");
    const classes = a.classes.map((name, i) => (b && b.classes[i] !== name ? `${name} / ${b.classes[i]}` : name));
    const text = classes.join("|");
    if (this.legendText === text) return;
    this.legendText = text;
    legend.replaceChildren(...classes.map((name, which) => {
      const button = document.createElement("button");
      button.type = "button";
      button.innerHTML = `<i style="background:${this.data.symbols.classes[which]}"></i>${name}`;
      button.title = "Click: show or hide this class. Double click: this class alone, or all.";
      button.setAttribute("aria-pressed", String(!this.hidden.has(which)));
      button.addEventListener("click", (event) => this.toggleClass(which, event.detail > 1, classes.length));
      return button;
    }));
  }

  toggleClass(which, alone, count) {
    if (alone) {
      const others = Array.from({ length: count }, (_, i) => i).filter((i) => i !== which);
      const isAlone = this.isolated === which;
      this.isolated = isAlone ? null : which;
      this.hidden = new Set(isAlone ? [] : others);
    } else if (!this.hidden.delete(which)) this.hidden.add(which);
    this.find(".legend").querySelectorAll("button").forEach((button, i) => button.setAttribute("aria-pressed", String(!this.hidden.has(i))));
    for (const panel of this.panels) panel.model && panel.map.setHidden(this.hidden);
    this.draw();
  }

  // Named places. They are looked for in the codes of the models on the page, so that the names are true of them.
  buildPlaces() {
    const tight = () => this.probe.state.mean.map(() => -4);
    const at = ([x, y]) => this.probe.state.mean.map((_, i) => [x, y][i] ?? 0);
    const flat = (value) => this.probe.state.mean.map(() => value);
    const places = new Map([["The prior itself: KL = 0", () => ({ mean: flat(0), log_var: flat(0) })]]);
    for (const panel of this.panels) {
      if (!panel.model || panel.model.entry.latent_dim > 2) continue; // holes and borders of more dimensions are not looked for
      const { codes, entry } = panel.model;
      const [a, b] = entry.confusable;
      const name = this.panelName(panel);
      places.set(`Between ${entry.classes[a]} and ${entry.classes[b]} (${name})`, () => ({ mean: at(between(codes, a, b)), log_var: tight() }));
      places.set(`A hole in q(z) (${name})`, () => ({ mean: at(hole(codes, entry.shape)), log_var: tight() }));
    }
    places.set("Far from the prior", () => ({ mean: flat(3.5), log_var: flat(-6) }));
    places.set("Wider than the prior", () => ({ mean: flat(0), log_var: flat(1.5) }));
    this.placesByName = places;
    this.places.replaceChildren(new Option("Go to …", ""), ...[...places.keys()].map((name) => new Option(name)));
  }

  // ---- the selected image ----------------------------------------------------------------------------

  pickedRow(panel) {
    const [dataset, row] = (this.probe.state.pick ?? "").split(":");
    return panel.model && dataset === panel.model.entry.dataset && Number(row) < panel.model.codes.label.length ? Number(row) : null;
  }

  pick(panel, row) {
    const { logVar } = panel.model.codes;
    const part = { mean: this.meanAt(panel, row), pick: `${panel.model.entry.dataset}:${row}` };
    if (logVar) part.log_var = this.probe.state.log_var.map((value, i) => (i < logVar.length ? logVar[i][row] : value));
    this.set(part);
  }

  async showOriginal() {
    const { pick } = this.probe.state;
    if (pick === this.shownPick && this.originalOf) return;
    const panel = this.panels.find((one) => this.pickedRow(one) !== null);
    const tile = this.find(".original");
    this.shownPick = pick;
    this.originalOf = panel;
    tile.classList.toggle("empty", !panel);
    if (!panel) return;
    const row = this.pickedRow(panel), { entry, codes } = panel.model;
    const label = tile.querySelector(".label"), canvas = tile.querySelector("canvas");
    write(label, `image ${row}, class ${entry.classes[codes.label[row]]}`);
    canvas.hidden = true;
    if (!entry.originals) return write(label, `${label.textContent}: the original is not on this machine; python train.py fetches the dataset`);
    try {
      const response = await fetch(new URL(`originals/${entry.dataset}/${row}`, this.base));
      if (!response.ok) throw new Error(await response.text());
      const pixels = new Uint8Array(await response.arrayBuffer());
      if (this.probe.state.pick !== pick) return;
      drawPixels(canvas, entry.image_side, (i) => pixels[i]);
      canvas.setAttribute("aria-label", `Original of image ${row}`);
      canvas.hidden = false;
    } catch (error) {
      write(label, `${label.textContent}: ${error.message}`);
    }
  }

  // ---- the maps' events ------------------------------------------------------------------------------

  answers() {
    const panelOf = (map) => this.panels.find((panel) => panel.map === map);
    return {
      view: (map) => this.follow(map),
      hover: (map, point) => {
        const panel = panelOf(map);
        const row = this.isPlane(panel) ? null : map.nearest(...point, NEAR);
        this.hovered = { map, point };
        this.probe.preview = this.isPlane(panel) ? this.meanWith(panel, point) : row === null ? null : this.meanAt(panel, row);
        this.draw();
      },
      leave: () => {
        if (!this.probe.preview) return;
        this.hovered = null;
        this.probe.preview = null;
        this.draw();
      },
      click: (map, point, row) => {
        const panel = panelOf(map);
        if (row !== null) this.pick(panel, row);
        else if (this.isPlane(panel)) this.set({ mean: this.meanWith(panel, point) });
      },
      grab: (map) => {
        this.probe.preview = null;
        return this.dimsOf(panelOf(map)).map((i) => this.probe.state.mean[i]);
      },
      move: (map, point) => this.change({ mean: this.meanWith(panelOf(map), point) }),
      release: (map, cancelled) => {
        if (cancelled) this.probe.revert();
        this.draw();
        this.commit();
      },
      nudge: (map, [dx, dy]) => {
        const panel = panelOf(map);
        const [x, y] = this.dimsOf(panel).map((i) => this.probe.state.mean[i]);
        this.change({ mean: this.meanWith(panel, [x + dx, y + dy]) });
      },
    };
  }

  // Two planes keep the same axes: the other one follows, once a frame.
  follow(map) {
    if (this.following) return;
    this.leader = map;
    this.draw();
    if (this.followScheduled) return;
    this.followScheduled = requestAnimationFrame(async () => {
      this.followScheduled = null;
      if (this.destroyed || !this.panels.every((panel) => panel.model && this.isPlane(panel))) return;
      const other = this.panels.find((panel) => panel.map !== this.leader).map;
      this.following = true;
      try {
        await other.setRanges(this.leader.ranges());
      } finally {
        this.following = false;
      }
      this.draw();
    });
  }

  // What stands in the corner of the map under the pointer.
  note(panel, { previewing }) {
    if (!this.isPlane(panel) && !previewing) return "UMAP of the codes: near stays near, distances do not count";
    if (!previewing || panel.map !== this.hovered?.map) return "";
    const [x, y] = this.hovered.point;
    const plane = this.isPlane(panel);
    const row = panel.map.nearest(x, y, plane ? undefined : NEAR);
    const { entry, codes } = panel.model;
    const image = row === null ? "" : `image ${row}, class ${entry.classes[codes.label[row]]}`;
    return plane ? `(${format(x, 2)}, ${format(y, 2)})${image && ` · ${image}`}` : image && `nearest code: ${image}`;
  }

  resize() {
    for (const panel of this.panels) panel.map.resize();
    this.draw();
  }

  // ---- theme -----------------------------------------------------------------------------------------

  // Reads the theme's colours. Returns whether they changed.
  readColours() {
    const colours = readTheme(this.root, this.data.symbols.symbols, this.colours);
    if (colours) this.colours = colours;
    return colours !== null;
  }
}

// ---- helpers -------------------------------------------------------------------------------------------

const share = (value) => value.toFixed(3);

// Resolves when what was drawn so far has been painted.
const painted = () => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));

// Resolves when what waits has been done: input, frames, messages.
const idle = () => new Promise((resolve) => (window.requestIdleCallback ?? setTimeout)(resolve, { timeout: 300 }));

// The codes of a model's file by columns, a Float32Array a dimension, and how far out all but the outermost lie.
function columns(tensors) {
  const split = (tensor) => {
    const [n, dimensions] = tensor.shape;
    return Array.from({ length: dimensions }, (_, d) => Float32Array.from({ length: n }, (_, row) => tensor.values[row * dimensions + d]));
  };
  const mean = split(tensors["codes.mean"]);
  const far = Float32Array.from(mean[0], (_, row) => Math.max(...mean.map((column) => Math.abs(column[row])))).sort();
  return {
    mean, label: tensors["codes.label"].values, reach: far[Math.floor(0.998 * far.length)] * 1.05,
    logVar: tensors["codes.log_var"] ? split(tensors["codes.log_var"]) : null,
    umap: tensors["codes.umap"] ? split(tensors["codes.umap"]) : null,
  };
}

// The ranges that show all of two columns, with a margin.
function extent(columns) {
  const [x, y] = columns.map((column) => {
    const low = column.reduce((a, b) => Math.min(a, b)), high = column.reduce((a, b) => Math.max(a, b));
    return [low - 0.04 * (high - low), high + 0.04 * (high - low)];
  });
  return { x, y };
}

function sample(mean, logVar) {
  const uniform = seededUniform(SAMPLING_SEED);
  return mean.map((column, d) => {
    const noise = standardNormal(column.length, uniform);
    return Float32Array.from(column, (value, row) => value + Math.exp(0.5 * logVar[d][row]) * noise[row]);
  });
}

// Plotly puts its style rules into the document's head, which a shadow root does not see.
function adoptPlotlyStyles(shadow) {
  if (!shadow.adoptedStyleSheets) return;
  const rules = [...document.styleSheets].filter((sheet) => sheet.ownerNode?.id?.startsWith("plotly.js-style"))
    .flatMap((sheet) => [...sheet.cssRules].map((rule) => rule.cssText));
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(rules.join("\n"));
  shadow.adoptedStyleSheets = [...shadow.adoptedStyleSheets, sheet];
}
