"""The imports of JavaScript modules follow the rules. Read from the sources, so that no import is missed."""

from __future__ import annotations

import posixpath
import re
from pathlib import Path

import pytest

WEB = Path(__file__).resolve().parent.parent / "explorer" / "web"
MODULES = sorted(path.relative_to(WEB).as_posix() for path in WEB.glob("*/**/*.js"))
IMPORT = re.compile(r"""\b(?:from|import)\s*\(?\s*["'`](\.[^"'`]+\.js)["'`]""")
BROWSER = re.compile(r"^(?!\s*//).*\b(?:document|window)\.", re.MULTILINE)


def may_import(module: str, other: str) -> bool:
    """Whether the rules let a module import another: both are paths below `web/`.

    kernel: kernel. parts: kernel, parts. A page: both of them and itself. A tool: also its page's own modules. Folders
    inside kernel and parts belong to them.
    """
    room, target = posixpath.dirname(module), posixpath.dirname(other)
    (page, *_), (shared, *_) = room.split("/"), target.split("/")
    if target == room or shared == "kernel":
        return True
    return page != "kernel" and (shared == "parts" or room.startswith(f"{target}/"))


@pytest.mark.parametrize("module", MODULES)
def test_a_module_imports_only_what_it_may(module):
    source = (WEB / module).read_text(encoding="utf-8")
    found = [posixpath.normpath(posixpath.join(posixpath.dirname(module), name)) for name in IMPORT.findall(source)]
    named = [other for other in found if "${" not in other]  # a tool, opened by its name
    assert [other for other in named if not may_import(module, other)] == []
    assert [other for other in named if other not in MODULES] == []


@pytest.mark.parametrize("module", [module for module in MODULES if module.startswith("kernel/")])
def test_the_kernel_touches_no_document(module):
    assert BROWSER.findall((WEB / module).read_text(encoding="utf-8")) == []


def test_only_tools_are_imported_by_a_name_that_is_put_together():
    sources = {module: (WEB / module).read_text(encoding="utf-8") for module in MODULES}
    found = {module: re.findall(r"import\(`([^`]*\$\{[^`]*)`\)", source) for module, source in sources.items()}
    assert {module: names for module, names in found.items() if names} == {"explore/tools.js": ["./${name}/tool.js"]}


def test_the_rules():
    allowed = [
        ("kernel/a.js", "kernel/b.js"),
        ("kernel/training/a.js", "kernel/b.js"),
        ("kernel/a.js", "kernel/training/b.js"),
        ("practice/a.js", "kernel/training/b.js"),
        ("parts/a.js", "kernel/b.js"),
        ("kl/a.js", "parts/b.js"),
        ("kl/a.js", "parts/quiz/b.js"),
        ("parts/quiz/a.js", "parts/b.js"),
        ("explore/near/a.js", "explore/b.js"),
        ("parts/models/a.js", "parts/b.js"),
        ("parts/models/a.js", "kernel/width/b.js"),
        ("kl/a.js", "parts/models/b.js"),
        ("kernel/width/a.js", "kernel/b.js"),
    ]
    refused = [
        ("kernel/a.js", "parts/b.js"),
        ("kernel/training/a.js", "parts/b.js"),
        ("parts/a.js", "kl/b.js"),
        ("parts/quiz/a.js", "kl/b.js"),
        ("kl/a.js", "adversary/b.js"),
        ("explore/near/a.js", "explore/draw/b.js"),
        ("explore/a.js", "explore/near/b.js"),
        ("kernel/width/a.js", "parts/b.js"),
        ("parts/models/a.js", "kl/b.js"),
    ]
    assert all(may_import(*pair) for pair in allowed) and not any(may_import(*pair) for pair in refused)
