"""A live page's state: in the session, so that it is there after a visit to another page, and in the address, so that it can be shared.

The address changed from JavaScript would stay invisible to Python, so the page sends a finished change, and `keep` writes it.
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
    """The address's state where it has one; else, as after a visit to another page, the one kept in the session.

    key: the live component's; parameters: the address's names that are this page's; holds: whether a kept state can still be shown.
    Returns the state, and a sentence for each parameter that had to be ignored.
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
    """The live component's `on_state_change`: a change was finished in the browser, and goes into the session and the address.

    check: a legal state from what a browser sent, with any of these errors where it is none: then nothing changes.
    """

    def keep() -> None:
        try:
            sent = st.session_state[key]["state"]
            found = check(sent) | _revision(sent)
            whole = to_params(sent) == to_params(found)
        except (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError):
            return  # no page of ours sent it
        st.session_state[_slot(key)] = found
        st.session_state[f"{key}_own"] = found if whole else None
        st.session_state[f"{key}_seen"] = found.get("revision")
        st.query_params.from_dict(to_params(found) | present.params())

    return keep


def own(key: str) -> dict | None:
    """The state that the open page sent last, if nothing of it had to be changed: it is shown already."""
    return st.session_state.get(f"{key}_own") if seen(key) is not None else None


def seen(key: str) -> int | None:
    """The number of the open page's last change that was kept; None before the first. A server that was restarted has kept none."""
    return st.session_state.get(f"{key}_seen") if (st.session_state.get(key) or {}).get("state") else None


def _revision(sent: Mapping) -> dict[str, int]:
    """The browser's own count of its changes, by which it knows an echo (exchange.js)."""
    count = sent.get("revision")
    return {"revision": count} if isinstance(count, int) else {}


def _slot(key: str) -> str:
    return f"{key}_state"
