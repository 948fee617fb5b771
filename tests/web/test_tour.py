"""The answers of the tour's questions in Node: from the numbers that the page shows."""

from __future__ import annotations

import pytest

from explorer.ui import tour

# A page that shows some texts. Returns the answer of a step.
ANSWER = """
const text = (selector) => texts[selector] ?? "";
const numbers = (selector) => text(selector).match(/−?\\d[\\d,]*(\\.\\d+)?/g) ?? [];
return answerOf(name, { tab, text, numbers, facts });
"""


@pytest.fixture
def answer(compute):
    def one(name: str, texts: dict | None = None, tab: str = "", facts: dict | None = None):
        return compute("tour/answers", ANSWER, name=name, texts=texts or {}, tab=tab, facts=facts or {})

    return one


def covers(left: int, right: int) -> dict:
    sides = {"left": left, "right": right}
    return {
        f".panel.{side} .facts > span": f"The codes cover {share} % of the prior (perfect: 97 %). "
        for side, share in sides.items()
    }


def test_each_step_has_an_answer(compute):
    assert compute("tour/answers", "return NAMES;") == [step.name for step in tour.STEPS]


@pytest.mark.parametrize("name", [step.name for step in tour.STEPS])
def test_without_its_view_a_question_is_not_asked(answer, name):
    assert answer(name) is None and answer(name, tab="other") is None


@pytest.mark.parametrize(("left", "right", "right_answer"), [(81, 97, 1), (97, 81, 0), (90, 91, 2), (9, 100, 1)])
def test_the_better_match_is_read_from_the_page(answer, left, right, right_answer):
    values = {"left": str(left), "right": str(right), "best": "97"}
    assert answer("beta", covers(left, right)) == {"right": right_answer, "values": values}


@pytest.mark.parametrize(("a", "b", "right"), [("1.3944", "1.3944", 2), ("1.38", "0.9", 0), ("0.2", "1.3", 1)])
def test_losses_that_are_alike_tell_nothing(answer, a, b, right):
    texts = {".readings .a [data-is=loss]": a, ".readings .b [data-is=loss]": b}
    texts |= {".readings .a [data-is=jsd]": "0.00000 nats", ".readings .b [data-is=jsd]": "0.55478 nats"}
    found = answer("readings", texts, tab="readings")
    assert found == {"right": right, "values": {"loss_a": a, "loss_b": b, "jsd_a": "0.00000", "jsd_b": "0.55478"}}
    assert answer("readings", texts, tab="teach") is None


def test_a_sentence_of_the_page_ends_at_its_full_stop(answer):
    text = "Step 1: σ = 2.00 − 1.50 · 1.50 = −0.25. There is no log of that: the loss is NaN."
    found = answer("logvar", {".logvar [data-run=std] .run-text": text}, tab="logvar")
    assert found["values"]["sentence"] == "Step 1: σ = 2.00 − 1.50 · 1.50 = −0.25."


def test_the_price_is_the_scoreboards(answer):
    facts = {"kl": "7.00", "mutual_information": "6.62", "marginal_kl": "0.37"}
    assert answer("price", facts=facts) == {"right": 2, "values": facts}
    assert answer("price", facts={"kl": "7.00"}) is None
