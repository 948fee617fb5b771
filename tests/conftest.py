"""What several test files share: where the datasets are, and two small models trained on digits."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import hypothesis
import pytest
import threadpoolctl
import torch

from explorer.config import Config, ModelConfig, TrainingConfig
from explorer.data import datasets
from explorer.models import Autoencoder
from explorer.store import bundle
from explorer.training import fit as training
from explorer.training.evaluation import Evaluation, evaluate

ROOT = Path(__file__).resolve().parent.parent
DATA = Path(os.environ.get("EXPLORER_DATA_DIR", ROOT / "data"))
EPOCHS = 16

torch.set_num_threads(1)  # the same numbers whatever else the machine does
threadpoolctl.threadpool_limits(1)  # the same for NumPy and scikit-learn, whose threads spin while they wait
hypothesis.settings.register_profile("same every time", derandomize=True, deadline=None, database=None)
hypothesis.settings.load_profile("same every time")


def needed_datasets(item) -> set[str]:
    """The datasets that a test is marked to need: `@pytest.mark.needs_dataset("mnist")`."""
    return {name for marker in item.iter_markers("needs_dataset") for name in marker.args}


def pytest_runtest_setup(item) -> None:
    missing = sorted(name for name in needed_datasets(item) if not datasets.is_present(name, DATA))
    if missing:
        pytest.skip(f"needs {', '.join(missing)} in {DATA} (EXPLORER_DATA_DIR names another folder)")


@pytest.fixture
def data_dir(request) -> Callable[[str], Path]:
    """`data_dir("mnist")`: the folder of a dataset that the test is marked to need. Any other one fails the test."""

    def require(dataset: str) -> Path:
        if dataset not in needed_datasets(request.node) and dataset not in datasets.LOADERS:
            pytest.fail(f'a test that reads {dataset} says so: @pytest.mark.needs_dataset("{dataset}")')
        return DATA

    return require


class Trained(NamedTuple):
    """A small model, measured on the test set, and its bundle on disk."""

    model: Autoencoder  # float32, as trained; the bundle holds it in float16
    config: Config
    history: list[dict]
    evaluation: Evaluation
    path: Path


@pytest.fixture(scope="session")
def train_digits(tmp_path_factory) -> Callable[[str], Trained]:
    def train(kind: str) -> Trained:
        # in so few epochs an AAE of more weight is still where all codes are one: it spreads them later
        settings = TrainingConfig("digits", EPOCHS, 64, lr=5e-3, adversarial_weight=0.5)
        config = Config(ModelConfig(kind, image_side=8, hidden=(64, 64)), settings)
        reports = list(training.fit(config, datasets.load("digits", "train").images, torch.device("cpu")))
        history = [{"epoch": report.epoch, **report.terms} for report in reports if report.terms]
        model, test = reports[-1].model.eval(), datasets.load("digits", "test")
        evaluation = evaluate(model, test, torch.device("cpu"))
        path = tmp_path_factory.mktemp("bundles") / config.name
        codes = bundle.Codes(evaluation.mean, evaluation.log_var, test.labels)
        bundle.save_bundle(path, model, config, evaluation.metrics, history, codes)
        return Trained(model, config, history, evaluation, path)

    return train


@pytest.fixture(scope="session")
def digits_vae(train_digits) -> Trained:
    return train_digits("vae")


@pytest.fixture(scope="session")
def digits_aae(train_digits) -> Trained:
    return train_digits("aae")


@pytest.fixture(scope="session")
def compute():
    """`compute(modules, body, **given)`: what an async function's body returns, in Node. See `Node.compute`."""
    from .web.node import NODE, Node  # which import what the server needs

    if NODE is None:
        pytest.skip("no Node on this machine: install it, or name it in the environment variable NODE")
    node = Node()
    yield node.compute
    node.close()
