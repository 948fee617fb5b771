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


def test_what_is_disabled_looks_so_on_every_page():
    """The style sheet that all pages share dims it. Elsewhere only a label is dimmed with what it holds."""
    shared = (WEB / "parts" / "live.css").read_text(encoding="utf-8")
    assert re.search(r":is\(button, input, select\):disabled,[^{}]*{[^}]*opacity: 0\.", shared)
    own = {name: (WEB / name).read_text(encoding="utf-8") for name in NAMES if name != "parts/live.css"}
    rules = [rule for text in own.values() for rule in re.findall(r"[^{}]*:disabled[^{}]*{", text)]
    assert all("segments" in rule for rule in rules), rules


@pytest.mark.parametrize("name", NAMES)
def test_no_text_is_cut_with_an_ellipsis(name):
    """A caption that does not fit has a second line: its end is what tells it from the next one."""
    assert "ellipsis" not in (WEB / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", [name for name in NAMES if name.endswith("/page.css")])
def test_what_grows_with_the_window_leaves_the_help_its_place(name):
    """--window is the width that a page has, also beside the open help."""
    assert "100vw" not in (WEB / name).read_text(encoding="utf-8")


SIZE = re.compile(r"font-size: ([^;]+);|font: ([^;]+?) var\(--st-")
SCALED = re.compile(r"calc\([\d.]+ \* 1px\)")  # in a drawing that grows as a whole


@pytest.mark.parametrize("name", NAMES)
def test_type_has_four_sizes(name):
    """They are the tokens of design.css. Formulas, tabs of a projector and scaled drawings have their own."""
    text = (WEB / name).read_text(encoding="utf-8")
    sizes = [(before or other).split(" / ")[0] for before, other in SIZE.findall(text)]
    token = r"var\(--(small|text|title|large)\)"
    own = [size for size in sizes if not re.fullmatch(rf"{token}|var\(--bar-type\)|inherit|clamp\({token}.*\)", size)]
    assert all(SCALED.fullmatch(size) for size in own if size != "0.65625rem"), own
    assert all("math" in rule for rule in re.findall(r"[^{}]*{[^{}]*0\.65625rem[^{}]*}", text))


def test_no_type_is_smaller_than_13_pixels():
    text = (WEB / "parts" / "design.css").read_text(encoding="utf-8")
    sizes = dict(re.findall(r"--(\w+): ([\d.]+)rem;", text))
    assert {name: 16 * float(size) for name, size in sizes.items()} == {
        "small": 13,
        "text": 15,
        "title": 20,
        "large": 28,
    }
    for path in [WEB / "parts" / "canvas.js", WEB / "explore" / "take" / "single_file.js"]:
        pixels = re.findall(r"(\d+)px(?:/[\d.]+)? (?:sans-serif|var\(--st-font)", path.read_text(encoding="utf-8"))
        assert pixels and all(int(size) >= 13 for size in pixels), path.name
