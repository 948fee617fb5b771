// Reads a safetensors file: the header's length in eight bytes, a JSON header, the tensors' bytes.

/** @import { Tensors } from "./types.js" */

// buffer: ArrayBuffer. Returns {name: {shape, values}}; float16 is widened to Float32Array.
/** @param {ArrayBuffer} buffer @returns {Tensors} */
export function readSafetensors(buffer) {
  const headerLength = Number(new DataView(buffer).getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 8, headerLength)));
  const tensors = {};
  for (const [name, entry] of Object.entries(header)) {
    if (name === "__metadata__") continue;
    const [begin, end] = entry.data_offsets.map((offset) => offset + 8 + headerLength);
    tensors[name] = { shape: entry.shape, values: decode(entry.dtype, buffer.slice(begin, end)) };
  }
  return tensors;
}

/** @param {string} dtype @param {ArrayBuffer} bytes */
function decode(dtype, bytes) {
  if (dtype === "F16") return widen(new Uint16Array(bytes));
  if (dtype === "F32") return new Float32Array(bytes);
  if (dtype === "U8") return new Uint8Array(bytes);
  throw new Error(`tensors of type ${dtype} cannot be read`);
}

let table; // the value of each of the 65,536 half-precision numbers

/** @param {Uint16Array} halves */
function widen(halves) {
  table ??= Float32Array.from({ length: 65536 }, (_, bits) => {
    const sign = bits & 0x8000 ? -1 : 1;
    const exponent = (bits >> 10) & 31;
    const fraction = bits & 1023;
    if (exponent === 31) return fraction ? NaN : sign * Infinity;
    return sign * (exponent ? 2 ** (exponent - 15) * (1 + fraction / 1024) : 2 ** -14 * (fraction / 1024));
  });
  const values = new Float32Array(halves.length);
  for (let i = 0; i < halves.length; i++) values[i] = table[halves[i]];
  return values;
}
