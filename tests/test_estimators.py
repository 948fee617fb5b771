"""Gradient estimators against closed forms (with derivations), against each other, and on known draws."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from explorer import estimators
from explorer.address import reparameterisation as lesson
from explorer.ui import draws
from explorer.ui import reparameterisation as page

N = 400_000
OMEGA = 2.0


def run(name: str, mean: float, std: float, seed: int = 0):
    noise = torch.randn(N, 1, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    mean, log_var = torch.tensor([mean], dtype=torch.float64), torch.tensor([2 * math.log(std)], dtype=torch.float64)
    found = estimators.pathwise(lambda z: estimators.FUNCTIONS[name](z, OMEGA), mean, log_var, noise)
    return found, estimators.scores(mean, log_var, found.z), std


def by_std(gradients, std):
    """∂/∂σ = ∂/∂log σ² · 2/σ."""
    return gradients.log_var * (2 / std)


def close(values: torch.Tensor, expected: float) -> None:
    """The mean within five standard errors."""
    assert values.isfinite().all()
    assert abs(values.mean().item() - expected) < 5 * values.std().item() / math.sqrt(len(values)) + 1e-12


@pytest.mark.parametrize("mean, std", [(2.0, 0.5), (-0.7, 1.3)])
def test_square_against_the_table_of_facts(mean, std):
    """E[z²] = μ² + σ²; each variance from the moments E[ε²] = 1, E[ε⁴] = 3, E[ε⁶] = 15, E[ε⁸] = 105."""
    found, score, _ = run("square", mean, std)
    m, s = mean**2, std**2
    path, weight = found.gradients.mean, score.mean
    close(path, 2 * mean)
    close(estimators.score_function(found.values, weight), 2 * mean)
    best = m + 3 * s
    assert estimators.best_baseline(found.values, weight).item() == pytest.approx(best, rel=0.02)
    expected = {None: 4 * s, 0.0: m**2 / s + 14 * m + 15 * s, m + s: 8 * m + 10 * s, best: 8 * m + 6 * s}
    for baseline, variance in expected.items():
        each = path if baseline is None else estimators.score_function(found.values, weight, baseline)
        close(each, 2 * mean)
        assert each.var().item() == pytest.approx(variance, rel=0.04)
    path, weight = by_std(found.gradients, std), by_std(score, std)
    close(path, 2 * std)
    assert path.var().item() == pytest.approx(4 * m + 8 * s, rel=0.04)
    assert estimators.score_function(found.values, weight).var().item() == pytest.approx(
        2 * m**2 / s + 60 * m + 74 * s, rel=0.1
    )  # heavy tails


def test_score_function_wins_for_a_fast_cosine():
    found, score, _ = run("cosine", 0.0, 1.0)
    assert found.gradients.mean.var().item() == pytest.approx(1.999, abs=0.02)
    assert estimators.score_function(found.values, score.mean).var().item() == pytest.approx(0.497, abs=0.01)


@pytest.mark.parametrize("mean, std", [(0.5, 0.8), (-1.0, 2.0)])
def test_pathwise_is_wrong_for_a_step(mean, std):
    """E[1(z > 0)] = Φ(μ/σ): ∂μ is φ(μ/σ)/σ, and ∂σ is −μ φ(μ/σ)/σ²."""
    found, score, _ = run("step", mean, std)
    density = math.exp(-0.5 * (mean / std) ** 2) / math.sqrt(2 * math.pi)
    assert found.gradients.mean.abs().max() == 0 and found.gradients.log_var.abs().max() == 0
    close(estimators.score_function(found.values, score.mean), density / std)
    close(estimators.score_function(found.values, by_std(score, std), 0.4), -mean * density / std**2)


def test_measure_agrees_with_its_parts():
    found, score, _ = run("square", 1.0, 0.5)
    measured = estimators.measure(found.values, found.gradients.mean[:, 0], score.mean[:, 0])
    assert measured.truth == pytest.approx(2.0, abs=5 * measured.error) and measured.error == pytest.approx(
        1.0 / math.sqrt(N), rel=0.01
    )
    assert measured.best == pytest.approx(1.75, rel=0.02)
    assert measured.variances[3] == min(measured.variances[1:])  # no constant does better on these draws


def test_draws_are_those_of_the_browser():
    """The first four of seed 1, written down from gaussian.js in a browser; the browser test compares more."""
    expected = [1.4043387784152637, 0.024141617523036025, 1.2157546192705377, -0.14543594087912323]
    np.testing.assert_allclose(draws.standard_normal(4, 1), expected, rtol=1e-14)
    np.testing.assert_array_equal(draws.standard_normal(3, 1), draws.standard_normal(100, 1)[:3])
    many = draws.standard_normal(200_000, 7)
    assert abs(many.mean()) < 0.012 and abs(many.std() - 1) < 0.01 and draws.uniform(1000, 2**32 - 1).max() < 1


STATE = lesson.default_state({"digits-vae": {"images": 360}}, ("digits-vae",))


@pytest.mark.parametrize("by, expected, best", [("mean", 4.25, 4.75), ("std", 4.25, 5.25), ("log_var", 4.25, 5.25)])
def test_the_pages_baselines_for_a_square(by, expected, best):
    """E[f] = μ² + σ²; b* = μ² + 3σ² for ∂μ, and E[z²(ε² − 1)²] / 2 = μ² + 5σ² for ∂σ."""
    state = STATE | {"mean": [2.0, 0.0], "log_var": [2 * math.log(0.5), 0.0], "by": by}
    assert page.known_baselines(state) == pytest.approx((expected, best), rel=1e-12)


def test_the_pages_baselines_for_cosine_and_step():
    cosine = STATE | {"f": "cosine", "mean": [0.0, 0.0], "log_var": [0.0, 0.0], "omega": 2.0}
    assert page.known_baselines(cosine) == pytest.approx(
        (math.exp(-2), -3 * math.exp(-2)), rel=1e-12
    )  # E[cos tε] = e^(−t²/2), its second derivative
    step = STATE | {"f": "step", "mean": [0.0, 0.0], "log_var": [0.0, 0.0]}
    assert page.known_baselines(step) == pytest.approx((0.5, 0.5), rel=1e-12)
    assert page.known_baselines(step | {"mean": [50.0, 0.0]}) == pytest.approx((1, 1), rel=1e-12)


def test_the_pages_check_against_torchs_own_normal():
    """torch.distributions draws and differentiates by itself, here with the page's ε put in."""
    state = STATE | {"mean": [0.3, 1.0], "log_var": [-0.8, 0.5], "n": 50, "draw": 7, "seed": 3}
    found = page.check(state)
    noise = torch.from_numpy(draws.standard_normal(100, 3).reshape(50, 2))
    mean, log_var = (
        torch.tensor(state[name][0], dtype=torch.float64, requires_grad=True) for name in ("mean", "log_var")
    )
    z = torch.distributions.AffineTransform(mean, (0.5 * log_var).exp())(noise[7, 0])
    z.square().backward()
    assert found["z"][0] == pytest.approx(z.item(), rel=1e-14) and found["by_mean"] == pytest.approx(
        mean.grad.item()
    ) == pytest.approx(2 * z.item())
    assert found["by_log_var"] == pytest.approx(log_var.grad.item())
    assert found["sample_requires_grad"] is False and found["rsample_requires_grad"] is True
