"""torchvision's MNIST family, and scikit-learn's digits, which need no download.

A whole set sits in memory as uint8 and is sliced there; 60,000 images of 28 x 28 are 47 MB.
"""

from __future__ import annotations

import contextlib
import http.client
import os
import shutil
import socket
import sys
import tempfile
import types
from pathlib import Path
from typing import NamedTuple

import numpy as np

from explorer.config import DATASETS, IMAGE_SIDES
from explorer.files import alone_in, shown_path

TORCHVISION_CLASSES = {"mnist": "MNIST", "fashion-mnist": "FashionMNIST", "kmnist": "KMNIST"}
CLASS_NAMES = {
    "mnist": tuple("0123456789"),
    "digits": tuple("0123456789"),
    "fashion-mnist": ("T-shirt", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "boot"),
    "kmnist": ("o", "ki", "su", "tsu", "na", "ha", "ma", "ya", "re", "wo"),
}
DIGITS_TEST_SIZE, DIGITS_SPLIT_SEED = 360, 0
STALL_SECONDS = 30.0  # a download that sends nothing for this long has failed


class DatasetError(Exception):
    """A dataset cannot be had. The message names it, the reason and what to do."""


class Split(NamedTuple):
    """One split of a dataset in memory."""

    images: np.ndarray  # (n, pixels) uint8, 0 is background
    labels: np.ndarray  # (n,) uint8

    def pixels(self) -> np.ndarray:
        """The images in [0, 1]: (n, pixels) float32."""
        return self.images.astype(np.float32) / 255


def load(name: str, split: str, data_dir: str | Path = "data", *, download: bool = False) -> Split:
    """One split, "train" or "test", of a dataset.

    `data_dir` holds what torchvision downloads; it is written only with `download=True`.
    Raises DatasetError where the files are missing, damaged, or cannot be downloaded, and
    ValueError for a name or split that is unknown.
    """
    if name not in DATASETS:
        raise ValueError(f"dataset {name!r} is unknown; there are {', '.join(DATASETS)}")
    if split not in ("train", "test"):
        raise ValueError(f"split {split!r} is unknown; there are train, test")
    if name in LOADERS:
        return LOADERS[name](split)
    data_dir = Path(data_dir)
    if download and not is_present(name, data_dir):
        _download(name, data_dir)
    if not is_present(name, data_dir):
        raise DatasetError(f"Dataset {name} is not in {shown_path(_raw_dir(name, data_dir))}. {_remedy(name, data_dir)}")
    part = "train" if split == "train" else "t10k"
    try:
        images = _read_idx(_raw_dir(name, data_dir) / f"{part}-images-idx3-ubyte")
        labels = _read_idx(_raw_dir(name, data_dir) / f"{part}-labels-idx1-ubyte")
        if labels.ndim != 1 or not len(labels) or images.shape != (len(labels), IMAGE_SIDES[name], IMAGE_SIDES[name]):
            raise ValueError(f"{images.shape} images, but {labels.shape} labels")
    except (OSError, ValueError) as error:
        raise DatasetError(
            f"Dataset {name} in {shown_path(_raw_dir(name, data_dir))} cannot be read ({_reason(error)}): delete that folder and run again. "
            f"{_remedy(name, data_dir)}"
        ) from error
    return Split(images.reshape(len(images), -1), labels)


def _read_idx(file: Path) -> np.ndarray:
    """One of torchvision's raw files, without torch, so that the app can show originals: 0, 0, type 8, the number of axes, their sizes, bytes."""
    content = bytearray(file.read_bytes())  # an array over it can be written, as torch wants
    if len(content) < 4 or bytes(content[:3]) != b"\0\0\x08":
        raise ValueError(f"{file.name} is no idx file of bytes")
    axes = content[3]
    shape = np.frombuffer(content, ">u4", axes, offset=4) if len(content) >= 4 + 4 * axes else np.zeros(0, int)
    if len(content) != 4 + 4 * axes + int(np.prod(shape)):
        raise ValueError(f"{file.name} is truncated or too long")
    return np.frombuffer(content, np.uint8, offset=4 + 4 * axes).reshape(shape)


def is_present(name: str, data_dir: str | Path = "data") -> bool:
    """Whether `load` can open the dataset without a download. Looks at file names only, and imports nothing heavy."""
    if name in LOADERS:
        return True
    raw = _raw_dir(name, Path(data_dir))
    stems = (f"{part}-{what}" for part in ("train", "t10k") for what in ("images-idx3-ubyte", "labels-idx1-ubyte"))
    return all(os.path.isfile(raw / stem) for stem in stems)  # Path.is_file raises where a folder may not be looked into


def import_torchvision() -> types.ModuleType:
    """torchvision, also where its wheel was built for CUDA and torch was built without.

    There `import torchvision` fails while it registers its operators' fake kernels, which datasets
    do not need: an empty module in place of the registrations lets the rest be imported.
    """
    try:
        import torchvision
    except RuntimeError as error:
        if "torchvision::nms" not in str(error):
            raise
        for module in [module for module in sys.modules if module.split(".")[0] == "torchvision"]:
            del sys.modules[module]
        sys.modules["torchvision._meta_registrations"] = types.ModuleType("torchvision._meta_registrations")
        import torchvision
    return torchvision


def _torchvision_class(name: str) -> type:
    import_torchvision()
    from torchvision import datasets

    return getattr(datasets, TORCHVISION_CLASSES[name])


def _raw_dir(name: str, data_dir: Path) -> Path:
    return data_dir / TORCHVISION_CLASSES[name] / "raw"


def _download(name: str, data_dir: Path) -> None:
    """Downloads aside and moves into place when all is there and its checksums are right."""
    target = data_dir / TORCHVISION_CLASSES[name]
    aside = None
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        aside = Path(tempfile.mkdtemp(prefix=f".{name}-", dir=data_dir))
        with _socket_timeout(STALL_SECONDS), contextlib.redirect_stdout(sys.stderr):
            _torchvision_class(name)(root=str(aside), train=True, download=True)
        with alone_in(data_dir):
            if is_present(name, data_dir):  # another program was faster
                return
            if target.exists():
                shutil.rmtree(target)
            (aside / target.name).rename(target)
    except (OSError, RuntimeError, EOFError, ValueError, http.client.HTTPException) as error:
        raise DatasetError(f"Dataset {name} could not be downloaded: {_reason(error)}. {_remedy(name, data_dir)}") from error
    finally:
        if aside is not None:
            shutil.rmtree(aside, ignore_errors=True)


@contextlib.contextmanager
def _socket_timeout(seconds: float):
    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(seconds)
    try:
        yield
    finally:
        socket.setdefaulttimeout(before)


def _reason(error: BaseException) -> str:
    text = " ".join(str(error).split()).rstrip(":. ")
    return text or type(error).__name__


def _remedy(name: str, data_dir: Path) -> str:
    return (
        f"Put the four {TORCHVISION_CLASSES[name]} idx files (train-images-idx3-ubyte, train-labels-idx1-ubyte, "
        f"t10k-images-idx3-ubyte, t10k-labels-idx1-ubyte) into {shown_path(_raw_dir(name, data_dir))} by hand, "
        "or use --dataset digits, which needs no download."
    )


def _load_digits(split: str) -> Split:
    from sklearn.datasets import load_digits
    from sklearn.model_selection import train_test_split

    images, labels = load_digits(return_X_y=True)  # (1797, 64) in 0 ... 16
    images = np.round(images * (255 / 16)).astype(np.uint8)
    train, test = train_test_split(
        np.arange(len(labels)), test_size=DIGITS_TEST_SIZE, random_state=DIGITS_SPLIT_SEED, stratify=labels
    )
    rows = train if split == "train" else test
    return Split(images[rows], labels[rows].astype(np.uint8))


LOADERS = {"digits": _load_digits}  # of datasets that need no files
