"""The tool Map in a real browser: underlays, colours of codes and many samples, against torch, scipy and numpy."""

from __future__ import annotations

import re

import numpy as np
import pytest
import torch
from plotly.colors import sequential

from explorer import gaussian

from ..web.test_map import bundle
from .driver import AT, COMPLETE, PHONE, ROOT, address, at_rest, expect, next_frame, sent_messages
from .test_explorer import PIXELS, nats

DIGITS = "left=digits-vae&right=digits-aae"
DRAWN_UNDER = ".latent-map .under[data-done=true]"
OPEN = ".explorer .tool[data-ready=map]"

pytestmark = pytest.mark.skipif(
    not (ROOT / "pretrained" / "digits-aae").exists(), reason="no shipped models: python train.py makes them"
)


def figure(page, name: str):
    return page.get_by_role("figure", name=f"{name} latent map", exact=True)


def under(page, name: str, done: bool = True):
    canvas = figure(page, name).locator(".under[data-done=true]" if done else ".under")
    canvas.wait_for()
    return canvas


def viridis(t: np.ndarray, stops: list[str]) -> np.ndarray:
    """Colours (..., 3) between evenly spaced ones."""
    rgb = np.array([[int(colour[i : i + 2], 16) for i in (1, 3, 5)] for colour in stops])
    return np.stack(
        [np.interp(np.clip(t, 0, 1), np.linspace(0, 1, len(rgb)), rgb[:, channel]) for channel in range(3)], -1
    )


# The pixels of a map's underlay in a square about a latent point, and the pixels a unit.
TILE = (
    "(f, [x, y, size]) => { const scale = f.latentMap.scale(), canvas = f.querySelector('.under');"
    "const left = Math.round(scale.x(0) - size / 2 + 1e-3) + Math.round(scale.x(x) - scale.x(0));"
    "const top = Math.round(scale.y(0) - size / 2 + 1e-3) + Math.round(scale.y(y) - scale.y(0));"
    "const { data } = canvas.getContext('2d').getImageData(left, top, size, size); "
    "return [...data].filter((_, i) => i % 4 === 0); }"
)
PER = "f => f.latentMap.scale().perX"


@pytest.mark.slow
def test_tiles_of_the_plain_grid_are_the_decoders_and_go_with_the_map(mount_page):
    page = mount_page("?underlay=grid&opacity=1,0.5")
    models = {"VAE": bundle("mnist-vae").model(), "AAE": bundle("mnist-aae").model()}
    room = 28 / figure(page, "VAE").evaluate(PER)

    def check(places):
        for kind, model in models.items():
            under(page, kind)
            for i, j in places:
                z = torch.tensor([[i * room, j * room]], dtype=torch.float32)
                expected = torch.sigmoid(model.decode(z))[0].numpy() * 255
                assert (
                    np.abs(np.array(figure(page, kind).evaluate(TILE, [i * room, j * room, 28])) - expected).max() <= 2
                ), (kind, i, j)

    check([(0, 0), (3, -2), (-5, 4), (1, 5)])
    sent = sent_messages(page, lambda: page.wait_for_selector(DRAWN_UNDER))
    page.wait_for_selector(COMPLETE)
    box = figure(page, "VAE").bounding_box()
    page.mouse.move(box["x"] + 80, box["y"] + 60)
    page.mouse.down()
    for i in range(8):
        page.mouse.move(box["x"] + 80 + 13 * i, box["y"] + 60 + 7 * i)
        next_frame(page)
        origin = np.array(figure(page, "VAE").evaluate(TILE, [0, 0, 28]))
        expected = torch.sigmoid(models["VAE"].decode(torch.zeros(1, 2)))[0].numpy() * 255
        assert np.abs(origin - expected).max() <= 2  # in the same frame as the axes
    page.mouse.up()
    at_rest(page)
    check([(-6, 1), (0, 0), (-8, 5)])  # some came into view
    figure(page, "VAE").evaluate("f => f.parentElement.querySelector('.zoom-in').click()")
    at_rest(page)
    assert figure(page, "VAE").evaluate(PER) == pytest.approx(1.5 * 28 / room, rel=1e-3)
    room /= 1.5
    check([(0, 0), (-2, 1)])
    assert sent == []


# The share of a canvas that is painted, and a hash of its pixels.
PAINTED = (
    "c => { const { data } = c.getContext('2d').getImageData(0, 0, c.width, c.height); let painted = 0;"
    "for (let i = 3; i < data.length; i += 4) painted += data[i] > 0; "
    "return [(4 * painted) / data.length, data.reduce((h, v) => (h * 31 + v) | 0, 7)]; }"
)


def test_every_underlay_reaches_both_maps_and_only_when_it_is_chosen(open_page):
    requests = []
    page = open_page("", wait=None, own=True)
    page.on("request", lambda request: requests.append(request.url))
    page.goto(f"{page.url.split('?')[0]}?{DIGITS}")
    page.wait_for_selector(COMPLETE)
    at_rest(page)
    assert not [
        url for url in requests if re.search(r"(surface|underlays|map/tool|values|ramps|density|quantiles)\.js", url)
    ]
    page.get_by_role("button", name="Layers", exact=True).click()
    page.wait_for_selector(OPEN)
    assert page.locator(".under").count() == 0
    pictures = []
    for group, button, name, says in (
        ("Layers", "pictures", "pictures", "ring of 99 %"),
        ("More layers", "pictures at quantiles", "quantiles", "8 × 8|10 × 10|12 × 12"),
        ("More layers", "pictures everywhere", "grid", "plain|side by side"),
        ("Layers", "density", "density", r"kernel of width 0\.25"),
        ("Layers", "against the prior", "ratio", r"log q\(z\)"),
        ("More layers", "stretch", "stretch", "Jacobian"),
    ):
        layer = page.get_by_role("group", name=group, exact=True).get_by_role("button", name=button, exact=True)
        layer.click()
        page.wait_for_url(re.compile(f"underlay={name}"))
        assert layer.get_attribute("aria-pressed") == "true"
        for kind in ("VAE", "AAE"):
            painted, hashed = under(page, kind).evaluate(PAINTED)
            assert painted > 0.03, (name, kind)
            pictures.append(hashed)
        assert re.search(says, page.locator(".under-key").inner_text())
    assert len(set(pictures)) == 12
    page.get_by_role("group", name="Layers", exact=True).get_by_role("button", name="D", exact=True).click()
    under(page, "AAE")
    assert figure(page, "VAE").locator(".under").count() == 0
    assert "no D here" in figure(page, "VAE").locator(".note").text_content()
    page.get_by_role("button", name="stretch", exact=True).click()
    page.get_by_role("button", name="Probe", exact=True).click()
    page.wait_for_url(re.compile("^(?!.*tool=)"))
    page.locator(DRAWN_UNDER).nth(1).wait_for()  # it stays without its tool, on maps that have become larger
    assert address(page)["underlay"] == "stretch"
    page.reload()
    page.wait_for_selector(DRAWN_UNDER)
    page.get_by_role("button", name="Training", exact=True).click()
    page.wait_for_selector(".explorer[data-replay=true]")
    page.locator(".under:visible").first.wait_for(state="detached")  # it is the finished model's


GROUND = ["#101216", "#6e6e6e", "#a6a6a6", "#d9d9d9", "#ffffff"]  # in the dark theme: greys, which no code has


def test_the_stretchs_colours_are_one_logarithmic_scale(open_page):
    page = open_page(f"?{DIGITS}&tool=map&underlay=stretch&opacity=1,0", color_scheme="dark")
    models = {kind: bundle(f"digits-{kind.lower()}").model() for kind in ("VAE", "AAE")}
    for kind in models:
        under(page, kind)
    marks = re.search(
        r": ≤ ([\d.]+), ([\d.]+), ([\d.]+)$",
        page.get_by_role("img", name="Scale of what lies under the codes").get_attribute("aria-label"),
    )
    top = float(marks.group(3))
    assert float(marks.group(1)) == pytest.approx(top / 100, abs=0.006)
    room = 9 / figure(page, "VAE").evaluate(PER)
    at = (
        "(f, [x, y]) => { const scale = f.latentMap.scale(), canvas = f.querySelector('.under');"
        "return [...canvas.getContext('2d').getImageData(scale.x(x), scale.y(y), 1, 1).data].slice(0, 3); }"
    )
    for kind, model in models.items():
        for i, j in ((0, 0), (8, -7), (-12, 3)):
            z = torch.tensor([i * room, j * room])
            jacobian = torch.autograd.functional.jacobian(lambda one: torch.sigmoid(model.decode(one[None])[0]), z)
            value = torch.linalg.svdvals(jacobian)[0].item()
            expected = viridis(np.array(1 + np.log10(value / top) / 2), GROUND)
            assert np.abs(figure(page, kind).evaluate(at, [i * room, j * room]) - expected).max() < 14, (
                kind,
                i,
                j,
            )  # smoothed between cells


RGBA = "canvas => [...canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data]"
# The colour of the sketchpad in the middle of codes' dots.
SEEN = (
    "(f, codes) => { const canvas = f.querySelector('.sketchpad'), context = canvas.getContext('2d');"
    "return codes.map(([x, y]) => [...context.getImageData(Math.floor(x), Math.floor(y), 1, 1).data]); }"
)


def test_codes_are_coloured_by_kl_before_and_after_plotly(open_page):
    page = open_page("", wait=None, own=True)
    page.route("**/plotly.min.js", lambda route: held.append(route))
    held: list = []
    page.goto(f"{page.url.split('?')[0]}?{DIGITS}&colour=kl")
    page.wait_for_selector(".explorer.toned")
    next_frame(page)  # the page says so before it draws them
    # the classes have no colour then, and no empty place for one
    assert page.locator(".legend i").first.evaluate("dot => dot.getBoundingClientRect().width") == 0
    codes = bundle("digits-vae").codes
    kl = gaussian.kl_to_standard_normal(torch.tensor(codes.mean).double(), torch.tensor(codes.log_var).double()).numpy()
    low, high = np.sort(kl)[[round(share * (len(kl) - 1)) for share in (0.02, 0.98)]]
    box = figure(page, "VAE").bounding_box()
    across, down = box["width"] - 2, box["height"] - 2  # less the border
    reach = max(
        4.2,
        *(
            np.sort(np.abs(bundle(f"digits-{kind}").codes.mean).max(1))[int(0.998 * 360)] * 1.05
            for kind in ("vae", "aae")
        ),
    )
    scale = min(across, down) / (2 * reach)
    places = np.stack([across / 2 + scale * codes.mean[:, 0], down / 2 - scale * codes.mean[:, 1]], -1)
    apart = np.linalg.norm(places[:, None] - places[None], axis=-1) + 99 * np.eye(len(places))
    alone = np.flatnonzero(apart.min(1) > 9)
    expected = viridis((kl[alone] - low) / (high - low), sequential.Viridis[8::-1])
    assert len(alone) >= 10
    for before in (True, False):
        seen = np.array(figure(page, "VAE").evaluate(SEEN, places[alone].tolist()))
        assert np.abs(seen[:, :3] - expected).max() < 6  # of a dot that lets 30 % through
        if before:
            for route in held:
                route.continue_()
            page.wait_for_selector(COMPLETE)
    grey = np.array(figure(page, "AAE").locator(".sketchpad").evaluate(RGBA)).reshape(-1, 4)
    grey = grey[grey[:, 3] > 170]  # in the middle of a dot
    assert len(grey) > 360 and np.abs(grey[:, :3] - [0x8D, 0x93, 0x9C]).max() < 6
    assert "no q(z|x)" in figure(page, "AAE").locator(".note").text_content()


@pytest.mark.slow
def test_colours_survive_what_happens_to_the_maps(open_page):
    page = open_page(f"?{DIGITS}&tool=map&colour=density", color_scheme="light")
    page.wait_for_selector(".explorer.toned")
    tones = "f => [f.latentMap.tones.values.length, f.latentMap.tones.range, f.latentMap.tones.stops]"
    left, right = figure(page, "VAE").evaluate(tones), figure(page, "AAE").evaluate(tones)
    assert left == right and left[0] == 360  # one scale for both
    page.get_by_role("radio", name="sampled z").first.check()
    page.wait_for_url(re.compile("codes=sampled"))
    page.get_by_role("button", name="3", exact=True).click()
    assert figure(page, "VAE").evaluate(tones) == left
    page.emulate_media(color_scheme="dark")
    page.wait_for_function("f => f.latentMap.tones.stops[0] === '#482878'", arg=figure(page, "VAE").element_handle())
    page.locator(".panel.left header select").select_option("mnist-vae")
    page.wait_for_url(re.compile("left=mnist-vae"))
    map_ = page.locator(".panel.left .latent-map").element_handle()
    page.wait_for_function("f => f.latentMap.tones?.values.length === 10000", arg=map_, timeout=60_000)
    page.get_by_role("combobox", name="Colour by").select_option("class")
    page.wait_for_url(re.compile("^(?!.*colour=)"))
    page.wait_for_function("f => f.latentMap.tones === null", arg=map_)
    expect(page.locator(".explorer.toned")).to_have_count(0)


def test_many_samples_against_numpy(mount_page, compute):
    page = mount_page(f"?{DIGITS}&tool=map&mean=0.4,-0.3&log_var=-1,-0.5")
    page.wait_for_selector(".samples canvas[data-draws='16']")
    noise = np.array(compute("explore/map/sampler", "return drawNoise(1, 2).slice(0, 16).map((one) => [...one])"))
    assert abs(noise.mean()) < 0.6 and 0.5 < noise.std() < 1.5
    z = np.array([0.4, -0.3]) + np.exp([-0.5, -0.25]) * noise
    for kind in ("VAE", "AAE"):
        pictures = torch.sigmoid(
            bundle(f"digits-{kind.lower()}").model().decode(torch.tensor(z, dtype=torch.float32))
        ).numpy()
        mean = page.get_by_role("img", name=f"{kind}: mean of the draws' pictures").evaluate(PIXELS)
        assert np.abs(np.array(mean) - 255 * pictures.mean(0)).max() <= 2
        std = page.get_by_role("img", name=re.compile(f"^{kind}: standard deviation")).evaluate(
            "c => [...c.getContext('2d').getImageData(0, 0, 8, 8).data]"
        )
        expected = viridis(pictures.std(0) / 0.5, sequential.Viridis)
        assert np.abs(np.array(std).reshape(-1, 4)[:, :3] - expected).max() <= 3
        sheet = np.array(
            page.get_by_role("img", name=f"{kind}: draws decoded").evaluate(
                "c => [c.width, ...c.getContext('2d').getImageData(9 * 2, 9, 8, 8).data]"
            )
        )
        assert sheet[0] == 4 * 9 - 1 and np.abs(sheet[1::4] - 255 * pictures[4 + 2]).max() <= 2  # second row, third
        dots = figure(page, kind).locator(".many-draws circle")
        assert dots.count() == 16
        box, at = dots.nth(5).bounding_box(), figure(page, kind).evaluate(AT, z[5].tolist())
        assert abs(box["x"] + box["width"] / 2 - at[0]) < 1.5 and abs(box["y"] + box["height"] / 2 - at[1]) < 1.5
    assert "16 draws from the probe" in page.locator(".samples").inner_text()
    figure(page, "VAE").click(
        position=dict(
            zip(
                "xy",
                np.array(figure(page, "VAE").evaluate(AT, bundle("digits-vae").codes.mean[7].tolist()))
                - [figure(page, "VAE").bounding_box()[c] for c in "xy"],
            )
        )
    )
    page.wait_for_url(re.compile("pick=digits"))
    row = address(page)["pick"].split(":")[1]
    page.locator(".samples").get_by_text(f"VAE: 16 draws from q(z|x) of image {row}").wait_for()  # it came to rest
    said = page.locator(".samples .what").all_inner_texts()
    assert said == [
        f"VAE: 16 draws from q(z|x) of image {row}",
        "AAE: 16 draws from the probe",
    ]  # only the VAE has a q(z|x)


@pytest.mark.slow
def test_samples_are_live_and_of_one_state_while_the_probe_is_dragged(mount_page):
    page = mount_page("?tool=map")
    page.wait_for_selector(OPEN)
    draws = page.get_by_role("slider", name="How many draws")
    draws.fill("64")
    page.wait_for_selector(".samples canvas[data-draws='64']")
    sent = sent_messages(page, lambda: page.wait_for_selector(COMPLETE))
    page.wait_for_selector(OPEN)
    page.get_by_role("slider", name="How many draws").fill("64")
    page.wait_for_selector(".samples canvas[data-draws='64']")
    knob = page.get_by_role("button", name="Probe in the VAE map; arrow keys move it").bounding_box()
    x, y = knob["x"] + knob["width"] / 2, knob["y"] + knob["height"] / 2
    look = (
        "() => { const "
        "root = [...document.querySelectorAll('*')].map((e) => e.shadowRoot?.querySelector('.explorer')).find(Boolean);"
        "const data = root.querySelector('.samples .mean').getContext('2d').getImageData(0, 0, 28, 28).data;"
        "return [data.reduce((h, v) => (h * 31 + v) | 0, 7), "
        "...[...root.querySelectorAll('.samples canvas[data-draws]')].map((c) => Number(c.dataset.draws)), "
        "root.querySelectorAll('.left .many-draws circle').length]; }"
    )
    page.mouse.move(x, y)
    page.mouse.down()
    seen = []
    for i in range(20):
        page.mouse.move(x + 3 * (i + 1), y - 2 * (i + 1))
        next_frame(page)
        seen.append(page.evaluate(look))
    assert len({one[0] for one in seen}) >= 18  # a new picture in each frame
    assert all(
        len(set(one[1:])) == 1 and 4 <= one[1] <= 64 for one in seen
    )  # sheets, means, deviations and dots are of the same draws
    assert sent == []
    page.mouse.up()
    page.wait_for_url(re.compile("mean="))
    page.wait_for_selector(".samples canvas[data-draws='64']")
    at_rest(page)
    assert set(page.evaluate(look)[1:]) == {64} and len(sent) == 1


def test_by_keyboard_with_opacity_in_the_address(mount_page):
    page = mount_page(f"?{DIGITS}&tool=map")
    page.wait_for_selector(OPEN)
    kl = nats(page)
    page.get_by_role("group", name="Layers", exact=True).get_by_role("button", name="pictures").focus()
    page.keyboard.press("Space")
    page.wait_for_url(re.compile("underlay=pictures"))
    assert address(page)["opacity"] == "1,0.15"
    codes = page.get_by_role("slider", name="Opacity of the codes")
    codes.focus()
    page.keyboard.press("Home")
    page.wait_for_url(re.compile("opacity=1(%2C|,)0(&|$)"))
    opacity = "f => [getComputedStyle(f.querySelector('.sketchpad')).opacity, f.querySelector('.under').style.opacity]"
    assert figure(page, "AAE").evaluate(opacity) == ["0", "1"]
    page.reload()
    page.wait_for_selector(COMPLETE)
    under(page, "AAE")
    assert figure(page, "AAE").evaluate(opacity) == ["0", "1"] and nats(page) == kl


def test_a_umap_has_colours_but_nothing_under_it(mount_page):
    page = mount_page("?left=mnist-vae-16d&right=mnist-aae&underlay=grid&colour=kl")
    page.wait_for_selector(".explorer.toned")
    assert (
        figure(page, "VAE 16-d").locator(".under").count() == 0 and figure(page, "AAE").locator(".under").count() == 1
    )
    assert "nothing lies under it" in figure(page, "VAE 16-d").locator(".note").text_content()
    assert figure(page, "VAE 16-d").evaluate("f => f.latentMap.tones.values.length") == 10_000


@pytest.mark.slow
def test_the_tool_is_in_sight_on_a_projector_and_no_wider_than_a_phone(open_page):
    page = open_page(f"?{DIGITS}&tool=map&underlay=stretch&colour=kl")
    page.wait_for_selector(OPEN)
    at_rest(page)
    for name in ("VAE: draws decoded", "AAE: draws decoded", "VAE: mean of the draws' pictures"):
        box = page.get_by_role("img", name=name).bounding_box()
        assert box["y"] > 0 and box["y"] + box["height"] < 650
    phone = open_page(f"?{DIGITS}&tool=map&underlay=stretch", viewport=PHONE, has_touch=True, is_mobile=True)
    phone.wait_for_selector(OPEN)
    assert phone.evaluate("() => document.documentElement.scrollWidth") <= PHONE["width"]
