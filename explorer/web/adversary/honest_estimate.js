// The honest estimate of a divergence: fresh discriminators on held-out draws, beside their null.
//
// The null is the same estimate with no difference to find: draws of the prior against other draws of the prior.

import { samplePrior } from "../kernel/prior.js";
import { drawEstimates } from "./estimate_chart.js";
import { format } from "../kernel/format.js";
import { Estimate } from "../kernel/live_discriminator.js";
import { seededUniform, standardNormal } from "../kernel/random.js";
import { fill } from "../kernel/text.js";
import { write } from "../parts/dom.js";
import { Runner } from "../parts/runner.js";

const REPEATS = 5, // of the null
  // Half of the null's band in standard deviations: 95 of 100 more nulls lie inside. Student's t of 4 degrees of
  // freedom, 2.776, times the root of 1 + 1/5.
  WIDTH = 3.04,
  MOST = 5000; // draws on each side; of a model, half of the codes of a test set
const STEPS = 600; // of each discriminator
const BUDGET = 30; // milliseconds of a frame; nothing else is animated meanwhile

const count = (number) => number.toLocaleString("en");

export class HonestEstimate {
  // root: the tab's panel; onBegin(): called before discriminators are trained here.
  constructor(lesson, root, onBegin) {
    this.lesson = lesson;
    this.root = root;
    this.onBegin = onBegin;
    this.runner = new Runner();
    this.results = {}; // of "cases" and "model": {nulls, half, and for each key {bound, exact}}
    this.estimates = 0;
  }

  get own() {
    return this.lesson.state.readings;
  }

  forget() {
    this.results = {};
  }

  stop() {
    if (!this.runner.running) return;
    this.runner.stop();
    this.progress("");
  }

  // ---- jobs ----------------------------------------------------------------------------------------------

  // The two situations. cases: {a, b}, each with its cloud and its exact divergence.
  estimateCases(cases) {
    const jobs = Object.entries(cases).map(([key, { cloud, exact }]) => ({
      group: "cases",
      key,
      exact: exact.jsd,
      shape: null,
      half: MOST,
      fake: (n, uniform) => cloud.sample(n, uniform),
    }));
    this.estimate([...jobs, ...nulls("cases", null, MOST)], this.own.seed);
  }

  // The chosen model.
  async estimateModel() {
    const { model: name, seed } = this.own;
    try {
      const model = await this.lesson.model(name),
        { shape } = model.entry;
      if (this.own.model !== name) return;
      const all = shuffled(sampled(model, seed), seed),
        half = Math.min(MOST, all.length / 4);
      const codes = { train: all.subarray(0, 2 * half), held: all.subarray(2 * half, 4 * half) };
      this.estimate([{ group: "model", key: "model", name, half, shape, codes }, ...nulls("model", shape, half)], seed);
    } catch (error) {
      this.lesson.fail(error);
    }
  }

  // One estimate after the other, between frames. Each has draws, weights and batches of its own.
  estimate(jobs, seed) {
    const [{ group, half, name }] = jobs,
      found = { nulls: [], half, name };
    this.onBegin();
    let at = 0,
      estimate = null;
    const work = () => {
      const job = jobs[at];
      estimate ??= begun(job, at, seed);
      estimate.step();
      if (!estimate.done) return true;
      const { bound } = estimate.result();
      if (job.key === "null") found.nulls.push(bound);
      else found[job.key] = { bound, exact: job.exact };
      estimate = null;
      at += 1;
      return at < jobs.length;
    };
    const shown = (done) => {
      if (done) return this.finish(group, found);
      const steps = at * STEPS + (estimate?.steps ?? 0);
      return this.progress(
        fill(this.lesson.words.estimating, { done: count(steps), total: count(jobs.length * STEPS) }),
      );
    };
    this.runner.start(work, shown, { budget: BUDGET });
  }

  finish(group, found) {
    this.progress("");
    this.results[group] = found;
    this.show();
    this.estimates += 1;
    this.root.dataset.estimates = String(this.estimates);
    this.lesson.announce(this.lesson.words.fresh_chart);
  }

  progress(text) {
    write(this.root.querySelector(".progress"), text);
  }

  // ---- what was found ------------------------------------------------------------------------------------

  // A row for each estimate, and behind it the band of its null.
  show() {
    const { words, catalogue } = this.lesson;
    if (this.results.model && this.results.model.name !== this.own.model) delete this.results.model;
    const { cases, model } = this.results,
      rows = [];
    if (cases)
      for (const side of ["a", "b"]) rows.push({ name: words[`row_${side}`], ...cases[side], ...band(cases.nulls) });
    if (model) rows.push({ name: catalogue.get(model.name).title, ...model.model, ...band(model.nulls) });
    const host = this.root.querySelector(".chart");
    host.dataset.rows = JSON.stringify(
      rows.map(({ name, bound, low, high, exact }) => ({ name, bound, low, high, exact })),
    );
    drawEstimates(host, rows, words);
    const spoken = rows.map(
      (row) => `${row.name} ${format(row.bound, 4)}, ${words.row_null} ${format(row.low, 4)} to ${format(row.high, 4)}`,
    );
    if (rows.length) host.setAttribute("aria-label", `${words.fresh_chart}: ${spoken.join("; ")}`);
    write(this.root.querySelector(".chart-caption"), rows.length ? this.caption() : "");
  }

  caption() {
    const { words, catalogue } = this.lesson,
      { cases, model } = this.results,
      entry = model && catalogue.get(model.name);
    const sizes = (name, { half }) => fill(words.fresh_sizes, { name, half: count(half) });
    const parts = [
      cases && sizes(`${words.row_a}, ${words.row_b}`, cases),
      model && sizes(entry.title, model),
      entry?.stochastic && words.fresh_sampled,
      model && words.fresh_limit,
    ];
    const begin = fill(words.fresh_caption, { steps: count(STEPS), repeats: REPEATS, width: WIDTH });
    return begin + parts.filter(Boolean).join(" ");
  }
}

const nulls = (group, shape, half) =>
  Array.from({ length: REPEATS }, () => ({
    group,
    key: "null",
    shape,
    half,
    fake: (n, uniform) => samplePrior(shape, n, uniform),
  }));

// A job's estimate, untrained. at: the job's place among all.
function begun({ shape, half, codes, fake }, at, seed) {
  const uniform = seededUniform(1000 * (at + 1) + seed),
    real = () => samplePrior(shape, half, uniform);
  const drawn = codes ?? { train: fake(half, uniform), held: fake(half, uniform) };
  return new Estimate({
    real: { train: real(), held: real() },
    fake: drawn,
    steps: STEPS,
    seed: seed + 17 * at,
  });
}

// The null's estimates, and the band that holds 95 of 100 more of them. nulls: REPEATS of them.
export function band(nulls) {
  const mean = nulls.reduce((a, b) => a + b) / nulls.length;
  const std = Math.sqrt(nulls.reduce((a, b) => a + (b - mean) ** 2, 0) / (nulls.length - 1));
  return { nulls, low: mean - WIDTH * std, high: mean + WIDTH * std };
}

// A model's codes, two numbers each: of a stochastic encoder one draw of z an image.
function sampled({ x, y, logVar }, seed) {
  const noise = standardNormal(2 * x.length, seededUniform(seed + 3)),
    columns = [x, y];
  return noise.map((value, i) => columns[i % 2][i >> 1] + (logVar ? Math.exp(0.5 * logVar[i % 2][i >> 1]) * value : 0));
}

// The same codes in another order, so that both halves are alike.
function shuffled(codes, seed) {
  const uniform = seededUniform(seed + 4),
    mixed = codes.slice();
  for (let i = codes.length / 2 - 1; i > 0; i--) {
    const j = Math.floor(uniform() * (i + 1));
    for (const side of [0, 1]) [mixed[2 * i + side], mixed[2 * j + side]] = [mixed[2 * j + side], mixed[2 * i + side]];
  }
  return mixed;
}
