// The field that pulls: that of the VAE's KL term beside that of an AAE's discriminator, over the same plane.

import { Discriminator } from "./discriminator.js";
import { choose, fill } from "./forms.js";
import { sigmoid } from "./judge.js";
import { set, svgElement } from "./map.js";
import { gradientAt, gridPoints, growing, Plane, pullOf, tellTale } from "./plane.js";
import { format } from "./readout.js";
import { Painter } from "./painter.js";

const REACH = 4.2, SIDE = 64;
const SHOWN = 2000; // codes on a map: more would hide what lies beneath
const COSTLY = 8; // nats at which the KL's colour is full
const SHORTEST = 0.08; // latent units: no arrow at the point is drawn for a pull below it

export class FieldTab {
  constructor(lesson, root) {
    Object.assign(this, { lesson, root, models: {}, grids: new Map() });
    const { words } = lesson, find = (selector) => root.querySelector(selector);
    this.find = find;
    this.planes = {
      vae: new Plane(find(".kl .host"), { name: words.kl_map, reach: REACH }),
      aae: new Plane(find(".d .host"), { name: words.d_map, reach: REACH }),
    };
    this.pulls = {};
    for (const [side, plane] of Object.entries(this.planes)) {
      this.pulls[side] = ["halo", "pull"].map((name) => plane.marks.appendChild(svgElement("line", { class: name })));
      plane.addHandle("point", {
        symbol: "z", at: [0, 0], name: `${words.point}, ${plane.host.getAttribute("aria-label")}`,
        onMove: (z) => (lesson.change({ z }), this.draw()), onCommit: () => this.finish(),
      });
      const select = find(`select.${side}`);
      for (const name of lesson.data.choices[side]) select.add(new Option(lesson.catalogue.get(name).choice, name));
      select.addEventListener("change", () => this.set({ [side]: select.value }));
      plane.after = () => this.placePulls();
    }
    for (const radio of root.querySelectorAll("input[name=part]")) radio.addEventListener("change", () => this.set({ part: radio.value }));
    this.labels = find("select.label");
    this.labels.addEventListener("change", () => this.set({ label: Number(this.labels.value) }));
    this.painter = new Painter(() => this.paint());
  }

  set(part) {
    this.lesson.change(part);
    this.lesson.commit();
    this.refresh();
  }

  finish() {
    this.draw();
    this.lesson.commit();
    const now = this.values?.d;
    if (now) this.lesson.announce(`D(z) ${format(now.probability, 3)}`);
  }

  draw() {
    this.painter.draw();
  }

  recolour() {
    this.paintMaps();
    this.draw();
  }

  stop() {}

  destroy() {
    for (const plane of Object.values(this.planes)) plane.destroy();
  }

  // Brings the maps up to the state; a model that is not here yet is fetched.
  refresh() {
    const { field } = this.lesson.state;
    for (const radio of this.root.querySelectorAll("input[name=part]")) radio.checked = radio.value === field.part;
    for (const side of ["vae", "aae"]) {
      if (field[side] === null) continue;
      choose(this.find(`select.${side}`), field[side]);
      this.lesson.model(field[side]).then((model) => {
        if (this.lesson.state.field[side] !== model.entry.name) return;
        this.models[side] = model;
        if (side === "aae") model.discriminator ??= new Discriminator(model.tensors, model.entry.shape);
        this.paintMaps();
        this.draw();
      }).catch((error) => this.lesson.fail(error));
    }
    if (field.vae === null) this.find(".kl .caption").textContent = this.lesson.words.no_vae;
    if (field.aae === null) this.find(".d .caption").textContent = this.lesson.words.no_aae;
    this.draw();
  }

  // The grid of a model's logits, or of a part of them; each is worked out once.
  grid(model, part, label) {
    const key = `${model.entry.digest} ${part} ${model.discriminator.labelled ? label : ""}`;
    if (!this.grids.has(key)) {
      const points = gridPoints(REACH, SIDE), values = model.discriminator.logits(points, { label, part });
      const rows = Array.from({ length: model.x.length }, (_, row) => row).filter((row) => !model.discriminator.labelled || model.label[row] === label).slice(0, 600);
      const own = model.discriminator.logits(Float64Array.from(rows.flatMap((row) => [model.x[row], model.y[row]])), { label, part });
      this.grids.set(key, { values, middle: own.sort()[own.length >> 1] }); // at half of the codes
    }
    return this.grids.get(key);
  }

  // What does not move with the point.
  paintMaps() {
    const { field } = this.lesson.state, { words, colours } = this.lesson, { vae, aae } = this.models;
    if (vae && vae.entry.name === field.vae) {
      this.planes.vae.show({
        heat: { values: gridPoints(REACH, SIDE).reduce((costs, value, i) => ((costs[i >> 1] += 0.5 * value * value), costs), new Float64Array(SIDE * SIDE)), colour: growing(colours.cost, COSTLY) },
        dots: [this.dots(vae)], shape: null, field: (x, y) => [-x, -y],
      });
      const { beta } = vae.entry.weights;
      this.find(".kl .caption").textContent = words.kl_caption.replace("{beta}", beta === 1 ? "" : words.beta.replace("{beta}", beta)).replace("{count}", Math.min(SHOWN, vae.x.length).toLocaleString("en"));
    }
    if (!aae || aae.entry.name !== field.aae) return;
    const { labelled, waves, smoothing } = aae.discriminator, { part, label } = field;
    const { values, middle } = this.grid(aae, part, label), shown = tellTale(colours.real, colours.fake);
    const own = labelled ? [this.dots(aae, (row) => aae.label[row] !== label, 0.25), this.dots(aae, (row) => aae.label[row] === label, 1, 3.5)] : [this.dots(aae)];
    this.planes.aae.show({
      heat: { values, colour: part === "whole" ? shown : (value) => shown(value - middle) },
      dots: own, shape: aae.entry.shape,
      field: part === "whole" ? pullOf(values, REACH) : (x, y) => gradientAt(values, x, y, REACH),
    });
    const count = Math.min(SHOWN, aae.x.length).toLocaleString("en");
    const caption = {
      whole: () => words.d_caption.replace("{weight}", words.weight.replace("{weight}", aae.entry.weights.adversarial_weight)).replace("{count}", count),
      learnt: () => words.learnt_caption.replace("{rest}", smoothing ? words.rest : ""),
      given: () => words.given_caption.replace("{smoothed}", smoothing ? words.smoothed : ""),
    }[part]();
    this.find(".d .caption").textContent = caption + (labelled ? words.labelled_caption.replace("{label}", aae.entry.classes[label]) : "");
    this.find(".waves").textContent = waves.length ? words.waves_note.replace("{waves}", waves.length) : smoothing ? words.smoothed_note : "";
    this.find(".labels").hidden = !labelled;
    if (labelled) {
      this.labels.replaceChildren(...aae.entry.classes.map((name, i) => new Option(name, i)));
      this.labels.value = String(label);
    }
    this.root.dataset.shown = `${aae.entry.name} ${part} ${label}`;
  }

  dots(model, wanted = () => true, alpha = 0.75, size = 2.4) {
    const rows = Array.from({ length: model.x.length }, (_, row) => row).filter(wanted).slice(0, SHOWN);
    const take = (values) => rows.map((row) => values[row]);
    return { x: take(model.x), y: take(model.y), label: take(model.label), colour: (which) => this.lesson.colours.classes[which], alpha, size };
  }

  // The point, what pulls it on either side, and the numbers: all from one state.
  paint() {
    const { field } = this.lesson.state, { z } = field, { aae } = this.models, [x, y] = z;
    const pair = (values) => `(${values.map((value) => format(value, 3)).join(", ")})`;
    const d = aae && aae.entry.name === field.aae ? aae.discriminator.at(z, field.label) : null;
    this.values = { z, kl: [-x, -y], d };
    for (const plane of Object.values(this.planes)) plane.moveHandle("point", z);
    this.placePulls();
    const table = this.find(".at-point");
    table.querySelector("caption").textContent = this.lesson.words.at_point.replace("{z}", pair(z));
    fill(table, { cost: `${format(0.5 * (x * x + y * y))} nats`, kl: pair([-x, -y]) });
    if (d) {
      fill(table, { learnt: format(d.learnt), given: format(d.given), logit: format(d.logit), probability: format(d.probability), pull: pair(d.pull) });
      Object.assign(table.dataset, { logit: d.logit, pull: d.pull.join(","), probability: sigmoid(d.logit) });
    }
    this.checked(this.lesson.data.check);
    this.root.dataset.frame = (this.frames = (this.frames ?? 0) + 1);
  }

  // Python's answer stands as long as the point is the one it was worked out for.
  checked(check) {
    const { field } = this.lesson.state;
    const fits = check && JSON.stringify(check.of) === JSON.stringify([field.aae, field.z, field.label]);
    this.find(".check").textContent = fits ? check.text : "";
  }

  placePulls() {
    if (!this.values) return;
    const { z, kl, d } = this.values;
    for (const [side, pull] of [["vae", kl], ["aae", d?.pull]]) {
      const { x, y } = this.planes[side].scale(), size = pull ? Math.hypot(...pull) : 0;
      for (const line of this.pulls[side]) {
        line.style.display = size > SHORTEST ? "" : "none";
        if (pull) set(line, { x1: x(z[0]), y1: y(z[1]), x2: x(z[0] + pull[0]), y2: y(z[1] + pull[1]) });
      }
    }
  }
}
