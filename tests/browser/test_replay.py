"""Replay in a real browser: the recordings, in both panels at once, without the server, restored from the address."""

from __future__ import annotations

import io
import re

import numpy as np
import pytest
import torch
from PIL import Image

from explorer.serving import assets
from explorer.store.bundle import load_bundle
from explorer.training import recording

from .driver import AT, COMPLETE, DESK, PHONE, ROOT, address, at_rest, next_frame, sent_messages, wait_for_view
from .layout import amiss
from .test_explorer import PIXELS, picture

DIGITS = "left=digits-vae&right=digits-aae"
OPEN = ".explorer[data-replay=true]"
LAST = 28
# How many of the codes at `codes` are painted on a map's canvas, and how many painted pixels are far from all of them.
PAINTED = (
    "(f, codes) => { const scale = f.latentMap.scale(), canvas = f.querySelector('.sketchpad');"
    "const at = codes.map(([x, y]) => [scale.x(x), scale.y(y)]);"
    "const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);"
    "const alpha = (x, y) => data[4 * (Math.round(y - .5) * canvas.width + Math.round(x - .5)) + 3];"
    "let stray = 0; for (let y = 0; y < canvas.height; y++) for (let x = 0; x < canvas.width; x++)"
    "  if (data[4 * (y * canvas.width + x) + 3] && !at.some(([a, b]) => Math.hypot(a - x - .5, b - y - .5) < 5)) "
    "stray++;"
    "return { codes: at.filter(([x, y]) => alpha(x, y) > 100).length, stray }; }"
)
WHERE = "f => f.querySelector('.pick').getAttribute('transform').match(/-?[\\d.]+/g).map(Number)"
SEE = """() => {
  const root = [...document.querySelectorAll('*')].map((e) => e.shadowRoot?.querySelector('.explorer')).find(Boolean);
  window.texts = new Set(); window.places = new Set();
  const look = () => {
    window.texts.add(root.querySelector('.replay .when').textContent);
    window.places.add(root.querySelector('.pick').getAttribute('transform'));
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}"""

pytestmark = pytest.mark.skipif(
    not (ROOT / "pretrained" / "digits-aae").exists(), reason="no shipped models: python train.py makes them"
)


@pytest.fixture(scope="module")
def recorded():
    """The recordings by kind, as float32."""
    found = {kind: load_bundle(ROOT / "pretrained" / f"digits-{kind.lower()}").recording for kind in ("VAE", "AAE")}
    return {
        kind: {name: array if array.dtype == np.uint8 else array.astype(np.float32) for name, array in arrays.items()}
        for kind, arrays in found.items()
    }


def scrubber(page):
    return page.get_by_role("slider", name="Moment of training")


def figure(page, kind: str):
    return page.get_by_role("figure", name=f"{kind} latent map", exact=True)


def open_replay(mount_page, moment: int, more: str = "", **options):
    page = mount_page(f"?{DIGITS}&moment={moment}{more}", **options)
    page.wait_for_selector(OPEN)
    at_rest(page)  # the maps have taken their new size
    return page


def painted(page, kind: str, codes, count: int) -> None:
    """Waits until the map shows that many of those codes, and nothing else."""
    script = (
        f"async (f, codes) => {{ for (let frame = 0; frame < 600; frame++) {{ const found = ({PAINTED})(f, codes); "
    )
    script += f"if ((found.codes === {count} && !found.stray) || frame === 599) return found; "
    script += "await new Promise(requestAnimationFrame); } }"
    assert figure(page, kind).evaluate(script, codes.tolist()) == {"codes": count, "stray": 0}, kind


def assert_shows(page, recorded, moment: int) -> None:
    """Both maps show the recording's codes of that moment, and nothing else; each line says its own step."""
    for kind, arrays in recorded.items():
        painted(page, kind, arrays["mean"][moment], len(arrays["row"]))
        side = "left" if kind == "VAE" else "right"
        assert (
            f"step {int(arrays['step'][moment]):,} of {int(arrays['step'][-1]):,}"
            in page.locator(f".panel.{side} .facts").inner_text()
        )


@pytest.mark.main_job
def test_the_scrubber_moves_both_maps_by_keyboard_and_mouse_with_one_message_on_release(mount_page, recorded):
    page = open_replay(mount_page, 12)
    assert_shows(page, recorded, 12)
    sent = sent_messages(page, lambda: page.wait_for_selector(COMPLETE))
    page.wait_for_selector(OPEN)
    scrubber(page).focus()
    page.keyboard.down("ArrowRight")
    page.keyboard.down("ArrowRight")
    at_rest(page)
    assert sent == [] and scrubber(page).input_value() == "14"
    assert_shows(page, recorded, 14)
    page.keyboard.up("ArrowRight")
    page.wait_for_url(re.compile("moment=14"))
    at_rest(page)
    assert len(sent) == 1
    box, y = scrubber(page).bounding_box(), scrubber(page).bounding_box()["y"] + 14
    page.mouse.move(box["x"] + box["width"] / 2, y)
    page.mouse.down()
    for i in range(20):
        page.mouse.move(box["x"] + box["width"] * (0.5 + 0.02 * i), y)
    moment = int(scrubber(page).input_value())
    at_rest(page)
    assert 20 < moment < LAST and len(sent) == 1
    assert_shows(page, recorded, moment)
    page.mouse.up()
    page.wait_for_url(re.compile(f"moment={moment}"))
    at_rest(page)
    assert len(sent) == 2


def test_play_goes_on_without_messages_and_pause_holds_a_recorded_moment(mount_page, recorded):
    page = open_replay(mount_page, 18, "&pick=digits:40")
    sent = sent_messages(page, lambda: page.wait_for_selector(COMPLETE))
    page.wait_for_selector(OPEN)
    page.get_by_role("button", name="Play", exact=True).click()
    page.evaluate(SEE)
    page.wait_for_function("() => window.places.size > 20 && window.texts.size > 2")  # it has left the moment 18
    assert sent == []
    page.get_by_role("button", name="Pause", exact=True).click()
    page.wait_for_url(re.compile("moment=(?!18)"))
    at_rest(page)
    assert len(sent) == 1
    assert any("codes on straight lines" in text for text in page.evaluate("() => [...window.texts]"))
    moment = int(address(page)["moment"])
    assert scrubber(page).input_value() == str(moment)
    assert_shows(page, recorded, moment)
    page.evaluate(SEE)
    next_frame(page, 30)
    assert page.evaluate("() => window.places.size") == 1  # it holds


@pytest.mark.slow
def test_it_plays_to_the_end_where_the_decoders_are(mount_page):
    page = open_replay(mount_page, 25)
    explanation = page.get_by_text("Decoders are kept only for the finished model")
    assert explanation.is_visible() and not page.locator(".pictures .left.at-z canvas").is_visible()
    assert page.get_by_role("button", name="Probe in the VAE map; arrow keys move it").count() == 0
    page.get_by_role("button", name="Play", exact=True).click()
    wait_for_view(page, re.compile(f"moment={LAST}"))
    assert page.get_by_role("button", name="Play", exact=True).count() == 1  # and stops there
    assert not explanation.is_visible()
    expected = (
        torch.sigmoid(load_bundle(ROOT / "pretrained" / "digits-vae").model().decode(torch.zeros(1, 2)))[0].numpy()
        * 255
    )
    assert np.abs(np.array(picture(page, "VAE decoded at μ").evaluate(PIXELS)) - expected).max() <= 2
    page.get_by_role("button", name="Finished models").click()
    wait_for_view(page, lambda url: "moment" not in url)
    assert page.get_by_role("slider", name="μ₁", exact=True).is_visible() and not scrubber(page).is_visible()
    assert figure(page, "VAE").evaluate("f => f.latentMap.shown().x.length") == 360  # all of the test set again


def test_the_front_page_fetches_no_recording_until_replay_is_opened(mount_page):
    page = mount_page(f"?{DIGITS}", wait=None, own=True)
    requests = []
    page.on("request", lambda request: requests.append(request.url))
    page.reload()
    page.wait_for_selector(COMPLETE)
    wanted = lambda: [url for url in requests if "recordings/" in url or "replay.js" in url]  # noqa: E731
    assert wanted() == []
    page.get_by_role("button", name="Training", exact=True).click()
    page.wait_for_selector(OPEN)
    assert len(wanted()) == 3
    page.get_by_role("button", name="Pause", exact=True).wait_for()  # it plays at once
    answer = page.request.get(next(url for url in wanted() if "recordings/" in url))
    assert "immutable" in answer.headers["cache-control"] and answer.headers["content-encoding"] == "gzip"


def test_with_reduced_motion_nothing_plays_by_itself_and_nothing_glides(mount_page):
    page = mount_page(f"?{DIGITS}", reduced_motion="reduce")
    page.get_by_role("button", name="Training", exact=True).click()
    page.wait_for_selector(OPEN)
    at_rest(page)
    assert scrubber(page).input_value() == "0" and page.get_by_role("button", name="Play", exact=True).count() == 1
    page.evaluate(SEE)
    page.get_by_role("button", name="Play", exact=True).click()
    page.wait_for_function("() => window.texts.size > 3")
    assert not any("interpolated" in text for text in page.evaluate("() => [...window.texts]"))


def test_a_followed_image_leaves_its_trail_on_both_maps(mount_page, recorded):
    page = open_replay(mount_page, LAST)
    codes = recorded["VAE"]["mean"][LAST]
    distance = np.abs(codes[:, None] - codes[None]).max(-1) + 9 * np.eye(len(codes))
    image = int(np.where(np.abs(codes).max(-1) < 2.5, distance.min(-1), 0).argmax())  # one that stands alone
    page.mouse.click(*figure(page, "VAE").evaluate(AT, codes[image].tolist()))
    page.wait_for_url(re.compile("pick=digits"))
    found = address(page)
    assert found["pick"] == f"digits:{int(recorded['VAE']['row'][image])}" and (found["mean"], found["log_var"]) == (
        "0,0",
        "-2,-2",
    )  # the probe stays
    scrubber(page).focus()
    page.keyboard.press("PageDown")
    page.wait_for_url(lambda url: f"moment={LAST}" not in url)
    moment = int(address(page)["moment"])
    for kind, arrays in recorded.items():
        one = figure(page, kind)
        trail = [
            [float(value) for value in pair.split(",")]
            for pair in one.locator(".trail .whole").get_attribute("d")[1:].split("L")
        ]
        np.testing.assert_allclose(trail, arrays["mean"][:, image], atol=1e-6)
        assert (
            len(one.locator(".trail .behind").get_attribute("d").split("L")) == moment + 2
        )  # up to this moment, and to where it is
        box, at = one.bounding_box(), one.evaluate(AT, arrays["mean"][moment, image].tolist())
        np.testing.assert_allclose(one.evaluate(WHERE), [at[0] - box["x"], at[1] - box["y"]], atol=1.5)


def test_sampled_z_moves_with_one_noise(mount_page, recorded):
    page = open_replay(mount_page, LAST, "&pick=digits:40&codes=sampled")
    trail = [
        [float(value) for value in pair.split(",")]
        for pair in figure(page, "VAE").locator(".trail .whole").get_attribute("d")[1:].split("L")
    ]
    arrays = recorded["VAE"]
    noise = (np.array(trail) - arrays["mean"][:, 40]) / np.exp(0.5 * arrays["log_var"][:, 40])
    assert np.abs(noise - noise[0]).max() < 1e-3 and np.abs(noise[0]).max() > 0.01
    assert figure(page, "AAE").evaluate(PAINTED, recorded["AAE"]["mean"][LAST].tolist())["stray"] == 0


def test_the_address_reopens_a_moment_with_its_manifold_and_a_bad_one_is_named(open_page, recorded):
    page = open_replay(open_page, 7, "&field=D&pick=digits:12")
    assert (
        scrubber(page).input_value() == "7"
        and page.locator(".layers").get_by_role("button", name="D", pressed=True, exact=True).count() == 1
    )
    found = figure(page, "VAE").evaluate(PAINTED, recorded["VAE"]["mean"][7].tolist())
    assert found["stray"] == 0
    for kind, arrays in recorded.items():
        with Image.open(io.BytesIO(arrays["manifold"].tobytes())) as whole:
            edge = whole.size[0]
            expected = np.asarray(whole.convert("L"))[7 * edge : 8 * edge].astype(float)
        canvas = page.get_by_role("img", name=f"{kind} decoded manifold", exact=True)
        page.wait_for_function("([canvas, edge]) => canvas.height === edge", arg=[canvas.element_handle(), edge])
        shown = np.array(canvas.evaluate(PIXELS), float).reshape(edge, edge)
        assert edge == recording.TILES * 8 and np.abs(shown - expected).max() <= 3
    bad = open_page(f"?{DIGITS}&moment=30")
    assert "moment=30 was ignored" in bad.get_by_test_id("stAlert").inner_text()
    assert not scrubber(bad).is_visible()


def test_the_discriminators_field_against_torch(mount_page, recorded):
    page = open_replay(mount_page, LAST, "&field=D")
    judge = load_bundle(ROOT / "pretrained" / "digits-aae").model().discriminator
    arrays = recorded["AAE"]
    judge.smoothing = float(arrays["smoothing"][-1])
    addresses = page.evaluate(
        "() => performance.getEntriesByType('resource').map((e) => e.name)"
        ".filter((name) => name.includes('recordings/'))"
    )
    load = """async ([base, addresses]) => {
      const at = (name) => new URL(base + name, document.baseURI);
      const [{ Recording }, { readSafetensors }] =
        await Promise.all([import(at("web/kernel/recording.js")), import(at("web/kernel/safetensors.js"))]);
      for (const address of addresses) {
        const one = new Recording(readSafetensors(await (await fetch(address)).arrayBuffer()),
          { shape: null, epochs: 300, given_prior: true });
        if (one.hasDiscriminator) return { grid: [...one.logit(one.last)], between: one.logitAt(one.last, 0.7, -1.3),
          outside: one.logitAt(one.last, 4.1, 0) };
      }
    }"""
    found = page.evaluate(load, [assets.address(), addresses])
    side = torch.linspace(-recording.REACH, recording.REACH, recording.GRID)
    z = torch.cartesian_prod(side, side).flip(1)
    expected = judge(z).detach().numpy()
    np.testing.assert_allclose(found["grid"], expected, atol=2e-2)  # float16 of numbers up to 18
    assert (
        found["between"] == pytest.approx(judge(torch.tensor([[0.7, -1.3]])).item(), abs=0.1)
        and found["outside"] is None
    )
    # and on the page: what stands under the pointer
    map_ = figure(page, "AAE")
    page.mouse.move(*map_.evaluate(AT, [1.5, 1.5]))
    at_rest(page)
    x, y, d = map(
        float,
        re.match(r"\((\S+), (\S+)\) · D = (\S+)", map_.locator(".note").text_content().replace("−", "-")).groups(),
    )
    assert d == pytest.approx(torch.sigmoid(judge(torch.tensor([[x, y]]))).item(), abs=0.02)
    # where D is sure that z is a code, the picture has that colour
    corner = map_.evaluate(
        "(f, at) => { const { x, y } = f.latentMap.scale(); return [...f.querySelector('.sketchpad').getContext('2d')"
        ".getImageData(x(at[0]), y(at[1]), 1, 1).data]; }", [-3.8, -3.8]
    )  # fmt: skip
    sure = 1 / (1 + np.exp(-judge(torch.tensor([[-3.8, -3.8]])).item()))
    assert sure < 0.4 and corner[2] > corner[0] and corner[3] == pytest.approx(255 * 0.75 * abs(2 * sure - 1), abs=12)


@pytest.mark.skipif(not (ROOT / "pretrained" / "mnist-vae-16d").exists(), reason="no model of sixteen dimensions")
def test_a_model_without_a_recording_says_so_and_the_other_still_replays(mount_page, recorded):
    page = mount_page("?left=mnist-vae-16d&right=digits-aae&moment=10")
    page.wait_for_selector(OPEN)
    assert "only latent spaces of two dimensions are recorded" in page.locator(".moments .left .none").inner_text()
    painted(page, "AAE", recorded["AAE"]["mean"][10], 360)
    page.locator(".panel.left header select").select_option("digits-vae")
    page.wait_for_url(re.compile("left=digits-vae"))
    page.get_by_role("img", name="VAE decoded manifold").wait_for()
    assert_shows(page, recorded, 10)


def test_leaving_the_replay_leaves_nothing_of_it(mount_page):
    page = mount_page(f"?{DIGITS}&moment=3", wait=OPEN)
    page.get_by_text("Decoders are kept only for the finished model").wait_for()
    page.get_by_role("button", name="Probe", exact=True).click()
    page.wait_for_selector(".explorer:not([data-replay])")
    assert not page.get_by_text("Decoders are kept only for the finished model").is_visible()
    at_rest(page)  # the maps have taken their new size
    assert amiss(page) == []


@pytest.mark.parametrize("viewport", [DESK, PHONE], ids=["projector", "phone"])
def test_the_scrubber_is_in_sight(mount_page, viewport):
    page = open_replay(mount_page, 10, "&field=D&pick=digits:3", viewport=viewport)
    parts = [
        scrubber(page),
        page.get_by_role("button", name="Play", exact=True),
        page.get_by_role("button", name="Finished models"),
    ]
    if viewport == DESK:
        parts += [page.get_by_role("img", name=f"{kind} decoded manifold") for kind in ("VAE", "AAE")] + [
            figure(page, "VAE"),
            figure(page, "AAE"),
        ]
        parts += [page.locator(".curve[data-term=sliced_w2_squared]").nth(i) for i in (0, 1)] + [
            page.locator(".decoders")
        ]
    for part in parts:
        box = part.bounding_box()
        assert (
            box["y"] >= 0
            and box["y"] + box["height"] <= viewport["height"]
            and box["x"] >= 0
            and box["x"] + box["width"] <= viewport["width"]
        ), (part, box)
    assert page.evaluate("() => document.documentElement.scrollWidth") <= viewport["width"]
