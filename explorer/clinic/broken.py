"""The clinic's mistakes: each is a small change of the project's own loss, network or training step.

Nothing here is right. The right code is in `objectives.py`, `gaussian.py`, `models.py` and `steps.py`.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from explorer import gaussian, objectives
from explorer.clinic.faults import Fault
from explorer.models import AAE, Linear, multilayer_perceptron
from explorer.objectives import VAELoss
from explorer.siblings import resolve
from explorer.steps import Step, TextbookAAEStep, VAEStep, adam, one_cycle

# Mistakes in a part of the VAE's loss.


def mean_over_pixels(x_logits: Tensor, x: Tensor) -> Tensor:
    """In place of `objectives.reconstruction`."""
    return F.binary_cross_entropy_with_logits(x_logits, x, reduction="mean")


def sigmoid_before_bce(x_logits: Tensor, x: Tensor) -> Tensor:
    """In place of `objectives.reconstruction`."""
    return F.binary_cross_entropy_with_logits(x_logits.sigmoid(), x, reduction="sum") / len(x)


def mean_over_dimensions(mean: Tensor, log_var: Tensor) -> Tensor:
    """In place of `gaussian.kl_to_standard_normal`."""
    return 0.5 * (log_var.expm1() - log_var + mean.square()).mean(-1)


def kl_sign(mean: Tensor, log_var: Tensor) -> Tensor:
    """In place of `gaussian.kl_to_standard_normal`: -KL, which the paper's equation 10 maximises."""
    return 0.5 * (log_var - log_var.expm1() - mean.square()).sum(-1)


def log_var_as_std(mean: Tensor, log_var: Tensor, noise: Tensor) -> Tensor:
    """In place of `gaussian.reparameterise`."""
    return mean + log_var * noise


def no_noise(mean: Tensor, log_var: Tensor, noise: Tensor) -> Tensor:
    """In place of `gaussian.reparameterise`."""
    return mean


def vae_loss(
    model: nn.Module,
    x: Tensor,
    noise: Tensor,
    beta: float = 1.0,
    *,
    reconstruction: Callable[[Tensor, Tensor], Tensor] = objectives.reconstruction,
    kl_to_standard_normal: Callable[[Tensor, Tensor], Tensor] = gaussian.kl_to_standard_normal,
    reparameterise: Callable[[Tensor, Tensor, Tensor], Tensor] = gaussian.reparameterise,
) -> VAELoss:
    """`objectives.vae_loss` for the prior N(0, I), with parts that can be replaced by mistakes."""
    mean, log_var = model.encode(x)
    z = reparameterise(mean, log_var, noise)
    bce = reconstruction(model.decode(z), x)
    kl = kl_to_standard_normal(mean, log_var).mean()
    return VAELoss(bce + beta * kl, bce, kl)


# Mistakes in the networks or the training step of the textbook's AAE.


class DiscriminatorSeesPixels(TextbookAAEStep):
    """The discriminator compares reconstructions with images, not codes with draws of the prior."""

    def __init__(self, model, training, noise, processes) -> None:
        _rebuild_discriminator(model, multilayer_perceptron, model.config.pixels, training.seed)
        super().__init__(model, training, noise, processes)

    def take(self, x: Tensor, labels: Tensor | None = None) -> dict[str, Tensor]:
        autoencoder_optimiser, discriminator_optimiser, encoder_optimiser = self.optimisers
        batch, discriminator = len(x), self.model.discriminator
        reconstructed = self.descend(autoencoder_optimiser, objectives.ae_loss(self.model, x), batch)

        pictures = self.model.decode(self.model.encode(x).mean).sigmoid()
        judged = objectives.textbook_discriminator_loss(discriminator, pictures, x, labels)
        judged_terms = self.descend(discriminator_optimiser, judged, batch)
        fooled = self.descend(encoder_optimiser, objectives.encoder_loss(discriminator, pictures, labels), batch)
        return {"reconstruction": reconstructed["reconstruction"], "adversarial": fooled["total"]} | {
            f"discriminator_{name}": term for name, term in judged_terms.items()
        }


class EncoderPhaseMovesDiscriminator(TextbookAAEStep):
    """The encoder's optimiser also has the discriminator's weights."""

    def __init__(self, model, training, noise, processes) -> None:
        Step.__init__(self, model, training, noise, processes)
        self.optimisers[adam(model.discriminator.parameters())] = "discriminator_lr"
        self.optimisers[adam([*model.encoder.parameters(), *model.discriminator.parameters()])] = "discriminator_lr"


class FastDiscriminator(TextbookAAEStep):
    """The discriminator's learning rate is a hundred times that of the encoder."""

    def scalars(self, progress: float) -> dict[str, float]:
        peaks = [self.training.lr, 100 * self.training.discriminator_lr, self.training.discriminator_lr]
        return {f"lr{i}": peak * one_cycle(progress) for i, peak in enumerate(peaks)}


def perceptron_with_batch_norm(*widths: int) -> nn.Sequential:
    """In place of `models.multilayer_perceptron` in the discriminator."""
    layers: list[nn.Module] = []
    for inputs, outputs in itertools.pairwise(widths):
        layers += [Linear(inputs, outputs), nn.BatchNorm1d(outputs), nn.ReLU()]
    return nn.Sequential(*layers[:-2])


# From a record to the training step that `training.fit` takes.


def step_of(fault: Fault) -> type[Step]:
    """The training step with this mistake."""
    mistake = resolve(fault.code)
    if isinstance(mistake, type):
        return mistake
    if fault.kind == "vae":
        return _vae_step(**{fault.replaces.partition(":")[2]: mistake})
    return _aae_step(mistake)


def _vae_step(**parts: Callable[..., Tensor]) -> type[Step]:
    class FaultyVAEStep(VAEStep):
        def take(self, x: Tensor, labels: Tensor | None = None) -> dict[str, Tensor]:
            (optimiser,) = self.optimisers
            noise = torch.randn(len(x), self.model.config.latent_dim, generator=self.noise, device=x.device)
            return self.descend(optimiser, vae_loss(self.model, x, noise, self.training.beta, **parts), len(x))

    return FaultyVAEStep


def _aae_step(perceptron: Callable[..., nn.Sequential]) -> type[Step]:
    class FaultyAAEStep(TextbookAAEStep):
        def __init__(self, model, training, noise, processes) -> None:
            _rebuild_discriminator(model, perceptron, model.config.latent_dim, training.seed)
            super().__init__(model, training, noise, processes)

    return FaultyAAEStep


def _rebuild_discriminator(model: AAE, perceptron: Callable[..., nn.Sequential], inputs: int, seed: int) -> None:
    """Replaces the discriminator's network, initialised from `seed` without changing the global generator."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        model.discriminator.body = perceptron(inputs, *model.config.discriminator_hidden, 1)
