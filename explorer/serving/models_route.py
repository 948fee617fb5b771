"""The models that a live page is sent: those that ship, the newest runs and those in use; all of them on demand."""

from __future__ import annotations

import gzip
import heapq
import json
from collections.abc import Collection, Iterable

import anyio
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from explorer.serving import catalogue

NEWEST = 10  # runs that a page is sent at first


def offered(entries: Iterable[dict], in_use: Collection[str], fields: Iterable[str] | None = None) -> dict:
    """A part of a page's data: `catalogue`, the entries that are sent, and `runs`, the number of all saved runs.

    entries: of the models that the page can show. in_use: names of models that it must be sent. fields: those of an
    entry that the page needs; None: all.
    """
    entries = catalogue.in_order(entries)
    runs = [entry for entry in entries if entry["run"]]
    names = {entry["name"] for entry in newest(runs)} | set(in_use)
    sent = catalogue.in_full(entry for entry in entries if not entry["run"] or entry["name"] in names)
    if fields is not None:
        sent = [{name: entry[name] for name in fields} for entry in sent]
    return {"catalogue": sent, "runs": len(runs)}


def newest(runs: Iterable[dict]) -> list[dict]:
    return heapq.nlargest(NEWEST, runs, key=lambda entry: entry["saved"])


def _all(compress: bool) -> bytes:
    body = json.dumps(catalogue.in_full(catalogue.current().entries)).encode()
    return gzip.compress(body, 5) if compress else body


async def serve_catalogue(request: Request) -> Response:
    """Every model that can be shown."""
    compress = "gzip" in request.headers.get("Accept-Encoding", "")
    body = await anyio.to_thread.run_sync(_all, compress)
    headers = {
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
        "Content-Encoding": "gzip" if compress else "identity",
    }
    return Response(body, headers=headers, media_type="application/json")


ROUTES = [Route("/assets/{version}/catalogue", serve_catalogue)]
