// The explorer: two maps, one probe, four pictures, and the KL, all of one state in every frame.

import { Arrangement } from "./arrangement.js";
import { Bars } from "./bars.js";
import { Catalogue } from "../kernel/catalogue.js";
import { Controls, moved, resized } from "./controls.js";
import { drawLogits } from "../parts/pixels.js";
import { isBare, Layers, reasonAgainst } from "./layers.js";
import { Legend } from "./legend.js";
import { MadeMaps, makerOf } from "./made_maps.js";
import { LatentMap } from "./latent_map.js";
import { Masthead } from "./masthead.js";
import { MapChoice } from "./map_choice.js";
import { MapEvents } from "./map_events.js";
import { Models } from "../kernel/models.js";
import { MissingDataset } from "../parts/missing_dataset.js";
import { noteOf } from "./note.js";
import { noOriginal, Originals } from "../parts/originals.js";
import { idle, mounting, Page, painted } from "../parts/page.js";
import { Panel, panelNames } from "./panel.js";
import { Probe } from "../kernel/probe.js";
import { format } from "../kernel/format.js";
import { Readout } from "./readout.js";
import { Reconstructions } from "./reconstructions.js";
import { fieldColours } from "../parts/theme.js";
import { Tools } from "./tools.js";
import { TryThis } from "./try_this.js";
import { fill } from "../kernel/text.js";

const SIDES = ["left", "right"];
const CLOSEST = 1e-3; // half the side of a map whose codes are all in one place
const LAYERS = ["dots", "pictures", "density", "ratio", "D"];

/** @import { State } from "../kernel/types.js" */

class Explorer extends Page {
  /**
   * @param {HTMLElement} root @param {import("../kernel/types.js").PageData} data
   * @param {(state: object) => void} send
   */
  constructor(root, data, send) {
    const html = root.outerHTML.replace(" presenting", ""); // before anything is filled in
    super(root, data, send);
    this.catalogue = new Catalogue(data, this.base, (entry) => entry.latent_dim >= 2);
    this.probe = new Probe(/** @type {State} */ (data.state));
    this.models = new Models(this.base);
    this.originals = new Originals(this.base);
    /** @type {import("./replay.js").Replay | null} */
    this.replay = null; // once it was opened
    /** @type {import("./surface.js").Surface | null} */
    this.surface = null; // once something of it was shown
    this.events = new MapEvents(this);
    this.arrangement = new Arrangement(this);
    this.panels = SIDES.map((side) => this.buildPanel(side));
    this.api = this.buildApi(html);
    this.buildParts();
    this.tools = new Tools(root, this.api);
    root.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      this.probe.revert();
      this.draw();
    });
    this.open().catch((error) => this.fail(error));
  }

  buildPanel(side) {
    const { words } = this;
    const panel = new Panel(this.root, side, this.catalogue, words, {
      model: (name) => this.set({ [side]: name }),
      codes: (codes) => this.set({ codes }),
      shown: () => this.set({ shown: side }),
      announce: (text) => this.announce(text),
      fail: (error, what) => this.fail(error, what),
    });
    panel.mapChoice = new MapChoice(panel.element.querySelector(".mapping"), side, words.maps, {
      choose: (written) => this.set({ map: panel.mapsWith(this.probe.state, written) }),
      retry: () => this.syncMap(panel, true),
      cancel: () => this.set({ map: panel.mapsWith(this.probe.state, panel.model.codes.umap ? "umap" : "plane") }),
    });
    return panel;
  }

  /** @returns {import("./tools.js").PageApi} what the page's parts and tools see of it. html: the page's own, empty. */
  buildApi(html) {
    const { data, base, catalogue, panels, models, originals, words } = this;
    return {
      state: () => this.probe.state,
      frame: () => this.probe.frame(),
      change: (part) => this.change(part),
      set: (part) => this.set(part),
      commit: () => this.commit(),
      pick: (panel, row, more) => this.events.pick(panel, row, more),
      draw: () => this.draw(),
      announce: (text) => this.announce(text),
      fail: (error, what) => this.fail(error, what),
      colours: () => this.colours,
      fieldColours: () => this.fieldColours(),
      replayed: (panel) => Boolean(this.replay?.of(panel)),
      surface: () => this.openSurface(),
      panels,
      models,
      originals,
      catalogue,
      words,
      symbols: data.symbols,
      base,
      data,
      html,
    };
  }

  buildParts() {
    const { data, words, api } = this;
    this.controls = new Controls(this.root, api);
    this.bars = new Bars(
      this.find(".bars"),
      words.bars,
      (dimension) => moved(this.probe.state).includes(dimension) || this.controls.chooseDimension(0, dimension),
    );
    this.readout = new Readout(this.find(".numbers"), () => this.draw());
    const lessons = this.data.in_file ? null : new URL("../../", this.base);
    this.masthead = new Masthead(this.find(".masthead"), words, lessons, this.terms);
    const tour = this.find(".tour-door"); // there is none in a file
    tour.hidden = !lessons;
    if (lessons) tour.href = new URL("?tour=1", lessons).href;
    this.reconstructions = new Reconstructions(this.find(".reconstructions"), this.originals, words, () => {
      this.masthead.take(this.reconstructions.picture);
      this.draw();
    });
    this.tryThis = new TryThis(this.find(".try-this"), api, () => this.startReplay());
    this.missing = new MissingDataset(this.find(".missing"), this.base, words.datasets, (name) =>
      this.takeDataset(name),
    );
    this.layers = new Layers(
      this.find(".layers"),
      LAYERS,
      words.layers,
      api,
      (name) => reasonAgainst(name, this, words.layers),
      [...this.root.querySelectorAll(".layer-key")],
    );
    this.legend = new Legend(this.find(".legend"), data.symbols.classes, () => this.hideClasses());
    this.made = new MadeMaps(this.models, makerOf(data), words.maps.silent, {
      change: (panel) => this.syncMap(panel),
      made: (panel) =>
        this.show([[panel, panel.model]])
          .then(() => this.announce(fill(words.maps.announced, panel)))
          .catch((error) => this.fail(error)),
    });
    this.ownScale = this.find(".own-scale");
    this.ownScale.addEventListener("click", () =>
      this.set({ scale: this.probe.state.scale === "own" ? "shared" : "own" }),
    );
    this.find(".open-replay").addEventListener("click", () => this.startReplay());
  }

  async open() {
    const opening = this.panels.map((panel) => this.models.open(this.chosen(panel)));
    for (const panel of this.panels)
      panel.map = new LatentMap(panel.host, this.data.symbols.classes, this.events.answers(panel));
    const models = await Promise.all(opening);
    await this.show(this.panels.map((panel, i) => [panel, models[i]]));
    if (this.destroyed) return;
    for (const panel of this.panels) this.resizer.observe(panel.host);
    await painted();
    this.markReady(); // points and pictures are on the screen
    performance.mark("explorer drawn");

    await idle(); // evaluating Plotly holds everything else up for a second
    const { default: Plotly, adoptStyles } = await import(new URL("web/parts/plotly.js", this.base).href);
    if (this.destroyed) return;
    adoptStyles(this.root.getRootNode());
    await Promise.all(this.panels.map((panel) => panel.map.take(Plotly)));
    this.draw();
    await painted();
    this.root.dataset.maps = "true"; // axes, zoom and pan are there too
    performance.mark("explorer complete");
  }

  take(data) {
    for (const dataset of this.catalogue.take(data)) this.takeDataset(dataset);
  }

  showState(state) {
    const previous = this.probe.state;
    this.probe = new Probe(state);
    this.refresh(previous);
  }

  leave() {
    this.replay?.stop();
    this.tools.destroy();
    this.tryThis.destroy();
    this.surface?.destroy();
    this.made.destroy();
    this.missing.destroy();
    for (const panel of this.panels) panel.map?.purge();
  }

  // ---- state -------------------------------------------------------------------------------

  // A change that is finished: one message to Python, which writes the address.
  commit() {
    if (!this.probe.commit()) return;
    this.exchange.post(this.probe.state);
    const told = this.tell();
    this.announce(this.replay?.isOpen ? this.replay.announcement() : told);
  }

  // Brings up to date what a screen reader finds at maps and pictures: at rest, not in every frame. Returns what it is
  // to say.
  tell() {
    const frame = this.probe.frame(),
      { words } = this.data;
    const near = this.panels.map((panel) => panel.tell(this.probe.state, this.decodes(panel) ? frame : null, words));
    return [fill(words.told_kl, { kl: format(frame.kl) }), ...near.filter(Boolean)].join("; ");
  }

  change(part) {
    this.probe.change(part);
    this.draw();
  }

  set(part) {
    const previous = this.probe.state;
    if (part.left || part.right) {
      const names = [part.left ?? previous.left, part.right ?? previous.right];
      part = { ...part, ...resized(previous, Math.max(...names.map((name) => this.catalogue.get(name).latent_dim))) };
    }
    this.probe.change(part);
    this.commit();
    this.refresh(previous);
  }

  // Brings maps and models up to a state that changed in more than the probe.
  refresh(previous) {
    const { state } = this.probe;
    for (const panel of this.panels) {
      if (state[panel.side] !== previous[panel.side]) {
        this.models
          .open(this.chosen(panel))
          .then((model) => this.show([[panel, model]]))
          .catch((error) => this.fail(error));
      } else if (panel.model && panel.mapOf(state) !== panel.mapOf(previous)) {
        this.show([[panel, panel.model]]).catch((error) => this.fail(error));
      } else if (panel.model && (state.codes !== previous.codes || String(state.dims) !== String(previous.dims))) {
        panel.map.movePoints(panel.points(state));
      }
    }
    if (state.scale !== previous.scale) this.goHome();
    if (state.moment !== previous.moment) {
      this.replay?.stop();
      this.syncReplay();
    }
    this.tools.sync(state);
    this.syncSurface();
    this.arrangement.update();
    this.syncChoices();
    this.draw();
  }

  // One frame: everything on the screen from one state.
  drawFrame() {
    const frame = this.probe.frame(),
      { state } = this.probe;
    const replayed = this.panels.map((panel) => (panel.model && this.replay?.of(panel)) ?? null);
    for (const [i, panel] of this.panels.entries()) {
      if (!panel.model || panel.model.entry.latent_dim > frame.mean.length) continue; // one that is being replaced
      const { decoder, entry } = panel.model,
        moment = replayed[i];
      if (this.decodes(panel)) {
        // a model reads as many as it has dimensions
        drawLogits(panel.atMean, decoder.decode(frame.mean), entry.image_side);
        drawLogits(panel.atZ, decoder.decode(frame.z), entry.image_side);
      }
      const inPlane = (vector) => panel.dims(state).map((i) => vector[i]);
      panel.map.place({
        plane: panel.isPlane(state),
        mean: inPlane(frame.mean),
        std: inPlane(frame.std),
        z: inPlane(frame.z),
        home: inPlane(state.mean),
        previewing: frame.previewing,
        pick: moment ? moment.image : panel.pickedRow(state),
        pickName: this.words.same_image,
        note: noteOf(this, panel, frame.previewing),
        probeless: !this.decodes(panel),
        bare: isBare(state),
      });
    }
    this.surface?.show();
    this.layers.show();
    if (this.replay?.isOpen) this.replay.show(replayed);
    this.tools.show(frame);
    this.readout.show(frame);
    this.bars.show(frame.perDimension, moved(state));
    this.arrangement.showOtherPriors(frame);
    this.controls.show(frame, state);
    this.root.classList.toggle("previewing", frame.previewing);
    this.masthead.show(frame, state, this.panels, (i) => this.reconstructions.canvas(i));
    this.tryThis.place();
  }

  // ---- models and panels -----------------------------------------------------------------------

  // The catalogue's entry of the model that the state names for a panel.
  chosen(panel) {
    return this.catalogue.get(this.probe.state[panel.side]);
  }

  // Shows models in panels, unless others were chosen meanwhile. Both maps get the same axes.
  async show(changes) {
    if (this.destroyed) return; // the page was left while a model was on its way
    const current = changes.filter(([panel, model]) => model.entry.name === this.probe.state[panel.side]);
    for (const [panel, model] of current) panel.model = model;
    const names = panelNames(this.panels.map((panel) => this.chosen(panel)));
    this.panels.forEach((panel, i) => panel.setName(names[i]));
    this.arrangement.update();
    await Promise.all(
      this.panels
        .filter((panel) => panel.model)
        .map(async (panel) => {
          const ranges = this.homeRanges(panel);
          if (current.some(([changed]) => changed === panel)) {
            panel.map.setPrior(panel.model.entry.shape);
            await panel.map.draw(panel.points(this.probe.state), panel.model.entry.classes, ranges);
          } else {
            panel.map.home = ranges;
            await panel.map.setBox(ranges);
          }
        }),
    );
    for (const [panel] of current) panel.describe(this.probe.state);
    this.arrangement.describe();
    this.syncReplay();
    this.tools.sync(this.probe.state, true);
    this.syncSurface();
    this.syncChoices();
    this.tell();
    this.draw();
  }

  // Both maps at the axes that they begin with.
  goHome() {
    const panels = this.panels.filter((panel) => panel.model);
    Promise.all(panels.map((panel) => panel.map.setBox((panel.map.home = this.homeRanges(panel)))))
      .then(() => this.draw())
      .catch((error) => this.fail(error));
  }

  // Planes show the same square: all but the outermost codes of both models, and at least the sliders' range; with
  // scales of their own, all but the outermost codes of each. A UMAP shows all.
  homeRanges(panel) {
    const { state } = this.probe;
    if (!panel.isPlane(state)) return panel.viewRanges(state);
    if (state.scale === "own") {
      const reach = Math.max(CLOSEST, panel.model.codes.reach);
      return { x: [-reach, reach], y: [-reach, reach] };
    }
    const reach = Math.max(
      4.2,
      ...this.panels.filter((one) => one.model && one.isPlane(state)).map((one) => one.model.codes.reach),
    );
    return { x: [-reach, reach], y: [-reach, reach] };
  }

  hideClasses() {
    for (const panel of this.panels) panel.model && panel.map.setHidden(this.legend.hidden);
    this.draw();
  }

  syncChoices() {
    const { state } = this.probe;
    this.ownScale.setAttribute("aria-pressed", String(state.scale === "own"));
    this.root.dataset.shown = state.shown;
    for (const panel of this.panels) {
      panel.sync(state);
      if (panel.model) this.syncMap(panel);
    }
    this.reconstructions.show(state, this.panels);
    const entries = this.panels.filter((panel) => panel.model).map((panel) => panel.model.entry);
    const lacking = entries.find((entry) => !entry.originals && !entry.without_originals);
    this.missing.offer(lacking?.dataset ?? null);
  }

  // A dataset has been fetched: its test images can be shown, and its errors are known.
  takeDataset(dataset) {
    for (const entry of this.catalogue) if (entry.dataset === dataset) entry.originals = entry.errors = true;
    this.reconstructions.again(this.probe.state, this.panels);
    this.surface?.sync();
    this.tools.sync(this.probe.state, true);
    this.syncChoices();
    this.draw();
    this.announce(fill(this.data.words.datasets.fetched, { dataset }));
  }

  // What a map is chosen to be, and made if it must be. again: it failed, and shall be tried again.
  syncMap(panel, again = false) {
    const { entry, codes } = panel.model,
      written = panel.mapOf(this.probe.state),
      many = entry.latent_dim > 2;
    panel.mapChoice.box.hidden = !many;
    if (many) this.made.warm();
    if (again) this.made.retry(panel, written);
    else this.made.sync(panel, many ? written : "plane");
    if (!many) return;
    const noPixels = entry.originals ? null : noOriginal(entry, this.data.words.datasets);
    const offered = { stored: Boolean(codes.umap), made: this.made.maker === "server", noPixels };
    panel.mapChoice.show(written, offered, this.made.status(panel));
  }

  // ---- replay ------------------------------------------------------------------------------------------

  // From the untrained models on; by itself, unless the person asked for little motion.
  async startReplay() {
    this.set({ moment: 0, tool: "none" });
    await this.syncReplay();
    if (!this.replay?.isOpen) return; // it has said why
    this.find(".replay .play").focus();
    if (!window.matchMedia("(prefers-reduced-motion: reduce)").matches) this.replay.play();
  }

  // Opens or closes it as the state says. Its script and the recordings are fetched when it is first opened.
  async syncReplay() {
    if (this.probe.state.moment === null) return void (this.replay?.isOpen && this.closeReplay());
    try {
      const { Replay } = await import("./replay.js");
      this.replay ??= new Replay(this.root, this.api);
      await this.replay.open();
    } catch (error) {
      this.fail(error, "The replay could not be opened");
    }
  }

  closeReplay() {
    this.replay.close();
    this.draw();
  }

  // Are there decoders for what a panel shows? Only the finished model's were kept.
  decodes(panel) {
    return this.replay?.of(panel)?.finished ?? true;
  }

  // ---- beneath the codes, and their colours --------------------------------------------------------------

  // Fetched when something of it is first wanted; from then on it follows the state.
  async syncSurface() {
    const { underlay, colour, opacity } = this.probe.state;
    if (!this.surface && underlay === "none" && colour === "class" && String(opacity) === "1,1") return;
    (await this.openSurface())?.sync();
  }

  openSurface() {
    const what = "What lies under the codes could not be drawn";
    this.surfaceOpening ??= import("./surface.js")
      .then(({ Surface }) => {
        if (this.destroyed) return null;
        return (this.surface = new Surface(this.api));
      })
      .catch((error) => {
        this.surfaceOpening = null;
        this.fail(error, what);
      });
    return this.surfaceOpening;
  }

  resize() {
    for (const panel of this.panels) panel.map?.resize()?.then(() => this.draw()); // once Plotly has drawn its axes
    this.draw();
  }

  // ---- theme -----------------------------------------------------------------------------------------

  coloursOf(colours) {
    const field = fieldColours(this.data.symbols.field, colours.dark);
    for (const [name, colour] of Object.entries(field)) this.root.style.setProperty(`--field-${name}`, colour);
    return colours;
  }

  recolour() {
    this.draw();
    this.syncSurface();
  }

  fieldColours() {
    return fieldColours(this.data.symbols.field, this.colours.dark);
  }
}

export const mount = mounting(Explorer);
