"""Trains the clinic's runs with the project's own loop, and records them. One core, and always the same numbers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from safetensors.numpy import save as save_tensors
from torch import Tensor

from explorer import gaussian, metrics, objectives
from explorer.clinic.broken import step_of
from explorer.clinic.faults import FAULTS, HEALTHY
from explorer.config import Config
from explorer.data import datasets
from explorer.files import write_to_disk
from explorer.models import Autoencoder, build
from explorer.steps import Step
from explorer.training.fit import fit

MOMENTS = (0.0, 0.01, 0.05, 0.2, 0.5, 1.0)  # shares of the epochs: codes move most at the start
DRAWS = 36  # of the prior, decoded
SEED = 22  # of the noise and the draws, the same in all recordings
CPU = torch.device("cpu")


def names() -> tuple[str, ...]:
    """All runs: the healthy ones, then the faulty ones."""
    return (*HEALTHY, *FAULTS)


def config_of(name: str) -> Config:
    return HEALTHY[name] if name in HEALTHY else FAULTS[name].config


def train(name: str, config: Config | None = None) -> dict[str, np.ndarray]:
    """Trains a run and returns its recording (recordings.py). config: another one than the run's own.

    Raises TrainingDiverged.
    """
    step_type = None if name in HEALTHY else step_of(FAULTS[name])
    return record(config or config_of(name), step_type)


def save(name: str, recording: dict[str, np.ndarray], folder: Path) -> Path:
    """Writes a recording to an existing folder, and returns its file."""
    file = folder / f"{name}.safetensors"
    write_to_disk(file, save_tensors(recording))
    return file


def record(config: Config, step_type: type[Step] | None) -> dict[str, np.ndarray]:
    """Trains a model on digits and returns the arrays of recordings.py. step_type: see `fit`."""
    test = datasets.load("digits", "test")
    look = _Look(config, test)
    epochs = config.training.epochs
    wanted = {round(share * epochs) for share in MOMENTS}
    seen = [look(0, build(config.model, seed=config.training.seed))]
    history: list[dict] = []
    for report in fit(config, datasets.load("digits", "train").images, CPU, step_type=step_type):
        if report.history is not None:
            history = report.history
            if report.epoch in wanted:
                seen.append(look(report.epoch, report.model))
    moments = {name: np.stack([moment[name] for moment in seen]) for name in seen[0]}
    axes = _most_used(moments)
    for name in {"mean", "z"} & set(moments):
        moments[name] = np.ascontiguousarray(moments[name][..., axes])
    terms = {name for name in history[0] if name != "epoch"}
    logs = {f"log_{name}": np.array([entry[name] for entry in history], np.float32) for name in sorted(terms)}
    examples = test.images[look.examples]
    return moments | logs | {"label": test.labels, "axes": axes.astype(np.uint8), "examples": examples}


class _Look:
    """Measures a model on the test images: call it at each moment."""

    def __init__(self, config: Config, test: datasets.Split) -> None:
        generator = torch.Generator().manual_seed(SEED)
        shape = (len(test.images), config.model.latent_dim)
        self.x = torch.from_numpy(test.images).float() / 255
        self.noise = torch.randn(shape, generator=generator)
        self.draws = torch.randn(shape, generator=generator)
        self.examples = np.array([np.flatnonzero(test.labels == label)[0] for label in np.unique(test.labels)])

    @torch.no_grad()
    def __call__(self, epoch: int, model: Autoencoder) -> dict[str, np.ndarray]:
        mean, log_var = model.encode(self.x)
        z = mean if log_var is None else gaussian.reparameterise(mean, log_var, self.noise)  # (n, latent_dim)
        found: dict[str, Tensor | float] = {
            "epoch": float(epoch),
            "mean": mean,
            "reconstructed": _pictures(model.decode(mean[self.examples])),
            "drawn": _pictures(model.decode(self.draws[:DRAWS])),
            "reconstruction": objectives.reconstruction(model.decode(z), self.x),
            "sliced_w2_squared": metrics.sliced_w2_squared(z.numpy(), self.draws.numpy()),
        }
        if log_var is not None:
            found["z"] = z
            found["kl"] = gaussian.kl_to_standard_normal(mean, log_var).mean()
            found["sigma"] = (0.5 * log_var).exp().median()
        return {name: _plain(value) for name, value in found.items()}


def _plain(value: Tensor | float) -> np.ndarray:
    tensor = torch.as_tensor(value)
    return (tensor if tensor.dtype == torch.uint8 else tensor.float()).numpy()


def _pictures(x_logits: Tensor) -> Tensor:
    """Grey values: (n, pixels) uint8."""
    return x_logits.sigmoid().mul(255).round().byte()


def _most_used(moments: dict[str, np.ndarray]) -> np.ndarray:
    """The two dimensions in which the images' means vary most at the end, in ascending order: (2,)."""
    return np.sort(np.argsort(-moments["mean"][-1].var(0), kind="stable")[:2])
