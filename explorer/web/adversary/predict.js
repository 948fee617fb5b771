// Predict: questions about a cloud of codes q beside p = N(0, I), about a VAE, and about an AAE. The answers are
// computed; the map and the bars move with them.

import { PredictionMap } from "./prediction_map.js";
import { ofWidth, QUESTIONS, rowsOf, sceneOf } from "./questions.js";
import { spaced, surgery } from "./surgery.js";
import { fieldOf } from "../kernel/address.js";
import { format, percent } from "../kernel/format.js";
import { fill } from "../kernel/text.js";
import { write } from "../parts/dom.js";
import { WidthWork } from "../parts/width/work.js";
import { Painter } from "../parts/painter.js";
import { Bars, betweenValues } from "../parts/quiz/bars.js";
import { Quiz } from "../parts/quiz/quiz.js";
import { Slider } from "../parts/slider.js";

const NAMES = Object.keys(QUESTIONS);
const ON_MAP = ["best", "blind", "gradient", "empty"]; // the questions that have the map
const HOLE = fieldOf("adversary", "hole");
const IMAGES = 1000; // of the parts of the KL

export class PredictTab {
  constructor(lesson, root) {
    this.lesson = lesson;
    this.root = root;
    const { words } = lesson;
    this.find = (selector) => root.querySelector(selector);
    this.map = new PredictionMap(this.find(".host"), words, {
      onMove: (part) => this.change(part),
      onCommit: () => this.finish(),
    });
    this.bars = new Bars(this.find(".bars"), { name: words.predict_bars, guess: words.predict_guess });
    this.hole = new Slider(this.find(".sliders"), {
      symbol: "p",
      range: [0.01, HOLE.most],
      limit: HOLE.most,
      least: 0.01,
      onMove: (hole) => this.change({ hole }),
      onCommit: () => this.finish(),
    });
    this.hole.name(words.predict_hole);
    this.lists = {
      vae: lesson.modelList(
        this.find("select.vae"),
        (vae) => this.set({ vae }),
        ({ stochastic, shape }) => stochastic && !shape,
      ),
      point: lesson.modelList(
        this.find("select.aae"),
        (point) => this.set({ point, image: 0 }),
        ({ discriminator, shape, weights }) => discriminator && !shape && "adversarial_weight" in weights,
      ),
    };
    this.work = new WidthWork(lesson.shelf, () => this.painter.draw());
    this.quiz = new Quiz(this.find(".card"), {
      key: "adversary",
      words,
      questions: QUESTIONS,
      given: () => this.given(),
      at: () => this.own.step,
      go: (step) => this.set({ step }),
      sceneOf,
      start: (given) => sceneOf(this.name, given, undefined, false),
      between,
      show: (scene) => this.show(scene),
      shuffle: () => this.shuffle(),
      redraw: () => this.painter.draw(),
      tell: () => this.painter.draw(() => lesson.announce(this.quiz.spoken())),
    });
    this.painter = new Painter(() => this.paint(), root);
  }

  // ---- its part of the lesson's state

  get own() {
    return this.lesson.state.predict;
  }

  get name() {
    return NAMES[this.own.step - 1];
  }

  change(part) {
    this.lesson.change(part);
    this.painter.draw();
  }

  finish() {
    this.lesson.commit();
    this.painter.draw(() => this.lesson.announce(this.quiz.spoken()));
  }

  set(part) {
    this.lesson.change(part);
    this.lesson.commit();
    this.refresh();
  }

  // Asks all questions again of another cloud and another image.
  shuffle() {
    const any = (low, high) => low + Math.random() * (high - low),
      entry = this.lesson.catalogue.get(this.own.point);
    const angle = any(0, 2 * Math.PI),
      far = any(1.5, 2.5);
    this.set({
      step: 1,
      mean: [far * Math.cos(angle), far * Math.sin(angle)],
      std: any(0.6, 1.2),
      hole: any(0.05, 0.5),
      image: entry ? Math.floor(Math.random() * entry.images) : 0,
    });
  }

  // ---- models

  refresh() {
    const { lesson, own, name } = this;
    for (const [field, list] of Object.entries(this.lists)) list.show(own[field]);
    this.work.stop();
    const entry = lesson.catalogue.get(own[name === "part" ? "vae" : "point"]);
    write(this.find(".why-not"), (name === "point" && lesson.shelf.showMissing(entry ?? null)) || "");
    if (name !== "point") lesson.shelf.showMissing(null);
    if (entry && name === "part") this.takeApart(own.vae);
    if (entry && name === "point") this.work.begin(entry, own.image).catch((error) => lesson.fail(error));
    this.painter.draw();
  }

  // The two parts of the KL of a VAE.
  takeApart(vae) {
    if (this.parts?.of === vae) return;
    this.lesson
      .model(vae)
      .then(({ x, y, logVar }) => {
        const rows = spaced(x.length, IMAGES);
        this.parts = { of: vae, images: rows.length, ...surgery({ mean: [x, y], logVar }, rows) };
        this.painter.draw();
      })
      .catch((error) => this.lesson.fail(error));
  }

  // What the question is about; null as long as it is not here.
  given() {
    const { own, name, parts } = this;
    if (name === "part") return parts?.of === own.vae ? parts : null;
    if (name !== "point") return { q: { mean: own.mean, std: own.std }, hole: own.hole };
    const terms = this.work.found?.terms;
    if (!terms?.done) return null;
    return ofWidth(terms, Number(this.work.found.model.entry.weights.adversarial_weight));
  }

  // ---- one frame

  paint() {
    const { own, name } = this;
    this.root.dataset.question = name;
    const onMap = ON_MAP.includes(name);
    this.find(".host").hidden = !onMap;
    this.find(".bars").classList.toggle("large", !onMap);
    this.find(".sliders").hidden = name !== "empty";
    this.find(".of-vae").hidden = name !== "part";
    this.find(".of-aae").hidden = name !== "point";
    this.hole.show(own.hole);
    this.quiz.draw();
    write(this.find(".scene"), this.quiz.sceneText());
    write(this.find(".source"), this.source());
  }

  // Where the numbers come from.
  source() {
    const { words, catalogue } = this.lesson,
      { own, name, parts, work } = this;
    if (ON_MAP.includes(name)) return name === "empty" ? words.predict_from_hole : words.predict_from_cloud;
    const isOfVae = name === "part";
    if (!catalogue.get(isOfVae ? own.vae : own.point)) return isOfVae ? words.no_vae : words.no_aae;
    if (!isOfVae && work.found && !work.found.terms) return ""; // the image is missing, which stands above
    if (!this.given()) return words.predict_computing;
    if (isOfVae) return fill(words.predict_from_vae, { n: parts.images.toLocaleString("en") });
    return fill(words.predict_from_aae, { image: own.image });
  }

  /** @param {{now: any} | null} shown */
  show(shown) {
    const given = this.given();
    this.scene = shown?.now ?? (given && sceneOf(this.name, given, undefined, false));
    const { scene, name } = this,
      isRevealed = Boolean(this.quiz.memory.revealed[name]);
    this.find(".bars").hidden = !scene;
    if (!scene) return;
    const first = sceneOf(name, given, undefined, false).bars,
      titles = this.lesson.words[`${name}_bars`].split("|"),
      decimals = name === "best" ? 4 : 3;
    this.bars.show(
      rowsOf(name, first).map(([key, most, symbol], i) => ({
        key,
        title: titles[i],
        most,
        symbol,
        text: key === "d" ? percent(scene.bars[key]) : format(scene.bars[key], decimals),
      })),
      scene.bars,
      (key) => first[key] === null && !isRevealed,
    );
    const { mean, std } = this.own;
    if (ON_MAP.includes(name)) this.map.show(scene, { mean, std }, name === "empty", this.lesson.colours);
  }

  recolour() {
    this.painter.draw();
  }

  stop() {
    this.quiz.stop();
    this.work.stop();
  }

  destroy() {
    this.map.destroy();
  }
}

// A scene on the way: the mean of q moves evenly, its width by equal factors. The map has its colours at the end.
function between(from, to, share) {
  const mix = (a, b) => (1 - share) * a + share * b;
  return {
    ...to,
    q: {
      ...to.q,
      mean: to.q.mean.map((value, i) => mix(from.q.mean[i], value)),
      std: from.q.std ** (1 - share) * to.q.std ** share,
    },
    coloured: to.coloured && share >= 1,
    bars: betweenValues(from.bars, to.bars, share),
  };
}
