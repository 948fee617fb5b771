// Brings a picture into the form of a dataset's, as its authors made theirs. Pure: arrays in, arrays out.
//
// A picture is {values, width, height}: ink from 0 (paper) to 1, row by row.

// Which form each dataset's pictures have. Others, which a person may train on, were fitted into their square as
// Fashion-MNIST's were.
const FORMS = { mnist: "mnist", digits: "digits", "fashion-mnist": "fashion" };

export const formName = ({ dataset, whole }) => (whole ? "whole" : (FORMS[dataset] ?? "fitted"));

// The picture as a model of `entry` reads it: side² numbers in [0, 1], or in colour three times as many. All 0 where
// there is no ink.
export function toForm(picture, entry) {
  const { image_side: side, channels, whole } = entry;
  if (whole) return wholeForm(picture, side, channels);
  const box = inkBox(picture);
  if (!box) return new Float32Array(side * side);
  return { mnist: mnistForm, digits: digitsForm, fashion: fittedForm, fitted: fittedForm }[formName(entry)](
    picture,
    box,
    side,
  );
}

// The least box with all ink: {left, top, width, height}, or null without ink.
export function inkBox({ values, width, height }) {
  let left = width,
    right = -1,
    top = height,
    bottom = -1;
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      if (values[i] <= 0) continue;
      if (x < left) left = x;
      if (x > right) right = x;
      if (y < top) top = y;
      bottom = y;
    }
  }
  return right < 0 ? null : { left, top, width: right - left + 1, height: bottom - top + 1 };
}

// LeCun, Cortes & Burges (yann.lecun.com/exdb/mnist): the digit is size-normalised into 20 x 20 with its aspect ratio
// kept, which by antialiasing gives greys; then moved in 28 x 28 so that its centre of mass is at the centre. In all of
// MNIST the larger side is 20 pixels and the centre of mass within half a pixel of pixel 14, so it was moved by whole
// pixels.
function mnistForm(picture, box, side) {
  const scale = 20 / Math.max(box.width, box.height),
    centre = 14;
  const width = Math.max(1, Math.round(box.width * scale)),
    height = Math.max(1, Math.round(box.height * scale));
  const small = resize(stretched(picture), box, width, height);
  let mass = 0,
    across = 0,
    down = 0;
  small.forEach((value, i) => {
    mass += value;
    across += value * (i % width);
    down += value * Math.floor(i / width);
  });
  // no ink is lost, however lopsided the digit
  const inside = (offset, size) => Math.min(Math.max(offset, 0), side - size);
  return paste(
    small,
    width,
    height,
    side,
    inside(Math.round(centre - across / mass), width),
    inside(Math.round(centre - down / mass), height),
  );
}

// Alpaydin & Kaynak (scikit-learn's load_digits): a bitmap of 32 x 32, black or white, in blocks of 4 x 4; in each the
// pixels with ink are counted, 0 to 16. In every one of its images the digit fills the height; nearly all ink lies in
// the 20 columns of pixels in the middle: here the height becomes 32 pixels, the width keeps its ratio up to 20.
function digitsForm(picture, box, side) {
  const bitmap = 32,
    block = bitmap / side,
    widest = 20;
  const width = Math.min(widest, Math.max(1, Math.round((box.width * bitmap) / box.height)));
  const small = resize(stretched(picture), box, width, bitmap);
  const left = Math.floor((bitmap - width) / 2),
    counts = new Float32Array(side * side);
  small.forEach((value, i) => {
    if (value < 0.5) return;
    const x = left + (i % width),
      y = Math.floor(i / width);
    counts[Math.floor(y / block) * side + Math.floor(x / block)] += 1;
  });
  const most = block * block;
  return counts.map((count) => Math.round((count * 255) / most) / 255); // as datasets.py keeps them
}

// Xiao, Rasul & Vollgraf (Fashion-MNIST): the margin is trimmed, the longer side becomes 28 pixels, the aspect ratio is
// kept, the picture is in the middle. Greys stay as they are.
function fittedForm(picture, box, side) {
  const scale = side / Math.max(box.width, box.height);
  const width = Math.max(1, Math.round(box.width * scale)),
    height = Math.max(1, Math.round(box.height * scale));
  return paste(
    resize(picture, box, width, height),
    width,
    height,
    side,
    Math.floor((side - width) / 2),
    Math.floor((side - height) / 2),
  );
}

// A folder's pictures (folder.py): all of the square, as it is. picture.planes: red, green and blue, where it has
// colour.
function wholeForm({ values, planes = [values, values, values], width, height }, side, channels) {
  const x = new Float32Array(channels * side * side),
    all = { left: 0, top: 0, width, height };
  const parts = channels === 1 ? [values] : planes;
  parts.forEach((part, channel) => x.set(resize({ values: part, width }, all, side, side), channel * side * side));
  return x;
}

// The darkest ink becomes 1.
function stretched({ values, width, height }) {
  let most = 0;
  for (const value of values) if (value > most) most = value;
  return { values: most === 1 ? values : values.map((value) => value / most), width, height };
}

// A box of a picture in another size. Smaller: the mean over the area that each new pixel covers; larger: linear
// between the old pixels' centres.
export function resize({ values, width: stride }, { left, top, width, height }, newWidth, newHeight) {
  const across = taps(width, newWidth),
    down = taps(height, newHeight);
  const rows = new Float32Array(newWidth * height),
    result = new Float32Array(newWidth * newHeight);
  for (let y = 0; y < height; y++) {
    const start = (top + y) * stride + left;
    across.forEach(({ first, weights }, x) => {
      let sum = 0;
      for (let i = 0; i < weights.length; i++) sum += weights[i] * values[start + first + i];
      rows[y * newWidth + x] = sum;
    });
  }
  down.forEach(({ first, weights }, y) => {
    for (let x = 0; x < newWidth; x++) {
      let sum = 0;
      for (let i = 0; i < weights.length; i++) sum += weights[i] * rows[(first + i) * newWidth + x];
      result[y * newWidth + x] = Math.min(Math.max(sum, 0), 1);
    }
  });
  return result;
}

// For each of `to` new pixels in a line, which of `from` old ones it is made of, and how much of each: weights of sum
// 1.
function taps(from, to) {
  const scale = from / to;
  return Array.from({ length: to }, (_, i) => {
    if (scale >= 1) {
      const start = i * scale,
        end = Math.min((i + 1) * scale, from),
        first = Math.floor(start);
      const weights = [];
      for (let j = first; j < end; j++) weights.push((Math.min(j + 1, end) - Math.max(j, start)) / (end - start));
      return { first, weights };
    }
    const at = Math.min(Math.max((i + 0.5) * scale - 0.5, 0), from - 1),
      first = Math.min(Math.floor(at), Math.max(from - 2, 0));
    return { first, weights: from === 1 ? [1] : [1 - (at - first), at - first] };
  });
}

function paste(values, width, height, side, left, top) {
  const result = new Float32Array(side * side);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) result[(top + y) * side + left + x] = values[y * width + x];
  return result;
}

// ---- a picture from a file: which of its greys are paper, and which ink -----------------------------

// What a picture's border says of its paper. greys: luminance from 0 to 1. Returns {paper: the border's median, noise:
// how far its greys typically are from it, dark: is the ink darker than the paper, by which of the two extremes is
// further away}.
export function readPaper({ values, width, height }) {
  const border = [];
  for (let x = 0; x < width; x++) border.push(values[x], values[(height - 1) * width + x]);
  for (let y = 1; y < height - 1; y++) border.push(values[y * width], values[y * width + width - 1]);
  const paper = median(border),
    noise = median(border.map((value) => Math.abs(value - paper)));
  let low = 1,
    high = 0;
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return { paper, noise, dark: paper - low > high - paper };
}

// Greys as ink: the share of the way from paper to black (invert) or to white. What stands out no more than the paper's
// own noise is paper; lossy: was it compressed as photographs are, which puts greys around every edge? Then so is what
// stands out by no more than a tenth.
export function toInk({ values, width, height }, { paper, noise }, invert, lossy = false) {
  const reach = Math.max(invert ? paper : 1 - paper, 1e-6),
    least = Math.max(lossy ? 0.1 : 1 / 510, 8 * noise);
  const ink = values.map((value) => {
    const difference = invert ? paper - value : value - paper;
    return difference <= least ? 0 : Math.min(difference / reach, 1);
  });
  return { values: ink, width, height };
}

function median(numbers) {
  return Float32Array.from(numbers).sort()[numbers.length >> 1];
}
