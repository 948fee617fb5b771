"""The server around the page script: routes, middleware, and what happens when it starts and ends.

Streamlit finds the app by reading the source of app.py, which must assign `st.App(...)` itself. So app.py passes
`arguments()` on.
"""

from __future__ import annotations

import os
from contextlib import asynccontextmanager
from pathlib import Path

import anyio
import streamlit as st
from starlette.middleware import Middleware
from starlette.routing import Route

from explorer.serving import assets, processes, streamlit_internals
from explorer.serving import datasets_route as fetching
from explorer.serving import models_route as models
from explorer.serving import runs_route as training
from explorer.serving import umaps_route as mapping
from explorer.serving.failure import show_failure
from explorer.serving.headers import Headers
from explorer.serving.refused import Refused
from explorer.serving.streamlit_files import CompressedFiles

SCRIPT = Path(__file__).parents[1] / "ui" / "main.py"
# Open files. Streamlit holds three for each of up to 128 sessions that have left, and about ten for each connected
# browser. macOS allows a shell 256.
FILES = 4096


def arguments() -> dict:
    """The arguments of st.App."""
    streamlit_internals.ask_no_host()
    streamlit_internals.send_at_once()
    below = base_path()
    return {
        "script_path": SCRIPT, "routes": routes(below), "middleware": middleware(below),
        "lifespan": lifespan, "on_script_error": show_failure,
    }  # fmt: skip


def base_path() -> str:
    """The path that all addresses begin with: "", or "/lab" for `--server.baseUrlPath lab`.

    Streamlit puts it before its own routes only.
    """
    path = st.get_option("server.baseUrlPath").strip("/")
    return f"/{path}" if path else ""


def routes(below: str = "") -> list[Route]:
    every = [*training.ROUTES, *fetching.ROUTES, *mapping.ROUTES, *models.ROUTES, *assets.ROUTES]
    return [Route(below + route.path, route.endpoint, methods=route.methods) for route in every]


def middleware(below: str = "") -> list[Middleware]:
    return [Middleware(Headers), Middleware(Refused), Middleware(CompressedFiles, below=below)]


@asynccontextmanager
async def lifespan(app):
    """Prepares what the first visitor would wait for; ends trainings and downloads when the server stops."""
    allow_many_files()
    compute_in_one_thread()
    # Made now: two visitors who come at once would make two of each.
    works = [processes.session_registry(), processes.downloads(), processes.umaps()]
    await anyio.to_thread.run_sync(assets.warm)
    yield {}
    for work in works:
        await anyio.to_thread.run_sync(work.close)


def compute_in_one_thread() -> None:
    """Makes torch, once a page imports it, use one core for each caller, unless the environment says otherwise.

    A server has many callers at once. Threads that wait for each other on busy cores are several times slower than one.
    """
    os.environ.setdefault("OMP_NUM_THREADS", "1")


def allow_many_files() -> None:
    """Raises this process's limit of open files to FILES, as far as the system lets it."""
    try:
        import resource
    except ModuleNotFoundError:  # Windows, which has no such limit
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = FILES if hard == resource.RLIM_INFINITY else min(FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
