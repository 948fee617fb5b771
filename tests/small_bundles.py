"""Bundles of tiny models, as many as a test wants, in no time."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

import numpy as np

from explorer.config import Config, ModelConfig, Pictures, TrainingConfig
from explorer.models import build
from explorer.store import bundle
from explorer.training import recording as recordings

NEEDED = [  # of a VAE's metrics
    "images", "seed", "reconstruction", "coverage", "coverage_null", "code_std",
    "reconstruction_sampled", "kl", "negative_elbo",
]  # fmt: skip


def metrics(config: Config, images: int) -> dict:
    """Figures of every metric that is needed, which nobody measured."""
    found = {"images": images, "seed": 20, "reconstruction": 40.0, "label_accuracy": 0.9}
    found |= {"coverage": 0.5, "sliced_w2_squared": 0.1, "knn_kl": 0.3}
    found |= {f"{name}_null": [0.5, 0.1] for name in ("coverage", "sliced_w2_squared", "knn_kl")}
    if config.model.sibling.stochastic:
        found |= {"reconstruction_sampled": 41.5, "kl": 3.0, "negative_elbo": 44.5}
    return found | {"code_std": [1.0] * config.model.latent_dim}


def save(path: Path, kind: str = "vae", seed: int = 0) -> None:
    """A bundle of an untrained model of digits, and of codes that nobody measured."""
    model = ModelConfig(kind, image_side=8, hidden=(6,), discriminator_hidden=(5, 4))
    labels = np.random.default_rng(seed).integers(0, 10, 360)
    save_model(path, Config(model, TrainingConfig("digits", epochs=1, seed=seed)), labels, recorded=True)


def pictures(
    kind: str,
    latent_dim: int = 2,
    *,
    side: int = 16,
    channels: int = 3,
    classes: Sequence[str] = ("blue", "red"),
    folder: str = "/nowhere/discs",
) -> Config:
    """The configuration of a small convolutional model of a folder of pictures, which is not on the disk."""
    shape = {"image_side": side, "latent_dim": latent_dim, "channels": channels, "network": "conv"}
    model = ModelConfig(kind, hidden=(3, 4, 8), discriminator_hidden=(5, 4), **shape)
    return Config(model, TrainingConfig("folder", epochs=1), Pictures(folder, tuple(classes), "0123456789abcdef", ""))


def save_model(
    path: Path,
    config: Config,
    labels: Sequence[int],
    *,
    umap: bool = False,
    recorded: bool = False,
    spread: float = 1.0,
    unmeasured: Collection[str] = (),
    measured: Mapping = {},
) -> None:
    """The bundle of an untrained model, with random codes of images of those labels.

    spread: the codes' standard deviation. unmeasured: metrics that it lacks; measured: others that it has.
    """
    sibling, seed, shape = config.model.sibling, config.training.seed, (len(labels), config.model.latent_dim)
    rng = np.random.default_rng(seed)
    mean = spread * rng.standard_normal(shape, np.float32)
    log_var = rng.standard_normal(shape, np.float32) if sibling.stochastic else None
    map_ = rng.standard_normal((len(labels), 2), np.float32) if umap else None
    codes = bundle.Codes(mean, log_var, np.array(labels, np.uint8), map_)
    recording = None
    if recorded:
        own = ["kl"] * sibling.stochastic + ["adversarial", "smoothing"] * sibling.discriminator
        moments = ["step", "reconstruction", "coverage", "sliced_w2_squared", *own]
        recording = dict.fromkeys(moments, np.arange(2, dtype=np.float32)) | {"row": np.arange(5, dtype=np.float32)}
        recording["mean"] = np.zeros((2, 5, 2), np.float32)
        grid = recordings.manifold_grid("normal", 2)
        sheet = recordings.decode_manifold(build(config.model, seed=seed), grid)
        picture = np.frombuffer(recordings._webp(np.concatenate([sheet, sheet])), np.uint8)
        recording |= {"manifold": picture, "manifold_z": grid.numpy()}
        if sibling.discriminator:
            recording["logit"] = np.zeros((2, 1, 8, 8), np.float16)
        if sibling.stochastic:
            recording["log_var"] = np.zeros((2, 5, 2), np.float32)
    history = [{"epoch": 1, "total": 2.25}]
    model = build(config.model, seed=seed)
    found = {name: value for name, value in metrics(config, len(labels)).items() if name not in unmeasured}
    bundle.save_bundle(path, model, config, found | measured, history, codes, recording)
