"""Writing files so that a crash at any moment leaves the old content or the new one."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

PART = ".part"  # ends the name of a file that is still being written


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


def _sync_folder(folder: Path) -> None:
    if os.name == "nt":  # folders cannot be opened there
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
