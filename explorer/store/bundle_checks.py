"""Checks of a bundle's arrays, metrics and history. A bundle that passes them can be shown on every page.

Each check raises ValueError with the rest of a sentence that begins with the file's name.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Mapping

import numpy as np

from explorer.config import CLASSES, WHILE_TRAINING, Change, Config

HALF_OR_SINGLE = ("float16", "float32")  # the types that the browser reads, besides bytes
BYTES = ("uint8",)
# metrics that every page needs
NEEDED = {"images", "seed", "reconstruction", "coverage", "coverage_null", "code_std"}
NEEDED_OF_A_VAE = {"reconstruction_sampled", "kl", "negative_elbo"}
TEXTS = {"device"}  # metrics that are texts
# `seeds`: the seeds of models that were trained alike; `<metric>_seeds`: what the metric is for each of them
SEEDS, OF_SEEDS = "seeds", "_seeds"
# largest absolute values of codes: pages square and exponentiate them in float32
LARGEST = {"mean": 1e6, "umap": 1e6, "log_var": 80}


def check_arrays(
    arrays: Mapping[str, np.ndarray], shapes: Mapping[str, tuple[int, ...]], of_bytes: Collection[str] = ()
) -> None:
    """The arrays must be exactly these, with these shapes, and finite. of_bytes: the names of arrays of bytes."""
    for name, shape in shapes.items():
        if name not in arrays:
            raise ValueError(f"the array {name} is missing")
        array, types = arrays[name], BYTES if name in of_bytes else HALF_OR_SINGLE
        if array.shape != shape:
            raise ValueError(f"the array {name} has shape {array.shape}; the configuration asks for {shape}")
        if array.dtype.name not in types:
            raise ValueError(f"the array {name} is of type {array.dtype.name}, not {' or '.join(types)}")
        if not np.isfinite(array).all():
            raise ValueError(f"the array {name} holds NaN or infinity")
        farthest = float(array.flat[np.abs(array).argmax()]) if name in LARGEST and array.size else 0
        if abs(farthest) > LARGEST.get(name, math.inf):
            raise ValueError(f"the array {name} holds {farthest:.3g}; pages show {LARGEST[name]:,.0f} at most")
    if extra := sorted(set(arrays) - set(shapes)):
        raise ValueError(f"the array {extra[0]} does not belong to the configuration")


def check_codes(arrays: Mapping[str, np.ndarray], config: Config) -> None:
    n = np.size(arrays.get("label", ()))
    shapes = {"mean": (n, config.model.latent_dim), "label": (n,)}
    if config.model.sibling.stochastic:
        shapes["log_var"] = shapes["mean"]
    if "umap" in arrays:
        shapes["umap"] = (n, 2)
    check_arrays(arrays, shapes, of_bytes=["label"])
    if n == 0:
        raise ValueError("the array label is empty")
    if (largest := int(arrays["label"].max())) >= config.classes:
        raise ValueError(f"the array label holds {largest}; labels are below {config.classes}")


def check_recording(arrays: Mapping[str, np.ndarray], config: Config, images: int) -> None:
    """The shapes of a recording's arrays must fit each other, the configuration, and the number of test images."""
    t, n, pixels, codes = (np.size(arrays.get(name, ())) for name in ("step", "row", "manifold", "manifold_z"))
    if config.model.latent_dim != 2:
        raise ValueError("there are recordings of two dimensions only")
    moments = ["step", "reconstruction", "coverage", "sliced_w2_squared"]
    shapes: dict[str, tuple[int, ...]] = {"row": (n,), "mean": (t, n, 2)}
    if config.model.sibling.stochastic:
        shapes["log_var"] = (t, n, 2)
        moments.append("kl")
    if config.model.sibling.discriminator:
        moments += ["adversarial", "smoothing"]
        points = arrays["logit"].shape[-1] if np.ndim(arrays.get("logit", 0)) else 0
        shapes["logit"] = (t, CLASSES if config.model.label_informed else 1, points, points)
    tiles = math.isqrt(codes // 2)
    shapes |= {"manifold": (pixels,), "manifold_z": (tiles**2, 2)}
    check_arrays(arrays, shapes | dict.fromkeys(moments, (t,)), of_bytes=["manifold"])
    step, row = arrays["step"], arrays["row"]
    if t < 2 or step[0] < 0 or not (np.diff(step) > 0).all():
        raise ValueError("the array step does not rise from moment to moment")
    if n == 0 or row.min() < 0 or row.max() >= images or (row % 1).any():
        raise ValueError(f"the array row is not of the {images} test images' numbers")
    if "logit" in shapes and points < 2:
        raise ValueError("the array logit has no grid")
    side = tiles * config.model.image_side
    if tiles == 0 or _size_of_webp(arrays["manifold"].tobytes()) != (side, t * side):
        raise ValueError(f"the array manifold is no picture of {side} x {t * side} pixels in WebP")


def check_metrics(metrics: object, config: Config, images: int) -> None:
    """Metrics must be finite numbers, lists of the right length, or texts. Those that every page needs must exist.

    A list of a metric for several seeds is as long as the list of the seeds.
    """
    if not isinstance(metrics, dict):
        raise ValueError("its metrics are none")
    if missing := sorted((NEEDED | (NEEDED_OF_A_VAE if config.model.sibling.stochastic else set())) - set(metrics)):
        raise ValueError(f"its metric {missing[0]} is missing")
    of_seeds = {name for name in metrics if name.endswith(OF_SEEDS)}
    counts = dict.fromkeys(("code_mean", "code_std"), config.model.latent_dim)
    counts |= {name: 2 for name in metrics if name.endswith("_null")}
    if of_seeds or SEEDS in metrics:
        counts |= dict.fromkeys((SEEDS, *of_seeds), _count_of_seeds(metrics.get(SEEDS)))
    for name, value in metrics.items():
        if name in TEXTS:
            right, kind = isinstance(value, str) and value.isprintable(), "a text"
        elif name in counts:
            right = isinstance(value, list) and len(value) == counts[name] and all(map(is_finite, value))
            kind = f"{counts[name]} finite numbers"
        else:
            right, kind = is_finite(value), "a finite number"
        if not right:
            raise ValueError(f"its metric {name} is not {kind}")
    if metrics["images"] != images:
        raise ValueError(f"its metrics were measured on {metrics['images']} images, and there are codes of {images}")


def _count_of_seeds(seeds: object) -> int:
    """The length of the list of seeds."""
    if not isinstance(seeds, list) or len(seeds) < 2 or not all(map(is_finite, seeds)) or len(set(seeds)) < len(seeds):
        raise ValueError(f"its metric {SEEDS} is not two or more different numbers")
    return len(seeds)


def check_history(history: object) -> None:
    """A history must have an entry per epoch: finite numbers, with the same names in all entries."""
    if not isinstance(history, list) or not history or not all(isinstance(entry, dict) for entry in history):
        raise ValueError("its history is none")
    names = set(history[0])
    for entry in history:
        if set(entry) != names or "epoch" not in names or not all(map(is_finite, entry.values())):
            raise ValueError("its history is not of the same finite numbers in each epoch")
    if not all(re.fullmatch("[a-z0-9_]+", name) for name in names):
        raise ValueError("its history has names that are none")


def check_changes(found: object, config: Config) -> tuple[Change, ...]:
    """Changes of settings must follow each other, and lead to the configuration."""
    if not isinstance(found, list):
        raise ValueError("its changes of settings are none")
    try:
        changes = tuple(Change(**one) for one in found)
    except TypeError:
        raise ValueError("its changes of settings are none") from None
    values: dict[str, float] = {}
    least = 1
    for change in changes:
        counts = (change.step, change.steps)
        if not all(isinstance(count, int) and not isinstance(count, bool) for count in counts) or change.steps < 1:
            raise ValueError("its changes of settings are at no steps")
        if change.setting not in WHILE_TRAINING or not (is_finite(change.before) and is_finite(change.after)):
            raise ValueError("its changes of settings are none")
        if change.step < least or values.get(change.setting, change.before) != change.before:
            raise ValueError("its changes of settings do not follow each other")
        values[change.setting], least = change.after, change.step
    for setting, value in values.items():
        if getattr(config.training, setting) != value:
            raise ValueError(f"its changes of {setting} do not lead to its configuration")
    return changes


def is_finite(value: object) -> bool:
    """Whether the value is a number that JSON and a browser can represent."""
    try:
        return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)
    except OverflowError:  # a whole number beyond float64
        return False


def _size_of_webp(content: bytes) -> tuple[int, int] | None:
    """Width and height of a lossy WebP picture; None for anything else. (RFC 9649, sections 2.4 and 2.5.)"""
    if len(content) < 30 or (content[:4], content[8:16], content[23:26]) != (b"RIFF", b"WEBPVP8 ", b"\x9d\x01\x2a"):
        return None
    return tuple(int.from_bytes(content[at : at + 2], "little") & 0x3FFF for at in (26, 28))
