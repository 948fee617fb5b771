// Reads what a picture's file says of itself, before anything is decoded. Pure: bytes in, facts out.

export const LARGEST_FILE = 10 * 1024 * 1024; // bytes
export const MOST_PIXELS = 25e6;

const text = (bytes, at, length) => String.fromCharCode(...bytes.subarray(at, at + length));
const big = (bytes, at, length) => bytes.subarray(at, at + length).reduce((sum, byte) => sum * 256 + byte, 0);
const little = (bytes, at, length) => bytes.subarray(at, at + length).reduceRight((sum, byte) => sum * 256 + byte, 0);

// bytes: the whole file's, a Uint8Array. Returns {problem: why it cannot be used, or null; notice: what is to be said
// of it though it can be, or null; format, width, height, lossy: may it be compressed with loss}. Problems: empty,
// heavy, gif, foreign, truncated, damaged, cmyk, vast; notices: animated, deep.
export function inspect(bytes) {
  if (bytes.length === 0) return refuse("empty");
  if (bytes.length > LARGEST_FILE) return refuse("heavy");
  const found = readPng(bytes) ?? readJpeg(bytes) ?? readWebp(bytes);
  if (!found) return refuse(/^GIF8[79]a$/.test(text(bytes, 0, 6)) ? "gif" : "foreign");
  if (found.problem) return found;
  if (!(found.width > 0 && found.height > 0)) return { ...found, problem: "damaged" };
  return found.width * found.height > MOST_PIXELS ? { ...found, problem: "vast" } : found;
}

const refuse = (problem) => ({ problem, notice: null });
const accept = (format, width, height, notice = null, lossy = false) => ({
  problem: null,
  notice,
  format,
  width,
  height,
  lossy,
});

// PNG: a signature, then chunks of length, type, data, checksum, from IHDR to IEND.
function readPng(bytes) {
  if (text(bytes, 0, 8) !== "\x89PNG\r\n\x1a\n") return null;
  if (text(bytes, 12, 4) !== "IHDR") return refuse(bytes.length < 33 ? "truncated" : "damaged");
  const [width, height, depth] = [big(bytes, 16, 4), big(bytes, 20, 4), bytes[24]];
  let animated = false;
  for (let at = 8; ;) {
    if (at + 12 > bytes.length) return { ...refuse("truncated"), width, height };
    const length = big(bytes, at, 4),
      type = text(bytes, at + 4, 4);
    if (type === "acTL") animated = true;
    const deep = depth === 16 ? "deep" : null;
    if (type === "IEND") return accept("PNG", width, height, animated ? "animated" : deep);
    at += 12 + length;
  }
}

// Is there a marker that ends a JPEG's coded data? A restart (d0 to d7) and an escaped ff (ff 00) do not.
function endsScan(bytes, at) {
  const next = bytes[at + 1];
  return bytes[at] === 0xff && next !== undefined && next !== 0 && !(next >= 0xd0 && next <= 0xd7);
}

// Does a JPEG's marker stand alone, without a length? Does its segment tell the picture's size?
const standsAlone = (marker) => marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8);
const tellsSize = (marker) => marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);

// JPEG: segments of marker and length; after SOS the coded data, up to the next marker that is not a restart.
function readJpeg(bytes) {
  if (bytes[0] !== 0xff || bytes[1] !== 0xd8 || bytes[2] !== 0xff) return null;
  let frame = null;
  for (let at = 2; ;) {
    while (bytes[at] === 0xff && bytes[at + 1] === 0xff) at++; // filling
    if (at + 2 > bytes.length) return refuse("truncated");
    if (bytes[at] !== 0xff) return refuse("damaged");
    const marker = bytes[at + 1];
    if (marker === 0xd9) break;
    if (standsAlone(marker)) {
      at += 2;
      continue;
    }
    if (at + 4 > bytes.length) return refuse("truncated");
    const length = big(bytes, at + 2, 2);
    if (length < 2) return refuse("damaged");
    if (tellsSize(marker)) {
      if (at + 10 > bytes.length) return refuse("truncated");
      frame = { height: big(bytes, at + 5, 2), width: big(bytes, at + 7, 2), components: bytes[at + 9] };
    }
    at += 2 + length;
    if (marker !== 0xda) continue;
    while (at < bytes.length && !endsScan(bytes, at)) at++;
  }
  if (!frame) return refuse("damaged");
  return frame.components === 4
    ? { ...refuse("cmyk"), width: frame.width, height: frame.height }
    : accept("JPEG", frame.width, frame.height, null, true);
}

// WebP: RIFF, its length, then VP8 (lossy), VP8L (lossless) or VP8X (extended: with a flag for animation).
function readWebp(bytes) {
  if (text(bytes, 0, 4) !== "RIFF" || text(bytes, 8, 4) !== "WEBP") return null;
  if (bytes.length < 30 || little(bytes, 4, 4) + 8 > bytes.length) return refuse("truncated");
  const kind = text(bytes, 12, 4);
  if (kind === "VP8X")
    return accept("WebP", little(bytes, 24, 3) + 1, little(bytes, 27, 3) + 1, bytes[20] & 2 ? "animated" : null, true);
  if (kind === "VP8L") {
    const packed = little(bytes, 21, 4);
    return accept("WebP", (packed & 0x3fff) + 1, ((packed >>> 14) & 0x3fff) + 1);
  }
  return kind === "VP8 "
    ? accept("WebP", little(bytes, 26, 2) & 0x3fff, little(bytes, 28, 2) & 0x3fff, null, true)
    : refuse("damaged");
}
