"""Measures a trained model on a test set: its codes, its losses, and the distance of its q(z) from p(z)."""

from __future__ import annotations

import copy
import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from explorer import gaussian, metrics, objectives
from explorer.metrics import FEW_DIMENSIONS, SETS, SETS_IN_MANY_DIMENSIONS
from explorer.models import Autoencoder, Encoding
from explorer.shared import NUMBERS
from explorer.store.bundle_checks import LARGEST
from explorer.training.accelerated import backend_for
from explorer.training.devices import in_double
from explorer.training.diverged import REMEDY, TrainingDiverged

if TYPE_CHECKING:
    from explorer.data.datasets import Split

EVALUATION_SEED = 20  # of the noise and of the draws from the prior in `evaluate`
AT_ONCE = 40_000_000  # pixels of the images that are encoded at once, in float32
DRAWS_AN_IMAGE = NUMBERS["draws_an_image"]  # draws of z per image in the VAE's -ELBO


@dataclass(frozen=True)
class Evaluation:
    """The measurements on one split of n images, in nats per image unless a metric has another unit."""

    metrics: dict
    mean: np.ndarray  # (n, latent_dim) float32
    log_var: np.ndarray | None  # (n, latent_dim) float32


@torch.no_grad()
def round_to_half(model: Autoencoder) -> Autoencoder:
    """Rounds the weights in place to the float16 values that a bundle stores, so that the stored model is measured.

    Raises TrainingDiverged for weights that are NaN or beyond float16.
    """
    for name, parameter in model.named_parameters():
        parameter.copy_(parameter.half().float())
        if not parameter.isfinite().all():
            raise TrainingDiverged(
                f"the trained weights in {name} are NaN or above 65,504, float16's largest number. {REMEDY}"
            )
    return model


@torch.no_grad()
def evaluate(
    model: Autoencoder,
    test: Split,
    device: torch.device,
    *,
    train: Split | None = None,
    importance_samples: int = 0,
    progress: Callable[[float], None] = lambda share: None,
) -> Evaluation:
    """The codes and the metrics of a model on a test split. Moves the model to the device, in eval mode.

    train: the training split, for `label_accuracy`; None: without it. importance_samples: draws of z per image in a
    VAE's bound on log p(x); 0: without the bound. progress: called from time to time with the finished share of the
    work; an exception that it raises ends the evaluation.
    The noise and the draws from the prior come from EVALUATION_SEED on the CPU, so they are the same on all devices.
    Raises TrainingDiverged for codes that are NaN, infinite, or larger than pages can show.
    """
    model = model.to(device).eval()
    x = _pixels(test, device)
    n, latent_dim = len(x), model.config.latent_dim
    generator = torch.Generator().manual_seed(EVALUATION_SEED)
    mean, log_var = _encode(model, x)
    results: dict = {"images": n, "seed": EVALUATION_SEED, "reconstruction": _bce_at(model, mean, x)}
    codes = mean
    if log_var is not None:
        draws = torch.randn(DRAWS_AN_IMAGE, n, latent_dim, generator=generator).to(device)
        z = gaussian.reparameterise(mean, log_var, draws)  # (draws, n, latent_dim)
        at_z = float(np.mean([_bce_at(model, one, x) for one in z]))
        kls = [in_double(objectives.kl_to_prior(model.prior, mean, log_var, one)).mean().item() for one in z]
        kl = float(np.mean(kls))
        results |= {"draws": DRAWS_AN_IMAGE, "reconstruction_sampled": at_z, "kl": kl, "negative_elbo": at_z + kl}
        codes = z[0]
    if not (codes.isfinite().all() and np.isfinite(results.get("negative_elbo", results["reconstruction"]))):
        raise TrainingDiverged(f"the trained model's codes or their losses are NaN or infinite. {REMEDY}")
    if any(
        (part.abs() > LARGEST[name]).any() for name, part in (("mean", mean), ("log_var", log_var)) if part is not None
    ):
        raise TrainingDiverged(
            f"the trained model's codes or their log-variances are larger than pages can show. {REMEDY}"
        )
    progress(0.05)
    backend = backend_for(device)
    results |= _distances(codes.cpu().numpy(), model, generator, backend)
    progress(0.15)
    if log_var is not None:
        split = metrics.elbo_surgery(
            *(part.cpu().numpy() for part in (mean, log_var, codes, model.prior.log_prob(codes))), backend=backend
        )
        results |= {"mutual_information": split.mutual_information, "marginal_kl": split.marginal_kl}
        if importance_samples:
            results["importance_samples"] = importance_samples
            results["negative_log_likelihood"] = -importance_weighted_bound(
                model, x, importance_samples, generator, lambda share: progress(0.15 + 0.85 * share)
            )
    if train is not None:
        train_codes = _encode(model, torch.from_numpy(train.images).to(device)).mean
        results["label_accuracy"] = metrics.knn_label_accuracy(
            train_codes.cpu().numpy(), train.labels, mean.cpu().numpy(), test.labels, backend=backend
        )
    if model.config.label_informed:
        nearest = model.prior.component_log_prob(mean).argmax(-1).cpu().numpy()
        results["own_component"] = float((nearest == test.labels).mean())
    return Evaluation(results, mean.cpu().numpy(), None if log_var is None else log_var.cpu().numpy())


def _pixels(split: Split, device: torch.device) -> Tensor:
    return torch.from_numpy(split.images).to(device).float() / 255  # (n, pixels)


def _images_at_once(model: Autoencoder) -> int:
    return AT_ONCE // (model.config.pixels * (4 if model.config.network == "conv" else 1))


def _encode(model: Autoencoder, images: Tensor) -> Encoding:
    """Encodes images (n, pixels) in [0, 1], or uint8, in batches: a large set would not fit into memory in float32."""
    parts = [
        model.encode(part if part.is_floating_point() else part.float() / 255)
        for part in images.split(_images_at_once(model))
    ]
    return Encoding(
        torch.cat([part.mean for part in parts]),
        None if parts[0].log_var is None else torch.cat([part.log_var for part in parts]),
    )


def _distances(codes: np.ndarray, model: Autoencoder, generator: torch.Generator, backend: metrics.Backend) -> dict:
    """The distances of the codes (n, latent_dim) from the prior, and their nulls: [mean, standard deviation].

    Each is a mean over several sets of n draws from the prior. Estimates from a single set scatter by as much as models
    differ: the sliced W₂² of 10,000 codes by 0.0003.
    """
    n, latent_dim = codes.shape
    prior = copy.deepcopy(model.prior).cpu()

    def sample_prior(count: int) -> np.ndarray:
        return prior.sample(count, latent_dim, generator).numpy()

    found: dict = {"code_mean": codes.mean(0).tolist(), "code_std": codes.std(0).tolist()}
    sets = SETS if latent_dim <= FEW_DIMENSIONS else SETS_IN_MANY_DIMENSIONS
    for name in ("coverage", "sliced_w2_squared", "knn_kl"):
        estimator = functools.partial(getattr(metrics, name), backend=backend)
        try:
            found[name] = float(np.mean([estimator(codes, sample_prior(n)) for _ in range(sets)]))
        except ValueError:  # knn_kl: codes that coincide have no density
            continue
        found[f"{name}_null"] = list(metrics.null_of(estimator, sample_prior, n, sets))
    return found


def importance_weighted_bound(
    model: Autoencoder,
    x: Tensor,
    samples: int,
    generator: torch.Generator,
    progress: Callable[[float], None] = lambda share: None,
) -> float:
    """A lower bound on the mean log p(x) in nats per image: the log of a mean over draws of z, tighter than the ELBO.

    x: (n, pixels) in [0, 1]; samples: draws of z per image; progress: as in `evaluate`.
    (Burda et al. 2016, arXiv 1509.00519, section 3.)
    """
    bounds: list[float] = []
    parts = x.split(max(1, min(50_000, _images_at_once(model)) // samples))
    for part in parts:
        mean, log_var = model.encode(part)
        noise = torch.randn(samples, *mean.shape, generator=generator).to(x.device)
        z = gaussian.reparameterise(mean, log_var, noise)  # (samples, n, latent_dim)
        logits = model.decode(z)  # (samples, n, pixels)
        log_p_x = (torch.einsum("snp,np->sn", logits, part) - F.softplus(logits).sum(-1)).cpu().numpy()
        log_p_z = model.prior.log_prob(z.flatten(0, 1)).view(samples, -1).cpu().numpy()
        log_q_z = gaussian.log_prob_diagonal(z, mean, log_var).cpu().numpy()
        bounds.append(metrics.importance_weighted_bound(log_p_x + log_p_z, log_q_z).mean * len(part))
        progress(len(bounds) / len(parts))
    return float(sum(bounds) / len(x))


def _bce_at(model: Autoencoder, z: Tensor, x: Tensor, batch: int = 2000) -> float:
    """The mean reconstruction of x (n, pixels) at codes z (n, latent_dim), in nats per image."""
    batch = min(batch, _images_at_once(model))
    pairs = zip(z.split(batch), x.split(batch))
    parts = [in_double(objectives.reconstruction(model.decode(a), b)) * len(a) for a, b in pairs]
    return (sum(parts) / len(x)).item()
