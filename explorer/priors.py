"""What a latent is pulled towards. A prior can be sampled, and says its log-density.

Priors are modules without weights, so that their constants follow a model to its device. `guide` is the standard deviation
of the noise with which a discriminator is given the density: one much narrower than the noise would push codes to the
nearest ridge before mass has found its way, and the network would have to learn it away again.
"""

from __future__ import annotations

import math

import numpy as np
import torch
from torch import Tensor, nn

from explorer import gaussian
from explorer.config import PRIORS
from explorer.shapes import SHAPES


class StandardNormal(nn.Module):
    """p(z) = N(0, I)."""

    label = "N(0, I)"
    components = 1
    guide = 0.0

    def sample(self, n: int, latent_dim: int, generator: torch.Generator) -> Tensor:
        """n draws: (n, latent_dim) float32, on the generator's device. Raises ValueError for n below 0 or latent_dim below 1."""
        _check_draws(n, latent_dim)
        return torch.randn(n, latent_dim, generator=generator, device=generator.device)

    def log_prob(self, z: Tensor, smoothing: float = 0.0) -> Tensor:
        """log p(z) in nats, of p with Gaussian noise of that standard deviation added. z: (..., k). Returns (...). NaN stays NaN."""
        std = math.sqrt(1 + smoothing**2)
        return gaussian.log_prob_standard_normal(z / std) - z.shape[-1] * math.log(std)


class GaussianMixture(nn.Module):
    """Equally likely Gaussians. Component c has its mean, and standard deviations along axes of its own.

    means: (c, k); axes: (c, k, k), orthonormal rows; stds: (c, k).
    """

    guide = 0.5

    def __init__(self, label: str, means: np.ndarray, axes: np.ndarray, stds: np.ndarray) -> None:
        super().__init__()
        self.label, self.components = label, len(means)
        for name, constant in {"means": means, "axes": axes, "stds": stds}.items():
            self.register_buffer(
                name, torch.tensor(constant, dtype=torch.float32), persistent=False
            )  # a bundle needs no copy of them

    def sample(self, n: int, latent_dim: int, generator: torch.Generator, component: Tensor | None = None) -> Tensor:
        """n draws: (n, latent_dim) float32, on the generator's device; of the given components (n,), or of all.

        Raises ValueError where latent_dim is not the mixture's, for n below 0, and for a component of another shape. It does
        not look at the components' numbers, which must be from 0 to `components` - 1.
        """
        _check_draws(n, latent_dim)
        if latent_dim != self.means.shape[1]:
            raise ValueError(f"the prior {self.label} has {self.means.shape[1]} dimensions, not {latent_dim}")
        device = generator.device
        if component is None:
            component = torch.randint(self.components, (n,), generator=generator, device=device)
        _check_component(component, n)
        means, axes, stds = (constant.to(device)[component] for constant in (self.means, self.axes, self.stds))
        noise = torch.randn(n, latent_dim, generator=generator, device=device)
        return means + torch.einsum("nik,ni->nk", axes, stds * noise)

    def component_log_prob(self, z: Tensor, smoothing: float = 0.0) -> Tensor:
        """log N(z; component c) in nats for every component, each with noise of that standard deviation added. z: (n, k). Returns (n, c).

        Raises ValueError for other shapes; NaN stays NaN.
        """
        if z.ndim != 2 or z.shape[1] != self.means.shape[1]:
            raise ValueError(f"z must be (n, {self.means.shape[1]}) for the prior {self.label}, not {tuple(z.shape)}")
        var = self.stds.square() + smoothing**2  # (c, k)
        # along each axis the offset is axis . z - axis . mean: one matrix product for all
        along = z @ self.axes.flatten(0, 1).mT - (self.axes @ self.means[..., None]).flatten()  # (n, c k)
        distance = along.view(len(z), *var.shape).square() / var  # Mahalanobis, squared
        return -0.5 * (distance + var.log() + math.log(2 * math.pi)).sum(-1)

    def log_prob(self, z: Tensor, component: Tensor | None = None, smoothing: float = 0.0) -> Tensor:
        """log p(z), or log p(z | component), in nats, of p with noise of that standard deviation added. z: (n, k), component: (n,). Returns (n,).

        Raises ValueError for other shapes; NaN stays NaN.
        """
        each = self.component_log_prob(z, smoothing)
        if component is not None:
            _check_component(component, len(z))
            return each.gather(-1, component[:, None]).squeeze(-1)
        return each.logsumexp(-1) - math.log(self.components)


def _check_draws(n: int, latent_dim: int) -> None:
    if n < 0 or latent_dim < 1:
        raise ValueError(f"n must be at least 0 and latent_dim at least 1, not {n} and {latent_dim}")


def _check_component(component: Tensor, n: int) -> None:
    if component.shape != (n,):
        raise ValueError(f"component must be ({n},), one a draw, not {tuple(component.shape)}")


def get_prior(name: str) -> StandardNormal | GaussianMixture:
    """The prior of that name. Raises ValueError for one that does not exist."""
    if name not in PRIORS:
        raise ValueError(f"prior {name!r} is unknown; there are {', '.join(PRIORS)}")
    return GaussianMixture(*SHAPES[name]()) if name in SHAPES else StandardNormal()
