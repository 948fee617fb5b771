"""What a page asks to have a UMAP made: the commands to begin, to ask how it stands, and to cancel, and what was made.

`umaps/DIGEST/umap-50-0.5` is the UMAP of a bundle's codes with n_neighbors = 50 and min_dist = 0.5; `pixels-15-0.1` that of the raw pixels of
its test images.
"""

from __future__ import annotations

import gzip
import zlib

import anyio
from safetensors.numpy import save as save_tensors
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from explorer.address import explore as state
from explorer.background.umaps import Wanted
from explorer.serving import cached
from explorer.serving.assets import Asset, respond
from explorer.serving.commands import HEADERS, read_command

WHAT = {"umap": "codes", "pixels": "pixels"}


def _wanted(digest: str, written: str) -> Wanted:
    """Raises LookupError for what cannot be made."""
    kind, neighbours, distance = state.umap_settings(written)
    return Wanted(cached.umap_source(digest, WHAT[kind]), WHAT[kind], neighbours, distance)


def _answer(digest: str, written: str, action: str, page: str) -> Response:
    umaps = cached.umaps()
    try:
        wanted = _wanted(digest, written)
        if action == "want":
            found = umaps.want(wanted, page, lambda: cached.umap_points(digest, wanted.what))
        else:
            found = (umaps.cancel if action == "cancel" else umaps.ask)(wanted, page)
    except (LookupError, ValueError) as error:
        return PlainTextResponse(f"There is no such map: {error}.", 404, headers=HEADERS)
    problem = found.problem and cached.for_page(found.problem)
    return JSONResponse(found._asdict() | {"problem": problem}, headers=HEADERS)


async def take_command(request: Request) -> Response:
    asked = await read_command(request)
    if isinstance(asked, Response):
        return asked
    if asked.get("action") not in ("want", "ask", "cancel") or not asked.get("page"):
        return PlainTextResponse("There is no such command.", 400, headers=HEADERS)
    return await anyio.to_thread.run_sync(
        _answer, request.path_params["digest"], request.path_params["map"], asked["action"], asked["page"]
    )


async def warm(request: Request) -> Response:
    """A model of many dimensions is seen: a UMAP may be wanted soon."""
    asked = await read_command(request)
    if isinstance(asked, Response):
        return asked
    await anyio.to_thread.run_sync(cached.umaps().warm)
    return JSONResponse({}, headers=HEADERS)


def _made(digest: str, written: str) -> Asset | None:
    try:
        found = cached.umaps().made(_wanted(digest, written))
    except (LookupError, ValueError):
        return None
    if found is None:
        return None
    body = save_tensors({"map": found})
    return Asset(body, gzip.compress(body, 5), "application/octet-stream")


async def serve_map(request: Request) -> Response:
    asset = await anyio.to_thread.run_sync(_made, request.path_params["digest"], request.path_params["map"])
    return (
        respond(request, asset, f"map-{zlib.crc32(asset.body)}")
        if asset
        else PlainTextResponse("This map has not been made.", 404, headers=HEADERS)
    )


ROUTES = [
    Route("/assets/{version}/umaps", warm, methods=["POST"]),
    Route("/assets/{version}/umaps/{digest}/{map}", take_command, methods=["POST"]),
    Route("/assets/{version}/umaps/{digest}/{map}", serve_map, methods=["GET"]),
]
