"""The scoreboard in a real browser: its figures are the bundles', and it can be taken away as CSV."""

from __future__ import annotations

import csv
import itertools
from pathlib import Path

import pytest

from explorer.store.bundle import find_bundles, load_bundle

from .driver import COMPLETE, PHONE, ROOT, address, eventually, expect

SHIPPED = {bundle.name: bundle for bundle in map(load_bundle, find_bundles(ROOT / "pretrained"))}

pytestmark = pytest.mark.skipif(not SHIPPED, reason="no shipped models: python train.py makes them")


@pytest.mark.main_job
def test_the_table_holds_the_bundles_figures(open_page):
    page = open_page("scoreboard", wait="[data-testid=stDataFrame]")
    with page.expect_download() as download:
        page.get_by_role("button", name="Download all figures as CSV").click()
    rows = {
        row["bundle"]: row
        for row in csv.DictReader(Path(download.value.path()).read_text(encoding="utf-8").splitlines())
    }
    expected = {name: bundle for name, bundle in SHIPPED.items() if bundle.config.training.dataset == "mnist"}
    assert set(expected) <= set(rows)
    for name, bundle in expected.items():
        assert float(rows[name]["BCE at μ or code"]) == bundle.metrics["reconstruction"]
        if bundle.config.model.latent_dim > 3:  # there, coverage does not see holes
            assert rows[name]["coverage"] == rows[name]["coverage, null"] == ""
        else:
            assert float(rows[name]["coverage"]) == bundle.metrics["coverage"]
            assert float(rows[name]["coverage, null"]) == bundle.metrics["coverage_null"][0]
        assert bool(rows[name]["−ELBO"]) == (
            bundle.config.model.kind == "vae"
        )  # nothing is called an ELBO where there is none


def test_every_dataset_and_model_can_be_looked_at(open_page):
    page = open_page("scoreboard", wait="[data-testid=stDataFrame]")
    for dataset in sorted({bundle.config.training.dataset for bundle in SHIPPED.values()}):
        page.get_by_role("radio", name=dataset, exact=True).click()
        page.get_by_text(f"test images of {dataset}.").wait_for()
        page.wait_for_function(
            "() => document.querySelectorAll('.js-plotly-plot').length >= 5"
        )  # distances, frontier, marginals, holes, curves
    page.get_by_role("button", name="Measure MMD²").click()
    page.get_by_test_id("stMetricValue").wait_for()
    assert abs(float(page.get_by_test_id("stMetricValue").inner_text().replace("−", "-"))) < 1


def test_an_address_names_a_model_and_the_model_opens_in_the_explorer(open_page):
    page = open_page("scoreboard?dataset=digits&model=digits-aae", wait="[data-testid=stDataFrame]")
    expect(page.get_by_role("combobox", name="Model")).to_have_value("AAE")
    page.goto(page.get_by_role("link", name="Open in the explorer").evaluate("link => link.href"))
    page.wait_for_selector(COMPLETE)
    assert {name: address(page)[name] for name in ("left", "right")} == {"left": "digits-vae", "right": "digits-aae"}


TITLES = """() => [...document.querySelectorAll('.js-plotly-plot')].map((plot) => {
  const box = ({ left, right, top, bottom }) => [left, right, top, bottom];
  return {
    plot: box(plot.getBoundingClientRect()),
    titles: [...plot.querySelectorAll('.annotation-text')].map((text) => box(text.getBoundingClientRect())),
  };
})"""


@pytest.mark.parametrize("width", [390, 1366])
def test_titles_in_plots_are_whole_and_apart(open_page, width):
    page = open_page("scoreboard", wait="[data-testid=stDataFrame]")
    page.set_viewport_size({"width": width, "height": 768})
    planar = [bundle for bundle in SHIPPED.values() if bundle.name.startswith("mnist") and is_planar(bundle)]

    def look() -> None:
        plots = [plot for plot in page.evaluate(TITLES) if len(plot["titles"]) > len(planar)]
        assert len(plots) == 3  # the distances in the plane: a heading and a title a model
        for plot in plots:
            left, right, top, bottom = plot["plot"]
            assert right <= width and right - left > 0.25 * width
            boxes = sorted(plot["titles"], key=lambda box: box[2])
            assert all(left <= a and b <= right and top <= c and d <= bottom for a, b, c, d in boxes)
            assert all(above[3] <= below[2] + 1 for above, below in itertools.pairwise(boxes))

    eventually(page, look)


# The texts of plots that lie outside of their plot, by more than a pixel.
CUT = """() => [...document.querySelectorAll('.js-plotly-plot')].flatMap((plot) => {
  const { left, right, top, bottom } = plot.getBoundingClientRect();
  return [...plot.querySelectorAll('svg text')].filter((text) => {
    const box = text.getBoundingClientRect();
    const inside = box.left > left - 1 && box.right < right + 1 && box.top > top - 1 && box.bottom < bottom + 1;
    return box.width && !inside;
  }).map((text) => text.textContent);
})"""


@pytest.mark.parametrize(
    ("size", "more"),
    [((683, 384), ""), ((390, 844), ""), ((1366, 768), "?present=on"), ((1024, 600), "?present=on")],
    ids=["200 %", "phone", "present", "present, 1024"],
)
def test_no_text_of_a_plot_is_cut(open_page, size, more):
    viewport = dict(zip(("width", "height"), size))
    page = open_page(f"scoreboard{more}", wait=".main-figures:visible", viewport=viewport)
    page.get_by_role("button", name="Measure MMD²").wait_for()  # the last plot stands above it
    page.wait_for_function("() => document.querySelectorAll('.js-plotly-plot').length >= 8")

    def look() -> None:
        assert page.evaluate(CUT) == []

    eventually(page, look)


def test_a_phone_scrolls_the_figures_beside_the_names(open_page):
    page = open_page("scoreboard", wait=".main-figures:visible", viewport=PHONE, has_touch=True, is_mobile=True)
    expect(page.get_by_test_id("stDataFrame").first).to_be_hidden()
    frame = page.get_by_role("region", name="Main figures").first
    name, figure = frame.get_by_role("rowheader").first, frame.get_by_role("cell").first
    before = [one.bounding_box()["x"] for one in (name, figure)]
    assert figure.bounding_box()["x"] + figure.bounding_box()["width"] <= PHONE["width"]
    frame.evaluate("frame => frame.scrollBy(60, 0)")
    after = [one.bounding_box()["x"] for one in (name, figure)]
    assert after[0] == before[0] and after[1] <= before[1] - 20
    assert page.evaluate("() => document.documentElement.scrollWidth") <= PHONE["width"]


def test_a_presentation_has_large_rows_that_nothing_cuts(open_page):
    page = open_page("scoreboard?present=on", wait=".main-figures:visible", viewport={"width": 1366, "height": 768})
    frame = page.get_by_role("region", name="Main figures").first
    assert frame.evaluate("frame => frame.scrollWidth - frame.clientWidth") == 0
    sizes = frame.locator("td").evaluate_all(
        "cells => cells.map((cell) => parseFloat(getComputedStyle(cell).fontSize))"
    )
    assert min(sizes) >= 20


def is_planar(bundle) -> bool:
    return bundle.config.model.latent_dim == 2
