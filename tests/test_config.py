"""The frozen description of a model and its training, and the recipes."""

from __future__ import annotations

import dataclasses
import json
import math

import pytest

from explorer import priors, shapes
from explorer.config import (
    CLASSES,
    DATASETS,
    IMAGE_SIDES,
    KINDS,
    PRIORS,
    RECIPES,
    ZOO,
    Config,
    ModelConfig,
    Pictures,
    TrainingConfig,
    folder_recipe,
    recipe,
    with_prior,
)
from explorer.store.bundle import expected_weights


@pytest.mark.parametrize("dataset", DATASETS)
@pytest.mark.parametrize("kind", KINDS)
def test_every_dataset_has_a_recipe_for_every_kind(dataset, kind):
    config = recipe(dataset, kind)
    assert config.name == f"{dataset}-{kind}" and config is RECIPES[config.name]
    assert (config.model.kind, config.training.dataset) == (kind, dataset)
    assert (config.model.prior, config.model.latent_dim, config.training.beta) == ("normal", 2, 1.0)


@pytest.mark.parametrize("name", RECIPES)
def test_every_recipe_survives_json(name):
    config = RECIPES[name]
    assert config.name == name  # the key in the table, and the bundle's folder
    assert config.model.image_side == IMAGE_SIDES[config.training.dataset]
    assert config.model.pixels == IMAGE_SIDES[config.training.dataset] ** 2
    back = Config.from_dict(json.loads(json.dumps(config.to_dict())))
    assert back == config and hash(back) == hash(config)  # lists came back as tuples
    assert back.name == name


def test_a_name_says_what_is_not_the_default():
    def name(kind="vae", beta=1.0, **model) -> str:
        return Config(ModelConfig(kind, **model), TrainingConfig("mnist", 1, beta=beta)).name

    assert name() == "mnist-vae" and name("aae") == "mnist-aae" and name("aae-textbook") == "mnist-aae-textbook"
    assert name(beta=0.1) == "mnist-vae-beta0.1" and name(beta=40.0) == "mnist-vae-beta40"
    assert name("aae", beta=40.0) == "mnist-aae"  # it has no KL to weigh
    assert name(prior="swiss-roll") == "mnist-vae-swiss-roll"
    assert name("aae", prior="mixture") == "mnist-aae-mixture"
    assert name("aae", prior="mixture", label_informed=True) == "mnist-aae-mixture-labels"
    assert name(latent_dim=16) == "mnist-vae-16d" and name(latent_dim=1, beta=2.5) == "mnist-vae-beta2.5-1d"
    assert name(hidden=(7,)) == "mnist-vae"  # widths are the recipe's own


def test_the_models_that_ship():
    assert len(set(ZOO)) == len(ZOO) and set(ZOO) < set(RECIPES)
    shipped = {
        "mnist-ae", "mnist-vae", "mnist-aae", "mnist-aae-textbook",
        "fashion-mnist-ae", "fashion-mnist-vae", "fashion-mnist-aae", "digits-vae", "digits-aae",
        "mnist-vae-beta0.1", "mnist-vae-beta40", "mnist-vae-mixture", "mnist-aae-mixture", "mnist-aae-mixture-labels",
        "mnist-aae-swiss-roll",
        *(f"{dataset}-{kind}-{dimensions}d"
          for dataset in ("mnist", "fashion-mnist") for kind in ("vae", "aae") for dimensions in (8, 16, 32)),
    }  # fmt: skip
    assert set(ZOO) == shipped


def test_priors_are_those_that_can_be_built():
    assert {"normal", *shapes.SHAPES} == set(PRIORS)
    for name in PRIORS:
        prior = priors.get_prior(name)
        assert prior.components == 1 if name == "normal" else prior.components == len(shapes.SHAPES[name]().means)
    assert priors.get_prior("mixture").components == CLASSES  # a label's number is its component's


@pytest.mark.parametrize("name", [name for name in RECIPES if RECIPES[name].model.prior != "normal"])
def test_narrow_priors_are_learnt_through_noise_at_first(name):
    assert RECIPES[name].training.smoothing > 0
    wide = (RECIPES[other].training.smoothing for other in RECIPES if RECIPES[other].model.prior == "normal")
    assert RECIPES[name].training.smoothing > max(wide)


@pytest.mark.parametrize(
    "dataset, latent_dim", sorted({(config.training.dataset, config.model.latent_dim) for config in RECIPES.values()})
)
def test_recipes_that_are_compared_have_equal_encoders_and_decoders(dataset, latent_dim):
    # also across priors and betas: what differs in the picture is then not the network's size
    compared = [
        config
        for config in RECIPES.values()
        if (config.training.dataset, config.model.latent_dim) == (dataset, latent_dim)
    ]
    assert {config.model.kind for config in compared} >= {"vae", "aae"}
    assert (
        len({(config.model.hidden, config.model.image_side, config.model.discriminator_hidden) for config in compared})
        == 1
    )
    assert (
        len(
            {
                (config.training.batch_size, config.training.lr, config.training.seed, config.training.average)
                for config in compared
            }
        )
        == 1
    )


@pytest.mark.parametrize("dataset", DATASETS)
def test_models_that_are_compared_differ_in_kind_and_discriminator_alone(dataset):
    vae = recipe(dataset, "vae")
    for other in (recipe(dataset, kind) for kind in KINDS):
        assert dataclasses.replace(other.model, kind="vae", frequencies=0) == vae.model
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
        ({"kind": "gan"}, {}, "model kind 'gan' is unknown; there are ae, vae, aae, aae-textbook"),
        ({}, {"dataset": "cifar"}, "dataset 'cifar' is unknown; there are mnist, "),
        ({"latent_dim": 0}, {}, "latent_dim must be a whole number from 1 to 1,024, not 0"),
        ({"latent_dim": 2.0}, {}, "latent_dim must be a whole number from 1 to 1,024, not 2.0"),
        ({"image_side": -1}, {}, "image_side must be a whole number"),
        ({}, {"precision": "int4"}, "precision 'int4' is unknown; there are auto, float32, bfloat16"),
        ({"prior": "cube"}, {}, "prior 'cube' is unknown; there are normal, mixture, swiss-roll"),
        ({"prior": "mixture", "latent_dim": 3}, {}, "the prior mixture lies in the plane: latent_dim must be 2, not 3"),
        (
            {"prior": "swiss-roll", "latent_dim": 1},
            {},
            "the prior swiss-roll lies in the plane: latent_dim must be 2, not 1",
        ),
        ({"label_informed": True}, {}, "label_informed needs an AAE with the mixture prior"),
        (
            {"label_informed": True, "prior": "mixture"},
            {},
            "label_informed needs an AAE with the mixture prior",
        ),  # of a VAE
        ({"label_informed": True, "kind": "aae"}, {}, "label_informed needs an AAE with the mixture prior"),
        (
            {"label_informed": True, "kind": "aae", "prior": "swiss-roll"},
            {},
            "label_informed needs an AAE with the mixture prior",
        ),
        ({}, {"smoothing": -0.1}, "smoothing must be 0 or more, not -0.1"),
        ({"frequencies": -1}, {}, "frequencies must be a whole number from 0 to 16,384, not -1"),
        ({"frequencies": 0.5}, {}, "frequencies must be a whole number from 0 to 16,384, not 0.5"),
        ({}, {"adversarial_rise": -0.1}, "adversarial_rise must be from 0 to 1, not -0.1"),
        ({}, {"adversarial_rise": 1.5}, "adversarial_rise must be from 0 to 1, not 1.5"),
        ({}, {"adversarial_rise": math.nan}, "adversarial_rise must be from 0 to 1, not nan"),
        ({}, {"smoothing": math.nan}, "smoothing must be 0 or more, not nan"),
        ({}, {"epochs": 0}, "epochs must be a whole number from 1 to 1,000,000, not 0"),
        ({}, {"batch_size": 0}, "batch_size must be a whole number from 1 to 1,000,000, not 0"),
        ({"latent_dim": 1025}, {}, "latent_dim must be a whole number from 1 to 1,024, not 1025"),
        ({"image_side": 10**9}, {}, "image_side must be a whole number from 1 to 4,096, not 1000000000"),
        ({"frequencies": 10**9}, {}, "frequencies must be a whole number from 0 to 16,384, not 1000000000"),
        ({"hidden": (10**9,)}, {}, "make 132,000,000,000 weights: there may be at most 100,000,000"),
        ({"hidden": (5000, 5000, 5000)}, {}, "make 100,660,000 weights: there may be at most 100,000,000"),
        ({"hidden": (1,) * 33}, {}, "hidden must be 1 to 32 whole numbers of at least 1, not .1, 1, 1"),
        ({"kind": "aae", "discriminator_hidden": (10**5, 10**5)}, {}, "weights: there may be at most 100,000,000"),
        ({"image_side": 64, "network": "conv", "hidden": (10**4, 10**4, 16)}, {}, "weights: there may be at most"),
        ({}, {"epochs": 10**25}, "epochs must be a whole number from 1 to 1,000,000, not 1"),
        ({}, {"batch_size": 2**63}, "batch_size must be a whole number from 1 to 1,000,000, not 9223372036854775808"),
        ({}, {"lr": 10**400}, "lr must be above 0, not 1"),  # more than any float
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


@pytest.mark.parametrize("name", RECIPES)
def test_weights_are_counted_before_there_are_any(name):
    one = RECIPES[name]
    shapes = [shape for weight, shape in expected_weights(one).items() if weight.endswith(".weight")]
    own = one.model.hidden[-1] * one.model.latent_dim if one.model.kind == "vae" else 0  # the log-variance's
    assert one.model.weights + own == sum(map(math.prod, shapes))


def test_weights_of_zero_are_allowed():
    Config(
        ModelConfig("aae"),
        TrainingConfig("mnist", 1, beta=0.0, adversarial_weight=0.0, r1=0.0, smoothing=0.0, average=0.0),
    )


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("prior", PRIORS)
def test_every_kind_may_have_every_planar_prior(kind, prior):
    assert Config(ModelConfig(kind, prior=prior), TrainingConfig("mnist", 1)).model.prior == prior
    Config(ModelConfig("aae", prior="mixture", label_informed=True), TrainingConfig("mnist", 1))


@pytest.mark.parametrize(
    "dataset, kind, message", [("cifar", "vae", "dataset 'cifar' is unknown"), ("mnist", "gan", "model kind 'gan'")]
)
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
    ],
)
def test_dictionaries_that_are_refused(damage):
    data = recipe("digits", "vae").to_dict()
    damage(data)
    with pytest.raises(ValueError, match="not a configuration of this version"):
        Config.from_dict(data)


@pytest.mark.parametrize(
    "part, name, value",
    [
        ("training", "lr", "fast"), ("training", "beta", [1.0]), ("training", "dataset", ["mnist"]),
        ("training", "seed", True),
        ("training", "average", None), ("model", "kind", None), ("model", "hidden", 5), ("model", "hidden", "64"),
        ("model", "hidden", [True]), ("model", "label_informed", 1), ("model", "latent_dim", True),
        ("model", "prior", 3),
        ("pictures", "folder", 5), ("pictures", "folder", None), ("pictures", "folder", "/a\0b"),
        ("pictures", "folder", "/\ud800"),
        ("pictures", "class_names", [1, 2]), ("pictures", "class_names", "ab"), ("pictures", "class_names", ["\ud800"]),
        ("pictures", "digest", 5), ("pictures", "digest", "<b>"), ("pictures", "checks", None),
        ("pictures", "checks", 5),
        ("pictures", "checks", "0123"), ("pictures", "checks", "0123456z"),
    ],
)  # fmt: skip
def test_values_of_another_type_are_refused(part, name, value):
    pictures = Pictures("/x/discs", ("a", "b"), "0123456789abcdef", "0123abcd--------")
    data = json.loads(json.dumps(folder_recipe(pictures, "vae", 32, 3, 1000).to_dict()))
    assert Config.from_dict(data).pictures == pictures
    data[part][name] = value
    with pytest.raises(ValueError, match=f"(?s){name.split('_')[0]}.* must be "):
        Config.from_dict(data)


def weighing(config: Config, weight: float) -> Config:
    """The same with another weight of the adversary, which a prior does not bring."""
    return dataclasses.replace(config, training=dataclasses.replace(config.training, adversarial_weight=weight))


def test_another_prior_brings_what_its_recipes_have():
    for kind in ("vae", "aae"):
        normal, mixture = (
            weighing(config, 7.0) for config in (recipe("mnist", kind), RECIPES[f"mnist-{kind}-mixture"])
        )
        assert with_prior(normal, "mixture") == mixture and with_prior(mixture, "normal") == normal
    own = RECIPES["mnist-aae-swiss-roll"]
    assert with_prior(own, "swiss-roll") is own
    with pytest.raises(ValueError, match="latent_dim must be 2"):
        with_prior(RECIPES["mnist-vae-16d"], "mixture")


def test_the_adversarys_weight_rises_and_stays():
    rising = TrainingConfig("mnist", 60, adversarial_weight=300.0, adversarial_rise=0.5)
    assert [rising.adversarial_weight_after(share) for share in (0, 0.25, 0.5, 0.75, 1)] == pytest.approx(
        [30, 165, 300, 300, 300]
    )
    steady = dataclasses.replace(rising, adversarial_rise=0.0)
    assert [steady.adversarial_weight_after(share) for share in (0, 0.1, 1)] == [300, 300, 300]
