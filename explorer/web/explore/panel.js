// One of the two panels: its model, its map, its pictures, and the part of the page's state that they show.

import { ModelList } from "../parts/model_list.js";
import { sample } from "../kernel/models.js";
import { nearest } from "../kernel/nearest.js";
import { principal } from "../kernel/pca.js";
import { format, percent } from "../kernel/format.js";
import { activeUnits, variances } from "../kernel/usage.js";
import { fill } from "../kernel/text.js";

/** @import { Frame, Model, State } from "../kernel/types.js" */

const SEEN = 3; // dimensions: in more, coverage does not see holes (N(0, ½² I) against N(0, I) in 32: 0.998)

export class Panel {
  // root: the page's; side: "left" or "right"; catalogue: of catalogue.js; words: the page's;
  // on: {model(name), codes(value), shown()}, choices that were made here, and {announce(text), fail(error, what)}.
  /**
   * @param {HTMLElement} root @param {"left" | "right"} side
   * @param {import("../kernel/catalogue.js").Catalogue} catalogue
   */
  constructor(root, side, catalogue, words, on) {
    const element = root.querySelector(`.panel.${side}`);
    this.root = root;
    this.side = side;
    this.element = element;
    this.name = ""; // in everything that a screen reader or a test finds
    /** @type {Model | null} */
    this.model = null;
    /** @type {HTMLElement} */
    this.facts = element.querySelector(".facts");
    /** @type {import("./latent_map.js").LatentMap | null} */
    this.map = null;
    /** @type {import("./map_choice.js").MapChoice | null} */
    this.mapChoice = null;
    this.words = words.usage;
    this.factWords = words.facts;
    this.host = element.querySelector(".latent-map");
    /** @type {HTMLCanvasElement} */
    this.atMean = root.querySelector(`.pictures .${side}.at-mean canvas`);
    /** @type {HTMLCanvasElement} */
    this.atZ = root.querySelector(`.pictures .${side}.at-z canvas`);
    const select = element.querySelector("select");
    select.setAttribute("aria-label", `Model in the ${side} panel`);
    const { model: choose, announce, fail } = on;
    this.list = new ModelList(select, catalogue, words.model_list, { choose, announce, fail });
    element.querySelector(".zoom-in").addEventListener("click", () => this.map.zoom(1 / 1.5));
    element.querySelector(".zoom-out").addEventListener("click", () => this.map.zoom(1.5));
    element.querySelector(".zoom-home").addEventListener("click", () => this.map.goHome());
    /** @type {NodeListOf<HTMLInputElement>} */
    this.codesChoices = element.querySelectorAll("input[type=radio]");
    this.codesChoices.forEach((radio) => radio.addEventListener("change", () => on.codes(radio.value)));
    /** @type {HTMLInputElement} */
    this.shownChoice = root.querySelector(`.map-shown [value=${side}]`);
    this.shownChoice.addEventListener("change", () => on.shown());
  }

  // The name in everything that a screen reader or a test finds.
  /** @param {string} name */
  setName(name) {
    this.name = name;
    this.host.setAttribute("aria-label", `${name} latent map`);
    this.shownChoice.nextElementSibling.textContent = name;
    this.atMean.setAttribute("aria-label", `${name} decoded at μ`);
    this.atZ.setAttribute("aria-label", `${name} decoded at z`);
    for (const canvas of [this.atMean, this.atZ])
      canvas.parentElement.querySelector("figcaption span").textContent = name;
    this.map.shapes.handle.setAttribute("aria-label", `Probe in the ${name} map; arrow keys move it`);
  }

  // Describes map and pictures for screen readers: the class of the code that is nearest to the probe's mean and to its
  // z. frame: probe.js's, or null without a probe. Returns a sentence, or "".
  /** @param {State} state @param {Frame | null} frame @param {Record<string, string>} words */
  tell(state, frame, words) {
    if (!this.model) return "";
    const { entry, codes } = this.model,
      classAt = (vector) => {
        const row = this.map.nearest(...this.dims(state).map((i) => vector[i]), Infinity);
        return row === null ? null : entry.classes[codes.label[row]];
      };
    const [mean, z] =
      frame && !this.map.layer && this.isPlane(state) ? [frame.mean, frame.z].map(classAt) : [null, null];
    this.host.setAttribute(
      "aria-description",
      fill(words.told_map, { n: entry.images.toLocaleString("en"), classes: entry.classes.length }),
    );
    const picture = (found) => (found === null ? "" : fill(words.told_picture, { class: found }));
    this.atMean.setAttribute("aria-description", picture(mean));
    this.atZ.setAttribute("aria-description", picture(z));
    return mean === null ? "" : fill(words.told_near, { name: this.name, class: mean });
  }

  /** @param {State} state */
  sync(state) {
    this.list.show(state[this.side]);
    this.codesChoices.forEach((radio) => (radio.checked = radio.value === state.codes));
    this.shownChoice.checked = state.shown === this.side;
  }

  // The two dimensions that the panel's plane shows: the chosen ones, or the first of a model that lacks one of them.
  /** @param {State} state @returns {[number, number]} */
  dims(state) {
    return state.dims.every((i) => i < this.model.entry.latent_dim) ? state.dims : [0, 1];
  }

  // The panel's chosen map, as the address writes it.
  /** @param {State} state */
  mapOf(state) {
    const [left, right = left] = state.map.split(",");
    return this.side === "left" ? left : right;
  }

  // The state's `map` with another one in this panel.
  /** @param {State} state @param {string} written */
  mapsWith(state, written) {
    const [left, right = left] = state.map.split(","),
      maps = this.side === "left" ? [written, right] : [left, written];
    return [...new Set(maps)].join(",");
  }

  // The map, if its axes are no dimensions of the latent space. kind: umap (stored), pca, or the address's name of one
  // that the server made. null: a plane. Until such a map is made, the stored UMAP is shown.
  /** @param {State} state */
  view(state) {
    const { model } = this,
      { codes, entry } = model,
      wanted = this.mapOf(state);
    if (entry.latent_dim <= 2 || wanted === "plane") return null;
    model.views ??= new Map();
    const kind = wanted === "pca" || model.made?.has(wanted) ? wanted : "umap";
    if (kind === "umap" && !codes.umap) return null;
    if (!model.views.has(kind))
      model.views.set(kind, {
        kind,
        ...(kind === "pca" ? principal(codes.mean) : { columns: kind === "umap" ? codes.umap : model.made.get(kind) }),
      });
    return model.views.get(kind);
  }

  // Are the axes of the map dimensions of the latent space?
  /** @param {State} state */
  isPlane(state) {
    return this.view(state) === null;
  }

  // Does the map have a place for every latent point, not only for the codes?
  /** @param {State} state */
  isExact(state) {
    const view = this.view(state);
    return !view || Boolean(view.project);
  }

  // The place of a latent point on the map: its own on an exact map, else that of the nearest code. but: rows that are
  // left out.
  /** @param {State} state @param {number[]} place @param {number[]} but */
  seen(state, place, but = []) {
    const view = this.view(state);
    if (!view) return this.dims(state).map((i) => place[i]);
    if (view.project) return view.project(place);
    const [row] = nearest(this.model.codes.mean, place, 1, (one) => !but.includes(one)).rows;
    return view.columns.map((column) => column[row]);
  }

  // The points of the map: means, or one draw of z an image, the same draw every time; or what `view` gives, of the
  // means.
  /** @param {State} state */
  points(state) {
    const { mean, logVar, label } = this.model.codes,
      view = this.view(state);
    if (view) return { x: view.columns[0], y: view.columns[1], label };
    const [i, j] = this.dims(state);
    if (state.codes === "means" || !logVar) return { x: mean[i], y: mean[j], label };
    this.model.sampled ??= sample(this.model.codes);
    return { x: this.model.sampled[i], y: this.model.sampled[j], label };
  }

  // The ranges that show all of a map that is no plane, with a margin.
  /** @param {State} state */
  viewRanges(state) {
    const [x, y] = this.view(state).columns.map((column) => {
      const low = column.reduce((a, b) => Math.min(a, b)),
        high = column.reduce((a, b) => Math.max(a, b));
      return [low - 0.04 * (high - low), high + 0.04 * (high - low)];
    });
    return { x, y };
  }

  // The probe's mean with another point in the plane.
  meanWith(state, point) {
    const mean = [...state.mean];
    this.dims(state).forEach((dimension, at) => (mean[dimension] = point[at]));
    return mean;
  }

  // The probe's mean at the code of an image: a model of fewer dimensions than the probe sets the first of them.
  meanAt(state, row) {
    const { mean } = this.model.codes;
    return state.mean.map((value, i) => (i < mean.length ? mean[i][row] : value));
  }

  // The row of the picked image, or null if it is none of this model's.
  pickedRow(state) {
    const [dataset, row] = (state.pick ?? "").split(":");
    return this.model && dataset === this.model.entry.dataset && Number(row) < this.model.codes.label.length
      ? Number(row)
      : null;
  }

  // Under the map: how much of the prior the codes cover, and what holds them; on demand, all figures of the test set.
  /** @param {State} state */
  describe(state) {
    const { entry } = this.model;
    this.root.style.setProperty(`--of-${this.side}`, `var(--${entry.kind})`); // its identity: design.css
    this.facts.innerHTML =
      `${coverOf(entry, this.factWords)}${this.usage()}<span>${entry.holds}</span> ` +
      `<details class="figures"><summary>${this.factWords.all}</summary>` +
      `<div class="all"><p>${figuresOf(entry)}</p><p>${meaningOf(entry, this.factWords)}</p></div></details>`;
    this.showSwitch(state);
  }

  // How many of its dimensions the model uses.
  usage() {
    const { words, model } = this,
      {
        codes,
        entry: { latent_dim: all },
      } = model;
    if (all <= 2) return "";
    const range = (values) => ({ least: format(Math.min(...values), 2), most: format(Math.max(...values), 2) });
    const active = codes.logVar
      ? fill(words.active, { active: activeUnits(codes), all })
      : fill(words.spread, { all, ...range(variances(codes).map(Math.sqrt)) });
    const responses = model.response ? fill(words.responses, range(model.response)) : "";
    return `<span title="${words.used_title}">${fill(words.sentence, { used: active, responses })}</span> `;
  }

  // Means or sampled z: only where there is a q(z|x) to sample, and a plane to show it in.
  /** @param {State} state */
  showSwitch(state) {
    /** @type {HTMLElement} */
    const box = this.element.querySelector(".switch");
    box.hidden = !this.model.entry.stochastic || !this.isPlane(state);
  }
}

// A measured figure, or a dash: a bundle of another version may lack it.
const figure = (value, decimals) => (Number.isFinite(value) ? value.toFixed(decimals) : "–");

// How much of the prior a model's codes cover, in a sentence, as HTML; nothing where that cannot be read.
export function coverOf({ metrics, latent_dim }, words) {
  const [best] = Array.isArray(metrics.coverage_null) ? metrics.coverage_null : [];
  if (latent_dim > SEEN || ![metrics.coverage, best].every(Number.isFinite)) return "";
  return `<span>${fill(words.covers, { share: percent(metrics.coverage), best: percent(best) })}</span> `;
}

// What a model's figures mean, and what they were measured on.
export function meaningOf({ metrics, images, latent_dim }, words) {
  const coverage = latent_dim <= SEEN ? words.coverage : fill(words.no_coverage, { dimensions: latent_dim });
  const measured = fill(words.measured, { images: images.toLocaleString("en"), seed: figure(metrics.seed, 0) });
  return [measured, words.bce, coverage, words.dash].join(" ");
}

// A model's figures, as HTML.
export function figuresOf({ stochastic, metrics, latent_dim }) {
  const [nullMean, nullStd] = Array.isArray(metrics.coverage_null) ? metrics.coverage_null : [];
  const of = (name) => figure(metrics[name], 1);
  const bce = stochastic
    ? `BCE <b>${of("reconstruction_sampled")}</b> at z, ${of("reconstruction")} at μ · ` +
      `KL <b>${figure(metrics.kl, 2)}</b> · −ELBO <b>${of("negative_elbo")}</b> nats`
    : `BCE <b>${of("reconstruction")}</b> nats at the code · no ELBO`;
  if (latent_dim > SEEN) return `<span>${bce}</span>`;
  const nulls = `${figure(nullMean, 3)} ± ${figure(nullStd, 3)}`;
  return `<span>${bce}</span> <span>coverage <b>${figure(metrics.coverage, 3)}</b>, null ${nulls}</span>`;
}

// The two panels' names: the kind of model, and the dataset where that is not enough.
export function panelNames(entries) {
  const alike = entries[0].title === entries[1].title && entries[0].name !== entries[1].name;
  return entries.map((entry) => (alike ? `${entry.title} ${entry.dataset_label}` : entry.title));
}
