"""The words that a person reads, apart from logic so that they can be translated: a folder a language, a module a page."""

from __future__ import annotations

import importlib
from types import ModuleType

LANGUAGE = "en"


def texts_of(page: str) -> ModuleType:
    """The texts of one page, or "common" for those that all pages share. Every language has the same names."""
    return importlib.import_module(f"{__name__}.{LANGUAGE}.{page}")


def sibling_word(key: str) -> str:
    """What a key in a sibling's record stands for. A key that the texts do not have is itself the word."""
    return texts_of("siblings").WORDS.get(key, key)
