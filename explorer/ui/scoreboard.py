"""The scoreboard: every model that can be opened, measured alike, and how far its q(z) is from its p(z)."""

from __future__ import annotations

import html
import math
from collections.abc import Callable
from typing import TYPE_CHECKING

import streamlit as st

from explorer import figures, metrics
from explorer.address import scoreboard as address
from explorer.serving import bundles, catalogue, streamlit_internals
from explorer.serving.failure import few_of, plain, warn_of_models
from explorer.serving.models_route import NEWEST, newest
from explorer.shared import fill
from explorer.siblings import SIBLINGS
from explorer.store.bundle import BundleError
from explorer.ui import components as live
from explorer.ui import kept, present
from explorer.ui.scoreboard_table import (
    address_in_explorer,
    derived,
    in_order,
    labels,
    main_figures,
    show,
    table,
    written,
)
from explorer.ui.texts import texts_of

if TYPE_CHECKING:
    from plotly.graph_objects import Figure
    from streamlit.delta_generator import DeltaGenerator

NO_MODELS = texts_of("common").NO_MODELS
texts = texts_of("scoreboard")

KEY = "scoreboard"
FIRST = "mnist"  # the dataset of a plain address
COMPARABLE = {"coverage", "sliced_w2_squared", "label_accuracy"}  # what every model has, if this version measured it
SIGNS = {"vae": "circle", "aae": "diamond", "ae": "square", "aae-textbook": "diamond-open"}  # of dots, by kind
NO_PAIR = (math.nan, math.nan)
# the distances that are drawn in few dimensions, and in many
SEEING = {True: ("coverage", "sliced_w2_squared", "kl_of_codes"), False: ("sliced_w2_squared", "unanimous_prior")}
AGREEMENT_DRAWS = 1_000  # pictures in each share of agreement
IN_A_ROW = 3  # plots
MMD_DIGITS = 5  # in 32 dimensions the null scatters by 0.00001
PRESENTED = 1.5  # in presentation mode, plots are as much larger
CHART = {"modeBarButtons": [["toImage"]], "displaylogo": False}  # on a phone the buttons always lie over the plot


def page() -> None:
    live.show("scoreboard", {}, {}, key=f"{KEY}_heading", on_state_change=lambda: None)
    listed = catalogue.current()
    warn_of_models(listed.problems)
    if not listed.entries:
        st.error(NO_MODELS)
        return
    entries = in_order(listed.entries)
    comparable = [entry for entry in entries if entry["metrics"].keys() >= COMPARABLE]
    datasets = {entry["dataset"]: plain(entry["dataset_label"]) for entry in listed.entries}
    models = {
        dataset: [entry["name"] for entry in comparable if entry["dataset"] == dataset]
        for dataset in sorted(datasets, key=lambda name: name != FIRST)
    }
    state, problems = kept.current(
        KEY,
        lambda params: address.parse(params, models),
        address.to_params,
        address.PARAMETERS,
        holds=lambda found: address.holds(found, models),
    )
    kept.show_problems(problems)
    choose("dataset", state, models, st.segmented_control, "Dataset", datasets, format_func=datasets.get, required=True)
    dataset = state["dataset"]
    entries = chosen([entry for entry in entries if entry["dataset"] == dataset], state, models)
    old = [entry["name"] for entry in entries if entry["name"] not in models[dataset]]
    if old:
        st.info(fill(texts.NOT_COMPARABLE, names=few_of(old)), icon=":material/straighten:")
    entries = [entry for entry in entries if entry["name"] not in old]
    if not entries:
        return
    with st.spinner("Measuring the codes …"):
        entries = [entry | {"metrics": measured(entry)} for entry in entries]
    coinciding = [entry["name"] for entry in entries if has_no_density(entry)]
    if coinciding:
        st.info(fill(texts.COINCIDING, names=few_of(coinciding)), icon=":material/straighten:")
    names = labels(entries)
    show_tables(entries, names, datasets[dataset])
    st.subheader(texts.DISTANCES_TITLE)
    show_distances(entries, names)
    st.subheader(texts.FRONTIER_TITLE)
    show_frontiers(entries, names)
    st.subheader(texts.ONE_MODEL_TITLE)
    choose("model", state, models, st.selectbox, "Model", names, format_func=names.get)
    show_model(next(entry for entry in entries if entry["name"] == state["model"]), entries)


def choose(
    field: str, state: dict, models: dict, element: Callable, label: str, *args, values: dict | None = None, **options
) -> None:
    """One of Streamlit's elements that shows a field of the state, and writes a change into the address.

    models: see `address.parse`; element: as st.selectbox; values: the state's value for each of the element's, if they
    differ.
    """
    key = f"{KEY}_{field}"

    def keep() -> None:
        value = st.session_state[key]
        written = address.to_params(state | {field: values[value] if values else value})
        if field == "dataset":
            written.pop("model", None)
        kept.keep_state(KEY, address.parse(written, models)[0], address.to_params)

    shown = {own: value for value, own in values.items()} if values else {}
    st.session_state[key] = shown.get(state[field], state[field])
    element(label, *args, key=key, on_change=keep, **options)


def in_few_dimensions(entry: dict) -> bool:
    """Whether distances to neighbours see holes of the model's q(z)."""
    return entry["latent_dim"] <= metrics.FEW_DIMENSIONS


def has_no_density(entry: dict) -> bool:
    """Whether codes coincide, so that no KL from neighbours can be measured where it would be."""
    return in_few_dimensions(entry) and math.isnan(entry["metrics"]["kl_of_codes"])


def measured(entry: dict) -> dict:
    """The bundle's metrics and what follows from them, with NaN for those that do not see holes, and the KL that the
    page measures itself."""
    found = entry["metrics"] | derived(entry["metrics"])
    blank = {"kl_of_codes": math.nan, "kl_of_codes_null": NO_PAIR}
    if not in_few_dimensions(entry):
        return found | blank | {"coverage": math.nan, "coverage_null": NO_PAIR, "coverage_spread": math.nan}
    try:
        value, null = bundles.kl_of_codes(entry["digest"])
    except (BundleError, bundles.ModelGone):  # since it was listed
        return found | blank
    return found | {"kl_of_codes": value, "kl_of_codes_null": null}


def bands(entry: dict) -> dict:
    """For each distance `<name>_band`: the interval that holds an estimate of its null with a probability of 95 %."""
    found = entry["metrics"]
    sets = metrics.SETS if in_few_dimensions(entry) else metrics.SETS_IN_MANY_DIMENSIONS
    repeats = {"coverage": sets, "sliced_w2_squared": sets, "kl_of_codes": bundles.NULLS}
    shown = {f"{name}_band": metrics.null_band(found[f"{name}_null"], count) for name, count in repeats.items()}
    # two shares of 1,000 pictures: the standard deviation of their difference is sqrt(2 p (1 − p) / 1,000)
    share = found.get("unanimous_codes", math.nan)
    half = 1.96 * math.sqrt(2 * share * (1 - share) / AGREEMENT_DRAWS)
    null = {"unanimous_prior_null": (share, half / 1.96), "unanimous_prior_band": (share - half, share + half)}
    return shown | {"unanimous_prior": found.get("unanimous_prior", math.nan)} | null


def chosen(entries: list[dict], state: dict, models: dict) -> list[dict]:
    """The models that the page compares: of many runs the newest and the state's, until all are asked for."""
    runs = [entry for entry in entries if entry["run"]]
    if len(runs) > NEWEST:
        asked, help_ = fill(texts.ALL_RUNS, runs=len(runs)), fill(texts.ALL_RUNS_HELP, newest=NEWEST)
        choose("runs", state, models, st.toggle, asked, values={True: "all", False: "newest"}, help=help_)
    if state["runs"] == "all":
        return entries
    names = {entry["name"] for entry in newest(runs)} | {state["model"]}
    return [entry for entry in entries if not entry["run"] or entry["name"] in names]


def by_dimensions(entries: list[dict]) -> dict[str, list[dict]]:
    """The models with each number of latent dimensions, by a heading."""
    found = {}
    for entry in entries:
        dimensions = entry["latent_dim"]
        heading = texts.ONE_DIMENSION if dimensions == 1 else fill(texts.DIMENSIONS, dimensions=dimensions)
        found.setdefault(heading, []).append(entry)
    return found


def draw(place: DeltaGenerator, figure: Figure, key: str | None = None) -> None:
    """Shows a figure in that place; in presentation mode, larger."""
    place.plotly_chart(figures.enlarged(figure, PRESENTED) if present.is_on() else figure, key=key, config=CHART)


def show_tables(entries: list[dict], names: dict[str, str], dataset: str) -> None:
    """A table for each number of latent dimensions. names: see `labels`; dataset: its name in Markdown."""
    sizes = sizes_of(entries)
    for heading, group in by_dimensions(entries).items():
        st.markdown(f"#### {heading}")
        links = [address_in_explorer(entry, entries) for entry in group]
        st.html(main_figures(group, table(group, names), links, sizes, is_presented=present.is_on()))
        if not present.is_on():
            show(group, table(group, names), links, sizes)
        if caption := not_alike(group):
            st.caption(caption)
    if not present.is_on():
        with st.container(key="sorting"):  # a narrow window shows the tables of main figures alone
            st.caption(texts.SORTING)
    file = entries[0]["dataset"]
    st.download_button(
        "Download all figures as CSV",
        table(entries, names).drop(columns="number").to_csv(index=False),
        f"scoreboard-{file}.csv",
        "text/csv",
        icon=":material/download:",
        on_click="ignore",
    )
    for caption in table_captions(entries, sizes, dataset):
        st.caption(caption)


def not_alike(entries: list[dict]) -> str:
    """Markdown below a table of models that were trained for different numbers of epochs; else ""."""
    least, most = (pick(entry["epochs"] for entry in entries) for pick in (min, max))
    return fill(texts.NOT_ALIKE, least=least, most=most) if least < most else ""


def sizes_of(entries: list[dict]) -> dict[str, str]:
    """The numbers in the table's helps and captions."""
    found = [entry["metrics"] for entry in entries]
    images = sorted({metrics["images"] for metrics in found})
    seeds = sorted({len(metrics["seeds"]) for metrics in found if "seeds" in metrics})
    spreads = [metrics["integration_spread"] for metrics in found if "integration_spread" in metrics]
    return {
        "images": " or ".join(f"{n:,}" for n in images),
        "cap": " or ".join(f"{math.log(n):.2f}" for n in images),
        "seeds": " or ".join(map(str, seeds)),
        "error": fill(texts.INTEGRATION_ERROR, spread=f"{max(spreads):.2g}") if spreads else "",
    }


def table_captions(entries: list[dict], sizes: dict[str, str], dataset: str) -> list[str]:
    """The Markdown below the tables. sizes: see `sizes_of`; dataset: its name in Markdown."""
    is_there = any("negative_log_likelihood_integrated" in entry["metrics"] for entry in entries)
    integrated = texts.INTEGRATED if is_there else texts.NOT_INTEGRATED
    captions = [fill(texts.TABLE_CAPTION, sizes, dataset=dataset, integrated=integrated)]
    if not all(map(in_few_dimensions, entries)):
        captions.append(texts.MANY_DIMENSIONS)
    floor = texts.FLOORS.get(entries[0]["dataset"])
    beyond = fill(texts.ENTROPY_FLOOR, floor=f"{floor:.2f}", dataset=dataset) if floor else ""
    return [*captions, texts.GREY_PIXELS + beyond]


def show_distances(entries: list[dict], names: dict[str, str]) -> None:
    """A plot for each distance. In many dimensions only one of them sees."""
    for heading, plots in distance_plots(entries, names).items():
        st.markdown(f"#### {heading}")
        for column, (name, plot) in zip(st.columns(len(plots), gap="large"), plots.items()):
            draw(column, plot, key=f"distances-{name}-{heading}")
    st.caption(texts.DISTANCES_CAPTION)


def distance_plots(entries: list[dict], names: dict[str, str]) -> dict[str, dict[str, Figure]]:
    """For each heading the plot of each distance that sees something there, by the distance's name."""
    found = {}
    for few, heading in ((True, texts.IN_FEW_DIMENSIONS), (False, texts.IN_MANY_DIMENSIONS)):
        alike = [entry for entry in entries if in_few_dimensions(entry) == few]
        rows = [entry["metrics"] | bands(entry) | in_figures(entry, names) for entry in alike]
        seeing = [name for name in SEEING[few] if any(math.isfinite(row[name]) for row in rows)]
        if seeing:
            found[heading] = {name: figures.distances(rows, name) for name in seeing}
    return found


def show_frontiers(entries: list[dict], names: dict[str, str]) -> None:
    """A plot for each number of latent dimensions. Its numbers are those of the table."""
    groups = [*by_dimensions(entries).items()]
    wide = [groups[:1], *(groups[i : i + IN_A_ROW] for i in range(1, len(groups), IN_A_ROW))]  # the plane has the most
    for row in wide:
        for column, (heading, group) in zip(st.columns(len(row), gap="large"), row):
            with column:
                show_frontier(heading, group, names)
    st.caption(texts.FRONTIER_CAPTION)


def show_frontier(heading: str, entries: list[dict], names: dict[str, str]) -> None:
    st.markdown(f"#### {heading}")
    draw(st, frontier_plot(entries, names), key=f"frontier-{heading}")
    st.markdown(numbered(entries, names))


def frontier_plot(entries: list[dict], names: dict[str, str]) -> Figure:
    match = "coverage" if in_few_dimensions(entries[0]) else "sliced_w2_squared"
    rows = [entry["metrics"] | in_figures(entry, names) | {"number": i} for i, entry in enumerate(entries, start=1)]
    return figures.frontier(rows, match)


def numbered(entries: list[dict], names: dict[str, str]) -> str:
    """The models with the numbers that the table gives them, in Markdown."""
    return " · ".join(f"**{i}** {plain(names[entry['name']])}" for i, entry in enumerate(entries, start=1))


def in_figures(entry: dict, names: dict[str, str]) -> dict:
    """What figures call a model. Plotly shows some HTML in names."""
    return {
        "title": html.escape(names[entry["name"]], quote=False),
        "kind": entry["sibling"],
        "colour": SIBLINGS[entry["kind"]].colour[streamlit_internals.is_dark()],
        "sign": SIGNS.get(entry["kind"], SIGNS["ae"]),
    }


def show_model(entry: dict, entries: list[dict]) -> None:
    """One model: its marginals, holes and curves, and what it decodes. entries: among them is its partner."""
    if link := address_in_explorer(entry, entries):
        st.link_button(texts.OPEN, link, icon=":material/open_in_new:", help=texts.LINK_HELP)
    with st.spinner("Drawing from the prior …"):
        codes, draws, covered = bundles.compared(entry["digest"])
    draw(st, figures.marginals(codes, draws))
    st.caption(marginals_caption(entry))
    show_decoded(entry)
    left, right = st.columns(2, gap="large")
    with left:
        if entry["latent_dim"] == 2:
            draw(st, figures.hole_map(draws, covered))
            st.caption(holes_caption(entry, len(draws)))
        else:
            st.info(fill(texts.NO_HOLE_MAP, dimensions=entry["latent_dim"]))
    with right:
        draw(st, figures.training_curves(bundles.history(entry["digest"])))
        st.caption(texts.CURVES_CAPTION)
        if st.button("Measure MMD²", help=texts.MMD_HELP, icon=":material/straighten:"):
            value, caption = mmd(entry, len(codes))
            st.metric("MMD²", value, help=texts.MMD_HELP)
            st.caption(caption)


def marginals_caption(entry: dict) -> str:
    sampled = texts.SAMPLED if entry["stochastic"] else texts.POINTS
    return fill(texts.MARGINALS_CAPTION, sampled=sampled, prior=entry["prior"])


def holes_caption(entry: dict, draws: int) -> str:
    """draws: the number of all draws of the prior."""
    shown, (null, _) = min(draws, figures.MOST_DOTS), entry["metrics"]["coverage_null"]
    found = {"coverage": f"{entry['metrics']['coverage']:.3f}", "missed": f"{1 - null:.1%}"}
    return fill(texts.HOLES_CAPTION, found, shown=f"{shown:,}", n=f"{draws:,}")


def mmd(entry: dict, codes: int) -> tuple[str, str]:
    """MMD², measured now, and its caption. codes: their number. Imports torch."""
    value, null = bundles.mmd_squared(entry["digest"])
    low, high = (written(end, MMD_DIGITS) for end in metrics.null_band(null, bundles.NULLS))
    n = f"{min(bundles.MMD_DRAWS, codes):,}"
    return written(value, MMD_DIGITS), fill(texts.MMD_CAPTION, n=n, low=low, high=high, repeats=bundles.NULLS)


def show_decoded(entry: dict) -> None:
    """Pictures decoded at draws of the prior, beside those at the model's own codes."""
    n, sheets = bundles.SHEET**2, bundles.decoded(entry["digest"])
    for column, sheet, caption in zip(st.columns(2, gap="large"), sheets, (texts.OF_PRIOR, texts.OF_CODES)):
        column.image(sheet, caption, output_format="PNG", alt=fill(texts.DECODED_ALT, n=n, caption=caption))
    st.caption(fill(texts.DECODED_CAPTION, n=n, seed=bundles.SEED, prior=entry["prior"]))
