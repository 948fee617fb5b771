"""A fault of one model on the disk gives one sentence and hurts no other model: in lists, assets and pages."""

from __future__ import annotations

import copy
import json
import math
import random
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from explorer.address import adversary as adversary_state
from explorer.address import explore as state
from explorer.address import reparameterisation as reparameterisation_state
from explorer.data import datasets, originals
from explorer.serving import assets, bundles, catalogue, failure, shelf
from explorer.serving import pictures as serving_pictures
from explorer.serving import places as server_places
from explorer.store import bundle
from explorer.store.bundle import BundleError, load_bundle

from .asgi import ask, routes_app
from .small_bundles import pictures, save, save_model
from .test_datasets import idx_contents

FILES = ("bundle.json", "weights", "codes", "recording")
PAGES = ("explore", "why", "reparameterisation", "adversary", "scoreboard")  # that show models
OFFSETS = 20


@pytest.fixture(scope="module")
def whole(tmp_path_factory) -> Path:
    """Two models, in whose folder nothing is changed."""
    folder = tmp_path_factory.mktemp("whole")
    for seed, kind in enumerate(("vae", "aae")):
        save(folder / kind, kind, seed)
    return folder


@pytest.fixture
def models(whole, tmp_path, monkeypatch) -> Path:
    """A copy of the two, as the only ones that the app has; there are no datasets, and no sheets of test images."""
    folder = tmp_path / "pretrained"
    shutil.copytree(whole, folder)
    monkeypatch.setattr(server_places, "FOLDERS", {"": folder, "runs/": tmp_path / "runs"})
    monkeypatch.setattr(server_places, "DATA_DIR", tmp_path / "data")
    monkeypatch.setattr(originals, "SHEETS", folder / "originals")
    return folder


def one(path: Path, role: str) -> Path:
    (file,) = path.glob(f"{role}*")
    return file


# The damages: each takes the folder of the models, the file's role and a generator, and hurts the model "aae".


def remove(folder: Path, role: str, rng: random.Random) -> None:
    one(folder / "aae", role).unlink()


def truncate(folder: Path, role: str, rng: random.Random) -> None:
    file = one(folder / "aae", role)
    file.write_bytes(
        file.read_bytes()[: rng.randrange(file.stat().st_size - 1)]
    )  # JSON without its last line break is whole


def flip(folder: Path, role: str, rng: random.Random) -> None:
    file = one(folder / "aae", role)
    content = bytearray(file.read_bytes())
    at = rng.randrange(len(content))
    while role == "bundle.json" and chr(content[at]) in " \n":  # between values, another blank may be as good
        at = rng.randrange(len(content))
    content[at] ^= 1 << rng.randrange(8)
    file.write_bytes(content)


def swap(folder: Path, role: str, rng: random.Random) -> None:
    """The other model's content under this one's name."""
    one(folder / "aae", role).write_bytes(one(folder / "vae", role).read_bytes())


def empty(folder: Path, role: str, rng: random.Random) -> None:
    one(folder / "aae", role).write_bytes(b"")


def folder_instead(folder: Path, role: str, rng: random.Random) -> None:
    file = one(folder / "aae", role)
    file.unlink()
    file.mkdir()


def newer(folder: Path, role: str, rng: random.Random) -> None:
    """What a later version may write: another format, and entries that this one does not know."""
    file = folder / "aae" / "bundle.json"
    manifest = json.loads(file.read_text(encoding="utf-8")) | {"format": bundle.FORMAT + 1, "licence": "MIT"}
    file.write_text(json.dumps(manifest), encoding="utf-8")


def nested(folder: Path, role: str, rng: random.Random) -> None:
    """JSON so deep that its reader gives up."""
    (folder / "aae" / "bundle.json").write_text("[" * 100_000, encoding="utf-8")


DAMAGES = {
    f"{damage.__name__} {role}": (damage, role)
    for role in FILES
    for damage in (remove, truncate, flip, swap, empty, folder_instead)
} | {"newer": (newer, "bundle.json"), "nested": (nested, "bundle.json")}  # fmt: skip


def assert_one_sentence(problem: str, folder: Path) -> None:
    """The file, what is wrong with it, and what to do: on one line, and without the names of Python's errors."""
    assert re.fullmatch(rf"{re.escape(str(folder / 'aae'))}/[\w.]+: [^\n]+\. [A-Z][^\n]+\.", problem), problem
    assert "train.py" in problem and "Traceback" not in problem and "Error" not in problem, problem


@pytest.mark.parametrize("damage, role", DAMAGES.values(), ids=DAMAGES)
def test_a_damaged_model_is_named_and_the_other_is_there(models, whole, damage, role):
    rng = random.Random(f"{damage.__name__} {role}")
    digest, other = (load_bundle(models / kind).digest for kind in ("aae", "vae"))
    for _ in range(OFFSETS if damage in (truncate, flip) else 1):
        damage(models, role, rng)
        try:
            assert (
                load_bundle(models / "aae").digest == digest
            )  # a flip that changes nothing, as of the case of an exponent's e
            continue
        except BundleError as error:
            said = str(error)
        finally:
            entries, problems = catalogue.current()
            shutil.rmtree(models / "aae")
            shutil.copytree(
                whole / "aae", models / "aae", copy_function=shutil.copyfile
            )  # with new times, as a restored file has
        if (damage, role) == (swap, "bundle.json"):  # whose files are the other model's, and so not there
            assert "weights" in said
        assert_one_sentence(said, models)
        assert [entry["name"] for entry in entries] == ["vae"] and entries[0]["digest"] == other
        assert problems == [said.replace(str(models), "pretrained")]  # a page does not tell where the program lies
    assert [entry["name"] for entry in catalogue.current().entries] == [
        "aae",
        "vae",
    ]  # and comes back when it is restored


JUNK = [None, True, -1, 2**70, 10**400, math.nan, math.inf, "", "<b>", "\ud800", "a\0b", "9" * 5000, [], [1], ["a"], {}]


def places(node: object, path: tuple = ()) -> Iterator[tuple]:
    """Where the values of a manifest are."""
    yield path
    for name in node if isinstance(node, dict) else range(len(node)) if isinstance(node, list) else ():
        yield from places(node[name], (*path, name))


@pytest.mark.parametrize("part", ["config", "metrics", "history"])
def test_a_manifest_with_any_values_is_shown_or_named(tmp_path, monkeypatch, part):
    """Under a digest that is right, as of a bundle that somebody made by hand."""
    monkeypatch.setattr(server_places, "FOLDERS", {"": tmp_path})
    save_model(tmp_path / "one", pictures("vae"), [0, 1] * 30)
    file = tmp_path / "one" / "bundle.json"
    right = json.loads(file.read_text(encoding="utf-8"))
    named = 0
    for place in places(right[part], (part,)):
        for junk in JUNK:
            manifest = copy.deepcopy(right)
            node = manifest
            for name in place[:-1]:
                node = node[name]
            node[place[-1]] = junk
            manifest["digest"] = bundle._manifest_digest(manifest)
            file.write_text(json.dumps(manifest), encoding="utf-8")
            try:
                entry = catalogue.describe("one", load_bundle(file.parent))
            except BundleError as error:
                named += 1
                assert re.fullmatch(r"[^\n]{1,600}", str(error)), place
            else:  # what the browser is sent
                json.dumps(entry, allow_nan=False, ensure_ascii=False).encode()
    assert named >= len(JUNK)


@pytest.mark.parametrize(
    "damage, role", [(remove, "weights"), (truncate, "codes"), (newer, "bundle.json"), (swap, "recording")]
)
def test_a_damaged_models_assets_are_gone_and_the_others_are_served(models, damage, role):
    app = routes_app()
    assets._of_bundle.cache_clear()
    digest, other = (load_bundle(models / kind).digest for kind in ("aae", "vae"))
    damage(models, role, random.Random(0))
    for kind in assets.BUNDLE_FILES:
        assert ask(app, f"/assets/any/{kind}/{digest}").status == 404
        assert ask(app, f"/assets/any/{kind}/{other}").status == 200


def open_page(name: str, **params: str) -> AppTest:
    def script(module: str) -> None:
        import importlib

        importlib.import_module(f"explorer.ui.{module}").page()

    page = AppTest.from_function(script, args=(name,), default_timeout=60)
    for key, value in params.items():
        page.query_params[key] = value
    page.run()
    assert not page.exception, page.exception
    return page


@pytest.mark.parametrize("page", PAGES)
def test_pages_show_the_sentence_and_the_other_model(models, page):
    truncate(models, "weights", random.Random(0))
    opened = open_page(page)
    (warning,) = opened.warning
    assert warning.value == failure.plain(catalogue.current().problems[0]) and not opened.error


@pytest.mark.parametrize("page", [*PAGES, "kl", "practice"])
def test_pages_without_any_folder(models, page):
    shutil.rmtree(models)
    opened = open_page(page)
    assert not opened.warning and [error.value[:14] for error in opened.error] == ["**There is no "] * (page in PAGES)


def test_a_model_that_is_taken_away_while_it_is_looked_at(models):
    digest = load_bundle(models / "aae").digest
    shutil.rmtree(models / "aae")
    for ask_for in (bundles.history, bundles.model, bundles.compared, bundles.mmd_squared):
        with pytest.raises(bundles.ModelGone, match="taken away while the page was open: reload"):
            ask_for(digest)


def test_a_model_that_is_taken_away_between_a_look_at_the_folder_and_its_opening(models, monkeypatch):
    def take_away_first(path: Path):
        if path.name == "aae":
            shutil.rmtree(path)
        return load_bundle(path)

    monkeypatch.setattr(shelf, "load_bundle", take_away_first)
    entries, problems = catalogue.current()
    assert [entry["name"] for entry in entries] == ["vae"] and len(problems) == 1
    assert_one_sentence(problems[0], Path("pretrained"))


@pytest.mark.parametrize("page, slot, name, lesson", [
    ("explore", "explorer_state", "right", state),
    ("reparameterisation", "reparameterisation_state", "model", reparameterisation_state),
    ("adversary", "adversary_state", "aae", adversary_state),
])  # fmt: skip
def test_a_kept_state_whose_model_is_gone_is_given_up(models, page, slot, name, lesson):
    opened = open_page(page, **{name: "aae"})
    for key, value in lesson.to_params(opened.session_state[slot]).items():  # as after a change in the browser
        opened.query_params[key] = value
    shutil.rmtree(models / "aae")
    opened.run()
    assert not opened.exception and any(rf"{name}\=aae was ignored" in warning.value for warning in opened.warning)


def test_a_model_that_is_replaced_while_it_is_read_is_opened_as_the_new_one(models, monkeypatch):
    read, replaced = bundle._read_tensors, []

    def replace_first(path: Path, *arguments):
        if not replaced:
            replaced.append(save(path, "aae", seed=7))
        return read(path, *arguments)

    monkeypatch.setattr(bundle, "_read_tensors", replace_first)
    assert load_bundle(models / "aae").config.training.seed == 7 and len(replaced) == 1


# Data.


def truncated_mnist(folder: Path) -> None:
    raw = folder / "MNIST" / "raw"
    raw.mkdir(parents=True)
    for part in ("train", "t10k"):
        for what in ("images-idx3-ubyte", "labels-idx1-ubyte"):
            (raw / f"{part}-{what}").write_bytes(b"\0\0\x08\x03\0\0")


@pytest.mark.parametrize("how", ["absent", "a file", "no name at all", "damaged"])
def test_data_that_cannot_be_read(models, tmp_path, monkeypatch, how):
    folder = tmp_path / "data"
    if how == "a file":
        folder.write_text("data", encoding="utf-8")
    elif (
        how == "no name at all"
    ):  # for which the system has an error of its own, as for a folder that may not be looked into
        monkeypatch.setattr(server_places, "DATA_DIR", Path("d" * 5000))
    elif how == "damaged":
        truncated_mnist(folder)
    assert [one["name"] for one in serving_pictures.known_datasets() if one["present"]] == ["digits"]
    app = routes_app()
    for rows in ("3", "1,2"):
        found = ask(app, f"/assets/any/originals/mnist?rows={rows}")
        assert found.status == 404 and b"\n" not in found.body
        assert (
            b"Dataset mnist in " if how == "damaged" else b"pretrained/originals/mnist.png cannot be read"
        ) in found.body
        assert b"fetch" in found.body and b"--dataset" not in found.body  # a visitor has no command line
    assert "cannot be read" in catalogue.why_no_image("mnist", 3) and catalogue.why_no_image("digits", 3) is None
    for page in (*PAGES, "practice") if how == "no name at all" else ():
        open_page(page)


@pytest.mark.parametrize("view", ["vae", "code"])
def test_the_lesson_on_damaged_data_says_so(models, tmp_path, monkeypatch, view):
    """The pages of the lesson read one original: of a model of MNIST whose files are damaged."""
    truncated_mnist(tmp_path / "data")
    entry = catalogue.current().entries[1] | {"dataset": "mnist"}
    monkeypatch.setattr(catalogue, "current", lambda: catalogue.Catalogue([entry], []))
    opened = open_page("reparameterisation", view=view)
    if view == "vae":
        assert "Fetch the pictures above, or choose another VAE." in opened.info[0].value.replace("\\", "")
    with pytest.raises(datasets.DatasetError, match="remove the damaged file and run again"):
        catalogue.images_of_dataset("mnist").one(0)


def test_a_page_opens_on_models_whose_pictures_are_here(models, tmp_path):
    named = {
        name: {"dataset": name.rpartition("-")[0]} for name in ("mnist-vae", "mnist-aae", "digits-vae", "digits-aae")
    }
    assert [names[0] for names in catalogue.front(named)] == ["digits-vae", "digits-aae"]
    truncated_mnist(tmp_path / "data")  # the names are there
    assert [names[0] for names in catalogue.front(named)] == ["digits-vae", "digits-aae"]
    for name, content in idx_contents().items():
        (tmp_path / "data" / "MNIST" / "raw" / name).write_bytes(content)
    assert [names[0] for names in catalogue.front(named)] == ["mnist-vae", "mnist-aae"]
    assert [names[0] for names in catalogue.front({})] == ["mnist-vae", "mnist-aae"]


def test_without_the_front_models_a_page_opens_on_one_whose_pictures_are_here(models):
    entries = {
        name: {"dataset": dataset, "latent_dim": 2, "images": 360, "classes": []}
        for name, dataset in (("a", "kmnist"), ("b", "digits"), ("c", "digits"))
    }
    opened = state.default_state(entries, catalogue.front(entries))
    assert (opened["left"], opened["right"]) == ("b", "b")
    assert reparameterisation_state.default_state(entries, catalogue.front(entries)[0])["model"] == "b"


def test_errors_of_images_of_another_set_are_not_given_out(models, monkeypatch):
    assets._of_bundle.cache_clear()
    monkeypatch.setattr(originals, "_from_disk", lambda dataset, folder: datasets.load("digits", "test").images[:100])
    found = ask(routes_app(), f"/assets/any/errors/{load_bundle(models / 'vae').digest}")
    assert found.status == 404 and b"100 test images here, and not the 360" in found.body


@pytest.mark.parametrize("here", [Path("/"), Path(__file__).parent], ids=str)
def test_no_sentence_of_a_page_tells_where_the_program_lies(models, monkeypatch, here):
    """Wherever the server was started."""
    monkeypatch.chdir(here)
    monkeypatch.setattr(Path, "home", lambda: models.parents[2])
    digest = load_bundle(models / "aae").digest
    truncated_mnist(models.parent / "data")
    said = [catalogue.why_no_image("mnist", 3), catalogue.why_no_image("fashion-mnist", 3)]
    app = routes_app()
    for path in ("originals/mnist?rows=1", "originals/kmnist?rows=3", f"tensors/{digest}"):
        truncate(models, "weights", random.Random(0)) if path.startswith("tensors") else None
        found = ask(app, f"/assets/any/{path}")
        said.append(found.body.decode("latin-1"))
        assert found.status == 404
    said += catalogue.current().problems
    shown = []
    monkeypatch.setattr(failure.st, "error", lambda text, icon: shown.append(text.replace("\\", "")))
    for error in (
        BundleError(f"{models / 'aae'} cannot be read."),
        datasets.DatasetError(f"{server_places.ROOT / 'data'}: gone."),
    ):
        failure.show_failure(error)
    assert shown == ["pretrained/aae cannot be read.", "data: gone."]
    for sentence in [*said, *shown]:
        for place in (models.parent, server_places.ROOT, Path.home()):
            assert str(place) not in sentence, sentence


def test_an_account_without_a_home_gets_sentences_too(monkeypatch):
    monkeypatch.delenv("HOME", raising=False)
    monkeypatch.setattr("pwd.getpwuid", lambda number: (_ for _ in ()).throw(KeyError(number)))
    with pytest.raises(RuntimeError):
        Path.home()
    assert server_places.for_page(f"{server_places.ROOT / 'runs'} is full.") == "runs is full."


# What a page says where the program fails.


@pytest.mark.parametrize("error, said", [
    (bundles.ModelGone("The model was replaced: reload."), r"The model was replaced\: reload\."),
    (datasets.DatasetError("Run `python train.py`."), r"Run `python train.py`\."),
    (ValueError("secret"), "**This page could not be shown: the program has an error here.**"),
])  # fmt: skip
def test_a_failure_is_a_sentence(monkeypatch, error, said):
    shown = []
    monkeypatch.setattr(failure.st, "error", lambda text, icon: shown.append(text))
    assert failure.show_failure(error) is True and shown[0].startswith(said) and "secret" not in shown[0]
