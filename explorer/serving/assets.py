"""The browser's assets: modules, Plotly, each model's tensors, original pictures. No torch, no Streamlit script.

Every address but the originals' carries a digest of its content, so browsers may keep the content for ever. Big assets
are compressed once, not for each of a classroom's phones.
"""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Callable
from contextlib import suppress
from functools import cache, lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

import anyio
import plotly
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from explorer.clinic import recordings
from explorer.data.datasets import DatasetError
from explorer.serving import bundles, catalogue, pictures, places, streamlit_internals, training_images
from explorer.shared import NUMBERS
from explorer.store.bundle import BundleError

WEB = Path(__file__).resolve().parents[1] / "web"
PLOTLY = Path(plotly.__file__).parent / "package_data" / "plotly.min.js"
SCRIPTS = {path.relative_to(WEB).as_posix(): path for path in WEB.rglob("*.js")} | {f"parts/{PLOTLY.name}": PLOTLY}
MOST_ORIGINALS = NUMBERS["most_originals"]  # in one answer
FOR_EVER = "public, max-age=31536000, immutable"
BUNDLE_FILES = {
    "tensors": bundles.browser_tensors,  # what the front page needs: the decoder (float16) and the codes
    "latents": bundles.latent_tensors,  # what a lesson needs that decodes nothing: the codes and the discriminator
    "encoders": bundles.encoder_tensors,  # float16
    "errors": bundles.reconstruction_errors,  # of each test image; only where the originals are here
    "recordings": bundles.browser_recording,  # moments of the training
}


# the recorded runs of the loss clinic, by their digests; the images that train in a browser, by their dataset's name
OTHER_FILES = {"clinic": recordings.file_of, "training": training_images.file_of}


def reader_of(kind: str) -> Callable[[str], bytes | None] | None:
    """What reads the files of a kind: one of BUNDLE_FILES, by a bundle's digest, or one of OTHER_FILES."""
    return (BUNDLE_FILES | OTHER_FILES).get(kind)


class Asset(NamedTuple):
    body: bytes
    compressed: bytes
    media_type: str


@cache
def scripts_version() -> str:
    """Changes whenever a module or Plotly does."""
    modules = b"".join(name.encode() + path.read_bytes() for name, path in sorted(SCRIPTS.items()) if path != PLOTLY)
    return hashlib.sha256(modules + version("plotly").encode()).hexdigest()[:12]


def address() -> str:
    """The folder that all assets are named from, relative to the app's root."""
    return f"assets/{scripts_version()}/"


@cache
def script(name: str) -> Asset:
    body = SCRIPTS[name].read_bytes()
    return Asset(body, gzip.compress(body, 6), "text/javascript")


def of_bundle(kind: str, digest: str) -> Asset | None:
    """A file of a kind, as safetensors: see `reader_of`. None if there is no such bundle, or it has no such file.

    None is not kept: the file may come later, as when a dataset is fetched.
    """
    try:
        return _of_bundle(kind, digest)
    except LookupError:
        return None


@lru_cache(maxsize=96)
def _of_bundle(kind: str, digest: str) -> Asset:
    body = reader_of(kind)(digest)
    if body is None:
        raise LookupError("there is no such file")  # lru_cache keeps no error
    return Asset(body, gzip.compress(body, 5), "application/octet-stream")


def respond(request: Request, asset: Asset, name: str) -> Response:
    """The asset, or status 304 if the browser has it. name: in plain ASCII, different for each asset."""
    headers = {
        "Cache-Control": FOR_EVER,
        "Vary": "Accept-Encoding",
        "ETag": f'"{name}"',
        "X-Content-Type-Options": "nosniff",
    }
    tags = request.headers.get("If-None-Match", "").split(",")
    known = {tag.strip().removeprefix("W/") for tag in tags}  # a proxy may have weakened a tag
    if {headers["ETag"], "*"} & known:
        return Response(status_code=304, headers=headers)
    if "gzip" in request.headers.get("Accept-Encoding", ""):
        return Response(asset.compressed, headers=headers | {"Content-Encoding": "gzip"}, media_type=asset.media_type)
    return Response(asset.body, headers=headers | {"Content-Encoding": "identity"}, media_type=asset.media_type)


async def serve_script(request: Request) -> Response:
    name = request.path_params["name"]
    if name not in SCRIPTS or request.path_params["version"] != scripts_version():
        return PlainTextResponse("There is no such script in this version of the app: reload the page.", 404)
    return respond(request, await anyio.to_thread.run_sync(script, name), f"{name}-{scripts_version()}")


async def serve_of_bundle(request: Request) -> Response:
    kind, digest = request.path_params["kind"], request.path_params["digest"]
    try:
        asset = await anyio.to_thread.run_sync(of_bundle, kind, digest) if reader_of(kind) else None
    except (BundleError, DatasetError) as error:
        return PlainTextResponse(places.for_page(error), 404)
    return (
        respond(request, asset, f"{kind}-{digest}")
        if asset
        else PlainTextResponse("There is no such model: reload the page.", 404)
    )


async def serve_originals(request: Request) -> Response:
    """`?rows=1,2,3`: their pixels, one image after the other. The header X-Rows names the images that could be read."""
    rows = request.query_params.get("rows", "").split(",", MOST_ORIGINALS)
    if len(rows) > MOST_ORIGINALS or not all(map(_is_row, rows)):
        return PlainTextResponse(f"rows must be 1 to {MOST_ORIGINALS} whole numbers with commas between them", 400)
    try:
        read = await anyio.to_thread.run_sync(
            _read_originals, request.path_params["dataset"], [int(row) for row in rows]
        )
    except (DatasetError, LookupError) as error:
        return PlainTextResponse(places.for_page(error), 404)
    whole = len(read) == len(rows)  # what could not be read is asked for again
    headers = {
        "Cache-Control": "private, max-age=3600" if whole else "no-store",
        "X-Rows": ",".join(str(row) for row, _ in read),
    }
    return Response(b"".join(pixels for _, pixels in read), media_type="application/octet-stream", headers=headers)


def _read_originals(dataset: str, rows: list[int]) -> list[tuple[int, bytes]]:
    return pictures.read_rows(catalogue.images_of_dataset(dataset), rows)


def _is_row(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 9


ROUTES = [
    Route("/assets/{version}/web/{name:path}", serve_script),  # before the route that would take it for a bundle's file
    Route("/assets/{version}/originals/{dataset}", serve_originals),
    Route("/assets/{version}/{kind}/{digest}", serve_of_bundle),
]


def warm() -> None:
    """Loads what the first visitor would wait for: imports, scripts, and the tensors of the front page's models."""
    streamlit_internals.import_what_components_need()
    for name in SCRIPTS:
        script(name)
    for entry in catalogue.current().entries:
        if entry["warm"]:
            with suppress(BundleError):  # the page names it
                of_bundle("tensors", entry["digest"])
