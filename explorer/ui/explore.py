"""The front page: the VAE's and the AAE's latent space side by side, explored live in the browser."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import streamlit as st

from explorer.address import explore as state
from explorer.serving import bundles, catalogue
from explorer.serving.failure import few_of, warn_of_models
from explorer.serving.models_route import offered
from explorer.shared import fill
from explorer.store.bundle import BundleError
from explorer.ui import components as live
from explorer.ui import kept
from explorer.ui.texts import texts_of

NO_MODELS = texts_of("common").NO_MODELS
texts = texts_of("explore")

KEY = "explorer"
START_IMAGE = 0  # of the test set; MNIST's is a 7 at the rim of the codes, which the VAE and the AAE both rebuild


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
        lambda params: state.parse(params, default, models) if params else (start(default, models), []),
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


def start(default: dict, models: Mapping[str, dict]) -> dict:
    """What a plain address opens: a test image is picked, and the probe is what the left model's encoder gives for it.

    An address that names anything of the page leaves the probe at the origin and picks no image.
    """
    left = models[default["left"]]
    try:
        codes = bundles.required(left["digest"]).codes
    except (BundleError, bundles.ModelGone):
        return default  # the page says which model is damaged
    log_var = None if codes.log_var is None else codes.log_var[START_IMAGE]
    return state.at_image(default, f"{left['dataset']}:{START_IMAGE}", codes.mean[START_IMAGE], log_var)


def shown(entries: Iterable[dict]) -> dict[str, dict]:
    """The models that maps can show, by their names."""
    return {entry["name"]: entry for entry in entries if entry["latent_dim"] >= 2}


def holds(found: Mapping, models: Mapping[str, dict]) -> bool:
    """Whether the models that a state names are there."""
    return found["left"] in models and found["right"] in models
