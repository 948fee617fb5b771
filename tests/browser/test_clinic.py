"""The loss clinic in a real browser: a case is solved by keys alone, and its numbers are those of the recordings."""

from __future__ import annotations

import re

import pytest

from explorer.clinic import recordings
from explorer.clinic.faults import FAULTS
from explorer.ui import clinic
from explorer.ui.texts import texts_of

from .driver import DESK, PHONE, at_rest, expect, wait_for_view
from .layout import faults
from .test_accessibility import in_theme, violations

TEXTS = texts_of("clinic")
READY = ".practice[data-tab=clinic][data-ready=true]"
KEYS = list(FAULTS)
NUMBER = 3  # of the case; its mistake is the first of its four answers
SIZES = {"desk": DESK, "phone": PHONE, "200 %": {"width": 683, "height": 384}, "1920": {"width": 1920, "height": 1080}}


@pytest.fixture
def open_case(open_page):
    """`open_case(3)`: a case of the clinic, by its number, when its recording is drawn."""

    def open_one(number: int, more: str = "", **options):
        page = open_page(f"practice?tab=clinic&case={number}{more}", wait=READY, **{"viewport": DESK} | options)
        expect(page.locator(".clinic tbody tr")).to_have_count(len(clinic.cases()[number - 1]["rows"]))
        return page

    return open_one


def test_a_case_is_solved_by_keys_and_states_the_recordings_numbers(open_case):
    key = KEYS[NUMBER - 1]
    page = open_case(NUMBER)
    before = page.locator(".practice").evaluate("(root) => root.textContent + document.title + location.search")
    assert key not in before and FAULTS[key].broken not in before and TEXTS.EXPLANATIONS[key] not in before

    slider = page.get_by_role("slider", name="Recorded moment: epoch")
    slider.focus()
    page.keyboard.press("ArrowLeft")
    expect(slider).to_have_attribute("aria-valuetext", "50 of 100")
    wait_for_view(page, re.compile("moment=4"))
    run = recordings.load(key)
    assert page.locator("tr[data-figure=kl] td").first.inner_text() == clinic.written(float(run["kl"][4]))

    page.get_by_role("radio").nth(3).focus()
    page.keyboard.press("ArrowDown")  # from the last answer to the first
    expect(page.get_by_role("radio").first).to_be_checked()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".clinic .outcome")).to_have_text(TEXTS.WORDS["clinic_right"])
    expect(page.locator(".clinic .solved")).to_have_text("1 of 10 solved")
    symptom, std = page.locator(".clinic .symptom").inner_text(), recordings.figures(run)["code_std"]
    assert symptom == clinic.case(key)["symptom"] and clinic.written(std) in symptom
    assert clinic.written(std) in page.locator(".announcement").first.inner_text()
    lines = page.locator(".clinic .lines pre")
    assert lines.all_inner_texts() == [FAULTS[key].broken, FAULTS[key].right]
    boxes = [line.bounding_box() for line in lines.all()]
    assert boxes[0]["x"] < boxes[1]["x"] and boxes[0]["y"] == pytest.approx(boxes[1]["y"], abs=2)

    page.keyboard.press("Enter")  # the focus is on the button to the next case
    wait_for_view(page, re.compile(f"case={NUMBER + 1}"))
    expect(page.get_by_role("heading", name=f"Case {NUMBER + 1} of 10")).to_be_visible()
    expect(page.locator(".clinic .answer")).to_be_hidden()
    expect(page.get_by_role("button", name="Check", exact=True)).to_be_disabled()


def test_a_wrong_answer_is_told_the_mistake_and_every_size_holds_it(open_case):
    page = open_case(8)
    right = clinic.cases()[7]["right"]
    page.get_by_role("radio").nth((right + 1) % 4).check()
    page.get_by_role("button", name="Check", exact=True).click()
    mistake = TEXTS.NAMES[KEYS[7]]
    expect(page.locator(".clinic .outcome")).to_have_text(f"No. The mistake: {mistake}.")
    expect(page.locator(".clinic .solved")).to_have_text("0 of 10 solved")
    expect(page.get_by_role("radio").nth(right)).to_be_disabled()
    found = {}
    for name, size in SIZES.items():
        page.set_viewport_size(size)
        at_rest(page)
        found[name] = faults(page)
    for scheme in ("light", "dark"):
        in_theme(page, scheme)
        found[scheme] = violations(page)
    assert not any(found.values()), found


def test_back_leads_to_the_case_before(open_case):
    page = open_case(2)
    page.get_by_role("button", name="Next case").first.click()
    wait_for_view(page, re.compile("case=3"))
    page.go_back()
    expect(page.get_by_role("heading", name="Case 2 of 10")).to_be_visible()
