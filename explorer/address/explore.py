"""The explorer's state: one probe and what is chosen, as the page keeps it and as the address writes it.

    ?mean=0.5,-1&log_var=-2,-2&noise=0.8,-0.6&pick=mnist:12&left=mnist-vae&right=mnist-aae&codes=means

The probe has as many dimensions as the larger of the two models; a model of fewer sees the first of them. With more
than two, `dims=3,7` names the two (from 1) that sliders and plane show, and `map` what each panel's map is, one for both or left and right:
`umap` (stored with the model), `plane` (of those two dimensions), `pca`, `umap-50-0.5` (recomputed with n_neighbors = 50 and min_dist = 0.5) or
`pixels-15-0.1` (UMAP of the raw pixels), as in `map=umap,pixels-15-0.1`.

`moment=17` is replay: the recordings' moment (from 0, untrained) that is shown; without it, the finished models. `field=D` shows
what the discriminator says at that moment.

`tool=draw` opens one of the explorer's tools; not beside a replay.

`underlay=density` is what lies beneath the codes, `colour=kl` what they are coloured by, and `opacity=1,0.3` how much of the two is seen, underlay and codes.

Of the tool Near: `near=find` what it does, `near_side=right` in which panel's model, `near_k=12` with how many neighbours, `near_find=class-3` what it finds,
`near_at=0.5,-1` where neighbours are sought if that is no longer the probe, `near_region=circle,0.8` a region around the probe.

`walk=1,2;0.5,-1` are the waypoints of a walk, here two points; `walk=mnist:12;mnist:99` goes from one image's code to the other's, in each
model to its own. `way=line`, `circle` or `curve` is how it goes, `frames=12` in how many pictures. `sum=4,9` is the mean code of class 4 less that
of class 9 (from 0, in the order of the dataset's classes), added to the probe's mean, or with `sum=4,9,image` to the picked image's code.
"""

from __future__ import annotations

import difflib
import math
from collections.abc import Iterable, Mapping, Sequence

# The largest magnitudes that make sense: exp(log_var) overflows float32 past 88.
LIMITS = {"mean": 1000.0, "log_var": 80.0, "noise": 100.0}
DEFAULTS = {"mean": (0.0, 0.0), "log_var": (-2.0, -2.0), "noise": (0.8, -0.6)}  # over and over, in more dimensions
DECIMALS = 4
FINDS = tuple(f"{value}-{end}" for value in ("error", "kl", "judgement", "density") for end in ("largest", "smallest"))
CHOICES = {
    "codes": ("means", "sampled"), "field": ("none", "D"), "tool": ("none", "draw", "near", "map", "walk", "take"),
    "near": ("neighbours", "region", "find"), "near_side": ("left", "right"), "near_k": ("8", "4", "6", "12", "16", "24"),
    "near_find": ("misplaced", *FINDS, "class-0"), "way": ("line", "circle", "curve"),
    "underlay": ("none", "quantiles", "grid", "density", "ratio", "stretch"), "colour": ("class", "kl", "error", "judgement", "density"),
}  # fmt: skip
MAPS = ("umap", "plane", "pca")  # and the UMAPs that are made while the app runs:
UMAP_KINDS, NEIGHBOURS, MIN_DISTANCE = ("umap", "pixels"), range(2, 201), (0.0, 0.99)
OPACITY = (1.0, 1.0)  # of the underlay, and of the codes
START = {
    "pick": None, "moment": None, "dims": [0, 1], "map": MAPS[0], "opacity": list(OPACITY),
    "near_at": None, "near_region": None, "walk": None, "frames": 12, "sum": None,
}  # fmt: skip
MOMENTS = 30  # the most that a recording has: recording.MOMENTS
WAYPOINTS, FRAMES = 8, range(8, 25)  # of a walk: the most waypoints, and how many pictures it may have
REGIONS, REGION_RADII = ("circle", "square"), (0.1, 4.0)  # around the probe, in units of the map
ALIKE, LONGEST_NAME = 3, 100  # names of models that are suggested; characters of a name that they are sought for
PARAMETERS = (
    "mean", "log_var", "noise", "pick", "left", "right", "codes", "dims", "map", "moment", "field", "tool", "underlay", "colour", "opacity",
    "near", "near_side", "near_k", "near_find", "near_at", "near_region", "walk", "way", "frames", "sum",
)  # fmt: skip


def default_state(models: Mapping[str, Mapping], front: Sequence[Sequence[str]]) -> dict:
    """The state that a plain address opens.

    models: by their names, each with latent_dim, dataset and images; front: for each panel, the names that it prefers.
    Raises ValueError without a model.
    """
    if not models:
        raise ValueError("there is no model to show")
    left, right = (next((name for name in wanted if name in models), next(iter(models))) for wanted in front)
    chosen = {"left": left, "right": right} | START | {name: choices[0] for name, choices in CHOICES.items()}
    return _default_probe(_dimensions(chosen, models)) | chosen


def parse(params: Mapping[str, str], default: Mapping, models: Mapping[str, Mapping]) -> tuple[dict, list[str]]:
    """A state from an address's parameters, and a sentence for each parameter that had to be ignored.

    models: as in `default_state`, which gave the default. Never raises.
    """
    state, problems = dict(default), []

    def ignore(name: str, why: str) -> None:
        value = params[name] if len(params[name]) <= 40 else params[name][:40] + "…"
        problems.append(f"{name}={value} was ignored: {why}.")

    for name in ("left", "right"):
        if name in params:
            if params[name] in models:
                state[name] = params[name]
            else:
                ignore(name, no_such_model(params[name], models))
    dimensions = _dimensions(state, models)
    state |= _default_probe(dimensions)
    for name, limit in LIMITS.items():
        if name in params:
            try:
                state[name] = numbers(params[name], dimensions, limit)
            except ValueError as error:
                ignore(name, str(error))
    for name, choices in CHOICES.items():
        if name in params:
            if params[name] in choices or (name == "near_find" and _is_class(params[name], models)):
                state[name] = params[name]
            else:
                ignore(name, f"it can be {' or '.join(choices)}")
    if "dims" in params:
        known = {str(i + 1): i for i in range(dimensions)}
        chosen = [known.get(part) for part in params["dims"].split(",", 3)]
        if len(chosen) == 2 and None not in chosen and chosen[0] != chosen[1]:
            state["dims"] = chosen
        else:
            ignore("dims", f"it names two different dimensions from 1 to {dimensions}, as in 1,2")
    if "map" in params:
        try:
            state["map"] = _maps(params["map"])
        except ValueError as error:
            ignore("map", str(error))
    if "opacity" in params:
        try:
            state["opacity"] = numbers(params["opacity"], 2, 1.0, least=0.0)
        except ValueError as error:
            ignore("opacity", str(error))
    if "near_at" in params:
        try:
            state["near_at"] = numbers(
                params["near_at"], models[state[state["near_side"]]]["latent_dim"], LIMITS["mean"]
            )
        except ValueError as error:
            ignore("near_at", str(error))
    if "near_region" in params:
        kind, _, radius = params["near_region"].partition(",")
        try:
            [reach] = numbers(radius, 1, REGION_RADII[1])
        except ValueError:
            reach = 0
        if kind in REGIONS and reach >= REGION_RADII[0]:
            state["near_region"] = f"{kind},{text(reach)}"
        else:
            ignore("near_region", "it is circle or square and its radius from 0.1 to 4, as in circle,0.8")
    if "pick" in params:
        try:
            state["pick"] = _image(params["pick"], models)
        except ValueError:
            ignore("pick", "it names a dataset and one of its test images, as in mnist:12")
    if "moment" in params:
        if params["moment"] in map(str, range(MOMENTS)):
            state["moment"] = int(params["moment"])
        else:
            ignore("moment", f"it is a whole number from 0 to {MOMENTS - 1}, a moment of the training")
    if state["moment"] is not None and state["tool"] != "none":
        ignore("tool", "there are no tools beside a replay; leave out moment")
        state["tool"] = "none"
    if "walk" in params:
        try:
            state["walk"] = _walk(params["walk"], models)
        except ValueError as error:
            ignore("walk", str(error))
    if "frames" in params:
        if params["frames"] in map(str, FRAMES):
            state["frames"] = int(params["frames"])
        else:
            ignore("frames", f"it is a whole number from {FRAMES[0]} to {FRAMES[-1]}")
    if "sum" in params:
        classes = [*map(str, range(min(len(models[state[side]]["classes"]) for side in ("left", "right"))))]
        first, second, *start = params["sum"].split(",", 3)[:4] if "," in params["sum"] else ("", "")
        if first in classes and second in classes and start in ([], ["image"]):
            state["sum"] = params["sum"]
        else:
            ignore("sum", f"it names two classes, from 0 to {len(classes) - 1}, as in 4,9 or 4,9,image")
    return state, problems


def to_params(state: Mapping) -> dict[str, str]:
    """The address's parameters for a state: `parse` gives the state back."""
    params = {name: ",".join(text(value) for value in state[name]) for name in LIMITS}
    params |= {name: state[name] for name in ("pick", "left", "right", "codes")}
    if len(state["mean"]) > 2:
        params |= {"dims": ",".join(str(i + 1) for i in state["dims"]), "map": state["map"]}
    if state["moment"] is not None:
        params |= {"moment": str(state["moment"]), "field": state["field"] if state["field"] != "none" else None}
    params |= {name: state[name] for name in ("tool", "underlay", "colour") if state[name] != CHOICES[name][0]}
    if tuple(state["opacity"]) != OPACITY:
        params["opacity"] = ",".join(map(text, state["opacity"]))
    if state["tool"] == "near":
        params |= {
            name: state[name]
            for name in ("near", "near_side", "near_k", "near_find")
            if state[name] != CHOICES[name][0]
        }
        params["near_region"] = state["near_region"]
        params["near_at"] = state["near_at"] and ",".join(text(value) for value in state["near_at"])
    params |= {"walk": state["walk"], "sum": state["sum"]}
    params |= {
        name: str(state[name])
        for name, start in (("way", CHOICES["way"][0]), ("frames", START["frames"]))
        if state[name] != start
    }
    return {name: value for name, value in params.items() if value is not None}


def check(sent: Mapping, default: Mapping, models: Mapping[str, Mapping]) -> dict:
    """The state that a browser sent, each value of its kind and within the limits: what an address could not give is at its default.

    Raises the errors that `kept.keeper` names for what is no state at all.
    """
    near = {
        name: value for name, value in to_params({**sent, "tool": "near"}).items() if name.startswith("near")
    }  # kept while another tool is open
    return parse(near | to_params(sent), default, models)[0]


def no_such_model(name: str, models: Iterable[str]) -> str:
    """Why a model's name in an address is ignored: a clause with the names that are most like it, of maybe hundreds."""
    alike = difflib.get_close_matches(name[:LONGEST_NAME], models, n=ALIKE)
    return "there is no such model here" + (f"; the names most like it are {', '.join(alike)}" if alike else "")


def _is_class(find: str, models: Mapping[str, Mapping]) -> bool:
    """`class-3`: of a model that has so many classes."""
    which = find.removeprefix("class-")
    return (
        find.startswith("class-")
        and which.isascii()
        and which.isdigit()
        and find == f"class-{int(which)}"
        and int(which) < max(len(model["classes"]) for model in models.values())
    )


def _dimensions(state: Mapping, models: Mapping[str, Mapping]) -> int:
    return max(models[state[side]]["latent_dim"] for side in ("left", "right"))


def _default_probe(dimensions: int) -> dict[str, list[float]]:
    return {name: [values[i % 2] for i in range(dimensions)] for name, values in DEFAULTS.items()}


def _image(written: str, models: Mapping[str, Mapping]) -> str:
    """`dataset:row` of a test image that one of the models has codes of. Raises ValueError for anything else."""
    sizes = {model["dataset"]: model["images"] for model in models.values()}
    dataset, _, row = written.partition(":")
    if dataset in sizes and row.isascii() and row.isdigit() and len(row) < 9 and int(row) < sizes[dataset]:
        return f"{dataset}:{int(row)}"
    raise ValueError("there is no such image")


def umap_settings(written: str) -> tuple[str, int, float]:
    """What `umap-50-0.5` says: umap or pixels, n_neighbors, min_dist. Raises ValueError, with the reason, for anything else that an address would not write."""
    kind, _, settings = written.partition("-")
    neighbours, _, distance = settings.partition("-")
    low, high = MIN_DISTANCE
    if kind in UMAP_KINDS and neighbours in map(str, NEIGHBOURS):
        [found] = numbers(distance, 1, high, least=low)
        if distance == text(round(found, 2)):
            return kind, int(neighbours), found
    raise ValueError(
        f"a UMAP is written as umap-50-0.5, with from {NEIGHBOURS[0]} to {NEIGHBOURS[-1]} neighbours and a least distance from {low:g} to {high:g} of two decimals"
    )


def _maps(written: str) -> str:
    """What both maps are, in the one way of writing it: a kind, or two with a comma where they differ. Raises ValueError, with the reason, for what is none."""
    kinds = written.split(",", 2)
    if len(kinds) > 2:
        raise ValueError("it names one map for both panels, or one for each")
    for kind in kinds:
        if kind not in MAPS:
            try:
                umap_settings(kind)
            except ValueError as error:
                raise ValueError(f"a map is {', '.join(MAPS)} or made anew: {error}") from error
    return ",".join(dict.fromkeys(kinds))


def _walk(written: str, models: Mapping[str, Mapping]) -> str:
    """A walk's waypoints, in the one way of writing them. Raises ValueError, with the reason, for what is none.

    Points may have fewer coordinates than the models, or more: a model sees the first ones, and 0 for what is missing.
    """
    parts = written.split(";", WAYPOINTS)
    if len(parts) > WAYPOINTS:
        raise ValueError(f"a walk has at most {WAYPOINTS} waypoints")
    if ":" in written:
        try:
            images = [_image(part, models) for part in parts]
        except ValueError:
            images = []
        if len({image.partition(":")[0] for image in images}) != 1:
            raise ValueError("its images are test images of one dataset, as in mnist:12;mnist:99")
        return ";".join(images)
    count = parts[0].count(",") + 1
    most = max(model["latent_dim"] for model in models.values())
    if not 2 <= count <= most:
        raise ValueError(f"its points have from 2 to {most} coordinates, as in 1,2;0.5,-1")
    return ";".join(",".join(text(value) for value in numbers(part, count, LIMITS["mean"])) for part in parts)


def numbers(written: str, count: int, limit: float, least: float | None = None) -> list[float]:
    """So many numbers with commas between them, from `least` (-limit, if it is left out) to limit, to DECIMALS. Raises ValueError, with the reason, for anything else."""
    parts = written.split(",") if len(written) <= 40 * count else []
    try:
        values = [float(part) for part in parts]
    except ValueError:
        values = []
    if len(values) != count:
        raise ValueError(f"it must be {count} numbers with commas between them")
    least = -limit if least is None else least
    if not all(math.isfinite(value) and least <= value <= limit for value in values):
        raise ValueError(f"its numbers must lie between {least:g} and {limit:g}")
    return [round(value, DECIMALS) for value in values]


def text(value: float) -> str:
    """A number as an address writes it."""
    written = f"{value:.{DECIMALS}f}".rstrip("0").rstrip(".")
    return "0" if written == "-0" else written
