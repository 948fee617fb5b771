// Lesson 2: one state, and five parts that show it; every frame is of one state.

import { Catalogue } from "../kernel/catalogue.js";
import { CodeView } from "./code_view.js";
import { fill, short } from "./scales.js";
import { DrawPlanes } from "./draw_planes.js";
import { baselines, ESTIMATORS, estimates, exact, exactVariances, FUNCTIONS, PATH, summarise } from "./estimators.js";
import { EstimatorRows } from "./estimator_rows.js";
import { seededUniform, standardNormal } from "../kernel/random.js";
import { reparameterise } from "../kernel/gaussian.js";
import { GradientGraphs } from "./gradient_graphs.js";
import { MissingDataset } from "../parts/missing_dataset.js";
import { ModelList } from "../parts/model_list.js";
import { Originals } from "../parts/originals.js";
import { mounting, Page } from "../parts/page.js";
import { Probe, round } from "../kernel/probe.js";
import { format, subscript } from "../kernel/format.js";
import { write } from "../parts/dom.js";
import { Slider } from "../parts/slider.js";
import { Tabs } from "../parts/tabs.js";
import { VaeView } from "./vae_view.js";
import { WinsMap } from "./wins_map.js";
import { fill as fillWords } from "../kernel/text.js";

const COUNTS = [10, 100, 1000, 10_000, 100_000];
const TOLERANCE = 1e-9; // relative, between this page and Python
const TINY = 1e-12; // a gradient that nobody would miss
const CHECKED = ["mean", "log_var", "f", "omega", "by", "seed", "draw", "n"]; // what Python's answer depends on

// The variances of FACTS' table, as a person writes them. [function][parameter]: in the order of ESTIMATORS.
const FORMULAE = {
  square: {
    mean: ["4σ²", "μ⁴/σ² + 14μ² + 15σ²", "8μ² + 10σ²", "8μ² + 6σ²"],
    std: ["4μ² + 8σ²", "2μ⁴/σ² + 60μ² + 74σ²", "40μ² + 56σ²", "40μ² + 24σ²"],
    log_var: ["σ²μ² + 2σ⁴", "½μ⁴ + 15σ²μ² + 18.5σ⁴", "10σ²μ² + 14σ⁴", "10σ²μ² + 6σ⁴"],
  },
};
const DEFINITIONS = ["E[(f′ ∂z)²] − (∂E)²", "E[f² s²] − (∂E)²", "E[(f − b)² s²] − (∂E)²", "E[(f − b*)² s²] − (∂E)²"]; // too long when written out
const STEP_TRUTH = { mean: "φ(μ/σ)/σ", std: "−μ φ(μ/σ)/σ²", log_var: "−½μ φ(μ/σ)/σ" };

class Lesson extends Page {
  constructor(root, data, send) {
    super(root, data, send);
    this.catalogue = new Catalogue(data, this.base, (entry) => entry.latent_dim === 2);
    this.probe = new Probe(data.state);
    this.buildControls();
    const view = (name) => this.find(`.view.${name}`);
    const release = (cancelled) => this.release(cancelled);
    this.graphs = new GradientGraphs(view("graphs"), this.words);
    this.planes = new DrawPlanes(view("draws"), data, this.catalogue, this.base, {
      choose: (draw) => this.set({ draw }),
      release,
      move: (mean) => this.change({ mean }),
    });
    this.rows = new EstimatorRows(this.find(".estimators .rows"), this.words, this.words.head_exact);
    this.wins = new WinsMap(this.find(".wins"), this.words, { release, move: (point) => this.moveFirst(point) }, () => [
      this.probe.state.mean[0],
      this.probe.state.log_var[0],
    ]);
    this.vae = new VaeView(view("vae"), this.words, new Originals(this.base), {
      open: (name) => this.planes.load(name),
      noise: (seed, n) => this.noise(seed, n),
    });
    const { datasets } = this.words;
    this.missing = new MissingDataset(this.find(".missing"), this.base, datasets, (name) => {
      this.takeDataset(name);
      this.exchange.post(this.probe.state); // Python, too, has its images now
    });
    this.code = new CodeView(view("code"), this.words);
    this.code.update(data.code);
    this.sync();
    this.draw();
    this.resizer.observe(root);
    this.markReady();
  }

  take(data, before) {
    if (JSON.stringify(data.code) !== JSON.stringify(before.code)) this.code.update(data.code);
    for (const dataset of this.catalogue.take(data)) this.takeDataset(dataset);
    this.draw();
  }

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
    this.announce(fillWords(this.words.datasets.fetched, { dataset }));
  }

  leave() {
    this.missing.destroy();
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
    const { z, value, gradients } = this.frame();
    const say = (number) => short(number, format);
    if (this.probe.state.view !== "vae")
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
    const { mean, log_var: logVar, omega } = state;
    const all = this.noise(state.seed, Math.max(state.n, state.draw + 1));
    const noise = [all[2 * state.draw], all[2 * state.draw + 1]];
    const std = logVar.map((lv) => Math.exp(0.5 * lv));
    const z = reparameterise(mean, logVar, noise);
    const f = FUNCTIONS[state.f],
      slope = f.slope(z[0], omega);
    return {
      state,
      mean,
      logVar,
      all,
      noise,
      std,
      z,
      value: f.value(z[0], omega),
      slope,
      gradients: Object.fromEntries(Object.entries(PATH).map(([by, path]) => [by, slope * path(noise[0], std[0])])),
      known: exact(state.f, mean[0], std[0], omega, state.by),
      wanted: exact(state.f, mean[0], std[0], omega, "mean").truth,
    };
  }

  // ε of the draws of a seed, in pairs: the first of them are the same whatever n.
  noise(seed, n) {
    if (this.drawn?.seed !== seed || this.drawn.values.length < 2 * n)
      this.drawn = { seed, values: standardNormal(2 * n, seededUniform(seed)) };
    return this.drawn.values;
  }

  // The estimators over the n draws of a frame.
  estimate({ state, all, std, mean, known }) {
    const { n, omega, by } = state,
      f = FUNCTIONS[state.f];
    const noise = new Float64Array(n),
      value = new Float64Array(n),
      slope = new Float64Array(n);
    for (let i = 0; i < n; i++) {
      const z = mean[0] + std[0] * (noise[i] = all[2 * i]);
      value[i] = f.value(z, omega);
      slope[i] = f.slope(z, omega);
    }
    const draws = estimates({ noise, value, slope, std: std[0], by, levels: baselines(known) });
    return { draws, sums: draws.map((one) => summarise(one)) };
  }

  drawFrame() {
    const frame = this.frame();
    const { view } = frame.state;
    if (view === "graphs") this.graphs.show(frame);
    if (view === "draws") this.planes.show(frame);
    if (view === "estimators") this.showEstimators(frame);
    if (view === "vae") this.vae.show(frame, this.data.vae);
    if (view === "code") this.code.show(frame);
    this.showSliders(frame);
    this.showCheck(frame);
  }

  showEstimators(frame) {
    const { state, known } = frame;
    const { draws, sums } = (frame.estimated = this.estimate(frame));
    const variances = exactVariances(known),
      wrong = state.f === "step" && Math.abs(known.truth) > TINY;
    this.rows.show({
      draws,
      sums,
      exact: variances,
      truth: known.truth,
      wrong,
      own: state.axes === "own",
      levels: [null, null, known.expectation, known.baseline],
      formulae: FORMULAE[state.f]?.[state.by] ?? DEFINITIONS,
    });
    this.wins.show(frame, this.colours);
    write(this.find(".estimators .verdict"), this.verdict(known, variances, state));
  }

  verdict(known, [path, score, expected, best], { f, by }) {
    const { words } = this,
      say = (value) => short(value, format);
    if (f === "step")
      return Math.abs(known.truth) > TINY
        ? fill(words.verdict_step, { truth: say(known.truth), formula: STEP_TRUTH[by] })
        : words.verdict_step_zero;
    if (!(path > 0)) return words.verdict_flat;
    const ratio = score / path;
    const first =
      ratio > 1.005
        ? fill(words.verdict_path, { ratio: short(ratio, format, 2) })
        : ratio < 0.995
          ? fill(words.verdict_score, { ratio: short(1 / ratio, format, 2) })
          : words.verdict_even;
    return expected > 1.005 * score
      ? `${first} ${fill(words.verdict_baseline, { expected: say(expected), score: say(score), best: say(best) })}`
      : first;
  }

  // Python's answer beside this page's, if it is an answer to what is shown.
  showCheck(frame) {
    const box = this.find(".check"),
      { check } = this.data,
      { words } = this;
    const { state, z, value, gradients } = frame;
    const pick = (one) => JSON.stringify(CHECKED.map((name) => one[name]));
    box.classList.toggle("waiting", !check || pick(check.of) !== pick(state));
    if (box.classList.contains("waiting")) return write(box, words.check_wait);
    const compared =
      {
        graphs: () => [
          ["z", z[0], check.z[0]],
          ["f", value, check.f],
          ["∂f/∂μ", gradients.mean, check.by_mean],
          ["∂f/∂log σ²", gradients.log_var, check.by_log_var],
        ],
        estimators: () =>
          ESTIMATORS.flatMap((name, i) => {
            const { mean, variance, error } = frame.estimated.sums[i];
            return [
              [words[name], mean, check.means[i], error],
              [null, variance, check.variances[i]],
            ];
          }),
      }[state.view]?.() ?? z.map((one, i) => [`z${subscript(i)}`, one, check.z[i]]);
    const difference = Math.max(
      ...compared.map(([, here, there, size = 0]) => Math.abs(here - there) / Math.max(Math.abs(here), size, 1)),
    );
    const shown = compared
      .filter(([name]) => name)
      .map(([name, , there]) => `${name} ${short(there, format)}`)
      .join(", ");
    const sample =
      state.view === "graphs"
        ? ` ${fill(words.check_sample, { sample: yes(check.sample_requires_grad), rsample: yes(check.rsample_requires_grad) })}.`
        : "";
    const agree = difference <= TOLERANCE;
    box.dataset.agree = agree;
    write(
      box,
      `${agree ? "✓" : "✗"} ${agree ? words.check_agree : words.check_differ}: ${shown}; ${words.check_difference} ${difference ? difference.toExponential(0).replace("-", "−") : "0"}.${sample}`,
    );
  }

  // ---- controls ----------------------------------------------------------------------------------

  buildControls() {
    const { root } = this,
      find = (selector) => root.querySelector(selector);
    const commit = () => this.commit();
    const box = find(".sliders");
    this.sliders = [];
    for (const at of [0, 1]) {
      for (const [symbol, range] of [
        ["mean", [-4, 4]],
        ["log_var", [-6, 2]],
      ]) {
        const slider = new Slider(box, {
          symbol,
          range,
          limit: this.data.limits[symbol],
          onMove: (value) => this.changeOne(symbol, at, value),
          onCommit: commit,
        });
        if (at) slider.row.dataset.in = "draws code";
        this.sliders.push({ symbol, at, slider });
      }
    }
    this.omega = new Slider(find(".function"), {
      symbol: "omega",
      range: [0, 6],
      least: 0,
      limit: this.data.limits.omega,
      onMove: (omega) => this.change({ omega: round(omega) }),
      onCommit: commit,
    });
    this.omega.name("ω");
    for (const [name, key] of [
      ["rep-f", "f"],
      ["rep-by", "by"],
    ]) {
      root
        .querySelectorAll(`input[name=${name}]`)
        .forEach((radio) => radio.addEventListener("change", () => this.set({ [key]: radio.value })));
    }
    this.strip = new Tabs(root, (view) => this.set({ view }));
    this.list = new ModelList(find(".model"), this.catalogue, this.words.model_list, {
      choose: (model) => {
        const last = this.catalogue.get(model).images - 1;
        this.set({ model, image: Math.min(this.probe.state.image, last) });
      },
      announce: (text) => this.announce(text),
      fail: (error, what) => this.fail(error, what),
    });
    this.axes = find("input.axes");
    this.axes.addEventListener("change", () => this.set({ axes: this.axes.checked ? "own" : "shared" }));
    this.count = find(".count");
    this.count.addEventListener("change", () => this.set({ n: Number(this.count.value) }));
    this.image = find(".image");
    this.image.addEventListener("change", () => {
      const row = Number(this.image.value),
        { images } = this.catalogue.get(this.probe.state.model);
      if (Number.isInteger(row) && row >= 0 && row < images && this.image.value !== "") this.set({ image: row });
      else this.image.value = this.probe.state.image;
    });
    this.component = find("select.component");
    this.component.addEventListener("change", () => this.set({ component: this.component.value }));
    find(".fresh").addEventListener("click", () => this.set({ seed: (this.probe.state.seed + 1) % 2 ** 32 }));
    const step = (by) => this.set({ draw: (this.probe.state.draw + by + this.probe.state.n) % this.probe.state.n });
    find(".previous").addEventListener("click", () => step(-1));
    find(".next").addEventListener("click", () => step(1));
    root.addEventListener("keydown", (event) => event.key === "Escape" && this.release(true));
  }

  // Everything but numbers: which part is shown, and what is chosen.
  sync() {
    const { state } = this.probe;
    this.strip.show(state.view);
    for (const part of this.root.querySelectorAll("[data-in]"))
      part.hidden = !part.dataset.in.split(" ").includes(state.view);
    this.omega.row.hidden = state.f !== "cosine";
    for (const [name, key] of [
      ["rep-f", "f"],
      ["rep-by", "by"],
    ]) {
      this.root
        .querySelectorAll(`input[name=${name}]`)
        .forEach((radio) => (radio.checked = radio.value === state[key]));
    }
    const plane = state.view === "draws" || state.view === "code";
    for (const { symbol, at, slider } of this.sliders)
      slider.name(`${{ mean: "μ", log_var: "log σ²" }[symbol]}${plane ? subscript(at) : ""}`);
    this.list.show(state.model);
    this.image.value = state.image;
    this.image.max = this.catalogue.get(state.model).images - 1;
    this.component.value = state.component;
    this.axes.checked = state.axes === "own";
    const counts = [...new Set([...COUNTS, state.n])].sort((a, b) => a - b);
    this.count.replaceChildren(...counts.map((n) => new Option(n.toLocaleString("en"), n, false, n === state.n)));
    write(this.find(".seed"), `${this.words.seed} ${state.seed}`);
    write(this.find(".which"), fill(this.words.draw_of, { draw: state.draw + 1, n: state.n.toLocaleString("en") }));
    const entry = this.catalogue.get(state.model),
      needed = state.view === "vae" || state.view === "code";
    this.missing.offer(needed && !entry.originals && !entry.without_originals ? entry.dataset : null);
    if (state.view === "vae") this.vae.describe(state).catch((error) => this.fail(error));
    if (state.view === "draws") {
      this.planes.frame = this.frame();
      this.planes.open(state.model, () => this.draw()).catch((error) => this.fail(error));
    }
  }

  showSliders({ state }) {
    for (const { symbol, at, slider } of this.sliders) slider.show(state[symbol][at], this.probe.committed[symbol][at]);
    this.omega.show(state.omega, this.probe.committed.omega);
  }
}

export const mount = mounting(Lesson);

const yes = (value) => (value ? "True" : "False"); // as Python writes it
