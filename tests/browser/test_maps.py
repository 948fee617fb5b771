"""The two maps of the explorer: what they show stays the same, whatever happens to the window around them."""

from __future__ import annotations

import numpy as np
import pytest

from .driver import COMPLETE, RANGES, ROOT, at_rest, eventually, expect

pytestmark = pytest.mark.skipif(
    not (ROOT / "pretrained" / "mnist-aae").exists(), reason="no shipped models: python train.py makes them"
)

DIGITS = "left=digits-vae&right=digits-aae"
SIZES = [(900, 700), (1366, 768), (1280, 800), (640, 900), (1920, 1080), (1024, 600), (390, 844), (844, 390)]


def ranges(page) -> list:
    at_rest(page)
    return [page.get_by_role("figure", name=f"{kind} latent map").evaluate(RANGES) for kind in ("VAE", "AAE")]


def assert_unchanged(page, before: list) -> None:
    """The maps' ranges are those of `before` again, once the page has come to rest."""
    eventually(page, lambda: np.testing.assert_allclose(ranges(page), before, rtol=0, atol=1e-6), seconds=10)


@pytest.mark.parametrize("zoomed", [False, True])
def test_a_map_shows_the_same_after_nine_changes_of_the_windows_size(mount_page, zoomed):
    page = mount_page(f"?{DIGITS}", viewport={"width": 1366, "height": 768})
    if zoomed:
        page.locator(".panel.left .zoom-in").click()
        box = page.get_by_role("figure", name="AAE latent map").bounding_box()
        page.mouse.move(box["x"] + 120, box["y"] + 90)
        page.mouse.down()
        page.mouse.move(box["x"] + 170, box["y"] + 70, steps=4)
        page.mouse.up()
    before = ranges(page)
    assert np.ptp(before[0][0]) == pytest.approx(np.ptp(before[1][0]), abs=1e-6)
    for width, height in [*SIZES, (1366, 768)]:
        page.set_viewport_size({"width": width, "height": height})
        at_rest(page)
    assert_unchanged(page, before)


def test_presenting_tools_and_the_sidebar_leave_the_maps_as_they_are(open_page):
    page = open_page(f"?{DIGITS}", viewport={"width": 1366, "height": 768})
    before = ranges(page)
    for name in ("Present", "Draw", "Training", "Morph", "Help", "Probe", "Help"):  # Help opens, then closes
        page.get_by_role("button", name=name, exact=True).click()
        if name == "Present":
            page.wait_for_selector(".explorer.presenting")
            at_rest(page)
            page.keyboard.press("Escape")
            expect(page.locator(".explorer.presenting")).to_have_count(0)
        at_rest(page)
    page.wait_for_selector(f"{COMPLETE}:not(.with-tool, .replaying)")
    assert_unchanged(page, before)
    page.get_by_test_id("stExpandSidebarButton").click()
    page.get_by_test_id("stSidebar").wait_for()
    at_rest(page)
    page.get_by_test_id("stSidebarCollapseButton").get_by_role("button").click()
    assert_unchanged(page, before)


# Of both maps: x, y, width and height on the page, and what share of the side the prior's ring of 99 % takes.
FRAMES = """() => {
  const roots = [document, ...[...document.querySelectorAll('*')].map((e) => e.shadowRoot).filter(Boolean)];
  return roots.flatMap((root) => [...root.querySelectorAll('.latent-map')]).map((map) => {
    const { x, y, width, height } = map.getBoundingClientRect();
    return { x, y, width, height, ring: (6 * map.latentMap.scale().perX) / width };
  });
}"""


def assert_square_and_aligned(page, narrow: bool = False) -> list[dict]:
    left, right = page.evaluate(FRAMES)
    assert left["width"] == pytest.approx(left["height"], abs=0.5) and left["ring"] >= 0.65
    for name in ("width", "height", "ring") + (() if narrow else ("y",)):
        assert right[name] == pytest.approx(left[name], abs=0.01), name
    return [left, right]


# the sides that the window allows, less for windows too low for them
SIDES = {(1366, 768): 452, (1280, 800): 410, (1440, 900): 490, (1920, 1080): 730, (2560, 1440): 1049}


def test_maps_are_square_equal_aligned_and_as_large_as_the_window_allows(mount_page):
    page = mount_page(f"?{DIGITS}")
    for (width, height), side in {**SIDES, (1024, 600): 350, (1024, 768): 450}.items():
        page.set_viewport_size({"width": width, "height": height})
        at_rest(page)
        left, right = assert_square_and_aligned(page)
        assert left["width"] >= side - 20 and right["x"] + right["width"] <= width, (width, height, left)
    page.set_viewport_size({"width": 390, "height": 844})
    at_rest(page)
    assert_square_and_aligned(page, narrow=True)


def test_maps_are_larger_in_present(open_page):
    page = open_page(f"?{DIGITS}")

    def sides() -> list[float]:
        found = []
        for width, height in [(1366, 768), (1920, 1080)]:
            page.set_viewport_size({"width": width, "height": height})
            at_rest(page)
            found.append(assert_square_and_aligned(page)[0]["width"])
        return found

    before = sides()
    page.get_by_role("button", name="Present", exact=True).click()
    page.wait_for_selector(".explorer.presenting")
    assert np.all(np.subtract(sides(), before) > 0)


def test_the_help_stands_beside_both_maps_and_leaves_their_ranges_as_they_were(mount_page):
    page = mount_page(f"?{DIGITS}")
    help_button = page.get_by_role("button", name="Help", exact=True)
    before = ranges(page)
    for width, height in [(1366, 768), (1280, 800), (1100, 700), (1024, 768), (900, 700), (1920, 1080)]:
        page.set_viewport_size({"width": width, "height": height})
        at_rest(page)
        alone = page.evaluate(FRAMES)
        help_button.click()
        at_rest(page)
        _, right = assert_square_and_aligned(page)
        drawer = page.get_by_role("complementary", name="Help").bounding_box()
        assert drawer["x"] + drawer["width"] == width
        assert right["x"] + right["width"] <= drawer["x"], (width, height)
        assert page.evaluate("() => document.documentElement.scrollWidth") <= width
        page.keyboard.press("Escape")
        at_rest(page)
        for map_, as_before in zip(page.evaluate(FRAMES), alone, strict=True):
            assert map_ == pytest.approx(as_before, abs=0.01)
    assert_unchanged(page, before)


@pytest.mark.parametrize("query", ["", "tool=draw&", "moment=3&", "left=mnist-vae-16d&right=mnist-aae-16d&map=plane&"])
def test_what_stands_between_the_maps_does_not_move_them(mount_page, query):
    page = mount_page(f"?{query}" + ("" if "left" in query else DIGITS), viewport={"width": 1280, "height": 800})
    at_rest(page)
    left, right = page.evaluate(FRAMES)
    assert left["width"] == left["height"] == right["width"] == right["height"] and left["y"] == right["y"]
    assert left["y"] + left["height"] < 800


def test_scales_of_their_own_are_in_the_address_and_zoom_by_themselves(mount_page):
    page = mount_page(f"?{DIGITS}")
    shared = ranges(page)
    own = page.get_by_role("button", name="own scale")
    own.click()
    page.wait_for_url("**scale=own**")
    left, right = ranges(page)
    assert left != right and own.get_attribute("aria-pressed") == "true"
    page.locator(".panel.left .zoom-in").click()
    zoomed, still = ranges(page)
    assert np.ptp(zoomed[0]) < np.ptp(left[0]) and still == right
    page.reload()
    page.wait_for_selector(COMPLETE)
    np.testing.assert_allclose(ranges(page), [left, right], rtol=0, atol=1e-6)
    page.get_by_role("button", name="own scale").click()
    assert_unchanged(page, shared)


def test_a_layer_that_is_read_under_the_probe_hides_its_ellipses(mount_page):
    page = mount_page(f"?{DIGITS}")
    ellipses = page.locator(".panel.left .overlay .sigma:visible")
    expect(ellipses).to_have_count(2)
    page.get_by_role("group", name="Layers").get_by_role("button", name="against the prior").click()
    page.wait_for_url("**underlay=ratio**")
    expect(ellipses).to_have_count(0)
    key = page.locator(".layer-key").first
    expect(key).to_have_text("more codes than the prior expects fewer")
    page.get_by_role("group", name="Layers").get_by_role("button", name="against the prior").click()
    expect(key).to_be_hidden()
