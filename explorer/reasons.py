"""Why something failed, as a clause for people."""

from __future__ import annotations

import re

SHORT_OF_MEMORY = "the server is short of memory"
_MEMORY = re.compile(r"out of memory|not enough memory|(can't|cannot|could not|unable to) allocate", re.IGNORECASE)  # as torch and the system say it
_SPEAKING = (ValueError, LookupError, ImportError, OSError)  # their messages need no type beside them


def reason(error: BaseException) -> str:
    """What an error says, on one line and without a full stop."""
    text = " ".join(str(getattr(error, "strerror", None) or error).split()).rstrip(":. ")
    if isinstance(error, MemoryError) or _MEMORY.search(text):
        return SHORT_OF_MEMORY
    if not text:
        return type(error).__name__
    return text if isinstance(error, _SPEAKING) else f"{type(error).__name__}: {text}"
