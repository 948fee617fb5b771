// One run's part of the practice page: what is chosen, what one can do, and how the training stands.

import { drawCodes, drawPictures, reachOf } from "./draw.js";
import { ACTIVE } from "./feed.js";
import { drawChart } from "../parts/chart.js";
import { fileName } from "../parts/download.js";
import { MissingDataset } from "../parts/missing_dataset.js";
import { format, percent } from "../kernel/format.js";
import { write } from "../parts/dom.js";
import { fill } from "../kernel/text.js";
import { NUMBERS } from "../kernel/numbers.js";
import { zip } from "../kernel/training/zip.js";

export const OVER = ["finished", "stopped", "failed"];
const NO_STATUS = { id: 0, revision: 0, taken: 0, last: null }; // of a run that does not exist yet

// The numbers in a list like "256 256" or "256-256". What is no number is NaN.
/** @param {string} text */
export const numbersIn = (text) =>
  text
    .split(/[\s,;-]+/)
    .filter(Boolean)
    .map(Number);

// The key of the words in the place of pictures, while there are none. here: is the dataset here?
/** @param {string} state @param {boolean} here */
export function invitation(state, here) {
  if (OVER.includes(state)) return "no_picture_any_more";
  return here ? "no_picture_yet" : "no_picture";
}

// Empties a canvas: setting its width does.
const clear = (canvas) => canvas.setAttribute("width", canvas.width);

export class Panel {
  // template: its HTML; side: "a" or "b"; base: the address that the server's answers are relative to;
  // on: {choose(chosen), command(action, more), pace(value), notice(sentence), fetched(dataset)}.
  constructor(template, side, data, base, on) {
    this.side = side;
    /** @type {import("../kernel/types.js").Theme | undefined} set by the page */
    this.colours = undefined;
    /** @type {object | null} */
    this.offered = null; // the bundle that can be downloaded
    this.note = ""; // a sentence, if the run does not train where the page says
    this.data = data;
    this.on = on;
    this.words = data.words;
    this.name = `${data.words.run} ${side.toUpperCase()}`;
    this.root = template.content.firstElementChild.cloneNode(true);
    this.find = (selector) => this.root.querySelector(selector);
    this.root.setAttribute("aria-label", this.name);
    this.root.classList.add(side);
    this.find("h2").textContent = side.toUpperCase();
    this.buildChoices();
    this.missing = new MissingDataset(this.find(".missing"), base, data.words.datasets, on.fetched);
    this.buildButtons();
    this.shown = "sampled";
    for (const input of this.root.querySelectorAll(".switch input")) {
      input.name = `codes-${side}`;
      input.addEventListener("change", () => {
        this.shown = input.value;
        this.draw(true);
      });
    }
    this.canvases = {
      codes: this.find(".codes canvas"),
      manifold: this.find(".manifold canvas"),
      charts: [...this.root.querySelectorAll(".charts canvas")],
    };
  }

  // ---- choices

  buildChoices() {
    const { data, side } = this;
    for (const { kind, title } of data.siblings) {
      const label = this.find(".kinds").appendChild(document.createElement("label"));
      label.innerHTML = `<input type="radio" name="kind-${side}" value="${kind}">`;
      label.append(title);
      label.firstChild.addEventListener("change", () => this.choose({ kind }));
    }
    const dataset = this.find(".dataset");
    for (const { name } of data.datasets) dataset.add(new Option(name, name));
    dataset.addEventListener("change", () => this.choose({ dataset: dataset.value }));
    const prior = this.find(".prior");
    for (const { name, title } of data.priors) prior.add(new Option(title, name));
    prior.addEventListener("change", () => this.choose({ prior: prior.value }));
    this.fields = {};
    for (const setting of data.settings) this.fields[setting.name] = this.buildField(setting);
    this.unfold = this.find(".unfold"); // for a projector, the settings are folded
    this.unfold.addEventListener("click", () => {
      const isOpen = this.root.classList.toggle("unfolded");
      this.unfold.setAttribute("aria-expanded", String(isOpen));
    });
  }

  // setting: a row of settings.py's table.
  buildField(setting) {
    const label = this.find(".fields").appendChild(document.createElement("label"));
    label.title = setting.meaning;
    label.append(setting.title);
    const input = label.appendChild(document.createElement("input"));
    if (setting.count > 1) label.className = "wide";
    else {
      input.type = "number";
      input.inputMode = "decimal";
      input.step = setting.step;
      [input.min, input.max] = setting.limits;
    }
    let keyed = false; // arrow keys fire change at each press: the change ends when the key comes up
    const finish = () => this.read(setting);
    input.addEventListener("keydown", (event) => (keyed = event.key.startsWith("Arrow")));
    input.addEventListener("change", () => keyed || finish());
    input.addEventListener("keyup", () => keyed && ((keyed = false), finish()));
    return { setting, label, input };
  }

  // Reads what was typed. An impossible value is reported, and the old one comes back.
  read({ name, title, limits: [low, high], is_whole, count }) {
    const { input } = this.fields[name];
    const numbers = count > 1 ? numbersIn(input.value) : [input.value === "" ? NaN : Number(input.value)];
    const right = (value) =>
      Number.isFinite(value) && value >= low && value <= high && (Number.isInteger(value) || !is_whole);
    const fits = numbers.length >= 1 && numbers.length <= count && numbers.every(right);
    if (!fits) {
      this.on.notice(fill(count > 1 ? this.words.bad_widths : this.words.bad_number, { name: title, low, high }));
      return this.showChoices(input);
    }
    this.choose({ [name]: count > 1 ? numbers : numbers[0] });
  }

  // Where another model or dataset is chosen, what was left at its start goes to the new one's start.
  choose(part) {
    const old = this.chosen,
      chosen = { ...old, ...part };
    if (part.kind || part.dataset) {
      const [before, after] = [old, chosen].map(({ kind, dataset }) => this.data.starts[kind][dataset]);
      for (const name of Object.keys(this.fields))
        if (String(chosen[name]) === String(before[name])) chosen[name] = after[name];
    }
    this.on.choose(chosen);
  }

  // other: the other run's choices, from which these are marked where they differ.
  // note: a sentence, if it does not train where the page says.
  setChosen(chosen, other, note = "") {
    this.chosen = chosen;
    this.other = other;
    this.note = note;
    this.showChoices();
    this.showState();
  }

  // refused: the field with an impossible value, whose text must go although the field has the focus.
  showChoices(refused = null) {
    const { chosen, other } = this;
    for (const input of this.root.querySelectorAll(".kinds input")) input.checked = input.value === chosen.kind;
    const datasets = this.find(".dataset");
    for (const [i, { name, present }] of this.data.datasets.entries()) {
      datasets.options[i].text = present ? name : fill(this.words.absent, { dataset: name });
    }
    datasets.value = chosen.dataset;
    this.missing.offer(this.hasDataset ? null : chosen.dataset, this.words.datasets.missing_training);
    this.find(".prior").value = chosen.prior;
    for (const [name, { setting, label, input }] of Object.entries(this.fields)) {
      label.hidden = !matters(setting, chosen.kind);
      const text = setting.count > 1 ? chosen[name].join(" ") : String(chosen[name]);
      if (input === refused || this.root.getRootNode().activeElement !== input) input.value = text;
      label.classList.toggle("differs", matters(setting, other.kind) && String(chosen[name]) !== String(other[name]));
    }
    const { words } = this,
      changed = this.changedSettings();
    write(this.unfold, changed.length ? fill(words.settings_changed, { changed: changed.join(", ") }) : words.settings);
  }

  // What differs from where the model starts on the dataset, for example "β 4".
  changedSettings() {
    const { chosen, data } = this,
      start = data.starts[chosen.kind][chosen.dataset];
    const changed = Object.values(this.fields)
      .map(({ setting }) => setting)
      .filter(
        (setting) => matters(setting, chosen.kind) && String(chosen[setting.name]) !== String(start[setting.name]),
      )
      .map(({ name, title }) => `${title} ${[chosen[name]].flat().join(" ")}`);
    if (chosen.prior !== start.prior) changed.unshift(data.priors.find(({ name }) => name === chosen.prior).title);
    return changed;
  }

  // ---- what one can do

  buildButtons() {
    const { words } = this;
    const button = (selector, press) => {
      const element = this.find(selector);
      element.addEventListener("click", () => element.getAttribute("aria-disabled") === "true" || press());
      element.setAttribute(
        "aria-label",
        `${element.textContent} ${this.name.toLowerCase().replace(/ (.)$/, (_, one) => ` ${one.toUpperCase()}`)}`,
      );
      return element;
    };
    this.buttons = {
      play: button(".play", () => this.on.command(ACTIVE.includes(this.state) ? "pause" : "start")),
      save: button(".save", () => this.save()),
    };
    for (const action of ["step", "epoch", "stop", "reset"])
      this.buttons[action] = button(`.${action}`, () => this.on.command(action));
    const pace = this.find(".pace");
    for (const steps of this.data.paces)
      pace.add(new Option(steps ? fill(words.pace_steps, { n: steps }) : words.pace_full, steps ?? ""));
    pace.addEventListener("change", () => this.on.pace(pace.value ? Number(pace.value) : null));
    const name = this.find(".name");
    name.setAttribute("aria-label", fill(words.name, { run: this.side.toUpperCase() }));
    name.addEventListener("keydown", (event) => event.key === "Enter" && this.buttons.save.click());
  }

  save() {
    this.savedName = this.runName;
    this.on.command("save", { name: this.savedName });
  }

  // Offers the bundle of a run of this browser: a ZIP file with a folder that Python reads.
  offerDownload() {
    const link = this.find(".download"),
      bundle = this.run?.bundle ?? null;
    if (bundle === this.offered) return;
    this.offered = bundle;
    URL.revokeObjectURL(link.href);
    link.hidden = !bundle;
    if (!bundle) return;
    const folder = fileName([this.savedName ?? this.run.status.name], "zip").replace(/\.zip$/, ""),
      packed = /** @type {any} */ (zip(bundle, folder, new Date()));
    link.href = URL.createObjectURL(new Blob([packed], { type: "application/zip" }));
    link.download = `${folder}.zip`;
  }

  // What a run with the choices is called if its person does not call it anything else.
  get choicesName() {
    return [this.sibling(this.chosen.kind).title, ...this.changedSettings()].join(", ");
  }

  // What a person calls the run, or what it is called otherwise.
  get runName() {
    return this.find(".name").value.trim() || this.run.status.name;
  }

  get state() {
    return this.run?.status.state ?? "empty";
  }

  // Are the chosen dataset's images on the server?
  get hasDataset() {
    return this.data.datasets.find(({ name }) => name === this.chosen.dataset).present;
  }

  // Can a training begin, or go on?
  get canStart() {
    return this.hasDataset || this.isLocked;
  }

  get isLocked() {
    return ACTIVE.includes(this.state) || this.state === "paused";
  }

  // Can a setting change now? While a model trains only some can.
  canChange(name) {
    return !this.isLocked || (this.state !== "saving" && Boolean(this.fields[name]?.setting.while_training));
  }

  // Can the training go on with what is chosen? Then only settings differ that can change while it trains.
  get canFollow() {
    const { chosen } = this.run?.status ?? {};
    return (
      this.isLocked &&
      this.state !== "saving" &&
      Object.keys(this.chosen).every(
        (name) => this.canChange(name) || String(chosen[name]) === String(this.chosen[name]),
      )
    );
  }

  // ---- how it stands

  // run: {status, points, arrays} or null; other: the other panel's, for comparison.
  show(run, other) {
    const fresh = run?.status.id !== this.run?.status.id;
    this.run = run;
    this.otherRun = other;
    if (fresh) this.reach = 4.2;
    if (fresh) this.find(".name").value = "";
    this.showState();
    this.draw();
  }

  showState() {
    const { state, run } = this,
      status = { ...NO_STATUS, ...run?.status };
    this.showButtons(status);
    this.showLocks();
    Object.assign(this.root.dataset, { state, id: status.id, revision: status.revision, taken: status.taken });
    this.root.dataset.last = JSON.stringify(status.last);
    this.root.dataset.changes = JSON.stringify((status.changes ?? []).map(({ text }) => text));
    this.showProgress(status);
    this.showProblem(status);
    const open = this.find(".open");
    open.hidden = !status.saved;
    if (status.saved) open.href = `./?left=runs/${encodeURIComponent(status.saved)}`;
  }

  // What cannot change while the model trains is disabled, and a sentence beside it says why.
  showLocks() {
    for (const input of this.root.querySelectorAll("header input, header select")) input.disabled = this.isLocked;
    for (const [name, { input }] of Object.entries(this.fields)) input.disabled = !this.canChange(name);
    const differs = Object.values(this.fields).some(
      ({ label }) => !label.hidden && label.classList.contains("differs"),
    );
    const { words } = this;
    let sentence = differs ? fill(words.framed, { other: this.side === "a" ? "B" : "A" }) : words.choose_first;
    if (this.isLocked) sentence = this.state === "saving" ? words.locked_saving : words.locked;
    write(this.find(".locks"), sentence);
  }

  showButtons(status) {
    const { words, state, buttons } = this,
      over = OVER.includes(state),
      active = ACTIVE.includes(state);
    const goesOn = !active && !over && this.canStart;
    const able = {
      play: state !== "saving" && this.canStart,
      step: goesOn,
      epoch: goesOn,
      stop: this.isLocked,
      reset: state !== "saving",
      save: state === "finished" && !status.saved && !this.run.bundle,
    };
    for (const [name, button] of Object.entries(buttons)) button.setAttribute("aria-disabled", String(!able[name]));
    buttons.save.title = status.home === "browser" ? words.save_title_browser : words.save_title;
    this.offerDownload();
    let label = words.start;
    if (over || state === "saving") label = words.again;
    else if (active) label = words.pause;
    else if (state === "paused") label = words.resume;
    write(buttons.play, label);
    const name = this.find(".name");
    name.hidden = !able.save;
    name.placeholder = status.name ?? "";
    buttons.play.setAttribute("aria-label", `${label} ${this.name.replace(/^./, (one) => one.toLowerCase())}`);
  }

  showProgress(status) {
    const { words, state, run } = this;
    const seconds = fill(words.seconds, { seconds: format(status.seconds, 1) });
    write(
      this.find(".word"),
      fill(words[state], { place: status.place, share: percent(status.measured ?? 0) }) +
        (status.saved ? `, ${fill(words.saved, { name: status.saved })}` : "") +
        (run?.bundle ? `, ${words.measured}` : ""),
    );
    write(this.find(".progress"), status.taken ? `${this.progress()} · ${seconds}` : "");
    const changed =
      run && !this.isLocked && status.taken > 0 && this.relevant(this.chosen) !== this.relevant(status.chosen);
    write(this.find(".hint"), [this.note, status.note, changed && words.changed].filter(Boolean).join(" "));
    this.find("progress.taken").value = status.steps ? status.taken / (status.steps * status.epochs) : 0;
  }

  showProblem({ problem: reason }) {
    const { words } = this,
      problem = this.find(".problem");
    problem.hidden = !reason;
    if (reason)
      write(
        problem,
        fill(/ became (nan|-?inf)| NaN /i.test(reason) ? words.failure_advice : words.failure, {
          run: this.side.toUpperCase(),
          problem: reason,
        }),
      );
  }

  relevant(chosen) {
    return JSON.stringify(
      Object.entries(chosen)
        .filter(([name]) => matters(this.fields[name]?.setting, chosen.kind))
        .map(([name, value]) => `${name} ${value}`)
        .sort(),
    );
  }

  progress() {
    const { taken, steps, epochs } = this.run.status;
    const epoch = Math.min(epochs, Math.max(1, Math.ceil(taken / steps)));
    return fill(this.words.progress, { epoch, epochs, step: taken - (epoch - 1) * steps, steps });
  }

  // ---- pictures

  // Draws what is new; everything, where the theme or the size is.
  draw(all = false) {
    const { run, words } = this;
    const empty = this.find(".empty");
    empty.hidden = Boolean(run?.arrays);
    write(empty, words[invitation(this.state, this.hasDataset)]);
    const drawn = run
      ? `${run.status.id} ${run.status.revision} ${run.points.length} ${this.otherRun?.points.length}`
      : "";
    if (!this.colours || (!all && drawn === this.drawn)) return;
    this.drawn = drawn;
    if (run?.arrays) this.drawPictures(run);
    else for (const canvas of [this.canvases.codes, this.canvases.manifold]) clear(canvas);
    this.find(".pictures").classList.toggle("none", !run?.arrays);
    this.drawCharts();
    this.showNumbers();
    write(
      this.find(".manifold figcaption"),
      run && run.status.chosen.prior !== "normal"
        ? fill(words.manifold_even, { reach: NUMBERS.grid_reach })
        : words.manifold,
    );
  }

  drawPictures({ status, arrays }) {
    const { words, canvases } = this;
    const sampled = arrays.z && this.shown === "sampled";
    const codes = sampled ? arrays.z : arrays.mean;
    const wanted = reachOf(codes);
    this.reach = wanted > this.reach || wanted < 0.6 * this.reach ? wanted : this.reach; // no axis that trembles
    const shape = this.data.priors.find(({ name }) => name === status.chosen.prior).shape;
    drawCodes(canvases.codes, {
      codes,
      label: arrays.label,
      reach: this.reach,
      shape,
      palette: this.data.symbols.classes,
      colours: this.colours,
      priorColour: this.colour("--prior"),
    });
    drawPictures(canvases.manifold, arrays.manifold);
    this.find(".switch").hidden = !arrays.z;
    const kind = sampled ? words.codes_sampled : words.codes_means,
      what = arrays.z ? kind : words.codes;
    write(this.find(".codes .what"), arrays.z ? "" : what);
    canvases.codes.setAttribute("aria-label", `${this.name}: ${what}`);
    canvases.manifold.setAttribute("aria-label", `${this.name}: ${words.manifold}`);
  }

  sibling(kind) {
    return this.data.siblings.find((one) => one.kind === kind);
  }

  colour(name) {
    return getComputedStyle(this.root).getPropertyValue(name).trim();
  }

  drawCharts() {
    const { words, run, otherRun, canvases } = this;
    const kind = run?.status.chosen.kind ?? this.chosen.kind;
    const epochs = run?.status.epochs ?? 1;
    const progress = run?.status.steps ? run.status.taken / run.status.steps : 0;
    const last = Math.min(epochs, Math.max(1, Math.ceil(1.12 * progress)));
    const points = (one, name) =>
      (one?.points ?? []).map((point) => [point.at / one.status.steps, point[name] ?? null]);
    const own = this.colour(`--${kind}`); // the model's
    const mine = (name, colour = own) => ({ points: points(run, name), colour });
    const faint = (name) => ({
      points: points(otherRun, name),
      colour: this.colours.faint,
      dash: [3, 3],
      width: 1.3,
      name: otherRun ? fill(words.other, { run: this.side === "a" ? "B" : "A" }) : "",
    });
    const alike = otherRun?.status.chosen.dataset === run?.status.chosen.dataset; // else nothing on one scale
    const beside = (name) => (alike ? [faint(name)] : []);
    const same = alike && otherRun?.status.chosen.kind === kind;
    const marks = (run?.status.changes ?? []).map(({ at, text }) => ({ at: at / run.status.steps, text }));
    const null_ = run?.status.null.sliced_w2_squared;
    const { terms, title, level, floor } = this.sibling(kind).chart;
    const regulariser = {
      title,
      include: floor === null ? [] : [floor],
      levels: level === null ? [] : [{ value: level, colour: this.colours.faint, dash: [2, 3] }],
      lines: [
        ...terms.map(({ name, word, colour }) => ({
          ...mine(name, colour === "text" ? undefined : this.colour(`--${colour}`)),
          name: word,
        })),
        ...(same && terms.length === 1 ? [faint(terms[0].name)] : []), // two lines are enough to read
      ],
    };
    const charts = [
      { title: words.reconstruction, late: true, lines: [mine("reconstruction"), ...beside("reconstruction")] },
      regulariser,
      {
        title: words.sliced,
        log: true,
        lines: [mine("sliced_w2_squared"), ...beside("sliced_w2_squared")],
        band: null_
          ? { low: null_[0] - 2 * null_[1], high: null_[0] + 2 * null_[1], colour: this.colour("--prior") }
          : null,
      },
    ];
    charts.forEach((chart, i) => {
      const canvas = canvases.charts[i];
      drawChart(canvas, { ...chart, last, marks, colours: this.colours });
      const now = chart.lines
        .map(({ points: [...all] }) => all.findLast(([, y]) => y !== null)?.[1])
        .filter((value) => value !== undefined);
      canvas.setAttribute("aria-label", `${this.name}: ${chart.title}${now.length ? `, ${format(now[0], 4)}` : ""}`);
    });
  }

  showNumbers() {
    const { words, run } = this;
    const last = run?.status.last,
      measured = run?.points.findLast((point) => "coverage" in point);
    const number = (value, digits) => (value === null || value === undefined ? words.undefined : format(value, digits));
    const parts = [];
    if (last) {
      parts.push(`${words.bce} ${number(last.reconstruction, 2)}`);
      const { penalty } = this.sibling(run.status.chosen.kind);
      if (penalty && penalty.name in last) parts.push(`${penalty.word} ${number(last[penalty.name], 2)}`);
      parts[parts.length - 1] += ` (${words.nats}, ${words.of_one_epoch})`;
    }
    const withNull = (title, name, digits) => {
      const [mean, std] = run.status.null[name];
      const ofNull = fill(words.numbers_null, { mean: format(mean, digits), std: format(std, digits) });
      return `${title} ${number(measured[name], digits)} ${ofNull}`;
    };
    const distances = measured
      ? [withNull("W₂²", "sliced_w2_squared", 4), withNull(words.coverage, "coverage", 3)]
      : [];
    write(this.find(".numbers"), [parts.join(" · "), distances.join(" · ")].filter(Boolean).join("\n"));
  }
}

// Whether siblings of that kind have a setting. Some settings only some siblings have.
const matters = (setting, kind) => !setting?.only_for.length || setting.only_for.includes(kind);
