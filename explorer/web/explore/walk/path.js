// Ways through a latent space of any number of dimensions: from waypoint to waypoint, each leg in the same time. No
// DOM.

import { fieldOf } from "../../kernel/address.js";

export const MOST = fieldOf("explore", "walk").waypoints;
export const FRAMES = fieldOf("explore", "frames"); // from `least` to `most`
const TINY = 1e-9;

const dot = (a, b) => a.reduce((sum, value, i) => sum + value * b[i], 0);
const norm = (a) => Math.hypot(...a);
const mix = (a, b, wa, wb) => a.map((value, i) => wa * value + wb * b[i]);

// The straight line from a (t = 0) to b (t = 1).
export const lerp = (a, b, t) => mix(a, b, 1 - t, t);

// Along the great circle from a's direction to b's, while the norm goes linearly from one to the other.
//   direction(t) = [sin((1 − t) Ω) a/|a| + sin(t Ω) b/|b|] / sin Ω,  Ω the angle between them: slerp (Shoemake 1985)
// A vector of no length has no direction: it takes the other's. Opposite directions have no one great circle: see
// `sideways`.
export function slerp(a, b, t) {
  const [lengthA, lengthB] = [norm(a), norm(b)];
  if (lengthA < TINY || lengthB < TINY) return lerp(a, b, t);
  const u = a.map((value) => value / lengthA),
    v = b.map((value) => value / lengthB);
  const apart = norm(mix(u, v, 1, -1)),
    together = norm(mix(u, v, 1, 1));
  const angle = 2 * Math.atan2(apart, together); // exact near 0 and π too, where the arc cosine is not
  const length = (1 - t) * lengthA + t * lengthB;
  if (together < 1e-6) {
    const w = sideways(u);
    return mix(u, w, length * Math.cos(Math.PI * t), length * Math.sin(Math.PI * t));
  }
  const sine = Math.sin(angle);
  const [wu, wv] = angle < 1e-6 ? [1 - t, t] : [Math.sin((1 - t) * angle) / sine, Math.sin(t * angle) / sine];
  return mix(u, v, length * wu, length * wv);
}

// A direction at right angles to the unit vector u. In the plane: u turned counter-clockwise; else in the plane of u
// and the axis that it is least along.
function sideways(u) {
  if (u.length === 2) return [-u[1], u[0]];
  const axis = u.reduce((least, value, i) => (Math.abs(value) < Math.abs(u[least]) ? i : least), 0);
  const w = u.map((value, i) => (i === axis ? 1 : 0) - u[axis] * value);
  const length = norm(w);
  return w.map((value) => value / length);
}

// The smooth curve through b (t = 0) and c (t = 1), which comes from a and goes on to d (Catmull & Rom 1974, uniform).
export function catmullRom(a, b, c, d, t) {
  return b.map((_, i) => {
    const first = c[i] - a[i],
      second = 2 * a[i] - 5 * b[i] + 4 * c[i] - d[i],
      third = 3 * (b[i] - c[i]) + d[i] - a[i];
    return b[i] + 0.5 * t * (first + t * (second + t * third));
  });
}

const LEGS = {
  line: (points, leg, t) => lerp(points[leg], points[leg + 1], t),
  circle: (points, leg, t) => slerp(points[leg], points[leg + 1], t),
  // before the first waypoint and after the last one, the curve is continued by their mirror images
  curve: (points, leg, t) => {
    const b = points[leg],
      c = points[leg + 1];
    return catmullRom(points[leg - 1] ?? mix(b, c, 2, -1), b, c, points[leg + 2] ?? mix(c, b, 2, -1), t);
  },
};
export const WAYS = Object.keys(LEGS);

// Where a walk is at t in [0, 1]. points: its waypoints; way: one of WAYS.
export function position(points, way, t) {
  if (points.length === 1) return [...points[0]];
  const at = Math.min(Math.max(t, 0), 1) * (points.length - 1),
    leg = Math.min(Math.floor(at), points.length - 2);
  return LEGS[way](points, leg, at - leg);
}

// `count` places along a walk, at equal steps of t.
export const along = (points, way, count) =>
  Array.from({ length: count }, (_, i) => position(points, way, i / (count - 1)));

// Does a leg join two opposite directions, so that its great circle had to be chosen?
export function hasOpposite(points) {
  return points.some((a, i) => {
    const b = points[i + 1],
      size = b ? norm(a) * norm(b) : 0;
    return size > TINY && dot(a, b) / size < -1 + 5e-13;
  });
}

// ---- as the state and the address write it -------------------------------------------------------------------

// "1,2;0.5,-1" are points, "mnist:12;mnist:99" images. Returns {images: are they, stops: arrays of numbers, or rows,
// dataset or null}.
export function read(text) {
  if (!text) return { images: false, stops: [], dataset: null };
  const parts = text.split(";");
  if (!text.includes(":"))
    return { images: false, stops: parts.map((part) => part.split(",").map(Number)), dataset: null };
  return { images: true, stops: parts.map((part) => Number(part.split(":")[1])), dataset: parts[0].split(":")[0] };
}

// The same back, or null for no waypoints. Points are kept to the state's four decimals.
export function write({ images, stops, dataset }) {
  if (!stops.length) return null;
  const number = (value) => String(Number(value.toFixed(4)) || 0);
  return stops.map((stop) => (images ? `${dataset}:${stop}` : stop.map(number).join(","))).join(";");
}

// A point with so many dimensions: the first ones of more, 0 for what is missing.
export const fitted = (point, dimensions) => Array.from({ length: dimensions }, (_, i) => point[i] ?? 0);
