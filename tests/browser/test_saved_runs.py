"""More saved runs than a list shows at first: the newest are there, the others one step away; an address names any."""

from __future__ import annotations

import os
import subprocess
import sys
from types import SimpleNamespace
from urllib.parse import quote

import pytest

from .. import small_bundles
from .driver import COMPLETE, DESK, ROOT, address, at_rest, serve

pytestmark = pytest.mark.skipif(
    not (ROOT / "pretrained" / "digits-aae").exists(), reason="no shipped models: python train.py makes them"
)

RUNS, NEWEST = 14, 10
NAMES = [
    "a b",
    'it\'s "quoted"',
    "$(x)",
    "<img src=x onerror=window.ran=1>",
    "a;b",
    "%2f",
    "[x](y)",
    "кошки",
    "a&b=c",
    "a#b?c+d",
]
# A page, when it stands, one of its lists, and the address's parameter that the list sets.
LISTS = {
    "explorer": ("", COMPLETE, "Model in the left panel", "left"),
    "reparameterisation": ("reparameterisation?view=draws", ".rep-lesson[data-ready=true]", "Model", "model"),
    "adversary, a VAE": ("adversary?tab=field", ".adversary[data-ready=true]", "VAE", "vae"),
    "adversary, any model": ("adversary?tab=readings", ".adversary[data-ready=true]", "Model", "model"),
}


@pytest.fixture(scope="module")
def term(tmp_path_factory):
    """A server with the runs of a term: run-00 is the oldest. After them a bundle that is damaged."""
    home = tmp_path_factory.mktemp("term")
    runs = home / "runs"
    for i in range(RUNS):
        small_bundles.save(runs / f"run-{i:02}", "vae", seed=i)
        os.utime(runs / f"run-{i:02}" / "bundle.json", (1_700_000_000 + i, 1_700_000_000 + i))
    with serve(home, runs=runs) as server:
        yield SimpleNamespace(address=server.address, runs=runs)
        assert "Traceback" not in server.log.read_text(encoding="utf-8")


@pytest.fixture
def open_term(term, open_address):
    """`open_term("?left=runs/run-03", ready)`: a page of that server."""
    return lambda path, ready: open_address(f"{term.address}/{path}", ready, missing=("/_stcore/",))


def options(models) -> list[str]:
    return models.evaluate("list => [...list.options].map((option) => option.value)")


@pytest.mark.parametrize("path, ready, name, parameter", LISTS.values(), ids=LISTS)
def test_a_list_has_the_newest_runs_and_brings_all(open_term, path, ready, name, parameter):
    page = open_term(path, ready)
    models = page.get_by_role("combobox", name=name, exact=True)
    runs = [value for value in options(models) if value.startswith("runs/")]
    assert runs == [f"runs/run-{i:02}" for i in range(RUNS - 1, RUNS - 1 - NEWEST, -1)]
    assert "digits" in models.locator("optgroup").evaluate_all("groups => groups.map((group) => group.label)")
    before = models.input_value()
    models.select_option(label=f"Show all {RUNS} runs …")
    page.get_by_text(f"The list holds all {RUNS} runs now").first.wait_for(state="attached")
    assert models.input_value() == before
    values = options(models)
    assert [value for value in values if value.startswith("runs/")] == [
        f"runs/run-{i:02}" for i in range(RUNS - 1, -1, -1)
    ] and "" not in values
    models.select_option("runs/run-00")
    page.wait_for_url(f"**{parameter}=runs%2Frun-00**")
    page.reload()
    page.wait_for_selector(ready)
    assert models.input_value() == "runs/run-00" and address(page)[parameter] == "runs/run-00"
    assert page.locator(".failure:visible").count() == 0


def test_both_lists_of_the_explorer_are_full_and_the_keyboard_gets_there(open_term):
    page = open_term("?left=digits-vae&right=digits-aae", COMPLETE)
    left, right = (page.get_by_role("combobox", name=f"Model in the {side} panel") for side in ("left", "right"))
    left.focus()
    page.keyboard.press("End")  # of a closed list: its last option
    page.get_by_text(f"The list holds all {RUNS} runs now").wait_for(state="attached")
    page.keyboard.press("Escape")  # closes the list, where the browser has opened it
    assert left.evaluate("list => list.matches(':focus')") and left.input_value() == "digits-vae"
    assert "runs/run-00" in options(left) and "runs/run-00" in options(right)
    right.select_option("runs/run-01")
    page.wait_for_url("**right=runs%2Frun-01**")
    page.locator(".panel.right .facts").filter(has_text="Its loss contains").wait_for()
    page.go_back()
    page.locator(".panel.right .facts").filter(has_text="A discriminator keeps").wait_for()


def test_a_list_that_does_not_come_is_a_sentence(open_term, term, chromium):
    context = chromium.new_context(viewport=DESK)
    context.set_default_timeout(60_000)
    page = context.new_page()
    page.route("**/catalogue", lambda route: route.abort())
    page.goto(f"{term.address}/")
    page.wait_for_selector(COMPLETE)
    models = page.get_by_role("combobox", name="Model in the left panel")
    models.select_option("")
    page.get_by_text("The list of all runs could not be fetched").wait_for()
    assert models.input_value() == "mnist-vae"
    context.close()


def test_a_run_that_is_saved_while_the_page_is_open_can_be_chosen(open_term, term):
    page = open_term("?left=digits-vae&right=digits-aae", COMPLETE)
    small_bundles.save(term.runs / "late", "vae", seed=100)
    try:
        models = page.get_by_role("combobox", name="Model in the left panel")
        models.select_option("")
        page.get_by_text(f"The list holds all {RUNS + 1} runs now").wait_for(state="attached")
        models.select_option("runs/late")
        page.wait_for_url("**left=runs%2Flate**")
        at_rest(page)
        assert address(page)["left"] == "runs/late" and models.input_value() == "runs/late"
    finally:
        for file in (term.runs / "late").iterdir():
            file.unlink()
        (term.runs / "late").rmdir()


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_a_folder_of_any_name_opens_by_its_address_and_by_the_list(open_term, term, name):
    folder = (term.runs / "run-13").rename(term.runs / name)
    try:
        page = open_term(f"?left=runs%2F{quote(name, safe='')}&right=digits-aae", COMPLETE)
        models = page.get_by_role("combobox", name="Model in the left panel")
        assert models.input_value() == f"runs/{name}"
        models.select_option("digits-vae")
        page.wait_for_url("**left=digits-vae**")
        models.select_option(f"runs/{name}")
        page.wait_for_function("(name) => new URL(location).searchParams.get('left') === name", arg=f"runs/{name}")
        page.locator(".panel.left .facts").filter(has_text="Its loss contains").wait_for()
        assert page.evaluate("() => window.ran") is None and page.locator(".failure:visible").count() == 0
        assert page.get_by_test_id("stAlert").count() == 0
    finally:
        folder.rename(term.runs / "run-13")


@pytest.mark.slow
def test_hundreds_of_runs_cost_the_server_little():
    """The benchmark's bars are ratios of processor time: the machine's speed and its other work hardly matter."""
    run = subprocess.run(
        [sys.executable, "tests/benchmarks/saved_runs.py", "--times", "60"],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
    )
    assert run.returncode == 0 and "opening with 300 runs" in run.stdout, run.stdout + run.stderr
