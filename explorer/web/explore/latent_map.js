// One map of a latent plane: a canvas of the codes, and above it an SVG of the axes and all that moves. Between them
// Plotly pans and zooms, and draws nothing.
//
// Plotly takes a second or two to load. Until then the page can be used, but not zoomed. Plotly draws no codes: for so
// many it needs WebGL, which some machines lack, and which loses its pictures when a laptop wakes or a graphics driver
// restarts.

import { ClassNames } from "./class_names.js";
import { MapOverlay } from "./map_overlay.js";
import { listenToPointer, listenToTouch } from "./map_pointer.js";
import { Sketchpad } from "../parts/sketchpad.js";
import { enlargement } from "../parts/theme.js";

const RESTING = 250; // ms without a move, after which the classes' names make room for the probe
const REACH = 12; // pixels within which the pointer finds a code
const MARKERS = [
  { above: 2000, size: 3 },
  { above: 500, size: 4.5 },
  { above: -1, size: 6 },
]; // pixels of a code, by the number of codes
const CLEAR = "rgba(0,0,0,0)";
const UNSEEN = { showgrid: false, zeroline: false, showticklabels: false };
const NO_MARGIN = { l: 0, r: 0, t: 0, b: 0 };

export class LatentMap {
  // host: the element to fill. palette: the classes' colours. on: the page's answers, each of which gets this map
  // first: view(): it was zoomed or panned; hover(point), leave(), click(point, row): see map_pointer.js;
  // held(), move(point), release(cancelled): of the probe's handle.
  constructor(host, palette, on) {
    this.host = host;
    this.palette = palette;
    this.on = on;
    /** @type {number[] | null | undefined} */
    this.probe = undefined; // where the probe is, in the map's units
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.resting = undefined;
    this.hidden = new Set(); // classes that the legend has switched off
    this.points = null; // {x, y, label}: what is drawn
    this.layer = null; // what moves in the place of the points
    this.tones = null; // colours by a number of each code in the place of its class
    this.sketchpad = new Sketchpad();
    host.append(this.sketchpad.canvas);
    // a restarted graphics driver empties it
    this.sketchpad.canvas.addEventListener("contextrestored", () => this.paintAgain());
    this.plot = host.appendChild(document.createElement("div"));
    this.plot.className = "plot";
    this.drawing = new MapOverlay(host, {
      at: (event) => this.at(event),
      held: () => on.held(this),
      onMove: (point) => on.move(this, point),
      onEnd: (cancelled) => on.release(this, cancelled),
    });
    this.overlay = this.drawing.svg;
    this.shapes = this.drawing.shapes;
    this.classNames = new ClassNames(this.shapes.names);
    this.box = null; // {x, y: [low, high]}: what is to be seen; the axes show all of it, and more where they must
    this.axes = null; // {x, y: [low, high], area: where they lie in the host, in pixels}
    host.latentMap = this; // for the browser's console and the tests: its scale() says where a code is drawn
    this.pinched = false; // are there fingers that have zoomed or panned it?
    listenToPointer(this, on);
    listenToTouch(this);
  }

  // Shows the codes of a model: points {x, y, label}, classes' names, ranges {x, y}.
  async draw(points, classes, ranges) {
    this.classes = classes;
    this.classNames.write(classes);
    this.tones = null; // they belonged to the codes before
    this.points = points;
    this.home = this.box = ranges;
    await (this.Plotly ? this.drawPlot() : this.plan());
    this.paint();
  }

  // Colours the codes by a number each: {values: one a code, or null where there are none, range: [low, high] of the
  // colours, stops: the colours, none: the colour without a number, ink(row): what all these make of a code}. null: by
  // class again.
  setTones(tones) {
    this.tones = tones;
  }

  setPrior(shape) {
    this.drawing.setPrior(shape);
  }

  // Is the probe's handle held by a pointer?
  get grabbed() {
    return this.drawing.handle.dragged;
  }

  // Calls Plotly one call at a time: a second call would not find the plot yet. After purge() it calls nothing.
  ask(call) {
    this.asked = (this.asked ?? Promise.resolve()).catch(() => {}).then(() => (this.purged ? null : call(this.Plotly)));
    return this.asked;
  }

  // Plotly has arrived.
  async take(Plotly) {
    this.Plotly = Plotly;
    await this.drawPlot();
  }

  // Shows codes that move in the place of the model's: {points, underlay: as in sketchpad.js, trail: pairs or null,
  // past: how many of those are behind}. null: the model's codes again.
  setLayer(layer) {
    this.layer = layer;
  }

  // The visible points.
  shown() {
    return this.layer?.points ?? this.points;
  }

  async drawPlot() {
    const { box } = this;
    const layout = {
      paper_bgcolor: CLEAR,
      plot_bgcolor: CLEAR,
      margin: NO_MARGIN,
      dragmode: "pan",
      hovermode: false,
      showlegend: false,
      autosize: false,
      width: this.host.clientWidth,
      height: this.host.clientHeight,
      xaxis: { ...UNSEEN, range: box.x, constrain: "range" },
      yaxis: { ...UNSEEN, range: box.y, scaleanchor: "x", constrain: "range" },
    };
    const config = { displayModeBar: false, scrollZoom: true, doubleClick: false, responsive: false };
    await this.ask((Plotly) => Plotly.react(this.plot, [], layout, config));
    if (this.purged) return;
    this.readAxes();
    if (this.watched) return;
    this.watched = true;
    this.plot.on("plotly_relayouting", (changed) => this.takeView(changed));
    this.plot.on("plotly_relayout", (changed) => (isByHand(changed) ? this.takeView() : this.readAxes()));
  }

  // The map was panned or zoomed by hand: what is seen now is to stay.
  takeView(changed = {}) {
    this.readAxes(changed);
    const { x, y } = this.axes;
    this.box = { x, y };
    this.on.view(this);
  }

  // Plotly's axes as drawn: from its layout, and from an event's changes, which are not in the layout during a zoom or
  // pan.
  readAxes(changed = {}) {
    const { width, height, xaxis, yaxis } = this.plot.layout;
    const range = (name, axis) => [0, 1].map((end) => changed[`${name}.range[${end}]`] ?? axis.range[end]);
    this.axes = { x: range("xaxis", xaxis), y: range("yaxis", yaxis), area: areaOf(width, height) };
  }

  // The axes that Plotly will have: the same scale for both, around the same middle.
  plan() {
    const { clientWidth, clientHeight } = this.host,
      { x, y } = this.box,
      area = areaOf(clientWidth, clientHeight);
    const scale = Math.min(area.width / (x[1] - x[0]), area.height / (y[1] - y[0])); // pixels a unit
    const around = ([low, high], pixels) => [(low + high - pixels / scale) / 2, (low + high + pixels / scale) / 2];
    this.axes = { x: around(x, area.width), y: around(y, area.height), area };
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
    this.placeNames();
  }

  placeNames() {
    this.classNames.place(this.shown(), this.scale(), this.hidden, enlargement(), this.probe);
  }

  // The names of the classes make room for the probe, but not in every frame in which it moves.
  makeRoom(probe) {
    if (String(probe) === String(this.probe)) return;
    const isFirst = this.probe === undefined;
    this.probe = probe;
    clearTimeout(this.resting);
    if (isFirst) this.placeNames();
    else this.resting = setTimeout(() => this.purged || this.placeNames(), RESTING);
  }

  paintAgain() {
    this.painted = null;
    if (this.points && this.axes) this.paint();
  }

  markerSize() {
    const { length } = this.shown().x,
      { size } = MARKERS.find(({ above }) => length > above);
    return size * enlargement(); // pixels
  }

  // Moves the codes, as from means to sampled z.
  movePoints(points) {
    this.points = points;
  }

  setHidden(hidden) {
    this.hidden = hidden;
  }

  // Plotly widens a range where the frame is not square: from the box again each time, for it never narrows one.
  resize() {
    const { clientWidth: width, clientHeight: height } = this.host;
    if (!width || !height || !this.points) return;
    if (!this.Plotly) return this.plan();
    return this.relayout({ width, height });
  }

  relayout(change = {}) {
    const { x, y } = this.box;
    return this.ask((Plotly) => Plotly.relayout(this.plot, { ...change, "xaxis.range": x, "yaxis.range": y }));
  }

  ranges() {
    const { x, y } = this.axes;
    return { x: [x[0], x[1]], y: [y[0], y[1]] };
  }

  // Shows a box {x, y}, and goes on showing it.
  setBox(box) {
    this.box = box;
    return this.Plotly ? this.relayout() : this.plan();
  }

  zoom(factor) {
    const scaled = (/** @type {number[]} */ [a, b]) => [
      (a + b) / 2 - ((b - a) / 2) * factor,
      (a + b) / 2 + ((b - a) / 2) * factor,
    ];
    const { x, y } = this.box;
    return this.choose({ x: scaled(x), y: scaled(y) });
  }

  goHome() {
    return this.choose(this.home);
  }

  // A box that the user chose.
  async choose(box) {
    await this.setBox(box);
    this.on.view(this);
  }

  purge() {
    this.purged = true;
    this.Plotly?.purge(this.plot);
  }

  // Latent coordinates to pixels of the host, and back.
  scale() {
    const {
      x: [x0, x1],
      y: [y0, y1],
      area,
    } = this.axes;
    const { left, top, width, height } = area,
      perX = width / (x1 - x0),
      perY = height / (y1 - y0); // pixels a unit
    return {
      perX,
      perY,
      area,
      x: (value) => left + (value - x0) * perX,
      y: (value) => top + (y1 - value) * perY,
      toX: (pixel) => x0 + (pixel - left) / perX,
      toY: (pixel) => y1 - (pixel - top) / perY,
    };
  }

  // The pointer in latent coordinates.
  at(event) {
    const box = this.host.getBoundingClientRect(),
      { toX, toY } = this.scale();
    return [toX(event.clientX - box.left), toY(event.clientY - box.top)];
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

  // One frame. state: see map_overlay.js.
  place(state) {
    if (!this.axes) return;
    if (this.points) this.paint();
    if (this.points) this.makeRoom(state.plane && !state.probeless ? state.home : null);
    this.drawing.place(state, this.scale(), this.shown(), this.layer ?? {});
    this.drawing.axes.place(this.scale(), this.axes, enlargement());
  }
}

// Did Plotly change the ranges by itself, as after a drag or a turn of the wheel?
const isByHand = (changed) => "xaxis.range[0]" in changed || "yaxis.range[0]" in changed;

// Where the axes lie in a host of that size: everywhere. It has no size while it is hidden.
const areaOf = (width, height) => ({ left: 0, top: 0, width: Math.max(1, width), height: Math.max(1, height) });
