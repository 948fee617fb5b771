"""An index of the models in some folders. It opens each bundle once, and keeps what lists and addresses need.

A look at the folders compares the times and sizes of files, which takes microseconds a bundle, and reads only the
bundles whose files changed. So a page costs the same with three models as with hundreds. No tensors are kept here.
"""

from __future__ import annotations

import json
import logging
import os
import re
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

from explorer.config import Config
from explorer.files import readable
from explorer.shared import fill
from explorer.store.bundle import MANIFEST, Bundle, BundleError, holds_remains, load_bundle
from explorer.ui.texts import texts_of

texts = texts_of("common")

_log = logging.getLogger(__name__)

NO_TEXT = re.compile("[\ud800-\udc7f\udd00-\udfff]")  # surrogates that JSON may hold; the others are bytes of a path
Stamp = tuple  # times and sizes of files: it is only compared


class Record(NamedTuple):
    """What is known of one folder, until its files change. Neither entry nor problem: it holds no bundle."""

    path: Path
    stamp: Stamp
    entry: dict | None = None  # of a bundle that can be shown
    config: Config | None = None
    problem: str | None = None  # why a bundle cannot be shown: a sentence that names its file
    files: Stamp = ()  # where there is a problem, of every file: any of them may be mended


class Content(NamedTuple):
    """What the folders hold."""

    entries: list[dict]
    problems: list[str]
    by_digest: dict[str, Record]  # of the bundles that can be shown; of copies the first
    by_dataset: dict[str, Record]  # the first of each dataset


class Shelf:
    """The index. Threads may share it."""

    def __init__(
        self,
        folders: Callable[[], Mapping[str, Path]],
        describe: Callable[[str, Bundle], dict],
        for_page: Callable[[str], str] = str,
    ) -> None:
        """folders: what stands before the names of a folder's bundles, and that folder; they may change.

        describe: an entry from a bundle's name and the bundle. JSON can hold it, and it has `digest` and `dataset`.
        for_page: a problem as pages may show it.
        """
        self._folders, self._describe, self._for_page, self._lock = folders, describe, for_page, threading.Lock()
        self._records: dict[tuple[str, str], Record] = {}  # by the prefix and the path
        self._content = _content([])

    def look(self) -> Content:
        """What the folders hold now: the same object as before, if nothing changed."""
        with self._lock:
            return self._look()

    def find(self, digest: str) -> Record | None:
        """The model with that digest, if it is there now."""
        with self._lock:
            record = self._content.by_digest.get(digest)
            if record and record.path.parent in self._folders().values() and _stamp(str(record.path)) == record.stamp:
                return record
            return self._look().by_digest.get(digest)

    def config(self, dataset: str) -> Config | None:
        """Of a model of that dataset."""
        with self._lock:
            record = self._content.by_dataset.get(dataset) or self._look().by_dataset.get(dataset)
            return record and record.config

    def report(self, damaged: Record, problem: str) -> None:
        """Lists a model as damaged until its files change. They were found damaged after it had been checked."""
        with self._lock:
            for key, record in self._records.items():
                if record is damaged:
                    self._records[key] = self._refused(record.path, record.stamp, problem)
            self._content = _content([*self._records.values()])

    def _look(self) -> Content:
        found = {}
        for prefix, folder in self._folders().items():
            for name, path in _subfolders(folder):
                if (stamp := _stamp(path)) is not None:
                    before = self._records.get((prefix, path))
                    found[prefix, path] = (
                        before if before and _holds(before, stamp) else self._read(prefix, name, Path(path), stamp)
                    )
        if found != self._records:
            self._records, self._content = found, _content([*found.values()])
        return self._content

    def _read(self, prefix: str, name: str, path: Path, stamp: Stamp) -> Record:
        saved = next(iter(stamp[1:]), None)  # when, in nanoseconds
        if saved is None and not holds_remains(path):
            return Record(path, stamp)
        try:
            bundle = load_bundle(path)
            name = prefix + readable(name)
            entry = self._describe(name, bundle) | {"name": name, "run": prefix != "", "saved": saved}
            json.dumps(entry, ensure_ascii=False, allow_nan=False).encode()  # raises what would fail on every page
            return Record(path, stamp, entry, bundle.config)
        except BundleError as error:
            return self._refused(path, stamp, str(error))
        except Exception as error:  # whatever is wrong with one bundle, the others are shown
            _log.exception("A bundle cannot be shown")
            return self._refused(path, stamp, fill(texts.NOT_SHOWN, path=path, error=type(error).__name__))

    def _refused(self, path: Path, stamp: Stamp, problem: str) -> Record:
        problem = self._for_page(NO_TEXT.sub("?", problem))
        _log.warning(problem)
        return Record(path, stamp, problem=problem, files=_files(path))


def _content(records: list[Record]) -> Content:
    shown = [record for record in records if record.entry is not None]
    by_digest, by_dataset = (
        {record.entry[name]: record for record in reversed(shown)} for name in ("digest", "dataset")
    )
    return Content(
        [record.entry for record in shown],
        [record.problem for record in records if record.problem],
        by_digest,
        by_dataset,
    )


def _holds(record: Record, stamp: Stamp) -> bool:
    """Whether what is known of a folder is so still."""
    return record.stamp == stamp and (record.problem is None or record.files == _files(record.path))


def _subfolders(folder: Path) -> list[tuple[str, str]]:
    """Name and path of each that may hold a bundle, in order."""
    try:
        with os.scandir(folder) as found:
            return sorted((one.name, one.path) for one in found if not one.name.startswith(".") and one.is_dir())
    except OSError:  # there is no such folder, or it may not be looked into
        return []


def _stamp(path: str) -> Stamp | None:
    """Of a folder, and of its manifest where there is one; None where the folder was taken away.

    A file that is replaced by a rename changes its folder's time. A manifest that is written in place changes its own.
    """
    try:
        folder = os.stat(path)
    except OSError:
        return None
    try:
        manifest = os.stat(os.path.join(path, MANIFEST))
    except OSError:
        return (folder.st_mtime_ns,)
    return (folder.st_mtime_ns, manifest.st_mtime_ns, manifest.st_size, manifest.st_ino)


def _files(folder: Path) -> Stamp:
    """Of every file in a folder."""
    try:
        with os.scandir(folder) as found:
            return tuple(sorted((one.name, one.stat().st_mtime_ns, one.stat().st_size) for one in found))
    except OSError:
        return ()
