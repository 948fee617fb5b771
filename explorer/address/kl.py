"""The state of the KL lesson, as the page keeps it and as the address writes it; defaults are left out.

?tab=two&q2=1,0,2,1,2&p2=0,0,1,0,1        N(mean, cov) in the plane: two means, variance, covariance, variance
?tab=one&q=1,2&p=0,1&gap=2.5              N(mean, std²) on the line; p as two bumps, `gap` to either side of its mean

`step` is the step of the derivation and the number of the question, `limit` the end of the counted area (none: all of
it), `n` and `seed` those of the Monte Carlo draws, `rate` that of the gradient descent, `log_var` goes through float32.
"""

from __future__ import annotations

from collections.abc import Mapping

from explorer.address import schema

TABLE = schema.PAGES["kl"]
FIELDS = schema.named(TABLE["fields"])
PARAMETERS = tuple(FIELDS)
DEFAULT = schema.defaults(TABLE["fields"])
TABS, STEPS, DRAWS = (tuple(FIELDS[name]["options"]) for name in ("tab", "step", "n"))


def parse(params: Mapping[str, str]) -> tuple[dict, list[str]]:
    """A state from an address's parameters, and a sentence for each parameter that had to be ignored. Never raises."""
    state, problems = schema.read(TABLE["fields"], params, DEFAULT, lambda state: {})
    return state, [*problems.values()]


def to_params(state: Mapping) -> dict[str, str]:
    """The address's parameters for a state: `parse` gives the state back."""
    return schema.write(TABLE["fields"], state)


def check(sent: Mapping) -> dict:
    """The state that a browser sent, with defaults for illegal values. Raises the errors that `kept.keeper` names."""
    return parse(to_params(sent))[0]
