"""Pages where a browser gives less: over plain http by another machine's address, and in browsers of some years ago."""

from __future__ import annotations

import io
import re

import numpy as np
import pytest
from PIL import Image

from explorer.serving.assets import WEB
from explorer.ui import room

from .driver import COMPLETE, ROOT, at_rest, serve
from .test_explore_take import PIXELS, downloaded
from .views import VIEWS

# Safari before 16.4, and others of its time. Streamlit itself needs Safari 16.0, Chrome 110, or Firefox 115 (toSorted).
OLDER = """
delete window.OffscreenCanvas; delete window.CompressionStream; delete window.DecompressionStream;
delete window.requestIdleCallback; delete window.cancelIdleCallback;
for (const root of [Document, ShadowRoot]) delete root.prototype.adoptedStyleSheets;
const refuse = function () { throw new TypeError('Illegal constructor'); };
window.CSSStyleSheet = Object.assign(refuse, { prototype: window.CSSStyleSheet.prototype });
for (const name of ['map', 'filter', 'flatMap', 'forEach', 'some', 'every', 'find', 'reduce', 'toArray']) {
  delete Iterator.prototype[name];
}
for (const name of ['union', 'intersection', 'difference', 'isSubsetOf']) delete Set.prototype[name];
delete Object.groupBy; delete Array.fromAsync; delete Promise.withResolvers; delete AbortSignal.any;
"""

pytestmark = pytest.mark.skipif(
    not (ROOT / "pretrained" / "mnist-aae").exists(), reason="no shipped models: python train.py makes them"
)


@pytest.fixture(scope="module")
def in_network(tmp_path_factory):
    """The address by which other machines open a server that listens to all of them."""
    own = room.own_addresses()
    if not own:
        pytest.skip("this machine is in no network")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("STREAMLIT_SERVER_ADDRESS", "0.0.0.0")
        with serve(tmp_path_factory.mktemp("network")) as server:
            yield server.address.replace("localhost", own[0])


@pytest.fixture
def open_at(open_address):
    """`open_at(address)`: a page. older: in a browser of some years ago."""
    return lambda address, ready=COMPLETE, older=False: open_address(address, ready, script=OLDER if older else "")


def of_a_disc() -> dict:
    """A file of a picture: a black disc on white."""
    y, x = np.mgrid[:60, :60] - 29.5
    file = io.BytesIO()
    Image.fromarray(np.where(np.hypot(x, y) < 20, 0, 255).astype(np.uint8)).save(file, "PNG")
    return {"name": "disc.png", "mimeType": "image/png", "buffer": file.getvalue()}


def test_a_link_is_copied_and_all_is_taken_away_over_plain_http(in_network, open_at):
    page = open_at(f"{in_network}/?left=digits-vae&right=digits-aae&tool=take&mean=0.5,-0.25")
    assert page.evaluate("() => [isSecureContext, typeof navigator.clipboard]") == [False, "undefined"]
    page.wait_for_selector(".tool[data-ready=take]")
    link = page.get_by_role("textbox", name="Address of this view").input_value()
    page.get_by_role("button", name="Copy", exact=True).click()
    page.get_by_text("The address is copied.").first.wait_for()
    page.evaluate("() => (window.pasted = document.body.appendChild(document.createElement('textarea'))).focus()")
    page.keyboard.press("Control+v")
    assert page.evaluate("() => window.pasted.value") == link and "mean=0.5,-0.25" in link
    for button in ("VAE map: PNG", "AAE map: SVG", "Pictures: PNG"):
        assert len(downloaded(page, button)[1]) > 1000
    assert downloaded(page, "both, by image")[1].startswith(b"image,")
    name, file = downloaded(page, "Make the file")
    assert name.endswith(".html") and len(file) > 1e6


def test_pictures_are_drawn_over_plain_http(in_network, open_at):
    page = open_at(f"{in_network}/?left=digits-vae&right=digits-aae&tool=draw")
    draw(page)


def draw(page) -> None:
    """A file, a stroke and a test image go through both models."""
    page.wait_for_selector(".tool[data-ready=draw]")
    page.locator("input.chooser").set_input_files(of_a_disc())
    page.get_by_text("disc.png is on the pad").wait_for()
    pad = page.locator(".pad canvas").bounding_box()
    page.mouse.move(pad["x"] + 60, pad["y"] + 60)
    page.mouse.down()
    page.mouse.move(pad["x"] + 90, pad["y"] + 120, steps=4)
    page.mouse.up()
    page.get_by_role("button", name="Next test image").click()
    page.get_by_text("digits test image 1, class").wait_for()
    assert len(set(page.get_by_role("img", name="VAE reconstruction", exact=True).evaluate(PIXELS))) > 9


@pytest.mark.slow
def test_pictures_are_drawn_and_taken_away_in_an_older_browser(server, open_at):
    page = open_at(f"{server}/?left=digits-vae&right=digits-aae&tool=draw", older=True)
    draw(page)
    page.get_by_role("button", name="Export", exact=True).click()
    page.wait_for_selector(".tool[data-ready=take]")
    page.get_by_role("button", name="Make the file").click()
    page.get_by_text("this browser cannot compress").last.wait_for()


QUICK = "near"  # pictures, lists and choices, beside both maps


@pytest.mark.parametrize("view", [v if v == QUICK else pytest.param(v, marks=pytest.mark.slow) for v in VIEWS])
def test_every_view_opens_in_an_older_browser(server, open_at, view):
    path, ready = VIEWS[view]
    page = open_at(f"{server}/{path}", ready, older=True)
    at_rest(page)
    assert page.locator(".failure:visible").count() == 0


def test_scripts_have_no_syntax_that_older_browsers_refuse():
    """One such sign, and the whole page is gone: a script that cannot be read runs in no part."""
    lookbehind = re.compile(r"\(\?<[=!]")  # in a regular expression: Safari 16.4
    assert [path.name for path in WEB.rglob("*.js") if lookbehind.search(path.read_text(encoding="utf-8"))] == []


# Empties the large canvases that are seen, as a graphics driver does that restarts: browsers keep small ones in memory.
RESTART = """async () => {
  const all = (root) => [...root.querySelectorAll('*')].flatMap((e) => [e, ...(e.shadowRoot ? all(e.shadowRoot) : [])]);
  const isLarge = (c) => c.tagName === 'CANVAS' && c.width * c.height >= 128 * 128 && c.checkVisibility();
  const canvases = all(document).filter(isLarge);
  const pixels = (c) => c.getContext('2d').getImageData(0, 0, c.width, c.height).data;
  const hash = (c) => pixels(c).reduce((h, v) => (h * 31 + v) | 0, 7);
  const until = async (holds) => {
    for (let tries = 0; tries < 100 && !holds(); tries += 1) await new Promise((resolve) => setTimeout(resolve, 300));
  };
  let before = [];
  await until(() => {
    const last = before;
    before = canvases.map(hash);
    return String(last) === String(before); // what is worked out between frames is complete
  });
  for (const canvas of canvases) {
    canvas.width = canvas.width;
    canvas.dispatchEvent(new Event('contextrestored'));
  }
  await until(() => String(canvases.map(hash)) === String(before));
  return [before, canvases.map(hash)];
}"""


@pytest.mark.slow
@pytest.mark.parametrize(
    "view, count",
    [("map", 4), ("near, a region", 4), ("replay", 2), ("reparameterisation, draws", 2), ("adversary, field", 2),
     ("adversary, teach", 4), ("adversary, readings", 2)],
)  # fmt: skip
def test_canvases_are_drawn_again_after_a_graphics_driver_restarts(server, open_at, view, count):
    path, ready = VIEWS[view]
    page = open_at(f"{server}/{path}", ready)
    page.wait_for_timeout(2500)  # what is worked out between frames
    before, after = page.evaluate(RESTART)
    assert len(before) >= count and after == before
