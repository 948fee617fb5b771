"""How far the aggregate q(z) is from the prior p(z), measured on codes. Arrays in, numbers out.

An estimate says little without its null: what the same estimator gives for two draws of the prior.
Codes of a stochastic encoder must be sampled z, not means.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from sklearn.neighbors import NearestNeighbors

NEIGHBOURS = 5
DIRECTIONS = 64


class Null(NamedTuple):
    """What an estimator gives when q is p: over repeated draws of the prior, of the codes' own number."""

    mean: float
    std: float


def coverage(codes: np.ndarray, prior_draws: np.ndarray, k: int = NEIGHBOURS) -> float:
    """Share of the prior's draws whose ball to their k-th neighbour among the draws holds a code.

    codes: (n, d), prior_draws: (m, d). 1 is the most; about 1 - 2⁻ᵏ when q is p and n = m. It falls where q has holes.
    (Naeem et al. 2020, arXiv 2002.09797, eq. 10, with the prior as the real set.)
    """
    radius = NearestNeighbors(n_neighbors=k + 1).fit(prior_draws).kneighbors(prior_draws)[0][:, -1]  # itself is the first
    nearest_code = NearestNeighbors(n_neighbors=1).fit(codes).kneighbors(prior_draws)[0][:, 0]
    return float((nearest_code <= radius).mean())


def sliced_w2_squared(codes: np.ndarray, prior_draws: np.ndarray, directions: int = DIRECTIONS) -> float:
    """Mean over directions of the squared one-dimensional Wasserstein-2 distance.

    codes, prior_draws: (n, d), the same n. In two dimensions the directions are even over the half
    circle, otherwise drawn once with a fixed seed. Raises ValueError for different n.
    """
    if len(codes) != len(prior_draws):
        raise ValueError(f"as many codes as draws of the prior are needed, not {len(codes)} and {len(prior_draws)}")
    axes = _directions(codes.shape[1], directions)  # (d, directions)
    gaps = np.sort(codes @ axes, axis=0) - np.sort(prior_draws @ axes, axis=0)
    return float((gaps**2).mean())


def null_of(
    estimator: Callable[[np.ndarray, np.ndarray], float],
    sample_prior: Callable[[int], np.ndarray],
    n: int,
    repeats: int = 20,
) -> Null:
    """The estimator's null band: `repeats` times two fresh sets of n draws of the prior against each other."""
    values = [estimator(sample_prior(n), sample_prior(n)) for _ in range(repeats)]
    return Null(float(np.mean(values)), float(np.std(values, ddof=1)))


def _directions(dimensions: int, count: int) -> np.ndarray:
    if dimensions == 2:
        angles = np.pi * np.arange(count) / count
        return np.stack([np.cos(angles), np.sin(angles)])
    axes = np.random.default_rng(0).standard_normal((dimensions, count))
    return axes / np.linalg.norm(axes, axis=0)
