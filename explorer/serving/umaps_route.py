"""The routes for computing a UMAP: commands to begin, to ask for the status and to cancel, and the result.

`umaps/DIGEST/umap-50-0.5` is the UMAP of a bundle's codes with n_neighbors = 50 and min_dist = 0.5; `pixels-15-0.1` is
the UMAP of the raw pixels of its test images.
"""

from __future__ import annotations

import gzip
import zlib

import anyio
import numpy as np
from safetensors.numpy import save as save_tensors
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from explorer.address import explore as state
from explorer.background.umaps import Wanted
from explorer.data.datasets import DatasetError
from explorer.serving import bundles, places, processes
from explorer.serving.assets import Asset, respond
from explorer.serving.commands import HEADERS, read_command
from explorer.serving.pictures import images_of

WHAT = {"umap": "codes", "pixels": "pixels"}


def source(digest: str, what: str) -> str:
    """The source of a UMAP: of codes the bundle's digest, of the raw pixels of its test images the dataset's name.

    Raises LookupError if there are no such codes or images.
    """
    config = bundles.required(digest).config
    if what == "codes":
        return digest
    images = images_of(config)
    if not images.are_here():
        raise LookupError(images.why_missing)
    return config.dataset


def points(digest: str, what: str) -> np.ndarray:
    """(n, d) float32: a bundle's codes or means, or the raw pixels of its test images, 0 to 1. Raises LookupError."""
    bundle = bundles.required(digest)
    if what == "codes":
        return bundle.codes.mean
    try:
        return bundles.images_of_codes(bundle).astype(np.float32) / 255
    except DatasetError as error:
        raise LookupError(places.for_page(error)) from error


def _wanted(digest: str, written: str) -> Wanted:
    """Raises LookupError for what cannot be made."""
    kind, neighbours, distance = state.umap_settings(written)
    return Wanted(source(digest, WHAT[kind]), WHAT[kind], neighbours, distance)


def _answer(digest: str, written: str, action: str, page: str) -> Response:
    umaps = processes.umaps()
    try:
        wanted = _wanted(digest, written)
        if action == "want":
            found = umaps.want(wanted, page, lambda: points(digest, wanted.what))
        else:
            found = (umaps.cancel if action == "cancel" else umaps.ask)(wanted, page)
    except (LookupError, ValueError) as error:
        return PlainTextResponse(f"There is no such map: {error}.", 404, headers=HEADERS)
    problem = found.problem and places.for_page(found.problem)
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
    """A page shows a model of many dimensions, so a UMAP may be wanted soon."""
    asked = await read_command(request)
    if isinstance(asked, Response):
        return asked
    await anyio.to_thread.run_sync(processes.umaps().warm)
    return JSONResponse({}, headers=HEADERS)


def _made(digest: str, written: str) -> Asset | None:
    try:
        found = processes.umaps().made(_wanted(digest, written))
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
