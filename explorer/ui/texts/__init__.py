"""The words that people read, apart from the logic, for translation: a folder per language, a module per page."""

from __future__ import annotations

import importlib
from types import ModuleType

LANGUAGE = "en"


def texts_of(page: str) -> ModuleType:
    """The texts of one page, or of all pages ("common"). Every language has the same names."""
    return importlib.import_module(f"{__name__}.{LANGUAGE}.{page}")


def sibling_word(key: str) -> str:
    """The words for a key in a sibling's record. A key that the texts do not have is itself the word."""
    return texts_of("siblings").WORDS.get(key, key)
