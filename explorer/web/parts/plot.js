// A small plot in SVG: axes with ticks, curves, and handles that can be dragged by mouse, finger and keys.

import { format } from "../kernel/format.js";
import { ticks } from "./ticks.js";
import { Handle } from "./handle.js";
import { set, svgElement } from "./svg.js";
import { enlargement } from "./theme.js";

/** @import { Pair } from "../kernel/types.js" */

/**
 * @typedef {{
 *   left: number, right: number, top: number, bottom: number, square: boolean, xLabel: string, yLabel: string
 * }} Options
 */

export class Plot {
  // host: the element to fill. square: both axes have one scale. labels: the axes' names.
  /** @param {HTMLElement} host @param {Partial<Options>} options */
  constructor(host, { left = 40, right = 10, top = 8, bottom = 20, square = false, xLabel = "", yLabel = "" } = {}) {
    this.host = host;
    this.plain = { left, right, top, bottom };
    this.square = square;
    this.shown = "";
    this.svg = host.appendChild(svgElement("svg", { class: "plot-svg", width: "100%", height: "100%" }));
    const id = `plot-${Math.random().toString(36).slice(2)}`;
    this.clip = this.svg.appendChild(svgElement("clipPath", { id })).appendChild(svgElement("rect"));
    this.grid = this.svg.appendChild(svgElement("g", { class: "grid", "aria-hidden": true }));
    this.inside = this.svg.appendChild(svgElement("g", { "clip-path": `url(#${id})` }));
    this.above = this.svg.appendChild(svgElement("g"));
    this.names = [xLabel, yLabel].map((text) => {
      const label = this.svg.appendChild(svgElement("text", { class: "axis-name", "aria-hidden": true }));
      label.textContent = text;
      return label;
    });
  }

  // Sets what is seen. Returns false while the plot has no size, as in a tab that is not open.
  /** @param {Pair} xRange @param {Pair} yRange */
  view([x0, x1], [y0, y1]) {
    const { clientWidth: width, clientHeight: height } = this.host,
      { plain } = this,
      grown = enlargement();
    // room for the axes' numbers
    this.margin = { left: plain.left * grown, right: plain.right, top: plain.top, bottom: plain.bottom * grown };
    const { left, right, top, bottom } = this.margin;
    if (width < left + right + 10 || height < top + bottom + 10) return false;
    const across = width - left - right,
      down = height - top - bottom;
    if (this.square) {
      const scale = Math.min(across / (x1 - x0), down / (y1 - y0)); // pixels a unit
      const around = (a, b, pixels) => [(a + b - pixels / scale) / 2, (a + b + pixels / scale) / 2];
      [x0, x1] = around(x0, x1, across);
      [y0, y1] = around(y0, y1, down);
    }
    this.width = width;
    this.height = height;
    this.grown = grown;
    /** @type {Pair} */
    this.xRange = [x0, x1];
    /** @type {Pair} */
    this.yRange = [y0, y1];
    this.perX = across / (x1 - x0);
    this.perY = down / (y1 - y0);
    const key = [width, height, grown, x0, x1, y0, y1].join();
    if (key !== this.shown) this.drawGrid();
    this.shown = key;
    return true;
  }

  drawGrid() {
    const { left, right, top, bottom } = this.margin,
      { width, height, grown } = this;
    set(this.clip, { x: left, y: top, width: width - left - right, height: height - top - bottom });
    const parts = [];
    const line = (x1, y1, x2, y2, zero) =>
      parts.push(svgElement("line", { x1, y1, x2, y2, class: zero ? "zero" : "" }));
    const label = (x, y, anchor, text) => {
      const element = svgElement("text", { x, y, "text-anchor": anchor });
      element.textContent = text;
      parts.push(element);
    };
    const xs = ticks(...this.xRange, Math.max(2, (width - left - right) / (70 * grown)));
    for (const value of xs.values) {
      line(this.x(value), top, this.x(value), height - bottom, Math.abs(value) < 1e-12);
      if (bottom > 14 * grown) label(this.x(value), height - bottom + 14 * grown, "middle", format(value, xs.decimals));
    }
    const ys = ticks(...this.yRange, Math.max(2, (height - top - bottom) / (50 * grown)));
    for (const value of ys.values) {
      line(left, this.y(value), width - right, this.y(value), Math.abs(value) < 1e-12);
      label(left - 5, this.y(value) + 4 * grown, "end", format(value, ys.decimals));
    }
    this.grid.replaceChildren(...parts);
    set(this.names[0], { x: width - right - 4, y: height - bottom - 5, "text-anchor": "end" });
    set(this.names[1], { x: left + 5, y: top + 12 * grown });
  }

  /** @param {number} value */
  x(value) {
    return this.margin.left + (value - this.xRange[0]) * this.perX;
  }
  /** @param {number} value */
  y(value) {
    return this.margin.top + (this.yRange[1] - value) * this.perY;
  }
  /** @param {number} pixel */
  toX(pixel) {
    return this.xRange[0] + (pixel - this.margin.left) / this.perX;
  }
  /** @param {number} pixel */
  toY(pixel) {
    return this.yRange[1] - (pixel - this.margin.top) / this.perY;
  }

  /** @param {string} name @param {string} className */
  make(name, className, parent = this.inside) {
    return parent.appendChild(svgElement(name, { class: className }));
  }

  // The path of a function over [from, to], by n + 1 points.
  /** @param {(x: number) => number} f */
  curve(f, from = this.xRange[0], to = this.xRange[1], n = 320) {
    const far = 1e5; // pixels: a browser does not draw paths that go to 1e30
    let path = "";
    for (let i = 0; i <= n; i++) {
      const x = from + ((to - from) * i) / n;
      const y = Math.max(-far, Math.min(far, this.y(f(x))));
      path += `${i ? "L" : "M"}${this.x(x).toFixed(2)} ${y.toFixed(2)}`;
    }
    return path;
  }

  // The same, closed along y = 0.
  /** @param {(x: number) => number} f @param {number} from @param {number} to @param {number} [n] */
  area(f, from, to, n) {
    if (!(to > from)) return "";
    const [right, left, base] = [this.x(to), this.x(from), this.y(0)].map((pixel) => pixel.toFixed(2));
    return `${this.curve(f, from, to, n)}L${right} ${base}L${left} ${base}Z`;
  }
}

// A handle of a plot. Where its point is out of sight, it stands at the plot's edge, and can be dragged from there.
export class PlotHandle {
  // options: name, className, value, onMove, onNudge, onEnd, line: see handle.js. Points are in the plot's units.
  /** @param {Plot} plot @param {Omit<import("./handle.js").HandleOptions, "at" | "held">} options */
  constructor(plot, options) {
    this.plot = plot;
    this.place = [0, 0]; // pixels
    this.handle = new Handle(plot.above, {
      ...options,
      at: (event) => {
        const box = plot.svg.getBoundingClientRect();
        return [plot.toX(event.clientX - box.left), plot.toY(event.clientY - box.top)];
      },
      held: () => [plot.toX(this.place[0]), plot.toY(this.place[1])],
    });
  }

  // Puts it at (x, y) of the plot's units, kept where it can be reached.
  /** @param {number} x @param {number} y */
  show(x, y, visible = true) {
    const { plot } = this,
      { left, right, top, bottom } = plot.margin;
    this.place = [
      Math.max(left, Math.min(plot.width - right, plot.x(x))),
      Math.max(top, Math.min(plot.height - bottom, plot.y(y))),
    ];
    set(this.handle.element, {
      transform: `translate(${this.place[0].toFixed(2)} ${this.place[1].toFixed(2)})`,
      visibility: visible ? "visible" : "hidden",
    });
  }
}
