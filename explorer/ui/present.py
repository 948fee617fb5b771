"""Presentation mode, for a projector: everything is larger, and only the page itself is visible.

`present=on` in the address opens it, as the button at the top does; Escape leaves it. It stays on from page to page.
"""

from __future__ import annotations

import streamlit as st

from explorer.serving import streamlit_internals
from explorer.ui.texts import texts_of

texts = texts_of("common")

PARAMETER, ON = "present", "on"
_SLOT, _NAMED = "present_state", "present_named"  # in the session


def is_on() -> bool:
    return st.session_state.get(_SLOT, False)


def params() -> dict[str, str]:
    """Its parameters in the address, for code that rewrites the address."""
    return {PARAMETER: ON} if is_on() else {}


def show(has_arrived: bool) -> None:
    """Reads the mode from the address, or writes it there after a change of page. Shows the button; sets the style.

    has_arrived: whether the page was just opened. Once its address has named the mode, one that does not is an earlier
    one, reached by Back, which leaves the mode.
    """
    if has_arrived:
        st.session_state[_NAMED] = False
    if PARAMETER in st.query_params or st.session_state.get(_NAMED):
        st.session_state[_SLOT] = st.query_params.get(PARAMETER) == ON
        st.session_state[_NAMED] = True
    st.query_params.update(params())
    st.html(streamlit_internals.PRESENTATION_STYLE if is_on() else streamlit_internals.BUTTON_STYLE)
    label, shortcut = (texts.PRESENT_LEAVE, "Escape") if is_on() else (texts.PRESENT, None)
    st.button(label, key="present", help=None if is_on() else texts.PRESENT_HELP, shortcut=shortcut, on_click=_turn)


def _turn() -> None:
    st.session_state[_SLOT] = not is_on()
    st.query_params.pop(PARAMETER, None)
    st.query_params.update(params())
