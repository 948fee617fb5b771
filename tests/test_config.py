"""The frozen description of a model and its training, and the recipes."""

from __future__ import annotations

import dataclasses
import json
import math

import pytest

from explorer.config import DATASETS, IMAGE_SIDES, KINDS, Config, ModelConfig, TrainingConfig, recipe


@pytest.mark.parametrize("dataset", DATASETS)
@pytest.mark.parametrize("kind", KINDS)
def test_every_recipe_survives_json(dataset, kind):
    config = recipe(dataset, kind)
    assert config.name == f"{dataset}-{kind}"
    assert config.model.pixels == IMAGE_SIDES[dataset] ** 2
    back = Config.from_dict(json.loads(json.dumps(config.to_dict())))
    assert back == config and hash(back) == hash(config)  # lists came back as tuples


@pytest.mark.parametrize("dataset", DATASETS)
def test_models_that_are_compared_differ_in_kind_alone(dataset):
    ae, vae, aae = (recipe(dataset, kind) for kind in KINDS)
    for other in (ae, aae):
        assert dataclasses.replace(other.model, kind="vae") == vae.model
        assert (other.training.dataset, other.training.seed) == (vae.training.dataset, vae.training.seed)


def test_a_configuration_cannot_be_changed():
    config = recipe("digits", "vae")
    with pytest.raises(dataclasses.FrozenInstanceError):
        config.model.latent_dim = 3
    with pytest.raises(dataclasses.FrozenInstanceError):
        config.training.epochs = 3


@pytest.mark.parametrize(
    "model, training, message",
    [
        ({"kind": "gan"}, {}, "model kind 'gan' is unknown; there are ae, vae, aae"),
        ({}, {"dataset": "cifar"}, "dataset 'cifar' is unknown; there are mnist, "),
        ({"latent_dim": 0}, {}, "latent_dim must be a whole number of at least 1, not 0"),
        ({"latent_dim": 2.0}, {}, "latent_dim must be a whole number of at least 1, not 2.0"),
        ({"image_side": -1}, {}, "image_side must be a whole number"),
        ({}, {"epochs": 0}, "epochs must be a whole number of at least 1, not 0"),
        ({}, {"batch_size": 0}, "batch_size must be a whole number of at least 1, not 0"),
        ({}, {"lr": -0.1}, "lr must be above 0, not -0.1"),
        ({}, {"lr": 0.0}, "lr must be above 0, not 0.0"),
        ({}, {"lr": math.nan}, "lr must be above 0, not nan"),
        ({}, {"lr": math.inf}, "lr must be above 0, not inf"),
        ({}, {"discriminator_lr": 0.0}, "discriminator_lr must be above 0"),
        ({}, {"beta": -1.0}, "beta must be 0 or more, not -1.0"),
        ({}, {"adversarial_weight": math.nan}, "adversarial_weight must be 0 or more, not nan"),
        ({}, {"r1": math.inf}, "r1 must be 0 or more, not inf"),
        ({}, {"seed": -1}, "seed must be a whole number from 0"),
        ({}, {"seed": 2**63}, "seed must be a whole number from 0"),  # torch takes 64 bits, and training uses seed + 1
    ],
)
def test_values_that_are_refused(model, training, message):
    good = recipe("digits", "vae")
    with pytest.raises(ValueError, match=message):
        Config(dataclasses.replace(good.model, **model), dataclasses.replace(good.training, **training))


def test_weights_of_zero_are_allowed():
    Config(ModelConfig("aae"), TrainingConfig("mnist", 1, beta=0.0, adversarial_weight=0.0, r1=0.0))


@pytest.mark.parametrize("dataset, kind, message", [("cifar", "vae", "dataset 'cifar' is unknown"), ("mnist", "gan", "model kind 'gan'")])
def test_recipes_that_do_not_exist(dataset, kind, message):
    with pytest.raises(ValueError, match=message):
        recipe(dataset, kind)


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: data["model"].update(flavour="new"),
        lambda data: data["training"].update(flavour="new"),
        lambda data: data["model"].pop("kind"),
        lambda data: data.pop("training"),
        lambda data: data.update(model=None),
        lambda data: data.update(training=[1, 2]),
        lambda data: data["training"].update(lr="fast"),
    ],
)
def test_dictionaries_that_are_refused(damage):
    data = recipe("digits", "vae").to_dict()
    damage(data)
    with pytest.raises(ValueError, match="not a configuration of this version"):
        Config.from_dict(data)
