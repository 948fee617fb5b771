// Lesson 3, the adversary: seven tabs that share one state. The address shows the open tab's part.

import { FieldTab } from "./field.js";
import { PlayTab } from "./play.js";
import { PointTab } from "./point.js";
import { PredictTab } from "./predict.js";
import { ReadingsTab } from "./readings.js";
import { TeachTab } from "./teach.js";
import { TermsTab } from "./terms.js";
import { rounded } from "../kernel/address.js";
import { Catalogue } from "../kernel/catalogue.js";
import { ModelList } from "../parts/model_list.js";
import { Shelf } from "../parts/models/shelf.js";
import { channels } from "../parts/plane.js";
import { mounting, Page, painted } from "../parts/page.js";
import { Tabs } from "../parts/tabs.js";
import { fieldColours } from "../parts/theme.js";

const TABS = {
  terms: TermsTab,
  point: PointTab,
  field: FieldTab,
  teach: TeachTab,
  play: PlayTab,
  readings: ReadingsTab,
  predict: PredictTab,
};

class Lesson extends Page {
  /**
   * @param {HTMLElement} root @param {import("../kernel/types.js").PageData} data
   * @param {(state: object) => void} send
   */
  constructor(root, data, send) {
    super(root, data, send);
    this.state = data.state;
    this.committed = JSON.stringify(data.state);
    this.catalogue = new Catalogue(data, this.base, (entry) => entry.latent_dim === 2);
    this.shelf = new Shelf(this, this.find(".missing"), () => this.showTab());
    this.tabs = {};
    this.strip = new Tabs(root, (tab) => this.open(tab));
    this.showTab();
    painted().then(() => this.markReady());
  }

  open(tab) {
    if (tab === this.state.tab) return;
    this.state = { ...this.state, tab };
    this.commit();
    this.showTab();
  }

  // Shows the open tab, which is built when it is first opened. The others stop training and playing.
  showTab() {
    const { tab } = this.state;
    this.strip.show(tab);
    this.shelf.showMissing(null);
    for (const [name, other] of Object.entries(this.tabs)) if (name !== tab) other.stop();
    try {
      this.tabs[tab] ??= new TABS[tab](this, this.strip.panel(tab));
      this.tabs[tab].refresh();
    } catch (error) {
      this.fail(error);
    }
  }

  get part() {
    return this.state[this.state.tab];
  }

  // A change that is being made in the open tab's part of the state; commit() ends it.
  change(part) {
    const rounded = {},
      kept = (value) => (typeof value === "number" ? round(value) : value);
    for (const [name, value] of Object.entries(part))
      rounded[name] = Array.isArray(value) ? value.map(round) : kept(value);
    const { tab } = this.state;
    this.state = { ...this.state, [tab]: { ...this.state[tab], ...rounded } };
  }

  // Ends a change: one message to Python, which writes the address.
  commit() {
    const text = JSON.stringify(this.state);
    if (text === this.committed) return;
    this.committed = text;
    this.exchange.post(this.state);
  }

  showState(state) {
    this.state = state;
    this.committed = JSON.stringify(state);
    this.showTab();
  }

  take(data) {
    this.shelf.take(data);
    this.tabs[this.state.tab]?.checked?.(data.check);
  }

  recolour() {
    for (const tab of Object.values(this.tabs)) tab.recolour();
  }

  leave() {
    for (const tab of Object.values(this.tabs)) {
      tab.stop();
      tab.destroy();
    }
    this.shelf.destroy();
  }

  // A list of the catalogue's models for which `holds` returns true.
  modelList(select, choose, holds) {
    const on = { choose, announce: (text) => this.announce(text), fail: (error, what) => this.fail(error, what) };
    return new ModelList(select, this.catalogue, this.words.model_list, on, holds);
  }

  // A model's codes and discriminator's weights: {entry, tensors, x, y, label, logVar}. Each is fetched once.
  model(name) {
    const entry = this.catalogue.get(name);
    return this.shelf.models.of(entry, `latents/${entry.digest}`, latentsOf);
  }

  shape(prior) {
    return this.data.shapes[prior] ?? null;
  }

  coloursOf(colours) {
    const style = getComputedStyle(this.root),
      of = (name) => style.getPropertyValue(name).trim();
    const { symbols } = this.data;
    const field = fieldColours(symbols.field, colours.dark);
    const red = of("--st-red-color") || "#d33";
    return {
      ...colours,
      red,
      classes: symbols.classes,
      css: { prior: of("--prior"), mean: of("--mean"), logVar: of("--log-var"), z: of("--z"), red, text: colours.text },
      real: channels(field.prior),
      fake: channels(field.codes),
      cost: channels(of("--mean")),
    };
  }
}

export const mount = mounting(Lesson);

// A model's codes by columns, and all tensors of the file.
function latentsOf(tensors) {
  const columns = (tensor) =>
    [0, 1].map((i) => Float32Array.from({ length: tensor.shape[0] }, (_, row) => tensor.values[2 * row + i]));
  const [x, y] = columns(tensors["codes.mean"]),
    logVar = tensors["codes.log_var"];
  return { tensors, x, y, label: tensors["codes.label"].values, logVar: logVar ? columns(logVar) : null };
}

// The state is kept as an address can write it.
export const round = (value) => rounded(value, true);
