// Where what is drawn lies on a map: a diamond at its code, the VAE's ellipses of q(z|x), and the way that the code has come.

import { set, svgElement } from "./map.js";
import { nearest } from "./nearest.js";

const LONGEST_WAY = 600; // frames of drawing

export class Mark {
  // panel: whose map it is on; label: what stands beside it.
  constructor(panel, label) {
    Object.assign(this, { panel, label });
    this.way = []; // codes, a frame of drawing each
    const make = (name, attributes) => svgElement(name, { ...attributes, "aria-hidden": true });
    this.group = make("g", { class: "drawn" });
    this.path = make("path", { class: "way" });
    this.ellipses = [1, 2].map((radius) => ({ radius, shape: make("ellipse", { class: `spread${radius === 2 ? " two" : ""}` }) }));
    this.diamond = make("g", {});
    for (const name of ["halo", "line"]) this.diamond.append(make("path", { d: "M0 -13L13 0L0 13L-13 0Z", class: name }));
    this.diamond.append(make("circle", { r: 2, class: "centre" }));
    this.text = make("text", { class: "label" });
    this.text.textContent = label;
    this.group.append(this.path, this.diamond, ...this.ellipses.map(({ shape }) => shape), this.text);
  }

  // found: what `reconstruct` gives, or null: nothing is drawn. fresh: it did not come from what was there before.
  move(found, fresh) {
    this.found = found;
    if (!found || fresh) this.way = [];
    if (found) this.way.push(found.mean);
    if (this.way.length > LONGEST_WAY) this.way.shift();
  }

  // Places it on the map's axes. A UMAP has no place for a new code: there it is at the nearest code's.
  place(state) {
    const { panel, group, found } = this, { map } = panel;
    if (!map?.axes() || !panel.model) return;
    if (group.parentNode !== map.shapes.tool) map.shapes.tool.append(group);
    group.style.display = found ? "" : "none";
    if (!found) return;
    const { x, y, perX, perY } = map.scale(), plane = panel.isPlane(state), dims = panel.dims(state);
    const at = plane ? dims.map((i) => found.mean[i]) : this.nearestOnUmap();
    set(this.diamond, { transform: `translate(${x(at[0])} ${y(at[1])})` });
    set(this.text, { x: x(at[0]) + 16, y: y(at[1]) + 4 });
    for (const { radius, shape } of this.ellipses) {
      shape.style.display = plane && found.std ? "" : "none";
      if (plane && found.std) set(shape, { cx: x(at[0]), cy: y(at[1]), rx: radius * found.std[dims[0]] * perX, ry: radius * found.std[dims[1]] * perY });
    }
    this.path.style.display = plane && this.way.length > 1 ? "" : "none";
    if (plane) set(this.path, { d: `M${this.way.map((code) => `${x(code[dims[0]])} ${y(code[dims[1]])}`).join("L")}` });
  }

  nearestOnUmap() {
    const { mean, umap } = this.panel.model.codes;
    if (this.nearTo !== this.found) {
      this.nearTo = this.found;
      const [row] = nearest(mean, this.found.mean, 1).rows;
      this.near = [umap[0][row], umap[1][row]];
    }
    return this.near;
  }

  remove() {
    this.group.remove();
  }
}
