"""The app: `streamlit run app.py` finds `app`, the page script with the routes that serve browser assets."""

import streamlit as st

from explorer.serving import app as serving

app = st.App(**serving.arguments())
