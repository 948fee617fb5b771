"""The scoreboard on odd models: without a figure, of an older version, many of one title, with names like Markdown."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from explorer.config import Config, ModelConfig, TrainingConfig
from explorer.data import datasets
from explorer.serving import failure, places
from explorer.serving.models_route import NEWEST
from explorer.ui import scoreboard as page_module
from explorer.ui.texts.en import scoreboard as texts

from .small_bundles import save_model

LABELS = np.random.default_rng(0).integers(0, 10, 60)
# metrics that codes without a density, and older versions, lack
DENSITY, NEWER = ["knn_kl", "knn_kl_null"], ["label_accuracy"]


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
    assert np.isnan(page.dataframe[0].value["KL(q(z)‖p(z)) ≈"]).tolist() == [True, False]


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


# What the numbers mean.


def helps(page: AppTest) -> dict[str, str]:
    """The tooltip of each heading."""
    columns = json.loads(page.dataframe[0].proto.columns)
    return {heading: column["help"] for heading, column in columns.items() if column.get("help")}


def captions(page: AppTest) -> str:
    return "\n".join(caption.value for caption in page.caption)


def cells(entries: list[dict]) -> str:
    return page_module.styled(entries, page_module.table(entries)).to_html()


def entry(**metrics: float) -> dict:
    weights = {"beta": 1.0, "adversarial_start": 1.0, "adversarial_weight": 1.0, "prior": "N(0, I)"}
    found = {"name": "x", "title": "x", "kind": "vae", "epochs": 1, "weights": weights}
    return found | {"metrics": {"images": 10_000} | metrics}


def test_information_near_its_cap_is_shown_as_the_bound_it_is():
    capped = cells([entry(mutual_information=9.127, marginal_kl=13.446)])
    assert ">≥ 9.1<" in capped and ">≤ 13.4 (cap)<" in capped and "9.13" not in capped
    assert capped.count(page_module.CAP_COLOUR) == 1 and "#T" in capped  # one rule, of both cells
    free = cells([entry(mutual_information=6.618, marginal_kl=0.370), entry()])
    assert ">6.62<" in free and ">0.37<" in free and "cap" not in free and free.count(f">{texts.NO_FIGURE}<") == 2
    assert page_module.CAP_COLOUR not in free
    assert ">0.00<" in cells([entry(mutual_information=0.0, marginal_kl=-0.0003)])


def test_the_cap_of_the_information_stands_in_its_headings(runs):
    save(runs / "usual", "vae", measured={"mutual_information": 4.0, "marginal_kl": 5.0})
    found = helps(scoreboard())
    assert "at most log 60 = 4.09 nats" in found["I(n; z) ≤ log N"]
    assert "upper bound" in found["KL(q(z)‖p(z)) ≤"] and "KL − log N" in found["KL(q(z)‖p(z)) ≤"]
    columns = json.loads(scoreboard().dataframe[0].proto.columns)
    for heading in ("I(n; z) ≤ log N", "KL(q(z)‖p(z)) ≤"):  # a format would hide the bounds
        assert columns[heading]["type_config"].get("format") is None


def test_in_many_dimensions_nothing_is_shown_that_does_not_see_holes(runs):
    save(runs / "many", latent_dim=16)
    save(runs / "plane")
    page = scoreboard()
    rows = page.dataframe[0].value.set_index("bundle")
    for heading in ("coverage", "its null", "KL(q(z)‖p(z)) ≈", "its null  "):
        assert np.isnan(rows[heading]["runs/many"]) and not np.isnan(rows[heading]["runs/plane"])
    assert rows["sliced W₂²"]["runs/many"] == 0.1
    assert "more than three dimensions there is no coverage and no KL" in captions(page)
    found = helps(page)
    assert "In two or three dimensions" in found["coverage"] and "left out" in found["KL(q(z)‖p(z)) ≈"]
    assert not any("kNN-KL" in heading for heading in rows)


def test_each_number_of_dimensions_has_a_frontier_of_a_measure_that_sees(runs):
    save(runs / "many", latent_dim=16)
    save(runs / "plane")
    page = scoreboard()
    plots = [json.loads(plot.proto.spec) for plot in page.get("plotly_chart")]
    axes = [plot["layout"].get("yaxis", {}).get("title", {}).get("text", "") for plot in plots]
    assert [axis.split(" (")[0] for axis in axes[1:3]] == ["coverage of p(z)", "sliced W₂²"]
    assert [text.value for text in page.markdown if "latent dim" in text.value] == [
        "**2 latent dimensions**",
        "**16 latent dimensions**",
    ]


def test_the_kl_of_codes_is_measured_with_the_exact_density_of_the_prior(runs):
    save(runs / "wide", spread=6.0)
    row = scoreboard().dataframe[0].value.loc[0]
    # N(0, 36 I) against N(0, I): ½ (2 · 36 - 2) - 2 log 6 = 31.4 nats; 60 codes scatter by 35 / √30
    assert row["KL(q(z)‖p(z)) ≈"] == pytest.approx(31.4, abs=20)
    assert abs(row["its null  "]) < 1


def test_units_and_objectives_are_the_formulas(runs):
    save(runs / "vae", "vae")
    save(runs / "aae")
    save(runs / "textbook", "aae-textbook")
    page = scoreboard()
    assert "sliced W₂² is in squared latent units; coverage is a share" in texts.INTRO.replace("\n", " ")
    assert "distances are in nats" not in texts.INTRO.replace("\n", " ")
    formulas = page.dataframe[0].value["what is minimised"].tolist()
    assert any(one.startswith("E_q[−log p(x|z)] + KL(q(z|x)‖p(z))") for one in formulas)
    assert any("200 · (−log D(z))" in one for one in formulas)
    assert "−log p(x|z) and −log D(z) in turn, against p(z): N(0, I)" in formulas
    weights = {"beta": 0.1, "adversarial_start": 30.0, "adversarial_weight": 300.0}
    assert page_module.formula_weights(weights) == weights | {"times_beta": "0.1 · ", "rising_weight": "(30 → 300)"}
    assert page_module.formula_weights({"beta": 1.0}) == {"beta": 1.0, "times_beta": ""}  # no adversary with a weight
    assert "sharp" not in texts.BCE_HELP and "Less is nearer" in texts.BCE_HELP


def test_the_likelihood_of_a_deterministic_encoder_is_not_said_to_be_missing(runs):
    save(runs / "aae")
    said = captions(scoreboard())
    assert "no bound on the likelihood" not in said and "−log p(x) itself is defined for every model" in said


def test_grey_pixels_are_told_of_wherever_a_likelihood_stands(runs):
    save(runs / "usual", "vae")
    page = scoreboard()
    assert texts.GREY_PIXELS in captions(page)  # for every dataset
    for heading in ("BCE at μ or code", "BCE at z", "−ELBO", "−log p(x) ≤"):
        assert "grey pixels" in helps(page)[heading].lower()


@pytest.mark.parametrize(
    "dataset", [pytest.param(name, marks=pytest.mark.needs_dataset(name)) for name in texts.FLOORS]
)
def test_the_floor_is_the_entropy_of_the_test_images_pixels(dataset, data_dir):
    x = datasets.load(dataset, "test", data_dir(dataset)).images / 255.0
    inside = (x > 0) & (x < 1)
    x = np.where(inside, x, 0.5)
    entropy = -(x * np.log(x) + (1 - x) * np.log(1 - x))
    assert (entropy * inside).sum(1).mean() == pytest.approx(texts.FLOORS[dataset], abs=0.005)


def test_what_the_bands_are_stands_below_them():
    assert "± 2" not in texts.DISTANCES_CAPTION and "95 of 100" in texts.DISTANCES_CAPTION
    assert "the dot is a mean over 20 (5) sets" in texts.DISTANCES_CAPTION
    found = {"coverage_null": (0.9, 0.1), "sliced_w2_squared_null": (0.9, 0.1), "kl_of_codes_null": (0.9, 0.1)}
    # Student's t of repeats - 1 degrees of freedom, times the root of 1 + 1/repeats
    for dimensions, sets in ((2, 2.145), (16, 3.041)):
        bands = page_module.bands({"latent_dim": dimensions, "metrics": found})
        assert bands["coverage_band"] == pytest.approx((0.9 - 0.1 * sets, 0.9 + 0.1 * sets), abs=1e-4)
        assert bands["kl_of_codes_band"][1] == pytest.approx(0.9 + 0.1 * 2.372, abs=1e-4)


def test_one_paper_has_one_year():
    files = [path for path in Path(page_module.__file__).parents[1].rglob("*.py")]
    sources = [" ".join(path.read_text(encoding="utf-8").split()) for path in files]
    years = {year for source in sources for year in re.findall(r"Burda[\s\"]+et[\s\"]+al\.[\s\"]+(\d+)", source)}
    assert years == {"2016"}
