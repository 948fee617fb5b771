"""One training step of each sibling: its random draws, its loss and its optimisers.

Training (training/fit.py) passes the model, its settings, a random generator and the processes that share each batch.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterator
from typing import TYPE_CHECKING, Protocol, TypeVarTuple

import torch
from torch import Tensor
from torch.nn import functional as F

from explorer import objectives
from explorer.config import TrainingConfig
from explorer.models import Autoencoder
from explorer.shared import NUMBERS
from explorer.siblings import SIBLINGS, resolve

if TYPE_CHECKING:
    from explorer.training.distributed import Processes

# These numbers stand in web/kernel/numbers.js: the browser trains with them, too.
WARM_UP, FIRST, LAST = (NUMBERS["one_cycle"][name] for name in ("warm_up", "first", "last"))
SMOOTHED = NUMBERS["smoothed"]  # the share of the steps in which noise is added to the discriminator's inputs
# the shares of the steps between which its random Fourier features are added
DETAIL = tuple(NUMBERS["detail"])
NEGLIGIBLE = NUMBERS["negligible_moment"]  # moments below this move no weight
Batch = TypeVarTuple("Batch")  # tensors with one row per image of a batch, or None in place of a tensor


class Loss(Protocol):
    """A named tuple of scalars: `total`, whose gradient is followed, and the terms of a loss."""

    @property
    def _fields(self) -> tuple[str, ...]: ...

    @property
    def total(self) -> Tensor: ...

    def __iter__(self) -> Iterator[Tensor]: ...


def one_cycle(progress: float) -> float:
    """The learning rate as a share of its peak, for progress in (0, 1]: a cosine up, then a cosine down to almost 0.

    It begins with FIRST, rises during the share WARM_UP of the steps, and ends with LAST.

    (Smith & Topin 2017, arXiv 1708.07120: one cycle.)
    """
    if progress < WARM_UP:
        return FIRST + (1 - FIRST) * (1 - math.cos(math.pi * progress / WARM_UP)) / 2
    return LAST + (1 - LAST) * (1 + math.cos(math.pi * (progress - WARM_UP) / (1 - WARM_UP))) / 2


class Step:
    """The base of the siblings' training steps: each is a subclass with its own `take`.

    It has one Adam optimiser for encoder and decoder, whose learning rate rises and falls once. `optimisers` names the
    setting that is an optimiser's peak learning rate. Between two steps `training` may be replaced by one that differs
    in WHILE_TRAINING (config.py).
    """

    def __init__(
        self, model: Autoencoder, training: TrainingConfig, noise: torch.Generator, processes: Processes
    ) -> None:
        self.model, self.training, self.noise, self.processes = model, training, noise, processes
        self.optimisers = {adam([*model.encoder.parameters(), *model.decoder.parameters()]): "lr"}

    def scalars(self, progress: float) -> dict[str, float]:
        """The numbers that vary from step to step, after a share `progress` of the steps, in (0, 1]."""
        peaks = [getattr(self.training, setting) for setting in self.optimisers.values()]
        return {f"lr{i}": peak * one_cycle(progress) for i, peak in enumerate(peaks)}

    def follow(self, scalars: dict[str, Tensor]) -> None:
        """From now on, each step reads these numbers from tensors (), which `fit` changes before the step."""
        for i, optimiser in enumerate(self.optimisers):
            optimiser.param_groups[0]["lr"] = scalars[f"lr{i}"]

    def set_progress(self, progress: float) -> Hashable:
        """Chooses the operations of the step that ends after a share `progress` of the steps. Returns the choices.

        Steps with equal choices and batches of one size take the same operations, so one CUDA graph serves them all
        (training/graphs.py).
        """
        return None

    def take(self, x: Tensor, labels: Tensor | None = None) -> dict[str, Tensor]:
        """Takes one step. Returns the terms of the loss by name: scalars in nats per image, means over the batch.

        x: (batch, pixels) in [0, 1]; labels: (batch,), for a label-informed discriminator.
        """
        raise NotImplementedError

    def forget_negligible_moments(self) -> None:
        """Sets the optimisers' moments below NEGLIGIBLE to 0.

        The moments of weights whose gradients stay 0, such as those at pixels that are always black, decay to denormal
        numbers and stay there. A processor is many times slower at those.
        """
        for optimiser in self.optimisers:
            for moments in optimiser.state.values():
                for name in ("exp_avg", "exp_avg_sq"):
                    moments[name].copy_(F.hardshrink(moments[name], NEGLIGIBLE))

    def share(self, *batch: *Batch) -> tuple[*Batch]:
        """This process's rows of tensors with one row per image of the batch: all rows, if there is one process."""
        return self.processes.share(*batch)

    def descend(self, optimiser: torch.optim.Optimizer, loss: Loss, batch: int) -> dict[str, Tensor]:
        """Takes one step of the optimiser down the gradient of `loss.total`, and returns the loss's terms.

        loss: its terms on this process's share of the batch. batch: the number of images in the whole batch.
        Gradients and terms are averaged over the whole batch.
        """
        moved = optimiser.param_groups[0]["params"]
        for parameter in moved:
            parameter.grad = None  # its memory, still in the processor's cache, takes the new ones
        gradients = torch.autograd.grad(loss.total, moved)
        means = self.processes.average([*gradients, *(term.detach() for term in loss)], batch)
        for parameter, gradient in zip(moved, means):
            parameter.grad = gradient
        optimiser.step()
        return dict(zip(loss._fields, means[len(moved) :]))


class AEStep(Step):
    def take(self, x: Tensor, labels: Tensor | None = None) -> dict[str, Tensor]:
        (optimiser,) = self.optimisers
        loss = objectives.ae_loss(self.model, *self.share(x))
        return self.descend(optimiser, loss, len(x))


class VAEStep(Step):
    def take(self, x: Tensor, labels: Tensor | None = None) -> dict[str, Tensor]:
        (optimiser,) = self.optimisers
        noise = torch.randn(len(x), self.model.config.latent_dim, generator=self.noise, device=x.device)
        loss = objectives.vae_loss(self.model, *self.share(x, noise), self.training.beta)
        return self.descend(optimiser, loss, len(x))


class AAEStep(Step):
    def __init__(
        self, model: Autoencoder, training: TrainingConfig, noise: torch.Generator, processes: Processes
    ) -> None:
        super().__init__(model, training, noise, processes)
        betas = tuple(NUMBERS["discriminator_betas"])  # (0.5, 0.99), also those of the lesson's discriminator
        self.optimisers[adam(model.discriminator.parameters(), betas=betas)] = "discriminator_lr"
        self.adversarial_weight = torch.tensor(training.adversarial_weight)
        self.followed: dict[str, Tensor] = {}

    def scalars(self, progress: float) -> dict[str, float]:
        # coarse shapes first, so that the mass can spread; then finer and finer ones
        start, end = DETAIL
        return super().scalars(progress) | {
            "adversarial_weight": self.training.adversarial_weight_after(progress),
            "smoothing": self.training.smoothing * max(0.0, 1 - progress / SMOOTHED),
            "detail": min(1.0, max(0.0, (progress - start) / (end - start))),
        }

    def follow(self, scalars: dict[str, Tensor]) -> None:
        super().follow(scalars)
        self.adversarial_weight = scalars["adversarial_weight"]
        self.followed = scalars

    def set_progress(self, progress: float) -> Hashable:
        # smoothing and detail are plain numbers while they are 0 or 1: they cost nothing then
        discriminator, now = self.model.discriminator, self.scalars(progress)
        fixed = {name: now[name] if now[name] in (0, 1) else None for name in ("smoothing", "detail")}
        for name, value in fixed.items():
            setattr(discriminator, name, self.followed[name] if value is None else value)
        return tuple(fixed.values())

    def take(self, x: Tensor, labels: Tensor | None = None) -> dict[str, Tensor]:
        autoencoder_optimiser, discriminator_optimiser = self.optimisers
        batch, latent_dim = len(x), self.model.config.latent_dim
        draws = self.model.prior.sample(batch, latent_dim, self.noise, *([] if labels is None else [labels]))
        x, labels, draws = self.share(x, labels, draws)
        seen = codes = self.model.encode(x).mean  # (share, latent_dim)
        if self.model.discriminator.is_smoothed:
            noise = torch.randn(2, batch, latent_dim, generator=self.noise, device=codes.device)
            noise = noise * self.model.discriminator.smoothing
            of_codes, of_draws = self.share(*noise)
            seen, draws = codes + of_codes, draws + of_draws

        # Phase 1: the discriminator learns to tell draws of the prior from codes.
        judged = objectives.discriminator_loss(self.model.discriminator, seen, draws, self.training.r1, labels)
        judged_terms = self.descend(discriminator_optimiser, judged, batch)

        # Phase 2: encoder and decoder reconstruct, and the encoder fools the discriminator.
        loss = objectives.aae_loss(self.model, x, codes, self.adversarial_weight.to(x), labels, seen)
        return self.descend(autoencoder_optimiser, loss, batch) | {
            f"discriminator_{name}": term for name, term in judged_terms.items()
        }


class TextbookAAEStep(Step):
    """Makhzani et al. 2015 (arXiv 1511.05644), section 2: two phases, and an optimiser for each of three losses."""

    def __init__(
        self, model: Autoencoder, training: TrainingConfig, noise: torch.Generator, processes: Processes
    ) -> None:
        super().__init__(model, training, noise, processes)
        self.optimisers[adam(model.discriminator.parameters())] = "discriminator_lr"
        self.optimisers[adam(model.encoder.parameters())] = "discriminator_lr"

    def take(self, x: Tensor, labels: Tensor | None = None) -> dict[str, Tensor]:
        autoencoder_optimiser, discriminator_optimiser, encoder_optimiser = self.optimisers
        batch, latent_dim, discriminator = len(x), self.model.config.latent_dim, self.model.discriminator
        draws = self.model.prior.sample(batch, latent_dim, self.noise, *([] if labels is None else [labels]))
        x, labels, draws = self.share(x, labels, draws)

        # Reconstruction phase: encoder and decoder reconstruct.
        reconstructed = self.descend(autoencoder_optimiser, objectives.ae_loss(self.model, x), batch)

        # Regularisation phase: the discriminator learns to tell draws of the prior from codes, ...
        codes = self.model.encode(x).mean  # (share, latent_dim)
        judged = objectives.textbook_discriminator_loss(discriminator, codes, draws, labels)
        judged_terms = self.descend(discriminator_optimiser, judged, batch)
        # ... then the encoder learns to fool it.
        fooled = self.descend(encoder_optimiser, objectives.encoder_loss(discriminator, codes, labels), batch)
        return {"reconstruction": reconstructed["reconstruction"], "adversarial": fooled["total"]} | {
            f"discriminator_{name}": term for name, term in judged_terms.items()
        }


def step_of(kind: str) -> type[Step]:
    """The training step of a sibling. Its record names the class, or a function that becomes the class's `take`."""
    found = resolve(SIBLINGS[kind].step)
    return found if isinstance(found, type) else type(f"Step of {kind}", (Step,), {"take": found})


def adam(parameters, **options) -> torch.optim.Optimizer:
    parameters = list(parameters)
    # capturable: a CUDA graph may hold its step
    return torch.optim.Adam(parameters, fused=True, capturable=parameters[0].is_cuda, **options)
