"""Estimators of the gradient of E[f(z)], z ~ N(mean, exp(log_var)), with respect to mean and log_var.

Two ways to take a gradient through an expectation, both unbiased where they apply:

    pathwise         f'(z) dz/dθ with z = μ + σε: the reparameterisation trick; needs an f with a slope that tells the truth
    score function   (f(z) - b) d log q(z)/dθ: needs only values of f; b is a constant, for which E[d log q(z)/dθ] = 0 allows any

(Mohamed et al. 2020, arXiv 1906.10652, sections 4 and 5; the score function is REINFORCE.) Every function gives one estimate a
draw, so that their spread can be seen; their mean over draws is the estimate that a training step uses. All raise ValueError
for shapes that do not fit; NaN and infinity pass through.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

import torch
from torch import Tensor

from explorer import gaussian

# f for draws z (n, k), a value each (n,): the first dimension alone
FUNCTIONS: dict[str, Callable[[Tensor, float], Tensor]] = {
    "square": lambda z, omega: z[:, 0].square(),
    "cosine": lambda z, omega: torch.cos(omega * z[:, 0]),
    "step": lambda z, omega: (1 + torch.sign(z[:, 0])) / 2,  # sign has the gradient 0, as the step has
}


class Gradients(NamedTuple):
    """One estimate a draw."""

    mean: Tensor  # (n, k): of ∂E[f]/∂μ
    log_var: Tensor  # (n, k): of ∂E[f]/∂log σ²


class Pathwise(NamedTuple):
    z: Tensor  # (n, k)
    values: Tensor  # (n,): f(z)
    slopes: Tensor  # (n, k): ∂f/∂z
    gradients: Gradients


def pathwise(f: Callable[[Tensor], Tensor], mean: Tensor, log_var: Tensor, noise: Tensor) -> Pathwise:
    """Estimates by automatic differentiation through `gaussian.reparameterise`.

    f: draws (n, k) to values (n,), each of its own draw alone; mean, log_var: (k,); noise: (n, k), draws of N(0, I).
    """
    _check_parameters(mean, log_var, noise=noise)
    mean, log_var = (
        one.expand_as(noise).clone().requires_grad_() for one in (mean, log_var)
    )  # a leaf a draw: a gradient a draw
    z = gaussian.reparameterise(mean, log_var, noise)
    values = f(z)
    _check_shapes(("f(z)", values, noise.shape[:1]))
    slopes, by_mean, by_log_var = torch.autograd.grad(values.sum(), (z, mean, log_var))
    return Pathwise(z.detach(), values.detach(), slopes, Gradients(by_mean, by_log_var))


def scores(mean: Tensor, log_var: Tensor, z: Tensor) -> Gradients:
    """∂log q(z)/∂θ at draws z (n, k), by automatic differentiation of `gaussian.log_prob_diagonal`. mean, log_var: (k,)."""
    _check_parameters(mean, log_var, z=z)
    mean, log_var = (one.expand_as(z).clone().requires_grad_() for one in (mean, log_var))
    return Gradients(*torch.autograd.grad(gaussian.log_prob_diagonal(z, mean, log_var).sum(), (mean, log_var)))


def score_function(values: Tensor, score: Tensor, baseline: Tensor | float = 0.0) -> Tensor:
    """(f(z) - b) ∂log q(z)/∂θ. values: (n,); score: (n, k), one of `scores`; baseline: a number, or (k,). Returns (n, k)."""
    _check_scores(values, score)
    if isinstance(baseline, Tensor) and baseline.ndim:
        _check_shapes(("baseline", baseline, score.shape[1:]))
    return (values[:, None] - baseline) * score


def best_baseline(values: Tensor, score: Tensor) -> Tensor:
    """The constant that makes the score function's variance least: b* = E[f s²] / E[s²], estimated from draws, n >= 1. Returns (k,); NaN where all scores are 0."""
    _check_scores(values, score)
    return (values[:, None] * score.square()).mean(0) / score.square().mean(0)


class Measured(NamedTuple):
    """What many draws say of one component of the gradient."""

    truth: float  # the mean of the pathwise estimates
    error: float  # its standard error
    variances: list[float]  # of one estimate: pathwise; score function; with b = E[f]; with the best baseline
    best: float  # b*


def measure(values: Tensor, path: Tensor, score: Tensor) -> Measured:
    """One component's estimators over draws, n >= 2. values: (n,) f(z); path: (n,) pathwise estimates; score: (n,)."""
    if values.ndim != 1 or len(values) < 2:
        raise ValueError(f"values must be (n,) with n >= 2, not {tuple(values.shape)}: one draw has no spread")
    _check_shapes(("path", path, values.shape), ("score", score, values.shape))
    best = best_baseline(values, score[:, None])
    levels = (0.0, values.mean(), best)
    each = [path, *(score_function(values, score[:, None], level)[:, 0] for level in levels)]
    variances = [one.var().item() for one in each]
    return Measured(path.mean().item(), math.sqrt(variances[0] / len(path)), variances, best.item())


def _check_parameters(mean: Tensor, log_var: Tensor, **draws: Tensor) -> None:
    ((name, draws),) = draws.items()
    if draws.ndim != 2 or draws.shape[1] < 1:
        raise ValueError(f"{name} must be (n, k) with k >= 1, not {tuple(draws.shape)}")
    _check_shapes(("mean", mean, draws.shape[1:]), ("log_var", log_var, draws.shape[1:]))


def _check_scores(values: Tensor, score: Tensor) -> None:
    if score.ndim != 2 or len(score) < 1:
        raise ValueError(f"score must be (n, k) with n >= 1, not {tuple(score.shape)}")
    _check_shapes(("values", values, score.shape[:1]))


def _check_shapes(*named: tuple[str, Tensor, Sequence[int]]) -> None:
    for name, tensor, shape in named:
        if tuple(tensor.shape) != tuple(shape):
            raise ValueError(f"{name} must have shape {tuple(shape)} to fit the others, not {tuple(tensor.shape)}")
