"""How the command line ends when something goes wrong: with one sentence."""

from __future__ import annotations

import os
import sys
import traceback

from explorer.reasons import SHORT_OF_MEMORY, reason

INTERRUPTED, FAILED = 130, 2  # exit codes
TRACEBACK = "EXPLORER_TRACEBACK"  # the environment's variable that shows where an unexpected error came from


class Failed(Exception):
    """Ends the program with this sentence. is_shared: all processes of the training end so."""

    def __init__(self, sentence: str, is_shared: bool = False) -> None:
        super().__init__(sentence)
        self.is_shared = is_shared


def unexpected(error: Exception, what: str) -> str:
    """A sentence on an error of torch, of another library or of this program. what: what failed."""
    if os.environ.get(TRACEBACK):
        traceback.print_exception(error, file=sys.__stderr__)
    why = reason(error)
    if why == SHORT_OF_MEMORY:
        return f"{what} failed: there is not enough memory. A smaller batch or model needs less."
    return f"{what} failed ({why}). With {TRACEBACK}=1 in the environment, the same command shows where."
