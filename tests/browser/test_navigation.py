"""The names of the pages at the top."""

from __future__ import annotations

from itertools import pairwise

import pytest

from .driver import eventually, expect

PAGES = 7


@pytest.mark.parametrize("width, height", [(1280, 800), (1366, 768)])
def test_the_names_of_all_pages_stand_beside_each_other(open_page, width, height):
    page = open_page("kl", wait=".kl-lesson[data-ready=true]", viewport={"width": width, "height": height})
    links = page.get_by_test_id("stTopNavLink")
    expect(links).to_have_count(PAGES)

    def in_one_row() -> None:
        boxes = [link.bounding_box() for link in links.all()]
        assert len({box["y"] for box in boxes}) == 1
        assert all(box["x"] + box["width"] <= after["x"] for box, after in pairwise(boxes))
        button = page.get_by_role("button", name="Present").bounding_box()
        assert boxes[-1]["x"] + boxes[-1]["width"] < button["x"]

    eventually(page, in_one_row)
    expect(page.get_by_test_id("stTopNavSection")).to_have_count(0)  # "2 more"
