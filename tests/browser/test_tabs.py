"""The tab strip of the three lessons: the same keys, the same markup, and one panel to each tab."""

from __future__ import annotations

import pytest

from .driver import at_rest
from .views import PARTS


@pytest.mark.parametrize("lesson", PARTS)
def test_arrow_keys_home_and_end_choose_a_tab(mount_page, lesson):
    _, parts, ready = PARTS[lesson]
    names = parts.split()
    page = mount_page(lesson, wait=ready)

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


@pytest.mark.parametrize("lesson", PARTS)
def test_every_tab_in_order_and_back_draws(mount_page, lesson):
    """Tabs share the files of their models: a tab that opens a file must not spoil it for another."""
    _, parts, ready = PARTS[lesson]
    names = parts.split()
    page = mount_page(lesson, wait=ready)
    for name in [*names[1:], *names[-2::-1]]:
        page.locator(f"[role=tab][data-tab={name}]").click()
        page.locator(f"[role=tab][data-tab={name}][aria-selected=true]").wait_for()
        at_rest(page)
        assert page.locator(".failure:visible").all_inner_texts() == [], name
