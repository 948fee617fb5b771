"""The tool Export: what is downloaded is what was seen, and the one file works without server and network."""

from __future__ import annotations

import csv
import io
import re
from urllib.parse import parse_qs, unquote, urlparse
from xml.etree import ElementTree

import numpy as np
import pytest
import torch
from PIL import Image

from explorer.data import originals
from explorer.store.bundle import load_bundle

from .driver import COMPLETE, DESK, RANGES, ROOT, address, at_rest, expect, next_frame

PICTURES = ("VAE decoded at μ", "AAE decoded at μ", "VAE decoded at z", "AAE decoded at z")
PIXELS = (
    "canvas => [...canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data].filter((_, "
    "i) => i % 4 === 0)"
)
TOOLS = {"Draw": "draw", "Neighbours": "near", "Layers": "map", "Morph": "walk", "Export": "take"}
LINK = "Address of this view"
DIGITS = "left=digits-vae&right=digits-aae"
QUERY = "?mean=0.53,-0.41&log_var=-1.5,-2.25&noise=0.3,1.1&pick=mnist:12&codes=sampled&tool=take"
SVG = "{http://www.w3.org/2000/svg}"

pytestmark = pytest.mark.skipif(
    not (ROOT / "pretrained" / "mnist-aae").exists(), reason="no shipped models: python train.py makes them"
)


def opened(page):
    page.wait_for_selector(".tool[data-ready=take]")
    return page


def downloaded(page, button: str):
    """Presses a button, and returns the name and the bytes of what it saves."""
    with page.expect_download() as waiting:
        page.get_by_role("button", name=button, exact=True).click()
    return waiting.value.suggested_filename, waiting.value.path().read_bytes()


def seen(page) -> list:
    """The KL's text and the four pictures' pixels."""
    next_frame(page)
    return [
        page.get_by_role("status", name="KL divergence").inner_text(),
        *(page.get_by_role("img", name=name, exact=True, include_hidden=True).evaluate(PIXELS) for name in PICTURES),
    ]


def codes(bundle):
    return load_bundle(ROOT / "pretrained" / bundle).codes


@pytest.fixture
def alone(chromium):
    """`alone(file)`: opens a file by its path in a page without a network. Nothing may leave it or fail."""
    contexts, requests, errors = [], [], []

    def open_one(file, **options):
        context = chromium.new_context(**{"viewport": DESK, "offline": True} | options)
        context.set_default_timeout(60_000)
        contexts.append(context)
        page = context.new_page()
        page.on("request", lambda request: requests.append(request.url))
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda message: message.type == "error" and errors.append(message.text))
        page.goto(file.as_uri())
        page.wait_for_selector(COMPLETE)
        return page

    yield open_one
    for context in contexts:
        context.close()
    left = [url[:100] for url in requests if not url.startswith(("file:", "data:", "blob:"))]
    assert not left and not errors, (left, errors)


@pytest.fixture(scope="module")
def taken(chromium, server, tmp_path_factory):
    """What the app showed at QUERY, and the file of it: (seen, path)."""
    context = chromium.new_context(viewport=DESK)
    context.set_default_timeout(60_000)
    page = context.new_page()
    page.goto(f"{server}/{QUERY}")
    page.wait_for_selector(COMPLETE)
    showed = seen(opened(page))
    name, content = downloaded(page, "Make the file")
    assert re.fullmatch(r"mnist-vae-mnist-aae-\d{4}-\d\d-\d\d\.html", name)
    path = tmp_path_factory.mktemp("taken") / name
    path.write_bytes(content)
    context.close()
    return showed, path


def test_file_shows_the_same_without_server_and_network(taken, alone):
    showed, path = taken
    assert path.stat().st_size <= 12e6
    page = alone(path)
    assert seen(page) == showed
    assert page.locator(".panel.left input[value=sampled]").is_checked()
    assert page.locator(".failure:visible").count() == 0
    assert re.search(
        r"Made with .+ on \d+ \w+ \d{4}\. VAE: mnist-vae, .+ seed 0; AAE: mnist-aae, .+ seed 0\.",
        page.locator("header.made").inner_text(),
    )
    box = page.get_by_role("slider", name="μ₁", exact=True).bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    shown = []
    for i in range(8):
        page.mouse.move(box["x"] + box["width"] * (0.5 + 0.05 * i), box["y"] + box["height"] / 2)
        shown.append(seen(page))
    page.mouse.up()
    assert all(len({str(frame[i]) for frame in shown}) >= 7 for i in range(5))  # pictures and KL follow
    after = seen(page)
    assert '"mean":[3' in unquote(urlparse(page.url).fragment) or '"mean":[2' in unquote(urlparse(page.url).fragment)
    page.reload()
    page.wait_for_selector(COMPLETE)
    assert seen(page) == after  # the address, from # on, holds the view


def test_tools_replay_and_encoders_are_in_the_file(taken, alone):
    page = alone(taken[1])
    for name, tool in TOOLS.items():
        page.get_by_role("navigation").get_by_role("button", name=name, exact=True).click()
        page.wait_for_selector(f".tool[data-ready={tool}]")
        assert page.locator(".failure:visible").count() == 0, name
    assert "such a file" in page.locator(".take-file").inner_text()
    page.emulate_media(reduced_motion="reduce")
    page.get_by_role("navigation").get_by_role("button", name="Training", exact=True).click()
    page.wait_for_selector(".explorer[data-replay=true]")
    assert page.locator(".moments .curves svg").count() > 0 or "in this file" in page.locator(".moments").inner_text()
    x = np.random.default_rng(4).random(784, np.float32)
    got = page.evaluate(
        """async (x) => {
          const [{ Models }, { BASE }] = [await import("explorer/kernel/models.js"),
            await import("explorer/explore/take/standalone.js")];
          const models = new Models(new URL(BASE)),
            { catalogue } = JSON.parse(document.getElementById("data").textContent);
          return Promise.all(catalogue.map(async (entry) =>
            [entry.name, [...(await models.encoder(entry)).encode(x).mean]]));
        }""",
        x.tolist(),
    )
    for name, mean in got:
        expected = load_bundle(ROOT / "pretrained" / name).model().encode(torch.from_numpy(x[None]))
        expected = getattr(expected, "mean", expected)
        assert np.allclose(mean, np.ravel(expected.detach().numpy()), atol=1e-3), name
    assert {name for name, _ in got} == {"mnist-vae", "mnist-aae"}


def original(page, row: int) -> list[int]:
    picture = page.get_by_role("img", name="Picture x", exact=True)
    picture.wait_for()
    return picture.evaluate(PIXELS)


def test_original_pictures_are_in_the_file(taken, alone):
    images, labels = originals.sheet("mnist"), codes("mnist-vae").label
    page = alone(taken[1])
    assert original(page, 12) == images[12].tolist()
    page.get_by_role("navigation").get_by_role("button", name="Draw", exact=True).click()
    page.wait_for_selector(".tool[data-ready=draw]")
    for which in ("", "7", "7"):
        page.get_by_role("combobox", name="Class of the test images").select_option(which)
        page.get_by_role("button", name="Random", exact=True).click()
        next_frame(page)  # from then on the number is that of the new image
        row = int(page.get_by_role("spinbutton", name="Number of the test image").input_value())
        page.get_by_text(re.compile(rf"^mnist test image {row}, class \d: draw on it")).wait_for()
        next_frame(page)
        assert page.locator(".rows .reads").first.evaluate(PIXELS) == images[row].tolist()
        assert not which or labels[row] == int(which)
    number = page.get_by_role("spinbutton", name="Number of the test image")
    number.fill("9999")
    number.press("Enter")
    page.get_by_text(
        "Test image 9999 is marked on the maps, but cannot be shown: this original picture is not in the file."
    ).wait_for()
    page.get_by_role("button", name="Probe", exact=True).click()
    expect(page.locator(".original .label")).to_have_text(
        f"image 9999, class {labels[9999]}: this original picture is not in the file"
    )
    page.get_by_text("What is in this file").click()
    page.get_by_text(
        re.compile(r"\d+ original test images of mnist: .+ Yann LeCun and Corinna Cortes, CC BY-SA 3\.0")
    ).wait_for()


@pytest.mark.slow
def test_what_was_looked_at_is_in_the_file(mount_page, alone, tmp_path):
    """The neighbours' pictures, of clothes, and each image's error, which was asked for."""
    page = mount_page(
        "?left=fashion-mnist-vae&right=fashion-mnist-aae&tool=near&near=neighbours&pick=fashion-mnist:4321"
    )
    page.wait_for_selector(".tool[data-ready=near]")
    neighbours = page.locator(".near .neighbours .thumbs button:visible")
    rows = {int(row) for row in neighbours.evaluate_all("all => all.map((one) => one.dataset.row)")}
    page.wait_for_function(
        "(one) => one.querySelectorAll('canvas')[1].dataset.shows", arg=neighbours.last.element_handle()
    )
    page.get_by_role("navigation").get_by_role("button", name="Layers", exact=True).click()
    page.get_by_label("Colour by").select_option("error")
    page.locator(".explorer.toned").wait_for()
    page.get_by_role("navigation").get_by_role("button", name="Export", exact=True).click()
    file = tmp_path / "clothes.html"
    file.write_bytes(downloaded(opened(page), "Make the file")[1])
    assert file.stat().st_size <= 12e6
    page = alone(file)
    images = originals.sheet("fashion-mnist")
    assert original(page, 4321) == images[4321].tolist() and len(rows) >= 8
    page.get_by_role("navigation").get_by_role("button", name="Neighbours", exact=True).click()
    page.wait_for_selector(".tool[data-ready=near]")
    neighbours = page.locator(".near .neighbours .thumbs button:visible")
    page.wait_for_function(
        "(one) => one.querySelectorAll('canvas')[1].dataset.shows", arg=neighbours.last.element_handle()
    )
    for thumb in neighbours.all():
        row = int(thumb.get_attribute("data-row"))
        assert row in rows and thumb.locator("canvas").nth(1).evaluate(PIXELS) == images[row].tolist()
    page.get_by_role("button", name="Find", exact=True).click()
    page.get_by_role("combobox", name="Find").select_option("error-largest")
    page.get_by_text("Error: BCE of the picture decoded at the code or mean").wait_for()


@pytest.mark.slow
def test_file_of_a_dark_theme_on_a_phone_and_a_wrong_address(open_page, alone, tmp_path):
    page = opened(open_page(f"?{DIGITS}&tool=take", color_scheme="dark"))
    theme = (
        "() => getComputedStyle([...document.querySelectorAll('*')].map((e) => "
        "e.shadowRoot?.querySelector('.explorer') ?? (e.matches('.explorer') ? e : null)).find(Boolean))"
        ".getPropertyValue('--st-background-color')"
    )
    background = page.evaluate(theme)
    assert "It also holds some original test images." in page.locator(".take-file .note").inner_text()
    (tmp_path / "small.html").write_bytes(downloaded(page, "Make the file")[1])
    phone = alone(tmp_path / "small.html", viewport={"width": 390, "height": 844})
    assert phone.evaluate(theme) == background != "#ffffff"
    assert phone.evaluate("() => document.documentElement.scrollWidth") <= 390
    start = seen(phone)
    phone.evaluate(
        "(state) => { location.hash = encodeURIComponent(state); }",
        '{"mean": "x", "left": "none", "dims": [7, 9], "log_var": [1e400, 0]}',
    )
    phone.wait_for_timeout(300)
    assert seen(phone) == start and phone.locator(".failure:visible").count() == 0


def test_csv_holds_the_codes(mount_page):
    page = opened(mount_page("?tool=take&codes=sampled"))
    both = list(csv.DictReader(io.StringIO(downloaded(page, "both, by image")[1].decode())))
    vae, aae = codes("mnist-vae"), codes("mnist-aae")
    column = lambda *names: np.array([[float(row[name]) for name in names] for row in both], np.float32)  # noqa: E731
    assert [int(row["image"]) for row in both] == list(range(10_000))
    assert np.array_equal([int(row["class"]) for row in both], vae.label)
    assert np.array_equal(column("mnist-vae:mean_1", "mnist-vae:mean_2"), vae.mean)
    assert np.array_equal(column("mnist-vae:log_var_1", "mnist-vae:log_var_2"), vae.log_var)
    assert np.array_equal(column("mnist-aae:code_1", "mnist-aae:code_2"), aae.mean)
    kl = 0.5 * (np.exp(vae.log_var) + vae.mean**2 - 1 - vae.log_var).sum(1)
    assert np.allclose(column("mnist-vae:kl_nats")[:, 0], kl, rtol=1e-5)
    noise = (column("mnist-vae:z_1", "mnist-vae:z_2") - vae.mean) / np.exp(0.5 * vae.log_var)
    assert np.allclose([noise.mean(), noise.std()], [0, 1], atol=0.02)  # 20,000 draws: standard errors .007 and .005
    name, one = downloaded(page, "AAE")
    assert name == "mnist-aae-codes.csv" and one.decode().partition("\r\n")[0] == "image,class,code_1,code_2"


def test_pictures_are_what_is_seen(mount_page):
    page = opened(mount_page("?tool=take&mean=0.5,-0.4"))
    page.get_by_role("button", name="Zoom in").first.click()
    page.get_by_role("group", name="Classes").get_by_role("button", name="3", exact=True).click()
    at_rest(page)
    figure = page.get_by_role("figure", name="AAE latent map")
    (x0, x1), (y0, y1) = figure.evaluate(RANGES)
    points = codes("mnist-aae")
    inside = (
        (points.mean[:, 0] > x0)
        & (points.mean[:, 0] < x1)
        & (points.mean[:, 1] > y0)
        & (points.mean[:, 1] < y1)
        & (points.label != 3)
    )
    name, content = downloaded(page, "AAE map: SVG")
    root = ElementTree.fromstring(content)
    assert (
        name == "mnist-aae-map.svg"
        and len(root.findall(f".//{SVG}g[@class='codes']//{SVG}circle")) == inside.sum() < 9000
    )
    assert not re.search(rb"var\(|class=\"(?!codes)|non-scaling", content)  # nothing that only the page's CSS explains
    words = " ".join("".join(text.itertext()) for text in root.iter(f"{SVG}text"))
    for expected in (
        "AAE · mnist · codes",
        "seed 0",
        "prior N(0, I)",
        "10,000 test images",
        "without 3",
        "(0.50, −0.40)",
        page.locator(".kl").inner_text(),
    ):
        assert expected in words, expected
    drawn = Image.open(io.BytesIO(downloaded(page, "AAE map: PNG")[1]))
    assert drawn.size == (2 * int(root.get("width")), 2 * int(root.get("height")))
    assert len(drawn.convert("RGB").resize((60, 60)).getcolors(3600)) > 200  # it is drawn: codes of nine colours

    page.get_by_label("Which decoded pictures").select_option("VAE at z")
    name, content = downloaded(page, "Pictures: PNG")
    canvas = page.get_by_role(
        "img", name="VAE decoded at z", exact=True, include_hidden=True
    )  # the tool is in its place
    pixels = np.array(canvas.evaluate(PIXELS)).reshape(28, 28)
    assert name == "mnist-vae-at-z.png"
    assert np.array_equal(np.array(Image.open(io.BytesIO(content)).convert("L")), np.kron(pixels, np.ones((8, 8))))
    page.get_by_label("Which decoded pictures").select_option("all four")
    assert (
        len(
            ElementTree.fromstring(downloaded(page, "Pictures: SVG")[1]).findall(
                f"{SVG}g[@shape-rendering='crispEdges']"
            )
        )
        == 4
    )


@pytest.mark.main_job
def test_link_reopens_the_state(mount_page):
    page = opened(mount_page("?tool=take&mean=0.5,-0.4&pick=mnist:7"))
    page.get_by_role("figure", name="VAE latent map").locator(".handle").focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_url(re.compile("mean=0.55"))
    page.wait_for_function("field => field.value.includes('mean=0.55')", arg=page.get_by_label(LINK).element_handle())
    link = page.get_by_label(LINK).input_value()
    assert "tool" not in parse_qs(urlparse(link).query)
    page.get_by_role("button", name="Copy", exact=True).click()
    expect(page.locator(".take > .said")).to_have_text("The address is copied.")
    refused = (
        "Object.defineProperty(navigator, 'clipboard', { value: undefined }); "
        "document.execCommand = () => false;"
    )  # as over plain http
    page.evaluate(f"() => {{ {refused} }}")
    page.get_by_role("button", name="Copy", exact=True).click()
    expect(page.locator(".take > .said")).to_have_text(re.compile("^The address is selected"))
    field = page.get_by_label(LINK)
    assert field.evaluate(
        "field => [field.selectionStart, field.selectionEnd, field === field.getRootNode().activeElement]"
    ) == [0, len(link), True]
    other = mount_page(f"?{urlparse(link).query}")
    assert seen(other) == seen(page)
    other.get_by_role("button", name="Resample ε").click()
    other.wait_for_url(lambda _: address(other)["noise"] != "0.8,-0.6")
    shared = {name: value for name, value in address(other).items() if name != "noise"}
    assert shared == {name: value for name, value in address(page).items() if name not in ("noise", "tool")}


@pytest.mark.slow
def test_failure_and_cancel_are_a_sentence_each(mount_page):
    page = opened(mount_page(f"?{DIGITS}&tool=take"))
    said = page.locator(".take > .said")
    page.evaluate(
        "() => { const { fetch } = window; window.fetch = (...a) => String(a[0]).includes('encoders/') && "
        "window.broken ? Promise.resolve(new Response('', { status: 404 })) : fetch(...a); window.broken = true; }"
    )
    page.get_by_role("button", name="Make the file").click()
    page.wait_for_selector(".take > .said:not([hidden])")
    assert re.search(
        r"could not be made: encoders/\w+ could not be fetched \(HTTP 404\)\. Try again", said.inner_text()
    )
    page.evaluate(
        "() => { const { fetch } = window; window.broken = false; "
        "window.fetch = async (what, options) => { await new Promise((r) => setTimeout(r, 1500)); "
        "return fetch(what, options); }; }"
    )
    page.get_by_role("button", name="Make the file").click()
    page.get_by_role("progressbar").wait_for()
    page.get_by_role("button", name="Cancel").click()
    page.get_by_text("Cancelled: nothing was saved.").first.wait_for()
    assert page.get_by_role("button", name="Make the file").is_visible()
