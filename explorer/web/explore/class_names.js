// The classes' names on a map: each at the median of its codes, or beside it if the name would hide them.

import { rowsByClass } from "./sketchpad.js";
import { set, svgElement } from "../parts/svg.js";

const TALL = 16,
  WIDE = 8.5,
  EDGE = 4; // of a name, in pixels: its height, a letter's width, the halo
const NEAR = 12; // pixels: names whose middles are nearer overlap
const ASKED = 16; // codes of a class, evenly chosen, that are tested

export class ClassNames {
  // group: of an SVG, to fill.
  constructor(group) {
    this.group = group;
    this.classes = []; // see summaries()
  }

  // names: the classes'.
  write(names) {
    this.names = names;
    this.points = null;
    this.group.replaceChildren(
      ...names.map((name) => {
        const text = svgElement("text", { class: "class-name", "aria-hidden": true });
        text.textContent = name;
        return text;
      }),
    );
  }

  // points: {x, y, label} as they are seen; scale: the map's; hidden: the classes that are switched off;
  // grown: how large the type is.
  place(points, scale, hidden, grown) {
    if (this.points !== points) {
      this.points = points;
      this.classes = summaries(points, this.names.length);
    }
    const classes = this.classes.map(({ middle: [x, y], some }, which) => ({
      name: this.names[which],
      isSeen: !hidden.has(which) && some.length > 0,
      middle: [scale.x(x), scale.y(y)],
      some: some.map((row) => [scale.x(points.x[row]), scale.y(points.y[row])]),
    }));
    placed(classes, grown).forEach((at, which) => {
      const text = this.group.children[which];
      text.style.display = at ? "" : "none";
      if (at) set(text, { x: at[0], y: at[1] + 5 });
    });
  }
}

// Of each class, where its median is, and some of its rows.
function summaries({ x, y, label }, count) {
  const all = rowsByClass(label);
  return Array.from({ length: count }, (_, which) => {
    const rows = all[which] ?? [],
      count = Math.min(ASKED, rows.length);
    const median = (values) => Float32Array.from(rows, (row) => values[row]).sort()[rows.length >> 1];
    const some = Array.from({ length: count }, (_, i) => rows[Math.floor((i * rows.length) / count)]);
    return { middle: [median(x), median(y)], some };
  });
}

// Returns where the middle of each name is. classes: {name, isSeen, middle, some: places of codes}, all in pixels.
// A name stands at its class's median, or above or below it, where it hides most codes of no class. If there is no such
// place, it is left out (null). If most names would overlap, all are left out.
export function placed(classes, grown = 1) {
  const seen = classes.filter(({ isSeen }) => isSeen),
    down = (TALL * grown) / 2 + EDGE;
  const covers = ({ name }, [x, y]) => {
    const across = (name.length * WIDE * grown) / 2 + EDGE;
    return ([a, b]) => Math.abs(a - x) < across && Math.abs(b - y) < down;
  };
  const hides = (one, at) => {
    const isUnder = covers(one, at);
    // most codes lie around the median
    return seen.some(({ middle, some }) => isUnder(middle) && some.filter(isUnder).length > some.length / 2);
  };
  const places = [];
  for (const one of classes) {
    const {
        middle: [x, y],
      } = one,
      under = one.some.filter(covers(one, [x, y])).map(([, b]) => b);
    const tries = [
      [x, y],
      [x, Math.min(y, ...under) - down],
      [x, Math.max(y, ...under) + down],
    ];
    const fits = one.isSeen ? tries.filter((at) => !hides(one, at)) : [];
    const isFree = (at) => at === tries[0] || !places.some((other) => other && areNear(at, other));
    places.push(fits.find(isFree) ?? fits[0] ?? null);
  }
  return isCrowded(places.filter(Boolean)) ? places.map(() => null) : places;
}

const areNear = ([x, y], [a, b]) => Math.hypot(a - x, b - y) < NEAR;

// Do most places have another one near?
function isCrowded(places) {
  const near = places.filter((at) => places.some((other) => other !== at && areNear(at, other)));
  return near.length > places.length / 2;
}
