"""The scoreboard on odd models: without a figure, of an older version, many of one title, with names like Markdown."""

from __future__ import annotations

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from explorer.config import Config, ModelConfig, TrainingConfig
from explorer.serving import failure, places
from explorer.serving.models_route import NEWEST

from .small_bundles import save_model

LABELS = np.random.default_rng(0).integers(0, 10, 60)
DENSITY, NEWER = (
    ["knn_kl", "knn_kl_null"],
    ["label_accuracy"],
)  # metrics that codes without a density, and older versions, lack


@pytest.fixture
def runs(tmp_path, monkeypatch):
    """The folder of the app's only models."""
    monkeypatch.setattr(places, "FOLDERS", {"": tmp_path / "pretrained", "runs/": tmp_path / "runs"})
    monkeypatch.setattr(places, "DATA_DIR", tmp_path / "data")
    return tmp_path / "runs"


def save(path, kind="aae", latent_dim=2, seed=0, **options) -> None:
    model = ModelConfig(kind, image_side=8, latent_dim=latent_dim, hidden=(6,), discriminator_hidden=(5, 4))
    save_model(path, Config(model, TrainingConfig("digits", epochs=1, seed=seed)), LABELS, **options)


def scoreboard() -> AppTest:
    def script() -> None:
        from explorer.ui import scoreboard

        scoreboard.page()

    page = AppTest.from_function(script, default_timeout=60).run()
    assert not page.exception, page.exception
    return page


def bundles(page: AppTest) -> list[str]:
    return list(page.dataframe[0].value["bundle"])


def test_a_model_whose_codes_coincide_is_in_the_table_and_the_page_says_why_a_figure_is_missing(runs):
    save(runs / "coinciding", spread=0.0, unmeasured=DENSITY)
    save(runs / "usual", "vae")
    page = scoreboard()
    assert bundles(page) == ["runs/coinciding", "runs/usual"]
    (info,) = page.info
    assert (
        "runs\\/coinciding" in info.value
        and "coincide" in info.value
        and "older version" not in info.value
        and "usual" not in info.value
    )
    assert np.isnan(page.dataframe[0].value["kNN-KL"][0])


def test_a_model_of_an_older_version_is_named(runs):
    save(runs / "older", unmeasured=NEWER)
    save(runs / "usual")
    page = scoreboard()
    assert bundles(page) == ["runs/usual"]
    (info,) = page.info
    assert "older version" in info.value and "runs\\/older" in info.value and "--evaluate" in info.value


def test_a_page_with_older_models_alone(runs):
    save(runs / "older", unmeasured=NEWER)
    assert not scoreboard().dataframe


@pytest.mark.parametrize("name", ["![p](x) [l](y) $\\frac12$", "<b>x</b>", "*a*", "https:www.e.vil"])
def test_names_of_bundles_are_no_markdown(runs, name):
    name = name.replace("/", "-")
    save(runs / name, unmeasured=NEWER)
    save(runs / "usual")
    page = scoreboard()
    assert failure.plain(f"runs/{name}") in page.info[0].value


def test_of_many_runs_the_newest_are_compared_until_all_are_asked_for(runs):
    for i in range(NEWEST + 3):
        save(runs / f"run-{i:02}", seed=i)
    page = scoreboard()
    assert len(bundles(page)) == NEWEST and "runs/run-00" not in bundles(page)
    page.toggle[0].set_value(True).run()
    assert len(bundles(page)) == NEWEST + 3
    assert len(set(page.selectbox[0].options)) == NEWEST + 3  # each can be told from the others


def test_many_models_of_an_older_version_are_few_names(runs):
    for i in range(20):
        save(runs / f"old-{i:02}", seed=i, unmeasured=NEWER)
    save(runs / "usual")
    page = scoreboard()
    page.toggle[0].set_value(True).run()
    assert page.info[0].value.count("old") < 6 and "and 17 more" in page.info[0].value


def test_models_of_one_dimension_are_shown_here_and_named_by_the_explorer(runs):
    save(runs / "line", latent_dim=1)
    save(runs / "plane")
    page = scoreboard()
    assert bundles(page) == ["runs/line", "runs/plane"]

    def script() -> None:
        from explorer.ui import explore

        explore.page()

    explorer = AppTest.from_function(script, default_timeout=60).run()
    assert not explorer.exception and any(
        "runs\\/line" in caption.value and "two latent dimensions" in caption.value for caption in explorer.caption
    )
