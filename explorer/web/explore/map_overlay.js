// The SVG over a map of a latent plane: the prior, the probe N(μ, σ²) with its z and its handle, the picked code, a
// code's trail, the note in the corner, and a group for the open tool. It also holds the classes' names.

import { MapAxes } from "../parts/inner_axes.js";
import { Handle } from "../parts/handle.js";
import { RINGS, priorOutline } from "../parts/prior_outline.js";
import { add, set } from "../parts/svg.js";
import { enlargement } from "../parts/theme.js";

const NOTE = { above: 24, beside: 112, line: 16 }; // pixels: to the foot, for the buttons beside it, of a line

const AWAY = 14; // pixels between the probe and the picked code's ring that leave room for its name

/**
 * What one frame shows over a map. Pairs are in the map's plane.
 * @typedef {object} MapState
 * @property {boolean} plane  are the axes dimensions of the latent?
 * @property {[number, number]} mean
 * @property {[number, number]} std
 * @property {[number, number]} z
 * @property {boolean} previewing  does `mean` follow the pointer?
 * @property {[number, number]} home  the committed mean, where the handle stands
 * @property {number | null} pick  the row of the picked code among the points that are drawn
 * @property {string} pickName  what is written beside its ring, if the probe is elsewhere
 * @property {string} note  the text in the corner
 * @property {boolean} probeless  is there no probe to show?
 * @property {boolean} bare  are the probe's ellipses left out?
 */

export class MapOverlay {
  // host: the map's element; probe: how its handle is moved, {at, held, onMove, onEnd} of handle.js.
  constructor(host, probe) {
    this.svg = add(host, "svg", { class: "overlay" });
    this.shapes = build(this.svg);
    this.axes = new MapAxes(this.shapes.axes);
    this.handle = new Handle(this.shapes.group, { name: "", ...probe });
    this.shapes.handle = this.handle.element;
    this.setPrior(null);
  }

  // The prior beneath the codes: rings for N(0, I) (null), else its Gaussians; a string of many is drawn as a band.
  setPrior(shape) {
    const { prior, ringTexts } = this.shapes;
    for (const text of ringTexts) text.style.display = shape ? "none" : "";
    prior.replaceChildren(...priorOutline(shape));
  }

  /**
   * Places everything that moves.
   * @param {MapState} state
   * scale: the map's; points: {x, y} as they are drawn; trail, past: see LatentMap.setLayer.
   */
  place(state, scale, points, { trail = null, past = 0 } = {}) {
    const { shapes } = this,
      { x, y, perX, perY, area } = scale;
    const units = `matrix(${perX} 0 0 ${-perY} ${x(0)} ${y(0)})`; // from latent units to pixels
    set(shapes.clip, { x: area.left, y: area.top, width: area.width, height: area.height });
    const picked = points && state.pick !== null ? [points.x[state.pick], points.y[state.pick]] : null;
    show(shapes.pick, picked);
    if (picked) this.placePick(picked, state, scale);
    show(shapes.trail, trail);
    if (trail) this.placeTrail(trail, past, picked, units);
    this.placeNote(state.note, area);
    show(shapes.beneath, state.plane);
    for (const part of [shapes.above, shapes.handle]) show(part, state.plane && !state.probeless);
    if (!state.plane) return;
    set(shapes.prior, { transform: units });
    shapes.ringTexts.forEach((text, i) => {
      const { radius } = RINGS[i];
      set(text, { x: x(radius * Math.SQRT1_2), y: y(radius * Math.SQRT1_2) + 4 });
    });
    this.placeProbe(state, scale);
  }

  /** @param {number[]} place @param {MapState} state @param {Record<string, any>} scale */
  placePick([px, py], { plane, probeless, mean, pickName }, { x, y }) {
    const { pick, pickName: text } = this.shapes,
      away = Math.hypot(x(px) - x(mean[0]), y(py) - y(mean[1])) > AWAY;
    set(pick, { transform: `translate(${x(px)} ${y(py)})` });
    show(text, !plane || probeless || away);
    if (text.textContent !== pickName) text.textContent = pickName;
  }

  placeProbe({ mean, std, z, home, previewing, bare }, { x, y, perX, perY }) {
    const { shapes } = this,
      [mx, my] = [x(mean[0]), y(mean[1])],
      [zx, zy] = [x(z[0]), y(z[1])];
    shapes.ellipses.forEach((ellipse, i) => {
      show(ellipse, !bare);
      const radius = 1 + (i >> 1); // halo and line of 1σ, then of 2σ
      set(ellipse, { cx: mx, cy: my, rx: radius * std[0] * perX, ry: radius * std[1] * perY });
    });
    shapes.noise.forEach((line) => set(line, { x1: mx, y1: my, x2: zx, y2: zy }));
    set(shapes.z, { transform: `translate(${zx} ${zy})` });
    set(shapes.mean, { transform: `translate(${mx} ${my})` });
    set(shapes.handle, { transform: `translate(${x(home[0])} ${y(home[1])})` });
    shapes.handle.classList.toggle("away", previewing);
  }

  // Above the numbers at the foot of the map, left of the buttons; in several lines where it is too wide for one.
  placeNote(note, { width, height }) {
    const { note: text } = this.shapes,
      grown = enlargement();
    if (text.textContent !== note || this.noteRoom !== width) {
      this.noteRoom = width;
      text.textContent = note;
      const room = width - NOTE.beside * grown,
        needed = note.length * 9 < room ? 0 : /** @type {SVGTextElement} */ (text).getComputedTextLength();
      if (needed > room) {
        text.textContent = "";
        for (const line of linesOf(note, Math.ceil((1.1 * needed) / room))) add(text, "tspan", {}, line);
      }
    }
    const x = 6 * grown,
      foot = height - NOTE.above * grown,
      lines = [...text.children];
    set(text, { x, y: foot });
    lines.forEach((line, i) => set(line, { x, y: foot - (lines.length - 1 - i) * NOTE.line * grown }));
  }

  // The way of one code: all of it faintly, and strongly the part behind it, which ends where the code is now.
  placeTrail(trail, past, now, transform) {
    const [whole, behind, stops] = this.shapes.trail.children;
    set(whole, { d: `M${trail.join("L")}`, transform });
    set(behind, { d: `M${[...trail.slice(0, past), now].join("L")}`, transform });
    set(stops, { d: trail.map(([x, y]) => `M${x} ${y}h0`).join(""), transform });
  }
}

// A text in about so many lines of about the same length.
function linesOf(text, count) {
  const lines = [""];
  for (const word of text.match(/\S+\s*/g)) {
    const last = lines.length - 1;
    if (lines[last] && lines[last].length + word.length / 2 > text.length / count) lines.push(word);
    else lines[last] += word;
  }
  return lines;
}

function show(element, visible) {
  element.style.display = visible ? "" : "none";
}

function build(svg) {
  const id = `clip-${Math.random().toString(36).slice(2)}`;
  const clip = add(add(add(svg, "defs"), "clipPath", { id }), "rect");
  const group = add(svg, "g", { "clip-path": `url(#${id})` });
  const axes = add(group, "g");
  const beneath = add(group, "g");
  const prior = add(beneath, "g");
  const ringTexts = RINGS.map(({ mass }) =>
    add(beneath, "text", { class: "ring-text" }, `${(100 * mass).toFixed(0)} %`),
  );
  const names = add(group, "g");
  const trail = add(group, "g", { class: "trail" });
  for (const name of ["whole", "behind", "stops"]) add(trail, "path", { class: name });
  const tool = add(group, "g", { class: "tool-layer" });
  const pick = add(group, "g", { class: "pick" });
  for (const name of ["halo", "line"]) add(pick, "circle", { r: 9, class: name });
  const pickName = add(pick, "text", { class: "pick-name", x: 13, y: 5 });
  const above = add(group, "g");
  const ellipses = ["halo", "sigma", "halo", "sigma two"].map((name) => add(above, "ellipse", { class: name }));
  const noise = ["halo", "noise"].map((name) => add(above, "line", { class: name }));
  const z = add(above, "g", { class: "z" });
  for (const name of ["halo", "line"]) add(z, "path", { d: "M-5 -5L5 5M-5 5L5 -5", class: name });
  const mean = add(above, "circle", { r: 4.5, class: "mean" });
  const note = add(svg, "text", { class: "note" });
  return {
    group,
    clip,
    axes,
    beneath,
    prior,
    ringTexts,
    names,
    above,
    ellipses,
    noise,
    z,
    mean,
    pick,
    pickName,
    trail,
    tool,
    note,
  };
}
