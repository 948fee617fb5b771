"""The priors' densities, in Node, against torch."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from explorer.config import PRIORS
from explorer.priors import get_prior
from explorer.serving.catalogue import shape

from ..browser.driver import ROOT

pytestmark = pytest.mark.skipif(
    not (ROOT / "pretrained" / "digits-aae").exists(), reason="no shipped models: python train.py makes them"
)


def test_smoothed_priors_against_torch(compute):
    points = [[0.0, 0.0], [1.9, 0.1], [-3.0, 2.5]]
    z = torch.tensor(points)

    def found(given, smoothing: float, component: int | None) -> list[float]:
        body = "return points.map(([x, y]) => logDensity(shape, x, y, { smoothing, component }));"
        return compute("kernel/prior", body, shape=given, points=points, smoothing=smoothing, component=component)

    for name in PRIORS:
        prior, given = get_prior(name), shape(name)
        for smoothing in (0.0, 0.5):
            np.testing.assert_allclose(
                found(given, smoothing, None), prior.log_prob(z, smoothing=smoothing).numpy(), rtol=1e-4, atol=1e-4
            )
        if name == "mixture":
            np.testing.assert_allclose(
                found(given, 0.5, 7),
                prior.log_prob(z, torch.full((3,), 7), smoothing=0.5).numpy(),
                rtol=1e-4,
                atol=1e-4,
            )
