// A canvas whose drawing is as sharp as the screen.

import { enlargement } from "./theme.js";

/** @import { Pair } from "../kernel/types.js" */

export const FONT = "13px sans-serif"; // the smallest type of the design

// Fits the canvas to its place, the page's type and the screen's sharpness. Returns {context, width, height} in CSS
// pixels of the usual type, cleared.
/** @param {HTMLCanvasElement} canvas */
export function fresh(canvas) {
  const grown = enlargement(),
    sharpness = window.devicePixelRatio * grown;
  const width = canvas.clientWidth / grown,
    height = canvas.clientHeight / grown;
  const [w, h] = [Math.round(width * sharpness), Math.round(height * sharpness)];
  if (canvas.width !== w || canvas.height !== h) Object.assign(canvas, { width: w, height: h });
  const context = canvas.getContext("2d");
  context.setTransform(sharpness, 0, 0, sharpness, 0, 0);
  context.clearRect(0, 0, width, height);
  return { context, width, height };
}

// Strokes a line through points, in pixels.
/** @param {CanvasRenderingContext2D} context @param {Pair[]} points */
export function stroke(context, points) {
  context.beginPath();
  points.forEach(([x, y], i) => (i ? context.lineTo(x, y) : context.moveTo(x, y)));
  context.stroke();
}
