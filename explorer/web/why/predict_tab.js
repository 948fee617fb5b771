// Predict: questions about the chosen models and the image. The answers are computed, and the figure moves with them.

import { meanOf, nearestRows } from "./blur.js";
import { ofBlur, ofBound, ofDraws, ofShell } from "./facts.js";
import { ImageWork } from "./image_work.js";
import { between, fullLength, QUESTIONS, sceneOf, startOf } from "./questions.js";
import { format, percent } from "../kernel/format.js";
import { sample } from "../kernel/models.js";
import { sigmoid } from "../kernel/perceptron.js";
import { write } from "../parts/dom.js";
import { ImageField } from "../parts/models/image_field.js";
import { drawPixels } from "../parts/pixels.js";
import { growing, Plane } from "../parts/plane.js";
import { Bars } from "../parts/quiz/bars.js";
import { Quiz } from "../parts/quiz/quiz.js";
import { set, svgElement } from "../parts/svg.js";

/** @type {Record<string, string>} the list of models that a question is about */
const MODELS = { invent: "ae", moved: "vae", nearest: "vae", double: "vae", blur: "vae", shell: "many" };
const LISTS = ["ae", "vae", "many"];
const NATS = 120; // below the largest log p(x|z), where its colour ends
const SEEN = 2; // pixels: the least radius of an ellipse
const SYMBOLS = { moved: ["p", "noise", "z"], double: ["z"], shell: ["z"] }; // of the bars
const INTEGRATED = ["moved", "nearest", "double"]; // of the image's p(x|z)

export class PredictTab {
  /** @param {import("./page.js").Lesson} lesson @param {any} root */
  constructor(lesson, root) {
    this.lesson = lesson;
    this.root = root;
    const { words } = lesson;
    this.lists = Object.fromEntries(LISTS.map((kind) => [kind, lesson.modelList(this.find(`select.${kind}`), kind)]));
    this.image = new ImageField(lesson, this.find(".image"), () => ({ mean: null, log_var: null, code: null }));
    this.work = new ImageWork(lesson, root, true);
    this.known = { key: null, name: null, facts: null }; // of the question that is shown
    this.plane = new Plane(this.find(".host"), { name: words.map_whole, reach: 4.8 });
    this.ring = svgElement("ellipse", { class: "q-ring" });
    this.plane.beneath.after(this.ring);
    this.plane.after = ({ x, y, unit }) => {
      const [a, b, ...stds] = this.ellipse ?? [0, 0, 0, 0],
        [rx, ry] = stds.map((std) => std && Math.max(SEEN, 2 * std * unit));
      set(this.ring, { cx: x(a), cy: y(b), rx, ry });
    };
    this.bars = new Bars(this.find(".bars-figure"), { name: words.predict_bars });
    this.quiz = new Quiz(this.find(".card"), {
      key: "why",
      words,
      questions: QUESTIONS,
      given: () => this.given(),
      at: () => lesson.state.step,
      go: (step) => lesson.set({ step }),
      sceneOf,
      start: (given) => startOf(this.quiz.name, given),
      between,
      show: (scene) => this.showFigure(scene),
      shuffle: () => {
        const { image, seed } = lesson.state,
          images = lesson.entry("vae")?.images ?? 1;
        lesson.set({ image: (image + 1) % images, seed: seed + 1, mean: null, log_var: null, code: null, z: null });
      },
      redraw: () => lesson.draw(),
      tell: () => lesson.draw(() => lesson.announce(this.spoken())),
    });
  }

  find(selector) {
    return this.root.querySelector(selector);
  }

  get kind() {
    return MODELS[this.quiz.name];
  }

  get needsImage() {
    return this.kind === "vae";
  }

  refresh() {
    const { lesson, kind, quiz } = this,
      entry = lesson.entry(kind);
    for (const one of LISTS) {
      this.find(`.choose.${one}`).hidden = one !== kind;
      this.lists[one].show(lesson.state[one]);
    }
    this.image.show(this.needsImage ? entry : undefined);
    this.find(".absent").hidden = Boolean(entry);
    const missing = this.needsImage && entry ? entry : null;
    write(this.find(".why-not"), lesson.shelf.showMissing(missing) ?? "");
    this.root.dataset.question = quiz.name;
    this.work.stop();
    if (entry) this.learn(quiz.name, entry).catch((error) => lesson.fail(error));
  }

  // Fetches and computes what a question is about.
  async learn(name, entry) {
    const { lesson } = this,
      { image, seed, neighbours } = lesson.state;
    if (INTEGRATED.includes(name)) {
      await this.work.begin(entry, image);
      return;
    }
    const key = [name, entry.digest, image, seed, neighbours, entry.originals].join();
    if (this.known.key === key) return;
    this.known = { key, name, facts: null };
    const facts = await { invent: ofCodes, blur: ofPicture, shell: ofRadii }[name](lesson, entry);
    if (this.known.key !== key) return;
    this.known.facts = facts;
    lesson.draw();
  }

  // What the question that is shown is about; null as long as that is not computed.
  given() {
    const { work } = this,
      { name } = this.quiz;
    if (!this.lesson.entry(this.kind)) return null;
    if (!INTEGRATED.includes(name)) return this.known.name === name ? (this.known.facts?.given ?? null) : null;
    if (!work.found) return null;
    if (this.integrated !== work.found) {
      this.integrated = work.found;
      const { codes } = work.model,
        { image } = this.lesson.state,
        own = (columns) => columns.map((column) => column[image]);
      const encoder = { mean: own(codes.mean), log_var: own(codes.logVar) };
      this.bound = {
        ...ofBound(work.likelihood, work.found, encoder),
        bce: -work.likelihood.logLikelihood(encoder.mean),
      };
    }
    return this.bound;
  }

  draw() {
    this.quiz.draw();
    write(this.find(".scene"), this.quiz.sceneText());
    write(this.find(".progress"), this.needsImage ? this.work.progress : "");
  }

  // ---- the figure ---------------------------------------------------------------------------------------------------

  showFigure(scene) {
    const { name } = this.quiz,
      given = this.given();
    this.find(".bars-figure").hidden = name === "nearest" || name === "blur";
    this.find(".map-figure").hidden = name !== "nearest";
    this.find(".picture-figure").hidden = name !== "blur";
    this.root.classList.toggle("waiting", !given);
    if (!given) return;
    const values = scene?.now ?? startOf(name, given);
    if (name === "nearest") this.showMap(scene && values);
    else if (name === "blur") this.showMix(values);
    else this.showBars(name, given, values);
  }

  showBars(name, given, values) {
    const { words } = this.lesson,
      isShare = name === "invent",
      titles = isShare ? given.labels : words[`${name}_bars`].split("|"),
      most = fullLength(name, given, values);
    const rows = titles.map((title, i) => ({
      key: String(i),
      title,
      text: isShare ? percent(values[i]) : format(values[i], 2),
      most,
      symbol: SYMBOLS[name]?.[i],
      colour: isShare ? this.lesson.colours.classes[i] : undefined,
    }));
    this.bars.show(rows, Object.fromEntries(values.entries()), () => false);
  }

  showMap(ellipse) {
    const { work, plane } = this,
      { grid } = work;
    this.ellipse = ellipse;
    if (plane.reach !== grid.reach) plane.look([0, 0], grid.reach);
    plane.show({
      heat: {
        values: work.shades(NATS),
        colour: growing(this.lesson.colours.likelihood, NATS),
        side: grid.side,
        reach: grid.reach,
      },
      shape: null,
    });
  }

  // weights: of the four pictures.
  showMix(weights) {
    const { pictures, side } = this.known.facts,
      mixed = pictures[0].map((_, i) => weights.reduce((sum, weight, k) => sum + weight * pictures[k][i], 0));
    for (const [name, picture] of Object.entries({ x: pictures[0], mixed }))
      drawPixels(
        this.find(`.${name}`),
        side,
        picture.map((value) => 255 * value),
      );
  }

  spoken() {
    return this.quiz.spoken();
  }

  stop() {
    this.work.stop();
    this.quiz.stop();
  }

  destroy() {
    this.stop();
    this.plane.destroy();
  }
}

// What a question is about, and what its figure needs beside that.

async function ofCodes(lesson, entry) {
  const { codes } = await lesson.shelf.open(entry);
  return {
    given: ofDraws(codes.logVar ? sample(codes) : codes.mean, codes.label, entry.classes, lesson.state.seed),
  };
}

async function ofPicture(lesson, entry) {
  const { image, neighbours } = lesson.state,
    [model, x] = await Promise.all([lesson.shelf.open(entry), lesson.shelf.image(entry, image)]);
  const near = x && (await lesson.shelf.images(entry, nearestRows(model.codes.mean, image, neighbours)));
  if (!near) return null;
  const logits = model.active.decode(model.codes.mean.map((column) => column[image])),
    decoded = Float64Array.from(logits, (logit) => sigmoid(logit));
  return {
    given: ofBlur(decoded, x, near),
    pictures: [Float64Array.from(x), meanOf(near), near[0], decoded],
    side: entry.image_side,
  };
}

async function ofRadii(lesson, entry) {
  return { given: ofShell(lesson.state.seed, entry.latent_dim) };
}
