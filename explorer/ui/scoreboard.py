"""The scoreboard: every model that can be opened, measured alike, and how far its q(z) is from its p(z)."""

from __future__ import annotations

import html
import math
from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from explorer import figures, metrics
from explorer.serving import bundles, catalogue
from explorer.serving.failure import few_of, plain, warn_of_models
from explorer.serving.models_route import NEWEST, newest
from explorer.shared import fill
from explorer.siblings import SIBLINGS
from explorer.store.bundle import BundleError
from explorer.ui.texts import sibling_word, texts_of

if TYPE_CHECKING:
    from pandas.io.formats.style import Styler

NO_MODELS = texts_of("common").NO_MODELS
texts = texts_of("scoreboard")

# metric's name in a bundle, heading, help, digits
COLUMNS = [
    ("reconstruction", "BCE at μ or code", texts.BCE_HELP, 2),
    ("reconstruction_sampled", "BCE at z", texts.BCE_SAMPLED_HELP, 2),
    ("kl", "KL", texts.KL_HELP, 2),
    ("negative_elbo", "−ELBO", texts.ELBO_HELP, 2),
    ("negative_log_likelihood", "−log p(x) ≤", texts.BOUND_HELP, 2),
    ("mutual_information", "I(n; z) ≤ log N", texts.MUTUAL_HELP, 2),
    ("marginal_kl", "KL(q(z)‖p(z)) ≤", texts.MARGINAL_HELP, 3),
    ("coverage", "coverage", texts.COVERAGE_HELP, 3),
    ("coverage_null", "its null", texts.NULL_HELP, 3),
    ("sliced_w2_squared", "sliced W₂²", texts.SLICED_HELP, 4),
    ("sliced_w2_squared_null", "its null ", texts.NULL_HELP, 4),
    ("kl_of_codes", "KL(q(z)‖p(z)) ≈", texts.KNN_KL_HELP, 3),
    ("kl_of_codes_null", "its null  ", texts.KL_NULL_HELP, 3),
    ("label_accuracy", "label accuracy", texts.ACCURACY_HELP, 3),
    ("seconds", "seconds to train", texts.SECONDS_HELP, 0),
]
WIDTH = 95  # pixels: room for why a cell is empty
COMPARABLE = {"coverage", "sliced_w2_squared", "label_accuracy"}  # what every model has, if this version measured it
CAPPED = {"mutual_information": texts.CAPPED_INFORMATION, "marginal_kl": texts.CAPPED_KL}
NEAR_CAP = 0.5  # nats below log N: there the mutual information says how many images there are, and nothing else
CAP_COLOUR = "#808080"
NO_PAIR = (math.nan, math.nan)


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
    with st.spinner("Measuring the codes …"):
        entries = [entry | {"metrics": measured(entry)} for entry in entries]
    few = [entry for entry in entries if in_few_dimensions(entry)]
    if coinciding := [entry["name"] for entry in few if math.isnan(entry["metrics"]["kl_of_codes"])]:
        st.info(fill(texts.COINCIDING, names=few_of(coinciding)), icon=":material/straighten:")
    show_table(entries, datasets[dataset], dataset)
    st.subheader(texts.DISTANCES_TITLE)
    st.plotly_chart(figures.distances([entry["metrics"] | bands(entry) | in_figures(entry) for entry in entries]))
    st.caption(texts.DISTANCES_CAPTION)
    st.subheader(texts.FRONTIER_TITLE)
    show_frontiers(entries)
    show_model(entries)


def in_few_dimensions(entry: dict) -> bool:
    """Whether distances to neighbours see holes of the model's q(z)."""
    return entry["latent_dim"] <= metrics.FEW_DIMENSIONS


def measured(entry: dict) -> dict:
    """The bundle's metrics, with NaN for those that do not see holes, and the KL that the page measures itself."""
    found = dict(entry["metrics"])
    blank = {"kl_of_codes": math.nan, "kl_of_codes_null": NO_PAIR}
    if not in_few_dimensions(entry):
        return found | blank | {"coverage": math.nan, "coverage_null": NO_PAIR}
    try:
        value, null = bundles.kl_of_codes(entry["digest"])
    except (BundleError, bundles.ModelGone):  # since it was listed
        return found | blank
    return found | {"kl_of_codes": value, "kl_of_codes_null": null}


def bands(entry: dict) -> dict:
    """For each distance `<name>_band`: the interval that holds an estimate of its null with a probability of 95 %."""
    sets = metrics.SETS if in_few_dimensions(entry) else metrics.SETS_IN_MANY_DIMENSIONS
    repeats = {"coverage": sets, "sliced_w2_squared": sets, "kl_of_codes": bundles.NULLS}
    return {
        f"{name}_band": metrics.null_band(entry["metrics"][f"{name}_null"], count) for name, count in repeats.items()
    }


def show_frontiers(entries: list[dict]) -> None:
    """A plot for each number of latent dimensions."""
    for dimensions in sorted({entry["latent_dim"] for entry in entries}):
        alike = [entry for entry in entries if entry["latent_dim"] == dimensions]
        match = "coverage" if in_few_dimensions(alike[0]) else "sliced_w2_squared"
        st.markdown(fill(texts.FRONTIER_DIMENSIONS, dimensions=dimensions))
        rows = [entry["metrics"] | in_figures(entry) for entry in alike]
        st.plotly_chart(figures.frontier(rows, match), key=f"frontier-{dimensions}")
    st.caption(texts.FRONTIER_CAPTION)


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
        minimised = fill(sibling_word(SIBLINGS[entry["kind"]].minimised), formula_weights(entry["weights"]))
        row = {"model": entry["title"], "what is minimised": minimised}
        for name, heading, *_ in COLUMNS:
            value = found.get(name, math.nan)
            row[heading] = value[0] if isinstance(value, (list, tuple)) else value
        row["own component"] = f"{found['own_component']:.3f}" if "own_component" in found else texts.NO_LABELS
        rows.append(row | {"epochs": entry["epochs"], "device": found.get("device", ""), "bundle": entry["name"]})
    return pd.DataFrame(rows)


def formula_weights(weights: dict) -> dict:
    """The weights as they stand in the objective's formula."""
    beta = weights["beta"]
    found = weights | {"times_beta": "" if beta == 1 else f"{beta:g} · "}
    if "adversarial_weight" not in weights:
        return found
    start, end = weights["adversarial_start"], weights["adversarial_weight"]
    return found | {"rising_weight": f"{end:g}" if start == end else f"({start:g} → {end:g})"}


def styled(entries: list[dict], frame: pd.DataFrame) -> Styler:
    """The table, in grey and as bounds where the mutual information is near its cap, the log of the number of images.

    The figures themselves stay, for sorting.
    """
    capped = [
        entry["metrics"].get("mutual_information", -math.inf) > math.log(entry["metrics"]["images"]) - NEAR_CAP
        for entry in entries
    ]
    style = frame.style
    headings = {name: heading for name, heading, *_ in COLUMNS}
    for name, bound in CAPPED.items():
        heading = headings[name]
        # + 0.0: no −0.00
        style = style.format(lambda value: f"{round(value, 2) + 0.0:.2f}", subset=[heading], na_rep=texts.NO_FIGURE)
        style = style.format(
            lambda value, bound=bound: fill(bound, value=f"{value:.1f}"), subset=pd.IndexSlice[capped, [heading]]
        )
    grey = [headings[name] for name in CAPPED]
    return style.set_properties(subset=pd.IndexSlice[capped, grey], color=CAP_COLOUR)


def show_table(entries: list[dict], dataset: str, file: str) -> None:
    """dataset: its name in Markdown; file: that name in the name of a file."""
    frame = table(entries)
    images = sorted({entry["metrics"]["images"] for entry in entries})
    sizes = {
        "images": " or ".join(f"{n:,}" for n in images),
        "cap": " or ".join(f"{math.log(n):.2f}" for n in images),
    }
    columns = {
        heading: st.column_config.NumberColumn(
            # a column with a format of its own would not show the table's bounds
            format=None if name in CAPPED else f"%.{digits}f",
            help=fill(text, sizes),
            width=WIDTH,
        )
        for name, heading, text, digits in COLUMNS
    }
    columns |= {
        "model": st.column_config.Column(pinned=True),
        "own component": st.column_config.Column(help=texts.OWN_HELP),
    }
    st.dataframe(styled(entries, frame), hide_index=True, column_config=columns, placeholder=texts.NO_FIGURE)
    st.download_button(
        "Download all figures as CSV",
        frame.to_csv(index=False),
        f"scoreboard-{file}.csv",
        "text/csv",
        icon=":material/download:",
        on_click="ignore",
    )
    st.caption(fill(texts.TABLE_CAPTION, sizes, dataset=dataset))
    if not all(map(in_few_dimensions, entries)):
        st.caption(texts.MANY_DIMENSIONS)
    floor = texts.FLOORS.get(file)
    st.caption(texts.GREY_PIXELS + (fill(texts.ENTROPY_FLOOR, floor=f"{floor:.2f}", dataset=dataset) if floor else ""))


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
