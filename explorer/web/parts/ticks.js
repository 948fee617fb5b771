// The round numbers of an axis.

// About as many as wanted: the multiples in [low, high] of a step of 1, 2 or 5 times a power of ten. Returns {values,
// decimals}.
/** @param {number} low @param {number} high @param {number} wanted */
export function ticks(low, high, wanted) {
  const rough = (high - low) / wanted,
    power = 10 ** Math.floor(Math.log10(rough));
  const step = power * [1, 2, 5, 10].find((times) => times * power >= rough);
  return { values: multiples(step, low, high), decimals: Math.max(0, -Math.floor(Math.log10(step) + 1e-9)) };
}

// Exponents of ten between two others: whole ones, or halves or quarters where there are fewer than two. most: as many
// of them as there is room for.
/** @param {number} low @param {number} high */
export function decades(low, high, most = Infinity) {
  const fits = ({ length }) => length >= 2 && length <= Math.max(2, most);
  const found = [1, 0.5, 0.25, 2, 5, 10, 20].map((step) => multiples(step, low, high)).find(fits);
  return found ?? [low, high];
}

/** @param {number} step @param {number} low @param {number} high */
function multiples(step, low, high) {
  const found = [];
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high + 1e-9 * step; i++)
    found.push(i === 0 ? 0 : Number((i * step).toPrecision(12)));
  return found;
}
