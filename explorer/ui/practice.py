"""Lesson 4, practice: two trainings to watch and compare. background/runs.py runs them, the browser draws them."""

from __future__ import annotations

import dataclasses

import streamlit as st

from explorer.address import practice as choices
from explorer.background import runs
from explorer.config import PRIORS
from explorer.serving import catalogue, pictures, processes, streamlit_internals
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
    runs.warm()
    if "practice_token" not in st.session_state:
        st.session_state["practice_token"] = processes.session_registry().new_token()
    token = st.session_state["practice_token"]
    processes.session_registry().join(token, streamlit_internals.connection())
    current, problems = kept.current(KEY, choices.parse, choices.to_params, choices.PARAMETERS)
    kept.show_problems(problems)
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
                show_code(side, current[side], changed(token, side))


def browser_data(token: str) -> dict:
    """What the live part needs beside its state."""
    return {
        "trainings": token,
        "siblings": [sibling_data(sibling) for sibling in SIBLINGS.values()],
        "datasets": pictures.known_datasets(),
        "priors": [
            {"name": name, "title": catalogue.PRIOR_NAMES[name], "shape": catalogue.shape(name)} for name in PRIORS
        ],
        "starts": choices.KNOWN["starts"],
        "settings": [setting_data(setting) for setting in IN_FORM],
        "paces": training.PACES,
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


def show_code(side: str, chosen: dict, changes: list[str]) -> None:
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
    st.caption(texts.COMMAND_HELP)
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
