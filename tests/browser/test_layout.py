"""The layout of every page in every size: no overlap, no cut or small text; maps that are square, equal and aligned."""

from __future__ import annotations

import pytest

from .driver import ROOT, at_rest, eventually
from .layout import MOST_EMPTY, amiss, badly_presented, emptiest, faults
from .views import VIEWS

pytestmark = pytest.mark.skipif(
    not (ROOT / "pretrained" / "mnist-aae").exists(), reason="no shipped models: python train.py makes them"
)

SIZES = {  # by name: width, height, colour scheme, presentation mode. 683 × 384 is 1366 × 768 at 200 %
    "1366": (1366, 768, "light", False),
    "1280": (1280, 800, "light", False),
    "1024": (1024, 600, "light", False),
    "1920": (1920, 1080, "light", False),
    "2560": (2560, 1440, "light", False),
    "phone": (390, 844, "light", False),
    "200 %": (683, 384, "light", False),
    "dark": (1366, 768, "dark", False),
    "present": (1366, 768, "light", True),
    "present, 1024": (1024, 600, "light", True),
    "present, 1920, dark": (1920, 1080, "dark", True),
}
QUICK = [("explorer", "1366"), ("draw", "present"), ("near, a region", "1280"), ("replay", "1024")]
ALL = [(view, size) for view in VIEWS for size in SIZES]


def check(open_page, view: str, size: str) -> None:
    path, ready = VIEWS[view]
    width, height, scheme, presenting = SIZES[size]
    address = f"{path}{'&' if '?' in path else '?'}present=on" if presenting else path
    page = open_page(address, wait=ready, viewport={"width": width, "height": height}, color_scheme=scheme)
    at_rest(page)
    eventually(page, lambda: fits_a_projector(page))  # a model may arrive after the page is ready
    assert faults(page, has_ring="dimensions" not in view) == []


def fits_a_projector(page) -> None:
    assert badly_presented(page) == []


@pytest.mark.parametrize(("view", "size"), QUICK)
def test_a_view_is_laid_out_well(open_page, view, size):
    check(open_page, view, size)


@pytest.mark.slow
@pytest.mark.parametrize(("view", "size"), [pair for pair in ALL if pair not in QUICK])
def test_every_view_is_laid_out_well_in_every_size(open_page, view, size):
    check(open_page, view, size)


STICKY = """<p style="margin: 0">Above.</p>
<div style="position: sticky; top: 0; z-index: 1; height: 40px; background: white">A block that sticks.</div>
<p style="margin: 0">The first line.</p><p style="margin: 0 0 2000px">The second line.</p>"""


def test_a_block_that_sticks_may_cover_only_what_can_be_scrolled_free_of_it(chromium):
    page = chromium.new_page(viewport={"width": 390, "height": 300})
    page.set_content(STICKY)
    assert amiss(page) == []
    page.evaluate("() => scrollTo(0, 55)")
    block, line = (page.get_by_text(text).bounding_box() for text in ("A block", "The first line"))
    assert line["y"] < block["y"] + block["height"]  # it is covered
    assert amiss(page) == []
    page.evaluate("() => { scrollTo(0, 0); document.querySelector('div').style.marginBottom = '-40px'; }")
    assert amiss(page) == ["A block that sticks. over The first line."]
    page.close()


def test_the_emptiest_rectangle_of_a_window():
    assert emptiest([], 800, 400) == 1
    assert emptiest([(0, 0, 200, 400)], 800, 400) == 0.75
    assert emptiest([(0, 0, 800, 40), (400, 0, 440, 400)], 800, 400) == 0.45  # 400 by 360 pixels, left of the middle
    assert emptiest([(x, y, x + 9, y + 9) for x in range(0, 800, 80) for y in range(0, 400, 80)], 800, 400) < MOST_EMPTY
    assert emptiest([(-50, -50, 900, 500)], 800, 400) == 0  # it reaches over all edges


# Two small maps at the right edge, with texts below them; at the left a button alone.
COLLAPSED = """<div class="st-key-present" style="position: fixed; right: 0; top: 0"><button>Leave</button></div>
<main class="presenting adversary" style="font: 20px sans-serif">
<div style="position: absolute; left: 300px; top: 0"><button role="tab">One</button></div>
<button style="position: absolute; left: 20px; top: 400px">Play</button>
<canvas style="position: absolute; left: 975px; top: 100px; width: 171px; height: 171px"></canvas>
<canvas style="position: absolute; left: 1170px; top: 100px; width: 171px; height: 171px"></canvas>
<p style="position: absolute; left: 975px; width: 171px; top: 700px">A caption of several words, which is cut off.</p>
</main>"""


def test_a_presented_lesson_that_collapsed_is_found(chromium):
    page = chromium.new_page(viewport={"width": 1366, "height": 768})
    page.set_content(COLLAPSED)
    [below, empty] = badly_presented(page)
    assert below == "A caption of several words, wh: below the window's foot"
    assert empty.startswith("a rectangle of ") and empty.endswith(" of the window is empty")
    page.evaluate("() => document.querySelector('[role=tab]').parentElement.style.left = '1320px'")
    assert "One: the tab is not wholly in the bar" in badly_presented(page)
    page.evaluate("() => document.querySelector('main').classList.remove('presenting')")
    assert badly_presented(page) == []
    page.close()
