"""The priors: draws against closed forms; densities against integrals, torch's distributions and the draws."""

from __future__ import annotations

import copy
import math

import numpy as np
import pytest
import torch
from scipy.stats import chi2
from torch.distributions import Categorical, MixtureSameFamily, MultivariateNormal, Normal

from explorer import shapes
from explorer.priors import PRIORS, GaussianMixture, get_prior

PLANAR = ("mixture", "swiss-roll")
REACH = 5.5  # petals reach 2 + 7 · 0.5, the roll 3 + 7 · 0.15: beyond lies less than 1e-9


def seeded(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def torchs_own(name: str, smoothing: float = 0.0) -> MixtureSameFamily:
    """The mixture of explorer.shapes, with noise of that standard deviation added: in torch's words, float64."""
    shape = shapes.SHAPES[name]()
    axes, stds = torch.from_numpy(shape.axes), torch.from_numpy(shape.stds)
    # Σ σ_i² a_i a_iᵀ over the axes a_i, which are rows
    cov = sum(stds[:, i, None, None] ** 2 * axes[:, i, :, None] * axes[:, i, None, :] for i in range(2))
    each = MultivariateNormal(torch.from_numpy(shape.means), cov + smoothing**2 * torch.eye(2, dtype=torch.float64))
    return MixtureSameFamily(Categorical(torch.ones(len(cov), dtype=torch.float64)), each)


def grid(step: float, reach: float = REACH) -> torch.Tensor:
    """The middles of cells that fill a square: (n, 2) float64."""
    axis = torch.arange(-reach + step / 2, reach, step, dtype=torch.float64)
    return torch.cartesian_prod(axis, axis)


def in_parts(function, z: torch.Tensor) -> torch.Tensor:
    return torch.cat([function(part) for part in z.split(5000)])


def p_value(z: torch.Tensor, log_prob, step: float, reach: float) -> float:
    """Of the draws' counts in cells, against the integral of the density over each. z: (n, 2)."""
    cells, fine = round(2 * reach / step), 4  # the integral by 4 x 4 middles in a cell
    density = in_parts(log_prob, grid(step / fine, reach)).exp().view(cells, fine, cells, fine)
    expected = len(z) * density.sum((1, 3)) * (step / fine) ** 2  # (cells, cells)
    edges = [torch.linspace(-reach, reach, cells + 1, dtype=torch.float64)] * 2
    counts = torch.histogramdd(z.double(), edges).hist
    full = expected > 20
    observed = torch.cat([counts[full], (len(z) - counts[full].sum())[None]])  # the last cell is all the rest
    expected = torch.cat([expected[full], (len(z) - expected[full].sum())[None]])
    assert full.sum() > 50 and expected.min() > 5
    return chi2.sf(((observed - expected) ** 2 / expected).sum().item(), len(expected) - 1)


# All of them.


@pytest.mark.parametrize("name", PRIORS)
def test_draws_come_from_the_generator_alone(name):
    prior = get_prior(name)
    torch.manual_seed(1)
    one = prior.sample(50, 2, torch.Generator().manual_seed(7))
    torch.manual_seed(2)
    same, other = (prior.sample(50, 2, torch.Generator().manual_seed(seed)) for seed in (7, 8))
    assert one.shape == (50, 2) and one.dtype == torch.float32 and one.isfinite().all()
    assert torch.equal(one, same) and not torch.equal(one, other)
    assert prior.label


def test_a_prior_that_does_not_exist():
    with pytest.raises(ValueError, match="prior 'cube' is unknown; there are normal, mixture, swiss-roll"):
        get_prior("cube")


@pytest.mark.parametrize("name", PRIORS)
def test_a_prior_has_no_weights_and_follows_its_model(name):
    prior = get_prior(name)
    assert list(prior.parameters()) == [] and prior.state_dict() == {}
    twin, z = copy.deepcopy(prior), grid(1.5)
    before = prior.log_prob(z.float())
    torch.testing.assert_close(twin.to(torch.float64).log_prob(z), before.double(), rtol=1e-4, atol=1e-4)
    assert twin.log_prob(z).dtype == torch.float64 and all(
        constant.dtype == torch.float64 for constant in twin.buffers()
    )
    for constant in twin.buffers():
        constant.zero_()
    assert torch.equal(prior.log_prob(z.float()), before)  # the twin's constants are its own
    assert [name for name, _ in prior.named_buffers()] == ([] if name == "normal" else ["means", "axes", "stds"])
    on_meta = copy.deepcopy(prior).to("meta")
    assert all(constant.device.type == "meta" for constant in on_meta.buffers())


@pytest.mark.parametrize("name", PRIORS)
@pytest.mark.parametrize("smoothing", [0.0, 0.7])
def test_the_density_integrates_to_1(name, smoothing):
    # a Gaussian's sum over steps h is off by 2 exp(-2 (π σ/h)²): by 1e-19 at σ = 0.15, the narrowest here
    step, reach = 0.1, 10.0 if smoothing or name == "normal" else REACH
    prior = get_prior(name).double()
    total = in_parts(lambda z: prior.log_prob(z, smoothing=smoothing), grid(step, reach)).exp().sum() * step**2
    assert total.item() == pytest.approx(1, abs=1e-6)


@pytest.mark.parametrize("name", PRIORS)
@pytest.mark.parametrize("smoothing", [0.0, 0.5])
def test_draws_fall_as_the_density_says(name, smoothing):
    prior = get_prior(name)
    z = prior.sample(40_000, 2, seeded(1))
    z = z + smoothing * torch.randn(z.shape, generator=seeded(2))  # smoothing is the density of draws with noise
    assert p_value(z, lambda part: prior.double().log_prob(part, smoothing=smoothing), step=0.25, reach=4.0) > 1e-3
    wrong = z * 1.05 + 0.02
    assert (
        p_value(wrong, lambda part: prior.log_prob(part, smoothing=smoothing), step=0.25, reach=4.0) < 1e-6
    )  # it would be seen


@pytest.mark.parametrize("name", PRIORS)
def test_the_mean_log_density_of_draws_is_minus_the_entropy(name):
    prior = get_prior(name).double()
    log_p = in_parts(prior.log_prob, grid(0.1, 6.5))
    entropy = -(log_p.exp() * log_p).sum().item() * 0.1**2
    of_draws = prior.log_prob(prior.sample(50_000, 2, seeded(3)).double())
    assert math.isfinite(entropy)
    assert abs(of_draws.mean().item() + entropy) < 4 * of_draws.std().item() / math.sqrt(50_000)


# The standard normal.


@pytest.mark.parametrize("latent_dim", [1, 2, 5])
def test_the_standard_normals_draws_are_standard_normal(latent_dim):
    n = 100_000
    z = get_prior("normal").sample(n, latent_dim, torch.Generator().manual_seed(0)).double()
    assert z.shape == (n, latent_dim)
    assert (z.mean(0).abs() < 4 / math.sqrt(n)).all()
    covariance_error = (z.mT @ z / n - torch.eye(latent_dim, dtype=torch.float64)).abs()
    assert (covariance_error < 4 * math.sqrt(2 / n)).all()  # variances: √(2/n); covariances: √(1/n)
    within = (z[:, 0].abs() < 1).double().mean()
    assert abs(within - math.erf(math.sqrt(0.5))) < 4 * math.sqrt(0.6827 * 0.3173 / n)  # 68 %


@pytest.mark.parametrize("smoothing", [0.0, 0.3, 2.0])
def test_the_standard_normals_log_density(smoothing):
    z = torch.randn(3, 4, 5, generator=torch.Generator().manual_seed(1))
    smoothed = Normal(0.0, math.sqrt(1 + smoothing**2))  # the variances add
    torch.testing.assert_close(get_prior("normal").log_prob(z, smoothing), smoothed.log_prob(z).sum(-1))


# The mixtures.


@pytest.mark.parametrize("name", PLANAR)
def test_a_mixtures_moments(name):
    prior, n = get_prior(name), 200_000
    z = prior.sample(n, 2, seeded(4)).double()
    means, axes, stds = (constant.double() for constant in (prior.means, prior.axes, prior.stds))
    within = torch.einsum("cik,ci,cil->ckl", axes, stds**2, axes)
    mean = means.mean(0)
    cov = (within + torch.einsum("ck,cl->ckl", means, means)).mean(0) - torch.outer(
        mean, mean
    )  # the law of total variance
    if name == "mixture":  # ten directions at 2, and (0.5² + 0.2²)/2 within: ½ (4 + 0.29) along either axis
        torch.testing.assert_close(mean, torch.zeros(2, dtype=torch.float64), rtol=0, atol=1e-6)
        torch.testing.assert_close(cov, 2.145 * torch.eye(2, dtype=torch.float64), rtol=0, atol=1e-6)
    assert ((z.mean(0) - mean).abs() < 4 * (cov.diagonal() / n).sqrt()).all()
    products = torch.einsum("nk,nl->nkl", z - mean, z - mean)
    assert ((products.mean(0) - cov).abs() < 4 * products.std(0) / math.sqrt(n)).all()


@pytest.mark.parametrize("name", PLANAR)
@pytest.mark.parametrize("smoothing", [0.0, 0.25, 1.5])
def test_a_mixtures_log_density_is_torchs(name, smoothing):
    z = torch.cat([grid(0.4), torch.tensor([[40.0, -40.0], [0.0, 90.0]], dtype=torch.float64)])  # far away, but finite
    own = torchs_own(name, smoothing)
    log_p = get_prior(name).double().log_prob(z, smoothing=smoothing)
    assert log_p.shape == (len(z),) and log_p.isfinite().all()
    # the constants are float32: an error of 1e-7 in a mean or a standard deviation, at up to 600 standard deviations
    torch.testing.assert_close(log_p, own.log_prob(z), rtol=1e-5, atol=1e-4)
    single = get_prior(name).log_prob(z.float(), smoothing=smoothing)
    near = z.abs().amax(-1) < 6
    torch.testing.assert_close(single[near].double(), own.log_prob(z)[near], rtol=1e-4, atol=1e-3)


@pytest.mark.parametrize("name", PLANAR)
@pytest.mark.parametrize("smoothing", [0.0, 0.6])
def test_each_components_density(name, smoothing):
    prior, z = get_prior(name).double(), grid(0.8)
    own = torchs_own(name, smoothing).component_distribution
    each = prior.component_log_prob(z, smoothing)
    expected = own.log_prob(z[:, None])  # (n, c)
    assert each.shape == (len(z), prior.components) and prior.components == {"mixture": 10, "swiss-roll": 200}[name]
    torch.testing.assert_close(each, expected, rtol=1e-5, atol=1e-4)
    component = torch.arange(len(z)) % prior.components
    given = prior.log_prob(z, component, smoothing)
    torch.testing.assert_close(given, expected[torch.arange(len(z)), component], rtol=1e-5, atol=1e-4)
    torch.testing.assert_close(each.logsumexp(-1) - math.log(prior.components), prior.log_prob(z, smoothing=smoothing))


def test_draws_of_a_given_component():
    prior, n = get_prior("mixture"), 20_000
    component = torch.arange(10).repeat_interleave(n)
    z = prior.sample(10 * n, 2, seeded(5), component).double().view(10, n, 2)
    own = torchs_own("mixture").component_distribution
    var = own.covariance_matrix.diagonal(dim1=-2, dim2=-1)
    assert ((z.mean(1) - own.mean).abs() < 4 * (var / n).sqrt()).all()
    centred = z - own.mean[:, None]
    cov = torch.einsum("cnk,cnl->ckl", centred, centred) / n
    # of a sample covariance: (σ_kk σ_ll + σ_kl²)/n
    error = ((var[:, :, None] * var[:, None, :] + own.covariance_matrix**2) / n).sqrt()
    assert ((cov - own.covariance_matrix).abs() < 4.5 * error).all()
    mixed = prior.sample(50, 2, seeded(6), torch.tensor([3, 7] * 25))
    assert (
        prior.component_log_prob(mixed).argmax(-1) == torch.tensor([3, 7] * 25)
    ).all()  # an image's own label, in its own place


@pytest.mark.parametrize("name", PLANAR)
def test_all_components_are_drawn_equally_often(name):
    prior, n = get_prior(name), 100_000
    chosen = torch.randint(prior.components, (n,), generator=seeded(8))  # the generator's first draws
    z = prior.sample(n, 2, seeded(8))
    torch.testing.assert_close(z, prior.sample(n, 2, _skipping(n, prior.components), chosen))
    nearest = torch.cdist(z, prior.means).argmin(-1) if name == "mixture" else chosen
    counts = torch.bincount(nearest, minlength=prior.components).double()
    statistic = ((counts - n / prior.components) ** 2 / (n / prior.components)).sum().item()
    assert chi2.sf(statistic, prior.components - 1) > 1e-3


def _skipping(n: int, components: int) -> torch.Generator:
    generator = seeded(8)
    torch.randint(components, (n,), generator=generator)
    return generator


@pytest.mark.parametrize("name, label", [("mixture", "mixture of 10 Gaussians"), ("swiss-roll", "swiss roll")])
@pytest.mark.parametrize("latent_dim", [1, 3, 16])
def test_a_planar_prior_in_other_dimensions(name, label, latent_dim):
    with pytest.raises(ValueError, match=f"^the prior {label} has 2 dimensions, not {latent_dim}$"):
        get_prior(name).sample(5, latent_dim, seeded())


def test_a_mixture_of_one_in_three_dimensions():
    # axes that are turned and all different: so that a transposed matrix would show
    turned = torch.linalg.qr(torch.randn(3, 3, generator=seeded(9), dtype=torch.float64)).Q
    stds, mean = torch.tensor([0.3, 1.0, 2.0], dtype=torch.float64), torch.tensor([1.0, -2.0, 0.5], dtype=torch.float64)
    prior = GaussianMixture("one", mean[None].numpy(), turned[None].numpy(), stds[None].numpy()).double()
    own = MultivariateNormal(mean, turned.mT @ torch.diag(stds**2) @ turned)
    z = 3 * torch.randn(50, 3, generator=seeded(10), dtype=torch.float64)
    torch.testing.assert_close(prior.log_prob(z), own.log_prob(z), rtol=1e-5, atol=1e-4)
    draws = prior.sample(100_000, 3, seeded(11)).double()
    cov = torch.cov(draws.mT)
    var = own.covariance_matrix.diagonal()
    error = ((torch.outer(var, var) + own.covariance_matrix**2) / 100_000).sqrt()
    assert ((cov - own.covariance_matrix).abs() < 4 * error).all()


# Their shapes.


@pytest.mark.parametrize("name", PLANAR)
def test_axes_are_orthonormal(name):
    shape = shapes.SHAPES[name]()
    np.testing.assert_allclose(
        shape.axes @ np.swapaxes(shape.axes, 1, 2), np.tile(np.eye(2), (len(shape.means), 1, 1)), atol=1e-12
    )
    assert (shape.stds > 0).all()


def test_petals_stand_around_the_origin_and_point_towards_it():
    shape = shapes.petals()
    np.testing.assert_allclose(np.linalg.norm(shape.means, axis=1), 2)
    angles = np.unwrap(np.arctan2(shape.means[:, 1], shape.means[:, 0]))
    np.testing.assert_allclose(
        np.degrees(angles), 36 * np.arange(10), atol=1e-9
    )  # label 0 lies on the right, then anticlockwise
    long = shape.axes[np.arange(10), shape.stds.argmax(1)]
    np.testing.assert_allclose(np.abs((long * shape.means).sum(1)), 2)  # the long axis is radial
    np.testing.assert_allclose(np.sort(shape.stds, axis=1), np.tile([0.2, 0.5], (10, 1)))


def test_the_rolls_beads_are_closer_than_they_are_wide():
    shape = shapes.swiss_roll()
    gaps = np.linalg.norm(np.diff(shape.means, axis=0), axis=1)
    assert gaps.max() < shape.stds.min() and shape.stds.min() == shape.stds.max() == 0.15
    # from one turn to the next it is 1.5: ten standard deviations, so that the turns stay apart
    radius = np.linalg.norm(shape.means, axis=1)
    angle = np.unwrap(np.arctan2(shape.means[:, 1], shape.means[:, 0]))
    np.testing.assert_allclose(np.diff(radius) / np.diff(angle), 1.5 / (2 * np.pi), rtol=1e-9)
    assert radius.max() == pytest.approx(3, rel=0.01) and angle[-1] - angle[0] == pytest.approx(4 * np.pi, abs=0.7)


def test_the_roll_is_even_along_its_length():
    z = get_prior("swiss-roll").sample(200_000, 2, seeded(12)).double().numpy()
    pace = 1.5 / (2 * np.pi)  # r = pace · θ
    theta = np.linspace(0, 4.4 * np.pi, 8001)
    spiral = pace * theta[:, None] * np.stack([np.cos(theta), np.sin(theta)], -1)
    length = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(spiral, axis=0), axis=1))])
    # the turns are far apart: first the point at the draw's angle with the nearest radius, then a search along the
    # spiral around it
    own_angle = np.arctan2(z[:, 1], z[:, 0]) % (2 * np.pi)
    turn = np.round((np.linalg.norm(z, axis=1) / pace - own_angle) / (2 * np.pi))
    near = own_angle + 2 * np.pi * np.maximum(turn, 0)
    candidates = near[:, None] + np.linspace(-0.3, 0.3, 41)
    points = pace * candidates[..., None] * np.stack([np.cos(candidates), np.sin(candidates)], -1)
    nearest = candidates[np.arange(len(z)), np.linalg.norm(points - z[:, None], axis=-1).argmin(1)]
    at = np.interp(nearest, theta, length)
    # from half a turn to a bit before the end: at less than a turn the roll's length grows faster than θ², by up to
    # 5 % at θ = π
    edges = np.linspace(np.interp(np.pi, theta, length), np.interp(3.75 * np.pi, theta, length), 13)
    counts = np.histogram(at, edges)[0]
    assert counts.min() > 5000
    assert counts.max() / counts.min() < 1.05 + 4 * math.sqrt(2 / counts.min())
    late = np.histogram(at, np.linspace(np.interp(2 * np.pi, theta, length), edges[-1], 11))[0]
    assert late.max() / late.min() < 1.013 + 5 * math.sqrt(2 / late.min())
