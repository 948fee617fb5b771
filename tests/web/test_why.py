"""The mathematics of lesson 0, in Node: p(x) and the ELBO against torch on a fine grid, the classes against scipy."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np
import pytest
import torch
from scipy.spatial import cKDTree
from torch.distributions import Normal, kl_divergence

from explorer.serving import catalogue
from explorer.store.bundle import Bundle, load_bundle
from explorer.ui import draws

from ..browser.driver import ROOT

PRETRAINED = ROOT / "pretrained"
pytestmark = pytest.mark.skipif(not (PRETRAINED / "digits-vae").exists(), reason="no shipped models")
IMAGES = [("digits-vae", 0), ("digits-vae", 7), ("mnist-vae", 7)]
REACH = 4.8
# what the page does for one image
EVIDENCE = """
const model = await new Models(base).open(entry),
  grid = new LatentGrid((z) => model.decoder.decode(z), x.length, 4.8);
while (grid.step());
const evidence = new Evidence(grid, x, grid.logLikelihood(x));
while (evidence.step());
const found = evidence.result();
"""
MODULES = "kernel/models why/latent_grid why/evidence why/elbo"


class Posterior(NamedTuple):
    """log p(x), and p(z|x) on a fine grid: all by torch, in double precision."""

    log_evidence: float
    z: torch.Tensor  # (n, 2)
    log_likelihood: torch.Tensor  # (n,)
    log_density: torch.Tensor  # (n,), of p(z|x)
    area: float  # of a cell

    def gap(self, mean, std) -> float:
        """KL(q‖p(z|x)) of q = N(mean, std²), by its definition: a sum over the grid."""
        log_q = Normal(torch.tensor(mean).double(), torch.tensor(std).double()).log_prob(self.z).sum(-1)
        return (self.area * log_q.exp() * (log_q - self.log_density)).sum().item()


def image(name: str, row: int) -> np.ndarray:
    """A test image: (pixels,), from 0 to 1."""
    config = load_bundle(PRETRAINED / name).config
    return np.array(catalogue.images_of_dataset(config.training.dataset).one(row)).ravel() / 255


def log_likelihood(bundle: Bundle, z: torch.Tensor, x: np.ndarray) -> torch.Tensor:
    """log p(x|z) of codes (n, 2): (n,), by torch's Bernoulli densities of binarised pixels, weighted with x."""
    model, found = bundle.model().double(), []
    with torch.no_grad():
        for some in z.split(4000):
            pixels = torch.distributions.Bernoulli(logits=model.decode(some))
            ones, zeros = (pixels.log_prob(torch.full((1, len(x)), value).double()) for value in (1.0, 0.0))
            found.append((torch.from_numpy(x) * ones + torch.from_numpy(1 - x) * zeros).sum(-1))
    return torch.cat(found)


def lattice(middle, half: float, step: float) -> torch.Tensor:
    at = torch.arange(-half + step / 2, half, step, dtype=torch.float64)
    return torch.cartesian_prod(at, at) + torch.tensor(middle).double()


@cache
def posterior(name: str, row: int, step: float = 0.03) -> Posterior:
    """On a window that has all but a vanishing part of p(z|x): found on a coarser grid of the whole plane."""
    bundle, x = load_bundle(PRETRAINED / name), image(name, row)
    prior = Normal(torch.zeros(2).double(), torch.ones(2).double())

    def joint(z):
        likelihood = log_likelihood(bundle, z, x)
        return likelihood, likelihood + prior.log_prob(z).sum(-1)

    z = lattice([0, 0], REACH, 0.1)
    largest = z[joint(z)[1].argmax()]
    z = lattice(largest.tolist(), 1.7, step)
    likelihood, both = joint(z)
    evidence = torch.logsumexp(both, 0).item() + 2 * np.log(step)
    return Posterior(evidence, z, likelihood, both - evidence, step**2)


def entry(name: str) -> dict:
    return next(one for one in catalogue.current().entries if one["name"] == name)


@pytest.mark.parametrize("name, row", IMAGES)
def test_the_evidence_is_that_of_a_fine_grid(compute, name, row):
    found = compute(MODULES, EVIDENCE + "return { ...found, cells: found.cells.length };", entry=entry(name),
        x=image(name, row))  # fmt: skip
    exact = posterior(name, row)
    weight = exact.area * exact.log_density.exp()
    mean = (weight[:, None] * exact.z).sum(0)
    std = (weight[:, None] * (exact.z - mean) ** 2).sum(0).sqrt()
    assert np.isfinite(found["log"]) and found["log"] == pytest.approx(exact.log_evidence, abs=0.02)
    np.testing.assert_allclose(found["mean"], mean, atol=0.01)
    np.testing.assert_allclose(found["std"], std, rtol=0.03)
    assert found["cells"] < 20_000  # the whole plane in cells of the smallest size: 262,144


@pytest.mark.parametrize("name, row", IMAGES)
def test_the_elbo_and_the_gap_make_the_evidence_for_every_q(compute, name, row):
    """The gap, which the page has by subtraction, against its definition on torch's fine grid."""
    bundle = load_bundle(PRETRAINED / name)
    mean, log_var = (getattr(bundle.codes, part)[row].tolist() for part in ("mean", "log_var"))
    moved = [mean[0] + 0.1, mean[1] - 0.05]
    cases = [(mean, log_var), (moved, [-5, -4.5]), (moved, [-3, -1.2]), (mean, [-2, -2])]
    body = EVIDENCE + "return cases.map(([mean, logVar]) => bound(evidence, found.log, mean, logVar));"
    shown = compute(MODULES, body, entry=entry(name), x=image(name, row), cases=cases)
    exact = posterior(name, row)
    for (mean, log_var), bound in zip(cases, shown, strict=True):
        std = np.exp(0.5 * np.array(log_var)).tolist()
        q = Normal(torch.tensor(mean).double(), torch.tensor(std).double())
        kl = kl_divergence(q, Normal(torch.zeros(2).double(), torch.ones(2).double())).sum().item()
        assert bound["kl"] == pytest.approx(kl, rel=1e-6)
        assert bound["elbo"] + bound["gap"] == pytest.approx(exact.log_evidence, abs=0.02)
        gap = exact.gap(mean, std)
        assert bound["gap"] > 0 and bound["gap"] == pytest.approx(gap, abs=0.1, rel=0.02), (std, gap)


def test_the_quadrature_is_exact_for_polynomials(compute):
    """Gauss-Hermite with seven nodes, against the moments of a normal: E z² = 1, E z⁴ = 3, E z⁸ = 105."""
    body = """
    const evidence = { grid: { cell: 0.15 }, values: [], logLikelihood: ([a, b]) => a ** power + b };
    return expectedLogLikelihood(evidence, [0, 1], [Math.log(0.01), Math.log(0.01)]);"""
    for power, moment in ((2, 1), (4, 3), (8, 105)):
        expected = 1 + moment * 0.1**power
        assert compute("why/elbo", body, power=power) == pytest.approx(expected, abs=0.03 * moment * 0.1**power)


def test_a_draws_class_is_that_of_the_nearest_code(compute):
    bundle = load_bundle(PRETRAINED / "digits-aae")
    codes, label = bundle.codes.mean, bundle.codes.label
    body = """
    const model = await new Models(base).open(entry), { mean, label } = model.codes, draws = drawsOf(3);
    const classes = classesOf(new Tree(mean), label, draws);
    return { draws, shares: sharesOf(classes, 10), usual: sharesOf(label, 10) };"""
    found = compute("kernel/models kernel/nearest why/shares", body, entry=entry("digits-aae"))
    noise = draws.standard_normal(2000, 3).reshape(-1, 2)
    np.testing.assert_allclose(found["draws"], noise, atol=1e-12)
    _, rows = cKDTree(codes).query(noise)
    np.testing.assert_allclose(found["shares"], np.bincount(label[rows], minlength=10) / 1000, atol=1e-9)
    np.testing.assert_allclose(found["usual"], np.bincount(label, minlength=10) / len(label), atol=1e-9)


def test_the_rarest_class_is_the_one_that_the_draws_lack_most(compute):
    shares = [[0.5, 0.1, 0.4, 0.0], [0.2, 0.1, 0.7, 0.0]]
    assert compute("why/shares", "return shares.map((each) => rarest(each, [0.6, 0.1, 0.3, 0]));", shares=shares) == [
        0,
        0,
    ]
    assert compute("why/shares", "return rarest([0.3, 0, 0.7], [0.1, 0.5, 0.4]);") == 1
