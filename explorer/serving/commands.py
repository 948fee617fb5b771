"""Commands that a page sends beside Streamlit. Each is a small JSON object."""

from __future__ import annotations

import json

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

LONGEST = 256  # bytes of a command
HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}


async def read_command(request: Request) -> dict[str, str] | Response:
    """The command's texts by their names, or the response to a request that is no command."""
    # A form on another site can send no JSON without asking this server first, which does not allow it.
    if request.headers.get("Content-Type") != "application/json":
        return PlainTextResponse("A command is JSON.", 415, headers=HEADERS)
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > LONGEST:
            return PlainTextResponse("The command is too long.", 413, headers=HEADERS)
    try:
        asked = json.loads(body)
    except ValueError:
        asked = None
    if not isinstance(asked, dict) or not all(isinstance(value, str) for value in asked.values()):
        return PlainTextResponse("There is no such command.", 400, headers=HEADERS)
    return asked
