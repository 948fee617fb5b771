"""The state of a page. The session keeps it for the next visit to the page; the address contains it, to be shared.

Python does not notice when JavaScript changes the address. So a live page sends each finished change, and Python writes
it into the address.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import streamlit as st

from explorer.serving.failure import warn
from explorer.ui import carried

Parse = Callable[[Mapping[str, str]], tuple[dict, list[str]]]
Check = Callable[[Mapping], dict]
ToParams = Callable[[Mapping], dict[str, str]]

PAGE, ARRIVED = "kept_page", "kept_arrived"  # in the session: the page that is shown; whether it was just opened


def arrive(page: str) -> bool:
    """Notes that a page is about to be shown: its name in addresses. Returns whether it is another one than before."""
    is_another = st.session_state.get(PAGE) != page
    if is_another:
        st.session_state[PAGE], st.session_state[ARRIVED] = page, True
    return is_another


def current(
    key: str,
    parse: Parse,
    to_params: ToParams,
    parameters: tuple[str, ...],
    holds: Callable[[dict], bool] = lambda state: True,
) -> tuple[dict, list[str]]:
    """The state in the address.

    After a visit to another page, an address without a state opens the one in the session. On the page itself, the
    browser's Back leads to such an address, which then opens the state that it had at first.
    key: of the live component, or of a page of Streamlit's own elements. parameters: the names of the page's
    parameters. holds: whether a state from the session can still be shown. Returns the state, and a sentence for each
    parameter that is ignored.
    """
    kept, first = (_held(f"{key}_{name}", holds) for name in ("state", "first"))
    has_arrived = st.session_state.pop(ARRIVED, False)
    params = {name: st.query_params[name] for name in parameters if name in st.query_params}
    if kept is not None and params == to_params(kept):
        return kept, []
    if not params and kept is not None and has_arrived:
        if first is None or to_params(first) != to_params(kept):
            st.query_params.update(to_params(kept))
        return kept, []
    if not params and first is not None:
        if kept is None or to_params(first) != to_params(kept):
            st.session_state[_slot(key)] = first
        return st.session_state[_slot(key)], []
    parsed, problems = parse(params)
    st.session_state[_slot(key)] = parsed
    if not params:
        st.session_state[f"{key}_first"] = parsed
    return parsed, problems


def _held(slot: str, holds: Callable[[dict], bool]) -> dict | None:
    """A state of the session, if it can still be shown."""
    found = st.session_state.get(slot)
    return found if found is not None and holds(found) else None


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
        if not is_new(key, sent):
            return
        st.session_state[f"{key}_own"] = found if whole else None
        keep_state(key, found, to_params)

    return keep


def is_new(key: str, sent: Mapping) -> bool:
    """Whether the browser's message was not taken before; notes that it is now.

    When `st.switch_page` opens a page, Streamlit forgets the components' states, and the next message of any component
    brings back the last message of each as if it were new. Taken again, it would undo what was done since.
    """
    revision, slot = _revision(sent).get("revision"), f"{key}_seen"
    if revision is not None and revision == st.session_state.get(slot):
        return False
    st.session_state[slot] = revision
    return True


def keep_state(key: str, state: Mapping, to_params: ToParams) -> None:
    """Writes a finished change to the session and to the address."""
    st.session_state[_slot(key)] = state
    st.query_params.from_dict(to_params(state) | carried.params())


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
