"""Formatters, linters and type checkers over the whole project. Where a tool is missing its check is skipped.

With CHECKS=required in the environment a missing tool is an error. `tools/allowed.json` counts the violations that
each check still permits: a number only ever goes down.
"""

from __future__ import annotations

import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
TOOLS = Path(__file__).with_name("tools")
WEB = ROOT / "explorer" / "web"
ALLOWED = json.loads((TOOLS / "allowed.json").read_text(encoding="utf-8"))
PLACES = ["app.py", "train.py", "explorer", "tests"]
LECTURE = sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "explorer").glob("*.py"))
# a tool reads again only the files whose content, settings or version changed
CACHED = ("--cache", "--cache-strategy", "content", "--cache-location")
WIDTH, SHARE = 120, 0.005  # characters of a line, and how many lines may have more


def missing(reason: str) -> None:
    """A tool is not here: the check is skipped, or fails where checks are required."""
    if os.environ.get("CHECKS") == "required":
        pytest.fail(reason)
    pytest.skip(reason)


def python_tool(name: str, *arguments: str) -> subprocess.CompletedProcess:
    if importlib.util.find_spec(name) is None:
        missing(f"{name} is not installed: pip install -r tests/requirements.txt")
    return run(sys.executable, "-m", name, *arguments)


@cache
def problem_with_node() -> str | None:
    """Why the JavaScript tools cannot run, or None. Installs them where they are not here yet."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        return "no Node on this machine (with npm): install it"
    if not (TOOLS / "node_modules" / ".package-lock.json").exists():
        done = run(shutil.which("npm"), "ci", "--no-audit", "--no-fund", "--prefix", str(TOOLS), timeout=300)
        if done.returncode:
            return f"npm ci in tests/tools failed: {done.stdout.strip()[-500:]}"
    return None


def node_tool(script: str, *arguments: str) -> subprocess.CompletedProcess:
    """Runs a tool of `tests/tools`. script: its file below `node_modules`."""
    if reason := problem_with_node():
        missing(reason)
    return run("node", str(TOOLS / "node_modules" / script), *arguments)


def run(*command: str, timeout: float = 120) -> subprocess.CompletedProcess:
    return subprocess.run(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8", timeout=timeout
    )


def at_most_allowed(check: str, violations: list[str]) -> None:
    assert len(violations) <= ALLOWED[check], "\n".join([f"{len(violations)} of {check}:", *violations])


def sources(*patterns: str) -> list[Path]:
    """The project's own files of these kinds."""
    found = [path for place in PLACES for pattern in patterns for path in (ROOT / place).rglob(pattern)]
    found += [ROOT / place for place in PLACES if (ROOT / place).is_file()]
    return sorted(path for path in found if "node_modules" not in path.parts)


def test_compiled_modules_are_kept():
    """Otherwise each of a run's processes compiles all that it imports: a third of the time of all tests."""
    if sys.dont_write_bytecode:
        missing("PYTHONDONTWRITEBYTECODE is set: tests/run unsets it")


def test_python_is_formatted():
    done = python_tool("ruff", "format", "--check", *PLACES)
    assert done.returncode == 0, done.stdout


def test_python_is_linted():
    done = python_tool("ruff", "check", "--output-format", "concise", *PLACES)
    assert done.returncode in (0, 1), done.stdout
    at_most_allowed("ruff", re.findall(r"^\S+:\d+:\d+: .*", done.stdout, re.MULTILINE))


def test_the_lecture_has_its_types():
    done = python_tool("mypy", *LECTURE)
    assert done.returncode in (0, 1), done.stdout
    at_most_allowed("mypy", re.findall(r"^.*: error: .*", done.stdout, re.MULTILINE))


def test_javascript_is_formatted():
    files = ["explorer/web/**/*.{js,css}", "tests/**/*.{js,mjs}", "!**/node_modules/**"]
    options = [*CACHED, "tests/tools/node_modules/.cache/prettier", "--config", "tests/tools/prettier.json"]
    done = node_tool("prettier/bin/prettier.cjs", *options, "--check", *files)
    assert done.returncode == 0, done.stdout


def test_javascript_is_linted():
    options = [*CACHED, "tests/tools/node_modules/.cache/eslint", "--config", "tests/tools/eslint.config.js"]
    done = node_tool("eslint/bin/eslint.js", *options, "-f", "json", "explorer/web")
    assert done.returncode in (0, 1), done.stdout
    violations = [
        f"{Path(file['filePath']).relative_to(ROOT)}:{one['line']}: {one['message']}"
        for file in json.loads(done.stdout)
        for one in file["messages"]
    ]
    at_most_allowed("eslint", violations)


def test_javascript_has_its_types():
    done = node_tool("typescript/bin/tsc", "--project", "tests/tools/tsconfig.json")
    found = re.findall(r"^.*: error TS.*", done.stdout, re.MULTILINE)
    assert done.returncode == 0 or found, done.stdout
    at_most_allowed("tsc", found)


def test_few_lines_are_longer_than_a_screen():
    lines = [
        (f"{path.relative_to(ROOT)}:{number}", len(line))
        for path in sources("*.py", "*.js", "*.mjs", "*.css")
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
    ]
    long = [f"{place}: {length} characters" for place, length in lines if length > WIDTH]
    assert len(lines) > 10_000
    assert len(long) <= max(SHARE * len(lines), ALLOWED["long lines"]), "\n".join(long)


def test_fields_are_assigned_by_name():
    found = [
        path.name for path in sorted(WEB.rglob("*.js")) if "Object.assign(this," in path.read_text(encoding="utf-8")
    ]
    assert found == []


def test_a_violation_is_found(tmp_path):
    """Each tool finds what is wrong in a file that is made so."""
    bad = tmp_path / "bad.py"
    bad.write_text("import os\nx : int=  'text'\n", encoding="utf-8")
    for arguments in (["ruff", "format", "--check"], ["ruff", "check"], ["mypy"]):
        assert python_tool(*arguments, str(bad)).returncode == 1, arguments
