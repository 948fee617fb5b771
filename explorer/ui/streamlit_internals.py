"""Where this program relies on parts of Streamlit that its documentation does not promise.

`tests/test_streamlit_internals.py` has a test for each: run it with a new version of Streamlit.
"""

from __future__ import annotations

from streamlit import net_util


def ask_no_host() -> None:
    """Keeps the server from asking a host on the internet for its own address, which Streamlit does for a request from another site."""
    net_util.get_external_ip = lambda: None
