"""What the server has beside its pages: where its routes lie, and what it does when it starts."""

from __future__ import annotations

import gzip
import os
import subprocess
import sys

import pytest
import streamlit as st

from explorer.cores import cores
from explorer.ui import serving
from explorer.ui.live import assets, streamlit_files

from .asgi import ask, routes_app
from .conftest import ROOT


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


@pytest.mark.parametrize("chosen, threads", [({}, 1), ({"OMP_NUM_THREADS": "2"}, min(2, cores()))])
def test_torch_computes_in_one_thread_for_each_page_whichever_was_visited_before(chosen, threads):
    program = (
        "from concurrent.futures import ThreadPoolExecutor\nfrom explorer.ui import serving\n"
        "serving.compute_in_one_thread()\nimport torch\n"
        "print(torch.get_num_threads(), ThreadPoolExecutor(1).submit(torch.get_num_threads).result())"
    )
    environment = {name: value for name, value in os.environ.items() if name != "OMP_NUM_THREADS"} | chosen
    command = [sys.executable, "-c", program]
    found = subprocess.run(command, capture_output=True, encoding="utf-8", env=environment, cwd=ROOT)
    assert found.stdout.split() == [str(threads)] * 2, found.stderr
