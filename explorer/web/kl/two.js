// Two dimensions: q and p as ellipses, and the four terms of the closed form as bars that add up to the KL.

import { Axes, Ellipses, gaussianOf } from "./ellipses.js";
import { LEAST_STD } from "./curves.js";
import { withNumbers } from "./formulas.js";
import { klIntegral, klTerms } from "./math.js";
import { digits, number, showAgreement } from "./words.js";
import { set, svgElement } from "../parts/svg.js";
import { enlargement } from "../parts/theme.js";
import { format } from "../kernel/format.js";
import { write } from "../parts/dom.js";
import { Slider } from "../parts/slider.js";

const TERMS = [
  ["trace", "log_var"],
  ["mean", "mean"],
  ["dimension", "p"],
  ["logDet", "log_var"],
];
// mean, mean, variance, covariance, variance of q and p
const PLACES = {
  correlated: { q2: [1, 0, 2, 1, 2], p2: [0, 0, 1, 0, 1] },
  reversed: { q2: [0, 0, 1, 0, 1], p2: [1, 1, 2, 1, 2] },
  correlation: { q2: [0, 0, 1, 0.6, 1], p2: [0, 0, 1, 0, 1] },
  both: { q2: [0, 0, 1, 0.5, 1], p2: [1, -1, 2, -1, 2] },
  wide: { q2: [0, 0, 1, 0, 1], p2: [0, 0, 25, 0, 25] },
  equal: { q2: [0.5, -0.5, 1.5, 0.8, 1], p2: [0.5, -0.5, 1.5, 0.8, 1] },
};

export class Plane {
  constructor(element, lesson) {
    this.element = element;
    this.lesson = lesson;
    this.find = (selector) => element.querySelector(selector);
    this.axes = new Axes(lesson);
    this.ellipses = new Ellipses(this.find(".plane"), lesson, this.axes);
    this.sliders = ["q", "p"].flatMap((who) => this.buildSliders(this.find(`.sliders.of-${who}`), who));
    this.bars = new Waterfall(
      this.find(".bars"),
      TERMS.map(([, symbol]) => symbol),
    );
    const places = this.find(".places");
    places.add(new Option(lesson.words.go_to, ""));
    for (const name of Object.keys(PLACES)) places.add(new Option(lesson.words[`place_${name}`], name));
    places.addEventListener("change", () => {
      const place = PLACES[places.value];
      places.selectedIndex = 0;
      if (place) lesson.set(place);
    });
    this.find(".swap").addEventListener("click", () => lesson.set({ q2: lesson.state.p2, p2: lesson.state.q2 }));
  }

  buildSliders(box, who) {
    const { lesson, axes } = this,
      { words } = lesson;
    const mean = (i) => ({
      name: `${who} μ${"₁₂"[i]}`,
      symbol: "mean",
      range: [-4, 4],
      limit: 100,
      get: () => lesson.state[`${who}2`][i],
      part: (value) => ({ mean: [0, 1].map((j) => (j === i ? value : lesson.state[`${who}2`][j])) }),
    });
    const length = (i) => ({
      name: `${who} ${words.axis} ${"ab"[i]}`,
      symbol: "log_var",
      range: [LEAST_STD, 4],
      limit: 100,
      least: LEAST_STD,
      get: () => axes.of(who).stds[i],
      part: (value) => ({ stds: axes.of(who).stds.map((std, j) => (j === i ? Math.max(LEAST_STD, value) : std)) }),
    });
    const tilt = {
      name: `${who} ${words.tilt}`,
      symbol: "log_var",
      range: [-90, 90],
      limit: 360,
      step: 1,
      get: () => (axes.of(who).angle * 180) / Math.PI,
      part: (value) => ({ angle: (value * Math.PI) / 180 }),
    };
    return [mean(0), mean(1), length(0), length(1), tilt].map(
      ({ name, symbol, range, limit, step, least, get, part }) => {
        const slider = new Slider(box, {
          symbol,
          range,
          limit,
          step,
          least,
          onMove: (value) => axes.change(who, part(value)),
          onCommit: () => lesson.finish(),
        });
        slider.name(name);
        return { slider, get };
      },
    );
  }

  draw(state) {
    const { lesson } = this,
      { words } = lesson,
      q = gaussianOf(state.q2),
      p = gaussianOf(state.p2);
    this.ellipses.draw(state);
    for (const { slider, get } of this.sliders) slider.show(get());
    const terms = klTerms(q, p),
      back = klTerms(p, q).total,
      integral = klIntegral(q, p);
    this.kl = terms.total;
    write(this.find(".kl"), `${format(terms.total)} nats`);
    this.find(".kl").dataset.nats = terms.total;
    write(this.find(".back"), `${format(back)} nats`);
    this.find(".back").dataset.nats = back;
    this.bars.draw(
      TERMS.map(([name]) => terms[name]),
      words.terms.split("|"),
    );
    const formula = withNumbers(q, p, terms, (value) => format(value, 2));
    if (this.formula !== formula) this.find(".with-numbers").innerHTML = this.formula = formula;
    const checked = lesson.checked("q2", "p2");
    write(this.find(".closed"), digits(terms.total));
    write(this.find(".integral"), digits(integral));
    write(this.find(".python"), checked ? digits(number(checked.plane["q‖p"])) : words.no_python);
    showAgreement(
      this.find(".agreement"),
      words,
      checked && [
        [terms.total, checked.plane["q‖p"]],
        [integral, checked.plane["q‖p"]],
        [back, checked.plane["p‖q"]],
        ...TERMS.map(([name], i) => [terms[name], checked.plane.terms[i]]),
      ],
    );
  }

  spoken() {
    return `KL(q‖p) ${format(this.kl)} nats`;
  }
}

// Terms as bars, each beginning where the one before ended; the last one is their sum.
class Waterfall {
  constructor(host, symbols) {
    this.host = host;
    this.svg = host.appendChild(svgElement("svg", { width: "100%", height: "100%" }));
    const make = (name, className) => this.svg.appendChild(svgElement(name, { class: className }));
    this.zero = make("line", "zero");
    this.rows = [...symbols, "total"].map((symbol) => ({
      link: make("line", "link"),
      bar: make("rect", `bar ${symbol}`),
      name: make("text", "bar-name"),
      value: make("text", "bar-value"),
    }));
  }

  draw(values, names) {
    const { clientWidth: width, clientHeight: height } = this.host;
    if (width < 100) return;
    const ends = [0];
    for (const value of values) ends.push(ends.at(-1) + value);
    const total = ends.at(-1),
      low = Math.min(0, ...ends),
      high = Math.max(...ends, 0.1);
    const grown = enlargement(),
      left = 104 * grown, // room for the names, and for the numbers
      right = 62 * grown,
      each = height / this.rows.length,
      x = (value) => left + ((value - low) / (high - low)) * (width - left - right);
    set(this.zero, { x1: x(0), x2: x(0), y1: 0, y2: height });
    this.rows.forEach(({ link, bar, name, value }, i) => {
      const last = i === values.length,
        from = last ? 0 : ends[i],
        to = last ? total : ends[i + 1],
        top = i * each;
      set(bar, {
        x: x(Math.min(from, to)),
        y: top + 4,
        width: Math.max(1, x(Math.max(from, to)) - x(Math.min(from, to))),
        height: Math.max(4, each - 8),
        rx: 2,
      });
      bar.classList.toggle("takes", to < from);
      set(link, {
        x1: x(to),
        x2: x(to),
        y1: top + 4,
        y2: Math.min(height, top + each + (last ? 0 : each - 4)),
        visibility: last ? "hidden" : "visible",
      });
      set(name, { x: 0, y: top + each / 2 + 5 });
      write(name, names[i]);
      set(value, { x: width, y: top + each / 2 + 5, "text-anchor": "end" });
      const sign = to < from ? "" : "+";
      write(value, `${last ? "= " : sign}${format(last ? total : to - from)}`);
    });
  }
}
