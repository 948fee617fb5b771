"""The live pages' styles grow with the page's type, so that presentation mode and a reader's own size reach them."""

from __future__ import annotations

import re

import pytest

from explorer.serving.assets import WEB

THIN = 3  # pixels: the width of a line, which stays thin


NAMES = sorted(path.relative_to(WEB).as_posix() for path in WEB.rglob("*.css"))


@pytest.mark.parametrize("name", NAMES)
def test_lengths_are_written_in_rem(name):
    """But those of thin lines, and those in conditions on the window."""
    styles = re.sub(r"/\*.*?\*/|@media[^{]*", "", (WEB / name).read_text(encoding="utf-8"), flags=re.DOTALL)
    assert [length for length in re.findall(r"-?\d*\.?\d+px", styles) if abs(float(length[:-2])) > THIN] == []


@pytest.mark.parametrize("name", NAMES)
def test_what_sticks_at_the_top_sticks_below_the_apps_header(name):
    """--header is its height: none in presentation mode and in the exported file, which have no header."""
    rules = re.findall(r"{[^{}]*position: sticky[^{}]*}", (WEB / name).read_text(encoding="utf-8"))
    tops = [found for rule in rules for found in re.findall(r"[{\s]top: ([^;]+);", rule)]
    assert all(top == "var(--header, 3.75rem)" for top in tops), tops
