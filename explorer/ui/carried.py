"""A parameter of the address that stays from page to page, such as presentation mode."""

from __future__ import annotations

from collections.abc import Collection

import streamlit as st

_ALL: list[Carried] = []


class Carried:
    """One parameter: its name in the address, and the texts that it may have. The session holds its value."""

    def __init__(self, name: str, options: Collection[str]) -> None:
        self.name, self.options = name, options
        self._slot, self._named = f"{name}_state", f"{name}_named"
        _ALL.append(self)

    @property
    def value(self) -> str | None:
        return st.session_state.get(self._slot)

    def read(self, has_arrived: bool) -> str | None:
        """The value, from the address, or written there after a change of page.

        has_arrived: whether the page was just opened. Once its address has named the parameter, an address that does
        not is an earlier one, reached by Back, which ends it.
        """
        if has_arrived:
            st.session_state[self._named] = False
        if self.name in st.query_params or st.session_state.get(self._named):
            written = st.query_params.get(self.name)
            st.session_state[self._slot] = written if written in self.options else None
            st.session_state[self._named] = True
        st.query_params.update(self.params())
        return self.value

    def params(self) -> dict[str, str]:
        return {} if self.value is None else {self.name: self.value}

    def set(self, value: str | None) -> None:
        """Changes it, and the address."""
        st.session_state[self._slot] = value
        st.query_params.pop(self.name, None)
        st.query_params.update(self.params())


def params() -> dict[str, str]:
    """All of them, for code that rewrites the address."""
    return {name: value for one in _ALL for name, value in one.params().items()}
