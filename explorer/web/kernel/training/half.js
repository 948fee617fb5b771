// Numbers in half precision (float16), as bundles store weights.

const single = new Float32Array(1),
  bits = new Uint32Array(single.buffer);

// The 16 bits of the half-precision number that is nearest to a number; of two equally near ones, the even one.
/** @param {number} value */
export function halfBits(value) {
  single[0] = value;
  const sign = (bits[0] >>> 16) & 0x8000,
    exponent = (bits[0] >>> 23) & 0xff,
    fraction = bits[0] & 0x7fffff;
  if (exponent === 0xff) return sign | 0x7c00 | (fraction ? 0x200 : 0);
  if (exponent < 102) return sign; // at most half of the smallest number, 2⁻²⁴
  // below 2⁻¹⁴ the numbers have equal distances: more bits are cut off there
  const cut = exponent > 112 ? 13 : 126 - exponent,
    kept = exponent > 112 ? ((exponent - 112) << 23) | fraction : 0x800000 | fraction;
  const down = kept >>> cut,
    rest = kept & ((1 << cut) - 1),
    middle = 1 << (cut - 1),
    up = rest > middle || (rest === middle && down & 1) ? 1 : 0;
  return sign | Math.min(down + up, 0x7c00);
}

// The half-precision numbers that are nearest to numbers, as their bits.
/** @param {import("../types.js").Numbers} values */
export function toHalf(values) {
  const halves = new Uint16Array(values.length);
  for (let i = 0; i < values.length; i++) halves[i] = halfBits(values[i]);
  return halves;
}

let table; // the value of each of the 65,536 half-precision numbers

// The numbers that these bits stand for.
/** @param {Uint16Array} halves */
export function fromHalf(halves) {
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
