"""The front page: the VAE's and the AAE's latent space side by side, explored live in the browser."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import streamlit as st

from explorer.address import explore as state
from explorer.serving import catalogue
from explorer.serving.failure import few_of, warn_of_models
from explorer.serving.models_route import offered
from explorer.shared import fill
from explorer.ui import components as live
from explorer.ui import kept
from explorer.ui.texts import texts_of

NO_MODELS = texts_of("common").NO_MODELS
texts = texts_of("explore")

KEY = "explorer"


def page() -> None:
    listed = catalogue.current()
    warn_of_models(listed.problems)
    models = shown(listed.entries)
    if not models:
        st.error(NO_MODELS)
        return
    default = state.default_state(models, catalogue.front(models))
    current, problems = kept.current(
        KEY,
        lambda params: state.parse(params, default, models),
        state.to_params,
        state.PARAMETERS,
        holds=lambda found: holds(found, models),
    )
    kept.show_problems(problems)
    data = offered(models.values(), (current["left"], current["right"]))

    def check(sent: Mapping) -> dict:  # a model may have been saved since the page was sent its list
        return state.check(sent, default, models if holds(sent, models) else shown(catalogue.current().entries))

    live.show("explore", current, data, key=KEY, on_state_change=kept.keeper(KEY, check, state.to_params))
    if flat := [entry["name"] for entry in listed.entries if entry["latent_dim"] < 2]:
        st.caption(fill(texts.ONE_DIMENSION, names=few_of(flat)))
    with st.expander(texts.GUIDE_TITLE, icon=":material/help:"):
        st.markdown(texts.GUIDE)


def shown(entries: Iterable[dict]) -> dict[str, dict]:
    """The models that maps can show, by their names."""
    return {entry["name"]: entry for entry in entries if entry["latent_dim"] >= 2}


def holds(found: Mapping, models: Mapping[str, dict]) -> bool:
    """Whether the models that a state names are there."""
    return found["left"] in models and found["right"] in models
