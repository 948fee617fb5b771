// A region of a map: what is in it, how it looks on average, where the same images lie in the other model, and all of
// it as a table.

import { Contents } from "./contents.js";
import { Lasso } from "./lasso.js";
import { inCircle, inPolygon, inSquare } from "./polygon.js";
import { format, percent, whole } from "../../kernel/format.js";
import { write } from "../../parts/dom.js";
import { escaped, fill } from "../../kernel/text.js";
import { fieldOf } from "../../kernel/address.js";

const SETTLED = 200; // milliseconds without a change: then means and table are made
const RADII = fieldOf("explore", "near_region"); // of a region around the probe, in the map's units
const STEP = 0.1;

export class Regions {
  constructor(host, near) {
    this.host = host;
    this.near = near;
    this.words = near.words.region;
    this.region = null;
    this.lassoed = null;
    this.rows = [];
    const { words } = this;
    host.innerHTML = `<div class="line"><button type="button" class="lasso" aria-pressed="false">${words.lasso}</button>
        <button type="button" class="circle" aria-pressed="false">${words.circle}</button><button type="button"
          class="square" aria-pressed="false">${words.square}</button>
        <label class="radius">${words.radius} <input type="range" min="${RADII.least}" max="${RADII.most}"
          step="${STEP}" value="0.5" aria-label="${words.radius_long}"> <output></output></label></div>
      <p class="summary"></p>
      <div class="inside" hidden><div class="classes" role="list" aria-label="${words.classes}"></div>
        <div class="means"><div class="pictures-of"></div><p class="means-note"></p></div>
        <div class="line pager"><button type="button" class="back"
          aria-label="${words.back}">‹</button><span></span><button type="button" class="on"
          aria-label="${words.on}">›</button>
          <button type="button" class="csv" title="${words.csv_title}">${words.csv}</button><button type="button"
            class="clear">${words.clear}</button></div>
        <div class="table" tabindex="0" role="region" aria-label="${words.table_label}"><table></table></div></div>`;
    const find = (selector) => host.querySelector(selector);
    this.lasso = find(".lasso");
    this.circle = find(".circle");
    this.square = find(".square");
    this.radius = find(".radius input");
    this.radiusText = find(".radius output");
    this.summary = find(".summary");
    this.inside = find(".inside");
    this.classes = find(".classes");
    this.contents = new Contents(find(".inside"), near);
    this.lasso.title = words.lasso_title;
    this.lasso.addEventListener("click", () => this.toggle());
    for (const kind of ["circle", "square"]) {
      this[kind].addEventListener("click", () => {
        this.aroundProbe(kind);
        near.page.commit();
      });
    }
    this.radius.addEventListener("input", () => this.aroundProbe());
    for (const end of ["pointerup", "keyup", "blur"]) this.radius.addEventListener(end, () => near.page.commit());
    find(".clear").addEventListener("click", () => {
      this.lassoed = null;
      near.page.set({ near_region: null });
    });
  }

  reset() {
    this.key = null;
  }

  leave() {
    clearTimeout(this.settling);
    this.contents.stop();
  }

  // ---- how a region is made ------------------------------------------------------------------------------------

  // The lasso is taken up or laid down.
  toggle() {
    if (this.lassos) return this.disarm();
    const { near, words } = this;
    this.lassos = near.panels.map(
      (panel) =>
        new Lasso(panel, {
          move: (_, corners) => {
            this.drawn = { panel, corners };
            near.page.draw();
          },
          end: (_, corners) => {
            this.disarm();
            if (!(corners?.length > 2)) return near.page.draw();
            this.lassoed = { kind: "lasso", side: panel.side, corners, plane: this.planeOf(panel, near.page.state()) };
            near.page.change({ near_region: null }); // the other kind of region ends; nobody need be told yet
          },
        }),
    );
    this.lasso.setAttribute("aria-pressed", true);
    showMap(near.panel().map.host);
    near.page.announce(words.armed);
    near.page.draw();
  }

  disarm() {
    if (!this.lassos) return;
    this.lassos.forEach((lasso) => lasso.remove());
    this.lassos = this.drawn = null;
    this.lasso.setAttribute("aria-pressed", false);
    this.key = null;
    if (this.near.isOpen) this.near.page.draw();
  }

  // A circle or a square around the probe, which goes with it: without a kind, the one that there is.
  aroundProbe(kind = this.region?.kind === "square" ? "square" : "circle", panel = this.near.panel()) {
    this.lassoed = null;
    this.near.page.change({ near_region: `${kind},${Number(this.radius.value)}`, near_side: panel.side });
  }

  // By a key on the probe of a map: told when the key is let go.
  grow(steps, panel) {
    this.radius.value = Number(this.radius.value) + steps * STEP;
    this.aroundProbe(undefined, panel);
    window.addEventListener("keyup", () => this.near.page.commit(), { once: true });
  }

  // The region that there is: a lasso as long as its map shows the same codes on the same axes, or what the state says.
  regionOf(state) {
    if (this.lassoed && this.lassoed.plane !== this.planeOf(this.near.panel({ near_side: this.lassoed.side }), state))
      this.lassoed = null;
    if (this.lassoed || !state.near_region) return this.lassoed;
    const [kind, radius] = state.near_region.split(",");
    return { kind, side: state.near_side, radius: Number(radius) };
  }

  // What a map shows.
  planeOf(panel, state) {
    const { entry, codes } = panel.model;
    const plane = () => `${panel.dims(state)} ${codes.logVar ? state.codes : ""}`;
    return `${entry.digest} ${panel.isPlane(state) ? plane() : panel.view(state).kind}`;
  }

  // The middle of a region around the probe.
  middle(panel, state) {
    return panel.seen(state, state.mean.slice(0, panel.model.codes.mean.length));
  }

  outline(state) {
    const { region } = this,
      panel = this.panelOf(),
      { radius } = region;
    if (region.kind === "lasso") return region.corners;
    const [x, y] = this.middle(panel, state);
    if (region.kind === "square")
      return [
        [-1, -1],
        [1, -1],
        [1, 1],
        [-1, 1],
      ].map(([a, b]) => [x + a * radius, y + b * radius]);
    return Array.from({ length: 72 }, (_, i) => [
      x + radius * Math.cos((i * Math.PI) / 36),
      y + radius * Math.sin((i * Math.PI) / 36),
    ]);
  }

  panelOf() {
    return this.near.panels.find((panel) => panel.side === this.region.side);
  }

  // ---- what is in it ------------------------------------------------------------------------------------------

  show(state) {
    const { near, words } = this;
    this.region = this.regionOf(state);
    const around = this.region?.kind !== "lasso" && this.region;
    for (const kind of ["circle", "square"]) this[kind].setAttribute("aria-pressed", around?.kind === kind);
    if (around && Number(this.radius.value) !== around.radius) this.radius.value = around.radius;
    write(this.radiusText, format(Number(this.radius.value), 1));
    const key = JSON.stringify([
      this.region,
      around && this.middle(this.panelOf(), state),
      [...near.hidden()],
      Boolean(this.lassos),
      near.panels.map((panel) => this.planeOf(panel, state)),
    ]);
    if (this.key === key) return;
    this.key = key;
    this.inside.hidden = !this.region;
    if (!this.region) {
      this.rows = [];
      write(this.summary, this.lassos ? words.armed : words.none);
      clearTimeout(this.settling);
      return;
    }
    const panel = this.panelOf(),
      points = panel.points(state),
      allowed = near.allowed(panel.model);
    if (this.region.kind === "lasso") this.rows = inPolygon(points, this.region.corners, allowed);
    else
      this.rows = (this.region.kind === "circle" ? inCircle : inSquare)(
        points,
        this.middle(panel, state),
        this.region.radius,
        allowed,
      );
    this.describe(panel, state);
    this.settle();
  }

  describe(panel, state) {
    const { near, words, rows } = this,
      { entry, codes } = panel.model,
      all = codes.label.length;
    const ofPlane = state.codes === "sampled" && codes.logVar ? words.of_samples : "",
      ofUmap = this.region.kind === "lasso" ? words.of_umap : words.of_umap_middle;
    const where = panel.isPlane(state) ? ofPlane : ofUmap;
    const text = fill(words.count, {
      count: whole(rows.length),
      all: whole(all),
      share: percent(rows.length / all),
      name: panel.name,
    });
    write(
      this.summary,
      [
        this.lassos ? words.armed : text,
        where,
        near.comparable() ? "" : fill(words.other_dataset, { name: near.other(panel).name }),
      ]
        .filter(Boolean)
        .join(" "),
    );
    const counts = entry.classes.map(() => 0);
    for (const row of rows) counts[codes.label[row]] += 1;
    const most = Math.max(1, ...counts);
    this.classes.innerHTML = entry.classes
      .map(
        (name, which) => `<div role="listitem" class="class">
      <span>${escaped(name)}</span>
      <span class="well"><i
        style="width:${(100 * counts[which]) / most}%; background:${near.palette[which]}"></i></span><span
        class="number">${whole(counts[which])}</span></div>`,
      )
      .join("");
  }

  // The panels whose models have seen the region's images: the region's own first.
  known() {
    const panel = this.panelOf();
    return this.near.comparable() ? [panel, this.near.other(panel)] : [panel];
  }

  // Once the region stays as it is: means, table, and a sentence for who does not see.
  settle() {
    clearTimeout(this.settling);
    this.contents.stop();
    this.settling = setTimeout(() => {
      const { near } = this;
      if (near.panels.some((panel) => panel.map.grabbed)) return this.settle();
      near.page.announce(this.summary.textContent);
      this.contents.show(this.known(), this.rows);
    }, SETTLED);
  }

  marksOn(panel, state) {
    if (this.drawn) return this.drawn.panel === panel ? { outline: this.drawn.corners, closed: false } : {};
    if (!this.region) return {};
    const own = panel.side === this.region.side;
    return { outline: own ? this.outline(state) : null, rows: own || this.near.comparable() ? this.rows : null };
  }
}

// Where a map is out of sight, as on a phone, brings it there.
function showMap(host) {
  const { top, bottom } = host.getBoundingClientRect(),
    calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  if (top < 0 || bottom > window.innerHeight) host.scrollIntoView({ block: "end", behavior: calm ? "auto" : "smooth" });
}
