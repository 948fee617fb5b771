// Lesson 0, why a prior: six tabs on one state. Only the open tab computes and is drawn.

import { BlurTab } from "./blur_tab.js";
import { EvidenceTab } from "./evidence_tab.js";
import { InventTab } from "./invent_tab.js";
import { LISTED } from "./kinds.js";
import { LatentGrid } from "./latent_grid.js";
import { LossTab } from "./loss_tab.js";
import { PredictTab } from "./predict_tab.js";
import { ShellTab } from "./shell_tab.js";
import { Catalogue } from "../kernel/catalogue.js";
import { Probe } from "../kernel/probe.js";
import { ModelList } from "../parts/model_list.js";
import { Shelf } from "../parts/models/shelf.js";
import { showWays } from "../parts/models/ways.js";
import { mounting, Page, painted } from "../parts/page.js";
import { channels } from "../parts/plane.js";
import { Tabs } from "../parts/tabs.js";

/** @import { Entry, Model, PageData } from "../kernel/types.js" */

const TABS = {
  invent: InventTab,
  evidence: EvidenceTab,
  loss: LossTab,
  blur: BlurTab,
  shell: ShellTab,
  predict: PredictTab,
};
const REACH = 4.8, // of a grid, at least
  GRIDS = 3; // that are kept

export class Lesson extends Page {
  /** @param {HTMLElement} root @param {PageData} data @param {(state: object) => void} send */
  constructor(root, data, send) {
    super(root, data, send);
    this.catalogue = new Catalogue(data, this.base, (entry) => !entry.shape);
    this.grids = new Map(); // by digest, the newest last
    this.probe = new Probe(data.state);
    this.tabs = {};
    this.strip = new Tabs(root, (tab) => this.set({ tab }));
    this.shelf = new Shelf(this, this.find(".missing"), () => this.refresh());
    root.addEventListener("keydown", (event) => event.key === "Escape" && this.finish(true));
    this.refresh();
    painted().then(() => this.markReady());
  }

  get state() {
    return this.probe.state;
  }

  get tab() {
    return this.tabs[this.state.tab];
  }

  showState(state) {
    this.probe = new Probe(state);
    this.refresh();
  }

  take(data) {
    this.shelf.take(data);
  }

  leave() {
    this.shelf.destroy();
    for (const tab of Object.values(this.tabs)) tab.destroy();
  }

  // ---- state: change() while something moves, finish() when it is let go, set() for both ----------------------------

  change(part) {
    this.probe.change(part);
    this.draw();
  }

  finish(cancelled = false) {
    if (cancelled) this.probe.revert();
    const finished = !cancelled && this.probe.commit();
    if (!finished) return this.draw();
    this.exchange.post(this.state);
    return this.draw(() => this.announce(this.tab.spoken()));
  }

  set(part) {
    this.probe.change(part);
    this.refresh();
    this.finish();
  }

  // ---- models ------------------------------------------------------------------------------------------------------

  /** @param {string} kind @returns {Entry | undefined} */
  entry(kind) {
    return this.catalogue.get(this.state[kind]);
  }

  // A list of the models of a kind. The other kinds follow to the same dataset, if they have a model of it.
  /** @param {HTMLSelectElement} select @param {string} kind */
  modelList(select, kind) {
    const on = {
      choose: (name) => this.set(this.alike(kind, name)),
      announce: (text) => this.announce(text),
      fail: (error, what) => this.fail(error, what),
    };
    return new ModelList(select, this.catalogue, this.words.model_list, on, LISTED[kind]);
  }

  // What choosing a model changes of the state.
  alike(kind, name) {
    const { dataset } = this.catalogue.get(name),
      part = { [kind]: name };
    const lists = Object.keys(LISTED);
    for (const other of lists) {
      if (other === kind || this.entry(other)?.dataset === dataset) continue;
      const found = [...this.catalogue].find((entry) => entry.dataset === dataset && LISTED[other](entry));
      if (found) part[other] = found.name;
    }
    const images = Math.min(
      ...lists.map((one) => this.catalogue.get(part[one] ?? this.state[one])?.images ?? Infinity),
    );
    if (this.state.image >= images) part.image = 0;
    return { ...part, mean: null, log_var: null, code: null };
  }

  // The pictures of a model's decoder on a grid over its codes and the prior.
  /** @param {Model} model */
  gridOf({ entry, active, codes }) {
    const { digest, channels: depth, image_side: side } = entry;
    const grid =
      this.grids.get(digest) ??
      new LatentGrid((z) => active.decode(z), depth * side * side, Math.max(REACH, codes.reach));
    this.grids.delete(digest);
    this.grids.set(digest, grid);
    if (this.grids.size > GRIDS) this.grids.delete(this.grids.keys().next().value);
    return grid;
  }

  // ---- drawing -----------------------------------------------------------------------------------------------------

  // Brings the page up to a state that is not merely moved: the open tab fetches and computes what it needs.
  refresh() {
    const { tab } = this.state;
    this.strip.show(tab);
    for (const [name, other] of Object.entries(this.tabs)) if (name !== tab) other.stop();
    try {
      this.tabs[tab] ??= new TABS[tab](this, this.strip.panel(tab));
      this.tabs[tab].refresh();
      showWays(this.strip.panel(tab), this.base, this.state, this.catalogue);
    } catch (error) {
      this.fail(error);
    }
    this.draw();
  }

  drawFrame() {
    this.tab?.draw();
  }

  recolour() {
    for (const tab of Object.values(this.tabs)) tab.recolour?.();
    this.draw();
  }

  coloursOf(colours) {
    const style = getComputedStyle(this.root),
      of = (name) => style.getPropertyValue(name).trim();
    return {
      ...colours,
      classes: this.data.symbols.classes,
      css: { prior: of("--prior"), mean: of("--mean"), z: of("--z") },
      posterior: channels(of("--z")),
      likelihood: channels(of("--prior")),
      cost: channels(of("--mean")),
    };
  }
}

export const mount = mounting(Lesson);
