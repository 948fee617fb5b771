"""The scoreboard on odd models: without a figure, of an older version, many of one title, with names like Markdown."""

from __future__ import annotations

import base64
import json
import os
import re
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import numpy as np
import pandas as pd
import pytest
import torch
from streamlit.testing.v1 import AppTest

from explorer.address import explore
from explorer.config import IMAGE_SIDES, Config, ModelConfig, TrainingConfig
from explorer.data import datasets
from explorer.serving import bundles as served
from explorer.serving import cached, catalogue, failure, models_route, places
from explorer.serving.models_route import NEWEST
from explorer.ui import kept, present
from explorer.ui import scoreboard as page_module
from explorer.ui import scoreboard_table as table_module
from explorer.ui.texts.en import help as help_texts
from explorer.ui.texts.en import scoreboard as texts

from .small_bundles import pictures, save_model

LABELS = np.random.default_rng(0).integers(0, 10, 60)
# metrics that codes without a density, and older versions, lack
DENSITY, NEWER = ["knn_kl", "knn_kl_null"], ["label_accuracy"]


@pytest.fixture
def runs(tmp_path, monkeypatch):
    """The folder of the app's only models."""
    monkeypatch.setattr(places, "FOLDERS", {"": tmp_path / "pretrained", "runs/": tmp_path / "runs"})
    monkeypatch.setattr(places, "DATA_DIR", tmp_path / "data")
    return tmp_path / "runs"


def save(path, kind="aae", latent_dim=2, seed=0, dataset="digits", training: Mapping = {}, **options) -> None:
    side, hidden = IMAGE_SIDES[dataset], options.pop("hidden", (6,))
    model = ModelConfig(kind, image_side=side, latent_dim=latent_dim, hidden=hidden, discriminator_hidden=(5, 4))
    save_model(
        path, Config(model, TrainingConfig(dataset, **{"epochs": 1, "seed": seed} | training)), LABELS, **options
    )


def saved_at(path: Path, seconds: float) -> None:
    os.utime(path / "bundle.json", (seconds, seconds))


def scoreboard(**params: str) -> AppTest:
    def script() -> None:
        from explorer.ui import scoreboard

        scoreboard.page()

    page = AppTest.from_function(script, default_timeout=60)
    for name, value in params.items():
        page.query_params[name] = value
    page.run()
    assert not page.exception, page.exception
    return page


def in_address(page: AppTest) -> dict[str, str]:
    return {name: value[0] if isinstance(value, list) else value for name, value in page.query_params.items()}


def plots(page: AppTest) -> list[dict]:
    return [json.loads(plot.proto.spec) for plot in page.get("plotly_chart")]


def numbers(array: dict | list) -> list[float]:
    """An array of a plot."""
    if isinstance(array, list):
        return array
    return np.frombuffer(base64.b64decode(array["bdata"]), array["dtype"]).tolist()


def bundles(page: AppTest) -> list[str]:
    """The models of all tables."""
    return [name for table in page.dataframe for name in table.value["bundle"]]


def test_a_model_whose_codes_coincide_is_in_the_table_and_the_page_says_why_a_figure_is_missing(runs):
    save(runs / "coinciding", spread=0.0, unmeasured=DENSITY)
    save(runs / "usual", "vae")
    page = scoreboard()
    assert sorted(bundles(page)) == ["runs/coinciding", "runs/usual"]
    (info,) = page.info
    assert (
        "runs\\/coinciding" in info.value
        and "coincide" in info.value
        and "older version" not in info.value
        and "usual" not in info.value
    )
    missing = np.isnan(page.dataframe[0].value.set_index("bundle")["KL(q(z)‖p(z)) ≈"])
    assert missing.to_dict() == {"runs/coinciding": True, "runs/usual": False}


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


# Names, order and links.


def test_own_runs_are_on_top_of_their_dimension_in_bold_and_the_newest_first(runs):
    shipped = runs.parent / "pretrained"
    save(shipped / "digits-vae", "vae")
    save(shipped / "digits-aae")
    save(shipped / "digits-ae", "ae")
    for i, name in enumerate(("a", "c", "b")):
        save(runs / name, "vae", seed=i)
        saved_at(runs / name, 1_700_000_000 + i)
    save(runs / "many", latent_dim=8)
    page = scoreboard()
    plane, many = (table.value for table in page.dataframe)
    assert plane["bundle"].tolist() == ["runs/b", "runs/c", "runs/a", "digits-ae", "digits-vae", "digits-aae"]
    assert many["bundle"].tolist() == ["runs/many"]
    assert plane.columns.tolist().index("bundle") <= 3
    styles = page.dataframe[0].proto.arrow_data.styler.styles
    bold = set(re.findall(r"row(\d)_col\d[^{]*{[^}]*bold", styles.replace(",", "{bold},"))) if styles else set()
    assert bold == {"0", "1", "2"}
    assert page.selectbox[0].options == labels(page)


def labels(page: AppTest) -> list[str]:
    return [name for table in page.dataframe for name in table.value["model"]]


def test_a_run_is_named_by_what_differs_from_the_recipe(runs):
    save(runs / "a", "vae", training={"epochs": 300, "batch_size": 64}, hidden=(32, 32))
    save(runs / "b", "vae", training={"epochs": 12, "lr": 0.01, "batch_size": 64, "beta": 4.0}, hidden=(256, 256))
    save(
        runs / "c",
        "aae",
        seed=3,
        training={"epochs": 300, "batch_size": 64, "adversarial_weight": 5},
        hidden=(256, 256),
    )
    names = dict(zip(bundles(page := scoreboard()), labels(page), strict=True))
    assert names == {
        "runs/a": "VAE, widths 32-32 · a",
        "runs/b": "VAE β = 4, learning rate 0.01, epochs 12 · b",
        "runs/c": "AAE, adversary 5, seed 3 · c",
    }


def test_a_run_that_was_named_on_the_practice_page_has_that_name(runs):
    like = {"epochs": 300, "batch_size": 64}
    for folder in ("VAE", "VAE (2)", "my favourite"):
        save(runs / folder, "vae", training=like, hidden=(256, 256))
    names = dict(zip(bundles(page := scoreboard()), labels(page), strict=True))
    assert names == {
        "runs/VAE": "VAE",
        "runs/VAE (2)": "VAE (2)",
        "runs/my favourite": "VAE · my favourite",
    }


def test_runs_of_the_same_settings_are_told_apart_by_their_time_everywhere(runs):
    save(runs.parent / "pretrained" / "digits-vae", "vae")
    for i in range(4):
        name = f"digits-vae-20250102-03040{i}"  # as of a run that nobody named
        save(runs / name, "vae", training={"lr": 0.01})
        saved_at(runs / name, 1_700_000_000 + 60 * min(i, 2))  # two of them at the same time
    page = scoreboard()
    names = labels(page)
    assert len(set(names)) == 5 and page.selectbox[0].options == names
    clock = datetime.fromtimestamp(1_700_000_000).strftime("%d %b %H:%M:%S")
    assert sum(clock in name for name in names) == 1 and sum("runs/digits-vae-2025" in name for name in names) == 2
    drawn = plots(page)
    for plot in drawn[:3]:  # the distances
        dots = next(trace for trace in plot["data"] if trace["type"] == "scatter")
        assert dots["text"] == names and len({*numbers(dots["y"])}) == 5
    assert sorted(number for trace in drawn[3]["data"] for number in trace["text"]) == ["1", "2", "3", "4", "5"]
    (legend,) = (text.value for text in page.markdown if text.value.startswith("**1** "))
    assert all(failure.plain(name) in legend for name in names)


def test_lists_of_models_go_by_dataset_dimensions_and_sibling_and_a_run_names_what_differs(runs):
    """What the lists of all pages are sent, and what they show."""
    shipped = runs.parent / "pretrained"
    for name, kind, dataset, dimensions in [
        ("digits-aae", "aae", "digits", 2),
        ("mnist-aae-16d", "aae", "mnist", 16),
        ("mnist-aae-8d", "aae", "mnist", 8),
        ("mnist-aae", "aae", "mnist", 2),
        ("mnist-vae-8d", "vae", "mnist", 8),
        ("mnist-vae", "vae", "mnist", 2),
        ("mnist-ae", "ae", "mnist", 2),
    ]:
        save(shipped / name, kind, dimensions, dataset=dataset)
    save(runs / "digits-vae-20250102-030400", "vae", hidden=(5,))
    entries = models_route.offered(catalogue.current().entries, [])["catalogue"]
    assert [entry["name"] for entry in entries if not entry["run"]] == [
        "mnist-ae", "mnist-vae", "mnist-aae", "mnist-vae-8d", "mnist-aae-8d", "mnist-aae-16d", "digits-aae",
    ]  # fmt: skip
    (run,) = (entry["choice"] for entry in entries if entry["run"])
    assert run.startswith("VAE, widths 5") and run.endswith(" · digits · runs/digits-vae-20250102-030400")


def test_a_row_opens_its_model_in_the_explorer_beside_a_partner(runs):
    shipped = runs.parent / "pretrained"
    save(shipped / "digits-vae", "vae")
    save(shipped / "digits-vae-beta4", "vae", training={"beta": 4.0})
    save(shipped / "digits-aae")
    save(shipped / "digits-ae", "ae")
    save(shipped / "digits-aae-textbook", "aae-textbook")
    save(runs / "mine & yours")
    save(runs / "line", latent_dim=1)
    save(runs / "many", latent_dim=16)
    page = scoreboard()
    links = {row["bundle"]: row["open"] for table in page.dataframe for _, row in table.value.iterrows()}
    opened = {name: link and dict(parse_qsl(urlsplit(link).query)) for name, link in links.items()}
    assert opened == {
        "digits-vae": {"left": "digits-vae", "right": "digits-aae"},
        "digits-vae-beta4": {"left": "digits-vae-beta4", "right": "digits-aae"},
        "digits-aae": {"left": "digits-vae", "right": "digits-aae"},
        "digits-ae": {"left": "digits-ae", "right": "digits-vae"},
        "digits-aae-textbook": {"left": "digits-vae", "right": "digits-aae-textbook"},
        "runs/mine & yours": {"left": "digits-vae", "right": "runs/mine & yours"},
        "runs/many": {"left": "runs/many", "right": "runs/many"},  # there is no other one
        "runs/line": None,  # the explorer has no map of it
    }
    assert all(link is None or link.startswith("./?") for link in links.values())  # below any path
    column = json.loads(page.dataframe[-1].proto.columns)["open"]
    assert column["type_config"]["type"] == "link"
    models = {entry["name"]: entry for entry in catalogue.current().entries}
    for params in filter(None, opened.values()):
        assert explore.parse(params, explore.default_state(models, [[], []]), models)[1] == []


# The address.


def test_dataset_and_model_stand_in_the_address(runs):
    save(runs / "a", "vae", dataset="mnist")
    save(runs / "b", "vae")
    save(runs / "c")
    page = scoreboard()
    assert bundles(page) == ["runs/a"] and in_address(page) == {}
    page.segmented_control[0].set_value("digits").run()
    first = page.selectbox[0].value
    assert in_address(page) == {"dataset": "digits", "model": first}
    other = next(name for name in ("runs/b", "runs/c") if name != first)
    page.selectbox[0].set_value(other).run()
    assert in_address(page) == {"dataset": "digits", "model": other}
    again = scoreboard(**in_address(page))  # a reload, or a copied link
    assert again.segmented_control[0].value == "digits" and again.selectbox[0].value == other
    assert not again.warning and in_address(again) == in_address(page)


def test_an_address_that_changes_is_shown(runs):
    save(runs / "a", "vae", dataset="mnist")
    save(runs / "b", "vae")
    page = scoreboard(dataset="digits")
    assert page.selectbox[0].value == "runs/b"
    page.query_params["dataset"] = "mnist"  # as Back does
    page.run()
    assert page.segmented_control[0].value == "mnist" and page.selectbox[0].value == "runs/a"


def test_the_view_is_there_again_after_a_visit_to_another_page(runs):
    save(runs / "a", "vae", dataset="mnist")
    save(runs / "b", "vae")
    page = scoreboard()
    page.segmented_control[0].set_value("digits").run()
    for name in [*page.query_params]:
        del page.query_params[name]
    page.session_state[kept.ARRIVED] = True  # as when the navigation shows it again
    page.run()
    assert page.selectbox[0].value == "runs/b" and in_address(page) == {"dataset": "digits", "model": "runs/b"}


def test_unknown_values_in_the_address_are_ignored_with_a_sentence(runs):
    save(runs / "a", "vae")
    page = scoreboard(dataset="letters", model="runs/gone")
    assert bundles(page) == ["runs/a"]
    said = " ".join(warning.value for warning in page.warning)
    assert "letters" in said and "gone" in said and said.count("In the address") == 2


def test_an_address_names_a_run_that_is_not_among_the_newest(runs):
    for i in range(NEWEST + 3):
        save(runs / f"run-{i:02}", seed=i)
        saved_at(runs / f"run-{i:02}", 1_700_000_000 + i)
    page = scoreboard(dataset="digits", model="runs/run-00")
    assert len(bundles(page)) == NEWEST + 1 and page.selectbox[0].value == "runs/run-00" and not page.warning
    page.toggle[0].set_value(True).run()
    assert in_address(page) == {"dataset": "digits", "model": "runs/run-00", "runs": "all"}
    assert len(bundles(scoreboard(**in_address(page)))) == NEWEST + 3


# What the numbers mean.


def helps(page: AppTest) -> dict[str, str]:
    """The tooltip of each heading."""
    columns = [pair for table in page.dataframe for pair in json.loads(table.proto.columns).items()]
    return {heading: column["help"] for heading, column in columns if column.get("help")}


def taken() -> pd.DataFrame:
    """The table of all models that can be taken away, by the models' names."""
    entries = [entry | {"metrics": page_module.measured(entry)} for entry in catalogue.current().entries]
    return table_module.table(entries).set_index("bundle")


def captions(page: AppTest) -> str:
    return "\n".join(caption.value for caption in page.caption)


def cells(entries: list[dict]) -> str:
    return table_module.styled(entries, table_module.table(entries)).to_html()


def entry(**metrics: float) -> dict:
    weights = {"beta": 1.0, "adversarial_start": 1.0, "adversarial_weight": 1.0, "prior": "N(0, I)"}
    found = {"name": "x", "title": "x", "kind": "vae", "epochs": 1, "weights": weights, "latent_dim": 2, "run": False}
    found |= {"earlier": []}
    return found | {"metrics": {"images": 10_000} | metrics}


def test_information_near_its_cap_is_shown_as_the_bound_it_is():
    capped = cells([entry(mutual_information=9.127, marginal_kl=13.446)])
    assert ">≥ 9.1<" in capped and ">≤ 13.4 (cap)<" in capped and "9.13" not in capped
    assert capped.count(table_module.CAP_COLOUR) == 1 and "#T" in capped  # one rule, of both cells
    free = cells([entry(mutual_information=6.618, marginal_kl=0.370), entry()])
    assert ">6.62<" in free and ">0.37<" in free and "cap" not in free
    figures = len(table_module.COLUMNS)
    assert free.count(f">{texts.NO_FIGURE}<") == 2 * figures - 2  # all others
    assert table_module.CAP_COLOUR not in free
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
    seeds = {"seeds": [0, 1], "coverage_seeds": [0.99, 0.98]}
    save(runs / "many", latent_dim=16, measured=seeds)
    save(runs / "plane", measured=seeds)
    page = scoreboard()
    plane, many = (table.value.loc[0] for table in page.dataframe)
    assert (plane["bundle"], many["bundle"]) == ("runs/plane", "runs/many")
    for name in ("coverage", "coverage, null", "coverage ± seeds", "KL(q(z)‖p(z)) ≈", "KL(q(z)‖p(z)) ≈, null"):
        assert np.isfinite(plane[name]) and name not in many
    assert many["sliced W₂²"] == 0.1
    coverage = taken()["coverage"]
    assert np.isnan(coverage["runs/many"]) and np.isfinite(coverage["runs/plane"])
    assert "more than three dimensions there is no coverage and no KL" in captions(page)
    found = helps(page)
    assert "In two or three dimensions" in found["coverage"] and "left out" in found["KL(q(z)‖p(z)) ≈"]
    assert not any("kNN-KL" in heading for heading in taken())


def test_each_number_of_dimensions_has_a_frontier_of_a_measure_that_sees(runs):
    save(runs / "many", latent_dim=16)
    save(runs / "plane")
    page = scoreboard()
    plots = [json.loads(plot.proto.spec) for plot in page.get("plotly_chart")]
    axes = [plot["layout"].get("yaxis", {}).get("title", {}).get("text", "") for plot in plots]
    assert [axis.split("<br>")[0] for axis in axes if "nearer" in axis] == ["coverage of p(z)", "sliced W₂²"]
    headings = [text.value for text in page.markdown if "latent dim" in text.value]
    assert headings.count("#### 2 latent dimensions") == headings.count("#### 16 latent dimensions") == 2


def test_the_kl_of_codes_is_measured_with_the_exact_density_of_the_prior(runs):
    save(runs / "wide", spread=6.0)
    row = scoreboard().dataframe[0].value.loc[0]
    # N(0, 36 I) against N(0, I): ½ (2 · 36 - 2) - 2 log 6 = 31.4 nats; 60 codes scatter by 35 / √30
    assert row["KL(q(z)‖p(z)) ≈"] == pytest.approx(31.4, abs=20)
    assert abs(row["KL(q(z)‖p(z)) ≈, null"]) < 1


def test_mmd_squared_stands_beside_the_null_of_its_number_of_dimensions(runs, monkeypatch):
    """In 32 dimensions its null is forty times as narrow as in the plane: a missing quarter lies outside."""
    save(runs / "many", latent_dim=32)
    rng = np.random.default_rng(0)
    draws = rng.standard_normal((4000, 32))
    codes = draws[draws[:, 0] < 0.6744898][:1500]
    compared = cached.Compared(codes, rng.standard_normal(codes.shape), np.ones(len(codes), bool))
    monkeypatch.setattr(served, "compared", lambda digest: compared)
    page = scoreboard()
    page.button[0].click().run()
    said = captions(page).replace("−", "-")
    low, high = map(float, re.search(r"95 of 100 estimates lie between (\S+) and (\S+) if", said).groups())
    assert "10 repeats with 1,500 of each" in said
    assert -3e-5 < low < 0 < high < 3e-5 < float(page.metric[0].value)


def test_models_that_were_not_trained_alike_are_said_not_to_be(runs):
    for name, kind in (("vae", "vae"), ("aae", "aae")):
        save(runs / name, kind, training={"epochs": 3})
    assert "epochs" not in captions(scoreboard())
    save(runs / "many", latent_dim=8, training={"epochs": 5})  # another table
    assert "epochs" not in captions(scoreboard())
    save(runs / "longer", "ae", training={"epochs": 12})
    said = captions(scoreboard())
    assert "trained for 3 to 12 epochs" in said and said.count("epochs") == 1
    assert "column ± seeds" in said
    chapters = " ".join(text for _, _, text in help_texts.CHAPTERS["scoreboard"])
    assert "± seeds" in chapters and "Nobody gets both" not in chapters


def test_units_and_objectives_are_the_formulas(runs):
    save(runs / "vae", "vae")
    save(runs / "aae")
    save(runs / "textbook", "aae-textbook")
    page = scoreboard()
    assert "sliced W₂² is in squared latent units; coverage is a share" in texts.INTRO.replace("\n", " ")
    assert "distances are in nats" not in texts.INTRO.replace("\n", " ")
    formulas = page.dataframe[0].value["what is minimised"].tolist()
    assert any(one.startswith("E[−log p(x|z)] + KL(q(z|x)‖p(z)), z ~ q(z|x)") for one in formulas)
    assert not any("_" in one for one in formulas)  # a subscript in a plain text
    assert any("200 · (−log D(z))" in one for one in formulas)
    assert "−log p(x|z) and −log D(z) in turn, against p(z): N(0, I)" in formulas
    weights = {"beta": 0.1, "adversarial_start": 30.0, "adversarial_weight": 300.0}
    assert table_module.formula_weights(weights) == weights | {"times_beta": "0.1 · ", "rising_weight": "(30 → 300)"}
    assert table_module.formula_weights({"beta": 1.0}) == {"beta": 1.0, "times_beta": ""}  # no adversary with a weight
    assert "sharp" not in texts.BCE_HELP and "Less is nearer" in texts.BCE_HELP


INTEGRATED = {"negative_log_likelihood_integrated": 43.25, "integration_spread": 0.0123}


def test_the_integrated_likelihood_stands_beside_the_bounds(runs):
    save(runs / "vae", "vae", measured=INTEGRATED | {"negative_log_likelihood": 43.75})
    save(runs / "aae", measured=INTEGRATED)
    save(runs / "many", "vae", latent_dim=16)
    page = scoreboard()
    plane, many = (table.value.set_index("bundle") for table in page.dataframe)
    assert plane["−log p(x), integrated"].to_dict() == {"runs/vae": 43.25, "runs/aae": 43.25}
    gap = plane["KL(q(z|x)‖p(z|x))"]
    assert gap["runs/vae"] == pytest.approx(44.5 - 43.25) and np.isnan(gap["runs/aae"])
    order = plane.columns.tolist()
    places = [order.index(name) for name in ("−ELBO", "−log p(x) ≤", "−log p(x), integrated", "KL(q(z|x)‖p(z|x))")]
    assert places == sorted(places) and places[2] == places[1] + 1
    assert "−log p(x), integrated" not in many and "KL(q(z|x)‖p(z|x))" not in many
    found = helps(page)
    assert "within 0.012 nats" in found["−log p(x), integrated"] and "AE, VAE and AAE" in found["−log p(x), integrated"]
    assert "−ELBO minus" in found["KL(q(z|x)‖p(z|x))"] and "KL(q(z|x)‖p(z|x))" in found["−ELBO"]
    assert "shrinks with more draws" in found["−log p(x) ≤"]


def test_the_likelihood_of_a_deterministic_encoder_is_not_said_to_be_missing(runs):
    save(runs / "aae")
    said = captions(scoreboard())
    assert "no bound on the likelihood" not in said and "−log p(x) itself is defined for every model" in said
    assert texts.NOT_INTEGRATED in said and texts.INTEGRATED not in said
    save(runs / "aae", measured=INTEGRATED)
    said = captions(scoreboard())
    assert "not in this table" not in said and "In the plane it is integrated on a grid" in said
    assert "In more dimensions no grid is fine enough" in said


def test_the_spread_between_seeds_stands_beside_the_figures(runs):
    of_seeds = {"seeds": [0, 1, 2], "reconstruction_seeds": [128.1, 128.4, 127.9], "coverage_seeds": [0.95, 0.95, 0.98]}
    save(runs / "three", "vae", measured=of_seeds)
    save(runs / "one", "vae", seed=1)
    page = scoreboard()
    table = page.dataframe[0].value.set_index("bundle")
    # deviations from the mean 128.1333: -.0333, .2667, -.2333: root of (.00111 + .07111 + .05444) / 2
    assert table["BCE at μ or code ± seeds"]["runs/three"] == pytest.approx(0.2517, abs=1e-4)
    assert table["coverage ± seeds"]["runs/three"] == pytest.approx(0.01732, abs=1e-5)
    assert np.isnan(table["BCE at μ or code ± seeds"]["runs/one"]) and "−ELBO ± seeds" not in table
    order = table.columns.tolist()
    for name in ("BCE at μ or code", "coverage"):
        assert order.index(f"{name} ± seeds") == order.index(name) + 1
    found = helps(page)["coverage ± seeds"]
    assert "n − 1" in found and "n = 3" in found and "one seed" in found
    config = json.loads(page.dataframe[0].proto.columns)
    assert config["coverage ± seeds"]["label"] == "± seeds"


def test_agreement_sees_in_many_dimensions(runs):
    # 0.9 of 1,000 pictures: 1.96 √(2 · 0.9 · 0.1 / 1,000) = 0.0263
    save(runs / "many", latent_dim=16, measured={"unanimous_prior": 0.5, "unanimous_codes": 0.9})
    save(runs / "plane")
    page = scoreboard()
    plane, many = (table.value.loc[0] for table in page.dataframe)
    assert (many["agreement, p(z)"], many["agreement, codes"]) == (0.5, 0.9) and "agreement, p(z)" not in plane
    found = helps(page)
    assert "1,000 pictures" in found["agreement, p(z)"] and "no proof of a match" in found["agreement, p(z)"]
    plot = next(plot for plot in plots(page) if "agreement" in json.dumps(plot["layout"]["annotations"]))
    band, dots = plot["data"]
    assert numbers(dots["x"]) == [0.5] and numbers(band["base"]) == pytest.approx([0.8737], abs=1e-4)
    assert numbers(band["x"]) == pytest.approx([0.0526], abs=1e-4)


def test_a_projector_and_a_phone_have_a_table_of_main_figures(runs):
    """It has names as they are, dashes for what is not there, and links as the table of all figures has."""
    save(runs.parent / "pretrained" / "aae")
    save(runs / "<b>mine", "vae")
    [text] = [one.proto.body for one in scoreboard().get("html") if "main-figures" in one.proto.body]
    assert "presented" not in text and "<b>mine" not in text
    head, *rows = re.findall("<tr>(.*?)</tr>", text)
    assert re.findall("<th.*?>(.*?)</th>", head)[:3] == ["model", "BCE at μ or code", "−ELBO"]
    mine, shipped = rows
    assert re.search(r'1 <b><a href="\./\?[^"]*runs%2F%3Cb%3Emine[^"]*"[^>]*>.*&lt;b&gt;mine</a></b></th>', mine)
    assert re.search(r'2 <a href="[^"]*"[^>]*>AAE</a></th>', shipped) and "<td>–</td>" in shipped
    table = scoreboard().dataframe[0].value.set_index("bundle")
    for row, name in ((mine, "runs/<b>mine"), (shipped, "aae")):
        assert re.findall("<td>(.*?)</td>", row)[0] == table_module.written(table["BCE at μ or code"][name], 2)


def test_a_presentation_has_the_main_figures_alone_and_larger_plots(runs, monkeypatch):
    save(runs / "one")
    usual = plots(scoreboard())
    monkeypatch.setattr(present, "is_on", lambda: True)
    page = scoreboard()
    assert not page.dataframe
    [text] = [one.proto.body for one in page.get("html") if "main-figures" in one.proto.body]
    assert "presented" in text
    for small, large in zip(usual, plots(page), strict=True):
        assert large["layout"]["height"] == pytest.approx(page_module.PRESENTED * small["layout"]["height"])
        for axis in (name for name in large["layout"] if re.match("[xy]axis", name)):
            sizes = [plot["layout"][axis]["tickfont"]["size"] for plot in (small, large)]
            assert sizes[1] == page_module.PRESENTED * sizes[0]
    assert all(small["layout"]["height"] < large["layout"]["height"] for small, large in zip(usual, plots(page)))


def test_no_figure_is_a_negative_zero():
    assert table_module.written(-0.0003, 3) == "0.000" and table_module.written(-0.0007, 3) == "−0.001"
    shown = cells([entry(kl_of_codes=-0.0003, kl_of_codes_null=(-0.0004, 0.1), seconds=1234.4)])
    assert shown.count(">0.000<") == 2 and ">1,234<" in shown and "-0.0" not in shown


def test_all_figures_are_written_by_the_table(runs):
    save(runs / "usual", "vae")
    columns = json.loads(scoreboard().dataframe[0].proto.columns)
    formats = [column.get("type_config", {}).get("format") for column in columns.values()]
    assert not any(formats)  # Streamlit's own would write −0.000


def test_pictures_at_draws_of_the_prior_stand_beside_those_at_the_models_own_codes(runs):
    save(runs / "vae", "vae")
    page = scoreboard()
    sheets = [image.proto.imgs[0] for image in page.get("image")]
    assert [sheet.caption for sheet in sheets] == [texts.OF_PRIOR, texts.OF_CODES]
    assert [sheet.alt for sheet in sheets] == [
        "Decoded at draws of p(z): 64 pictures in eight rows",
        "Decoded at its own codes: 64 pictures in eight rows",
    ]
    assert sheets[0].url != sheets[1].url and sheets[0].url.endswith(".png")
    assert "64 draws of p(z) = N(0, I), with seed 2" in captions(page)


@pytest.mark.parametrize("channels", [1, 3])
def test_the_decoded_pictures_are_those_of_the_decoder(runs, channels):
    config = pictures("vae", side=16, channels=channels)
    save_model(runs / "discs", config, [0, 1] * 10)
    (found,) = catalogue.current().entries
    sheets = served.decoded(found["digest"])
    codes, draws, _ = served.compared(found["digest"])
    model, times, line = served.model(found["digest"]), 4, 4
    for sheet, allowed in zip(sheets, (draws[:20], codes), strict=True):
        side = 8 * 16 * times + 7 * line
        assert sheet.shape == (side, side, 3)[: 3 if channels > 1 else 2] and sheet.dtype == np.uint8
        assert (sheet[16 * times : 16 * times + line] == 128).all()  # a line
        first = sheet[: 16 * times : times, : 16 * times : times]
        logits = model.decode(torch.from_numpy(np.float32(allowed))).view(-1, channels, 16, 16)
        decoded = (logits.sigmoid() * 255).round().byte().permute(0, 2, 3, 1).squeeze(-1).numpy()
        assert any(np.array_equal(first, one) for one in decoded)


def test_the_share_of_a_hole_map_is_not_said_to_be_the_tables_coverage(runs):
    save(runs / "usual", "vae")
    said = captions(scoreboard())
    assert "1 − coverage" not in said
    assert "those of these 60 draws" in said and "mean over 20 sets of draws: 0.500" in said


def test_a_draw_that_no_code_covers_is_not_called_a_hole(runs):
    """A perfect match leaves 3 % of the draws uncovered."""
    save(runs / "usual", "vae", measured={"coverage_null": [0.969, 0.003]})
    page = scoreboard()
    assert "Of a perfect match 3.1% would be red, so a few red dots are no hole" in captions(page)
    names = [trace.get("name", "") for plot in plots(page) for trace in plot["data"]]
    assert any(name.startswith("not covered: ") for name in names)
    assert not any("hole" in name for name in names)


def test_grey_pixels_are_told_of_wherever_a_likelihood_stands(runs):
    save(runs / "usual", "vae", measured=INTEGRATED | {"negative_log_likelihood": 43.75})
    page = scoreboard()
    assert texts.GREY_PIXELS in captions(page)  # for every dataset
    for heading in ("BCE at μ or code", "BCE at z", "−ELBO", "−log p(x) ≤", "−log p(x), integrated"):
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
