"""The parts of Plotly that the maps rely on: undocumented ones (parts/plotly.js), layout and events (latent_map.js)."""

from __future__ import annotations

import pytest

from .driver import ROOT, at_rest, next_frame

# Each number of a map's axes: {axis, value, at: its pixel, expected: the pixel where Plotly has that value}.
TICKS = """f => {
  const { xaxis, yaxis } = f.latentMap.plot._fullLayout, host = f.getBoundingClientRect();
  return [...f.querySelectorAll('.axis-numbers text')].map((text) => {
    const box = text.getBoundingClientRect(), value = Number(text.dataset.value);
    const [axis, of] = text.getAttribute('text-anchor') ? ['x', xaxis] : ['y', yaxis];
    const at = axis === 'x' ? box.x + box.width / 2 - host.x : box.y + box.height / 2 - host.y;
    return { axis, value, at, expected: of._offset + of.l2p(value) };
  });
}"""

pytestmark = pytest.mark.skipif(
    not (ROOT / "pretrained" / "mnist-aae").exists(), reason="no shipped models: python train.py makes them"
)


def assert_axes_agree(page, figure) -> list[float]:
    """The numbers of the axes stand where Plotly has those values. Returns their pixels."""
    next_frame(page)
    ticks = figure.evaluate(TICKS)
    assert {tick["axis"] for tick in ticks} == {"x", "y"} and len(ticks) >= 3
    for tick in ticks:
        assert tick["at"] == pytest.approx(tick["expected"], abs=2.5), tick  # a digit may not fill its box
    return [tick["at"] for tick in ticks]


def test_the_maps_know_where_plotly_draws_its_axes(mount_page):
    page = mount_page()
    figure = page.get_by_role("figure", name="VAE latent map")
    seen = [assert_axes_agree(page, figure)]
    box = figure.bounding_box()
    x, y = box["x"] + 90, box["y"] + 50
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 47, y + 31, steps=4)
    seen.append(assert_axes_agree(page, figure))  # while it is panned
    page.mouse.up()
    next_frame(page)
    seen.append(assert_axes_agree(page, figure))
    page.mouse.wheel(0, -240)
    at_rest(page)
    seen.append(assert_axes_agree(page, figure))
    page.locator(".panel.left .zoom-out").click()
    at_rest(page)
    seen.append(assert_axes_agree(page, figure))
    page.set_viewport_size({"width": 1100, "height": 600})
    at_rest(page)
    seen.append(assert_axes_agree(page, figure))
    assert seen[1] == pytest.approx(seen[2], abs=1.5)
    other = page.get_by_role("figure", name="AAE latent map")
    assert_axes_agree(page, other)


def test_plotly_sets_a_global_and_marks_its_style_rules(mount_page):
    page = mount_page()
    assert page.evaluate("() => typeof window.Plotly.react") == "function"
    rules = page.evaluate(
        "() => [...document.styleSheets].filter((sheet) => sheet.ownerNode?.id?.startsWith('plotly.js-style'))"
        ".flatMap((sheet) => [...sheet.cssRules].map((rule) => rule.cssText))"
    )
    assert any(".js-plotly-plot" in rule for rule in rules)
    copied = page.get_by_role("figure", name="VAE latent map").evaluate(
        "f => [...f.getRootNode().querySelectorAll('style')].map((style) => style.textContent).join('\\n')"
    )
    assert all(rule in copied for rule in rules)
