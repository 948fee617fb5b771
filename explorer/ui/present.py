"""Presentation mode, for a projector: everything is larger, and above the page there is only a slim bar.

`present=on` in the address opens it, as the button at the top does; Escape leaves it. It stays on from page to page.
The bar names the page and has links to the one before and the one after. The style puts the page's tabs into the bar.
The left and right arrow keys lead through tabs and pages: web/steps.js.
"""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from explorer.serving import streamlit_internals
from explorer.ui.carried import Carried
from explorer.ui.texts import texts_of

texts = texts_of("common")

PARAMETER, ON = "present", "on"
_MODE = Carried(PARAMETER, [ON])


def is_on() -> bool:
    return _MODE.value == ON


def show(has_arrived: bool, page: StreamlitPage, pages: Sequence[StreamlitPage]) -> None:
    """Reads the mode from the address, or writes it there after a change of page. Shows button and bar; sets the style.

    has_arrived: see `Carried.read`. page: the one that is shown, of `pages`, in their order.
    """
    _MODE.read(has_arrived)
    st.html(streamlit_internals.PRESENTATION_STYLE if is_on() else streamlit_internals.BUTTON_STYLE)
    if is_on():
        _bar(page, pages)
    label, shortcut = (texts.PRESENT_LEAVE, "Escape") if is_on() else (texts.PRESENT, None)
    st.button(label, key="present", help=None if is_on() else texts.PRESENT_HELP, shortcut=shortcut, on_click=_turn)


def _bar(page: StreamlitPage, pages: Sequence[StreamlitPage]) -> None:
    at = [one.url_path for one in pages].index(page.url_path)
    with st.container(key="present_bar", horizontal=True):
        _link("previous_page", pages[at - 1] if at else None, "chevron_left")
        st.html(f"<b>{page.title}</b>")
        _link("next_page", pages[at + 1] if at + 1 < len(pages) else None, "chevron_right")


def _link(key: str, page: StreamlitPage | None, icon: str) -> None:
    """A link to another page; the first and the last page keep an empty place."""
    with st.container(key=key, width="content"):
        if page:
            st.page_link(page, icon=f":material/{icon}:")


def _turn() -> None:
    _MODE.set(None if is_on() else ON)
