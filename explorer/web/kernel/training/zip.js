// Packs files into a ZIP file (PKWARE's APPNOTE 6.3), without compression: weights in half precision hardly shrink.

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});

/** @param {Uint8Array} bytes */
function crc32(bytes) {
  let value = 0xffffffff;
  for (const byte of bytes) value = (value >>> 8) ^ TABLE[(value ^ byte) & 0xff];
  return ~value >>> 0;
}

// The numbers, each in so many bytes, the lowest byte first.
/** @param {number[]} sizes @param {number[]} values */
const packed = (sizes, values) =>
  values.flatMap((value, at) => Array.from({ length: sizes[at] }, (_, i) => Math.floor(value / 2 ** (8 * i)) & 0xff));

// Sizes in bytes of what the record of a file and its entry in the directory share: version, flags, method; time, day;
// checksum; sizes, packed and unpacked; lengths of the name and of an extra field.
const SHARED = [2, 2, 2, 2, 2, 4, 4, 4, 2, 2];

const UTF_8 = 0x800; // the flag of names in UTF-8

// files; folder: the name of the folder that holds them; when: the time of their last change.
/** @param {import("./bundle.js").BundleFile[]} files @param {string} folder @param {Date} when @returns {Uint8Array} */
export function zip(files, folder, when) {
  const time = (when.getHours() << 11) | (when.getMinutes() << 5) | (when.getSeconds() >> 1),
    day = ((when.getFullYear() - 1980) << 9) | ((when.getMonth() + 1) << 5) | when.getDate();
  /** @type {Uint8Array[]} */
  const parts = [],
    /** @type {Uint8Array[]} */
    directory = [];
  let at = 0;
  const add = (to, ...arrays) => to.push(...arrays.map((array) => Uint8Array.from(array)));
  const lengthOf = (arrays) => arrays.reduce((sum, { length }) => sum + length, 0);
  for (const { name, bytes } of files) {
    const path = new TextEncoder().encode(`${folder}/${name}`);
    const shared = [20, UTF_8, 0, time, day, crc32(bytes), bytes.length, bytes.length, path.length, 0];
    add(parts, packed([4, ...SHARED], [0x04034b50, ...shared]), path, bytes);
    // made by version 2.0; the same; no comment; disk 0; no attributes; the place of the file
    add(directory, packed([4, 2, ...SHARED, 2, 2, 2, 4, 4], [0x02014b50, 20, ...shared, 0, 0, 0, 0, at]), path);
    at = lengthOf(parts);
  }
  const count = files.length,
    size = lengthOf(directory);
  const end = packed([4, 2, 2, 2, 2, 4, 4, 2], [0x06054b50, 0, 0, count, count, size, at, 0]);
  const file = new Uint8Array(at + size + end.length);
  let to = 0;
  for (const part of [...parts, ...directory, end]) {
    file.set(part, to);
    to += part.length;
  }
  return file;
}
