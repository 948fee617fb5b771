"""The end of a command that fails: one sentence and an exit code."""

from __future__ import annotations

import os
import sys
import traceback

from explorer.reasons import SHORT_OF_MEMORY, reason

INTERRUPTED, FAILED = 130, 2  # exit codes
TRACEBACK = "EXPLORER_TRACEBACK"  # the environment variable that makes unexpected errors print a traceback


class Failed(Exception):
    """Ends the program with this sentence. is_shared: all processes of the training end with it."""

    def __init__(self, sentence: str, is_shared: bool = False) -> None:
        super().__init__(sentence)
        self.is_shared = is_shared


def unexpected(error: Exception, what: str) -> str:
    """A sentence on an unexpected error, of a library or of this program. what: the action that failed, a noun."""
    if os.environ.get(TRACEBACK):
        traceback.print_exception(error, file=sys.__stderr__)
    why = reason(error)
    if why == SHORT_OF_MEMORY:
        return f"{what} failed: there is not enough memory. A smaller batch or model needs less."
    return f"{what} failed ({why}). With {TRACEBACK}=1 in the environment, the same command shows where."
