"""The priors p(z) of the latent space. A prior can be sampled, and returns its log-density.

Priors are modules without weights, so that their constants move to a device together with the model. A discriminator's
logit contains log p(z), smoothed by Gaussian noise with a standard deviation of at least `guide`. Without it, each code
would be attracted to the nearest of a mixture's narrow ridges before the mass has spread.
"""

from __future__ import annotations

import math

import numpy as np
import torch
from torch import Tensor, nn

from explorer import gaussian
from explorer.config import PRIORS
from explorer.shapes import SHAPES
from explorer.shared import NUMBERS


class StandardNormal(nn.Module):
    """p(z) = N(0, I)."""

    label = "N(0, I)"
    components = 1
    guide = 0.0

    def sample(self, n: int, latent_dim: int, generator: torch.Generator) -> Tensor:
        """n draws: (n, latent_dim) float32, on the generator's device.

        Raises ValueError for n below 0 and for latent_dim below 1.
        """
        _check_draws(n, latent_dim)
        return torch.randn(n, latent_dim, generator=generator, device=generator.device)

    def log_prob(self, z: Tensor, smoothing: float | Tensor = 0.0) -> Tensor:
        """log p(z) in nats, for p convolved with N(0, smoothing² I). z: (..., k). Returns (...). NaN propagates."""
        if isinstance(smoothing, Tensor):  # a number that only the device knows
            std = (1 + smoothing.square()).sqrt()
            return gaussian.log_prob_standard_normal(z / std) - z.shape[-1] * std.log()
        std = math.sqrt(1 + smoothing**2)
        return gaussian.log_prob_standard_normal(z / std) - z.shape[-1] * math.log(std)


class GaussianMixture(nn.Module):
    """A mixture of c Gaussians with equal weights. Each has its own mean, axes, and standard deviations along the axes.

    means: (c, k); axes: (c, k, k), orthonormal rows; stds: (c, k).
    """

    guide = NUMBERS["guide"]

    def __init__(self, label: str, means: np.ndarray, axes: np.ndarray, stds: np.ndarray) -> None:
        super().__init__()
        self.label, self.components = label, len(means)
        for name, constant in {"means": means, "axes": axes, "stds": stds}.items():
            # not persistent: a bundle needs no copy of them
            self.register_buffer(name, torch.tensor(constant, dtype=torch.float32), persistent=False)

    def sample(self, n: int, latent_dim: int, generator: torch.Generator, component: Tensor | None = None) -> Tensor:
        """n draws: (n, latent_dim) float32, on the generator's device.

        component: (n,), the component of each draw, from 0 to `components` - 1 (not checked); None: drawn at random.
        Raises ValueError for n below 0, another latent_dim than the mixture's, and a component of another shape.
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

    def component_log_prob(self, z: Tensor, smoothing: float | Tensor = 0.0) -> Tensor:
        """The log-density of each component in nats, convolved with N(0, smoothing² I). z: (n, k). Returns (n, c).

        Raises ValueError for other shapes. NaN propagates.
        """
        if z.ndim != 2 or z.shape[1] != self.means.shape[1]:
            raise ValueError(f"z must be (n, {self.means.shape[1]}) for the prior {self.label}, not {tuple(z.shape)}")
        var = self.stds.square() + smoothing**2  # (c, k)
        # along each axis the offset is axis · z - axis · mean: one matrix product for all axes
        along = z @ self.axes.flatten(0, 1).mT - (self.axes @ self.means[..., None]).flatten()  # (n, c k)
        distance = along.view(len(z), *var.shape).square() / var  # squared Mahalanobis distance, per axis
        return -0.5 * (distance + var.log() + math.log(2 * math.pi)).sum(-1)

    def log_prob(self, z: Tensor, component: Tensor | None = None, smoothing: float | Tensor = 0.0) -> Tensor:
        """log p(z), or log p(z | component), in nats, for p convolved with N(0, smoothing² I). Returns (n,).

        z: (n, k); component: (n,). Raises ValueError for other shapes. NaN propagates.
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
    """The prior with this name in `config.PRIORS`. Raises ValueError for an unknown name."""
    if name not in PRIORS:
        raise ValueError(f"prior {name!r} is unknown; there are {', '.join(PRIORS)}")
    return GaussianMixture(*SHAPES[name]()) if name in SHAPES else StandardNormal()
