"""What the server has beside its pages: where its routes lie, and what it does when it starts."""

from __future__ import annotations

import asyncio
import gzip
import json
import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import streamlit as st
from starlette.responses import PlainTextResponse

from explorer.background import sessions
from explorer.cores import cores
from explorer.serving import app as serving
from explorer.serving import assets, processes, streamlit_files
from explorer.serving.refused import Refused

from .asgi import ask, routes_app, run
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
    script = f"/{assets.address()}web/kernel/gaussian.js"
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
        "from concurrent.futures import ThreadPoolExecutor\nfrom explorer.serving import app as serving\n"
        "serving.compute_in_one_thread()\nimport torch\n"
        "print(torch.get_num_threads(), ThreadPoolExecutor(1).submit(torch.get_num_threads).result())"
    )
    environment = {name: value for name, value in os.environ.items() if name != "OMP_NUM_THREADS"} | chosen
    command = [sys.executable, "-c", program]
    found = subprocess.run(command, capture_output=True, encoding="utf-8", env=environment, cwd=ROOT)
    assert found.stdout.split() == [str(threads)] * 2, found.stderr


def send(app, kind: str, path: str, **headers: str) -> list[dict]:
    named = [(name.encode(), value.encode()) for name, value in headers.items()]
    return run(app, {"type": kind, "path": path, "method": "GET", "headers": named, "query_string": b""})


class Streamlit:
    """It refuses websockets from other sites, and is always healthy."""

    async def __call__(self, scope, receive, send) -> None:
        if scope["type"] == "http":
            return await PlainTextResponse("ok")(scope, receive, send)
        headers = dict(scope["headers"])
        if headers.get(b"origin", b"").decode().endswith("//" + headers[b"host"].decode()):
            await send({"type": "websocket.accept"})
        await send({"type": "websocket.close"})


@pytest.fixture
def health(monkeypatch):
    """`health(...)` returns what a page reads after its websocket was closed. `health.wait(seconds)` passes time."""
    now, app = [1000.0], Refused(Streamlit())
    monkeypatch.setattr("time.monotonic", lambda: now[0])

    def ask_after(origin: str | None, host: str, referer: str | None, host_of_health: str | None = None) -> str:
        send(app, "websocket", "/lab/_stcore/stream", host=host, **({"origin": origin} if origin else {}))
        headers = {"host": host_of_health or host} | ({"referer": referer} if referer else {})
        start, body = send(app, "http", "/lab/_stcore/health", **headers)
        assert send(app, "http", "/lab/_stcore/host-config", **headers)[1] == body
        assert start["status"] == (200 if body["body"] == b"ok" else 400)
        return "ok" if body["body"] == b"ok" else json.loads(body["body"])

    ask_after.app, ask_after.wait = app, lambda seconds: now.__setitem__(0, now[0] + seconds)
    return ask_after


@pytest.mark.parametrize(
    "origin, host",
    [
        ("https://vae.example", "localhost:8501"),
        ("http://vae.example:8080", "vae.example"),
    ],  # a tunnel; a proxy that drops the port
)
def test_a_page_that_was_refused_reads_why_and_what_to_do(health, origin, host):
    for referer in (f"{origin}/lab/", f"{origin}/lab/kl"):
        sentence = health(origin, host, referer)
        assert f"--server.corsAllowedOrigins {origin}\n" in sentence and f" {host}\n" in sentence


def test_nobody_else_reads_it(health):
    """Whoever opens a websocket chooses its headers: that may not keep others out."""
    origin, host = "https://vae.example", "localhost:8501"
    assert health(origin, "vae.example", f"{origin}/") == "ok"  # it was accepted
    assert health(None, host, f"{origin}/") == "ok"
    assert health(origin, host, f"{origin}/", "vae.example") == "ok"
    assert health(origin, host, "https://other.example/") == "ok"
    for referer in (None, "https://[", "nonsense"):  # a monitor has no page
        assert health(origin, host, referer) == "ok"
    assert health("https://[", host, "https://[") == "ok" and health("null", host, "null") == "ok"


def test_a_refusal_is_forgotten_after_a_minute(health):
    origin, host = "https://vae.example", "localhost:8501"
    assert health(origin, host, f"{origin}/") != "ok"
    health.wait(61)
    [_, body] = send(health.app, "http", "/_stcore/health", host=host, referer=f"{origin}/")
    assert body["body"] == b"ok"
    for i in range(1000):
        health(f"https://{i}.example", host, None)
    assert len(health.app.refusals) <= 100


def test_visitors_who_come_at_once_share_what_the_server_has_of_each(monkeypatch):
    """Each had a registry of trainings of its own: for one of them, the page said that the server was restarted."""
    ones = [processes.session_registry, processes.downloads, processes.umaps]
    monkeypatch.setattr(assets, "warm", lambda: None)

    def slowly(make):
        def made(*arguments):
            time.sleep(0.2)
            return make(*arguments)

        return made

    for module, name in ((sessions, "SessionRegistry"), (processes, "Downloads"), (processes, "Umaps")):
        monkeypatch.setattr(module, name, slowly(getattr(module, name)))

    async def visit() -> list[set[int]]:
        async with serving.lifespan(None):
            with ThreadPoolExecutor(8) as visitors:
                return [{id(found) for found in visitors.map(lambda _: one(), range(8))} for one in ones]

    for one in ones:
        one.cache_clear()
    try:
        found = ThreadPoolExecutor(1).submit(asyncio.run, visit()).result()
        assert [len(different) for different in found] == [1, 1, 1]
    finally:
        for one in ones:
            one.cache_clear()
