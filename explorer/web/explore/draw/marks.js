// Where what is drawn lies on a map: a diamond at its code, the VAE's ellipses of q(z|x), and the way that the code has
// come.

import { set, svgElement } from "../../parts/svg.js";
import { medoid, nearest } from "../../kernel/nearest.js";

const LONGEST_WAY = 600; // frames of drawing
const NEIGHBOURS = 10; // codes among which a mark is placed, where the map has no place for it

export class Mark {
  // panel: whose map it is on; label: what stands beside it.
  constructor(panel, label) {
    this.panel = panel;
    this.label = label;
    this.way = []; // codes, a frame of drawing each
    const make = (name, attributes) => svgElement(name, { ...attributes, "aria-hidden": true });
    this.group = make("g", { class: "drawn" });
    this.path = make("path", { class: "way" });
    this.ellipses = [1, 2].map((radius) => ({
      radius,
      shape: make("ellipse", { class: `spread${radius === 2 ? " two" : ""}` }),
    }));
    this.diamond = make("g", {});
    for (const name of ["halo", "line"])
      this.diamond.append(make("path", { d: "M0 -13L13 0L0 13L-13 0Z", class: name }));
    this.diamond.append(make("circle", { r: 2, class: "centre" }));
    this.near = make("path", { class: "drawn-near" });
    this.text = make("text", { class: "label" });
    this.text.textContent = label;
    this.group.append(this.path, this.near, this.diamond, ...this.ellipses.map(({ shape }) => shape), this.text);
  }

  // found: what `reconstruct` gives, or null: nothing is drawn. fresh: it did not come from what was there before.
  move(found, fresh) {
    this.found = found;
    if (!found || fresh) this.way = [];
    if (found) this.way.push(found.mean);
    if (this.way.length > LONGEST_WAY) this.way.shift();
  }

  // Places it on the map's axes. A UMAP has no place for a new code: there it is among the nearest codes, where the one
  // is that lies most among them.
  place(state) {
    const { panel, group, found } = this,
      { map } = panel;
    if (!map?.axes || !panel.model) return;
    if (group.parentNode !== map.shapes.tool) map.shapes.tool.append(group);
    group.style.display = found ? "" : "none";
    if (!found) return;
    const { x, y, perX, perY } = map.scale(),
      view = panel.view(state),
      dims = panel.dims(state),
      exact = panel.isExact(state);
    const near = exact ? [] : this.neighbours(view),
      at = exact ? panel.seen(state, found.mean) : medoid(near);
    set(this.diamond, { transform: `translate(${x(at[0])} ${y(at[1])})` });
    set(this.text, { x: x(at[0]) + 16, y: y(at[1]) + 4 });
    set(this.near, { d: near.map((place) => `M${x(place[0])} ${y(place[1])}h0`).join("") });
    for (const { radius, shape } of this.ellipses) {
      shape.style.display = !view && found.std ? "" : "none";
      if (!view && found.std)
        set(shape, {
          cx: x(at[0]),
          cy: y(at[1]),
          rx: radius * found.std[dims[0]] * perX,
          ry: radius * found.std[dims[1]] * perY,
        });
    }
    this.path.style.display = exact && this.way.length > 1 ? "" : "none";
    if (exact)
      set(this.path, {
        d: `M${this.way
          .map((code) => panel.seen(state, code))
          .map(([a, b]) => `${x(a)} ${y(b)}`)
          .join("L")}`,
      });
  }

  // Where the codes lie on a map that are nearest to what was found, in all dimensions.
  neighbours({ kind, columns }) {
    if (this.nearTo?.found !== this.found || this.nearTo.kind !== kind) {
      const { rows } = nearest(this.panel.model.codes.mean, this.found.mean, NEIGHBOURS);
      this.nearTo = { found: this.found, kind, places: rows.map((row) => columns.map((column) => column[row])) };
    }
    return this.nearTo.places;
  }

  remove() {
    this.group.remove();
  }
}
