"""The front page: the VAE's and the AAE's latent space side by side, explored live in the browser."""

from __future__ import annotations

import streamlit as st

from explorer.ui import cached, kept, live, state
from explorer.ui.failure import warn
from explorer.ui.texts import NO_MODELS
from explorer.ui.texts import explore as texts

KEY = "explorer"


def page() -> None:
    catalogue = cached.catalogue()
    for problem in catalogue.problems:
        warn(problem, "broken_image")
    models = {entry["name"]: entry for entry in catalogue.entries if entry["latent_dim"] >= 2}
    if not models:
        st.error(NO_MODELS)
        return
    default = state.default_state(models, cached.FRONT)
    current, problems = kept.current(
        KEY,
        lambda params: state.parse(params, default, models),
        state.to_params,
        state.PARAMETERS,
        holds=lambda found: {found["left"], found["right"]} <= set(models),
    )
    kept.show_problems(problems)
    data = {"catalogue": list(models.values()), "limits": state.LIMITS}
    live.show("explore", current, data, key=KEY, on_state_change=kept.keeper(KEY, lambda sent: state.check(sent, default, models), state.to_params))
    with st.expander(texts.GUIDE_TITLE, icon=":material/help:"):
        st.markdown(texts.GUIDE)
