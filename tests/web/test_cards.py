"""What the first screen says of the shown models, in Node: each claim of a card and of the sentence above the maps
against NumPy on the shipped codes; the KL's bar against its terms."""

from __future__ import annotations

import re

import numpy as np
import pytest

from explorer.address import explore as state
from explorer.serving import catalogue
from explorer.store.bundle import load_bundle
from explorer.ui.texts.en.explore import WORDS

from ..browser.driver import ROOT

PAIRS = [("mnist-vae", "mnist-aae"), ("digits-vae", "digits-aae"), ("fashion-mnist-vae", "mnist-ae"),
    ("mnist-aae", "mnist-aae-swiss-roll"), ("mnist-vae-16d", "mnist-aae")]  # fmt: skip
CARDS = """
const models = await Promise.all(entries.map((entry) => new Models(new URL(base)).open(entry)));
const panels = models.map((model, i) => ({ name: names[i], model }));
return KINDS.map((kind) => ({ kind, ...cardOf(kind, panels, dimensions, words) }))
  .map(({ mark, ...card }) => ({ ...card, mark: mark && { ...mark, panel: mark.panel.name } }));
"""

pytestmark = pytest.mark.skipif(
    not (ROOT / "pretrained" / "mnist-aae").exists(), reason="no shipped models: python train.py makes them"
)


def entries() -> dict[str, dict]:
    return {entry["name"]: entry for entry in catalogue.current().entries}


def cards(compute, pair) -> dict[str, dict]:
    chosen = [entries()[name] for name in pair]
    found = compute(
        "kernel/models explore/cards",
        CARDS,
        entries=chosen,
        names=["A", "B"],
        dimensions=max(entry["latent_dim"] for entry in chosen),
        words=WORDS["cards"],
    )
    return {card["kind"]: card for card in found}


def sampled(compute, name: str) -> np.ndarray:
    """The codes (n, 2) as the map of sampled z has them; those of a deterministic encoder."""
    body = "return drawn(await new Models(new URL(base)).open(entry)).map((column) => [...column]);"
    return np.array(compute("kernel/models explore/holes", body, entry=entries()[name])).T


@pytest.mark.parametrize("pair", PAIRS)
def test_each_card_is_an_address_of_the_page_and_true_of_the_models(compute, pair):
    found, models = cards(compute, pair), entries()
    assert list(found) == ["between", "hole", "far", "wide", "watch"]
    start = state.default_state(models, [[pair[0]], [pair[1]]])
    for card in found.values():
        assert "{" not in card["title"] + card["text"]
        for part in [card["part"], card.get("other")]:
            if part:
                opened = start | part
                assert state.check(opened, start, models) == {
                    name: [state.schema.rounded(one) for one in value] if name in ("mean", "log_var") else value
                    for name, value in opened.items()
                }
    planar = [name for name in pair if models[name]["latent_dim"] == 2]
    codes = {name: sampled(compute, name) for name in planar}
    # far outside: the distances are those of the nearest codes
    distances = [np.linalg.norm(codes[name] - 3.5, axis=1).min() for name in planar]
    said = [float(text) for text in re.findall(r"is ([\d.]+) away", found["far"]["text"])]
    np.testing.assert_allclose(said, distances, atol=0.051)
    # the circle of the hole holds no code of its model
    mark = found["hole"]["mark"]
    marked = dict(zip("AB", pair))[mark["panel"]]
    assert np.linalg.norm(codes[marked] - mark["at"], axis=1).min() == pytest.approx(mark["radius"], abs=1e-5)


@pytest.mark.parametrize("card, mean, log_var, largest", [("far", 3.5, -4, "mean"), ("wide", 0, 1.5, "trace")])
def test_the_cards_on_the_kl_give_its_value_and_its_largest_term(compute, card, mean, log_var, largest):
    found = cards(compute, PAIRS[0])[card]
    assert set(found["part"]["mean"]) == {mean} and set(found["part"]["log_var"]) == {log_var}
    terms = {"trace": np.exp(log_var), "mean": mean**2, "dimension": -1, "logDet": -log_var}  # of one dimension, twice
    assert max(terms, key=terms.get) == largest
    if card == "far":
        assert float(re.search(r"is ([\d.]+) nats", found["text"]).group(1)) == pytest.approx(
            sum(terms.values()), abs=0.05
        )
    else:
        assert f"σ = {np.exp(log_var / 2):.1f}" in found["text"]


def test_the_classes_of_the_first_card_meet_where_it_puts_the_probe(compute):
    found = cards(compute, PAIRS[0])["between"]
    assert found["title"] == "Between a 4 and a 9" and "In the A, a 4" in found["text"]
    codes = load_bundle(ROOT / "pretrained" / PAIRS[0][0]).codes
    near = codes.label[np.argsort(np.linalg.norm(codes.mean - found["part"]["mean"], axis=1))[:200]]
    assert min((near == which).mean() for which in (4, 9)) > 0.25


def test_a_hole_is_looked_for_in_both_models_and_none_is_claimed(compute):
    assert cards(compute, ("mnist-aae", "mnist-vae"))["hole"]["title"] == "A hole of the B"
    without = cards(compute, ("digits-vae", "digits-aae"))["hole"]
    assert without["title"] == "A hole?" and without["text"].startswith("Neither model has a hole.")


def test_without_a_recording_the_last_card_is_the_drawing(compute):
    found = cards(compute, ("mnist-vae-16d", "mnist-aae-16d"))["watch"]
    assert found["part"]["tool"] == "draw" and "watch" not in found and "training" not in found["text"]


LEAD = "return leadOf(entries.map((entry, i) => ({ name: entry.title, entry })), words);"


@pytest.mark.parametrize("pair, said", [
    (("mnist-vae", "mnist-aae"), [
        "a handwritten digit, squeezed into 2 numbers",
        "The VAE keeps its codes tidy with a KL term, the AAE with a disc",
    ]),
    (("fashion-mnist-ae", "fashion-mnist-vae"), [
        "a picture of clothing", "The VAE keeps", "Nothing does so in the AE."
    ]),
    (("mnist-vae-16d", "digits-aae"), ["a test picture, squeezed into 16 or 2 numbers", "Point at a map"]),
    (("mnist-vae", "mnist-vae-beta40"), ["Both models keep their codes tidy with a KL term."]),
    (("mnist-ae", "fashion-mnist-ae"), ["Nothing keeps the codes of these models tidy."]),
])  # fmt: skip
def test_the_sentence_above_the_maps_is_true_of_the_models(compute, pair, said):
    lead = compute("explore/masthead", LEAD, entries=[entries()[name] for name in pair], words=WORDS)
    assert all(part in lead for part in said) and "{" not in lead and "undefined" not in lead


def test_the_bar_of_the_kl_adds_up(compute):
    """The positive terms are as long as the KL and the negative terms together, and the bar is wide enough."""
    rng = np.random.default_rng(0)
    for scale in (0.1, 1, 3):
        mean, log_var = rng.normal(size=(2, 3)) * scale
        terms = {
            "trace": 0.5 * np.exp(log_var),
            "mean": 0.5 * mean**2,
            "dimension": -0.5 + 0 * mean,
            "logDet": -0.5 * log_var,
        }
        sums = {name: float(value.sum()) for name, value in terms.items()}
        kl = sum(sums.values())
        found = compute("explore/readout", "return barOf(sums, kl);", sums=sums, kl=kl)
        rows = {above: [part for part in found["parts"] if part["above"] == above] for above in (True, False)}
        ends = [max((part["to"] for part in row), default=0) for row in rows.values()]
        assert ends[0] == pytest.approx(ends[1]) and ends[0] <= found["wide"] < max(2 * ends[0], 20)
        assert {part["name"]: part["to"] - part["from"] for part in found["parts"]} == pytest.approx(
            {name: abs(value) for name, value in sums.items()}
        )
        assert min(part["from"] for part in rows[False]) == pytest.approx(kl)


def test_each_model_is_shown_as_the_machine_that_it_is(compute):
    body = """
    const masthead = Object.assign(Object.create(Masthead.prototype), { words, lessons });
    return entries.map((entry) => masthead.way(entry.title, entry) + masthead.held(entry));"""
    names = ("mnist-vae", "mnist-aae", "mnist-ae")
    given = {"entries": [entries()[name] for name in names], "words": WORDS}
    with_lessons = compute("explore/masthead", body.replace("lessons", "lessons: new URL(base)", 1), **given)
    assert [" ".join(re.sub("<.*?>", " ", html).split()) for html in with_lessons] == [
        "VAE → encoder → N(μ, σ²) → z → decoder → held to p(z) by KL",
        "AAE → encoder → z → decoder → held to p(z) by D",
        "AE → encoder → z → decoder →",
    ]
    links = [re.findall(r'href="[^"]*/([^"/]+)"', html) for html in with_lessons]
    assert links == [
        ["kl?tab=loss", "reparameterisation?view=draws", "why?tab=evidence", "kl?tab=derivation&step=6"],
        ["adversary?tab=point", "why?tab=evidence", "adversary?tab=field"],
        ["why?tab=invent", "why?tab=evidence"],
    ]
    alone = compute("explore/masthead", body.replace("lessons", "lessons: null", 1), **given)
    assert not any("href" in html for html in alone)  # in an exported file there are no lessons


def test_a_picture_that_comes_before_both_models_is_kept(compute):
    body = """
    const masthead = new Masthead({ querySelector: () => ({}) }, {}, null), canvas = { hidden: true };
    masthead.take(canvas);
    return masthead.source === canvas && masthead.picture === null;"""
    assert compute("explore/masthead", body)
