// Bytes as text: five characters for four bytes, where base64 has sixteen for twelve. The alphabet is RFC 1924's, with
// a comma for <, which means something in HTML. No DOM.

const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;,=>?@^_`{|}~";
const POWERS = [85 ** 4, 85 ** 3, 85 ** 2, 85, 1];

// bytes: Uint8Array. A last group of n bytes becomes n + 1 characters.
export function encode(bytes) {
  const signs = new TextEncoder().encode(ALPHABET),
    groups = Math.ceil(bytes.length / 4),
    result = new Uint8Array(5 * groups);
  for (let group = 0, from = 0, to = 0; group < groups; group++, from += 4, to += 5) {
    let value = 0;
    for (let i = 0; i < 4; i++) value = value * 256 + (from + i < bytes.length ? bytes[from + i] : 0);
    for (let i = 4; i >= 0; i--, value = Math.floor(value / 85)) result[to + i] = signs[value % 85];
  }
  const missing = 4 * groups - bytes.length;
  return new TextDecoder().decode(result.subarray(0, result.length - missing));
}

export function decode(text) {
  const digits = new Uint8Array(128),
    groups = Math.ceil(text.length / 5),
    result = new Uint8Array(4 * groups);
  for (let i = 0; i < 85; i++) digits[ALPHABET.charCodeAt(i)] = i;
  for (let group = 0, from = 0, to = 0; group < groups; group++, from += 5, to += 4) {
    let value = 0;
    for (let i = 0; i < 5; i++) value += POWERS[i] * (from + i < text.length ? digits[text.charCodeAt(from + i)] : 84);
    for (let i = 3; i >= 0; i--, value = Math.floor(value / 256)) result[to + i] = value % 256;
  }
  return result.subarray(0, result.length - (5 * groups - text.length));
}
