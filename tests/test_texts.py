"""The texts: one syntax for their places, and no word that a page asks for is missing."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from explorer.shared import fill
from explorer.ui.texts import en, texts_of

WEB = Path(__file__).resolve().parents[1] / "explorer" / "web"
PAGES = sorted(
    path.parent.name for path in WEB.glob("*/page.html") if (Path(en.__path__[0]) / f"{path.parent.name}.py").exists()
)
PLACE = re.compile(r"\{(\w+)\}")


def strings(value) -> list[tuple[str, str]]:
    """(key, text) of all texts of a dictionary, at any depth."""
    if isinstance(value, dict):
        return [
            (key, text)
            for key, one in value.items()
            for key, text in ([(key, one)] if isinstance(one, str) else strings(one))
        ]
    return []


def test_a_text_is_filled_once():
    assert fill("{a} of {b}", {"a": "{b}"}, b=1.0) == "{b} of 1" and fill("{n}", n=1000) == "1000"
    with pytest.raises(KeyError):
        fill("{missing}")


@pytest.mark.parametrize("page", PAGES)
def test_keys_and_places_are_in_snake_case(page):
    for key, text in strings(texts_of(page).WORDS):
        assert key == key.lower() or len(key) == 1, key
        assert all(place == place.lower() for place in PLACE.findall(text)), text
        assert not re.search(r"\$\w", text) and "{" not in PLACE.sub("", text), text


@pytest.mark.parametrize("page", PAGES)
def test_a_live_page_is_given_no_markdown(page):
    """Its texts go into HTML, where the marks would be seen."""
    for key, text in strings(texts_of(page).WORDS):
        assert not re.search(r"`|\*\*|\]\(", text), (key, text)


@pytest.mark.parametrize("page", PAGES)
def test_every_word_that_a_page_asks_for_is_there(page):
    words = texts_of(page).WORDS
    places = PLACE.findall((WEB / page / "page.html").read_text(encoding="utf-8"))
    assert set(places) <= set(words)
    if page == "explore":  # its tools have words of their own
        return
    for path in (WEB / page).rglob("*.js"):
        asked = set(re.findall(r"\bwords\.(?!js\b)(\w+)", path.read_text(encoding="utf-8")))
        assert asked <= set(words), path.name
