// A prior drawn beneath codes: rings for N(0, I), otherwise its Gaussians.

import { CHAIN } from "../kernel/prior.js";
import { svgElement } from "./svg.js";

/** @import { Shape } from "../kernel/types.js" */

// The share of a Gaussian's mass in the plane within its 1σ, 2σ and 3σ rings: 1 − exp(−r²/2).
export const RINGS = [1, 2, 3].map((radius) => ({ radius, mass: 1 - Math.exp((-radius * radius) / 2) }));

// A prior as SVG elements in units of the latent space: rings for N(0, I) (null), otherwise its Gaussians. A chain of
// many is drawn as a band.
/** @param {Shape | null} shape */
export function priorOutline(shape) {
  if (!shape) return RINGS.map(({ radius }) => svgElement("circle", { r: radius, class: "ring" }));
  if (shape.means.length > CHAIN) {
    const d = `M${shape.means.map(([x, y]) => `${x} ${y}`).join("L")}`;
    return [
      svgElement("path", { d, class: "band", "stroke-width": 4 * shape.stds[0][0] }),
      svgElement("path", { d, class: "ring" }),
    ];
  }
  return shape.means.flatMap(([x, y], c) =>
    [1, 2].map((radius) => {
      const angle = (Math.atan2(shape.axes[c][0][1], shape.axes[c][0][0]) * 180) / Math.PI;
      const [rx, ry] = shape.stds[c].map((std) => radius * std);
      return svgElement("ellipse", { rx, ry, transform: `translate(${x} ${y}) rotate(${angle})`, class: "ring" });
    }),
  );
}
