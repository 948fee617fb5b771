"""The browser's Back: each press shows something else."""

from __future__ import annotations

import re

from .driver import expect

READY = ".kl-lesson[data-ready=true]"


def test_every_press_of_back_leads_to_another_view(open_page):
    page = open_page("kl", wait=READY)
    chosen = page.locator("[role=tab][aria-selected=true]")
    page.get_by_role("tab", name="Two dimensions").click()
    page.wait_for_url(re.compile(r"kl\?.*tab=two"))
    page.get_by_test_id("stTopNavLink").filter(has_text="Scoreboard").click()
    page.get_by_role("heading", name="Scoreboard").wait_for()
    page.get_by_test_id("stTopNavLink").filter(has_text="Recall KL").click()
    page.wait_for_url(re.compile(r"kl\?.*tab=two"))
    expect(chosen).to_have_text("Two dimensions")
    page.get_by_role("tab", name="Derivation").click()
    page.wait_for_url(re.compile("tab=derivation"))
    page.go_back()
    expect(chosen).to_have_text("Two dimensions")
    page.go_back()
    page.get_by_role("heading", name="Scoreboard").wait_for()
    page.go_back()
    page.wait_for_url(re.compile(r"kl\?.*tab=two"))
    expect(chosen).to_have_text("Two dimensions")
    page.go_back()
    page.wait_for_url(re.compile("/kl$"))
    expect(chosen).to_have_text("One dimension")
