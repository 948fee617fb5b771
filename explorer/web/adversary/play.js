// Two players, a discriminator and an encoder, stepped alone or in turn; presets show the known failures.

import { samplePrior } from "../kernel/prior.js";
import { columns, writeSelect } from "./forms.js";
import { writeCells } from "../parts/dom.js";
import { CODES, Game } from "./game.js";
import { gridPoints, Plane, pullOf, tellTale } from "../parts/plane.js";
import { TrainingTab } from "./training_tab.js";
import { format } from "../kernel/format.js";
import { CHANCE } from "../kernel/live_discriminator.js";
import { batchStatistics } from "../kernel/network.js";
import { seededUniform } from "../kernel/random.js";
import { Chart, Record } from "../parts/chart.js";
import { write } from "../parts/dom.js";
import { PART } from "../parts/runner.js";

const REACH = 4.5,
  SIDE = 48;
const POINTS = gridPoints(REACH, SIDE);
const RATES = { rate_d: [0.0001, 0.0003, 0.001, 0.002, 0.003, 0.01, 0.03], rate_e: [0.01, 0.03, 0.1, 0.3, 1, 2] };
// what a preset sets
const SETTINGS = ["prior", "encoder", "norm", "pull", "start", "spread", "rate_d", "rate_e", "moves"];
const TOLD = 100; // moves of the encoder after which a situation says what happens in it
const LIVE = ["rate_d", "rate_e", "moves", "pull"]; // settings that may change during a game
const NUMERIC = ["rate_d", "rate_e", "moves"];

// A loss may be a hundred at first, and is cut off; distances and deviations are all seen.
/** @import { Scene } from "../parts/chart.js" */
/** @type {{loss: Partial<Scene>, spread: Partial<Scene>}} */
export const CHARTS = { loss: { range: [0.8, 1.6] }, spread: { include: [0, 2] } };

export class PlayTab extends TrainingTab {
  constructor(lesson, root) {
    const { words } = lesson;
    super(lesson, root, { name: "play", runLabel: words.play_run });
    this.plane = new Plane(this.find(".host"), { name: words.play_map, reach: REACH });
    this.losses = new Chart(this.find(".loss"), CHARTS.loss);
    this.spreads = new Chart(this.find(".spread"), CHARTS.spread);
    for (const [name, rates] of Object.entries(RATES))
      for (const rate of rates) this.find(`.${name}`).add(new Option(String(rate), String(rate)));
    this.lists = Object.fromEntries(
      SETTINGS.map((name) => [name, this.find(`select.${name}`)]).filter(([, select]) => select),
    );
    for (const [name, select] of Object.entries(this.lists))
      select.addEventListener("change", () =>
        this.set({ [name]: NUMERIC.includes(name) ? Number(select.value) : select.value }),
      );
    this.find(".preset").addEventListener("change", (event) => this.choosePreset(event.target.value));
    const step = (button, move) => this.find(button).addEventListener("click", () => this.once(move));
    step(".d-step", () => this.record("discriminator", this.game.stepDiscriminator(this.own.rate_d).loss));
    step(".e-step", () => this.record("encoder", this.game.stepEncoder(this.own.rate_e)));
    step(".both-step", () => this.finishRound());
  }

  choosePreset(preset) {
    this.set({ preset, ...(this.lesson.data.presets[preset] ?? {}) });
    if (preset in this.lesson.data.presets) this.reset(); // from its start, even where only the rates differ
  }

  // A setting that differs from the preset's turns the preset into "own".
  set(part) {
    const next = { ...this.own, ...part };
    const preset = this.lesson.data.presets[next.preset];
    const differs = (name) => JSON.stringify(next[name]) !== JSON.stringify(preset[name]);
    super.set(preset && SETTINGS.some(differs) ? { ...part, preset: "own" } : part);
  }

  showSettings() {
    const { own } = this;
    for (const [name, select] of Object.entries(this.lists)) writeSelect(select, own[name]);
    writeSelect(this.find(".preset"), own.preset);
    this.find(".norm-note").hidden = own.norm !== "batch";
  }

  // ---- the game ------------------------------------------------------------------------------------------

  basis() {
    return [this.own.seed, ...SETTINGS.filter((name) => !LIVE.includes(name)).map((name) => this.own[name])];
  }

  begin() {
    const { own } = this,
      shape = this.lesson.shape(own.prior);
    this.game = new Game({
      shape,
      seed: own.seed,
      start: { mean: own.start, std: own.spread },
      encoder: own.encoder,
      standardise: own.norm === "batch",
      saturating: own.pull === "saturating",
    });
    this.records = { loss: new Record(), mean: new Record(), std: new Record() };
    this.generator = null;
    this.prior = statisticsOf(shape);
    this.draws = columns(samplePrior(shape, 800, seededUniform(own.seed + 20)));
  }

  adopt() {
    this.game.saturating = this.own.pull === "saturating";
  }

  // One move. A round is as in training: some moves of the discriminator, then one of the encoder.
  work() {
    const { player, loss } = this.game.move(this.own);
    this.record(player, loss);
    return player === "encoder" ? true : PART;
  }

  finishRound() {
    while (this.work() === PART);
  }

  // Records a move for the charts.
  record(player, loss) {
    const { records, prior } = this,
      { steps, codes } = this.game;
    if (player === "discriminator") return records.loss.add(steps.discriminator, loss);
    this.generator = loss;
    const { mean, std } = batchStatistics(codes, CODES, 2);
    records.mean.add(steps.encoder, Math.hypot(mean[0] - prior.mean[0], mean[1] - prior.mean[1]));
    return records.std.add(steps.encoder, (std[0] + std[1]) / 2);
  }

  say() {
    const { steps, last } = this.game;
    this.sayProgress(steps.discriminator + steps.encoder, last ? format(last.loss) : "–");
  }

  destroy() {
    this.plane.destroy();
    this.losses.destroy();
    this.spreads.destroy();
  }

  // ---- one frame, of one state ---------------------------------------------------------------------------

  paint() {
    this.paintPlane();
    this.paintCurves();
    this.showNumbers();
    this.showSituation();
  }

  paintPlane() {
    const { codes, discriminator, shape } = this.game,
      { colours } = this.lesson;
    // with batch norm, a point is standardised as in the batch of codes
    const statistics = discriminator.network.standardise ? batchStatistics(codes, CODES, 2) : null;
    const logits = discriminator.logits(POINTS, statistics).slice(),
      pull = pullOf(logits, REACH, SIDE);
    // log(1 − D) is log D of the other sign
    const turned = pullOf(
      logits.map((logit) => -logit),
      REACH,
      SIDE,
    );
    this.plane.show({
      heat: { values: logits, colour: tellTale(colours.real, colours.fake), side: SIDE },
      dots: [
        { ...this.draws, colour: colours.css.prior, size: 2, alpha: 0.5 },
        { ...columns(codes), colour: colours.css.z, size: 3.2, alpha: 0.9 },
      ],
      shape,
      field: this.own.pull === "log" ? pull : (x, y) => turned(x, y).map((value) => -value), // −∇ log(1 − D)
    });
  }

  paintCurves() {
    const { colours, words } = this.lesson,
      { records, prior } = this;
    this.losses.show({
      colours,
      lines: [{ ...records.loss, colour: colours.css.red }],
      levels: [{ value: CHANCE, colour: colours.css.prior, text: words.level_two }],
    });
    this.spreads.show({
      colours,
      lines: [
        { ...records.mean, colour: colours.css.mean },
        { ...records.std, colour: colours.css.logVar },
      ],
      levels: [{ value: prior.std, colour: colours.css.prior }],
    });
  }

  // What becomes of the situation: a question, until it was played.
  showSituation() {
    const { words } = this.lesson,
      { preset } = this.own,
      asks = words[`asks_${preset}`];
    const isOpen = asks && this.game.steps.encoder < TOLD;
    write(this.find(".says"), isOpen ? asks : words[`says_${preset}`]);
  }

  showNumbers() {
    const { game, generator } = this,
      { steps, last } = game;
    const found = game.measure(),
      table = this.find(".numbers"),
      pair = (values) => `(${[...values].map((value) => format(value, 2)).join(", ")})`;
    writeCells(table, {
      steps: `${steps.discriminator.toLocaleString("en")}, ${steps.encoder.toLocaleString("en")}`,
      loss: last ? format(last.loss) : "–",
      generator: generator === null ? "–" : format(generator),
      mean: pair(found.mean),
      std: `${pair(found.std)} (${format(this.prior.std, 2)})`,
      pull: format(found.pull),
      modes: found.modes === null ? "–" : `${found.modes} of ${game.shape.means.length}`,
    });
    this.find(".modes").hidden = found.modes === null;
    Object.assign(table.dataset, {
      discriminator: steps.discriminator,
      encoder: steps.encoder,
      loss: last?.loss ?? "",
      generator: generator ?? "",
      mean: [...found.mean].join(","),
      std: [...found.std].join(","),
      pull: found.pull,
      modes: found.modes ?? "",
      codes: game.codes.reduce((sum, value) => sum + value, 0),
    });
  }
}

// Mean and standard deviation of the prior, from many draws of a mixture.
function statisticsOf(shape) {
  if (!shape) return { mean: [0, 0], std: 1 };
  const n = 20000,
    { mean, std } = batchStatistics(samplePrior(shape, n, seededUniform(5)), n, 2);
  return { mean: [...mean], std: (std[0] + std[1]) / 2 };
}
