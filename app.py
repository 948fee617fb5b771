"""The app: `streamlit run app.py` finds `app`, the page script with the routes that serve browser assets."""

from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware
from streamlit import net_util

from explorer.ui.failure import show_failure
from explorer.ui.headers import Headers
from explorer.ui.live import assets, fetching, mapping, streamlit_files, training

net_util.get_external_ip = lambda: None  # where a request comes from another site, Streamlit would ask a host on the internet for this machine's address

app = st.App(
    Path(__file__).parent / "explorer" / "ui" / "main.py",
    routes=[*training.ROUTES, *fetching.ROUTES, *mapping.ROUTES, *assets.ROUTES],
    middleware=[Middleware(Headers), *streamlit_files.MIDDLEWARE],
    lifespan=assets.lifespan,
    on_script_error=show_failure,
)
