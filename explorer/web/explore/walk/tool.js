// The tool Walk: ways through the latent spaces of both models, as strips of pictures, and arithmetic with class means.

import { download, fileName } from "../../parts/download.js";
import { format } from "../../kernel/format.js";
import { write } from "../../parts/dom.js";
import { Controls } from "./controls.js";
import { examplesFor, opening } from "./examples.js";
import { Film, sharedRange, walked } from "./film.js";
import { layout } from "./layout.js";
import { seesHoles } from "../holes.js";
import { WalkMarks } from "./marks.js";
import { fitted, write as written } from "./path.js";
import { Player } from "./player.js";
import { Sum } from "./sum.js";
import { fill } from "../../kernel/text.js";
import { Waypoints } from "./waypoints.js";

const SUM = "7,9"; // classes that lie near each other in most datasets: sevens and nines, sneakers and ankle boots

export class Tool {
  // box: the section to fill; page: see tools.js.
  /** @param {HTMLElement} box @param {import("../tools.js").PageApi} page */
  constructor(box, page) {
    this.box = box;
    this.page = page;
    this.words = page.words;
    this.at = 0; // the cursor, in frames
    /** @type {string | null} */
    this.tried = null; // the walk that was chosen from the list
    /** @type {Partial<import("../../kernel/types.js").State> | null} */
    this.replaced = null; // one's own walk, whose place an example or Clear took
    this.films = [];
    this.waypoints = new Waypoints(page, (text) => this.say(text));
    this.build();
  }

  build() {
    const { box, words: w } = this;
    box.innerHTML = layout(w);
    this.find = (selector) => box.querySelector(selector);
    this.films = this.page.panels.map(
      (_, i) =>
        new Film(this.find(".films").appendChild(document.createElement("div")), w, {
          seek: (at) => this.take(at),
          probe: () => this.putProbe(i),
        }),
    );
    /** @type {NodeListOf<HTMLCanvasElement>} */
    this.canvases = box.querySelectorAll(".big canvas");
    this.sum = new Sum(this.find(".summing"), this.page, w);
    this.player = new Player(this.find(".play"), w, {
      at: () => this.at,
      frames: () => this.page.state().frames,
      seconds: () => Number(this.find(".seconds").value),
      seek: (at) => this.seek(at),
    });
    this.controls = new Controls(this);
  }

  // It is seen again, or the models changed: the maps' marks and all that depends on a model are made anew.
  open() {
    const { page } = this;
    this.marks = page.panels.map(
      (panel) =>
        new WalkMarks(panel, this.words, {
          move: (at, point, dragged) => this.waypoints.move(panel, at, point, dragged),
          release: (cancelled) => this.waypoints.release(cancelled),
          remove: (at) => this.waypoints.remove(at),
        }),
    );
    this.sum.open();
    this.listExamples();
    this.shown = null;
    this.begin();
  }

  // Without waypoints the tool opens on a walk between two test images, which plays.
  begin() {
    const { walk, sum } = this.page.state();
    if (walk !== null) return;
    this.waypoints.example = written(this.walkOf(opening(this.page)));
    if (sum === null && !window.matchMedia("(prefers-reduced-motion: reduce)").matches) this.player.play();
  }

  close() {
    this.player.pause();
    this.marks = null;
  }

  destroy() {
    this.close();
  }

  // A click on a map sets a waypoint, unless class means are added.
  click(panel, point, row) {
    if (this.page.state().sum !== null) return false;
    this.waypoints.click(panel, point, row);
    return true;
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
    /** @type {NodeListOf<HTMLElement>} */
    const walkOnly = this.box.querySelectorAll(".walk-only");
    for (const element of walkOnly) element.hidden = summing;
    this.waypoints.follow(state);
    if (summing) {
      this.player.pause();
      marks.forEach((one) => one.show(state, null, null));
      return this.sum.show(state, marks);
    }
    marks.forEach((one) => one.showArrows(state, [], null));
    this.showWalks(state);
    this.controls.show(state);
    this.showCursor();
  }

  // The films, when waypoints, way, frames or models are others than those that are shown.
  showWalks(state) {
    const { panels } = this.page,
      hurried = this.waypoints.moving,
      key = JSON.stringify([
        this.waypoints.written,
        state.way,
        state.frames,
        hurried,
        panels.map((panel) => panel.model.entry.digest),
      ]);
    if (this.shown !== key) {
      this.shown = key;
      this.at = Math.min(this.at, state.frames - 1);
      this.walks = panels.map((panel) => {
        const points = this.waypoints.pointsIn(panel.model);
        const { images, stops } = this.waypoints.walk;
        return points?.length
          ? walked(panel.model, points, images ? stops : [], state.way, state.frames, hurried)
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
          this.waypoints.walk.stops.length > 1
            ? fill(this.words.other_images, { name: panel.name, dataset: panel.model.entry.dataset_label })
            : "",
        );
      this.canvases[i].hidden = !this.films[i].walk;
      this.canvases[i].setAttribute("aria-label", fill(this.words.at_cursor, { name: panel.name }));
    });
    this.find(".player").hidden = this.find(".legend-row").hidden = !seen.length;
    this.find(".key.hole").hidden = !seen.some(({ model }) => seesHoles(model));
    this.find(".unmarked").hidden = seen.every(({ model }) => seesHoles(model));
    this.find(".gif").disabled = !seen.length;
    if (!seen.length) this.player.pause();
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
    this.films.forEach((film, i) => (film.probe.hidden = !this.waypoints.images && i > 0));
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
    this.examples = examplesFor(this.page);
    this.find(".examples").replaceChildren(
      new Option(this.words.example, ""),
      ...this.examples.map(({ name }, i) => new Option(name, String(i))),
    );
  }

  // A walk from the list: one change. It takes the place of one's own, which can be brought back.
  start(which) {
    const example = this.examples[which];
    this.take(0);
    this.remember();
    this.tried = written(this.walkOf(example));
    this.page.set({ walk: this.tried, way: example.way });
  }

  // One's own waypoints again, after an example or Clear took their place.
  bringBack() {
    this.page.set(this.replaced);
    this.replaced = null;
    this.page.draw();
  }

  clear() {
    this.remember();
    this.waypoints.set([]);
  }

  remember() {
    const { walk, way } = this.page.state();
    if (walk !== null && walk !== this.tried) this.replaced = { walk, way };
  }

  // An example as path.js writes a walk.
  walkOf({ stops, images = false }) {
    const { mean } = this.page.state();
    const points = images ? stops() : stops().map((stop) => fitted(stop, mean.length));
    return { images, stops: points, dataset: this.page.panels[0].model.entry.dataset };
  }

  // ---- cursor and player ----------------------------------------------------------------------------

  // A person moves the cursor: it stays there.
  take(at) {
    this.player.pause();
    this.seek(at);
  }

  seek(at) {
    this.at = Math.min(Math.max(at, 0), this.page.state().frames - 1);
    if (this.marks) this.showCursor();
  }

  announce() {
    const { words } = this,
      { frames } = this.page.state(),
      parts = [fill(words.frame, { frame: Math.round(this.at) + 1, frames })];
    this.cursors.forEach((cursor, i) => {
      if (!cursor) return;
      const reading = fill(words.reading, { q: format(cursor.q, 2), p: format(cursor.p, 2) });
      parts.push(`${this.page.panels[i].name}: ${reading}${cursor.hole ? `, ${words.in_hole}` : ""}`);
    });
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
