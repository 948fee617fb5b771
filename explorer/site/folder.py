"""A folder that is written whole or not at all, and replaces only a folder that was written in the same way."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from explorer.shared import fill
from explorer.ui.texts import texts_of

texts = texts_of("site")

MARK = "site.json"  # the file by which the command recognises a folder of its own


class Refused(Exception):
    """Nothing is written. The message is a sentence that says why."""


def check(out: Path) -> None:
    """Raises Refused where the folder holds anything that this command has not written."""
    if out.exists() and not out.is_dir():
        raise Refused(fill(texts.NOT_A_FOLDER, out=out))
    if out.is_dir() and any(out.iterdir()) and not (out / MARK).is_file():
        raise Refused(fill(texts.NOT_EMPTY, out=out))


@contextlib.contextmanager
def replaced(out: Path) -> Iterator[Path]:
    """An empty folder beside `out`, which takes its place at the end. After an error `out` is as it was.

    Raises Refused: see `check`.
    """
    check(out)
    out = out.resolve()
    out.parent.mkdir(parents=True, exist_ok=True)
    new = Path(tempfile.mkdtemp(prefix=f".{out.name}-", suffix=".part", dir=out.parent))
    try:
        yield new
        new.chmod(0o755)
        check(out)  # somebody may have written into it meanwhile
        old = new.with_suffix(".old")
        if out.exists():
            os.rename(out, old)
        try:
            os.rename(new, out)
        except OSError:
            if old.exists():
                os.rename(old, out)
            raise
        shutil.rmtree(old, ignore_errors=True)
    finally:
        shutil.rmtree(new, ignore_errors=True)
