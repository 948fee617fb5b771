"""The front page in a real browser: true, immediate, at no cost for the server, and restored from its address."""

from __future__ import annotations

import io
import re
from pathlib import Path
from urllib.parse import urlparse

import numpy as np
import pytest
import torch
from PIL import Image
from sklearn.decomposition import PCA

from explorer import gaussian
from explorer.priors import get_prior
from explorer.store.bundle import load_bundle

from .driver import (
    AT,
    COMPLETE,
    DESK,
    PHONE,
    RANGES,
    ROOT,
    address,
    at_rest,
    distinct,
    drag_slider,
    eventually,
    hover_map,
    next_frame,
    sent_messages,
    serve,
)

PICTURES = ("VAE decoded at μ", "AAE decoded at μ", "VAE decoded at z", "AAE decoded at z")
PIXELS = (
    "canvas => [...canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data].filter((_, "
    "i) => i % 4 === 0)"
)
DIGITS = "left=digits-vae&right=digits-aae"

pytestmark = pytest.mark.skipif(
    not (ROOT / "pretrained" / "mnist-aae").exists(), reason="no shipped models: python train.py makes them"
)


def picture(page, name: str):
    return page.get_by_role("img", name=name, exact=True)


def nats(page) -> float:
    next_frame(page)  # an address may change before the picture does: a frame can take long on a busy machine
    return float(page.get_by_role("status", name="KL divergence").get_attribute("data-nats"))


def assert_frames_are_of_one_state(seen: list[dict]) -> None:
    """Every frame's KL is that of the sliders in the same frame."""
    for frame in seen:
        mean, log_var = np.split(np.array(frame["sliders"]), 2)
        assert float(frame["nats"]) == pytest.approx(0.5 * np.sum(np.exp(log_var) + mean**2 - 1 - log_var), abs=1e-9)


@pytest.mark.main_job
def test_page_shows_everything_by_name_and_stays_on_the_host(open_page, chromium, server):
    requests = []
    page = open_page("", wait=None, own=True)
    page.on("request", lambda request: requests.append(request.url))
    page.reload()
    page.wait_for_selector(COMPLETE)
    at_rest(page)
    for name in ("μ₁", "μ₂", "log σ²₁", "log σ²₂"):
        assert page.get_by_role("slider", name=name, exact=True).count() == 1
    for name in ("VAE latent map", "AAE latent map"):
        assert page.get_by_role("figure", name=name, exact=True).count() == 1
    for name in PICTURES:
        assert max(picture(page, name).evaluate(PIXELS)) > 100  # something bright is drawn
    assert page.get_by_role("button", name="Resample ε").count() == 1
    assert re.fullmatch(r"\d+\.\d{3} nats", page.get_by_role("status", name="KL divergence").inner_text())
    assert all(url.startswith((server, "blob:" + server, "data:")) for url in requests), requests


def test_server_does_not_import_torch(chromium, tmp_path):
    # app.py itself; in the server that all tests share the lessons' pages do import torch
    with serve(tmp_path, "app.py") as fresh:
        page = chromium.new_page()
        page.goto(f"{fresh.address}/?pick=digits:5&{DIGITS}")
        page.get_by_role("img", name="Picture x").wait_for(timeout=60_000)
        mapped = Path(f"/proc/{fresh.pid}/maps").read_text(encoding="utf-8")
        page.close()
    assert "numpy" in mapped and "libtorch" not in mapped


def test_nothing_needs_scrolling_on_a_projector(open_page):
    page = open_page(viewport=DESK)
    for locator in [
        *(page.get_by_role("figure", name=name) for name in ("VAE latent map", "AAE latent map")),
        *(picture(page, name) for name in PICTURES),
        *(page.get_by_role("slider", name=name, exact=True) for name in ("μ₁", "μ₂", "log σ²₁", "log σ²₂")),
        page.get_by_role("status", name="KL divergence"),
    ]:
        box = locator.bounding_box()
        assert box["y"] >= 0 and box["y"] + box["height"] <= DESK["height"], (locator, box)
        assert box["x"] >= 0 and box["x"] + box["width"] <= DESK["width"], (locator, box)


@pytest.mark.main_job
@pytest.mark.parametrize("left, right", [("mnist-vae", "mnist-aae"), ("digits-vae", "digits-aae")])
def test_pictures_and_kl_against_torch(open_page, left, right):
    rng = np.random.default_rng(3)
    page = open_page(f"?left={left}&right={right}")
    models = {
        "VAE": load_bundle(ROOT / "pretrained" / left).model(),
        "AAE": load_bundle(ROOT / "pretrained" / right).model(),
    }
    for _ in range(3):
        mean, log_var, noise = (np.round(rng.normal(size=2) * scale, 4) for scale in (1.5, 1.0, 1.0))
        query = "&".join(
            f"{name}={values[0]:.4f},{values[1]:.4f}"
            for name, values in (("mean", mean), ("log_var", log_var), ("noise", noise))
        )
        page.goto(f"{page.url.split('?')[0]}?left={left}&right={right}&{query}")
        page.wait_for_selector(COMPLETE)
        assert nats(page) == pytest.approx(
            gaussian.kl_to_standard_normal(torch.tensor(mean), torch.tensor(log_var)).item(), abs=1e-6
        )
        for at, z in (("μ", mean), ("z", mean + np.exp(log_var / 2) * noise)):
            for kind, model in models.items():
                expected = torch.sigmoid(model.decode(torch.tensor(z[None], dtype=torch.float32)))[0].numpy() * 255
                shown = np.array(picture(page, f"{kind} decoded at {at}").evaluate(PIXELS))
                assert np.abs(shown - expected).max() <= 2, (kind, at)


@pytest.mark.main_job
def test_dragging_a_slider_is_live_and_sends_one_message(open_page):
    page = open_page("?log_var=-1,-1")
    sent = sent_messages(page, lambda: page.wait_for_selector(COMPLETE))
    before = page.url
    seen = drag_slider(page, "μ₁")
    assert sent == [] and page.url == before
    page.mouse.up()
    page.wait_for_url(re.compile("mean="))
    at_rest(page)
    assert len(sent) == 1
    assert min(distinct(seen)) >= 95, distinct(seen)
    assert_frames_are_of_one_state(seen)
    assert float(address(page)["mean"].split(",")[0]) == pytest.approx(
        float(page.get_by_role("slider", name="μ₁", exact=True).input_value()), abs=1e-9
    )
    drag_slider(page, "log σ²₁", moves=10)  # its press moves it, and takes the focus from the one before
    at_rest(page)
    assert len(sent) == 1
    page.mouse.up()
    page.wait_for_url(re.compile("log_var=(?!-1(,|%2C)-1)"))
    assert len(sent) == 2


def test_hovering_decodes_what_is_under_the_pointer_and_sends_nothing(mount_page):
    page = mount_page()
    sent = sent_messages(page, lambda: page.wait_for_selector(COMPLETE))
    kl_before = nats(page)
    box = page.get_by_role("figure", name="AAE latent map").bounding_box()
    seen = hover_map(page, "AAE latent map")
    assert min(distinct(seen)) >= 95, distinct(seen)
    assert_frames_are_of_one_state(seen)
    page.mouse.move(box["x"] - 200, 20)
    at_rest(page)
    assert nats(page) == kl_before  # the probe itself did not move
    assert sent == []


def test_dragging_the_probe_moves_it_and_dragging_elsewhere_pans(mount_page):
    page = mount_page("?mean=0,0")
    knob = page.get_by_role("button", name="Probe in the VAE map; arrow keys move it").bounding_box()
    x, y = knob["x"] + knob["width"] / 2, knob["y"] + knob["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 60, y - 40, steps=5)
    page.mouse.up()
    page.wait_for_url(re.compile("mean=(?!0(,|%2C)0)"))
    first = address(page)["mean"]
    assert all(float(value) > 0.3 for value in first.split(","))
    figure = page.get_by_role("figure", name="VAE latent map").bounding_box()
    maps = [page.get_by_role("figure", name=name) for name in ("VAE latent map", "AAE latent map")]
    before = [one.evaluate(RANGES) for one in maps]
    page.mouse.move(figure["x"] + 100, figure["y"] + 60)
    page.mouse.down()
    page.mouse.move(figure["x"] + 160, figure["y"] + 90, steps=6)
    page.mouse.up()
    at_rest(page)
    after = [one.evaluate(RANGES) for one in maps]
    assert abs(after[0][0][0] - before[0][0][0]) > 0.2
    np.testing.assert_allclose(after[0], after[1], atol=0.02)  # both keep the same axes
    assert address(page)["mean"] == first


def test_clicking_a_code_marks_the_image_and_sets_the_posterior(mount_page):
    codes = load_bundle(ROOT / "pretrained" / "digits-vae").codes
    distance = np.abs(codes.mean[:, None] - codes.mean[None]).max(-1) + 9 * np.eye(len(codes.mean))
    row = int(np.where(np.abs(codes.mean).max(-1) < 2.5, distance.min(-1), 0).argmax())  # one that stands alone
    page = mount_page("?" + DIGITS)
    figure = page.get_by_role("figure", name="VAE latent map")
    x, y = figure.evaluate(AT, codes.mean[row].tolist())
    page.mouse.click(x, y)
    page.wait_for_url(re.compile("pick="))
    shown = address(page)
    assert shown["pick"] == f"digits:{row}"
    np.testing.assert_allclose([float(v) for v in shown["mean"].split(",")], codes.mean[row], atol=1e-4)
    np.testing.assert_allclose([float(v) for v in shown["log_var"].split(",")], codes.log_var[row], atol=1e-4)
    original = page.get_by_role("img", name="Picture x", exact=True)
    original.wait_for()
    from explorer.data import datasets

    assert original.evaluate(PIXELS) == datasets.load("digits", "test").images[row].tolist()


def test_keyboard_moves_slider_and_probe(mount_page):
    page = mount_page("?mean=0,0")
    slider = page.get_by_role("slider", name="μ₂", exact=True)
    slider.focus()
    for _ in range(5):
        page.keyboard.press("ArrowRight")
    page.wait_for_url(re.compile("mean=0%2C0.05|mean=0,0.05"))
    page.get_by_role("button", name="Probe in the AAE map; arrow keys move it").focus()
    page.keyboard.press("ArrowLeft")
    page.wait_for_url(re.compile("mean=-0.05"))


def test_values_out_of_range_widen_the_slider(mount_page):
    page = mount_page("?mean=6.25,-7&log_var=-9.5,3")
    for name, value in (("μ₁", 6.25), ("μ₂", -7), ("log σ²₁", -9.5), ("log σ²₂", 3)):
        slider = page.get_by_role("slider", name=name, exact=True)
        assert float(slider.input_value()) == value
        assert float(slider.get_attribute("min")) <= value <= float(slider.get_attribute("max"))


@pytest.mark.main_job
def test_address_reopens_the_view_and_bad_parameters_are_named(open_page):
    page = open_page(f"?mean=1.2345,-0.5&log_var=-1,-3&noise=0.3,-2&pick=digits:7&codes=sampled&{DIGITS}")
    page.get_by_role("button", name="Resample ε").click()
    page.wait_for_url(lambda _: address(page)["noise"] != "0.3,-2")
    shown, before = address(page), nats(page)
    assert shown["mean"] == "1.2345,-0.5" and shown["pick"] == "digits:7" and shown["codes"] == "sampled"
    again = open_page("?" + urlparse(page.url).query)
    assert nats(again) == before
    assert again.get_by_role("slider", name="μ₁", exact=True).input_value() == "1.2345"
    bad = open_page("?mean=nan,1&log_var=1e308,0&left=nothing&pick=mnist:-1&codes=%3Cscript%3E")
    alerts = bad.get_by_test_id("stAlert")
    assert alerts.count() == 5
    assert "was ignored" in alerts.first.inner_text()


def test_legend_hides_classes_and_shows_one_alone(mount_page):
    page = mount_page("?" + DIGITS)
    figure = page.get_by_role("figure", name="AAE latent map")
    shown = (
        "f => [...f.querySelectorAll('.class-name')].filter((n) => n.style.display "
        "!== 'none').map((n) => n.textContent)"
    )
    visible = "f => f.latentMap.classes.filter((_, which) => !f.latentMap.hidden.has(which))"
    everything = [str(digit) for digit in range(10)]
    button = page.get_by_role("button", name="3", exact=True)
    button.click()
    next_frame(page)
    assert figure.evaluate(shown) == figure.evaluate(visible) == [name for name in everything if name != "3"]
    assert button.get_attribute("aria-pressed") == "false"
    button.dblclick()
    next_frame(page)
    assert figure.evaluate(shown) == figure.evaluate(visible) == ["3"]
    button.dblclick()
    next_frame(page)
    assert figure.evaluate(shown) == figure.evaluate(visible) == everything


def test_a_finger_drags_the_probe(open_page):
    page = open_page("?mean=0,0", viewport=PHONE, has_touch=True, is_mobile=True)
    knob = page.get_by_role("button", name="Probe in the VAE map; arrow keys move it")
    knob.evaluate("handle => handle.scrollIntoView({ block: 'center' })")  # the map begins at the window's foot
    box = knob.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    touch = page.context.new_cdp_session(page)
    for kind, dx in [("touchStart", 0), *(("touchMove", 8 * i) for i in range(1, 9)), ("touchEnd", None)]:
        points = [] if dx is None else [{"x": x + dx, "y": y}]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    page.wait_for_url(re.compile("mean=(?!0%2C0|0,0)"))
    first, second = map(float, address(page)["mean"].split(","))
    assert first > 0.8 and abs(second) < 0.05


def test_another_priors_kl_stands_beside_with_its_error(mount_page):
    page = mount_page("?left=mnist-vae-mixture&right=mnist-aae-mixture&mean=1.5,0.5&log_var=-3,-2")
    shown = page.locator(".other-priors").inner_text()
    kl, error = map(
        float,
        re.fullmatch(r"from a mixture of 10 Gaussians: (-?[\d.]+) ± ([\d.]+) nats", shown.replace("−", "-")).groups(),
    )
    mean, log_var = torch.tensor([1.5, 0.5]), torch.tensor([-3.0, -2.0])
    z = mean + torch.exp(log_var / 2) * torch.randn(100_000, 2, generator=torch.Generator().manual_seed(0))
    exact = (
        (gaussian.log_prob_diagonal(z, mean, log_var) - get_prior("mixture").log_prob(z)).mean().item()
    )  # to within .01
    assert 0 < error < 0.3 and abs(kl - exact) < 4 * error + 0.02
    for name in ("VAE mixture", "AAE mixture"):
        assert (
            page.get_by_role("figure", name=f"{name} latent map").locator(".ring").count() == 20
        )  # 1σ and 2σ of ten Gaussians


def test_a_swiss_roll_is_drawn_as_a_band(mount_page):
    page = mount_page("?right=mnist-aae-swiss-roll")
    band = page.get_by_role("figure", name="AAE swiss roll latent map").locator(".band")
    assert band.count() == 1 and len(band.get_attribute("d").split("L")) == 200


def test_sixteen_dimensions(mount_page):
    page = mount_page("?left=mnist-vae-16d&right=mnist-aae-16d")
    figure = page.get_by_role("figure", name="VAE 16-d latent map")
    assert "UMAP" in figure.locator(".note").text_content()
    left, right = (page.get_by_role("combobox", name=f"Kind of map, {side}") for side in ("left", "right"))
    left.select_option("pca")
    page.wait_for_url(re.compile("map=pca(%2C|,)umap"))
    mean = (
        load_bundle(ROOT / "pretrained" / "mnist-vae-16d").codes.mean.astype(np.float16).astype(float)
    )  # as they travel
    share = PCA(2).fit(mean).explained_variance_ratio_.sum()
    figure.locator(".note", has_text=f"this plane holds {100 * share:.0f} % of their variance").wait_for()
    right.select_option("again")  # what must be made waits for its numbers
    neighbours = page.get_by_role("spinbutton", name="n_neighbors, right")
    assert (
        neighbours.is_visible()
        and neighbours.input_value() == "15"
        and not page.get_by_role("spinbutton", name="n_neighbors, left").is_visible()
    )
    left.select_option("plane")
    right.select_option("plane")
    page.wait_for_url(re.compile("map=plane&|map=plane$"))
    page.get_by_role("combobox", name="Second dimension that is moved").select_option(label="5")
    page.wait_for_url(re.compile("dims=1(%2C|,)5"))
    slider = page.get_by_role("slider", name="μ₅", exact=True)
    slider.focus()
    for _ in range(4):
        page.keyboard.press("PageUp")
    page.wait_for_url(re.compile(f"mean=0(%2C0){{3}}%2C{re.escape(slider.input_value())}%2C"))
    mean, log_var = (
        torch.tensor([float(value) for value in address(page)[name].split(",")]) for name in ("mean", "log_var")
    )
    assert mean.nonzero().flatten().tolist() == [4]
    assert nats(page) == pytest.approx(gaussian.kl_to_standard_normal(mean.double(), log_var.double()).item(), abs=1e-6)
    model = load_bundle(ROOT / "pretrained" / "mnist-vae-16d").model()
    expected = torch.sigmoid(model.decode(mean[None]))[0].numpy() * 255
    assert np.abs(np.array(picture(page, "VAE 16-d decoded at μ").evaluate(PIXELS)) - expected).max() <= 2
    page.get_by_role("button", name=re.compile("^Dimension 9, KL")).click()
    page.wait_for_url(re.compile("dims=9(%2C|,)5"))
    assert page.get_by_role("slider", name="log σ²₉", exact=True).count() == 1
    page.reload()
    page.wait_for_selector(COMPLETE)
    assert page.get_by_role("slider", name="μ₉", exact=True).count() == 1 and address(page)["map"] == "plane"
    page.locator(".panel.left header select").select_option("mnist-vae")
    page.locator(".panel.right header select").select_option("mnist-aae")
    page.wait_for_url(re.compile("mean=0(%2C|,)0&"))  # two dimensions again
    assert page.get_by_role("slider", name="μ₂", exact=True).count() == 1


@pytest.mark.slow
def test_a_late_answer_to_an_earlier_change_changes_nothing_back(mount_page):
    """Python echoes each change: the first echo used to undo a second change that had been made meanwhile."""
    page = mount_page("?" + DIGITS)
    for _ in range(3):
        for left, right in (("mnist-vae", "mnist-aae"), ("digits-vae", "digits-aae")):
            page.locator(".panel.left header select").select_option(left)
            page.locator(".panel.right header select").select_option(right)
            page.wait_for_url(re.compile(f"left={left}&right={right}"))
            at_rest(page)
            assert page.locator(".panel.left header select").input_value() == left
            assert page.locator(".panel.right header select").input_value() == right


def test_hovering_a_umap_decodes_the_nearest_code(mount_page):
    page = mount_page("?left=mnist-vae-16d&right=mnist-aae-16d")
    bundle = load_bundle(ROOT / "pretrained" / "mnist-vae-16d")
    figure = page.get_by_role("figure", name="VAE 16-d latent map")
    row = 123
    x, y = figure.evaluate(AT, bundle.codes.umap[row].tolist())
    page.mouse.move(x, y)
    at_rest(page)
    image = int(re.search(r"image (\d+)", figure.locator(".note").text_content()).group(1))
    expected = torch.sigmoid(bundle.model().decode(torch.from_numpy(bundle.codes.mean[[image]])))[0].numpy() * 255
    assert np.abs(np.array(picture(page, "VAE 16-d decoded at μ").evaluate(PIXELS)) - expected).max() <= 2
    page.mouse.click(x, y)
    page.wait_for_url(re.compile("pick=mnist"))
    picked = int(address(page)["pick"].partition(":")[2])
    np.testing.assert_allclose(
        [float(value) for value in address(page)["mean"].split(",")], bundle.codes.mean[picked], atol=1e-4
    )


@pytest.mark.main_job
def test_phone_keeps_pictures_and_kl_in_sight(open_page):
    page = open_page(viewport=PHONE, has_touch=True, is_mobile=True)
    page.get_by_role("slider", name="log σ²₂", exact=True).scroll_into_view_if_needed()
    at_rest(page)
    header = page.get_by_test_id("stHeader").bounding_box()
    for locator in [*(picture(page, name) for name in PICTURES), page.get_by_role("status", name="KL divergence")]:
        box = locator.bounding_box()
        assert box["y"] >= header["height"] and box["y"] + box["height"] <= PHONE["height"], box
    assert page.evaluate("() => document.documentElement.scrollWidth") <= PHONE["width"]


@pytest.mark.slow
def test_two_hundred_random_z_against_torch(open_page):
    rng = np.random.default_rng(0)
    models = {
        "VAE": load_bundle(ROOT / "pretrained" / "mnist-vae").model(),
        "AAE": load_bundle(ROOT / "pretrained" / "mnist-aae").model(),
    }
    page = open_page()
    for mean in np.round(rng.normal(size=(200, 2)) * 1.3, 4):
        page.goto(f"{page.url.split('?')[0]}?mean={mean[0]:.4f},{mean[1]:.4f}&log_var=-3,1&noise=0,0")
        page.wait_for_selector(COMPLETE)
        for kind, model in models.items():
            expected = torch.sigmoid(model.decode(torch.tensor(mean[None], dtype=torch.float32)))[0].numpy() * 255
            shown = np.array(picture(page, f"{kind} decoded at z").evaluate(PIXELS))
            assert np.abs(shown - expected).max() <= 2
        expected_kl = gaussian.kl_to_standard_normal(torch.tensor(mean), torch.tensor([-3.0, 1.0])).item()
        assert nats(page) == pytest.approx(expected_kl, abs=1e-6)


@pytest.mark.slow
def test_a_change_that_arrived_does_not_go_again(mount_page):
    page = mount_page()
    sent = sent_messages(page, lambda: page.wait_for_selector(COMPLETE))
    page.get_by_role("button", name="Resample ε").click()
    page.wait_for_timeout(25_000)
    assert len(sent) == 1


# Takes the WebGL contexts of a page's canvases away, as a laptop that wakes does; they never come back.
LOSE_WEBGL = """() => {
  const all = (root) => [...root.querySelectorAll('*')].flatMap((e) => [e, ...(e.shadowRoot ? all(e.shadowRoot) : [])]);
  for (const canvas of all(document).filter((e) => e.tagName === 'CANVAS')) {
    for (const kind of ['webgl2', 'webgl']) canvas.getContext(kind)?.getExtension('WEBGL_lose_context')?.loseContext();
  }
}"""
NO_WEBGL = """
  const get = HTMLCanvasElement.prototype.getContext;
  HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {
    return /webgl/.test(kind) ? null : get.call(this, kind, ...rest);
  };
"""


def coloured(page, name: str) -> int:
    """How many pixels of a map have a colour, on the screen."""
    picture = Image.open(io.BytesIO(page.get_by_role("figure", name=name).screenshot())).convert("RGB")
    pixels = np.asarray(picture).astype(int)
    return int((np.ptp(pixels, -1) > 60).sum())


@pytest.mark.parametrize("without", ["lost", "never there"])
def test_the_codes_are_seen_without_webgl(mount_page, chromium, without):
    page = mount_page()
    names = ("VAE latent map", "AAE latent map")
    before = [coloured(page, name) for name in names]
    if without == "lost":
        page.evaluate(LOSE_WEBGL)
        page.wait_for_timeout(1000)
    else:
        page.add_init_script(NO_WEBGL)
        page.reload()
        page.wait_for_selector(COMPLETE)
    page.get_by_role("slider", name="μ₁", exact=True).press("PageUp")
    page.get_by_role("slider", name="μ₁", exact=True).press("PageDown")
    for name, expected in zip(names, before):
        assert expected > 5000 and coloured(page, name) == pytest.approx(expected, rel=0.05)


# Chromium says nothing of another screen that is only emulated: `screens` says it.
SCREENS = """
const ask = window.matchMedia.bind(window), screens = window.screens = new EventTarget();
window.matchMedia = (query) => (query.includes("resolution") ? screens : ask(query));
"""


def test_the_codes_are_as_sharp_as_the_screen(mount_page):
    page = mount_page("?tool=map&underlay=density", device_scale_factor=2)
    page.add_init_script(SCREENS)
    page.reload()
    page.wait_for_selector(COMPLETE)
    page.locator("[role=figure] .under[data-done=true]").nth(1).wait_for()
    canvases = page.locator("[role=figure] canvas")
    ratios = "all => all.map((c) => [c.width / c.clientWidth, c.height / c.clientHeight])"
    sizes = canvases.evaluate_all(ratios)
    assert len(sizes) == 4  # two on each map: the codes, and what lies beneath them
    np.testing.assert_allclose(sizes, 2, rtol=1e-2)
    screen = {"width": DESK["width"], "height": DESK["height"], "deviceScaleFactor": 1, "mobile": False}
    page.context.new_cdp_session(page).send("Emulation.setDeviceMetricsOverride", screen)
    page.evaluate("screens.dispatchEvent(new Event('change'))")  # the window was moved to another one
    eventually(page, lambda: np.testing.assert_allclose(canvases.evaluate_all(ratios), 1, rtol=1e-2))
