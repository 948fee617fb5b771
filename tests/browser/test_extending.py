"""The example sibling of .github/extending.md, one file that is added, is trained on the practice page and explored."""

from __future__ import annotations

import re
import shutil

import pytest

from ..test_readme import SECTIONS, STEPS
from .driver import APP, DRAWN, ROOT, address, serve
from .test_practice import READY, panel, press, until


@pytest.fixture(scope="module")
def extended_server(tmp_path_factory):
    """A server of a copy of the program with the example's file."""
    copy = tmp_path_factory.mktemp("copy")
    shutil.copytree(ROOT / "explorer", copy / "explorer", ignore=shutil.ignore_patterns("__pycache__"))
    (step,) = [step for step in STEPS.finditer(SECTIONS["A model"]) if step["new"]]
    (copy / step["new"]).write_text(step["code"], encoding="utf-8")
    app = APP.format(
        pretrained=str(ROOT / "pretrained"), runs=str(copy / "runs"), data=str(copy / "data"), mounted=str(copy)
    )
    script = copy / "app.py"
    script.write_text(f"import sys\n\nsys.path.insert(0, {str(copy)!r})\n{app}", encoding="utf-8")
    with serve(copy, str(script)) as server:
        yield server


def test_a_sibling_that_is_added_is_trained_saved_and_explored(extended_server, open_address):
    page = open_address(f"{extended_server.address}/practice?a=vae,digits,hidden=16,epochs=3,batch_size=256", READY)
    panel(page).get_by_role("radio", name="WAE-MMD").check(force=True)
    page.wait_for_url(re.compile("a=wae"))
    press(page, "Start run A")
    until(page, "finished")
    assert "MMD²" in panel(page).inner_text()
    press(page, "Save run A")
    link = panel(page).get_by_role("link", name="Open in the explorer")
    link.wait_for()
    (bundle,) = extended_server.runs.glob("WAE-MMD*")
    with page.context.expect_page() as opened:  # in a tab of its own
        link.click()
    explorer = opened.value
    explorer.wait_for_selector(DRAWN)
    assert explorer.locator(".panel.left header select").input_value() == f"runs/{bundle.name}"
    assert address(explorer)["left"] == f"runs/{bundle.name}"
    assert "A kernel distance holds its codes to N(0, I), times β = 300" in explorer.locator(".panel.left").inner_text()
