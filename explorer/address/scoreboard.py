"""The state of the scoreboard, and its form in an address.

    ?dataset=digits&model=digits-vae, and runs=all if all saved runs are compared

`model` is the model under "One model, closely". An address without a dataset opens that of its model.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from explorer.address import schema

FIELDS = schema.named(schema.PAGES["scoreboard"]["fields"])
PARAMETERS = tuple(FIELDS)


def parse(params: Mapping[str, str], models: Mapping[str, Sequence[str]]) -> tuple[dict, list[str]]:
    """A state from an address's parameters, and a sentence for each parameter that had to be ignored. Never raises.

    models: for each dataset, the names of its models; both the best first. A plain address opens the first of both.
    """
    named = (dataset for dataset, names in models.items() if params.get("model") in names)
    start = schema.defaults(FIELDS.values()) | {"dataset": next(named, next(iter(models)))}
    state, problems = schema.read(
        [FIELDS["dataset"], FIELDS["runs"]], params, start, lambda state: {"datasets": models}
    )
    names = models[state["dataset"]]
    start = {"model": next(iter(names), None)}
    chosen, more = schema.read([FIELDS["model"]], params, start, lambda state: {"models": {"model": names}})
    return state | chosen, [*problems.values(), *more.values()]


def to_params(state: Mapping) -> dict[str, str]:
    """The address's parameters for a state: `parse` gives the state back."""
    return schema.write(FIELDS.values(), state)


def holds(state: Mapping, models: Mapping[str, Sequence[str]]) -> bool:
    """Whether the dataset and the model of a kept state are still there."""
    return state["dataset"] in models and state["model"] in (models[state["dataset"]] or [None])
