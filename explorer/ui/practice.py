"""Lesson 4, practice: two trainings that one can watch, steer and compare. They run in explorer/runs.py, and are drawn in the browser."""

from __future__ import annotations

import streamlit as st

from explorer.address import practice as choices
from explorer.background import runs
from explorer.config import DATASETS, KINDS, PRIORS
from explorer.serving import catalogue, pictures, processes, streamlit_internals
from explorer.serving import runs_route as training
from explorer.ui import components as live
from explorer.ui import kept, source
from explorer.ui.texts import texts_of

texts = texts_of("practice")

KEY = "practice"
OBJECTIVES = {"ae": ("ae_loss",), "vae": ("vae_loss",), "aae": ("discriminator_loss", "aae_loss")}
PLAYERS = {"ae": "_AEPlayer.step", "vae": "_VAEPlayer.step", "aae": "_AAEPlayer.step"}


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
        on_state_change=kept.keeper(KEY, choices.check_both, choices.to_params),
    )
    st.subheader(texts.CODE_TITLE)
    st.markdown(texts.CODE_INTRO)
    for column, side in zip(st.columns(2), choices.SIDES):
        with column:
            show_code(side, current[side])
    with st.expander(texts.GUIDE_TITLE, icon=":material/help:"):
        st.markdown(texts.GUIDE)


def browser_data(token: str) -> dict:
    """What the live part needs beside its state."""
    return {
        "trainings": token,
        "kinds": KINDS,
        "datasets": pictures.known_datasets(),
        "priors": [
            {"name": name, "title": catalogue.PRIOR_NAMES[name], "shape": catalogue.shape(name)} for name in PRIORS
        ],
        "starts": {f"{kind} {dataset}": choices.start(kind, dataset) for kind in KINDS for dataset in DATASETS},
        "limits": choices.LIMITS,
        "only_for": choices.ONLY_FOR,
        "paces": training.PACES,
    }


def show_code(side: str, chosen: dict) -> None:
    try:
        config = choices.to_config(chosen)
    except ValueError as error:
        st.warning(texts.BAD_CHOICES.format(run=side.upper(), problem=error), icon=":material/tune:")
        return
    kind = chosen["kind"]
    st.markdown(
        texts.CODE_OF.format(
            run=side.upper(), title=f"{kind.upper()}, {chosen['dataset']}, {catalogue.PRIOR_NAMES[chosen['prior']]}"
        )
    )
    st.code(choices.command(chosen), language="bash", wrap_lines=True)
    st.caption(texts.COMMAND_HELP)
    numbers = {
        "beta": config.training.beta,
        "adversarial_weight": config.training.adversarial_weight,
        "weight": config.training.adversarial_weight,
        "r1": config.training.r1,
    }
    objectives = [source.with_numbers(source.of("explorer.objectives", name), numbers) for name in OBJECTIVES[kind]]
    st.code("\n\n".join(objectives), language="python", wrap_lines=True)
    with st.expander(texts.STEP_TITLE):
        st.caption(texts.STEP_INTRO)
        st.code(
            source.with_numbers(source.of("explorer.training.fit", PLAYERS[kind]), numbers),
            language="python",
            wrap_lines=True,
        )
