"""The code that runs, as text: read from the modules' own files, without importing torch."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from functools import cache
from importlib.util import find_spec
from pathlib import Path


@cache
def of(module: str, name: str) -> str:
    """The source of a function, class or method: `of("explorer.objectives", "vae_loss")`. What inspect.getsource gives."""
    text = Path(find_spec(module).origin).read_text(encoding="utf-8")
    nodes: list[ast.stmt] = ast.parse(text).body
    for part in name.split("."):
        node = next(node for node in nodes if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and node.name == part)
        nodes = node.body
    return "\n".join(text.splitlines()[node.lineno - 1 : node.end_lineno]) + "\n"


def with_numbers(source: str, numbers: Mapping[str, float]) -> str:
    """The source, with the numbers' values in a comment at the end of each line of the body that computes with them."""
    tree = ast.parse(source.lstrip() if not source.startswith(" ") else "class _:\n" + source)
    offset = 0 if not source.startswith(" ") else 1
    found: dict[int, list[str]] = {}
    function = next(node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))
    for node in ast.walk(ast.Module(function.body, [])):
        name = (
            node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else None
        )  # beta, self.training.beta
        if name in numbers:
            values = found.setdefault(node.end_lineno - offset, [])
            if (value := f"{name} = {numbers[name]:g}") not in values:
                values.append(value)
    lines = source.splitlines()
    for number, values in found.items():
        lines[number - 1] = re.sub(r"\s+$", "", lines[number - 1]) + f"  # {', '.join(values)}"
    return "\n".join(lines) + "\n"
