"""The places in a network from which the app is served: below a path of its own, behind a proxy, through a tunnel."""

from __future__ import annotations

import re
import urllib.request

import pytest

from .driver import COMPLETE, DESK, expected, serve
from .proxy import proxy

# By its path: what is there when a page is drawn, and what it must have fetched.
PAGES = {
    "?left=digits-vae&right=digits-aae&pick=digits:3": (COMPLETE, "explore.js tensors/ originals/digits/3 plotly.min.js"),
    "?left=mnist-vae-16d&right=mnist-aae-16d": (COMPLETE, "umaps"),
    "kl": (".kl-lesson[data-ready=true]", "kl.js"),
    "reparameterisation?view=vae": (".rep-lesson[data-ready=true]", "reparameterisation.js"),
    "adversary?tab=field": (".adversary[data-ready=true]", "adversary.js latents/"),
    "practice": (".practice[data-ready=true]", "practice.js runs/"),
    "scoreboard": ("[data-testid=stDataFrame]", ""),
}


@pytest.fixture(scope="module")
def below_a_path(tmp_path_factory):
    with serve(tmp_path_factory.mktemp("below"), base_path="/lab") as server:
        yield server.address


@pytest.fixture(scope="module")
def behind_a_proxy(server):
    """The server knows nothing of the path: the proxy takes it off."""
    with proxy(server, below="/lab") as address:
        yield address


@pytest.fixture(params=["below_a_path", "behind_a_proxy"])
def address(request) -> str:
    return request.getfixturevalue(request.param)


@pytest.fixture
def visit(chromium):
    """`visit()`: a page that notes its errors and what it asks for, in lists of that name."""
    contexts = []

    def open_one():
        context = chromium.new_context(viewport=DESK)
        context.set_default_timeout(60_000)
        contexts.append(context)
        page = context.new_page()
        errors, asked = [], []
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda message: message.type == "error" and not expected(message) and errors.append(f"{message.text} {message.location['url']}"))
        page.on("request", lambda request: asked.append(request.url))
        page.on("websocket", lambda socket: asked.append(socket.url.replace("ws:", "http:")))
        return page, errors, asked

    yield open_one
    for context in contexts:
        context.close()


def test_all_pages_draw_below_a_path(visit, address):
    page, errors, asked = visit()
    for path, (drawn, fetched) in PAGES.items():
        asked.clear()
        page.goto(f"{address}/{path}")
        page.wait_for_selector(drawn)
        for part in fetched.split():
            page.wait_for_function("part => performance.getEntriesByType('resource').some((one) => one.name.includes(part) && one.responseStatus < 400)", arg=part)
        assert [url for url in asked if not url.startswith((f"{address}/", "blob:", "data:"))] == []
    assert errors == []
