"""The tool Near: neighbours, regions and found images, against scikit-learn, numpy and torch on the bundles' codes."""

from __future__ import annotations

import csv
import re
import urllib.error
import urllib.request
from pathlib import Path

import numpy as np
import pytest
import torch
from sklearn.neighbors import NearestNeighbors
from torch.nn import functional as F

from explorer import gaussian
from explorer.data import datasets, originals
from explorer.serving import assets
from explorer.store.bundle import load_bundle

from ..web.test_near import codes, in_polygon
from .driver import AT, COMPLETE, PHONE, RANGES, ROOT, address, at_rest, expect, next_frame, sent_messages
from .test_explorer import PIXELS

READY = ".explorer[data-maps=true] .tool[data-ready=near]"
DIGITS = "left=digits-vae&right=digits-aae"

pytestmark = pytest.mark.skipif(
    not (ROOT / "pretrained" / "mnist-aae").exists(), reason="no shipped models: python train.py makes them"
)


@pytest.fixture
def open_near(mount_page):
    return lambda query="", **options: mount_page(f"?tool=near&{query}", wait=READY, **options)


def shown_rows(page, section: int = 0, view: str = "neighbours") -> list[int]:
    next_frame(page)  # they are drawn in the frame after a change at the latest
    return (
        page.locator(f".near .{view} .thumbs")
        .nth(section)
        .locator("button:visible")
        .evaluate_all("all => all.map((one) => Number(one.dataset.row))")
    )


def nearest_rows(name: str, point, count: int) -> list[int]:
    """scikit-learn's: its distances say which rows may stand in either order."""
    return (
        NearestNeighbors(n_neighbors=count, algorithm="brute").fit(codes(name).mean).kneighbors([point])[1][0].tolist()
    )


# ---- the mathematics ----------------------------------------------------------------------------------------------


def test_many_originals_in_one_answer(server):
    images = datasets.load("digits", "test").images
    base = f"{server}/{assets.address()}originals"
    rows = [5, 0, 359, 5]
    assert urllib.request.urlopen(f"{base}/digits?rows={','.join(map(str, rows))}").read() == images[rows].tobytes()
    for address_, status in (
        ("digits?rows=360", 404),
        ("nothing?rows=1", 404),
        ("digits", 400),
        ("digits?rows=1,,2", 400),
        ("digits?rows=-1", 400),
        (f"digits?rows={','.join(['1'] * 65)}", 400),
    ):
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(f"{base}/{address_}")
        assert refused.value.code == status and re.match(
            rb"digits has test images|there is no such|rows must be", refused.value.read()
        )


# ---- neighbours ---------------------------------------------------------------------------------------------------


@pytest.mark.main_job
def test_neighbours_of_a_click_in_both_models(open_near):
    page = open_near("near_k=12")
    figure = page.get_by_role("figure", name="AAE latent map")
    page.mouse.click(*figure.evaluate(AT, [0.4, 3.85]))  # where there is no code
    page.wait_for_url(re.compile("near_side=right"))
    point = [float(value) for value in address(page)["mean"].split(",")]
    first = nearest_rows("mnist-aae", point, 12)
    second = nearest_rows("mnist-vae", codes("mnist-vae").mean[first[0]], 12)
    assert shown_rows(page, 0) == first and shown_rows(page, 1) == second and second[0] == first[0]
    assert (
        page.locator(".near .summary:visible")
        .inner_text()
        .startswith(f"{len(set(first) & set(second))} of 12 are the same images in both models, image {first[0]}")
    )
    label = codes("mnist-aae").label
    most = np.bincount(label[second]).max()
    assert re.search(
        rf"its own code of image {first[0]}, the nearest above: (most|all)",
        page.locator(".near .around").nth(1).inner_text(),
    )
    assert f"{most} of 12" in page.locator(".near .around").nth(1).inner_text() or most == 12
    thumb = page.locator(".near .neighbours .thumbs").first.locator("button").nth(2)
    decoded = (
        load_bundle(ROOT / "pretrained" / "mnist-aae")
        .model()
        .decode(torch.from_numpy(codes("mnist-aae").mean[[first[2]]]))
    )
    assert (
        np.abs(np.array(thumb.locator("canvas").first.evaluate(PIXELS)) - torch.sigmoid(decoded)[0].numpy() * 255).max()
        <= 2
    )
    page.wait_for_function(
        f"(button) => button.querySelectorAll('canvas')[1].dataset.shows === 'mnist/{first[2]}'",
        arg=thumb.element_handle(),
    )
    assert thumb.locator("canvas").nth(1).evaluate(PIXELS) == originals.sheet("mnist")[first[2]].tolist()


def test_neighbours_in_sixteen_dimensions(open_near):
    page = open_near("left=mnist-vae-16d&right=mnist-aae-16d")
    figure, row = page.get_by_role("figure", name="VAE 16-d latent map"), 123
    page.mouse.click(*figure.evaluate(AT, codes("mnist-vae-16d").umap[row].tolist()))
    page.wait_for_url(re.compile("pick=mnist"))
    row = int(address(page)["pick"].partition(":")[2])
    exact = [
        codes(name).mean.astype(np.float16).astype(np.float32) for name in ("mnist-vae-16d", "mnist-aae-16d")
    ]  # as they travel
    for section, mean in enumerate(exact):
        assert (
            shown_rows(page, section)
            == NearestNeighbors(n_neighbors=8)
            .fit(mean.astype(float))
            .kneighbors(mean[[row]].astype(float))[1][0]
            .tolist()
        )
    assert f"around the code of image {row}" in page.locator(".near .around").first.inner_text()


@pytest.mark.slow
def test_hovering_says_nothing_to_the_server_and_a_choice_keeps_the_list(open_near):
    page = open_near(DIGITS)
    sent = sent_messages(page, lambda: page.wait_for_selector(READY))
    before, thumbs = (
        [shown_rows(page, section) for section in (0, 1)],
        page.locator(".near .neighbours .thumbs").first.locator("button"),
    )
    for i in range(8):
        thumbs.nth(i).hover()
        for panel, name in (("left", "digits-vae"), ("right", "digits-aae")):
            next_frame(page)
            at = page.locator(f".panel.{panel} .near-hot").locator("xpath=..").get_attribute("transform")
            figure = page.locator(f".panel.{panel} .latent-map")
            box = figure.bounding_box()
            x, y = figure.evaluate(AT, codes(name).mean[before[0][i]].tolist())
            np.testing.assert_allclose(
                [float(value) for value in re.findall(r"[-\d.]+", at)], [x - box["x"], y - box["y"]], atol=0.6
            )
    thumbs.nth(3).focus()
    page.locator(".near .thumbs .hot").first.wait_for()
    assert sent == []
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(f"pick=digits%3A{before[0][3]}|pick=digits:{before[0][3]}"))
    at_rest(page)
    assert len(sent) == 1
    np.testing.assert_allclose(
        [float(value) for value in address(page)["mean"].split(",")], codes("digits-vae").mean[before[0][3]], atol=1e-4
    )
    assert [shown_rows(page, section) for section in (0, 1)] == before and address(page)["near_at"] == "0,0"
    page.reload()
    page.wait_for_selector(READY)
    assert [shown_rows(page, section) for section in (0, 1)] == before  # a link reopens it
    page.get_by_role("button", name="At the probe").click()
    assert shown_rows(page) == nearest_rows("digits-vae", codes("digits-vae").mean[before[0][3]], 8)


def test_neighbours_by_keyboard_follow_the_probe_and_leave_out_classes(open_near):
    page = open_near(DIGITS)
    page.get_by_role("figure", name="AAE latent map").focus()
    page.keyboard.press("Space")
    page.wait_for_url(re.compile("near_side=right"))
    assert shown_rows(page) == nearest_rows("digits-aae", [0, 0], 8)
    page.get_by_role("button", name="Probe in the AAE map; arrow keys move it").focus()
    page.keyboard.press("Shift+ArrowLeft")
    page.wait_for_url(re.compile("mean=-0.5"))
    assert shown_rows(page) == nearest_rows("digits-aae", [-0.5, 0], 8)
    label, mean = codes("digits-aae").label, codes("digits-aae").mean
    gone = int(np.bincount(label[shown_rows(page)]).argmax())
    page.locator(".legend button").nth(gone).click()
    kept = np.flatnonzero(label != gone)
    assert (
        shown_rows(page) == kept[NearestNeighbors(n_neighbors=8).fit(mean[kept]).kneighbors([[-0.5, 0]])[1][0]].tolist()
    )
    assert (
        page.locator(".near .left-out").inner_text()
        == f"Class {gone} is switched off in the legend, and left out here."
    )


# ---- regions ------------------------------------------------------------------------------------------------------


def draw_lasso(page, figure, corners) -> None:
    points = [figure.evaluate(AT, corner) for corner in corners]
    page.mouse.move(*points[0])
    page.mouse.down()
    for x, y in points[1:]:
        page.mouse.move(x, y)
    page.mouse.up()


def test_a_lasso_its_count_means_and_csv(open_near):
    page = open_near("near=region")
    sent = sent_messages(page, lambda: page.wait_for_selector(READY))
    figure = page.get_by_role("figure", name="AAE latent map")
    before, angle = figure.evaluate(RANGES), np.linspace(0, 2 * np.pi, 25)[:-1]
    radius = 0.7 + 0.25 * np.cos(
        3 * angle
    )  # latent units; its corners are further apart than the lasso's smallest step
    wanted = np.stack([0.9 + radius * np.cos(angle), 1.2 + radius * np.sin(angle)], 1)
    page.keyboard.press("l")
    assert page.get_by_role("button", name="Lasso (L)").get_attribute("aria-pressed") == "true"
    draw_lasso(page, figure, wanted.tolist())
    page.locator(".near .inside").wait_for()
    assert figure.evaluate(RANGES) == before and sent == []  # the map did not pan, and nobody was told
    drawn = np.reshape(
        [
            float(value)
            for value in re.findall(r"-?[\d.]+(?:e-?\d+)?", figure.locator(".near-outline").get_attribute("d"))
        ],
        (-1, 2),
    )
    scale = "(f, d) => { const { toX, toY } = f.latentMap.scale(); return d.map(([x, y]) => [toX(x), toY(y)]); }"
    polygon = np.array(figure.evaluate(scale, drawn.tolist()))
    np.testing.assert_allclose(polygon, wanted, atol=0.02)  # the pointer's way
    aae, vae = codes("mnist-aae"), codes("mnist-vae")
    rows = in_polygon(aae.mean, polygon)
    assert 100 < len(rows) < 2000
    assert page.locator(".near .region .summary").inner_text().startswith(f"{len(rows):,} of 10,000 images")
    counts = [int(text.replace(",", "")) for text in page.locator(".near .class .number").all_inner_texts()]
    assert counts == np.bincount(aae.label[rows], minlength=10).tolist()
    some = rows[np.arange(min(len(rows), 512)) * len(rows) // min(len(rows), 512)]
    picture = page.get_by_role("img", name="Mean picture of the region, VAE")
    mean = (
        torch.sigmoid(load_bundle(ROOT / "pretrained" / "mnist-vae").model().decode(torch.from_numpy(vae.mean[some])))
        .mean(0)
        .numpy()
        * 255
    )
    page.wait_for_function(
        "(canvas) => canvas.getContext('2d').getImageData(0, 0, 28, "
        "28).data.some((value, i) => i % 4 === 0 && value > 20)",
        arg=picture.element_handle(),
    )
    assert np.abs(np.array(picture.evaluate(PIXELS)) - mean).max() <= 2
    with page.expect_download() as download:
        page.get_by_role("button", name="CSV").click()
    assert download.value.suggested_filename == f"region-mnist-aae-{len(rows)}-images.csv"
    table = list(csv.DictReader(Path(download.value.path()).read_text(encoding="utf-8").splitlines()))

    def column(start: str) -> np.ndarray:
        name = next(name for name in table[0] if name.startswith(start))
        return np.float32([line[name] for line in table])

    assert column("image").tolist() == rows.tolist() and [line["class"] for line in table] == [
        str(label) for label in aae.label[rows]
    ]
    for i in (0, 1):
        assert np.array_equal(column(f"mnist-aae code {i + 1} (latent units)"), aae.mean[rows, i])
        assert np.array_equal(column(f"mnist-vae mean {i + 1} (latent units)"), vae.mean[rows, i])
        assert np.array_equal(column(f"mnist-vae log_var {i + 1} ("), vae.log_var[rows, i])
    kl = gaussian.kl_to_standard_normal(torch.from_numpy(vae.mean[rows]), torch.from_numpy(vae.log_var[rows]))
    np.testing.assert_allclose(column("mnist-vae KL of q(z|x) from N(0, I) (nats)"), kl.numpy(), rtol=1e-4)
    x = torch.from_numpy(originals.sheet("mnist")[rows]).float() / 255
    logits = load_bundle(ROOT / "pretrained" / "mnist-aae").model().decode(torch.from_numpy(aae.mean[rows]))
    np.testing.assert_allclose(
        column("mnist-aae error: BCE"),
        F.binary_cross_entropy_with_logits(logits, x, reduction="none").sum(-1).numpy(),
        rtol=1e-4,
    )
    assert sent == []
    shown = (
        "panel => { const canvas = panel.querySelector('.near-veil'); "
        "return canvas.getContext('2d').getImageData(0, 0, canvas.width, "
        "canvas.height).data.some((value) => value > 0); }"
    )
    for panel in ("left", "right"):  # the same images are lit in both maps
        assert page.locator(f".panel.{panel}").evaluate(shown)


def test_a_region_around_the_probe_by_keyboard(open_near):
    page = open_near("near=region&near_side=right&mean=0.3,-0.4&" + DIGITS)
    handle = page.get_by_role("button", name="Probe in the AAE map; arrow keys move it")
    handle.focus()
    for _ in range(3):
        page.keyboard.press("+")
    mean = codes("digits-aae").mean
    count = lambda: int(page.locator(".near .region .summary").inner_text().split()[0])  # noqa: E731
    next_frame(page)
    assert count() == (np.linalg.norm(mean - [0.3, -0.4], axis=1) <= 0.8).sum()
    page.keyboard.press("Shift+ArrowUp")
    next_frame(page)
    assert count() == (np.linalg.norm(mean - [0.3, 0.1], axis=1) <= 0.8).sum()
    page.get_by_role("button", name="Square").click()
    page.wait_for_url(re.compile("near_region=square(%2C|,)0.8"))
    assert count() == (np.abs(mean - [0.3, 0.1]).max(1) <= 0.8).sum()
    page.reload()
    page.wait_for_selector(READY)
    assert count() == (np.abs(mean - [0.3, 0.1]).max(1) <= 0.8).sum()  # a link reopens it
    page.locator(".near tbody button").first.click()
    page.wait_for_url(re.compile("pick=digits"))
    page.get_by_role("button", name="Clear").click()
    page.locator(".near .inside").wait_for(state="hidden")  # in the next frame


@pytest.mark.slow
def test_a_finger_draws_a_lasso(open_page):
    page = open_page("?tool=near&near=region&" + DIGITS, wait=READY, viewport=PHONE, has_touch=True, is_mobile=True)
    page.get_by_role("button", name="Lasso (L)").tap()
    page.wait_for_timeout(1200)  # the map comes into sight
    box, touch = page.get_by_role("figure", name="VAE latent map").bounding_box(), page.context.new_cdp_session(page)
    before = page.evaluate("() => [...document.querySelectorAll('*')].map((e) => e.scrollTop).reduce((a, b) => a + b)")
    x, y = box["x"] + box["width"] * 0.3, box["y"] + box["height"] * 0.9
    for kind, point in [
        ("touchStart", (0, 0)),
        *(("touchMove", p) for p in [(0, -60), (0, -120), (60, -120), (120, -120), (120, -60), (120, 0)]),
        ("touchEnd", None),
    ]:
        touch.send(
            "Input.dispatchTouchEvent",
            {"type": kind, "touchPoints": [] if point is None else [{"x": x + point[0], "y": y + point[1]}]},
        )
    page.locator(".near .inside").wait_for()
    assert int(page.locator(".near .region .summary").inner_text().split()[0]) > 10
    assert (
        page.evaluate("() => [...document.querySelectorAll('*')].map((e) => e.scrollTop).reduce((a, b) => a + b)")
        == before
    )  # nothing scrolled
    assert page.evaluate("() => document.documentElement.scrollWidth") <= PHONE["width"]


# ---- finding ------------------------------------------------------------------------------------------------------


def test_what_is_found_is_sorted_and_what_is_missing_says_why(open_near):
    page = open_near("near=find&near_find=kl-largest&" + DIGITS)
    vae = codes("digits-vae")
    kl = gaussian.kl_to_standard_normal(
        torch.from_numpy(vae.mean).double(), torch.from_numpy(vae.log_var).double()
    ).numpy()
    order = np.argsort(-kl, kind="stable").tolist()
    found = lambda: shown_rows(page, 0, "find")  # noqa: E731
    page.locator(".near .find .thumbs button:visible").first.wait_for()
    assert found() == order[:16]
    page.get_by_role("button", name="Later pictures").click()
    assert found() == order[16:32] and page.locator(".near .find .pager span").inner_text() == "17–32 of 360"
    choice = page.get_by_role("combobox", name="Find")
    choice.select_option("class-7")
    page.wait_for_url(re.compile("near_find=class-7"))
    page.wait_for_function(
        "(box) => box.querySelector('.summary').textContent.includes('class 7')",
        arg=page.locator(".near .find").element_handle(),
    )
    assert found() == np.flatnonzero(vae.label == 7)[:16].tolist()
    choice.select_option("error-largest")
    page.wait_for_function(
        "(box) => box.querySelector('.summary').textContent.includes('BCE')",
        arg=page.locator(".near .find").element_handle(),
    )
    x = torch.from_numpy(datasets.load("digits", "test").pixels())
    error = (
        F.binary_cross_entropy_with_logits(
            load_bundle(ROOT / "pretrained" / "digits-vae").model().decode(torch.from_numpy(vae.mean)),
            x,
            reduction="none",
        )
        .sum(-1)
        .numpy()
    )
    assert found() == np.argsort(-error, kind="stable")[:16].tolist()
    page.get_by_role("combobox", name="in", exact=True).select_option("right")
    page.wait_for_url(re.compile("near_side=right"))
    groups = choice.locator("optgroup").evaluate_all("all => all.map((one) => one.label)")
    assert "KL: the AAE has no q(z|x)" in groups and choice.locator("option[value=kl-largest]").is_disabled()
    page.get_by_role("spinbutton", name="Image").fill("360")
    page.keyboard.press("Enter")
    expect(page.locator(".near .find .summary")).to_contain_text("from 0 to 359")
    page.get_by_role("spinbutton", name="Image").fill("42")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("pick=digits(%3A|:)42"))
    np.testing.assert_allclose(
        [float(value) for value in address(page)["mean"].split(",")], codes("digits-aae").mean[42], atol=1e-4
    )


@pytest.mark.slow
def test_models_of_two_datasets_and_a_change_of_models(open_near):
    page = open_near("left=digits-vae&right=mnist-aae")
    assert (
        page.locator(".near .summary:visible").inner_text()
        == "AAE saw another dataset, mnist: it has no code of these images."
    )
    assert shown_rows(page) == nearest_rows("digits-vae", [0, 0], 8) and shown_rows(page, 1) == []
    page.locator(".panel.right header select").select_option("digits-aae")
    page.wait_for_url(re.compile("right=digits-aae"))
    page.wait_for_function(
        "(box) => box.textContent.includes('same images')", arg=page.locator(".near .summary").first.element_handle()
    )
    assert len(shown_rows(page, 1)) == 8
    page.get_by_role("button", name="Probe", exact=True).click()
    page.wait_for_url(lambda url: "tool" not in url)
    assert page.locator(".near-veil, .near-own").count() == 0 and page.locator(".latent-map[tabindex]").count() == 0
    page.wait_for_selector(COMPLETE)
