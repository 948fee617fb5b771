"""The page script: navigation over the pages. app.py serves it."""

from pathlib import Path

import streamlit as st

from explorer.ui import explore, texts

HERE = Path(__file__).parent
ICON = HERE / "icon.svg"  # a file: Streamlit's own icons for a tab come from another host
MARGINS = "<style>.stMainBlockContainer { padding-left: 1.5rem; padding-right: 1.5rem; }</style>"  # room for two maps

st.set_page_config(page_title=texts.TITLE, page_icon=ICON, layout="wide")
st.logo(HERE / "logo.svg", size="medium")
st.html(MARGINS)


def show_scoreboard() -> None:
    from explorer.ui import scoreboard  # pandas' and Plotly's figures are not for the front page to wait for

    scoreboard.page()


PAGES = [
    st.Page(explore.page, title="Explorer", icon=":material/scatter_plot:", url_path="explorer", default=True),
    st.Page(show_scoreboard, title="Scoreboard", icon=":material/leaderboard:", url_path="scoreboard"),
]
st.navigation(PAGES, position="top").run()
