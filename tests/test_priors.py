"""What a latent is pulled towards."""

from __future__ import annotations

import math

import pytest
import torch
from torch.distributions import Normal

from explorer.priors import PRIORS, get_prior


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


def test_the_standard_normals_log_density():
    z = torch.randn(3, 4, 2, generator=torch.Generator().manual_seed(1))
    torch.testing.assert_close(get_prior("normal").log_prob(z), Normal(0.0, 1.0).log_prob(z).sum(-1))


def test_a_prior_that_does_not_exist():
    with pytest.raises(ValueError, match="prior 'cube' is unknown; there are normal"):
        get_prior("cube")
