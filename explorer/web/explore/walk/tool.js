// The tool Walk: ways through the latent spaces of both models, as strips of pictures, and arithmetic with class means.

import { download, fileName } from "../download.js";
import { nearest } from "../../kernel/nearest.js";
import { format } from "../../kernel/format.js";
import { write } from "../../parts/dom.js";
import { listen } from "../../parts/slider.js";
import { across, throughHole, twoImages } from "./examples.js";
import { Film, sharedRange, walked } from "./film.js";
import { layout } from "./layout.js";
import { WalkMarks } from "./marks.js";
import { fitted, FRAMES, hasOpposite, MOST, read, write as written } from "./path.js";
import { Player } from "./player.js";
import { Stops } from "./stops.js";
import { Sum } from "./sum.js";
import { fill } from "../../kernel/text.js";

const REACH = 40; // pixels within which a click finds a code
const SUM = "7,9"; // classes that lie near each other in most datasets: sevens and nines, sneakers and ankle boots

export class Tool {
  // box: the section to fill; page: see tools.js.
  constructor(box, page) {
    this.box = box;
    this.page = page;
    this.words = page.words;
    this.at = 0;
    this.images = false;
    this.films = [];
    this.build();
  }

  build() {
    const { box, words: w } = this;
    box.innerHTML = layout(w);
    this.find = (selector) => box.querySelector(selector);
    this.films = this.page.panels.map(
      (_, i) =>
        new Film(this.find(".films").appendChild(document.createElement("div")), w, {
          seek: (at) => this.seek(at),
          probe: () => this.putProbe(i),
        }),
    );
    this.canvases = [...box.querySelectorAll(".big canvas")];
    this.stops = new Stops(this.find("ol"), w, {
      set: (stops) => this.set(stops),
      number: (at, dimension, value) => this.type(at, dimension, value),
    });
    this.sum = new Sum(this.find(".summing"), this.page, w);
    this.find(".seconds").value = "0.2";
    this.player = new Player(this.find(".play"), w, {
      at: () => this.at,
      frames: () => this.page.state().frames,
      seconds: () => Number(this.find(".seconds").value),
      seek: (at) => this.seek(at),
    });
    this.listen();
  }

  listen() {
    const { page, find } = this,
      on = (selector, event, act) => find(selector).addEventListener(event, act);
    on(".walk-part", "click", () => page.set({ sum: null }));
    on(".sum-part", "click", () => page.state().sum ?? page.set({ sum: this.firstSum() }));
    for (const radio of this.box.querySelectorAll("[name=walk-kind]"))
      radio.addEventListener("change", () => this.turn(radio.value === "images"));
    on(".way", "change", () => page.set({ way: find(".way").value }));
    on(".frames", "change", () => {
      const count = Number(find(".frames").value);
      if (Number.isInteger(count) && count >= FRAMES.least && count <= FRAMES.most) page.set({ frames: count });
      else find(".frames").value = page.state().frames;
    });
    on(".examples", "change", () => {
      const example = this.examples[Number(find(".examples").value)];
      find(".examples").selectedIndex = 0;
      this.at = 0;
      example?.();
    });
    on(".play", "click", () => this.player.toggle());
    const seek = find(".seek");
    listen(
      seek,
      (value) => this.seek(value),
      () => this.announce(),
    );
    seek.addEventListener("keydown", (event) => {
      // from frame to frame
      const way = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -4, PageUp: 4 }[event.key];
      if (!way) return;
      event.preventDefault();
      this.seek((way > 0 ? Math.floor(this.at + 1e-9) : Math.ceil(this.at - 1e-9)) + way);
    });
    on(".gif", "click", () => this.save());
    on(".add-probe", "click", () => this.add(page.state().mean));
    on(".add-pick", "click", () => this.addPicked());
    on(".add-number", "click", () => {
      const row = Number(find(".by-number input").value);
      if (Number.isInteger(row) && row >= 0 && row < this.imagesThere()) this.add(row);
    });
    on(".clear", "click", () => this.set([]));
  }

  // It is seen again, or the models changed: the maps' marks and all that depends on a model are made anew.
  open() {
    const { page } = this;
    this.marks = page.panels.map(
      (panel) =>
        new WalkMarks(panel, this.words, {
          move: (at, point, dragged) => this.move(panel, at, point, dragged),
          release: (cancelled) => this.release(cancelled),
          remove: (at) => this.set(this.walk.stops.filter((_, stop) => stop !== at)),
        }),
    );
    this.sum.open();
    this.listExamples();
    this.shown = null;
  }

  close() {
    this.player.pause();
    this.marks = null;
  }

  destroy() {
    this.close();
  }

  // ---- state --------------------------------------------------------------------------------------

  // Another list of waypoints: a finished change.
  set(stops, images = this.images, dataset = this.dataset()) {
    this.page.set({ walk: written({ images, stops, dataset }) });
    this.page.announce(fill(this.words.announced_stops, { count: stops.length }));
  }

  add(stop, dataset = this.dataset()) {
    if (this.walk.stops.length >= MOST) return this.say(fill(this.words.full, { most: MOST }));
    this.set([...this.walk.stops, stop], this.images, dataset);
  }

  addPicked() {
    const [dataset, row] = (this.page.state().pick ?? "").split(":");
    if (dataset === this.dataset()) this.add(Number(row));
  }

  // The dataset whose images are waypoints: the walk's, or the left model's.
  dataset() {
    return this.walk?.dataset ?? this.page.panels[0].model.entry.dataset;
  }

  // The panel whose model knows the walk's images, the left one first.
  panelOf(dataset) {
    return this.page.panels.find((panel) => panel.model.entry.dataset === dataset) ?? null;
  }

  imagesThere() {
    return this.panelOf(this.dataset())?.model.codes.label.length ?? 0;
  }

  // Points become the images whose codes are nearest in the left model; images become their codes in it.
  turn(images) {
    const [{ model }] = this.page.panels,
      { stops } = this.walk;
    this.images = images;
    const own = this.panelOf(this.walk.dataset)?.model ?? model;
    const turned = images
      ? stops.map((stop) => nearest(model.codes.mean, fitted(stop, model.entry.latent_dim), 1).rows[0])
      : stops.map((row) =>
          fitted(
            own.codes.mean.map((column) => column[row]),
            this.page.state().mean.length,
          ),
        );
    this.set(turned, images);
    this.page.draw();
  }

  // A number was typed for a waypoint; null: it was no good.
  type(at, dimension, value) {
    const stops = this.walk.stops.map((stop) =>
      Array.isArray(stop) ? fitted(stop, Math.max(stop.length, (dimension ?? 0) + 1)) : stop,
    );
    if (value === null)
      this.stops.key = ""; // what is there comes back
    else if (dimension === null) stops[at] = value;
    else stops[at][dimension] = value;
    if (value === null) this.page.draw();
    else this.set(stops);
  }

  // ---- the maps -----------------------------------------------------------------------------------------

  // A click on a map sets a waypoint.
  click(panel, point, row) {
    const { page, words } = this,
      state = page.state();
    if (state.sum !== null) return false;
    const plane = panel.isPlane(state);
    if (!this.images && plane) {
      this.add(panel.meanWith(state, point));
      return true;
    }
    const near = row ?? panel.map.nearest(...point, REACH);
    if (near === null) this.say(words.no_code);
    else if (!this.images) this.add(panel.meanAt(state, near));
    else if (panel.model.entry.dataset !== this.dataset() && this.walk.stops.length)
      this.say(fill(words.other_images, { name: panel.name, dataset: panel.model.entry.dataset_label }));
    else this.add(near, panel.model.entry.dataset);
    return true;
  }

  // A waypoint is on its way to a point of a map: there, or to the image of the code nearest to it.
  move(panel, at, point, dragged) {
    const state = this.page.state(),
      stops = [...this.walk.stops],
      { codes } = panel.model;
    const plane = panel.isPlane(state),
      columns = plane ? panel.dims(state).map((i) => codes.mean[i]) : panel.view(state).columns;
    if (!this.images && plane) {
      stops[at] = fitted(stops[at], Math.max(stops[at].length, ...panel.dims(state).map((i) => i + 1)));
      panel.dims(state).forEach((dimension, i) => (stops[at][dimension] = point[i]));
    } else {
      const held = this.walk.stops[at];
      const ahead = (row) => dragged || row !== held; // a key must get away from the code that it is on
      const [row] = nearest(columns, point, 1, ahead).rows;
      stops[at] = this.images ? row : codes.mean.map((column) => column[row]);
    }
    this.held ??= state.walk;
    this.page.change({ walk: written({ ...this.walk, stops, dataset: this.dataset() }) });
  }

  release(cancelled) {
    if (this.held === undefined || this.held === null) return;
    if (cancelled) this.page.change({ walk: this.held });
    this.held = null;
    this.page.draw();
    this.page.commit();
  }

  // ---- a frame ---------------------------------------------------------------------------------------------

  show() {
    const { page, marks } = this,
      state = page.state();
    if (!marks) return;
    const summing = state.sum !== null;
    this.find(".walk-part").setAttribute("aria-pressed", !summing);
    this.find(".sum-part").setAttribute("aria-pressed", summing);
    this.find(".walking").hidden = summing;
    this.find(".summing").hidden = !summing;
    for (const element of this.box.querySelectorAll(".walk-only")) element.hidden = summing;
    this.walk = read(state.walk);
    if (this.walk.stops.length) this.images = this.walk.images;
    if (summing) {
      this.player.pause();
      marks.forEach((one) => one.show(state, null, null));
      return this.sum.show(state, marks);
    }
    marks.forEach((one) => one.showArrows(state, [], null));
    this.showWalks(state);
    this.showControls(state);
    this.showCursor();
  }

  // The waypoints in a model's own dimensions; null where it has none of them.
  points(panel) {
    const { codes, entry } = panel.model,
      { images, stops, dataset } = this.walk;
    if (!images) return stops.map((stop) => fitted(stop, entry.latent_dim));
    if (dataset !== entry.dataset || stops.some((row) => row >= codes.label.length)) return null;
    return stops.map((row) => codes.mean.map((column) => column[row]));
  }

  // The films, when waypoints, way, frames or models are others than those that are shown.
  showWalks(state) {
    const { panels } = this.page,
      hurried = Boolean(this.held),
      key = JSON.stringify([
        state.walk,
        state.way,
        state.frames,
        hurried,
        panels.map((panel) => panel.model.entry.digest),
      ]);
    if (this.shown !== key) {
      this.shown = key;
      this.at = Math.min(this.at, state.frames - 1);
      this.walks = panels.map((panel) => {
        const points = this.points(panel);
        return points?.length
          ? walked(panel.model, points, this.walk.images ? this.walk.stops : [], state.way, state.frames, hurried)
          : null;
      });
      write(this.find(".saved"), "");
      this.said = "";
      this.showFilms();
    }
  }

  showFilms() {
    const seen = this.walks.filter((walk) => walk && walk.points.length > 1),
      range = (walk) => sharedRange(seen.filter((one) => one.model.entry.latent_dim === walk.model.entry.latent_dim));
    this.page.panels.forEach((panel, i) => {
      const walk = this.walks[i];
      if (walk && walk.points.length > 1) this.films[i].show(walk, range(walk), panel.name);
      else
        this.films[i].empty(
          panel.name,
          this.walk.stops.length > 1
            ? fill(this.words.other_images, { name: panel.name, dataset: panel.model.entry.dataset_label })
            : "",
        );
      this.canvases[i].hidden = !this.films[i].walk;
      this.canvases[i].setAttribute("aria-label", fill(this.words.at_cursor, { name: panel.name }));
    });
    this.find(".player").hidden = this.find(".legend-row").hidden = !seen.length;
    this.find(".gif").disabled = !seen.length;
    if (!seen.length) this.player.pause();
  }

  showControls(state) {
    const { words, page, find, walk } = this,
      count = walk.stops.length;
    for (const radio of this.box.querySelectorAll("[name=walk-kind]"))
      radio.checked = (radio.value === "images") === this.images;
    find(".way").value = state.way;
    if (find(".frames").getRootNode().activeElement !== find(".frames")) find(".frames").value = state.frames;
    find(".seek").max = state.frames - 1;
    this.box.style.setProperty("--frames", state.frames);
    const message =
      count === 0 ? (this.images ? words.empty_images : words.empty_points) : count === 1 ? words.one : this.said;
    find(".message").hidden = !message;
    write(find(".message"), message ?? "");
    const dimensions = Math.max(...page.panels.map((panel) => panel.model.entry.latent_dim));
    const opposite = state.way === "circle" && page.panels.some((panel) => hasOpposite(this.points(panel) ?? []));
    const lines = [
      this.images ? words.own : words.same,
      opposite ? (dimensions > 2 ? words.opposite_many : words.opposite) : "",
    ];
    write(find(".means"), lines.filter(Boolean).join(" "));
    find(".many-note").hidden = dimensions <= 2;
    write(find(".many-note"), fill(words.many, { dimensions }));
    const known = this.panelOf(this.dataset());
    this.stops.show(
      walk,
      dimensions > 2 ? state.dims : [0, 1],
      (row) => (known ? fill(words.class, { name: known.model.entry.classes[known.model.codes.label[row]] }) : ""),
      this.imagesThere(),
    );
    find(".add-probe").hidden = this.images;
    find(".add-pick").hidden = find(".by-number").hidden = !this.images;
    find(".by-number input").max = this.imagesThere() - 1;
    const picked = (state.pick ?? "").startsWith(`${this.dataset()}:`);
    find(".add-pick").disabled = !picked;
    find(".add-pick").title = picked ? words.add_pick_title : words.nothing_picked;
    find(".clear").disabled = count === 0;
  }

  // The cursor, in strips, charts, maps and the two larger pictures.
  showCursor() {
    const state = this.page.state();
    this.cursors = this.films.map((film, i) => film.walk && film.seek(this.at, this.canvases[i]));
    this.page.panels.forEach((_, i) => this.marks[i].show(state, this.walks[i], this.cursors[i]));
    const seek = this.find(".seek");
    if (Math.abs(Number(seek.value) - this.at) > 1e-6) seek.value = this.at;
    const text = fill(this.words.frame, {
      frame: format(this.at + 1, Number.isInteger(this.at) ? 0 : 1),
      frames: state.frames,
    });
    seek.setAttribute("aria-valuetext", text);
    write(this.find("output.frame"), text);
    // both models are at the same place: one button is enough
    this.films.forEach((film, i) => (film.probe.hidden = !this.images && i > 0));
  }

  firstSum() {
    const classes = Math.min(...this.page.panels.map(({ model }) => model.entry.classes.length));
    return classes > 9 ? SUM : `0,${Math.min(1, classes - 1)}`;
  }

  say(text) {
    this.said = text;
    this.page.announce(text);
    this.page.draw();
  }

  listExamples() {
    const { words, page } = this,
      [left] = page.panels;
    const list = page.panels
      .filter((panel) => panel.model.entry.latent_dim === 2)
      .map((panel) => [
        fill(words.through_hole, { name: panel.name }),
        () => this.start(throughHole(panel.model), false, "line"),
      ]);
    const { entry, codes } = left.model,
      [a, b] = entry.confusable ?? [];
    if (entry.confusable)
      list.push([
        fill(words.two_images, { a: entry.classes[a], b: entry.classes[b] }),
        () => this.start(twoImages(codes, a, b), true, "line"),
      ]);
    list.push([words.across, () => this.start(across(), false, "circle")]);
    this.examples = list.map(([, act]) => act);
    this.find(".examples").replaceChildren(
      new Option(words.example, ""),
      ...list.map(([name], i) => new Option(name, i)),
    );
  }

  // A walk from the list: one change.
  start(stops, images, way) {
    const { mean } = this.page.state();
    const points = images ? stops : stops.map((stop) => fitted(stop, mean.length));
    this.page.set({ walk: written({ images, stops: points, dataset: this.page.panels[0].model.entry.dataset }), way });
  }

  // ---- cursor and player ----------------------------------------------------------------------------

  seek(at) {
    this.at = Math.min(Math.max(at, 0), this.page.state().frames - 1);
    if (this.marks) this.showCursor();
  }

  announce() {
    const { words } = this,
      { frames } = this.page.state(),
      parts = [fill(words.frame, { frame: Math.round(this.at) + 1, frames })];
    this.cursors.forEach(
      (cursor, i) =>
        cursor &&
        parts.push(
          `${this.page.panels[i].name}: ${fill(words.reading, { q: format(cursor.q, 2), p: format(cursor.p, 2) })}${cursor.hole ? `, ${words.in_hole}` : ""}`,
        ),
    );
    this.page.announce(parts.join("; "));
  }

  putProbe(i) {
    const { place } = this.cursors[i],
      { name } = this.page.panels[i];
    this.page.set({ mean: this.page.state().mean.map((value, d) => place[d] ?? value) });
    this.page.announce(fill(this.words.probe_put, { frame: format(this.at + 1, 1), name }));
  }

  async save() {
    const { walkGif } = await import("./gif.js");
    if (!this.films.some((film) => film.walk)) return;
    const films = this.films.flatMap((film, i) =>
      film.walk ? [{ name: this.page.panels[i].name, walk: film.walk }] : [],
    );
    const bytes = walkGif(films, Number(this.find(".seconds").value), this.words);
    const file = fileName(["walk", ...this.page.panels.map((panel) => panel.model.entry.name)], "gif");
    download(file, new Blob([bytes], { type: "image/gif" }));
    write(
      this.find(".saved"),
      fill(this.words.gif_done, { file, frames: films[0].walk.count, size: Math.ceil(bytes.length / 1024) }),
    );
  }
}
