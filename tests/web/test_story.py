"""Blur, shells and unused dimensions, in Node, against numpy, scipy and torch."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy.spatial import cKDTree
from scipy.stats import chi
from torch.distributions import Normal, kl_divergence

from explorer.store.bundle import load_bundle
from explorer.ui import draws

from ..browser.driver import ROOT
from .test_why import entry

PRETRAINED = ROOT / "pretrained"
needs_models = pytest.mark.skipif(not (PRETRAINED / "mnist-vae-32d").exists(), reason="no shipped models")


@pytest.mark.parametrize("dimensions", [1, 2, 3, 8, 32, 64, 513])
def test_the_distance_from_the_origin_has_a_chi_distribution(compute, dimensions):
    radii = [0, 0.01, 0.5, 1, 2, dimensions**0.5 - 1, dimensions**0.5, dimensions**0.5 + 2, 30]
    body = "return radii.map((r) => [radialDensity(r, d), shareWithin(r, d)]);"
    found = np.array(compute("why/shell", body, radii=radii, d=dimensions))
    radii = np.maximum(radii, 0)
    np.testing.assert_allclose(found[:, 0], chi(dimensions).pdf(radii), rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(found[:, 1], chi(dimensions).cdf(radii), rtol=1e-9, atol=1e-12)


def test_draws_in_many_dimensions_are_those_of_the_seed(compute):
    body = "return drawsIn(5, 32, 100).map((z) => [radiusOf(z), z[3]]);"
    found = np.array(compute("why/shell", body))
    noise = draws.standard_normal(3200, 5).reshape(100, 32)
    np.testing.assert_allclose(found, np.c_[np.linalg.norm(noise, axis=1), noise[:, 3]], atol=1e-12)


def test_neighbours_means_and_distances(compute):
    rng = np.random.default_rng(0)
    codes = rng.normal(size=(300, 5))
    rows = compute("why/blur", "return nearestRows(codes, 17, 9);", codes=codes.T)
    assert rows == cKDTree(codes).query(codes[17], 10)[1][1:].tolist()
    images = rng.random((4, 6))
    found = compute("why/blur", "return [Array.from(meanOf(images)), apart(images[0], images[1])];", images=images)
    np.testing.assert_allclose(found[0], images.mean(0))
    assert found[1] == pytest.approx(np.abs(images[0] - images[1]).sum())


@needs_models
@pytest.mark.parametrize("name", ["digits-vae", "mnist-vae-beta40", "mnist-vae-32d"])
def test_what_each_dimension_pays_and_does(compute, name):
    """The mean KL of each dimension by torch.distributions, and the change of a picture by torch's decoder."""
    body = """
    const model = await new Models(base).open(entry), use = means(model.codes), d = use.order[0];
    const code = model.codes.mean.map((column) => column[3]);
    const at = (value) => code.map((own, i) => (i === d ? value : own));
    return { ...use, change: moved((z) => model.decoder.decode(z), at, 2) };"""
    found = compute("kernel/models kl/dimension_use", body, entry=entry(name))
    bundle = load_bundle(PRETRAINED / name)
    mean, log_var = (torch.from_numpy(part).double() for part in (bundle.codes.mean, bundle.codes.log_var))
    kl = kl_divergence(Normal(mean, (0.5 * log_var).exp()), Normal(torch.zeros_like(mean), 1.0)).mean(0)
    np.testing.assert_allclose(found["kl"], kl, rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(found["variance"], mean.numpy().var(0), rtol=1e-4, atol=1e-6)
    assert found["active"] == (mean.numpy().var(0) > 0.01).sum()
    assert [found["kl"][d] for d in found["order"]] == sorted(found["kl"], reverse=True)
    assert sum(found["kl"]) == pytest.approx(bundle.metrics["kl"], rel=1e-3, abs=1e-5)
    z = torch.from_numpy(bundle.codes.mean[3]).repeat(2, 1)
    z[:, found["order"][0]] = torch.tensor([2.0, -2.0])
    with torch.no_grad():
        up, down = bundle.model().decode(z).sigmoid().flatten(1)
    assert found["change"] == pytest.approx((up - down).abs().sum().item(), rel=1e-4)
