"""The Python side of the live explorer: a component whose work is all done in the browser.

Python gives it the catalogue of models and a state; it gives back a state when a change is finished.
`assets.py` serves what it fetches. See explore.js for what happens there.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path

import streamlit as st

HERE = Path(__file__).parent

# Streamlit loads the component's script from a blob, so the modules are imported by address. Streamlit runs the
# default export again whenever data or theme change: the page is mounted once for each parent.
_BOOTSTRAP = """
const mounted = new WeakMap();
export default function ({ data, parentElement, setStateValue }) {
  let page = mounted.get(parentElement);
  if (!page) {
    page = { data, instance: null, gone: false };
    mounted.set(parentElement, page);
    const root = parentElement.querySelector(".explorer");
    import(new URL("explore.js", new URL(data.assets, document.baseURI)))
      .then((module) => {
        if (page.gone) return;
        page.instance = module.mount(root, page.data, (state) => setStateValue("state", state));
      })
      .catch((error) => {
        const box = root.querySelector(".failure");
        box.hidden = false;
        box.textContent = `The explorer could not be loaded: ${error.message}. Reload the page; if it stays, restart the app.`;
      });
  } else if (page.instance) page.instance.update(data);
  else page.data = data;
  return () => {
    page.gone = true;
    mounted.delete(parentElement);
    page.instance?.destroy();
  };
}
"""


@cache
def symbols() -> dict:
    """The colours and signs that Python and JavaScript share."""
    return json.loads((HERE / "symbols.json").read_text())


_component = st.components.v2.component(
    "latent_space_explorer", html=(HERE / "explore.html").read_text(), css=(HERE / "explore.css").read_text(), js=_BOOTSTRAP
)


def explorer(catalogue: list[dict], state: dict, assets: str, limits: dict, *, key: str, on_state_change: Callable[[], None]) -> None:
    """Mounts the explorer.

    catalogue: what cached.catalogue() gives; state: what state.py parses; assets: the address of the assets' folder;
    limits: the largest magnitude of each of a state's numbers. `st.session_state[key]["state"]` holds the last
    finished change when `on_state_change` is called.
    """
    data = {"catalogue": catalogue, "state": state, "assets": assets, "limits": limits, "symbols": symbols()}
    _component(key=key, data=data, on_state_change=on_state_change)
