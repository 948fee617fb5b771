"""Fingers on the explorer's maps: one scrolls the page, two pan and zoom a map."""

from __future__ import annotations

import numpy as np
import pytest

from .driver import AT, PHONE, RANGES, ROOT, at_rest, eventually, next_frame

pytestmark = pytest.mark.skipif(
    not (ROOT / "pretrained" / "mnist-aae").exists(), reason="no shipped models: python train.py makes them"
)

TOP = "() => document.querySelector('[data-testid=stMain]').scrollTop"


@pytest.fixture
def phone(open_page):
    """`(page, map, touch)`: the explorer on a phone; touch(kind, points) puts fingers on it."""
    page = open_page("?left=digits-vae&right=digits-aae", viewport=PHONE, has_touch=True, is_mobile=True)
    figure = page.get_by_role("figure", name="VAE latent map")
    figure.evaluate("(map) => map.scrollIntoView({ block: 'center' })")
    at_rest(page)
    session = page.context.new_cdp_session(page)

    def touch(kind: str, *points) -> None:
        at = [{"x": x, "y": y, "id": i} for i, (x, y) in enumerate(points)]
        session.send("Input.dispatchTouchEvent", {"type": f"touch{kind}", "touchPoints": at})
        next_frame(page)

    return page, figure, touch


def ranges(page) -> list:
    figures = [page.get_by_role("figure", name=f"{kind} latent map", include_hidden=True) for kind in ("VAE", "AAE")]
    return [figure.evaluate(RANGES) for figure in figures]


def test_one_finger_scrolls_the_page_and_leaves_the_map(phone):
    page, figure, touch = phone
    before, top, box = ranges(page), page.evaluate(TOP), figure.bounding_box()
    x, y = box["x"] + 0.3 * box["width"], box["y"] + 0.9 * box["height"]
    touch("Start", (x, y))
    for moved in range(10, 251, 10):
        touch("Move", (x, y - moved))
    touch("End")
    page.wait_for_function(f"(top) => ({TOP})() > top + 200", arg=top)
    at_rest(page)
    assert ranges(page) == before


def test_two_fingers_zoom_a_map_and_the_other_follows(phone):
    page, figure, touch = phone
    before, top, box = ranges(page), page.evaluate(TOP), figure.bounding_box()
    mean = figure.evaluate("(f) => { const { toX, toY } = f.latentMap.scale(); return [toX(150), toY(120)]; }")
    x, y = box["x"] + 150, box["y"] + 120
    touch("Start", (x - 30, y))
    touch("Start", (x - 30, y), (x + 30, y))
    for moved in range(33, 61, 3):
        touch("Move", (x - moved, y), (x + moved, y))
    touch("End", (x - 60, y))
    touch("End")
    at_rest(page)

    def zoomed() -> None:
        for now, was in zip(ranges(page), before, strict=True):
            np.testing.assert_allclose(np.ptp(now, axis=1), np.ptp(was, axis=1) / 2, rtol=1e-6)
        np.testing.assert_allclose(figure.evaluate(AT, mean), [x, y], atol=1e-3)

    eventually(page, zoomed, 5)
    assert page.evaluate(TOP) == top
    state = page.evaluate("() => location.search")
    assert "mean=" not in state and "pick=" not in state  # a finger that stayed where it was is no click


def test_a_tap_still_picks(phone):
    page, figure, _ = phone
    box = figure.bounding_box()
    page.touchscreen.tap(box["x"] + 0.75 * box["width"], box["y"] + 0.1 * box["height"])
    page.wait_for_function("() => /mean=|pick=/.test(location.search)")
