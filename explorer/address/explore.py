"""The explorer's state: one probe and the choices beside it, as the page keeps it and as the address writes it.

    ?mean=0.5,-1&log_var=-2,-2&noise=0.8,-0.6&pick=mnist:12&left=mnist-vae&right=mnist-aae&codes=means

The probe has as many dimensions as the larger of the two models; a model of fewer reads the first of them. With more
than two, `dims=3,7` names the two (from 1) of the sliders and the plane, and `map` each panel's map, one for both or
left and right: `umap` (stored with the model), `plane` (of those two dimensions), `pca`, `umap-50-0.5` (recomputed with
n_neighbors = 50 and min_dist = 0.5) or `pixels-15-0.1` (UMAP of the raw pixels), as in `map=umap,pixels-15-0.1`.

`moment=17` is the replayed moment of the recordings (from 0, untrained); without it, the finished models are shown.
`field=D` shows the discriminator's output at that moment.

`tool=draw` opens one of the explorer's tools; there are none beside a replay.

`scale=own` gives each map the scale of its own codes. `shown=right` is the panel of the map that a narrow window shows;
it has room for one.

`underlay=density` is the layer beneath the codes, `colour=kl` colours them, `opacity=1,0.3` is that of layer and codes.

The tool Near: `near=find` is its mode, `near_side=right` the panel of its model, `near_k=12` the number of neighbours,
`near_find=class-3` the images it finds, `near_at=0.5,-1` the point whose neighbours are sought if that is no longer the
probe, `near_region=circle,0.8` a region around the probe.

`walk=1,2;0.5,-1` are the waypoints of a walk, here two points; `walk=mnist:12;mnist:99` goes from one image's code to
the other's, in each model to its own. `way=line`, `circle` or `curve` is its course, `frames=12` its number of
pictures. `sum=4,9` is the mean code of class 4 minus that of class 9 (from 0, in the order of the dataset's classes),
added to the probe's mean, or with `sum=4,9,image` to the picked image's code.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from explorer.address import schema
from explorer.address.schema import DECIMALS, text  # noqa: F401 - the page's tests read them here

TABLE = schema.PAGES["explore"]
FIELDS = schema.named(TABLE["fields"])
PARAMETERS = tuple(FIELDS)
LIMITS = {name: FIELDS[name]["most"] for name in ("mean", "log_var", "noise")}  # magnitudes


def default_state(models: Mapping[str, Mapping], front: Sequence[Sequence[str]]) -> dict:
    """The state that a plain address opens.

    models: by their names, each with latent_dim, dataset, images and classes; front: for each panel, the names that it
    prefers. Raises ValueError without a model.
    """
    if not models:
        raise ValueError("there is no model to show")
    left, right = (next((name for name in wanted if name in models), next(iter(models))) for wanted in front)
    chosen = {"left": left, "right": right}
    known = _context(models)(chosen | {"near_side": "left"})
    return schema.defaults(TABLE["fields"], known) | chosen


def at_image(state: Mapping, pick: str, mean: Sequence[float], log_var: Sequence[float] | None) -> dict:
    """The state with an image picked and the probe at its code: mean (d,), log_var (d,) or None for a point.

    The probe may have more dimensions than the code; those keep their values.
    """

    def placed(name: str, values: Sequence[float] | None) -> list[float]:
        found = [] if values is None else [schema.rounded(float(value)) for value in values]
        return found + state[name][len(found) :]

    return {**state, "pick": pick, "mean": placed("mean", mean), "log_var": placed("log_var", log_var)}


def parse(params: Mapping[str, str], default: Mapping, models: Mapping[str, Mapping]) -> tuple[dict, list[str]]:
    """A state from an address's parameters, and a sentence for each parameter that had to be ignored.

    models: as in `default_state`, which gave the default. Never raises.
    """
    state, problems = schema.read(TABLE["fields"], params, default, _context(models))
    return state, [*problems.values()]


def to_params(state: Mapping) -> dict[str, str]:
    """The address's parameters for a state: `parse` gives the state back."""
    return schema.write(TABLE["fields"], state, _conditions(state))


def check(sent: Mapping, default: Mapping, models: Mapping[str, Mapping]) -> dict:
    """The state that a browser sent, each value of its kind and within the limits, else at its default.

    The tool Near's choices are kept while another tool is open. Raises the errors that `kept.keeper` names for what is
    no state at all.
    """
    return parse(schema.write(TABLE["fields"], sent, {*_conditions(sent), "near"}), default, models)[0]


def umap_settings(written: str) -> tuple[str, int, float]:
    """The settings that `umap-50-0.5` names: umap or pixels, n_neighbors, min_dist. Raises ValueError."""
    return schema.umap_settings(written, FIELDS["map"])


def _context(models: Mapping[str, Mapping]) -> Callable[[Mapping], Mapping]:
    fixed = {
        "models": {"left": models, "right": models},
        "images": {model["dataset"]: model["images"] for model in models.values()},
        "classes": max((len(model["classes"]) for model in models.values()), default=0),
        "most_dimensions": max((model["latent_dim"] for model in models.values()), default=2),
    }

    def context(state: Mapping) -> Mapping:
        chosen = [models[state[side]] for side in ("left", "right")]
        return fixed | {
            "dimensions": max(model["latent_dim"] for model in chosen),
            "near_dimensions": models[state[state["near_side"]]]["latent_dim"],
            "shared_classes": min(len(model["classes"]) for model in chosen),
        }

    return context


def _conditions(state: Mapping) -> set[str]:
    """The conditions under which a field is written, see `only` in the table."""
    found = {
        "dimensions": len(state["mean"]) > 2,
        "replay": state["moment"] is not None,
        "near": state["tool"] == "near",
    }
    return {name for name, holds in found.items() if holds}
