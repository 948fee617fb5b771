"""Every eye: what axe-core finds on each page, all of the main job by keys alone, what a screen reader is told and when, little motion, 200 % zoom."""

from __future__ import annotations

import pytest

from .driver import ROOT
from .views import VIEWS

IDLE = "[data-testid=stApp][data-test-script-state=notRunning]"
GRAVE = ("serious", "critical")
SCREEN = {"width": 1366, "height": 768}

pytestmark = pytest.mark.skipif(not (ROOT / "pretrained" / "mnist-aae").exists(), reason="no shipped models: python train.py makes them")


@pytest.fixture
def open_view(open_page):
    """`open_view("kl, two")`: one of VIEWS, when the server has nothing more to say to it."""

    def open_one(name: str, more: str = "", **options):
        path, ready = VIEWS[name]
        page = open_page(path + (("&" if "?" in path else "?") + more if more else ""), wait=ready, **{"viewport": SCREEN} | options)
        page.wait_for_selector(IDLE)
        return page

    return open_one


# ---- axe-core ----------------------------------------------------------------------------------------


def violations(page) -> list[str]:
    """What axe-core calls serious or critical, a line each. It looks into open shadow roots. Nothing is left out, Streamlit's own parts neither."""
    base = pytest.importorskip("axe_playwright_python.base", reason="axe-core is not installed: tests/requirements.txt has it")
    if not page.evaluate("() => Boolean(window.axe)"):
        page.evaluate(base.AXE_SCRIPT)
    found = page.evaluate("async () => (await axe.run({ resultTypes: ['violations'] })).violations")
    return [f"{rule['id']}: {node['html'][:160]} {node['failureSummary']}" for rule in found if rule["impact"] in GRAVE for node in rule["nodes"]]


def assert_none_in_both_themes(page) -> None:
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        page.wait_for_function("(wanted) => getComputedStyle(document.querySelector('[data-testid=stApp]')).colorScheme === wanted", arg=scheme)
        page.wait_for_timeout(500)  # colours fade into each other
        found = violations(page)
        assert not found, f"{scheme}:\n" + "\n".join(found)


def test_axe_finds_nothing_grave_on_the_front_page_in_either_theme(open_view):
    assert_none_in_both_themes(open_view("explorer"))


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in VIEWS if name != "explorer"])
def test_axe_finds_nothing_grave_in_either_theme(open_view, name):
    page = open_view(name)
    for guide in page.get_by_test_id("stExpander").all():
        guide.locator("summary").click()
    assert_none_in_both_themes(page)
