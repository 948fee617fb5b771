"""What a page shows when something went wrong: a sentence. The traceback goes to the server's log."""

from __future__ import annotations

import re
from collections.abc import Sequence

import streamlit as st

from explorer.data.datasets import DatasetError
from explorer.serving import places
from explorer.serving.bundles import ModelGone
from explorer.shared import fill
from explorer.store.bundle import BundleError
from explorer.ui.texts import texts_of

texts = texts_of("common")

SPOKEN = (BundleError, DatasetError, ModelGone)  # errors whose messages are sentences for people
NAMED = 3  # of many models in a sentence, or sentences on models that cannot be shown


def show_failure(error: Exception) -> bool:
    """st.App's `on_script_error`. Returns True: Streamlit has logged the error and need not show it."""
    st.error(plain(places.for_page(error)) if isinstance(error, SPOKEN) else texts.FAILURE, icon=":material/error:")
    return True


def warn(sentence: str, icon: str) -> None:
    """A warning whose words may come from an address or a file's name."""
    st.warning(plain(sentence), icon=f":material/{icon}:")


def warn_of_models(problems: Sequence[str]) -> None:
    """Names the models that cannot be shown: the first few, and how many more there are."""
    for problem in problems[:NAMED]:
        warn(problem, "broken_image")
    if len(problems) > NAMED:
        warn(fill(texts.MORE_PROBLEMS, more=len(problems) - NAMED), "broken_image")


def few_of(names: Sequence[str]) -> str:
    """Markdown that lists the first names and the number of the others."""
    listed = ", ".join(plain(name) for name in names[:NAMED])
    return listed + (f" and {len(names) - NAMED} more" if len(names) > NAMED else "")


def plain(text: str) -> str:
    """Markdown that shows the text as it is, with `this` as code. It contains no link, picture or formula."""
    parts = re.split("`([^`]+)`", " ".join(text.split()))  # every other one stood between backticks
    return "".join(f"`{part}`" if i % 2 else _escaped(part) for i, part in enumerate(parts))


def _escaped(text: str) -> str:
    escaped = re.sub(r"([!-/:-@\[-`{-~])", r"\\\1", text)
    # bare addresses become links after the escapes are undone: an invisible character keeps them from being one
    return re.sub(r"(?i)(\\:\\/|www|\\@)", "\\1\u2060", escaped)
