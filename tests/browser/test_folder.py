"""Models of one's own pictures in the explorer: in colour, convolved in the browser, and what torch says they are."""

from __future__ import annotations

import io
import re
import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from PIL import Image

from explorer.data import folder
from explorer.store.bundle import find_bundles, load_bundle

from ..pictures import CLASSES, generate
from .driver import AT, ROOT, address, at_rest, next_frame, serve
from .test_explorer import picture

RGB = (
    "canvas => { const { width, height } = canvas; "
    "const { data } = canvas.getContext('2d').getImageData(0, 0, width, height);"
    "return [0, 1, 2].map((channel) => Array.from({ length: width * height }, (_, i) => data[4 * i + channel])); }"
)
CHANGED = "The pictures in the folder discs are gone or have changed since the model was trained."


# ---- 2,000 pictures, from the folder to the page --------------------------------------------------------------


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """{folder, vae, aae (bundles), address}: a server with two models of 2,000 pictures, trained by train.py."""
    home = tmp_path_factory.mktemp("folder")
    discs, runs = home / "discs", home / "runs"
    generate(discs, 2000, 32)
    command = [
        sys.executable,
        str(ROOT / "train.py"),
        "--dataset",
        "folder",
        "--data-dir",
        str(discs),
        "--epochs",
        "4",
        "--device",
        "cpu",
        "--threads",
        "1",
    ]
    subprocess.run([*command, "--out", str(runs)], check=True, cwd=home)
    aae, vae = map(load_bundle, find_bundles(runs))
    with serve(home, runs=runs) as server:
        yield SimpleNamespace(folder=discs, vae=vae, aae=aae, address=server.address)
        assert "Traceback" not in server.log.read_text(encoding="utf-8")


@pytest.fixture
def open_folder(trained, open_address):
    """`open_folder("&tool=draw")`: the explorer with both models. missing: part of an address that may be missing."""
    models = f"{trained.address}/?left=runs/{trained.vae.name}&right=runs/{trained.aae.name}"

    def open_one(query: str = "", missing: str | None = None):
        return open_address(models + query, missing=("/_stcore/", *([missing] if missing else [])))

    return open_one


def shown(canvas) -> np.ndarray:
    """(3, pixels) of a canvas, once what was said of it has been drawn."""
    next_frame(canvas.page)
    return np.array(canvas.evaluate(RGB))


def decoded(model, z) -> np.ndarray:
    with torch.no_grad():
        return 255 * torch.sigmoid(model.decode(torch.tensor([z], dtype=torch.float32))).view(3, -1).numpy()


@pytest.mark.slow
def test_two_thousand_pictures_are_trained_and_opened_in_colour(trained, open_folder):
    assert (
        trained.vae.config.model.image_side,
        trained.vae.config.model.channels,
        trained.vae.config.model.network,
    ) == (32, 3, "conv")
    assert trained.vae.history[-1]["reconstruction"] < trained.vae.history[0]["reconstruction"] - 20
    page = open_folder("&mean=0.5,-1&log_var=-1,-2&noise=0.8,-0.6")
    z = [0.5 + 0.8 * np.exp(-0.5), -1 - 0.6 * np.exp(-1)]
    for name, bundle in (("VAE", trained.vae), ("AAE", trained.aae)):
        for where, at in (("μ", [0.5, -1]), ("z", z)):
            canvas = picture(page, f"{name} decoded at {where}")
            assert np.abs(shown(canvas) - decoded(bundle.model(), at)).max() <= 2
            assert canvas.evaluate("canvas => [canvas.width, canvas.height]") == [32, 32]
    assert np.ptp(shown(picture(page, "VAE decoded at μ")), 0).max() > 30  # it has colour
    assert page.locator(".legend button").all_inner_texts() == list(CLASSES)

    found = folder.reopen(trained.vae.config)
    row = int(np.abs(trained.vae.codes.mean).max(1).argmax())
    page.mouse.click(
        *page.get_by_role("figure", name="VAE latent map").evaluate(AT, trained.vae.codes.mean[row].tolist())
    )
    page.wait_for_url("**pick=*")
    picked = int(address(page)["pick"].rpartition(":")[2])
    original = page.get_by_role("img", name="Picture x", exact=True)
    original.wait_for()
    np.testing.assert_array_equal(shown(original), found.test.images[picked].reshape(3, -1))


@pytest.mark.slow
def test_a_picture_goes_through_both_models_in_the_browser(trained, open_folder):
    found = folder.reopen(trained.vae.config)
    page = open_folder(f"&tool=draw&pick={trained.vae.config.dataset}:7")
    page.wait_for_selector(".tool[data-ready=draw]")
    page.get_by_text("test image 7, class").wait_for()

    def rebuilt(x: np.ndarray) -> None:
        for name, bundle in (("VAE", trained.vae), ("AAE", trained.aae)):
            model = bundle.model()
            with torch.no_grad():
                mean = model.encode(torch.from_numpy(x).float().view(1, -1) / 255).mean[0].tolist()
            assert (
                np.abs(
                    shown(page.get_by_role("img", name=f"{name} reconstruction", exact=True)) - decoded(model, mean)
                ).max()
                <= 2
            )

    reads = page.locator(".rows .reads").first
    np.testing.assert_array_equal(shown(reads), found.test.images[7].reshape(3, -1))
    rebuilt(shown(reads))
    wide = np.zeros((40, 120, 3), np.uint8)  # a file: its middle square, in colour
    wide[:, 40:80] = (20, 200, 90)
    file = io.BytesIO()
    Image.fromarray(wide).save(file, "PNG")
    page.locator("input.chooser").set_input_files(
        {"name": "wide.png", "mimeType": "image/png", "buffer": file.getvalue()}
    )
    page.get_by_text("The middle of wide.png is on the pad").wait_for()
    assert np.abs(shown(reads) - np.array([[20], [200], [90]])).max() <= 1
    rebuilt(shown(reads))


@pytest.mark.slow
@pytest.mark.parametrize(
    "query", ["&tool=near", "&tool=near&near=find&near_find=class-3", "&tool=map&underlay=quantiles",
        "&tool=map&underlay=stretch&colour=error", "&tool=walk&walk=-1,-1;1,1",
              "&tool=walk&sum=0,3", "&tool=take", "&moment=9&field=D"]
)  # fmt: skip
def test_every_tool_opens(open_folder, query):
    page = open_folder(query)
    page.wait_for_selector(".explorer[data-replay=true]" if "moment" in query else ".tool[data-ready]")
    at_rest(page)
    assert page.locator(".failure:visible").count() == 0 and page.locator("[data-testid=stAlert]").count() == 0
    if "underlay" in query:
        assert min(
            canvas.evaluate(
                "canvas => canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data.some(Boolean)"
            )
            for canvas in page.locator(".under").all()
        )
    if "walk=" in query:
        strip = np.array(page.locator(".strip").first.evaluate(RGB))
        assert np.ptp(strip, 0).max() > 30  # in colour


@pytest.mark.slow
def test_where_the_folder_is_gone_the_page_says_so(trained, open_folder):
    page = open_folder(f"&pick={trained.vae.config.dataset}:7")
    page.get_by_role("img", name="Picture x").wait_for()
    changed = trained.folder / folder.test_files(trained.vae.config.pictures)[8]
    kept = changed.read_bytes()
    Image.new("RGB", (32, 32), "white").save(changed)
    page = open_folder(f"&pick={trained.vae.config.dataset}:8", missing="/originals/")
    label = trained.vae.codes.label[8]
    page.get_by_text(f"image 8, class {list(CLASSES)[label]}: {CHANGED}").wait_for()
    page = open_folder(f"&tool=near&near=find&near_find=class-{label}", missing="/originals/")
    page.get_by_text(f"Original pictures could not be shown: {CHANGED}").wait_for()
    seen = {
        int(thumb.get_attribute("data-row")): thumb.locator("canvas").nth(1).is_visible()
        for thumb in page.locator(".find .thumbs button:visible").all()
    }
    assert len(seen) > 8 and {row for row, visible in seen.items() if not visible} == {
        8
    }  # one picture keeps no other back
    page = open_folder("&tool=near&near=region&near_region=square,4", missing="/e")
    region = page.locator(".near .region")
    region.get_by_text(f"The errors are not known: {CHANGED}").wait_for()
    assert re.fullmatch(r"[\d.]+ –", " ".join(region.locator("tbody tr").first.locator("td").all_inner_texts()[3:5]))
    page = open_folder("&tool=map&colour=error", missing="/errors/")
    page.locator(".map .note", has_text=f"Grey: the errors are not known: {CHANGED}").first.wait_for()
    assert page.locator(".failure:visible").count() == 0
    changed.write_bytes(kept)
