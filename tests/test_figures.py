"""Figures that do not move: they carry the data they are given, and nothing of it is changed."""

from __future__ import annotations

import copy
import re

import numpy as np
import plotly.graph_objects as go
import pytest

from explorer import figures, metrics

KINDS = {"AE": "mnist-ae", "VAE": "mnist-vae", "AAE": "mnist-aae"}
COLOURS = {"AE": "#94a4a2", "VAE": "#3f90da", "AAE": "#e76300"}


def rows() -> list[dict]:
    """A model of each kind, and another VAE."""
    rng = np.random.default_rng(0)
    found = []
    for number, (kind, title) in enumerate([*KINDS.items(), ("VAE", "mnist-vae-beta40")], start=1):
        row = {
            "kind": kind,
            "colour": COLOURS[kind],
            "sign": "circle",
            "title": title,
            "reconstruction": 100 + 50 * rng.random(),
        }
        row |= {"number": number}
        for name in figures.DISTANCES:
            row |= {name: rng.random(), f"{name}_null": [0.5, 0.1], f"{name}_band": (0.3, 0.4 + rng.random())}
        found.append(row)
    return found


def history() -> list[dict]:
    return [
        {
            "epoch": epoch,
            "total": 200 - epoch,
            "reconstruction": 150 - epoch,
            "kl": epoch / 2,
            "adversarial": 0.7 - epoch / 10,
        }
        for epoch in (1, 2, 3)
    ]


def planar(n: int = 500, seed: int = 0, dimensions: int = 2) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal((n, dimensions))


FIGURES = {
    "distances": lambda: (figures.distances, [rows(), "coverage"]),
    "logarithmic distances": lambda: (figures.distances, [rows(), "kl_of_codes"]),
    "frontier": lambda: (figures.frontier, [rows()]),
    "marginals": lambda: (figures.marginals, [planar(), planar(seed=1)]),
    "hole_map": lambda: (figures.hole_map, [planar(), planar()[:, 0] > 0]),
    "training_curves": lambda: (figures.training_curves, [history()]),
}


@pytest.mark.parametrize("make", FIGURES.values(), ids=FIGURES)
def test_a_figure_is_pure(make):
    function, arguments = make()
    before = copy.deepcopy(arguments)
    one, same = function(*arguments), function(*arguments)
    assert isinstance(one, go.Figure) and one is not same and one.to_json() == same.to_json()
    for argument, old in zip(arguments, before, strict=True):
        np.testing.assert_array_equal(argument, old) if isinstance(old, np.ndarray) else None
        assert isinstance(old, np.ndarray) or argument == old
    assert one.layout.height and one.layout.width is None  # as wide as the page
    assert one.layout.font.color is None and one.layout.paper_bgcolor is None  # the theme's


def axis(trace) -> str:
    return trace.xaxis or "x"


# How far q(z) is from p(z).


@pytest.mark.parametrize("name", figures.DISTANCES)
def test_each_estimate_stands_over_its_null_band(name):
    given = rows()
    figure = figures.distances(given, name)
    (band,), (dots,) = ([trace for trace in figure.data if isinstance(trace, kind)] for kind in (go.Bar, go.Scatter))
    assert list(band.y) == list(dots.y) and len(set(dots.y)) == len(given)
    for row, start, length, at in zip(given, band.base, band.x, dots.x, strict=True):
        assert at == row[name]
        assert (start, start + length) == pytest.approx(row[f"{name}_band"])
    assert list(dots.marker.color) == [row["colour"] for row in given]
    assert figure.layout.xaxis.type == ("log" if name in figures.LOGARITHMIC else None)
    bottom, top = figure.layout.yaxis.range
    assert bottom > max(dots.y) > min(dots.y) > top  # the first row is on top
    heading, *titles = (note.text for note in sorted(figure.layout.annotations, key=lambda note: note.yref != "paper"))
    assert re.sub("<[^>]+>", "", heading.replace("<br>", " ")) == figures.DISTANCES[name]
    assert titles == [row["title"] for row in given]
    above = [note.y for note in figure.layout.annotations if note.yref != "paper"]
    assert all(0 < at - title < 0.5 for title, at in zip(above, dots.y, strict=True))  # a title is above its dot


def test_two_models_of_one_title_have_a_line_each():
    given = [row | {"title": "VAE"} for row in rows()]
    figure = figures.distances(given, "coverage")
    dots = figure.data[1]
    assert len(set(dots.y)) == len(given) and list(dots.x) == [row["coverage"] for row in given]
    assert figures.distances(given, "coverage").layout.height > figures.distances(given[:2], "coverage").layout.height


def test_a_figure_that_is_missing_leaves_its_line_empty():
    given = rows()
    given[1] |= {"kl_of_codes": np.nan, "kl_of_codes_null": (np.nan, np.nan), "kl_of_codes_band": (np.nan, np.nan)}
    dots = figures.distances(given, "kl_of_codes").data[1]
    assert np.isnan(dots.x[1]) and np.isfinite(np.delete(np.asarray(dots.x), 1)).all()


def test_the_band_of_a_logarithmic_axis_does_not_reach_0():
    given = rows()
    for row in given:
        row |= {"sliced_w2_squared_band": (-0.1, 0.2), "kl_of_codes_band": (-0.01, 0.02), "kl_of_codes": -0.008}
    for name, top in (("sliced_w2_squared", 0.2), ("kl_of_codes", 0.02)):
        band, dots = figures.distances(given, name).data
        low = np.asarray(band.base)
        assert (low > 0).all() and low + band.x == pytest.approx(top)
    assert set(dots.x) == {1e-3} and set(dots.customdata) == {-0.008}  # at the edge, inside the band; says its value
    assert "0.001 at the edge" in figures.DISTANCES["kl_of_codes"]


@pytest.mark.parametrize("low, high", [(0.002, 0.02), (0.001, 30), (1e-5, 30)])
def test_a_logarithmic_axis_has_few_round_ticks_without_exponents(low, high):
    given = rows()
    for row, value in zip(given, np.geomspace(low, high, len(given)), strict=True):
        row |= {"kl_of_codes": value, "kl_of_codes_band": (low, high)}
    axis = figures.distances(given, "kl_of_codes").layout.xaxis
    inside = [text for tick, text in zip(axis.tickvals, axis.ticktext, strict=True) if low <= tick <= high]
    assert 2 <= len(inside) <= 7 and all(re.fullmatch("0[.]0*[125]|[125]0*", text) for text in inside)
    assert [float(text) for text in axis.ticktext] == pytest.approx(axis.tickvals)


@pytest.mark.parametrize("match", figures.MATCHES)
def test_reconstruction_against_the_match_with_the_prior(match):
    given = rows()
    figure = figures.frontier(given, match)
    seen = {
        (trace.name, number, title, x, y)
        for trace in figure.data
        for number, title, x, y in zip(trace.text, trace.hovertext, trace.x, trace.y, strict=True)
    }
    assert seen == {(row["kind"], str(row["number"]), row["title"], row["reconstruction"], row[match]) for row in given}
    assert {trace.name: trace.marker.color for trace in figure.data} == COLOURS
    assert (
        "BCE" in figure.layout.xaxis.title.text
        and "nats" in figure.layout.xaxis.title.text
        and "sharp" not in figure.layout.xaxis.title.text  # blur of a true grey costs nothing
        and {"coverage": "coverage", "sliced_w2_squared": "sliced W₂²"}[match] in figure.layout.yaxis.title.text
    )
    less_is_nearer = "less" in figure.layout.yaxis.title.text
    assert (figure.layout.yaxis.autorange == "reversed") == less_is_nearer  # a better match is higher


@pytest.mark.parametrize("match", figures.MATCHES)
def test_numbers_of_neighbours_stand_on_different_sides(match):
    given = rows()
    for row, (bce, value) in zip(given, ((128, 0.940), (128.2, 0.942), (180, 0.6), (180, 0.6)), strict=True):
        row |= {"reconstruction": bce, match: value}
    traces = figures.frontier(given, match).data
    sides = {number: side for trace in traces for number, side in zip(trace.text, trace.textposition, strict=True)}
    assert sides["1"] != sides["2"] and sides["3"] != sides["4"]


def test_two_models_that_are_alike_do_not_look_far_apart():
    given = rows()[1:3]
    for row, (bce, match) in zip(given, ((81.948, 0.0067), (82.081, 0.0116)), strict=True):
        row |= {"reconstruction": bce, "sliced_w2_squared": match}
    layout = figures.frontier(given, "sliced_w2_squared").layout
    assert layout.xaxis.range[1] - layout.xaxis.range[0] == figures.LEAST_NATS
    assert dict(zip(layout.yaxis.tickvals, layout.yaxis.ticktext, strict=True))[0.005] == "0.005"
    bottom, top = layout.yaxis.range
    assert bottom - top == pytest.approx(1) and top < np.log10(0.0067) < np.log10(0.0116) < bottom


@pytest.mark.parametrize("make", FIGURES.values(), ids=FIGURES)
def test_axes_can_be_read_from_a_projector(make):
    function, arguments = make()
    axes = {name: axis for name, axis in function(*arguments).layout.to_plotly_json().items() if "axis" in name}
    assert axes and all(axis["tickfont"]["size"] >= 14 for axis in axes.values())


# The aggregate.


@pytest.mark.parametrize("dimensions, shown", [(1, 1), (2, 2), (4, 4), (16, 4)])
def test_marginal_densities_integrate_to_1(dimensions, shown):
    codes, draws = 0.5 + 0.5 * planar(20_000, 0, dimensions), planar(20_000, 1, dimensions)
    figure = figures.marginals(codes, draws)
    assert len(figure.data) == 2 * shown
    assert [annotation.text for annotation in figure.layout.annotations] == ["z₁", "z₂", "z₃", "z₄"][:shown]
    for d in range(shown):
        on = {trace.name: trace for trace in figure.data if axis(trace) == ("x", "x2", "x3", "x4")[d]}
        assert set(on) == {"p(z)", "q(z)"}
        for name, values in (("p(z)", draws[:, d]), ("q(z)", codes[:, d])):
            x, density = np.asarray(on[name].x), np.asarray(on[name].y)
            step = np.diff(x)
            np.testing.assert_allclose(step, step[0])
            inside = (np.abs(values) <= x[-1] + step[0] / 2).mean()
            assert density.sum() * step[0] == pytest.approx(inside) and inside > 0.998
            mean = (x * density).sum() * step[0]  # of the histogram's middles: within half a step of the values'
            assert mean == pytest.approx(values.mean(), abs=step[0] / 2 + 0.01)
        # at its top, N(0.5, 0.5²) has 0.798 and N(0, 1) has 0.399; 20,000 values in steps of an eighth leave an error
        # below 0.05
        assert max(on["q(z)"].y) == pytest.approx(0.798, abs=0.05) and max(on["p(z)"].y) == pytest.approx(
            0.399, abs=0.03
        )


def test_marginals_of_wide_codes_show_them_all():
    codes = 30 * planar(5000)
    for trace in figures.marginals(codes, planar(seed=1)).data:
        if trace.name == "q(z)":
            assert np.sum(trace.y) * (trace.x[1] - trace.x[0]) > 0.995


# Holes.


def test_the_share_that_is_not_covered_is_what_coverage_leaves():
    codes, draws = planar(2000), planar(1500, seed=1)
    codes = codes[np.linalg.norm(codes - [1, 0], axis=1) > 0.6]
    covered = metrics.covered(codes, draws)
    figure = figures.hole_map(draws, covered)
    names = {trace.name.split(":")[0]: trace for trace in figure.data}
    assert set(names) == {"covered", "not covered"}
    hole = 1 - metrics.coverage(codes, draws)
    assert 0.05 < hole < 0.3
    assert (
        names["not covered"].name == f"not covered: {hole:.1%}" and names["covered"].name == f"covered: {1 - hole:.1%}"
    )
    for name, which in (("covered", covered), ("not covered", ~covered)):
        np.testing.assert_array_equal(np.stack([names[name].x, names[name].y], -1), draws[which])
    assert names["not covered"].marker.color != names["covered"].marker.color
    assert figure.layout.yaxis.scaleanchor == "x"  # a circle is round


def test_of_many_draws_some_are_drawn_and_the_shares_are_of_all():
    draws, covered = planar(10_000), np.arange(10_000) % 8000 > 999
    figure = figures.hole_map(draws, covered)
    names = {trace.name.split(":")[0]: trace for trace in figure.data}
    assert names["covered"].name == "covered: 80.0%" and names["not covered"].name == "not covered: 20.0%"
    shown = figures.MOST_DOTS
    for name, which in (("covered", covered), ("not covered", ~covered)):
        dots = np.stack([names[name].x, names[name].y], -1)
        np.testing.assert_array_equal(dots, draws[:shown][which[:shown]])
    assert sum(len(trace.x) for trace in figure.data) == shown <= 5000


@pytest.mark.parametrize("make", FIGURES.values(), ids=FIGURES)
def test_no_figure_needs_webgl(make):
    function, arguments = make()
    assert [trace.type for trace in function(*arguments).data if "gl" in trace.type or "3d" in trace.type] == []


@pytest.mark.parametrize("covered", [np.ones(20, bool), np.zeros(20, bool)])
def test_no_hole_and_nothing_but_a_hole(covered):
    figure = figures.hole_map(planar(20), covered)
    assert [len(trace.x) for trace in figure.data] == [covered.sum(), (~covered).sum()]
    assert [trace.name for trace in figure.data] == [
        f"covered: {covered.mean():.1%}",
        f"not covered: {1 - covered.mean():.1%}",
    ]


# Training.


def test_curves_carry_the_history():
    given = history()
    figure = figures.training_curves(given)
    assert {trace.name for trace in figure.data} == {"total", "reconstruction", "kl", "adversarial"}
    for trace in figure.data:
        assert list(trace.x) == [1, 2, 3] and list(trace.y) == [entry[trace.name] for entry in given]
        small = trace.name in ("kl", "adversarial")
        assert (trace.yaxis == "y2") == small and (trace.line.dash == "dot") == small
    assert figure.layout.yaxis2.tickmode == "auto"  # round numbers, which need not stand beside the other axis's
    discriminator = figures.training_curves([{"epoch": 1, "discriminator_total": 1.4}])
    assert [trace.name for trace in discriminator.data] == ["discriminator total"]
