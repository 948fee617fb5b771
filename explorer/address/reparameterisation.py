"""The state of the lesson on the reparameterisation trick, as the page keeps it and as the address writes it.

    ?view=estimators&mean=2,0&log_var=-1.3863,-1&f=square&omega=2&by=mean&seed=1&draw=0&n=1000&model=digits-vae&image=0&component=1&axes=shared

What has one dimension uses the first; `mean=2` is enough for it. `draw` is the draw that is looked at, of the n that `seed` gives.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from explorer.address.explore import DECIMALS, no_such_model, text

CHOICES = {
    "view": ("graphs", "draws", "estimators", "vae", "code"),
    "f": ("square", "cosine", "step"),
    "by": ("mean", "std", "log_var"),  # what the gradient is taken with respect to
    "component": ("1", "2"),  # of the VAE's latent
    "axes": ("shared", "own"),  # of the estimators' pictures
}
LIMITS = {"mean": 100.0, "log_var": 20.0, "omega": 20.0}  # magnitudes: far beyond, cos ωz is no more than rounding
WHOLE = {"seed": (0, 2**32 - 1), "n": (2, 100_000), "draw": (0, 99_999), "image": (0, 10**8)}
DEFAULTS = {"mean": [1.0, 0.5], "log_var": [-1.0, -1.0], "omega": 2.0, "seed": 229, "n": 1000, "draw": 0, "image": 0}
PARAMETERS = (*CHOICES, *LIMITS, *WHOLE, "model")


def default_state(models: Mapping[str, Mapping], front: tuple[str, ...]) -> dict:
    """The state that a plain address opens. models: by their names, each with `images`; front: names that are preferred."""
    model = next((name for name in front if name in models), next(iter(models)))
    return {name: choices[0] for name, choices in CHOICES.items()} | DEFAULTS | {"model": model}


def parse(params: Mapping[str, str], default: Mapping, models: Mapping[str, Mapping]) -> tuple[dict, list[str]]:
    """A state from an address's parameters, and a sentence for each parameter that had to be ignored. Never raises."""
    state, problems = dict(default), []

    def take(name: str, read) -> None:
        if name not in params:
            return
        try:
            state[name] = read(params[name])
        except ValueError as error:
            value = params[name] if len(params[name]) <= 40 else params[name][:40] + "…"
            problems.append(f"{name}={value} was ignored: {error}.")

    for name, choices in CHOICES.items():
        take(name, lambda written: _choice(written, choices))
    for name in ("mean", "log_var"):
        take(name, lambda written: _pair(written, LIMITS[name], default[name]))
    take("omega", lambda written: _number(written, 0, LIMITS["omega"]))
    for name, (least, most) in WHOLE.items():
        take(name, lambda written: _whole(written, least, most))
    take("model", lambda written: _model(written, models))
    images = models[state["model"]]["images"]
    if state["image"] >= images:
        problems.append(f"image={state['image']} was ignored: the model's test set has images 0 to {images - 1}.")
        state["image"] = default["image"]
    if state["draw"] >= state["n"]:
        problems.append(f"draw={state['draw']} was ignored: there are draws 0 to {state['n'] - 1}.")
        state["draw"] = 0
    return state, problems


def to_params(state: Mapping) -> dict[str, str]:
    """The address's parameters for a state: `parse` gives the state back."""
    params = {name: str(state[name]) for name in (*CHOICES, *WHOLE, "model")}
    params |= {name: ",".join(text(value) for value in state[name]) for name in ("mean", "log_var")}
    return params | {"omega": text(state["omega"])}


def check(sent: Mapping, default: Mapping, models: Mapping[str, Mapping]) -> dict:
    """The state that a browser sent: what an address could not give is at its default. Raises the errors that `kept.keeper` names."""
    return parse(to_params(sent), default, models)[0]


def _choice(written: str, choices: tuple[str, ...]) -> str:
    if written not in choices:
        raise ValueError(f"it can be {', '.join(choices)}")
    return written


def _model(name: str, models: Mapping[str, Mapping]) -> str:
    if name not in models:
        raise ValueError(no_such_model(name, models))
    return name


def _number(written: str, least: float, most: float) -> float:
    try:
        value = float(written) if len(written) <= 40 else math.nan
    except ValueError:
        value = math.nan
    if not least <= value <= most:
        raise ValueError(f"it must be a number from {least:g} to {most:g}")
    return round(value, DECIMALS)


def _pair(written: str, limit: float, default: list[float]) -> list[float]:
    parts = written.split(",")
    if not 1 <= len(parts) <= 2:
        raise ValueError("it must be one number, or two with a comma between them")
    values = [_number(part, -limit, limit) for part in parts]
    return values + default[len(values) :]


def _whole(written: str, least: int, most: int) -> int:
    if not (written.isascii() and written.isdigit() and len(written) <= 12 and least <= int(written) <= most):
        raise ValueError(f"it must be a whole number from {least} to {most}")
    return int(written)
