"""Every use of a part of Streamlit that its documentation does not promise. An upgrade of Streamlit is this one file.

`tests/test_streamlit_internals.py` has a test for each, which also says what is relied on where no function is needed:

- `streamlit run` finds the app by reading the source of app.py, which must assign `st.App(...)` itself.
- The hidden option `global.maxCachedMessageAge` (.streamlit/config.toml): for how many runs of the script a browser
  keeps a big message. Streamlit sends a hash in place of a message that the browser still has.
- st.cache_resource keeps what a function returns, but no error that it raises. It hashes no argument whose name begins
  with _.
- Streamlit keeps a session whose connection broke for two minutes (background/sessions.py waits longer).
- A component's script is loaded from a blob and run again for new data: web/bootstrap.js and its test
  tests/browser/test_mounting.py.
"""

from __future__ import annotations

import asyncio
import gc
import re
import socket
import sys
from collections.abc import Callable
from pathlib import Path

import streamlit
from streamlit import net_util, runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx
from uvicorn.protocols.http.auto import AutoHTTPProtocol

# ---- the server

FILES = Path(streamlit.__file__).parent / "static"
PAGE = FILES / "index.html"  # the one HTML file that is sent for every page
SOCKET = "/_stcore/stream"  # the end of the address of a page's websocket
QUESTIONS = ("/_stcore/health", "/_stcore/host-config")  # and of what it asks for before it opens that
_INLINE = re.compile(rb"<script(?=[\s>])(?![^>]*\ssrc\s*=)[^>]*>(.*?)</script\s*>", re.DOTALL | re.IGNORECASE)


def ask_no_host() -> None:
    """Keeps the server from asking a host on the internet for its own address.

    Streamlit does that for a request from another site, and no option forbids it. Its modules look the function up in
    net_util at each call.
    """
    net_util.get_external_ip = lambda: None


def send_at_once() -> None:
    """Makes the server send small answers without delay (TCP_NODELAY), which saves some 40 ms for each.

    Asyncio does so by itself, but not for the socket that Streamlit has bound: its `proto` is 0. The system then keeps
    an answer's body back until the browser has confirmed its head, which browsers put off (uvicorn, issue 3149).
    """
    made = AutoHTTPProtocol.connection_made
    if made.__module__ == __name__:
        return  # another app of this process has come first

    def connection_made(self, transport: asyncio.Transport) -> None:
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        made(self, transport)

    AutoHTTPProtocol.connection_made = connection_made


def inline_scripts(page: bytes) -> list[bytes]:
    """The scripts inside an HTML file. Browsers run them only if the Content-Security-Policy contains their hashes."""
    return _INLINE.findall(page)


def scripts_and_styles() -> dict[str, Path]:
    """Streamlit's own scripts and styles, by their paths below the app's root. Each path carries a digest."""
    found = (path for path in FILES.glob("static/**/*") if path.suffix in (".js", ".css"))
    return {f"/{path.relative_to(FILES).as_posix()}": path for path in found}


def font() -> Path | None:
    """The font of the app's text, as a file; its licence (OFL) is in the file's own metadata."""
    return next(FILES.glob("static/media/SourceSansVF-Upright.*.woff2"), None)


def import_what_components_need() -> None:
    """Imports what Streamlit imports at the first call of a component, so that the first visitor need not wait."""
    import pandas  # noqa: F401
    import pyarrow  # noqa: F401


# ---- a session

MANY = 100  # modules: fewer new ones are not worth a collection
_modules = 0  # that there were at the last call of freeze_imports


def freeze_imports() -> None:
    """Exempts all living objects from garbage collection if MANY modules have been imported since the last time.

    Streamlit collects after every script run, and traversing all that imports have allocated (torch's above all) takes
    far longer than the script. Objects of sessions that are open at the moment are exempt as well: they are still freed
    when nothing refers to them, but not if they refer to each other in a cycle.
    """
    global _modules
    if len(sys.modules) >= _modules + MANY:
        _modules = len(sys.modules)
        gc.collect()
        gc.freeze()


def connection() -> Callable[[], bool]:
    """Whether the session that runs this script is connected to a browser: a function, for any thread and later on.

    Streamlit keeps a session whose connection breaks for two minutes. If the browser comes back, no script runs. So
    neither the script nor `on_release` of a session's cache, called when the connection breaks, can know.
    """
    context = get_script_run_ctx()
    session_id = context.session_id if context else ""
    return lambda: runtime.exists() and runtime.get_instance().is_active_session(session_id)


def is_dark() -> bool:
    """Whether the browser shows the dark theme. Without a browser, as while the static site is written, the light."""
    return get_script_run_ctx(suppress_warning=True) is not None and streamlit.context.theme.type == "dark"


def page_address() -> str:
    """The address that the browser shows, or "". `st.context.url` may differ: it cuts the path /vae-kl/ to /vae-."""
    context = get_script_run_ctx()
    return context.context_info.url if context and context.context_info else ""


# ---- styles that name parts of Streamlit's own markup

MAIN_FIGURES_STYLE = """\
/* the scoreboard's main figures: in a narrow window, and in presentation mode, in the place of all figures */
.main-figures {
  display: none; overflow-x: auto; border: 1px solid light-dark(#d5d3ce, #41444d); border-radius: 0.5rem;
}
.main-figures.presented { display: block; }
.main-figures table { width: 100%; margin: 0; border-collapse: collapse; font-variant-numeric: tabular-nums; }
.main-figures :is(th, td) { padding: 0.375rem 0.5rem; border: 0; text-align: right; font-size: 0.9375rem; }
.main-figures thead th { font-weight: 400; font-size: 0.8125rem; vertical-align: bottom; cursor: help; }
.main-figures :is(th, td):first-child {
  position: sticky; left: 0; text-align: left; background: light-dark(#fff, #0e1117);
}
.main-figures tbody th { min-width: 6.5rem; font-weight: 400; }
.main-figures tr + tr > *, .main-figures tbody tr > * { border-top: 1px solid light-dark(#d5d3ce, #41444d); }
.main-figures a { color: light-dark(#0b62b0, #6db6ff); }
@media (max-width: 767px) {
  .main-figures { display: block; }
}
"""
# Room for two maps; all pages' names beside each other at 1280 pixels; larger type on a very large screen; an outline
# for the focus, which Streamlit hardly shows on its own elements; captions and code with the contrast that small type
# needs.
STYLE = """<style>
.stMainBlockContainer { padding-left: 1.5rem; padding-right: 1.5rem; }
[data-testid=stTopNavLink] { padding: 0 0.25rem; gap: 0.25rem; }
@media (min-width: 2200px) and (min-height: 1100px) { html { font-size: 20px; } }
@media (max-width: 767px) {
  html { --gutter: 1rem; }
  .stMainBlockContainer { padding-left: var(--gutter); padding-right: var(--gutter); }
}
.stApp :is(a, summary, main, [kind=elementToolbar], input[aria-autocomplete]):focus-visible {
  outline: 2px solid currentColor !important; outline-offset: -2px;
}
.stApp [data-testid=stCaptionContainer] { opacity: 1; }
.stApp :is(p, li) code { font-size: max(0.75em, 0.8125rem); }
.stApp [data-testid=stMarkdownContainer] :is(h2, h3) { font-size: 1.25rem; padding: 0.5rem 0 0.25rem; }
.stApp [data-testid=stMarkdownContainer] h4 { font-size: 0.9375rem; }
.stApp [data-testid=stMarkdownContainer] :is(p, li), .stApp [data-testid=stWidgetLabel] p { font-size: 0.9375rem; }
.stApp [data-testid=stCaptionContainer] :is(p, li) { font-size: 0.8125rem; max-width: 60rem; }
.stApp [data-testid=stCaptionContainer] :is(p, code), .stApp .token.comment {
  color: light-dark(#5c5b58, #b5b3ae) !important;
}
.stApp .token:is(.keyword, .function, .builtin, .class-name, .decorator) {
  color: light-dark(#0b62b0, #6db6ff) !important;
}
.stApp button[kind=primary] * { color: light-dark(#fff, #171614); }
.stMain .stColumn { min-width: min(17rem, 100%); } /* a plot keeps its titles: it goes to the next line first */
MAIN_FIGURES
@media (max-width: 767px) {
  .stElementContainer:has([data-testid=stDataFrame]), .st-key-sorting { display: none; }
}
.stApp .token:is(.boolean, .number, .string, .string-interpolation) { color: light-dark(#00663d, #33ebad) !important; }
</style>""".replace("MAIN_FIGURES\n", MAIN_FIGURES_STYLE)
# Presentation mode. All sizes follow the root's font size, those of the live pages too (their styles are in rem): at
# 1366 × 768 it is half as large again. A phone has no room for more. The bar at the top is 1.5rem high. Its middle,
# from --bar-from to --bar-to, is where a page's tabs lie: see .in-bar in parts/live.css. --bar-type: all tabs of a page
# fit between the page's name and the button.
PRESENTATION_SIZES = (
    "font-size: max(16px, min(3.125vh, 1.757vw)) !important; "
    "--chrome: 2.25rem; --header: 1.5rem; --bar-from: 11.5rem; --bar-to: 5rem; --bar-type: max(13px, 0.75rem);"
)
PRESENTATION_STYLE = """<style>
html { SIZES }
[data-testid=stHeader], [data-testid=stSpinner] { display: none; }
[data-testid=stLayoutWrapper]:has(> [data-testid=stExpander]) { display: none; }
.stMainBlockContainer { padding: 1.75rem 1rem 0.5rem; }
.st-key-present_bar {
  position: fixed; inset: 0 0 auto; height: 1.5rem; z-index: 90; padding: 0 0.5rem;
  flex-flow: row nowrap; align-items: center; gap: 0.25rem;
  background: light-dark(#f1f0ec, #26282f);
}
.st-key-present_bar * { width: auto !important; flex: none; font-size: 0.75rem; line-height: 1.25rem; white-space: nowrap; }
.st-key-present_bar :is(.st-key-previous_page, .st-key-next_page) { width: 1.5rem !important; }
.st-key-present_bar [data-testid=stPageLink-NavLink] { padding: 0 0.25rem; margin: 0; min-height: 0; }
.st-key-present_bar [data-testid=stPageLink-NavLink] [data-testid=stMarkdownContainer] {
  position: absolute; overflow: hidden; width: 1px !important; height: 1px; clip-path: inset(50%);
}
[data-testid=stLayoutWrapper]:has(> .st-key-present_bar) { display: contents; } /* no gap in the page's column */
.st-key-present { position: fixed; right: 0.25rem; top: 0; width: auto; z-index: 100; }
.st-key-present .stButton { display: flex; align-items: center; height: 1.5rem; }
.st-key-present button { min-height: 0; height: 1.25rem; padding: 0 0.375rem; }
.st-key-present button * { font-size: 0.75rem; line-height: 1; }
.st-key-present kbd { color: inherit !important; opacity: 1; } /* its grey has too little contrast */
</style>""".replace("SIZES", PRESENTATION_SIZES)
HEADER_LAYER = 999990  # the header's z-index
# The tour: the pages leave room for its strip.
STRIP = "5.25rem"
TOUR_STYLE = f"""<style>
html {{ --strip: {STRIP}; }}
html:has(.st-key-present_bar) {{ --chrome: calc(2.25rem + var(--strip)); }}
html:not(:has(.st-key-present_bar)) {{ --chrome: calc(5.25rem + var(--strip)); }}
</style>"""
# The button that opens presentation mode: in the header, left of the menu. Narrow windows are not for projectors.
BUTTON_STYLE = f"""<style>
.st-key-present {{ position: fixed; right: 3.5rem; top: 0.65rem; width: auto; z-index: {HEADER_LAYER + 1}; }}
.st-key-present button {{ border: 0; background: transparent; }}
[data-testid=stStatusWidget] {{ margin-right: 6rem; }} /* "Running" and "Stop" stand beside the button */
@media (max-width: 1000px) {{ .st-key-present {{ display: none; }} }}
</style>"""
