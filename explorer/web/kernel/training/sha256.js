// SHA-256 (FIPS 180-4). A browser has it too, but not on a page that comes over plain HTTP from another computer.

// The first 32 bits of the fractional parts of the cube roots (square roots) of the first primes.
const primes = [];
for (let number = 2; primes.length < 64; number++) if (primes.every((prime) => number % prime)) primes.push(number);
const fraction = (value) => Math.floor((value - Math.floor(value)) * 2 ** 32) >>> 0;
const CONSTANTS = Uint32Array.from(primes, (prime) => fraction(Math.cbrt(prime)));
const START = Uint32Array.from(primes.slice(0, 8), (prime) => fraction(Math.sqrt(prime)));

const turn = (word, count) => (word >>> count) | (word << (32 - count));

// The digest of bytes, as 64 hexadecimal digits.
/** @param {Uint8Array} bytes */
export function sha256(bytes) {
  const blocks = new Uint8Array(64 * Math.ceil((bytes.length + 9) / 64)),
    view = new DataView(blocks.buffer),
    state = START.slice(),
    words = new Uint32Array(64);
  blocks.set(bytes);
  blocks[bytes.length] = 0x80;
  view.setBigUint64(blocks.length - 8, 8n * BigInt(bytes.length));
  for (let at = 0; at < blocks.length; at += 64) {
    for (let i = 0; i < 16; i++) words[i] = view.getUint32(at + 4 * i);
    for (let i = 16; i < 64; i++) {
      const one = words[i - 15],
        two = words[i - 2];
      const mixedOne = turn(one, 7) ^ turn(one, 18) ^ (one >>> 3),
        mixedTwo = turn(two, 17) ^ turn(two, 19) ^ (two >>> 10);
      words[i] = words[i - 16] + mixedOne + words[i - 7] + mixedTwo;
    }
    let [a, b, c, d, e, f, g, h] = state;
    for (let i = 0; i < 64; i++) {
      const choice = (e & f) ^ (~e & g),
        majority = (a & b) ^ (a & c) ^ (b & c);
      const first = (h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + choice + CONSTANTS[i] + words[i]) | 0,
        second = ((turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + majority) | 0;
      [h, g, f, e, d, c, b, a] = [g, f, e, (d + first) | 0, c, b, a, (first + second) | 0];
    }
    [a, b, c, d, e, f, g, h].forEach((value, i) => (state[i] += value));
  }
  return Array.from(state, (word) => word.toString(16).padStart(8, "0")).join("");
}
