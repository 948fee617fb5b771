"""The explorer's card on holes and its walks, in Node: a place is called a hole only where the program's own rule finds
one, against NumPy and scipy on the shipped codes."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from scipy.spatial import cKDTree

from explorer.priors import get_prior
from explorer.serving import catalogue
from explorer.store.bundle import load_bundle
from explorer.ui.texts.en.explore import WORDS as PAGE
from explorer.ui.texts.en.explore_walk import WORDS

from ..browser.driver import ROOT
from .test_walk import LOG_FIVE, log_density

HOLES = ["mnist-vae", "mnist-vae-beta0.1", "fashion-mnist-vae"]
NO_HOLES = ["mnist-aae", "fashion-mnist-aae", "digits-vae", "digits-aae", "mnist-vae-beta40"]
MORE = ["mnist-ae", "mnist-vae-mixture", "mnist-aae-swiss-roll"]  # found by the test: it knows no answer
AXIS = np.linspace(-2.5, 2.5, 81)
GRID = np.array([(x, y) for x in AXIS for y in AXIS])

pytestmark = pytest.mark.skipif(
    not (ROOT / "pretrained" / "mnist-aae").exists(), reason="no shipped models: python train.py makes them"
)

# The model as the page has it, and the lists of a page with this model alone.
LISTS = """
const model = await new Models(new URL(base)).open({ ...entry, tensors });
const panels = [{ name: "M", model }], card = cardOf("hole", panels, 2, cards);
const walk = examplesFor({ panels, words }).find((one) => /hole|gap/.test(one.name));
return { name: card.title, place: card.part.mean, radius: card.mark.radius, walk: walk.name, ends: walk.stops(),
  drawn: drawn(model).map((column) => [...column]) };
"""


@pytest.mark.parametrize("name", HOLES + NO_HOLES + MORE)
def test_a_place_is_called_a_hole_where_the_rule_finds_one(compute, name):
    bundle = load_bundle(ROOT / "pretrained" / name)
    prior = bundle.config.model.prior
    entry = {"name": name, "latent_dim": 2, "shape": catalogue.shape(prior), "classes": []}
    found = compute(
        "kernel/models explore/cards explore/holes explore/walk/examples",
        LISTS,
        cards=PAGE["cards"],
        entry=entry,
        tensors=f"tensors/{bundle.digest}",
        words=WORDS,
    )
    z = np.array(found["drawn"]).T
    assert (bundle.codes.log_var is None) == np.array_equal(z, bundle.codes.mean)  # sampled, where there is a q(z|x)

    def log_p(places: np.ndarray) -> np.ndarray:
        return get_prior(prior).log_prob(torch.tensor(places, dtype=torch.float32)).double().numpy()

    def excess(places: np.ndarray) -> np.ndarray:
        return log_p(places) - log_density(z, places)

    score = cKDTree(z).query(GRID)[0] ** 2 * np.exp(log_p(GRID))
    np.testing.assert_allclose(found["place"], GRID[score.argmax()], atol=1e-12)
    np.testing.assert_allclose(np.mean(found["ends"], 0), found["place"], atol=1e-12)
    assert found["radius"] == pytest.approx(cKDTree(z).query(found["place"])[0], abs=1e-6)  # the circle holds no code
    if prior == "swiss-roll":
        assert log_p(np.array([found["place"]]))[0] > -5  # where the prior has mass, not between its arms
    is_hole = bool(excess(np.array([found["place"]]))[0] > LOG_FIVE)
    if name not in MORE:
        assert is_hole == (name in HOLES)
    if not is_hole:
        assert excess(GRID).max() < LOG_FIVE  # nor is there one elsewhere
    assert found["name"] == ("A hole of the M" if is_hole else "A hole?")
    walk = "through a hole in q(z) (M)" if is_hole else "through the largest gap between codes (M)"
    assert found["walk"] == walk


def test_the_largest_gap_in_draws_of_the_prior_is_no_hole_and_a_cleared_disc_is(compute):
    codes = np.random.default_rng(7).standard_normal((10_000, 2))
    body = (
        "const model = { codes: { mean: columns, logVar: null }, entry: { latent_dim: 2, shape: null } };"
        "return largestGap(model);"
    )
    assert not compute("explore/places", body, columns=codes.T.tolist())["hole"]
    centre, radius = np.array([0.5, -0.25]), math.sqrt(0.1)
    cleared = codes[np.linalg.norm(codes - centre, axis=1) > radius]
    found = compute("explore/places", body, columns=cleared.T.tolist())
    assert found["hole"] and np.linalg.norm(np.array(found["place"]) - centre) < radius / 2


def test_no_gap_is_looked_for_in_more_dimensions(compute):
    body = (
        "const panels = [{ name: 'M', model: { entry: { latent_dim: 16, classes: [] } } }];"
        "return { card: cardOf('hole', panels, 16, cards), "
        "names: examplesFor({ panels, words }).map(({ name }) => name) };"
    )
    found = compute("explore/cards explore/walk/examples", body, cards=PAGE["cards"], words=WORDS)
    assert found["names"] and not [name for name in found["names"] if "hole" in name or "gap" in name]
    assert found["card"]["part"] is None and "two dimensions" in found["card"]["text"]
