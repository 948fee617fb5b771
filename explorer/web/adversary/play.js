// Two players: a discriminator and an encoder, stepped alone or in turn; and the known failures.

import { Curve, Record } from "./chart.js";
import { choose, fill } from "./forms.js";
import { CODES, Game } from "./game.js";
import { samplePrior } from "./clouds.js";
import { seededUniform } from "../kernel/random.js";
import { CHANCE } from "../kernel/judge.js";
import { batchStatistics } from "../kernel/network.js";
import { gridPoints, Plane, pullOf, tellTale } from "./plane.js";
import { format } from "../kernel/format.js";
import { Painter } from "../parts/painter.js";
import { Runner } from "../parts/runner.js";

const REACH = 4.5,
  SIDE = 48;
const POINTS = gridPoints(REACH, SIDE);
const RATES = { rate_d: [0.0001, 0.0003, 0.001, 0.002, 0.003, 0.01, 0.03], rate_e: [0.01, 0.03, 0.1, 0.3, 1, 2] };
const SETTINGS = ["prior", "encoder", "norm", "pull", "start", "spread", "rate_d", "rate_e", "moves"]; // what a preset sets
const LIVE = ["rate_d", "rate_e", "moves", "pull", "speed"]; // what may change while the game goes on
const NUMERIC = ["rate_d", "rate_e", "moves", "speed"];

export class PlayTab {
  constructor(lesson, root) {
    this.lesson = lesson;
    this.root = root;
    this.runner = new Runner();
    const { words } = lesson,
      find = (this.find = (selector) => root.querySelector(selector));
    this.plane = new Plane(find(".host"), { name: words.play_map, reach: REACH });
    this.losses = new Curve(find(".loss"), { range: [0.8, 1.6] });
    this.spreads = new Curve(find(".spread"), { range: [0, 2], digits: 1 });
    for (const [name, rates] of Object.entries(RATES))
      for (const rate of rates) find(`.${name}`).add(new Option(rate, rate));
    for (const name of [...SETTINGS, "speed"].filter((one) => find(`select.${one}`))) {
      const select = find(`select.${name}`);
      select.addEventListener("change", () =>
        this.set({ [name]: NUMERIC.includes(name) ? Number(select.value) : select.value }),
      );
    }
    find(".preset").addEventListener("change", (event) => {
      const preset = event.target.value;
      this.set({ preset, ...(lesson.data.presets[preset] ?? {}) });
      if (preset in lesson.data.presets) this.reset(); // from its start, even where only the rates differ
    });
    find(".seed").addEventListener("change", (event) => {
      const seed = Number(event.target.value);
      if (Number.isInteger(seed) && seed >= 0 && seed <= 1e6) this.set({ seed });
      else event.target.value = lesson.state.play.seed;
    });
    find(".run").addEventListener("click", () => (this.runner.running ? this.pause() : this.run()));
    find(".d-step").addEventListener("click", () => this.by(() => this.moveDiscriminator()));
    find(".e-step").addEventListener("click", () => this.by(() => this.moveEncoder()));
    find(".both-step").addEventListener("click", () => this.by(() => this.round()));
    find(".reset").addEventListener("click", () => this.reset());
    this.painter = new Painter(() => this.paint());
  }

  // A setting is chosen: one that a preset does not have makes the settings one's own.
  set(part) {
    const { lesson } = this,
      next = { ...lesson.state.play, ...part };
    const preset = lesson.data.presets[next.preset];
    if (preset && SETTINGS.some((name) => JSON.stringify(next[name]) !== JSON.stringify(preset[name])))
      part = { ...part, preset: "own" };
    lesson.change(part);
    lesson.commit();
    this.refresh();
  }

  refresh() {
    const { play } = this.lesson.state;
    for (const name of [...SETTINGS, "speed", "preset"])
      if (this.find(`select.${name}`)) choose(this.find(`select.${name}`), play[name]);
    this.find(".seed").value = play.seed;
    this.find(".says").textContent = this.lesson.words[`says_${play.preset}`];
    this.find(".norm-note").hidden = play.norm !== "batch";
    const key = JSON.stringify([
      play.seed,
      ...SETTINGS.filter((name) => !LIVE.includes(name)).map((name) => play[name]),
    ]);
    if (this.key !== key) {
      this.key = key;
      this.reset();
    } else {
      this.game.saturating = play.pull === "saturating";
      if (this.runner.running) this.run();
      this.painter.draw();
    }
  }

  // ---- the game ------------------------------------------------------------------------------

  reset() {
    this.pause();
    const { play } = this.lesson.state,
      shape = this.lesson.shape(play.prior);
    this.game = new Game({
      shape,
      seed: play.seed,
      start: { mean: play.start, std: play.spread },
      encoder: play.encoder,
      standardise: play.norm === "batch",
      saturating: play.pull === "saturating",
    });
    this.records = { loss: new Record(), mean: new Record(), std: new Record() };
    this.generator = null;
    this.prior = statisticsOf(shape);
    const draws = samplePrior(shape, 800, seededUniform(play.seed + 20));
    this.draws = { x: draws.filter((_, i) => i % 2 === 0), y: draws.filter((_, i) => i % 2 === 1) };
    this.painter.draw();
  }

  moveDiscriminator() {
    const { loss } = this.game.stepDiscriminator(this.lesson.state.play.rate_d);
    this.records.loss.add(this.game.steps.discriminator, loss);
  }

  moveEncoder() {
    this.generator = this.game.stepEncoder(this.lesson.state.play.rate_e);
    const { mean, std } = batchStatistics(this.game.codes, CODES, 2);
    this.records.mean.add(
      this.game.steps.encoder,
      Math.hypot(mean[0] - this.prior.mean[0], mean[1] - this.prior.mean[1]),
    );
    this.records.std.add(this.game.steps.encoder, (std[0] + std[1]) / 2);
  }

  // As in training: so many moves of the discriminator, then one of the encoder. One piece of work is one move, so that a frame can end between.
  round() {
    for (let i = 0; i < this.lesson.state.play.moves; i++) this.moveDiscriminator();
    this.moveEncoder();
  }

  by(move) {
    this.pause();
    move();
    this.painter.draw();
    this.say();
  }

  run() {
    this.runner.start(
      () => this.round(),
      () => this.painter.draw(),
      this.lesson.state.play.speed,
    );
    this.showRun();
  }

  pause() {
    const ran = this.runner.running;
    this.runner.stop();
    this.showRun();
    if (ran) this.say();
  }

  say() {
    const { discriminator, encoder } = this.game.steps;
    this.lesson.announce(
      this.lesson.words.said_steps
        .replace("{steps}", discriminator + encoder)
        .replace("{loss}", this.game.last ? format(this.game.last.loss) : "–"),
    );
  }

  showRun() {
    const button = this.find(".run"),
      { words } = this.lesson;
    button.textContent = this.runner.running ? words.pause : words.play_run;
    button.setAttribute("aria-pressed", String(this.runner.running));
  }

  stop() {
    if (this.runner.running) this.pause();
  }

  destroy() {
    this.plane.destroy();
    this.losses.destroy();
    this.spreads.destroy();
  }

  recolour() {
    this.painter.draw();
  }

  // ---- one frame, of one state -----------------------------------------------------------------

  paint() {
    const {
        game,
        lesson: { colours, words },
      } = this,
      { codes, judge } = game,
      { play } = this.lesson.state;
    // behind batch norm a place looks as it does in the batch of codes
    const logits = judge.logits(POINTS, judge.network.standardise ? batchStatistics(codes, CODES, 2) : null).slice();
    const pull = pullOf(logits, REACH, SIDE),
      turn = pullOf(
        logits.map((logit) => -logit),
        REACH,
        SIDE,
      );
    this.plane.show({
      heat: { values: logits, colour: tellTale(colours.real, colours.fake), side: SIDE },
      dots: [
        { ...this.draws, colour: colours.css.prior, size: 2, alpha: 0.5 },
        {
          x: codes.filter((_, i) => i % 2 === 0),
          y: codes.filter((_, i) => i % 2 === 1),
          colour: colours.css.z,
          size: 3.2,
          alpha: 0.9,
        },
      ],
      shape: game.shape,
      field: play.pull === "log" ? pull : (x, y) => turn(x, y).map((value) => -value), // −∇ log(1 − D), log(1 − D) being log D of the other sign
    });
    const level = { value: CHANCE, colour: colours.css.prior, text: words.level_two };
    this.losses.show({
      ink: colours.text,
      paper: colours.background,
      series: [{ ...this.records.loss, colour: colours.css.red }],
      levels: [level],
    });
    this.spreads.show({
      ink: colours.text,
      paper: colours.background,
      series: [
        { ...this.records.mean, colour: colours.css.mean },
        { ...this.records.std, colour: colours.css.logVar },
      ],
      levels: [{ value: this.prior.std, colour: colours.css.prior, text: "" }],
    });
    const found = game.measure(),
      table = this.find(".numbers"),
      pair = (values) => `(${[...values].map((value) => format(value, 2)).join(", ")})`;
    fill(table, {
      steps: `${game.steps.discriminator.toLocaleString("en")}, ${game.steps.encoder.toLocaleString("en")}`,
      loss: game.last ? format(game.last.loss) : "–",
      generator: this.generator === null ? "–" : format(this.generator),
      mean: pair(found.mean),
      std: `${pair(found.std)} (${format(this.prior.std, 2)})`,
      pull: format(found.pull),
      modes: found.modes === null ? "–" : `${found.modes} of ${game.shape.means.length}`,
    });
    this.find(".modes").hidden = found.modes === null;
    Object.assign(table.dataset, {
      discriminator: game.steps.discriminator,
      encoder: game.steps.encoder,
      loss: game.last?.loss ?? "",
      generator: this.generator ?? "",
      mean: [...found.mean].join(","),
      std: [...found.std].join(","),
      pull: found.pull,
      modes: found.modes ?? "",
      codes: codes.reduce((sum, value) => sum + value, 0),
    });
    this.root.dataset.frame = this.frames = (this.frames ?? 0) + 1;
  }
}

// Mean and standard deviation of the prior, from many draws of a mixture.
function statisticsOf(shape) {
  if (!shape) return { mean: [0, 0], std: 1 };
  const n = 20000,
    { mean, std } = batchStatistics(samplePrior(shape, n, seededUniform(5)), n, 2);
  return { mean: [...mean], std: (std[0] + std[1]) / 2 };
}
