// The map of Predict: p, the cloud q with its handles, and what a question moves.

import { Cloud, edgeOf } from "./clouds.js";
import { bestLogit, REACH } from "./questions.js";
import { fieldOf } from "../kernel/address.js";
import { write } from "../parts/dom.js";
import { gridPoints, Plane, tellTale } from "../parts/plane.js";
import { set, svgElement } from "../parts/svg.js";

/** @import { Blob, Scene } from "./questions.js" */

const STD = fieldOf("adversary", "std");
const SIDE = 64;
const POINTS = gridPoints(REACH, SIDE);

export class PredictionMap {
  // host: the element to fill; words: the page's. onMove(part): a handle changes the mean or the width of q;
  // onCommit().
  /**
   * @param {HTMLElement} host @param {Record<string, string>} words
   * @param {{onMove: (part: object) => void, onCommit: () => void}} on
   */
  constructor(host, words, { onMove, onCommit }) {
    /** @type {{scene: Scene, own: Blob, isFixed: boolean} | null} */
    this.shown = null;
    this.plane = new Plane(host, { name: words.predict_map, reach: REACH });
    this.plane.after = () => this.placeMarks();
    this.rings = Object.fromEntries(["own", "moved", "hole"].map((name) => [name, this.ring(name)]));
    this.plane.addHandle("mean", {
      symbol: "mean",
      name: words.move_cloud,
      at: [0, 0],
      onMove: (mean) => onMove({ mean }),
      onCommit,
    });
    this.plane.addHandle("scale", {
      symbol: "log_var",
      name: words.scale_cloud,
      at: [1, 0],
      onMove: ([x, y]) => {
        const { mean } = this.shown.own,
          std = Math.hypot(x - mean[0], y - mean[1]);
        onMove({ std: Math.min(STD.most, Math.max(STD.least, std)) });
      },
      onCommit,
    });
    this.mark = this.plane.marks.appendChild(svgElement("g", { class: "at-z" }));
    this.mark.append(svgElement("circle", { r: 5 }), svgElement("text", { y: -10, "text-anchor": "middle" }));
    write(this.mark.lastElementChild, "z");
  }

  /** @param {string} name */
  ring(name) {
    return this.plane.marks.appendChild(svgElement("circle", { class: `q-ring ${name}` }));
  }

  destroy() {
    this.plane.destroy();
  }

  // own: q, which a person can drag unless `isFixed`; scene: with the q of the question, which is dashed if it differs.
  /**
   * @param {Scene} scene @param {Blob} own @param {boolean} isFixed
   * @param {{real: number[], fake: number[]}} colours
   */
  show(scene, own, isFixed, { real, fake }) {
    this.shown = { scene, own, isFixed };
    this.plane.show({ heat: scene.coloured ? heatOf(scene.q, tellTale(real, fake)) : null, shape: null });
  }

  placeMarks() {
    if (!this.shown) return;
    const { plane, rings, mark } = this,
      { scene, own, isFixed } = this.shown,
      { q, z } = scene,
      { x, y, unit } = plane.scale(),
      cloud = new Cloud(q);
    const isOwn = !isFixed && q.std === own.std && q.mean.every((value, i) => value === own.mean[i]);
    const place = (ring, [cx, cy], radius, isShown) => {
      ring.style.display = isShown ? "" : "none";
      set(ring, { cx: x(cx), cy: y(cy), r: radius * unit });
    };
    place(rings.own, own.mean, own.std, !isFixed);
    place(rings.moved, q.mean, q.std, !isOwn);
    place(rings.hole, cloud.centre, cloud.radius, cloud.radius > 0);
    mark.style.display = z ? "" : "none";
    if (z) set(mark, { transform: `translate(${x(z[0])} ${y(z[1])})` });
    plane.moveHandle("mean", own.mean, !isFixed);
    plane.moveHandle("scale", edgeOf(own, REACH), !isFixed);
  }
}

// The colours of the best discriminator of a cloud.
/** @param {Blob} q @param {(logit: number) => number[]} colour */
function heatOf(q, colour) {
  const cloud = new Cloud(q),
    values = Float64Array.from({ length: SIDE * SIDE }, (_, i) => bestLogit(cloud, [POINTS[2 * i], POINTS[2 * i + 1]]));
  return { values, colour, side: SIDE };
}
