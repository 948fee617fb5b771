"""Every st.cache_* call of the app. A bundle's digest is always the hashed argument."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np
import streamlit as st
from safetensors.numpy import save as save_tensors

from explorer import datasets
from explorer.bundle import Bundle, BundleError, find_bundles, load_bundle

ROOT = Path(__file__).resolve().parents[2]
DATA_DIR = ROOT / "data"
FOLDERS = {"": ROOT / "pretrained", "runs/": ROOT / "runs"}  # what stands before a bundle's name, and where it is
FRONT = (("mnist-vae", "digits-vae"), ("mnist-aae", "digits-aae"))  # what the front page opens on, left and right, best first
CONFUSABLE = {"fashion-mnist": (2, 4), "kmnist": (2, 6)}  # two classes whose codes meet; digits: 4 and 9


class Catalogue(NamedTuple):
    """The models that can be shown, as the browser needs them, and a sentence for each that cannot."""

    entries: list[dict]
    problems: list[str]


def catalogue() -> Catalogue:
    """Looks at the folders anew each time, and opens only bundles that changed."""
    entries, problems = [], []
    for prefix, folder in FOLDERS.items():
        for path in find_bundles(folder):
            try:
                entries.append(_entry(prefix + path.name, _open(path)))
            except BundleError as error:
                problems.append(str(error))
    return Catalogue(entries, problems)


def browser_tensors(digest: str) -> bytes | None:
    """The decoder's weights and the codes of the bundle with that digest, as one safetensors file."""
    for folder in FOLDERS.values():
        for path in find_bundles(folder):
            try:
                bundle = _open(path)
            except BundleError:
                continue
            if bundle.digest == digest:
                return _browser_tensors(digest, bundle)
    return None


def original(dataset: str, row: int) -> bytes:
    """The pixels of one test image, one byte each. Raises DatasetError without the dataset, LookupError without the row."""
    if dataset not in datasets.DATASETS:
        raise LookupError("there is no such dataset")
    images = _test_images(dataset, str(DATA_DIR))
    if not 0 <= row < len(images):
        raise LookupError(f"{dataset} has test images 0 to {len(images) - 1}")
    return images[row].tobytes()


def _open(path: Path) -> Bundle:
    stamp = (path / "bundle.json").stat()
    return _load(str(path), stamp.st_mtime_ns, stamp.st_size)


@st.cache_resource(max_entries=64, show_spinner=False)
def _load(path: str, changed: int, size: int) -> Bundle:
    return load_bundle(path)


@st.cache_resource(max_entries=64, show_spinner=False)
def _browser_tensors(digest: str, _bundle: Bundle) -> bytes:
    arrays = {name: array for name, array in _bundle.weights.items() if name.startswith("decoder.")}
    arrays |= {f"codes.{name}": array for name, array in vars(_bundle.codes).items() if array is not None}
    return save_tensors(arrays)


@st.cache_resource(show_spinner=False)
def _test_images(dataset: str, data_dir: str) -> np.ndarray:
    return datasets.load(dataset, "test", data_dir).images


def _entry(name: str, bundle: Bundle) -> dict:
    model, training = bundle.config.model, bundle.config.training
    title = model.kind.upper()
    return {
        "name": name,
        "title": title,
        "choice": f"{title} · {training.dataset}" + (f" · {name}" if name != bundle.config.name else ""),
        "kind": model.kind,
        "dataset": training.dataset,
        "image_side": model.image_side,
        "latent_dim": model.latent_dim,
        "images": len(bundle.codes.label),
        "classes": list(datasets.CLASS_NAMES[training.dataset]),
        "confusable": CONFUSABLE.get(training.dataset, (4, 9)),
        "metrics": bundle.metrics,
        "originals": datasets.is_present(training.dataset, DATA_DIR),
        "digest": bundle.digest,
        "tensors": f"tensors/{bundle.digest}",
        "warm": name in (FRONT[0][0], FRONT[1][0]),
    }
