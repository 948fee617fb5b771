"""Streamlit's own scripts and styles, compressed once: 1.1 MB for a phone's first page. Streamlit would send 2.9 MB."""

from __future__ import annotations

import gzip
from functools import cache
from pathlib import Path

import anyio
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from explorer.serving import streamlit_internals
from explorer.serving.assets import FOR_EVER

MEDIA_TYPES = {".js": "text/javascript", ".css": "text/css"}
FILES = streamlit_internals.scripts_and_styles()


class CompressedFiles:
    """ASGI middleware. It answers requests for FILES if the browser accepts gzip, and passes on all others.

    below: the path before theirs, as "/lab".
    """

    def __init__(self, app: ASGIApp, below: str = "") -> None:
        self.app = app
        self.files = {below + path: file for path, file in FILES.items()}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        answer = self.app
        file = self.files.get(scope["path"]) if scope["type"] == "http" and scope["method"] == "GET" else None
        if file and "gzip" in Request(scope).headers.get("Accept-Encoding", ""):
            body = await anyio.to_thread.run_sync(compressed, file)
            headers = {
                "Cache-Control": FOR_EVER,
                "Vary": "Accept-Encoding",
                "Content-Encoding": "gzip",
                "X-Content-Type-Options": "nosniff",
            }
            answer = Response(body, headers=headers, media_type=MEDIA_TYPES[file.suffix])
        await answer(scope, receive, send)


@cache
def compressed(file: Path) -> bytes:
    return gzip.compress(file.read_bytes(), 6)
