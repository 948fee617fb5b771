"""The tool Draw: a drawing, a file or a test image goes through both models in the browser, with torch's results."""

from __future__ import annotations

import base64
import io
import re

import numpy as np
import pytest
import torch
from PIL import Image
from torch.nn import functional as F

from explorer import gaussian
from explorer.data import datasets, originals
from explorer.store.bundle import load_bundle

from ..web.test_draw import digits_form, mnist_form
from .driver import PHONE, ROOT, address, at_rest, expect, next_frame, sent_messages

OPEN = ".tool[data-ready=draw]"
PIXELS = (
    "canvas => [...canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data].filter((_, "
    "i) => i % 4 === 0)"
)
HASH = "c => c.getContext('2d').getImageData(0, 0, c.width, c.height).data.reduce((h, v) => (h * 31 + v) | 0, 7)"
COLOURS = "canvas => [...canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data]"
SEVEN = [(0.28, 0.25), (0.7, 0.25), (0.45, 0.85)]

pytestmark = pytest.mark.skipif(
    not (ROOT / "pretrained" / "mnist-aae").exists(), reason="no shipped models: python train.py makes them"
)


# ---- drawing --------------------------------------------------------------------------------------------------


def canvas(page):
    return page.get_by_role("application", name="Drawing pad")


def picture(page, name: str):
    return page.get_by_role("img", name=name, exact=True)


def reads(page, name: str) -> np.ndarray:
    next_frame(page)  # the pad draws a change in the frame after it at the latest
    return np.array(picture(page, f"{name} reads").evaluate(PIXELS))


def at(page, point: tuple[float, float]) -> tuple[float, float]:
    box = canvas(page).bounding_box()
    return box["x"] + point[0] * box["width"], box["y"] + point[1] * box["height"]


def draw(page, points) -> None:
    page.mouse.move(*at(page, points[0]))
    page.mouse.down()
    for point in points[1:]:
        page.mouse.move(*at(page, point), steps=6)
    page.mouse.up()
    next_frame(page)


def codes_on_page(page) -> list[list[float]]:
    next_frame(page)
    texts = page.locator(".draw .code").all_text_contents()  # folded
    return [[float(number.replace("−", "-")) for number in re.findall(r"−?\d+\.\d+", text)] for text in texts]


def kl_of(page, name: str):
    """The KL of a model's code, which is folded with the codes."""
    if not page.locator(".draw .figures[open]").count():
        page.get_by_text("Codes and KL").click()
    return page.get_by_role("status", name=f"{name} KL of the drawing")


def says(page) -> str:
    return page.locator(".draw .says").inner_text()


# Collects in window.seen, once a frame, the first model's BCE.
WATCH_ERROR = """() => {
  const root = [...document.querySelectorAll('*')].map((e) => e.shadowRoot?.querySelector('.draw')).find(Boolean),
    error = root.querySelector('.verdict');
  window.seen = [];
  const look = () => setTimeout(() => { window.seen.push(error.dataset.nats); requestAnimationFrame(look); });
  requestAnimationFrame(look);
}"""


@pytest.mark.main_job
def test_what_is_drawn_is_encoded_at_every_move_and_nothing_is_sent(mount_page):
    page = mount_page("?tool=draw")
    sent = sent_messages(page, lambda: page.wait_for_selector(OPEN))
    box = canvas(page).bounding_box()
    at_pad = lambda x, y: (box["x"] + x * box["width"], box["y"] + y * box["height"])  # noqa: E731
    page.mouse.move(*at_pad(*SEVEN[0]))
    page.mouse.down()
    page.evaluate(WATCH_ERROR)
    for i in range(100):
        (x0, y0), (x1, y1) = (SEVEN[0], SEVEN[1]) if i < 50 else (SEVEN[1], SEVEN[2])
        share = (i % 50 + 1) / 50
        page.mouse.move(*at_pad(x0 + share * (x1 - x0), y0 + share * (y1 - y0)))
        next_frame(page)
    seen = page.evaluate("() => window.seen")
    page.mouse.up()
    at_rest(page)
    assert sent == []
    assert len(set(seen)) >= 90 and int(page.locator(".tool .draw").get_attribute("data-encoded")) >= 100

    # Against torch, on the pixels that the page shows as read.
    x = torch.from_numpy(reads(page, "VAE")).float()[None] / 255
    assert x.sum() > 20 and np.array_equal(reads(page, "VAE"), reads(page, "AAE"))
    shown = codes_on_page(page)
    for i, name in enumerate(("VAE", "AAE")):
        model = load_bundle(ROOT / "pretrained" / f"mnist-{name.lower()}").model()
        with torch.no_grad():
            code = model.encode(x)
            mean = code.mean
            rebuilt = torch.sigmoid(model.decode(mean))
            error = F.binary_cross_entropy_with_logits(model.decode(mean), x, reduction="sum").item()
        np.testing.assert_allclose(
            shown[i][:2], mean[0].numpy(), atol=0.02
        )  # two decimals, and the pixels are rounded to bytes
        np.testing.assert_allclose(
            np.array(picture(page, f"{name} reconstruction").evaluate(PIXELS)), rebuilt[0].numpy() * 255, atol=3
        )
        assert float(page.locator(".draw .verdict").nth(i).get_attribute("data-nats")) == pytest.approx(error, abs=0.5)
        off = np.array(picture(page, f"{name} difference, reconstruction minus input").evaluate(COLOURS)).reshape(
            784, 4
        )[:, :3]
        difference = (rebuilt - x)[0].numpy()
        ends = [np.array([int(c[i : i + 2], 16) for i in (1, 3, 5)]) for c in ("#3f7d12", "#f7f7f7", "#c2187a")]
        share = np.abs(difference)[:, None]
        np.testing.assert_allclose(
            off, ends[1] + share * (np.where(difference[:, None] < 0, ends[0], ends[2]) - ends[1]), atol=4
        )
        if name == "VAE":
            kl = gaussian.kl_to_standard_normal(code.mean, code.log_var).item()
            assert float(kl_of(page, "VAE").get_attribute("data-nats")) == pytest.approx(kl, abs=0.02)
            std = torch.exp(code.log_var / 2)[0].numpy()
            radii = page.get_by_role("figure", name="VAE latent map").evaluate(
                "f => { const { perX, perY } = f.latentMap.scale();"
                "return [...f.querySelectorAll('.drawn .spread')].map((e) => [e.getAttribute('rx') / perX, "
                "e.getAttribute('ry') / perY]); }"
            )
            np.testing.assert_allclose(radii, [std, 2 * std], rtol=0.03)
    kl_of(page, "AAE").get_by_text("no KL").wait_for()
    aae = page.get_by_role("figure", name="AAE latent map")
    assert aae.locator(".drawn .spread").first.is_hidden() and aae.locator(".drawn .line").count() == 1


@pytest.mark.slow
def test_keys_draw_undo_clear_and_put_the_probe(mount_page):
    page = mount_page("?tool=draw")
    page.wait_for_selector(OPEN)
    canvas(page).focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Shift+Tab")  # so that the focus is one of keys
    assert page.locator(".draw .cursor").is_visible()
    for _ in range(3):
        page.keyboard.press("Shift+ArrowUp")
    assert not reads(page, "VAE").any()  # the pen is up
    page.keyboard.down(" ")
    for _ in range(6):
        page.keyboard.press("Shift+ArrowDown")
    page.keyboard.up(" ")
    one = reads(page, "VAE")
    assert one.max() == 255 and np.flatnonzero(one.reshape(28, 28).any(1)).tolist() == list(
        range(5, 25)
    )  # 20 pixels high, in the middle
    page.keyboard.press("ArrowLeft")
    np.testing.assert_array_equal(reads(page, "VAE"), one)
    page.keyboard.press("Enter")  # the pen goes down, and stays
    for _ in range(4):
        page.keyboard.press("Shift+ArrowLeft")
    page.keyboard.press("Enter")
    two = reads(page, "VAE")
    assert not np.array_equal(one, two)
    page.keyboard.press("Control+z")
    np.testing.assert_array_equal(reads(page, "VAE"), one)
    page.get_by_role("button", name="Clear").press("Enter")
    assert not reads(page, "VAE").any() and page.get_by_role("button", name="Clear").is_disabled()
    page.get_by_role("button", name="Undo").press("Enter")
    np.testing.assert_array_equal(reads(page, "VAE"), one)

    vae, aae = codes_on_page(page)
    page.get_by_role("button", name="Put the probe there: AAE").press("Enter")
    page.wait_for_url(re.compile("mean=(?!0(%2C|,)0)"))
    np.testing.assert_allclose([float(value) for value in address(page)["mean"].split(",")], aae, atol=0.006)
    assert address(page)["log_var"] == "-2,-2"
    page.get_by_role("button", name="Put the probe there: VAE").press("Enter")
    page.wait_for_url(re.compile("log_var=-[3-9]"))
    np.testing.assert_allclose([float(value) for value in address(page)["mean"].split(",")], vae[:2], atol=0.006)
    np.testing.assert_allclose(
        [np.exp(float(value) / 2) for value in address(page)["log_var"].split(",")], vae[2:], atol=0.006
    )


def test_a_drawing_survives_a_reload_and_another_page(mount_page):
    page = mount_page("?tool=draw")
    pad = lambda: canvas(page).evaluate(HASH)  # noqa: E731
    blank = pad()
    draw(page, SEVEN)
    drawn = pad()
    assert drawn != blank
    here = page.url
    page.goto(here.rpartition("/mounted/")[0] + "/_stcore/health")
    page.goto(here)
    page.wait_for_selector(OPEN)
    next_frame(page)
    assert pad() == drawn and codes_on_page(page)[0]
    page.get_by_role("button", name="Clear").click()
    page.reload()
    page.wait_for_selector(OPEN)
    next_frame(page)
    assert pad() == blank


def test_what_is_drawn_on_a_test_image_survives_a_reload(mount_page):
    page = mount_page("?tool=draw&pick=mnist:3")
    page.locator(".draw .says", has_text="test image 3").wait_for()
    next_frame(page)
    pad = lambda: canvas(page).evaluate(HASH)  # noqa: E731
    plain = pad()
    draw(page, SEVEN)
    drawn = pad()
    assert drawn != plain
    page.reload()
    page.locator(".draw .says", has_text="test image 3").wait_for()
    next_frame(page)
    assert pad() == drawn


def test_a_finger_draws_and_a_pen_draws_by_its_pressure(open_page):
    page = open_page("?tool=draw", viewport=PHONE, has_touch=True, is_mobile=True)
    page.wait_for_selector(OPEN)
    canvas(page).scroll_into_view_if_needed()
    at_rest(page)
    touch, scrolled = (
        page.context.new_cdp_session(page),
        page.evaluate("() => document.querySelector('[data-testid=stMain]').scrollTop"),
    )
    for i in range(12):
        x, y = at(page, (0.5, 0.2 + 0.05 * i))
        touch.send(
            "Input.dispatchTouchEvent", {"type": "touchMove" if i else "touchStart", "touchPoints": [{"x": x, "y": y}]}
        )
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    assert (
        reads(page, "VAE").max() == 255
        and page.evaluate("() => document.querySelector('[data-testid=stMain]').scrollTop") == scrolled
    )
    assert page.evaluate("() => document.documentElement.scrollWidth") <= PHONE["width"]
    widths = []
    for pressure in (0.1, 0.9):
        page.get_by_role("button", name="Clear").click()
        box = canvas(page).bounding_box()
        for kind in ("pointerdown", "pointermove", "pointerup"):
            y = box["y"] + box["height"] * (0.2 if kind == "pointerdown" else 0.8)
            canvas(page).evaluate(
                "(c, [kind, x, y, pressure]) => { c.setPointerCapture = () => {}; "
                "c.dispatchEvent(new PointerEvent(kind, { pointerId: 7, pointerType: 'pen', pressure, clientX: x, "
                "clientY: y, bubbles: true })); }",
                [kind, box["x"] + box["width"] / 2, y, pressure],
            )
        next_frame(page)
        widths.append((np.array(canvas(page).evaluate(PIXELS)).reshape(280, 280)[140] > 127).sum())
    assert widths[0] < 0.5 * widths[1], widths


# ---- pictures -----------------------------------------------------------------------------------------------------


def saved(image: Image.Image, kind: str, **options) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def digit(side: int = 120, *, paper: int = 240, ink: int = 20) -> Image.Image:
    """A seven, dark on light."""
    pixels = np.full((side, side), paper, np.uint8)
    pixels[side // 5 : side // 4, side // 4 : 3 * side // 4] = pixels[
        side // 5 : 4 * side // 5, 2 * side // 3 : 3 * side // 4
    ] = ink
    return Image.fromarray(pixels)


def give(page, name: str, content: bytes, how: str = "choose", more: int = 0) -> None:
    """Chooses, drops or pastes a file; more: so many zeros are added to its end."""
    if how == "choose":
        page.locator(".draw input[type=file]").set_input_files(
            {"name": name, "mimeType": "image/png", "buffer": content}
        )
        return
    page.locator(".draw .pad").evaluate(
        "(pad, [how, name, bytes, more]) => { const data = new DataTransfer(); "
        "data.items.add(new File([Uint8Array.from(atob(bytes), (c) => c.charCodeAt(0)), new Uint8Array(more)], name, "
        "{ type: 'image/png' }));"
        "if (how === 'drop') pad.dispatchEvent(new DragEvent('drop', "
        "{ dataTransfer: data, bubbles: true, cancelable: true, composed: true }));"
        "else document.body.dispatchEvent(new ClipboardEvent('paste', "
        "{ clipboardData: data, bubbles: true, cancelable: true })); }",
        [how, name, base64.b64encode(content).decode(), more],
    )


REFUSED = {
    "notes.png": (lambda: b"this is no picture, it is a text", "notes.png is no PNG, JPEG or WebP picture"),
    "vast.png": (
        lambda: saved(Image.new("1", (10_000, 10_000)), "PNG"),
        "vast.png has 10000 × 10000 pixels, 100 megapixels; 25 are read at most",
    ),
    "nothing.png": (lambda: b"", "nothing.png is empty"),
    "half.jpg": (lambda: saved(digit(), "JPEG")[:-300], "half.jpg ends too early"),
    "half.png": (lambda: saved(digit(), "PNG")[:-30], "half.png ends too early"),
    "half.webp": (lambda: saved(digit().convert("RGB"), "WEBP")[:-30], "half.webp ends too early"),
    "print.jpg": (lambda: saved(digit().convert("CMYK"), "JPEG"), "print.jpg has printing colours (CMYK)"),
    "moving.gif": (lambda: saved(digit(), "GIF", save_all=True, append_images=[digit(ink=90)]), "moving.gif is a GIF"),
    "heavy.png": (None, "heavy.png is larger than 10 MB"),
    "broken.png": (lambda: saved(digit(), "PNG").replace(b"IDAT", b"IDAT\0\0\0\0\0\0\0\0", 1)[:-8], "broken.png "),
    "plain.png": (lambda: saved(Image.new("L", (50, 50), 200), "PNG"), "plain.png shows nothing that stands out"),
}
ACCEPTED = {
    "ordinary.jpg": (lambda: saved(digit(), "JPEG", quality=95), "ordinary.jpg is on the pad"),
    "lossless.webp": (lambda: saved(digit().convert("RGB"), "WEBP", lossless=True), "lossless.webp is on the pad"),
    "lossy.webp": (lambda: saved(digit().convert("RGB"), "WEBP", quality=90), "lossy.webp is on the pad"),
    "deep.png": (
        lambda: saved(Image.fromarray(np.array(digit(), np.uint16) * 257), "PNG"),
        "deep.png has 16 bits a channel",
    ),
    "moving.png": (
        lambda: saved(digit(), "PNG", save_all=True, append_images=[digit(ink=90)]),
        "moving.png is animated: its first frame is on the pad",
    ),
    "moving.webp": (
        lambda: saved(digit().convert("RGB"), "WEBP", save_all=True, append_images=[digit(ink=90).convert("RGB")]),
        "moving.webp is animated",
    ),
    "light.png": (lambda: saved(digit(paper=15, ink=235), "PNG"), "light.png is on the pad"),
    "clear.png": (
        lambda: saved(Image.merge("LA", (Image.new("L", (120, 120)), digit(paper=0, ink=255))), "PNG"),
        "clear.png is on the pad",
    ),
}


def test_every_wrong_upload_gets_a_sentence_and_loses_nothing(mount_page):
    page = mount_page("?tool=draw")
    page.wait_for_selector(OPEN)
    draw(page, SEVEN)
    before, codes = reads(page, "VAE"), codes_on_page(page)
    assert before.any()
    for name, (make, sentence) in REFUSED.items():
        give(page, name, make()) if make else give(page, name, bytes(8), "drop", 10 * 1024 * 1024)
        page.get_by_text(re.compile(f"^{re.escape(name)}")).wait_for()
        assert says(page).startswith(sentence) and re.fullmatch(r"[^\n]*[.]", says(page)), says(page)
    np.testing.assert_array_equal(reads(page, "VAE"), before)
    assert codes_on_page(page) == codes
    page.get_by_role("button", name="Undo").click()
    assert not reads(page, "VAE").any()  # the stroke was the last thing that happened


@pytest.mark.slow
def test_pictures_of_every_kind_become_the_same_digit(mount_page):
    page = mount_page("?tool=draw")
    page.wait_for_selector(OPEN)
    expected = mnist_form((240 - np.array(digit(), float)) / 240)
    for name, (make, sentence) in ACCEPTED.items():
        give(page, name, make())
        page.get_by_text(re.compile(f"^{re.escape(name)}")).wait_for()
        assert says(page).startswith(sentence), says(page)
        difference = np.abs(reads(page, "VAE").reshape(28, 28) / 255 - expected)
        assert difference.mean() < 0.02, (name, difference.mean())
        assert page.get_by_label("invert").is_checked() == (name != "light.png")
    draw(page, SEVEN)  # over the picture
    assert np.abs(reads(page, "VAE") / 255 - expected.ravel()).mean() > 0.02
    page.get_by_role("button", name="Undo").click()
    page.get_by_label("invert").click()
    expect(page.locator(".draw .says")).to_have_text(re.compile("^Nothing stands out"))
    assert page.get_by_label("invert").is_checked()


def test_a_picture_is_taken_by_drop_and_paste_and_can_be_inverted(mount_page):
    page = mount_page("?tool=draw")
    page.wait_for_selector(OPEN)
    mixed = np.array(digit())
    mixed[60:80, 10:40] = 255  # something lighter than the paper too
    for how in ("drop", "paste"):
        give(page, f"{how}.png", saved(Image.fromarray(mixed), "PNG"), how)
        page.get_by_text(f"{how}.png is on the pad").wait_for()
    dark = reads(page, "VAE")
    page.get_by_label("invert").click()
    assert not page.get_by_label("invert").is_checked() and np.abs(reads(page, "VAE") - dark).mean() > 5
    page.get_by_label("invert").click()
    np.testing.assert_array_equal(reads(page, "VAE"), dark)


# ---- test images -----------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_test_images_are_picked_and_measured(mount_page):
    labels, images = load_bundle(ROOT / "pretrained" / "mnist-vae").codes.label, originals.sheet("mnist")
    page = mount_page("?tool=draw")
    page.wait_for_selector(OPEN)
    number = page.get_by_role("spinbutton", name="Number of the test image")
    number.fill("12")
    number.press("Enter")
    page.wait_for_url(re.compile("pick=mnist(%3A|:)12"))
    page.get_by_text(f"mnist test image 12, class {labels[12]}").wait_for()
    page.get_by_role("combobox", name="Class of the test images").select_option("4")
    following = next(row for row in range(13, 10_000) if labels[row] == 4)
    page.get_by_text(f"mnist test image {following}, class 4").wait_for()
    page.get_by_role("button", name="Previous test image").click()
    before = next(row for row in range(following - 1, -1, -1) if labels[row] == 4)
    page.get_by_text(f"mnist test image {before}, class 4").wait_for()
    fours = np.flatnonzero(labels == 4)
    row = int(fours[len(fours) // 2])
    assert row not in (before, following)
    page.evaluate("() => { Math.random = () => 0.5; }")  # a draw may be the image that is on the pad
    page.get_by_role("button", name="Random").click()
    page.wait_for_url(re.compile(f"pick=mnist(%3A|:){row}(&|$)"))
    page.get_by_text(f"mnist test image {row}, class 4").wait_for()
    np.testing.assert_array_equal(reads(page, "VAE"), images[row])
    x = torch.from_numpy(images[[row]]).float() / 255
    for i, name in enumerate(("vae", "aae")):
        bundle = load_bundle(ROOT / "pretrained" / f"mnist-{name}")
        error = F.binary_cross_entropy_with_logits(
            bundle.model().decode(torch.from_numpy(bundle.codes.mean[[row]])), x, reduction="sum"
        ).item()
        assert float(page.locator(".draw .verdict").nth(i).get_attribute("data-nats")) == pytest.approx(error, rel=2e-3)
        np.testing.assert_allclose(codes_on_page(page)[i][:2], bundle.codes.mean[row], atol=0.011)
        figure = page.get_by_role("figure", name=f"{name.upper()} latent map")
        marks = figure.evaluate(
            "f => ['.pick', "
            "'.drawn g'].map((name) => f.querySelector(name).getAttribute('transform').match(/[-\\d.]+/g).map(Number))"
        )
        np.testing.assert_allclose(marks[0], marks[1], atol=1.5)  # the ring of the pick and the diamond
    draw(page, SEVEN)
    assert not np.array_equal(reads(page, "VAE"), images[row])
    number.fill("")
    number.fill(str(row))
    number.press("Enter")  # the same image again, as it was
    at_rest(page)
    np.testing.assert_array_equal(reads(page, "VAE"), images[row])
    number.fill("99999")
    number.press("Enter")
    expect(page.locator(".draw .says")).to_have_text("Test images have the numbers 0 to 9999.")
    assert number.input_value() == str(row)
    page.get_by_role("button", name="Clear").click()
    page.wait_for_url(lambda url: "pick=" not in url)


def test_a_drawing_and_its_verdicts_need_no_scrolling_on_a_projector(open_page):
    page = open_page("?tool=draw", viewport={"width": 1366, "height": 768})
    page.wait_for_selector(OPEN)
    draw(page, SEVEN)
    expect(page.locator(".draw .verdict").first).to_contain_text("nearest codes")
    at_rest(page)
    high, long = page.locator(".tool").evaluate("tool => [tool.clientHeight, tool.scrollHeight]")
    assert long <= high + 1, (long, high)


@pytest.mark.slow
def test_models_of_different_datasets_get_their_own_forms(mount_page):
    page = mount_page("?tool=draw&left=digits-vae&right=mnist-aae&pick=digits:7")
    page.get_by_text("digits test image 7").wait_for()
    split = datasets.load("digits", "test")
    np.testing.assert_array_equal(reads(page, "VAE"), split.images[7])
    enlarged = np.kron(split.images[7].reshape(8, 8) / 255, np.ones((35, 35)))
    np.testing.assert_allclose(reads(page, "AAE").reshape(28, 28), mnist_form(enlarged) * 255, atol=1.01)
    forms = page.locator(".draw .forms").text_content()  # folded
    assert forms.startswith("The models learnt from different datasets") and "32 × 32" in forms and "28 × 28" in forms
    draw(page, [(0.1, 0.1), (0.9, 0.1)])
    pad = np.array(canvas(page).evaluate(PIXELS)).reshape(280, 280) / 255
    np.testing.assert_allclose(reads(page, "AAE").reshape(28, 28), mnist_form(pad) * 255, atol=1.01)
    assert np.abs(reads(page, "VAE").reshape(8, 8) - digits_form(pad) * 255).max() <= 17


def test_on_a_umap_the_mark_is_among_the_nearest_codes(mount_page):
    page = mount_page("?tool=draw&left=mnist-vae-16d&right=mnist-aae-16d")
    page.wait_for_selector(OPEN)
    draw(page, SEVEN)
    assert "A UMAP has no place for a new code" in page.locator(".draw .on-umap").inner_text()
    for kind in ("vae", "aae"):
        bundle = load_bundle(ROOT / "pretrained" / f"mnist-{kind}-16d")
        with torch.no_grad():
            code = bundle.model().encode(torch.from_numpy(reads(page, f"{kind.upper()} 16-d")).float()[None] / 255)
        mean = code.mean[0].numpy()
        close = bundle.codes.umap[
            np.argsort(((bundle.codes.mean - mean) ** 2).sum(1))[:12]
        ]  # the pixels are rounded: others may be the ten nearest
        inner = np.argsort(np.linalg.norm(close[:, None] - close, axis=-1).sum(1))[
            :4
        ]  # and another the one in their middle
        place = page.get_by_role("figure", name=f"{kind.upper()} 16-d latent map").evaluate(
            "f => { const { toX, toY } = f.latentMap.scale(), "
            "[x, y] = f.querySelector('.drawn g').getAttribute('transform').match(/[-\\d.]+/g).map(Number);"
            "return [toX(x), toY(y)]; }"
        )
        assert np.abs(close[inner] - place).max(1).min() < 0.02
        dots = (
            page.get_by_role("figure", name=f"{kind.upper()} 16-d latent map").locator(".drawn-near").get_attribute("d")
        )
        assert dots.count("M") == 10
    shown = float(kl_of(page, "VAE 16-d").get_attribute("data-nats"))
    assert 1 < shown < 200
