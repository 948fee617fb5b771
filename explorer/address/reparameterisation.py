"""The state of the lesson on the reparameterisation trick, and its form in an address.

    ?view=estimators&mean=2,0&log_var=-1.3863,-1&f=square&omega=2&by=mean&seed=1&draw=0&n=1000
    &model=digits-vae&image=0&component=1&axes=shared, in one line

One-dimensional views use the first dimension, so `mean=2` is enough for them. `by` is the parameter of the gradient,
`component` the dimension of the VAE's latent space, and `axes` the kind of axes of the estimators' charts. `draw` is
the shown draw, one of the n draws from `seed`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from explorer.address import schema
from explorer.address.schema import DECIMALS  # noqa: F401 - the page's tests read it here

TABLE = schema.PAGES["reparameterisation"]
FIELDS = schema.named(TABLE["fields"])
PARAMETERS = tuple(FIELDS)
LIMITS = {name: FIELDS[name]["most"] for name in ("mean", "log_var", "omega")}  # magnitudes


def default_state(models: Mapping[str, Mapping], front: tuple[str, ...]) -> dict:
    """The state that a plain address opens. models: by name, each with `images`; front: names that are preferred."""
    model = next((name for name in front if name in models), next(iter(models)))
    return schema.defaults(TABLE["fields"]) | {"model": model}


def parse(params: Mapping[str, str], default: Mapping, models: Mapping[str, Mapping]) -> tuple[dict, list[str]]:
    """A state from an address's parameters, and a sentence for each parameter that had to be ignored. Never raises."""
    state, problems = schema.read(TABLE["fields"], params, default, _context(models))
    return state, [*problems.values()]


def to_params(state: Mapping) -> dict[str, str]:
    """The address's parameters for a state: `parse` gives the state back."""
    return schema.write(TABLE["fields"], state, always=TABLE["always"])


def check(sent: Mapping, default: Mapping, models: Mapping[str, Mapping]) -> dict:
    """The state that a browser sent, with defaults for illegal values. Raises the errors that `kept.keeper` names."""
    return parse(to_params(sent), default, models)[0]


def _context(models: Mapping[str, Mapping]) -> Callable[[Mapping], Mapping]:
    return lambda state: {"models": {"model": models}, "images": models[state["model"]]["images"]}
