"""What the program imports is pinned: whoever installs it later runs the versions that were tested."""

from __future__ import annotations

import ast
import re
import sys
from importlib.metadata import packages_distributions, version
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
APP = [*ROOT.glob("*.py"), *(ROOT / "explorer").rglob("*.py")]
TESTS = list((ROOT / "tests").rglob("*.py"))
OWN = {"explorer", "tests", *(path.stem for path in ROOT.glob("*.py"))}
BY_COMMAND = {"pip-audit", "pytest-xdist", "ruff", "mypy"}  # used without an import
OPTIONAL = {"pillow_heif"}  # used where somebody has installed it


def pins(file: str) -> dict[str, str]:
    """The versions in a file of requirements, by distribution, and those of the file that it includes."""
    found = {}
    for line in (ROOT / file).read_text(encoding="utf-8").splitlines():
        line = line.partition("#")[0].strip()
        if line.startswith("-r "):
            found |= pins(str((Path(file).parent / line[3:]).as_posix()))
        elif line:
            name, pinned = re.fullmatch(r"([A-Za-z0-9._-]+)==([A-Za-z0-9.]+)", line).groups()
            found[normal(name)] = pinned
    return found


def normal(name: str) -> str:
    return re.sub("[-_.]+", "-", name).lower()


def imported(source: str) -> set[str]:
    """The top packages that a source imports, also by importlib or pytest.importorskip."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            found.add(node.module)
        elif isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in (
            "importorskip",
            "import_module",
        ):
            found |= {one.value for one in node.args[:1] if isinstance(one, ast.Constant)}
    return {name.partition(".")[0] for name in found}


def distributions(paths: list[Path]) -> dict[str, str]:
    """The distributions that the sources import, each with such a file. Raises KeyError if one is not installed."""
    known, found = packages_distributions(), {}
    for path in paths:
        for package in imported(path.read_text(encoding="utf-8")) - OWN - OPTIONAL - sys.stdlib_module_names:
            found |= {normal(name): path.relative_to(ROOT).as_posix() for name in known[package]}
    return found


@pytest.mark.parametrize(
    "file, paths", [("requirements.txt", APP), ("tests/requirements.txt", TESTS)], ids=["app", "tests"]
)
def test_every_package_that_is_imported_is_pinned(file, paths):
    pinned = pins(file)
    assert {name: path for name, path in distributions(paths).items() if name not in pinned} == {}


@pytest.mark.parametrize(
    "file, paths", [("requirements.txt", APP), ("tests/requirements.txt", [*APP, *TESTS])], ids=["app", "tests"]
)
def test_every_pin_is_of_a_package_that_is_imported(file, paths):
    assert set(pins(file)) - set(distributions(paths)) - BY_COMMAND == set()


def test_the_versions_that_are_tested_are_those_that_are_pinned():
    pinned = pins("tests/requirements.txt")
    assert {name: version(name).partition("+")[0] for name in pinned} == pinned  # torch's has an ending for its CUDA


def test_torch_is_pinned_exactly():
    assert pins("requirements.txt")["torch"] == "2.13.0"


def test_readme_installs_the_pinned_torch():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    named = dict(re.findall(r"\b(torch|torchvision)==([0-9.]+)", text))
    assert named == {name: pins("requirements.txt")[name] for name in ("torch", "torchvision")}


def test_the_reader_of_imports_sees_every_kind():
    source = "import a.b, c\nfrom d.e import f\nfrom . import g\ndef h():\n    import i\npytest.importorskip('j.k')\n"
    assert imported(source) == {"a", "c", "d", "i", "j"}
