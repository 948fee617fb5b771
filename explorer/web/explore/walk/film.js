// One model's walk as a strip of pictures, and below it how dense its codes lie along the way.

import { drawLogits, pixelsOf, putPixels } from "../../parts/pixels.js";
import { add, set } from "../../parts/svg.js";
import { format } from "../../kernel/format.js";
import { write } from "../../parts/dom.js";
import { along, position } from "./path.js";
import { densities, seesHoles } from "../holes.js";
import { fill } from "../../kernel/text.js";

const FINE = 4; // places of the curve for each frame, in the plane and at rest: in more dimensions each costs more
// nats that the charts show at most in the plane; in more dimensions one for each, if those are more: densities differ
// by that much
const DEPTH = 12;
const HEIGHT = 100; // of the chart in its own units

// All that a model shows of a walk. points: the waypoints in its dimensions, at least one; rows: of the codes that they
// are, or none; hurried: is it on the move.
export function walked(model, points, rows, way, count, hurried = false) {
  const { decoder, entry } = model,
    fine = entry.latent_dim === 2 && !hurried ? FINE : 1;
  const places = along(points, way, fine * (count - 1) + 1),
    frames = places.filter((_, i) => i % fine === 0);
  const curve = densities(model, places);
  const pictures = frames.map((place) => pixelsOf(decoder.decode(place)));
  return {
    model,
    points,
    rows,
    way,
    count,
    frames,
    curve,
    densities: curve.filter((_, i) => i % fine === 0),
    pictures,
    side: entry.image_side,
  };
}

// The range of log densities that charts of several walks share. Densities of different numbers of dimensions share
// none.
export function sharedRange(walks) {
  const values = walks.flatMap(({ curve }) => curve.flatMap(({ q, p }) => [q, p])).filter(Number.isFinite);
  const high = Math.ceil(Math.max(...values) + 0.2);
  const depth = Math.max(DEPTH, ...walks.map(({ model }) => model.entry.latent_dim));
  return [Math.max(Math.floor(Math.min(...values) - 0.2), high - depth), high];
}

export class Film {
  // box: the element to fill; on: {seek(frame), probe()}; words: the tool's.
  constructor(box, words, on) {
    this.box = box;
    this.words = words;
    box.className = "film";
    box.innerHTML = `<p class="reading"><b></b> <span class="of"></span> <span class="densities"></span><em></em><button
        type="button"></button></p>
      <div class="reel"><canvas class="strip" role="img"></canvas>
        <div class="chart"><span class="high"></span><span class="low"></span></div><i class="cursor"></i></div>
        <p class="none" hidden></p>`;
    this.find = (selector) => box.querySelector(selector);
    this.find(".strip").addEventListener("contextrestored", () => this.walk && this.drawStrip());
    this.chart = add(this.find(".chart"), "svg", {
      viewBox: `0 0 1 ${HEIGHT}`,
      preserveAspectRatio: "none",
      role: "img",
    });
    this.shades = add(this.chart, "g", { class: "holes" });
    this.lines = ["p", "q"].map((name) => add(this.chart, "path", { class: name }));
    this.probe = this.find("button");
    this.probe.textContent = words.probe_there;
    this.probe.addEventListener("click", () => on.probe());
    const reel = this.find(".reel");
    const seek = (event) => {
      const { left, width } = reel.getBoundingClientRect(),
        { count } = this.walk;
      on.seek(Math.min(Math.max(((event.clientX - left) / width) * count - 0.5, 0), count - 1));
    };
    reel.addEventListener("pointerdown", (event) => !event.button && seek(event));
    reel.addEventListener("pointermove", (event) => event.buttons & 1 && event.pointerType === "mouse" && seek(event));
  }

  // Nothing to show, and why.
  empty(name, why) {
    this.walk = null;
    this.find(".reel").hidden = true;
    this.find(".none").hidden = !why;
    write(this.find(".none"), why);
    this.find(".reading").hidden = true;
  }

  // walk: what `walked` gives; range: of the chart; name: the model's.
  show(walk, range, name) {
    const { words } = this,
      { count, densities: dense } = walk;
    this.walk = walk;
    this.find(".reel").hidden = this.find(".reading").hidden = false;
    this.find(".none").hidden = true;
    write(this.find("b"), name);
    write(this.find(".of"), words.of[walk.model.codes.logVar ? "sampled" : "codes"]);
    this.probe.setAttribute("aria-label", fill(words.probe_there_of, { name }));
    this.drawStrip();
    const holes = dense.filter(({ hole }) => hole).length,
      [low, high] = range;
    const lines = [fill(words.film, { name, frames: count })];
    if (seesHoles(walk.model)) lines.push(fill(words.holes, { holes, frames: count }));
    this.find(".strip").setAttribute("aria-label", lines.join("; "));
    this.chart.setAttribute("aria-label", fill(words.chart, { name }));
    write(this.find(".high"), format(high, 0));
    write(this.find(".low"), format(low, 0));
    this.shades.replaceChildren();
    dense.forEach(
      ({ hole }, frame) =>
        hole &&
        add(this.shades, "rect", { x: frame / count, width: 1 / count, y: 0, height: HEIGHT, "data-frame": frame }),
    );
    const steps = walk.curve.length - 1;
    const x = (i) => (0.5 + (i / steps) * (count - 1)) / count;
    const y = (value) => HEIGHT * Math.min(Math.max((high - value) / (high - low), 0), 1);
    for (const [i, name] of ["p", "q"].entries()) {
      set(this.lines[i], {
        d: walk.curve.map((at, step) => `${step ? "L" : "M"}${x(step).toFixed(5)} ${y(at[name]).toFixed(2)}`).join(""),
      });
    }
  }

  drawStrip() {
    const { count, side, pictures } = this.walk,
      strip = this.find(".strip"),
      context = strip.getContext("2d");
    if (strip.width !== count * side || strip.height !== side) [strip.width, strip.height] = [count * side, side];
    const image = context.createImageData(count * side, side);
    pictures.forEach((pixels, frame) => putPixels(image, frame * side, 0, side, pixels));
    context.putImageData(image, 0, 0);
  }

  // The walk at a moment between its first frame, 0, and its last. Returns {place, q, p, hole}. canvas: where to draw
  // it.
  seek(at, canvas) {
    if (this.sought?.walk !== this.walk || this.sought.at !== at)
      this.sought = { walk: this.walk, at, cursor: this.drawAt(at, canvas) };
    return this.sought.cursor;
  }

  drawAt(at, canvas) {
    const { model, points, way, count, side } = this.walk;
    const place = position(points, way, at / (count - 1)),
      [density] = densities(model, [place]);
    drawLogits(canvas, model.decoder.decode(place), side);
    this.find(".cursor").style.left = `${(100 * (0.5 + at)) / count}%`;
    write(this.find(".densities"), fill(this.words.reading, { q: format(density.q, 2), p: format(density.p, 2) }));
    write(this.find("em"), density.hole ? this.words.in_hole : "");
    return { place, ...density };
  }
}
