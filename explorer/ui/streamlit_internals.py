"""Where this program relies on parts of Streamlit that its documentation does not promise.

`tests/test_streamlit_internals.py` has a test for each: run it with a new version of Streamlit.
"""

from __future__ import annotations

import re
from pathlib import Path

import streamlit
from streamlit import net_util

PAGE = Path(streamlit.__file__).parent / "static" / "index.html"  # the one HTML file that is sent for every page
_INLINE = re.compile(rb"<script(?=[\s>])(?![^>]*\ssrc\s*=)[^>]*>(.*?)</script\s*>", re.DOTALL | re.IGNORECASE)


def ask_no_host() -> None:
    """Keeps the server from asking a host on the internet for its own address, which Streamlit does for a request from another site."""
    net_util.get_external_ip = lambda: None


def inline_scripts(page: bytes) -> list[bytes]:
    """The scripts that stand in an HTML file itself. Browsers run them only if the Content-Security-Policy holds their hashes."""
    return _INLINE.findall(page)
