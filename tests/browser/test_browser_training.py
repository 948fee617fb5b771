"""Lesson 4 without the server's help: workers of the page train, and the page shows, steers and keeps their runs."""

from __future__ import annotations

import io
import re
import zipfile

import numpy as np
import pytest
import torch

from explorer.address import practice as choices
from explorer.data import datasets
from explorer.store import bundle

from .test_practice import HASH, READY, SMALL, begin, data, panel, press, until

COMMANDS = re.compile(r"/runs/[^/?]+/[ab]$")  # to trainings on the server


@pytest.fixture
def practise(open_page):
    """`practise(a=...)`: the page with these choices, and `page.commands`, which were sent to the server."""

    def open_one(a: str = SMALL, b: str = "aae,digits,hidden=16", more: str = ""):
        page = open_page(f"practice?a={a}&b={b}{more}", wait=READY)
        page.commands = []
        page.on("request", lambda request: COMMANDS.search(request.url) and page.commands.append(request.post_data))
        return page

    return open_one


def test_digits_train_in_the_browser_and_the_page_steers_them(practise):
    page = practise()
    assert page.get_by_role("combobox", name="Train in").input_value() == "browser"
    until(page, "ready", revision=1)
    until(page, "ready", "b", revision=1)
    codes = page.get_by_role("img", name="Run A: z ~ q(z|x) of test images")
    untrained = codes.evaluate(HASH)
    press(page, "Step run A")
    until(page, "paused", taken=1)
    assert codes.evaluate(HASH) != untrained
    press(page, "Epoch run A")
    until(page, "paused", taken=6)
    beta = panel(page).get_by_label("β", exact=True)
    beta.fill("3")
    beta.press("Enter")
    page.wait_for_selector(".run.a[data-changes='[\"β = 3\"]']")
    press(page, "Continue run A")
    until(page, "finished", taken=18)
    changed = data(page, "last")
    begin(page, "Reset run A")
    until(page, "ready", taken=0)
    press(page, "Start run A")
    until(page, "finished", taken=18)
    last = data(page, "last")  # with β = 3 from the first step on
    assert last != changed
    begin(page, "Start again run A")
    until(page, "finished", taken=18)
    assert data(page, "last") == last  # the same seed
    assert page.commands == []


def test_two_trainings_go_on_while_another_page_is_open(practise):
    page = practise(a="vae,digits,epochs=1000", b="aae,digits,epochs=1000")
    until(page, "ready", "b", revision=1)
    press(page, "Start both")
    until(page, "running")
    until(page, "running", "b")
    assert page.get_by_role("combobox", name="Train in").is_disabled()
    ids = [panel(page, side).get_attribute("data-id") for side in "ab"]
    page.get_by_role("link", name="Scoreboard").click()
    page.wait_for_url(re.compile("scoreboard"))
    page.get_by_role("link", name="4 Practice").click()
    page.wait_for_selector(READY)
    for side in "ab":
        until(page, "running", side)
    assert [panel(page, side).get_attribute("data-id") for side in "ab"] == ids
    press(page, "Pause both")
    for side in "ab":
        until(page, "paused", side)
    assert page.commands == []


def test_the_place_is_chosen_on_the_page_and_stands_in_its_address(practise):
    page = practise()
    until(page, "ready", revision=1)
    in_browser = panel(page).get_attribute("data-id")
    page.get_by_role("combobox", name="Train in").select_option("the server")
    page.wait_for_url(re.compile("where=server"))
    page.wait_for_selector(f".run.a[data-state=ready]:not([data-id='{in_browser}'])")
    press(page, "Step run A")
    until(page, "paused", taken=1)
    assert any('"step"' in command for command in page.commands)
    begin(page, "Reset run A")
    page.get_by_role("combobox", name="Train in").select_option("this browser")
    until(page, "ready", id=in_browser)
    panel(page).get_by_role("combobox", name="Dataset").select_option("mnist")
    panel(page).get_by_text("This run trains on the server.").wait_for()


def test_a_finished_run_is_measured_and_its_download_is_a_bundle(practise, tmp_path):
    page = practise(a="aae,digits,hidden=16,epochs=2,batch_size=256,seed=3")
    press(page, "Start run A")
    until(page, "finished")
    panel(page).get_by_role("textbox", name="Name of run A").fill("my β")
    press(page, "Save run A")
    with page.expect_download() as started:
        panel(page).get_by_role("link", name="Download").click()
    assert started.value.suggested_filename == "my-β.zip"
    with zipfile.ZipFile(io.BytesIO(started.value.path().read_bytes())) as packed:
        packed.extractall(tmp_path)
    opened = bundle.load_bundle(tmp_path / "my-β")
    assert opened.config == choices.to_config(
        choices.parse({"a": "aae,digits,hidden=16,epochs=2,batch_size=256,seed=3"})[0]["a"]
    )
    with torch.no_grad():
        mean = opened.model().encode(torch.from_numpy(datasets.load("digits", "test").pixels())).mean
    np.testing.assert_allclose(opened.codes.mean, mean.numpy(), atol=1e-4)


def test_images_that_do_not_come_are_a_sentence_and_asked_for_again(open_page):
    page = open_page(f"practice?a={SMALL}&b={SMALL}&where=server", wait=READY, missing=("training/digits",))
    page.route("**/training/digits", lambda route: route.abort())
    page.get_by_role("combobox", name="Train in").select_option("this browser")
    press(page, "Start run A")
    page.get_by_text("This browser cannot train").wait_for()
    page.unroute("**/training/digits")
    press(page, "Start run A")
    until(page, "finished")
