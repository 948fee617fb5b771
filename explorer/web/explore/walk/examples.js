// Walks worth trying, found in the codes themselves. No DOM.

import { classMean } from "./class_means.js";
import { nearest } from "../../kernel/nearest.js";
import { logQ } from "../holes.js";
import { largestGap } from "../places.js";
import { fill } from "../../kernel/text.js";

const DIRECTIONS = 16,
  REACHES = [0.4, 0.6, 0.8, 1, 1.25]; // of the ends about a gap, latent units

// Two points on either side of the largest gap between a planar model's codes, where they are dense: the straight line
// between them goes through it.
export function throughGap(model) {
  const [x, y] = largestGap(model).place;
  let best = { worse: -Infinity };
  for (let i = 0; i < DIRECTIONS; i++) {
    const angle = (Math.PI * i) / DIRECTIONS;
    for (const reach of REACHES) {
      const ends = [-reach, reach].map((way) => [x + way * Math.cos(angle), y + way * Math.sin(angle)]);
      const worse = Math.min(...ends.map((end) => logQ(model, end)));
      if (worse > best.worse) best = { worse, ends };
    }
  }
  return best.ends;
}

// The test images whose codes are nearest to the means of two classes, of those classes: two rows.
export function twoImages({ mean, label }, a, b) {
  return [a, b].map(
    (which) => nearest(mean, classMean({ mean, label }, which), 1, (row) => label[row] === which).rows[0],
  );
}

// The walk that the tool opens on: between test images of the two classes whose means are furthest apart in the left
// model; across the prior where the models have no images of several classes in common.
export function opening({ panels }) {
  const [{ entry, codes }, right] = panels.map(({ model }) => model);
  const known = entry.classes
    .map((_, which) => ({ which, mean: classMean(codes, which) }))
    .filter(({ mean }) => mean !== null);
  if (known.length < 2 || entry.dataset !== right.entry.dataset) return { stops: across };
  const pairs = known.flatMap((a, i) => known.slice(i + 1).map((b) => ({ a, b, apart: distance(a.mean, b.mean) })));
  const { a, b } = pairs.reduce((best, pair) => (pair.apart > best.apart ? pair : best));
  return { stops: () => twoImages(codes, a.which, b.which), images: true };
}

const distance = (a, b) => Math.hypot(...a.map((value, i) => value - b[i]));

// Points across N(0, I), at its 1σ ring of the plane's first two dimensions: the line passes near 0, the great circle
// around it.
export const across = () => [
  [-1.2, -0.8],
  [1.2, 0.5],
];

// The examples that there are for the page's models: [{name, stops(), images: are they test images, way}].
export function examplesFor({ panels, words }) {
  const [{ entry, codes }] = panels.map(({ model }) => model);
  const gaps = panels
    .filter(({ model }) => model.entry.latent_dim === 2)
    .map(({ name, model }) => ({
      name: fill(largestGap(model).hole ? words.through_hole : words.through_gap, { name }),
      stops: () => throughGap(model),
      way: "line",
    }));
  const [a, b] = entry.confusable ?? [];
  const between = {
    name: fill(words.two_images, { a: entry.classes[a], b: entry.classes[b] }),
    stops: () => twoImages(codes, a, b),
    images: true,
    way: "line",
  };
  return [...gaps, ...(entry.confusable ? [between] : []), { name: words.across, stops: across, way: "circle" }];
}
