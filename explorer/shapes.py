"""The parameters of the priors that are mixtures of Gaussians: priors.py samples them, the browser draws them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np


class Mixture(NamedTuple):
    """A mixture of c Gaussians with equal weights. Each has its own mean, axes and standard deviations along them."""

    label: str
    means: np.ndarray  # (c, k)
    axes: np.ndarray  # (c, k, k), orthonormal rows
    stds: np.ndarray  # (c, k)


def _check(count: int, **lengths: float) -> None:
    if count < 1:
        raise ValueError(f"a mixture has at least one component, not {count}")
    for name, value in lengths.items():
        if not 0 < value < np.inf:
            raise ValueError(f"{name} must be above 0, not {value}")


def petals(count: int = 10, distance: float = 2.0, along: float = 0.5, across: float = 0.2) -> Mixture:
    """Gaussians on a circle, elongated towards its centre: the mixture of Makhzani et al. 2015, Fig. 2 and Fig. 4.

    A label-informed model assigns one component to each class. Lengths are in units of the latent space.
    Raises ValueError for fewer than one component, and for a length that is not positive.
    """
    _check(count, distance=distance, along=along, across=across)
    angles = 2 * np.pi * np.arange(count) / count
    outwards = np.stack([np.cos(angles), np.sin(angles)], -1)  # (c, 2)
    sideways = np.stack([-np.sin(angles), np.cos(angles)], -1)
    return Mixture(
        f"mixture of {count} Gaussians",
        distance * outwards,
        np.stack([outwards, sideways], -2),
        np.tile([along, across], (count, 1)),
    )


def swiss_roll(turns: float = 2.0, radius: float = 3.0, thickness: float = 0.15, beads: int = 200) -> Mixture:
    """A spiral with Gaussian thickness and uniform density along its length (Makhzani et al. 2015, Fig. 4).

    It is a mixture of many round Gaussians (beads). Their distance, 0.1, is less than their standard deviation, so the
    spiral is smooth, and its density has a closed form.
    Raises ValueError for fewer than one bead, and for a length that is not positive.
    """
    _check(beads, turns=turns, radius=radius, thickness=thickness)
    along = np.sqrt((np.arange(beads) + 0.5) / beads)  # the length of the spiral r = a θ grows as θ²
    angles = 2 * np.pi * turns * along
    means = radius * along[:, None] * np.stack([np.cos(angles), np.sin(angles)], -1)
    return Mixture("swiss roll", means, np.tile(np.eye(2), (beads, 1, 1)), np.full((beads, 2), thickness))


SHAPES = {"mixture": petals, "swiss-roll": swiss_roll}  # by name, as in config.PRIORS
