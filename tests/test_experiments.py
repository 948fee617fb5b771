"""The experiments of the practice page, and the command that it shows beside settings that were changed."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
import torch
from streamlit.testing.v1 import AppTest

from explorer.address import practice as choices
from explorer.background import runs
from explorer.background.snapshot import Snapshots
from explorer.config import Change
from explorer.data import datasets
from explorer.serving import processes
from explorer.training import fit as training
from explorer.ui.experiments import DATASET, EXPERIMENTS
from explorer.ui.texts import texts_of

WORDS = texts_of("practice").EXPERIMENTS
BY_NAME = {experiment.name: experiment for experiment in EXPERIMENTS}


@pytest.mark.parametrize("name", BY_NAME)
def test_an_experiment_changes_one_thing_and_asks_before_it_tells(name):
    experiment, words = BY_NAME[name], WORDS[name]
    a, b = (experiment.runs()[side] for side in "ab")
    assert [setting for setting in a if a[setting] != b[setting]] == list(experiment.changed)
    assert choices.to_config(a) != choices.to_config(b)
    assert 2 <= len(words["answers"]) <= 3 and experiment.right in range(len(words["answers"]))
    assert words["question"].endswith("?") and words["watch"].startswith("Watch ") and words["why"]


def outcome(chosen: dict):
    """The means of the last epoch, and a snapshot of the trained model."""
    config = choices.to_config(chosen)
    train, test = datasets.load(DATASET, "train"), datasets.load(DATASET, "test")
    reports = training.fit(config, train.images, torch.device("cpu"), labels=train.labels)
    *_, last = reports
    return last.history[-1], Snapshots(config, test, torch.device("cpu")).take(last.model)


def contrast(snapshot) -> float:
    """How much the decoded pictures differ from each other: 0 to 255."""
    return snapshot.manifold.std(0).mean()


@pytest.mark.slow
@pytest.mark.parametrize("name", BY_NAME)
def test_the_answer_is_what_happens(name):
    chosen = BY_NAME[name].runs()
    (a, at_a), (b, at_b) = (outcome(chosen[side]) for side in "ab")
    w2 = [snapshot.distances["sliced_w2_squared"] for snapshot in (at_a, at_b)]
    if name == "beta":  # the KL falls to 0, the pictures are alike, and q(z) is on the prior
        assert b["kl"] < 0.01 < 1 < a["kl"] and contrast(at_b) < 2 < 20 < contrast(at_a) and w2[1] < 0.03
    elif name == "adversary":  # the codes spread, the reconstruction is better, D's losses are below log 2
        assert w2[1] > 30 * w2[0] and at_b.mean.std() > 2 * at_a.mean.std()
        assert b["reconstruction"] < a["reconstruction"] - 2
        assert max(b["discriminator_real"], b["discriminator_fake"]) < 0.6
    elif name == "rate":  # no NaN, and one picture
        assert contrast(at_b) < 1 < 20 < contrast(at_a) and b["reconstruction"] > a["reconstruction"] + 4
    elif name == "prior":
        assert w2[1] < 0.1 and contrast(at_b) > 20
    elif name == "seed":  # the losses are near, the classes are not
        assert abs(a["total"] - b["total"]) < 0.5
        labels = datasets.load(DATASET, "test").labels
        centres = [[snapshot.mean[labels == digit].mean(0) for digit in range(10)] for snapshot in (at_a, at_b)]
        moved = [((one - other) ** 2).sum() ** 0.5 for one, other in zip(*centres)]
        assert sum(moved) / 10 > 0.7


def page_with(monkeypatch, changes: list[Change]) -> AppTest:
    """The practice page, while run A trains with settings that were changed."""

    def script():
        from explorer.ui import practice

        practice.page()

    session = SimpleNamespace(runs={"a": SimpleNamespace(changes=changes), "b": None})
    registry = SimpleNamespace(new_token=lambda: "x-1", join=lambda *one: session, find=lambda token: session)
    monkeypatch.setattr(processes, "session_registry", lambda: registry)
    monkeypatch.setattr(runs, "warm", lambda: None)  # no training begins here
    page = AppTest.from_function(script, default_timeout=60)
    page.query_params["a"] = "vae,digits,beta=4"
    return page.run()


def test_the_command_says_where_it_does_not_train_the_same(monkeypatch):
    page = page_with(monkeypatch, [Change("beta", 1.0, 4.0, 46, 23)])
    (warning,) = page.warning
    assert "Settings of run A were changed while it trained: β = 1 until epoch 2.0." in warning.value
    assert any("--model vae --dataset digits --beta 4" in code.value for code in page.code)
    assert next(expander.label for expander in page.expander) == "Show the code"
    assert page_with(monkeypatch, []).warning.len == 0
