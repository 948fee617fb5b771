// Replay: the two models' trainings in step. Codes move, the decoded manifold forms, curves draw a cursor.
//
// The scrubber's moments are those of the longer recording; the other panel shows its own moment at the same share of
// its training. At rest everything shown was recorded. While it plays, codes are interpolated linearly between two
// moments, and the page says so; everything else is that of the nearer moment.

import { Curves } from "./curves.js";
import { samplingNoise } from "../kernel/models.js";
import { rgb } from "../kernel/ramps.js";
import { percent, trimmed, whole } from "../kernel/format.js";
import { write } from "../parts/dom.js";
import { REACH } from "../kernel/recording.js";
import { listen } from "../parts/slider.js";
import { escaped, fill } from "../kernel/text.js";

const SPEED = 2.5; // moments a second
const STRENGTH = 0.75; // of the field's colours where D is sure
const still = () => window.matchMedia("(prefers-reduced-motion: reduce)").matches;

export class Replay {
  // root: the page's; page: a PageApi (tools.js).
  constructor(root, page) {
    this.root = root;
    this.page = page;
    this.find = (selector) => root.querySelector(selector);
    this.bar = this.find(".replay");
    this.range = this.find(".replay .moment");
    this.playButton = this.find(".replay .play");
    this.playing = false;
    this.hasField = false; // was a discriminator recorded?
    this.sides = new Map(
      page.panels.map((panel) => [panel, { recording: null, box: this.find(`.moments .${panel.side}`) }]),
    );
    listen(
      this.range,
      (moment) => this.scrub(moment),
      () => this.playing || page.commit(),
    );
    this.playButton.addEventListener("click", () => (this.playing ? this.pause() : this.play()));
    this.find(".replay .leave").addEventListener("click", () => {
      page.set({ moment: null });
      this.find(".open-replay").focus();
    });
  }

  // Shows the recordings of the panels' models, as often as those change.
  async open() {
    const wanted = this.page.panels.filter((panel) => panel.model).map((panel) => [panel, panel.model.entry]);
    const found = await Promise.all(wanted.map(([, entry]) => this.page.models.recording(entry)));
    // a later call shows the newer models
    if (this.page.state().moment === null || wanted.some(([panel, entry]) => panel.model.entry !== entry)) return;
    wanted.forEach(([panel], i) => (this.sides.get(panel).recording = found[i]));
    const recordings = found.filter(Boolean);
    this.main = recordings.reduce((a, b) => (b.moments > (a?.moments ?? 0) ? b : a), null);
    this.range.max = String(this.main?.last ?? 0);
    this.range.disabled = this.playButton.disabled = !this.main;
    this.hasField = recordings.some((recording) => recording.hasDiscriminator);
    for (const [panel] of wanted) this.build(panel, recordings);
    this.root.classList.add("replaying", "compact");
    this.bar.hidden = this.find(".moments").hidden = false;
    this.page.draw();
    this.root.dataset.replay = "true";
  }

  // Shows the finished models again.
  close() {
    this.stop();
    this.root.classList.remove("replaying", "compact");
    this.bar.hidden = this.find(".moments").hidden = this.find(".stage .decoders").hidden = true;
    delete this.root.dataset.replay;
    for (const [panel, side] of this.sides) {
      panel.map.setLayer(null);
      side.recording = null;
      for (const canvas of [panel.atMean, panel.atZ]) canvas.classList.remove("undecoded");
      delete panel.facts.dataset.replay;
      if (panel.model) panel.describe(this.page.state());
    }
    this.main = null;
  }

  get isOpen() {
    return "replay" in this.root.dataset;
  }

  build(panel, recordings) {
    const side = this.sides.get(panel),
      { recording, box } = side,
      { words } = this.page;
    Object.assign(side, { shown: null, noise: null, layer: null });
    write(box.querySelector(".title"), panel.name);
    box.querySelector(".none").hidden = Boolean(recording);
    box.querySelector(".manifold").hidden = !recording?.tensors.manifold;
    box.querySelector(".curves").hidden = !recording;
    delete panel.facts.dataset.replay;
    panel.map.setLayer(null);
    if (!recording) {
      write(
        box.querySelector(".none"),
        fill(panel.model.entry.latent_dim > 2 ? words.no_recording_dimensions : words.no_recording, {
          name: panel.name,
        }),
      );
      panel.describe(this.page.state());
      return;
    }
    const { codes, entry } = panel.model;
    side.label = Uint8Array.from(recording.rows, (row) => codes.label[row]);
    const others = recordings.filter(
      (one) => one !== recording && this.page.panels.every(({ model }) => model?.entry.dataset === entry.dataset),
    );
    side.curves = new Curves(box.querySelector(".curves"), words, panel.name, recording, others);
    side.canvas = box.querySelector(".manifold canvas");
    side.canvas.oncontextrestored = () => {
      side.shown = null;
      this.page.draw();
    };
    side.canvas.setAttribute("aria-label", fill(words.manifold, { name: panel.name }));
    write(box.querySelector(".manifold figcaption"), entry.shape ? words.manifold_plain : words.manifold_quantiles);
    recording.manifold().then((picture) => {
      if (side.recording !== recording) return;
      side.picture = picture;
      side.shown = null;
      this.page.draw();
    });
  }

  // ---- time ------------------------------------------------------------------------------------

  // Where the scrubber stands: a number from 0 to the last moment, whole unless it plays.
  get place() {
    if (!this.main) return 0;
    return this.playing ? this.running : Math.min(this.page.state().moment ?? this.main.last, this.main.last);
  }

  // The same share of the training in a panel's recording.
  placeOf(recording) {
    if (recording === this.main) return this.place;
    const place = recording.placeAt(this.main.progress(this.place));
    return this.playing && !still() ? place : Math.round(place);
  }

  scrub(moment) {
    this.stop();
    this.page.change({ moment });
  }

  play() {
    if (!this.main || this.playing) return;
    this.running = this.place >= this.main.last ? 0 : this.place;
    this.at = this.running; // before rounding for reduced motion
    this.playing = true;
    let before = null;
    const tick = (now) => {
      if (!this.playing) return;
      this.at = Math.min(this.main.last, this.at + (Math.min(now - (before ?? now), 100) / 1000) * SPEED);
      before = now;
      this.running = still() ? Math.floor(this.at) : this.at;
      if (this.running >= this.main.last) return this.pause();
      this.page.draw();
      requestAnimationFrame(tick);
    };
    requestAnimationFrame(tick);
    this.page.draw();
  }

  // Stays at the nearest recorded moment.
  pause() {
    const moment = Math.round(this.running);
    this.stop();
    this.page.change({ moment });
    this.page.commit();
  }

  stop() {
    this.playing = false;
  }

  // ---- one frame -------------------------------------------------------------------------------

  // What a panel's map shows in the place of the finished model's codes; null where there is no recording.
  of(panel) {
    const side = this.sides.get(panel),
      { recording } = side;
    if (!this.isOpen || !recording) return null;
    const place = this.placeOf(recording),
      moment = Math.round(place),
      state = this.page.state();
    const noise = state.codes === "sampled" && recording.logVar ? (side.noise ??= noiseOf(panel, recording)) : null;
    const row = panel.pickedRow(state),
      image = row === null ? -1 : recording.imageOf(row);
    const key = `${place} ${Boolean(noise)} ${image} ${state.field} ${this.page.fieldColours().prior}`;
    if (side.key !== key || !side.layer) {
      side.key = key;
      side.layer = {
        points: { ...recording.codes(place, noise), label: side.label },
        underlay:
          state.field === "D" && recording.hasDiscriminator
            ? this.fieldOf(side, moment, this.labelOf(side, image))
            : null,
        trail: image < 0 ? null : recording.trail(image, noise),
        past: Math.floor(place) + 1,
      };
    }
    panel.map.setLayer(side.layer);
    return {
      side,
      recording,
      place,
      moment,
      image: image < 0 ? null : image,
      finished: place >= recording.last,
      sampled: noise !== null,
    };
  }

  // Bar, manifolds, curves and the lines under the maps. shown: for each panel, what `of` gave.
  show(shown) {
    const { words } = this.page,
      { place } = this;
    write(this.playButton.querySelector("span"), this.playing ? words.pause : words.play);
    this.playButton.classList.toggle("playing", this.playing);
    if (Number(this.range.value) !== Math.round(place)) this.range.value = String(Math.round(place));
    this.find(".replay .scale").hidden = !this.hasField || this.page.state().field !== "D";
    const between = place % 1 !== 0;
    const values = {
      moment: Math.floor(place) + 1,
      next: Math.floor(place) + 2,
      moments: this.range.max - -1,
      share: this.main ? percent(this.main.progress(place) ** 3) : "",
    };
    write(
      this.find(".replay .when"),
      this.main ? fill(between ? words.between : words.at_moment, values) : words.nothing_to_replay,
    );
    this.range.setAttribute("aria-valuetext", this.announcement());
    const finished = shown.every((one) => !one || one.finished);
    this.find(".stage .decoders").hidden = finished;
    for (const [i, panel] of this.page.panels.entries()) {
      const one = shown[i];
      for (const canvas of [panel.atMean, panel.atZ])
        canvas.classList.toggle("undecoded", Boolean(one) && !one.finished);
      if (one) this.showSide(panel, one);
    }
  }

  showSide(panel, { side, recording, place, moment, sampled, image }) {
    side.curves.show(place);
    const { words } = this.page,
      state = this.page.state(),
      row = panel.pickedRow(state);
    const atRest = panel.model.entry.stochastic ? "means" : "codes";
    const facts = [
      fill(words.epoch, {
        epoch: trimmed(recording.epoch(moment)),
        epochs: recording.epochs,
        step: whole(recording.steps[moment]),
        steps: whole(recording.steps[recording.last]),
      }),
      fill(words.recorded[sampled ? "sampled" : atRest], {
        images: whole(recording.images),
        all: whole(panel.model.codes.label.length),
      }),
    ];
    if (row !== null && image === null) facts.push(fill(words.not_recorded, { row }));
    if (state.field === "D" && recording.hasLabels) {
      const name = panel.model.entry.classes[this.labelOf(side, image ?? -1)];
      facts.push(fill(words.field_label, { name: escaped(name) }));
    }
    const text = facts.map((fact) => `<span>${fact}</span>`).join(" ");
    if (panel.facts.dataset.replay !== text) {
      panel.facts.innerHTML = panel.facts.dataset.replay = text;
      panel.facts.title = "";
    }
    if (!side.picture || side.shown === moment) return;
    side.shown = moment;
    const edge = side.picture.width,
      { canvas } = side; // the picture holds the moments one below the other
    if (canvas.width !== edge) canvas.width = canvas.height = edge;
    canvas.getContext("2d").drawImage(side.picture, 0, moment * edge, edge, edge, 0, 0, edge, edge);
  }

  // A moment's text for screen readers.
  announcement() {
    const { words } = this.page;
    return this.page.panels
      .filter((panel) => this.sides.get(panel).recording)
      .map((panel) => {
        const { recording } = this.sides.get(panel),
          moment = Math.round(this.placeOf(recording));
        return fill(words.announced, {
          name: panel.name,
          epoch: trimmed(recording.epoch(moment)),
          step: whole(recording.steps[moment]),
        });
      })
      .join("; ");
  }

  // ---- the followed image, and the field ---------------------------------------------------------

  // The test set's row of one of the codes on a panel's map.
  rowOf(panel, image) {
    return this.sides.get(panel).recording.rows[image];
  }

  // A label-informed discriminator is shown for the followed image's label, or the first.
  labelOf({ recording, label }, image) {
    return recording.hasLabels && image >= 0 ? label[image] : 0;
  }

  // D at a point of a panel's map, or null where none is shown.
  probabilityAt(panel, [x, y]) {
    const side = this.sides.get(panel),
      { recording } = side,
      state = this.page.state();
    if (!recording?.hasDiscriminator || state.field !== "D") return null;
    const row = panel.pickedRow(state);
    const logit = recording.logitAt(
      Math.round(this.placeOf(recording)),
      x,
      y,
      this.labelOf(side, row === null ? -1 : recording.imageOf(row)),
    );
    return logit === null ? null : 1 / (1 + Math.exp(-logit));
  }

  // D(z) as a picture: one colour where it takes z for a draw of the prior, another for a code, none at ½.
  fieldOf(side, moment, label) {
    const { recording } = side,
      colours = this.page.fieldColours(),
      key = `${moment} ${label} ${colours.prior}`;
    if (side.fieldKey === key) return side.underlay;
    const { points } = recording,
      logit = recording.logit(moment, label);
    const canvas = (side.fieldCanvas ??= document.createElement("canvas"));
    Object.assign(canvas, { width: points, height: points });
    const context = canvas.getContext("2d"),
      image = context.createImageData(points, points);
    const [prior, codes] = [colours.prior, colours.codes].map(rgb);
    for (let i = 0; i < logit.length; i++) {
      const d = 1 / (1 + Math.exp(-logit[i])),
        at = 4 * ((points - 1 - Math.floor(i / points)) * points + (i % points)); // pictures begin at the top
      image.data.set(d > 0.5 ? prior : codes, at);
      image.data[at + 3] = Math.round(255 * STRENGTH * Math.abs(2 * d - 1));
    }
    context.putImageData(image, 0, 0);
    side.fieldKey = key;
    side.underlay = { picture: canvas, reach: (REACH * points) / (points - 1) }; // a pixel's middle is the grid's point
    return side.underlay;
  }
}

// ---- helpers -----------------------------------------------------------------------------------

function noiseOf(panel, recording) {
  // the map's own: at the last moment both show the same z
  const all = samplingNoise(panel.model.codes.label.length, 2);
  return all.map((column) => Float64Array.from(recording.rows, (row) => column[row]));
}
