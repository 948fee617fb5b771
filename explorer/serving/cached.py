"""Every st.cache_* call of the app. A bundle's digest is always the hashed argument."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import streamlit as st
from safetensors.numpy import save as save_tensors

from explorer.background import desks, runs
from explorer.background.umaps import Umaps
from explorer.config import Config, Pictures
from explorer.data import datasets, folder
from explorer.data.downloads import Downloads
from explorer.data.originals import DatasetOriginals, FolderOriginals, Originals
from explorer.files import readable, without_folders
from explorer.serving.shelf import Shelf
from explorer.shapes import SHAPES
from explorer.store.bundle import Bundle, BundleError, load_bundle
from explorer.ui.texts import texts_of

NO_PICTURES = texts_of("common").NO_PICTURES
texts = texts_of("datasets")

if TYPE_CHECKING:
    from explorer.models import Autoencoder

ROOT = Path(__file__).resolve().parents[2]
DATA_DIR = ROOT / "data"
FOLDERS = {"": ROOT / "pretrained", "runs/": ROOT / "runs"}  # what stands before a bundle's name, and where it is
FRONT = (
    ("mnist-vae", "digits-vae"),
    ("mnist-aae", "digits-aae"),
)  # what the front page opens on, left and right, best first
CONFUSABLE = {"fashion-mnist": (2, 4), "kmnist": (2, 6)}  # two classes whose codes meet; digits: 4 and 9
LONGEST_NAME = 40  # of a class or a folder, in characters
JOINERS = "\u200c\u200d"  # invisible, but parts of words in Persian and Hindi, and of emoji
SEED, MMD_DRAWS = 2, 1500  # where the scoreboard draws: of codes, and of the prior
PRIOR_NAMES = {"normal": "N(0, I)"} | {name: f"a {shape().label}" for name, shape in SHAPES.items()}


class ModelGone(LookupError):
    """A bundle that a page was drawn from is no longer there. The message is a sentence."""


SPOKEN = (BundleError, datasets.DatasetError, ModelGone)  # errors whose messages are sentences for people


def for_page(message: object) -> str:
    """An error's sentence for all visitors: they need not know where on the server's disk the program and its data lie."""
    places = (*FOLDERS.values(), DATA_DIR)
    folders = {ROOT, Path(sys.prefix), *(place.parent for place in places)}
    with contextlib.suppress(RuntimeError):  # an account may have none
        folders.add(Path.home())
    return readable(without_folders(str(getattr(message, "for_page", message)), folders))


class Catalogue(NamedTuple):
    """The models that can be shown, as the browser needs them, and a sentence for each that cannot."""

    entries: list[dict]
    problems: list[str]


def catalogue() -> Catalogue:
    """Looks at the folders anew each time, and opens only bundles that changed."""
    found = shelf().look()
    return Catalogue(found.entries, found.problems)


def in_full(entries: Iterable[dict]) -> list[dict]:
    """Entries with `originals`: whether a model's test images are here. That may change while the bundle stays.

    `errors`: whether their reconstruction errors can be had (`reconstruction_errors`).
    """
    entries = list(entries)
    here = {dataset: _are_here(dataset) for dataset in {entry["dataset"] for entry in entries}}
    return [entry | dict.fromkeys(("originals", "errors"), here[entry["dataset"]]) for entry in entries]


def _are_here(dataset: str) -> bool:
    try:
        return _originals_of_dataset(dataset).are_here()
    except LookupError:  # its last model was taken away meanwhile
        return False


@cache
def shelf() -> Shelf:
    return Shelf(lambda: FOLDERS, _entry, for_page)


def front(models: Mapping[str, dict]) -> list[list[str]]:
    """FRONT, with those first whose pictures are here; behind them the first of all models whose are. models: the catalogue's entries by their names."""
    here = {name for names in FRONT for name in names if name in models and _are_here(models[name]["dataset"])}
    found = [sorted(names, key=lambda name: name not in here) for names in FRONT]
    if any(not any(name in models for name in names) for names in FRONT):
        others = [name for name, entry in models.items() if _are_here(entry["dataset"])][:1]
        return [names + others for names in found]
    return found


def browser_tensors(digest: str) -> bytes | None:
    """The decoder's weights and the codes of the bundle with that digest, as one safetensors file; None where there is no such bundle."""
    bundle = _find(digest)
    if bundle is None:
        return None
    arrays = {name: array for name, array in bundle.weights.items() if name.startswith("decoder.")}
    arrays |= {f"codes.{name}": array for name, array in vars(bundle.codes).items() if array is not None}
    if bundle.config.model.latent_dim > 2:  # as on the disk
        arrays |= {name: arrays[name].astype(np.float16) for name in ("codes.mean", "codes.log_var") if name in arrays}
    return save_tensors(arrays)


def encoder_tensors(digest: str) -> bytes | None:
    """The encoder's weights of the bundle with that digest, as one safetensors file; None where there is no such bundle. assets.py keeps it."""
    bundle = _find(digest)
    return bundle and save_tensors(
        {name: array for name, array in bundle.weights.items() if name.startswith("encoder.")}
    )


def reconstruction_errors(digest: str) -> bytes | None:
    """`error`, (n,) float32: each test image's BCE at its code or mean, summed over pixels, nats; as one safetensors file.

    None where there is no such bundle or its images are not here, DatasetError where they cannot be read. Imports torch. assets.py keeps it.
    """
    bundle = _find(digest)
    if bundle is None or not originals_of(bundle.config).are_here():
        return None
    images = _images_of_codes(bundle)
    import torch

    from explorer import objectives

    x, z = torch.from_numpy(images), torch.from_numpy(bundle.codes.mean)
    decoder = model(digest)
    error = [
        objectives.reconstruction_of_each(decoder.decode(codes), some.float() / 255)
        for codes, some in zip(z.split(500), x.split(500))
    ]
    return save_tensors({"error": torch.cat(error).numpy()})


def browser_recording(digest: str) -> bytes | None:
    """The recording of the bundle with that digest, as one safetensors file; None where there is none. assets.py keeps it."""
    bundle = _find(digest)
    return save_tensors(dict(bundle.recording)) if bundle and bundle.recording is not None else None


def latent_tensors(digest: str) -> bytes | None:
    """The codes of the bundle with that digest, and its discriminator's weights if it has one, as one safetensors file; None where there is no such bundle."""
    bundle = _find(digest)
    if bundle is None:
        return None
    arrays = {name: array for name, array in bundle.weights.items() if name.startswith("discriminator.")}
    codes = {name: array for name, array in vars(bundle.codes).items() if array is not None and name != "umap"}
    return save_tensors(arrays | {f"codes.{name}": array for name, array in codes.items()})


def shapes() -> dict[str, dict]:
    """The priors that are mixtures, as the browser needs them, by their names."""
    return {name: shape(name) for name in SHAPES}


def history(digest: str) -> list[dict]:
    """The training's history, an entry an epoch. Raises ModelGone for a bundle that is gone."""
    return _required(digest).history


def model(digest: str) -> Autoencoder:
    """The torch module, in eval mode and shared by all sessions: it is not to be changed. Imports torch. Raises ModelGone for a bundle that is gone."""
    return _model(digest, _required(digest))


def gradient_reference(digest: str, row: int, draws: int) -> dict:
    """A place for what was measured at one image's posterior: the page fills it in chunks, and finds it again. Empty at first."""
    return _gradient_reference(digest, row, draws)


class Compared(NamedTuple):
    """A model's codes beside its prior."""

    codes: np.ndarray  # (n, d): the test set's, sampled where the encoder is stochastic
    draws: np.ndarray  # (n, d): as many draws of the prior
    covered: np.ndarray  # (n,) bool: the draws that coverage counts


def compared(digest: str) -> Compared:
    """Imports torch. Raises ModelGone for a bundle that is gone."""
    return _compared(digest, _required(digest))


def mmd_squared(digest: str) -> tuple[float, float]:
    """The squared maximum mean discrepancy of codes from draws of the prior, and of draws from other draws: MMD_DRAWS of each."""
    from explorer import metrics

    codes, draws, _ = compared(digest)
    n = min(MMD_DRAWS, len(draws) // 2)
    some = np.random.default_rng(SEED).permutation(len(codes))[:n]
    return metrics.mmd_squared(codes[some], draws[:n]), metrics.mmd_squared(draws[-n:], draws[:n])


@cache
def hall() -> desks.Hall:
    """All trainings of this process."""
    return desks.Hall(runs.Folders(DATA_DIR, FOLDERS["runs/"]))


@cache
def downloads() -> Downloads:
    """What fetches datasets in this process."""
    return Downloads(DATA_DIR)


@cache
def umaps() -> Umaps:
    """What makes UMAPs in this process's child."""
    return Umaps()


def umap_source(digest: str, what: str) -> str:
    """What a UMAP is of: the codes of a bundle, by its digest, or the raw pixels of its test images, by the dataset. Raises LookupError where there are none."""
    config = _required(digest).config
    if what == "codes":
        return digest
    if not originals_of(config).are_here():
        raise LookupError(NO_PICTURES if config.pictures else texts.WORDS["no_pictures"].format(dataset=config.dataset))
    return config.dataset


def umap_points(digest: str, what: str) -> np.ndarray:
    """(n, d) float32: the codes or means of a bundle, or the raw pixels of the same test images, from 0 to 1. Raises LookupError."""
    bundle = _required(digest)
    if what == "codes":
        return bundle.codes.mean
    try:
        return _images_of_codes(bundle).astype(np.float32) / 255
    except datasets.DatasetError as error:
        raise LookupError(for_page(error)) from error


def _required(digest: str) -> Bundle:
    bundle = _find(digest)
    if bundle is None:
        raise ModelGone("The model was replaced or taken away while the page was open: reload the page.")
    return bundle


def _find(digest: str) -> Bundle | None:
    """The bundle with that digest, if it is there now. Raises BundleError where it was damaged since it was listed."""
    record = shelf().find(digest)
    if record is None:
        return None
    try:
        return _open(digest, record.path)
    except BundleError as error:
        shelf().report(record, str(error))
        raise
    except LookupError:
        return None


def known_datasets() -> list[dict]:
    """Every dataset: its name, whether it can be trained on, and its classes' names."""
    return [
        {"name": name, "present": datasets.is_readable(name, DATA_DIR), "classes": list(datasets.CLASS_NAMES[name])}
        for name in datasets.DATASETS
    ]


def originals_of(config: Config) -> Originals:
    """A model's test images as they are in its dataset or folder."""
    return (
        FolderOriginals(config, _folder_files)
        if config.pictures
        else DatasetOriginals(config.training.dataset, DATA_DIR)
    )


def _images_of_codes(bundle: Bundle) -> np.ndarray:
    """(n, pixels) uint8: the image of each of a bundle's codes. Raises DatasetError where they cannot be read, or there are more or fewer."""
    images = originals_of(bundle.config).all()
    if len(images) != len(bundle.codes.mean):
        raise datasets.DatasetError(
            f"{bundle.config.dataset} has {len(images)} test images here, and not the {len(bundle.codes.mean)} that the model was measured on"
        )
    return images


def original(dataset: str, row: int) -> bytes:
    """The pixels of one test image, one byte each. Raises DatasetError without the dataset, LookupError without the row."""
    return _originals_of_dataset(dataset).one(row).tobytes()


def _originals_of_dataset(dataset: str) -> Originals:
    """Raises LookupError for a name that neither a dataset nor a model's folder has."""
    if dataset in datasets.DATASETS:
        return DatasetOriginals(dataset, DATA_DIR)
    config = shelf().config(dataset)
    if config is None:
        raise LookupError("there is no such dataset")
    return originals_of(config)


def original_problem(dataset: str, row: int) -> str | None:
    """Why a test image cannot be had, if so: a sentence."""
    try:
        original(dataset, row)
    except (datasets.DatasetError, LookupError) as error:
        return for_page(error)
    return None


def originals(dataset: str, rows: list[int]) -> list[tuple[int, bytes]]:
    """The rows of those test images that can be read, and their pixels. Raises as `original` does: DatasetError where none can be read."""
    found, read, problem = _originals_of_dataset(dataset), [], None
    for row in rows:
        try:
            read.append((row, found.one(row).tobytes()))
        except datasets.DatasetError as error:  # one picture of a folder may have changed
            problem = error
    if problem and not read:
        raise problem
    return read


@st.cache_resource(max_entries=16, show_spinner=False)  # a few megabytes each
def _open(digest: str, _path: Path) -> Bundle:
    """Raises BundleError, and LookupError where it was replaced by another meanwhile."""
    bundle = load_bundle(_path)
    if bundle.digest != digest:
        raise LookupError("there is no such bundle any more")
    return bundle


@st.cache_resource(max_entries=8, show_spinner=False)
def _model(digest: str, _bundle: Bundle) -> Autoencoder:
    return _bundle.model()


@st.cache_resource(max_entries=256, show_spinner=False)
def _gradient_reference(digest: str, row: int, draws: int) -> dict:
    return {}


@st.cache_resource(max_entries=16, show_spinner=False)
def _compared(digest: str, _bundle: Bundle) -> Compared:
    import torch

    from explorer import metrics
    from explorer.priors import get_prior

    codes, log_var = _bundle.codes.mean, _bundle.codes.log_var
    if log_var is not None:
        codes = codes + np.exp(0.5 * log_var) * np.random.default_rng(SEED).standard_normal(codes.shape, np.float32)
    draws = get_prior(_bundle.config.model.prior).sample(*codes.shape, torch.Generator().manual_seed(SEED)).numpy()
    return Compared(codes, draws, metrics.covered(codes, draws))


def _folder_files(pictures: Pictures) -> list[str]:
    """The test split's files. Raises DatasetError where they are gone, which is kept for a while as well."""
    found = _listed(pictures.mark, pictures.checks, pictures)
    if isinstance(found, datasets.DatasetError):
        raise datasets.DatasetError(str(found))
    return found


@st.cache_resource(ttl=60, max_entries=64, show_spinner=False)  # 50,000 files are listed in a third of a second
def _listed(mark: str, checks: str, _pictures: Pictures) -> list[str] | datasets.DatasetError:
    """mark and checks stand for the pictures: a path may hold bytes that are no text, and cannot be hashed."""
    try:
        return folder.test_files(_pictures)
    except datasets.DatasetError as error:
        return error


def _entry(name: str, bundle: Bundle) -> dict:
    """What lists, addresses and the browser need of a model, as long as its files are the same. See `in_full`."""
    model, training, pictures = bundle.config.model, bundle.config.training, bundle.config.pictures
    title, classes = _title(bundle.config), class_names(bundle.config)
    label = shown(pictures.label) if pictures else training.dataset
    return {
        "name": name,
        "title": title,
        "choice": f"{title} · {label}" + (f" · {name}" if name != bundle.config.name else ""),
        "kind": model.kind,
        "dataset": bundle.config.dataset,
        "dataset_label": f"{label} ({pictures.digest[:6]})" if pictures else label,  # two folders may have one name
        "whole": bundle.config.pictures is not None,  # pictures as they are, not ink on paper
        "prior": PRIOR_NAMES[model.prior],
        "shape": shape(model.prior),
        "epochs": training.epochs,
        "seed": training.seed,
        "weights": {
            "beta": training.beta,
            "adversarial_weight": training.adversarial_weight,
            "adversarial_start": training.adversarial_weight_after(0),
            "adversarial_rise": training.adversarial_rise,
            "prior": PRIOR_NAMES[model.prior],
        },
        "image_side": model.image_side,
        "channels": model.channels,
        "latent_dim": model.latent_dim,
        "images": len(bundle.codes.label),
        "classes": classes,
        "confusable": CONFUSABLE.get(training.dataset, (4, 9))
        if len(classes) > 9
        else (0, 1)
        if len(classes) > 1
        else None,
        "metrics": bundle.metrics,
        "without_originals": NO_PICTURES if bundle.config.pictures else None,
        "digest": bundle.digest,
        "tensors": f"tensors/{bundle.digest}",
        "recording": f"recordings/{bundle.digest}" if bundle.recording is not None else None,
        "moments": len(bundle.recording["step"]) if bundle.recording is not None else 0,
        "warm": name in (FRONT[0][0], FRONT[1][0]),
    }


@cache
def shape(prior: str) -> dict | None:
    """The Gaussians of a mixture prior; None for N(0, I)."""
    if prior not in SHAPES:
        return None
    found = SHAPES[prior]()
    return {
        "name": prior,
        "means": found.means.round(6).tolist(),
        "axes": found.axes.round(6).tolist(),
        "stds": found.stds.tolist(),
    }


def class_names(config: Config) -> list[str]:
    """The classes' names. Sub-folders may have any: pages show them as text, and never as markup."""
    if config.pictures is None:
        return list(datasets.CLASS_NAMES[config.training.dataset])
    return [shown(name) for name in config.pictures.class_names]


def shown(name: str) -> str:
    """A file's name on a page: at most LONGEST_NAME characters, without invisible ones and those that turn text around."""
    seen = "".join(sign for sign in readable(name) if sign.isprintable() or sign in JOINERS).strip()
    return (seen if len(seen) <= LONGEST_NAME else seen[: LONGEST_NAME - 1] + "…") or "?"


def _title(config: Config) -> str:
    """`VAE`, `VAE β = 0.1`, `AAE mixture, labels`: what sets a model apart from its siblings."""
    model, training = config.model, config.training
    parts = [model.kind.upper()]
    if model.kind == "vae" and training.beta != 1:
        parts.append(f"β = {training.beta:g}")
    if model.prior != "normal":
        parts.append(model.prior.replace("-", " ") + (", labels" if model.label_informed else ""))
    if model.latent_dim != 2:
        parts.append(f"{model.latent_dim}-d")
    return " ".join(parts)
