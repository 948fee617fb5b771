"""Presentation mode, for a projector: everything is larger, and only the page itself is seen.

`present=on` in the address opens it, as the button at the top does; Escape leaves it. It stays on from page to page.
"""

from __future__ import annotations

import streamlit as st

from explorer.ui.texts import texts_of

texts = texts_of("common")

PARAMETER, ON = "present", "on"
_SLOT = "present_state"

# All sizes follow the root's font size, those of the live pages too (their styles are in rem): at 1366 × 768 it is half as
# large again. A phone has no room for more.
STYLE = """<style>
html { font-size: max(16px, min(3.125vh, 1.757vw)) !important; --chrome: 1.25rem; }
[data-testid=stHeader] { display: none; }
[data-testid=stLayoutWrapper]:has(> [data-testid=stExpander]) { display: none; }
.stMainBlockContainer { padding: 0.5rem 1rem; }
.st-key-present { position: fixed; right: 0.25rem; top: 0.25rem; width: auto; z-index: 100; }
.st-key-present button { min-height: 0; padding: 0 0.3rem; }
.st-key-present button * { font-size: 0.7rem; }
</style>"""
# In the header, left of the menu; where that has no room, neither does a projector stand.
BUTTON_STYLE = """<style>
.st-key-present { position: fixed; right: 3.5rem; top: 0.65rem; width: auto; z-index: 999991; }
.st-key-present button { border: 0; background: transparent; }
@media (max-width: 1000px) { .st-key-present { display: none; } }
</style>"""


def is_on() -> bool:
    return st.session_state.get(_SLOT, False)


def params() -> dict[str, str]:
    """What the address holds of it, for who writes the address anew."""
    return {PARAMETER: ON} if is_on() else {}


def show() -> None:
    """Follows the address, or writes it after a change of page; shows the button, and in presentation mode takes all else away."""
    if PARAMETER in st.query_params:
        st.session_state[_SLOT] = st.query_params[PARAMETER] == ON
    st.query_params.update(params())
    st.html(STYLE if is_on() else BUTTON_STYLE)
    label, shortcut = (texts.PRESENT_LEAVE, "Escape") if is_on() else (texts.PRESENT, None)
    st.button(label, key="present", help=None if is_on() else texts.PRESENT_HELP, shortcut=shortcut, on_click=_turn)


def _turn() -> None:
    st.session_state[_SLOT] = not is_on()
    st.query_params.pop(PARAMETER, None)
