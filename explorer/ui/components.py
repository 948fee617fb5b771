"""The Python side of the live pages: components that compute and draw in the browser.

Python sends a component its data and a state. The component sends a state back when a change is finished. The component
NAME is the folder `web/NAME`: `page.html` (one element of class "live" that contains a `.failure`; `strip.html`, if it
stands above the pages and has no help), `page.css`, which
follows `parts/design.css` and `parts/live.css`, and `page.js`, which exports `mount(root, data, send)`. `mount` fills
the root, calls `send(state)` when a change is finished, and returns {update(data), destroy()}. `serving/assets.py`
serves the modules.

The words are in `texts/LANGUAGE/NAME.py`: WORDS fills the `{name}` places in the HTML, and is sent as `data.words`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import cache

import streamlit as st

from explorer.serving import assets
from explorer.shared import fill
from explorer.siblings import SIBLINGS
from explorer.ui import guide, kept, present
from explorer.ui.texts import texts_of

WEB = assets.WEB


@cache
def symbols() -> dict:
    """The colours and signs that Python and JavaScript share: those of symbols.json, and the models'."""
    found = json.loads((WEB / "kernel" / "symbols.json").read_text(encoding="utf-8"))
    models = {kind: dict(zip(("light", "dark"), sibling.colour)) for kind, sibling in SIBLINGS.items()}
    # a folder may have more classes than there are colours, so the colours repeat
    return found | {"models": models, "classes": [found["classes"][i % len(found["classes"])] for i in range(256)]}


def styles(name: str) -> str:
    """The style sheets of a page, one after the other: the two that all pages share, its own, those of its parts."""
    shared, page = WEB / "parts", WEB / name / "page.css"
    own = sorted(path for path in page.parent.rglob("*.css") if path != page)
    sheets = [shared / "design.css", shared / "live.css", page, *own]
    return "".join(path.read_text(encoding="utf-8") for path in sheets)


def words(name: str) -> Mapping[str, str]:
    """The words of a page, and those that every live page has: of the page's frame, its help, and the glossary."""
    shared = {"page": texts_of("common").PAGE}
    if (WEB / name / "page.html").exists():
        shared |= {"guide": guide.chapters_of(name), "glossary": guide.glossary()}
    return getattr(texts_of(name), "WORDS", {}) | shared


def markup(name: str, given: Mapping[str, str]) -> str:
    """The HTML of a page or strip, with words in it."""
    (path,) = [*(WEB / name).glob("page.html"), *(WEB / name).glob("strip.html")]
    return fill(path.read_text(encoding="utf-8"), given)


_bootstrap = (WEB / "bootstrap.js").read_text(encoding="utf-8")
_components = {
    name: st.components.v2.component(
        f"live_{name}",
        html=markup(name, words(name)),
        css=styles(name),
        js=_bootstrap.replace("NAME", name),
    )
    for html in sorted([*WEB.glob("*/page.html"), *WEB.glob("*/strip.html")])
    for name in [html.parent.name]
}
_messenger = st.components.v2.component(
    "live_messenger", html="<span hidden></span>", js=(WEB / "messenger.js").read_text(encoding="utf-8")
)
_navigation = st.components.v2.component(
    "live_navigation", html="<span hidden></span>", js=(WEB / "navigation.js").read_text(encoding="utf-8")
)
_steps = st.components.v2.component(
    "live_steps", html="<span hidden></span>", js=(WEB / "steps.js").read_text(encoding="utf-8")
)


def navigate(page: str) -> None:
    """Does what Streamlit leaves undone in the browser when another page is chosen. page: its name in addresses."""
    _navigation(key="navigation", data={"page": page})
    if present.is_on():
        _steps(key="steps")


def show(name: str, state: dict, data: dict, *, key: str, on_state_change: Callable[[], None]) -> None:
    """Mounts a live component.

    state: the state from the page's address; data: everything else that its script needs. When `on_state_change` is
    called, `st.session_state[key]["state"]` is the state that the page has sent.
    """
    given = data | {
        "key": key,
        "state": _told(key, state),
        "assets": assets.address(),
        "symbols": symbols(),
        "words": words(name),
        "presenting": present.is_on(),
    }
    _components[name](key=key, data=given, on_state_change=on_state_change)
    if (seen := kept.seen(key)) is not None:
        tell(key, "seen", seen)


def tell(key: str, subject: str, content: object) -> None:
    """Sends a message to the live page `key`, without its data: the page's script gets {subject: content}.

    The messenger takes a line of the layout although it shows nothing, and comes with the first message. In the sidebar
    it moves no part of the page.

    "seen" acknowledges the page's changes up to that revision; any other subject reaches the page's `receive`.
    """
    with st.sidebar:
        _messenger(
            key=f"{key}_messenger_{subject}",
            data={"assets": assets.address(), "to": key, "message": {subject: content}},
        )


def _told(key: str, state: dict) -> dict:
    """The state in the form that is sent to the page. For the page's own last change, the earlier form is returned.

    Then the page's data are unchanged, and Streamlit sends a hash instead of 100 kB.
    """
    own, before = kept.own(key), st.session_state.get(f"{key}_told")
    if before and (state == own or (state, own) == (before["state"], before["own"])):
        return before["told"]
    # counted, because the page must notice a return to an earlier state
    told = state | {"told": before["told"]["told"] + 1 if before else 1, "seen": kept.seen(key)}
    st.session_state[f"{key}_told"] = {"state": state, "own": own, "told": told}
    return told
