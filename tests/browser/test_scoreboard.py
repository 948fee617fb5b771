"""The scoreboard in a real browser: its figures are the bundles', and it can be taken away as CSV."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from explorer.store.bundle import find_bundles, load_bundle

from .driver import ROOT

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
            assert rows[name]["coverage"] == rows[name]["its null"] == ""
        else:
            assert float(rows[name]["coverage"]) == bundle.metrics["coverage"]
            assert float(rows[name]["its null"]) == bundle.metrics["coverage_null"][0]
        assert bool(rows[name]["−ELBO"]) == (
            bundle.config.model.kind == "vae"
        )  # nothing is called an ELBO where there is none


def test_every_dataset_and_model_can_be_looked_at(open_page):
    page = open_page("scoreboard", wait="[data-testid=stDataFrame]")
    for dataset in sorted({bundle.config.training.dataset for bundle in SHIPPED.values()}):
        page.get_by_role("radio", name=dataset, exact=True).click()
        page.get_by_text(f"test images of {dataset};").wait_for()
        page.wait_for_function(
            "() => document.querySelectorAll('.js-plotly-plot').length >= 5"
        )  # distances, frontier, marginals, holes, curves
    page.get_by_role("button", name="Measure MMD²").click()
    page.get_by_test_id("stMetricValue").wait_for()
    assert abs(float(page.get_by_test_id("stMetricValue").inner_text().replace("−", "-"))) < 1
