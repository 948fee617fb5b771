"""Recordings of trainings, for replay: codes, decoded pictures, the discriminator and metrics at some thirty moments.

A Recorder receives the reports of a training, and evaluates the model at these moments, which are dense at the start.
It has its own random generators, so it does not change the training.
"""

from __future__ import annotations

import io
import math
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor

from explorer import gaussian, metrics, objectives
from explorer.config import CLASSES, Config
from explorer.models import Autoencoder, build
from explorer.shared import NUMBERS
from explorer.store.bundle_checks import LARGEST
from explorer.training.accelerated import backend_for

if TYPE_CHECKING:
    from explorer.data.datasets import Split
    from explorer.training.fit import Report

MOMENTS = 30
IMAGES = 2_000  # of the test set, evenly spaced
TILES = 16  # along each side of the manifold
# points along each side of the discriminator's grid; fewer if there is a grid for each label
GRID, GRID_OF_A_LABEL = 64, 24
# from 0 to the edge of that grid, and of the manifold if the prior is not N(0, I), in units of the latent space
REACH = NUMBERS["grid_reach"]
SEED = 21  # of the VAE's noise and of the draws from the prior
QUALITY = 50  # of the manifold's pictures, in WebP
TALLEST = 16_383  # pixels, the largest height of a WebP picture


def moments(steps: int) -> list[int]:
    """The steps after which a training is recorded: from 0 (untrained) to `steps`, the last. Dense at the start."""
    return sorted({round(steps * (i / (MOMENTS - 1)) ** 3) for i in range(MOMENTS)})


def manifold_grid(prior_name: str, tiles: int = TILES) -> Tensor:
    """The codes of the manifold's tiles: (tiles², 2), row by row from the top left. z₁ grows along a row, z₂ falls.

    For N(0, I) it is a regular grid on the unit square, mapped by the inverse Gaussian CDF (Kingma & Welling 2013,
    Fig. 4). For other priors the codes themselves are a regular grid.
    """
    share = (torch.arange(tiles) + 0.5) / tiles
    side = torch.special.ndtri(share) if prior_name == "normal" else REACH * (2 * share - 1)
    return torch.cartesian_prod(side.flip(0), side).flip(1)


@torch.no_grad()
def decode_manifold(model: Autoencoder, grid: Tensor) -> np.ndarray:
    """Decodes codes (tiles², latent_dim) to one sheet of pictures.

    Returns (tiles · side, tiles · side) uint8, or (..., 3) in colour.
    """
    side, channels, tiles = model.config.image_side, model.config.channels, math.isqrt(len(grid))
    pictures = model.decode(grid.to(next(model.parameters()).device)).sigmoid().mul(255).round().byte().cpu()
    sheet = (
        pictures.view(tiles, tiles, channels, side, side)
        .permute(0, 3, 1, 4, 2)
        .reshape(tiles * side, tiles * side, channels)
        .numpy()
    )
    return sheet if channels > 1 else sheet[..., 0]


class Recorder:
    """Records one training: call `see` with each report, then `arrays`. Only for latent spaces of two dimensions."""

    def __init__(
        self, config: Config, test: Split, device: torch.device, taken: dict[str, Tensor] | None = None
    ) -> None:
        """taken: the result of `tensors` in a run that was killed and is now resumed. test: the test split."""
        if config.model.latent_dim != 2:
            raise ValueError(f"only a latent space of two dimensions can be recorded, not of {config.model.latent_dim}")
        self.config, self.device, self.backend = config, device, backend_for(device)
        count = min(IMAGES, len(test.images))
        self.rows = np.arange(count) * len(test.images) // count
        self.x = torch.from_numpy(test.images[self.rows]).to(device).float() / 255  # (n, pixels)
        self.labels = torch.from_numpy(test.labels[self.rows]).to(device).long()
        generator = torch.Generator().manual_seed(SEED)
        self.noise = torch.randn(count, 2, generator=generator).to(device)
        self.draws = build(config.model, seed=0).prior.sample(count, 2, generator).numpy()
        self.grid = manifold_grid(config.model.prior, min(TILES, TALLEST // (MOMENTS * config.model.image_side)))
        self.taken: dict[str, list[Tensor]] = {name: list(tensor) for name, tensor in (taken or {}).items()}
        self.wanted: set[int] | None = None

    def see(self, report: Report) -> None:
        """Records the model if this step is one of the moments. The first report also records the untrained model."""
        if self.wanted is None:
            self.wanted = set(moments(report.steps * self.config.training.epochs))
            if not self.taken:
                self._look(0, build(self.config.model, seed=self.config.training.seed).to(self.device))
        step = (report.epoch - 1) * report.steps + report.step
        if step in self.wanted and step > self.taken["step"][-1]:
            self._look(step, report.model)

    def tensors(self) -> dict[str, Tensor]:
        """Everything recorded so far, for a checkpoint: named tensors with one row per moment."""
        return {name: torch.stack(each) for name, each in self.taken.items()}

    def arrays(self) -> dict[str, np.ndarray]:
        """The arrays that a bundle stores, for t moments and n images.

        step            (t,), the number of steps
        row             (n,), the images' rows in the test set
        mean, log_var   (t, n, 2) float16
        manifold        the bytes of one WebP picture: the moments' sheets, one below the other
        manifold_z      (tiles², 2), the sheet's codes; fewer than TILES a side for large pictures
        logit           (t, labels or 1, g, g) float16: the learnt part of the discriminator's logit, without log p(z),
                        over [-REACH, REACH]² with the lowest z₂ first
        smoothing       (t,), the standard deviation of the noise in that log p(z)
        reconstruction, kl, adversarial     (t,), on these images, in nats per image
        coverage, sliced_w2_squared         (t,)
        """
        found = {name: tensor.numpy() for name, tensor in self.tensors().items()}
        halves = {name: _in_half(name, found[name]) for name in ("mean", "log_var", "logit") if name in found}
        picture = np.frombuffer(_webp(np.concatenate(found["manifold"])), np.uint8)
        return (
            found | halves | {"row": self.rows.astype(np.float32), "manifold": picture, "manifold_z": self.grid.numpy()}
        )

    @torch.no_grad()
    def _look(self, step: int, model: Autoencoder) -> None:
        mean, log_var = model.encode(self.x)
        if not mean.isfinite().all():
            return  # the training is about to raise TrainingDiverged
        z = mean if log_var is None else gaussian.reparameterise(mean, log_var, self.noise)  # (n, 2)
        seen = {
            "step": float(step), "mean": mean, "manifold": torch.from_numpy(decode_manifold(model, self.grid)),
            "reconstruction": objectives.reconstruction(model.decode(z), self.x),
        }  # fmt: skip
        codes = z.cpu().numpy()
        for name in ("coverage", "sliced_w2_squared"):
            seen[name] = getattr(metrics, name)(codes, self.draws, backend=self.backend)
        if log_var is not None:
            seen |= {"log_var": log_var, "kl": objectives.kl_to_prior(model.prior, mean, log_var, z).mean()}
        if self.config.model.sibling.discriminator:
            judge = model.discriminator
            labels = self.labels if judge.label_informed else None
            adversarial = torch.nn.functional.softplus(-judge(z, labels)).mean()
            seen |= {
                "adversarial": adversarial,
                "logit": self._learnt(judge),
                "smoothing": judge.prior_smoothing,
            }
        for name, value in seen.items():
            tensor = torch.as_tensor(value).cpu()
            self.taken.setdefault(name, []).append(tensor if name == "manifold" else tensor.float())

    def _learnt(self, judge) -> Tensor:
        """The learnt part of the discriminator's logit on the grid, without log p(z): (labels or 1, g, g)."""
        points = GRID_OF_A_LABEL if judge.label_informed else GRID
        side = torch.linspace(-REACH, REACH, points, device=self.device)
        z = torch.cartesian_prod(side, side).flip(1)  # (g², 2): z₁ grows fastest
        labels = (
            [torch.full((len(z),), label, device=self.device) for label in range(CLASSES)]
            if judge.label_informed
            else [None]
        )
        return torch.stack([judge.learnt(z, label) for label in labels]).view(-1, points, points)


def _in_half(name: str, array: np.ndarray) -> np.ndarray:
    """The array in float16. Numbers too large for a bundle (early in a training) become the largest legal one."""
    largest = min(LARGEST.get(name, math.inf), float(np.finfo(np.float16).max))
    return array.clip(-largest, largest).astype(np.float16)


def _webp(picture: np.ndarray) -> bytes:
    """The file's content. picture: (height, width) or (height, width, 3) uint8."""
    from PIL import Image

    file = io.BytesIO()
    Image.fromarray(picture).save(file, "WEBP", quality=QUALITY, method=6)
    return file.getvalue()
