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
from explorer.address import why as why_state
from explorer.config import Config
from explorer.serving import catalogue
from explorer.store import bundle
from explorer.training import job
from explorer.ui import kl, why

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
        models = kl.choices(entries.values())
        problems = kl_state.parse(params, kl_state.default_state(models), models)[1]
    elif page == "why":
        models = why.choices(entries.values())
        problems = why_state.parse(params, why_state.default_state(models), models)[1]
    elif page == "reparameterisation":
        problems = reparameterisation_state.parse(
            params, reparameterisation_state.default_state(entries, catalogue.FRONT[0]), entries
        )[1]
    elif page == "adversary":
        models = dict.fromkeys(adversary_state.MODELS, planar) | {"point": dict.fromkeys(planar, 360)}
        problems = adversary_state.parse(params, adversary_state.default_state(models), models)[1]
    else:
        assert page == "practice"
        problems = choices.parse(params)[1]
    assert problems == []


def test_there_are_addresses_for_every_part_of_the_lecture():
    assert {page for page, _ in ADDRESSES} == {"", "why", "kl", "reparameterisation", "adversary", "practice"}


@pytest.mark.parametrize("command", COMMANDS)
def test_a_training_command_is_understood(command):
    options = train.parse(shlex.split(command)[1:])
    if options.dataset != "folder":
        assert all(isinstance(config, Config) for config in job.configure(options))


def test_a_command_runs_what_exists():
    """Of `python FILE`, `python -m MODULE`, `bash FILE` and `streamlit run FILE`: the file, or the module's."""
    commands = re.findall(r"\b(python|bash|streamlit run) (-m )?([\w./-]+)", "\n".join(codes(TEXT)))
    files = {name.replace(".", "/") if module else name for _, module, name in commands}
    installed = {"venv", "pytest", "http/server"}  # not modules of the project
    assert {"app.py", "train.py", "tests/run", "tests/audit.py", "explorer/clinic", "explorer/site"} <= files
    paths = [(ROOT / name, ROOT / f"{name}.py", ROOT / name / "__main__.py") for name in files - installed]
    assert [str(places[0]) for places in paths if not any(place.is_file() for place in places)] == []


def codes(text: str) -> list[str]:
    """A document's code: the blocks and what stands between backticks in a line."""
    return re.findall(r"^```\w*\n(.*?)^```", text, re.MULTILINE | re.DOTALL) + re.findall(r"`([^`\n]+)`", text)


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


PAGES = {
    "codes": {},
    "explore": {"left": "WAE"},
    "why": {"vae": "WAE"},
    "reparameterisation": {"model": "WAE", "view": "vae"},
    "adversary": {"tab": "readings", "model": "WAE"},
    "practice": {"a": "wae,digits,beta=50", "b": "wae,bars,prior=ring"},
    "scoreboard": {},
}


def commands_of(section: str) -> list[str]:
    return re.findall(r"^\.venv/bin/python (train\.py.*)$", SECTIONS[section], re.MULTILINE)


@pytest.fixture(scope="module")
def answers(extended) -> dict:
    """The answers of `extended.py`, asked in the copy: all in one process."""
    commands = [command for section in SECTIONS for command in commands_of(section)]
    questions = json.dumps({"commands": commands, "pages": list(PAGES.items())})
    environment = os.environ | {"OMP_NUM_THREADS": "1", "PYTHONPATH": str(extended)}
    command = [sys.executable, Path(__file__).with_name("extended.py"), "result.json", questions]
    done = subprocess.run(command, cwd=extended, env=environment, capture_output=True, encoding="utf-8", timeout=240)
    assert done.returncode == 0, done.stderr
    return json.loads((extended / "result.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("section", ["A prior", "A model", "A dataset"])
def test_what_is_added_can_be_trained(answers, section):
    assert commands_of(section)
    for command in commands_of(section):
        assert "nothing written" in answers[command], answers[command]


def test_a_page_that_is_added_is_shown(answers):
    page = answers["codes"]
    assert page["problems"] == [] and page["texts"][0] == "How many codes?"
    models = len(bundle.find_bundles(ROOT / "pretrained")) + 1  # and the trained one
    assert len([text for text in page["texts"] if re.search(r": [\d,]+$", text)]) == models


def test_every_page_opens_with_the_sibling_that_is_added(answers):
    for module in ("explore", "adversary", "practice", "scoreboard"):
        assert answers[module]["problems"] == []
    lesson = answers["reparameterisation"]
    assert len(lesson["problems"]) <= 1  # the lesson is about a q(z|x), and says that this model has none
    code = "\n".join(answers["practice"]["texts"])
    assert "**Run A** · WAE-MMD, digits, N(0, I)" in code and "--model wae --dataset digits --beta 50" in code
    assert "def wae_loss(" in code and "def take_step(" in code and "# beta = 50" in code
    assert "**Run B** · WAE-MMD, bars, a ring of 40 Gaussians" in code


def test_the_scoreboard_compares_the_sibling_that_is_added(answers):
    assert answers["compared"] == ["−log p(x|z) + 300 · MMD²(q(z), p(z)), p(z): N(0, I)"]


def test_the_pages_know_what_was_added(answers):
    assert answers["known"] == {
        "prior": ["ring", "a ring of 40 Gaussians"],
        "last": ["bars", "wae"],
        "starts": True,
        "shipped": [],
    }
