"""The explorer's first screen in a real browser: what it says and shows before anything is touched, the cards, and that
a pointer over a map is a preview."""

from __future__ import annotations

import re

import numpy as np
import pytest
import torch

from explorer.data.originals import sheet
from explorer.store.bundle import load_bundle

from .driver import COMPLETE, DESK, RANGES, ROOT, address, at_rest, eventually, expect
from .test_explorer import PIXELS, nats, picture

pytestmark = pytest.mark.skipif(
    not (ROOT / "pretrained" / "mnist-aae").exists(), reason="no shipped models: python train.py makes them"
)
TALL = {"width": 1366, "height": 768}


def test_the_first_screen_says_what_it_is_and_shows_a_picture_through_both_models(open_page):
    page = open_page(viewport=TALL)
    heading = page.get_by_role("heading", level=1)
    assert heading.inner_text() == "Two ways to tidy a latent space"
    lead = page.get_by_text("Each dot is a handwritten digit")
    said = lead.inner_text()
    assert "The VAE keeps its codes tidy with a KL term, the AAE with a discriminator." in said
    x = picture(page, "Picture x")
    x.wait_for()
    row = int(re.search(r"image (\d+)", page.locator(".original .label").inner_text()).group(1))
    pixels = sheet("mnist")[row]
    assert x.evaluate(PIXELS) == pixels.tolist()
    for name in ("VAE", "AAE"):
        bundle = load_bundle(ROOT / "pretrained" / f"mnist-{name.lower()}")
        code = torch.from_numpy(bundle.codes.mean[[row]])
        with torch.no_grad():
            logits = bundle.model().decode(code)
        shown = np.array(picture(page, f"{name} reconstruction").evaluate(PIXELS))
        assert np.abs(shown - torch.sigmoid(logits)[0].numpy() * 255).max() <= 2, name
        bce = torch.nn.functional.binary_cross_entropy_with_logits(
            logits, torch.from_numpy(pixels[None] / 255).float(), reduction="sum"
        ).item()
        figure = page.locator(".reconstructions figure").filter(has=picture(page, f"{name} reconstruction"))
        assert int(re.search(r"BCE (\d+)", figure.inner_text()).group(1)) == pytest.approx(bce, abs=1)
    for one in [heading, lead, x, page.get_by_role("region", name="Try this"), page.get_by_text("same image").last]:
        box = one.bounding_box()
        assert box["y"] >= 0 and box["y"] + box["height"] <= TALL["height"], (one, box)
    lessons = page.get_by_role("group", name="The two models as machines").get_by_role("link")
    assert {link.get_attribute("href").rpartition("/")[2].partition("?")[0] for link in lessons.all()} == {
        "why", "kl", "reparameterisation", "adversary"
    }  # fmt: skip


def test_a_card_brings_the_page_into_its_state(mount_page):
    page = mount_page(viewport=TALL)
    cards = page.get_by_role("region", name="Try this")
    expect(cards).to_contain_text("Between a 4 and a 9")
    cards.get_by_role("button", name="Next card").click()
    expect(cards).to_contain_text("A hole of the VAE")
    cards.get_by_role("button", name="Try it").click()
    page.wait_for_url("**underlay=ratio**")
    place = [float(value) for value in address(page)["mean"].split(",")]
    maps = [page.get_by_role("figure", name=name) for name in ("VAE latent map", "AAE latent map")]

    def zoomed() -> None:
        for one in maps:
            for middle, (low, high) in zip(place, one.evaluate(RANGES)):
                assert low < middle < high and high - low < 3

    eventually(page, zoomed)
    assert [one.locator(".mark").count() for one in maps] == [1, 0]
    for _ in range(2):
        cards.get_by_role("button", name="Next card").click()
    cards.get_by_role("button", name="Try it").click()
    page.wait_for_url("**log_var=1.5**")
    assert "underlay" not in address(page) and maps[0].locator(".mark").count() == 0
    eventually(page, lambda: np.testing.assert_array_less(8, np.diff(maps[0].evaluate(RANGES))))


def test_watching_them_learn_is_a_card(mount_page):
    page = mount_page(viewport=TALL)
    cards = page.get_by_role("region", name="Try this")
    expect(cards).to_contain_text("Between")
    cards.get_by_role("button", name="Previous card").click()
    expect(cards).to_contain_text("Watch them learn")
    cards.get_by_role("button", name="Try it").click()
    page.wait_for_selector(f"{COMPLETE}.replaying")
    page.get_by_role("button", name="Probe", exact=True).click()
    cards.get_by_role("button", name="Draw your own").click()
    page.wait_for_selector(".tool[data-ready=draw]")


def test_a_pointer_over_a_map_is_a_preview(mount_page):
    page = mount_page()
    before = nats(page)
    expect(page.get_by_role("heading", name="Both decoders at the probe")).to_be_visible()
    box = page.get_by_role("figure", name="AAE latent map").bounding_box()
    page.mouse.move(box["x"] + 0.4 * box["width"], box["y"] + 0.5 * box["height"])
    expect(page.get_by_role("heading", name="Both decoders under the pointer")).to_be_visible()
    sliders = page.locator(".sliders")
    assert nats(page) != before and float(sliders.evaluate("e => getComputedStyle(e).opacity")) < 1
    page.mouse.move(2, 2)
    expect(page.get_by_role("heading", name="Both decoders at the probe")).to_be_visible()
    at_rest(page)
    assert nats(page) == before and float(sliders.evaluate("e => getComputedStyle(e).opacity")) == 1


def test_a_picked_image_of_either_map_is_rebuilt_by_both_models_and_none_without(mount_page):
    page = mount_page("?mean=0,0", viewport=DESK)
    assert picture(page, "VAE reconstruction").count() == 0
    page.get_by_text("Click a dot on a map to see its picture").wait_for()
