"""The undocumented parts of Streamlit that this program relies on. A new version of Streamlit must pass these tests."""

from __future__ import annotations

import asyncio
import base64
import gc
import hashlib
import inspect
import re
import socket
import subprocess
import sys
import tomllib
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from unittest.mock import create_autospec

import pytest
import streamlit as st
import uvicorn
from starlette.applications import Starlette
from streamlit import config, net_util, runtime
from streamlit.proto.ClientState_pb2 import ContextInfo
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime.forward_msg_cache import populate_hash_if_needed
from streamlit.runtime.memory_session_storage import MemorySessionStorage
from streamlit.runtime.scriptrunner import ScriptRunContext, ScriptRunner
from streamlit.testing.v1 import AppTest
from streamlit.web.server import app_discovery, server_util
from streamlit.web.server.starlette import starlette_server
from uvicorn.protocols.http.auto import AutoHTTPProtocol

from explorer.background.sessions import SessionRegistry
from explorer.serving import assets, headers, streamlit_internals

from .conftest import ROOT


def test_streamlit_looks_up_the_function_that_asks_the_internet(monkeypatch):
    """tests/browser/test_offline.py watches a whole server."""
    monkeypatch.setattr(net_util, "get_external_ip", lambda: "203.0.113.7")
    assert server_util.is_url_from_allowed_origins("https://203.0.113.7")
    streamlit_internals.ask_no_host()
    assert not server_util.is_url_from_allowed_origins("https://203.0.113.7")


def test_the_server_sends_small_answers_at_once(monkeypatch):
    """Its listening socket has no protocol number, so asyncio leaves the connections as the system makes them."""
    monkeypatch.setattr(AutoHTTPProtocol, "connection_made", AutoHTTPProtocol.connection_made)  # restored afterwards
    streamlit_internals.send_at_once()

    async def no_delay() -> int:
        with starlette_server._bind_socket("127.0.0.1", 0, 10) as listening:
            assert listening.proto == 0
            server = uvicorn.Server(uvicorn.Config(create_autospec(Starlette), lifespan="off", log_level="warning"))
            serving = asyncio.create_task(server.serve(sockets=[listening]))
            while not server.started:
                await asyncio.sleep(0.01)
            _, writer = await asyncio.open_connection(*listening.getsockname())
            while not server.server_state.connections:
                await asyncio.sleep(0.01)
            [connection] = server.server_state.connections
            accepted = connection.transport.get_extra_info("socket")
            found = accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
            writer.close()
            server.should_exit = True
            await serving
            return found

    assert ThreadPoolExecutor(1).submit(asyncio.run, no_delay()).result()  # Playwright runs a loop in this thread


@pytest.mark.parametrize("page, scripts", [
    (b"<script>a</script>", [b"a"]),
    (b'<script nonce="1">a</script>\n<script\n type="module">\nb < c\n</script>', [b"a", b"\nb < c\n"]),
    ((
        b'<script src="a.js"></script><script type="module" crossorigin SRC = "b.js"></script><SCRIPT '
        b'data-src="x">c</SCRIPT >'
    ), [b"c"]),
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


def test_the_app_is_found_in_the_source():
    found = app_discovery.discover_asgi_app(ROOT / "app.py")
    assert found.is_asgi_app and found.app_name == "app"


def test_streamlits_scripts_and_styles_carry_digests():
    """Unless they are found, each phone is sent 2.9 MB in place of 1.1."""
    found = streamlit_internals.scripts_and_styles()
    assert sum(path.stat().st_size for path in found.values()) > 2e6
    assert all(re.fullmatch(r"/static/(js|css|media)/.+\.[\w-]{8}\.(js|css)", path) for path in found), sorted(found)


def scripts() -> str:
    files = streamlit_internals.scripts_and_styles().values()
    return "\n".join(path.read_text(encoding="utf-8") for path in files if path.suffix == ".js")


def test_a_page_asks_the_addresses_that_are_watched():
    """tests/browser/test_proxy.py refuses a browser's websocket."""
    source = scripts()
    for address in (streamlit_internals.SOCKET, *streamlit_internals.QUESTIONS):
        assert address.removeprefix("/") in source


def test_streamlits_markup_has_the_names_in_the_styles():
    """Without one of them, a rule has no effect."""
    source = scripts()
    styles = streamlit_internals.STYLE + streamlit_internals.PRESENTATION_STYLE + streamlit_internals.BUTTON_STYLE
    navigation = (assets.WEB / "navigation.js").read_text(encoding="utf-8")
    names = set(re.findall(r"data-testid=(\w+)|kind=(\w+)|\.(st[A-Z]\w+)|(data-collapsed)", styles + navigation))
    assert len(names) >= 10
    for name in map("".join, names):
        assert name in source, name
    assert "st-key-" in source and f"header:{streamlit_internals.HEADER_LAYER}" in source


def test_a_browser_keeps_a_big_message_for_as_many_runs_as_configured():
    """With the usual 2, clicking fast loses the connection."""
    options = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    assert config.get_option("global.maxCachedMessageAge") == options["global"]["maxCachedMessageAge"] == 50


def test_equal_data_are_sent_as_a_hash():
    """A page's own change is not told back to it, so that its data stay equal (ui/components.py)."""

    def message(text: str) -> ForwardMsg:
        made = ForwardMsg()
        made.delta.new_element.bidi_component.json = text
        made.metadata.delta_path.append(len(text))
        populate_hash_if_needed(made)
        return made

    big = "x" * 100_000
    assert message(big).hash == message(big).hash != message(big + "y").hash
    assert message(big).metadata.cacheable


def test_a_cached_function_keeps_no_error_and_hashes_no_argument_with_an_underscore():
    """serving/cached.py"""
    calls = []

    @st.cache_resource(show_spinner=False)
    def cached(digest: str, _unhashable: object) -> object:
        calls.append(digest)
        if digest == "wrong":
            raise LookupError(digest)
        return _unhashable

    first, other = [], []
    assert cached("right", first) is first and cached("right", other) is first
    for _ in range(2):
        with pytest.raises(LookupError):
            cached("wrong", None)
    assert calls == ["right", "wrong", "wrong"]


IMPORTS = """
import sys
from streamlit.testing.v1 import AppTest

app = AppTest.from_string("import streamlit as st; st.components.v2.component('a', html='<p></p>')(data={'b': [1]})")
before = {"pandas", "pyarrow"} & set(sys.modules)
assert not app.run(timeout=60).exception
print(before, sorted({"pandas", "pyarrow"} & set(sys.modules)))
"""


def test_the_first_component_imports_what_is_imported_at_the_start():
    """Otherwise the first visitor waits for it."""
    ran = subprocess.run([sys.executable, "-c", IMPORTS], capture_output=True, encoding="utf-8", check=True, cwd=ROOT)
    assert ran.stdout.strip() == "set() ['pandas', 'pyarrow']"


def test_streamlit_collects_garbage_after_each_script():
    """AppTest's runner does not: so this reads the option and the source."""
    assert config.get_option("runner.postScriptGC")
    assert "gc.collect(" in inspect.getsource(ScriptRunner._on_script_finished)


def test_only_many_new_modules_are_worth_a_collection(monkeypatch):
    calls = []
    monkeypatch.setattr(gc, "freeze", lambda: calls.append("freeze"))
    monkeypatch.setattr(streamlit_internals, "_modules", len(sys.modules) - streamlit_internals.MANY)
    for _ in range(3):
        streamlit_internals.freeze_imports()
    assert calls == ["freeze"]


def test_a_session_is_waited_for_longer_than_streamlit_keeps_it():
    assert MemorySessionStorage()._cache.ttl + 10 <= SessionRegistry.GRACE <= 300


def test_the_address_that_the_browser_shows(monkeypatch):
    assert "context_info" in inspect.signature(ScriptRunContext).parameters
    context = SimpleNamespace(context_info=ContextInfo(url="http://localhost:8501/vae-kl/"))
    monkeypatch.setattr(streamlit_internals, "get_script_run_ctx", lambda: context)
    assert streamlit_internals.page_address() == "http://localhost:8501/vae-kl/"
    for nothing in (None, SimpleNamespace(context_info=None)):
        monkeypatch.setattr(streamlit_internals, "get_script_run_ctx", lambda nothing=nothing: nothing)
        assert streamlit_internals.page_address() == ""


def test_a_session_is_asked_for_by_the_id_that_its_script_had(monkeypatch):
    """tests/browser/test_away.py cuts connections."""

    def script() -> None:
        import streamlit as st

        from explorer.serving import streamlit_internals

        st.session_state["is_connected"] = streamlit_internals.connection()

    is_connected = AppTest.from_function(script).run(timeout=60).session_state["is_connected"]
    assert not is_connected()  # there is no server here
    server = create_autospec(runtime.Runtime, instance=True)
    server.is_active_session.side_effect = {"test session id": True}.get
    monkeypatch.setattr(runtime, "exists", lambda: True)
    monkeypatch.setattr(runtime, "get_instance", lambda: server)
    assert is_connected() is True
    server.is_active_session.side_effect = {}.get
    assert not is_connected()
