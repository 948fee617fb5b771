"""The practice page's routes: the state of its trainings as one binary file, a few times a second, and commands.

No Streamlit script runs for either. Only the session knows the token in its address.
"""

from __future__ import annotations

import json
import math
import zlib

import anyio
import numpy as np
from safetensors.numpy import save as save_tensors
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from explorer.address import practice as choices
from explorer.background.runs import Run
from explorer.background.sessions import Session
from explorer.serving import catalogue, places, processes

LONGEST, TOO_LONG = 4096, "The command is too long."  # bytes of a command
SMALL = 4096  # bytes of an answer that is not worth compressing
PACES = (None, 100.0, 10.0, 2.0)  # steps a second
ACTIONS = ("start", "step", "epoch", "change", "pause", "stop", "reset", "prepare", "save", "pace")
ENDED, UNKNOWN = 410, 404  # status for trainings that this server had, and for those that it never had
GONE = {
    ENDED: "These trainings have ended: their page was away for too long.",
    UNKNOWN: "This server has no such trainings: it was restarted.",
}
HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}


def serve_runs(request: Request) -> Response:
    """Both runs' states. `?a=ID.REVISION.POINTS` names what the page has of run A; the answer holds what is new."""
    token = request.path_params["token"]
    session = processes.session_registry().find(token)
    if session is None:
        return _gone(token)
    body = answer(session, {side: _known(request.query_params.get(side, "")) for side in session.SIDES})
    headers = HEADERS
    if len(body) > SMALL and "gzip" in request.headers.get("Accept-Encoding", ""):
        headers = headers | {"Content-Encoding": "gzip"}
        body = _compress(body)
    return Response(body, headers=headers, media_type="application/octet-stream")


def _gone(token: str) -> Response:
    status = ENDED if processes.session_registry().issued(token) else UNKNOWN
    return PlainTextResponse(GONE[status], status, headers=HEADERS)


async def _read(request: Request) -> bytes | None:
    """The request's body; None if it is too long."""
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > LONGEST:
            return None
    return body


async def take_over(request: Request) -> Response:
    """Gives the page's session the trainings of the session that its tab had before, by that session's token."""
    body = await _read(request)
    if body is None:
        return PlainTextResponse(TOO_LONG, 413, headers=HEADERS)
    before = body.decode("utf-8", "replace")
    if await anyio.to_thread.run_sync(processes.session_registry().take_over, request.path_params["token"], before):
        return PlainTextResponse("", headers=HEADERS)
    return _gone(before)


async def take_command(request: Request) -> Response:
    body = await _read(request)
    if body is None:
        return PlainTextResponse(TOO_LONG, 413, headers=HEADERS)
    token = request.path_params["token"]
    session = processes.session_registry().find(token)
    if session is None:
        return _gone(token)
    try:
        await anyio.to_thread.run_sync(_command, session, request.path_params["side"], body)
    except ValueError as error:
        return PlainTextResponse(f"{str(error)[:1].upper()}{str(error)[1:]}.", 400, headers=HEADERS)
    return PlainTextResponse("", headers=HEADERS)


def _command(session: Session, side: str, body: bytes) -> None:
    try:
        asked = json.loads(body)
    except (ValueError, RecursionError):
        asked = None
    if (
        not isinstance(asked, dict)
        or side not in session.SIDES
        or asked.get("action") not in ACTIONS
        or asked.get("pace") not in PACES
        or not all(isinstance(asked.get(text, ""), str) for text in ("name", "number"))
    ):
        raise ValueError("there is no such command")
    chosen = asked.get("chosen")
    chosen = choices.check_run(chosen) if isinstance(chosen, dict) else None
    config = chosen and choices.to_config(chosen)
    named = {text: asked.get(text, "") for text in ("name", "number")}
    session.command(side, asked["action"], config, chosen, asked.get("pace"), **named)


def answer(session: Session, known: dict[str, tuple[int, int, int]]) -> bytes:
    """safetensors: `status`, JSON as bytes; and for each run with a new snapshot a.mean, a.z, a.manifold, a.label."""
    status, arrays = {}, {}
    for side, run in session.runs.items():
        if run is None:
            status[side] = None
            continue
        number, revision, points = known[side]
        if number != run.id:
            revision, points = -1, 0
        snapshot = run.snapshot
        status[side] = describe(run, points)
        if snapshot is not None and run.revision != revision:
            arrays |= {
                f"{side}.mean": snapshot.mean,
                f"{side}.manifold": snapshot.manifold,
                f"{side}.label": np.asarray(run.labels),
            }
            if snapshot.z is not None:
                arrays[f"{side}.z"] = snapshot.z
    text = json.dumps(_without_nan(status)).encode()
    return save_tensors({"status": np.frombuffer(text, np.uint8)} | arrays)


def describe(run: Run, since: int = 0) -> dict:
    """A run's state, with the points of its curves from number `since` on."""
    points = list(run.points)
    return {
        "id": run.id, "revision": run.revision, "state": run.state, "place": run.pool.place(run), "chosen": run.chosen,
        "taken": run.taken, "steps": run.steps, "epochs": run.config.training.epochs, "seconds": run.seconds,
        "last": run.history[-1] if run.history else None, "null": run.null, "since": since, "points": points[since:],
        "problem": run.problem and places.for_page(run.problem), "note": run.note, "saved": run.saved,
        "measured": run.measured, "name": catalogue.name_of(run.config, run.changes),
        "changes": [{"at": change.step, "text": catalogue.value_of(change.setting, change.after)}
                    for change in run.changes],
    }  # fmt: skip


def _known(text: str) -> tuple[int, int, int]:
    parts = text.split(".")
    if len(parts) == 3 and all(part.isascii() and part.isdigit() and len(part) < 12 for part in parts):
        return tuple(int(part) for part in parts)
    return 0, 0, 0


def _without_nan(value):
    """JSON has no NaN: null stands for it."""
    if isinstance(value, dict):
        return {name: _without_nan(one) for name, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_without_nan(one) for one in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _compress(body: bytes) -> bytes:
    packer = zlib.compressobj(1, zlib.DEFLATED, 31)  # gzip's form; the lightest work
    return packer.compress(body) + packer.flush()


ROUTES = [
    Route("/assets/{version}/runs/{token}", serve_runs, methods=["GET"]),
    Route("/assets/{version}/runs/{token}", take_over, methods=["POST"]),
    Route("/assets/{version}/runs/{token}/{side}", take_command, methods=["POST"]),
]
