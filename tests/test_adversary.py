"""What Python makes of a finished change of the adversary lesson, against FACTS and against differences."""

import copy
import math

import numpy as np
import pytest
import torch

from explorer.address.adversary import PRESETS
from explorer.serving import bundles, catalogue, places
from explorer.store.bundle import load_bundle
from explorer.ui import adversary
from explorer.ui.texts.en import adversary as texts

AAES = [
    bundle.path
    for bundle in map(load_bundle, sorted(places.FOLDERS[""].glob("*aae*")))
    if bundle.config.model.latent_dim == 2
]


# mean, standard deviation, hole, its place, JSD: by quadrature; for a hole of mass h it is
# ½ (h log 2 + (1−h) log(2(1−h)/(2−h)) + log(2/(2−h)))
@pytest.mark.parametrize(
    "mean, std, hole, at, jsd",
    [([0.5, 0.0], 1.0, 0.0, [0.0, 0.0], 0.03031), ([0.0, 2.0], 1.0, 0.0, [0.0, 0.0], 0.33683),
        ([0.0, 0.0], 2.0, 0.0, [0.0, 0.0], 0.17332),
     ([0.0, 0.0], 1.0, 0.05, [0.0, 0.0], 0.01765), ([0.0, 0.0], 1.0, 0.05, [1.0, -0.5], 0.01765)],
)  # fmt: skip
def test_divergence_by_draws_against_quadrature(mean, std, hole, at, jsd):
    found, error = adversary.divergence_by_draws("normal", mean, std, hole, at)
    assert math.isfinite(found) and 0 < error < 0.002
    assert abs(found - jsd) < 4 * error


def test_the_jsd_of_a_hole_follows_from_its_mass():
    h = 0.05
    jsd = 0.5 * (h * math.log(2) + (1 - h) * math.log(2 * (1 - h) / (2 - h)) + math.log(2 / (2 - h)))
    assert round(jsd, 5) == 0.01765 and round(2 * math.log(2) - 2 * jsd, 4) == 1.3510


@pytest.mark.skipif(not AAES, reason="no shipped models: python train.py makes them")
@pytest.mark.parametrize("path", AAES, ids=lambda path: path.name)
def test_pull_is_the_slope_of_log_d(path):
    digest = load_bundle(path).digest
    discriminator = copy.deepcopy(bundles.model(digest).discriminator).double()
    z, label, step = [0.7, -0.4], 3, 1e-6
    logit, pull = adversary.discriminator_at(digest, z, label)
    labels = torch.full((4,), label) if discriminator.label_informed else None
    around = torch.tensor(z).double() + step * torch.tensor([[1.0, 0], [-1.0, 0], [0, 1.0], [0, -1.0]]).double()
    log_d = torch.nn.functional.logsigmoid(discriminator(around, labels))
    assert np.isfinite([logit, *pull]).all()
    assert adversary.discriminator_at(digest, [1, -2], label) == adversary.discriminator_at(
        digest, [1.0, -2.0], label
    )  # as JSON writes them
    slopes = [(log_d[0] - log_d[1]).item() / (2 * step), (log_d[2] - log_d[3]).item() / (2 * step)]
    np.testing.assert_allclose(pull, slopes, rtol=1e-4, atol=1e-4)


def test_every_preset_and_case_has_its_words():
    assert all(f"says_{name}" in texts.WORDS and f"preset_{name}" in texts.WORDS for name in (*PRESETS, "own"))


def test_lists_open_on_the_models_of_the_front_page():
    entry = {"shape": None, "latent_dim": 2, "weights": {}, "images": 10}
    planar = [
        {"name": name, "stochastic": kind == "vae", "discriminator": kind == "aae", **entry}
        for name, kind in (
            ("a-vae", "vae"),
            ("digits-vae", "vae"),
            ("mnist-aae", "aae"),
            ("mnist-ae", "ae"),
            ("mnist-vae", "vae"),
        )
    ]
    planar.append({"name": "mnist-vae-mixture", "stochastic": True, "discriminator": False, "shape": {}, "weights": {}})
    found = adversary.choices(planar)
    assert found["vae"] == ["mnist-vae", "digits-vae", "a-vae"]  # with N(0, I) alone: the page draws its closed form
    assert (
        found["aae"] == ["mnist-aae"]
        and found["model"][0] == "mnist-aae"
        and set(found["model"]) == {one["name"] for one in planar}
    )


@pytest.mark.skipif(not AAES, reason="no shipped models: python train.py makes them")
def test_python_answers_for_weights_that_are_kept_alone():
    planar = {entry["name"]: entry for entry in catalogue.current().entries}
    state = {
        "tab": "field",
        "field": {"vae": "digits-vae", "aae": "digits-aae", "z": [1, 1], "label": 0, "moment": None},
    }
    assert adversary.check(state, planar)["of"] == ["digits-aae", [1, 1], 0]
    state["field"]["moment"] = 7
    assert adversary.check(state, planar) is None  # recorded: the page shows a moment whose weights are gone
    state["field"]["moment"] = planar["digits-aae"]["moments"] - 1
    assert adversary.check(state, planar) is not None  # the last one is the finished model
    state["field"]["moment"] = 7
    unrecorded = planar | {"digits-aae": planar["digits-aae"] | {"moments": 0}}
    assert adversary.check(state, unrecorded) is not None  # the page shows the finished one
