"""Bad input in an address or a browser's message: the state stays legal, and people get a sentence.

Nothing raises, and no text becomes markup.
"""

from __future__ import annotations

import copy
import json
import random
import re
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.address import adversary as adversary_state
from explorer.address import explore as state
from explorer.address import kl as kl_state
from explorer.address import practice as choices
from explorer.address import reparameterisation as reparameterisation_state
from explorer.address import why as why_state
from explorer.serving import failure
from explorer.ui import kept

from .test_adversary_state import MODELS as LESSON_MODELS
from .test_kl_state import DEFAULT as KL_DEFAULT
from .test_kl_state import MODELS as KL_MODELS
from .test_state import DEFAULT, MODELS
from .test_why_state import DEFAULT as WHY_DEFAULT
from .test_why_state import MODELS as WHY_MODELS

CASES = 1000
JUNK = [
    "", " ", "nan", "NaN", "inf", "-inf", "Infinity", "1e308", "-1e308", "1e309", "1e-320", "9" * 400, "0x10", "1_000",
    "٣", "½", "−1", "-0", "+1", "1.", ".5", "1,", ",", ",,,", ";",
    "null", "None", "true", "[]", "{}", "unknown-model", "mnist-vae ", "MNIST-VAE", "../../etc/passwd", "mnist:1e3",
    "mnist:99999999", "mnist:-1", ":", "a:b:c",
    "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "javascript:alert(1)", "![x](http://e.vil/x)",
    "[x](http://e.vil)", "http://e.vil", "$\\frac12$", ":red[x]", "`", "```", "\n# x", "\0",
    "\ud800", "☃", "é" * 50, "\u202e", "a\r\nSet-Cookie: x=y", "%00", "%", "&left=x", "x" * 100_000, "1," * 50_000,
    "mnist:1;" * 12_000, "9" * 100_000, "-" * 100_000, "vae,digits," + "beta=1," * 15_000,
]  # fmt: skip
VALUES = [
    None,
    True,
    False,
    0,
    -1,
    0.5,
    2**70,
    -(2**70),
    1e308,
    float("nan"),
    float("inf"),
    "",
    "x",
    "1",
    "<script>",
    "x" * 10_000,
    [],
    [[]],
    [None],
    [1e308, 1],
    ["a", "b"],
    [0] * 5000,
    {},
    {"a": {}},
    [[[[]]]],
]


class Page(SimpleNamespace):
    """A page's parser: parse(params), to_params(state), check(sent), and its parameters."""


LESSON_DEFAULT = adversary_state.default_state(LESSON_MODELS)
REPARAMETERISATION_DEFAULT = reparameterisation_state.default_state(MODELS, ("digits-vae",))
PAGES = {
    "explorer": Page(
        parameters=state.PARAMETERS, to_params=state.to_params, default=DEFAULT,
        parse=lambda params: state.parse(params, DEFAULT, MODELS),
        check=lambda sent: state.check(sent, DEFAULT, MODELS),
    ),
    "why": Page(
        parameters=why_state.PARAMETERS, to_params=why_state.to_params, default=WHY_DEFAULT,
        parse=lambda params: why_state.parse(params, WHY_DEFAULT, WHY_MODELS),
        check=lambda sent: why_state.check(sent, WHY_DEFAULT, WHY_MODELS),
    ),
    "kl": Page(
        parameters=kl_state.PARAMETERS, to_params=kl_state.to_params, default=KL_DEFAULT,
        parse=lambda params: kl_state.parse(params, KL_DEFAULT, KL_MODELS),
        check=lambda sent: kl_state.check(sent, KL_DEFAULT, KL_MODELS),
    ),
    "reparameterisation": Page(
        parameters=reparameterisation_state.PARAMETERS, to_params=reparameterisation_state.to_params,
        default=REPARAMETERISATION_DEFAULT,
        parse=lambda params: reparameterisation_state.parse(params, REPARAMETERISATION_DEFAULT, MODELS),
        check=lambda sent: reparameterisation_state.check(sent, REPARAMETERISATION_DEFAULT, MODELS),
    ),
    "adversary": Page(
        parameters=adversary_state.PARAMETERS, to_params=adversary_state.to_params, default=LESSON_DEFAULT,
        parse=lambda params: adversary_state.parse(params, LESSON_DEFAULT, LESSON_MODELS),
        check=lambda sent: adversary_state.check(sent, LESSON_DEFAULT, LESSON_MODELS),
    ),
    "practice": Page(parameters=choices.PARAMETERS, to_params=choices.to_params, default=choices.parse({})[0],
        parse=choices.parse, check=choices.check),
}  # fmt: skip


def legal_values(rng: random.Random, page: Page) -> dict[str, str]:
    """An address of the page as it opens, and what its tabs and tools add."""
    tab = {"tab": rng.choice(adversary_state.TABS)} if page is PAGES["adversary"] else {}
    return page.to_params(page.default | tab)


def broken(rng: random.Random, written: str) -> str:
    """A value that was right, with one thing wrong."""
    at = rng.randrange(len(written) + 1)
    return rng.choice([
        written[:at], written[at:], written + written, written[:at] + rng.choice("-,;:e.\0é<") + written[at:],
        written.replace(",", rng.choice(["", ";", ",,"])), written.upper(),
        re.sub(r"\d+", lambda _: rng.choice(["nan", "1e308", "-9", "", "007"]), written, count=1),
    ])  # fmt: skip


def assert_legal(page: Page, found: dict) -> None:
    """An address can say it, and gives it back; JSON can carry it to the browser."""
    json.dumps(found, allow_nan=False)
    written = page.to_params(found)
    assert all(isinstance(value, str) and len(value) < 2000 for value in written.values())
    again, problems = page.parse(written)
    assert problems == [] and page.to_params(again) == written
    assert set(found) == set(page.default)


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
def test_a_thousand_addresses(page):
    rng, said = random.Random(8), 0
    for _ in range(CASES):
        right = legal_values(rng, page)
        known = [*page.parameters, *right, *right]  # those that are read come three times
        names = rng.sample(known, rng.randint(1, min(4, len(page.parameters))))
        params = {
            name: rng.choice(JUNK) if name not in right or rng.random() < 0.6 else broken(rng, right[name])
            for name in names
        }
        if rng.random() < 0.5:
            params = right | params
        found, problems = page.parse(params)
        assert_legal(page, found)
        assert all(len(problem) < 700 and ("was ignored" in problem) for problem in problems), problems
        said += bool(problems)
    assert said > 0.5 * CASES  # most of them are wrong


def junk_somewhere(rng: random.Random, sent):
    """A copy with a value, at any depth, replaced, dropped or added."""
    if isinstance(sent, dict) and sent and rng.random() < 0.9:
        name = rng.choice(list(sent))
        change = rng.random()
        if change < 0.1:
            return {key: value for key, value in sent.items() if key != name}
        if change < 0.2:
            return sent | {rng.choice(["extra", "__class__", "revision", ""]): rng.choice(VALUES)}
        return sent | {name: junk_somewhere(rng, sent[name])}
    if isinstance(sent, list) and sent and rng.random() < 0.6:
        at = rng.randrange(len(sent))
        return [*sent[:at], junk_somewhere(rng, sent[at]), *sent[at + 1 :]]
    return copy.deepcopy(rng.choice(VALUES))


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
def test_a_thousand_messages_of_a_browser(page, monkeypatch):
    rng, kept_ones = random.Random(3), 0
    fake = SimpleNamespace(
        session_state={}, query_params=SimpleNamespace(from_dict=lambda params: written.append(params))
    )
    monkeypatch.setattr(kept, "st", fake)
    keep = kept.keeper("page", page.check, page.to_params)
    for _ in range(CASES):
        written: list[dict] = []
        fake.session_state = {
            "page_state": "before",
            "page": {"state": junk_somewhere(rng, copy.deepcopy(page.default) | {"revision": 3})},
        }
        keep()
        found = fake.session_state["page_state"]
        if found == "before":
            assert written == []  # nothing of it was taken
            continue
        kept_ones += 1
        assert isinstance(found.get("revision", 0), int) and written == [page.to_params(found)]
        assert_legal(page, {name: value for name, value in found.items() if name != "revision"})
    assert kept_ones > 50


@pytest.mark.parametrize("sent", [*VALUES, *({"state": value} for value in VALUES)], ids=lambda value: repr(value)[:20])
def test_messages_that_are_no_state_at_all(sent, monkeypatch):
    for page in PAGES.values():
        fake = SimpleNamespace(session_state={"page": sent}, query_params=None)
        monkeypatch.setattr(kept, "st", fake)
        kept.keeper("page", page.check, page.to_params)()
        assert "page_state" not in fake.session_state or fake.session_state["page_state"] == page.default


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
def test_a_right_message_is_kept_as_it_is(page, monkeypatch):
    fake = SimpleNamespace(
        session_state={"page": {"state": page.default | {"revision": 7}}},
        query_params=SimpleNamespace(from_dict=lambda params: None),
    )
    monkeypatch.setattr(kept, "st", fake)
    kept.keeper("page", page.check, page.to_params)()
    assert fake.session_state["page_state"] == page.default | {"revision": 7}


def test_what_the_address_does_not_hold_is_kept_too():
    """Tabs that are not open, and the tool Near's choices while another is."""
    sent = copy.deepcopy(LESSON_DEFAULT)
    sent["tab"], sent["teach"]["std"], sent["play"]["seed"], sent["readings"]["other"] = "field", 0.7, 5, "line"
    assert PAGES["adversary"].check(sent) == sent
    sent = DEFAULT | {
        "tool": "walk",
        "near": "find",
        "near_k": "12",
        "near_at": [1.0, 2.0],
        "near_region": "circle,0.8",
    }
    assert PAGES["explorer"].check(sent) == sent


# Words from outside are shown as words.


@given(st.text(max_size=60) | st.sampled_from([one[:200] for one in JUNK]))
def test_words_from_outside_cannot_be_markup(text):
    shown = failure.plain(text)
    outside = re.sub(
        "`[^`]+`", "", re.sub(r"\\.", "", shown)
    )  # without escaped characters, and without code, where nothing is markup
    assert not re.search(r"[!-/:-@\[-`{-~]", outside) and "\n" not in shown
    assert not re.search(
        r"(?i)https?://|www\.|[-.\w+]@[-\w]", re.sub(r"\\(.)", r"\1", re.sub("`[^`]+`", "", shown))
    )  # which would become links
    assert (
        re.sub(r"\\(.)", r"\1", shown).replace("\u2060", "").split() == text.replace("\u2060", "").split()
        or "`" in text
        or "\\" in text
    )


def test_code_in_a_sentence_stays_code():
    assert (
        failure.plain("a/b.json: it is missing. Run `python train.py`.")
        == r"a\/b\.json\: it is missing\. Run `python train.py`\."
    )


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
def test_a_long_value_is_shortened_where_it_is_named(page):
    for name in page.parameters:
        for problem in page.parse({name: "<b>" * 30_000})[1]:
            assert problem.count("<b>") < 40 and len(problem) < 700
