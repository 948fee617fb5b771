// One dimension: the densities of p and q, both directions of the KL as running integrals, and fits of q to two bumps.

import { Areas } from "./areas.js";
import { asP, asQ, Curves, LEAST_STD, lineView } from "./curves.js";
import { fit, lowest } from "./fit.js";
import { density, klTerms } from "./math.js";
import { bracketed, digits, showAgreement } from "./words.js";
import { format } from "../kernel/format.js";
import { write } from "../parts/dom.js";
import { Slider } from "../parts/slider.js";
import { fill } from "../kernel/text.js";
import { fieldOf } from "../kernel/address.js";

// the state that a click on a fit starts from if p has one bump
const BUMPS = { q: [-1, 1], p: [0, 0.6], gap: 2, limit: null };
const LINE = fieldOf("kl", "q"), // mean and σ of one Gaussian
  GAP = fieldOf("kl", "gap");
const SECONDS = { fit: 1.6, count: 4 };

// The sliders of p and q on the line. which: [who, what, range] of each.
export function lineSliders(box, lesson, { gap = false, means = true } = {}) {
  const sliders = [];
  const add = (name, symbol, range, limit, least, get, part) => {
    const slider = new Slider(box, {
      symbol,
      range,
      limit,
      least,
      onMove: (value) => lesson.change(part(value)),
      onCommit: () => lesson.finish(),
    });
    slider.name(name);
    sliders.push({ slider, get });
  };
  for (const who of ["q", "p"]) {
    if (means)
      add(
        `${who} μ`,
        "mean",
        [-4, 4],
        LINE.most[0],
        LINE.least[0],
        (state) => state[who][0],
        (value) => ({ [who]: [value, lesson.state[who][1]] }),
      );
    add(
      `${who} σ`,
      "log_var",
      [LEAST_STD, 4],
      LINE.most[1],
      LEAST_STD,
      (state) => state[who][1],
      (value) => ({ [who]: [lesson.state[who][0], Math.max(LEAST_STD, value)] }),
    );
  }
  if (gap)
    add(
      lesson.words.gap,
      "prior",
      [0, 4],
      GAP.most,
      GAP.least,
      (state) => state.gap,
      (value) => ({ gap: Math.max(0, value) }),
    );
  return { show: (state, committed) => sliders.forEach(({ slider, get }) => slider.show(get(state), get(committed))) };
}

// KL(weight || other) by the closed form, for one Gaussian each.
export const closedForm = (weight, other) =>
  klTerms({ mean: [weight.mean], cov: [[weight.std ** 2]] }, { mean: [other.mean], cov: [[other.std ** 2]] });

export class Line {
  constructor(element, lesson) {
    this.element = element;
    this.lesson = lesson;
    this.find = (selector) => element.querySelector(selector);
    this.curves = new Curves(this.find(".curves"), lesson);
    this.sliders = lineSliders(this.find(".sliders"), lesson, { gap: true });
    this.limit = new Slider(this.find(".limit-slider"), {
      symbol: "limit",
      range: [-7, 7],
      limit: fieldOf("kl", "limit").most,
      onMove: (value) => lesson.change({ limit: value >= this.view()[1] ? null : value }),
      onCommit: () => lesson.finish(),
    });
    this.limit.name(lesson.words.limit);
    this.directions = ["q‖p", "p‖q"].map((name) => {
      const box = this.find(`[data-direction="${name}"]`);
      const areas = new Areas(box.querySelector(".integrand-plot"), box.querySelector(".running-plot"), lesson, {
        name: name === "q‖p" ? "q · log(q/p)" : "p · log(p/q)",
        range: () => this.view(),
      });
      return { name, box, areas, part: (selector) => box.querySelector(selector) };
    });
    this.find(".count").addEventListener("click", () => this.count());
    this.find(".fit-q").addEventListener("click", () => this.fit("q‖p"));
    this.find(".fit-p").addEventListener("click", () => this.fit("p‖q"));
    this.find(".bumps").addEventListener("click", () =>
      lesson.set(lesson.state.gap ? { ...this.home() } : { ...BUMPS }),
    );
    this.find(".reset").addEventListener("click", () => lesson.set(this.home()));
  }

  home() {
    const { q, p, gap, limit } = this.lesson.defaults;
    return { q, p, gap, limit };
  }

  view() {
    return lineView(this.lesson.committed);
  }

  // Animates the running integral from the left.
  count() {
    const { lesson } = this,
      [low, high] = this.view();
    lesson.animate(
      SECONDS.count,
      (share) => lesson.apply({ limit: low + share * (high - low) }),
      () => lesson.set({ limit: null }),
    );
  }

  // Fits q to p in one direction. It starts at the present q; after a fit, at that fit's start, so that both directions
  // can be compared. If p has one bump, it first gets two.
  fit(direction) {
    const { lesson } = this;
    if (!lesson.state.gap) lesson.set({ ...BUMPS });
    const target = asP(lesson.state);
    const start = this.isFitted() ? this.fitted.start : asQ(lesson.state);
    const { path, converged } = fit(direction, start, density(target));
    const end = path.at(-1),
      best = lowest(direction, start, target);
    const rounded = { q: [end.mean, end.std] };
    lesson.animate(
      SECONDS.fit,
      (share) => {
        // evenly by the logarithm of the step: the first steps are long, the last ones short
        const { mean, std } = path[Math.round(path.length ** share) - 1];
        lesson.apply({ q: [mean, std] });
      },
      () => {
        lesson.set(rounded);
        this.fitted = {
          start,
          of: this.fittedKey(),
          text:
            fill(lesson.words[converged ? "fitted" : "not_converged"], {
              direction,
              steps: path.length - 1,
              from: `N(${format(start.mean, 2)}, ${format(start.std, 2)}²)`,
              mean: format(end.mean, 4),
              std: format(end.std, 4),
              kl: format(end.kl, 4),
            }) +
            (best.kl < end.kl - 1e-6
              ? ` ${fill(lesson.words.elsewhere, {
                  mean: format(best.mean, 2),
                  std: format(best.std, 2),
                  kl: format(best.kl, 4),
                })}`
              : ""),
        };
        lesson.draw();
      },
    );
  }

  fittedKey() {
    const { q, p, gap } = this.lesson.state;
    return JSON.stringify([q, p, gap]);
  }

  // Is q the result of the last fit?
  isFitted() {
    return this.fitted?.of === this.fittedKey();
  }

  draw(state) {
    const { lesson } = this,
      { words } = lesson,
      q = asQ(state),
      p = asP(state);
    this.curves.draw(state);
    this.sliders.show(state, lesson.committed);
    const [low, high] = this.view();
    this.limit.home = [low, high];
    this.limit.show(state.limit ?? high, lesson.committed.limit ?? high);
    const densities = [density(q), density(p)],
      checked = lesson.checked("q", "p", "gap");
    this.values = this.directions.map(({ name, areas, part }, i) => {
      const [weight, other] = i ? [p, q] : [q, p];
      const { total, counted } = areas.draw(densities[i], densities[1 - i], state.limit);
      const terms = p.gap ? null : closedForm(weight, other);
      const kl = terms ? terms.total : total;
      write(part(".kl"), `${format(kl)} nats`);
      part(".kl").dataset.nats = kl;
      write(
        part(".counted"),
        fill(state.limit === null ? words.counted_all : words.counted, {
          limit: format(state.limit ?? 0, 2),
          counted: format(counted, 4),
        }),
      );
      part(".counted").dataset.nats = counted;
      const [a, b] = [weight, other].map(({ mean, std }) => ({ mean: bracketed(mean), std: format(std, 2) }));
      part(".formula").innerHTML = terms
        ? `½ [ <span class="log_var">${a.std}² / ${b.std}²</span> + ` +
          `<span class="mean">(${b.mean} − ${a.mean})² / ${b.std}²</span> − 1 + ` +
          `<span class="log_var">log(${b.std}² / ${a.std}²)</span> ] = <b>${format(kl)}</b>`
        : words.no_closed_form;
      write(part(".digits .closed"), terms ? digits(terms.total) : "—");
      write(part(".digits .integral"), digits(total));
      write(part(".digits .python"), checked ? digits(checked.line[name]) : words.no_python);
      return { here: terms ? [terms.total, total] : [total], python: checked?.line[name], kl };
    });
    showAgreement(
      this.find(".agreement"),
      words,
      checked && this.values.flatMap(({ here, python }) => here.map((value) => [value, python])),
      1e-8,
    );
    write(this.find(".bumps"), state.gap ? words.one_gaussian : words.two_bumps);
    const hint = state.gap ? words.fit_hint : words.hint;
    write(this.find(".fitted"), this.isFitted() ? this.fitted.text : hint);
  }

  spoken() {
    return this.values.map(({ kl }, i) => `KL(${this.directions[i].name}) ${format(kl)} nats`).join(", ");
  }
}
