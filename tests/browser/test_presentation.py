"""Presentation mode: large enough for the last row, nothing but the page, entered and left as documented."""

from __future__ import annotations

import pytest

from .driver import ROOT, address, at_rest, drag_slider, expect
from .layout import amiss
from .views import VIEWS

PROJECTOR = {"width": 1366, "height": 768}
LEAST = 15  # pixels of 768: ticks of an axis. What one has to read is larger
# The sizes of all texts that are seen, as [pixels, text]; of a drawing that is scaled, as it is scaled.
SIZES = """() => {
  const roots = [document, ...[...document.querySelectorAll('*')].map((e) => e.shadowRoot).filter(Boolean)], found = [];
  for (const root of roots) for (const e of root.querySelectorAll('*')) {
    if (e.closest('style, script, option, .unseen, math') ||
      ![...e.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim())) continue;
    if (!e.checkVisibility({ visibilityProperty: true, opacityProperty: true })) continue;
    const box = e.getBoundingClientRect(), scale = e.ownerSVGElement ? e.getScreenCTM().d : 1;
    if (box.width > 2 && box.height > 2) found.push([parseFloat(getComputedStyle(e).fontSize) * scale,
      e.textContent.trim().slice(0, 40)]);
  }
  return found;
}"""

pytestmark = pytest.mark.skipif(
    not (ROOT / "pretrained" / "mnist-aae").exists(), reason="no shipped models: python train.py makes them"
)


def type_of_root(page) -> float:
    return page.evaluate("() => parseFloat(getComputedStyle(document.documentElement).fontSize)")


def test_enter_move_something_and_leave(open_page):
    page = open_page("?mean=0,0", viewport=PROJECTOR)
    page.get_by_role("button", name="Present", exact=True).click()
    page.wait_for_function("() => parseFloat(getComputedStyle(document.documentElement).fontSize) === 24")
    page.wait_for_selector(".explorer.presenting")
    page.wait_for_url("**present=on**")
    assert page.get_by_test_id("stHeader").is_hidden() and page.locator(".help-button").is_hidden()
    at_rest(page)
    sizes = page.evaluate(SIZES)
    assert min(sizes)[0] >= LEAST, min(sizes)
    by_text = {text: size for size, text in sizes}
    assert by_text["1.135 nats"] >= 36 and all(
        by_text[name] >= 18 for name in ("Resample ε", "log σ²₁", "VAE", "Probe", "7")
    )
    assert all(
        page.get_by_role("slider", name=name, exact=True).bounding_box()["height"] >= 36 for name in ("μ₁", "log σ²₂")
    )
    legend = page.get_by_role("group", name="Classes").bounding_box()
    assert legend["y"] + legend["height"] <= PROJECTOR["height"]  # all of it is seen at once
    drag_slider(page, "μ₁", moves=10)
    page.mouse.up()
    page.wait_for_function(r"() => /mean=3\./.test(location.search)")
    assert address(page)["present"] == "on"  # kept by what writes the address
    page.keyboard.press("Escape")
    page.wait_for_function("() => parseFloat(getComputedStyle(document.documentElement).fontSize) === 16")
    page.wait_for_function("() => !location.search.includes('present')")
    page.get_by_test_id("stHeader").wait_for()
    expect(page.locator(".explorer.presenting")).to_have_count(0)
    assert address(page)["mean"].startswith("3.")


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in VIEWS if name != "scoreboard"])
def test_every_view_can_be_read_and_does_not_scroll_sideways(open_page, name):
    path, ready = VIEWS[name]
    page = open_page(f"{path}{'&' if '?' in path else '?'}present=on", wait=ready, viewport=PROJECTOR)
    page.wait_for_function("() => parseFloat(getComputedStyle(document.documentElement).fontSize) === 24")
    at_rest(page)
    sizes = page.evaluate(SIZES)
    assert min(sizes)[0] >= LEAST, sorted(sizes)[:5]
    assert amiss(page) == []
    if name.startswith("explorer"):
        legend = page.get_by_role("group", name="Classes").bounding_box()
        assert legend["y"] + legend["height"] <= PROJECTOR["height"]
    assert (
        page.evaluate(
            "() => { const main = document.querySelector('[data-testid=stMain]'); "
            "return main.scrollWidth - main.clientWidth; }"
        )
        == 0
    )


@pytest.mark.slow
def test_it_stays_on_another_page_and_a_phone_keeps_its_size(open_page):
    page = open_page("kl?present=on", wait=".kl-lesson[data-ready=true]", viewport=PROJECTOR)
    page.get_by_role("tab", name="Two dimensions").click()
    page.wait_for_function("() => location.search.includes('tab=two')")
    assert address(page)["present"] == "on" and type_of_root(page) == 24
    page.set_viewport_size({"width": 390, "height": 844})
    assert type_of_root(page) == 16
    page.set_viewport_size({"width": 1920, "height": 1080})
    assert type_of_root(page) == pytest.approx(33.7, abs=0.1)


def test_arrow_keys_lead_through_tabs_and_pages_but_belong_to_a_slider_that_has_the_focus(open_page):
    page = open_page("kl?tab=collapse&present=on", wait=".kl-lesson[data-ready=true]", viewport=PROJECTOR)
    bar = page.locator(".st-key-present_bar")
    expect(bar).to_contain_text("1 Recall KL")
    box = page.get_by_role("tab", name="Predict").bounding_box()
    assert box["y"] + box["height"] <= bar.bounding_box()["height"] <= 36  # the tabs lie in the bar
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("tab", name="Predict")).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowRight")
    page.wait_for_selector(".rep-lesson.presenting[data-ready=true]")
    expect(bar).to_contain_text("2 Reparameterise")
    slider = page.get_by_role("slider").first
    before = float(slider.input_value())
    slider.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function("([slider, before]) => Number(slider.value) > before", arg=[slider.element_handle(), before])
    expect(page.get_by_role("tab").first).to_have_attribute("aria-selected", "true")
    page.keyboard.press("PageDown")  # a presenter's remote sends it, wherever the focus is
    expect(page.get_by_role("tab").nth(1)).to_have_attribute("aria-selected", "true")
    page.keyboard.press("PageUp")
    expect(page.get_by_role("tab").first).to_have_attribute("aria-selected", "true")
    at_rest(page)  # the tab's change is in the address
    page.get_by_role("tab").first.focus()
    page.keyboard.press("ArrowLeft")
    page.wait_for_selector(".kl-lesson.presenting[data-ready=true]")
    expect(page.get_by_role("tab", name="Predict")).to_have_attribute("aria-selected", "true")
    assert address(page)["present"] == "on"
    bar.get_by_role("link", name="0 Why?").click()
    page.wait_for_selector(".why.presenting[data-ready=true]")
    page.go_back()
    page.wait_for_selector(".kl-lesson.presenting[data-ready=true]")  # one entry of the history for each page


def test_n_and_p_try_the_cards(open_page):
    page = open_page("?present=on", viewport=PROJECTOR)
    card = page.get_by_role("region", name="Try this")
    assert not card.is_visible()
    page.keyboard.press("n")
    expect(card).to_contain_text("Between a 4 and a 9")
    page.wait_for_function("() => location.search.includes('log_var=-4')")  # it has been tried
    page.keyboard.press("n")
    expect(card).to_contain_text("2 of 5")
    page.keyboard.press("p")
    expect(card).to_contain_text("1 of 5")
    page.keyboard.press("p")
    expect(card).to_be_hidden()
    expect(page.get_by_role("img", name="Picture x")).to_be_visible()
