"""The explorer's tool Walk: its mathematics against numpy, what it shows against torch, its GIF against its strips."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest
import torch
from PIL import Image
from scipy.spatial import cKDTree

from explorer.store.bundle import load_bundle

from ..web.test_walk import LOG_FIVE, log_density
from .driver import AT, COMPLETE, DESK, PHONE, ROOT, address, at_rest, expect, next_frame, sent_messages

OPEN = ".tool[data-ready=walk]"
STRIP = (
    "c => { const d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data; "
    "return [c.width, c.height, [...d].filter((_, i) => i % 4 === 0)]; }"
)
DIGITS = "left=digits-vae&right=digits-aae"

pytestmark = pytest.mark.skipif(
    not (ROOT / "pretrained" / "mnist-aae").exists(), reason="no shipped models: python train.py makes them"
)


@pytest.fixture
def open_walk(mount_page):
    def open_one(query: str = "", **options):
        page = mount_page(f"?tool=walk{query and '&'}{query}", **options)
        page.wait_for_selector(OPEN)
        settle(page)
        return page

    return open_one


def settle(page) -> None:
    next_frame(page, 2)


def bundle(name: str):
    return load_bundle(ROOT / "pretrained" / name)


def drawn(compute, name: str) -> np.ndarray:
    """The codes whose density is shown: sampled z, with the page's own noise, or the codes."""
    digest = bundle(name).digest
    body = (
        "const model = await new Models(new URL(base)).open({ name, tensors }); "
        "return drawn(model).map((column) => [...column]);"
    )
    return np.array(compute("kernel/models explore/holes", body, name=name, tensors=f"tensors/{digest}")).T


def strip(page, name: str) -> np.ndarray:
    """(frames, side, side): the strip's own pixels."""
    width, height, pixels = page.get_by_role("img", name=re.compile(f"^{re.escape(name)}: \\d+ frames")).evaluate(STRIP)
    return np.array(pixels, np.uint8).reshape(height, width // height, height).swapaxes(0, 1)


def decoded(name: str, z: np.ndarray) -> np.ndarray:
    model = bundle(name).model()
    with torch.no_grad():
        pictures = torch.sigmoid(model.decode(torch.tensor(z, dtype=torch.float32))).numpy() * 255
    side = math.isqrt(pictures.shape[1])
    return pictures.reshape(-1, side, side)


def points_of(page) -> np.ndarray:
    return np.array([[float(value) for value in part.split(",")] for part in address(page)["walk"].split(";")])


def flagged(page, side: int) -> list[int]:
    return [
        int(one)
        for one in page.locator(".film")
        .nth(side)
        .locator(".holes rect")
        .evaluate_all("all => all.map((rect) => rect.dataset.frame)")
    ]


# ---- the page ----------------------------------------------------------------------------------------


@pytest.mark.main_job
def test_a_walk_through_the_vaes_hole_is_flagged_and_shown_as_it_is(mount_page, compute):
    fetched = []
    page = mount_page("", wait=None, own=True)
    page.on("request", lambda request: fetched.append(request.url))
    page.wait_for_selector(COMPLETE)
    assert not any("walk" in url for url in fetched)  # nothing of the tool before it is opened
    page.get_by_role("button", name="Morph", exact=True).click()
    page.wait_for_selector(OPEN)
    page.get_by_label("Walks to try").select_option(label="through a hole in q(z) (VAE)")
    page.wait_for_url(re.compile("walk=.*%3B"))
    settle(page)
    ends = points_of(page)
    middle = compute(
        "kernel/models explore/places",
        "const entry = { name: '', latent_dim: 2, shape: null, tensors };"
        "return largestGap(await new Models(new URL(base)).open(entry)).place;",
        tensors=f"tensors/{bundle('mnist-vae').digest}",
    )  # fmt: skip
    np.testing.assert_allclose(ends.mean(0), middle, atol=1e-3)
    frames = ends[0] + np.linspace(0, 1, 12)[:, None] * (ends[1] - ends[0])
    log_p = -0.5 * (frames**2).sum(1) - math.log(2 * math.pi)
    for side, name in enumerate(("mnist-vae", "mnist-aae")):
        gap = log_p - log_density(drawn(compute, name), frames)
        assert np.abs(gap - LOG_FIVE).min() > 1e-3  # no frame stands so near that rounding decides
        assert flagged(page, side) == np.flatnonzero(gap > LOG_FIVE).tolist()
        assert np.abs(strip(page, name[6:].upper()).astype(float) - decoded(name, frames)).max() <= 2
    assert {5, 6} <= set(flagged(page, 0)) and flagged(page, 1) == []  # the AAE has no hole there
    assert page.locator(".key.hole").is_visible() and not page.locator(".unmarked").is_visible()
    seek = page.get_by_role("slider", name="Frame of the walk")
    seek.focus()
    for _ in range(5):
        page.keyboard.press("ArrowRight")
    settle(page)
    reading = page.locator(".film").first.locator(".reading")
    assert "hole" in reading.inner_text() and float(
        re.search(r"log p (\S+)", reading.inner_text()).group(1).replace("−", "-")
    ) == pytest.approx(log_p[5], abs=0.006)
    before = page.url
    page.get_by_role("button", name="Probe there: put it at the VAE's frame").click()
    page.wait_for_function("before => location.href !== before", arg=before)
    np.testing.assert_allclose([float(value) for value in address(page)["mean"].split(",")], frames[5], atol=1e-4)


def test_clicks_set_waypoints_and_nothing_is_sent_while_one_is_dragged_or_it_plays(open_walk):
    page = open_walk()
    sent = sent_messages(page, lambda: page.wait_for_selector(OPEN) and page.wait_for_selector(COMPLETE))
    page.get_by_role("radio", name="points").check()  # the example is a walk between images
    for name, at in (("VAE latent map", [-1.5, -2]), ("AAE latent map", [2, 1])):
        before = page.url
        page.mouse.click(*page.get_by_role("figure", name=name).evaluate(AT, at))
        page.wait_for_function("before => location.href !== before", arg=before)
    at_rest(page)
    np.testing.assert_allclose(points_of(page), [[-1.5, -2], [2, 1]], atol=0.03)
    assert len(sent) == 2
    sent.clear()
    handle = page.get_by_role("button", name="Waypoint 2 in the VAE map", exact=False)
    box = handle.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    first, before = strip(page, "AAE"), page.url
    page.mouse.move(x, y)
    page.mouse.down()
    seen = set()
    for i in range(20):
        page.mouse.move(x - 3 * i, y + i)
        next_frame(page)
        seen.add(strip(page, "AAE").tobytes())
    assert sent == [] and page.url == before and len(seen) >= 19 and first.tobytes() in seen
    page.mouse.up()
    page.wait_for_function("before => location.href !== before", arg=before)
    at_rest(page)
    assert len(sent) == 1 and points_of(page)[1][0] < 1.5
    for name in ("VAE", "AAE"):  # in both models at the same place
        figure = page.get_by_role("figure", name=f"{name} latent map")
        box = figure.locator(".walk-stop .knob").nth(1).bounding_box()
        np.testing.assert_allclose(
            [box["x"] + box["width"] / 2, box["y"] + box["height"] / 2],
            figure.evaluate(AT, points_of(page)[1].tolist()),
            atol=2,
        )  # the figure's border
    sent.clear()
    page.get_by_role("button", name="Play", exact=True).click()
    pictures = page.evaluate(
        "async () => { const all = [...document.querySelectorAll('*')], "
        "root = all.map((e) => e.shadowRoot?.querySelector('.explorer')).find(Boolean), "
        "seen = new Set();"
        "for (let i = 0; i < 60; i++) { await new Promise(requestAnimationFrame); "
        "seen.add(root.querySelector('.seek').value); } return seen.size; }"
    )
    page.get_by_role("button", name="Pause", exact=True).click()
    assert pictures > 40 and sent == []


@pytest.mark.slow
def test_little_motion_goes_from_frame_to_frame_and_only_when_asked(open_walk):
    page = open_walk(f"{DIGITS}&walk=-1,0;1,1&way=circle&frames=24", reduced_motion="reduce")
    values = (
        "async () => { const all = [...document.querySelectorAll('*')], "
        "root = all.map((e) => e.shadowRoot?.querySelector('.explorer')).find(Boolean), "
        "seen = new Set(); for (let i = 0; i < 50; i++) { await new Promise(requestAnimationFrame); "
        "seen.add(Number(root.querySelector('.seek').value)); } return [...seen]; }"
    )
    assert page.evaluate(values) == [0]
    page.get_by_label("Seconds a frame").select_option("0.1")
    page.get_by_role("button", name="Play", exact=True).click()
    seen = page.evaluate(values)
    assert len(seen) > 2 and all(value == int(value) for value in seen)


def test_the_tool_opens_on_an_example_that_plays_until_the_cursor_is_taken(open_walk):
    page = open_walk(DIGITS)
    play, pause = (page.get_by_role("button", name=name, exact=True) for name in ("Play", "Pause"))
    expect(pause).to_be_visible()
    expect(page.locator(".walking .message")).to_contain_text("An example")
    assert strip(page, "VAE").shape == strip(page, "AAE").shape == (12, 8, 8) and "walk" not in address(page)
    page.get_by_role("slider", name="Frame of the walk").press("ArrowRight")
    expect(play).to_be_visible()
    page.get_by_role("button", name="Clear").click()
    expect(page.locator(".walking .message")).to_contain_text("Click codes on a map")
    page.emulate_media(reduced_motion="reduce")
    page.reload()
    page.wait_for_selector(OPEN)
    settle(page)
    expect(page.locator(".walking .message")).to_contain_text("An example")
    expect(play).to_be_visible()


def test_an_example_from_the_list_gives_ones_own_waypoints_back(open_walk):
    page = open_walk(f"{DIGITS}&walk=-1,0;0.5,0.5;1,1&way=curve")
    own = page.get_by_role("button", name="Back to my waypoints")
    expect(own).to_be_hidden()
    for example in ("across the prior", re.compile("^from a")):
        option = page.get_by_label("Walks to try").locator("option", has_text=example)
        page.get_by_label("Walks to try").select_option(label=option.inner_text())
    own.click()
    page.wait_for_url(re.compile("walk=-1(%2C|,)0.*way=curve"))
    assert address(page)["walk"] == "-1,0;0.5,0.5;1,1"
    expect(own).to_be_hidden()
    page.get_by_role("button", name="Clear").click()
    own.click()
    page.wait_for_url(re.compile("walk=-1(%2C|,)0"))


def test_each_model_walks_between_its_own_codes_of_images_by_keyboard_alone(open_walk):
    page = open_walk(DIGITS)
    page.get_by_role("radio", name="images").focus()
    page.keyboard.press("Space")
    for row in (12, 99, 5):
        page.get_by_label("Number of the test image to add").fill(str(row))
        page.get_by_role("button", name="Add image no.").press("Enter")
    page.wait_for_url(re.compile("walk=digits.{1,3}12.{1,3}digits.{1,3}99.{1,3}digits.{1,3}5"))
    page.get_by_text("Exact waypoints").press("Enter")
    page.get_by_role("button", name="Earlier: waypoint 3").press("Enter")
    page.get_by_role("button", name="Remove waypoint 1").press("Enter")
    box = page.get_by_label("Waypoint 2, number of the test image")
    box.fill("359")
    box.press("Tab")
    page.wait_for_url(re.compile("359"))
    box.fill("360")  # there is none
    box.press("Tab")
    settle(page)
    assert box.input_value() == "359"
    page.get_by_label("Way", exact=True).select_option("circle")
    page.wait_for_url(re.compile("way=circle"))
    assert address(page)["walk"] == "digits:5;digits:359"

    def check():
        for name in ("digits-vae", "digits-aae"):
            a, b = bundle(name).codes.mean[[5, 359]].astype(float)
            t, angle = np.linspace(0, 1, 12)[:, None], np.arccos(a @ b / np.linalg.norm(a) / np.linalg.norm(b))
            u, v = a / np.linalg.norm(a), b / np.linalg.norm(b)
            norm = (1 - t) * np.linalg.norm(a) + t * np.linalg.norm(b)
            z = norm * (np.sin((1 - t) * angle) * u + np.sin(t * angle) * v) / np.sin(angle)
            assert np.abs(strip(page, name[7:].upper()).astype(float) - decoded(name, z)).max() <= 2

    check()
    page.reload()  # the link reopens it
    page.wait_for_selector(OPEN)
    settle(page)
    check()
    assert page.get_by_role("radio", name="images").is_checked()
    handle = page.get_by_role("button", name="Waypoint 1 in the AAE map", exact=False)
    handle.focus()
    page.keyboard.press("ArrowRight")  # to the next image
    page.wait_for_url(re.compile("walk=digits.{1,3}(?!5%3B|5;)\\d"))
    page.keyboard.press("Delete")
    page.wait_for_url(re.compile("walk=digits.{1,3}359&"))


def test_gif_holds_what_the_strips_show(open_walk):
    page = open_walk("walk=-1.8,0.9;-0.8,1.6;1,1&frames=9&way=curve")
    page.get_by_label("Seconds a frame").select_option("0.4")
    with page.expect_download() as saved:
        page.get_by_role("button", name="Save as GIF").click()
    assert saved.value.suggested_filename == "walk-mnist-vae-mnist-aae.gif"
    with Image.open(saved.value.path()) as gif:
        assert (gif.n_frames, gif.info["loop"], gif.info["duration"], gif.size) == (
            9,
            0,
            400,
            (3 * 16 + 2 * 224, 44 + 224 + 40),
        )
        shown = {name: strip(page, name) for name in ("VAE", "AAE")}
        for frame in range(9):
            gif.seek(frame)
            pixels = np.array(gif.convert("L"))
            for left, name in ((16, "VAE"), (16 + 224 + 16, "AAE")):
                picture = pixels[44:268, left : left + 224]
                np.testing.assert_array_equal(picture, shown[name][frame].repeat(8, 0).repeat(8, 1))
                assert pixels[:44, left : left + 224].min() < 100  # its label
            hole = [pixels[268:, left : left + 120].min() < 128 for left in (16 + 52, 256 + 52)]
            assert hole[0] == (frame in flagged(page, 0)) and hole[1] == (frame in flagged(page, 1))
    assert re.fullmatch(r"walk-mnist-vae-mnist-aae\.gif: 9 frames, \d+ kB", page.locator(".saved").inner_text())


@pytest.mark.parametrize("pair, start", [("mnist-vae mnist-aae", "probe"), ("mnist-vae-16d mnist-aae-16d", "image")])
def test_class_means_against_numpy(open_walk, pair, start):
    left, right = pair.split()
    wide = "16d" in pair
    query = f"left={left}&right={right}&sum=7,9{',image' if start == 'image' else ''}&pick=mnist:123" + (
        "" if wide else "&mean=-1,0.5"
    )
    page = open_walk(query)
    for i, name in enumerate((left, right)):
        codes = bundle(name).codes
        mean = codes.mean.astype(np.float16).astype(float) if wide else codes.mean.astype(float)  # as they travel
        from_ = mean[123] if start == "image" else np.array([-1, 0.5])
        expected = from_ + mean[codes.label == 7].mean(0) - mean[codes.label == 9].mean(0)
        side = page.locator(".results > div").nth(i)
        result = np.array([float(value) for value in side.locator(".where").get_attribute("data-result").split(",")])
        np.testing.assert_allclose(result, expected, atol=1e-5)
        before, after = (np.array(side.locator("canvas").nth(at).evaluate(STRIP)[2]).reshape(28, 28) for at in (0, 1))
        np.testing.assert_allclose([before, after], decoded(name, np.array([from_, expected])), atol=2)
        nearest = codes.label[cKDTree(mean).query(expected, 10)[1]]
        most = int(re.match(r"(\d+) of the 10", side.locator(".near").inner_text()).group(1))
        assert most == np.bincount(nearest).max()
        arrows = page.locator(".panel").nth(i).locator(".walk-arrow")
        assert (arrows.count(), page.locator(".panel").nth(i).locator(".ring-code").count()) == (
            (0, 1) if wide else (2, 0)
        )
    page.get_by_role("button", name=re.compile("^Probe there")).first.click()
    page.wait_for_url(re.compile("sum=7"))


@pytest.mark.slow
def test_sixteen_dimensions_are_walked_in_all_and_marked_on_the_umap(open_walk):
    page = open_walk("left=mnist-vae-16d&right=mnist-aae-16d&walk=mnist:3;mnist:18&frames=10")
    for name, title in (("mnist-vae-16d", "VAE 16-d"), ("mnist-aae-16d", "AAE 16-d")):
        codes = bundle(name).codes
        mean = codes.mean.astype(np.float16).astype(float)
        z = mean[3] + np.linspace(0, 1, 10)[:, None] * (mean[18] - mean[3])
        assert np.abs(strip(page, title).astype(float) - decoded(name, z)).max() <= 2
        _, rows = cKDTree(np.delete(mean, [3, 18], 0)).query(z)
        figure = page.get_by_role("figure", name=f"{title} latent map")
        rings = figure.locator(".walk-near circle").evaluate_all(
            "(all) => all.map((c) => [Number(c.getAttribute('cx')), Number(c.getAttribute('cy'))])"
        )
        box = figure.bounding_box()
        umap = np.delete(codes.umap, [3, 18], 0)[rows].astype(np.float16).astype(float)
        expected = [[x - box["x"], y - box["y"]] for x, y in (figure.evaluate(AT, point.tolist()) for point in umap)]
        np.testing.assert_allclose(rings, expected, atol=1.5)
        label = page.get_by_role("img", name=re.compile(f"^{title}: 10 frames")).get_attribute("aria-label")
        assert "hole" not in label
    assert flagged(page, 0) == flagged(page, 1) == [] and not page.locator(".key.hole").is_visible()
    assert "not marked in more than 3 dimensions" in page.locator(".legend-row").inner_text()


def test_a_model_of_another_dataset_says_that_it_has_no_such_images(open_walk):
    page = open_walk("left=mnist-vae&right=digits-aae&walk=mnist:1;mnist:2")
    assert "saw another dataset (digits)" in page.locator(".film").nth(1).inner_text()
    assert strip(page, "VAE").shape == (12, 28, 28)


@pytest.mark.parametrize("viewport", [DESK, PHONE])
def test_the_main_things_are_in_sight(open_page, viewport):
    options = {"has_touch": True, "is_mobile": True} if viewport == PHONE else {}
    page = open_page("?tool=walk&walk=-1.8,0.9;-0.8,1.6", viewport=viewport, **options)
    page.wait_for_selector(OPEN)
    settle(page)
    for locator in (
        page.get_by_role("img", name=re.compile("^AAE: 12 frames")),
        page.get_by_role("slider", name="Frame of the walk"),
        page.get_by_role("figure", name="VAE latent map")
        if viewport == PHONE
        else page.get_by_role("button", name="Save as GIF"),
    ):
        box = locator.bounding_box()
        assert (
            box["y"] >= 0
            and box["y"] + box["height"] <= viewport["height"]
            and box["x"] + box["width"] <= viewport["width"]
        ), box
    assert page.evaluate("() => document.documentElement.scrollWidth") <= viewport["width"]
    if viewport == PHONE:  # a finger drags a waypoint
        knob = page.get_by_role("button", name="Waypoint 2 in the VAE map", exact=False)
        knob.scroll_into_view_if_needed()
        box = knob.bounding_box()
        touch = page.context.new_cdp_session(page)
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        for kind, dx in [("touchStart", 0), *(("touchMove", 8 * i) for i in range(1, 9)), ("touchEnd", None)]:
            touch.send(
                "Input.dispatchTouchEvent", {"type": kind, "touchPoints": [] if dx is None else [{"x": x + dx, "y": y}]}
            )
        page.wait_for_url(re.compile("walk=(?!.*-0.8)"))
        assert points_of(page)[1][0] > 0.2
