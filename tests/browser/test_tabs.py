"""The tab strips: the same keys, the same markup, one panel to each tab, and each tab opens from each other."""

from __future__ import annotations

import re

import pytest

from explorer.ui import components as live

from .driver import at_rest, expect
from .views import TABS


def test_the_list_of_views_has_all_tabs_of_all_pages():
    buttons = {
        html.parent.name: re.findall(r'role="tab" data-tab="(\w+)"', html.read_text(encoding="utf-8"))
        for html in live.WEB.glob("*/page.html")
    }
    assert {page: tabs.split() for page, (_, tabs, _) in TABS.items()} == {p: t for p, t in buttons.items() if t}


@pytest.fixture
def open_tabs(mount_page, open_page):
    """`open_tabs("kl")`: a page with tabs, on its first. Practice asks the server of the app for its trainings."""

    def open_one(name: str):
        return (open_page if name == "practice" else mount_page)(name, wait=TABS[name][2])

    return open_one


@pytest.mark.parametrize("name", TABS)
def test_every_tab_in_order_and_back_draws(open_tabs, name):
    """Tabs share the files of their models: a tab that opens a file must not spoil it for another."""
    there = TABS[name][1].split()
    page = open_tabs(name)  # it fails the test if the page logs an error
    for tab in [*there[1:], *reversed(there)]:
        page.locator(f"[role=tab][data-tab={tab}]").click()
        expect(page.locator("[role=tabpanel]:visible")).to_have_attribute("data-tab", tab)
        at_rest(page)  # until it is drawn: only then an error can show
        assert page.locator(".failure:visible").all_inner_texts() == [], tab


@pytest.mark.parametrize("name", TABS)
def test_arrow_keys_home_and_end_choose_a_tab(open_tabs, name):
    names = TABS[name][1].split()
    page = open_tabs(name)

    def chosen() -> str:
        tab = page.locator("[role=tab][aria-selected=true]")
        panel = page.locator("[role=tabpanel]:visible")
        assert tab.evaluate("tab => tab.getRootNode().activeElement === tab") and tab.get_attribute("tabindex") == "0"
        assert page.locator("[role=tab][tabindex='0']").count() == 1
        assert panel.get_attribute("aria-labelledby") == tab.get_attribute("id")
        assert tab.get_attribute("aria-controls") == panel.get_attribute("id")
        return tab.get_attribute("data-tab")

    page.get_by_role("tab").first.focus()
    expected = {"ArrowRight": names[1], "End": names[-1], "Home": names[0], "ArrowLeft": names[-1]}
    for key, name in expected.items():
        page.keyboard.press(key)
        page.locator(f"[role=tab][data-tab={name}][aria-selected=true]").wait_for()
        assert chosen() == name
    page.keyboard.press("ArrowRight")  # from the last to the first
    page.locator(f"[role=tab][data-tab={names[0]}][aria-selected=true]").wait_for()
