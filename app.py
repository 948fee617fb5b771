"""The app: `streamlit run app.py` finds `app`, the page script with the routes that serve browser assets."""

from pathlib import Path

import streamlit as st

from explorer.ui.live import assets, fetching, mapping, training

app = st.App(
    Path(__file__).parent / "explorer" / "ui" / "main.py",
    routes=[*training.ROUTES, *fetching.ROUTES, *mapping.ROUTES, *assets.ROUTES],
    lifespan=assets.lifespan,
)
