// One map of a latent plane: a canvas of the codes, Plotly's axes over it, and over both an SVG of all that moves.
//
// Plotly takes a second or two to arrive and to be evaluated. Until then the codes stand where its axes will have them:
// the page can be looked at and used, but not zoomed. Plotly draws no codes. For so many it needs WebGL, which some
// machines lack, and which loses its pictures when a laptop wakes or a graphics driver restarts.

import { ClassNames } from "./class_names.js";
import { Sketchpad } from "./sketchpad.js";
import { RINGS, priorOutline } from "../parts/prior_outline.js";
import { add, set } from "../parts/svg.js";
import { enlargement } from "../parts/theme.js";

const REACH = 12; // pixels within which the pointer finds a code
const CLICK = 5; // pixels that a click may move
const CLEAR = "rgba(0,0,0,0)";
const margin = (grown) => ({ l: 30 * grown, r: 4, t: 4, b: 22 * grown });

export class LatentMap {
  // host: the element to fill. on: {view, hover, leave, click, grab, move, release, nudge}, the page's answers;
  // each gets this map first. palette: the classes' colours.
  constructor(host, palette, on) {
    this.host = host;
    this.palette = palette;
    this.on = on;
    this.hidden = new Set(); // classes that the legend has switched off
    this.points = null; // {x, y, label}: what is drawn
    this.layer = null; // what moves in the place of the points
    this.tones = null; // colours by a number of each code in the place of its class
    this.sketchpad = new Sketchpad();
    host.append(this.sketchpad.canvas);
    // it is empty when a graphics driver has restarted
    this.sketchpad.canvas.addEventListener("contextrestored", () => this.paintAgain());
    this.plot = host.appendChild(document.createElement("div"));
    this.plot.className = "plot";
    this.overlay = add(host, "svg", { class: "overlay" });
    this.shapes = buildOverlay(this.overlay);
    this.classNames = new ClassNames(this.shapes.names);
    host.latentMap = this; // for the browser's console and the tests
    this.setPrior(null);
    this.listen();
  }

  // Shows the codes of a model: points {x, y, label}, classes' names, ranges {x, y}, colours of the theme.
  async draw(points, classes, ranges, colours) {
    this.classes = classes;
    this.classNames.write(classes);
    this.tones = null; // they were of the codes before
    this.points = points;
    this.home = ranges;
    this.colours = colours;
    await (this.Plotly ? this.drawPlot(ranges) : this.plan());
    this.paint();
  }

  // Colours the codes by a number each: {values: one a code, or null where there are none, range: [low, high] of the colours, stops: the colours,
  // none: the colour without a number, ink(row): what all these make of a code}. null: by class again.
  setTones(tones) {
    this.tones = tones;
  }

  // The prior beneath the codes: rings for N(0, I) (null), else its Gaussians; a string of many is drawn as a band.
  setPrior(shape) {
    const { prior, ringTexts } = this.shapes;
    for (const text of ringTexts) text.style.display = shape ? "none" : "";
    prior.replaceChildren(...priorOutline(shape));
  }

  // Asks Plotly for one thing after the other: two at once find a plot that is not there yet. After purge() for nothing.
  ask(call) {
    this.asked = (this.asked ?? Promise.resolve()).catch(() => {}).then(() => (this.purged ? null : call(this.Plotly)));
    return this.asked;
  }

  // Plotly has arrived.
  async take(Plotly) {
    this.Plotly = Plotly;
    await this.drawPlot(this.home);
  }

  // Shows codes that move in the place of the model's: {points, underlay: as in sketchpad.js, trail: pairs or null, past: how many of
  // those are behind}. null: the model's codes again.
  setLayer(layer) {
    this.layer = layer;
  }

  // The points that are seen.
  shown() {
    return this.layer?.points ?? this.points;
  }

  async drawPlot(ranges) {
    const { colours } = this;
    const grown = (this.grown = enlargement());
    const layout = {
      paper_bgcolor: CLEAR,
      plot_bgcolor: CLEAR,
      font: { color: colours.text },
      margin: margin(grown),
      dragmode: "pan",
      hovermode: false,
      showlegend: false,
      autosize: false,
      width: this.host.clientWidth,
      height: this.host.clientHeight,
      xaxis: { ...axis(colours, grown), range: ranges.x, constrain: "range" },
      yaxis: { ...axis(colours, grown), range: ranges.y, scaleanchor: "x", constrain: "range" },
    };
    const config = { displayModeBar: false, scrollZoom: true, doubleClick: false, responsive: false };
    await this.ask((Plotly) => Plotly.react(this.plot, [], layout, config));
    if (!this.watched && !this.purged) {
      this.watched = true;
      this.plot.on("plotly_relayouting", () => this.on.view(this));
      this.plot.on("plotly_relayout", () => this.on.view(this));
    }
  }

  // The axes that Plotly will have: the same scale for both, around the same middle.
  plan() {
    const { clientWidth: width, clientHeight: height } = this.host;
    const { l, r, t, b } = margin(enlargement()),
      across = Math.max(1, width - l - r),
      down = Math.max(1, height - t - b); // it has no size where it is not seen
    const {
      x: [x0, x1],
      y: [y0, y1],
    } = this.home;
    const scale = Math.min(across / (x1 - x0), down / (y1 - y0)); // pixels a unit
    const around = (low, high, pixels) => [(low + high - pixels / scale) / 2, (low + high + pixels / scale) / 2];
    this.planned = {
      xaxis: { range: around(x0, x1, across), _offset: l, _length: across },
      yaxis: { range: around(y0, y1, down), _offset: t, _length: down },
    };
  }

  // The codes and the classes' names, again if anything that they show has changed.
  paint() {
    const { host, layer, hidden, classes } = this,
      tones = layer ? null : this.tones;
    const scale = this.scale(),
      points = this.shown(),
      size = this.markerSize();
    const view = [scale.x(0), scale.y(0), scale.perX, host.clientWidth, host.clientHeight, window.devicePixelRatio];
    const now = [points, layer, tones, classes, [...hidden].join(), size, ...view];
    if (this.painted?.every((value, i) => value === now[i])) return;
    this.painted = now;
    const palette = this.palette.slice(0, classes.length);
    this.sketchpad.paint(host, scale, points, palette, hidden, size, layer?.underlay, tones?.ink);
    this.classNames.place(points, scale, hidden, enlargement());
  }

  paintAgain() {
    this.painted = null;
    if (this.points && this.axes()) this.paint();
  }

  markerSize() {
    const { length } = this.shown().x;
    return (length > 2000 ? 3 : length > 500 ? 4.5 : 6) * enlargement(); // pixels
  }

  // The axes as they stand: Plotly's, or those that it will have.
  axes() {
    return this.plot._fullLayout ?? this.planned;
  }

  // Moves the codes, as when means give way to sampled z.
  movePoints(points) {
    this.points = points;
  }

  setHidden(hidden) {
    this.hidden = hidden;
  }

  async recolour(colours) {
    this.colours = colours;
    if (this.Plotly) await this.drawPlot(this.ranges());
  }

  resize() {
    const { clientWidth: width, clientHeight: height } = this.host;
    if (!width || !height || !this.points) return;
    if (!this.Plotly) return this.plan();
    return this.grown === enlargement()
      ? this.ask((Plotly) => Plotly.relayout(this.plot, { width, height }))
      : this.drawPlot(this.ranges());
  }

  ranges() {
    const { xaxis, yaxis } = this.axes();
    return { x: [...xaxis.range], y: [...yaxis.range] };
  }

  setRanges({ x, y }) {
    if (!this.Plotly) return this.plan();
    return this.ask((Plotly) => Plotly.relayout(this.plot, { "xaxis.range": x, "yaxis.range": y }));
  }

  zoom(factor) {
    const { x, y } = this.ranges();
    const scaled = ([a, b]) => [(a + b) / 2 - ((b - a) / 2) * factor, (a + b) / 2 + ((b - a) / 2) * factor];
    return this.setRanges({ x: scaled(x), y: scaled(y) });
  }

  goHome() {
    return this.setRanges(this.home);
  }

  purge() {
    this.purged = true;
    this.Plotly?.purge(this.plot);
  }

  // Latent coordinates to pixels of the host, and back.
  scale() {
    const { xaxis, yaxis } = this.axes();
    const [x0, x1] = xaxis.range,
      [y0, y1] = yaxis.range;
    const perX = xaxis._length / (x1 - x0),
      perY = yaxis._length / (y1 - y0); // pixels a unit
    return {
      perX,
      perY,
      area: { left: xaxis._offset, top: yaxis._offset, width: xaxis._length, height: yaxis._length },
      x: (value) => xaxis._offset + (value - x0) * perX,
      y: (value) => yaxis._offset + (y1 - value) * perY,
      toX: (pixel) => x0 + (pixel - xaxis._offset) / perX,
      toY: (pixel) => y1 - (pixel - yaxis._offset) / perY,
    };
  }

  // The row of the code nearest to (x, y) within so many pixels, or null. Classes switched off are not found.
  nearest(x, y, reach = REACH) {
    const { perX, perY } = this.scale();
    const points = this.shown();
    let best = reach * reach,
      found = null;
    for (let row = 0; row < points.x.length; row++) {
      const dx = (points.x[row] - x) * perX,
        dy = (points.y[row] - y) * perY;
      const distance = dx * dx + dy * dy;
      if (distance < best && !this.hidden.has(points.label[row])) [best, found] = [distance, row];
    }
    return found;
  }

  // Places everything that moves. state: {plane: are the axes dimensions of the latent, mean, std, z: pairs in that plane,
  // previewing, home: committed mean, pick: row of the points seen or null, note, probeless: is there no probe to show}.
  place(state) {
    if (!this.axes()) return;
    const { x, y, perX, perY, area } = this.scale();
    const { shapes, layer } = this;
    if (this.points) this.paint();
    if (this.clip !== JSON.stringify(area)) {
      this.clip = JSON.stringify(area);
      set(shapes.clip, { x: area.left, y: area.top, width: area.width, height: area.height });
    }
    const points = this.shown();
    const picked = state.pick !== null && points;
    shapes.pick.style.display = picked ? "" : "none";
    if (picked) set(shapes.pick, { transform: `translate(${x(points.x[state.pick])} ${y(points.y[state.pick])})` });
    shapes.trail.style.display = layer?.trail ? "" : "none";
    if (layer?.trail)
      this.placeTrail(layer, `matrix(${perX} 0 0 ${-perY} ${x(0)} ${y(0)})`, [
        points.x[state.pick],
        points.y[state.pick],
      ]);
    this.placeNote(state.note, area);
    shapes.beneath.style.display = state.plane ? "" : "none";
    for (const part of [shapes.above, shapes.handle])
      part.style.display = state.plane && !state.probeless ? "" : "none";
    if (!state.plane) return;
    set(shapes.prior, { transform: `matrix(${perX} 0 0 ${-perY} ${x(0)} ${y(0)})` });
    shapes.ringTexts.forEach((text, i) => {
      const { radius } = RINGS[i];
      set(text, { x: x(radius * Math.SQRT1_2), y: y(radius * Math.SQRT1_2) + 4 });
    });
    const [mx, my] = [x(state.mean[0]), y(state.mean[1])];
    shapes.ellipses.forEach((ellipse, i) => {
      const radius = 1 + (i >> 1); // halo and line of 1σ, then of 2σ
      set(ellipse, { cx: mx, cy: my, rx: radius * state.std[0] * perX, ry: radius * state.std[1] * perY });
    });
    const [zx, zy] = [x(state.z[0]), y(state.z[1])];
    shapes.noise.forEach((line) => set(line, { x1: mx, y1: my, x2: zx, y2: zy }));
    set(shapes.z, { transform: `translate(${zx} ${zy})` });
    set(shapes.mean, { transform: `translate(${mx} ${my})` });
    set(shapes.handle, { transform: `translate(${x(state.home[0])} ${y(state.home[1])})` });
    shapes.handle.classList.toggle("away", state.previewing);
  }

  // At the foot of the map; in two lines where it is too narrow for one.
  placeNote(note, { left, top, width, height }) {
    const { note: text } = this.shapes,
      x = left + 6;
    if (text.textContent !== note || this.noteRoom !== width) {
      this.noteRoom = width;
      text.textContent = note;
      const middle = note.indexOf(" ", note.length / 2) + 1;
      if (middle && note.length * 9 > width && text.getComputedTextLength() > width - 12) {
        text.textContent = "";
        add(text, "tspan", { dy: "-1.2em" }, note.slice(0, middle));
        add(text, "tspan", { dy: "1.2em" }, note.slice(middle));
      }
    }
    set(text, { x, y: top + height - 7 });
    if (text.children.length) set(text.children[1], { x });
  }

  // The way of one code: all of it faintly, what lies behind it strongly, up to where it is now.
  placeTrail({ trail, past }, transform, now) {
    const [whole, behind, stops] = this.shapes.trail.children;
    set(whole, { d: `M${trail.join("L")}`, transform });
    set(behind, { d: `M${[...trail.slice(0, past), now].join("L")}`, transform });
    set(stops, { d: trail.map(([x, y]) => `M${x} ${y}h0`).join(""), transform });
  }

  // Pointer, wheel and keys.
  listen() {
    const { host, on, shapes } = this;
    const at = (event) => {
      const box = host.getBoundingClientRect();
      const { toX, toY, area } = this.scale();
      const px = event.clientX - box.left,
        py = event.clientY - box.top;
      const inside = px >= area.left && px <= area.left + area.width && py >= area.top && py <= area.top + area.height;
      return { x: toX(px), y: toY(py), inside };
    };
    let pressed = null; // where a press began that may become a click

    host.addEventListener("pointermove", (event) => {
      if (!this.axes() || this.grabbed || event.pointerType === "touch") return;
      if (event.buttons) return on.leave(this); // panning
      const point = at(event);
      if (point.inside) on.hover(this, [point.x, point.y]);
      else on.leave(this);
    });
    host.addEventListener("pointerleave", () => !this.grabbed && on.leave(this));
    host.addEventListener("pointerdown", (event) => {
      if (!this.axes() || event.button || event.composedPath().includes(shapes.handle)) return;
      pressed = { x: event.clientX, y: event.clientY, id: event.pointerId };
      const release = (up) => {
        if (up.pointerId !== pressed?.id) return;
        window.removeEventListener("pointerup", release, true);
        window.removeEventListener("pointercancel", release, true);
        const still = Math.hypot(up.clientX - pressed.x, up.clientY - pressed.y) < CLICK;
        pressed = null;
        const point = at(up);
        if (up.type === "pointerup" && still && point.inside)
          on.click(this, [point.x, point.y], this.nearest(point.x, point.y));
      };
      window.addEventListener("pointerup", release, true);
      window.addEventListener("pointercancel", release, true);
    });

    const { handle } = shapes;
    let offset = [0, 0]; // between the pointer and the point it has grabbed
    handle.addEventListener("touchstart", (event) => event.preventDefault(), { passive: false }); // a finger drags, it does not scroll
    handle.addEventListener("pointerdown", (event) => {
      if (event.button) return;
      event.preventDefault();
      handle.focus({ preventScroll: true });
      handle.setPointerCapture(event.pointerId);
      this.grabbed = true;
      const point = at(event),
        held = on.grab(this);
      offset = [held[0] - point.x, held[1] - point.y];
    });
    handle.addEventListener("pointermove", (event) => {
      if (!this.grabbed) return;
      const point = at(event);
      on.move(this, [point.x + offset[0], point.y + offset[1]]);
    });
    const letGo = (event) => {
      if (!this.grabbed) return;
      this.grabbed = false;
      on.release(this, event.type === "pointercancel");
    };
    handle.addEventListener("pointerup", letGo);
    handle.addEventListener("pointercancel", letGo);
    handle.addEventListener("keydown", (event) => {
      const step = event.shiftKey ? 0.5 : 0.05; // latent units
      const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key];
      if (way) {
        event.preventDefault();
        on.nudge(
          this,
          way.map((side) => side * step),
        );
      } else if (event.key === "Escape" && this.grabbed) {
        this.grabbed = false;
        on.release(this, true);
      }
    });
    handle.addEventListener("keyup", (event) => event.key.startsWith("Arrow") && on.release(this, false));
  }
}

function buildOverlay(svg) {
  const id = `clip-${Math.random().toString(36).slice(2)}`;
  const clip = add(add(add(svg, "defs"), "clipPath", { id }), "rect");
  const group = add(svg, "g", { "clip-path": `url(#${id})` });
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
  const above = add(group, "g");
  const ellipses = ["halo", "sigma", "halo", "sigma two"].map((name) => add(above, "ellipse", { class: name }));
  const noise = ["halo", "noise"].map((name) => add(above, "line", { class: name }));
  const z = add(above, "g", { class: "z" });
  for (const name of ["halo", "line"]) add(z, "path", { d: "M-5 -5L5 5M-5 5L5 -5", class: name });
  const mean = add(above, "circle", { r: 4.5, class: "mean" });
  const note = add(svg, "text", { class: "note" });
  const handle = add(group, "g", { class: "handle", tabindex: 0, role: "button" });
  add(handle, "circle", { r: 16, class: "grip" });
  add(handle, "circle", { r: 7, class: "knob" });
  return { clip, beneath, prior, ringTexts, names, above, ellipses, noise, z, mean, pick, trail, tool, handle, note };
}

function axis(colours, grown) {
  return { gridcolor: colours.grid, zerolinecolor: colours.zero, tickfont: { size: 11 * grown, color: colours.text } };
}
