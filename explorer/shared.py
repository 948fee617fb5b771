"""The tables that Python and JavaScript both read: modules in `web/kernel/` whose one object is written in JSON."""

from __future__ import annotations

import json
from pathlib import Path

KERNEL = Path(__file__).parent / "web" / "kernel"


def table(name: str) -> dict:
    """The object of the module `web/kernel/NAME.js`: all from its first brace to its last."""
    source = (KERNEL / f"{name}.js").read_text(encoding="utf-8")
    return json.loads(source[source.index("{") : source.rindex("}") + 1])
