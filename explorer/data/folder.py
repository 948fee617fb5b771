"""A folder of pictures as a dataset: read once, resized to squares of one side, kept as uint8 in memory.

The class of a picture is its sub-folder. Pictures in no sub-folder have a class named after the folder itself. If the
sub-folders are splits (train, val and the like) that contain folders of classes, those are the classes, and the
pictures of all splits are pooled. Pictures are cropped to their central square: the subject is usually there, and a
model would learn bars at the sides as a part of it. picture.py reads a file.

Links to folders are followed, and each folder is read once. Files that are not pictures are counted by their endings.
Hidden files, and files that operating systems add to folders, are ignored.
"""

from __future__ import annotations

import hashlib
import heapq
import math
import os
import statistics
import warnings
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from explorer.config import CONVOLUTION_SIDES, Config, Pictures
from explorer.data.datasets import DatasetError, Split
from explorer.data.picture import is_picture, open_square, reason, shorter_side, suffixes
from explorer.files import is_litter, readable

SPLITS = {"train", "training", "val", "valid", "validation", "test", "testing"}  # sub-folders that are not classes
SIDES = (16, 24, 28, 32, 48, 64)  # the sides to choose from, in pixels
LOOKED_AT = 400  # pictures whose size decides the side
COLOURLESS = 2  # the largest difference, of 255, between the channels of a grey picture: JPEG rounds them
TESTED, MOST_TESTED = 1 / 6, 5_000  # the test split's share of the pictures, and its largest size
# The fewest readable pictures, in all and in the test split: with fewer there is nothing to learn, or to measure.
FEWEST, FEWEST_TESTED = 40, 6
MOST_CLASSES = 256  # a label is a byte
MOST_OTHERS = 200_000  # files and folders that are not pictures: listing them takes a second
MOST_OPENED = 1_000  # files without an ending that are not pictures: opening them takes half a second
NAMED = 5  # skipped files, and endings of other files, that a message lists
JUNCTIONS = os.name == "nt"  # links of Windows that look like folders
UNREAD = "-" * 8  # in Pictures.checks, for a file that could not be read


class Found(NamedTuple):
    """The result of reading a folder."""

    pictures: Pictures
    side: int  # pixels
    channels: int  # 1 if every picture is grey, else 3
    train: Split
    test: Split
    skipped: list[str]  # the files and folders that could not be read, each with the reason
    others: Mapping[str, int]  # the numbers of files that are not pictures, by their endings
    layout: list[str]  # a sentence on which folders are the classes, if that may be a surprise


class Listing(NamedTuple):
    """The content of a folder and its sub-folders. Names are relative to the folder, and sorted."""

    files: list[str]  # pictures, judged by their names
    skipped: list[str]  # links and folders that cannot be followed, each with the reason
    others: Counter[str]


def read(
    folder: str | Path, side: int | None = None, progress: Callable[[int, int], None] = lambda done, count: None
) -> Found:
    """Reads all pictures of a folder. The files' names alone decide which of them are the test split.

    side: of the resized pictures, in pixels; None: the smallest of SIDES that half of the pictures do not exceed, or
    the largest. progress: called with the numbers of finished and of all files; an exception that it raises ends the
    reading. Raises DatasetError for a side that the networks do not support, and for a folder that is missing or has
    too few pictures or too many classes.
    """
    if side is not None and side not in CONVOLUTION_SIDES:
        first, last = CONVOLUTION_SIDES[0], CONVOLUTION_SIDES[-1]
        raise DatasetError(f"The side must be a multiple of 4 from {first} to {last} pixels, not {side}.")
    folder = Path(os.path.realpath(folder))
    files, skipped, others = list_files(folder)
    if not files:
        left_out = " ".join(["", *_left_out(skipped, others)])
        raise DatasetError(f"There is no picture in {folder}: name a folder that has some with --data-dir.{left_out}")
    side = side or _usual_side(folder, files)
    pooled = _split_folders(files)
    classes = {file: _class_name(folder, file, bool(pooled)) for file in files}
    names = sorted(set(classes.values()))
    if len(names) > MOST_CLASSES:
        raise DatasetError(
            f"{folder} has {len(names):,} sub-folders with pictures; there may be at most {MOST_CLASSES} classes."
        )
    tested = set(_test_files(files))
    train, test = _Part(len(files) - len(tested), side), _Part(len(tested), side)
    checks = []
    with warnings.catch_warnings(action="ignore"):  # Pillow's, on files that it can read
        for done, file in enumerate(files, start=1):
            part, problem = (test if file in tested else train), None
            try:
                part.add(open_square(folder / file, side), names.index(classes[file]))
            except Exception as error:  # Pillow raises a dozen kinds for damaged files
                problem = reason(folder / file, error)
                skipped.append(f"{readable(file)} ({problem})")
            if part is test:
                checks.append(UNREAD if problem else check(test.images[test.count - 1]))
            progress(done, len(files))
    count = train.count + test.count
    if count < FEWEST or test.count < FEWEST_TESTED:
        few = f"In {folder} {count} pictures can be read; {FEWEST} are needed at least."
        raise DatasetError(" ".join([few, *_left_out(skipped, others)]))
    channels = 3 if train.coloured or test.coloured else 1
    present = np.unique(np.concatenate([train.labels[: train.count], test.labels[: test.count]]))
    names = [names[label] for label in present]  # without the classes of which no picture could be read
    splits = [part.split(channels, present) for part in (train, test)]
    digests = b"".join(hashlib.sha256(array).digest() for split in splits for array in split)
    digest = hashlib.sha256(digests).hexdigest()[:16]
    pictures = Pictures(str(folder), tuple(map(readable, names)), digest, "".join(checks))
    return Found(pictures, side, channels, *splits, skipped, others, _layout(files, pooled))


def problems(found: Found) -> list[str]:
    """Sentences on the pictures that a person should know before training."""
    return found.layout + _left_out(found.skipped, found.others) + _doubts(found)


def _layout(files: Sequence[str], pooled: Sequence[str]) -> list[str]:
    """A sentence on which folders are the classes, if that may be a surprise."""
    if pooled:
        places = ", ".join(f"{readable(name)}/" for name in pooled)
        pooling = "all pictures are pooled, and the test split is drawn from them"
        return [f"The classes are the folders in {places}: {pooling}."]
    tops = {file.partition("/")[0] for file in files}
    inner = {file.split("/")[1] for file in files if file.count("/") > 1}
    if len(tops) == 1 and len(inner) > 1:
        [top] = map(readable, tops)
        remedy = f"name {top}/ itself if the folders in it are the classes"
        return [f"All pictures are in {top}/, which is the only class: {remedy}."]
    return []


def _left_out(skipped: Sequence[str], others: Mapping[str, int]) -> list[str]:
    sentences = []
    if skipped:
        verb = "was" if len(skipped) == 1 else "were"
        sentences.append(f"{len(skipped):,} could not be read, and {verb} skipped: {_some(skipped)}.")
    if others:
        count = sum(others.values())
        often = sorted(others, key=lambda ending: (-others[ending], ending))
        endings = [f"{readable(ending) or 'without an ending'} {others[ending]:,}" for ending in often]
        are = "file is no picture" if count == 1 else "files are no pictures"
        sentences.append(f"{count:,} {are}: {_some(endings)}.")
    return sentences


def _some(names: Sequence[str]) -> str:
    rest = len(names) - NAMED
    return ", ".join(names[:NAMED]) + (f", and {rest:,} more" if rest > 0 else "")


def _doubts(found: Found) -> list[str]:
    """Sentences on faults of the set as a whole."""
    splits, sentences = (found.train, found.test), []
    count = sum(len(split.images) for split in splits)
    different = len({zlib.crc32(image) for split in splits for image in split.images})
    if different == 1:
        range_ = (found.test.images.min(), found.test.images.max())
        tone = {(0, 0): "black", (255, 255): "white"}.get(range_, "the same")
        sentences.append(f"All {count:,} pictures are {tone}: there is nothing to learn from them.")
    elif different <= count / 2:
        sentences.append(f"Only {different:,} of the {count:,} pictures differ from each other.")
    classes = len(found.pictures.class_names)
    both = set.intersection(*({*split.labels.tolist()} for split in splits))
    if len(both) < classes:
        one = f"{classes - len(both):,} of the {classes:,} classes {'has' if classes - len(both) == 1 else 'have'}"
        sentences.append(f"{one} no pictures in one of the two splits: label accuracy says little about them.")
    return sentences


def reopen(config: Config, progress: Callable[[int, int], None] = lambda done, count: None) -> Found:
    """The pictures that a model was trained on. Raises DatasetError if the folder's content has changed."""
    found = read(config.pictures.folder, config.model.image_side, progress)
    if found.pictures != config.pictures:
        place = config.pictures.folder
        raise DatasetError(
            f"The pictures in {place}, or their classes, are not those that {config.name} was trained on: "
            "put them back, or train again."
        )
    return found


def test_files(pictures: Pictures) -> list[str]:
    """The files of the test split in the order of its rows, found by their names.

    Raises DatasetError if the folder is missing, or has another number of them.
    """
    count = len(pictures.checks) // len(UNREAD)
    most = math.inf if count >= MOST_TESTED else math.ceil((count + 0.5) / TESTED)
    try:
        files = _test_files(list_files(Path(pictures.folder), most).files)
    except DatasetError as error:
        raise DatasetError(_gone(pictures)) from error
    if len(files) != count:
        raise DatasetError(_gone(pictures))
    return [file for file, one in zip(files, _checks(pictures)) if one != UNREAD]


def test_image(config: Config, files: Sequence[str], row: int) -> np.ndarray:
    """One test image as the model received it: (pixels,) uint8. files: from `test_files`.

    Raises DatasetError if the file's picture has changed.
    """
    pictures = config.pictures
    wanted = [one for one in _checks(pictures) if one != UNREAD][row]
    try:
        image = open_square(Path(pictures.folder) / files[row], config.model.image_side)
    except Exception as error:
        raise DatasetError(_gone(pictures)) from error
    if check(image) != wanted:
        raise DatasetError(_gone(pictures))
    return image[: config.model.channels].reshape(-1)


def check(image: np.ndarray) -> str:
    """The CRC-32 of an image (3, side, side), as eight characters."""
    return f"{zlib.crc32(np.ascontiguousarray(image)):08x}"


class _Part:
    """A split while it is read, in colour. Its arrays have their final size: a copy of a large folder would not fit."""

    def __init__(self, files: int, side: int) -> None:
        self.images, self.labels = np.empty((files, 3, side, side), np.uint8), np.empty(files, np.uint8)
        self.count, self.coloured = 0, False

    def add(self, image: np.ndarray, label: int) -> None:
        self.images[self.count], self.labels[self.count] = image, label
        self.count += 1
        self.coloured = self.coloured or bool(np.ptp(image.astype(np.int16), 0).max() > COLOURLESS)

    def split(self, channels: int, present: np.ndarray) -> Split:
        """The finished split. present: the labels that occur, sorted; they are renumbered from 0."""
        images = self.images[: self.count] if channels == 3 else self.images[: self.count, 0]
        labels = np.searchsorted(present, self.labels[: self.count]).astype(np.uint8)
        return Split(np.ascontiguousarray(images).reshape(self.count, -1), labels)


def list_files(folder: Path, most: float = math.inf) -> Listing:
    """Lists the pictures in a folder and its sub-folders.

    Raises DatasetError for a folder that cannot be opened, or that has more than `most` pictures or too many other
    files.
    """
    files, unnamed, skipped, others, seen = [], [], [], Counter(), {}
    left = MOST_OTHERS
    folders = [(True, "", str(folder))]  # a heap: links come last, because a folder is read only once
    while folders:
        is_link, place, path = heapq.heappop(folders)
        try:
            target = os.path.realpath(path) if is_link or JUNCTIONS else path  # realpath is slow
            entries = [] if target in seen else list(os.scandir(target))
        except OSError as error:
            if not place:
                why = f"cannot be opened ({error.strerror})"
                raise DatasetError(f"The folder {folder} {why}: name a folder of pictures with --data-dir.") from error
            skipped.append(f"{readable(place)}/ ({error.strerror})")
            continue
        if target in seen:
            first = readable(seen[target] or folder.name)
            skipped.append(f"{readable(place)}/ (the same folder as {first}/, which is read already)")
        seen.setdefault(target, place)
        for entry in entries:
            if entry.name.startswith(".") or is_litter(entry.name):
                continue
            name, kind = f"{place}/{entry.name}".lstrip("/"), _kind(entry)
            if kind == "folder":
                heapq.heappush(folders, (entry.is_symlink(), name, entry.path))
            elif kind == "picture":
                files.append(name)
            elif kind == "unnamed":
                unnamed.append(name)
            elif kind == "other":
                others[_ending(entry.name)] += 1
            else:
                skipped.append(f"{readable(name)} ({kind})")
            left -= kind not in ("picture", "unnamed")
            if left < 0:
                raise _too_much(folder, f"{MOST_OTHERS:,} files and folders")
            if len(files) > most:
                raise DatasetError(f"{folder} has more than {most:,} pictures.")
    for name in unnamed:  # last: opening a file takes much longer than listing it
        _sort(folder, name, files, others)
        if len(files) > most:
            raise DatasetError(f"{folder} has more than {most:,} pictures.")
    return Listing(sorted(files), sorted(skipped), others)


def _sort(folder: Path, name: str, files: list[str], others: Counter[str]) -> None:
    """Adds a file without an ending to the pictures or to the other files. Raises DatasetError for too many others."""
    if is_picture(folder / name):
        files.append(name)
    else:
        others[""] += 1
    if others[""] > MOST_OPENED:
        raise _too_much(folder, f"{MOST_OPENED:,} files without an ending")


def _too_much(folder: Path, what: str) -> DatasetError:
    return DatasetError(
        f"{folder} has more than {what} that are no pictures: name a folder of pictures with --data-dir."
    )


def _kind(entry: os.DirEntry) -> str:
    """The kind of an entry: folder, picture, other, or unnamed (without an ending); otherwise the reason to skip it.

    An empty file without an ending is not a picture. Files of /proc have the size 0, and reading some never ends.
    """
    try:
        if entry.is_dir():
            return "folder"
        if not entry.is_file() and os.stat(entry.path):
            return "neither a file nor a folder"
        ending = _ending(entry.name)
        if not ending:
            return "unnamed" if entry.stat().st_size else "other"
    except OSError as error:  # a link that leads nowhere
        return error.strerror
    return "picture" if ending in suffixes() else "other"


def _ending(name: str) -> str:
    """The ending of a file's name in lower case, such as `.png`. Path.suffix is too slow for 50,000 files."""
    return os.path.splitext(name)[1].lower().rstrip(".")


def _split_folders(files: Sequence[str]) -> list[str]:
    """The sub-folders, if all of them are splits (train, val) that contain folders of classes; otherwise none."""
    tops = sorted({file.partition("/")[0] for file in files if "/" in file})
    are_splits = all(top.lower() in SPLITS for top in tops)
    return tops if are_splits and any(file.count("/") > 1 for file in files) else []


def _class_name(folder: Path, file: str, pooled: bool) -> str:
    *places, _ = file.split("/")
    return places[1] if pooled and len(places) > 1 else places[0] if places else folder.name


def _test_files(files: Sequence[str]) -> list[str]:
    """The test split: the sixth of the files with the smallest digests of their names, in the files' order."""
    count = min(MOST_TESTED, round(TESTED * len(files)))
    return sorted(
        sorted(files, key=lambda file: hashlib.sha256(file.encode(errors="surrogateescape")).digest())[:count]
    )


def _usual_side(folder: Path, files: Sequence[str]) -> int:
    def shorter_sides() -> Iterator[int]:
        for file in files[:: -(-len(files) // LOOKED_AT)]:
            try:
                with warnings.catch_warnings(action="ignore"):
                    yield shorter_side(folder / file)
            except Exception:  # it will be skipped, with the reason
                continue

    usual = statistics.median(list(shorter_sides()) or [0])
    return next((side for side in SIDES if side >= usual), SIDES[-1])


def _checks(pictures: Pictures) -> list[str]:
    return [pictures.checks[at : at + len(UNREAD)] for at in range(0, len(pictures.checks), len(UNREAD))]


def _gone(pictures: Pictures) -> str:
    name = readable(pictures.label)
    return f"The pictures in the folder {name} are gone or have changed since the model was trained."
