"""The sentence for a browser whose websocket Streamlit refused.

Streamlit refuses a websocket whose Origin header (the address that the browser shows) names another site than its Host
header. Behind a tunnel or a proxy that does not pass Host on, it refuses every visitor. The page then stays empty and
tries again for ever. Before each try it sends two requests, and after six tries it shows their answer if that is an
error in JSON.
"""

from __future__ import annotations

import time
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from explorer.serving import streamlit_internals
from explorer.shared import fill
from explorer.ui.texts import texts_of

texts = texts_of("common")

LASTS = 60.0  # seconds; then the page may try its websocket again
MOST = 100  # refusals that are remembered


class Refused:
    """ASGI middleware. It answers the two requests of a page that was refused, and passes on all others."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.refusals: dict[tuple[str | None, str], float] = {}  # when, by Origin and Host

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "")
        if scope["type"] == "websocket" and path.endswith(streamlit_internals.SOCKET):
            headers = Headers(scope=scope)
            send = self._watched(send, origin_of(headers.get("Origin", "")), headers.get("Host", ""))
        elif scope["type"] == "http" and path.endswith(streamlit_internals.QUESTIONS):
            headers = Headers(scope=scope)
            origin, host = origin_of(headers.get("Referer", "")), headers.get("Host", "")
            if time.monotonic() < self.refusals.get((origin, host), -LASTS) + LASTS:
                sentence = fill(texts.REFUSED, origin=origin, host=host)
                return await JSONResponse(sentence, 400, {"Cache-Control": "no-store"})(scope, receive, send)
        await self.app(scope, receive, send)

    def _watched(self, send: Send, origin: str | None, host: str) -> Send:
        """`send`, which remembers a websocket that is closed before it was accepted, if it came from another site."""
        is_foreign, is_accepted = origin not in (None, f"http://{host}", f"https://{host}"), False

        async def send_and_watch(message: Message) -> None:
            nonlocal is_accepted
            is_accepted |= message["type"] == "websocket.accept"
            if message["type"] == "websocket.close" and is_foreign and not is_accepted:
                self.refusals.pop((origin, host), None)
                self.refusals[origin, host] = time.monotonic()
                while len(self.refusals) > MOST:
                    del self.refusals[next(iter(self.refusals))]
            await send(message)

        return send_and_watch


def origin_of(address: str) -> str | None:
    """What a browser that shows this address sends as Origin."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else None
