"""The screens of the story in a real browser: each moves its control, and its number is compared with Python's."""

from __future__ import annotations

import re

import numpy as np
import pytest
import torch
from scipy.spatial import cKDTree
from scipy.stats import chi

from explorer.ui import draws

from ..web.test_why import image
from ..web.test_width import terms_by_torch
from .driver import ROOT, address, eventually, expect
from .test_why import bundle_of, data

pytestmark = pytest.mark.skipif(
    not (ROOT / "pretrained" / "mnist-vae-32d").exists(), reason="no shipped models: python train.py makes them"
)
NAME, ROW = "digits-vae", 7


def numbers(table, *names: str) -> list[float]:
    found = data(table)
    return [float(found.get(name) or "nan") for name in names]


def test_the_width_of_q_moves_both_halves_of_the_loss(mount_page):
    page = mount_page(f"kl?tab=loss&vae={NAME}&image={ROW}&width=-4", wait=".kl-lesson[data-ready=true]")
    table = page.locator(f".halves .numbers[data-of='{NAME}:{ROW}']")
    table.wait_for()
    bundle, x = bundle_of(NAME), image(NAME, ROW)

    def as_torch(log_var: float, beta: float) -> None:
        exact = terms_by_torch(bundle, ROW, log_var, x)
        expected = [exact["bce"], beta * exact["kl"], exact["bce"] + beta * exact["kl"]]
        np.testing.assert_allclose(numbers(table, "firsthere", "secondhere", "totalhere"), expected, rtol=1e-3)

    eventually(page, lambda: as_torch(-4, 1))
    [least] = numbers(table, "least")
    page.get_by_role("button", name="Width of q, log σ²; arrow keys change it").focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_url(re.compile("width=-3.75"))
    eventually(page, lambda: as_torch(-3.75, 1))
    page.get_by_role("slider", name="β", exact=True).press("End")
    page.wait_for_url(re.compile("beta=40"))
    eventually(page, lambda: as_torch(-3.75, 40))
    assert numbers(table, "least")[0] > least  # a larger β, a wider q
    page.get_by_role("button", name="To the least loss").click()
    eventually(page, lambda: np.testing.assert_allclose(*(numbers(table, f"total{at}") for at in ("here", "least"))))


def test_a_collapsed_dimension_has_no_kl_and_moves_no_picture(mount_page):
    page = mount_page("kl?tab=collapse&model=mnist-vae-32d", wait=".kl-lesson[data-ready=true]")
    codes = bundle_of("mnist-vae-32d").codes
    kl = 0.5 * (np.expm1(codes.log_var) - codes.log_var + codes.mean**2).mean(0)
    order = np.argsort(-kl)
    table = page.locator(".collapse .numbers")

    def shows(dimension: int) -> None:
        assert data(table).get("of") == f"mnist-vae-32d:{dimension + 1}"
        assert numbers(table, "kl")[0] == pytest.approx(kl[dimension], rel=1e-3, abs=1e-5)

    eventually(page, lambda: shows(order[0]))
    [moved] = numbers(table, "change")
    page.get_by_role("slider", name="Dimension", exact=True).press("End")
    page.wait_for_url(re.compile(f"dimension={order[-1] + 1}(&|$)"))
    eventually(page, lambda: shows(order[-1]))
    expect(page.locator(".collapse .verdict")).to_contain_text("has collapsed")
    assert numbers(table, "change")[0] < 0.02 * moved
    page.get_by_role("button", name="VAE β = 40 · mnist").click()
    page.wait_for_url(re.compile("model=mnist-vae-beta40"))
    expect(table.locator("[data-is=active]")).to_have_text("0 of 2")


def test_the_loss_of_an_aae_keeps_no_width_from_0(mount_page):
    name = "digits-aae"
    page = mount_page(f"adversary?tab=point&point={name}&image={ROW}&width=-4", wait=".adversary[data-ready=true]")
    table = page.locator(f".point .numbers[data-of='{name}:{ROW}']")
    table.wait_for()
    bundle, x = bundle_of(name), image(name, ROW)
    weight = bundle.config.training.adversarial_weight

    def as_torch(log_var: float) -> None:
        exact = terms_by_torch(bundle, ROW, log_var, x)
        expected = [exact["bce"], weight * exact["judged"], exact["kl"], -exact["bce"] - exact["kl"]]
        np.testing.assert_allclose(numbers(table, "firsthere", "secondhere", "klhere", "elbohere"), expected, rtol=1e-3)

    eventually(page, lambda: as_torch(-4))
    page.get_by_role("slider", name="log σ²", exact=True).press("Home")
    page.wait_for_url(re.compile("width=-10"))
    eventually(page, lambda: as_torch(-10))
    expect(page.locator(".point .lost")).to_contain_text(" to 0.007, BCE + KL changes by +")


def test_more_neighbours_blur_their_mean(mount_page):
    page = mount_page(f"why?tab=blur&vae={NAME}&image={ROW}", wait=".why[data-ready=true]")
    panel = page.locator(".blur .panel[data-kind=vae]")
    bundle, x = bundle_of(NAME), image(NAME, ROW)
    with torch.no_grad():
        decoded = bundle.model().decode(torch.from_numpy(bundle.codes.mean[ROW : ROW + 1])).sigmoid().numpy().ravel()

    def as_numpy(k: int) -> None:
        rows = cKDTree(bundle.codes.mean).query(bundle.codes.mean[ROW], k + 1)[1][1:]
        mean = np.mean([image(NAME, row) for row in rows], 0)
        assert data(panel.locator("table")).get("of") == f"{NAME}:{ROW}:{k}"
        shown = numbers(panel.locator("table"), "toOriginal", "toMean")
        np.testing.assert_allclose(shown, [np.abs(decoded - x).sum(), np.abs(decoded - mean).sum()], rtol=1e-3)

    eventually(page, lambda: as_numpy(16))
    page.get_by_role("slider", name="Neighbours").press("ArrowRight")
    page.wait_for_url(re.compile("neighbours=17"))
    eventually(page, lambda: as_numpy(17))


def test_draws_in_32_dimensions_are_far_from_the_origin(mount_page):
    page = mount_page("why?tab=shell&many=mnist-vae-32d&seed=2", wait=".why[data-ready=true]")
    table = page.locator(".shell .numbers[data-of='mnist-vae-32d:2']")
    radii = np.linalg.norm(draws.standard_normal(32_000, 2).reshape(1000, 32), axis=1)
    table.wait_for()
    expected = [radii.mean(), radii.std(), chi(32).cdf(radii[0])]
    np.testing.assert_allclose(numbers(table, "mean", "spread", "within"), expected, rtol=1e-6)
    page.get_by_role("slider", name="‖z‖", exact=True).press("Home")
    page.wait_for_url(re.compile("radius=0(&|$)"))
    eventually(page, lambda: np.testing.assert_equal(numbers(table, "within"), [0.0]))
    page.get_by_role("button", name="Distance of z from the origin; arrow keys change it").focus()
    page.keyboard.press("Shift+ArrowRight")
    page.wait_for_url(re.compile("radius=1(&|$)"))
    eventually(page, lambda: np.testing.assert_allclose(numbers(table, "within"), chi(32).cdf(1.0), rtol=1e-6))
    assert address(page)["radius"] == "1"
