"""The explorer's first screen: what a plain address opens, and that other addresses open what they always did."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from streamlit.testing.v1 import AppTest

from explorer.address import explore as state
from explorer.data.originals import sheet
from explorer.serving import places
from explorer.store.bundle import load_bundle

ROOT = Path(__file__).resolve().parent.parent
OLD = json.loads((Path(__file__).parent / "old_addresses.json").read_text(encoding="utf-8"))["explore"]

pytestmark = pytest.mark.skipif(
    not (ROOT / "pretrained" / "mnist-aae").exists(), reason="no shipped models: python train.py makes them"
)


def opened(monkeypatch, **params: str) -> dict:
    """The state that the front page gives its component for an address."""

    def script() -> None:
        from explorer.ui import explore

        explore.page()

    monkeypatch.setattr(places, "FOLDERS", {"": ROOT / "pretrained"})
    page = AppTest.from_function(script, default_timeout=60)
    for name, value in params.items():
        page.query_params[name] = value
    page.run()
    assert not page.exception
    return page.session_state["explorer_state"]


def test_a_plain_address_opens_on_a_picked_image_at_the_vaes_code(monkeypatch):
    found = opened(monkeypatch)
    dataset, row = found["pick"].split(":")
    codes = load_bundle(ROOT / "pretrained" / found["left"]).codes
    assert (found["left"], found["right"], dataset) == ("mnist-vae", "mnist-aae", "mnist")
    np.testing.assert_allclose(found["mean"], codes.mean[int(row)], atol=1e-4)
    np.testing.assert_allclose(found["log_var"], codes.log_var[int(row)], atol=1e-4)


def test_both_models_rebuild_the_picked_image_from_a_code_off_the_centre(monkeypatch):
    """The nearest neighbour among all other test images gives the picture and both reconstructions the same class."""
    found = opened(monkeypatch)
    row, images = int(found["pick"].split(":")[1]), sheet("mnist") / 255.0
    for name in (found["left"], found["right"]):
        bundle = load_bundle(ROOT / "pretrained" / name)
        mean = bundle.codes.mean[row]
        assert np.linalg.norm(mean) > 1, name
        with torch.no_grad():
            rebuilt = torch.sigmoid(bundle.model().decode(torch.from_numpy(mean[None])))[0].numpy()
        others = np.delete(np.arange(len(images)), row)
        nearest = others[np.argsort(((images[others] - rebuilt) ** 2).sum(1))[:5]]
        assert (bundle.codes.label[nearest] == bundle.codes.label[row]).all(), name


def test_an_address_that_names_the_probe_opens_without_an_image(monkeypatch):
    found = opened(monkeypatch, mean="0.5,-1")
    assert found["pick"] is None and (found["mean"], found["log_var"]) == ([0.5, -1.0], [-2.0, -2.0])


@pytest.mark.parametrize("query", ["tool=draw", "codes=sampled", "moment=29"])
def test_an_old_address_opens_the_probe_where_it_did(monkeypatch, query):
    (expected,) = [found for written, found in OLD if written == query]
    found = opened(monkeypatch, **dict([query.split("=")]))
    assert found | expected == found
    assert found["pick"] is None and (found["mean"], found["log_var"]) == ([0.0, 0.0], [-2.0, -2.0])


def test_the_probe_of_more_dimensions_keeps_what_the_code_lacks():
    models = {
        name: {"dataset": "mnist", "images": 10, "latent_dim": many, "classes": ["0"]}
        for name, many in (("two", 2), ("four", 4))
    }
    default = state.default_state(models, (("two",), ("four",)))
    found = state.at_image(default, "mnist:0", [1.23456, 2], None)
    assert found["mean"] == [1.2346, 2.0, 0.0, 0.0] and found["log_var"] == [-2.0] * 4 and found["pick"] == "mnist:0"
    assert state.parse(state.to_params(found), default, models) == (found, [])
