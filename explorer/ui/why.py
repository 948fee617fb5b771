"""Lesson 0: why a latent space needs a prior, what p(x) and its bound are, and what each model minimises."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import streamlit as st

from explorer.address import why as lesson
from explorer.serving import catalogue
from explorer.serving.failure import warn_of_models
from explorer.serving.models_route import offered
from explorer.ui import components as live
from explorer.ui import kept
from explorer.ui.texts import texts_of

NO_MODELS = texts_of("common").NO_MODELS

KEY = "why"
# the fields of a model's entry that the browser needs
ENTRY = (
    "name", "title", "choice", "kind", "stochastic", "discriminator", "given_prior", "dataset", "dataset_label",
    "shape", "classes", "images", "latent_dim", "image_side", "channels", "originals", "without_originals", "weights",
    "metrics", "tensors", "digest", "run", "saved",
)  # fmt: skip


def page() -> None:
    listed = catalogue.current()
    warn_of_models(listed.problems)
    models = choices(listed.entries)
    if not any(models[kind] for kind in ("ae", "vae", "aae")):
        st.error(NO_MODELS)
        return
    default = lesson.default_state(models)
    current, problems = kept.current(
        KEY,
        lambda params: lesson.parse(params, default, models),
        lesson.to_params,
        lesson.PARAMETERS,
        holds=lambda found: lesson.holds(found, models),
    )
    kept.show_problems(problems)

    def check(sent: Mapping) -> dict:  # a model may have been saved since the page was sent its list
        known = models if lesson.holds(sent, models) else choices(catalogue.current().entries)
        return lesson.check(sent, default, known)

    data = browser_data(listed.entries, current)
    live.show("why", current, data, key=KEY, on_state_change=kept.keeper(KEY, check, lesson.to_params))


def browser_data(entries: Iterable[dict], state: Mapping) -> dict:
    """What the live part needs beside its state."""
    return offered(shown(entries), lesson.named(state), ENTRY)


def shown(entries: Iterable[dict]) -> list[dict]:
    """The models whose prior is N(0, I)."""
    return [entry for entry in entries if entry["shape"] is None]


def kind_of(entry: Mapping) -> str:
    """The list that has a model: the page's three kinds, and models of many dimensions."""
    if entry["latent_dim"] > 2:
        return "many"
    if entry["discriminator"]:
        return "aae"
    return "vae" if entry["stochastic"] else "ae"


def choices(entries: Iterable[dict]) -> dict[str, dict[str, int]]:
    """For each kind the names in its list and their numbers of test images. It begins with what the page opens with.

    That is the front page's VAE and AAE, an autoencoder of the same dataset, and its VAE with most dimensions.
    """
    front = [name for pair in zip(*catalogue.FRONT) for name in pair]

    def place(entry: dict) -> int:
        return front.index(entry["name"]) if entry["name"] in front else len(front)

    found = sorted(shown(entries), key=place)
    first = next((entry["dataset"] for entry in found), None)

    def order(entry: dict) -> tuple:
        larger = (not entry["stochastic"], -entry["latent_dim"]) if kind_of(entry) == "many" else ()
        return place(entry), entry["dataset"] != first, *larger

    lists: dict[str, dict[str, int]] = {kind: {} for kind in lesson.MODELS}
    for entry in sorted(found, key=order):
        lists[kind_of(entry)][entry["name"]] = entry["images"]
    return lists
