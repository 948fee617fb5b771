// Numbers and scales of drawings.

// A number for reading: so many decimals, but three digits where that would leave none.
export function short(value, format, decimals = 3) {
  const size = Math.abs(value);
  if (size === 0) return "0";
  if (size > 0 && size < 0.5 * 10 ** -decimals) return value.toExponential(1).replaceAll("-", "−");
  if (size >= 1000) return format(value, 0);
  return format(value, size >= 100 ? Math.min(decimals, 2) : decimals);
}

// The smallest of `least` times 1, 1.5, 2, 3, 4, 6, 8 … that is at least `value`: a scale that does not move with every
// step.
export function roomy(value, least) {
  let i = 0;
  const scale = () => least * 2 ** (i >> 1) * (i % 2 ? 1.5 : 1);
  while (scale() < value && i < 200) i += 1;
  return scale();
}
