"""The explorer's state: one probe and what is chosen, as the page keeps it and as the address writes it.

    ?mean=0.5,-1&log_var=-2,-2&noise=0.8,-0.6&pick=mnist:12&left=mnist-vae&right=mnist-aae&codes=means
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

# The largest magnitudes that make sense: exp(log_var) overflows float32 past 88.
LIMITS = {"mean": 1000.0, "log_var": 80.0, "noise": 100.0}
DEFAULTS = {"mean": 0.0, "log_var": -2.0, "noise": (0.8, -0.6)}
DECIMALS = 4
CODES = ("means", "sampled")
PARAMETERS = ("mean", "log_var", "noise", "pick", "left", "right", "codes")


def default_state(names: Sequence[str], front: Sequence[Sequence[str]], latent_dim: int = 2) -> dict:
    """The state that a plain address opens. names: the models there are; front: for each panel, what it prefers. Raises ValueError without a model."""
    if not names:
        raise ValueError("there is no model to show")
    left, right = (next((name for name in wanted if name in names), names[0]) for wanted in front)
    noise = DEFAULTS["noise"]
    return {
        "mean": [DEFAULTS["mean"]] * latent_dim,
        "log_var": [DEFAULTS["log_var"]] * latent_dim,
        "noise": [noise[i % len(noise)] for i in range(latent_dim)],
        "pick": None,
        "left": left,
        "right": right,
        "codes": "means",
    }


def parse(params: Mapping[str, str], default: dict, names: Sequence[str], sizes: Mapping[str, int]) -> tuple[dict, list[str]]:
    """A state from an address's parameters, and a sentence for each parameter that had to be ignored.

    names: the models there are; sizes: the number of test images by dataset. Never raises.
    """
    state, problems = dict(default), []

    def ignore(name: str, why: str) -> None:
        value = params[name] if len(params[name]) <= 40 else params[name][:40] + "…"
        problems.append(f"{name}={value} was ignored: {why}.")

    for name, limit in LIMITS.items():
        if name in params:
            try:
                state[name] = _numbers(params[name], len(default[name]), limit)
            except ValueError as error:
                ignore(name, str(error))
    for name in ("left", "right"):
        if name in params:
            if params[name] in names:
                state[name] = params[name]
            else:
                ignore(name, f"there is no such model; there are {', '.join(names)}")
    if "codes" in params:
        if params["codes"] in CODES:
            state["codes"] = params["codes"]
        else:
            ignore("codes", f"it can be {' or '.join(CODES)}")
    if "pick" in params:
        dataset, _, row = params["pick"].partition(":")
        if dataset in sizes and row.isascii() and row.isdigit() and len(row) < 9 and int(row) < sizes[dataset]:
            state["pick"] = f"{dataset}:{int(row)}"
        else:
            ignore("pick", "it names a dataset and one of its test images, as in mnist:12")
    return state, problems


def to_params(state: Mapping) -> dict[str, str]:
    """The address's parameters for a state: `parse` gives the state back."""
    params = {name: ",".join(_text(value) for value in state[name]) for name in LIMITS}
    params |= {name: state[name] for name in ("pick", "left", "right", "codes")}
    return {name: value for name, value in params.items() if value is not None}


def _numbers(text: str, count: int, limit: float) -> list[float]:
    parts = text.split(",") if len(text) <= 40 * count else []
    try:
        values = [float(part) for part in parts]
    except ValueError:
        values = []
    if len(values) != count:
        raise ValueError(f"it must be {count} numbers with commas between them")
    if not all(math.isfinite(value) and abs(value) <= limit for value in values):
        raise ValueError(f"its numbers must lie between {-limit:g} and {limit:g}")
    return [round(value, DECIMALS) for value in values]


def _text(value: float) -> str:
    return f"{value:.{DECIMALS}f}".rstrip("0").rstrip(".") or "0"
