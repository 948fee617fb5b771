"""The page script: navigation over the pages. app.py serves it."""

import importlib
from functools import partial
from pathlib import Path

import streamlit as st

from explorer.serving import streamlit_internals
from explorer.ui import components, kept, present, room, tour
from explorer.ui.pages import PAGES
from explorer.ui.texts import texts_of

texts = texts_of("common")

HERE = Path(__file__).parent
ICON = HERE / "icon.svg"  # a file: Streamlit's own icons for a tab come from another host

streamlit_internals.freeze_imports()
st.set_page_config(page_title=texts.TITLE, page_icon=ICON, layout="wide", initial_sidebar_state="collapsed")
st.logo(HERE / "logo.svg", size="medium")
st.html(streamlit_internals.STYLE)


def show(module: str) -> None:
    """Imports a page's module when it is shown, so that no page waits for the imports of another."""
    importlib.import_module(f"explorer.ui.{module}").page()


pages = [
    st.Page(partial(show, module), title=title, icon=f":material/{icon}:", url_path=module, default=i == 0)
    for i, (module, title, icon) in enumerate(PAGES)
]
page = st.navigation(pages, position="top")
has_arrived = kept.arrive(page.url_path)
present.show(has_arrived, page, pages)
room.button(page.url_path)
with st.sidebar:
    components.navigate(page.url_path)
tour.show(has_arrived, page, pages)
page.run()
