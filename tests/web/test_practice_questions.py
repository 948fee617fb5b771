"""The questions of lesson 4: the numbers that Python sends, and in Node the options that are right by them."""

from __future__ import annotations

import itertools
import re

import pytest

from explorer.clinic import recordings
from explorer.config import DATASETS, recipe
from explorer.objectives import effective_beta
from explorer.serving import catalogue
from explorer.ui import predictions
from explorer.ui.texts import texts_of

from ..browser.driver import ROOT

WORDS = texts_of("practice").WORDS
needs_models = pytest.mark.skipif(
    not (ROOT / "pretrained" / "mnist-vae").exists(), reason="no shipped models: python train.py makes them"
)
CLEAR = 0.05  # practice/questions.js: a smaller change counts as hardly any
PAIR = {"bce": [130.0, 200.0], "kl": [7.0, 0.1], "sliced": [0.02, 0.8], "beta": [1.0, 40.0], "images": 10000}
GIVEN = {
    "high": PAIR, "low": PAIR, "width": {"vae": 0.3, "aae": None},
    "pixels": {"dataset": "digits", "pixels": 64, "factor": 64.0, "beta": 2.0, "kl": [2.0, 0.0]},
    "rate": {"sliced": [0.02, 12.0]},
    "dimensions": {"dimensions": [2, 8, 16], "bce": [130.0, 80.0, 79.0], "images": 10},
}  # fmt: skip
ENTRIES = [
    {
        "name": name, "weights": {"beta": beta}, "latent_dim": dimensions, "images": 360,
        "metrics": {"reconstruction_sampled": bce, "kl": kl, "sliced_w2_squared": sliced},
    }
    for name, beta, dimensions, bce, kl, sliced in [
        ("mnist-vae", 1.0, 2, 130.0, 7.0, 0.02), ("mnist-vae-beta40", 40.0, 2, 205.0, 0.0, 0.001),
        ("mnist-vae-beta0.1", 0.1, 2, 133.0, 10.0, 0.8), ("mnist-vae-8d", 1.0, 8, 86.0, 17.0, 0.01),
        ("mnist-vae-16d", 1.0, 16, 77.0, 21.0, 0.004), ("mnist-vae-32d", 1.0, 32, 76.0, 22.0, 0.003),
    ]
]  # fmt: skip


@pytest.fixture
def ask(compute):
    """`ask(name, given)`: a question's {answer, values}, its names, and its bars: at first, of each option, at the end."""
    body = """
    const { answer, values } = QUESTIONS[name](given);
    const scene = (option, isRevealed) => sceneOf(name, given, option, isRevealed);
    const first = scene(undefined, false), shown = scene(0, true);
    return {
      answer, values, names: namesOf(name, given), first, shown, all: Object.keys(QUESTIONS), clear: CLEAR,
      guesses: [0, 1, 2].map((option) => scene(option, false)), rows: rowsOf(name, given, shown),
    };
    """
    return lambda name, given: compute("practice/questions", body, name=name, given=given)


def answer(ask, name: str, **changed) -> int:
    return ask(name, GIVEN[name] | changed)["answer"]


def test_every_question_has_its_words_its_source_and_a_bar_for_each_number(ask):
    assert list(GIVEN) == ask("high", PAIR)["all"] == list(predictions.numbers())
    for name, given in GIVEN.items():
        found = ask(name, given)
        assert len(WORDS[f"{name}_options"].split("|")) == 3, name
        places = {
            part: set(re.findall(r"\{(\w+)\}", WORDS[f"{name}_{part}"])) for part in ("because", "question", "from")
        }
        assert places["because"] <= set(found["values"]) and places["question"] | places["from"] <= set(found["names"])
        bars = given["dimensions"] if name == "dimensions" else WORDS[f"{name}_bars"].split("|")
        assert [row["key"] for row in found["rows"]] == list(found["shown"]) and len(bars) == len(found["rows"])
        assert all(value <= row["most"] for row, value in zip(found["rows"], found["shown"].values())), name
        assert WORDS[f"{name}_scene"] and WORDS[f"{name}_shown"]


@pytest.mark.parametrize("name", GIVEN)
def test_the_bars_tell_nothing_before_the_answer_is_revealed(ask, name):
    found = ask(name, GIVEN[name])
    asked = [key for key, value in found["first"].items() if value is None]
    assert asked and len({str(guess) for guess in found["guesses"]}) == 3
    for guess in found["guesses"]:
        assert all(guess[key] == value for key, value in found["first"].items() if key not in asked)
    assert None not in found["shown"].values()


def test_the_right_option_follows_from_the_numbers(ask):
    assert ask("high", PAIR)["clear"] == CLEAR
    assert [answer(ask, "high", kl=kl, bce=bce) for kl, bce in (
        ([7, 9], [130, 120]), ([7, 1], [130, 200]), ([7, 6.9], [130, 131]))] == [0, 1, 2]  # fmt: skip
    assert [answer(ask, "low", sliced=[1, now]) for now in (1.01, 0.5, 2)] == [0, 1, 2]
    assert [answer(ask, "width", aae=aae) for aae in (None, 0.25, 1.0)] == [0, 1, 2]
    assert [answer(ask, "pixels", factor=factor) for factor in (1 / 64, 1.0, 64.0)] == [0, 1, 2]
    assert [answer(ask, "rate", sliced=[1, now]) for now in (0.5, 2, 1.01)] == [0, 1, 2]
    assert [answer(ask, "dimensions", bce=bce) for bce in ([9, 7, 5], [9, 5, 5.1], [9, 9.1, 9.2])] == [0, 1, 2]


def test_the_beta_of_a_mean_over_pixels_is_that_of_effective_beta(ask):
    numbers = predictions.numbers()["pixels"]
    assert set(numbers["factors"]) == set(DATASETS)
    for (dataset, of), beta in itertools.product(numbers["factors"].items(), (0.5, 4.0)):
        model = recipe(dataset, "vae").model
        assert of == {"pixels": model.pixels, "factor": effective_beta("mean", "sum", model.pixels, model.latent_dim)}
        found = ask("pixels", of | {"dataset": dataset, "beta": beta, "kl": numbers["kl"]})
        assert found["shown"] == {"sum": beta, "mean": of["factor"] * beta} and found["answer"] == 2
        assert float(found["values"]["effective"]) == pytest.approx(of["factor"] * beta, rel=1e-3)


def test_the_clinics_numbers_are_those_of_its_recordings(ask):
    numbers = predictions.numbers()
    figures = {name: recordings.figures(recordings.load(name)) for name in recordings.digests()}
    assert numbers["rate"]["sliced"] == [
        figures[name]["sliced_w2_squared"] for name in ("aae-textbook-2d", "fast_discriminator")
    ]
    assert numbers["pixels"]["kl"] == [figures[name]["kl"] for name in ("vae-2d", "mean_over_pixels")]
    assert numbers["width"] == {"vae": figures["vae-2d"]["sigma"], "aae": None}  # a code has no σ
    assert ask("width", numbers["width"])["answer"] == 0 and ask("rate", numbers["rate"])["answer"] == 1


def test_models_give_the_numbers_and_without_them_there_is_no_question(monkeypatch):
    def numbers_of(entries: list[dict]) -> dict:
        monkeypatch.setattr(catalogue, "current", lambda: catalogue.Catalogue(entries, []))
        return predictions.numbers()

    numbers = numbers_of(ENTRIES)
    assert numbers["high"] == {
        "bce": [130.0, 205.0], "kl": [7.0, 0.0], "sliced": [0.02, 0.001], "beta": [1.0, 40.0], "images": 360,
    }  # fmt: skip
    assert numbers["low"]["sliced"] == [0.02, 0.8] and numbers["low"]["beta"] == [1.0, 0.1]
    assert numbers["dimensions"] == {"dimensions": [2, 8, 16, 32], "bce": [130.0, 86.0, 77.0, 76.0], "images": 360}
    numbers = numbers_of(ENTRIES[:2])
    assert numbers["high"] and numbers["low"] is numbers["dimensions"] is None


@needs_models
def test_the_shipped_models_give_an_answer_to_every_question(ask):
    numbers = predictions.numbers()
    for name in ("high", "low", "dimensions"):
        found = ask(name, numbers[name])
        assert found["answer"] in (0, 1, 2) and not any("undefined" in text for text in found["values"].values())
