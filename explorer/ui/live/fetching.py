"""What a page asks to have a dataset fetched: how it stands, and the commands to begin and to cancel."""

from __future__ import annotations

import json

import anyio
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from explorer.ui import cached

LONGEST = 256  # bytes of a command
HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}


def _status(name: str) -> Response:
    try:
        found = cached.downloads().status(name)
    except LookupError:
        return PlainTextResponse("There is no such dataset to fetch.", 404, headers=HEADERS)
    return JSONResponse(found._asdict(), headers=HEADERS)


async def serve_status(request: Request) -> Response:
    return await anyio.to_thread.run_sync(_status, request.path_params["name"])


async def take_command(request: Request) -> Response:
    # A form on another site can send no JSON without asking this server first, which does not allow it.
    if request.headers.get("Content-Type") != "application/json":
        return PlainTextResponse("A command is JSON.", 415, headers=HEADERS)
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > LONGEST:
            return PlainTextResponse("The command is too long.", 413, headers=HEADERS)
    try:
        action = json.loads(body)["action"]
        command = {"fetch": cached.downloads().fetch, "cancel": cached.downloads().cancel}[action]
    except (ValueError, KeyError, TypeError):
        return PlainTextResponse("There is no such command.", 400, headers=HEADERS)
    name = request.path_params["name"]
    try:
        await anyio.to_thread.run_sync(command, name)
    except LookupError:
        return PlainTextResponse("There is no such dataset to fetch.", 404, headers=HEADERS)
    return await serve_status(request)


ROUTES = [
    Route("/assets/{version}/datasets/{name}", serve_status, methods=["GET"]),
    Route("/assets/{version}/datasets/{name}", take_command, methods=["POST"]),
]
