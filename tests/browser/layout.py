"""How a page lies: what is cut off at the window's edge, and what lies over something else or is squeezed together."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np

# Used by both scripts: the page with all shadow roots, an element's parent, whether it is visible, whether a node is a
# text.
EVERYWHERE = """() => {
  const roots = [document, ...[...document.querySelectorAll('*')].map((e) => e.shadowRoot).filter(Boolean)], found = [];
  const up = (e) => e.parentElement ?? e.getRootNode().host;
  const seen = (e) => e.checkVisibility({ visibilityProperty: true, opacityProperty: true });
  const isText = (node) => node.nodeType === 3 && node.textContent.trim();
"""

# Texts that extend beyond the window's edge and cannot be scrolled into view (texts over a map disappear with it), and
# how far the page can be scrolled sideways.
CUT_OFF = (
    EVERYWHERE
    + """
  const main = document.querySelector('[data-testid=stMain]');
  for (const root of roots) for (const e of root.querySelectorAll('*')) {
    if (e.closest('style, script, option, .unseen, .overlay') || ![...e.childNodes].some(isText) || !seen(e)) continue;
    const box = e.getBoundingClientRect();
    if (box.width < 2 || box.height < 2 || (box.right <= innerWidth + 1 && box.left >= -1)) continue;
    let scrolls = false;
    for (let p = e; p && p !== main; p = up(p)) {
      scrolls ||= ['auto', 'scroll'].includes(getComputedStyle(p).overflowX) && p.scrollWidth > p.clientWidth;
    }
    const [from, to] = [box.left, box.right].map(Math.round);
    if (!scrolls) found.push(`${e.textContent.trim().slice(0, 40)}: ${from} to ${to}`);
  }
  const page = document.documentElement.scrollWidth - innerWidth;
  return { found, sideways: Math.max(page, main.scrollWidth - main.clientWidth) };
}"""
)


def cut_off(page) -> list[str]:
    """What of the page is over the window's edge: a line each."""
    cut = page.evaluate(CUT_OFF)
    return cut["found"] + [f"{cut['sideways']} pixels can be scrolled sideways"] * (cut["sideways"] > 0)


# Faults of the layout: texts over other texts, texts and formulas that are cut off at a side, squeezed drawings.
AMISS = (
    EVERYWHERE
    + """
  const texts = [], roomy = innerWidth >= 1100; // elsewhere a formula may be scrolled
  // what lies over the rest on purpose; also a block that is held at the window's top or foot while the rest is
  // scrolled: whatever it covers can be scrolled free of it. In its own place it must cover nothing.
  const above = '.overlay, .range, output.mark';
  const places = new Map(); // of sticky elements: whether they are held away from their own place
  const isHeld = (e) => {
    if (!places.has(e)) {
      const [at, { position }] = [e.getBoundingClientRect(), e.style];
      e.style.position = 'static';
      const own = e.getBoundingClientRect();
      e.style.position = position;
      places.set(e, Math.hypot(own.x - at.x, own.y - at.y) > 1);
    }
    return places.get(e);
  };
  const sticks = (e) =>
    Boolean(e) && ((getComputedStyle(e).position === 'sticky' && isHeld(e)) || sticks(e.parentElement));
  const clipped = (box, e) => { // to what its ancestors let through
    let { left, top, right, bottom } = box;
    for (let p = e; p; p = up(p)) {
      if (getComputedStyle(p).overflow === 'visible') continue;
      const outer = p.getBoundingClientRect();
      [left, top] = [Math.max(left, outer.left), Math.max(top, outer.top)];
      [right, bottom] = [Math.min(right, outer.right), Math.min(bottom, outer.bottom)];
    }
    return right - left > 3 && bottom - top > 3 ? { left, top, right, bottom } : null;
  };
  for (const root of roots) for (const e of root.querySelectorAll('*')) {
    const reaches = (other) => e.getBoundingClientRect().right - other.getBoundingClientRect().right;
    if (e.matches('.overlay text.note') && reaches(e.ownerSVGElement) > 0) found.push(`${e.textContent}: cut off`);
    const apart = 'style, script, option, .unseen, .sr-only, .latent-map';
    if (e.closest(apart) || e.closest('[data-testid=stHeader], [data-testid=stDataFrame]')) continue;
    if (getComputedStyle(e).clipPath !== 'none' || !seen(e)) continue;
    const box = e.getBoundingClientRect(), name = e.textContent.trim().slice(0, 30);
    const narrow = box.width < 40 || (roomy && box.width < 120 && box.width < 0.8 * box.height);
    if (e.matches('svg, canvas') && !e.closest('button, .legend, .bars') && box.width > 0 && narrow) {
      const { className } = e.closest('[class]');
      found.push(`${className.baseVal ?? className}: ${Math.round(box.width)} pixels wide`);
    }
    if (roomy && e.matches('math *') && reaches(e.closest('math').parentElement) > 2) {
      found.push(`${e.closest('math').textContent.trim().slice(0, 30)}: cut off`);
    }
    if (e.matches('input[type=number]') && e.scrollWidth > e.clientWidth + 1) found.push(`${e.value}: cut off`);
    if (e.closest('svg, math')) continue;
    for (const node of [...e.childNodes].filter(isText)) {
      const range = document.createRange();
      range.selectNodeContents(node);
      for (const part of range.getClientRects()) {
        const rest = clipped(part, e);
        if (rest) texts.push({ e, name, over: Boolean(e.closest(above)) || sticks(e), ...rest });
      }
    }
  }
  for (const e of roots.flatMap((root) => [...root.querySelectorAll('math')]).filter(seen)) {
    const rest = clipped(e.getBoundingClientRect(), e);
    if (rest) texts.push({ e, name: `formula ${e.textContent.trim().slice(0, 20)}`, over: false, ...rest });
  }
  texts.forEach((a, i) => texts.slice(i + 1).forEach((b) => {
    if (a.over || b.over || a.e === b.e) return;
    const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left),
      high = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
    if (wide > 3 && high > 0.35 * Math.min(a.bottom - a.top, b.bottom - b.top)) found.push(`${a.name} over ${b.name}`);
  }));
  return [...new Set(found)];
}"""
)


def amiss(page) -> list[str]:
    """What lies as it should not: a line each."""
    return page.evaluate(AMISS)


LEAST = 13  # CSS pixels
RING = 0.65  # of the map's side: the diameter of the ring that holds 99 % of the prior

# Both maps: their frames, and the diameter of the outermost ring that is shown. None if the page shows no maps.
MAPS = (
    EVERYWHERE
    + """
  const frames = roots.flatMap((root) => [...root.querySelectorAll('.latent-map')]).filter(seen);
  return frames.map((frame) => {
    const { x, y, width, height } = frame.getBoundingClientRect();
    const rings = [...frame.querySelectorAll('.ring')].map((ring) => ring.getBoundingClientRect().width);
    return { x, y, width, height, ring: Math.max(0, ...rings) };
  });
}"""
)
# Texts that are smaller than a size; of a drawing that is scaled, as it is scaled.
SMALL = (
    EVERYWHERE
    + """
  for (const root of roots) for (const e of root.querySelectorAll('*')) {
    if (e.closest('style, script, option, title, .unseen, math, [data-testid=stDataFrame]') || !seen(e)) continue;
    const box = e.getBoundingClientRect(), to = e.ownerSVGElement && e.getScreenCTM?.();
    const scale = to ? Math.hypot(to.c, to.d) : 1; // also of a text that is turned
    const size = parseFloat(getComputedStyle(e).fontSize) * scale;
    if (![...e.childNodes].some(isText) || box.width < 2 || box.height < 2 || size >= LEAST - 0.05) continue;
    found.push(`${e.textContent.trim().slice(0, 30)}: ${size.toFixed(1)} pixels`);
  }
  return [...new Set(found)];
}"""
).replace("LEAST", str(LEAST))


def unequal_maps(page, has_ring: bool = True) -> list[str]:
    """Maps that are not square, equal and aligned, or whose 99 % ring is small: a line each.

    has_ring: whether the maps are planes at the scale that they begin with.
    """
    maps, faults = page.evaluate(MAPS), []
    for one in maps:
        if abs(one["width"] - one["height"]) > 1:
            faults.append(f"a map is {one['width']:.0f} pixels wide and {one['height']:.0f} high")
        if has_ring and one["ring"] < RING * one["width"]:
            faults.append(f"the ring takes {one['ring'] / one['width']:.0%} of a map's side")
    for a, b in pairwise(maps):
        if abs(a["width"] - b["width"]) > 1:
            faults.append(f"the maps are {a['width']:.0f} and {b['width']:.0f} pixels wide")
        if abs(a["x"] - b["x"]) > 1 and abs(a["y"] - b["y"]) > 1:
            faults.append(f"the maps begin at {a['y']:.0f} and {b['y']:.0f} pixels")
    return faults


MOST_EMPTY = 0.25  # of a projector's window: the largest rectangle with nothing in it
# Of a lesson in presentation mode on a window that has room for columns, otherwise null: the boxes [left, top, right,
# bottom] of all that is seen; the texts below the window's foot; the tabs that are not wholly in the bar, left of the
# button.
PRESENTED = (
    EVERYWHERE
    + """
  const lesson = ':is(.why, .kl-lesson, .rep-lesson, .adversary)';
  if (innerWidth < 1100 || !roots.some((root) => root.querySelector(`.presenting${lesson}`))) return null;
  const boxes = [], below = [], hidden = [];
  for (const root of roots) for (const e of root.querySelectorAll('*')) {
    if (e.closest('style, script, option, .unseen, .sr-only') || !seen(e)) continue;
    const parts = e.matches('svg, canvas, math, input, select, button') ? [e.getBoundingClientRect()] : [];
    for (const node of [...e.childNodes].filter(isText)) {
      const range = document.createRange();
      range.selectNodeContents(node);
      parts.push(...range.getClientRects());
    }
    let scrolled = false; // a part of the page that can be scrolled by itself
    for (let p = e; p && !p.matches('main, section.stMain'); p = up(p)) {
      scrolled ||= ['auto', 'scroll'].includes(getComputedStyle(p).overflowY) && p.scrollHeight > p.clientHeight + 1;
    }
    for (const { left, top, right, bottom, width, height } of parts) {
      if (width < 2 || height < 2) continue;
      boxes.push([left, top, right, bottom]);
      if (bottom > innerHeight && !scrolled && !e.closest('svg, math')) below.push(e.textContent.trim().slice(0, 30));
    }
  }
  const tabs = roots.flatMap((root) => [...root.querySelectorAll('[role=tab]')]).filter(seen);
  for (const tab of tabs) {
    const to = document.querySelector('.st-key-present button').getBoundingClientRect().left;
    const strip = tab.parentElement.getBoundingClientRect(), { left, right } = tab.getBoundingClientRect();
    if (left < strip.left || right > Math.min(strip.right, to)) hidden.push(tab.textContent);
  }
  return { boxes, below: [...new Set(below)], hidden, width: innerWidth, height: innerHeight };
}"""
)


def emptiest(boxes, width: float, height: float, cell: int = 8) -> float:
    """The largest rectangle that touches no box, as a share of the window.

    boxes: of [left, top, right, bottom], in pixels. cell: the exactness, in pixels.
    """
    free = np.ones((int(height // cell), int(width // cell)), bool)
    for left, top, right, bottom in boxes:
        rows, columns = (
            (max(0, int(a // cell)), max(0, math.ceil(b / cell))) for a, b in ((top, bottom), (left, right))
        )
        free[slice(*rows), slice(*columns)] = False
    largest, heights = 0, np.zeros(free.shape[1] + 1, int)  # of the free cells above each cell of a row; 0 at the end
    for row in free:
        heights[:-1] = np.where(row, heights[:-1] + 1, 0)
        rising: list[tuple[int, int]] = []  # where a rectangle begins, and its height
        for column, tall in enumerate(heights):
            start = column
            while rising and rising[-1][1] >= tall:
                start, size = rising.pop()
                largest = max(largest, size * (column - start))
            rising.append((start, tall))
    return float(largest / free.size)


def badly_presented(page) -> list[str]:
    """What a projector does not show of a lesson, or shows too small beside an empty area: a line each."""
    if not (shown := page.evaluate(PRESENTED)):
        return []
    empty = emptiest(shown["boxes"], shown["width"], shown["height"])
    return (
        [f"{text}: below the window's foot" for text in shown["below"]]
        + [f"{name}: the tab is not wholly in the bar" for name in shown["hidden"]]
        + [f"a rectangle of {empty:.0%} of the window is empty"] * (empty > MOST_EMPTY)
    )


def faults(page, has_ring: bool = True) -> list[str]:
    """All that is wrong with the layout of a page as it stands: a line each."""
    found = cut_off(page) + amiss(page) + page.evaluate(SMALL) + unequal_maps(page, has_ring)
    return found + badly_presented(page)
