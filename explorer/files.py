"""Atomic writing of files (after a crash, a file has its old or its new content), locks on folders, names of files."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import re
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

LITTER = {".ds_store", ".localized", ".apdisk", ".directory", "thumbs.db", "ehthumbs.db", "desktop.ini", "icon\r"}
LITTER |= {"__macosx", "@eadir"}
LITTER_BEGINS = ("._", ".nfs", ".fuse_hidden")  # AppleDouble files, and files that were removed while they were open
PART = ".part"  # the suffix of a file that is still being written
FOLDERS_OPEN = os.name != "nt"  # Windows opens files only
PATIENCE = 1.0  # seconds to wait until another program stops reading a file
FAILURES = {errno.EIO, errno.ENOSPC}  # the disk failed; other errors mean that it does not support the operation


def readable(name: str) -> str:
    """A file's name as text that can be printed and sent. Bytes that are not UTF-8 are escaped, as in `caf\\xe9`.

    Python represents such bytes as lone surrogates, which cannot be encoded.
    """
    return name.encode(errors="surrogateescape").decode(errors="backslashreplace")


def escape_what_cannot_be_shown() -> None:
    """Makes `print` escape characters that the output cannot encode, instead of raising UnicodeEncodeError."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def is_litter(name: str) -> bool:
    """Whether this is a file or folder that operating systems add to folders when they show, copy or pack them."""
    return name.lower() in LITTER or name.startswith(LITTER_BEGINS)


def without_folders(text: str, folders: Iterable[Path]) -> str:
    """The text with absolute paths below these folders replaced by relative ones, and the folders themselves by `.`."""
    for folder in sorted((str(folder) for folder in folders if folder.name), key=len, reverse=True):  # / has no name
        text = text.replace(f"{folder}{os.sep}", "")
        text = re.sub(rf"{re.escape(folder)}(?![\w.-])", ".", text)
    return text


def shown_path(path: Path) -> str:
    """The path relative to the working directory, if it lies below. In / (where services start) it stays absolute."""
    here = Path.cwd()
    return str(path.relative_to(here)) if here.name and path.is_relative_to(here) else str(path)


def write_to_disk(file: Path, content: bytes) -> None:
    """Writes a temporary file, waits for the disk, and renames it. Raises OSError; the old content then remains."""
    descriptor, part = tempfile.mkstemp(prefix=file.name, suffix=PART, dir=file.parent)
    try:
        with open(descriptor, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        with contextlib.suppress(PermissionError):  # a disk without permissions, such as a USB stick
            os.chmod(part, 0o644)
        _replace(part, file)
        _sync_folder(file.parent)
    finally:
        Path(part).unlink(missing_ok=True)


@contextlib.contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Locks a folder: waits until no other writer holds its lock. The lock of a killed process is released.

    Without it, a writer could remove as stale what another one has just written. Some network disks do not support
    locks: there it does not wait. Raises OSError if the folder is missing.
    """
    import filelock  # the import takes a tenth of a second, and most programs write nothing

    descriptor = os.open(folder, os.O_RDONLY) if FOLDERS_OPEN else _open_in_place_of(folder)
    try:
        with contextlib.suppress(OSError):
            filelock.lock_descriptor(descriptor, poll_interval=0.01)
        yield
    finally:
        os.close(descriptor)


def _open_in_place_of(folder: Path) -> int:
    """Opens a file named by a digest of the folder's path, elsewhere: a bundle's folder holds only the bundle."""
    path = os.path.normcase(os.path.realpath(folder, strict=True))
    name = hashlib.sha256(path.encode(errors="surrogatepass")).hexdigest()[:16]
    return os.open(Path(tempfile.gettempdir()) / f"explorer-{name}.lock", os.O_RDWR | os.O_CREAT, 0o600)


def _replace(part: str, file: Path) -> None:
    """Renames the part to the file. Windows refuses while another program reads the file; then it tries again."""
    end = time.monotonic() + PATIENCE
    while True:
        try:
            return os.replace(part, file)
        except PermissionError:
            if time.monotonic() > end:
                raise
            time.sleep(0.02)


def _sync_folder(folder: Path) -> None:
    """Waits until the folder's entries are on the disk. Some network disks do not support it, which is no failure."""
    if not FOLDERS_OPEN:
        return
    try:
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    except OSError as error:
        if error.errno in FAILURES:
            raise
