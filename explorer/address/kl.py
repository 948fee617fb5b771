"""The state of the KL lesson, as the page keeps it and as the address writes it; defaults are left out.

?tab=two&q2=1,0,2,1,2&p2=0,0,1,0,1        N(mean, cov) in the plane: two means, variance, covariance, variance
?tab=one&q=1,2&p=0,1&gap=2.5              N(mean, std²) on the line; p as two bumps, `gap` to either side of its mean
?tab=loss&vae=mnist-vae&image=7&width=-5&beta=1        q = N(μ, σ² I) at the encoder's μ; width: log σ²
?tab=collapse&model=mnist-vae-32d&dimension=3&value=2  one latent dimension of a model; without: the one with most KL

`step` is the step of the derivation and the number of the question, `limit` the end of the counted area (none: all of
it), `n` and `seed` those of the Monte Carlo draws, `rate` that of the gradient descent, `log_var` goes through float32.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from explorer.address import schema

TABLE = schema.PAGES["kl"]
FIELDS = schema.named(TABLE["fields"])
PARAMETERS = tuple(FIELDS)
DEFAULT = schema.defaults(TABLE["fields"])
TABS, STEPS, DRAWS = (tuple(FIELDS[name]["options"]) for name in ("tab", "step", "n"))

MODELS = ("vae", "model")  # the fields that name a model

Models = Mapping[str, Mapping[str, Mapping]]  # for each of MODELS its names, the best first; images, latent_dim of each
NO_MODELS: Models = {field: {} for field in MODELS}


def default_state(models: Models) -> dict:
    """The state that a plain address opens. It has None for a list without models."""
    return DEFAULT | {field: next(iter(models[field]), None) for field in MODELS}


def parse(params: Mapping[str, str], default: Mapping = DEFAULT, models: Models = NO_MODELS) -> tuple[dict, list[str]]:
    """A state from an address's parameters, and a sentence for each parameter that had to be ignored. Never raises."""
    state, problems = schema.read(TABLE["fields"], params, default, _context(models))
    return state, [*problems.values()]


def to_params(state: Mapping) -> dict[str, str]:
    """The address's parameters for a state: `parse` gives the state back."""
    return schema.write(TABLE["fields"], state)


def check(sent: Mapping, default: Mapping = DEFAULT, models: Models = NO_MODELS) -> dict:
    """The state that a browser sent, with defaults for illegal values. Raises the errors that `kept.keeper` names."""
    return parse(to_params(sent), default, models)[0]


def holds(state: Mapping, models: Models) -> bool:
    """Whether the models that a kept state names are still there."""
    return all(state[field] is None or state[field] in models[field] for field in MODELS)


def named(state: Mapping) -> tuple[str, ...]:
    """The models that a state names."""
    return tuple(state[field] for field in MODELS if state[field] is not None)


def _context(models: Models) -> Callable[[Mapping], Mapping]:
    def context(state: Mapping) -> Mapping:
        chosen = {field: models[field][state[field]] for field in MODELS if state[field] in models[field]}
        return {
            "models": models,
            "images": min((model["images"] for model in chosen.values()), default=FIELDS["image"]["most"] + 1),
            "past_dimensions": chosen["model"]["latent_dim"] + 1 if "model" in chosen else 1,
        }

    return context
