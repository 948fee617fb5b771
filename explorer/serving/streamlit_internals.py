"""Where this program relies on parts of Streamlit that its documentation does not promise.

`tests/test_streamlit_internals.py` has a test for each: run it with a new version of Streamlit.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import streamlit
from streamlit import net_util, runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx

PAGE = Path(streamlit.__file__).parent / "static" / "index.html"  # the one HTML file that is sent for every page
SOCKET = "/_stcore/stream"  # the end of the address of a page's websocket
QUESTIONS = ("/_stcore/health", "/_stcore/host-config")  # and of what it asks for before it opens that
_INLINE = re.compile(rb"<script(?=[\s>])(?![^>]*\ssrc\s*=)[^>]*>(.*?)</script\s*>", re.DOTALL | re.IGNORECASE)


def ask_no_host() -> None:
    """Keeps the server from asking a host on the internet for its own address, which Streamlit does for a request from another site."""
    net_util.get_external_ip = lambda: None


def inline_scripts(page: bytes) -> list[bytes]:
    """The scripts that stand in an HTML file itself. Browsers run them only if the Content-Security-Policy holds their hashes."""
    return _INLINE.findall(page)


def connection() -> Callable[[], bool]:
    """Whether the session that runs this script is connected to a browser: a function, for any thread and later on.

    Streamlit keeps a session whose connection breaks for two minutes. If the browser comes back, no script runs. So
    neither the script nor `on_release` of a session's cache, called when the connection breaks, can know.
    """
    context = get_script_run_ctx()
    session_id = context.session_id if context else ""
    return lambda: runtime.exists() and runtime.get_instance().is_active_session(session_id)


def page_address() -> str:
    """The address that the browser shows, or "". `st.context.url` is not always it: of the path /vae-kl/ it keeps /vae-."""
    context = get_script_run_ctx()
    return context.context_info.url if context and context.context_info else ""
