// The tool Walk's controls: they change the page's state, and show it.

import { write } from "../../parts/dom.js";
import { listen } from "../../parts/slider.js";
import { fill } from "../../kernel/text.js";
import { FRAMES, hasOpposite } from "./path.js";
import { Stops } from "./stops.js";

// frames that a key moves the cursor by
const KEYS = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -4, PageUp: 4 };

export class Controls {
  // tool: the tool Walk, whose box is laid out.
  constructor(tool) {
    this.tool = tool;
    this.find = tool.find;
    this.stops = new Stops(this.find("ol"), tool.words, {
      set: (stops) => tool.waypoints.set(stops),
      number: (at, dimension, value) => this.type(at, dimension, value),
    });
    this.find(".seconds").value = "0.2";
    this.listenToChoices();
    this.listenToCursor();
    this.listenToButtons();
  }

  on(selector, event, act) {
    this.find(selector).addEventListener(event, act);
  }

  listenToChoices() {
    const { tool, find } = this,
      { page } = tool;
    this.on(".walk-part", "click", () => page.set({ sum: null }));
    this.on(".sum-part", "click", () => page.state().sum ?? page.set({ sum: tool.firstSum() }));
    for (const radio of tool.box.querySelectorAll("[name=walk-kind]"))
      radio.addEventListener("change", () => tool.waypoints.turn(radio.value === "images"));
    this.on(".way", "change", () => page.set({ way: find(".way").value }));
    this.on(".frames", "change", () => {
      const count = Number(find(".frames").value);
      if (Number.isInteger(count) && count >= FRAMES.least && count <= FRAMES.most) page.set({ frames: count });
      else find(".frames").value = page.state().frames;
    });
    this.on(".examples", "change", () => {
      const which = Number(find(".examples").value);
      find(".examples").selectedIndex = 0;
      tool.start(which);
    });
  }

  listenToCursor() {
    const { tool } = this,
      seek = this.find(".seek");
    this.on(".play", "click", () => tool.player.toggle());
    listen(
      seek,
      (value) => tool.take(value),
      () => tool.announce(),
    );
    seek.addEventListener("keydown", (event) => {
      const way = KEYS[event.key];
      if (!way) return;
      event.preventDefault(); // from frame to frame
      tool.take((way > 0 ? Math.floor(tool.at + 1e-9) : Math.ceil(tool.at - 1e-9)) + way);
    });
  }

  listenToButtons() {
    const { tool, find } = this,
      { waypoints, page } = tool;
    this.on(".gif", "click", () => tool.save());
    this.on(".add-probe", "click", () => waypoints.add(page.state().mean));
    this.on(".add-pick", "click", () => waypoints.addPicked());
    this.on(".add-number", "click", () => {
      const row = Number(find(".by-number input").value);
      if (Number.isInteger(row) && row >= 0 && row < waypoints.count()) waypoints.add(row);
    });
    this.on(".clear", "click", () => tool.clear());
    this.on(".bring-back", "click", () => tool.bringBack());
  }

  // A number was typed for a waypoint; null: it was no good, and the old one comes back.
  type(at, dimension, value) {
    if (value !== null) return this.tool.waypoints.type(at, dimension, value);
    this.stops.key = "";
    this.tool.page.draw();
  }

  show(state) {
    const { tool, find } = this,
      { page, waypoints } = tool;
    for (const radio of tool.box.querySelectorAll("[name=walk-kind]"))
      radio.checked = (radio.value === "images") === waypoints.images;
    find(".way").value = state.way;
    if (find(".frames").getRootNode().activeElement !== find(".frames")) find(".frames").value = state.frames;
    find(".seek").max = state.frames - 1;
    tool.box.style.setProperty("--frames", state.frames);
    const dimensions = Math.max(...page.panels.map((panel) => panel.model.entry.latent_dim));
    this.showTexts(state, dimensions);
    this.showWaypoints(state, dimensions);
  }

  showTexts(state, dimensions) {
    const { tool, find } = this,
      { words, page, waypoints } = tool,
      count = waypoints.walk.stops.length;
    const empty = waypoints.images ? words.empty_images : words.empty_points,
      example = waypoints.images ? words.example_images : words.example_points;
    const message = waypoints.isExample ? tool.said || example : ([empty, words.one][count] ?? tool.said);
    find(".message").hidden = !message;
    write(find(".message"), message ?? "");
    const opposite =
      state.way === "circle" && page.panels.some((panel) => hasOpposite(waypoints.pointsIn(panel.model) ?? []));
    const lines = [waypoints.images ? words.own : words.same];
    if (opposite) lines.push(dimensions > 2 ? words.opposite_many : words.opposite);
    write(find(".means"), lines.join(" "));
    find(".many-note").hidden = dimensions <= 2;
    write(find(".many-note"), fill(words.many, { dimensions }));
  }

  showWaypoints(state, dimensions) {
    const { find } = this,
      { words, waypoints } = this.tool;
    const known = waypoints.panelOf(waypoints.dataset())?.model;
    this.stops.show(
      waypoints.walk,
      dimensions > 2 ? state.dims : [0, 1],
      (row) => (known ? fill(words.class, { name: known.entry.classes[known.codes.label[row]] }) : ""),
      waypoints.count(),
    );
    find(".add-probe").hidden = waypoints.images;
    find(".add-pick").hidden = find(".by-number").hidden = !waypoints.images;
    find(".by-number input").max = waypoints.count() - 1;
    const picked = (state.pick ?? "").startsWith(`${waypoints.dataset()}:`);
    find(".add-pick").disabled = !picked;
    find(".add-pick").title = picked ? words.add_pick_title : words.nothing_picked;
    find(".exact").hidden = waypoints.walk.stops.length === 0;
    find(".clear").disabled = waypoints.walk.stops.length === 0;
    find(".bring-back").hidden = !this.tool.replaced || this.tool.replaced.walk === state.walk;
  }
}
