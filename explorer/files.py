"""Writing files so that a crash at any moment leaves the old content or the new one, and programs that write to one place take turns."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows has none
    fcntl = None

PART = ".part"  # ends the name of a file that is still being written


def shown_path(path: Path) -> str:
    """As one would type it here: a page need not tell a whole class where on the disk the app lies."""
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)


def write_to_disk(file: Path, content: bytes) -> None:
    """Writes aside, waits for the disk, and renames. Raises OSError; what stood there then still does."""
    descriptor, part = tempfile.mkstemp(prefix=file.name, suffix=PART, dir=file.parent)
    try:
        with open(descriptor, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        os.chmod(part, 0o644)
        os.replace(part, file)
        _sync_folder(file.parent)
    finally:
        Path(part).unlink(missing_ok=True)


@contextlib.contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Waits until no other writer is in the folder; one that is killed leaves it too. Raises OSError where the folder is missing.

    Without it, one would clear away as stale what another has just written. Some network disks know no locks: there it does not wait.
    """
    if fcntl is None:
        yield
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        with contextlib.suppress(OSError):
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _sync_folder(folder: Path) -> None:
    if os.name == "nt":  # folders cannot be opened there
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
