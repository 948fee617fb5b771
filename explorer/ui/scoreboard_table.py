"""The scoreboard's table: its columns, the figures in them, and how a figure is written."""

from __future__ import annotations

import html
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlencode

import numpy as np
import pandas as pd
import streamlit as st

from explorer.shared import fill
from explorer.siblings import SIBLINGS
from explorer.ui.texts import sibling_word, texts_of

if TYPE_CHECKING:
    from pandas.io.formats.style import Styler

texts = texts_of("scoreboard")


class Column(NamedTuple):
    """A column of figures."""

    metric: str  # its name in a bundle, or in `derived`
    name: str  # in the file, unlike all others
    help: str
    digits: int
    heading: str = ""  # on the page, if it is not the name

    @classmethod
    def over_seeds(cls, metric: str, name: str, digits: int) -> Column:
        return cls(f"{metric}_spread", f"{name} ± seeds", texts.SEEDS_HELP, digits, "± seeds")

    @classmethod
    def of_null(cls, metric: str, name: str, help_: str, digits: int) -> Column:
        return cls(f"{metric}_null", f"{name}, null", help_, digits, "its null")


COLUMNS = (
    Column("reconstruction", "BCE at μ or code", texts.BCE_HELP, 2),
    Column.over_seeds("reconstruction", "BCE at μ or code", 2),
    Column("reconstruction_sampled", "BCE at z", texts.BCE_SAMPLED_HELP, 2),
    Column("kl", "KL", texts.KL_HELP, 2),
    Column("negative_elbo", "−ELBO", texts.ELBO_HELP, 2),
    Column.over_seeds("negative_elbo", "−ELBO", 2),
    Column("negative_log_likelihood", "−log p(x) ≤", texts.BOUND_HELP, 2),
    Column("negative_log_likelihood_integrated", "−log p(x), integrated", texts.INTEGRATED_HELP, 2),
    Column.over_seeds("negative_log_likelihood_integrated", "−log p(x), integrated", 2),
    Column("kl_to_posterior", "KL(q(z|x)‖p(z|x))", texts.POSTERIOR_HELP, 2),
    Column("mutual_information", "I(n; z) ≤ log N", texts.MUTUAL_HELP, 2),
    Column("marginal_kl", "KL(q(z)‖p(z)) ≤", texts.MARGINAL_HELP, 2),
    Column("coverage", "coverage", texts.COVERAGE_HELP, 3),
    Column.over_seeds("coverage", "coverage", 3),
    Column.of_null("coverage", "coverage", texts.NULL_HELP, 3),
    Column("sliced_w2_squared", "sliced W₂²", texts.SLICED_HELP, 4),
    Column.of_null("sliced_w2_squared", "sliced W₂²", texts.NULL_HELP, 4),
    Column("kl_of_codes", "KL(q(z)‖p(z)) ≈", texts.KNN_KL_HELP, 3),
    Column.of_null("kl_of_codes", "KL(q(z)‖p(z)) ≈", texts.KL_NULL_HELP, 3),
    Column("unanimous_prior", "agreement, p(z)", texts.PRIOR_AGREEMENT_HELP, 3),
    Column("unanimous_codes", "agreement, codes", texts.CODES_AGREEMENT_HELP, 3),
    Column("label_accuracy", "label accuracy", texts.ACCURACY_HELP, 3),
    Column("own_component", "own component", texts.OWN_HELP, 3),
    Column("seconds", "seconds to train", texts.SECONDS_HELP, 0),
)
NAME_WIDTH, NAME_LETTERS = 185, 22  # pixels: on a phone, figures stand beside the names; letters in a line of a name
# the figures that a projector and a phone have room for
MAIN = (
    "reconstruction", "negative_elbo", "negative_log_likelihood_integrated", "coverage", "sliced_w2_squared",
    "kl_of_codes", "unanimous_prior", "label_accuracy",
)  # fmt: skip
CAPPED = {"mutual_information": texts.CAPPED_INFORMATION, "marginal_kl": texts.CAPPED_KL}
NEAR_CAP = 0.5  # nats below log N: there the mutual information says how many images there are, and nothing else
CAP_COLOUR = "#808080"


def derived(measured: Mapping) -> dict:
    """The figures that follow from a model's metrics: `kl_to_posterior`, and `<metric>_spread` over the seeds."""
    found = {
        name.removesuffix("_seeds") + "_spread": float(np.std(values, ddof=1))
        for name, values in measured.items()
        if name.endswith("_seeds")
    }
    if {"negative_elbo", "negative_log_likelihood_integrated"} <= measured.keys():
        # E_q[log q(z|x) − log p(z|x)] = −ELBO − (−log p(x))
        found["kl_to_posterior"] = measured["negative_elbo"] - measured["negative_log_likelihood_integrated"]
    return found


def in_order(entries: Sequence[dict]) -> list[dict]:
    """By the number of latent dimensions; among them own runs first, the newest on top; then AE, VAE, AAE."""

    def place(entry: dict) -> tuple:
        kind = SIBLINGS[entry["kind"]].place
        return entry["latent_dim"], (0, -entry["saved"]) if entry["run"] else (1, kind), entry["name"]

    return sorted(entries, key=place)


def labels(entries: Sequence[dict]) -> dict[str, str]:
    """For each model's name a label that is unlike all others: its title, and what tells it from its likes.

    A run names the settings that differ from the recipe's, and what its person calls it. Runs that are alike in both
    name the time.
    """
    runs = [entry for entry in entries if entry["run"]]
    found = {entry["name"]: entry["title"] for entry in entries}
    found |= {entry["name"]: _of_run(entry) for entry in runs}
    for alike, further in ((runs, _time), (entries, _own_name)):
        times = Counter(found.values())
        for entry in alike:
            if times[found[entry["name"]]] > 1:
                found[entry["name"]] += f" · {further(entry)}"
    return found


def _of_run(entry: dict) -> str:
    called, own = entry["called"], ", ".join([entry["title"], *entry["changes"]])
    if not called:
        return own
    return called if called.startswith(own) else f"{own} · {called}"


def _time(entry: dict) -> str:
    return f"{datetime.fromtimestamp(entry['saved'] / 1e9):%d %b %H:%M:%S}"


def _own_name(entry: dict) -> str:
    return entry["name"]


def address_in_explorer(entry: dict, entries: Sequence[dict]) -> str | None:
    """The address, relative to the scoreboard's, that opens a model beside a partner; None: no map shows it.

    The partner has the same dataset and number of dimensions. If there is such a model, it is of another kind, has the
    other sort of encoder and the same prior, and ships with the program; otherwise as many of these hold as can.
    """
    if entry["latent_dim"] < 2:
        return None
    alike = [one for one in entries if (one["dataset"], one["latent_dim"]) == (entry["dataset"], entry["latent_dim"])]

    def unlike(one: dict) -> tuple:
        return (
            one is entry,
            one["kind"] == entry["kind"],
            one["stochastic"] == entry["stochastic"],
            one["prior"] != entry["prior"],
            not one["penalised"],  # nothing holds an AE to a prior
            one["run"],
            one["weights"]["beta"] != 1,
            one["name"],
        )

    pair = [entry["name"], min(alike, key=unlike)["name"]]
    if entry["discriminator"]:  # as on the front page
        pair.reverse()
    return "./?" + urlencode(dict(zip(("left", "right"), pair)))


def table(entries: Sequence[dict], names: Mapping[str, str] | None = None) -> pd.DataFrame:
    """A row a model, with all figures; NaN: there is no such figure. names: see `labels`."""
    rows, names = [], names or labels(entries)
    for number, entry in enumerate(entries, start=1):
        found = entry["metrics"]
        row = {"number": number, "model": names[entry["name"]], "bundle": entry["name"]}
        row["latent dimensions"] = entry["latent_dim"]
        for column in COLUMNS:
            value = found.get(column.metric, math.nan)
            row[column.name] = value[0] if isinstance(value, (list, tuple)) else value
        minimised = fill(sibling_word(SIBLINGS[entry["kind"]].minimised), formula_weights(entry["weights"]))
        minimised += "".join(f"; {value}" for value in entry["earlier"])
        row |= {"epochs": entry["epochs"], "device": found.get("device", "")}
        rows.append(row | {"what is minimised": minimised})
    return pd.DataFrame(rows)


def formula_weights(weights: dict) -> dict:
    """The weights as they stand in the objective's formula."""
    beta = weights["beta"]
    found = weights | {"times_beta": "" if beta == 1 else f"{beta:g} · "}
    if "adversarial_weight" not in weights:
        return found
    start, end = weights["adversarial_start"], weights["adversarial_weight"]
    return found | {"rising_weight": f"{end:g}" if start == end else f"({start:g} → {end:g})"}


def written(value: float, digits: int) -> str:
    """A figure with so many digits: `−0.012`. Never −0.000."""
    return f"{round(value, digits) + 0.0:,.{digits}f}".replace("-", "−")


def styled(entries: Sequence[dict], frame: pd.DataFrame, grey_colour: str = CAP_COLOUR) -> Styler:
    """The table: own runs bold; in grey and as bounds what is near its cap, the log of the number of images.

    The figures themselves stay, for sorting.
    """
    capped = [
        entry["metrics"].get("mutual_information", -math.inf) > math.log(entry["metrics"]["images"]) - NEAR_CAP
        for entry in entries
    ]
    style = frame.style
    for column in COLUMNS:
        if column.name in frame:
            style = style.format(
                lambda value, digits=column.digits: written(value, digits), subset=[column.name], na_rep=texts.NO_FIGURE
            )
    shown = {column.metric: column.name for column in COLUMNS if column.name in frame}
    grey = [shown[metric] for metric in CAPPED if metric in shown]
    for metric, bound in CAPPED.items():
        if metric in shown:
            style = style.format(
                lambda value, bound=bound: fill(bound, value=written(value, 1)),
                subset=pd.IndexSlice[capped, [shown[metric]]],
            )
    style = style.set_properties(subset=pd.IndexSlice[capped, grey], color=grey_colour)
    # the whole row in bold would cost a link its icon
    own = pd.IndexSlice[[entry["run"] for entry in entries], ["model"]]
    return style.set_properties(subset=own, **{"font-weight": "bold"})


def shown_columns(frame: pd.DataFrame, links: Sequence[str | None]) -> pd.DataFrame:
    """The columns of a table that hold any figure, and each model's link. frame: of `table`."""
    empty = [column.name for column in COLUMNS if frame[column.name].isna().all()]
    frame = frame.drop(columns=[*empty, "latent dimensions"])
    frame.insert(2, "open", list(links))
    return frame


def show(entries: Sequence[dict], frame: pd.DataFrame, links: Sequence[str | None], sizes: Mapping[str, str]) -> None:
    """The table of models with one number of latent dimensions.

    frame: of `table`; links: see `address_in_explorer`; sizes: what the helps say of numbers.
    """
    frame = shown_columns(frame, links)
    config = {
        column.name: st.column_config.NumberColumn(column.heading or None, help=fill(column.help, sizes))
        for column in COLUMNS
        if column.name in frame
    }
    config |= {
        "number": st.column_config.NumberColumn("", width=35, pinned=True),
        "model": st.column_config.Column(pinned=True, width=NAME_WIDTH),
        "open": st.column_config.LinkColumn(display_text=":material/open_in_new:", help=texts.LINK_HELP, width=65),
    }
    lines = -(-max(map(len, frame["model"])) // NAME_LETTERS)
    st.dataframe(
        styled(entries, frame),
        hide_index=True,
        column_config=config,
        placeholder=texts.NO_FIGURE,
        height="content",
        row_height=None if lines < 2 else 12 + 20 * lines,
    )


def main_figures(
    entries: Sequence[dict], frame: pd.DataFrame, links: Sequence[str | None], sizes: Mapping[str, str],
    is_presented: bool = False,
) -> str:  # fmt: skip
    """The MAIN figures of the models as a table of HTML, which a narrow window shows instead of `show`'s.

    is_presented: whether every window shows it. frame, links, sizes: see `show`.
    """
    columns = [column for column in COLUMNS if column.metric in MAIN and not frame[column.name].isna().all()]
    heads = [
        f'<th title="{html.escape(fill(column.help, sizes))}">{html.escape(column.name)}</th>' for column in columns
    ]
    rows = []
    for entry, link, (_, row) in zip(entries, links, frame.iterrows()):
        name = html.escape(row["model"])
        if link:
            name = f'<a href="{html.escape(link)}" title="{html.escape(texts.LINK_HELP)}">{name}</a>'
        if entry["run"]:
            name = f"<b>{name}</b>"
        values = [row[column.name] for column in columns]
        cells = [
            texts.NO_FIGURE if math.isnan(value) else written(value, column.digits)
            for value, column in zip(values, columns)
        ]
        numbers = "".join(f"<td>{cell}</td>" for cell in cells)
        rows.append(f'<tr><th scope="row">{row["number"]} {name}</th>{numbers}</tr>')
    return (
        f'<div class="main-figures{" presented" if is_presented else ""}" tabindex="0" role="region" '
        f'aria-label="{texts.MAIN_FIGURES}"><table><thead><tr><th>{texts.MODEL}</th>{"".join(heads)}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table></div>"
    )
