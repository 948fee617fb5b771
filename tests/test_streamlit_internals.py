"""What this program relies on in Streamlit without a promise from its documentation. A new version of Streamlit must pass these tests."""

from __future__ import annotations

import base64
import hashlib
from unittest.mock import create_autospec

import pytest
from streamlit import net_util, runtime
from streamlit.testing.v1 import AppTest
from streamlit.web.server import server_util

from explorer.serving import headers, streamlit_internals


def test_streamlit_looks_up_the_function_that_asks_the_internet(monkeypatch):
    """tests/browser/test_offline.py watches a whole server."""
    monkeypatch.setattr(net_util, "get_external_ip", lambda: "203.0.113.7")
    assert server_util.is_url_from_allowed_origins("https://203.0.113.7")
    streamlit_internals.ask_no_host()
    assert not server_util.is_url_from_allowed_origins("https://203.0.113.7")


@pytest.mark.parametrize("page, scripts", [
    (b"<script>a</script>", [b"a"]),
    (b'<script nonce="1">a</script>\n<script\n type="module">\nb < c\n</script>', [b"a", b"\nb < c\n"]),
    (b'<script src="a.js"></script><script type="module" crossorigin SRC = "b.js"></script><SCRIPT data-src="x">c</SCRIPT >', [b"c"]),
    (b'<script></script><scripture>a</scripture>', [b""]),
])  # fmt: skip
def test_every_inline_script_is_found_whatever_its_attributes(page, scripts):
    assert streamlit_internals.inline_scripts(page) == scripts


def test_the_policy_names_every_inline_script_of_streamlits_page(tmp_path, monkeypatch):
    """Without that the page stays blank."""
    assert streamlit_internals.inline_scripts(streamlit_internals.PAGE.read_bytes())
    page = tmp_path / "index.html"
    page.write_bytes(b'<script>a</script><script type="module">b</script><script src="c.js"></script>')
    monkeypatch.setattr(streamlit_internals, "PAGE", page)
    policy = headers.policy.__wrapped__()
    for script in (b"a", b"b"):
        assert f"'sha256-{base64.b64encode(hashlib.sha256(script).digest()).decode()}'" in policy
    assert policy.count("'sha256-") == 2


def test_a_session_is_asked_for_by_the_id_that_its_script_had(monkeypatch):
    """tests/browser/test_away.py cuts connections."""

    def script() -> None:
        import streamlit as st

        from explorer.serving import streamlit_internals

        st.session_state["is_connected"] = streamlit_internals.connection()

    is_connected = AppTest.from_function(script).run().session_state["is_connected"]
    assert not is_connected()  # there is no server here
    server = create_autospec(runtime.Runtime, instance=True)
    server.is_active_session.side_effect = {"test session id": True}.get
    monkeypatch.setattr(runtime, "exists", lambda: True)
    monkeypatch.setattr(runtime, "get_instance", lambda: server)
    assert is_connected() is True
    server.is_active_session.side_effect = {}.get
    assert not is_connected()
