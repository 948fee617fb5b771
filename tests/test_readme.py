"""The documents are true: addresses and commands are understood, links and files exist, examples work."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.parse import parse_qsl

import pytest

import train
from explorer.address import adversary as adversary_state
from explorer.address import explore as state
from explorer.address import kl as kl_state
from explorer.address import practice as choices
from explorer.address import reparameterisation as reparameterisation_state
from explorer.config import Config
from explorer.serving import catalogue
from explorer.training import job

ROOT = Path(__file__).resolve().parents[1]
DOCUMENTS = {
    path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8")
    for path in (ROOT / "README.md", ROOT / "explorer" / "README.md", *sorted((ROOT / ".github").glob("*.md")))
}
EXTENDING = DOCUMENTS[".github/extending.md"]
TEXT = "".join(text for text in DOCUMENTS.values() if text != EXTENDING)
ADDRESSES = list(dict.fromkeys(re.findall(r"`/(\w*)\?([^`]+)`", TEXT)))
COMMANDS = list(dict.fromkeys(re.findall(r"^\.venv/bin/python (train\.py[^#\n]*?) *(?:#.*)?$", TEXT, re.MULTILINE)))
# "At the end of `file`:", "In `file`, after `line`:" or "A new file, `file`:", and a block.
STEPS = re.compile(
    r"(?:At the end of `(?P<end>[^`]+)`|In `(?P<within>[^`]+)`, after `(?P<line>[^`]+)`|A new file, "
    r"`(?P<new>[^`]+)`):\n\n```python\n(?P<code>.*?)```",
    re.DOTALL,
)
SECTIONS = dict(re.findall(r"^## (A \w+)\n(.*?)(?=^## |\Z)", EXTENDING, re.MULTILINE | re.DOTALL))


@pytest.mark.parametrize("page, query", ADDRESSES, ids=[f"/{page}?{query}" for page, query in ADDRESSES])
def test_an_address_is_taken_whole(page, query):
    params = dict(parse_qsl(query))
    entries = {entry["name"]: entry for entry in catalogue.current().entries}
    planar = [name for name, entry in entries.items() if entry["latent_dim"] == 2]
    if page == "":
        problems = state.parse(params, state.default_state(entries, catalogue.FRONT), entries)[1]
    elif page == "kl":
        problems = kl_state.parse(params)[1]
    elif page == "reparameterisation":
        problems = reparameterisation_state.parse(
            params, reparameterisation_state.default_state(entries, catalogue.FRONT[0]), entries
        )[1]
    elif page == "adversary":
        models = dict.fromkeys(adversary_state.MODELS, planar)
        problems = adversary_state.parse(params, adversary_state.default_state(models), models)[1]
    else:
        assert page == "practice"
        problems = choices.parse(params)[1]
    assert problems == []


def test_there_are_addresses_for_every_part_of_the_lecture():
    assert {page for page, _ in ADDRESSES} == {"", "kl", "reparameterisation", "adversary", "practice"}


@pytest.mark.parametrize("command", COMMANDS)
def test_a_training_command_is_understood(command):
    options = train.parse(shlex.split(command)[1:])
    if options.dataset != "folder":
        assert all(isinstance(config, Config) for config in job.configure(options))


def anchors(text: str) -> set[str]:
    """What `#...` in a link may be: the headings, as GitHub writes them."""
    headings = re.findall(r"^#+ (.*)", re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("document", DOCUMENTS)
def test_a_link_leads_to_a_file_and_its_heading(document):
    for target, anchor in re.findall(r"\]\((?!https?:)([^)#]*)#?([^)]*)\)", DOCUMENTS[document]):
        file = ((ROOT / document).parent / target).resolve() if target else ROOT / document
        assert file.exists(), target
        assert not anchor or anchor in anchors(file.read_text(encoding="utf-8")), f"{target}#{anchor}"


@pytest.mark.parametrize("document", DOCUMENTS)
def test_a_file_that_is_named_exists(document):
    """A path may begin at the project's top, at explorer/ or at explorer/web/; NAME stands for any name."""
    named = re.findall(
        r"`((?:[\w.-]+/)*(?:[\w.-]+/|[\w-]+\.(?:py|js|json|css|html|md|toml|txt)))`", DOCUMENTS[document]
    )
    added = {step["new"] for section in SECTIONS.values() for step in STEPS.finditer(section)}
    made = {"data/", "runs/", "train/", "val/", "bundle.json"}
    places = [ROOT, ROOT / "explorer", ROOT / "explorer" / "web", (ROOT / document).parent]

    def exists(name: str) -> bool:
        name = name.replace("NAME", "*")
        return any(any(place.glob(name)) for place in places) or ("/" not in name and any(places[1].rglob(name)))

    assert [name for name in named if name not in added | made and not exists(name)] == []


@pytest.fixture(scope="module")
def extended(tmp_path_factory) -> Path:
    """A copy of the program with every example of .github/extending.md added."""
    copy = tmp_path_factory.mktemp("copy")
    shutil.copytree(ROOT / "explorer", copy / "explorer", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "train.py", copy)
    (copy / "pretrained").symlink_to(ROOT / "pretrained")
    for section in SECTIONS.values():
        for step in STEPS.finditer(section):
            file = copy / (step["end"] or step["within"] or step["new"])
            text = "" if step["new"] else file.read_text(encoding="utf-8")
            if step["within"]:
                assert text.count(f"{step['line']}\n") == 1, f"{step['line']!r} is not one line of {file.name}"
                file.write_text(text.replace(f"{step['line']}\n", f"{step['line']}\n{step['code']}"), encoding="utf-8")
            else:
                gap = "" if step["new"] else "\n\n"
                file.write_text(f"{text}{gap}{step['code']}", encoding="utf-8")
    return copy


def run(extended: Path, *command: str) -> str:
    environment = os.environ | {"OMP_NUM_THREADS": "1", "PYTHONPATH": str(extended)}
    command = [sys.executable, *command]
    done = subprocess.run(command, cwd=extended, env=environment, capture_output=True, encoding="utf-8", timeout=240)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("section", ["A prior", "A model", "A dataset"])
def test_what_is_added_can_be_trained(extended, section):
    commands = re.findall(r"^\.venv/bin/python (train\.py.*)$", SECTIONS[section], re.MULTILINE)
    assert commands
    for command in commands:
        assert "nothing written" in run(extended, *shlex.split(command), "--dry-run")


OPEN = """
import json, sys
from streamlit.util import calc_hash
from streamlit.testing.v1 import AppTest

for module, query in json.loads(sys.argv[1]):
    page = AppTest.from_file("explorer/ui/main.py", default_timeout=120)
    page._page_hash = calc_hash("" if module == "explore" else module)
    for name, value in query.items():
        page.query_params[name] = value
    page.run()
    texts = [one.value for kind in (page.title, page.markdown, page.code, page.caption) for one in kind]
    tables = [str(frame.value.to_dict()) for frame in page.dataframe]
    problems = [one.value for kind in (page.exception, page.error, page.warning) for one in kind]
    print(json.dumps({"texts": texts, "tables": tables, "problems": problems}))
"""


def opened(extended: Path, *requests: tuple[str, dict[str, str]]) -> list[dict]:
    """The content of pages, each opened through the main script: (page, query) in; texts, tables and problems out."""
    return [json.loads(line) for line in run(extended, "-c", OPEN, json.dumps(requests)).splitlines() if line[0] == "{"]


def test_a_page_that_is_added_is_shown(extended):
    (page,) = opened(extended, ("codes", {}))
    assert page["problems"] == [] and page["texts"][0] == "How many codes?"
    assert len([text for text in page["texts"] if re.search(r": [\d,]+$", text)]) == len(catalogue.current().entries)


@pytest.fixture(scope="module")
def wae(extended) -> str:
    """The name of a trained model of the sibling that was added, as the explorer lists it."""
    run(extended, "train.py", "--dataset", "digits", "--model", "wae", "--epochs", "2", "--hidden", "16")
    (bundle,) = (extended / "runs").glob("digits-wae-*")
    return f"runs/{bundle.name}"


def test_every_page_opens_with_the_sibling_that_is_added(extended, wae):
    explorer, lesson, adversary, practice, scoreboard = opened(
        extended,
        ("explore", {"left": wae}),
        ("reparameterisation", {"model": wae, "view": "vae"}),
        ("adversary", {"tab": "readings", "model": wae}),
        ("practice", {"a": "wae,digits,beta=50", "b": "wae,bars,prior=ring"}),
        ("scoreboard", {}),
    )
    for page in (explorer, adversary, practice, scoreboard):
        assert page["problems"] == []
    assert len(lesson["problems"]) <= 1  # the lesson is about a q(z|x), and says that this model has none
    code = "\n".join(practice["texts"])
    assert "**Run A** · WAE-MMD, digits, N(0, I)" in code and "--model wae --dataset digits --beta 50" in code
    assert "def wae_loss(" in code and "def take_step(" in code and "# beta = 50" in code
    assert "**Run B** · WAE-MMD, bars, a ring of 40 Gaussians" in code


def test_the_scoreboard_compares_the_sibling_that_is_added(extended, wae):
    script = (
        "from streamlit.testing.v1 import AppTest\n"
        "page = AppTest.from_string('from explorer.ui import scoreboard; scoreboard.page()').run(timeout=120)\n"
        "page.segmented_control[0].set_value('digits').run(timeout=120)\n"
        "assert not page.exception, page.exception\n"
        "rows = page.dataframe[0].value\n"
        "print(rows[rows.bundle.str.contains('wae')]['what is minimised'].tolist())\n"
    )
    assert "300 · MMD²(q(z), p(z)), p(z): N(0, I)" in run(extended, "-c", script)


def test_the_pages_know_what_was_added(extended):
    script = (
        "from explorer.address import practice as choices\nfrom explorer.serving import catalogue\n"
        "from explorer.config import DATASETS, KINDS, PRIORS, ZOO\n"
        "starts = all(choices.start(kind, dataset) for kind in KINDS for dataset in DATASETS)\n"
        "print(catalogue.PRIOR_NAMES['ring'], starts, DATASETS[-1], KINDS[-1], any('wae' in name for name in ZOO))\n"
    )
    assert run(extended, "-c", script).split("\n")[-2] == "a ring of 40 Gaussians True bars wae False"
