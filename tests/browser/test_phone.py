"""The explorer on a phone: one map at a time, with its pictures in sight; a tool is a sheet that leaves the map so."""

from __future__ import annotations

import numpy as np
import pytest

from .driver import PHONE, RANGES, ROOT, at_rest, eventually, expect, wait_for_view

pytestmark = pytest.mark.skipif(
    not (ROOT / "pretrained" / "mnist-aae").exists(), reason="no shipped models: python train.py makes them"
)

DIGITS = "left=digits-vae&right=digits-aae"
TOUCH = {"viewport": PHONE, "has_touch": True, "is_mobile": True}
PICTURES = [f"{kind} decoded at {at}" for kind in ("VAE", "AAE") for at in "μz"]


def figure(page, kind: str):
    return page.get_by_role("figure", name=f"{kind} latent map")


def spans(page, *locators) -> list[tuple[float, float]]:
    """From where to where the elements reach, in pixels of the window. All lie in it, and none over another."""
    boxes = [locator.bounding_box() for locator in locators]
    found = sorted((box["y"], box["y"] + box["height"]) for box in boxes)
    header = page.get_by_test_id("stHeader").bounding_box()["height"]
    assert found[0][0] >= header and found[-1][1] <= page.viewport_size["height"], found
    return found


def bar(page):
    return page.get_by_role("navigation", name="Tools")


def test_a_switch_shows_one_map_after_the_other_and_the_address_keeps_it(open_page):
    page = open_page(f"?{DIGITS}", **TOUCH)
    switch = page.get_by_role("radiogroup", name="Map shown")
    assert [radio.get_attribute("value") for radio in switch.get_by_role("radio").all()] == ["left", "right"]
    expect(figure(page, "VAE")).to_be_visible()
    expect(figure(page, "AAE")).to_be_hidden()
    place = figure(page, "VAE").bounding_box()
    switch.get_by_role("radio", name="AAE").tap()
    wait_for_view(page, lambda url: "shown=right" in url)
    expect(figure(page, "VAE")).to_be_hidden()
    assert figure(page, "AAE").bounding_box() == place
    page.reload()
    expect(figure(page, "AAE")).to_be_visible()
    expect(figure(page, "VAE")).to_be_hidden()
    page.get_by_role("radio", name="VAE").tap()
    wait_for_view(page, lambda url: "shown" not in url)
    page.set_viewport_size({"width": 1366, "height": 768})
    expect(switch).to_be_hidden()
    for kind in ("VAE", "AAE"):
        expect(figure(page, kind)).to_be_visible()


def test_the_map_and_both_models_pictures_are_in_sight_together(open_page):
    page = open_page(**TOUCH)
    at_rest(page)
    pictures = [page.get_by_role("img", name=name) for name in PICTURES]
    kl, foot = page.get_by_role("status", name="KL divergence"), bar(page)
    spans(page, figure(page, "VAE"), *pictures, kl, foot)
    last_map, first_picture = figure(page, "VAE").bounding_box(), pictures[0].bounding_box()
    assert last_map["y"] + last_map["height"] <= first_picture["y"]
    assert kl.bounding_box()["y"] + kl.bounding_box()["height"] <= foot.bounding_box()["y"]
    page.get_by_role("button", name="Try it").scroll_into_view_if_needed()
    at_rest(page)
    spans(page, *pictures, kl, foot)


@pytest.mark.parametrize("tool", ["draw", "near", "map", "walk", "take"])
def test_a_tool_is_a_sheet_that_leaves_the_map_in_sight(open_page, tool):
    page = open_page(f"?tool={tool}&{DIGITS}", wait=f".tool[data-ready={tool}]", **TOUCH)
    at_rest(page)
    sheet = page.locator(".explorer .tool")
    (_, map_end), (start, end), (foot, _) = spans(page, figure(page, "VAE"), sheet, bar(page))
    assert map_end <= start and end <= foot and end - start > 200
    assert figure(page, "VAE").bounding_box()["height"] > 300
    box = sheet.bounding_box()
    assert (box["x"], box["width"]) == (0, PHONE["width"])
    assert page.evaluate("() => document.documentElement.scrollWidth") <= PHONE["width"]


def test_turning_a_phone_keeps_the_ranges(open_page):
    page = open_page(f"?{DIGITS}", **TOUCH)
    at_rest(page)
    ranges = {kind: figure(page, kind).evaluate(RANGES) for kind in ("VAE",)}
    for width, height in [(844, 390), (390, 844), (844, 390), (390, 844)]:
        page.set_viewport_size({"width": width, "height": height})
        at_rest(page)
        eventually(
            page, lambda: np.testing.assert_allclose(figure(page, "VAE").evaluate(RANGES), ranges["VAE"], 0, 1e-6)
        )
    page.get_by_role("radio", name="AAE").tap()
    expect(figure(page, "AAE")).to_be_visible()
    np.testing.assert_allclose(figure(page, "AAE").evaluate(RANGES), ranges["VAE"], 0, 1e-6)
