"""Who may call whom. Read from the sources, so that it also holds for imports that a test run never reaches."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).resolve().parent.parent

# What each module, and each room (a folder), may import from the package. A name stands for itself and for what lies
# below it. A room may always import itself. The lecture is read downwards.
LECTURE = {
    "config": {"shared", "siblings"},
    "shapes": set(),
    "metrics": {"shared"},
    "figures": set(),
    "projection": set(),
    "gaussian": {"config"},
    "estimators": {"gaussian"},
    "priors": {"config", "gaussian", "shapes", "shared"},
    "models": {"config", "gaussian", "priors", "shared", "siblings"},
    "objectives": {"config", "gaussian", "priors"},
    "steps": {"config", "models", "objectives", "shared", "siblings"},
    "settings": {"config", "shared", "siblings"},
}
PLUMBING = {"files": set(), "cores": set(), "reasons": set(), "shared": set()}
FLAT = set(LECTURE) | set(PLUMBING)
ROOMS = {
    "siblings": set(LECTURE),  # config reads the records: they import the lecture inside functions only
    "data": {"config", "files", "reasons"},
    "store": {"config", "files", "models", "shared"},
    "training": FLAT | {"siblings", "data", "store"},
    "clinic": FLAT | {"siblings", "data", "training"},
    "background": FLAT | {"siblings", "data", "store", "training"},
    "address": {"config", "settings", "shared", "siblings"},
    "serving": FLAT | {"siblings", "data", "store", "training", "clinic", "background", "address", "ui.texts"},
    "ui": FLAT | {"siblings", "data", "store", "training", "clinic", "background", "address", "serving"},
    "ui.texts": set(),
    "site": FLAT | {"siblings", "data", "store", "training", "clinic", "background", "address", "serving", "ui"},
}
MAY_IMPORT = LECTURE | PLUMBING | {room: others | {room} for room, others in ROOMS.items()}
TORCH = {"torch", "torchvision"}
WITH_TORCH = {
    "gaussian",
    "priors",
    "models",
    "objectives",
    "steps",
    "estimators",
    "data",
    "training",
    "clinic",
    "background",
}
WITH_TORCH_INSIDE_FUNCTIONS = {"siblings", "store", "serving", "ui", "site"}
APP_ONLY = {
    "streamlit",
    "plotly",
    "umap",
    "pandas",
    "segno",
    "starlette",
    "uvicorn",
}  # train.py runs where they are not installed
APP = {"serving": APP_ONLY, "ui": APP_ONLY, "figures": {"plotly"}, "projection": {"umap"}}


class Import(NamedTuple):
    module: str  # "torch.nn", "explorer.serving.catalogue"
    line: int
    on_loading: bool  # not inside a function


@cache
def files() -> dict[str, Path]:
    """Every module of the package by its dotted name, and the two scripts."""
    modules = {
        ".".join(path.relative_to(ROOT).with_suffix("").parts): path for path in (ROOT / "explorer").rglob("*.py")
    }
    modules = {name.removesuffix(".__init__"): path for name, path in modules.items()}
    return modules | {path.stem: path for path in (ROOT / "train.py", ROOT / "app.py") if path.exists()}


def imports(source: str, module: str, is_package: bool = False) -> list[Import]:
    """Every import, but those under `if TYPE_CHECKING`. `from explorer import x` counts as explorer.x."""
    found: list[Import] = []

    def visit(node: ast.AST, on_loading: bool) -> None:
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            for child in node.orelse:
                visit(child, on_loading)
            return
        if isinstance(node, ast.Import):
            found.extend(Import(alias.name, node.lineno, on_loading) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            package = module.split(".")
            package = package[: len(package) - node.level + is_package] if node.level else []
            base = ".".join([*package, *([node.module] if node.module else [])])
            below = [f"{base}.{alias.name}" for alias in node.names]
            found.extend(Import(name if name in files() else base, node.lineno, on_loading) for name in below)
        inside = isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda))
        for child in ast.iter_child_nodes(node):
            visit(child, on_loading and not inside)

    visit(ast.parse(source), True)
    return found


@cache
def imports_of(name: str) -> list[Import]:
    path = files()[name]
    return imports(path.read_text(encoding="utf-8"), name, path.name == "__init__.py")


def is_below(name: str, tops: set[str]) -> bool:
    return any(name == top or name.startswith(f"{top}.") for top in tops)


def row(name: str) -> str:
    """The line of the table that a module falls under: its own, or the one of the folder it is in."""
    below = name.removeprefix("explorer.")
    return max((top for top in MAY_IMPORT if is_below(below, {top})), key=len, default=below)


PACKAGE = sorted(name for name in files() if name.startswith("explorer."))


@pytest.mark.parametrize("name", PACKAGE)
def test_a_module_imports_only_what_it_may(name):
    assert row(name) in MAY_IMPORT, "a new module needs its line in the table"
    wrong = [
        found for found in imports_of(name)
        if is_below(found.module, {"explorer"}) and not is_below(found.module,
            {f"explorer.{top}" for top in MAY_IMPORT[row(name)]})
    ]  # fmt: skip
    assert wrong == []


@pytest.mark.parametrize("name", PACKAGE)
def test_torch_is_imported_only_where_it_may(name):
    found = [one for one in imports_of(name) if is_below(one.module, TORCH)]
    top = row(name).split(".")[0]
    if top in WITH_TORCH_INSIDE_FUNCTIONS:
        found = [one for one in found if one.on_loading]
    assert top in WITH_TORCH or found == []


@pytest.mark.parametrize("name", [*PACKAGE, "train"])
def test_the_app_is_imported_only_by_the_app(name):
    allowed = APP.get(row(name).split(".")[0], set())
    assert [one for one in imports_of(name) if is_below(one.module, APP_ONLY - allowed)] == []


@pytest.mark.parametrize("name", files())
def test_nothing_is_unpickled(name):
    """A pickle runs what its writer wants."""
    assert [
        one for one in imports_of(name) if is_below(one.module, {"pickle", "dill", "joblib", "marshal", "shelve"})
    ] == []
    source = files()[name].read_text(encoding="utf-8")
    called = {ast.unparse(node.func) for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)}
    assert called.isdisjoint({"torch.load", "eval", "exec"})


def test_bundle_imports_the_models_only_inside_the_call_that_rebuilds_one():
    found = [one for one in imports_of("explorer.store.bundle") if is_below(one.module, {"explorer.models", *TORCH})]
    assert found and not any(one.on_loading for one in found)


@pytest.mark.parametrize(
    "start",
    [
        "app",
        "explorer.ui.main",
        "explorer.ui.explore",
        "explorer.ui.kl",
        "explorer.ui.reparameterisation",
        "explorer.ui.reparameterisation_vae",
        "explorer.store.bundle",
        "explorer.config",
        "explorer.settings",
        "explorer.siblings",
        *(name for name in sorted(files()) if name.startswith("explorer.siblings.")),
        "explorer.background.runs",
        "explorer.clinic.faults",
        "explorer.clinic.recordings",
        "explorer.ui.clinic",
        "train",
    ],
)
def test_loading_it_does_not_load_torch(start):
    reached, waiting = {}, {start: start}
    while waiting:
        name, way = waiting.popitem()
        reached[name] = way
        for one in imports_of(name):
            if one.on_loading and one.module in files() and one.module not in reached:
                waiting[one.module] = f"{way} > {one.module}"
        assert not [one for one in imports_of(name) if one.on_loading and is_below(one.module, TORCH)], way


def test_the_reader_of_imports_sees_every_kind():
    source = """
import torch.nn as nn
from explorer import config, store
from explorer.models import build
from . import kept
from .texts.en import explore
if TYPE_CHECKING:
    import umap
else:
    import plotly
try:
    import pandas
except ImportError:
    pass
class A:
    import starlette
    def method(self):
        from streamlit import cache_data
"""
    assert [(one.module, one.on_loading) for one in imports(source, "explorer.ui.page")] == [
        ("torch.nn", True), ("explorer.config", True), ("explorer.store", True), ("explorer.models", True),
        ("explorer.ui.kept", True), ("explorer.ui.texts.en.explore", True), ("plotly", True), ("pandas", True),
        ("starlette", True), ("streamlit", False),
    ]  # fmt: skip
    assert imports("from .kept import x", "explorer.ui", is_package=True)[0].module == "explorer.ui.kept"
    assert (row("explorer.ui.texts.en.kl"), row("explorer.ui.kl"), row("explorer.uinit")) == ("ui.texts", "ui", "uinit")


FOLDERS = sorted({path.parent for path in (ROOT / "explorer").rglob("*.*") if path.suffix != ".pyc"})


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.relative_to(ROOT).as_posix())
def test_a_folder_is_seen_at_one_glance(folder):
    files = [path.name for path in folder.iterdir() if path.suffix in (".py", ".js", ".json", ".css", ".html", ".svg")]
    assert len(files) <= 30, sorted(files)
