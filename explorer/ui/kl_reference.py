"""Python's values for the KL lesson's state, from explorer.gaussian and torch.autograd.

The page compares the browser's numbers with them. Importing this module imports torch, so the page does it after it has
been drawn. The derivation shows the source of the functions that run here.
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Mapping
from functools import cache

from explorer import gaussian
from explorer.shared import NUMBERS

DESCENT_STEPS = NUMBERS["descent_steps"]  # in each of the two runs of gradient descent
CLAMP = NUMBERS["log_var_clamp"]  # of the clamped KL: see web/kl/numerics.js


def reference(state: Mapping) -> dict:
    """All values for one state, as plain numbers. NaN and infinity are strings, because JSON has neither."""
    found = {
        "of": {name: state[name] for name in ("q", "p", "gap", "q2", "p2", "n", "rate", "log_var")},
        "line": {
            "q‖p": _on_the_line(state["q"], state["p"], 0.0, state["gap"]),
            "p‖q": _on_the_line(state["p"], state["q"], state["gap"], 0.0),
        },
        "plane": _in_the_plane(state),
        "forms": _forms(state),
        "runs": {
            coordinate: descend(coordinate, state["q"], state["p"], state["rate"]) for coordinate in ("std", "log_var")
        },
        "float32": float32(state["log_var"]),
    }
    return _plain(found)


# The calls of the derivation: (mean_q, cov_q) against p or against N(0, I).


def step_1_the_integral(mean_q, cov_q, mean_p, cov_p):
    return gaussian.kl_integral(mean_q, cov_q, mean_p, cov_p)


def step_2_full_covariance(mean_q, cov_q, mean_p, cov_p):
    return gaussian.kl_terms(mean_q, cov_q, mean_p, cov_p).total


def step_3_standard_normal_p(mean_q, cov_q):
    return gaussian.kl_divergence(mean_q, cov_q, mean_q.new_zeros(2), mean_q.new_ones(2).diag())


def step_4_diagonal(mean_q, cov_q):
    diagonal = cov_q.diagonal().diag()  # without the correlation
    return gaussian.kl_divergence(mean_q, diagonal, mean_q.new_zeros(2), mean_q.new_ones(2).diag())


def step_5_variances(mean_q, cov_q):
    var_q = cov_q.diagonal()  # σ²: two numbers instead of a matrix
    return gaussian.kl_diagonal(mean_q, var_q, mean_q.new_zeros(2), mean_q.new_ones(2))


def step_6_log_variances(mean_q, cov_q):
    log_var = cov_q.diagonal().log()  # log σ²: the encoder's output
    return gaussian.kl_to_standard_normal(mean_q, log_var)


@cache
def sources() -> list[list[dict]]:
    """For each step, the sources of its call and of the functions of explorer.gaussian behind it: [{name, source}]."""
    steps = [
        (step_1_the_integral, gaussian.kl_integral, gaussian.log_prob, gaussian.kl_monte_carlo),
        (step_2_full_covariance, gaussian.kl_terms, gaussian.KLTerms),
        (step_3_standard_normal_p, gaussian.kl_divergence, gaussian.kl_terms),
        (step_4_diagonal, gaussian.kl_divergence, gaussian.kl_terms),
        (step_5_variances, gaussian.kl_diagonal, gaussian.kl_diagonal_terms),
        (step_6_log_variances, gaussian.kl_to_standard_normal, gaussian.kl_to_standard_normal_terms),
    ]
    return [
        [{"name": function.__name__, "source": inspect.getsource(function).rstrip()} for function in functions]
        for functions in steps
    ]


def descend(coordinate: str, q: list[float], p: list[float], rate: float) -> list[dict]:
    """Gradient descent on KL(q‖p) by torch.autograd over σ ("std") or log σ² ("log_var") of q. The means are fixed."""
    import torch

    mean, std_p, std = (torch.tensor(value, dtype=torch.float64) for value in (q[0] - p[0], p[1], q[1]))
    width = (std if coordinate == "std" else 2 * std.log()).requires_grad_()
    path = []
    for _ in range(DESCENT_STEPS + 1):
        sigma, log_var = (width, 2 * width.log()) if coordinate == "std" else ((width / 2).exp(), width)
        kl = std_p.log() - log_var / 2 + (sigma**2 + mean**2) / (2 * std_p**2) - 0.5
        (gradient,) = torch.autograd.grad(kl, width)
        path.append({"std": sigma.item(), "kl": kl.item(), "gradient": gradient.item()})
        width = (width - rate * gradient).detach().requires_grad_()
    return path


def _on_the_line(weight: list[float], other: list[float], weight_gap: float, other_gap: float) -> float:
    """KL(weight ‖ other) in one dimension, by the closed form, or by a sum over a fine grid if one has two bumps."""
    import torch

    if not (weight_gap or other_gap):
        mean_w, std_w, mean_o, std_o = torch.tensor([*weight, *other], dtype=torch.float64).reshape(4, 1)
        return gaussian.kl_diagonal(mean_w, std_w**2, mean_o, std_o**2).item()
    reach = weight_gap + 10 * weight[1]
    z = torch.linspace(weight[0] - reach, weight[0] + reach, 20_001, dtype=torch.float64)
    log_w, log_o = (_log_density(z, *given) for given in ((weight, weight_gap), (other, other_gap)))
    return ((log_w.exp() * (log_w - log_o)).sum() * (z[1] - z[0])).item()


def _log_density(z, gaussian_on_the_line: list[float], gap: float):
    """log of N(mean, std²), or of its two bumps 0.6 N(mean − gap, std²) + 0.4 N(mean + gap, std²). z: (n,)."""
    import torch

    mean, std = torch.tensor(gaussian_on_the_line, dtype=torch.float64)
    bumps = torch.stack([
        torch.distributions.Normal(mean + side * gap, std).log_prob(z) + math.log(share)
        for side, share in ((-1, 0.6), (1, 0.4))
    ])  # fmt: skip
    return bumps.logsumexp(0)


def _tensors(values: list[float]):
    import torch

    mean, (a, covariance, c) = values[:2], values[2:]
    return torch.tensor(mean, dtype=torch.float64), torch.tensor(
        [[a, covariance], [covariance, c]], dtype=torch.float64
    )


def _in_the_plane(state: Mapping) -> dict:
    q, p = _tensors(state["q2"]), _tensors(state["p2"])
    terms = gaussian.kl_terms(*q, *p)
    return {
        "q‖p": terms.total.item(),
        "p‖q": gaussian.kl_divergence(*p, *q).item(),
        "terms": [term.item() for term in terms],
    }


def _forms(state: Mapping) -> dict:
    """The value of each form on each set of parameters for which it is valid.

    The sets are "drawn", "standard" (p = N(0, I)) and "diagonal" (also without correlation).
    """
    import torch

    (mean, cov), p = _tensors(state["q2"]), _tensors(state["p2"])
    normal = torch.zeros(2, dtype=torch.float64), torch.eye(2, dtype=torch.float64)
    diagonal = torch.diag(cov.diagonal())
    sets = {"drawn": (mean, cov, *p), "standard": (mean, cov, *normal), "diagonal": (mean, diagonal, *normal)}
    noise = torch.randn(state["n"], 2, generator=torch.Generator().manual_seed(state["seed"]), dtype=torch.float64)
    samples = {name: gaussian.kl_monte_carlo(*given, noise) for name, given in sets.items()}
    found = {
        "integral": {name: step_1_the_integral(*given) for name, given in sets.items()},
        "full": {name: step_2_full_covariance(*given) for name, given in sets.items()},
        "standard": {
            "standard": step_3_standard_normal_p(mean, cov),
            "diagonal": step_3_standard_normal_p(mean, diagonal),
        },
        "matrix": {"diagonal": step_4_diagonal(mean, cov)},
        "variances": {"diagonal": step_5_variances(mean, cov)},
        "log_variances": {"diagonal": step_6_log_variances(mean, cov)},
    }
    return {
        "values": {form: {name: value.item() for name, value in row.items()} for form, row in found.items()},
        "samples": {name: {"kl": one.value.item(), "error": one.error.item()} for name, one in samples.items()},
    }


def float32(log_var: float) -> dict:
    """½ (σ² − 1 − log σ²) in float32 by torch, as in web/kl/numerics.js, with autograd's gradient."""
    import torch

    def at(form) -> dict:
        given = torch.tensor([log_var], dtype=torch.float32, requires_grad=True)
        kl = form(given)
        kl.sum().backward()
        return {"kl": kl.sum().item(), "gradient": given.grad.item()}

    def in_full(given):
        return 0.5 * (given.exp() - 1 - given)

    return {
        "exp": at(in_full),
        "expm1": at(lambda given: gaussian.kl_to_standard_normal(torch.zeros_like(given), given)),
        "clamp": at(lambda given: in_full(given.clamp(-CLAMP, CLAMP))),
    }


def _plain(value):
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(one) for one in value]
    return value if not isinstance(value, float) or math.isfinite(value) else str(value)
