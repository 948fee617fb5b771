// The pointer over a map: it hovers, leaves, and clicks. Plotly beneath pans and zooms; a handle takes its own presses.
// One finger scrolls the page, as everywhere else; two pan and zoom the map. With Plotly, one would pan, and the page
// could not be scrolled on a map.

const CLICK = 5, // pixels that a click may move
  CLOSEST = 20; // pixels between two fingers

// map: a LatentMap; on: the page's answers {hover(map, point), leave(map), click(map, point, row of the code that was
// hit)}.
export function listenToPointer(map, on) {
  const { host } = map;
  host.addEventListener("pointermove", (event) => {
    if (!map.axes || map.grabbed || event.pointerType === "touch") return;
    if (!event.buttons && isInside(map, event)) on.hover(map, map.at(event));
    else on.leave(map); // with a button held, Plotly pans
  });
  host.addEventListener("pointerleave", () => !map.grabbed && on.leave(map));
  host.addEventListener("pointerdown", (press) => map.axes && !press.button && awaitRelease(map, press, on));
}

// A press is a click if the pointer is released near it.
function awaitRelease(map, press, on) {
  const release = (event) => {
    if (event.pointerId !== press.pointerId) return;
    for (const name of ["pointerup", "pointercancel"]) window.removeEventListener(name, release, true);
    const still = Math.hypot(event.clientX - press.clientX, event.clientY - press.clientY) < CLICK;
    if (event.type === "pointercancel" || !still || map.pinched || !isInside(map, event)) return;
    const point = map.at(event);
    on.click(map, point, map.nearest(...point));
  };
  for (const name of ["pointerup", "pointercancel"]) window.addEventListener(name, release, true);
}

function isInside(map, event) {
  const box = map.host.getBoundingClientRect(),
    { left, top, width, height } = map.axes.area;
  const x = event.clientX - box.left - left,
    y = event.clientY - box.top - top;
  return x >= 0 && x <= width && y >= 0 && y <= height;
}

// Fingers: see above. A handle and a lasso take their own.
/** @param {import("./latent_map.js").LatentMap} map */
export function listenToTouch(map) {
  /** @type {{scale: any, middle: number[], apart: number} | null} */
  let start = null; // of the two fingers: the map's scale, the units between them, and their distance in pixels
  let wanted = null, // the box of the last move
    isFollowing = false;

  // One box after the other: of those that come meanwhile only the last.
  const follow = async (box) => {
    wanted = box;
    if (isFollowing) return;
    isFollowing = true;
    while (wanted) {
      const next = wanted;
      wanted = null;
      await map.choose(next);
    }
    isFollowing = false;
  };

  const hear = (event) => {
    event.stopPropagation(); // Plotly takes no finger
    const fingers = [...event.touches].filter((touch) => map.plot.contains(touch.target));
    if (!event.touches.length) map.pinched = false;
    if (fingers.length !== 2 || !map.axes || !event.cancelable) {
      start = null;
      return;
    }
    event.preventDefault();
    map.pinched = true;
    const { middle, apart } = between(fingers, map.host);
    if (!start) {
      const scale = map.scale();
      start = { scale, middle: [scale.toX(middle[0]), scale.toY(middle[1])], apart };
    } else follow(boxUnder(start, middle, start.apart / apart));
  };
  for (const name of ["touchstart", "touchmove", "touchend", "touchcancel"])
    map.plot.addEventListener(name, hear, { capture: true, passive: false });
}

// Where two fingers are in the host, in pixels.
function between(fingers, host) {
  const box = host.getBoundingClientRect();
  const [a, b] = fingers.map(({ clientX, clientY }) => [clientX - box.left, clientY - box.top]);
  return {
    middle: [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2],
    apart: Math.max(CLOSEST, Math.hypot(a[0] - b[0], a[1] - b[1])),
  };
}

// The box in which the units that were between the fingers at first are still there. factor: of its size.
/** @param {{scale: any, middle: number[]}} start @param {number[]} at in pixels @param {number} factor */
export function boxUnder({ scale: { area, perX, perY }, middle }, [px, py], factor) {
  const [x, y] = [perX / factor, perY / factor]; // pixels a unit
  const left = middle[0] - (px - area.left) / x,
    high = middle[1] + (py - area.top) / y;
  return { x: [left, left + area.width / x], y: [high - area.height / y, high] };
}
