// Lesson 2: one state, and six parts that show it; every frame is of one state.

import { CodeView } from "./code_view.js";
import { Controls } from "./controls.js";
import { DrawPlanes } from "./draw_planes.js";
import { EstimatorsView } from "./estimators_view.js";
import { estimatedFrom, frameOf } from "./frame.js";
import { GradientGraphs } from "./gradient_graphs.js";
import { Predict } from "./predict.js";
import { PythonCheck } from "./python_check.js";
import { short } from "./scales.js";
import { VaeView } from "./vae_view.js";
import { Catalogue } from "../kernel/catalogue.js";
import { format } from "../kernel/format.js";
import { Probe } from "../kernel/probe.js";
import { seededUniform, standardNormal } from "../kernel/random.js";
import { MissingDataset } from "../parts/missing_dataset.js";
import { Originals } from "../parts/originals.js";
import { mounting, Page } from "../parts/page.js";
import { Tabs } from "../parts/tabs.js";
import { fill } from "../kernel/text.js";

/** @import { PageData, ReparameterisationState } from "../kernel/types.js" */

class Lesson extends Page {
  /** @param {HTMLElement} root @param {PageData} data @param {(state: object) => void} send */
  constructor(root, data, send) {
    super(root, data, send);
    this.catalogue = new Catalogue(data, this.base, (entry) => entry.latent_dim === 2);
    this.probe = new Probe(/** @type {ReparameterisationState} */ (data.state));
    this.strip = new Tabs(root, (view) => this.set({ view }));
    this.controls = new Controls(this);
    this.buildViews();
    this.missing = new MissingDataset(this.find(".missing"), this.base, this.words.datasets, (name) => {
      this.takeDataset(name);
      this.exchange.post(this.probe.state); // Python, too, has its images now
    });
    root.addEventListener("keydown", (event) => event.key === "Escape" && this.release(true));
    this.code.update(data.code);
    this.sync();
    this.draw();
    this.observe([root, ...root.querySelectorAll(".host, .rows")]);
    this.markReady();
  }

  buildViews() {
    const { words } = this,
      view = (name) => this.strip.panel(name),
      release = (cancelled) => this.release(cancelled);
    this.graphs = new GradientGraphs(view("graphs"), words);
    this.planes = new DrawPlanes(view("draws"), this.data, this.catalogue, this.base, {
      choose: (draw) => this.set({ draw }),
      release,
      move: (mean) => this.change({ mean }),
    });
    const point = () => [this.probe.state.mean[0], this.probe.state.log_var[0]];
    this.estimators = new EstimatorsView(
      view("estimators"),
      words,
      { release, move: (to) => this.moveFirst(to) },
      point,
    );
    this.vae = new VaeView(view("vae"), words, new Originals(this.base), {
      open: (name) => this.planes.load(name),
      noise: (seed, n) => this.noise(seed, n),
    });
    this.code = new CodeView(view("code"), words);
    this.predict = new Predict(view("predict"), this);
    this.check = new PythonCheck(this.find(".check"), words);
  }

  take(data, before) {
    if (JSON.stringify(data.code) !== JSON.stringify(before.code)) this.code.update(data.code);
    for (const dataset of this.catalogue.take(data)) this.takeDataset(dataset);
    this.draw();
  }

  /** @param {ReparameterisationState} state */
  showState(state) {
    this.probe = new Probe(state);
    this.sync();
    this.draw();
  }

  // A dataset has been fetched.
  takeDataset(dataset) {
    for (const entry of this.catalogue) if (entry.dataset === dataset) entry.originals = true;
    this.vae.again(this.probe.state).catch((error) => this.fail(error));
    this.sync();
    this.announce(fill(this.words.datasets.fetched, { dataset }));
  }

  leave() {
    this.predict.stop();
    this.missing.destroy();
  }

  // Shows everything that is chosen, and fetches what the open part needs.
  sync() {
    const { state } = this.probe,
      { view } = state;
    this.strip.show(view);
    if (view !== "predict") this.predict.stop();
    this.controls.sync();
    const entry = this.catalogue.get(state.model),
      needed = view === "vae" || view === "code";
    this.missing.offer(needed && !entry.originals && !entry.without_originals ? entry.dataset : null);
    if (view === "vae") this.vae.describe(state).catch((error) => this.fail(error));
    if (view === "draws") {
      this.planes.frame = this.frame();
      this.planes.open(state.model, () => this.draw()).catch((error) => this.fail(error));
    }
  }

  // ---- state -------------------------------------------------------------------------------

  change(part) {
    this.probe.change(part);
    this.draw();
  }

  // One number of a symbol that has two.
  changeOne(symbol, at, value) {
    const values = [...this.probe.state[symbol]];
    values[at] = value;
    this.change({ [symbol]: values });
  }

  moveFirst([mean, logVar]) {
    const {
      mean: [, mean2],
      log_var: [, logVar2],
    } = this.probe.state;
    this.change({ mean: [mean, mean2], log_var: [logVar, logVar2] });
  }

  // A change that is finished: one message to Python, which writes the address.
  commit() {
    if (!this.probe.commit()) return;
    this.exchange.post(this.probe.state);
    const { z, value, gradients } = this.frame(),
      { view } = this.probe.state;
    const say = (number) => short(number, format);
    if (view === "predict") this.draw(() => this.announce(this.predict.spoken()));
    else if (view !== "vae")
      this.announce(
        fill(this.words.announce, {
          z: say(z[0]),
          value: say(value),
          mean: say(gradients.mean),
          logvar: say(gradients.log_var),
        }),
      );
  }

  release(cancelled) {
    if (cancelled) this.probe.revert();
    this.draw();
    this.commit();
  }

  set(part) {
    this.probe.change(part);
    const { draw, n } = this.probe.state;
    if (draw >= n) this.probe.change({ draw: n - 1 });
    this.sync();
    this.draw();
    this.commit();
  }

  // All that one frame shows, from one state.
  frame() {
    const { state } = this.probe;
    return frameOf(state, this.noise(state.seed, Math.max(state.n, state.draw + 1)));
  }

  // ε of the draws of a seed, in pairs: the first of them are the same whatever n.
  noise(seed, n) {
    if (this.drawn?.seed !== seed || this.drawn.values.length < 2 * n)
      this.drawn = { seed, values: standardNormal(2 * n, seededUniform(seed)) };
    return this.drawn.values;
  }

  drawFrame() {
    const frame = this.frame();
    const { view } = frame.state;
    if (view === "graphs") this.graphs.show(frame);
    if (view === "draws") this.planes.show(frame);
    if (view === "estimators") {
      frame.estimated = estimatedFrom(frame);
      this.estimators.show(frame, this.colours);
    }
    if (view === "vae") this.vae.show(frame, this.data.vae);
    if (view === "code") this.code.show(frame);
    if (view === "predict") this.predict.draw();
    this.controls.show(frame.state, this.probe.committed);
    this.check.show(frame, this.data.check);
  }
}

export const mount = mounting(Lesson);
