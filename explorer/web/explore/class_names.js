// The classes' names on a map: each at the median of its codes, or beside it if the name would hide them.

import { rowsByClass } from "../parts/sketchpad.js";
import { set, svgElement } from "../parts/svg.js";

const TALL = 16,
  WIDE = 8.5,
  EDGE = 4; // of a name, in pixels: its height, a letter's width, the halo
const PROBE = 14; // pixels around the middle of the probe that its handle takes
// Directions from a median, at one, two and three times a name's own size.
const AROUND = [1, 2, 3].flatMap((far) =>
  [
    [1, 0],
    [-1, 0],
    [0, -1],
    [0, 1],
    [1, -1],
    [-1, -1],
    [1, 1],
    [-1, 1],
  ].map(([a, b]) => [far * a, far * b]),
);
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
  // grown: how large the type is; probe: its middle in the map's units, or null.
  place(points, scale, hidden, grown, probe) {
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
    const inPixels = probe && [scale.x(probe[0]), scale.y(probe[1])];
    placed(classes, grown, inPixels).forEach((at, which) => {
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

// Returns where the middle of each name is. classes: {name, isSeen, middle, some: places of codes}, all in pixels;
// probe: its middle in pixels, or null.
// A name stands at its class's median, or near it where it hides most codes of no class, no other name, and not the
// probe. If there is no such place, it is left out (null). If most names have none, all are left out.
export function placed(classes, grown = 1, probe = null) {
  const seen = classes.filter(({ isSeen }) => isSeen),
    places = [];
  const half = ({ name }) => [(name.length * WIDE * grown) / 2 + EDGE, (TALL * grown) / 2 + EDGE];
  const covers = (one, /** @type {number[]} */ [x, y]) => {
    const [across, down] = half(one);
    return ([a, b]) => Math.abs(a - x) < across && Math.abs(b - y) < down;
  };
  const hides = (one, at) => {
    const isUnder = covers(one, at);
    // most codes lie around the median
    return seen.some(({ middle, some }) => isUnder(middle) && some.filter(isUnder).length > some.length / 2);
  };
  // Are two places at least so far apart, to the side or in height?
  const apart = ([x, y], [a, b], across, down) => Math.abs(a - x) > across || Math.abs(b - y) > down;
  const isFree = (one, at) => {
    const [across, down] = half(one).map((size) => size - EDGE),
      room = PROBE * grown;
    const isClear = (place, which) => {
      const [otherAcross, otherDown] = half(classes[which]).map((size) => size - EDGE);
      return !place || apart(at, place, across + otherAcross, down + otherDown);
    };
    return places.every(isClear) && (!probe || apart(at, probe, across + room, down + room));
  };
  for (const one of classes) {
    const found = one.isSeen && triesOf(one, half(one), covers).find((at) => !hides(one, at) && isFree(one, at));
    places.push(found || null);
  }
  const count = places.filter(Boolean).length;
  return count < seen.length / 2 ? places.map(() => null) : places;
}

// The places that are tried for a name: the median; above and below the codes that it would hide there; then around.
/** @param {any} one @param {number[]} half */
function triesOf(one, [across, down], covers) {
  const {
      middle: [x, y],
      some,
    } = one,
    under = some.filter(covers(one, [x, y])).map(([, b]) => b);
  return [
    [x, y],
    [x, Math.min(y, ...under) - down],
    [x, Math.max(y, ...under) + down],
    ...AROUND.map(([a, b]) => [x + a * across, y + b * down]),
  ];
}
