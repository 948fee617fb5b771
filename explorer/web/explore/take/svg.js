// Pictures to keep: a map and decoded pictures as SVG that any viewer opens, and any SVG as PNG.
//
// What is copied from the page has its styles written into it: a viewer has neither the page's CSS nor its variables.

import { format } from "../../kernel/format.js";
import { svgElement } from "../../parts/svg.js";

const FONT = "system-ui, -apple-system, 'Segoe UI', sans-serif";
const TITLE = 26,
  LINE = 15,
  SWATCH = 18; // heights, pixels
const OPACITY = 0.7; // of a code, as on the map
const SIDE = 224; // about that of a decoded picture: eight times 28
// Attributes that a copy of the overlay does without.
const DROPPED = "class style clip-path id vector-effect tabindex role aria-label aria-hidden data-value".split(" ");
const COPIED = ["stroke-linecap", "stroke-linejoin", "text-anchor", "font-size", "font-weight", "font-style"];

// A map as it is seen. text: {title, caption, axes: the two names}; colours: the theme's. Returns {svg: text, width,
// height}.
export function mapSvg(map, { title, caption, axes }, colours) {
  const { clientWidth: width, clientHeight } = map.host;
  const sheet = new Sheet(width, colours);
  sheet.title(title);
  const plot = sheet.group({ transform: `translate(0 ${TITLE})` });
  const scale = map.scale(),
    { area } = scale;
  sheet.clip(area);
  nameAxes(plot, area, axes);
  const inside = plot.appendChild(svgElement("g", { "clip-path": "url(#area)" }));
  inside.append(...underlays(map), codes(map, scale));
  inside.append(...[...map.overlay.children].flatMap((child) => frozen(child, map.overlay, map.shapes)));
  plot.append(
    svgElement("rect", {
      ...rectangle(area),
      fill: "none",
      stroke: colours.zero.hex,
      "stroke-opacity": colours.zero.opacity,
    }),
  );
  sheet.y = TITLE + clientHeight + 6;
  if (map.tones?.values) sheet.ramp(map.tones);
  else if (!map.tones)
    sheet.legend(map.classes.map((name, i) => ({ name, colour: map.palette[i] })).filter((_, i) => !map.hidden.has(i)));
  sheet.caption(caption);
  return sheet.done();
}

// Decoded pictures, two in a row: pictures {title, canvas}. Without caption and titles where it is only one.
export function picturesSvg(pictures, caption, colours) {
  const side = Math.max(...pictures.map(({ canvas }) => canvas.width * timesOf(canvas)));
  if (pictures.length === 1) {
    const sheet = new Sheet(side, colours);
    sheet.svg.append(pixels(pictures[0].canvas, 0, 0));
    sheet.y = side;
    return sheet.done(0);
  }
  const gap = 8,
    sheet = new Sheet(2 * side + 3 * gap, colours);
  pictures.forEach(({ title, canvas }, i) => {
    const x = gap + (i % 2) * (side + gap),
      y = (i >> 1) * (side + TITLE);
    sheet.text(title, { x: x + side / 2, y: y + 18, "text-anchor": "middle", "font-weight": 600 });
    sheet.svg.append(pixels(canvas, x, y + TITLE));
  });
  sheet.y = Math.ceil(pictures.length / 2) * (side + TITLE) + 4;
  sheet.caption(caption);
  return sheet.done();
}

// An SVG of that size as a PNG, so many times as large.
export async function pngOf({ svg, width, height }, times) {
  const address = URL.createObjectURL(new Blob([svg], { type: "image/svg+xml" }));
  try {
    const image = new Image();
    image.src = address;
    await image.decode();
    const canvas = Object.assign(document.createElement("canvas"), { width: width * times, height: height * times });
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    return await new Promise((resolve, reject) =>
      canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("the picture is too large"))), "image/png"),
    );
  } finally {
    URL.revokeObjectURL(address);
  }
}

// Any CSS colour as {hex, opacity}: viewers know fewer notations than browsers.
export function resolved(colour) {
  if (!known.has(colour)) {
    const context = Object.assign(document.createElement("canvas"), { width: 1, height: 1 }).getContext("2d", {
      willReadFrequently: true,
    });
    context.fillStyle = colour;
    context.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = context.getImageData(0, 0, 1, 1).data;
    known.set(colour, {
      hex: `#${[r, g, b].map((part) => part.toString(16).padStart(2, "0")).join("")}`,
      opacity: Math.round((a / 255) * 100) / 100,
    });
  }
  return known.get(colour);
}
const known = new Map();

// A sheet of paper that grows downwards.
class Sheet {
  constructor(width, colours) {
    this.width = width;
    this.colours = colours;
    this.y = 0;
    this.svg = svgElement("svg", { "font-family": FONT, "font-size": 12, fill: colours.text.hex });
    this.paper = this.svg.appendChild(
      svgElement("rect", { width: "100%", height: "100%", fill: colours.background.hex }),
    );
    this.context = document.createElement("canvas").getContext("2d");
  }

  group(attributes) {
    return this.svg.appendChild(svgElement("g", attributes));
  }

  text(content, attributes) {
    return this.svg.appendChild(textElement(content, attributes));
  }

  title(content) {
    this.text(content, { x: 8, y: 18, "font-size": 14, "font-weight": 600 });
    this.svg.prepend(Object.assign(svgElement("title"), { textContent: content }));
  }

  clip(area) {
    this.svg.appendChild(svgElement("clipPath", { id: "area" })).append(svgElement("rect", rectangle(area)));
  }

  widthOf(content) {
    this.context.font = `12px ${FONT}`;
    return this.context.measureText(content).width * 1.06; // a viewer's font may be wider
  }

  legend(classes) {
    let x = 8;
    for (const { name, colour } of classes) {
      const wide = 16 + this.widthOf(name) + 10;
      if (x + wide > this.width && x > 8) [x, this.y] = [8, this.y + SWATCH];
      this.svg.append(svgElement("rect", { x: short(x), y: this.y + 3, width: 10, height: 10, rx: 5, fill: colour }));
      this.text(name, { x: short(x + 15), y: this.y + 12 });
      x += wide;
    }
    this.y += SWATCH;
  }

  // The colours of a number, from its low to its high end.
  ramp({ stops, range: [low, high] }) {
    const [left, right] = [low, high].map((value) => format(value, Math.abs(high - low) < 10 ? 2 : 0)),
      wide = 120,
      x = 8 + this.widthOf(left) + 6;
    const gradient = this.svg.appendChild(svgElement("linearGradient", { id: "ramp" }));
    stops.forEach((stop, i) =>
      gradient.append(svgElement("stop", { offset: i / (stops.length - 1), "stop-color": resolved(stop).hex })),
    );
    this.text(left, { x: 8, y: this.y + 12 });
    this.svg.append(svgElement("rect", { x, y: this.y + 3, width: wide, height: 10, fill: "url(#ramp)" }));
    this.text(right, { x: x + wide + 6, y: this.y + 12 });
    this.y += SWATCH;
  }

  // Paragraphs, in lines as long as there is room.
  caption(paragraphs) {
    const lines = [];
    for (const word of paragraphs.flatMap((paragraph) => [null, ...paragraph.split(" ")])) {
      if (word === null) {
        lines.push("");
        continue;
      }
      const longer = `${lines.at(-1)} ${word}`.trim();
      if (this.widthOf(longer) > this.width - 16 && lines.at(-1)) lines.push(word);
      else lines[lines.length - 1] = longer;
    }
    for (const line of lines) this.text(line, { x: 8, y: (this.y += LINE) });
  }

  done(margin = 8) {
    const { width } = this,
      height = Math.ceil(this.y + margin);
    for (const [name, value] of Object.entries({ width, height, viewBox: `0 0 ${width} ${height}` }))
      this.svg.setAttribute(name, value);
    return {
      svg: `<?xml version="1.0" encoding="UTF-8"?>\n${new XMLSerializer().serializeToString(this.svg)}`,
      width,
      height,
    };
  }
}

const rectangle = ({ left, top, width, height }) => ({ x: left, y: top, width, height });
const textElement = (content, attributes) => Object.assign(svgElement("text", attributes), { textContent: content });
const short = (value) => Math.round(value * 100) / 100;

// The axes' names; their lines and numbers are the overlay's.
function nameAxes(plot, { left, top, width, height }, names) {
  plot.append(
    textElement(names[0], { x: left + width - 6, y: top + height - 24, "font-size": 13, "text-anchor": "end" }),
    textElement(names[1], { x: left + 30, y: top + 15, "font-size": 13 }),
  );
}

// What lies beneath the codes on canvases of the map's size: pictures in the vector drawing.
function underlays(map) {
  return [...map.host.children]
    .filter((child) => child.tagName === "CANVAS" && child !== map.sketchpad.canvas && !child.hidden && child.width)
    .map((canvas) => {
      const { opacity } = getComputedStyle(canvas);
      return svgElement("image", {
        width: map.host.clientWidth,
        height: map.host.clientHeight,
        href: canvas.toDataURL("image/png"),
        opacity,
      });
    });
}

// The codes in sight, a circle each, class by class.
function codes(map, scale) {
  const { x, y, label } = map.shown(),
    { area } = scale,
    radius = map.markerSize() / 2;
  const group = svgElement("g", {
    class: "codes",
    "fill-opacity": short(OPACITY * Number(map.host.style.getPropertyValue("--codes") || 1)),
  });
  map.classes.forEach((_, which) => {
    if (map.hidden.has(which)) return;
    const dots = group.appendChild(svgElement("g", { fill: resolved(map.palette[which]).hex }));
    for (let row = 0; row < label.length; row++) {
      if (label[row] !== which) continue;
      const cx = scale.x(x[row]),
        cy = scale.y(y[row]);
      if (cx < area.left || cx > area.left + area.width || cy < area.top || cy > area.top + area.height) continue;
      const dot = svgElement("circle", { cx: short(cx), cy: short(cy), r: radius });
      if (map.tones) dot.setAttribute("fill", resolved(map.tones.ink(row)).hex);
      dots.append(dot);
    }
  });
  return group;
}

// A "fill" or "stroke" as attributes.
function paint(style, name) {
  const value = style.getPropertyValue(name),
    { hex, opacity } = value === "none" ? { hex: "none", opacity: 1 } : resolved(value);
  const all = opacity * Number(style.getPropertyValue(`${name}-opacity`) || 1);
  if (all === 0) return { [name]: "none" };
  return all < 1 ? { [name]: hex, [`${name}-opacity`]: short(all) } : { [name]: hex };
}

// A stroke as attributes. Not every viewer keeps its width when its element is scaled: the width is divided instead.
function strokeOf(element, style, overlay) {
  const stroke = paint(style, "stroke");
  if (stroke.stroke === "none") return stroke;
  const shrink = style.vectorEffect === "non-scaling-stroke" ? scaleOf(element, overlay) : 1;
  const divided = (lengths) =>
    lengths
      .split(/[ ,]+/)
      .map((length) => Number((parseFloat(length) / shrink).toPrecision(4)))
      .join(" ");
  stroke["stroke-width"] = divided(style.strokeWidth);
  if (style.strokeDasharray !== "none") stroke["stroke-dasharray"] = divided(style.strokeDasharray);
  return stroke;
}

// What is seen of an element of the overlay, as one or two elements with their styles written out. The probe's handle
// is left out.
function frozen(element, overlay, shapes) {
  if (element === shapes.handle || ["defs", "clipPath", "title"].includes(element.tagName)) return [];
  const style = getComputedStyle(element);
  if (style.display === "none" || style.visibility === "hidden") return [];
  const copy = element.cloneNode(false);
  for (const name of DROPPED) copy.removeAttribute(name);
  if (style.opacity !== "1") copy.setAttribute("opacity", style.opacity);
  if (element.tagName === "g") {
    copy.append(...[...element.children].flatMap((child) => frozen(child, overlay, shapes)));
    return copy.childNodes.length ? [copy] : [];
  }
  if (element.tagName === "image" || element.tagName === "use") return [copy];
  copy.textContent = element.tagName === "text" ? element.textContent : "";
  if (element.tagName === "text" && !copy.textContent) return [];
  for (const name of COPIED) {
    const value = style.getPropertyValue(name);
    if (!["normal", "auto", ""].includes(value)) copy.setAttribute(name, value.replace(/px$/, ""));
  }
  const stroke = strokeOf(element, style, overlay);
  const put = (target, attributes) =>
    Object.entries(attributes).forEach(([name, value]) => target.setAttribute(name, value));
  put(copy, paint(style, "fill"));
  if (element.tagName !== "text" || stroke.stroke === "none") {
    put(copy, stroke);
    return [copy];
  }
  const halo = copy.cloneNode(true); // not every viewer paints the stroke first
  put(halo, { ...stroke, fill: stroke.stroke });
  return [halo, copy];
}

// How many pixels a unit of the element's is.
function scaleOf(element, overlay) {
  const to = overlay.getScreenCTM(),
    own = element.getScreenCTM();
  if (!to || !own) return 1;
  const { a, b, c, d } = to.inverse().multiply(own);
  return Math.sqrt(Math.abs(a * d - b * c)) || 1;
}

// How large a pixel of a decoded picture becomes: a whole number of pixels.
const timesOf = (canvas) => Math.max(1, Math.round(SIDE / canvas.width));

// A canvas's own pixels as squares: rows of equal colour are one rectangle.
function pixels(canvas, left, top) {
  const { width: side } = canvas,
    size = timesOf(canvas),
    { data } = canvas.getContext("2d").getImageData(0, 0, side, side);
  const group = svgElement("g", { transform: `translate(${left} ${top})`, "shape-rendering": "crispEdges" });
  group.append(svgElement("rect", { width: side * size, height: side * size, fill: "#000000" }));
  const colourAt = (row, column) =>
    "#" + [0, 1, 2].map((channel) => data[4 * (row * side + column) + channel].toString(16).padStart(2, "0")).join("");
  for (let row = 0; row < side; row++) {
    for (let from = 0, to; from < side; from = to) {
      const fill = colourAt(row, from);
      for (to = from + 1; to < side && colourAt(row, to) === fill;) to++;
      if (fill !== "#000000")
        group.append(
          svgElement("rect", { x: from * size, y: row * size, width: (to - from) * size, height: size, fill }),
        );
    }
  }
  return group;
}
