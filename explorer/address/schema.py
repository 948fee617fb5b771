"""The reader and the writer of addresses.

`web/kernel/addresses.js` is the table of all parameters, in JSON: name, kind, limits, default, for each page. In the
browser `web/kernel/address.js` reads it, and a test compares both readers. A page's module beside this one adds its
context: the models that it can show, and what follows from the chosen ones.

A field of the table has a `name`, a `kind` of READERS, and what its kind needs. Of all kinds:
    default     what a plain address gives; else null, or the first option of a choice
    options     the names of a choice as addresses write them, or the entry of the context that lists them; labels stand
                in the texts, and may change
    always      it is written also where it stands at its default (a page's `always` is that of all its fields)
    only        it is written only in this condition, which the page's module names
    below       a whole number less than this other field, or than this entry of the context

A run is the choices for a training, as in `vae,digits,beta=4,hidden=128-64`: a sibling, a dataset, and those of the
table's `settings` that differ from the start of the two. The context has the `starts`: {sibling: {dataset: choices}}.
The limits and steps of the settings are also those of the practice page (settings.py).
"""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from types import MappingProxyType

from explorer.shared import fill, table

TABLE = table("addresses")
PAGES, REASONS = TABLE["pages"], TABLE["reasons"]
SETTINGS = {setting["name"]: setting for setting in TABLE["settings"]}
DECIMALS, FINE_DECIMALS = TABLE["decimals"], TABLE["fine_decimals"]
BROWSER_MODELS = TABLE["browser_models"]  # the beginning of the names of models that only one browser has
ALIKE, LONGEST_NAME = 3, 100  # names of models that are suggested; characters of a name that they are sought for
LONGEST_NUMBER = 40  # characters
LARGE = 1e11  # numbers that are not rounded
NUMBER = re.compile(r" *[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)? *")
INDEX = re.compile(r"0|[1-9][0-9]{0,7}")  # in the one way of writing it

Context = Callable[[Mapping], Mapping]


def read(
    fields: Sequence[Mapping], params: Mapping[str, str], start: Mapping, context: Context
) -> tuple[dict, dict[str, str]]:
    """A state from an address's parameters, and for each parameter that had to be ignored a sentence. Never raises.

    start: the state of an address without parameters. context(state): for the readers, see the pages' modules.
    """
    state, problems = dict(start), {}
    models_first = sorted(fields, key=lambda field: field["kind"] != "model")
    for field in models_first:
        name, known = field["name"], context(state)
        if not _fits(field, state[name], state, known):
            state[name] = default(field, known)
        if name not in params:
            continue
        try:
            value = READERS[field["kind"]](params[name], field, known, state)
            if "beside" in field and state[field["beside"]] is not None and value != default(field, known):
                raise ValueError(REASONS[field["why_not"]])
        except ValueError as error:
            problems[name] = ignored(name, params[name], error)
            continue
        state[name] = value
        state |= _preset(field, value)
    for field in fields:
        if any(state[name] != value for name, value in _preset(field, state[field["name"]]).items()):
            state[field["name"]] = field["options"][-1]  # a number beside it was changed
    return state, {field["name"]: problems[field["name"]] for field in fields if field["name"] in problems}


def write(
    fields: Sequence[Mapping],
    state: Mapping,
    conditions: Collection[str] = (),
    always: bool = False,
    known: Mapping = MappingProxyType({}),
) -> dict:
    """The address's parameters for a state: `read` gives the state back.

    conditions: those of `only` that hold; known: the context, for runs.
    """
    params, of_preset = {}, set()
    for field in fields:
        name, value = field["name"], state[field["name"]]
        of_preset |= set(_preset(field, value))
        if value is None or name in of_preset or field.get("only", "") not in ("", *conditions):
            continue
        if always or field.get("always") or value != default(field):
            params[name] = _written(value, field, known)
    return params


def default(field: Mapping, known: Mapping | None = None):
    """What a field is where no address says otherwise. known: the context, for the number of dimensions."""
    if "default" not in field:
        return field["options"][0] if field["kind"] == "choice" else None
    value = field["default"]
    if field["kind"] == "numbers" and value is not None and known:
        return [float(value[i % len(value)]) for i in range(_count(field, known))]
    return list(value) if isinstance(value, list) else value


def defaults(fields: Sequence[Mapping], known: Mapping | None = None) -> dict:
    """The fields' defaults; models have none."""
    return {field["name"]: default(field, known) for field in fields}


def named(fields: Sequence[Mapping]) -> dict[str, Mapping]:
    """The fields by their names."""
    return {field["name"]: field for field in fields}


def ignored(name: str, written: str, why: object) -> str:
    """The sentence for a parameter that had to be ignored."""
    longest = TABLE["longest_shown"]
    shown = written if len(written) <= longest else written[:longest] + "…"
    return fill(REASONS["ignored"], name=name, written=shown, why=why)


def text(value: float, fine: bool = False) -> str:
    """A number as an address writes it."""
    if not math.isfinite(value):
        return str(value)
    written = f"{rounded(value, fine):.{FINE_DECIMALS if fine else DECIMALS}f}"
    return written.rstrip("0").rstrip(".")


def rounded(value: float, fine: bool = False) -> float:
    """The value to DECIMALS; fine: one below 0.1, as a learning rate, to FINE_DECIMALS and at most four digits."""
    if not fine or abs(value) >= 0.1:
        return _steps(value, 10**DECIMALS)
    millionths = math.floor(value * 10**FINE_DECIMALS + 0.5)
    if abs(millionths) >= 10_000:
        millionths = 10 * math.floor(millionths / 10 + 0.5)
    return millionths / 10**FINE_DECIMALS


def exact(value: float) -> str:
    """A number with all its digits, as an address writes it. Raises an error for what is no finite number."""
    if isinstance(value, bool):
        raise TypeError("it is no number")
    return str(int(value)) if value == int(value) else repr(value)


def numbers(written: str, count: int, least: float, most: float, fine: bool = False) -> list[float]:
    """So many numbers with commas between them, within limits. Raises ValueError, with the reason."""
    found = _parsed(written, count, fine)
    if len(found) != count or not all(least <= value <= most for value in found):
        raise ValueError(_reason("number" if count == 1 else "numbers", count=count, least=least, most=most))
    return found


def run(written: str, known: Mapping) -> dict:
    """The choices of a run. known: `starts` and `priors`. Raises ValueError."""

    def setting(written: str, field: Mapping):
        try:
            return READERS[field["kind"]](written, field, known, {})
        except ValueError as error:
            raise ValueError(_reason("setting", setting=field["name"], why=error)) from None

    kind, _, rest = written.partition(",")
    dataset, *parts = rest.split(",")
    starts = known["starts"]
    setting(kind, {"name": "kind", "kind": "choice", "options": list(starts)})
    setting(dataset, {"name": "dataset", "kind": "choice", "options": list(starts[kind])})
    chosen = dict(starts[kind][dataset])
    for part in parts:
        name, _, value = part.partition("=")
        if name not in SETTINGS:
            raise ValueError(_reason("settings", options=_either(SETTINGS)))
        chosen[name] = setting(value, SETTINGS[name])
    return chosen


def run_text(chosen: Mapping, known: Mapping) -> str:
    """A run's choices as an address writes them: `run` gives them back."""
    start, parts = known["starts"][chosen["kind"]][chosen["dataset"]], [chosen["kind"], chosen["dataset"]]
    for name, field in SETTINGS.items():
        written = _written(chosen[name], field)
        if written != _written(start[name], field):
            parts.append(f"{name}={written}")
    return ",".join(parts)


def no_such_model(name: str, names: Iterable[str]) -> str:
    """Why a model's name is ignored: a clause with the names that are most like it, of maybe hundreds."""
    if name.startswith(BROWSER_MODELS):
        return REASONS["browser_model"]
    alike = difflib.get_close_matches(name[:LONGEST_NAME], names, n=ALIKE)
    return _reason("model", alike=_reason("alike", names=", ".join(alike)) if alike else "")


def umap_settings(written: str, field: Mapping) -> tuple[str, int, float]:
    """The kind, n_neighbors and min_dist that `umap-50-0.5` names. field: of kind maps. Raises ValueError."""
    kind, _, settings = written.partition("-")
    neighbours, _, distance = settings.partition("-")
    (fewest, most), (nearest, farthest) = field["neighbours"], field["distance"]
    if kind in field["made"] and INDEX.fullmatch(neighbours) and fewest <= int(neighbours) <= most:
        found = _parsed(distance, 1)
        if found and nearest <= found[0] <= farthest and distance == text(_steps(found[0], 100)):
            return kind, int(neighbours), found[0]
    limits = {"fewest": fewest, "most": most, "nearest": nearest, "farthest": farthest}
    raise ValueError(_reason("maps", kinds=", ".join(field["options"]), **limits))


# ---- a reader for each kind: (the text, the field, the context, the state so far) to a value, or ValueError ----------


def _choice(written: str, field: Mapping, known: Mapping, state: Mapping):
    options = {str(option): option for option in _options(field, known)}
    if written in options:
        return options[written]
    which = written.removeprefix("class-")
    if field.get("classes") and which != written and INDEX.fullmatch(which) and int(which) < known["classes"]:
        return written
    raise ValueError(_reason("choice", options=_either(options)))


def _model(written: str, field: Mapping, known: Mapping, state: Mapping) -> str:
    names = known["models"][field["name"]]
    if written not in names:
        raise ValueError(no_such_model(written, names))
    return written


def _whole(written: str, field: Mapping, known: Mapping, state: Mapping) -> int:
    most = field["most"]
    if "below" in field:
        most = min(most, _bound(field, known, state) - 1)
    is_whole = re.fullmatch("[0-9]+", written) and len(written) <= len(str(field["most"]))
    if not (is_whole and field["least"] <= int(written) <= most):
        raise ValueError(_reason("whole", least=field["least"], most=most))
    return int(written)


def _number(written: str, field: Mapping, known: Mapping, state: Mapping) -> float:
    return numbers(written, 1, field["least"], field["most"], field.get("fine", False))[0]


def _numbers(written: str, field: Mapping, known: Mapping, state: Mapping) -> list[float]:
    count, least, most = _count(field, known), field["least"], field["most"]
    if "fewest" in field:
        found = _parsed(written, count)
        if not field["fewest"] <= len(found) <= count or not all(least <= value <= most for value in found):
            raise ValueError(_reason("pair", least=least, most=most))
        return found + state[field["name"]][len(found) :]
    if "parts" not in field:
        return numbers(written, count, least, most, field.get("fine", False))
    found = _parsed(written, count)
    if len(found) != count:
        raise ValueError(_reason("parts", count=count))
    for value, part, low, high in zip(found, field["parts"], least, most):
        if not low <= value <= high:
            raise ValueError(_reason("part", part=part, least=low, most=high))
    if "correlation" in field and abs(found[3]) > field["correlation"] * math.sqrt(found[2] * found[4]):
        raise ValueError(REASONS["covariance"])
    return found


def _dimensions(written: str, field: Mapping, known: Mapping, state: Mapping) -> list[int]:
    parts, most = written.split(","), known["dimensions"]
    if len(parts) == 2 and parts[0] != parts[1] and all(INDEX.fullmatch(part) for part in parts):
        chosen = [int(part) - 1 for part in parts]
        if all(0 <= dimension < most for dimension in chosen):
            return chosen
    raise ValueError(_reason("dimensions", dimensions=most))


def _maps(written: str, field: Mapping, known: Mapping, state: Mapping) -> str:
    kinds = written.split(",")
    if len(kinds) > 2:
        raise ValueError(REASONS["two_maps"])
    for kind in kinds:
        if kind not in field["options"]:
            umap_settings(kind, field)
    return ",".join(dict.fromkeys(kinds))


def _region(written: str, field: Mapping, known: Mapping, state: Mapping) -> str:
    kind, _, radius = written.partition(",")
    try:
        [reach] = numbers(radius, 1, field["least"], field["most"])
    except ValueError:
        reach = None
    if kind not in field["options"] or reach is None:
        raise ValueError(_reason("region", options=_either(field["options"]), least=field["least"], most=field["most"]))
    return f"{kind},{text(reach)}"


def _image(written: str, field: Mapping, known: Mapping, state: Mapping) -> str:
    dataset, _, row = written.partition(":")
    if re.fullmatch("[0-9]{1,8}", row) and int(row) < known["images"].get(dataset, 0):
        return f"{dataset}:{int(row)}"
    raise ValueError(REASONS["image"])


def _walk(written: str, field: Mapping, known: Mapping, state: Mapping) -> str:
    """Points may have more or fewer coordinates than the models. A model reads the first ones; missing ones are 0."""
    parts = written.split(";")
    if len(parts) > field["waypoints"]:
        raise ValueError(_reason("waypoints", most=field["waypoints"]))
    if ":" in written:
        try:
            images = [_image(part, field, known, state) for part in parts]
        except ValueError:
            images = []
        if len({image.partition(":")[0] for image in images}) != 1:
            raise ValueError(REASONS["walk_images"])
        return ";".join(images)
    count, most = parts[0].count(",") + 1, known["most_dimensions"]
    if not 2 <= count <= most:
        raise ValueError(_reason("walk_points", most=most))
    points = [numbers(part, count, field["least"], field["most"]) for part in parts]
    return ";".join(",".join(map(text, point)) for point in points)


def _sum(written: str, field: Mapping, known: Mapping, state: Mapping) -> str:
    first, _, rest = written.partition(",")
    classes = [first, rest.removesuffix(",image")]
    if all(INDEX.fullmatch(which) and int(which) < known["shared_classes"] for which in classes):
        return written
    raise ValueError(_reason("sum", last=known["shared_classes"] - 1))


def _exact(written: str, field: Mapping, known: Mapping, state: Mapping) -> float:
    """A number that is not rounded."""
    value = float(written) if len(written) <= LONGEST_NUMBER and NUMBER.fullmatch(written) else math.nan
    if not field["least"] <= value <= field["most"]:
        raise ValueError(_reason("number", least=field["least"], most=field["most"]))
    return value


def _wholes(written: str, field: Mapping, known: Mapping, state: Mapping) -> list[int]:
    parts = written.split("-")
    try:
        found = [_whole(part, field, known, state) for part in parts]
    except ValueError:
        found = []
    if not 1 <= len(found) <= field["count"]:
        raise ValueError(_reason("wholes", count=field["count"], least=field["least"], most=field["most"]))
    return found


def _run(written: str, field: Mapping, known: Mapping, state: Mapping) -> dict:
    return run(written, known)


READERS = {
    "choice": _choice, "model": _model, "whole": _whole, "number": _number, "numbers": _numbers,
    "dimensions": _dimensions, "maps": _maps, "region": _region, "image": _image, "walk": _walk, "sum": _sum,
    "exact": _exact, "wholes": _wholes, "run": _run,
}  # fmt: skip

# ---- helpers ---------------------------------------------------------------------------------------------------------


def _fits(field: Mapping, value: object, state: Mapping, known: Mapping) -> bool:
    """Whether a value of another state can stand beside the models that were chosen."""
    if value is None:
        return True
    if field["kind"] == "numbers":
        return len(value) == _count(field, known)
    if field["kind"] == "dimensions":
        return max(value) < known["dimensions"]
    if "beside" in field:
        return state[field["beside"]] is None or value == default(field)
    return "below" not in field or value < _bound(field, known, state)


def _preset(field: Mapping, value: object) -> Mapping:
    """The values of other fields that come with an option of this one."""
    return field["presets"].get(value, {}) if "presets" in field else {}


def _options(field: Mapping, known: Mapping) -> Sequence:
    return known[field["options"]] if isinstance(field["options"], str) else field["options"]


def _count(field: Mapping, known: Mapping) -> int:
    return known[field["count"]] if isinstance(field["count"], str) else field["count"]


def _bound(field: Mapping, known: Mapping, state: Mapping) -> int:
    return state[field["below"]] if field["below"] in state else known[field["below"]]


def _written(value, field: Mapping, known: Mapping = MappingProxyType({})) -> str:
    fine = field.get("fine", False)
    if field["kind"] == "numbers":
        return ",".join(text(part, fine) for part in value)
    if field["kind"] == "dimensions":
        return ",".join(str(dimension + 1) for dimension in value)
    if field["kind"] == "number":
        return text(value, fine)
    if field["kind"] == "exact":
        return exact(value)
    if field["kind"] == "wholes":
        return "-".join(map(exact, value))
    if field["kind"] == "run":
        return run_text(value, known)
    return str(value) if field["kind"] in ("choice", "whole") else value


def _parsed(written: str, count: int, fine: bool = False) -> list[float]:
    """The numbers between commas, rounded; none where one of them is no finite number, or the text is far too long."""
    parts = written.split(",") if len(written) <= LONGEST_NUMBER * count else []
    found = [float(part) for part in parts if NUMBER.fullmatch(part)]
    if len(found) != len(parts) or not all(map(math.isfinite, found)):
        return []
    return [rounded(value, fine) for value in found]


def _steps(value: float, steps: int) -> float:
    """The nearest of so many steps a unit, a half rounded up; a large number as it is."""
    return math.floor(value * steps + 0.5) / steps if abs(value) < LARGE else value


def _either(options: Iterable) -> str:
    *first, last = map(str, options)
    return (", ".join(first) + REASONS["or"] if first else "") + last


def _reason(name: str, **values: object) -> str:
    shown = {
        key: text(value, fine=True) if isinstance(value, (int, float)) and key != "count" else value
        for key, value in values.items()
    }
    return fill(REASONS[name], shown)
