"""What Python and JavaScript have in common: the tables that both read, and the places in texts that both fill."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path

WEB = Path(__file__).parent / "web"


def table(name: str, room: str = "kernel") -> dict:
    """The object of the module `web/ROOM/NAME.js`, which is written in JSON: all from the first brace to the last."""
    source = (WEB / room / f"{name}.js").read_text(encoding="utf-8")
    return json.loads(source[source.index("{") : source.rindex("}") + 1])


NUMBERS = table("numbers")


def fill(text: str, values: Mapping[str, object] | None = None, **more: object) -> str:
    """The text with values in its `{name}` places, as by web/kernel/text.js. Raises KeyError if one is missing."""
    known = {**(values or {}), **more}

    def written(place: re.Match) -> str:
        value = known[place[1]]
        return f"{value:g}" if isinstance(value, float) else str(value)

    return re.sub(r"\{(\w+)\}", written, text)
