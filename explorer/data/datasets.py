"""The known datasets: torchvision's MNIST family, and scikit-learn's digits, which need no download.

A dataset is in memory as one uint8 array, of which batches are slices: 60,000 images of 28 x 28 are 47 MB.
"""

from __future__ import annotations

import contextlib
import gzip
import http.client
import io
import os
import shutil
import socket
import sys
import tempfile
import types
import zlib
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

from explorer.config import DATASETS, IMAGE_SIDES
from explorer.files import PART, alone_in, shown_path, write_to_disk

TORCHVISION_CLASSES = {"mnist": "MNIST", "fashion-mnist": "FashionMNIST", "kmnist": "KMNIST"}
CLASS_NAMES = {
    "mnist": tuple("0123456789"),
    "digits": tuple("0123456789"),
    "fashion-mnist": ("T-shirt", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "boot"),
    "kmnist": ("o", "ki", "su", "tsu", "na", "ha", "ma", "ya", "re", "wo"),
}
DIGITS_TEST_SIZE, DIGITS_SPLIT_SEED = 360, 0
STALL_SECONDS = 30.0  # a download that sends nothing for this long has failed
LARGEST = 64 * 1024 * 1024  # bytes of one unpacked file: the training images are 47 MB
PARTS = {"train": "train", "test": "t10k"}  # the beginnings of file names
STEMS = tuple(f"{part}-{what}-ubyte" for part in PARTS.values() for what in ("images-idx3", "labels-idx1"))


class DatasetError(Exception):
    """A dataset cannot be read. The message names it, the reason and the remedy.

    for_page: the same for the visitor of a page, who can press a button instead of calling a command.
    """

    def __init__(self, message: str, for_page: str | None = None) -> None:
        super().__init__(message)
        self.for_page = for_page or message


class Split(NamedTuple):
    """One split of a dataset in memory."""

    images: np.ndarray  # (n, pixels) uint8, 0 is background
    labels: np.ndarray  # (n,) uint8

    def pixels(self) -> np.ndarray:
        """The images in [0, 1]: (n, pixels) float32."""
        return self.images.astype(np.float32) / 255


def load(name: str, split: str, data_dir: str | Path = "data", *, download: bool = False) -> Split:
    """One split, "train" or "test", of a dataset.

    data_dir: the folder of the raw files, downloaded by torchvision or copied by hand. Only `download=True` writes it.
    Raises DatasetError if files are missing or damaged or cannot be downloaded, and ValueError for an unknown name or
    split.
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
        raise DatasetError(
            f"Dataset {name} is not in {shown_path(_raw_dir(name, data_dir))}. {_remedy(name, data_dir)}",
            f"Dataset {name} is not on the server: fetch it.",
        )
    files = [_find(name, data_dir, stem) for stem in STEMS if stem.startswith(PARTS[split])]
    try:
        images, labels = map(_read_idx, files)
        if labels.ndim != 1 or not len(labels) or images.shape != (len(labels), IMAGE_SIDES[name], IMAGE_SIDES[name]):
            raise ValueError(f"{images.shape} images, but {labels.shape} labels")
        if labels.max() >= len(CLASS_NAMES[name]):
            limit = len(CLASS_NAMES[name])
            raise ValueError(f"{files[1].name}: labels must be below {limit}, but one is {labels.max()}")
    except (OSError, ValueError) as error:
        problem = f"Dataset {name} in {shown_path(files[0].parent)} cannot be read ({_reason(error)})"
        raise DatasetError(
            f"{problem}: remove the damaged file and run again. {_remedy(name, data_dir)}",
            f"{problem}: fetch it again.",
        ) from error
    return Split(images.reshape(len(images), -1), labels)


def _find(name: str, data_dir: Path, stem: str) -> Path | None:
    """A raw file, by torchvision's name or another common one: with a dot, packed, one folder up, in `data/mnist`."""
    raw = _raw_dir(name, data_dir)
    names = [f"{written}{ending}" for written in (stem, stem.replace("-idx", ".idx")) for ending in ("", ".gz")]
    places = (folder / file for folder in (raw, raw.parent, data_dir / name) for file in names)
    # Path.is_file would raise for a folder without permission
    return next((file for file in places if os.path.isfile(file)), None)


def unpack(content: bytes) -> bytes:
    """The content of a gzip file. Raises ValueError if it is damaged, or larger than any file of a dataset."""
    try:
        with gzip.open(io.BytesIO(content)) as packed:
            unpacked = packed.read(LARGEST + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise ValueError(f"the gzip file is damaged: {_reason(error)}") from error
    if len(unpacked) > LARGEST:
        raise ValueError("a file is larger than it should be")
    return unpacked


def _read_idx(file: Path) -> np.ndarray:
    """One of torchvision's raw (idx) files, read without torch, so that the app can show originals.

    Its bytes are 0, 0, the type 8, the number of axes, their sizes, and the values.
    """
    content = file.read_bytes()
    if content.startswith(b"\x1f\x8b"):  # gzip, whatever the name: some browsers unpack NAME.gz and keep the name
        try:
            content = unpack(content)
        except ValueError as error:
            raise ValueError(f"{file.name}: {error}") from error
    content = bytearray(content)  # a writable array, as torch expects
    if len(content) < 4 or bytes(content[:3]) != b"\0\0\x08":
        raise ValueError(f"{file.name} is no idx file of bytes")
    axes = content[3]
    shape = np.frombuffer(content, ">u4", axes, offset=4) if len(content) >= 4 + 4 * axes else np.zeros(0, int)
    if len(content) != 4 + 4 * axes + int(np.prod(shape)):
        raise ValueError(f"{file.name} is truncated or too long")
    return np.frombuffer(content, np.uint8, offset=4 + 4 * axes).reshape(shape)


def is_present(name: str, data_dir: str | Path = "data") -> bool:
    """Whether `load` can open the dataset without a download, judged by file names only. It imports nothing heavy."""
    if name in LOADERS:
        return True
    return all(_find(name, Path(data_dir), stem) for stem in STEMS)


def is_readable(name: str, data_dir: str | Path = "data", splits: tuple[str, ...] = tuple(PARTS)) -> bool:
    """Whether `load` can read these splits without a download. It reads the files, and again only if they changed."""
    if name in LOADERS:
        return True
    files = [_find(name, Path(data_dir), stem) for stem in STEMS]
    try:
        stamps = tuple((stat.st_mtime_ns, stat.st_ctime_ns, stat.st_size) for stat in map(os.stat, filter(None, files)))
    except OSError:  # removed meanwhile
        return False
    return len(stamps) == len(STEMS) and all(
        _can_load(name, split, Path(data_dir), tuple(files), stamps) for split in splits
    )


@lru_cache(maxsize=32)
def _can_load(name: str, split: str, data_dir: Path, files: tuple[Path, ...], stamps: tuple) -> bool:
    """Whether the split can be read. files, stamps: part of the cache's key, so that changed files are read again."""
    try:
        load(name, split, data_dir)
    except DatasetError:
        return False
    return True


def put_in_place(name: str, data_dir: Path, contents: dict[str, bytes]) -> None:
    """Writes the four downloaded files, given by their stems, unless another program was faster. Raises OSError.

    No existing file is removed, because somebody may have put it there. A different file of the same name gets the
    ending .old.
    """
    raw = _raw_dir(name, data_dir)
    with alone_in(data_dir):
        if is_readable(name, data_dir):
            return
        raw.mkdir(parents=True, exist_ok=True)
        for part in raw.glob(f"*{PART}"):  # left by a killed program
            part.unlink(missing_ok=True)
        for stem, content in contents.items():
            file = raw / stem
            if file.exists() and not (file.is_file() and file.read_bytes() == content):
                os.replace(file, raw / f"{stem}.old")
            write_to_disk(file, content)


def import_torchvision() -> types.ModuleType:
    """Imports torchvision, even if its wheel was built for CUDA and torch was not.

    In that case `import torchvision` fails while it registers the fake kernels of its operators, which datasets do not
    need. An empty module instead of the registrations allows the rest to be imported.
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
    """Downloads to a temporary folder, and moves the files when all have arrived with the right checksums."""
    aside = None
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        aside = Path(tempfile.mkdtemp(prefix=f".{name}-", dir=data_dir))
        with _socket_timeout(STALL_SECONDS), contextlib.redirect_stdout(sys.stderr):
            _torchvision_class(name)(root=str(aside), train=True, download=True)
        put_in_place(name, data_dir, {stem: (_raw_dir(name, aside) / stem).read_bytes() for stem in STEMS})
    except (OSError, RuntimeError, EOFError, ValueError, http.client.HTTPException) as error:
        raise DatasetError(
            f"Dataset {name} could not be downloaded: {_reason(error)}. {_remedy(name, data_dir)}"
        ) from error
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
    text = " ".join(str(getattr(error, "strerror", None) or error).split()).rstrip(":. ")
    return text or type(error).__name__


def _remedy(name: str, data_dir: Path) -> str:
    return (
        f"Put the four {TORCHVISION_CLASSES[name]} idx files ({', '.join(STEMS)}; each may end in .gz) "
        f"into {shown_path(_raw_dir(name, data_dir))} by hand, or use --dataset digits, which needs no download."
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


LOADERS = {"digits": _load_digits}  # for datasets without files
