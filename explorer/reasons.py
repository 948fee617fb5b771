"""The reason for an error, as a clause for people."""

from __future__ import annotations

import re

SHORT_OF_MEMORY = "the server is short of memory"
# Messages of torch and of the operating system.
_MEMORY = re.compile(r"out of memory|not enough memory|(can't|cannot|could not|unable to) allocate", re.IGNORECASE)
_CLEAR = (ValueError, LookupError, ImportError, OSError)  # their messages are clear without the type


def reason(error: BaseException) -> str:
    """An error's message, on one line and without a full stop."""
    text = " ".join(str(getattr(error, "strerror", None) or error).split()).rstrip(":. ")
    if isinstance(error, MemoryError) or _MEMORY.search(text):
        return SHORT_OF_MEMORY
    if not text:
        return type(error).__name__
    return text if isinstance(error, _CLEAR) else f"{type(error).__name__}: {text}"
