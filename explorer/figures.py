"""Static figures: functions from arrays and plain rows to Plotly figures. The theme colours text and axes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

# Dots in a map of holes. Each is an element of the page: more would need WebGL, whose context a browser may drop.
MOST_DOTS = 3_000
CODES, PRIOR, HOLE = "#3f90da", "#94a4a2", "#bd1f01"
DISTANCES = {
    "coverage": "coverage (more is nearer)",
    "sliced_w2_squared": "sliced W₂² (less is nearer)",
    "kl_of_codes": "KL(q(z)‖p(z)) ≈, nats (less is nearer; ≤ 0.001 at the edge)",
}
MATCHES = {
    "coverage": "coverage of p(z) (more is nearer)",
    "sliced_w2_squared": "sliced W₂² (less is nearer)",
}
# The smallest value on a logarithmic axis: what is smaller, 0 or negative is drawn there.
LOGARITHMIC = {"sliced_w2_squared": 1e-5, "kl_of_codes": 1e-3}
LEAST_NATS, LEAST_RATIO = 5, 10  # that the axes of a frontier span: two models alike do not look far apart


def distances(rows: Sequence[Mapping]) -> go.Figure:
    """The distances of q(z) from p(z), a dot per model, over the bands of their nulls.

    rows: each with title, kind, colour, and, for each name of DISTANCES, an estimate, `<name>_null`, (mean, std), and
    `<name>_band`, (low, high). NaN: there is no dot or no band.
    Raises ValueError without rows.
    """
    if not rows:
        raise ValueError("there is no model to draw")
    figure = make_subplots(
        cols=len(DISTANCES), shared_yaxes=True, horizontal_spacing=0.03, subplot_titles=list(DISTANCES.values())
    )
    titles = [row["title"] for row in rows]
    for column, name in enumerate(DISTANCES, start=1):
        means = np.array([row[f"{name}_null"][0] for row in rows])
        low, high = np.array([row[f"{name}_band"] for row in rows]).T
        values = np.array([row[name] for row in rows], dtype=float)
        least = LOGARITHMIC.get(name, -np.inf)
        low, high = np.maximum(low, least), np.maximum(high, least)
        band = go.Bar(
            y=titles, x=high - low, base=low, orientation="h", marker_color=PRIOR, opacity=0.6, width=0.8,
            name="null", showlegend=column == 1, hovertemplate="%{y}: null %{customdata:.4f}<extra></extra>",
            customdata=means,
        )  # fmt: skip
        dots = go.Scatter(
            y=titles, x=np.maximum(values, least), mode="markers", customdata=values,
            marker={"size": 11, "color": [row["colour"] for row in rows]},
            name="estimate", showlegend=column == 1, hovertemplate="%{y}: %{customdata:.4f}<extra></extra>",
        )  # fmt: skip
        figure.add_traces([band, dots], rows=[1, 1], cols=[column, column])
    for column, name in enumerate(DISTANCES, start=1):
        if name in LOGARITHMIC:
            figure.update_xaxes(type="log", exponentformat="none", col=column)
    figure.update_yaxes(autorange="reversed", automargin=True)
    return figure.update_layout(height=120 + 30 * len(rows), margin={"l": 10, "r": 10, "t": 40, "b": 30}, bargap=0.2)


def frontier(rows: Sequence[Mapping], match: str = "coverage") -> go.Figure:
    """Reconstruction against the match with the prior, a dot per model. A better match is higher.

    rows: each with title, kind, colour, reconstruction (nats per image) and match; match: a name of MATCHES.
    """
    figure = go.Figure()
    kinds = {row["kind"]: row["colour"] for row in rows}
    name_of_match = MATCHES[match].split(" (")[0]
    rows = sorted(rows, key=lambda row: row[match])
    # so that the names of neighbours do not overlap
    sides = {row["title"]: ("middle right", "middle left")[i % 2] for i, row in enumerate(rows)}
    for kind, colour in kinds.items():
        found = [row for row in rows if row["kind"] == kind]
        figure.add_scatter(
            x=[row["reconstruction"] for row in found], y=[row[match] for row in found],
            text=[row["title"] for row in found], name=kind,
            mode="markers+text", textposition=[sides[row["title"]] for row in found],
            marker={"size": 11, "color": colour},
            hovertemplate="%{text}<br>BCE %{x:.2f} nats<br>" + name_of_match + " %{y:.4f}<extra></extra>",
        )  # fmt: skip
    figure.update_traces(cliponaxis=False)
    figure.update_layout(
        xaxis_title="BCE at μ or code, nats (less is nearer)", yaxis_title=MATCHES[match],
        height=420 if len(rows) > 3 else 260,
        margin={"l": 10, "r": 10, "t": 20, "b": 40},
    )  # fmt: skip
    reconstructions = [row["reconstruction"] for row in rows]
    if max(reconstructions) - min(reconstructions) < LEAST_NATS / 2:
        middle = (max(reconstructions) + min(reconstructions)) / 2
        figure.update_xaxes(range=[middle - LEAST_NATS / 2, middle + LEAST_NATS / 2])
    if match in LOGARITHMIC:
        ticks = [digit * 10.0**power for power in range(-5, 3) for digit in (1, 2, 5)]
        figure.update_yaxes(
            type="log",
            autorange="reversed",
            tickvals=ticks,
            ticktext=[np.format_float_positional(tick, 1, fractional=False, trim="-") for tick in ticks],
        )
        logs = np.log10([max(row[match], LOGARITHMIC[match]) for row in rows])
        if np.ptp(logs) < 0.5 * np.log10(LEAST_RATIO):
            half = 0.5 * np.log10(LEAST_RATIO)
            middle = (logs.max() + logs.min()) / 2
            figure.update_yaxes(range=[middle + half, middle - half], autorange=None)  # less is higher
    return figure


def marginals(codes: np.ndarray, prior_draws: np.ndarray) -> go.Figure:
    """Histograms of q(z) and p(z) along each of the first four dimensions.

    codes, prior_draws: (n, d). Raises ValueError for other shapes, and for NaN or infinity.
    """
    _check_sets(codes=codes, prior_draws=prior_draws)
    shown = min(codes.shape[1], 4)
    figure = make_subplots(
        cols=shown, shared_yaxes=True, horizontal_spacing=0.03, subplot_titles=[f"z{'₁₂₃₄'[d]}" for d in range(shown)]
    )
    edge = max(4.0, float(np.quantile(np.abs(codes[:, :shown]), 0.999)))
    edges = np.linspace(-edge, edge, 65)
    for d in range(shown):
        for values, name, colour in ((prior_draws[:, d], "p(z)", PRIOR), (codes[:, d], "q(z)", CODES)):
            density = np.histogram(values, edges)[0] / len(values) / np.diff(edges)
            filled = "tozeroy" if name == "p(z)" else None
            line = {"shape": "hvh", "color": colour, "width": 2}
            figure.add_scatter(
                x=(edges[1:] + edges[:-1]) / 2,
                y=density,
                line=line,
                fill=filled,
                name=name,
                showlegend=d == 0,
                row=1,
                col=d + 1,
            )
    return figure.update_layout(height=260, margin={"l": 10, "r": 10, "t": 30, "b": 20})


def hole_map(prior_draws: np.ndarray, covered: np.ndarray) -> go.Figure:
    """Draws from a prior of the plane. Those that no code covers are marked.

    The first MOST_DOTS are drawn; the shares count all.
    prior_draws: (n, 2); covered: (n,) bool. Raises ValueError for other shapes.
    """
    if (
        np.ndim(prior_draws) != 2
        or prior_draws.shape[1] != 2
        or covered.shape != (len(prior_draws),)
        or covered.dtype != bool
        or not len(covered)
    ):
        raise ValueError(
            f"prior_draws must be (n, 2) and covered (n,) bool, n at least 1, not {np.shape(prior_draws)} and "
            f"{covered.shape} {covered.dtype}"
        )
    figure = go.Figure()
    for which, name, colour, size in ((covered, "covered", PRIOR, 3), (~covered, "in a hole", HOLE, 5)):
        x, y = prior_draws[:MOST_DOTS][which[:MOST_DOTS]].T
        marker = {"color": colour, "size": size, "opacity": 0.7}
        figure.add_scatter(
            x=x, y=y, mode="markers", marker=marker, hoverinfo="skip", name=f"{name}: {which.mean():.1%}"
        )
    figure.update_yaxes(scaleanchor="x")
    return figure.update_layout(height=430, margin={"l": 10, "r": 10, "t": 10, "b": 20}, legend_itemsizing="constant")


def training_curves(history: Sequence[Mapping]) -> go.Figure:
    """The means of the loss's terms over each epoch. Terms of a few nats or less have their own axis.

    history: an entry an epoch, all of the same names, `epoch` among them. Raises ValueError for others.
    """
    if not history or not all(entry.keys() == history[0].keys() and "epoch" in entry for entry in history):
        raise ValueError("a history needs an entry an epoch, each with its epoch and the same terms")
    names = [name for name in history[0] if name != "epoch"]
    small = {name for name in names if max(abs(entry[name]) for entry in history) < 20}
    figure = make_subplots(specs=[[{"secondary_y": True}]])
    for name in names:
        figure.add_scatter(
            x=[entry["epoch"] for entry in history], y=[entry[name] for entry in history], name=name.replace("_", " "),
            line={"dash": "dot" if name in small else "solid"}, secondary_y=name in small,
        )  # fmt: skip
    figure.update_yaxes(title="nats (solid)", secondary_y=False)
    figure.update_yaxes(title="nats (dotted)", secondary_y=True, showgrid=False)
    legend = {"orientation": "h", "y": 1.02, "yanchor": "bottom"}
    return figure.update_layout(
        xaxis_title="epoch", height=400, margin={"l": 10, "r": 10, "t": 10, "b": 40}, legend=legend
    )


def _check_sets(**sets: np.ndarray) -> None:
    for name, points in sets.items():
        if np.ndim(points) != 2 or not points.size or points.shape[1] != next(iter(sets.values())).shape[-1]:
            raise ValueError(
                f"{name} must be (n, d), n and d at least 1, of as many dimensions as the others, not "
                f"{np.shape(points)}"
            )
        if not np.isfinite(points).all():
            raise ValueError(f"{name} holds NaN or infinity")
