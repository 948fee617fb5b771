"""Bundles of tiny models, as many as a test wants, in no time."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from explorer import bundle
from explorer.config import Config, ModelConfig, TrainingConfig
from explorer.models import build


def save(path: Path, kind: str = "vae", seed: int = 0) -> None:
    """A bundle of an untrained model of digits, and of codes that nobody measured."""
    config = Config(ModelConfig(kind, image_side=8, hidden=(6,), discriminator_hidden=(5, 4)), TrainingConfig("digits", epochs=1, seed=seed))
    rng = np.random.default_rng(seed)
    log_var = rng.standard_normal((360, 2), np.float32) if kind == "vae" else None
    codes = bundle.Codes(rng.standard_normal((360, 2), np.float32), log_var, rng.integers(0, 10, 360).astype(np.uint8))
    nulls = {f"{name}_null": [0.5, 0.1] for name in ("coverage", "sliced_w2_squared", "knn_kl")}
    metrics = {"images": 360, "reconstruction": 40.0, "coverage": 0.5, "sliced_w2_squared": 0.1, "knn_kl": 0.3, "label_accuracy": 0.9} | nulls
    moments = ["step", "reconstruction", "coverage", "sliced_w2_squared", *{"vae": ["kl"], "aae": ["adversarial", "smoothing"]}.get(kind, [])]
    recording = dict.fromkeys(moments, np.arange(2, dtype=np.float32)) | {"row": np.arange(5), "mean": np.zeros((2, 5, 2), np.float32)}
    if kind == "vae":
        recording["log_var"] = np.zeros((2, 5, 2), np.float32)
    bundle.save_bundle(path, build(config.model, seed=seed), config, metrics, [{"epoch": 1, "total": 2.25}], codes, recording)
