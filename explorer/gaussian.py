"""The lecture's mathematics: the KL divergence between Gaussians, and the reparameterisation trick.

    KL(q || p) = integral of q(z) log(q(z) / p(z)) dz,   in nats

for q = N(mean_q, cov_q) and p = N(mean_p, cov_p) in k dimensions, first with full covariances,
then with diagonal ones, then from q = N(mean, exp(log_var)) to the standard normal, which is the
term that a variational autoencoder adds to its loss (Kingma & Welling 2013, arXiv 1312.6114,
Appendix B). All functions are batched over leading dimensions, which broadcast. Unless a docstring
says that NaN and infinity raise ValueError, they propagate to the result.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import torch
from torch import Tensor


class KLTerms(NamedTuple):
    """The four terms of the closed form, in nats. Each includes its factor ½, and their sum is the KL.

    `kl_terms` returns one value per distribution, shape (...). The diagonal forms return one value
    per dimension, shape (..., k).
    """

    trace: Tensor  # ½ tr(cov_p⁻¹ cov_q): the width of q in units of p
    mean: Tensor  # ½ (mean_p - mean_q)ᵀ cov_p⁻¹ (mean_p - mean_q): the distance of the means in units of p
    dimension: Tensor  # -½ k
    log_det: Tensor  # ½ (log det cov_p - log det cov_q)

    @property
    def total(self) -> Tensor:
        return self.trace + self.mean + self.dimension + self.log_det


def kl_terms(mean_q: Tensor, cov_q: Tensor, mean_p: Tensor, cov_p: Tensor) -> KLTerms:
    """The terms of KL(q || p) between Gaussians with full covariances, in nats.

    mean_q, mean_p: (..., k); cov_q, cov_p: (..., k, k), symmetric positive definite.
    Raises ValueError for incompatible shapes, different dtypes, NaN or infinity, and a covariance
    that is not symmetric positive definite.
    """
    k = _dimensions(mean_q=mean_q, mean_p=mean_p)
    _check_types(mean_q=mean_q, cov_q=cov_q, mean_p=mean_p, cov_p=cov_p)
    chol_q = _cholesky("cov_q", cov_q, k)
    chol_p = _cholesky("cov_p", cov_p, k)
    _check_finite(mean_q=mean_q, mean_p=mean_p)
    _check_leading(mean_q=mean_q.shape[:-1], cov_q=cov_q.shape[:-2], mean_p=mean_p.shape[:-1], cov_p=cov_p.shape[:-2])

    # tr(cov_p⁻¹ cov_q) = ‖L_p⁻¹ L_q‖² (Frobenius), with cov = L Lᵀ
    ratio = torch.linalg.solve_triangular(chol_p, chol_q, upper=False)  # (..., k, k)
    trace_term = 0.5 * ratio.square().sum((-2, -1))
    # (mean_p - mean_q)ᵀ cov_p⁻¹ (mean_p - mean_q) = ‖L_p⁻¹ (mean_p - mean_q)‖²
    shift = torch.linalg.solve_triangular(chol_p, (mean_p - mean_q).unsqueeze(-1), upper=False)  # (..., k, 1)
    mean_term = 0.5 * shift.square().sum((-2, -1))
    # log det cov = 2 Σ log diag L
    log_det_term = _sum_log_diagonal(chol_p) - _sum_log_diagonal(chol_q)
    return KLTerms(*torch.broadcast_tensors(trace_term, mean_term, torch.full_like(trace_term, -0.5 * k), log_det_term))


def kl_divergence(mean_q: Tensor, cov_q: Tensor, mean_p: Tensor, cov_p: Tensor) -> Tensor:
    """KL(q || p) between Gaussians with full covariances, in nats. Shapes and errors: see `kl_terms`."""
    return kl_terms(mean_q, cov_q, mean_p, cov_p).total


def kl_integral(mean_q: Tensor, cov_q: Tensor, mean_p: Tensor, cov_p: Tensor) -> Tensor:
    """KL(q || p) by its definition: the integral as a sum over a grid, in nats. k is at most 3.

    The grid follows q: z = mean_q + L_q u, with u from -9 to 9 in steps of ½ along each axis. For a Gaussian times
    a polynomial this sum is exact to float64 precision. In float32 the logarithms lose digits.
    Shapes and errors: see `kl_terms`.
    """
    k = _dimensions(mean_q=mean_q, mean_p=mean_p)
    if k > 3:
        raise ValueError(f"a grid of {k} dimensions would be too large: k must be at most 3")
    _check_types(mean_q=mean_q, cov_q=cov_q, mean_p=mean_p, cov_p=cov_p)
    step = 0.5
    axis = torch.arange(-18, 19, dtype=mean_q.dtype, device=mean_q.device) * step
    u = torch.cartesian_prod(*[axis] * k).reshape(-1, k)  # (37ᵏ, k)
    _, log_q, log_p = _at(u, mean_q, cov_q, mean_p, cov_p)  # (37ᵏ, ...)
    cell = step**k * _sum_log_diagonal(_cholesky("cov_q", cov_q, k)).exp()  # dz = det(L_q) du
    return (log_q.exp() * (log_q - log_p)).sum(0) * cell  # Σ q(z) log(q(z) / p(z)) dz


class MonteCarlo(NamedTuple):
    """A Monte Carlo estimate."""

    value: Tensor  # (...): the mean over the draws
    error: Tensor  # (...): the standard error of that mean


def kl_monte_carlo(mean_q: Tensor, cov_q: Tensor, mean_p: Tensor, cov_p: Tensor, noise: Tensor) -> MonteCarlo:
    """KL(q || p) as the mean of log(q(z) / p(z)) over draws z = mean_q + L_q ε from q, in nats.

    noise: (n, k), the draws ε from N(0, I), n >= 2. Raises ValueError for other shapes of it.
    Other shapes and errors: see `kl_terms`.
    """
    if noise.ndim != 2 or len(noise) < 2:
        raise ValueError(f"noise must be (n, k) with n >= 2, not {tuple(noise.shape)}")
    _dimensions(mean_q=mean_q, noise=noise)
    _check_finite(noise=noise)
    _, log_q, log_p = _at(noise, mean_q, cov_q, mean_p, cov_p)
    log_ratio = log_q - log_p  # (n, ...)
    return MonteCarlo(log_ratio.mean(0), log_ratio.std(0) / math.sqrt(len(noise)))


def kl_diagonal_terms(mean_q: Tensor, var_q: Tensor, mean_p: Tensor, var_p: Tensor) -> KLTerms:
    """The terms of KL(q || p) for diagonal covariances, one value per dimension, in nats.

    mean_q, var_q, mean_p, var_p: (..., k), with variances σ² above 0. Each term: (..., k).
    Raises ValueError for incompatible shapes, NaN or infinity, and variances that are not positive.
    """
    _dimensions(mean_q=mean_q, var_q=var_q, mean_p=mean_p, var_p=var_p)
    _check_finite(mean_q=mean_q, var_q=var_q, mean_p=mean_p, var_p=var_p)
    _check_leading(mean_q=mean_q.shape[:-1], var_q=var_q.shape[:-1], mean_p=mean_p.shape[:-1], var_p=var_p.shape[:-1])
    for name, var in (("var_q", var_q), ("var_p", var_p)):
        if not (var > 0).all():
            raise ValueError(f"{name} must be positive: it is a variance; its smallest value is {var.min().item():g}")
    trace_term = 0.5 * var_q / var_p
    mean_term = 0.5 * (mean_p - mean_q).square() / var_p
    log_det_term = 0.5 * (var_p.log() - var_q.log())
    return KLTerms(*torch.broadcast_tensors(trace_term, mean_term, torch.full_like(trace_term, -0.5), log_det_term))


def kl_diagonal(mean_q: Tensor, var_q: Tensor, mean_p: Tensor, var_p: Tensor) -> Tensor:
    """KL(q || p) for diagonal covariances, summed over the k dimensions, in nats: (...). See `kl_diagonal_terms`."""
    return kl_diagonal_terms(mean_q, var_q, mean_p, var_p).total.sum(-1)


def kl_to_standard_normal_terms(mean: Tensor, log_var: Tensor) -> KLTerms:
    """The terms of KL(N(mean, exp(log_var)) || N(0, I)), one value per dimension, in nats.

    mean, log_var: (..., k). Each term: (..., k); they are ½σ², ½μ², -½ and -½ log σ².
    Raises ValueError for incompatible shapes, and for NaN or infinity.
    """
    _check_posterior(mean, log_var)
    trace_term, mean_term, log_det_term = 0.5 * log_var.exp(), 0.5 * mean.square(), -0.5 * log_var
    return KLTerms(*torch.broadcast_tensors(trace_term, mean_term, torch.full_like(trace_term, -0.5), log_det_term))


def kl_to_standard_normal(mean: Tensor, log_var: Tensor, *, check: bool = True) -> Tensor:
    """KL(N(mean, exp(log_var)) || N(0, I)), summed over the k dimensions, in nats.

    mean, log_var: (..., k), log_var is log σ². Returns (...). In float32 the KL is infinite when
    log σ² exceeds about 88, because exp(log σ²) overflows. Raises ValueError for incompatible shapes,
    and for NaN or infinity. `check=False` skips the check of the values, which on a GPU would wait for the device.
    """
    _check_pair(mean, log_var)
    if check:
        _check_finite(mean=mean, log_var=log_var)
    # ½ Σ (σ² + μ² - 1 - log σ²); expm1 keeps the digits of σ² - 1 when log σ² is near 0
    return 0.5 * (log_var.expm1() - log_var + mean.square()).sum(-1)


def reparameterise(mean: Tensor, log_var: Tensor, noise: Tensor) -> Tensor:
    """z = μ + σ ε with σ = exp(½ log σ²): a draw from N(μ, σ²) that is differentiable in μ and σ.

    mean, log_var, noise: (..., k); the noise ε is a draw from N(0, I). Returns z: (..., k).
    Raises ValueError for incompatible shapes. (Kingma & Welling 2013, section 2.4.)
    """
    _dimensions(mean=mean, log_var=log_var, noise=noise)
    _check_leading(mean=mean.shape[:-1], log_var=log_var.shape[:-1], noise=noise.shape[:-1])
    return mean + (0.5 * log_var).exp() * noise


def log_prob_standard_normal(z: Tensor) -> Tensor:
    """log N(z; 0, I) in nats. z: (..., k). Returns (...). Raises ValueError if k is 0 or missing."""
    _dimensions(z=z)
    return -0.5 * (z.square() + math.log(2 * math.pi)).sum(-1)


def log_prob_diagonal(z: Tensor, mean: Tensor, log_var: Tensor) -> Tensor:
    """log N(z; mean, diag(exp(log_var))) in nats. z, mean, log_var: (..., k). Returns (...).

    Raises ValueError for incompatible shapes.
    """
    _dimensions(z=z, mean=mean, log_var=log_var)
    _check_leading(z=z.shape[:-1], mean=mean.shape[:-1], log_var=log_var.shape[:-1])
    # -½ Σ ((z - mean)² / σ² + log σ² + log 2π)
    return log_prob_standard_normal((z - mean) * torch.exp(-0.5 * log_var)) - 0.5 * log_var.sum(-1)


def log_prob(z: Tensor, mean: Tensor, cov: Tensor) -> Tensor:
    """log N(z; mean, cov) in nats. z, mean: (..., k); cov: (..., k, k), symmetric positive definite. Returns (...).

    Raises ValueError for incompatible shapes, different dtypes, and a matrix that is not a finite covariance.
    """
    k = _dimensions(z=z, mean=mean)
    _check_types(z=z, mean=mean, cov=cov)
    chol = _cholesky("cov", cov, k)
    _check_leading(z=z.shape[:-1], mean=mean.shape[:-1], cov=cov.shape[:-2])
    return _log_prob(z, mean, chol)


def _log_prob(z: Tensor, mean: Tensor, chol: Tensor) -> Tensor:
    # -½ (z - mean)ᵀ cov⁻¹ (z - mean) - ½ log det cov - ½ k log 2π
    u = torch.linalg.solve_triangular(chol, (z - mean).unsqueeze(-1), upper=False).squeeze(-1)  # (..., k)
    return log_prob_standard_normal(u) - _sum_log_diagonal(chol)


def _at(u: Tensor, mean_q: Tensor, cov_q: Tensor, mean_p: Tensor, cov_p: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """The points z = mean_q + L_q u, log q(z) and log p(z): (n, ..., k), (n, ...), (n, ...). u: (n, k)."""
    k = _dimensions(mean_q=mean_q, mean_p=mean_p)
    _check_finite(mean_q=mean_q, mean_p=mean_p)
    chol_q, chol_p = _cholesky("cov_q", cov_q, k), _cholesky("cov_p", cov_p, k)
    _check_leading(mean_q=mean_q.shape[:-1], cov_q=cov_q.shape[:-2], mean_p=mean_p.shape[:-1], cov_p=cov_p.shape[:-2])
    leading = (1,) * max(mean_q.ndim - 1, cov_q.ndim - 2, mean_p.ndim - 1, cov_p.ndim - 2)
    z = mean_q + (chol_q @ u.reshape(len(u), *leading, k, 1)).squeeze(-1)  # (n, ..., k)
    return z, _log_prob(z, mean_q, chol_q), _log_prob(z, mean_p, chol_p)


# Checks of arguments. They raise ValueError.


def _check_posterior(mean: Tensor, log_var: Tensor) -> None:
    _check_pair(mean, log_var)
    _check_finite(mean=mean, log_var=log_var)


def _check_pair(mean: Tensor, log_var: Tensor) -> None:
    # Runs in every training step: the general checks are slower, and only needed for their messages.
    if mean.shape != log_var.shape or mean.ndim < 1 or mean.shape[-1] < 1:
        _dimensions(mean=mean, log_var=log_var)
        _check_leading(mean=mean.shape[:-1], log_var=log_var.shape[:-1])


def _check_types(**tensors: Tensor) -> None:
    types = {name: tensor.dtype for name, tensor in tensors.items()}
    if len(set(types.values())) > 1 or not next(iter(types.values())).is_floating_point:
        raise ValueError(
            "the number types must be one, of floats: " + ", ".join(f"{name} is {kind}" for name, kind in types.items())
        )


def _dimensions(**vectors: Tensor) -> int:
    """The number of dimensions k, which must be the same for all vectors (..., k)."""
    for name, vector in vectors.items():
        if vector.ndim < 1 or vector.shape[-1] < 1:
            raise ValueError(f"{name} must have shape (..., k) with k >= 1, not {tuple(vector.shape)}")
    sizes = {name: vector.shape[-1] for name, vector in vectors.items()}
    if len(set(sizes.values())) > 1:
        listed = ", ".join(f"{name} has {size}" for name, size in sizes.items())
        raise ValueError(f"the number of dimensions does not fit: {listed}")
    return next(iter(sizes.values()))


def _check_leading(**shapes: torch.Size) -> None:
    if len(set(shapes.values())) == 1:
        return  # runs in every training step: broadcasting the shapes is slower
    try:
        torch.broadcast_shapes(*shapes.values())
    except RuntimeError:
        listed = ", ".join(f"{name} has {tuple(shape)}" for name, shape in shapes.items())
        raise ValueError(f"the leading (batch) shapes do not fit: {listed}") from None


def _check_finite(**tensors: Tensor) -> None:
    for name, tensor in tensors.items():
        if not tensor.isfinite().all():
            what = "NaN" if tensor.isnan().any() else "infinity"
            raise ValueError(f"{name} holds {what}")


def _cholesky(name: str, cov: Tensor, k: int) -> Tensor:
    """The lower factor L of cov = L Lᵀ: (..., k, k)."""
    if cov.ndim < 2 or cov.shape[-2:] != (k, k):
        raise ValueError(f"{name} must have shape (..., {k}, {k}) to fit the means, not {tuple(cov.shape)}")
    _check_finite(**{name: cov})
    tolerance = 1e-5 if cov.dtype == torch.float32 else 1e-9
    scale = cov.abs().amax((-2, -1), keepdim=True)
    if not ((cov - cov.mT).abs() <= tolerance * scale).all():
        raise ValueError(f"{name} is not symmetric")
    factor, failed = torch.linalg.cholesky_ex(cov)
    if failed.any():
        raise ValueError(f"{name} is not positive definite")
    return factor


def _sum_log_diagonal(factor: Tensor) -> Tensor:
    return factor.diagonal(dim1=-2, dim2=-1).log().sum(-1)
