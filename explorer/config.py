"""What a model is and how it is trained, as frozen data, and the named recipes.

Imports nothing heavy: the front page, the command line and the tests all read it.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

KINDS = ("ae", "vae", "aae")
IMAGE_SIDES = {"mnist": 28, "fashion-mnist": 28, "kmnist": 28, "digits": 8}  # pixels
DATASETS = tuple(IMAGE_SIDES)


@dataclass(frozen=True)
class ModelConfig:
    """The shape of one autoencoder. Models that are compared differ in `kind` alone."""

    kind: str  # "ae", "vae" or "aae"
    image_side: int = 28  # pixels; images are square and grey
    latent_dim: int = 2
    hidden: tuple[int, ...] = (512, 512)  # widths of the encoder; the decoder has them in reverse
    prior: str = "normal"
    discriminator_hidden: tuple[int, ...] = (256, 256)  # AAE only

    @property
    def pixels(self) -> int:
        return self.image_side**2


@dataclass(frozen=True)
class TrainingConfig:
    """How one autoencoder is trained. Loss weights multiply terms in nats per image."""

    dataset: str
    epochs: int
    batch_size: int = 256
    lr: float = 2e-3  # peak of the one-cycle schedule
    seed: int = 0
    beta: float = 1.0  # VAE: weight of the KL term
    adversarial_weight: float = 200.0  # AAE: weight of -log D(code)
    discriminator_lr: float = 1e-3  # AAE
    r1: float = 0.05  # AAE: weight of the gradient penalty on the discriminator, at draws of the prior
    average: float = 0.999  # decay a step of the running average of the weights, which is the result; 0: none is kept


@dataclass(frozen=True)
class Config:
    """One model and its training: what a bundle stores beside its weights."""

    model: ModelConfig
    training: TrainingConfig

    def __post_init__(self) -> None:
        model, training = self.model, self.training
        _require(model.kind in KINDS, f"model kind {model.kind!r} is unknown; there are {', '.join(KINDS)}")
        _require(training.dataset in DATASETS, f"dataset {training.dataset!r} is unknown; there are {', '.join(DATASETS)}")
        for name, value in {
            "image_side": model.image_side,
            "latent_dim": model.latent_dim,
            "epochs": training.epochs,
            "batch_size": training.batch_size,
        }.items():
            _require(isinstance(value, int) and value >= 1, f"{name} must be a whole number of at least 1, not {value!r}")
        seed = training.seed
        _require(isinstance(seed, int) and 0 <= seed < 2**63, f"seed must be a whole number from 0 to 2^63 - 1, not {seed!r}")
        for name in ("lr", "discriminator_lr"):
            _require(0 < getattr(training, name) < float("inf"), f"{name} must be above 0, not {getattr(training, name)!r}")
        for name in ("beta", "adversarial_weight", "r1"):
            _require(0 <= getattr(training, name) < float("inf"), f"{name} must be 0 or more, not {getattr(training, name)!r}")

    @property
    def name(self) -> str:
        """`mnist-vae`: the recipe's name, and the folder of its bundle."""
        return f"{self.training.dataset}-{self.model.kind}"

    def to_dict(self) -> dict:
        return dataclasses.asdict(self)

    @classmethod
    def from_dict(cls, data: dict) -> Config:
        """The inverse of `to_dict`, also after a round trip through JSON. Raises ValueError on unknown or missing fields."""
        try:
            model = {key: tuple(value) if isinstance(value, list) else value for key, value in data["model"].items()}
            return cls(ModelConfig(**model), TrainingConfig(**data["training"]))
        except (TypeError, KeyError, AttributeError) as error:
            raise ValueError(f"not a configuration of this version: {error}") from error


def _require(condition: bool, message: str) -> None:
    if not condition:
        raise ValueError(message)


def recipe(dataset: str, kind: str) -> Config:
    """The default, full recipe for one model on one dataset. Raises ValueError for a name that is unknown."""
    _require(dataset in DATASETS, f"dataset {dataset!r} is unknown; there are {', '.join(DATASETS)}")
    if dataset == "digits":  # 1,437 training images of 8 x 8
        model = ModelConfig(kind, image_side=8, hidden=(256, 256))
        training = TrainingConfig(dataset, epochs=300, batch_size=64, adversarial_weight=20.0)
    else:
        model = ModelConfig(kind, image_side=IMAGE_SIDES[dataset])
        training = TrainingConfig(dataset, epochs=60 if kind == "aae" else 40)
    return Config(model, training)
