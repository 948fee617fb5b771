"""Where the program keeps its files on the server, and sentences that do not give those places away."""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path

from explorer.files import readable, without_folders

ROOT = Path(__file__).resolve().parents[2]
DATA_DIR = ROOT / "data"
# the prefix of a model's name, and the folder of its bundle
FOLDERS = {"": ROOT / "pretrained", "runs/": ROOT / "runs"}


def for_page(message: object) -> str:
    """An error's sentence for visitors, who need not know where on the server's disk the program and its data lie."""
    places = (*FOLDERS.values(), DATA_DIR)
    folders = {ROOT, Path(sys.prefix), *(place.parent for place in places)}
    with contextlib.suppress(RuntimeError):  # an account may have none
        folders.add(Path.home())
    return readable(without_folders(str(getattr(message, "for_page", message)), folders))
