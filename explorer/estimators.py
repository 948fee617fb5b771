"""Estimators of the gradient of E[f(z)], z ~ N(mean, exp(log_var)), with respect to mean and log_var.

There are two estimators, both unbiased under their conditions:

    pathwise         f'(z) dz/dθ with z = μ + σε, the reparameterisation trick. f must be differentiable:
                     the gradient of a step function is 0 almost everywhere, and so is this estimate.
    score function   (f(z) - b) d log q(z)/dθ, also called REINFORCE. It needs only the values of f.
                     The baseline b may be any constant, because E[d log q(z)/dθ] = 0.

(Mohamed et al. 2020, arXiv 1906.10652, sections 4 and 5.) Every function returns one estimate per draw, to show the
variance. A training step uses their mean. All functions raise ValueError for incompatible shapes. NaN and infinity
propagate.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

import torch
from torch import Tensor

from explorer import gaussian

# The functions f(z, omega): z (n, k) to values (n,). They use the first dimension only.
FUNCTIONS: dict[str, Callable[[Tensor, float], Tensor]] = {
    "square": lambda z, omega: z[:, 0].square(),
    "cosine": lambda z, omega: torch.cos(omega * z[:, 0]),
    "step": lambda z, omega: (1 + torch.sign(z[:, 0])) / 2,  # autograd's gradient of sign is 0, as the step's is
}


class Gradients(NamedTuple):
    """One estimate of the gradient per draw."""

    mean: Tensor  # (n, k): estimates of ∂E[f]/∂μ
    log_var: Tensor  # (n, k): estimates of ∂E[f]/∂log σ²


class Pathwise(NamedTuple):
    """The draws, the function's values and slopes there, and the pathwise estimates."""

    z: Tensor  # (n, k)
    values: Tensor  # (n,): f(z)
    slopes: Tensor  # (n, k): ∂f/∂z
    gradients: Gradients


def pathwise(f: Callable[[Tensor], Tensor], mean: Tensor, log_var: Tensor, noise: Tensor) -> Pathwise:
    """Pathwise estimates, by automatic differentiation through `gaussian.reparameterise`.

    f maps draws (n, k) to values (n,); each value depends on its own draw only. mean, log_var: (k,);
    noise: (n, k), draws from N(0, I).
    """
    _check_parameters(mean, log_var, noise=noise)
    # one copy of the parameters per draw, so that autograd returns one gradient per draw
    mean, log_var = (one.expand_as(noise).clone().requires_grad_() for one in (mean, log_var))
    z = gaussian.reparameterise(mean, log_var, noise)
    values = f(z)
    _check_shapes(("f(z)", values, noise.shape[:1]))
    slopes, by_mean, by_log_var = torch.autograd.grad(values.sum(), (z, mean, log_var))
    return Pathwise(z.detach(), values.detach(), slopes, Gradients(by_mean, by_log_var))


def scores(mean: Tensor, log_var: Tensor, z: Tensor) -> Gradients:
    """The scores ∂log q(z)/∂θ at draws z (n, k), by automatic differentiation of `gaussian.log_prob_diagonal`.

    mean, log_var: (k,).
    """
    _check_parameters(mean, log_var, z=z)
    mean, log_var = (one.expand_as(z).clone().requires_grad_() for one in (mean, log_var))
    return Gradients(*torch.autograd.grad(gaussian.log_prob_diagonal(z, mean, log_var).sum(), (mean, log_var)))


def score_function(values: Tensor, score: Tensor, baseline: Tensor | float = 0.0) -> Tensor:
    """Score-function estimates (f(z) - b) ∂log q(z)/∂θ: (n, k).

    values: (n,), f(z); score: (n, k), a field of `scores`; baseline: b, a number or (k,).
    """
    _check_scores(values, score)
    if isinstance(baseline, Tensor) and baseline.ndim:
        _check_shapes(("baseline", baseline, score.shape[1:]))
    return (values[:, None] - baseline) * score


def best_baseline(values: Tensor, score: Tensor) -> Tensor:
    """The baseline that minimises the variance of the score function: b* = E[f s²] / E[s²], estimated from draws.

    values: (n,); score: (n, k), n >= 1. Returns (k,), with NaN where all scores are 0.
    """
    _check_scores(values, score)
    return (values[:, None] * score.square()).mean(0) / score.square().mean(0)


class Measured(NamedTuple):
    """One component of the gradient, and the variances of its estimators, measured over many draws."""

    truth: float  # the mean of the pathwise estimates
    error: float  # the standard error of that mean
    variances: list[float]  # per draw: pathwise; score function with b = 0, with b = E[f], with the best baseline
    best: float  # the best baseline b*


def measure(values: Tensor, path: Tensor, score: Tensor) -> Measured:
    """Measures the estimators of one component of the gradient over n >= 2 draws.

    values: (n,), f(z); path: (n,), the pathwise estimates; score: (n,), the scores.
    """
    if values.ndim != 1 or len(values) < 2:
        raise ValueError(f"values must be (n,) with n >= 2, not {tuple(values.shape)}: one draw has no spread")
    _check_shapes(("path", path, values.shape), ("score", score, values.shape))
    best = best_baseline(values, score[:, None])
    levels = (0.0, values.mean(), best)
    each = [path, *(score_function(values, score[:, None], level)[:, 0] for level in levels)]
    variances = [one.var().item() for one in each]
    return Measured(path.mean().item(), math.sqrt(variances[0] / len(path)), variances, best.item())


def _check_parameters(mean: Tensor, log_var: Tensor, **draws: Tensor) -> None:
    ((name, points),) = draws.items()
    if points.ndim != 2 or points.shape[1] < 1:
        raise ValueError(f"{name} must be (n, k) with k >= 1, not {tuple(points.shape)}")
    _check_shapes(("mean", mean, points.shape[1:]), ("log_var", log_var, points.shape[1:]))


def _check_scores(values: Tensor, score: Tensor) -> None:
    if score.ndim != 2 or len(score) < 1:
        raise ValueError(f"score must be (n, k) with n >= 1, not {tuple(score.shape)}")
    _check_shapes(("values", values, score.shape[:1]))


def _check_shapes(*named: tuple[str, Tensor, Sequence[int]]) -> None:
    for name, tensor, shape in named:
        if tuple(tensor.shape) != tuple(shape):
            raise ValueError(f"{name} must have shape {tuple(shape)} to fit the others, not {tuple(tensor.shape)}")
