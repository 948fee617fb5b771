"""Snapshots of a model in training: its codes, decoded pictures, and distances of q(z) from p(z).

They are fast enough for several per second.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor

from explorer import gaussian, metrics
from explorer.config import Config
from explorer.models import Autoencoder
from explorer.priors import get_prior
from explorer.shared import NUMBERS
from explorer.training.recording import manifold_grid

if TYPE_CHECKING:
    from explorer.data.datasets import Split

IMAGES = NUMBERS["snapshot_images"]  # of the test set, at most this many
# The same in every snapshot, so that only the model changes. Equal seeds would make the noise equal to the draws.
NOISE_SEED, DRAWS_SEED = 21, 22
NULL_REPEATS = NUMBERS["snapshot_nulls"]
# pictures along each side of the manifold, by the pictures' side in pixels, and "others"
MANIFOLD_SIDES = NUMBERS["manifold_sides"]
ESTIMATORS = {"sliced_w2_squared": metrics.sliced_w2_squared, "coverage": metrics.coverage}


@dataclass(frozen=True)
class Snapshot:
    """One model after some step, evaluated on the first n test images, at most IMAGES."""

    mean: np.ndarray  # (n, 2) float32; the codes of a deterministic encoder
    z: np.ndarray | None  # (n, 2) float32: a draw from each q(z|x)
    manifold: np.ndarray  # (side², pixels) uint8: decoded at `recording.manifold_grid`
    distances: dict[str, float | None]  # of q(z) from p(z), by the names in ESTIMATORS; None if codes are not finite


class Snapshots:
    """Takes the snapshots of one training. All use the same noise and draws, which are made once."""

    def __init__(self, config: Config, test: Split, device: torch.device) -> None:
        rows = slice(IMAGES)
        self.labels = test.labels[rows]
        self.x = torch.from_numpy(test.images[rows]).to(device).float() / 255  # (n, pixels)
        self.noise = torch.randn(len(self.x), 2, generator=torch.Generator().manual_seed(NOISE_SEED)).to(device)
        self.draws = prior_draws(config.model.prior, len(self.x), 1)[0]
        self.null = null_bands(config.model.prior, len(self.x))
        self.grid = manifold_grid(config.model.prior, _manifold_side(config.model.image_side)).to(device)

    @torch.no_grad()
    def take(self, model: Autoencoder) -> Snapshot:
        mean, log_var = model.encode(self.x)
        z = None if log_var is None else _array(gaussian.reparameterise(mean, log_var, self.noise))
        manifold = (
            (torch.sigmoid(model.decode(self.grid)) * 255).round().clamp(0, 255).nan_to_num(0).byte().cpu().numpy()
        )
        codes = _array(mean) if z is None else z
        measured = {
            name: estimator(codes, self.draws) if np.isfinite(codes).all() else None
            for name, estimator in ESTIMATORS.items()
        }
        return Snapshot(_array(mean), z, manifold, measured)


def prior_draws(prior: str, n: int, sets: int) -> np.ndarray:
    """Sets of n draws from the prior: (sets, n, 2) float32. The same in every call."""
    generator = torch.Generator().manual_seed(DRAWS_SEED)
    return np.stack([get_prior(prior).sample(n, 2, generator).numpy() for _ in range(sets)])


@lru_cache(maxsize=16)
def null_bands(prior: str, n: int) -> dict[str, metrics.Null]:
    """The nulls of the distances: those of n draws from the prior in place of codes."""
    bands = {}
    for name, estimator in ESTIMATORS.items():
        sets = iter(prior_draws(prior, n, 1 + 2 * NULL_REPEATS)[1:])
        bands[name] = metrics.null_of(estimator, lambda count: next(sets), n, NULL_REPEATS)  # noqa: B023
    return bands


def _manifold_side(image_side: int) -> int:
    return MANIFOLD_SIDES.get(str(image_side), MANIFOLD_SIDES["others"])


def _array(tensor: Tensor) -> np.ndarray:
    return tensor.float().cpu().numpy()
