"""The tour in a real browser: every step opens its view, and every number in an answer is one that the page shows."""

from __future__ import annotations

import re

import pytest

from explorer.ui import tour
from explorer.ui.texts import texts_of

from .driver import COMPLETE, DESK, PHONE, ROOT, address, at_rest, eventually, expect
from .layout import faults
from .test_accessibility import in_theme, violations

TEXTS = texts_of("tour")
DIGIT = r"[−]?\d[\d,]*(?:\.\d+)?"
# What the page below the strip shows, and in its table: Streamlit draws that on a canvas, and lists its cells for
# screen readers.
SHOWN = """() => {
  const roots = [...document.querySelectorAll('*')].map((e) => e.shadowRoot).filter(Boolean);
  const pages = roots.map((root) => root.querySelector('.live')).filter((page) => page && !page.matches('.tour'));
  const cells = [...document.querySelectorAll('[data-testid=stDataFrame] [role=gridcell]')];
  return [...pages, ...cells].map((e) => e.textContent).join(' ');
}"""

pytestmark = pytest.mark.skipif(
    not (ROOT / "pretrained" / "mnist-aae").exists(), reason="no shipped models: python train.py makes them"
)


def strip(page):
    return page.get_by_role("region", name="Tour")


def ask(page) -> None:
    """Presses Check until the question is asked: the step's view may still be drawn."""

    def asked():
        page.get_by_role("button", name="Check", exact=True).click()
        assert strip(page).locator(".answers button").count() == 3

    eventually(page, asked)


def test_every_step_opens_and_its_answer_has_the_pages_numbers(open_page):
    page = open_page("", wait=COMPLETE, viewport=DESK)
    assert strip(page).count() == 0
    page.get_by_role("link", name="Take the tour").click()
    for number, step in enumerate(tour.STEPS, 1):
        expect(strip(page).locator(".where")).to_have_text(f"Step {number} of 12")
        todo = TEXTS.STEPS[step.name]["do"]
        expect(strip(page).locator(".do")).to_have_text(f"Press Show me. {todo}")
        page.get_by_role("button", name="Show me").click()
        expect(strip(page).locator(".do")).to_have_text(todo)
        expected = step.params() | {"tour": str(number)}
        eventually(page, lambda expected=expected: shows(page, expected))
        assert page.get_by_test_id("stAlert").count() == 0
        ask(page)
        eventually(page, lambda step=step: answers_with_the_pages_numbers(page, step.name))
        if number < len(tour.STEPS):
            page.get_by_role("button", name="Next", exact=True).click()
    assert page.get_by_role("button", name="Next", exact=True).count() == 0
    page.keyboard.press("Escape")
    expect(strip(page)).to_have_count(0)
    assert "tour" not in address(page)


def shows(page, expected: dict[str, str]) -> None:
    assert expected.items() <= address(page).items()


def answers_with_the_pages_numbers(page, name: str) -> None:
    """An answer reads the page, which may still show the view before: it is asked for again until it speaks of this."""
    buttons = strip(page).locator(".answers button")
    buttons.first.click()
    assert strip(page).locator("[data-right=true]").count() == 1
    said = strip(page).locator(".said").inner_text()
    written = set(re.findall(DIGIT, re.sub(r"\{\w+\}", "", TEXTS.STEPS[name]["because"])))
    found = set(re.findall(DIGIT, said)) - written - set(re.findall(DIGIT, buttons.first.inner_text()))
    assert (found or name == "price") and "{" not in said
    shown = page.evaluate(SHOWN)
    assert [number for number in found if number not in shown] == []


def test_by_keys_and_in_present_a_step_stays_over_pages(open_page):
    page = open_page("kl?tab=one&q=0,2&p=0,1&tour=3&present=on", wait=".kl-lesson[data-ready=true]", viewport=DESK)
    check = page.get_by_role("button", name="Check", exact=True)
    check.focus()
    page.keyboard.press("Enter")
    expect(strip(page).locator(".answers button").first).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(strip(page).get_by_role("status")).to_contain_text("Right.")
    assert "0.807" in strip(page).get_by_role("status").inner_text()
    page.get_by_role("button", name="Next", exact=True).focus()
    page.keyboard.press("Enter")
    expect(strip(page).locator(".where")).to_have_text("Step 4 of 12")
    eventually(page, lambda: shows(page, {"tour": "4", "present": "on", "q": "0,2"}))
    check.focus()
    page.keyboard.press("Escape")  # closes the strip, and does not leave presentation mode
    expect(strip(page)).to_have_count(0)
    eventually(page, lambda: shows(page, {"present": "on"}))


def test_what_is_changed_after_show_me_stays_and_moves_no_part_of_the_page(open_page):
    page = open_page("?tour=3", wait=COMPLETE, viewport=DESK)
    page.get_by_role("button", name="Show me").click()
    lesson = page.locator(".kl-lesson[data-ready=true]")
    lesson.wait_for()
    at_rest(page)
    top = lesson.bounding_box()["y"]
    sigma = page.get_by_role("spinbutton", name="q σ as a number")
    sigma.fill("0.5")
    sigma.press("Enter")
    eventually(page, lambda: shows(page, {"q": "0,0.5", "tour": "3"}))
    page.get_by_role("button", name="Next", exact=True).click()
    eventually(page, lambda: shows(page, {"q": "0,0.5", "tour": "4"}))
    at_rest(page)
    assert lesson.bounding_box()["y"] == top
    assert page.get_by_role("slider", name="q σ", exact=True).input_value() == "0.5"


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_the_strip_fits_and_can_be_read(open_page, size):
    page = open_page("kl?tab=one&q=0,2&p=0,1&tour=3", wait=".kl-lesson[data-ready=true]", viewport=size)
    ask(page)
    strip(page).locator(".answers button").first.click()
    at_rest(page)
    assert faults(page) == []
    for scheme in ("light", "dark"):
        in_theme(page, scheme)
        assert violations(page) == [], scheme
