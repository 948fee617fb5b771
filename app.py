"""The app: `streamlit run app.py` finds `app`: the page script, the routes that serve browser assets, and what holds for all of them."""

from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware

from explorer.ui.failure import show_failure
from explorer.ui.headers import Headers
from explorer.ui.live import assets, fetching, training

app = st.App(
    Path(__file__).parent / "explorer" / "ui" / "main.py",
    routes=[*training.ROUTES, *fetching.ROUTES, *assets.ROUTES],
    middleware=[Middleware(Headers)],
    lifespan=assets.lifespan,
    on_script_error=show_failure,
)
