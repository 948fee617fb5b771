"""What is chosen on the practice page, for each of the runs A and B: in the address, as a configuration, as a command line.

    ?a=vae,digits,beta=4&b=aae,digits,prior=mixture,hidden=128-64

The address names the model and the dataset, and only what differs from where those two start.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping, Sequence
from functools import cache

from explorer.address import schema
from explorer.config import DATASETS, KINDS, PRIORS, RECIPES, Config, recipe, with_prior
from explorer.settings import IN_FORM, MOST_LAYERS, SETTINGS

SIDES = ("a", "b")
PARAMETERS = SIDES
OPENING = {"a": ("vae", "digits"), "b": ("aae", "digits")}
EPOCHS = {28: 10}  # of images with that side, where the recipe's would be long to watch
LIMITS = {setting.name: setting.limits for setting in IN_FORM if not setting.is_list}
WHOLE = tuple(setting.name for setting in IN_FORM if setting.is_whole and not setting.is_list)
LAYERS, WIDTHS = MOST_LAYERS, SETTINGS["hidden"].limits


@cache
def start(kind: str, dataset: str) -> dict:
    """What the page chooses for a model on a dataset, until a person does. Do not change it."""
    config = recipe(dataset, kind)
    chosen = {"kind": kind, "dataset": dataset, "prior": "normal", "hidden": list(config.model.hidden)}
    chosen |= {name: getattr(config.training, name) for name in LIMITS}
    return chosen | {"epochs": EPOCHS.get(config.model.image_side, config.training.epochs)}


def check(chosen: Mapping) -> dict:
    """The choices, each of its type and within the limits. Raises ValueError with a sentence; for what a browser may send."""
    kind, dataset, prior = (
        _one_of(chosen, name, known) for name, known in (("kind", KINDS), ("dataset", DATASETS), ("prior", PRIORS))
    )
    hidden = chosen.get("hidden")
    if (
        not isinstance(hidden, Sequence)
        or not 1 <= len(hidden) <= LAYERS
        or not all(_is_whole(width, *WIDTHS) for width in hidden)
    ):
        raise ValueError(f"the widths must be 1 to {LAYERS} whole numbers from {WIDTHS[0]} to {WIDTHS[1]}")
    found = {"kind": kind, "dataset": dataset, "prior": prior, "hidden": [int(width) for width in hidden]}
    for name, (low, high) in LIMITS.items():
        value = chosen.get(name)
        whole = name in WHOLE
        if (
            isinstance(value, bool)
            or not isinstance(value, (int, float))
            or not low <= value <= high
            or (whole and value != int(value))
        ):
            raise ValueError(
                f"the {name.replace('_', ' ')} must be a {'whole ' if whole else ''}number from {low:g} to {high:g}"
            )
        found[name] = int(value) if whole else float(value)
    return found


def check_both(sent: Mapping) -> dict:
    """Both runs' choices that a browser sent. Raises ValueError, and the other errors that `kept.keeper` names, for what is none."""
    return {side: check(sent[side]) for side in SIDES}


def to_config(chosen: Mapping) -> Config:
    """The configuration that train.py makes of `command`. Raises ValueError."""
    chosen = check(chosen)
    full = recipe(chosen["dataset"], chosen["kind"])
    relevant = {name: chosen[name] for name in LIMITS if SETTINGS[name].matters(chosen["kind"])}
    config = Config(
        dataclasses.replace(full.model, hidden=tuple(chosen["hidden"])), dataclasses.replace(full.training, **relevant)
    )
    return with_prior(config, chosen["prior"])


def command(chosen: Mapping) -> str:
    """The command line that trains the same, to the same numbers."""
    config = to_config(chosen)
    full = start(chosen["kind"], chosen["dataset"]) | {
        "epochs": recipe(chosen["dataset"], chosen["kind"]).training.epochs
    }
    words = ["python train.py", f"--model {chosen['kind']}", f"--dataset {chosen['dataset']}"]
    words += [
        f"{setting.option} {_text(chosen[setting.name], ' ')}"
        for setting in (SETTINGS["prior"], *IN_FORM)
        if setting.matters(chosen["kind"]) and chosen[setting.name] != full[setting.name]
    ]
    if config in RECIPES.values():
        words.append("--out runs")  # a full recipe would replace a model that ships
    return " ".join([*words, "--threads 1"])


def parse(params: Mapping[str, str]) -> tuple[dict, list[str]]:
    """Both runs' choices from an address's parameters, and a sentence for each that had to be ignored. Never raises."""
    state, problems = {side: dict(start(*OPENING[side])) for side in SIDES}, []
    for side in SIDES:
        if side in params:
            try:
                state[side] = _parse_one(params[side])
            except ValueError as error:
                problems.append(schema.ignored(side, params[side], error))
    return state, problems


def to_params(state: Mapping) -> dict[str, str]:
    """The address's parameters: `parse` gives the state back."""
    return {side: _write_one(state[side]) for side in SIDES}


def _parse_one(text: str) -> dict:
    parts = text.split(",") if len(text) <= 400 else []
    if len(parts) < 2:
        raise ValueError("it must name a model and a dataset, as in vae,digits")
    chosen = dict(
        start(_one_of({"kind": parts[0]}, "kind", KINDS), _one_of({"dataset": parts[1]}, "dataset", DATASETS))
    )
    for part in parts[2:]:
        name, _, value = part.partition("=")
        if name == "prior":
            chosen[name] = value
        elif name == "hidden":
            chosen[name] = [_number(width, "width") for width in value.split("-")]
        elif name in LIMITS:
            chosen[name] = _number(value, name.replace("_", " "))
        else:
            raise ValueError(f"nothing is called {name[:20]!r}; there are prior, hidden, {', '.join(LIMITS)}")
    return check(chosen)


def _write_one(chosen: Mapping) -> str:
    begin = start(chosen["kind"], chosen["dataset"])
    changed = [
        f"{name}={_text(chosen[name], '-')}" for name in ("prior", "hidden", *LIMITS) if chosen[name] != begin[name]
    ]
    return ",".join([chosen["kind"], chosen["dataset"], *changed])


def _one_of(chosen: Mapping, name: str, known: Sequence[str]) -> str:
    value = chosen.get(name)
    if value not in known:
        raise ValueError(f"the {name} can be {', '.join(known)}, not {str(value)[:30]!r}")
    return value


def _is_whole(value: object, low: int, high: int) -> bool:
    return (
        isinstance(value, (int, float)) and not isinstance(value, bool) and low <= value <= high and value == int(value)
    )


def _number(text: str, what: str) -> float:
    try:
        value = float(text)
    except ValueError:
        raise ValueError(f"the {what} {text[:20]!r} is no number") from None
    return int(value) if math.isfinite(value) and value == int(value) else value


def _text(value: object, between: str) -> str:
    if isinstance(value, list):
        return between.join(str(part) for part in value)
    return str(int(value)) if isinstance(value, (int, float)) and value == int(value) else str(value)
