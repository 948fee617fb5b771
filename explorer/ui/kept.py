"""The state of a page. The session keeps it for the next visit to the page; the address contains it, to be shared.

Python does not notice when JavaScript changes the address. So a live page sends each finished change, and Python writes
it into the address.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import streamlit as st

from explorer.serving.failure import warn
from explorer.ui import present

Parse = Callable[[Mapping[str, str]], tuple[dict, list[str]]]
Check = Callable[[Mapping], dict]
ToParams = Callable[[Mapping], dict[str, str]]


def current(
    key: str,
    parse: Parse,
    to_params: ToParams,
    parameters: tuple[str, ...],
    holds: Callable[[dict], bool] = lambda state: True,
) -> tuple[dict, list[str]]:
    """The state in the address. If the address has none, as after a visit to another page, the state in the session.

    key: of the live component, or of a page of Streamlit's own elements. parameters: the names of the page's parameters. holds: whether a state from the session
    can still be shown. Returns the state, and a sentence for each parameter that is ignored.
    """
    kept = st.session_state.get(_slot(key))
    params = {name: st.query_params[name] for name in parameters if name in st.query_params}
    if kept is not None and holds(kept):
        if params == to_params(kept):
            return kept, []
        if not params:
            st.query_params.update(to_params(kept))
            return kept, []
    parsed, problems = parse(params)
    st.session_state[_slot(key)] = parsed
    return parsed, problems


def show_problems(problems: list[str]) -> None:
    for problem in problems:
        warn(f"In the address, {problem}", "link_off")


def keeper(key: str, check: Check, to_params: ToParams) -> Callable[[], None]:
    """The `on_state_change` of a live component: writes a finished change to the session and to the address.

    check: makes a legal state of what the browser sent, or raises one of the errors below; then nothing changes.
    """

    def keep() -> None:
        try:
            sent = st.session_state[key]["state"]
            found = check(sent) | _revision(sent)
            whole = to_params(sent) == to_params(found)
        except (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError):
            return  # it does not come from a page of this app
        st.session_state[f"{key}_own"] = found if whole else None
        st.session_state[f"{key}_seen"] = found.get("revision")
        keep_state(key, found, to_params)

    return keep


def keep_state(key: str, state: Mapping, to_params: ToParams) -> None:
    """Writes a finished change to the session and to the address."""
    st.session_state[_slot(key)] = state
    st.query_params.from_dict(to_params(state) | present.params())


def own(key: str) -> dict | None:
    """The last state that the open page sent, if it was legal as it was. The page shows it already."""
    return st.session_state.get(f"{key}_own") if seen(key) is not None else None


def seen(key: str) -> int | None:
    """The number of the open page's last kept change. None before the first, and after a restart of the server."""
    return st.session_state.get(f"{key}_seen") if (st.session_state.get(key) or {}).get("state") else None


def _revision(sent: Mapping) -> dict[str, int]:
    """The browser's count of its changes, by which it recognises an acknowledgement (web/parts/exchange.js)."""
    count = sent.get("revision")
    return {"revision": count} if isinstance(count, int) else {}


def _slot(key: str) -> str:
    return f"{key}_state"
