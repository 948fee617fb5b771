"""How a teacher lets a room in: to whom the server is open, which address a student types, and a QR code of the view that is shown."""

from __future__ import annotations

import html
import ipaddress
import socket
from collections.abc import Callable
from typing import NamedTuple
from urllib.parse import urlencode, urlsplit

import segno
import streamlit as st

from explorer.ui.texts import room as texts

EVERYWHERE = ("", "0.0.0.0", "::")  # bound to all of the machine's networks
COMMAND = ".venv/bin/streamlit run app.py --server.address 0.0.0.0"
PORT = 8501  # Streamlit's, where none is given


class Reach(NamedTuple):
    """Who can open the app. No address: this machine alone, or, where `is_open`, nobody else because it is in no network."""

    is_open: bool
    addresses: list[str]  # scheme, host and port, as another device types them; the likeliest first
    is_proxied: bool = False  # known only from how this browser came


def reach(url: str, bound: str, port: int, own_addresses: Callable[[], list[str]]) -> Reach:
    """url: by which this browser came; bound: the server's `server.address`; own_addresses: the machine's in its networks."""
    parts = urlsplit(url)
    if bound in EVERYWHERE:
        return Reach(True, [f"http://{_in_url(address)}:{port}" for address in own_addresses()])
    if not _is_loopback(bound):
        return Reach(True, [f"http://{_in_url(bound)}:{port}"])
    if parts.hostname and not _is_loopback(parts.hostname):
        return Reach(True, [f"{parts.scheme}://{parts.netloc}"], is_proxied=True)
    return Reach(False, [])


def own_addresses() -> list[str]:
    """This machine's IPv4 addresses in its networks: first that by which packets leave. Sends nothing."""
    found = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # of a network for documentation; connecting UDP only looks up the way
            found.append(probe.getsockname()[0])
        except OSError:
            pass  # no way out: there may still be others
    try:
        found += [answer[4][0] for answer in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET, socket.SOCK_STREAM)]
    except OSError:
        pass  # a machine's name need not be known
    return [address for address in dict.fromkeys(found) if not _is_loopback(address)]


def view(address: str, url: str, params: dict[str, str]) -> str:
    """What is shown at `url` with its parameters, as others open it."""
    query = urlencode(params, safe=",:;")  # a shorter address is a simpler code
    return address + (urlsplit(url).path.rstrip("/") or "/") + (f"?{query}" if query else "")


def qr_code(address: str) -> str:
    """An HTML image that fills its box. Black on white in either theme: cameras want it so."""
    drawn = segno.make(address, error="l", micro=False).svg_data_uri(omitsize=True, border=4, dark="#000", light="#fff")
    return f'<img src="{html.escape(drawn)}" alt="{html.escape(texts.QR.format(address=address))}" style="display: block; width: 100%">'


def button() -> None:
    """In the sidebar: students have no need of it."""
    if st.sidebar.button(texts.BUTTON, icon=":material/qr_code_2:", type="tertiary"):
        panel()


@st.dialog(texts.TITLE, width="large")
def panel() -> None:
    bound, port = st.get_option("server.address") or "", st.get_option("server.port")
    found = reach(st.context.url or "", bound, port, own_addresses)
    if not found.is_open:
        st.markdown(texts.ALONE.format(bound=bound))
        st.code(COMMAND + (f" --server.port {port}" if port != PORT else ""), language="bash", wrap_lines=True)
        st.markdown(texts.ALONE_AFTER)
    elif not found.addresses:
        st.markdown(texts.NO_NETWORK)
    else:
        _show(found, view(found.addresses[0], st.context.url or "", st.query_params.to_dict()), port)


def _show(found: Reach, link: str, port: int) -> None:
    first, *others = found.addresses
    st.html(f'{texts.ADDRESS}<br><strong style="font-size: clamp(1.3rem, 4.5vw, 3.5rem); overflow-wrap: anywhere">{html.escape(first)}</strong>')
    if others:
        st.caption(texts.OTHERS.format(addresses=", ".join(others)))
    code, words = st.columns([3, 2], vertical_alignment="center")
    code.html(f'<div style="width: min(100%, 58vh); margin: auto">{qr_code(link)}</div>')
    words.markdown(texts.VIEW)
    words.code(link, language=None, wrap_lines=True)
    words.caption(texts.PROXY if found.is_proxied else texts.OPEN.format(port=port))


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def _in_url(host: str) -> str:
    return f"[{host}]" if ":" in host else host
