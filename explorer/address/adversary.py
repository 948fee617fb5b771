"""The state of the lesson on the adversary, with its seven tabs, and its form in an address.

    ?tab=terms&vae=mnist-vae&images=300
    ?tab=point&point=mnist-aae&image=7&width=-5, a q = N(e(x), σ² I) about the code of an image; width: log σ²
    ?tab=field&vae=mnist-vae&aae=mnist-aae&part=whole&label=0&z=1.5,1, and moment=12 for a moment of their recordings
    ?tab=teach&prior=normal&mean=1,0&std=1&hole=0&at=0,0&seed=0&rate=0.005&speed=5
    ?tab=play&preset=weak&seed=0&speed=1, or preset=own and every number
    ?tab=readings&model=mnist-aae&other=batch&seed=0
    ?tab=predict&step=1&mean=1.6,1.2&std=1&hole=0.2&vae=mnist-vae&point=mnist-aae&image=7

A plain address opens the first tab; one that names no tab, but anything else of the page, the field. Without a moment,
the field has the finished models. The address contains the state of the open tab only. It does not contain learnt
weights: the same steps from the same address learn them again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from explorer.address import schema

TABLE = schema.PAGES["adversary"]
TABS, FIELDS = tuple(TABLE["tab"]["options"]), TABLE["tabs"]
PRESETS = schema.named(FIELDS["play"])["preset"]["presets"]  # the failures of the game, and one that works
PARAMETERS = ("tab", *dict.fromkeys(field["name"] for fields in FIELDS.values() for field in fields))
MODELS = ("vae", "aae", "model", "point")  # the fields that name a model

# For each of MODELS the names of its list, the best first; for `point` also their numbers of test images.
Models = Mapping[str, Sequence[str] | Mapping[str, int]]

# Where each of MODELS stands, then where those of the other tabs do: (tab, field).
_NAMES = (
    ("field", "vae"), ("field", "aae"), ("readings", "model"), ("point", "point"),
    ("terms", "vae"), ("predict", "vae"), ("predict", "point"),
)  # fmt: skip


def default_state(models: Models, moment: int | None = None) -> dict:
    """The state that a plain address opens.

    moment: the recorded moment at which the field opens; None: the finished models.
    """
    tabs = {tab: schema.defaults(fields) for tab, fields in FIELDS.items()}
    for part in tabs.values():
        part |= {name: next(iter(models[name]), None) for name in MODELS if name in part}
    tabs["field"]["moment"] = moment
    return {"tab": TABS[0]} | tabs


def parse(params: Mapping[str, str], default: Mapping, models: Models) -> tuple[dict, list[str]]:
    """A state from an address's parameters, and a sentence for each that had to be ignored. Never raises."""
    names_more = "tab" not in params and not set(PARAMETERS).isdisjoint(params)
    first = "field" if names_more else default["tab"]
    found, problems = schema.read([TABLE["tab"]], params, {"tab": first}, lambda state: {})
    tab = found["tab"]
    start = default[tab]
    if tab == "field" and not schema.named(FIELDS[tab]).keys().isdisjoint(params):
        start = start | {"moment": None}  # a written address without a moment is that of the finished models
    part, more = schema.read(FIELDS[tab], params, start, _context(models))
    return dict(default) | {"tab": tab, tab: part}, [*problems.values(), *more.values()]


def to_params(state: Mapping) -> dict[str, str]:
    """The address's parameters for a state: `parse` gives the open tab's part back."""
    tab = state["tab"]
    return {"tab": tab} | schema.write(FIELDS[tab], state[tab], always=TABLE["always"])


def check(sent: Mapping, default: Mapping, models: Models) -> dict:
    """The state that a browser sent, all tabs of it, with defaults for illegal values.

    Raises the errors that `kept.keeper` names.
    """
    tabs = {tab: parse(to_params({**sent, "tab": tab}), default, models)[0][tab] for tab in TABS}
    return {"tab": sent["tab"] if sent["tab"] in TABS else default["tab"]} | tabs


def holds(state: Mapping, models: Models) -> bool:
    """Whether the models that a kept state names are still there."""
    return all(value is None or value in models[name] for (_, name), value in zip(_NAMES, named(state)))


def named(state: Mapping) -> tuple[str | None, ...]:
    """The models that a state names, in the order of MODELS; then those of the other tabs."""
    return tuple(state[tab][name] for tab, name in _NAMES)


def _context(models: Models) -> Callable[[Mapping], Mapping]:
    most = schema.named(FIELDS["point"])["image"]["most"]
    return lambda state: {"models": models, "images": models["point"].get(state.get("point"), most + 1)}
