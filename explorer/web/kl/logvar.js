// Why log σ²: the same gradient descent in σ and in log σ², and the rounding errors of exp in float32.

import { descend, fatalRate } from "./fit.js";
import { bench, CLAMP, LARGEST, OVERFLOW } from "./numerics.js";
import { apart, number, showAgreement } from "./words.js";
import { lineSliders } from "./one.js";
import { Plot } from "../parts/plot.js";
import { format } from "../kernel/format.js";
import { write } from "../parts/dom.js";
import { Slider } from "../parts/slider.js";
import { fill } from "../kernel/text.js";
import { NUMBERS } from "../kernel/numbers.js";
import { fieldOf } from "../kernel/address.js";
import { set } from "../parts/svg.js";

const STEPS = NUMBERS.descent_steps;
const RATE = fieldOf("kl", "rate"),
  LOG_VAR = fieldOf("kl", "log_var");
const HIGHEST = 12; // the largest |σ| that is drawn
const PRESETS = [0.0001, 1, 20, 30, 88, 88.7, 88.8, 100];
const FORMS = ["exp", "expm1", "clamp"];

// A number with four significant digits.
function short(value) {
  const size = Math.abs(value);
  if (!Number.isFinite(value)) return format(value);
  if (value === 0) return "0";
  if (size >= 1e5 || size < 1e-3) return value.toExponential(3).replaceAll("-", "−");
  return format(value, Math.max(0, 4 - Math.floor(Math.log10(size)) - 1));
}

// The class of a step's dot. dead: the step at which the descent fails, or below 0.
function lifeOf(step, dead) {
  if (step === dead) return "dead";
  return dead >= 0 && step > dead ? "after" : "";
}

// The name of the sentence about a log σ².
function verdictOf(logVar) {
  if (logVar > OVERFLOW) return "verdict_overflow";
  if (Math.abs(logVar) > CLAMP) return "verdict_clamp";
  return Math.abs(logVar) < 0.01 ? "verdict_small" : "verdict_fine";
}

export class LogVariance {
  constructor(element, lesson) {
    this.element = element;
    this.lesson = lesson;
    this.find = (selector) => element.querySelector(selector);
    const box = this.find(".sliders");
    this.sliders = lineSliders(box, lesson, { means: false });
    this.rate = new Slider(box, {
      symbol: "rate",
      range: [0.05, 5],
      limit: RATE.most,
      least: RATE.least,
      onMove: (value) => lesson.change({ rate: Math.max(RATE.least, value) }),
      onCommit: () => lesson.finish(),
    });
    this.rate.name(lesson.words.rate);
    this.find(".fatal-rate").addEventListener("click", () => {
      const { q, p } = lesson.state,
        rate = fatalRate({ std: q[1], stdP: p[1] });
      if (1.1 * rate < 10) lesson.set({ rate: Math.round(1.1 * rate * 100) / 100 });
      else lesson.set({ q: [lesson.state.q[0], 2], p: [lesson.state.p[0], 1], rate: 1.5 });
    });
    this.runs = ["std", "log_var"].map((coordinate) => {
      const host = this.find(`[data-run=${coordinate}]`);
      const plot = new Plot(host.querySelector(".run-plot"), { xLabel: lesson.words.step, yLabel: "σ" });
      return {
        coordinate,
        host,
        plot,
        below: plot.make("rect", "below"),
        goal: plot.make("line", "goal"),
        line: plot.make("path", "run-line"),
        after: plot.make("path", "run-line after"),
        dots: Array.from({ length: STEPS + 1 }, () => plot.make("circle", "run-dot")),
        note: plot.make("text", "note", plot.above),
      };
    });
    this.logVar = new Slider(this.find(".bench-slider"), {
      symbol: "log_var",
      range: [-10, 100],
      limit: LOG_VAR.most,
      onMove: (value) => lesson.change({ log_var: value }),
      onCommit: () => lesson.finish(),
    });
    this.logVar.name("log σ²");
    for (const value of PRESETS) {
      const button = this.find(".presets").appendChild(document.createElement("button"));
      button.type = "button";
      button.textContent = String(value);
      button.setAttribute("aria-label", `log σ² = ${value}`);
      button.addEventListener("click", () => lesson.set({ log_var: value }));
    }
  }

  draw(state) {
    this.sliders.show(state, this.lesson.committed);
    this.rate.show(state.rate, this.lesson.committed.rate);
    const [agreeRuns, agreeBench] = [this.drawRuns(state), this.drawBench(state)];
    showAgreement(
      this.find(".agreement"),
      this.lesson.words,
      agreeRuns && agreeBench && [...agreeRuns, ...agreeBench],
      1e-6,
    );
  }

  drawRuns(state) {
    const { lesson } = this,
      { words } = lesson,
      width = { std: state.q[1], stdP: state.p[1], shift: state.q[0] - state.p[0] };
    const checked = lesson.checked("q", "p", "rate"),
      pairs = [];
    const paths = this.runs.map(({ coordinate }) => descend(coordinate, width, state.rate, STEPS));
    const held = (value) => Math.max(-HIGHEST, Math.min(HIGHEST, value));
    const all = paths.flat().map(({ std }) => held(std)),
      low = Math.min(-1, ...all),
      high = Math.max(2, width.stdP * 1.3, ...all),
      room = 0.08 * (high - low);
    this.runs.forEach(({ coordinate, host, plot, below, goal, line, after, dots, note }, i) => {
      // in the log σ² form σ = 0 is an underflow: log σ² itself is finite
      const path = paths[i],
        dead = coordinate === "std" ? path.findIndex(({ std }) => !(std > 0) || !Number.isFinite(std)) : -1;
      const last = dead < 0 ? STEPS : dead;
      const drawn = plot.view([-0.3, STEPS + 0.3], [low - room, high + room]);
      if (drawn) {
        const at = ({ std }, step) => `${plot.x(step)} ${plot.y(Number.isNaN(std) ? 0 : held(std))}`;
        line.setAttribute(
          "d",
          `M${path
            .slice(0, last + 1)
            .map(at)
            .join("L")}`,
        );
        after.setAttribute(
          "d",
          last < STEPS
            ? `M${path
                .slice(last)
                .map((one, j) => at(one, j + last))
                .join("L")}`
            : "",
        );
        const { left, right, bottom } = plot.margin;
        set(below, {
          x: left,
          width: plot.width - left - right,
          y: plot.y(0),
          height: Math.max(0, plot.height - bottom - plot.y(0)),
        });
        const level = plot.y(width.stdP);
        set(goal, { x1: plot.x(-0.3), x2: plot.x(STEPS + 0.3), y1: level, y2: level });
        dots.forEach((dot, step) => {
          const { std } = path[step];
          set(dot, {
            cx: plot.x(step),
            cy: plot.y(Number.isNaN(std) ? 0 : held(std)),
            r: step === dead ? 6 : 3.5,
            class: `run-dot ${lifeOf(step, dead)}`,
          });
        });
        write(note, dead < 0 ? "" : fill(words.dies_at, { step: dead, std: format(path[dead].std, 2) }));
        set(note, {
          x: Math.min(plot.x(Math.max(dead, 0)) + 10, plot.width - 170),
          y: plot.y(dead < 0 ? 0 : Math.max(held(path[dead].std), low)) + 16,
        });
      }
      const end = path[last];
      const { gradient, std, kl } = path[Math.max(0, last - 1)];
      write(
        host.querySelector(".run-text"),
        dead > 0
          ? fill(words.run_dead, {
              before: format(std, 2),
              rate: format(state.rate, 2),
              gradient: bracket(gradient),
              after: format(path[dead].std, 2),
              step: dead,
              kl: format(kl),
            })
          : fill(end.logVar < -100 ? words.run_far : words.run_alive, {
              lv: short(end.logVar),
              half: format(state.rate / 2, 2),
              std: format(end.std, 4),
              goal: format(width.stdP, 2),
              kl: format(end.kl, 4),
              steps: STEPS,
            }),
      );
      if (checked)
        path.forEach((one, step) => {
          const python = checked.runs[coordinate][step];
          // NaN in the browser must be NaN in torch
          pairs.push(
            [one.std, python.std],
            [Number.isNaN(one.kl) ? 0 : one.kl, Number.isNaN(number(python.kl)) ? 0 : python.kl],
          );
        });
    });
    const fatal = fatalRate(width);
    write(
      this.find(".rates"),
      fill(Number.isFinite(fatal) ? words.fatal : words.never_fatal, {
        std: format(width.std, 2),
        fatal: format(fatal, 2),
        safe: format(width.stdP ** 2, 2),
      }),
    );
    this.find(".rates").dataset.fatal = fatal;
    this.paths = paths;
    return checked && pairs;
  }

  drawBench(state) {
    const { lesson } = this,
      { words } = lesson,
      found = bench(state.log_var),
      checked = lesson.checked("log_var");
    this.logVar.show(state.log_var, lesson.committed.log_var);
    write(
      this.find(".variance"),
      fill(words.variance, {
        lv: short(state.log_var),
        value: Number.isFinite(found.variance) ? short(found.variance) : "∞",
        largest: short(LARGEST),
        overflow: format(OVERFLOW, 4),
      }),
    );
    const pairs = [];
    for (const name of FORMS) {
      const row = this.find(`[data-form=${name}]`),
        here = found.forms[name],
        python = checked?.float32[name];
      for (const what of ["kl", "gradient"]) {
        const cell = row.querySelector(`.${what}`);
        write(cell, short(here[what]));
        // apart from the digits that a subtraction of rounded numbers loses
        const wrong =
          Math.abs(here[what] - found.double[what]) > 0.01 * Math.abs(found.double[what]) ||
          !Number.isFinite(here[what]);
        cell.classList.toggle("wrong", wrong);
        write(row.querySelector(`.python-${what}`), python ? short(number(python[what])) : words.no_python);
        // exp may differ between browser and torch in float32's last digit; subtracting 1 makes the difference visible
        if (python) pairs.push([0, Math.max(0, apart(here[what], number(python[what])) - 2.5e-7)]);
      }
    }
    write(this.find("[data-form=double] .kl"), short(found.double.kl));
    write(this.find("[data-form=double] .gradient"), short(found.double.gradient));
    const lv = state.log_var;
    write(this.find(".verdict"), fill(words[verdictOf(lv)], { lv: short(lv) }));
    const source = lesson.reference?.sources[5][1].source;
    if (source && this.source !== source) {
      this.source = source;
      write(this.find(".code pre"), source.replace(/ *"""[^]*?"""\n/, ""));
    }
    return checked && pairs;
  }

  spoken() {
    return this.runs.map(({ host }) => host.querySelector(".run-text").textContent).join(" ");
  }
}

const bracket = (value) => (value < 0 ? `(${format(value, 2)})` : format(value, 2));
