// The KL lesson: seven tabs on one state. Only the open tab is drawn, at once, then at most once a frame.

import { BothHalves } from "./both_halves.js";
import { Collapse } from "./collapse.js";
import { Derivation } from "./derivation.js";
import { LogVariance } from "./logvar.js";
import { Line } from "./one.js";
import { Predict } from "./predict.js";
import { Plane } from "./two.js";
import { Catalogue } from "../kernel/catalogue.js";
import { Probe, round } from "../kernel/probe.js";
import { ModelList } from "../parts/model_list.js";
import { Shelf } from "../parts/models/shelf.js";
import { mounting, Page, painted } from "../parts/page.js";
import { Animation } from "../parts/quiz/animation.js";
import { Tabs } from "../parts/tabs.js";

const TABS = {
  one: Line,
  two: Plane,
  derivation: Derivation,
  logvar: LogVariance,
  loss: BothHalves,
  collapse: Collapse,
  predict: Predict,
};
const ROUNDED = ["gap", "limit", "rate", "log_var", "width", "beta", "value"]; // numbers; the probe rounds lists

class Lesson extends Page {
  /**
   * @param {HTMLElement} root @param {import("../kernel/types.js").PageData} data
   * @param {(state: object) => void} send
   */
  constructor(root, data, send) {
    super(root, data, send);
    this.defaults = data.defaults;
    this.probe = new Probe(data.state);
    this.catalogue = new Catalogue(data, this.base, ({ stochastic, shape }) => stochastic && !shape);
    this.shelf = new Shelf(this, this.find(".missing"), () => this.draw());
    this.animation = new Animation();
    this.tabs = {};
    this.strip = new Tabs(root, (tab) => this.set({ tab }));
    root.addEventListener("keydown", (event) => event.key === "Escape" && this.finish(true));
    this.resizer.observe(root);
    this.draw();
    painted().then(() => this.markReady());
  }

  get state() {
    return this.probe.state;
  }
  get committed() {
    return this.probe.committed;
  }

  showState(state) {
    this.stop();
    this.probe = new Probe(state);
    this.draw();
  }

  // Python's numbers. They arrive after the lesson, because they need torch.
  receive({ reference }) {
    if (!reference) return;
    this.reference = reference;
    this.draw();
  }

  take(data) {
    this.shelf.take(data);
  }

  leave() {
    this.stop();
    for (const tab of Object.values(this.tabs)) tab.stop?.();
    this.shelf.destroy();
  }

  // A list of the VAEs that the lesson can show.
  modelList(select, choose) {
    const on = { choose, announce: (text) => this.announce(text), fail: (error, what) => this.fail(error, what) };
    return new ModelList(select, this.catalogue, this.words.model_list, on);
  }

  // ---- state: change() while something moves, finish() when it is let go, set() for both ---------------------

  change(part) {
    this.stop();
    this.apply(part);
  }

  apply(part) {
    for (const name of ROUNDED) if (typeof part[name] === "number") part = { ...part, [name]: round(part[name]) };
    this.probe.change(part);
    this.draw();
  }

  finish(cancelled = false) {
    if (cancelled) {
      this.stop();
      this.probe.revert();
    }
    const finished = !cancelled && this.probe.commit();
    if (!finished) return this.draw();
    this.exchange.post(this.state);
    this.tell();
  }

  // Draws, then tells a screen reader what the open tab shows.
  tell() {
    this.draw(() => this.announce(this.tabs[this.openTab].spoken()));
  }

  set(part) {
    this.change(part);
    this.finish();
  }

  // Python's numbers, if they belong to the shown values of all named parameters; null while Python still computes.
  checked(...names) {
    const { reference, state } = this;
    return reference && names.every((name) => JSON.stringify(reference.of[name]) === JSON.stringify(state[name]))
      ? reference
      : null;
  }

  // ---- animation: one at a time, by apply(); ended by any other change ------------------------------------

  /** @param {number} seconds @param {(share: number) => void} show @param {() => void} done */
  animate(seconds, show, done) {
    this.animation.run(seconds, show, done);
  }

  stop() {
    this.animation.stop();
  }

  // ---- drawing ---------------------------------------------------------------------------------------------

  drawFrame() {
    const { tab } = this.state;
    if (this.openTab !== tab) this.open(tab);
    this.tabs[tab].draw(this.state);
  }

  open(tab) {
    this.tabs[this.openTab]?.stop?.();
    this.shelf.showMissing(null);
    this.openTab = tab;
    this.strip.show(tab);
    if (this.tabs[tab]) return;
    const panel = this.strip.panel(tab);
    this.tabs[tab] = new TABS[tab](panel, this);
    this.observe([...panel.querySelectorAll("svg")].map((svg) => svg.parentElement));
  }
}

export const mount = mounting(Lesson);
