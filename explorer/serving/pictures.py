"""The test images of a model: of a known dataset, or of a folder of pictures, and how pages name them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from explorer.config import Config
from explorer.data import datasets
from explorer.data.originals import DatasetOriginals, FolderOriginals, Originals
from explorer.files import readable
from explorer.serving import cached, places
from explorer.shared import fill
from explorer.ui.texts import texts_of

LONGEST_NAME = 40  # of a class or a folder, in characters
JOINERS = "\u200c\u200d"  # invisible, but parts of words in Persian and Hindi, and of emoji


class TestImages(Originals, Protocol):
    """The test images, and what pages say of them."""

    label: str  # the dataset's or the folder's name
    full_label: str  # the same for no other dataset or folder
    class_names: list[str]
    is_ink_on_paper: bool  # a background of 0 and strokes; else pictures as they are
    can_be_fetched: bool
    why_missing: str  # a clause, for when they are not here


class KnownDataset(DatasetOriginals):
    is_ink_on_paper = can_be_fetched = True

    def __init__(self, name: str) -> None:
        super().__init__(name, places.DATA_DIR)
        self.label = self.full_label = name
        self.class_names = list(datasets.CLASS_NAMES[name])
        self.why_missing = fill(texts_of("datasets").WORDS["no_pictures"], dataset=name)


class PictureFolder(FolderOriginals):
    is_ink_on_paper = can_be_fetched = False

    def __init__(self, config: Config) -> None:
        super().__init__(config, cached.folder_files)
        self.label = shown(config.pictures.label)
        self.full_label = f"{self.label} ({config.pictures.digest[:6]})"  # two folders may have one name
        self.class_names = [shown(name) for name in config.pictures.class_names]
        self.why_missing = texts_of("common").NO_PICTURES


def images_of(config: Config) -> TestImages:
    """The test images of a model with this configuration."""
    return KnownDataset(config.training.dataset) if config.pictures is None else PictureFolder(config)


def shown(name: str) -> str:
    """A file's name on a page: at most LONGEST_NAME characters, without invisible ones and those that turn text around.

    Pages show it as text, and never as markup.
    """
    seen = "".join(sign for sign in readable(name) if sign.isprintable() or sign in JOINERS).strip()
    return (seen if len(seen) <= LONGEST_NAME else seen[: LONGEST_NAME - 1] + "…") or "?"


def read_rows(images: Originals, rows: Iterable[int]) -> list[tuple[int, bytes]]:
    """The rows of those images that can be read, and their pixels, one byte each.

    Raises DatasetError if none can be read, and LookupError for a row that does not exist.
    """
    read, problem = [], None
    for row in rows:
        try:
            read.append((row, images.one(row).tobytes()))
        except datasets.DatasetError as error:  # one picture of a folder may have changed
            problem = error
    if problem and not read:
        raise problem
    return read


def known_datasets() -> list[dict]:
    """Every dataset: its name, whether it can be trained on, and its classes' names."""
    return [
        {
            "name": name,
            "present": datasets.is_readable(name, places.DATA_DIR),
            "classes": list(datasets.CLASS_NAMES[name]),
        }
        for name in datasets.DATASETS
    ]
