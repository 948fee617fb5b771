"""The state of the KL lesson, as the page keeps it and as the address writes it; what stands at its default is left out.

?tab=two&q2=1,0,2,1,2&p2=0,0,1,0,1        N(mean, cov) in the plane: two means, variance, covariance, variance
?tab=one&q=1,2&p=0,1&gap=2.5              N(mean, std²) on the line; p as two bumps, `gap` to either side of its mean
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from explorer.address.explore import numbers, text

TABS = ("one", "two", "derivation", "logvar", "predict")
STEPS, DRAWS = (1, 2, 3, 4, 5, 6), (10, 100, 1000, 10_000, 100_000)
MEAN_LIMIT, STD_LIMITS, GAP_LIMIT = 100.0, (0.02, 100.0), 20.0
VARIANCE_LIMITS, CORRELATION_LIMIT = (0.001, 10_000.0), 0.9999
LIMIT_LIMIT, RATE_LIMITS, LOG_VAR_LIMIT, SEED_LIMIT = 1000.0, (0.01, 10.0), 120.0, 999_999

DEFAULT = {
    "tab": "one",
    "step": 1,  # of the derivation, and the number of the question
    "q": [1.0, 2.0], "p": [0.0, 1.0],  # mean, std
    "gap": 0.0,  # of p's two bumps from its mean; 0: p is one Gaussian
    "limit": None,  # up to where the area is counted; None: all of it
    "q2": [1.0, 0.0, 2.0, 1.0, 2.0], "p2": [0.0, 0.0, 1.0, 0.0, 1.0],  # mean, mean, variance, covariance, variance
    "n": 1000, "seed": 1,  # draws of the Monte Carlo value, and which
    "rate": 1.5,  # of the gradient descent
    "log_var": 88.8,  # what is put through float32
}  # fmt: skip
PARAMETERS = tuple(DEFAULT)


def parse(params: Mapping[str, str]) -> tuple[dict, list[str]]:
    """A state from an address's parameters, and a sentence for each parameter that had to be ignored. Never raises."""
    state, problems = dict(DEFAULT), []
    for name in PARAMETERS:
        if name not in params:
            continue
        try:
            state[name] = _READERS[name](params[name])
        except ValueError as error:
            shown = params[name] if len(params[name]) <= 40 else params[name][:40] + "…"
            problems.append(f"{name}={shown} was ignored: {error}.")
    return state, problems


def to_params(state: Mapping) -> dict[str, str]:
    """The address's parameters for a state: `parse` gives the state back."""
    return {name: _written(state[name]) for name, default in DEFAULT.items() if state[name] != default}


def check(sent: Mapping) -> dict:
    """The state that a browser sent: what an address could not give is at its default. Raises the errors that `kept.keeper` names."""
    return parse(to_params(sent))[0]


def _written(value: str | float | Sequence[float]) -> str:
    if isinstance(value, str):
        return value
    return ",".join(text(one) for one in (value if isinstance(value, (list, tuple)) else [value]))


def _choice(values: Sequence):
    known = {str(value): value for value in values}

    def read(written: str):
        if written not in known:
            raise ValueError(f"it can be {', '.join(list(known)[:-1])} or {list(known)[-1]}")
        return known[written]

    return read


def _number(low: float, high: float):
    def read(written: str) -> float:
        try:
            (value,) = numbers(written, 1, math.inf)
        except ValueError:
            raise ValueError("it must be a number") from None
        if not low <= value <= high:
            raise ValueError(f"it must lie between {low:g} and {high:g}")
        return value

    return read


def _on_the_line(written: str) -> list[float]:
    mean, std = numbers(written, 2, MEAN_LIMIT)
    low, high = STD_LIMITS
    if not low <= std <= high:
        raise ValueError(f"its second number is σ, and must lie between {low:g} and {high:g}")
    return [mean, std]


def _in_the_plane(written: str) -> list[float]:
    values = numbers(written, 5, VARIANCE_LIMITS[1])
    *mean, a, covariance, c = values
    low, high = VARIANCE_LIMITS
    if max(map(abs, mean)) > MEAN_LIMIT:
        raise ValueError(f"its means must lie between {-MEAN_LIMIT:g} and {MEAN_LIMIT:g}")
    if not (low <= a <= high and low <= c <= high):
        raise ValueError(f"its third and fifth number are variances, and must lie between {low:g} and {high:g}")
    if abs(covariance) > CORRELATION_LIMIT * math.sqrt(a * c):
        raise ValueError("its fourth number is the covariance: the matrix would not be positive definite")
    return values


def _seed(written: str) -> int:
    if not (written.isascii() and written.isdigit() and len(written) < 9 and int(written) <= SEED_LIMIT):
        raise ValueError(f"it must be a whole number from 0 to {SEED_LIMIT}")
    return int(written)


_READERS = {
    "tab": _choice(TABS), "step": _choice(STEPS),
    "q": _on_the_line, "p": _on_the_line, "gap": _number(0, GAP_LIMIT), "limit": _number(-LIMIT_LIMIT, LIMIT_LIMIT),
    "q2": _in_the_plane, "p2": _in_the_plane,
    "n": _choice(DRAWS), "seed": _seed, "rate": _number(*RATE_LIMITS), "log_var": _number(-LOG_VAR_LIMIT, LOG_VAR_LIMIT),
}  # fmt: skip
