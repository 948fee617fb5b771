// Reads and writes safetensors files: the header's length in eight bytes, a JSON header, the tensors' bytes.

import { fromHalf } from "./training/half.js";

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
  if (dtype === "F16") return fromHalf(new Uint16Array(bytes));
  if (dtype === "F32") return new Float32Array(bytes);
  if (dtype === "U8") return new Uint8Array(bytes);
  throw new Error(`tensors of type ${dtype} cannot be read`);
}

// A safetensors file of tensors by name: {shape, values}. Float32Array becomes float32, Uint16Array (half.js) float16,
// Uint8Array bytes.
/** @param {Record<string, {shape: number[], values: Float32Array | Uint16Array | Uint8Array}>} tensors */
export function writeSafetensors(tensors) {
  const header = {};
  let end = 0;
  // the widest types first, so that each tensor begins at a multiple of its numbers' size
  const named = Object.entries(tensors).sort(
    ([, { values: one }], [, { values: other }]) => other.BYTES_PER_ELEMENT - one.BYTES_PER_ELEMENT,
  );
  for (const [name, { shape, values }] of named)
    header[name] = { dtype: TYPES[values.constructor.name], shape, data_offsets: [end, (end += values.byteLength)] };
  const text = new TextEncoder().encode(JSON.stringify(header)),
    begin = 8 + 8 * Math.ceil(text.length / 8), // the header is filled with spaces to a multiple of eight bytes
    file = new Uint8Array(begin + end).fill(0x20, 8, begin);
  new DataView(file.buffer).setBigUint64(0, BigInt(begin - 8), true);
  file.set(text, 8);
  for (const [name, { values }] of named)
    file.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), begin + header[name].data_offsets[0]);
  return file;
}

const TYPES = { Float32Array: "F32", Uint16Array: "F16", Uint8Array: "U8" };
