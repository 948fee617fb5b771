"""The code that runs, as text: read from the modules' own files, without importing torch."""

from __future__ import annotations

import ast
import re
import textwrap
from collections.abc import Mapping
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from explorer.siblings import Sibling


@cache
def of(name: str) -> str:
    """The source of a function, class or method: of("explorer.objectives:vae_loss"), of("explorer.steps:AEStep.take").

    It is the same as the result of inspect.getsource.
    """
    module, _, path = name.partition(":")
    text, node = _module(module)
    for part in path.split("."):
        node = _below(node, part)
    return "\n".join(text.splitlines()[node.lineno - 1 : node.end_lineno]) + "\n"


def of_step(sibling: Sibling) -> str:
    """The source of what one training step of a sibling does: its step's `take`, or the function in its place."""
    module, _, path = sibling.step.partition(":")
    is_class = isinstance(_below(_module(module)[1], path), ast.ClassDef)
    return of(f"{sibling.step}.take" if is_class else sibling.step)


@cache
def _module(name: str) -> tuple[str, ast.Module]:
    text = Path(find_spec(name).origin).read_text(encoding="utf-8")
    return text, ast.parse(text)


def _below(node: ast.Module | ast.ClassDef, name: str) -> ast.FunctionDef | ast.ClassDef:
    return next(one for one in node.body if isinstance(one, (ast.FunctionDef, ast.ClassDef)) and one.name == name)


def result_lines(source: str) -> dict[str, int]:
    """The line, counted from 1, on which each assignment of a function ends, and its return.

    The keys are the assigned names, as "mean, log_var", and "return".
    """
    lines = {}
    for node in ast.walk(ast.parse(textwrap.dedent(source))):
        if isinstance(node, ast.Assign):
            lines[ast.unparse(node.targets[0]).strip("()")] = node.end_lineno
        elif isinstance(node, ast.Return):
            lines["return"] = node.end_lineno
    return lines


def with_numbers(source: str, numbers: Mapping[str, float]) -> str:
    """The source, with the numbers' values in a comment at the end of each line of the body that computes with them."""
    tree = ast.parse(source.lstrip() if not source.startswith(" ") else "class _:\n" + source)
    offset = 0 if not source.startswith(" ") else 1
    found: dict[int, list[str]] = {}
    function = next(node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))
    for node in ast.walk(ast.Module(function.body, [])):
        # beta, self.training.beta
        name = node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else None
        if name in numbers:
            values = found.setdefault(node.end_lineno - offset, [])
            if (value := f"{name} = {numbers[name]:g}") not in values:
                values.append(value)
    lines = source.splitlines()
    for number, values in found.items():
        lines[number - 1] = re.sub(r"\s+$", "", lines[number - 1]) + f"  # {', '.join(values)}"
    return "\n".join(lines) + "\n"
