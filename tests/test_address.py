"""The one table of addresses: both readers agree on it, and addresses of an old version still open what they did."""

from __future__ import annotations

import json
import random
import re
import shutil
import subprocess
from pathlib import Path
from types import ModuleType
from typing import NamedTuple
from urllib.parse import parse_qsl

import pytest

from explorer.address import adversary, explore, kl, practice, reparameterisation, schema, why
from explorer.config import DATASETS, KINDS, PRIORS

from .test_adversary_state import MODELS as LESSON_MODELS
from .test_bad_input import DEFAULT, JUNK, LESSON_DEFAULT, MODELS, broken
from .test_kl_state import DEFAULT as KL_DEFAULT
from .test_kl_state import MODELS as KL_MODELS
from .test_reparameterisation_state import DEFAULT as MNIST_DEFAULT
from .test_why_state import DEFAULT as WHY_DEFAULT
from .test_why_state import MODELS as WHY_MODELS

ADDRESS = Path(__file__).resolve().parents[1] / "explorer" / "web" / "kernel" / "address.js"
OLD = json.loads((Path(__file__).parent / "old_addresses.json").read_text(encoding="utf-8"))  # of version 3d47767
RIGHT = OLD | {  # and of pages that version did not have
    "why": [
        ["tab=invent&ae=mnist-ae&vae=mnist-vae&aae=mnist-aae&z=0.5,-1&seed=3", {}],
        ["tab=evidence&vae=digits-vae&image=7&mean=0.5,-8&log_var=-10,1", {}],
        ["tab=loss&kind=aae&aae=digits-aae&image=359&code=0.5,-1", {}],
        ["tab=loss&kind=ae&code=1000,-1000", {}],
        ["tab=blur&many=mnist-vae-32d&image=359&neighbours=64", {}],
        ["tab=shell&many=mnist-aae-8d&seed=3&radius=5.5", {}],
    ]
}
RIGHT["why"] += [[f"tab=predict&step={i}", {}] for i in range(2, 7)]
RIGHT["kl"] = OLD["kl"] + [
    ["tab=loss&vae=digits-vae&image=359&width=-5&beta=40", {}],
    ["tab=collapse&model=mnist-vae-32d&dimension=32&value=-4", {}],
]
RIGHT["reparameterisation"] = OLD["reparameterisation"] + [[f"view=predict&step={i}", {}] for i in range(2, 7)]
RIGHT["adversary"] = OLD["adversary"] + [
    ["tab=point&point=digits-aae&image=359&width=-10", {}],
    ["tab=predict&step=6&mean=-1.5,2&std=0.7&hole=0.4&vae=digits-vae&point=digits-aae&image=359", {}],
]
FIRST = {"adversary": {"tab": "field"}}  # what a plain address opened then
CASES = 1000  # of each page
LONGEST = 2000  # characters of a case's values
NUMBERS = ["1", "-0", "0.03125", "-0.03125", "0.00005", "0.015625", "1e-5", "1e-05", "+2", " 1 ", "1e999", "２", "1_0",
    "0x1", "012", "1.", ".5", "."]  # fmt: skip


class Reader(NamedTuple):
    """A page's address in Python, and what the browser's needs: a start, and the models."""

    module: ModuleType
    start: dict
    models: dict

    def parse(self, params: dict) -> tuple[dict, list[str]]:
        return self.module.parse(params, *self.known())

    def check(self, sent: dict) -> dict:
        return self.module.check(sent, *self.known())

    def known(self) -> list[dict]:
        return [self.start, self.models] if self.models and self.module is not practice else []


READERS = {
    "explore": Reader(explore, DEFAULT, MODELS),
    "why": Reader(why, WHY_DEFAULT, WHY_MODELS),
    "kl": Reader(kl, KL_DEFAULT, KL_MODELS),
    "reparameterisation": Reader(reparameterisation, MNIST_DEFAULT, MODELS),
    "adversary": Reader(adversary, LESSON_DEFAULT, LESSON_MODELS),
    "practice": Reader(practice, practice.DEFAULT, practice.KNOWN),
}
SCRIPT = """
import { readFileSync } from "node:fs";
const { Address } = await import(process.argv[1]);
const pages = JSON.parse(readFileSync(0, "utf8"));
const answers = {};
for (const [name, { models, start, cases, sent }] of Object.entries(pages)) {
  const address = new Address(name, models);
  answers[name] = cases.map((params) => {
    const { state, problems } = address.read(params, start);
    return { state, problems, written: address.write(state), checked: address.check(state, start) };
  });
  answers[name].push(...sent.map((state) => address.check(state, start)));
}
console.log(JSON.stringify(answers));
"""


def cases(page: str) -> list[dict[str, str]]:
    """Addresses of a page: right ones of an old version, the same with one thing wrong, and any text at any name."""
    rng = random.Random(page)
    right = [dict(parse_qsl(query)) for query, _ in RIGHT[page]]
    names = sorted({name for params in right for name in params})
    found = list(right)
    while len(found) < CASES:
        params = dict(rng.choice(right))
        for name in rng.sample(names, rng.randint(1, min(4, len(names)))):
            kind = rng.random()
            if kind < 0.4 and name in params:
                params[name] = broken(rng, params[name])
            elif page == "practice" and kind < 0.9:
                number, setting = "-".join(rng.choices(NUMBERS, k=rng.randint(1, 2))), rng.choice([*schema.SETTINGS])
                params[name] = f"{params.get(name, 'vae,digits')},{setting}={number}"
            elif kind < 0.7:
                params[name] = ",".join(rng.choices(NUMBERS, k=rng.randint(1, 3)))
            else:
                params[name] = rng.choice(JUNK)
        found.append({name: value[:LONGEST] for name, value in params.items()})
    return found


@pytest.mark.skipif(not shutil.which("node"), reason="there is no Node: the browser's reader is not compared")
def test_both_readers_read_the_same():
    asked = {page: cases(page) for page in READERS}
    absent = {
        "explore": ["left", "right"],
        "reparameterisation": ["model"],
        "why": ["vae", "ae"],
    }  # models that are not there
    sent = {page: [READERS[page].start | {name: "absent"} for name in absent.get(page, [])] for page in READERS}
    pages = {
        page: {"cases": asked[page], "sent": sent[page], "start": reader.start, "models": reader.models}
        for page, reader in READERS.items()
    }
    done = subprocess.run(
        ["node", "--input-type=module", "-e", SCRIPT, ADDRESS.as_uri()],
        input=json.dumps(pages),
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
    )
    for page, answers in json.loads(done.stdout).items():
        reader, ignored = READERS[page], 0
        assert answers[CASES:] == [reader.check(state) for state in sent[page]]
        for params, answer in zip(asked[page], answers[:CASES], strict=True):
            state, problems = reader.parse(params)
            assert answer["state"] == state, params
            assert answer["written"] == reader.module.to_params(state), params
            assert answer["checked"] == reader.check(state), params
            without_names = [problem.split("; the names most like it are ")[0].rstrip(".") for problem in problems]
            assert [problem.rstrip(".") for problem in answer["problems"]] == without_names, params
            ignored += len(problems)
        assert ignored > 0.5 * CASES


@pytest.mark.parametrize("page", OLD)
def test_addresses_of_an_old_version_open_what_they_did(page):
    parse = READERS[page].parse
    opened, _ = parse(FIRST.get(page, {}))
    for query, changed in OLD[page]:
        expected = dict(opened)
        for name, value in changed.items():
            expected[name] = opened[name] | value if isinstance(value, dict) else value
        assert parse(dict(parse_qsl(query))) == (expected, []), query


# Parameters, by their page, and layers that came after the old version.
NEWER = {"explore": {"scale", "shown"}, "practice": {"tab", "where", "case", "moment", "step"}}, {"pictures", "D"}


@pytest.mark.parametrize("page", [page for page in RIGHT if schema.PAGES[page].get("fields")])
def test_the_right_addresses_have_every_parameter_and_every_choice(page):
    written = [dict(parse_qsl(query)) for query, _ in RIGHT[page]]
    opened, _ = READERS[page].parse({})
    parameters, choices = NEWER
    for field in schema.PAGES[page]["fields"]:
        name = field["name"]
        values = {params[name] for params in written if name in params}
        assert values or name in parameters.get(page, ()), name
        if field["kind"] == "choice" and values:
            missing = {str(option) for option in field["options"]} - values - {str(opened[name])} - choices
            assert not missing, (name, missing)


def test_no_word_of_the_texts_stands_in_an_address():
    """Labels may change, in any language, and addresses stay: the options' names are plain ASCII without a space."""
    tables = [page.get("fields", []) for page in schema.PAGES.values()] + [schema.TABLE["settings"]]
    tables += [fields for page in schema.PAGES.values() for fields in page.get("tabs", {}).values()]
    options = [*KINDS, *DATASETS, *PRIORS, *schema.SETTINGS]
    listed = [field["options"] for fields in tables for field in fields if "options" in field]
    options += [str(option) for names in listed if not isinstance(names, str) for option in names]
    assert options and all(option.isascii() and re.fullmatch(r"[\w-]+", option) for option in options)


def test_a_page_can_name_models_that_only_this_browser_has():
    own = {"browser/mine": MODELS["digits-vae"]}
    assert "browser/mine".startswith(schema.BROWSER_MODELS)
    state, problems = explore.parse({"left": "browser/mine", "pick": "digits:1"}, DEFAULT, MODELS | own)
    assert problems == [] and state["left"] == "browser/mine"
    state, (problem,) = explore.parse({"left": "browser/mine"}, DEFAULT, MODELS)
    assert state == DEFAULT and "the browser that trained it" in problem


@pytest.mark.parametrize(
    "value, fine, text",
    [
        (0.03125, False, "0.0313"),
        (-0.03125, False, "-0.0312"),
        (-0.00001, False, "0"),
        (1000, False, "1000"),
        (0.015625, True, "0.01563"),
        (0.00001, True, "0.00001"),
        (12.34567, True, "12.3457"),
    ],
)
def test_numbers_are_written_as_they_are_kept(value, fine, text):
    assert schema.text(value, fine) == text and schema.rounded(float(text), fine) == float(text)
