"""Many models: each is read once, few are sent to a page; a damaged one is named, and the others are shown."""

from __future__ import annotations

import gzip
import json
import shutil
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from explorer.address import adversary as adversary_state
from explorer.address import explore as state
from explorer.address import reparameterisation as reparameterisation_state
from explorer.serving import assets, cached, catalogue, failure, places, shelf
from explorer.serving import models_route as models
from explorer.shared import fill
from explorer.store import bundle
from explorer.store.bundle import load_bundle
from explorer.ui.texts.en import common as texts

from .asgi import ask, routes_app
from .small_bundles import save

MANY = 100
PAGES = ("explore", "why", "reparameterisation", "adversary", "scoreboard")


@pytest.fixture(scope="module")
def saved(tmp_path_factory) -> Path:
    """Two shipped models, and as many runs as a class leaves in a term, each with a digest of its own."""
    home = tmp_path_factory.mktemp("saved")
    for kind in ("vae", "aae"):
        save(home / "pretrained" / kind, kind, seed=MANY)
    save(home / "first", "vae", seed=0)
    manifest = json.loads((home / "first" / "bundle.json").read_text(encoding="utf-8"))
    for i in range(MANY):
        run = home / "runs" / f"run-{i:03}"
        shutil.copytree(home / "first", run)
        manifest["config"]["training"]["seed"] = i + 1
        manifest["digest"] = bundle._manifest_digest(manifest)
        (run / "bundle.json").write_text(json.dumps(manifest), encoding="utf-8")
    return home


@pytest.fixture
def opened(saved, tmp_path, monkeypatch) -> list[Path]:
    """Fills with each bundle that the app opens. The app has the folders of `saved`, and knows nothing of them yet."""
    found: list[Path] = []

    def open_one(path: Path):
        found.append(path)
        return load_bundle(path)

    for module in (shelf, cached):
        monkeypatch.setattr(module, "load_bundle", open_one)
    use(saved, tmp_path, monkeypatch)
    return found


def use(home: Path, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(places, "FOLDERS", {"": home / "pretrained", "runs/": home / "runs"})
    monkeypatch.setattr(places, "DATA_DIR", tmp_path / "data")
    catalogue.shelf.cache_clear()
    cached.bundle.clear()
    assets._of_bundle.cache_clear()


@pytest.fixture
def few(tmp_path, monkeypatch) -> Path:
    """The runs' folder of an app with three runs, and two shipped models."""
    for kind in ("vae", "aae"):
        save(tmp_path / "pretrained" / kind, kind, seed=MANY)
    for i, kind in enumerate(("ae", "vae", "aae")):
        save(tmp_path / "runs" / f"run-{kind}", kind, seed=i)
    use(tmp_path, tmp_path, monkeypatch)
    return tmp_path / "runs"


def open_page(name: str) -> AppTest:
    def script(module: str) -> None:
        import importlib

        importlib.import_module(f"explorer.ui.{module}").page()

    page = AppTest.from_function(script, args=(name,), default_timeout=60).run()
    assert not page.exception, page.exception
    return page


def test_every_bundle_is_read_once(opened):
    assert len(catalogue.current().entries) == len(opened) == MANY + 2
    opened.clear()
    assert catalogue.current().entries is catalogue.current().entries
    assert opened == []


@pytest.mark.parametrize("page", PAGES)
def test_a_page_opens_only_the_bundles_whose_tensors_it_shows(opened, page):
    catalogue.current()
    opened.clear()
    shown = open_page(page)
    few = len(opened)
    # the scoreboard measures the codes of all models that it compares, once
    assert few <= (2 + models.NEWEST if page == "scoreboard" else 2)
    shown.run()
    assert len(opened) == few


def test_only_what_changed_is_read_again(few, monkeypatch):
    read = []
    monkeypatch.setattr(shelf, "load_bundle", lambda path: read.append(path.name) or load_bundle(path))
    catalogue.current()
    read.clear()
    save(few / "run-ae", "ae", seed=9)
    save(few / "new", "ae", seed=10)
    shutil.rmtree(few / "run-aae")
    assert [entry["name"] for entry in catalogue.current().entries] == [
        "aae",
        "vae",
        "runs/new",
        "runs/run-ae",
        "runs/run-vae",
    ]
    assert sorted(read) == ["new", "run-ae"]


def test_a_page_is_sent_the_shipped_models_the_newest_runs_and_those_in_use(opened, saved):
    entries = catalogue.current().entries
    found = models.offered(entries, ["runs/run-007"])
    newest = sorted((saved / "runs").iterdir(), key=lambda path: (path / "bundle.json").stat().st_mtime_ns)[
        -models.NEWEST :
    ]
    names = {entry["name"] for entry in found["catalogue"]}
    assert names == {"vae", "aae", "runs/run-007"} | {f"runs/{path.name}" for path in newest}
    assert found["runs"] == MANY and all("originals" in entry for entry in found["catalogue"])
    assert len(json.dumps(found)) < len(json.dumps(entries)) / 5


@pytest.mark.parametrize("accepted", ["gzip", "identity"])
def test_a_page_can_ask_for_all_models(opened, accepted):
    found = ask(routes_app(), "/assets/any/catalogue", **{"accept-encoding": accepted})
    body = gzip.decompress(found.body) if accepted == "gzip" else found.body
    assert found.status == 200 and [entry["name"] for entry in json.loads(body)] == [
        entry["name"] for entry in catalogue.current().entries
    ]


# Models in addresses.


def test_an_address_names_any_run(opened):
    entries = {entry["name"]: entry for entry in catalogue.current().entries}
    default = state.default_state(entries, catalogue.FRONT)
    found, problems = state.parse({"left": "runs/run-000", "right": "runs/run-050"}, default, entries)
    assert (found["left"], found["right"]) == ("runs/run-000", "runs/run-050") and problems == []


NAMES = [f"runs/run-{i:03}" for i in range(MANY)] + ["digits-vae"]


@pytest.mark.parametrize("name", ["runs/run-301", "x" * 100_000, "digits_vae", ""])
def test_the_sentence_on_an_unknown_model_names_few_others(name):
    entries = {one: {"latent_dim": 2, "dataset": "digits", "images": 360, "classes": ["0"]} for one in NAMES}
    lists = {one: dict.fromkeys(NAMES, 360) if one == "point" else NAMES for one in adversary_state.MODELS}
    said = [
        state.parse({"left": name}, state.default_state(entries, ((), ())), entries)[1],
        reparameterisation_state.parse({"model": name}, reparameterisation_state.default_state(entries, ()), entries)[
            1
        ],
        adversary_state.parse({"vae": name}, adversary_state.default_state(lists), lists)[1],
    ]
    for (problem,) in said:
        assert "there is no such model" in problem and len(problem) < 250
        if name == "digits_vae":
            assert "digits-vae" in problem


# Models that cannot be shown.


def test_a_model_that_is_damaged_after_it_was_listed_is_named_from_then_on(few):
    entries = {entry["name"]: entry for entry in catalogue.current().entries}
    digest = entries["runs/run-vae"]["digest"]
    (weights,) = (few / "run-vae").glob("weights*")
    whole = weights.read_bytes()
    with open(weights, "r+b") as file:
        file.write(b"\xff" * 20)  # in place, as a failing disk does: the folder's time stays
    found = ask(routes_app(), f"/assets/any/tensors/{digest}")
    assert found.status == 404 and weights.name.encode() in found.body and b"its digest does not fit" in found.body
    assert [problem for problem in catalogue.current().problems if weights.name in problem]
    assert "runs/run-vae" not in {entry["name"] for entry in catalogue.current().entries}
    with open(weights, "r+b") as file:
        file.write(whole)
    assert ask(routes_app(), f"/assets/any/tensors/{digest}").status == 200
    assert catalogue.current().problems == [] and len(catalogue.current().entries) == len(entries)


@pytest.mark.parametrize(
    "error", [KeyError("x"), RecursionError(), MemoryError(), UnicodeEncodeError("utf-8", "\ud800", 0, 1, "no")]
)
def test_any_error_of_one_model_is_a_sentence(few, monkeypatch, error, caplog):
    def fail(path: Path):
        if path.name == "run-aae":
            raise error
        return load_bundle(path)

    monkeypatch.setattr(shelf, "load_bundle", fail)
    entries, problems = catalogue.current()
    assert [entry["name"] for entry in entries] == ["aae", "vae", "runs/run-ae", "runs/run-vae"]
    assert problems == [fill(texts.NOT_SHOWN, path="runs/run-aae", error=type(error).__name__)]
    assert type(error).__name__ in caplog.text  # with its traceback


@pytest.mark.parametrize("value", [float("nan"), float("inf"), "\ud800", {1, 2}, object()])
def test_an_entry_that_no_page_could_send_is_a_problem(few, monkeypatch, value):
    def describe(name: str, opened: bundle.Bundle) -> dict:
        return catalogue.describe(name, opened) | ({"metrics": value} if name == "runs/run-ae" else {})

    monkeypatch.setattr(catalogue, "shelf", lambda: found)
    found = shelf.Shelf(lambda: places.FOLDERS, describe)
    assert [entry["name"] for entry in catalogue.current().entries] == ["aae", "vae", "runs/run-aae", "runs/run-vae"]
    assert ["run-ae" in problem for problem in catalogue.current().problems] == [True]


@pytest.mark.parametrize("page", PAGES)
def test_a_page_names_few_of_many_damaged_models(few, page):
    for i in range(20):
        (few / f"damaged-{i:02}").mkdir()
        (few / f"damaged-{i:02}" / "bundle.json").write_text("{", encoding="utf-8")
    shown = open_page(page)
    said = [warning.value for warning in shown.warning]
    assert len(said) == failure.NAMED + 1 and "damaged\\-00" in said[0] and said[-1].startswith("And 17 more ")
    assert not shown.error


CRAFTED = {
    "no number": {"metrics": {"coverage": float("nan")}},
    "infinity": {"metrics": {"reconstruction": float("inf")}},
    "a text": {"metrics": {"coverage": "0.5"}},
    "a list": {"metrics": {"kl": [1, 2]}},
    "no pair": {"metrics": {"coverage_null": 0.5}},
    "no metrics": {"metrics": None},
    "a history of nothing": {"history": [{"epoch": None}]},
    "an odd device": {"metrics": {"device": "\ud800"}},
    "classes that are none": {"config": {"pictures": {"class_names": [1, 2]}}},
    "a folder that is none": {"config": {"pictures": {"folder": 5}}},
}


def craft(path: Path, changes: dict) -> None:
    """Changes a bundle's manifest, and gives it the digest that fits."""
    file = path / "bundle.json"
    manifest = json.loads(file.read_text(encoding="utf-8"))
    for name, value in changes.items():
        manifest[name] = manifest[name] | value if isinstance(value, dict) else value
    manifest["digest"] = bundle._manifest_digest(manifest)
    file.write_text(json.dumps(manifest), encoding="utf-8")


@pytest.fixture(scope="module")
def crafted(tmp_path_factory) -> Path:
    home = tmp_path_factory.mktemp("crafted")
    for kind in ("vae", "aae"):
        save(home / "pretrained" / kind, kind)
    for name, changes in CRAFTED.items():
        save(home / "runs" / name, "vae")
        craft(home / "runs" / name, changes)
    return home


@pytest.mark.parametrize("page", PAGES)
def test_bundles_that_were_crafted_with_a_right_digest_are_named_on_every_page(crafted, tmp_path, monkeypatch, page):
    use(crafted, tmp_path, monkeypatch)
    entries, problems = catalogue.current()
    assert [entry["name"] for entry in entries] == ["aae", "vae"] and len(problems) == len(CRAFTED)
    assert all(any(f"runs/{name}/bundle.json" in problem for problem in problems) for name in CRAFTED)
    shown = open_page(page)
    assert len(shown.warning) == failure.NAMED + 1 and not shown.error


ODD = ["a b", 'it\'s "quoted"', "$(x)", "<img src=x>", "a;b", "%2f", "[x](y)", "кошки", "a&b=c", "a#b?c"]


def test_a_folder_of_any_name_is_a_model_that_an_address_can_name(few):
    shutil.rmtree(few / "run-ae")
    shutil.rmtree(few / "run-aae")
    for seed, name in enumerate(ODD[1:], start=1):
        save(few / name, "vae", seed=seed)
    (few / "run-vae").rename(few / ODD[0])
    entries = {entry["name"]: entry for entry in catalogue.current().entries}
    assert len(ODD) == models.NEWEST  # each page is sent all of them
    for name in ODD:
        assert f"runs/{name}" in entries
        assert state.parse({"left": f"runs/{name}"}, state.default_state(entries, catalogue.FRONT), entries)[1] == []
    for page in PAGES:
        shown = open_page(page)
        assert not shown.warning


def test_a_folder_whose_name_is_no_utf8_is_a_model_too(few):
    (few / "run-vae").rename(few / "caf\udce9")
    assert "runs/caf\\xe9" in {entry["name"] for entry in catalogue.current().entries}
    (few / "run-aae").rename(few / "gr\udcfcn")
    (few / "gr\udcfcn" / "bundle.json").write_bytes(b"{")
    for page in PAGES:
        shown = open_page(page)
        assert len(shown.warning) == 1
