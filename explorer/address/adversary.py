"""The adversary lesson's state: what each of its four tabs shows, as the page keeps it and as the address writes it.

    ?tab=field&vae=mnist-vae&aae=mnist-aae&part=whole&label=0&z=1.5,1, and moment=12 for a recorded moment of their training
    ?tab=teach&prior=normal&mean=1,0&std=1&hole=0&at=0,0&seed=0&rate=0.005&speed=5
    ?tab=play&preset=weak&seed=0&speed=1, or preset=own and every number
    ?tab=readings&model=mnist-aae&other=batch&seed=0

The address holds the open tab's alone. What is learnt is not in it: from the same address and the same steps it comes out the same.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from explorer.address.explore import MOMENTS, no_such_model

TABS = ("field", "teach", "play", "readings")
DECIMALS = 4


class Choice(NamedTuple):
    options: tuple[str, ...]


class Numbers(NamedTuple):
    count: int
    least: float
    most: float


class Whole(NamedTuple):
    least: int
    most: int


PRIORS = Choice(("normal", "mixture", "swiss-roll"))
SEEDS, SPEEDS = Whole(0, 10**6), Whole(1, 50)
PAIR, RATE = Numbers(2, -4.5, 4.5), Numbers(1, 1e-5, 3.0)
# The failures of the game, and one that works: all that sets them apart.
PRESETS = {
    "matched": {"prior": "normal", "encoder": "codes", "norm": "off", "pull": "log", "start": [-2.0, -2.5], "spread": 0.5, "rate_d": 0.003, "rate_e": 0.1, "moves": 2},
    "strong": {"prior": "normal", "encoder": "codes", "norm": "off", "pull": "saturating", "start": [-3.0, -3.0], "spread": 0.3, "rate_d": 0.01, "rate_e": 0.1, "moves": 20},
    "weak": {"prior": "normal", "encoder": "codes", "norm": "off", "pull": "log", "start": [-2.0, -2.5], "spread": 0.5, "rate_d": 0.0003, "rate_e": 2.0, "moves": 1},
    "pinned": {"prior": "normal", "encoder": "codes", "norm": "batch", "pull": "log", "start": [-2.0, -2.5], "spread": 1.0, "rate_d": 0.003, "rate_e": 0.1, "moves": 2},
    "dropping": {"prior": "mixture", "encoder": "map", "norm": "off", "pull": "log", "start": [2.0, 0.0], "spread": 0.3, "rate_d": 0.002, "rate_e": 0.03, "moves": 1},
}  # fmt: skip
FIELDS = {
    "field": {"vae": None, "aae": None, "part": Choice(("whole", "learnt", "given")), "label": Whole(0, 9), "z": PAIR, "moment": Whole(0, MOMENTS - 1)},
    "teach": {
        "prior": PRIORS, "mean": PAIR, "std": Numbers(1, 0.2, 3.0), "hole": Numbers(1, 0.0, 0.9), "at": Numbers(2, -3.0, 3.0),
        "seed": SEEDS, "rate": RATE, "speed": SPEEDS,
    },
    "play": {
        "preset": Choice((*PRESETS, "own")), "seed": SEEDS, "speed": SPEEDS,
        "prior": PRIORS, "encoder": Choice(("codes", "map", "line")), "norm": Choice(("off", "batch")), "pull": Choice(("log", "saturating")),
        "start": PAIR, "spread": Numbers(1, 0.05, 3.0), "rate_d": RATE, "rate_e": RATE, "moves": Whole(1, 50),
    },
    "readings": {"model": None, "other": Choice(("batch", "line")), "seed": SEEDS},
}  # fmt: skip
PARAMETERS = ("tab", *dict.fromkeys(name for fields in FIELDS.values() for name in fields))
SHORT = ("preset", "seed", "speed")  # what the address holds of a preset
MODELS = ("vae", "aae", "model")  # the fields that name a model


def default_state(models: Mapping[str, Sequence[str]]) -> dict:
    """The state that a plain address opens. models: for each name in MODELS, those that it can be, the best first."""
    first = {name: next(iter(models[name]), None) for name in MODELS}
    return {
        "tab": "field",
        "field": {
            "vae": first["vae"],
            "aae": first["aae"],
            "part": "whole",
            "label": 0,
            "z": [1.5, 1.0],
            "moment": None,
        },
        "teach": {
            "prior": "normal",
            "mean": [1.0, 0.0],
            "std": 1.0,
            "hole": 0.0,
            "at": [0.0, 0.0],
            "seed": 0,
            "rate": 0.005,
            "speed": 5,
        },
        "play": {"preset": "matched", "seed": 0, "speed": 1} | PRESETS["matched"],
        "readings": {"model": first["model"], "other": "batch", "seed": 0},
    }


def parse(params: Mapping[str, str], default: Mapping, models: Mapping[str, Sequence[str]]) -> tuple[dict, list[str]]:
    """A state from an address's parameters, and a sentence for each that had to be ignored. Never raises."""
    state, problems = dict(default), []

    def ignore(name: str, why: str) -> None:
        value = params[name] if len(params[name]) <= 40 else params[name][:40] + "…"
        problems.append(f"{name}={value} was ignored: {why}.")

    if "tab" in params:
        if params["tab"] in TABS:
            state["tab"] = params["tab"]
        else:
            ignore("tab", f"it can be {' or '.join(TABS)}")
    tab = state["tab"]
    found = dict(state[tab])
    for name, rule in FIELDS[tab].items():
        if name not in params:
            continue
        try:
            found[name] = _model(params[name], models[name]) if name in MODELS else _read(params[name], rule)
        except ValueError as error:
            ignore(name, str(error))
            continue
        if name == "preset":
            found |= PRESETS.get(found["preset"], {})
    if (
        tab == "play"
        and found["preset"] in PRESETS
        and any(found[name] != value for name, value in PRESETS[found["preset"]].items())
    ):
        found["preset"] = "own"  # a number beside it was changed
    state[tab] = found
    return state, problems


def to_params(state: Mapping) -> dict[str, str]:
    """The address's parameters for a state: `parse` gives the open tab's part back."""
    tab = state["tab"]
    shown = {name: state[tab][name] for name in FIELDS[tab]}
    if tab == "play" and shown["preset"] != "own":
        shown = {name: shown[name] for name in SHORT}
    return {"tab": tab} | {name: _text(value) for name, value in shown.items() if value is not None}


def check(sent: Mapping, default: Mapping, models: Mapping[str, Sequence[str]]) -> dict:
    """The state that a browser sent, all four tabs of it: what an address could not give is at its default. Raises the errors that `kept.keeper` names."""
    tabs = {tab: parse(to_params({**sent, "tab": tab}), default, models)[0][tab] for tab in TABS}
    return {"tab": sent["tab"] if sent["tab"] in TABS else default["tab"]} | tabs


def holds(state: Mapping, models: Mapping[str, Sequence[str]]) -> bool:
    """Whether the models that a kept state names are still there."""
    return all(value is None or value in models[name] for name, value in zip(MODELS, named(state)))


def named(state: Mapping) -> tuple[str | None, ...]:
    """The models that a state names, in the order of MODELS."""
    return state["field"]["vae"], state["field"]["aae"], state["readings"]["model"]


def _model(name: str, names: Sequence[str]) -> str:
    if name not in names:
        raise ValueError(no_such_model(name, names))
    return name


def _read(text: str, rule: Choice | Numbers | Whole) -> str | int | float | list[float]:
    if isinstance(rule, Choice):
        if text not in rule.options:
            raise ValueError(f"it can be {' or '.join(rule.options)}")
        return text
    if isinstance(rule, Whole):
        if not (text.isascii() and text.isdigit() and len(text) < 9 and rule.least <= int(text) <= rule.most):
            raise ValueError(f"it is a whole number from {rule.least} to {rule.most}")
        return int(text)
    try:
        values = [float(part) for part in text.split(",")] if len(text) <= 60 else []
    except ValueError:
        values = []
    if len(values) != rule.count or not all(
        math.isfinite(value) and rule.least <= value <= rule.most for value in values
    ):
        many = "a number" if rule.count == 1 else f"{rule.count} numbers with commas between them, each"
        raise ValueError(f"it is {many} from {rule.least:g} to {rule.most:g}")
    values = [_rounded(value) for value in values]
    return values if rule.count > 1 else values[0]


def _rounded(value: float) -> float:
    """Four decimals; of a small one, as a learning rate, as many digits as the browser keeps."""
    return round(value, DECIMALS) if abs(value) >= 0.1 else float(f"{round(value, 6):.4g}")


def _text(value: str | float | list[float]) -> str:
    if isinstance(value, list):
        return ",".join(_text(one) for one in value)
    return f"{value:.6f}".rstrip("0").rstrip(".") or "0" if isinstance(value, float) else str(value)
