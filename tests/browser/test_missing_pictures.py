"""A server without MNIST's pictures (no sheet, no dataset): pages say so, offer a download, and continue after it."""

from __future__ import annotations

import hashlib
import re
import shutil
from types import SimpleNamespace

import numpy as np
import pytest

from ..test_datasets import idx_contents
from ..test_downloads import ARCHIVES, Mirror
from .driver import COMPLETE, ROOT, address, at_rest, next_frame, serve
from .test_explorer import PIXELS

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not (ROOT / "pretrained" / "mnist-aae").exists(), reason="no shipped models: python train.py makes them"
    ),
]

APP = """
import sys
from pathlib import Path
sys.path.insert(0, {root!r})
import streamlit as st
from explorer.data import downloads, originals
from explorer.serving import places, app as serving
places.DATA_DIR = Path({data!r})
originals.SHEETS = places.DATA_DIR / "no sheets"
downloads.SOURCES["mnist"] = downloads.Source(({mirror!r},), tuple(downloads.File(*one) for one in {files!r}))
app = st.App(**serving.arguments())
"""
MNIST = "left=mnist-vae&right=mnist-aae"
IMAGES = np.frombuffer(idx_contents()["t10k-images-idx3-ubyte"][16:], np.uint8).reshape(-1, 784)  # what the mirror has
# the reason that the server gives
TOO_FEW = "mnist has 5 test images here, and not the 10000 that the model was measured on"
FETCH = re.compile("^Fetch mnist ")
FOCUSED = (
    "() => { let at = document.activeElement; while (at.shadowRoot?.activeElement) at = at.shadowRoot.activeElement; "
    "return at.matches('button, input, select'); }"
)


@pytest.fixture(scope="module")
def bare(tmp_path_factory):
    """{address, data, mirror}: the server, its folder of datasets, and the mirror that it fetches from."""
    home, mirror = tmp_path_factory.mktemp("bare"), Mirror()
    (home / "data").mkdir()
    files = [(name, hashlib.md5(content).hexdigest(), len(content)) for name, content in ARCHIVES.items()]
    given = {
        "root": str(ROOT),
        "data": str(home / "data"),
        "mirror": f"http://127.0.0.1:{mirror.server_port}/",
        "files": files,
    }
    (home / "app.py").write_text(APP.format(**given), encoding="utf-8")
    with serve(home, str(home / "app.py")) as server:
        yield SimpleNamespace(address=server.address, data=home / "data", mirror=mirror)
        assert "Traceback" not in server.log.read_text(encoding="utf-8")
    mirror.shutdown()
    mirror.server_close()


@pytest.fixture
def emptied(bare):
    """Empties the server's folder of datasets after the test, once the pages are closed."""
    yield
    for path in bare.data.iterdir():
        shutil.rmtree(path)


@pytest.fixture
def open_bare(bare, emptied, open_address):
    """`open_bare("?tool=draw")`: a page of the server that has no datasets at first."""
    return lambda query="", wait=COMPLETE: open_address(f"{bare.address}/{query}", wait, missing=("/errors/",))


def fetch(page) -> None:
    page.get_by_role("button", name=FETCH).first.click()


def test_without_pictures_of_mnist_pages_open_on_digits(open_bare):
    page = open_bare()
    assert [page.locator(f".panel.{side} header > select").input_value() for side in ("left", "right")] == [
        "digits-vae",
        "digits-aae",
    ]
    assert page.get_by_role("button", name=FETCH).count() == 0
    page = open_bare("reparameterisation?view=vae", ".rep-lesson[data-ready=true]")
    assert page.get_by_role("combobox", name="Model").input_value() == "digits-vae"
    page.get_by_role("button", name="Measure with").wait_for()
    page = open_bare("practice", ".practice[data-ready=true]")
    assert [box.input_value() for box in page.get_by_role("combobox", name="Dataset").all()] == ["digits", "digits"]


def test_what_lacks_pictures_says_why(open_bare):
    why = "the pictures of mnist are not on the server"
    page = open_bare(f"?{MNIST}&pick=mnist:3")
    page.get_by_text("The pictures of mnist are not on the server; all else works without them.").wait_for()
    assert page.locator(".original .label").inner_text().endswith(f": {why}")
    page = open_bare(f"?{MNIST}&tool=draw&pick=mnist:3")
    page.get_by_text(f"Test image 3 is marked on the maps, but cannot be shown: {why}.").wait_for()
    assert page.get_by_role("button", name="Random", exact=True).is_hidden()
    page = open_bare(f"?{MNIST}&tool=near&near=find")
    page.locator(f'optgroup[label="error: {why}"]').wait_for(state="attached")
    page = open_bare(f"?{MNIST}&tool=map&colour=error")
    page.locator(".map .note", has_text=f"Grey: the errors are not known: {why}.").first.wait_for()
    page = open_bare("?left=mnist-vae-16d&right=digits-aae")
    pixels = page.locator(".panel.left option[value=pixels]")
    assert pixels.is_disabled() and pixels.get_attribute("title") == why
    page = open_bare("reparameterisation?view=code&model=mnist-vae", ".rep-lesson[data-ready=true]")
    page.get_by_text(
        f"The loss needs the image, but {why}. Fetch the pictures above, or choose another VAE."
    ).wait_for()


def test_a_missing_dataset_is_fetched_on_the_server(open_bare, bare):
    mirror, data = bare.mirror, bare.data
    page = open_bare(f"?{MNIST}&tool=draw&pick=mnist:3")
    button = page.get_by_role("button", name=FETCH)
    mirror.spoil = lambda name, content: content[:100] + bytes(len(content) - 100)
    button.click()
    failed = (
        r"^mnist could not be fetched \(.*\): check the server's network and try again; all else works without it\.$"
    )
    page.get_by_text(re.compile(failed)).wait_for()
    assert list(data.iterdir()) == []

    mirror.spoil = lambda name, content: content
    mirror.gate.clear()
    mirror.begun.clear()
    button.click()
    bar = page.get_by_role("progressbar", name="Progress of the download")
    bar.wait_for()
    assert mirror.begun.wait(20)
    page.locator(".missing .why[aria-live=off]", has_text="Fetching mnist").wait_for()  # no reader hears every megabyte
    page.get_by_role("button", name="Cancel").click()
    page.locator(".missing .why[aria-live=polite]", has_text="Cancelled. Nothing was saved.").wait_for()
    mirror.gate.set()
    page.wait_for_timeout(500)
    assert list(data.iterdir()) == []

    button.focus()
    button.press("Enter")
    page.get_by_text("mnist test image 3, class").wait_for()
    assert page.evaluate(FOCUSED)  # it went on from the button, which is hidden now
    assert [path.name for path in data.iterdir()] == ["MNIST"]
    reads = page.locator(".rows .reads").nth(1)
    next_frame(page)
    assert reads.evaluate(PIXELS) == IMAGES[3].tolist()
    assert page.get_by_role("spinbutton", name="Number of the test image").is_visible() and button.is_hidden()
    page.get_by_role("button", name="Probe", exact=True).click()
    original = page.get_by_role("img", name="Picture x")
    original.wait_for()
    assert original.evaluate(PIXELS) == IMAGES[3].tolist()


def test_the_lesson_goes_on_when_its_image_was_fetched(open_bare):
    page = open_bare("reparameterisation?view=vae&model=mnist-vae&image=3", ".rep-lesson[data-ready=true]")
    page.get_by_text(
        "Without the image there is no loss, and the pictures of mnist are not on the server. Fetch the pictures above"
    ).wait_for()
    fetch(page)
    page.locator(".announcement", has_text="mnist is on the server now.").wait_for(state="attached")
    page.get_by_role("button", name="Measure with").wait_for()
    original = page.get_by_role("img", name="The image itself")
    original.wait_for()
    assert original.evaluate(PIXELS) == IMAGES[3].tolist() and page.get_by_role("button", name=FETCH).count() == 0


def test_the_errors_of_a_model_that_was_left_are_asked_for_once_its_images_are_fetched(open_bare):
    page = open_bare(f"?{MNIST}&tool=map&colour=error")
    page.locator(".map .note", has_text="Grey").first.wait_for()
    models = page.locator(".panel.left header > select")
    models.select_option("digits-vae")
    page.wait_for_url("**left=digits-vae**")
    fetch(page)
    page.locator(".missing").wait_for(state="hidden")
    models.select_option("mnist-vae")
    page.wait_for_url("**left=mnist-vae**")
    page.locator(".map .note", has_text=f"Grey: the errors are not known: {TOO_FEW}").first.wait_for()


def test_what_another_visitor_fetched_is_shown_at_the_next_change(open_bare):
    page = open_bare(f"?{MNIST}&pick=mnist:3&tool=near&near=find&near_find=error-largest")
    page.get_by_text("error: the pictures of mnist are not on the server.").wait_for()
    other = open_bare(f"?{MNIST}")
    fetch(other)
    other.locator(".missing").wait_for(state="hidden")
    page.get_by_role("figure", name="VAE latent map").locator(".handle").focus()
    page.keyboard.press("ArrowRight")
    page.get_by_text(f"The errors are not known: {TOO_FEW}").wait_for()
    page.get_by_role("button", name="Probe", exact=True).click()
    original = page.get_by_role("img", name="Picture x")
    original.wait_for()
    assert original.evaluate(PIXELS) == IMAGES[3].tolist() and page.get_by_role("button", name=FETCH).count() == 0


def test_strokes_that_were_drawn_before_the_images_came_stay(open_bare):
    page = open_bare(f"?{MNIST}&tool=draw&pick=mnist:3")
    page.get_by_text("Test image 3 is marked on the maps, but cannot be shown").wait_for()
    box = page.get_by_role("application", name="Drawing pad").bounding_box()
    page.mouse.move(box["x"] + 60, box["y"] + 60)
    page.mouse.down()
    page.mouse.move(box["x"] + 150, box["y"] + 150, steps=5)
    page.mouse.up()
    next_frame(page)
    drawn = page.locator(".rows .reads").first.evaluate(PIXELS)
    fetch(page)
    page.get_by_role("spinbutton", name="Number of the test image").wait_for()
    at_rest(page)
    assert page.locator(".rows .reads").first.evaluate(PIXELS) == drawn


def test_a_training_set_is_fetched_where_it_is_chosen(open_bare):
    page = open_bare("practice?a=vae,mnist&b=ae,digits", ".practice[data-ready=true]")
    a, b = page.locator("section.run.a"), page.locator("section.run.b")
    a.get_by_text("The training images of mnist are not on the server.").wait_for()
    start = page.get_by_role("button", name="Start run A")
    assert start.get_attribute("aria-disabled") == "true" and b.get_by_role("button", name=FETCH).count() == 0
    assert page.get_by_role("button", name="Start run B").get_attribute("aria-disabled") == "false"
    b.get_by_role("combobox", name="Dataset").select_option("mnist")
    b.get_by_role("button", name=FETCH).wait_for()
    assert b.locator(".dataset option:checked").inner_text() == "mnist (to be fetched)"
    fetch(page)
    for run, name in ((a, "A"), (b, "B")):
        run.locator(".missing").wait_for(state="hidden")
        assert run.locator(".dataset option:checked").inner_text() == "mnist"
        assert page.get_by_role("button", name=f"Start run {name}").get_attribute("aria-disabled") == "false"
    assert address(page)["b"] == "ae,mnist"
