"""The browser's modules: which of them a page loads before it is drawn."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable

from explorer.serving.assets import SCRIPTS

STATIC = re.compile(r"""^(?:import|export)\b[^;'"`]*?["'](\.{1,2}/[^"'`\s]+?\.js)["']""", re.MULTILINE)


def loaded_with(names: Iterable[str]) -> list[str]:
    """The modules that these import at once, in any number of steps, and these themselves: paths below `web/`."""
    found: dict[str, None] = {}
    waiting = list(names)
    while waiting:
        name = waiting.pop(0)
        if name not in found:
            found[name] = None
            source = SCRIPTS[name].read_text(encoding="utf-8")
            waiting += [
                posixpath.normpath(posixpath.join(posixpath.dirname(name), other)) for other in STATIC.findall(source)
            ]
    return list(found)
