"""Requests to an ASGI app in this process, without a server. The path is passed on unquoted, as a server does."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple
from urllib.parse import unquote

from starlette.applications import Starlette

from explorer.serving import app as serving

LOOP = asyncio.Runner()  # one for all: a new one would need new threads for each request
APART = ThreadPoolExecutor(1)  # it runs there: in this thread the browser tests may have theirs


class Answer(NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes


def routes_app(below: str = "") -> Starlette:
    """The app's routes and middleware, without Streamlit's. below: the path before all of theirs, as "/lab"."""
    app = Starlette(routes=serving.routes(below), middleware=serving.middleware(below))
    app.router.redirect_slashes = False  # there Streamlit's own pages would answer
    return app


def run(app, scope: dict, body: bytes = b"") -> list[dict]:
    """The messages that an app sends for this scope."""
    sent: list[dict] = []

    async def receive() -> dict:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: dict) -> None:
        sent.append(message)

    APART.submit(LOOP.run, app(scope, receive, send)).result()
    return sent


def ask(app, path: str, method: str = "GET", body: bytes = b"", **headers: str) -> Answer:
    """path: as in an address, with its query. headers: with _ for -. An exception in the app comes out of here."""
    path, _, query = path.partition("?")
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": method, "scheme": "http",
        "root_path": "",
        "path": unquote(path, errors="surrogateescape"), "raw_path": path.encode(), "query_string": query.encode(),
        "headers": [(name.replace("_", "-").lower().encode(), value.encode("latin-1")) for name,
            value in ({"host": "localhost"} | headers).items()],
        "client": ("127.0.0.1", 1), "server": ("localhost", 80), "state": {},
    }  # fmt: skip
    sent = run(app, scope, body)
    start = next(message for message in sent if message["type"] == "http.response.start")
    found = {name.decode("latin-1"): value.decode("latin-1") for name, value in start["headers"]}
    assert not any(set("\r\n\0") & set(value) for value in found.values()), (
        found
    )  # nothing asked becomes a header of the answer
    return Answer(start["status"], found, b"".join(message.get("body", b"") for message in sent))
