"""The two parts of a VAE's KL, in Node, against torch's mixture of all posteriors."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from torch.distributions import Categorical, Independent, MixtureSameFamily, Normal, kl_divergence

from explorer.store.bundle import load_bundle
from explorer.ui import draws

from ..browser.driver import ROOT

VAE = ROOT / "pretrained" / "digits-vae"
BODY = "return surgery({ mean: mean.map((c) => Float32Array.from(c)), logVar: logVar.map((c) => Float32Array.from(c)) }, rows);"


def parts(rows: list[int]) -> dict[str, float]:
    """kl, information and marginal by torch, with the browser's noise."""
    codes = load_bundle(VAE).codes
    mean, log_var = (torch.from_numpy(part).double() for part in (codes.mean, codes.log_var))
    noise = torch.from_numpy(draws.standard_normal(mean.numel(), 1).reshape(2, -1).T.copy())
    each = Independent(Normal(mean[rows], (0.5 * log_var[rows]).exp()), 1)
    prior = Independent(Normal(torch.zeros_like(mean[rows]), torch.ones_like(mean[rows])), 1)
    z = mean[rows] + (0.5 * log_var[rows]).exp() * noise[rows]
    aggregate = MixtureSameFamily(Categorical(torch.ones(len(rows)).double()), each)
    return {
        "kl": kl_divergence(each, prior).mean().item(),
        "information": (each.log_prob(z) - aggregate.log_prob(z)).mean().item(),
        "marginal": (aggregate.log_prob(z) - prior.log_prob(z)).mean().item(),
    }


@pytest.mark.skipif(not VAE.exists(), reason="no shipped models")
@pytest.mark.parametrize("count", [10, 100, 360])
def test_the_parts_are_those_of_the_exact_mixture(compute, count):
    codes = load_bundle(VAE).codes
    rows = compute("adversary/surgery", "return spaced(n, count);", n=len(codes.mean), count=count)
    assert rows == [i * len(codes.mean) // count for i in range(count)]
    found = compute("adversary/surgery", BODY, mean=codes.mean.T, logVar=codes.log_var.T, rows=rows)
    assert found == pytest.approx(parts(rows), rel=1e-5, abs=1e-6)
    assert 0 < found["information"] <= math.log(count)
    assert found["information"] + found["marginal"] == pytest.approx(
        found["kl"], abs=6 / np.sqrt(count)
    )  # one draw each


def test_more_rows_than_there_are_are_all_of_them(compute):
    assert compute("adversary/surgery", "return spaced(3, 10);") == [0, 1, 2]
