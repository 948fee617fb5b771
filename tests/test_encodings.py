"""Text is UTF-8 on every machine: what the locale names (on Windows seldom UTF-8) decides nothing."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SOURCES = sorted([*ROOT.glob("*.py"), *(ROOT / "explorer").rglob("*.py"), *(ROOT / "tests").rglob("*.py")])
PROCESSES = {"run", "Popen", "check_output", "check_call", "call"}
TEMPORARY = {"NamedTemporaryFile", "TemporaryFile", "SpooledTemporaryFile"}
TEXT_MODE = re.compile("[rwax][t+]*")


def calls_by_the_locale(source: str) -> list[int]:
    """The lines that open a file or a pipe as text without an encoding, also in programs that are strings."""
    nodes = list(ast.walk(ast.parse(source)))
    calls = [node.lineno for node in nodes if isinstance(node, ast.Call) and _is_by_the_locale(node)]
    texts = [node for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    return calls + [
        node.lineno
        for node in texts
        if "\n" in node.value and _is_program(node.value) and calls_by_the_locale(node.value)
    ]


def _is_program(text: str) -> bool:
    try:
        return bool(ast.parse(text))
    except (SyntaxError, ValueError):
        return False


def _is_by_the_locale(call: ast.Call) -> bool:
    named = {keyword.arg: keyword.value for keyword in call.keywords}
    if "encoding" in named:
        return False
    is_method = isinstance(call.func, ast.Attribute)
    name = call.func.attr if is_method else getattr(call.func, "id", None)
    if name in ("read_text", "write_text"):
        return True
    if name in PROCESSES:
        return bool({"text", "universal_newlines"} & set(named))
    if name in TEMPORARY:
        return _is_text(named.get("mode"))
    if (name == "open" and not is_method) or name == "fdopen":
        return _is_text(named.get("mode", call.args[1] if len(call.args) > 1 else ast.Constant("r")))
    if name == "open":  # Path.open: other things with such a method take no mode
        return _is_text(named.get("mode", call.args[0] if call.args else None))
    return name == "TextIOWrapper"


def _is_text(mode: ast.expr | None) -> bool:
    return (
        isinstance(mode, ast.Constant) and isinstance(mode.value, str) and TEXT_MODE.fullmatch(mode.value) is not None
    )


def test_every_text_names_its_encoding():
    found = {
        path.relative_to(ROOT).as_posix(): calls_by_the_locale(path.read_text(encoding="utf-8")) for path in SOURCES
    }
    assert {name: lines for name, lines in found.items() if lines} == {}


@pytest.mark.parametrize(
    "call",
    [
        "open(file)", "open(file, 'w')", "open(file, mode='a')", "os.fdopen(number)", "file.open('a')",
        "file.read_text()", "file.write_text('x')",
        "subprocess.run(command, text=True)", "Popen(command, universal_newlines=True)", "NamedTemporaryFile(mode='w')",
        "io.TextIOWrapper(stream)",
        "program = 'import os\\nopen(os.devnull)'",
    ],
)  # fmt: skip
def test_the_reader_of_sources_sees_a_call_by_the_locale(call):
    assert calls_by_the_locale(call) == [1]


@pytest.mark.parametrize(
    "call",
    [
        "open(file, 'rb')", "open(file, encoding='utf-8')", "os.fdopen(number, 'wb')", "os.open(folder, os.O_RDONLY)",
        "Image.open(file)",
        "file.read_text(encoding='utf-8')", "subprocess.run(command)", "page.open()", "run(3)", "NamedTemporaryFile()",
    ],
)  # fmt: skip
def test_the_reader_of_sources_lets_others_be(call):
    assert calls_by_the_locale(call) == []


IMPORT_ALL = """
import importlib, sys, warnings
warnings.filterwarnings("default", category=EncodingWarning)
for name in sys.argv[1:]:
    importlib.import_module(name)
"""


def test_every_module_is_imported_where_the_locale_is_not_utf_8():
    package = [path.relative_to(ROOT).with_suffix("") for path in (ROOT / "explorer").rglob("*.py")]
    names = {".".join(path.parts).removesuffix(".__init__") for path in package}
    modules = [*sorted(names - {"explorer.ui.main"}), "train", "app"]  # the page script is a program
    setting = {"PYTHONWARNDEFAULTENCODING": "1"}
    if f"{ROOT}{sys.prefix}".isascii():  # torch cannot be imported from another path where the locale is ASCII
        setting |= {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    command = [sys.executable, "-c", IMPORT_ALL, *modules]
    done = subprocess.run(
        command, cwd=ROOT, env=os.environ | setting, capture_output=True, encoding="utf-8", timeout=240
    )
    assert done.returncode == 0, done.stderr
    warnings = [line for line in done.stderr.splitlines() if "EncodingWarning" in line and line.startswith(str(ROOT))]
    assert [line for line in warnings if "site-packages" not in line] == []
