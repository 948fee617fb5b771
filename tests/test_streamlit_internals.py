"""What this program relies on in Streamlit without a promise from its documentation. A new version of Streamlit must pass these tests."""

from __future__ import annotations

from streamlit import net_util
from streamlit.web.server import server_util

from explorer.ui import streamlit_internals


def test_streamlit_looks_up_the_function_that_asks_the_internet(monkeypatch):
    """tests/browser/test_offline.py watches a whole server."""
    monkeypatch.setattr(net_util, "get_external_ip", lambda: "203.0.113.7")
    assert server_util.is_url_from_allowed_origins("https://203.0.113.7")
    streamlit_internals.ask_no_host()
    assert not server_util.is_url_from_allowed_origins("https://203.0.113.7")
