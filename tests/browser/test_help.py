"""The help drawer at the title, and the definitions of terms."""

from __future__ import annotations

from .driver import PHONE, expect

KL = ".kl-lesson[data-ready=true]"


def test_help_opens_at_the_tabs_chapter_follows_it_and_is_closed(mount_page):
    page = mount_page("kl?tab=two", wait=KL)
    button, drawer = page.get_by_role("button", name="Help", exact=True), page.get_by_role("complementary", name="Help")
    chapter = drawer.locator("details[open] summary")
    expect(drawer).to_have_count(0)
    button.click()
    expect(chapter).to_have_text("Two dimensions")
    page.get_by_role("tab", name="Derivation").click()
    expect(chapter).to_have_text("Derivation")  # one is open at a time
    page.keyboard.press("Escape")
    expect(drawer).to_have_count(0)
    button.click()
    drawer.get_by_role("button", name="Close help").click()
    expect(drawer).to_have_count(0)
    expect(button).to_be_focused()


def test_help_fills_a_phone_and_leaves_a_wide_window_its_page(mount_page):
    page = mount_page("kl", wait=KL, viewport=PHONE)
    page.get_by_role("button", name="Help", exact=True).click()
    drawer = page.get_by_role("complementary", name="Help")
    assert drawer.bounding_box()["width"] == PHONE["width"]
    page.set_viewport_size({"width": 1920, "height": 1080})
    box, lesson = drawer.bounding_box(), page.locator(KL).bounding_box()
    assert box["width"] == 380 and lesson["x"] + lesson["width"] <= box["x"]


def test_a_term_is_defined_under_pointer_and_focus(mount_page):
    page = mount_page("kl?tab=two", wait=KL)
    term, definition = page.locator(".lead:visible .term").first, page.get_by_role("tooltip")
    term.hover()
    expect(definition).to_contain_text("Kullback-Leibler")
    definition.hover()  # it can be pointed at itself
    expect(definition).to_be_visible()
    page.mouse.move(5, 5)
    expect(definition).to_be_hidden()
    term.focus()
    expect(definition).to_be_visible()
    assert term.get_attribute("aria-describedby") == definition.get_attribute("id")
    page.keyboard.press("Escape")
    expect(definition).to_be_hidden()
