// The wrong readings: two discriminators at log 4, of which one cannot see; and the honest estimate beside its null.

import { choose, fill } from "./forms.js";
import { Cloud, samplePrior } from "./clouds.js";
import { Divergence } from "./divergence.js";
import { seededUniform, standardNormal } from "../kernel/random.js";
import { Estimate, Judge, lowerBound } from "../kernel/judge.js";
import { set, svgElement } from "../parts/svg.js";
import { batchStatistics } from "../kernel/network.js";
import { gridPoints, Plane, tellTale } from "./plane.js";
import { format } from "../kernel/format.js";
import { write } from "../parts/dom.js";
import { Painter } from "../parts/painter.js";
import { Runner } from "../parts/runner.js";

const REACH = 4.5,
  SIDE = 48,
  BATCH = 128,
  RATE = 0.005,
  HELD_OUT = 4000;
const STEPS = 600,
  EVERY = 50; // of the two discriminators; after how many their losses are looked at again
const POINTS = gridPoints(REACH, SIDE);
const OTHERS = {
  batch: { cloud: { mean: [-2, -2.5], std: 1 }, judge: { standardise: true } },
  line: { cloud: { mean: [0, 0], std: 2 }, judge: { hidden: [] } },
};
const REPEATS = 5,
  MOST = 5000; // of the null; draws on each side, half of the codes of a test set
const ESTIMATE_STEPS = 600;
const TICKS = [0, 0.01, 0.05, 0.1, 0.2, 0.5]; // nats
const BUDGET = 30; // milliseconds of a frame: nothing else moves meanwhile

export class ReadingsTab {
  constructor(lesson, root) {
    this.lesson = lesson;
    this.root = root;
    this.runner = new Runner();
    this.judging = new Runner();
    this.results = {};
    this.estimates = 0;
    const { words } = lesson,
      find = (this.find = (selector) => root.querySelector(selector));
    this.planes = Object.fromEntries(
      ["a", "b"].map((side) => [
        side,
        new Plane(find(`.${side} .host`), { name: words[`case_map_${side}`], reach: REACH }),
      ]),
    );
    this.divergence = new Divergence(null);
    this.list = lesson.modelList(find(".model"), (name) => this.set({ model: name }));
    find(".other").addEventListener("change", (event) => this.set({ other: event.target.value }));
    find(".seed").addEventListener("change", (event) => {
      const seed = Number(event.target.value);
      if (Number.isInteger(seed) && seed >= 0 && seed <= 1e6) this.set({ seed });
      else event.target.value = lesson.state.readings.seed;
    });
    find(".run").addEventListener("click", () => (this.runner.running ? this.pause() : this.run()));
    find(".reset").addEventListener("click", () => this.reset());
    find(".judge-cases").addEventListener("click", () => this.judgeCases());
    find(".judge-model").addEventListener("click", () => this.judgeModel());
    this.painter = new Painter(() => this.paint());
  }

  set(part) {
    this.lesson.change(part);
    this.lesson.commit();
    this.refresh();
  }

  refresh() {
    const { readings } = this.lesson.state,
      { words } = this.lesson;
    choose(this.find(".other"), readings.other);
    this.list.show(readings.model);
    this.find(".seed").value = readings.seed;
    write(this.find(".a h2"), words.case_good);
    write(this.find(".b h2"), words[`case_${readings.other}`]);
    const key = `${readings.other} ${readings.seed}`;
    if (this.key !== key) {
      this.key = key;
      this.results = {};
      this.reset();
    } else this.painter.draw();
    if (this.results.model && this.results.model.name !== readings.model) delete this.results.model;
    this.showChart();
  }

  // ---- the two discriminators --------------------------------------------------------------------

  reset() {
    this.pause();
    const { other, seed } = this.lesson.state.readings;
    this.cases = { a: { cloud: { mean: [0, 0], std: 1 }, judge: {} }, b: OTHERS[other] };
    this.cases = Object.fromEntries(
      Object.entries(this.cases).map(([side, { cloud, judge }], i) => {
        const made = new Cloud(cloud),
          held = {
            real: samplePrior(null, HELD_OUT, seededUniform(seed + 31)),
            fake: made.sample(HELD_OUT, seededUniform(seed + 32 + i)),
          };
        return [
          side,
          {
            cloud: made,
            held,
            exact: this.divergence.of(made),
            judge: new Judge({ seed, ...judge }),
            uniform: seededUniform(seed + 40 + i),
          },
        ];
      }),
    );
    this.painter.draw();
  }

  step() {
    for (const { cloud, judge, uniform } of Object.values(this.cases))
      judge.step(samplePrior(null, BATCH, uniform), cloud.sample(BATCH, uniform), RATE);
    return this.cases.a.judge.steps < STEPS;
  }

  run() {
    if (this.cases.a.judge.steps >= STEPS) this.reset();
    this.runner.start(
      () => this.step(),
      (done) => {
        this.painter.draw();
        if (done) this.pause();
      },
      10,
    );
    this.showRun();
  }

  pause() {
    this.runner.stop();
    this.showRun();
  }

  showRun() {
    const button = this.find(".run"),
      { words } = this.lesson;
    button.textContent = this.runner.running ? words.pause : words.train_cases;
    button.setAttribute("aria-pressed", String(this.runner.running));
  }

  stop() {
    this.pause();
    if (this.judging.running) (this.judging.stop(), this.progress(""));
  }

  destroy() {
    for (const plane of Object.values(this.planes)) plane.destroy();
  }

  recolour() {
    this.painter.draw();
  }

  paint() {
    const { colours, words } = this.lesson;
    for (const [side, { held, judge, exact }] of Object.entries(this.cases)) {
      const logits = judge
        .logits(POINTS, judge.network.standardise ? batchStatistics(held.fake, HELD_OUT, 2) : null)
        .slice();
      const dots = (points, colour) => ({
        x: points.subarray(0, 1600).filter((_, i) => i % 2 === 0),
        y: points.subarray(0, 1600).filter((_, i) => i % 2 === 1),
        colour,
        size: 2,
        alpha: 0.6,
      });
      this.planes[side].show({
        heat: { values: logits, colour: tellTale(colours.real, colours.fake), side: SIDE },
        shape: null,
        dots: [dots(held.real, colours.css.prior), dots(held.fake, colours.css.z)],
      });
      if (this.runner.running && judge.steps % EVERY) continue;
      const loss = judge.loss(held.real, held.fake),
        table = this.find(`.${side} .numbers`);
      fill(table, {
        loss: format(loss, 4),
        naive: `${format(lowerBound(loss), 3)} nats`,
        jsd: `${format(exact.jsd, 5)} nats`,
      });
      Object.assign(table.dataset, { loss, jsd: exact.jsd });
    }
    write(this.find(".count"), `${this.cases.a.judge.steps} ${words.case_steps}`);
    this.root.dataset.steps = this.cases.a.judge.steps;
  }

  // ---- the honest estimate -------------------------------------------------------------------------

  judgeCases() {
    const { seed } = this.lesson.state.readings,
      { a, b } = this.cases;
    const draws = (cloud) => (n, uniform) => cloud.sample(n, uniform);
    this.judge(
      [
        ...[
          ["a", a],
          ["b", b],
        ].map(([key, { cloud, exact }]) => ({
          group: "cases",
          key,
          exact: exact.jsd,
          shape: null,
          half: MOST,
          fake: draws(cloud),
        })),
        ...this.nulls("cases", null, MOST),
      ],
      seed,
    );
  }

  async judgeModel() {
    const { model: name, seed } = this.lesson.state.readings;
    try {
      const model = await this.lesson.model(name),
        { entry } = model;
      if (this.lesson.state.readings.model !== name) return;
      const codes = shuffled(sampled(model, seed), seed),
        half = Math.min(MOST, codes.length / 4);
      const fake = { train: codes.subarray(0, 2 * half), held: codes.subarray(2 * half, 4 * half) };
      this.judge(
        [
          { group: "model", key: "model", name, half, shape: entry.shape, codes: fake },
          ...this.nulls("model", entry.shape, half),
        ],
        seed,
      );
    } catch (error) {
      this.lesson.fail(error);
    }
  }

  nulls(group, shape, half) {
    return Array.from({ length: REPEATS }, () => ({
      group,
      key: "null",
      shape,
      half,
      fake: (n, uniform) => samplePrior(shape, n, uniform),
    }));
  }

  // One estimate after the other, between frames. Each has draws, weights and batches of its own.
  judge(jobs, seed) {
    const { words } = this.lesson,
      total = jobs.length * ESTIMATE_STEPS,
      group = jobs[0].group,
      found = { nulls: [], half: jobs[0].half, name: jobs[0].name };
    this.pause();
    let at = 0,
      estimate = null;
    const work = () => {
      const job = jobs[at];
      if (!estimate) {
        const uniform = seededUniform(1000 * (at + 1) + seed),
          real = () => samplePrior(job.shape, job.half, uniform);
        const fake = job.codes ?? { train: job.fake(job.half, uniform), held: job.fake(job.half, uniform) };
        estimate = new Estimate({
          real: { train: real(), held: real() },
          fake,
          steps: ESTIMATE_STEPS,
          seed: seed + 17 * at,
        });
      }
      estimate.step();
      if (!estimate.done) return true;
      const { bound } = estimate.result();
      if (job.key === "null") found.nulls.push(bound);
      else found[job.key] = { bound, exact: job.exact };
      estimate = null;
      at += 1;
      return at < jobs.length;
    };
    this.judging.start(
      work,
      (done) => {
        const steps = at * ESTIMATE_STEPS + (estimate?.steps ?? 0);
        this.progress(
          words.judging.replace("{done}", steps.toLocaleString("en")).replace("{total}", total.toLocaleString("en")),
        );
        if (!done) return;
        this.progress("");
        this.results[group] = found;
        this.showChart();
        this.root.dataset.estimates = this.estimates += 1;
        this.lesson.announce(words.fresh_chart);
      },
      Infinity,
      BUDGET,
    );
  }

  progress(text) {
    write(this.find(".progress"), text);
  }

  // A row for each estimate, and behind it the band of its null.
  showChart() {
    const { words, catalogue } = this.lesson,
      { cases, model } = this.results,
      rows = [];
    const band = ({ nulls }) => {
      const mean = nulls.reduce((a, b) => a + b) / nulls.length;
      const std = Math.sqrt(nulls.reduce((a, b) => a + (b - mean) ** 2, 0) / (nulls.length - 1));
      return { nulls, low: mean - 2 * std, high: mean + 2 * std };
    };
    if (cases)
      rows.push({ name: words.row_a, ...cases.a, ...band(cases) }, { name: words.row_b, ...cases.b, ...band(cases) });
    if (model) rows.push({ name: catalogue.get(model.name).title, ...model.model, ...band(model) });
    const host = this.find(".chart");
    host.replaceChildren();
    host.dataset.rows = JSON.stringify(
      rows.map(({ name, bound, low, high, exact }) => ({ name, bound, low, high, exact })),
    );
    const sizes = [
      cases && [`${words.row_a}, ${words.row_b}`, cases.half],
      model && [catalogue.get(model.name).title, model.half],
    ].filter(Boolean);
    this.find(".chart-caption").textContent =
      rows.length === 0
        ? ""
        : words.fresh_caption.replace("{steps}", ESTIMATE_STEPS.toLocaleString("en")).replace("{repeats}", REPEATS) +
          sizes
            .map(([name, half]) =>
              words.fresh_sizes.replace("{name}", name).replaceAll("{half}", half.toLocaleString("en")),
            )
            .join(" ") +
          (model && catalogue.get(model.name).kind === "vae" ? ` ${words.fresh_sampled}` : "") +
          (model ? ` ${words.fresh_limit}` : "");
    if (rows.length === 0) return;
    const left = 96,
      right = 130,
      width = 560,
      line = 34,
      height = rows.length * line + 26;
    const root = (value) => Math.sign(value) * Math.sqrt(Math.abs(value)); // the null's band is a hundred times narrower than B is far
    const low = root(Math.min(-0.003, ...rows.map((row) => Math.min(row.low, row.bound)))),
      high = root(Math.max(0.02, ...rows.flatMap((row) => [row.high, row.bound, row.exact ?? 0])));
    const x = (value) => left + ((root(value) - low) / (high - low)) * (width - left - right);
    const svg = host.appendChild(svgElement("svg", { viewBox: `0 0 ${width} ${height}`, "aria-hidden": "true" }));
    const add = (name, attributes, text) => {
      const element = svg.appendChild(svgElement(name, attributes));
      if (text !== undefined) element.textContent = text;
    };
    add("line", { class: "axis", x1: x(0), x2: x(0), y1: 0, y2: height - 18 });
    add("line", { class: "axis", x1: left, x2: width - right, y1: height - 18, y2: height - 18 });
    for (const value of TICKS.filter((one) => root(one) <= high))
      add("text", { x: x(value), y: height - 4, "text-anchor": "middle" }, String(value));
    rows.forEach((row, i) => {
      const y = i * line + line / 2;
      add("text", { x: 0, y: y + 4 }, row.name);
      add("rect", {
        class: "null",
        x: x(row.low),
        width: Math.max(2, x(row.high) - x(row.low)),
        y: y - 11,
        height: 22,
      });
      for (const value of row.nulls) add("circle", { class: "null-dot", cx: x(value), cy: y, r: 2.5 });
      if (row.exact !== undefined)
        add("line", { class: "truth", x1: x(row.exact), x2: x(row.exact), y1: y - 11, y2: y + 11 });
      add("circle", { class: "estimate", cx: x(row.bound), cy: y, r: 6 });
      add(
        "text",
        { x: width - right + 10, y: y + 4 },
        format(row.bound, 4) + (row.exact === undefined ? "" : `, ${words.true_value} ${format(row.exact, 4)}`),
      );
    });
    set(host, {
      "aria-label": `${words.fresh_chart}: ${rows.map((row) => `${row.name} ${format(row.bound, 4)}, ${words.row_null} ${format(row.low, 4)} to ${format(row.high, 4)}`).join("; ")}`,
    });
  }
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
