"""Writing files so that a crash at any moment leaves the old content or the new one, and programs that write to one place take turns."""

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
LITTER_BEGINS = ("._", ".nfs", ".fuse_hidden")  # of AppleDouble, and of files that were removed while they were open
PART = ".part"  # ends the name of a file that is still being written
FOLDERS_OPEN = os.name != "nt"  # Windows opens files only
PATIENCE = 1.0  # seconds to wait for a file that another program reads
FAILURES = {errno.EIO, errno.ENOSPC}  # of a disk; other errors mean that it does not offer the operation


def readable(name: str) -> str:
    """The name of a file as text that can be printed and sent: bytes that are no UTF-8 are written as in `caf\\xe9`.

    Python keeps such bytes as lone surrogates, which are no text.
    """
    return name.encode(errors="surrogateescape").decode(errors="backslashreplace")


def escape_what_cannot_be_shown() -> None:
    """Lets `print` escape what the output cannot show, as bytes of a path that are no text, instead of raising."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def is_litter(name: str) -> bool:
    """Is it a file or folder that a system leaves in any folder that it shows, copies or packs?"""
    return name.lower() in LITTER or name.startswith(LITTER_BEGINS)


def without_folders(text: str, folders: Iterable[Path]) -> str:
    """A text with the paths below these folders as one would type them there, and `.` for a folder itself."""
    for folder in sorted((str(folder) for folder in folders if folder.name), key=len, reverse=True):  # / has none
        text = text.replace(f"{folder}{os.sep}", "")
        text = re.sub(rf"{re.escape(folder)}(?![\w.-])", ".", text)
    return text


def shown_path(path: Path) -> str:
    """As one would type it here. In /, where services are started, it stays whole: who reads it need not be there."""
    here = Path.cwd()
    return str(path.relative_to(here)) if here.name and path.is_relative_to(here) else str(path)


def write_to_disk(file: Path, content: bytes) -> None:
    """Writes aside, waits for the disk, and renames. Raises OSError; what stood there then still does."""
    descriptor, part = tempfile.mkstemp(prefix=file.name, suffix=PART, dir=file.parent)
    try:
        with open(descriptor, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        with contextlib.suppress(PermissionError):  # a disk without permissions, as a USB stick
            os.chmod(part, 0o644)
        _replace(part, file)
        _sync_folder(file.parent)
    finally:
        Path(part).unlink(missing_ok=True)


@contextlib.contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Waits until no other writer is in the folder; one that is killed leaves it too. Raises OSError where the folder is missing.

    Without it, one would clear away as stale what another has just written. Some network disks know no locks: there it does not wait.
    """
    import filelock  # takes a tenth of a second, and most programs write nothing

    descriptor = os.open(folder, os.O_RDONLY) if FOLDERS_OPEN else _open_in_place_of(folder)
    try:
        with contextlib.suppress(OSError):
            filelock.lock_descriptor(descriptor, poll_interval=0.01)
        yield
    finally:
        os.close(descriptor)


def _open_in_place_of(folder: Path) -> int:
    """A file whose name follows from the folder's path. It lies elsewhere: a bundle's folder holds the bundle alone."""
    path = os.path.normcase(os.path.realpath(folder, strict=True))
    name = hashlib.sha256(path.encode(errors="surrogatepass")).hexdigest()[:16]
    return os.open(Path(tempfile.gettempdir()) / f"explorer-{name}.lock", os.O_RDWR | os.O_CREAT, 0o600)


def _replace(part: str, file: Path) -> None:
    """Gives the part the file's name. Windows refuses while another program reads the file; then it tries again."""
    end = time.monotonic() + PATIENCE
    while True:
        try:
            return os.replace(part, file)
        except PermissionError:
            if time.monotonic() > end:
                raise
            time.sleep(0.02)


def _sync_folder(folder: Path) -> None:
    """Waits until the disk has the folder's names. Some network disks cannot; the file is in place all the same."""
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
