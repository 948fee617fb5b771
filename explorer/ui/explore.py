"""The front page: the VAE's and the AAE's latent space side by side, explored live in the browser."""

from __future__ import annotations

import streamlit as st

from explorer.ui import cached, live, state, texts
from explorer.ui.live import assets

KEY, KEPT = "explorer", "explorer_state"


def page() -> None:
    catalogue = cached.catalogue()
    for problem in catalogue.problems:
        st.warning(problem, icon=":material/broken_image:")
    shown = [entry for entry in catalogue.entries if entry["latent_dim"] >= 2]
    if not shown:
        st.error(texts.NO_MODELS)
        return
    current, problems = current_state(shown)
    for problem in problems:
        st.warning(f"In the address, {problem}", icon=":material/link_off:")
    live.explorer(shown, current, assets.address(), state.LIMITS, key=KEY, on_state_change=keep_state)
    with st.expander(texts.GUIDE_TITLE, icon=":material/help:"):
        st.markdown(texts.GUIDE)


def current_state(shown: list[dict]) -> tuple[dict, list[str]]:
    """The address's state where it has one; else, as after a visit to another page, the one kept in the session."""
    models = {entry["name"]: entry for entry in shown}
    kept = st.session_state.get(KEPT)
    params = {name: st.query_params[name] for name in state.PARAMETERS if name in st.query_params}
    if kept is not None and params == state.to_params(kept):
        return kept, []
    if kept is not None and not params and {kept["left"], kept["right"]} <= set(models):
        st.query_params.update(state.to_params(kept))
        return kept, []
    parsed, problems = state.parse(params, state.default_state(models, cached.FRONT), models)
    st.session_state[KEPT] = parsed
    return parsed, problems


def keep_state() -> None:
    """A change was finished in the browser: into the session, and into the address."""
    sent = st.session_state[KEY]["state"]
    st.session_state[KEPT] = sent
    st.query_params.from_dict(state.to_params(sent))
