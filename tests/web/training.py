"""What the tests of the browser's training share: configurations that use every option, and what JavaScript needs."""

from __future__ import annotations

import dataclasses

import numpy as np
import torch

from explorer.config import Config, ModelConfig, TrainingConfig
from explorer.models import Autoencoder, build

# Small, and different in every option. Each is a change of SMALL; names of fields of either configuration.
SMALL = {
    "image_side": 4, "hidden": (7, 5), "discriminator_hidden": (6, 5), "dataset": "digits", "epochs": 3,
    "batch_size": 6, "r1": 0.7, "smoothing": 0.6, "adversarial_weight": 3.0, "adversarial_rise": 0.5,
}  # fmt: skip
CASES = [
    {"kind": "ae"},
    {"kind": "ae", "latent_dim": 3, "hidden": (9,), "channels": 3, "image_side": 2, "lr": 0.01, "average": 0.9},
    {"kind": "vae"},
    {"kind": "vae", "latent_dim": 3, "beta": 4.0},
    {"kind": "vae", "prior": "mixture", "beta": 0.3, "seed": 1},
    {"kind": "vae", "prior": "swiss-roll", "batch_size": 1},
    {"kind": "aae"},
    {"kind": "aae", "latent_dim": 3, "smoothing": 0.0, "frequencies": 2, "adversarial_rise": 0.0, "epochs": 2},
    {"kind": "aae", "prior": "mixture", "frequencies": 3, "r1": 0.0, "discriminator_hidden": (8,)},
    {"kind": "aae", "prior": "mixture", "label_informed": True, "frequencies": 2, "adversarial_weight": 20.0},
    {"kind": "aae", "prior": "mixture", "label_informed": True, "smoothing": 0.1},
    {"kind": "aae", "prior": "swiss-roll", "r1": 0.05, "frequencies": 3, "discriminator_lr": 0.005},
    {"kind": "aae-textbook"},
    {"kind": "aae-textbook", "prior": "swiss-roll", "frequencies": 2, "discriminator_lr": 0.01},
    {"kind": "aae-textbook", "prior": "mixture", "label_informed": True},
]


def config_of(changes: dict) -> Config:
    fields = {field.name for field in dataclasses.fields(ModelConfig)}
    every = SMALL | changes
    model = {name: value for name, value in every.items() if name in fields}
    return Config(ModelConfig(**model), TrainingConfig(**{n: v for n, v in every.items() if n not in fields}))


def name_of(changes: dict) -> str:
    return ", ".join(str(value) if name in ("kind", "prior") else f"{name}={value}" for name, value in changes.items())


def double_model(config: Config, seed: int = 3) -> Autoencoder:
    """The model in float64. Its weights are numbers of float32, which JavaScript can have too."""
    return build(config.model, seed=seed).double()


def settings_of(config: Config, model: Autoencoder) -> dict:
    """What a Trainer receives. The prior's constants are torch's, to the last digit."""
    sibling = config.model.sibling
    constants = dict(model.prior.named_buffers())
    return {
        "config": config.to_dict(),
        "sibling": {
            name: getattr(sibling, name) for name in ("stochastic", "discriminator", "discriminator_given_prior")
        },
        "shape": {name: tensor.tolist() for name, tensor in constants.items()} or None,
    }


def tensors_of(model: Autoencoder) -> dict:
    """The model's parameters for `Autoencoder.take`."""
    return {name: {"values": tensor.flatten().tolist()} for name, tensor in model.state_dict().items()}


def singles(rng: np.random.Generator, *shape: int) -> torch.Tensor:
    """Draws of N(0, 1) that are numbers of float32, in float64."""
    return torch.from_numpy(rng.standard_normal(shape, np.float32)).double()
