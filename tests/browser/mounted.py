"""A live page without Streamlit: its markup, styles and script, mounted on what Python gives it for an address.

The page's changes are written into the address and acknowledged, as Python does. Everything else of the app is missing:
navigation, messages to Python other than changes, themes. What depends on those is tested in the app.
"""

from __future__ import annotations

import json
from pathlib import Path
from unittest import mock
from urllib.parse import parse_qsl, urlparse

from streamlit.testing.v1 import AppTest

from explorer.serving import places
from explorer.ui import components as live

SCRIPT = Path(__file__).with_name("mounted.js").read_text(encoding="utf-8")
# The theme of the app, as Streamlit tells it to a component; its padding around the page.
PAGE = """<!doctype html>
<meta charset="utf-8">
<base href="/">
<title>mounted</title>
<style>
  :root {{ --st-background-color: #ffffff; --st-text-color: #222222; --st-font: sans-serif;
    --st-primary-color: #0b57d0; --st-secondary-background-color: #f0f2f6; --st-border-color: #d5d6d9; }}
  body {{ margin: 0; padding: 4rem 2rem; font: 16px sans-serif; }}
</style>
<div id="mounted"></div>
<script type="application/json" id="given">{given}</script>
<script type="module" src="/mounted/mounted.js"></script>
"""


def write(folder: Path, address: str, served: dict[str, Path]) -> str:
    """Writes the page of an address ("kl?tab=two", "?mean=1,2") to the folder, with the script that mounts it.

    served: the folders of the models that the server has, as in places.FOLDERS. Returns the address in the folder.
    """
    parts = urlparse(address)
    page = parts.path or "explore"
    given = json.dumps(_given(page, dict(parse_qsl(parts.query, keep_blank_values=True)), served))
    name = f"{page}-{sum(1 for _ in folder.glob('*.html'))}.html"
    (folder / "mounted.js").write_text(SCRIPT, encoding="utf-8")
    (folder / name).write_text(PAGE.format(given=given.replace("</", "<\\/")), encoding="utf-8")
    return f"{name}?{parts.query}"


def _given(page: str, params: dict[str, str], served: dict[str, Path]) -> dict:
    """What the page's script in Python gives its component, and the messages that it sends to it."""
    found: dict = {"page": page, "messages": []}

    def component(*, data: dict, **_) -> None:
        found["data"] = data

    def messenger(*, data: dict, **_) -> None:
        found["messages"].append(data["message"])

    def script(module: str) -> None:
        import importlib

        importlib.import_module(f"explorer.ui.{module}").page()

    opened = AppTest.from_function(script, args=(page,), default_timeout=60)
    for name, value in params.items():
        opened.query_params[name] = value
    with (
        mock.patch.dict(live._components, {page: component}),
        mock.patch.object(live, "_messenger", messenger),
        mock.patch.object(places, "FOLDERS", served),
        mock.patch.object(places, "DATA_DIR", served[""] / "no datasets"),
    ):
        opened.run()
    assert not opened.exception, opened.exception
    return found | {
        "html": live.markup(page, live.words(page)),
        "css": live.styles(page),
    }
