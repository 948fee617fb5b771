"""How a page lies: what is cut off at the window's edge, and what lies over something else or is squeezed together."""

from __future__ import annotations

# What both look through: the page and all shadow roots, what an element is in, whether it is seen, and whether it holds a text of its own.
EVERYWHERE = """() => {
  const roots = [document, ...[...document.querySelectorAll('*')].map((e) => e.shadowRoot).filter(Boolean)], found = [];
  const up = (e) => e.parentElement ?? e.getRootNode().host;
  const seen = (e) => e.checkVisibility({ visibilityProperty: true, opacityProperty: true });
  const isText = (node) => node.nodeType === 3 && node.textContent.trim();
"""

# Texts that reach over the window's edge, where nothing can be scrolled to them (what lies over a map goes out of sight with it); and how far the page itself can be scrolled sideways.
CUT_OFF = (
    EVERYWHERE
    + """
  const main = document.querySelector('[data-testid=stMain]');
  for (const root of roots) for (const e of root.querySelectorAll('*')) {
    if (e.closest('style, script, option, .unseen, .overlay') || ![...e.childNodes].some(isText) || !seen(e)) continue;
    const box = e.getBoundingClientRect();
    if (box.width < 2 || box.height < 2 || (box.right <= innerWidth + 1 && box.left >= -1)) continue;
    let scrolls = false;
    for (let p = e; p && p !== main; p = up(p)) scrolls ||= ['auto', 'scroll'].includes(getComputedStyle(p).overflowX) && p.scrollWidth > p.clientWidth;
    if (!scrolls) found.push(`${e.textContent.trim().slice(0, 40)}: ${Math.round(box.left)} to ${Math.round(box.right)}`);
  }
  return { found, sideways: Math.max(document.documentElement.scrollWidth - innerWidth, main.scrollWidth - main.clientWidth) };
}"""
)


def cut_off(page) -> list[str]:
    """What of the page is over the window's edge: a line each."""
    cut = page.evaluate(CUT_OFF)
    return cut["found"] + [f"{cut['sideways']} pixels can be scrolled sideways"] * (cut["sideways"] > 0)


# What does not lie as it should: texts over other texts, texts and formulas that are cut off at a side, drawings that are squeezed together.
AMISS = (
    EVERYWHERE
    + """
  const texts = [], roomy = innerWidth >= 1100; // elsewhere a formula may be scrolled
  const clipped = (box, e) => { // to what its ancestors let through
    let { left, top, right, bottom } = box;
    for (let p = e; p; p = up(p)) {
      if (getComputedStyle(p).overflow === 'visible') continue;
      const outer = p.getBoundingClientRect();
      [left, top, right, bottom] = [Math.max(left, outer.left), Math.max(top, outer.top), Math.min(right, outer.right), Math.min(bottom, outer.bottom)];
    }
    return right - left > 3 && bottom - top > 3 ? { left, top, right, bottom } : null;
  };
  for (const root of roots) for (const e of root.querySelectorAll('*')) {
    if (e.matches('.overlay text.note') && e.getBoundingClientRect().right > e.ownerSVGElement.getBoundingClientRect().right) found.push(`${e.textContent}: cut off`);
    if (e.closest('style, script, option, .unseen, .sr-only, [data-testid=stHeader], [data-testid=stDataFrame], .latent-map') || getComputedStyle(e).clipPath !== 'none' || !seen(e)) continue;
    const box = e.getBoundingClientRect(), name = e.textContent.trim().slice(0, 30);
    if (e.matches('svg, canvas') && !e.closest('button, .legend, .bars') && box.width > 0 && (box.width < 40 || (roomy && box.width < 120 && box.width < 0.8 * box.height))) found.push(`${e.closest('[class]').className.baseVal ?? e.closest('[class]').className}: ${Math.round(box.width)} pixels wide`);
    if (roomy && e.matches('math *') && box.right > e.closest('math').parentElement.getBoundingClientRect().right + 2) found.push(`${e.closest('math').textContent.trim().slice(0, 30)}: cut off`);
    if (e.closest('svg, math')) continue;
    for (const node of [...e.childNodes].filter(isText)) {
      const range = document.createRange();
      range.selectNodeContents(node);
      for (const part of range.getClientRects()) {
        const rest = clipped(part, e);
        if (rest) texts.push({ e, name, over: Boolean(e.closest('.overlay, .range, .outside, output.mark')), ...rest });
      }
    }
  }
  for (const e of roots.flatMap((root) => [...root.querySelectorAll('math')]).filter(seen)) {
    const rest = clipped(e.getBoundingClientRect(), e);
    if (rest) texts.push({ e, name: `formula ${e.textContent.trim().slice(0, 20)}`, over: false, ...rest });
  }
  texts.forEach((a, i) => texts.slice(i + 1).forEach((b) => {
    if (a.over || b.over || a.e === b.e) return;
    const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left), high = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
    if (wide > 3 && high > 0.35 * Math.min(a.bottom - a.top, b.bottom - b.top)) found.push(`${a.name} over ${b.name}`);
  }));
  return [...new Set(found)];
}"""
)


def amiss(page) -> list[str]:
    """What lies as it should not: a line each."""
    return page.evaluate(AMISS)
