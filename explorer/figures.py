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
    "unanimous_prior": "agreement at draws of p(z) (grey: at the model's own codes)",
}
MATCHES = {
    "coverage": "coverage of p(z) (more is nearer)",
    "sliced_w2_squared": "sliced W₂² (less is nearer)",
}
# The smallest value on a logarithmic axis: what is smaller, 0 or negative is drawn there.
LOGARITHMIC = {"sliced_w2_squared": 1e-5, "kl_of_codes": 1e-3}
TEXT = 14  # pixels
BELOW_TITLE = 0.22  # of a line's height, between a line's middle and its dot
ABOVE = {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0}  # a legend, where it takes no width from the plot
# where a dot's number can stand, as a direction from the dot
SIDES = {
    "middle right": (1, 0), "middle left": (-1, 0), "top center": (0, 1), "bottom center": (0, -1),
    "top right": (0.8, 0.8), "bottom right": (0.8, -0.8), "top left": (-0.8, 0.8), "bottom left": (-0.8, -0.8),
}  # fmt: skip
LEAST_NATS, LEAST_RATIO = 5, 10  # that the axes of a frontier span: two models alike do not look far apart


def distances(rows: Sequence[Mapping], name: str) -> go.Figure:
    """One distance of q(z) from p(z): for each model its title, and below it a dot over the band of the null.

    rows: each with title, colour, sign (a symbol of Plotly), an estimate, `<name>_null`, (mean, std), and
    `<name>_band`, (low, high). NaN: there is no dot or no band. name: of DISTANCES. Raises ValueError without rows.
    """
    if not rows:
        raise ValueError("there is no model to draw")
    # a model's place is its number, because titles may be equal
    titles, places = [row["title"] for row in rows], np.arange(len(rows))
    means = np.array([row[f"{name}_null"][0] for row in rows])
    low, high = np.array([row[f"{name}_band"] for row in rows]).T
    values = np.array([row[name] for row in rows], dtype=float)
    least = LOGARITHMIC.get(name, -np.inf)
    low, high = np.maximum(low, least), np.maximum(high, least)
    figure = go.Figure()
    figure.add_bar(
        y=places + BELOW_TITLE, x=high - low, base=low, orientation="h", width=0.4, marker_color=PRIOR, opacity=0.6,
        text=titles, textposition="none", customdata=means,
        hovertemplate="%{text}: null %{customdata:.4f}<extra></extra>",
    )  # fmt: skip
    figure.add_scatter(
        y=places + BELOW_TITLE, x=np.maximum(values, least), mode="markers", text=titles, customdata=values,
        marker={"size": 11, "color": [row["colour"] for row in rows], "symbol": [row["sign"] for row in rows]},
        hovertemplate="%{text}: %{customdata:.4f}<extra></extra>",
    )  # fmt: skip
    for place, title in zip(places, titles):
        figure.add_annotation(
            text=title, x=0, xref="paper", xanchor="left", y=place - BELOW_TITLE, showarrow=False, font_size=TEXT
        )
    if name in LOGARITHMIC:
        figure.update_xaxes(_logarithmic(np.concatenate([low, high, np.maximum(values, least)])))
    figure.update_yaxes(range=[len(rows) - 0.4, -0.6], showticklabels=False, showgrid=False, zeroline=False)
    figure.add_annotation(
        text=f"<b>{DISTANCES[name].replace(' (', '</b><br>(').replace('; ', ';<br>')}",
        align="left", x=0, xref="paper", xanchor="left",
        y=1, yref="paper", yanchor="bottom", showarrow=False, font_size=TEXT,
    )  # fmt: skip
    margin = {"l": 0, "r": 10, "t": 65, "b": 30}
    figure.update_layout(height=95 + 46 * len(rows), margin=margin, showlegend=False, dragmode=False)
    return _with_large_text(figure)


def frontier(rows: Sequence[Mapping], match: str = "coverage") -> go.Figure:
    """Reconstruction against the match with the prior, a numbered dot per model. A better match is higher.

    rows: each with title, number, kind, colour, sign, reconstruction (nats per image) and match; match: a name of
    MATCHES.
    """
    figure = go.Figure()
    kinds = {row["kind"]: {"color": row["colour"], "symbol": row["sign"]} for row in rows}
    name_of_match = MATCHES[match].split(" (")[0]
    reconstructions = np.array([row["reconstruction"] for row in rows], dtype=float)
    matches = np.array([row[match] for row in rows], dtype=float)
    heights = np.log10(np.maximum(matches, LOGARITHMIC[match])) if match in LOGARITHMIC else matches
    upwards = -heights if match in LOGARITHMIC else heights
    sides = {id(row): side for row, side in zip(rows, _sides_of_numbers(reconstructions, upwards))}
    for kind, marker in kinds.items():
        found = [row for row in rows if row["kind"] == kind]
        figure.add_scatter(
            x=[row["reconstruction"] for row in found], y=[row[match] for row in found],
            text=[str(row["number"]) for row in found], hovertext=[row["title"] for row in found], name=kind,
            mode="markers+text", textposition=[sides[id(row)] for row in found], textfont_size=TEXT,
            marker={"size": 11} | marker,
            hovertemplate="%{hovertext}<br>BCE %{x:.2f} nats<br>" + name_of_match + " %{y:.4f}<extra></extra>",
        )  # fmt: skip
    figure.update_traces(cliponaxis=False)
    figure.update_layout(
        xaxis_title="BCE at μ or code,<br>nats (less is nearer)", yaxis_title=MATCHES[match].replace(" (", "<br>("),
        height=430 if len(rows) > 3 else 290, margin={"l": 10, "r": 10, "t": 20, "b": 60},
        legend=ABOVE, showlegend=True,
    )  # fmt: skip
    if np.ptp(reconstructions) < LEAST_NATS / 2:
        middle = (reconstructions.max() + reconstructions.min()) / 2
        figure.update_xaxes(range=[middle - LEAST_NATS / 2, middle + LEAST_NATS / 2])
    if match in LOGARITHMIC:
        figure.update_yaxes(_logarithmic(10**heights), autorange="reversed")
        if np.ptp(heights) < 0.5 * np.log10(LEAST_RATIO):
            half = 0.5 * np.log10(LEAST_RATIO)
            middle = (heights.max() + heights.min()) / 2
            figure.update_yaxes(range=[middle + half, middle - half], autorange=None)  # less is higher
    return _with_large_text(figure)


def _sides_of_numbers(x: np.ndarray, y: np.ndarray) -> list[str]:
    """The side of each dot on which its number overlaps no other dot or number, in a plot of usual size."""
    width, height, away = 600, 300, 15  # pixels
    dots = np.stack([width * _shares(x), height * _shares(y)], axis=1)
    taken, found = [*dots], []
    for i, dot in enumerate(dots):
        others = [place for j, place in enumerate(taken) if j != i]
        room = {
            side: min((np.linalg.norm(dot + away * np.array(step) - place) for place in others), default=np.inf)
            for side, step in SIDES.items()
        }
        side = next((side for side in room if room[side] > away), max(room, key=lambda side: room[side]))
        taken.append(dot + away * np.array(SIDES[side]))
        found.append(side)
    return found


def _shares(values: np.ndarray) -> np.ndarray:
    """Where each value lies between the smallest, 0, and the largest, 1."""
    return (values - values.min()) / (np.ptp(values) or 1)


def _logarithmic(values: np.ndarray) -> dict:
    """A logarithmic axis for these values, with few, round ticks, which are written without an exponent."""
    decades = np.ptp(np.log10(values[np.isfinite(values)]))
    powers = [power for power in range(-6, 7) if decades < 6 or power % 2 == 0]
    ticks = [digit * 10.0**power for power in powers for digit in ((1, 2, 5) if decades < 1.5 else (1,))]
    names = [np.format_float_positional(tick, 1, fractional=False, trim="-") for tick in ticks]
    return {"type": "log", "tickvals": ticks, "ticktext": names}


def _with_large_text(figure: go.Figure) -> go.Figure:
    """Axes that can be read from a projector."""
    figure.update_layout(legend_font_size=TEXT)
    figure.update_xaxes(tickfont_size=TEXT, title_font_size=TEXT)
    figure.update_yaxes(tickfont_size=TEXT, title_font_size=TEXT)
    return figure


def enlarged(figure: go.Figure, scale: float) -> go.Figure:
    """The same figure with its type, dots, margins and height larger by this factor, for a projector."""
    layout = figure.layout
    for text in (*layout.annotations, layout.legend):
        text.font.size = scale * (text.font.size or TEXT)
    for axis in (*figure.select_xaxes(), *figure.select_yaxes()):
        axis.tickfont.size, axis.title.font.size = scale * TEXT, scale * TEXT
    for trace in figure.select_traces("scatter"):
        trace.textfont.size = scale * TEXT
        trace.marker.size = scale * (trace.marker.size or TEXT / 2)
    margin = {side: scale * layout.margin[side] for side in "lrtb" if layout.margin[side] is not None}
    return figure.update_layout(height=scale * layout.height, margin=margin)


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
    legend = ABOVE | {"y": -0.15, "yanchor": "top"}  # the dimensions' names stand above
    figure.update_layout(height=280, margin={"l": 10, "r": 10, "t": 30, "b": 20}, legend=legend, dragmode=False)
    return _with_large_text(figure)


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
    for which, name, colour, size in ((covered, "covered", PRIOR, 3), (~covered, "not covered", HOLE, 5)):
        x, y = prior_draws[:MOST_DOTS][which[:MOST_DOTS]].T
        marker = {"color": colour, "size": size, "opacity": 0.7}
        figure.add_scatter(
            x=x, y=y, mode="markers", marker=marker, hoverinfo="skip", name=f"{name}: {which.mean():.1%}"
        )
    figure.update_yaxes(scaleanchor="x")
    legend = ABOVE | {"itemsizing": "constant"}
    figure.update_layout(height=430, margin={"l": 10, "r": 10, "t": 10, "b": 20}, legend=legend)
    return _with_large_text(figure)


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
    # "auto": ticks at round numbers, and not beside the other axis's
    figure.update_yaxes(title="nats (dotted)", secondary_y=True, showgrid=False, tickmode="auto")
    margin = {"l": 10, "r": 10, "t": 10, "b": 40}
    figure.update_layout(xaxis_title="epoch", height=430, margin=margin, legend=ABOVE, dragmode=False)
    return _with_large_text(figure)


def _check_sets(**sets: np.ndarray) -> None:
    for name, points in sets.items():
        if np.ndim(points) != 2 or not points.size or points.shape[1] != next(iter(sets.values())).shape[-1]:
            raise ValueError(
                f"{name} must be (n, d), n and d at least 1, of as many dimensions as the others, not "
                f"{np.shape(points)}"
            )
        if not np.isfinite(points).all():
            raise ValueError(f"{name} holds NaN or infinity")
