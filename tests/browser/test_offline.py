"""Nothing leaves the host: neither what a page asks for, nor what the server asks for, from its first start on."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

import aiohttp
import pytest

from ..benchmarks.student import Student, apart
from .driver import COMPLETE, DESK, serve

TOOLS = ("Draw", "Neighbours", "Layers", "Morph", "Export")
PAGES = 6  # at least: those in the navigation
# Python imports this module at its start. It records the hosts that the process looks up and connects to, except by
# UDP, where connecting sends nothing.
CUSTOM = """import os, socket, sys

def note(event, args):
    if event == "socket.connect" and args[0].type == socket.SOCK_STREAM and isinstance(args[1], tuple):
        print(args[1][0], file=asked, flush=True)
    elif event in ("socket.getaddrinfo", "socket.gethostbyname", "socket.sendto"):
        print(args[0] if event != "socket.sendto" else args[1][0], file=asked, flush=True)

asked = open(os.environ["ASKED"], "a", encoding="utf-8")
print("began", file=asked, flush=True)
sys.addaudithook(note)
"""


def is_here(host: str | None) -> bool:
    try:
        return host in (None, "", "None", "localhost", "0.0.0.0", "::") or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


@pytest.fixture
def watched(tmp_path, monkeypatch):
    """Servers that start now record the hosts that they contact. `watched()` lists them, without this machine."""
    (tmp_path / "sitecustomize.py").write_text(CUSTOM, encoding="utf-8")
    asked = tmp_path / "asked"
    asked.touch()
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setenv("ASKED", str(asked))

    def elsewhere() -> list[str]:
        began, *hosts = asked.read_text(encoding="utf-8").split()
        assert began == "began"
        return [host for host in hosts if host != began and not is_here(host)]

    return elsewhere


def walk(chromium, address: str, tools: bool = False) -> tuple[list[str], int]:
    """Opens every page in a fresh browser. Returns the requests to other hosts, and the number of all requests."""
    asked: list[str] = []
    context = chromium.new_context(viewport=DESK)
    context.set_default_timeout(120_000)
    context.on("request", lambda request: asked.append(request.url))
    page = context.new_page()
    page.on("websocket", lambda socket: asked.append(socket.url))
    page.goto(address)
    page.wait_for_selector(COMPLETE)
    if tools:
        page.get_by_role("button", name="Training", exact=True).click()
        page.wait_for_selector(".explorer[data-moment]", state="attached") if page.locator(
            ".explorer[data-moment]"
        ).count() else page.wait_for_timeout(2000)
        for name in TOOLS:
            page.get_by_role("button", name=name, exact=True).click()
            page.wait_for_selector(f".tool[data-ready={name.split()[0].lower()}]")
            page.wait_for_timeout(1000)
    links = page.get_by_test_id("stTopNavLink")
    assert links.count() >= PAGES
    for i in range(1, links.count()):
        before = len(asked)
        links.nth(i).click()
        page.wait_for_function(
            "i => document.querySelectorAll('[data-testid=stTopNavLink]')[i].getAttribute('aria-current') === 'page'",
            arg=i,
        )
        while len(asked) > before:  # until nothing more is asked for; a practice page goes on asking, more slowly
            before = len(asked)
            page.wait_for_timeout(2500 if tools else 1200)
    context.close()
    return [
        url for url in asked if urlsplit(url).scheme not in ("blob", "data") and not is_here(urlsplit(url).hostname)
    ], len(asked)


def test_no_page_asks_another_host(chromium, server):
    elsewhere, requests = walk(chromium, server)
    assert elsewhere == [] and requests > 100


def test_a_server_that_is_open_to_the_network_asks_no_host(tmp_path, watched, monkeypatch):
    """Streamlit looked up its address on the internet: at the start, and when a request came from another site."""
    monkeypatch.setenv("STREAMLIT_SERVER_ADDRESS", "0.0.0.0")
    with serve(tmp_path) as server:

        async def visit():
            async with aiohttp.ClientSession() as another:
                with pytest.raises(aiohttp.WSServerHandshakeError):
                    await another.ws_connect(f"{server.address}/_stcore/stream", origin="https://elsewhere.example")
            async with Student(server.address, {"": []}, 0) as student:
                await student.open()
                return student.errors

        assert apart(visit) == []
    assert watched() == []


@pytest.mark.slow
def test_nothing_leaves_the_host_from_the_first_start(tmp_path, watched, chromium):
    with serve(tmp_path) as server:
        elsewhere, requests = walk(chromium, server.address, tools=True)
    assert elsewhere == [] and requests > 120
    assert watched() == []
