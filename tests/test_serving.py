"""What the server has beside its pages: where its routes lie, and what it does when it starts."""

from __future__ import annotations

import gzip

import pytest
import streamlit as st

from explorer.ui import serving
from explorer.ui.live import assets, streamlit_files

from .asgi import ask, routes_app


@pytest.mark.parametrize("written, below", [
    ("", ""), ("/", ""), ("lab", "/lab"), ("/lab/", "/lab"), ("lab/", "/lab"), ("a/b", "/a/b"), ("//a/b//", "/a/b"),
])  # fmt: skip
def test_the_base_path_has_one_form(monkeypatch, written, below):
    monkeypatch.setattr(st, "get_option", {"server.baseUrlPath": written}.get)
    assert serving.base_path() == below


@pytest.mark.parametrize("below", ["", "/lab", "/a/b"])
def test_everything_is_served_below_the_base_path_and_nowhere_else(below):
    app = routes_app(below)
    script = f"/{assets.address()}gaussian.js"
    file, path = max((file.stat().st_size, path) for path, file in streamlit_files.FILES.items())
    for at, status in ((below, 200), ("" if below else "/lab", 404), (f"{below}{below}x", 404)):
        assert ask(app, at + script).status == status
        found = ask(app, at + path, Accept_Encoding="gzip")
        assert found.status == status and (status == 404 or len(gzip.decompress(found.body)) == file)
    for route in serving.routes(below):
        assert route.path.startswith(f"{below}/assets/")
