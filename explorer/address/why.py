"""The state of lesson 0, with its six tabs, and its form in an address; defaults are left out.

?tab=invent&ae=mnist-ae&vae=mnist-vae&aae=mnist-aae&z=0.5,-1&seed=3       a draw z of the prior; without: the seed's
?tab=evidence&vae=mnist-vae&image=7&mean=0.5,-1&log_var=-4,-4             a Gaussian q; without: the encoder's
?tab=loss&kind=aae&aae=mnist-aae&image=7&code=0.5,-1                      a code; without: the encoder's
?tab=blur&vae=mnist-vae&many=mnist-vae-32d&image=7&neighbours=16          the mean of the images with near codes
?tab=shell&many=mnist-vae-32d&seed=3&radius=5                             ‖z‖ of a draw; without: the draw's own
?tab=predict&step=2                                                       a question

`image` is a row of the test set, `kind` the model of the tab on the loss.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from explorer.address import schema

TABLE = schema.PAGES["why"]
FIELDS = schema.named(TABLE["fields"])
PARAMETERS = tuple(FIELDS)
TABS = tuple(FIELDS["tab"]["options"])
MODELS = ("ae", "vae", "aae", "many")  # the fields that name a model: three of the plane, one of more dimensions

Models = Mapping[str, Mapping[str, int]]  # for each of MODELS its names, the best first, and their numbers of images


def default_state(models: Models) -> dict:
    """The state that a plain address opens. It has None for a kind of which there is no model."""
    named = {kind: next(iter(models[kind]), None) for kind in MODELS}
    return schema.defaults(TABLE["fields"]) | named


def parse(params: Mapping[str, str], default: Mapping, models: Models) -> tuple[dict, list[str]]:
    """A state from an address's parameters, and a sentence for each parameter that had to be ignored. Never raises."""
    state, problems = schema.read(TABLE["fields"], params, default, _context(models))
    return state, [*problems.values()]


def to_params(state: Mapping) -> dict[str, str]:
    """The address's parameters for a state: `parse` gives the state back."""
    return schema.write(TABLE["fields"], state)


def check(sent: Mapping, default: Mapping, models: Models) -> dict:
    """The state that a browser sent, with defaults for illegal values. Raises the errors that `kept.keeper` names."""
    return parse(to_params(sent), default, models)[0]


def holds(state: Mapping, models: Models) -> bool:
    """Whether the models that a kept state names are still there."""
    return all(state[kind] is None or state[kind] in models[kind] for kind in MODELS)


def named(state: Mapping) -> tuple[str, ...]:
    """The models that a state names."""
    return tuple(state[kind] for kind in MODELS if state[kind] is not None)


def _context(models: Models) -> Callable[[Mapping], Mapping]:
    def context(state: Mapping) -> Mapping:
        images = [models[kind][state[kind]] for kind in MODELS if state[kind] in models[kind]]
        return {"models": models, "images": min(images, default=FIELDS["image"]["most"] + 1)}

    return context
