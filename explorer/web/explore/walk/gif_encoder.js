// Animated pictures in greys or few colours: GIF89a (CompuServe 1990), packed by LZW. No DOM.

const MAX_CODES = 4096; // of twelve bits
const CLEAR = 256,
  END = 257; // after the 256 colours
const LEVELS = [6, 7, 6]; // of red, green and blue in COLOURS

// A palette is {colours: 256 of [r, g, b], indexOf(r, g, b)}.
export const GREYS = {
  colours: Array.from({ length: 256 }, (_, grey) => [grey, grey, grey]),
  indexOf: (r, g, b) => Math.round((r + g + b) / 3),
};
export const COLOURS = {
  colours: Array.from({ length: 256 }, (_, i) =>
    [Math.floor(i / (LEVELS[1] * LEVELS[2])), Math.floor(i / LEVELS[2]) % LEVELS[1], i % LEVELS[2]].map(
      (level, channel) => Math.min(255, Math.round((255 * level) / (LEVELS[channel] - 1))),
    ),
  ),
  indexOf: (...rgb) =>
    rgb.reduce(
      (index, value, channel) => index * LEVELS[channel] + Math.round((value / 255) * (LEVELS[channel] - 1)),
      0,
    ),
};

// frames: Uint8Arrays of width · height indices into the palette, of GREYS 0 black, 255 white; delay: of each frame, in
// hundredths of a second. It loops for ever.
export function encodeGif({ width, height, frames, delay, palette = GREYS }) {
  const bytes = new Bytes();
  bytes.text("GIF89a");
  bytes.words(width, height);
  bytes.add(0b11110111, 0, 0); // a palette for all frames, of 256 colours
  for (const colour of palette.colours) bytes.add(...colour);
  bytes.add(0x21, 0xff, 11);
  bytes.text("NETSCAPE2.0");
  bytes.add(3, 1, 0, 0, 0); // 0: for ever
  for (const frame of frames) {
    bytes.add(0x21, 0xf9, 4, 0b00000100); // each frame stays, until the next one covers it
    bytes.words(delay);
    bytes.add(0, 0, 0x2c);
    bytes.words(0, 0, width, height);
    bytes.add(0, 8); // an index has eight bits
    bytes.blocks(lzw(frame));
  }
  bytes.add(0x3b);
  return bytes.done();
}

// Packs bytes: codes of 9 bits at first, and more as the table of strings grows; a full table is begun anew.
export function lzw(data) {
  const bits = new Bytes();
  let held = 0,
    count = 0; // bits that wait for a whole byte
  let size = 9,
    next = END + 1,
    table = new Map();
  const emit = (code) => {
    held |= code << count;
    count += size;
    for (; count >= 8; count -= 8, held >>>= 8) bits.add(held & 255);
  };
  emit(CLEAR);
  let prefix = data[0];
  for (let i = 1; i < data.length; i++) {
    const key = (prefix << 8) | data[i],
      known = table.get(key);
    if (known !== undefined) {
      prefix = known;
      continue;
    }
    emit(prefix);
    if (next === MAX_CODES) {
      emit(CLEAR);
      [size, next, table] = [9, END + 1, new Map()];
    } else {
      if (next === 1 << size) size += 1; // the reader is one entry behind
      table.set(key, next++);
    }
    prefix = data[i];
  }
  emit(prefix);
  if (next === 1 << size && size < 12) size += 1;
  emit(END);
  if (count) bits.add(held & 255);
  return bits.done();
}

// Bytes that grow.
class Bytes {
  constructor() {
    this.room = new Uint8Array(1 << 14);
    this.length = 0;
  }

  add(...values) {
    if (this.length + values.length > this.room.length) {
      const more = new Uint8Array(2 * this.room.length + values.length);
      more.set(this.room);
      this.room = more;
    }
    for (const value of values) this.room[this.length++] = value;
  }

  text(letters) {
    this.add(...[...letters].map((letter) => letter.charCodeAt(0)));
  }

  words(...values) {
    for (const value of values) this.add(value & 255, value >> 8);
  }

  // In blocks of at most 255 bytes, each after its length; an empty one ends them.
  blocks(data) {
    for (let at = 0; at < data.length; at += 255) {
      const block = data.subarray(at, at + 255);
      this.add(block.length, ...block);
    }
    this.add(0);
  }

  done() {
    return this.room.slice(0, this.length);
  }
}
