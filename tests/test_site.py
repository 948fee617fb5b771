"""The command that writes the static site: what it refuses, what it replaces, and what stands in its files."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import re
from contextlib import redirect_stderr, redirect_stdout
from html.parser import HTMLParser
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest

from explorer.serving import assets, catalogue
from explorer.site import course, single_file
from explorer.site.__main__ import main
from explorer.site.folder import MARK, Refused, check, replaced
from explorer.site.modules import loaded_with
from explorer.site.pages import EACH, words
from explorer.site.pages import PAGES as LIVE_PAGES
from explorer.ui import clinic, components, reparameterisation_vae, tour
from explorer.ui.pages import PAGES
from explorer.ui.texts import texts_of

from .conftest import ROOT
from .web.node import NODE

MODELS = ["digits-vae", "digits-aae"]
LIVE = tuple(LIVE_PAGES)

pytestmark = pytest.mark.skipif(
    not (ROOT / "pretrained" / "digits-vae").exists(), reason="no shipped models: python train.py makes them"
)


class Written(NamedTuple):
    folder: Path
    output: str  # of the command
    errors: str

    @property
    def assets(self) -> Path:
        (found,) = (self.folder / "assets").iterdir()
        return found

    def page(self, name: str) -> str:
        return (self.folder / ("" if name == "explore" else name) / "index.html").read_text(encoding="utf-8")

    def given(self, name: str) -> dict:
        return json.loads(re.search(r'id="given">(.*?)</script>', self.page(name), re.DOTALL)[1])


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Written:
    """A site of the two small models."""
    out, printed, shown = tmp_path_factory.mktemp("site") / "course", io.StringIO(), io.StringIO()
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(printed), redirect_stderr(shown):
        patch.setattr(reparameterisation_vae, "DRAWS", 4_000)
        assert main([str(out), "--models", *MODELS]) == 0
    return Written(out, printed.getvalue(), shown.getvalue())


# ---- the folder ------------------------------------------------------------------------------------------------------


def test_a_folder_with_something_else_in_it_is_refused_before_any_work(tmp_path, capsys):
    (tmp_path / "thesis.txt").write_text("mine", encoding="utf-8")
    assert main([str(tmp_path)]) == 1
    assert "is not empty, and was not written by this command" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_a_file_is_refused(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(Refused, match="is a file"):
        check(tmp_path / "file")


def test_an_empty_folder_and_a_new_one_are_taken(tmp_path):
    for out in (tmp_path, tmp_path / "new" / "deep"):
        check(out)


def test_a_model_that_is_not_there_is_named(tmp_path, capsys):
    assert main([str(tmp_path / "out"), "--models", "digits-vae", "nobody"]) == 1
    assert "there is no model nobody; there are" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_its_own_folder_is_replaced_whole(tmp_path):
    out = tmp_path / "out"
    for text in ("first", "second"):
        with replaced(out) as new:
            (new / MARK).touch()
            (new / f"{text}.html").write_text(text, encoding="utf-8")
            assert not (out / f"{text}.html").exists()  # until all is written
    assert sorted(path.name for path in out.iterdir()) == ["second.html", MARK]
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_an_error_leaves_the_folder_as_it_was(tmp_path):
    out = tmp_path / "out"
    with replaced(out) as new:
        (new / MARK).write_text("old", encoding="utf-8")
    with pytest.raises(KeyboardInterrupt), replaced(out) as new:
        (new / MARK).write_text("half", encoding="utf-8")
        raise KeyboardInterrupt
    assert (out / MARK).read_text(encoding="utf-8") == "old" and [path.name for path in tmp_path.iterdir()] == ["out"]


def test_what_is_put_into_the_folder_meanwhile_is_not_lost(tmp_path):
    out = tmp_path / "out"
    with pytest.raises(Refused), replaced(out) as new:
        (new / MARK).touch()
        out.mkdir()
        (out / "mine").touch()
    assert [path.name for path in out.iterdir()] == ["mine"]


# ---- the site --------------------------------------------------------------------------------------------------------


def test_the_closing_line_gives_the_size(site):
    files = [path for path in site.folder.rglob("*") if path.is_file()]
    megabytes = sum(path.stat().st_size for path in files) / 1e6
    assert site.output.splitlines()[-1].endswith(f"course: {len(files)} files, {megabytes:.1f} MB")
    assert "100%" in site.errors  # the bar ended where its total said


def test_every_page_is_there_and_is_linked_from_every_other(site):
    for page in PAGES:
        links = re.findall(r'<a href="([^"]*)" data-page="([^"]*)"', site.page(page.module))
        names = [one.module for one in PAGES]
        at = names.index(page.module)
        assert [name for _, name in links] == [*names, *names[max(at - 1, 0) : at], *names[at + 1 : at + 2]]
        here = site.folder / ("" if page.module == "explore" else page.module)
        assert all((here / address / "index.html").is_file() for address, _ in links)


class Addresses(HTMLParser):
    """The addresses that a page names."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag, attributes) -> None:
        self.found += [value for name, value in attributes if name in ("href", "src", "data-plot") and value]


@pytest.mark.parametrize("name", [page.module for page in PAGES])
def test_all_addresses_are_relative_and_there(site, name):
    reader = Addresses()
    reader.feed(site.page(name))
    here = site.folder / ("" if name == "explore" else name)
    assert len(reader.found) > 10
    for address in reader.found:
        assert not re.match(r"[a-z]+:|/", address), address
        assert (here / address.partition("#")[0]).exists(), address


def test_assets_carry_a_digest_of_their_content(site):
    """Every file of the folder counts, so that its address may be kept for ever."""
    lines = {
        path.relative_to(site.assets).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in site.assets.rglob("*")
        if path.is_file()
    }
    made = json.loads((site.folder / MARK).read_text(encoding="utf-8"))
    assert made["version"] == site.assets.name and made["models"] == ["digits-aae", "digits-vae"]
    assert len(lines) > 200 and re.fullmatch("[0-9a-f]{12}", site.assets.name)


def test_modules_are_the_apps_own(site):
    for name, path in assets.SCRIPTS.items():
        if name != "site/worker.js":
            assert (site.assets / "web" / name).read_bytes() == path.read_bytes(), name


def test_tensors_are_what_the_app_serves(site):
    for entry in catalogue.current().entries:
        for kind in assets.BUNDLE_FILES:
            file = site.assets / kind / entry["digest"]
            served = assets.of_bundle(kind, entry["digest"]) if entry["name"] in MODELS else None
            assert (file.read_bytes() if file.exists() else None) == (served and served.body), (entry["name"], kind)


def test_the_test_images_stand_in_files_of_so_many(site):
    images = catalogue.images_of_dataset("digits").all()
    files = sorted((site.assets / "originals" / "digits").iterdir(), key=lambda path: int(path.name))
    found = np.frombuffer(b"".join(path.read_bytes() for path in files), np.uint8).reshape(images.shape)
    assert np.array_equal(found, images)
    assert {path.stat().st_size for path in files[:-1]} == {EACH * images.shape[1]}


@pytest.mark.parametrize("name", LIVE)
def test_a_live_page_is_given_what_the_app_gives_it(site, name):
    given = site.given(name)
    data = given["data"]
    assert data["on_site"] and data["words"] == json.loads(json.dumps(words(name)))
    assert data["symbols"] == components.symbols()
    for entry in data.get("catalogue", []):
        assert entry["name"] in MODELS and entry.get("originals_each") == (EACH if entry.get("originals") else None)
    assert components.markup(name, words(name)) in site.page(name)


def test_python_agrees_with_what_the_pages_open_with(site):
    """Its values are of the pages' plain states and the tour's: elsewhere the pages show none."""
    for name, more in (("kl", 3), ("reparameterisation", 1)):
        given = site.given(name)
        steps = [step.params() for step in tour.STEPS if step.page == name]
        assert len(steps) == more and len(given["answers"]) == 1 + more
        first = given["answers"][0]["of"]
        assert all(given["plain"][field] == value for field, value in first.items())
        for step, answer in zip(steps, given["answers"][1:]):
            assert {**answer["message"].get("reference", {}), **answer["data"].get("check", {})}["of"] == answer["of"]
            numbers = {
                field: [float(part) for part in step[field].split(",")] for field in step if field in ("q", "mean")
            }
            assert numbers.items() <= answer["of"].items()
    data, plain = given["data"], given["plain"]
    model, image, n, seed = (str(plain[name]) for name in ("model", "image", "n", "seed"))
    assert data["vae"]["of"] == ",".join((model, image, n, seed)) and data["vae"]["draws"] == 4_000
    assert data["code"]["run"]["of"] == ",".join((model, image, seed, str(plain["draw"])))
    check, teach = site.given("adversary")["data"]["check"], site.given("adversary")["plain"]["teach"]
    assert check["of"] == [teach[name] for name in ("prior", "mean", "std", "hole", "at")]
    assert check["text"].startswith("When this site was made: Python, from 100,000 draws")


def test_the_tours_steps_are_the_apps(site):
    found = json.loads((site.assets / "tour.json").read_text(encoding="utf-8"))
    assert [(step["name"], step["page"], step["params"]) for step in found["steps"]] == [
        (step.name, step.page, step.params()) for step in tour.STEPS
    ]
    assert found["words"] == json.loads(json.dumps(components.words("tour"))) and "{" not in found["html"]
    assert {step["page"] for step in found["steps"]} <= {page.module for page in PAGES}
    assert [step["facts"] for step in found["steps"]] == [tour.facts(step) for step in tour.STEPS]


def test_the_clinics_recordings_are_there(site):
    cases = site.given("practice")["data"]["cases"]
    assert len(cases) == len(clinic.cases())
    for case in cases:
        for run in ("run", "healthy"):
            served = assets.of_bundle(*case[run].split("/"))
            assert (site.assets / case[run]).read_bytes() == served.body


def test_practice_trains_digits_in_the_browser_and_says_what_needs_the_app(site):
    given = site.given("practice")
    data = given["data"]
    assert data["trainings"] is None and [one["name"] for one in data["datasets"]] == ["digits"]
    assert (site.assets / data["browser"]["file"]).read_bytes() == assets.of_bundle("training", "digits").body
    assert {name for of in given["known"]["starts"].values() for name in of} == {"digits"}
    assert "start the app: streamlit run app.py" in site.page("practice")


def test_no_sentence_of_the_site_promises_an_answer_of_a_server(site):
    """Python computes nothing more, and no server can be asked."""
    assert words("kl")["computing"] == words("reparameterisation")["check_wait"] == ""
    for name, ours in (("kl", "agrees"), ("reparameterisation", "check_agree")):
        assert "When this site was made" in words(name)[ours]


def test_replaced_words_have_the_places_of_the_apps(site):
    def pairs(own, app):
        for key, text in own.items():
            if isinstance(text, dict):
                yield from pairs(text, app[key])
            else:
                yield key, text, app[key]

    for name, replaced_words in texts_of("site").REPLACED.items():
        for key, text, of_app in pairs(replaced_words, components.words(name)):
            if key != "vae_elsewhere":  # the app says nothing there
                assert not text or set(re.findall(r"\{\w+}", text)) == set(re.findall(r"\{\w+}", of_app)), key


@pytest.mark.parametrize("name", LIVE)
def test_a_page_names_at_once_all_modules_that_it_waits_for(site, name):
    named = re.findall(r'rel="modulepreload" href="[./]*assets/\w+/web/([^"]+)"', site.page(name))
    assert named == loaded_with([f"{name}/page.js", "site/site.js"]) and f"{name}/page.js" in named


def test_the_worker_keeps_the_pages_and_modules_but_not_the_models(site):
    source = (site.folder / "worker.js").read_text(encoding="utf-8")
    kept = json.loads(re.match(r"self.site = (.*?);\n\n", source, re.DOTALL)[1])
    files = [site.folder / name for name in kept["files"]]
    assert {"./", "kl/", "scoreboard/"} <= set(kept["files"]) and all(path.exists() for path in files)
    size = sum(path.stat().st_size for path in files if path.is_file())
    assert kept["version"].startswith(site.assets.name) and size < 2.5e6
    assert not any("tensors/" in name or "plotly.min" in name for name in kept["files"])


# ---- the scoreboard --------------------------------------------------------------------------------------------------


def test_the_scoreboards_figures_are_those_of_the_bundles(site):
    page = site.page("scoreboard")
    for entry in catalogue.current().entries:
        if entry["name"] in MODELS:
            assert f">{entry['metrics']['coverage']:.3f}</td>" in page
            assert f">{entry['metrics']['reconstruction']:.2f}</td>" in page
    assert site.given("scoreboard")["known"] == {"digits": ["digits-vae", "digits-aae"]}
    links = page.count('href="../#left=digits-vae&amp;right=digits-aae"')
    assert links == 3 * len(MODELS)  # of each model: in both tables, and where it stands alone


def test_names_of_models_are_no_markup_on_the_scoreboard():
    from explorer.site import scoreboard

    entries = [entry for entry in catalogue.current().entries if entry["name"] == "digits-vae"]
    odd = [entry | {"name": "runs/<b>odd</b>", "run": True, "saved": 0} for entry in entries]
    made = scoreboard.page(odd, lambda name, content: None, "../", "", lambda: None)
    assert "<b>odd" not in made.content and "&lt;b&gt;odd" in made.content


# ---- the single file -------------------------------------------------------------------------------------------------


def test_the_single_file_holds_the_front_models(site):
    page = (site.folder / course.SINGLE_FILE).read_text(encoding="utf-8")
    data = json.loads(re.search(r'id="data">(.*?)</script>', page, re.DOTALL)[1])
    assert [entry["name"] for entry in data["catalogue"]] == ["digits-vae", "digits-aae"] and data["in_file"]
    held = re.findall(r'data-asset="([^"]+)"', page)
    assert {entry["tensors"] for entry in data["catalogue"]} <= set(held) and "web/parts/plotly.min.js" in held
    assert "{" not in re.sub(r"<(style|script)\b.*?</\1>", "", page, flags=re.DOTALL)  # every place is filled


@pytest.mark.skipif(NODE is None, reason="there is no Node")
def test_both_writers_of_the_single_file_put_the_same_modules_into_it(compute):
    js = """
    const found = await modulesFrom(first, async (name) => sources[name]);
    return [...found].map(([name, source]) => [name, renamed(source, name)]);
    """
    sources = {name: path.read_text(encoding="utf-8") for name, path in assets.SCRIPTS.items() if path != assets.PLOTLY}
    theirs = dict(compute("explore/take/file", js, first=list(single_file.FIRST), sources=sources))
    ours = single_file._modules()
    assert list(ours) == list(theirs)
    imports = single_file._imports(ours)
    for name, source in theirs.items():
        if name != "parts/plotly.js":
            assert imports[f"explorer/{name}"] == single_file._address(f"{source}\n//# sourceURL=explorer/{name}")


@pytest.mark.skipif(NODE is None, reason="there is no Node")
def test_the_single_files_letters_are_read_by_its_own_reader(compute):
    content = np.random.default_rng(3).integers(0, 256, 1001, dtype=np.uint8).tobytes()
    back = compute("explore/take/base85", "return [...decode(text)];", text=single_file._packed(content))
    assert gzip.decompress(bytes(back)) == content
