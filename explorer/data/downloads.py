"""Downloads of datasets while the app runs: one at a time, in a thread, with progress. No partial files remain.

The command line uses `datasets.load(..., download=True)`, which calls torchvision: it reports no progress and cannot be
cancelled. A test compares the addresses and checksums here with torchvision's. No torch.
"""

from __future__ import annotations

import hashlib
import http.client
import logging
import threading
import urllib.request
from pathlib import Path
from typing import NamedTuple

from explorer.data import datasets
from explorer.reasons import reason

STALL_SECONDS = 20.0  # a server that sends nothing for this long has failed
PIECE = 64 * 1024  # bytes that are read between two checks for cancellation
EXPECTED = (OSError, ValueError, http.client.HTTPException)  # errors of a network and of the received content
_LOG = logging.getLogger(__name__)


class File(NamedTuple):
    name: str  # the file's name on the mirror, NAME.gz
    md5: str
    size: int  # bytes, for the progress


class Source(NamedTuple):
    mirrors: tuple[str, ...]  # tried in turn
    files: tuple[File, ...]

    @property
    def size(self) -> int:
        return sum(file.size for file in self.files)


def _source(mirrors: tuple[str, ...], *md5_and_size: tuple[str, int]) -> Source:
    names = [f"{stem}.gz" for stem in datasets.STEMS]
    return Source(mirrors, tuple(File(name, *one) for name, one in zip(names, md5_and_size, strict=True)))


SOURCES = {
    "mnist": _source(
        ("https://ossci-datasets.s3.amazonaws.com/mnist/", "http://yann.lecun.com/exdb/mnist/"),
        ("f68b3c2dcbeaaa9fbdd348bbdeb94873", 9_912_422), ("d53e105ee54ea40749a09fcbcd1e9432", 28_881),
        ("9fb629c4189551a2d022fa330f9573f3", 1_648_877), ("ec29112dd5afa0611ce80d1b7f02629c", 4_542),
    ),
    "fashion-mnist": _source(
        ("http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",),
        ("8d4fb7e6c68d591d4c3dfef9ec88bf0d", 26_421_880), ("25c81989df183df01b3e8a0aad5dffbe", 29_515),
        ("bef4ecab320f06d8554ea6380940ec79", 4_422_102), ("bb300cfdad3c16e7a12a480ee83cd310", 5_148),
    ),
    "kmnist": _source(
        ("http://codh.rois.ac.jp/kmnist/dataset/kmnist/",),
        ("bdb82020997e1d708af4cf47b453dcf7", 18_165_135), ("e144d726b3acfaa3e44228e80efcd344", 29_497),
        ("5c965bf0a639b31b8f53240b1b52f4d7", 3_041_136), ("7320c461ea6c1c855c0b718fb2a4b134", 5_120),
    ),
}  # fmt: skip


class Cancelled(Exception):
    """The download was stopped by a person or because the server ends."""


class Status(NamedTuple):
    """The status of a dataset and of its download."""

    present: bool  # and complete
    state: str  # idle, running, elsewhere (another dataset is being fetched), failed, cancelled
    done: int  # bytes
    total: int  # bytes
    problem: str | None  # the reason for a failure, as a sentence


class _Job:
    """One download in its thread."""

    def __init__(self, name: str, data_dir: Path) -> None:
        self.name, self.done, self.state, self.problem = name, 0, "running", None
        self.stop = threading.Event()
        self.thread = threading.Thread(target=self._run, args=(data_dir,), name=f"download of {name}", daemon=True)
        try:
            self.thread.start()
        except RuntimeError as error:  # the system allows no more threads
            self._fail(error)

    @property
    def is_running(self) -> bool:
        return self.state == "running"

    def cancel(self) -> None:
        """Ends the download at once. Its thread may wait for the mirror for STALL_SECONDS more, then it cleans up."""
        if self.is_running:
            self.state = "cancelled"
            self.stop.set()
            self.thread.join(1.0)

    def _run(self, data_dir: Path) -> None:
        try:
            fetch(self.name, data_dir, self._count, self.stop)
            self.state = "idle"
        except Cancelled:
            self.state = "cancelled"
        except Exception as error:
            if not self.stop.is_set():
                self._fail(error)

    def _fail(self, error: Exception) -> None:
        if not isinstance(error, EXPECTED):
            _LOG.error("a download failed", exc_info=error)
        inner = getattr(error, "reason", None)  # the error that urllib wraps
        why = reason(inner) if isinstance(inner, Exception) else reason(error)
        remedy = "check the server's network and try again; all else works without it."
        self.problem = f"{self.name} could not be fetched ({why}): {remedy}"
        self.state = "failed"

    def _count(self, size: int) -> None:
        self.done += size


class Downloads:
    """At most one download at a time into `data_dir`."""

    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir
        self._lock = threading.Lock()
        self._job: _Job | None = None  # the latest

    def status(self, name: str) -> Status:
        """The status of a dataset. Raises LookupError for a dataset that cannot be fetched."""
        total = _source_of(name).size
        job = self._job  # read before the disk: a job that ends in between has put its files there
        state = "idle" if job is None else job.state if job.name == name else "elsewhere" if job.is_running else "idle"
        own = job is not None and job.name == name
        return Status(
            datasets.is_readable(name, self.data_dir),
            state,
            job.done if own else 0,
            total,
            job.problem if own else None,
        )

    def fetch(self, name: str) -> None:
        """Starts a download, unless the dataset is present or a download is running.

        Raises LookupError for a dataset that cannot be fetched.
        """
        _source_of(name)
        with self._lock:
            if not (self._job and self._job.is_running) and not datasets.is_readable(name, self.data_dir):
                self._job = _Job(name, self.data_dir)

    def cancel(self, name: str) -> None:
        with self._lock:
            if self._job and self._job.name == name:
                self._job.cancel()

    def close(self) -> None:
        """Cancels the download, when the server ends."""
        if self._job:
            self._job.cancel()


def _source_of(name: str) -> Source:
    if name not in SOURCES:
        raise LookupError("there is no such dataset to fetch")
    return SOURCES[name]


def fetch(name: str, data_dir: Path, count, stop: threading.Event) -> None:
    """Downloads the files of a dataset, checks and unpacks them in memory (55 MB), and writes them when all are there.

    count(bytes) is called for each piece. Setting `stop` raises Cancelled. Raises OSError, ValueError or HTTPException.
    """
    source, contents = SOURCES[name], {}
    data_dir.mkdir(parents=True, exist_ok=True)  # fails before the download if it cannot be written
    for file in source.files:
        packed = _first(source.mirrors, file, count, stop)
        contents[file.name.removesuffix(".gz")] = datasets.unpack(packed)
    if stop.is_set():
        raise Cancelled
    datasets.put_in_place(name, data_dir, contents)


def _first(mirrors: tuple[str, ...], file: File, count, stop: threading.Event) -> bytes:
    """The file from the first mirror that sends it completely."""
    for at, mirror in enumerate(mirrors):
        came = 0

        def counted(size: int) -> None:
            nonlocal came
            came += size
            count(size)

        try:
            content = _read(mirror + file.name, 2 * file.size, counted, stop)
            if hashlib.md5(content, usedforsecurity=False).hexdigest() != file.md5:
                raise ValueError(f"{file.name} is not what it should be")
            return content
        except (OSError, ValueError, http.client.HTTPException):
            count(-came)
            if at == len(mirrors) - 1:
                raise
    raise ValueError("there is no mirror")


def _read(address: str, most: int, count, stop: threading.Event) -> bytes:
    content = bytearray()
    with urllib.request.urlopen(address, timeout=STALL_SECONDS) as answer:
        while piece := answer.read1(PIECE):
            if stop.is_set():
                raise Cancelled
            content += piece
            if len(content) > most:
                raise ValueError("the mirror sends more than the file has")
            count(len(piece))
    return bytes(content)
