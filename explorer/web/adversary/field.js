// The field that pulls: that of the VAE's KL term beside that of an AAE's discriminator, over the same plane, of the
// finished models or at a recorded moment of their training.

import { Moment } from "./moment.js";
import { TrainedDiscriminator } from "../kernel/trained_discriminator.js";
import { set, svgElement } from "../parts/svg.js";
import { gradientAt, gridPoints, growing, Plane, pullOf, tellTale } from "../parts/plane.js";
import { Painter } from "../parts/painter.js";
import { format } from "../kernel/format.js";
import { write, writeCells } from "../parts/dom.js";
import { captionOf, partNote, partOf, textbookNote } from "./field_words.js";
import { batchStatistics } from "../kernel/network.js";
import { RecordedDiscriminator } from "./recorded_discriminator.js";
import { fill } from "../kernel/text.js";

const REACH = 4.2,
  SIDE = 64;
const SHOWN = 2000; // codes on a map: more would hide what lies beneath
const COSTLY = 8; // nats at which the KL's colour is full
const SHORTEST = 0.08; // latent units: no arrow at the point is drawn for a pull below it
// The models of each list, as in adversary.choices.
const LISTED = { vae: ({ stochastic, shape }) => stochastic && !shape, aae: ({ discriminator }) => discriminator };

export class FieldTab {
  constructor(lesson, root) {
    this.lesson = lesson;
    this.root = root;
    this.models = {};
    this.grids = new Map();
    this.recordedDiscriminators = new Map(); // by model and moment
    const { words } = lesson,
      find = (selector) => root.querySelector(selector);
    this.find = find;
    this.planes = {
      vae: new Plane(find(".kl .host"), { name: words.kl_map, reach: REACH }),
      aae: new Plane(find(".d .host"), { name: words.d_map, reach: REACH }),
    };
    this.pulls = {};
    this.lists = {};
    for (const [side, plane] of Object.entries(this.planes)) {
      this.pulls[side] = ["halo", "pull"].map((name) => plane.marks.appendChild(svgElement("line", { class: name })));
      plane.addHandle("point", {
        symbol: "z",
        at: [0, 0],
        name: `${words.point}, ${plane.host.getAttribute("aria-label")}`,
        onMove: (z) => {
          lesson.change({ z });
          this.draw();
        },
        onCommit: () => this.finish(),
      });
      this.lists[side] = lesson.modelList(find(`select.${side}`), (name) => this.set({ [side]: name }), LISTED[side]);
      plane.after = () => this.placePulls();
    }
    for (const radio of root.querySelectorAll("input[name=part]"))
      radio.addEventListener("change", () => this.set({ part: radio.value }));
    this.labels = find("select.label");
    this.labels.addEventListener("change", () => this.set({ label: Number(this.labels.value) }));
    this.moment = new Moment(lesson, find(".moment-bar"), {
      onMove: () => this.move(),
      onCommit: () => this.finishMove(),
    });
    this.painter = new Painter(() => this.paint(), root);
  }

  set(part) {
    this.lesson.change(part);
    this.lesson.commit();
    this.refresh();
  }

  finish() {
    this.lesson.commit();
    this.painter.draw(() => this.values.d && this.lesson.announce(`D(z) ${format(this.values.d.probability, 3)}`));
  }

  // Another moment of the training, while the scrubber moves.
  move() {
    this.moment
      .fetch()
      .then(() => this.drawAll())
      .catch((error) => this.lesson.fail(error));
    this.drawAll();
  }

  finishMove() {
    this.lesson.commit();
    this.lesson.announce(this.moment.announcement());
  }

  draw() {
    this.painter.draw();
  }

  // With what does not move with the point.
  drawAll() {
    this.mapsDue = true;
    this.draw();
  }

  recolour() {
    this.drawAll();
  }

  stop() {
    if (this.moment.playing) this.moment.pause();
  }

  destroy() {
    this.moment.halt();
    for (const plane of Object.values(this.planes)) plane.destroy();
  }

  // Brings the maps up to the state; a model that is not here yet is fetched.
  refresh() {
    const { field } = this.lesson.state;
    const aae = this.lesson.catalogue.get(field.aae),
      part = aae ? partOf(aae, field.part) : field.part;
    for (const radio of this.root.querySelectorAll("input[name=part]")) {
      radio.checked = radio.value === part;
      radio.disabled = aae !== undefined && partOf(aae, radio.value) !== radio.value;
    }
    for (const side of ["vae", "aae"]) {
      if (field[side] === null) continue;
      this.lists[side].show(field[side]);
      this.lesson
        .model(field[side])
        .then((model) => {
          if (this.lesson.state.field[side] !== model.entry.name) return;
          this.models[side] = model;
          if (side === "aae") model.discriminator ??= new TrainedDiscriminator(model.tensors, model.entry);
          this.drawAll();
        })
        .catch((error) => this.lesson.fail(error));
    }
    this.moment
      .fetch()
      .then(() => this.drawAll())
      .catch((error) => this.lesson.fail(error));
    if (field.vae === null) this.find(".kl .caption span").textContent = this.lesson.words.no_vae;
    if (field.aae === null) this.find(".d .caption span").textContent = this.lesson.words.no_aae;
    this.drawAll();
  }

  // A side's codes {x, y, label}, of the finished model or of the moment. The images are the same: as many as recorded,
  // evenly.
  codes(side) {
    const model = this.models[side],
      at = this.moment.of(side);
    if (at)
      return { ...at.recording.codes(at.moment), label: Uint8Array.from(at.recording.rows, (row) => model.label[row]) };
    if (!model.some) {
      const n = model.x.length,
        count = Math.min(SHOWN, n),
        rows = Array.from({ length: count }, (_, i) => Math.floor((i * n) / count));
      model.some = Object.fromEntries(["x", "y", "label"].map((name) => [name, rows.map((row) => model[name][row])]));
    }
    return model.some;
  }

  // The AAE's discriminator, finished or at the moment.
  discriminator() {
    const at = this.moment.of("aae"),
      { entry, discriminator } = this.models.aae;
    if (!at) return discriminator;
    const key = `${entry.digest} ${at.moment}`;
    if (!this.recordedDiscriminators.has(key))
      this.recordedDiscriminators.set(key, new RecordedDiscriminator(at.recording, at.moment));
    return this.recordedDiscriminators.get(key);
  }

  // What the AAE's map draws of its logit, or of a part: {values, side, reach, field, middle: the value at half of the
  // codes}; each is worked out once.
  grid(discriminator, codes, part, label) {
    const recorded = discriminator instanceof RecordedDiscriminator,
      moment = recorded ? discriminator.moment : "finished",
      key = `${this.models.aae.entry.digest} ${moment} ${part} ${discriminator.labelled ? label : ""}`;
    if (!this.grids.has(key)) {
      const values = recorded
        ? discriminator.values(part, label)
        : discriminator.logits(gridPoints(REACH, SIDE), { label, part });
      const limit = recorded ? discriminator.reach : Infinity,
        inside = (row) => Math.max(Math.abs(codes.x[row]), Math.abs(codes.y[row])) < limit;
      const rows = [...codes.label.keys()]
        .filter((row) => inside(row) && (!discriminator.labelled || codes.label[row] === label))
        .slice(0, 600);
      const own = discriminator.logits(Float64Array.from(rows.flatMap((row) => [codes.x[row], codes.y[row]])), {
        label,
        part,
      });
      const slope = part === "whole" ? pullOf(values, REACH) : (x, y) => gradientAt(values, x, y, REACH);
      const field = recorded ? discriminator.field(part, label) : slope;
      this.grids.set(key, {
        values,
        field,
        side: recorded ? discriminator.side : SIDE,
        reach: recorded ? discriminator.reach : REACH,
        middle: own.length ? own.sort()[own.length >> 1] : 0,
      });
    }
    return this.grids.get(key);
  }

  // Draws what does not depend on the point.
  paintMaps() {
    const { field } = this.lesson.state,
      { vae, aae } = this.models;
    this.moment.show();
    if (vae && vae.entry.name === field.vae) this.paintVae(vae);
    if (aae && aae.entry.name === field.aae) this.paintAae(aae);
  }

  paintVae(vae) {
    const { words, colours } = this.lesson,
      codes = this.codes("vae"),
      { beta } = vae.entry.weights,
      costs = new Float64Array(SIDE * SIDE);
    gridPoints(REACH, SIDE).forEach((value, i) => (costs[i >> 1] += 0.5 * value * value));
    this.planes.vae.show({
      heat: {
        values: costs,
        colour: growing(colours.cost, COSTLY),
      },
      dots: [this.dots(codes)],
      shape: null,
      field: (x, y) => [-x, -y],
    });
    const caption = fill(words.kl_caption, {
      beta: beta === 1 ? "" : fill(words.beta, { beta }),
      count: codes.x.length.toLocaleString("en"),
    });
    this.caption(".kl", "vae", caption);
  }

  paintAae(aae) {
    const { words, colours, state } = this.lesson,
      { label } = state.field,
      part = partOf(aae.entry, state.field.part),
      discriminator = this.discriminator(),
      codes = this.codes("aae"),
      { labelled, smoothing } = discriminator;
    const { values, middle, field, side, reach } = this.grid(discriminator, codes, part, label),
      shown = tellTale(colours.real, colours.fake);
    const own = labelled
      ? [
          this.dots(codes, (row) => codes.label[row] !== label, 0.25),
          this.dots(codes, (row) => codes.label[row] === label, 1, 3.5),
        ]
      : [this.dots(codes)];
    this.planes.aae.show({
      heat: { values, side, reach, colour: part === "whole" ? shown : (value) => shown(value - middle) },
      dots: own,
      shape: aae.entry.shape,
      field,
    });
    const count = codes.x.length,
      caption = captionOf(words, aae.entry, { part, smoothing, count, label: labelled ? label : null });
    this.caption(".d", "aae", caption + (this.moment.of("aae") ? fill(words.recorded_caption, { points: side }) : ""));
    const features = aae.discriminator.frequencies.length;
    write(this.find(".part-note"), partNote(words, aae.entry, { smoothing, features }));
    write(this.find(".textbook-note"), textbookNote(words, aae.entry, this.lesson.catalogue, this.spreadOf(aae)));
    this.find(".labels").hidden = !labelled;
    if (labelled) {
      if (this.labels.length !== aae.entry.classes.length || this.labelsOf !== aae)
        this.labels.replaceChildren(...aae.entry.classes.map((name, i) => new Option(name, i)));
      this.labelsOf = aae;
      this.labels.value = String(label);
    }
    this.root.dataset.shown = `${aae.entry.name} ${part} ${label}`;
  }

  // The standard deviations of a model's codes, of all test images.
  spreadOf(model) {
    const { x, y } = model,
      points = () => Float64Array.from({ length: 2 * x.length }, (_, i) => (i % 2 ? y : x)[i >> 1]);
    return (model.spread ??= batchStatistics(points(), x.length, 2).std);
  }

  // side: whose; its place in its training comes first. text: what the map shows, "|", and more of it, which
  // presentation mode leaves out.
  caption(panel, side, text) {
    const [shows, ...more] = text.split("|");
    write(this.find(`${panel} .caption b`), this.moment.says(side));
    write(this.find(`${panel} .caption span`), shows);
    write(this.find(`${panel} .caption .more`), more.join("|"));
    this.find(`.panel${panel}`).dataset.moment = this.moment.of(side)?.moment ?? "finished";
  }

  dots(codes, wanted = (_row) => true, alpha = 0.75, size = 2.4) {
    const rows = [...codes.label.keys()].filter(wanted),
      take = (values) => rows.map((row) => values[row]);
    return {
      x: take(codes.x),
      y: take(codes.y),
      label: take(codes.label),
      colour: (which) => this.lesson.colours.classes[which],
      alpha,
      size,
    };
  }

  // The point, what pulls it on either side, and the numbers: all from one state.
  paint() {
    const {
        words,
        state: { field },
      } = this.lesson,
      { z } = field,
      { aae } = this.models,
      [x, y] = z;
    const pair = (values) => `(${values.map((value) => format(value, 3)).join(", ")})`;
    const here = aae && aae.entry.name === field.aae,
      recorded = here && this.moment.of("aae") !== null,
      d = here ? this.discriminator().at(z, field.label) : null;
    if (this.mapsDue) this.paintMaps();
    this.mapsDue = false;
    this.values = { z, kl: [-x, -y], d };
    for (const plane of Object.values(this.planes)) plane.moveHandle("point", z);
    this.placePulls();
    const table = this.find(".at-point");
    table.querySelector("caption").textContent = fill(recorded ? words.at_point_recorded : words.at_point, {
      z: pair(z),
    });
    writeCells(table, { cost: `${format(0.5 * (x * x + y * y))} nats`, kl: pair([-x, -y]) });
    if (d) {
      writeCells(table, {
        learnt: format(d.learnt),
        given: aae.entry.given_prior ? format(d.given) : words.not_given,
        logit: format(d.logit),
        probability: format(d.probability),
        pull: pair(d.pull),
      });
      Object.assign(table.dataset, { logit: d.logit, pull: d.pull.join(","), probability: d.probability });
    } else writeCells(table, { learnt: "–", given: "–", logit: "–", probability: "–", pull: "–" });
    const exact = here && aae.entry.given_prior ? words.read_exact : "",
      note = d ? fill(words.read_note, { exact }) : words.outside_note;
    write(this.find(".read"), recorded ? note : "");
    this.checked(this.lesson.data.check);
  }

  // Shows Python's answer while the point is the one for which it was computed.
  checked(check) {
    const { field } = this.lesson.state;
    const fits =
      check && !this.moment.of("aae") && JSON.stringify(check.of) === JSON.stringify([field.aae, field.z, field.label]);
    this.find(".check").textContent = fits ? check.text : "";
  }

  placePulls() {
    if (!this.values) return;
    const { z, kl, d } = this.values;
    for (const [side, pull] of [
      ["vae", kl],
      ["aae", d?.pull],
    ]) {
      const { x, y } = this.planes[side].scale(),
        size = pull ? Math.hypot(...pull) : 0;
      for (const line of this.pulls[side]) {
        line.style.display = size > SHORTEST ? "" : "none";
        if (pull) set(line, { x1: x(z[0]), y1: y(z[1]), x2: x(z[0] + pull[0]), y2: y(z[1] + pull[1]) });
      }
    }
  }
}
