// The loss clinic: a run with a mistake beside the healthy one. A reader names the mistake, then sees the line of code.

import { Answers, charts, momentOf, scalesOf } from "./cases.js";
import { drawCodes, drawPictures, reachOf, showClasses } from "./draw.js";
import { drawChart } from "../parts/chart.js";
import { write } from "../parts/dom.js";
import { Options } from "../parts/quiz/options.js";
import { listen } from "../parts/slider.js";
import { inTabStorage } from "../parts/tab_storage.js";
import { readSafetensors } from "../kernel/safetensors.js";
import { fill } from "../kernel/text.js";

const KEY = "clinic"; // in the tab's storage
const WHO = ["run", "healthy"];
const EXAMPLES = 10; // test images in a row
const GAP = 1; // between pictures, in their pixels

export class Clinic {
  // element: its panel; page: the practice page, which keeps {case, moment}: change(part) while it moves, set(part)
  // when the change is finished.
  /**
   * @param {HTMLElement} element
   * @param {import("../parts/page.js").Page & {state: any, change(part: object): void, set(part?: object): void}} page
   */
  constructor(element, page) {
    this.page = page;
    this.cases = page.data.cases;
    this.words = page.words;
    this.find = (selector) => element.querySelector(selector);
    this.answers = new Answers(this.cases, inTabStorage((storage) => JSON.parse(storage.getItem(KEY))) ?? [], (given) =>
      inTabStorage((storage) => storage.setItem(KEY, JSON.stringify(given))),
    );
    this.options = new Options(this.find(".options"), this.words.clinic_right_option, (i) => {
      this.answers.picked = i;
      page.draw();
    });
    this.files = new Map(); // by address: a promise of a recording
    this.find(".back-case").addEventListener("click", () => this.go(-1));
    for (const selector of [".next-case", ".go-on"]) this.find(selector).addEventListener("click", () => this.go(1));
    this.find(".check").addEventListener("click", () => this.check());
    this.find(".restart").addEventListener("click", () => this.restart());
    this.slider = this.find(".moment input");
    listen(
      this.slider,
      (moment) => page.change({ moment }),
      () => {
        page.set();
        page.draw(() => page.announce(this.spoken()));
      },
    );
    this.beds = WHO.map((who) => {
      const bed = this.find(`.bed[data-who=${who}]`);
      return { who, bed, name: bed.getAttribute("aria-label"), canvas: (what) => bed.querySelector(`.${what} canvas`) };
    });
    this.curves = [0, 1, 2, 3].map(() => {
      const canvas = document.createElement("canvas");
      canvas.setAttribute("role", "img");
      this.find(".curves").appendChild(canvas);
      return canvas;
    });
    const { classes } = page.data.datasets.find(({ name }) => name === "digits");
    showClasses(this.find(".legend"), classes, page.data.symbols.classes);
    page.observe([...element.querySelectorAll("canvas")]);
  }

  // The case that is shown, from 0.
  get at() {
    return this.page.state.case - 1;
  }

  /** @param {number} by */
  go(by) {
    const { length } = this.cases,
      last = this.page.data.moments - 1;
    this.page.set({ case: ((this.at + by + length) % length) + 1, moment: last });
    this.page.draw(() => this.page.announce(`${this.find(".case-number").textContent}. ${this.spoken()}`));
  }

  check() {
    this.answers.check(this.at);
    this.page.draw(() => {
      this.find(this.answers.isOver ? ".restart" : ".go-on").focus();
      this.page.announce([...this.find(".answer").children].map((part) => part.textContent).join(" "));
    });
  }

  restart() {
    this.answers.restart();
    this.page.set({ case: 1, moment: this.page.data.moments - 1 });
    this.page.draw(() => this.find(".options input").focus());
  }

  // What a screen reader is told of a moment: its epoch and the table.
  spoken() {
    const { rows } = this.cases[this.at],
      { moment } = this.page.state;
    const told = rows.map(
      ({ title, run, healthy }) =>
        `${title} ${run[moment]} (${this.words.clinic_healthy.toLowerCase()} ${healthy[moment]})`,
    );
    return `${this.find(".at").textContent}: ${told.join(", ")}`;
  }

  // ---- drawing

  /** @param {Record<string, any>} state */
  draw(state) {
    const at = this.at;
    if (this.shown !== at) this.showCase(at);
    this.showAnswer(at);
    this.slider.max = String(this.page.data.moments - 1);
    this.slider.value = String(state.moment);
    if (this.runs) this.drawRuns(state.moment);
  }

  showCase(at) {
    const { words } = this;
    this.shown = at;
    this.runs = null;
    this.answers.picked = undefined;
    const shown = this.cases[at];
    write(this.find(".case-number"), fill(words.clinic_case, { at: at + 1, of: this.cases.length }));
    this.options.ask(shown.choices);
    this.load(at);
  }

  async load(at) {
    const files = WHO.map((who) => this.cases[at][who]);
    const failure = this.find(".clinic-failure");
    try {
      const runs = await Promise.all(files.map((file) => this.fetched(file)));
      failure.hidden = true;
      if (this.shown !== at) return; // another case was opened meanwhile
      this.runs = runs;
      this.page.draw(() => this.page.markReady());
    } catch (error) {
      console.error(error);
      for (const file of files) this.files.delete(file);
      failure.hidden = false;
      write(failure, this.words.clinic_missing);
    }
  }

  fetched(file) {
    if (!this.files.has(file)) {
      const found = fetch(new URL(file, this.page.base)).then((response) => {
        if (!response.ok) throw new Error(`HTTP ${response.status}`);
        return response.arrayBuffer();
      });
      this.files.set(file, found.then(readSafetensors));
    }
    return this.files.get(file);
  }

  showAnswer(at) {
    const { words, answers } = this,
      shown = this.cases[at],
      isAnswered = answers.isAnswered(at),
      isRight = answers.isRight(at);
    const of = this.cases.length,
      { solved } = answers;
    this.options.show(answers.pickedOf(at), isAnswered ? shown.right : null, isAnswered);
    write(this.find(".solved"), fill(words.clinic_solved, { solved, of }));
    this.find(".check").disabled = answers.pickedOf(at) === undefined;
    this.find(".check").hidden = isAnswered;
    this.find(".go-on").hidden = !isAnswered || answers.isOver;
    this.find(".restart").hidden = !answers.isOver;
    this.find(".end").hidden = !answers.isOver;
    write(this.find(".end"), answers.isOver ? fill(words.clinic_end, { of, solved }) : "");
    this.find(".answer").hidden = this.find(".lines").hidden = !isAnswered;
    const outcome = isRight ? words.clinic_right : fill(words.clinic_wrong, { answer: shown.choices[shown.right] });
    this.find(".outcome").dataset.right = isRight;
    const texts = isAnswered
      ? [outcome, shown.symptom, shown.explanation, shown.broken_line, shown.right_line, shown.place]
      : Array(6).fill("");
    const places = [".outcome", ".symptom", ".why", ".broken", ".correct", ".place"];
    places.forEach((place, i) => write(this.find(place), texts[i]));
  }

  drawRuns(moment) {
    const { words, page, runs } = this,
      { kind, dimensions } = this.cases[this.at];
    const [run, healthy] = runs,
      epoch = run.epoch.values[moment],
      last = run.epoch.values.at(-1);
    write(this.find(".epoch"), fill(words.clinic_epoch, { at: epoch, of: last }));
    this.slider.setAttribute("aria-valuetext", fill(words.clinic_epoch, { at: epoch, of: last }));
    write(this.find(".at"), fill(words.clinic_table, { epoch }));
    const parts = runs.map((one) => momentOf(one, moment));
    const [reachOfRun, reachOfHealthy] = parts.map(({ codes }) => reachOf(codes));
    const { reaches, areShared } = scalesOf([reachOfRun, reachOfHealthy]);
    const codesOf = run.z ? words.clinic_codes_sampled : words.clinic_codes;
    const what = areShared ? codesOf : fill(words.clinic_own_scale, { what: codesOf });
    this.beds.forEach(({ bed, name, canvas }, i) => {
      const { codes, drawn, rebuilt } = parts[i];
      drawCodes(canvas("codes"), {
        codes,
        label: runs[i].label.values,
        reach: reaches[i],
        shape: null,
        palette: page.data.symbols.classes,
        colours: page.colours,
        priorColour: this.colour("--prior"),
      });
      drawPictures(canvas("drawn"), drawn, { gap: GAP });
      drawPictures(canvas("rebuilt"), rebuilt, { across: EXAMPLES, gap: GAP });
      const [a, b] = [...runs[i].axes.values].map((axis) => axis + 1);
      const caption = dimensions > 2 ? fill(words.clinic_axes, { what, a, b }) : what;
      write(bed.querySelector(".codes figcaption"), caption);
      for (const [which, text] of [
        ["codes", caption],
        ["drawn", words.clinic_drawn],
        ["rebuilt", words.clinic_rebuilt],
      ])
        canvas(which).setAttribute("aria-label", fill(words.clinic_picture, { run: name, epoch, what: text }));
    });
    this.drawCurves(run, healthy, kind, epoch, last);
    this.showTable(moment);
  }

  drawCurves(run, healthy, kind, epoch, last) {
    const { page, words } = this,
      { chart } = page.data.siblings.find((one) => one.kind === kind);
    this.find(".key .solid").style.color = this.colour(`--${kind}`);
    const colours = {
      own: this.colour(`--${kind}`),
      faint: page.colours.faint,
      of: (name) => this.colour(`--${name}`),
    };
    const reading = fill(words.clinic_regulariser, { what: chart.title });
    charts(run, healthy, chart, colours, words, reading).forEach((scene, i) => {
      drawChart(this.curves[i], { ...scene, last, marks: [{ at: epoch, text: "" }], colours: page.colours });
      this.curves[i].setAttribute("aria-label", scene.title);
    });
  }

  showTable(moment) {
    const { rows, symptoms } = this.cases[this.at],
      isAnswered = this.answers.isAnswered(this.at);
    const body = this.find("tbody");
    body.replaceChildren(
      ...rows.map(({ name, title, run, healthy }) => {
        const row = document.createElement("tr");
        row.dataset.figure = name;
        row.classList.toggle("is-symptom", isAnswered && symptoms.includes(name));
        const head = Object.assign(document.createElement("th"), { scope: "row" });
        const cells = [head, document.createElement("td"), document.createElement("td")];
        [title, run[moment], healthy[moment]].forEach((text, i) => write(cells[i], text));
        row.append(...cells);
        return row;
      }),
    );
  }

  colour(name) {
    return getComputedStyle(this.page.root).getPropertyValue(name).trim();
  }
}
