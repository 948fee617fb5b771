// Which of many points lie in a region of the plane. No DOM.

const BANDS = 64; // of a polygon's height: a point meets only the edges of its own band

// x, y: the points, an array each; polygon: its corners [[x, y], ...], closed by itself. Returns the rows of the points
// inside, by the even-odd rule: where a line that crosses itself goes round twice is outside, as it is drawn.
export function inPolygon({ x, y }, polygon, allowed = null) {
  const heights = polygon.map((corner) => corner[1]),
    low = Math.min(...heights),
    high = Math.max(...heights);
  if (polygon.length < 3 || !(high > low)) return [];
  const bandOf = (value) => Math.min(BANDS - 1, Math.floor(((value - low) / (high - low)) * BANDS));
  const bands = Array.from({ length: BANDS }, () => []);
  polygon.forEach(([x1, y1], i) => {
    const [x2, y2] = polygon[(i + 1) % polygon.length];
    if (y1 === y2) return; // no ray crosses it
    for (let band = bandOf(Math.min(y1, y2)); band <= bandOf(Math.max(y1, y2)); band++)
      bands[band].push([x1, y1, x2, y2]);
  });
  return rowsOf(
    x,
    (row) => {
      if (y[row] < low || y[row] > high) return false;
      let inside = false;
      for (const [x1, y1, x2, y2] of bands[bandOf(y[row])]) {
        if (y1 > y[row] !== y2 > y[row] && x[row] < ((x2 - x1) * (y[row] - y1)) / (y2 - y1) + x1) inside = !inside;
      }
      return inside;
    },
    allowed,
  );
}

// The rows within a radius of a point.
export function inCircle({ x, y }, [cx, cy], radius, allowed = null) {
  return rowsOf(x, (row) => (x[row] - cx) ** 2 + (y[row] - cy) ** 2 <= radius * radius, allowed);
}

// The rows in the square whose sides are so far from a point.
export function inSquare({ x, y }, [cx, cy], reach, allowed = null) {
  return rowsOf(x, (row) => Math.abs(x[row] - cx) <= reach && Math.abs(y[row] - cy) <= reach, allowed);
}

function rowsOf({ length }, isIn, allowed) {
  const rows = [];
  for (let row = 0; row < length; row++) if (isIn(row) && !(allowed && !allowed(row))) rows.push(row);
  return rows;
}
