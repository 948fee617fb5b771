// Random numbers from a seed. They are the same draws as in explorer/ui/draws.py.

// n draws from N(0, 1) by the Box-Muller transform, from a source of uniform numbers in [0, 1).
/** @param {number} n @param {() => number} uniform */
export function standardNormal(n, uniform = Math.random) {
  const draws = new Float64Array(n);
  for (let i = 0; i < n; i += 2) {
    const radius = Math.sqrt(-2 * Math.log(1 - uniform()));
    const angle = 2 * Math.PI * uniform();
    draws[i] = radius * Math.cos(angle);
    if (i + 1 < n) draws[i + 1] = radius * Math.sin(angle);
  }
  return draws;
}

// A source of uniform numbers in [0, 1) for a seed (mulberry32).
/** @param {number} seed */
export function seededUniform(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
