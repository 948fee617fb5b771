"""Spares the garbage collector what stays for ever. Streamlit runs it after each script, and a walk over all that imports made takes far longer than a page's script."""

from __future__ import annotations

import gc
import sys

MANY = 100  # modules; fewer are not worth another walk

_modules = 0  # that there were at the last walk


def settle() -> None:
    """Where many modules have come in since the last call, as torch does: collects once, then leaves what there is out of every later collection."""
    global _modules
    if len(sys.modules) >= _modules + MANY:
        _modules = len(sys.modules)
        gc.collect()
        gc.freeze()
