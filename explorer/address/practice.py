"""The choices on the practice page for each of the runs A and B: in the address, as a configuration, as a command line.

    ?a=vae,digits,beta=4&b=aae,digits,prior=mixture,hidden=128-64
    ?tab=clinic&case=3&moment=2
    ?tab=predict&step=4

The address names the model and the dataset, and the settings that differ from where the two start. `case` is the
number of a case of the loss clinic, so that it does not name the mistake; `moment` counts the recorded moments of its
run; `step` is the number of a question.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from functools import cache

from explorer.address import schema
from explorer.config import DATASETS, KINDS, PRIORS, RECIPES, Config, recipe, with_prior
from explorer.settings import IN_FORM, SETTINGS

FIELDS = schema.PAGES["practice"]["fields"]
PARAMETERS = tuple(schema.named(FIELDS))
SIDES = tuple(field["name"] for field in FIELDS if field["kind"] == "run")
VIEW = [field for field in FIELDS if field["name"] not in SIDES]  # what is shown, beside the runs' choices
EPOCHS = {28: 10}  # by the images' side: fewer than the recipe's, which take long to watch
OF_TRAINING = tuple(setting.name for setting in IN_FORM if not setting.is_list)  # the widths are the model's
ILLEGAL = (ArithmeticError, AttributeError, LookupError, TypeError)  # raised by what no page of ours sends


@cache
def start(kind: str, dataset: str) -> dict:
    """The page's choices for a model on a dataset, before a person changes any. Do not change it."""
    config = recipe(dataset, kind)
    chosen = {"kind": kind, "dataset": dataset, "prior": "normal", "hidden": list(config.model.hidden)}
    chosen |= {name: getattr(config.training, name) for name in OF_TRAINING}
    return chosen | {"epochs": EPOCHS.get(config.model.image_side, config.training.epochs)}


# The context of both readers of addresses.
KNOWN = {
    "starts": {kind: {dataset: start(kind, dataset) for dataset in DATASETS} for kind in KINDS},
    "priors": PRIORS,
}
_VIEW_AT_FIRST = schema.defaults(VIEW)
DEFAULT = _VIEW_AT_FIRST | {side: schema.run(schema.named(FIELDS)[side]["default"], KNOWN) for side in SIDES}


def parse(params: Mapping[str, str]) -> tuple[dict, list[str]]:
    """The state from an address's parameters, and a sentence for each that had to be ignored. Never raises."""
    state, problems = schema.read(FIELDS, params, DEFAULT, lambda state: KNOWN)
    return state, [*problems.values()]


def to_params(state: Mapping) -> dict[str, str]:
    """The address's parameters: `parse` gives the state back."""
    return schema.write(FIELDS, state, known=KNOWN)


def check(sent: Mapping) -> dict:
    """The state that a browser sent. Raises the errors that `kept.keeper` names, where a run's choices are illegal."""
    view, _ = schema.read(VIEW, schema.write(VIEW, _VIEW_AT_FIRST | sent), _VIEW_AT_FIRST, lambda state: {})
    return view | {side: check_run(sent[side]) for side in SIDES}


def check_run(chosen: Mapping) -> dict:
    """One run's choices, each within its limits. Raises ValueError with a clause for illegal ones."""
    try:
        return schema.run(schema.run_text(chosen, KNOWN), KNOWN)
    except ILLEGAL as error:
        raise ValueError("these are not the choices of a run") from error


def to_config(chosen: Mapping) -> Config:
    """The configuration that train.py makes of `command`. Raises ValueError."""
    chosen = check_run(chosen)
    full = recipe(chosen["dataset"], chosen["kind"])
    relevant = {name: chosen[name] for name in OF_TRAINING if SETTINGS[name].matters(chosen["kind"])}
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
        f"{setting.option} {_words(chosen[setting.name])}"
        for setting in (SETTINGS["prior"], *IN_FORM)
        if setting.matters(chosen["kind"]) and chosen[setting.name] != full[setting.name]
    ]
    if config in RECIPES.values():
        words.append("--out runs")  # a full recipe would replace a model that ships
    return " ".join([*words, "--threads 1"])


def _words(value: object) -> str:
    """A setting's value as the command line writes it."""
    values = value if isinstance(value, list) else [value]
    return " ".join(part if isinstance(part, str) else schema.exact(part) for part in values)
