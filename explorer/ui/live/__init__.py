"""The Python side of the live pages: components whose work is all done in the browser.

Python gives a component its data and a state; it gives back a state when a change is finished. A component NAME is NAME.html
(one element of class "live", with a `.failure` in it), NAME.css, which comes after live.css, and NAME.js, which exports
`mount(root, data, send)`: it fills the root, calls `send(state)` when a change is finished, and returns {update(data), destroy()}.
A page may have several, PAGE_part each. `assets.py` serves what they fetch.

What a person reads comes from `texts/PAGE.py`: its WORDS fill the `$name` places in the HTML, and reach the script as `data.words`.
"""

from __future__ import annotations

import importlib
import json
import re
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from string import Template

import streamlit as st

from explorer.ui import kept, present
from explorer.ui.live import assets

HERE = Path(__file__).parent

# Streamlit loads the component's script from a blob, so the modules are imported by address. Streamlit runs the
# default export again whenever data or theme change: the page is mounted once for each parent. Where two changes come at once, it calls what
# the first run returned, as if the page were left: it is left when it is no longer in the document.
_BOOTSTRAP = """
const mounted = new WeakMap();
export default function ({ data, parentElement, setStateValue }) {
  let page = mounted.get(parentElement);
  const root = parentElement.querySelector(".live");
  root.classList.toggle("presenting", data.presenting);
  if (!page) {
    page = { data, instance: null, gone: false };
    mounted.set(parentElement, page);
    import(new URL("NAME.js", new URL(data.assets, document.baseURI)))
      .then((module) => {
        if (page.gone) return;
        page.instance = module.mount(root, page.data, (state) => page.gone || setStateValue("state", state));
      })
      .catch((error) => {
        const box = root.querySelector(".failure");
        box.hidden = false;
        box.textContent = `The page could not be loaded: ${error.message}. Reload the page; if it stays, restart the app.`;
      });
  } else if (page.instance) page.instance.update(data);
  else page.data = data;
  return () => {
    if (root.isConnected || page.gone) return;
    page.gone = true;
    mounted.delete(parentElement);
    page.instance?.destroy();
  };
}
"""

# A small component beside each page tells it which of its changes Python has: in the page's own data, all of that would travel again.
_ECHO = """
export default function ({ data }) {
  import(new URL("exchange.js", new URL(data.assets, document.baseURI))).then(({ echoed }) => echoed(data.revision));
}
"""


@cache
def symbols() -> dict:
    """The colours and signs that Python and JavaScript share."""
    found = json.loads((HERE / "symbols.json").read_text(encoding="utf-8"))
    return found | {"classes": [found["classes"][i % len(found["classes"])] for i in range(256)]}  # a folder may have many classes: the colours come again


def _styles(name: str) -> list[Path]:
    """The styles of all pages, those of this one, and those of its parts that are no components of their own."""
    parts = sorted(path for path in HERE.glob(f"{name}_*.css") if not path.with_suffix(".html").exists())
    return [HERE / "live.css", HERE / f"{name}.css", *parts]


def scalable(css: str) -> str:
    """The styles with lengths that grow with the page's type, of which a pixel is a sixteenth. Thin lines stay thin; conditions on the window stay."""

    def scaled(found: re.Match) -> str:
        return found[0] if found[1] is None or abs(float(found[1])) <= 3 else f"{float(found[1]) / 16:g}rem"

    return re.sub(r"@media[^{]*|(-?\d*\.?\d+)px", scaled, css)


def _words(name: str) -> Mapping[str, str]:
    return getattr(importlib.import_module(f"explorer.ui.texts.{name.partition('_')[0]}"), "WORDS", {})


_components = {
    name: st.components.v2.component(
        f"live_{name}",
        html=Template((HERE / f"{name}.html").read_text(encoding="utf-8")).substitute(_words(name)),
        css=scalable("".join(path.read_text(encoding="utf-8") for path in _styles(name))),
        js=_BOOTSTRAP.replace("NAME", name),
    )
    for name in sorted(path.stem for path in HERE.glob("*.html"))
}
_echo = st.components.v2.component("live_echo", html="<span hidden></span>", js=_ECHO)


def show(name: str, state: dict, data: dict, *, key: str, on_state_change: Callable[[], None]) -> None:
    """Mounts a live component.

    state: what the page's address gives; data: what else its script needs. `st.session_state[key]["state"]` holds the last
    finished change when `on_state_change` is called.
    """
    given = data | {"state": _told(key, state), "assets": assets.address(), "symbols": symbols(), "words": _words(name), "presenting": present.is_on()}
    _components[name](key=key, data=given, on_state_change=on_state_change)
    if (seen := kept.seen(key)) is not None:
        _echo(key=f"{key}_echo", data={"assets": assets.address(), "revision": seen})


def _told(key: str, state: dict) -> dict:
    """The state as the page is told it. A page's own change is not told back to it: then nothing is new, and Streamlit sends a hash in place of 100 kB."""
    own, before = kept.own(key), st.session_state.get(f"{key}_told")
    if before and (state == own or (state, own) == (before["state"], before["own"])):
        return before["told"]
    told = state | {"told": before["told"]["told"] + 1 if before else 1, "seen": kept.seen(key)}  # counted: going back to a state is news, too
    st.session_state[f"{key}_told"] = {"state": state, "own": own, "told": told}
    return told
