"""Fitting the models. `fit` is a generator of reports and knows no screen; whoever runs it draws them."""

from __future__ import annotations

import copy
import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from explorer import gaussian, metrics, objectives
from explorer.config import Config, TrainingConfig
from explorer.models import Autoencoder, build
from explorer.priors import get_prior

EVALUATION_SEED = 20  # of the noise and of the prior's draws in `evaluate`
DRAWS_AN_IMAGE = 16  # of z, in the VAE's -ELBO
WARM_UP = 0.2  # share of the steps in which the learning rate rises
_REMEDY = "Nothing was written. A smaller --lr usually helps."


class TrainingDiverged(Exception):
    """A loss is NaN or infinite; the message says which, and at what epoch and step. Or the trained weights or their codes are."""


@dataclass(frozen=True)
class Report:
    """One moment of training. `terms` (nats per image, means over the epoch) comes at an epoch's end."""

    epoch: int  # from 1
    step: int  # in the epoch, from 1
    steps: int  # an epoch
    model: Autoencoder
    terms: dict[str, float] | None = None


def choose_device(name: str = "auto") -> torch.device:
    """CUDA when it is available, else another accelerator, else the CPU; or the device of that name.

    Raises ValueError for a device that torch does not know or this machine does not have.
    """
    if name == "auto":
        if torch.cuda.is_available():
            return torch.device("cuda")
        return torch.accelerator.current_accelerator(check_available=True) or torch.device("cpu")
    try:
        device = torch.device(name)
        torch.zeros(1, device=device).item()
    except (RuntimeError, AssertionError, ImportError) as error:
        reason = str(error).strip().splitlines()[0].split(". ")[0]
        raise ValueError(f"device {name!r} cannot be used here: {reason}") from error
    return device


def describe_device(device: torch.device) -> str:
    """`cuda (NVIDIA H100)`, `cpu (2 threads)`."""
    if device.type == "cuda":
        return f"cuda ({torch.cuda.get_device_name(device)})"
    return f"cpu ({torch.get_num_threads()} threads)" if device.type == "cpu" else str(device)


def fit(config: Config, images: np.ndarray, device: torch.device) -> Iterator[Report]:
    """Trains one model, and yields a Report after every step.

    images: (n, pixels) uint8. The last report's `model` is the result. Everything random comes from
    `config.training.seed`. Raises TrainingDiverged.
    """
    training = config.training
    model = build(config.model, seed=training.seed).to(device).train()
    data = torch.from_numpy(images).to(device)
    shuffling = torch.Generator(device).manual_seed(training.seed)
    noise = torch.Generator(device).manual_seed(training.seed + 1)
    steps = math.ceil(len(data) / training.batch_size)
    game = _PLAYERS[config.model.kind](model, training, noise)
    average = copy.deepcopy(model).requires_grad_(False) if training.average else None

    for epoch in range(1, training.epochs + 1):
        order = torch.randperm(len(data), generator=shuffling, device=device)
        losses: list[dict[str, Tensor]] = []
        for step, rows in enumerate(order.split(training.batch_size), start=1):
            game.set_learning_rate(one_cycle(((epoch - 1) * steps + step) / (training.epochs * steps)))
            x = data[rows].float() / 255  # (batch, pixels)
            losses.append(game.step(x))
            if average is not None:
                taken = (epoch - 1) * steps + step
                decay = min(training.average, taken / (taken + 10))  # a short run's average must not remember the start
                torch._foreach_lerp_(list(average.parameters()), [p.detach() for p in model.parameters()], 1 - decay)
            if step < steps:
                yield Report(epoch, step, steps, model)
        result = average if average is not None else model
        yield Report(epoch, steps, steps, result, _mean_terms(losses, epoch))


def one_cycle(progress: float) -> float:
    """The learning rate's share of its peak, for progress in (0, 1]: up in a cosine, then down to almost 0.

    (Smith & Topin 2017, arXiv 1708.07120: one cycle.)
    """
    if progress < WARM_UP:
        return 0.04 + 0.96 * (1 - math.cos(math.pi * progress / WARM_UP)) / 2
    return 1e-4 + (1 - 1e-4) * (1 + math.cos(math.pi * (progress - WARM_UP) / (1 - WARM_UP))) / 2


# What one step of each sibling is.


class _Player:
    """One optimiser over encoder and decoder."""

    def __init__(self, model: Autoencoder, training: TrainingConfig, noise: torch.Generator) -> None:
        self.model, self.training, self.noise = model, training, noise
        self.parameters = [*model.encoder.parameters(), *model.decoder.parameters()]
        self.optimisers = {_adam(self.parameters): training.lr}

    def set_learning_rate(self, share: float) -> None:
        for optimiser, peak in self.optimisers.items():
            optimiser.param_groups[0]["lr"] = peak * share

    def step(self, x: Tensor) -> dict[str, Tensor]:
        raise NotImplementedError

    def descend(self, optimiser: torch.optim.Optimizer, total: Tensor) -> None:
        self.model.zero_grad(set_to_none=True)
        total.backward()
        optimiser.step()


class _AEPlayer(_Player):
    def step(self, x: Tensor) -> dict[str, Tensor]:
        (optimiser,) = self.optimisers
        loss = objectives.ae_loss(self.model, x)
        self.descend(optimiser, loss.total)
        return _detached(loss)


class _VAEPlayer(_Player):
    def step(self, x: Tensor) -> dict[str, Tensor]:
        (optimiser,) = self.optimisers
        noise = torch.randn(len(x), self.model.config.latent_dim, generator=self.noise, device=x.device)
        loss = objectives.vae_loss(self.model, x, noise, self.training.beta)
        self.descend(optimiser, loss.total)
        return _detached(loss)


class _AAEPlayer(_Player):
    def __init__(self, model: Autoencoder, training: TrainingConfig, noise: torch.Generator) -> None:
        super().__init__(model, training, noise)
        self.optimisers[_adam(model.discriminator.parameters(), betas=(0.5, 0.99))] = training.discriminator_lr

    def step(self, x: Tensor) -> dict[str, Tensor]:
        autoencoder_optimiser, discriminator_optimiser = self.optimisers
        codes = self.model.encode(x).mean  # (batch, latent_dim)

        # Phase 1: the discriminator learns to tell draws of the prior from codes.
        draws = self.model.discriminator.prior.sample(*codes.shape, generator=self.noise)
        judged = objectives.discriminator_loss(self.model.discriminator, codes, draws, self.training.r1)
        self.descend(discriminator_optimiser, judged.total)

        # Phase 2: encoder and decoder reconstruct, and the encoder fools the discriminator.
        loss = objectives.aae_loss(self.model, x, codes, self.training.adversarial_weight)
        self.descend(autoencoder_optimiser, loss.total)
        return _detached(loss) | {f"discriminator_{name}": term for name, term in _detached(judged).items()}


_PLAYERS = {"ae": _AEPlayer, "vae": _VAEPlayer, "aae": _AAEPlayer}


def _adam(parameters, **options) -> torch.optim.Optimizer:
    return torch.optim.Adam(list(parameters), fused=True, **options)


def _detached(loss) -> dict[str, Tensor]:
    return {name: term.detach() for name, term in loss._asdict().items()}


def _mean_terms(losses: list[dict[str, Tensor]], epoch: int) -> dict[str, float]:
    """Means over an epoch. The values leave the device once, here, and are checked here."""
    names = list(losses[0])
    table = torch.stack([torch.stack(list(loss.values())) for loss in losses]).double().cpu()  # (steps, terms)
    broken = (~table.isfinite()).nonzero()
    if len(broken):
        # of the first step's broken terms, a summand says more than the total that it broke
        step, term = min(broken.tolist(), key=lambda at: (at[0], names[at[1]].endswith("total"), at[1]))
        raise TrainingDiverged(
            f"{names[term]} became {table[step, term].item()} at epoch {epoch}, step {step + 1} of {len(table)}. {_REMEDY}"
        )
    return dict(zip(names, table.mean(0).tolist()))


# What a trained model is worth.


@dataclass(frozen=True)
class Evaluation:
    """Measured on one split, in nats per image where not said otherwise."""

    metrics: dict
    mean: np.ndarray  # (n, latent_dim) float32
    log_var: np.ndarray | None  # (n, latent_dim) float32


@torch.no_grad()
def round_to_half(model: Autoencoder) -> Autoencoder:
    """Rounds the weights, in place, to the float16 values that a bundle stores, so that what is measured is what ships.

    Raises TrainingDiverged for weights that are NaN or beyond float16.
    """
    for name, parameter in model.named_parameters():
        parameter.copy_(parameter.half().float())
        if not parameter.isfinite().all():
            raise TrainingDiverged(f"the trained weights in {name} are NaN or above 65,504, float16's largest number. {_REMEDY}")
    return model


@torch.no_grad()
def evaluate(model: Autoencoder, images: np.ndarray, device: torch.device) -> Evaluation:
    """Codes and metrics of a model. images: (n, pixels) uint8.

    The noise and the prior's draws come from EVALUATION_SEED, on the CPU, so every device sees the same.
    Raises TrainingDiverged for codes that are NaN or infinite, which cannot be measured.
    """
    model = model.to(device).eval()
    x = torch.from_numpy(images).to(device).float() / 255
    n, latent_dim = len(x), model.config.latent_dim
    generator = torch.Generator().manual_seed(EVALUATION_SEED)
    mean, log_var = model.encode(x)
    results: dict = {"images": n, "seed": EVALUATION_SEED, "reconstruction": _bce_at(model, mean, x)}
    codes = mean
    if log_var is not None:
        draws = torch.randn(DRAWS_AN_IMAGE, n, latent_dim, generator=generator).to(device)
        z = gaussian.reparameterise(mean, log_var, draws)  # (draws, n, latent_dim)
        at_z = float(np.mean([_bce_at(model, one, x) for one in z]))
        kl = gaussian.kl_to_standard_normal(mean, log_var, check=False).mean().item()
        results |= {"draws": DRAWS_AN_IMAGE, "reconstruction_sampled": at_z, "kl": kl, "negative_elbo": at_z + kl}
        codes = z[0]
    prior = get_prior(model.config.prior)

    def sample_prior(count: int) -> np.ndarray:
        return prior.sample(count, latent_dim, generator).numpy()

    codes = codes.cpu().numpy()
    if not (np.isfinite(codes).all() and np.isfinite(results.get("negative_elbo", results["reconstruction"]))):
        raise TrainingDiverged(f"the trained model's codes or their losses are NaN or infinite. {_REMEDY}")
    results["code_mean"], results["code_std"] = codes.mean(0).tolist(), codes.std(0).tolist()
    for name, estimator in (("coverage", metrics.coverage), ("sliced_w2_squared", metrics.sliced_w2_squared)):
        results[name] = estimator(codes, sample_prior(n))
        results[f"{name}_null"] = list(metrics.null_of(estimator, sample_prior, n))
    return Evaluation(results, mean.cpu().numpy(), None if log_var is None else log_var.cpu().numpy())


def _bce_at(model: Autoencoder, z: Tensor, x: Tensor, batch: int = 2000) -> float:
    """Mean reconstruction at the given codes, in nats per image."""
    parts = [objectives.reconstruction(model.decode(a), b).double() * len(a) for a, b in zip(z.split(batch), x.split(batch))]
    return (sum(parts) / len(x)).item()
