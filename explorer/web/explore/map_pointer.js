// The pointer over a map: it hovers, leaves, and clicks. Plotly beneath pans and zooms; a handle takes its own presses.

const CLICK = 5; // pixels that a click may move

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
