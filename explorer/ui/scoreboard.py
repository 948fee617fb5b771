"""The scoreboard: every model that can be opened, measured alike, and how far its q(z) is from its p(z)."""

from __future__ import annotations

import html
import math

import pandas as pd
import streamlit as st

from explorer import figures
from explorer.serving import bundles, catalogue
from explorer.serving.failure import few_of, plain, warn_of_models
from explorer.serving.models_route import NEWEST, newest
from explorer.shared import fill
from explorer.siblings import SIBLINGS
from explorer.ui.texts import sibling_word, texts_of

NO_MODELS = texts_of("common").NO_MODELS
texts = texts_of("scoreboard")

# metric's name in a bundle, heading, help, digits
COLUMNS = [
    ("reconstruction", "BCE at μ or code", texts.BCE_HELP, 2),
    ("reconstruction_sampled", "BCE at z", texts.BCE_SAMPLED_HELP, 2),
    ("kl", "KL", texts.KL_HELP, 2),
    ("negative_elbo", "−ELBO", texts.ELBO_HELP, 2),
    ("negative_log_likelihood", "−log p(x) ≤", texts.BOUND_HELP, 2),
    ("mutual_information", "I(n; z)", texts.MUTUAL_HELP, 2),
    ("marginal_kl", "KL(q(z)‖p(z))", texts.MARGINAL_HELP, 3),
    ("coverage", "coverage", texts.COVERAGE_HELP, 3),
    ("coverage_null", "its null", texts.NULL_HELP, 3),
    ("sliced_w2_squared", "sliced W₂²", texts.SLICED_HELP, 4),
    ("sliced_w2_squared_null", "its null ", texts.NULL_HELP, 4),
    ("knn_kl", "kNN-KL", texts.KNN_KL_HELP, 3),
    ("knn_kl_null", "its null  ", texts.NULL_HELP, 3),
    ("label_accuracy", "label accuracy", texts.ACCURACY_HELP, 3),
    ("seconds", "seconds to train", texts.SECONDS_HELP, 0),
]
WIDTH = 95  # pixels: room for why a cell is empty
COMPARABLE = {"coverage", "sliced_w2_squared", "label_accuracy"}  # what every model has, if this version measured it
NOT_OF_EQUAL_CODES = {"knn_kl": math.nan, "knn_kl_null": [math.nan, math.nan]}  # codes that coincide have no density


def page() -> None:
    st.title(texts.TITLE)
    st.markdown(texts.INTRO)
    listed = catalogue.current()
    warn_of_models(listed.problems)
    if not listed.entries:
        st.error(NO_MODELS)
        return
    datasets = {entry["dataset"]: plain(entry["dataset_label"]) for entry in listed.entries}
    first = "mnist" if "mnist" in datasets else next(iter(datasets))
    dataset = st.segmented_control("Dataset", datasets, default=first, required=True, format_func=datasets.get)
    entries = chosen([entry for entry in listed.entries if entry["dataset"] == dataset])
    old = [entry["name"] for entry in entries if not set(entry["metrics"]) >= COMPARABLE]
    if old:
        st.info(fill(texts.NOT_COMPARABLE, names=few_of(old)), icon=":material/straighten:")
    entries = [entry for entry in entries if entry["name"] not in old]
    if not entries:
        return
    if coinciding := [entry["name"] for entry in entries if "knn_kl" not in entry["metrics"]]:
        st.info(fill(texts.COINCIDING, names=few_of(coinciding)), icon=":material/straighten:")
    show_table(entries, datasets[dataset], dataset)
    measured = [NOT_OF_EQUAL_CODES | entry["metrics"] | in_figures(entry) for entry in entries]
    st.subheader(texts.DISTANCES_TITLE)
    st.plotly_chart(figures.distances(measured))
    st.caption(texts.DISTANCES_CAPTION)
    st.subheader(texts.FRONTIER_TITLE)
    st.plotly_chart(figures.frontier(measured))
    st.caption(texts.FRONTIER_CAPTION)
    show_model(entries)


def chosen(entries: list[dict]) -> list[dict]:
    """The models that the page compares: of many runs the newest, until all are asked for."""
    runs = [entry for entry in entries if entry["run"]]
    asked = fill(texts.ALL_RUNS, runs=len(runs))
    if len(runs) <= NEWEST or st.toggle(asked, help=fill(texts.ALL_RUNS_HELP, newest=NEWEST)):
        return entries
    names = {entry["name"] for entry in newest(runs)}
    return [entry for entry in entries if not entry["run"] or entry["name"] in names]


def label(entry: dict) -> str:
    """A model's name in figures and lists. Many runs have the same title."""
    return f"{entry['title']} · {entry['name']}" if entry["run"] else entry["title"]


def in_figures(entry: dict) -> dict:
    """What figures call a model. Plotly shows some HTML in names."""
    return {
        "title": html.escape(label(entry), quote=False),
        "kind": entry["sibling"],
        "colour": SIBLINGS[entry["kind"]].colour,
    }


def table(entries: list[dict]) -> pd.DataFrame:
    """A row a model; NaN where a figure needs a q(z|x), and the model's encoder is deterministic."""
    rows = []
    for entry in entries:
        found = entry["metrics"]
        minimised = fill(sibling_word(SIBLINGS[entry["kind"]].minimised), entry["weights"])
        row = {"model": entry["title"], "what is minimised": minimised}
        for name, heading, *_ in COLUMNS:
            value = found.get(name, math.nan)
            row[heading] = value[0] if isinstance(value, list) else value
        row["own component"] = f"{found['own_component']:.3f}" if "own_component" in found else texts.NO_LABELS
        rows.append(row | {"epochs": entry["epochs"], "device": found.get("device", ""), "bundle": entry["name"]})
    return pd.DataFrame(rows)


def show_table(entries: list[dict], dataset: str, file: str) -> None:
    """dataset: its name in Markdown; file: that name in the name of a file."""
    frame = table(entries)
    columns = {
        heading: st.column_config.NumberColumn(format=f"%.{digits}f", help=text, width=WIDTH)
        for _, heading, text, digits in COLUMNS
    }
    columns |= {
        "model": st.column_config.Column(pinned=True),
        "own component": st.column_config.Column(help=texts.OWN_HELP),
    }
    st.dataframe(frame, hide_index=True, column_config=columns, placeholder=texts.NO_FIGURE)
    st.download_button(
        "Download all figures as CSV",
        frame.to_csv(index=False),
        f"scoreboard-{file}.csv",
        "text/csv",
        icon=":material/download:",
        on_click="ignore",
    )
    images = {entry["metrics"]["images"] for entry in entries}
    st.caption(fill(texts.TABLE_CAPTION, images=" or ".join(f"{n:,}" for n in sorted(images)), dataset=dataset))
    if file == "mnist":
        st.caption(texts.ENTROPY_FLOOR)


def show_model(entries: list[dict]) -> None:
    st.subheader(texts.ONE_MODEL_TITLE)
    titles = {entry["name"]: label(entry) for entry in entries}
    name = st.selectbox("Model", titles, format_func=titles.get)
    entry = next(entry for entry in entries if entry["name"] == name)
    with st.spinner("Drawing from the prior …"):
        codes, draws, covered = bundles.compared(entry["digest"])
    st.plotly_chart(figures.marginals(codes, draws))
    st.caption(
        fill(
            texts.MARGINALS_CAPTION,
            sampled=texts.SAMPLED if entry["stochastic"] else texts.POINTS,
            prior=entry["prior"],
        )
    )
    left, right = st.columns(2)
    with left:
        if entry["latent_dim"] == 2:
            st.plotly_chart(figures.hole_map(draws, covered))
            shown = min(len(draws), figures.MOST_DOTS)
            st.caption(fill(texts.HOLES_CAPTION, shown=f"{shown:,}", n=f"{len(draws):,}"))
        else:
            st.info(fill(texts.NO_HOLE_MAP, dimensions=entry["latent_dim"]))
    with right:
        st.plotly_chart(figures.training_curves(bundles.history(entry["digest"])))
        st.caption(texts.CURVES_CAPTION)
        if st.button("Measure MMD²", help=texts.MMD_HELP, icon=":material/straighten:"):
            value, null = bundles.mmd_squared(entry["digest"])
            st.metric("MMD²", f"{value:.4f}", help=texts.MMD_HELP)
            st.caption(fill(texts.MMD_CAPTION, n=f"{bundles.MMD_DRAWS:,}", null=f"{null:.4f}"))
