"""Streamlit's drawer of pages in a narrow window."""

from __future__ import annotations

import pytest

from .driver import PHONE, at_rest, expect


@pytest.mark.parametrize("options", [{}, {"has_touch": True, "is_mobile": True}], ids=["window", "phone"])
def test_the_drawer_closes_once_a_page_is_chosen(open_page, options):
    page = open_page("scoreboard", wait="h1", viewport=PHONE, **options)
    drawer = page.get_by_test_id("stSidebar")
    for name, ready in [("1 Recall KL", ".kl-lesson[data-ready=true]"), ("Scoreboard", "h1 >> text=Scoreboard")]:
        page.get_by_test_id("stExpandSidebarButton").click()
        expect(drawer).to_have_attribute("data-collapsed", "false")
        at_rest(page)
        expect(drawer).to_have_attribute("data-collapsed", "false")  # it stays open until then
        drawer.get_by_role("link", name=name).click()
        page.wait_for_selector(ready)
        expect(drawer).to_have_attribute("data-collapsed", "true")
