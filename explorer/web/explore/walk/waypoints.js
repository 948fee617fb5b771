// A walk's waypoints: points of the latent space, which both models share, or test images, whose codes each model has
// its own of.

import { nearest } from "../../kernel/nearest.js";
import { fill } from "../../kernel/text.js";
import { fitted, MOST, read, write } from "./path.js";

const REACH = 40; // pixels within which a click finds a code

export class Waypoints {
  // page: see tools.js; say(text): the tool's.
  constructor(page, say) {
    this.page = page;
    this.say = say;
    this.images = false; // are they test images? An empty walk does not tell
    this.walk = null; // as path.js reads it: {images, stops, dataset}
    this.before = null; // the walk before a waypoint was moved
    /** @type {string | null} */
    this.example = null; // a walk that is shown while the state has none, as path.js writes it
  }

  // Follows the page's state.
  follow(state) {
    this.written = state.walk ?? this.example;
    this.isExample = !state.walk && Boolean(this.example);
    this.walk = read(this.written);
    if (this.walk.stops.length) this.images = this.walk.images;
  }

  // Is a waypoint being moved?
  get moving() {
    return this.before !== null;
  }

  // Another list of waypoints: a finished change. An empty list does not bring the example back.
  set(stops, images = this.images, dataset = this.dataset()) {
    const { page } = this;
    if (!stops.length) this.example = null;
    page.set({ walk: write({ images, stops, dataset }) });
    page.announce(fill(page.words.announced_stops, { count: stops.length }));
  }

  // The first waypoint of one's own takes the example's place.
  add(stop, dataset = this.dataset()) {
    if (this.own.length >= MOST) return this.say(fill(this.page.words.full, { most: MOST }));
    this.set([...this.own, stop], this.images, dataset);
  }

  // The waypoints that are not an example's.
  get own() {
    return this.isExample ? [] : this.walk.stops;
  }

  // The image that is picked on the page.
  addPicked() {
    const [dataset, row] = (this.page.state().pick ?? "").split(":");
    if (dataset === this.dataset()) this.add(Number(row));
  }

  remove(at) {
    this.set(this.walk.stops.filter((_, stop) => stop !== at));
  }

  // A number was typed for a waypoint: an image's (dimension null), or a coordinate.
  type(at, dimension, value) {
    const stops = this.walk.stops.map((stop) =>
      Array.isArray(stop) ? fitted(stop, Math.max(stop.length, (dimension ?? 0) + 1)) : stop,
    );
    if (dimension === null) stops[at] = value;
    else stops[at][dimension] = value;
    this.set(stops);
  }

  // Points become the images whose codes are nearest in the left model; images become their codes in it.
  turn(images) {
    const [{ model }] = this.page.panels,
      stops = this.own;
    this.images = images;
    const own = this.panelOf(this.walk.dataset)?.model ?? model,
      dimensions = this.page.state().mean.length;
    const turned = images
      ? stops.map((stop) => nearest(model.codes.mean, fitted(stop, model.entry.latent_dim), 1).rows[0])
      : stops.map((row) => fitted(codeOf(own, row), dimensions));
    this.set(turned, images);
    this.page.draw();
  }

  // ---- what the images are of --------------------------------------------------------------------------

  // The dataset whose images are waypoints: the walk's, or the left model's.
  dataset() {
    return this.walk?.dataset ?? this.page.panels[0].model.entry.dataset;
  }

  // The panel whose model knows a dataset's images, the left one first.
  panelOf(dataset) {
    return this.page.panels.find((panel) => panel.model.entry.dataset === dataset) ?? null;
  }

  // How many images there are to choose from.
  count() {
    return this.panelOf(this.dataset())?.model.codes.label.length ?? 0;
  }

  // The waypoints in a model's own dimensions; null where it has none of them.
  pointsIn(model) {
    const { codes, entry } = model,
      { images, stops, dataset } = this.walk;
    if (!images) return stops.map((stop) => fitted(stop, entry.latent_dim));
    if (dataset !== entry.dataset || stops.some((row) => row >= codes.label.length)) return null;
    return stops.map((row) => codeOf(model, row));
  }

  // ---- on the maps -----------------------------------------------------------------------------------------

  // A click on a map sets a waypoint: there, or at the code that was hit, or is near.
  click(panel, point, row) {
    const state = this.page.state(),
      { words } = this.page,
      { dataset, dataset_label } = panel.model.entry;
    if (!this.images && panel.isPlane(state)) return this.add(panel.meanWith(state, point));
    const near = row ?? panel.map.nearest(...point, REACH);
    if (near === null) this.say(words.no_code);
    else if (!this.images) this.add(panel.meanAt(state, near));
    else if (dataset !== this.dataset() && this.own.length)
      this.say(fill(words.other_images, { name: panel.name, dataset: dataset_label }));
    else this.add(near, dataset);
  }

  // Moves a waypoint to a point of a map: there, or to the image of the code nearest to it. dragged: by the pointer,
  // not by a key.
  move(panel, at, point, dragged) {
    const state = this.page.state(),
      stops = [...this.walk.stops],
      { model } = panel,
      plane = panel.isPlane(state);
    if (!this.images && plane) {
      const dims = panel.dims(state);
      stops[at] = fitted(stops[at], Math.max(stops[at].length, ...dims.map((i) => i + 1)));
      dims.forEach((dimension, i) => (stops[at][dimension] = point[i]));
    } else {
      const columns = plane ? panel.dims(state).map((i) => model.codes.mean[i]) : panel.view(state).columns;
      const held = this.walk.stops[at];
      const ahead = (row) => dragged || row !== held; // a key must get away from the code that it is on
      const [row] = nearest(columns, point, 1, ahead).rows;
      stops[at] = this.images ? row : codeOf(model, row);
    }
    this.before ??= state.walk;
    this.page.change({ walk: write({ ...this.walk, stops, dataset: this.dataset() }) });
  }

  release(cancelled) {
    if (!this.moving) return;
    if (cancelled) this.page.change({ walk: this.before });
    this.before = null;
    this.page.draw();
    this.page.commit();
  }
}

const codeOf = ({ codes }, row) => codes.mean.map((column) => column[row]);
