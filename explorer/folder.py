"""A folder of pictures as a dataset: read once, resized to one square side, kept as uint8 in memory.

A picture's class is the sub-folder that it is in; those in none have a class with the folder's own name. Of a picture the middle
square is taken (what it shows is usually there, and bars at its sides would be learnt as a part of it), after it was turned as its EXIF
entry says. What is transparent becomes white: such pictures are mostly made to stand on a page.
"""

from __future__ import annotations

import hashlib
import os
import statistics
import warnings
import zlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from explorer.config import CONVOLUTION_SIDES, Config, Pictures
from explorer.datasets import DatasetError, Split

SUFFIXES = frozenset(".png .jpg .jpeg .webp .gif .bmp .tif .tiff .ppm .pgm".split())
SIDES = (16, 24, 28, 32, 48, 64)  # usual ones
LOOKED_AT = 400  # pictures whose size decides the side
MOST_PIXELS = 64_000_000  # of one file: a small file may hold a picture that would fill the memory
COLOURLESS = 2  # of 255, by which the channels of a grey picture may differ: JPEG rounds them
TESTED, MOST_TESTED = 1 / 6, 5_000  # the test split's share of the pictures, and how many it has at most
FEWEST, FEWEST_TESTED = 40, 6  # pictures that can be read: with fewer there is nothing to learn, or to measure by neighbours
MOST_CLASSES = 256  # a label is a byte
NAMED = 5  # skipped files that are named
UNREAD = "-" * 8  # in Pictures.checks


class Found(NamedTuple):
    """A folder that was read."""

    pictures: Pictures
    side: int  # pixels
    channels: int  # 1 where every picture is grey, else 3
    train: Split
    test: Split
    skipped: list[str]  # the files that could not be read, each with the reason


def read(folder: str | Path, side: int | None = None, progress: Callable[[int, int], None] = lambda done, count: None) -> Found:
    """Reads all pictures. Which of them are the test split follows from the files' names alone.

    side: of the square that they are resized to, in pixels; without it the smallest of SIDES that half of the pictures do not exceed,
    or the largest. progress: called with how many files are done, and how many there are; what it raises ends the reading.
    Raises DatasetError for a side that networks cannot take, and a folder that is missing or has too few pictures or too many classes.
    """
    if side is not None and side not in CONVOLUTION_SIDES:
        raise DatasetError(f"The side must be a multiple of 4 from {CONVOLUTION_SIDES[0]} to {CONVOLUTION_SIDES[-1]} pixels, not {side}.")
    folder = Path(folder).resolve()
    files = _files(folder)
    side = side or _usual_side(folder, files)
    names = sorted({_class_name(folder, file) for file in files})
    if len(names) > MOST_CLASSES:
        raise DatasetError(f"{folder} has {len(names):,} sub-folders with pictures; there may be at most {MOST_CLASSES} classes.")
    tested = set(_test_files(files))
    train, test = _Part(len(files) - len(tested), side), _Part(len(tested), side)
    skipped, checks = [], []
    with warnings.catch_warnings(action="ignore"):  # Pillow's, of files that it can read all the same
        for done, file in enumerate(files, start=1):
            part, problem = (test if file in tested else train), None
            try:
                part.add(open_picture(folder / file, side), names.index(_class_name(folder, file)))
            except Exception as error:  # Pillow raises a dozen kinds for damaged files
                problem = _reason(error)
                skipped.append(f"{file} ({problem})")
            if part is test:
                checks.append(UNREAD if problem else check(test.images[test.count - 1]))
            progress(done, len(files))
    if train.count + test.count < FEWEST or test.count < FEWEST_TESTED:
        raise DatasetError(" ".join([f"In {folder} {train.count + test.count} pictures can be read; {FEWEST} are needed at least.", *problems(skipped)]))
    channels = 3 if train.coloured or test.coloured else 1
    splits = [part.split(channels) for part in (train, test)]
    digest = hashlib.sha256(b"".join(hashlib.sha256(array).digest() for split in splits for array in split)).hexdigest()[:16]
    return Found(Pictures(str(folder), tuple(names), digest, "".join(checks)), side, channels, *splits, skipped)


def problems(skipped: Sequence[str]) -> list[str]:
    """A sentence on the files that were skipped, or none."""
    rest = len(skipped) - NAMED
    named = ", ".join(skipped[:NAMED]) + (f", and {rest:,} more" if rest > 0 else "")
    return [f"{len(skipped):,} could not be read, and {'was' if len(skipped) == 1 else 'were'} skipped: {named}."] if skipped else []


def reopen(config: Config, progress: Callable[[int, int], None] = lambda done, count: None) -> Found:
    """The pictures that a model was trained on. Raises DatasetError where the folder has others now."""
    found = read(config.pictures.folder, config.model.image_side, progress)
    if found.pictures != config.pictures:
        raise DatasetError(f"The pictures in {config.pictures.folder} are not those that {config.name} was trained on: put them back, or train anew.")
    return found


def test_files(pictures: Pictures) -> list[str]:
    """The test split's files, a name a row, as far as names tell. Raises DatasetError where the folder is gone, or has others."""
    files = _test_files(_files(Path(pictures.folder)))
    if len(files) * len(UNREAD) != len(pictures.checks):
        raise DatasetError(_gone(pictures))
    return [file for file, one in zip(files, _checks(pictures)) if one != UNREAD]


def test_image(config: Config, files: Sequence[str], row: int) -> np.ndarray:
    """One test image as the model saw it: (pixels,) uint8. files: of `test_files`. Raises DatasetError where the file shows another."""
    pictures = config.pictures
    wanted = [one for one in _checks(pictures) if one != UNREAD][row]
    try:
        image = open_picture(Path(pictures.folder) / files[row], config.model.image_side)
    except Exception as error:
        raise DatasetError(_gone(pictures)) from error
    if check(image) != wanted:
        raise DatasetError(_gone(pictures))
    return image[: config.model.channels].reshape(-1)


def open_picture(file: Path, side: int) -> np.ndarray:
    """The middle square of a picture, in colour: (3, side, side) uint8. Raises whatever Pillow does for a file that it cannot read."""
    from PIL import Image, ImageOps

    with Image.open(file) as image:
        if image.width * image.height > MOST_PIXELS:
            raise ValueError(f"{image.width} x {image.height} pixels are too many")
        image.draft(image.mode, (2 * side, 2 * side))  # of a large JPEG only as much is decoded as is needed
        picture = ImageOps.fit(_in_colour(ImageOps.exif_transpose(image)), (side, side), Image.Resampling.BILINEAR)
    return np.asarray(picture).transpose(2, 0, 1)


def _in_colour(image):
    from PIL import Image

    if image.mode.startswith("I"):  # 16 bits, which Pillow would clip to 8
        return Image.fromarray((np.asarray(image).clip(0, 65535) // 257).astype(np.uint8)).convert("RGB")
    if image.has_transparency_data:
        image = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image)
    return image.convert("RGB")


def check(image: np.ndarray) -> str:
    """The CRC-32 of an image (3, side, side), eight characters."""
    return f"{zlib.crc32(np.ascontiguousarray(image)):08x}"


class _Part:
    """A split while it is read: in colour, in arrays that need no copy, which would not fit for a large folder."""

    def __init__(self, files: int, side: int) -> None:
        self.images, self.labels = np.empty((files, 3, side, side), np.uint8), np.empty(files, np.uint8)
        self.count, self.coloured = 0, False

    def add(self, image: np.ndarray, label: int) -> None:
        self.images[self.count], self.labels[self.count] = image, label
        self.count += 1
        self.coloured = self.coloured or bool(np.ptp(image.astype(np.int16), 0).max() > COLOURLESS)

    def split(self, channels: int) -> Split:
        images = self.images[: self.count] if channels == 3 else self.images[: self.count, 0]
        return Split(np.ascontiguousarray(images).reshape(self.count, -1), self.labels[: self.count])


def _files(folder: Path) -> list[str]:
    """The pictures in a folder and below it, hidden ones left out, by their names from there on, in order."""

    def fail(error: OSError) -> None:
        raise DatasetError(f"The folder {error.filename} cannot be opened ({error.strerror}): name a folder of pictures with --data-dir.") from error

    found = []
    for path, inner, names in os.walk(folder, onerror=fail):
        inner[:] = [name for name in inner if not name.startswith(".")]
        found += [Path(path, name).relative_to(folder).as_posix() for name in names if Path(name).suffix.lower() in SUFFIXES and not name.startswith(".")]
    if not found:
        raise DatasetError(f"There is no picture in {folder}: name a folder with files as .png, .jpg or .webp in it with --data-dir.")
    return sorted(found)


def _class_name(folder: Path, file: str) -> str:
    return file.partition("/")[0] if "/" in file else folder.name


def _test_files(files: Sequence[str]) -> list[str]:
    """A sixth of the files, in their order: those whose names' digests come first."""
    count = min(MOST_TESTED, round(TESTED * len(files)))
    return sorted(sorted(files, key=lambda file: hashlib.sha256(file.encode(errors="surrogateescape")).digest())[:count])


def _usual_side(folder: Path, files: Sequence[str]) -> int:
    from PIL import Image

    def shorter_sides() -> Iterator[int]:
        for file in files[:: -(-len(files) // LOOKED_AT)]:
            try:
                with warnings.catch_warnings(action="ignore"), Image.open(folder / file) as image:
                    yield min(image.size)
            except Exception:  # it will be skipped, with the reason
                continue

    usual = statistics.median(list(shorter_sides()) or [0])
    return next((side for side in SIDES if side >= usual), SIDES[-1])


def _reason(error: Exception) -> str:
    if type(error).__name__ == "UnidentifiedImageError":
        return "no picture of a known kind"
    text = getattr(error, "strerror", None) or str(error)
    return " ".join(text.split()).rstrip(".") or type(error).__name__


def _checks(pictures: Pictures) -> list[str]:
    return [pictures.checks[at : at + len(UNREAD)] for at in range(0, len(pictures.checks), len(UNREAD))]


def _gone(pictures: Pictures) -> str:
    return f"the pictures are not on this machine as they were when the model was trained, in {pictures.folder}"
