"""The routes for fetching a dataset: its status, and the commands to begin and to cancel."""

from __future__ import annotations

import anyio
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from explorer.serving import processes
from explorer.serving.commands import HEADERS, read_command


def _status(name: str) -> Response:
    try:
        found = processes.downloads().status(name)
    except LookupError:
        return PlainTextResponse("There is no such dataset to fetch.", 404, headers=HEADERS)
    return JSONResponse(found._asdict(), headers=HEADERS)


async def serve_status(request: Request) -> Response:
    return await anyio.to_thread.run_sync(_status, request.path_params["name"])


async def take_command(request: Request) -> Response:
    asked = await read_command(request)
    if isinstance(asked, Response):
        return asked
    command = {"fetch": processes.downloads().fetch, "cancel": processes.downloads().cancel}.get(asked.get("action"))
    if command is None:
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
