"""The page script: navigation over the pages. app.py serves it."""

import importlib
from functools import partial
from pathlib import Path

import streamlit as st

from explorer.serving import settled
from explorer.ui import present, room
from explorer.ui.texts import texts_of

texts = texts_of("common")

HERE = Path(__file__).parent
ICON = HERE / "icon.svg"  # a file: Streamlit's own icons for a tab come from another host
# Room for two maps; where the focus is, which Streamlit hardly shows of what is its own; captions and code with the contrast that small type needs.
STYLE = """<style>
.stMainBlockContainer { padding-left: 1.5rem; padding-right: 1.5rem; }
.stApp :is(a, summary, main, [kind=elementToolbar], input[aria-autocomplete]):focus-visible { outline: 2px solid currentColor !important; outline-offset: -2px; }
.stApp [data-testid=stCaptionContainer] { opacity: 1; }
.stApp [data-testid=stCaptionContainer] :is(p, code), .stApp .token.comment { color: light-dark(#5c5b58, #b5b3ae) !important; }
.stApp .token:is(.keyword, .function, .builtin, .class-name, .decorator) { color: light-dark(#0b62b0, #6db6ff) !important; }
.stApp .token:is(.boolean, .number, .string, .string-interpolation) { color: light-dark(#00663d, #33ebad) !important; }
</style>"""

settled.settle()
st.set_page_config(page_title=texts.TITLE, page_icon=ICON, layout="wide", initial_sidebar_state="collapsed")
st.logo(HERE / "logo.svg", size="medium")
st.html(STYLE)
present.show()

# What stands at the top, in this order: the page's module in explorer.ui (its address too), its title and its icon.
PAGES = [
    ("explore", "Explorer", "scatter_plot"),
    ("kl", "1 Recall KL", "balance"),
    ("reparameterisation", "2 Reparameterise", "casino"),
    ("adversary", "3 The adversary", "sports_kabaddi"),
    ("practice", "4 Practice", "model_training"),
    ("scoreboard", "Scoreboard", "leaderboard"),
]


def show(module: str) -> None:
    importlib.import_module(
        f"explorer.ui.{module}"
    ).page()  # only now: one page's imports are not for another to wait for


pages = [
    st.Page(partial(show, module), title=title, icon=f":material/{icon}:", url_path=module, default=i == 0)
    for i, (module, title, icon) in enumerate(PAGES)
]
page = st.navigation(pages, position="top")
room.button(page.url_path)
page.run()
