// Practice: two trainings side by side. They run in workers of this browser or on the server; they are drawn here.

import { BrowserRuns } from "./browser_runs.js";
import { ACTIVE } from "./feed.js";
import { Clinic } from "./clinic.js";
import { Experiments } from "./experiments.js";
import { OVER, Panel } from "./panel.js";
import { Predict } from "./predict.js";
import { Runs } from "./runs.js";
import { showClasses } from "./draw.js";
import { goneFor, hold, takeOver } from "./browser_tab.js";
import { write } from "../parts/dom.js";
import { mounting, Page } from "../parts/page.js";
import { Tabs } from "../parts/tabs.js";
import { fill } from "../kernel/text.js";

const SIDES = ["a", "b"];
// They live as long as the document, so a visit to another page of the app ends none.
const browserRuns = new BrowserRuns();
window.addEventListener("beforeunload", (event) => browserRuns.isTraining && event.preventDefault());

class Practice extends Page {
  /**
   * @param {HTMLElement} root @param {import("../kernel/types.js").PageData} data
   * @param {(state: object) => void} send
   */
  constructor(root, data, send) {
    super(root, data, send);
    this.datasets = data.datasets;
    this.state = this.possible(data.state);
    const template = this.find("template");
    this.panels = Object.fromEntries(
      SIDES.map((side) => [
        side,
        new Panel(template, side, data, this.base, {
          choose: (chosen) => this.choose({ [side]: chosen }),
          command: (action, more) => this.command(side, action, more),
          pace: (pace) => this.feed.command(side, { action: "pace", pace }),
          notice: (sentence) => this.complain(sentence),
          fetched: (dataset) => this.takeDataset(dataset),
        }),
      ]),
    );
    this.find(".runs").append(...SIDES.map((side) => this.panels[side].root));
    this.strip = new Tabs(root, (tab) => this.set({ tab }));
    this.find(".start-both").addEventListener("click", () =>
      this.forBoth("start", (state) => !["running", "waiting", "saving"].includes(state)),
    );
    this.find(".pause-both").addEventListener("click", () =>
      this.forBoth("pause", (state) => ["running", "waiting"].includes(state)),
    );
    this.find(".copy").addEventListener(
      "click",
      () => this.panels.b.isLocked || this.choose({ b: { ...this.state.a } }),
    );
    this.experiments = new Experiments(this.find(".experiments"), data.experiments, this.words, {
      begin: (experiment) => this.beginExperiment(experiment),
      isTraining: () => SIDES.some((side) => this.panels[side].isLocked),
    });
    /** @type {Clinic | null} */
    this.clinic = null; // until its tab is opened
    /** @type {Predict | null} */
    this.predict = null; // the same
    this.where = this.find(".where");
    this.where.addEventListener("change", () => this.choose({ where: this.where.value }));
    this.colourPanels();
    this.showChoices();
    this.feed = new Runs(browserRuns, data, this.base, Boolean(data.trainings), {
      wanted: (side) => this.wantedHome(side),
      name: (side) => this.panels[side].choicesName,
      onNews: (runs) => this.showRuns(runs),
      onTrouble: (problem) => this.trouble(problem && fill(this.words.lost, { problem })),
      onGone: (status) => this.lose(goneFor(status)),
      onFailure: (sentence) => this.complain(sentence),
    });
    this.previewed = {}; // for each side the choices for which the untrained model was asked last
    this.changes = "0,0"; // the numbers of changed settings
    this.ask = (event) => this.isTraining && event.preventDefault();
    window.addEventListener("beforeunload", this.ask);
    this.showTab();
    if (data.trainings) this.join(data);
    else this.showWithoutServer();
    this.observe(root.querySelectorAll("canvas"));
    for (const canvas of root.querySelectorAll("canvas")) {
      canvas.addEventListener("contextrestored", () => this.resize());
    }
  }

  addressOf({ trainings, assets }) {
    return new URL(`runs/${trainings}`, new URL(assets, document.baseURI)).href;
  }

  // Shows the trainings of the page's session. If the tab had others before, its session takes over those.
  join(data) {
    const address = this.addressOf(data),
      joined = takeOver(data.trainings, address);
    joined.then((outcome) => ["ended", "restarted"].includes(outcome) && this.complain(this.words[outcome]));
    this.trainings = data.trainings;
    this.feed.move(address, joined);
  }

  // Without a server only this browser trains, whatever the address says.
  possible(state) {
    return this.data.trainings ? state : { ...state, where: "browser" };
  }

  showWithoutServer() {
    this.where.querySelector("[value=server]").remove();
    this.showRuns(this.feed.shown);
  }

  take(data) {
    const isNew = data.trainings && this.feed.address !== this.addressOf(data);
    if (isNew) this.join(data); // a new session, after a restart or a long cut
  }

  showState(state) {
    this.state = this.possible(state);
    this.showTab();
    this.showChoices();
    SIDES.forEach((side) => this.follow(side));
  }

  // Is a training at work that a reload would interrupt?
  get isTraining() {
    return SIDES.some((side) => ACTIVE.includes(this.panels[side].state));
  }

  // Could a training on the server be lost? An untrained model can be made again.
  get hasTrainings() {
    const isOnServer = (side) => this.feed.homeOf(side) === "server";
    return SIDES.some(
      (side) => isOnServer(side) && (this.panels[side].isLocked || this.panels[side].run?.status.taken),
    );
  }

  // Where a run with the choices of a side trains. Browsers have one dataset, and not every sibling's step.
  wantedHome(side) {
    const { where } = this.state,
      { kind, dataset } = this.state[side],
      { browser } = this.data;
    return where === "browser" && dataset === browser.dataset && kind in browser.siblings ? "browser" : "server";
  }

  // The trainings are gone. The page's script makes room for new ones, but Streamlit does not run it before something
  // changes. So the choices are sent again; once, because the server may lose trainings again.
  lose(why) {
    if (this.hasTrainings) this.complain(this.words[why]);
    this.previewed = {};
    if (this.answered) this.exchange.post(this.state);
    this.answered = false;
  }

  leave() {
    this.feed.stop();
    this.predict?.stop();
    window.removeEventListener("beforeunload", this.ask);
    for (const { missing } of Object.values(this.panels)) missing.destroy();
  }

  // A change of choices is finished: one message, and Python writes the address and the code.
  choose(part) {
    this.state = { ...this.state, ...part };
    this.exchange.post(this.state);
    this.complain(null);
    this.showChoices();
    SIDES.filter((side) => side in part || "where" in part).forEach((side) => this.follow(side));
  }

  // Something else is shown: while it moves, and when the change is finished.
  change(part) {
    this.state = { ...this.state, ...part };
    if (part.tab)
      this.showTab(); // it makes the tab's part, and draws
    else this.draw();
  }

  set(part = {}) {
    this.change(part);
    this.exchange.post(this.state);
  }

  showTab() {
    const { tab } = this.state;
    this.strip.show(tab);
    if (tab === "clinic") this.clinic ??= new Clinic(this.strip.panel(tab), this);
    if (tab === "predict") this.predict ??= new Predict(this.strip.panel(tab), this);
    else this.predict?.stop();
    SIDES.forEach((side) => this.preview(side));
    this.resize();
  }

  drawFrame() {
    const { tab } = this.state;
    if (tab === "clinic") this.clinic.draw(this.state);
    if (tab !== "predict") return;
    this.predict.draw();
    this.markReady();
  }

  async command(side, action, more = {}) {
    this.complain(await this.feed.command(side, { action, chosen: this.state[side], ...more }));
  }

  // Choices have changed: a training goes on with them, an untrained model is made again.
  follow(side) {
    if (this.panels[side].canFollow) this.command(side, "change");
    else this.preview(side);
  }

  // Asks for the untrained model of what is chosen, unless there is a training, or that model.
  preview(side) {
    const panel = this.panels[side],
      status = panel.run?.status,
      home = this.wantedHome(side),
      wanted = `${home} ${panel.relevant(panel.chosen)}`;
    const isThere =
      status && (status.state !== "ready" || `${this.feed.homeOf(side)} ${panel.relevant(status.chosen)}` === wanted);
    if (this.state.tab !== "train" || !this.answered || isThere || !panel.hasDataset || this.previewed[side] === wanted)
      return;
    this.previewed[side] = wanted;
    this.feed.command(side, { action: "prepare", chosen: this.state[side] });
  }

  // Both trainings begin with the experiment's choices, whatever they did. Returns whether they do.
  beginExperiment({ runs }) {
    if (SIDES.some((side) => this.panels[side].state === "saving")) {
      this.complain(this.words.wait_for_save);
      return false;
    }
    this.before = SIDES.map((side) => this.panels[side].run?.status.id);
    this.state = { ...this.state, ...runs };
    this.exchange.post(this.state);
    this.showChoices();
    for (const side of SIDES) {
      this.previewed[side] = `${this.wantedHome(side)} ${this.panels[side].relevant(this.state[side])}`;
      this.command(side, "reset");
      this.command(side, "start");
    }
    return true;
  }

  // The outcome is shown when both trainings of the experiment are over.
  followExperiment() {
    const isOver = (side, i) =>
      OVER.includes(this.panels[side].state) && this.panels[side].run.status.id !== this.before[i];
    if (this.before && SIDES.every(isOver)) {
      this.before = null;
      this.experiments.reveal();
    }
  }

  // A dataset has been fetched: it can be trained on.
  takeDataset(dataset) {
    this.datasets.find(({ name }) => name === dataset).present = true;
    this.showChoices();
    SIDES.forEach((side) => this.preview(side));
    this.announce(fill(this.words.datasets.fetched, { dataset }));
  }

  forBoth(action, where) {
    for (const side of SIDES) {
      const panel = this.panels[side];
      if (where(panel.state) && panel.canStart) this.command(side, action);
    }
  }

  // ---- showing

  showChoices() {
    const { a, b, where } = this.state;
    const note = (side) => (this.wantedHome(side) === where ? "" : this.words.on_server);
    this.panels.a.setChosen(a, b, note("a"));
    this.panels.b.setChosen(b, a, note("b"));
    this.where.value = where;
    this.showLegend();
  }

  showRuns(runs) {
    this.answered = true;
    const before = SIDES.map((side) => this.panels[side].state);
    this.panels.a.show(runs.a, runs.b);
    this.panels.b.show(runs.b, runs.a);
    hold(this.hasTrainings ? this.trainings : null);
    this.showChanges(runs);
    this.followExperiment();
    SIDES.forEach((side) => this.preview(side));
    SIDES.forEach((side, i) => {
      const { state, name, root, run } = this.panels[side];
      if (state === before[i] || state === "running" || (before[i] === "empty" && state === "ready")) return;
      const progress = run?.status.taken ? `, ${this.panels[side].progress()}` : "";
      this.announce(`${name}: ${root.querySelector(".word").textContent}${progress}`);
    });
    this.find(".copy").setAttribute("aria-disabled", String(this.panels.b.isLocked));
    this.where.disabled = SIDES.some((side) => this.panels[side].isLocked);
    const saved = SIDES.map((side) => runs[side]?.status.saved);
    const both = this.find(".open-both");
    both.hidden = !saved.every(Boolean);
    if (!both.hidden)
      both.href = `./?left=runs/${encodeURIComponent(saved[0])}&right=runs/${encodeURIComponent(saved[1])}`;
    if (this.state.tab === "train") this.markReady();
  }

  // Below the page stands the command that trains the same. Python has to say so where settings were changed meanwhile.
  showChanges(runs) {
    const changes = SIDES.map((side) => runs[side]?.status.changes.length ?? 0).join();
    if (changes !== this.changes) this.exchange.post(this.state);
    this.changes = changes;
  }

  showLegend() {
    const [a, b] = SIDES.map((side) => this.datasets.find(({ name }) => name === this.state[side].dataset).classes);
    const names = String(a) === String(b) ? a : a.map((_, i) => String(i)); // of two datasets, the classes' numbers
    const { classes } = this.data.symbols; // their colours
    showClasses(this.find(".legend"), names, classes);
  }

  recolour() {
    this.colourPanels();
    this.resize();
  }

  colourPanels() {
    for (const panel of Object.values(this.panels)) panel.colours = this.colours;
  }

  resize() {
    for (const panel of Object.values(this.panels)) panel.draw(true);
    this.draw();
  }

  trouble(sentence) {
    const box = this.find(".failure:not(.problem)");
    if (sentence || box.textContent === this.troubled) this.complain(sentence); // any other notice stays
    this.troubled = sentence;
  }

  complain(sentence) {
    const box = this.find(".failure:not(.problem)");
    box.hidden = !sentence;
    write(box, sentence ?? "");
  }
}

export const mount = mounting(Practice);
