"""What the server needs beside the page script: routes, middleware, and what happens when it starts and ends.

Streamlit finds the app by reading the source of app.py, which must assign `st.App(...)` itself. So app.py passes on what `arguments()` returns.
"""

from __future__ import annotations

from contextlib import asynccontextmanager
from pathlib import Path

import anyio
from starlette.middleware import Middleware
from starlette.routing import Route

from explorer.ui import cached, streamlit_internals
from explorer.ui.failure import show_failure
from explorer.ui.headers import Headers
from explorer.ui.live import assets, fetching, mapping, training
from explorer.ui.live.streamlit_files import CompressedFiles

SCRIPT = Path(__file__).parent / "main.py"


def arguments() -> dict:
    """The arguments of st.App."""
    streamlit_internals.ask_no_host()
    return {"script_path": SCRIPT, "routes": routes(), "middleware": middleware(), "lifespan": lifespan, "on_script_error": show_failure}


def routes() -> list[Route]:
    return [*training.ROUTES, *fetching.ROUTES, *mapping.ROUTES, *assets.ROUTES]


def middleware() -> list[Middleware]:
    return [Middleware(Headers), Middleware(CompressedFiles)]


@asynccontextmanager
async def lifespan(app):
    """Does at the server's start what the first visitor would wait for; at its end, ends trainings and downloads."""
    await anyio.to_thread.run_sync(assets.warm)
    yield {}
    await anyio.to_thread.run_sync(cached.hall().close)
    await anyio.to_thread.run_sync(cached.downloads().close)
    await anyio.to_thread.run_sync(cached.umaps().close)
