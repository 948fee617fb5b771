"""The panel that lets a classroom in: who can open the app, the address to type, and a QR code of the current view."""

from __future__ import annotations

import contextlib
import html
import ipaddress
import socket
from collections.abc import Callable
from typing import NamedTuple
from urllib.parse import urlencode, urlsplit

import segno
import streamlit as st

from explorer.serving import app as serving
from explorer.serving import streamlit_internals
from explorer.shared import fill
from explorer.ui.texts import texts_of

texts = texts_of("room")

EVERYWHERE = ("", "0.0.0.0", "::")  # bound to all of the machine's networks
COMMAND = ".venv/bin/streamlit run app.py --server.address 0.0.0.0"
PORT = 8501  # Streamlit's, where none is given
STANDARD_PORTS = {("http", 80), ("https", 443)}


class Reach(NamedTuple):
    """Who can open the app. No address means this machine alone; if also `is_open`, the machine is in no network."""

    is_open: bool
    addresses: list[str]  # scheme, host and port, as another device types them; the likeliest first
    is_proxied: bool = False  # the first address is known only from how this browser came


def reach(
    url: str, bound: str, port: int, own_addresses: Callable[[], list[str]],
    below: str = "", base_path: str = "", scheme: str = "http",
) -> Reach:  # fmt: skip
    """The addresses at which others can open the app.

    The first is the one that this browser shows, unless only this machine can use that: it may be the address of a
    proxy, a tunnel or a container, which the server does not know.

    url: the page's address in this browser; below: the path in it before the page's name.
    bound, port, base_path, scheme: the server's options; own_addresses: this machine's in its networks.
    """
    hosts = own_addresses() if bound in EVERYWHERE else [] if _is_local(bound) else [bound]
    place = "" if (scheme, port) in STANDARD_PORTS else f":{port}"
    own = [f"{scheme}://{_in_url(host)}{place}{base_path}" for host in hosts]
    came = urlsplit(url)
    if not came.hostname or _is_local(came.hostname):
        return Reach(bound in EVERYWHERE or bool(own), own)
    address = f"{came.scheme}://{came.netloc}{below}"
    return Reach(True, list(dict.fromkeys([address, *own])), is_proxied=address not in own)


def own_addresses() -> list[str]:
    """This machine's IPv4 addresses in its networks, the one that packets leave from first. Sends nothing."""
    found = []
    with contextlib.suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect(("192.0.2.1", 9))  # of a network for documentation; connecting UDP only looks up the way
        found.append(probe.getsockname()[0])  # no way out raises OSError: there may still be others
    with contextlib.suppress(OSError):  # a machine's name need not be known
        answers = socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET, socket.SOCK_STREAM)
        found += [answer[4][0] for answer in answers]
    return [address for address in dict.fromkeys(found) if not _is_local(address)]


def path_below(url: str, page: str) -> str:
    """The path before the page's name in this browser's address: "", or "/lab" in "/lab/kl". A proxy may have added it.

    page: the name of the page at `url`; "" for the front page.
    """
    return urlsplit(url).path.rstrip("/").removesuffix(f"/{page}" if page else "")


def view(address: str, url: str, params: dict[str, str], below: str = "") -> str:
    """The address at which others open the view of `url`. below: the path in `url` before the page's name."""
    query = urlencode(params, safe=",:;")  # a shorter address is a simpler code
    return address + (urlsplit(url).path.removeprefix(below).rstrip("/") or "/") + (f"?{query}" if query else "")


def qr_code(address: str) -> str:
    """An HTML image that fills its box. Black on white in either theme: cameras want it so."""
    drawn = segno.make(address, error="l", micro=False).svg_data_uri(omitsize=True, border=4, dark="#000", light="#fff")
    label = html.escape(fill(texts.QR, address=address))
    return f'<img src="{html.escape(drawn)}" alt="{label}" style="display: block; width: 100%">'


def button(page: str) -> None:
    """The button that opens the panel, in the sidebar, because students do not need it. page: its name in addresses."""
    if st.sidebar.button(texts.BUTTON, icon=":material/qr_code_2:", type="tertiary"):
        panel(page)


@st.dialog(texts.TITLE, width="large")
def panel(page: str) -> None:
    bound, port, base_path = st.get_option("server.address") or "", st.get_option("server.port"), serving.base_path()
    scheme = "https" if st.get_option("server.sslCertFile") else "http"
    url = streamlit_internals.page_address()
    below = path_below(url, page)
    found = reach(url, bound, port, own_addresses, below, base_path, scheme)
    if not found.is_open:
        st.markdown(fill(texts.ALONE, bound=bound))
        st.code(command(port, base_path), language="bash", wrap_lines=True)
        st.markdown(texts.ALONE_AFTER)
    elif not found.addresses:
        st.markdown(texts.NO_NETWORK)
    else:
        _show(found, view(found.addresses[0], url, st.query_params.to_dict(), below), port)


def command(port: int, base_path: str) -> str:
    """The command that starts the server with the same options, but open to the network."""
    options = [f" --server.port {port}"] if port != PORT else []
    options += [f" --server.baseUrlPath {base_path[1:]}"] if base_path else []
    return "".join([COMMAND, *options])


def _show(found: Reach, link: str, port: int) -> None:
    first, *others = found.addresses
    style = "font-size: clamp(1.3rem, 4.5vw, 3.5rem); overflow-wrap: anywhere"
    st.html(f'{texts.ADDRESS}<br><strong style="{style}">{html.escape(first)}</strong>')
    if others:
        st.caption(fill(texts.OTHERS, addresses=", ".join(others)))
    code, words = st.columns([3, 2], vertical_alignment="center")
    code.html(f'<div style="width: min(100%, 58vh); margin: auto">{qr_code(link)}</div>')
    words.markdown(texts.VIEW)
    words.code(link, language=None, wrap_lines=True)
    words.caption(texts.PROXY if found.is_proxied else fill(texts.OPEN, port=port))


def _is_local(host: str) -> bool:
    """Whether the host's name or address means "this machine" on every machine, so that no other can use it."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host == "localhost" or host.endswith(".localhost") or host.startswith("unix:")
    return address.is_loopback or address.is_unspecified


def _in_url(host: str) -> str:
    return f"[{host}]" if ":" in host else host
