"""Lesson 0 in a real browser: a control of each tab is moved, and its numbers are compared with torch and scipy."""

from __future__ import annotations

import re

import numpy as np
import pytest
import torch
from scipy.spatial import cKDTree
from torch.nn import functional as F

from explorer import gaussian
from explorer.store.bundle import Bundle, load_bundle
from explorer.ui import draws

from ..web.test_why import image, posterior
from .driver import ROOT, address, at_rest, eventually, expect, wait_for_view

DRAWN = ".why[data-ready=true]"
pytestmark = pytest.mark.skipif(
    not (ROOT / "pretrained" / "mnist-ae").exists(), reason="no shipped models: python train.py makes them"
)


def bundle_of(name: str) -> Bundle:
    return load_bundle(ROOT / "pretrained" / name)


def sampled(bundle: Bundle) -> np.ndarray:
    """The codes that the page shows: of a VAE one draw of each q(z|x), with the browser's noise."""
    codes = bundle.codes
    if codes.log_var is None:
        return codes.mean
    noise = draws.standard_normal(codes.mean.size, 1).reshape(2, -1).T
    return codes.mean + np.exp(0.5 * codes.log_var) * noise


def data(locator) -> dict[str, str]:
    return locator.evaluate("(element) => ({ ...element.dataset })")


def test_draws_of_the_prior_have_the_classes_of_the_nearest_codes(open_page):
    page = open_page("why", wait=DRAWN)
    page.get_by_role("button", name="Draw again").click()
    wait_for_view(page, re.compile("seed=2"))
    noise = draws.standard_normal(2000, 2).reshape(-1, 2)
    rarest = {}
    for kind in ("ae", "vae", "aae"):
        panel = page.locator(f".invent .panel[data-kind={kind}]")
        panel.locator("table[data-shares]").wait_for()
        bundle = bundle_of(f"mnist-{kind}")
        _, rows = cKDTree(sampled(bundle)).query(noise)
        shares = np.bincount(bundle.codes.label[rows], minlength=10) / len(noise)

        def as_python(panel=panel, shares=shares) -> None:
            shown = [float(share) for share in data(panel.locator("table"))["shares"].split(",")]
            np.testing.assert_allclose(shown, shares, atol=2e-3)  # two codes may be equally near

        eventually(page, as_python)
        usual = np.bincount(bundle.codes.label, minlength=10) / len(bundle.codes.label)
        rarest[kind] = (shares / usual).min()
        expect(panel.locator(".rarest")).to_contain_text(f"Rarest: {(shares / usual).argmin()},")
    assert rarest["ae"] < min(rarest["vae"], rarest["aae"])  # which is what the tab says
    handle = page.get_by_role("button", name="z in the map of the VAE; arrow keys move it")
    handle.focus()
    page.keyboard.press("Shift+ArrowRight")
    page.wait_for_url(re.compile("z="))
    z = [float(value) for value in address(page)["z"].split(",")]
    np.testing.assert_allclose(z, noise[0] + [0.5, 0], atol=1e-3)
    bundle = bundle_of("mnist-vae")
    distance, row = cKDTree(sampled(bundle)).query(z)
    expect(page.locator(".invent .panel[data-kind=vae] .nearest")).to_have_text(
        f"VAE: the code nearest to z is of class {bundle.codes.label[row]}, {distance:.2f} away."
    )


def test_moving_q_changes_elbo_and_gap_and_not_their_sum(mount_page):
    name, row = "digits-vae", 7
    page = mount_page(f"why?tab=evidence&vae={name}&image={row}", wait=DRAWN)
    table = page.locator(".evidence .numbers[data-log]")
    table.wait_for()
    exact, codes, model = posterior(name, row), bundle_of(name).codes, bundle_of(name).model()
    mean, log_var = codes.mean[row].tolist(), codes.log_var[row].tolist()

    def as_torch(mean: list[float], log_var: list[float]) -> None:
        shown = {key: float(value) for key, value in data(table).items() if key != "of"}
        assert shown["log"] == pytest.approx(exact.log_evidence, abs=0.02)
        std = torch.tensor(log_var).mul(0.5).exp()
        assert shown["gap"] == pytest.approx(exact.gap(mean, std.tolist()), abs=0.05, rel=0.02)
        noise = torch.randn(20_000, 2, generator=torch.Generator().manual_seed(0))
        with torch.no_grad():
            logits = model.decode(torch.tensor(mean) + std * noise)
        bce = F.binary_cross_entropy_with_logits(
            logits, torch.from_numpy(image(name, row)).float().expand_as(logits), reduction="none"
        ).sum(-1)
        kl = gaussian.kl_to_standard_normal(torch.tensor(mean), torch.tensor(log_var)).item()
        assert shown["elbo"] == pytest.approx(-bce.mean().item() - kl, abs=0.05 + 4 * bce.std().item() / 20_000**0.5)

    eventually(page, lambda: as_torch(mean, log_var))
    before = data(table)
    page.get_by_role("slider", name="μ₁", exact=True).focus()
    page.keyboard.press("PageUp")
    page.wait_for_url(re.compile("mean="))
    at_rest(page)
    moved = [float(value) for value in address(page)["mean"].split(",")]
    assert moved[0] > mean[0] + 0.3
    eventually(page, lambda: as_torch(moved, [float(value) for value in address(page)["log_var"].split(",")]))
    after = data(table)
    assert float(after["gap"]) > float(before["gap"]) + 0.3 and after["log"] == before["log"]
    shown = [table.locator(f"[data-is={which}]").inner_text() for which in ("sum", "log")]
    assert shown[0] == shown[1]


def test_moving_a_code_changes_each_term_as_torch_has_it(mount_page):
    name, row = "digits-aae", 7
    page = mount_page(f"why?tab=loss&kind=aae&aae={name}&vae=digits-vae&image={row}", wait=DRAWN)
    bundle, x = bundle_of(name), torch.from_numpy(image(name, row)).float()[None]
    model, weight = bundle.model(), bundle.config.training.adversarial_weight
    table = page.locator(f".loss .numbers[data-of='{name}:{row}']")
    table.wait_for()

    def terms(code) -> list[float]:
        z = torch.tensor(np.array(code)).float()[None]
        with torch.no_grad():
            bce = F.binary_cross_entropy_with_logits(model.decode(z), x, reduction="sum").item()
            adversarial = F.softplus(-model.discriminator(z)).item()
        return [bce, adversarial, bce + weight * adversarial]

    def as_torch(column: str, expected: list[float]) -> None:
        shown = [float(data(table)[f"{term}{column}"] or "nan") for term in ("first", "second", "total")]
        np.testing.assert_allclose(shown, expected, rtol=1e-3)

    code = bundle.codes.mean[row]
    eventually(page, lambda: as_torch("here", terms(code)))
    page.get_by_role("button", name="Code of the picture, Loss: the sum of both; arrow keys move it").focus()
    page.keyboard.press("Shift+ArrowRight")
    page.wait_for_url(re.compile("code="))
    moved = [float(value) for value in address(page)["code"].split(",")]
    np.testing.assert_allclose(moved, code + np.array([0.5, 0]), atol=1e-3)
    eventually(page, lambda: as_torch("here", terms(moved)))
    as_torch("own", terms(code))
    with torch.no_grad():
        adversarial = F.softplus(-model.discriminator(torch.from_numpy(bundle.codes.mean))).mean().item()
    bce = bundle.metrics["reconstruction"]
    eventually(page, lambda: as_torch("all", [bce, adversarial, bce + weight * adversarial]))
    page.get_by_role("radio", name="AE", exact=True).check()
    page.locator(".loss .numbers[data-kind=ae]").wait_for()
    expect(page.locator(".loss .lacks")).to_contain_text("There is no second term.")


def test_a_prediction_is_answered_from_the_chosen_models_and_the_figure_moves(mount_page):
    page = mount_page("why?tab=predict&step=6&seed=4", wait=DRAWN, reduced_motion="reduce")
    shown, answer = page.locator(".bars-figure b"), page.locator(".predict .because")
    expect(shown).to_have_text("0.00")
    page.get_by_role("radio", name="near 1").check()
    expect(shown).to_have_text("1.00")
    expect(answer).to_be_hidden()
    page.get_by_role("button", name="Reveal").click()
    radii = np.linalg.norm(draws.standard_normal(1000 * 32, 4).reshape(1000, -1), axis=1)
    expect(shown).to_have_text(f"{radii.mean():.2f}")
    expect(answer).to_contain_text(f"{radii.mean():.2f} ± {radii.std():.2f}")
    page.get_by_role("button", name="Next", exact=True).click()
    page.get_by_role("button", name="Next question").click()
    page.get_by_role("button", name="Next question").click()
    expect(page.locator(".predict .number")).to_have_text("Question 3 of 6")
    page.get_by_role("radio", name="the prior, N(0, I)").check()
    page.locator(".predict:not(.waiting)").wait_for()  # the integral is there
    ring = page.locator(".predict .q-ring")
    wide = float(ring.get_attribute("rx"))
    page.get_by_role("button", name="Reveal").click()
    eventually(page, lambda: narrower(ring, wide / 3))
    codes = bundle_of("mnist-vae").codes
    gap = posterior("mnist-vae", 0).gap(codes.mean[0].tolist(), np.exp(0.5 * codes.log_var[0]).tolist())
    encoder = float(re.search(r"the encoder's q has ([\d.]+)", answer.inner_text())[1].rstrip("."))
    assert encoder == pytest.approx(gap, abs=0.1, rel=0.02)
    expect(page.locator(".predict .score")).to_have_text("0 of 2 right")


def narrower(ring, width: float) -> None:
    assert float(ring.get_attribute("rx")) < width
