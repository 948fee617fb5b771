"""Python's values for the KL lesson against torch's distributions and autograd. The shown code is what runs."""

from __future__ import annotations

import inspect
import json
import math

import pytest
import torch
from torch.distributions import MultivariateNormal, Normal, kl_divergence

from explorer import gaussian
from explorer.address import kl as kl_state
from explorer.ui import kl_reference

STATE = kl_state.DEFAULT | {"q": [0.3, 0.8], "p": [-1.0, 1.7], "q2": [0.5, -1, 2, 0.8, 1], "p2": [1, 0, 1.5, -0.4, 1]}


def double(values) -> torch.Tensor:
    return torch.tensor(values, dtype=torch.float64)


def test_values_are_those_of_torch():
    found = kl_reference.reference(STATE)
    q, p = (Normal(*double(STATE[name])) for name in ("q", "p"))
    assert found["line"] == pytest.approx(
        {"q‖p": kl_divergence(q, p).item(), "p‖q": kl_divergence(p, q).item()}, abs=1e-12
    )
    q2, p2 = (
        MultivariateNormal(double([0.5, -1]), double([[2, 0.8], [0.8, 1]])),
        MultivariateNormal(double([1, 0]), double([[1.5, -0.4], [-0.4, 1]])),
    )
    normal, straight = (
        MultivariateNormal(double([0, 0]), double([[1, 0], [0, 1]])),
        MultivariateNormal(double([0.5, -1]), double([[2, 0], [0, 1]])),
    )
    assert (
        found["plane"]["q‖p"] == pytest.approx(kl_divergence(q2, p2).item(), abs=1e-12) == sum(found["plane"]["terms"])
    )
    assert found["plane"]["p‖q"] == pytest.approx(kl_divergence(p2, q2).item(), abs=1e-12)
    expected = {
        "drawn": kl_divergence(q2, p2),
        "standard": kl_divergence(q2, normal),
        "diagonal": kl_divergence(straight, normal),
    }
    rows = found["forms"]["values"]
    assert [len(row) for row in rows.values()] == [3, 3, 2, 1, 1, 1]
    for row in rows.values():
        for name, value in row.items():
            assert value == pytest.approx(expected[name].item(), abs=1e-9)
    for name, sample in found["forms"]["samples"].items():
        assert abs(sample["kl"] - expected[name].item()) < 5 * sample["error"]
    json.dumps(found, allow_nan=False)  # the browser reads it


def test_two_bumps_against_a_monte_carlo_mean():
    found = kl_reference.reference(STATE | {"gap": 1.5})["line"]["q‖p"]
    q = Normal(*double(STATE["q"]))
    z = q.sample((400_000,)) if torch.manual_seed(0) else None
    log_p = torch.stack(
        [Normal(double(-1.0 + side * 1.5), 1.7).log_prob(z) + math.log(share) for side, share in ((-1, 0.6), (1, 0.4))]
    ).logsumexp(0)
    ratio = q.log_prob(z) - log_p
    assert abs(found - ratio.mean().item()) < 5 * ratio.std().item() / math.sqrt(len(z))


def test_a_descent_follows_the_gradients_worked_out_by_hand():
    std, log_var = (kl_reference.descend(name, [1.0, 2.0], [0.0, 1.0], 0.4) for name in ("std", "log_var"))
    assert std[0]["gradient"] == pytest.approx(2 - 1 / 2) and std[1]["std"] == pytest.approx(
        2 - 0.4 * 1.5
    )  # ∂KL/∂σ = σ − 1/σ
    assert log_var[0]["gradient"] == pytest.approx(1.5) and log_var[1]["std"] ** 2 == pytest.approx(
        4 * math.exp(-0.4 * 1.5)
    )  # ½ (σ² − 1)
    below = kl_reference.descend("std", [1.0, 2.0], [0.0, 1.0], 1.5)
    assert below[1]["std"] == -0.25 and math.isnan(below[1]["kl"])


def test_the_code_shown_is_the_code_run():
    steps = kl_reference.sources()
    assert len(steps) == 6
    for step, functions in enumerate(steps, 1):
        call = next(function for name, function in vars(kl_reference).items() if name.startswith(f"step_{step}_"))
        assert functions[0]["source"] == inspect.getsource(call).rstrip()
        for shown in functions[1:]:
            assert shown["source"] == inspect.getsource(getattr(gaussian, shown["name"])).rstrip()
            assert (
                f"{shown['name']}(" in " ".join(one["source"] for one in functions) or shown["name"] == "kl_monte_carlo"
            )
