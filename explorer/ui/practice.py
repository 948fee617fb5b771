"""Lesson 4, practice: two trainings to watch and compare. background/runs.py runs them, the browser draws them."""

from __future__ import annotations

import dataclasses

import streamlit as st

from explorer.address import practice as choices
from explorer.background import runs
from explorer.config import PRIORS, recipe, with_prior
from explorer.serving import catalogue, pictures, processes, streamlit_internals, training_images
from explorer.serving import runs_route as training
from explorer.settings import IN_FORM, Setting
from explorer.shared import fill
from explorer.siblings import SIBLINGS, Sibling, Term
from explorer.ui import clinic, experiments, kept, predictions, source
from explorer.ui import components as live
from explorer.ui.texts import sibling_word, texts_of

texts = texts_of("practice")

KEY = "practice"


def page() -> None:
    if "practice_token" not in st.session_state:
        st.session_state["practice_token"] = processes.session_registry().new_token()
    token = st.session_state["practice_token"]
    processes.session_registry().join(token, streamlit_internals.connection())
    current, problems = kept.current(KEY, choices.parse, choices.to_params, choices.PARAMETERS)
    kept.show_problems(problems)
    if any(not in_browser(current, side) for side in choices.SIDES):
        runs.warm()
    live.show(
        "practice",
        current,
        browser_data(token),
        key=KEY,
        on_state_change=kept.keeper(KEY, choices.check, choices.to_params),
    )
    if current["tab"] != "train":
        return
    with st.expander(texts.CODE_TITLE, icon=":material/code:"):
        st.markdown(texts.CODE_INTRO)
        for column, side in zip(st.columns(2), choices.SIDES):
            with column:
                show_code(side, current[side], changed(token, side), in_browser(current, side))


def in_browser(state: dict, side: str) -> bool:
    """Whether the run trains in the visitor's browser. Browsers have one dataset, and not every sibling's step."""
    kind, dataset = state[side]["kind"], state[side]["dataset"]
    return state["where"] == "browser" and dataset == training_images.IN_BROWSER and SIBLINGS[kind].in_browser


def browser_training() -> dict:
    """What a browser needs to train: its dataset, and its siblings with their full recipes by prior."""
    dataset = training_images.IN_BROWSER
    siblings = {kind: sibling for kind, sibling in SIBLINGS.items() if sibling.in_browser}
    recipes = {
        kind: {prior: with_prior(recipe(dataset, kind), prior).to_dict() for prior in PRIORS} for kind in siblings
    }
    fields = ("stochastic", "discriminator", "discriminator_given_prior")
    return {
        "dataset": dataset,
        "file": f"training/{dataset}",
        "recipes": recipes,
        "siblings": {kind: {name: getattr(one, name) for name in fields} for kind, one in siblings.items()},
    }


def browser_data(token: str | None) -> dict:
    """What the live part needs beside its state. token: of the session's trainings; None: no server trains."""
    browser, is_served = browser_training(), token is not None
    return {
        "trainings": token,
        "siblings": [sibling_data(one) for kind, one in SIBLINGS.items() if is_served or kind in browser["siblings"]],
        "datasets": [one for one in pictures.known_datasets() if is_served or one["name"] == browser["dataset"]],
        "priors": [
            {"name": name, "title": catalogue.PRIOR_NAMES[name], "shape": catalogue.shape(name)} for name in PRIORS
        ],
        "starts": choices.KNOWN["starts"],
        "settings": [setting_data(setting) for setting in IN_FORM],
        "paces": training.PACES,
        "browser": browser,
        "experiments": [{"name": one.name, "runs": one.runs(), "right": one.right} for one in experiments.EXPERIMENTS],
        "cases": clinic.cases(),
        "moments": clinic.MOMENTS,
        "predictions": predictions.numbers(),
    }


def changed(token: str, side: str) -> list[str]:
    """The settings that a person has changed since the run began: see `catalogue.earlier`."""
    session = processes.session_registry().find(token)
    run = session and session.runs[side]
    return catalogue.earlier(list(run.changes)) if run else []


def show_code(side: str, chosen: dict, changes: list[str], is_in_browser: bool) -> None:
    try:
        config = choices.to_config(chosen)
    except ValueError as error:
        st.warning(fill(texts.BAD_CHOICES, run=side.upper(), problem=error), icon=":material/tune:")
        return
    sibling, training = config.model.sibling, config.training
    prior = catalogue.PRIOR_NAMES[chosen["prior"]]
    st.markdown(
        fill(texts.CODE_OF, run=side.upper(), title=f"{sibling_word(sibling.title)}, {chosen['dataset']}, {prior}")
    )
    st.code(choices.command(chosen), language="bash", wrap_lines=True)
    st.caption(texts.COMMAND_IN_BROWSER if is_in_browser else texts.COMMAND_HELP)
    if changes:
        st.warning(
            fill(texts.COMMAND_CHANGED, run=side.upper(), changes=", ".join(changes)), icon=":material/change_circle:"
        )
    numbers = {name: getattr(training, name) for name in (*sibling.settings, "r1")}
    numbers["weight"] = training.adversarial_weight
    objectives = [source.with_numbers(source.of(name), numbers) for name in sibling.objectives]
    st.code("\n\n".join(objectives), language="python", wrap_lines=True)
    st.caption(texts.STEP_INTRO)
    st.code(source.with_numbers(source.of_step(sibling), numbers), language="python", wrap_lines=True)


def sibling_data(sibling: Sibling) -> dict:
    """What the page needs of a sibling: its name, its settings, and the terms of its loss."""
    return {
        "kind": sibling.kind,
        "title": sibling_word(sibling.title),
        "chart": dataclasses.asdict(sibling.chart)
        | {"title": sibling_word(sibling.chart.title), "terms": [term_data(term) for term in sibling.chart.terms]},
        "penalty": term_data(sibling.penalty) if sibling.penalty else None,
    }


def term_data(term: Term) -> dict:
    return dataclasses.asdict(term) | {"word": sibling_word(term.word)}


def setting_data(setting: Setting) -> dict:
    """A field of the form."""
    words = texts_of("settings")
    return dataclasses.asdict(setting) | {
        "only_for": setting.only_for,
        "while_training": setting.while_training,
        "title": words.NAMES[setting.name],
        "meaning": words.MEANINGS[setting.name],
    }
