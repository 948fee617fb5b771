"""Headers that every answer of the server carries: what a browser may load, run and embed.

Should a text ever be taken for markup, these keep it from running anything, and from sending anything to another host.
"""

from __future__ import annotations

import base64
import hashlib
from functools import cache

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from explorer.serving import streamlit_internals

# The sites that may show the app in a frame. Add a course's page here: "'self' https://course.example".
EMBEDDED_BY = "'self'"


@cache
def policy() -> str:
    """The Content-Security-Policy. Of inline scripts only Streamlit's own run, by their hashes."""
    scripts = streamlit_internals.inline_scripts(streamlit_internals.PAGE.read_bytes())
    hashes = [f"'sha256-{base64.b64encode(hashlib.sha256(script).digest()).decode()}'" for script in scripts]
    return "; ".join([
        "default-src 'self'",
        # blob: is how Streamlit loads a component's module. Eval: the app's pages open without it; a Plotly plot in
        # WebGL would need it, and Streamlit's protobuf runs WebAssembly where it may.
        f"script-src 'self' blob: 'unsafe-eval' {' '.join(hashes)}",
        "style-src 'self' 'unsafe-inline'",  # Streamlit and Plotly write style elements
        "img-src 'self' blob: data:",
        "font-src 'self' data:",
        "media-src 'self' blob:",
        "worker-src 'self' blob:",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        f"frame-ancestors {EMBEDDED_BY}",
    ])  # fmt: skip


class Headers:
    """ASGI middleware. It looks at no body, so that downloads and streams pass as they are."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["Content-Security-Policy"] = policy()
                headers["X-Content-Type-Options"] = "nosniff"
                headers["Referrer-Policy"] = "same-origin"
            await send(message)

        await self.app(scope, receive, send_with_headers)
