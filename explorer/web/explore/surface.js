// What lies beneath the codes of both maps, and what the codes are coloured by: one choice of each for both. It stays
// when the tool that chooses is closed, and is computed between frames, some milliseconds at a time.

import { activeDecoder } from "../kernel/active.js";
import { bandwidthFor } from "../kernel/density.js";
import { noErrors } from "../parts/originals.js";
import { css, ground, NONE, onBackground, ramp, range, rgb } from "../kernel/ramps.js";
import { format } from "../kernel/format.js";
import { cleared } from "../parts/sketchpad.js";
import { Density, Judgement, PlainGrid, PriorGrid, RingGrid, Stretch } from "./underlays.js";
import { discriminatorOf, valuesOf } from "../kernel/values.js";
import { fill } from "../kernel/text.js";

export const COLOURS = ["class", "kl", "error", "judgement", "density"];

const WORK = 8,
  REST = 150,
  SHOWN = 90; // ms: of work at a time; without zooming before a new zoom is worked at; between two paintings of it
const MAKE = {
  pictures: (scene) => (scene.shape ? new PlainGrid(scene) : new RingGrid(scene)),
  D: (scene) => new Judgement(scene),
  quantiles: (scene) => new PriorGrid(scene),
  grid: (scene) => new PlainGrid(scene),
  density: (scene) => new Density(scene, false),
  ratio: (scene) => new Density(scene, true),
  stretch: (scene) => new Stretch(scene),
};
const RATIO = 3; // nats at which a colour is full
const DECADES = 2; // of the stretch's colours
const SURE = 0.75; // opacity where D is sure

export class Surface {
  // page: a PageApi (tools.js).
  constructor(page) {
    this.page = page;
    this.words = page.words.map;
    this.restAt = 0;
    this.onChange = () => {};
    this.sides = new Map(
      page.panels.map((panel) => {
        const canvas = document.createElement("canvas");
        canvas.className = "under";
        canvas.addEventListener("contextrestored", () => this.paintAgain(panel));
        return [panel, { canvas, layer: null, decoders: new WeakMap() }];
      }),
    );
    this.discriminators = new Map(); // by model
    this.fetching = new Set(); // models whose discriminators are on their way
    this.values = new Map(); // by panel: of the colour chosen, null where the model has none
    this.problems = new Map(); // by panel: why its errors could not be had, a clause
  }

  // Brings both maps up to the state and to their models.
  sync() {
    if (this.gone) return;
    for (const [panel, side] of this.sides) {
      this.syncLayer(panel, side);
      side.stale = true; // the theme may have changed
    }
    this.syncColours().catch((error) => {
      this.colourKey = null; // so that the next change tries again
      this.waiting = false;
      this.onChange();
      this.page.fail(error, this.words.failed);
    });
    this.show();
    this.onChange();
  }

  // ---- beneath the codes ---------------------------------------------------------------------

  syncLayer(panel, side) {
    const { page } = this,
      state = page.state(),
      { model } = panel;
    const plane = model && panel.isPlane(state),
      isJudged = state.underlay !== "D" || (model?.entry.discriminator && model.entry.latent_dim === 2),
      kind = plane && isJudged ? state.underlay : "none";
    if (kind === "D" && !this.discriminators.has(model)) return void this.learnDiscriminator(model);
    const row = panel.pickedRow(state),
      label = row === null ? 0 : model.codes.label[row]; // for a D that sees labels
    const dims = plane ? panel.dims(state) : null;
    const others = plane
      ? state.mean.slice(0, model.entry.latent_dim).map((value, i) => (dims.includes(i) ? 0 : value))
      : null;
    const smaller = Math.min(...page.panels.filter((one) => one.model).map((one) => one.model.codes.label.length));
    const key = JSON.stringify([
      kind,
      model?.entry.digest,
      dims,
      { density: [state.codes, smaller], ratio: smaller, D: label }[kind] ?? others,
    ]);
    if (side.key === key) return;
    Object.assign(side, { key, kind, layer: null, view: null });
    if (kind === "none") return void side.canvas.remove();
    if (!side.decoders.has(model)) side.decoders.set(model, activeDecoder(model.decoder));
    const z = (x, y) => others.map((value, i) => [x, y][dims.indexOf(i)] ?? value);
    const { x, y } = panel.points(kind === "ratio" ? { ...state, codes: "sampled" } : state),
      { home } = panel.map; // what is compared with a prior is sampled
    side.layer = MAKE[kind]({
      decoder: side.decoders.get(model),
      side: model.entry.image_side,
      shape: model.entry.shape,
      bandwidth: bandwidthFor(smaller),
      z,
      dims,
      x,
      y,
      home,
      discriminator: this.discriminators.get(model),
      label,
    });
    panel.host.prepend(side.canvas);
  }

  // Fetches a model's discriminator, and shows its field.
  learnDiscriminator(model) {
    if (this.fetching.has(model)) return;
    this.fetching.add(model);
    discriminatorOf(this.page.models, model)
      .then((discriminator) => {
        this.discriminators.set(model, discriminator);
        this.sync();
        this.page.draw();
      })
      .catch((error) => this.page.fail(error, this.words.failed))
      .finally(() => this.fetching.delete(model));
  }

  // Once a frame: each underlay on its map's axes.
  show() {
    const state = this.page.state(),
      [veil, codes] = state.opacity;
    for (const [panel, side] of this.sides) {
      const replayed = this.page.replayed(panel);
      panel.host.style.setProperty("--codes", replayed ? 1 : codes);
      if (panel.model && state.mean.length > 2) this.syncLayer(panel, side); // the other dimensions may have moved
      side.canvas.hidden = replayed;
      if (!side.layer || replayed || !panel.map.axes) continue;
      side.canvas.style.opacity = veil;
      this.takeView(panel, side);
      if (side.stale) this.paint(panel, side);
    }
  }

  // Takes the visible part of the plane, if it has changed.
  takeView(panel, side) {
    const scale = panel.map.scale(),
      { area, toX, toY } = scale;
    const key = JSON.stringify([scale.perX, toX(0), toY(0), area, window.devicePixelRatio]);
    if (side.view && side.viewKey === key) return;
    const before = side.view?.per,
      same = before && Math.abs(before / scale.perX - 1) < 1e-6; // panning changes its last digits
    if (before && !same) this.restAt = performance.now() + REST;
    const per = same ? before : scale.perX;
    const view = {
      x0: toX(area.left),
      x1: toX(area.left + area.width),
      y0: toY(area.top + area.height),
      y1: toY(area.top),
      per,
    };
    Object.assign(side, { view, viewKey: key, unaimed: true, stale: true });
    this.schedule();
  }

  schedule() {
    if (!this.timer) this.timer = setTimeout(() => this.work(), Math.max(0, this.restAt - performance.now()));
  }

  work() {
    this.timer = null;
    const begun = performance.now();
    if (this.gone) return;
    if (begun < this.restAt) return this.schedule();
    const busy = [...this.sides].filter(([, { layer }]) => layer);
    for (const [, side] of busy) {
      if (!side.unaimed) continue;
      side.unaimed = false;
      side.layer.aim(side.view);
    }
    const working = busy.filter(([, { layer }]) => layer.left);
    for (let i = 0; performance.now() - begun < WORK && working.some(([, { layer }]) => layer.left); i++) {
      const { layer } = working[i % working.length][1];
      if (layer.left) layer.step();
    }
    const left = this.left();
    if (!left || begun - (this.painted ?? 0) > SHOWN) {
      this.painted = begun;
      for (const [panel, side] of busy) if (panel.map.axes && !this.page.replayed(panel)) this.paint(panel, side);
      this.onChange();
    }
    if (left) this.schedule();
  }

  left() {
    return [...this.sides.values()].reduce(
      (sum, { layer, unaimed }) => sum + (layer ? layer.left + (unaimed ? 1 : 0) : 0),
      0,
    );
  }

  // The share that is done, or null if nothing is being computed.
  progress() {
    const left = this.left(),
      total = [...this.sides.values()].reduce((sum, { layer }) => sum + (layer?.total ?? 0), 0);
    return left ? Math.max(0, 1 - left / Math.max(left, total)) : null;
  }

  paint(panel, side) {
    side.stale = false;
    const { canvas, layer } = side,
      scale = panel.map.scale(),
      context = cleared(canvas, panel.host, scale.area);
    layer.paint(context, scale, this.ink(side.kind));
    context.restore();
    canvas.dataset.done = String(!layer.left && !side.unaimed);
  }

  // Its canvas is empty, and so may be what the layer keeps.
  paintAgain(panel) {
    const side = this.sides.get(panel);
    side.stale = true;
    if (side.layer) side.layer.pictured = null;
    this.show();
  }

  // ---- their colours, the same for both maps -----------------------------------------------------

  top() {
    return Math.max(...[...this.sides.values()].map(({ layer }) => layer?.top ?? 0)) || 1;
  }

  // From a value to [r, g, b, a]; the same function as long as it gives the same.
  ink(kind) {
    const { dark } = this.page.colours(),
      top = this.top(),
      key = `${kind} ${dark} ${top}`;
    if (this.inkKey !== key) {
      this.inkKey = key;
      this.inked = this.makeInk(kind, dark, top);
    }
    return this.inked;
  }

  makeInk(kind, dark, top) {
    const colour = ramp(ground(dark));
    // almost nothing is clear
    if (kind === "density") return (value) => [...colour(value / top), 255 * Math.min(1, (6 * value) / top)];
    if (kind === "stretch") return (value) => [...colour(1 + Math.log10(value / top) / DECADES), 255];
    const { prior, codes } = this.page.fieldColours(),
      ends = [prior, codes].map(rgb);
    if (kind === "D") return (d) => [...ends[d > 0.5 ? 0 : 1], 255 * SURE * Math.abs(2 * d - 1)];
    return (value) =>
      Number.isNaN(value) ? [0, 0, 0, 0] : [...ends[value > 0 ? 1 : 0], 230 * Math.min(1, Math.abs(value) / RATIO)];
  }

  // For the colour bar: {at(t): [r, g, b, a], marks: [[t, value], …]}, t from 0 to 1; null where there is none.
  scaleOf(kind) {
    const top = this.top(),
      ink = this.ink(kind);
    if (kind === "density")
      return { at: (t) => ink(t * top), marks: [0, 0.5, 1].map((t) => [t, t * top]), open: "end" };
    if (kind === "ratio")
      return {
        at: (t) => ink((2 * t - 1) * RATIO),
        marks: [-RATIO, 0, RATIO].map((value) => [(value / RATIO + 1) / 2, value]),
        open: "both",
      };
    if (kind === "D") return { at: ink, marks: [0, 0.5, 1].map((d) => [d, d]), open: "none" };
    if (kind !== "stretch") return null;
    return {
      at: (t) => ink(top * 10 ** (DECADES * (t - 1))),
      marks: [0, 0.5, 1].map((t) => [t, top * 10 ** (DECADES * (t - 1))]),
      open: "start",
    };
  }

  // ---- the codes' colours ------------------------------------------------------------------------

  async syncColours() {
    const { page } = this,
      { colour } = page.state(),
      panels = page.panels.filter((panel) => panel.model),
      { dark } = page.colours();
    if (!panels.length) return; // they are on their way
    const key = JSON.stringify([colour, dark, panels.map(({ model: { entry } }) => [entry.digest, entry.errors])]);
    if (this.colourKey !== key) {
      this.colourKey = key;
      const waiting = colour !== "class" && panels.some((panel) => !panel.model.values?.has(colour));
      this.waiting = waiting;
      if (waiting) this.onChange();
      const found = colour === "class" ? [] : await Promise.all(panels.map((panel) => this.learn(panel, colour)));
      if (this.colourKey !== key || this.gone) return;
      this.waiting = false;
      this.values = new Map(panels.map((panel, i) => [panel, found[i] ?? null]));
      const known = found.filter(Boolean);
      this.range = colour === "judgement" ? [0, 1] : range(known);
      this.stops = onBackground(dark);
      this.tones = new Map(panels.map((panel, i) => [panel, colour === "class" ? null : this.makeTones(found[i])]));
    }
    if (!this.tones || this.waiting) return;
    // the legend's colours mean nothing then
    panels[0].host.closest(".explorer").classList.toggle("toned", colour !== "class");
    for (const panel of panels)
      if (panel.map.tones !== this.tones.get(panel)) panel.map.setTones(this.tones.get(panel));
    this.onChange();
    page.draw();
  }

  // A panel's values of a colour. Errors need the originals, which may have been damaged since: then there are none.
  async learn(panel, colour) {
    this.problems.delete(panel);
    const found = valuesOf(this.page.models, panel.model, colour);
    if (colour !== "error") return found;
    return found.catch((error) => {
      this.problems.set(panel, error.message);
      return null;
    });
  }

  makeTones(values) {
    const {
        range: [low, high],
        stops,
      } = this,
      colour = ramp(stops);
    return {
      values,
      range: [low, high],
      stops,
      none: NONE,
      ink: (row) => (values ? css(colour((values[row] - low) / (high - low))) : NONE),
    };
  }

  colourScale() {
    if (!this.stops || ![...this.values.values()].some(Boolean)) return null;
    const colour = ramp(this.stops),
      [low, high] = this.range;
    return {
      at: (t) => [...colour(t), 255],
      marks: [0, 0.5, 1].map((t) => [t, low + t * (high - low)]),
      open: high === 1 && low === 0 ? "none" : "both",
    };
  }

  // How many models have the values that codes are coloured by.
  known() {
    return [...this.values.values()].filter(Boolean).length;
  }

  // The width of the density's kernel as it is shown.
  bandwidth() {
    return [...this.sides.values()].find(({ layer }) => layer?.spread)?.layer.spread ?? null;
  }

  // The grids that follow a prior, once they are there.
  grids() {
    return [...this.sides]
      .filter(([, { layer, kind }]) => kind === "quantiles" && layer?.count)
      .map(([panel, { layer }]) => ({ panel, layer }));
  }

  // Why a map's codes are grey, or why it has no underlay; "" where nothing is to be said.
  note(panel) {
    const { words } = this,
      { colour, underlay } = this.page.state();
    if (this.page.replayed(panel) || !panel.model) return "";
    const { entry } = panel.model,
      notes = [];
    if (underlay !== "none" && !panel.isPlane(this.page.state())) notes.push(words.no_underlay);
    else if (underlay === "D" && !entry.discriminator) notes.push(words.no_discriminator);
    if (colour !== "class" && !this.waiting && this.values.get(panel) === null) {
      const reason = colour === "judgement" && entry.discriminator ? "judgement_plane" : colour;
      notes.push(
        fill(words.grey[reason], { why: this.problems.get(panel) ?? noErrors(entry, this.page.words.datasets) }),
      );
    }
    return notes.join(" ");
  }

  // What a code is coloured by, to be read under the pointer.
  says(panel, row) {
    const { colour } = this.page.state(),
      value = this.values.get(panel)?.[row];
    return colour === "class" || value === undefined || this.page.replayed(panel)
      ? ""
      : `, ${this.words.value_names[colour]} ${format(value, 2)}`;
  }

  destroy() {
    this.gone = true;
    clearTimeout(this.timer);
  }
}
