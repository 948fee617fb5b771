"""The original test images of a model, which the app shows beside their reconstructions.

Those of MNIST and Fashion-MNIST are part of the program, so that a fresh clone has pictures without a download: one
lossless sheet per dataset, `pretrained/originals/NAME.png`, with 100 x 100 images in the order of the test set.
Training and measuring read data/ (datasets.py), which has both splits.

    python -m explorer.data.originals              compares the sheets with the datasets in data/; downloads them there
    python -m explorer.data.originals --out DIR    writes sheets made from the datasets to DIR

No torch.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Protocol

import numpy as np

from explorer.config import Config, Pictures
from explorer.data import datasets, folder
from explorer.data.datasets import DatasetError
from explorer.files import escape_what_cannot_be_shown, shown_path

SHEETS = Path(__file__).resolve().parents[2] / "pretrained" / "originals"
SIDE, ACROSS = 28, 100  # pixels of an image; images in a row of a sheet, and rows
# SHA-256 of a sheet's pixels, image by image. It equals that of the test set's own file, t10k-images-idx3-ubyte,
# without its header of 16 bytes.
CHECKSUMS = {
    "mnist": "6d87418db22cc8025d05968bec9bd5c3932904b23485740db143a061a2c9d161",
    "fashion-mnist": "c867c93ff95360594e8ec3287995350b824dd110b11595c0e13d5423f621867a",
}


class Originals(Protocol):
    """The test images of one dataset or folder."""

    def are_here(self) -> bool:
        """Whether the images can be read. A folder is judged by the names of its files."""

    def one(self, row: int) -> np.ndarray:
        """One image: (pixels,) uint8. Raises DatasetError if it cannot be read, and LookupError for an unknown row."""

    def all(self) -> np.ndarray:
        """All images: (n, pixels) uint8, shared: do not change them. Raises DatasetError if they cannot be read."""


class DatasetOriginals:
    """The test images of a known dataset, from its sheet, or from `data_dir` if no sheet can be read."""

    def __init__(self, name: str, data_dir: Path) -> None:
        self.name, self.data_dir = name, data_dir

    def are_here(self) -> bool:
        return has_sheet(self.name) or datasets.is_readable(self.name, self.data_dir, ("test",))

    def one(self, row: int) -> np.ndarray:
        images = self.all()
        _check_row(self.name, row, len(images))
        return images[row]

    def all(self) -> np.ndarray:
        try:
            return sheet(self.name)
        except DatasetError:
            if not datasets.is_present(self.name, self.data_dir):
                raise
        return _from_disk(self.name, self.data_dir)


class FolderOriginals:
    """The test images of a folder of pictures, as long as it is unchanged since the training."""

    def __init__(self, config: Config, test_files: Callable[[Pictures], list[str]] = folder.test_files) -> None:
        self.config, self.test_files = config, test_files

    def are_here(self) -> bool:
        try:
            return len(self.test_files(self.config.pictures)) > 0
        except DatasetError:
            return False

    def one(self, row: int) -> np.ndarray:
        files = self.test_files(self.config.pictures)
        _check_row(self.config.dataset, row, len(files))
        return folder.test_image(self.config, files, row)

    def all(self) -> np.ndarray:
        files = self.test_files(self.config.pictures)
        return np.stack([folder.test_image(self.config, files, row) for row in range(len(files))])


def sheet(name: str) -> np.ndarray:
    """The images of a dataset's sheet: (n, pixels) uint8, shared: do not change them.

    Raises DatasetError if there is no sheet, or it is damaged.
    """
    file = SHEETS / f"{name}.png"
    if name not in CHECKSUMS:
        raise DatasetError(f"The pictures of {name} are not on the server: fetch the dataset.")
    try:
        stamp = file.stat()
    except OSError as error:
        found: np.ndarray | str = error.strerror
    else:
        found = _read_sheet(name, file, stamp.st_mtime_ns, stamp.st_size)
    if isinstance(found, str):
        raise DatasetError(
            f"{shown_path(file)} cannot be read ({found}): restore it from the repository, or fetch the dataset {name}."
        )
    return found


def has_sheet(name: str) -> bool:
    try:
        sheet(name)
    except DatasetError:
        return False
    return True


@lru_cache(maxsize=2 * len(CHECKSUMS))
def _read_sheet(name: str, file: Path, changed: int, size: int) -> np.ndarray | str:
    """The images, or the file's fault. changed, size: part of the cache's key, so that a changed file is read again."""
    from PIL import Image

    try:
        with Image.open(file) as picture:
            if (picture.mode, picture.size) != ("L", (ACROSS * SIDE, ACROSS * SIDE)):
                return f"it has {picture.width} x {picture.height} pixels of the kind {picture.mode}"
            pixels = np.asarray(picture)
    except Exception as error:  # Pillow raises a dozen kinds for damaged files
        return getattr(error, "strerror", None) or "it is no whole PNG picture"
    images = np.ascontiguousarray(pixels.reshape(ACROSS, SIDE, ACROSS, SIDE).transpose(0, 2, 1, 3)).reshape(
        ACROSS**2, SIDE**2
    )
    return images if checksum(images) == CHECKSUMS[name] else "its pixels are not those of the test set"


@lru_cache(maxsize=8)
def _from_disk(name: str, data_dir: Path) -> np.ndarray:
    return datasets.load(name, "test", data_dir).images


def _check_row(name: str, row: int, count: int) -> None:
    if not 0 <= row < count:
        raise LookupError(f"{name} has test images 0 to {count - 1}")


def checksum(images: np.ndarray) -> str:
    return hashlib.sha256(np.ascontiguousarray(images)).hexdigest()


def write_sheet(images: np.ndarray, file: Path) -> None:
    """Writes images (n, pixels) uint8. The shipped sheets were compressed further by oxipng and zopfli."""
    from PIL import Image

    pixels = images.reshape(ACROSS, ACROSS, SIDE, SIDE).transpose(0, 2, 1, 3).reshape(ACROSS * SIDE, ACROSS * SIDE)
    file.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels).save(file, optimize=True)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m explorer.data.originals", description="Compares the sheets of test images with the datasets."
    )
    parser.add_argument(
        "--data-dir",
        type=Path,
        default=Path("data"),
        help="folder of the datasets; what is missing is downloaded there (default: data)",
    )
    parser.add_argument(
        "--out", type=Path, help="folder to write sheets to that are made from the datasets (default: none are written)"
    )
    escape_what_cannot_be_shown()
    options = parser.parse_args(arguments)
    differ = 0
    for name in CHECKSUMS:
        try:
            images = datasets.load(name, "test", options.data_dir, download=True).images
            if options.out:
                write_sheet(images, options.out / f"{name}.png")
                print(f"{name}: written to {options.out / f'{name}.png'}")
            same = np.array_equal(sheet(name), images)
        except (DatasetError, OSError) as error:
            print(error, file=sys.stderr)
            differ += 1
            continue
        print(
            f"{name}: {shown_path(SHEETS / f'{name}.png')} {'has' if same else 'does not have'} the test set's pixels "
            f"(sha256 {checksum(images)})"
        )
        differ += not same
    return 1 if differ else 0


if __name__ == "__main__":
    sys.exit(main())
