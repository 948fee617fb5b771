"""What a latent is pulled towards. A prior can be sampled, and says its log-density where it has one."""

from __future__ import annotations

import torch
from torch import Tensor

from explorer import gaussian


class StandardNormal:
    """p(z) = N(0, I)."""

    label = "N(0, I)"

    def sample(self, n: int, latent_dim: int, generator: torch.Generator) -> Tensor:
        """n draws: (n, latent_dim) float32, on the generator's device."""
        return torch.randn(n, latent_dim, generator=generator, device=generator.device)

    def log_prob(self, z: Tensor) -> Tensor:
        """log p(z) in nats. z: (..., k). Returns (...)."""
        return gaussian.log_prob_standard_normal(z)


PRIORS = {"normal": StandardNormal()}


def get_prior(name: str) -> StandardNormal:
    """The prior of that name. Raises ValueError for one that does not exist."""
    if name not in PRIORS:
        raise ValueError(f"prior {name!r} is unknown; there are {', '.join(PRIORS)}")
    return PRIORS[name]
