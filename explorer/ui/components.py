"""The Python side of the live pages: components whose work is all done in the browser.

Python gives a component its data and a state. The component sends a state back when a change is finished. The component
NAME is the folder `web/NAME`: `page.html` (one element of class "live", with a `.failure` in it), `page.css`, which
comes after `parts/live.css`, and `page.js`, which exports `mount(root, data, send)`. That fills the root, calls
`send(state)` when a change is finished, and returns {update(data), destroy()}. `serving/assets.py` serves the modules.

The words come from `texts/LANGUAGE/NAME.py`: its WORDS fill the `{name}` places in the HTML, and reach the script as `data.words`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

import streamlit as st

from explorer.serving import assets
from explorer.shared import fill
from explorer.ui import kept, present
from explorer.ui.texts import texts_of

WEB = assets.WEB


@cache
def symbols() -> dict:
    """The colours and signs that Python and JavaScript share."""
    found = json.loads((WEB / "kernel" / "symbols.json").read_text(encoding="utf-8"))
    return found | {
        "classes": [found["classes"][i % len(found["classes"])] for i in range(256)]
    }  # a folder may have many classes: the colours come again


def _styles(name: str) -> list[Path]:
    """The styles of all pages, those of this one, and those of its parts."""
    page = WEB / name / "page.css"
    return [WEB / "parts" / "live.css", page, *sorted(path for path in page.parent.rglob("*.css") if path != page)]


def _words(name: str) -> Mapping[str, str]:
    """The words of a page, and those that all live pages share."""
    return getattr(texts_of(name), "WORDS", {}) | {"page": texts_of("common").PAGE}


_bootstrap = (WEB / "bootstrap.js").read_text(encoding="utf-8")
_components = {
    name: st.components.v2.component(
        f"live_{name}",
        html=fill((WEB / name / "page.html").read_text(encoding="utf-8"), _words(name)),
        css="".join(path.read_text(encoding="utf-8") for path in _styles(name)),
        js=_bootstrap.replace("NAME", name),
    )
    for name in sorted(path.parent.name for path in WEB.glob("*/page.html"))
}
_messenger = st.components.v2.component(
    "live_messenger", html="<span hidden></span>", js=(WEB / "messenger.js").read_text(encoding="utf-8")
)


def show(name: str, state: dict, data: dict, *, key: str, on_state_change: Callable[[], None]) -> None:
    """Mounts a live component.

    state: what the page's address gives; data: what else its script needs. `st.session_state[key]["state"]` holds the last
    finished change when `on_state_change` is called.
    """
    given = data | {
        "key": key,
        "state": _told(key, state),
        "assets": assets.address(),
        "symbols": symbols(),
        "words": _words(name),
        "presenting": present.is_on(),
    }
    _components[name](key=key, data=given, on_state_change=on_state_change)
    if (seen := kept.seen(key)) is not None:
        tell(key, "seen", seen)


def tell(key: str, subject: str, content: object) -> None:
    """Sends a message to the live page `key` without sending that page's data again: its script gets {subject: content}.

    "seen" acknowledges the page's changes up to that revision; any other subject reaches the page's `receive`.
    """
    _messenger(
        key=f"{key}_messenger_{subject}", data={"assets": assets.address(), "to": key, "message": {subject: content}}
    )


def _told(key: str, state: dict) -> dict:
    """The state as the page is told it. A page's own change is not told back to it: then nothing is new, and Streamlit sends a hash in place of 100 kB."""
    own, before = kept.own(key), st.session_state.get(f"{key}_told")
    if before and (state == own or (state, own) == (before["state"], before["own"])):
        return before["told"]
    told = state | {
        "told": before["told"]["told"] + 1 if before else 1,
        "seen": kept.seen(key),
    }  # counted: going back to a state is news, too
    st.session_state[f"{key}_told"] = {"state": state, "own": own, "told": told}
    return told
