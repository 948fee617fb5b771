"""The ten mistakes of the clinic, a record each.

A record names code as "module:name", so reading the records does not import torch. Its words are in
`ui/texts/en/clinic.py`, under its key.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass

from explorer.config import Config, recipe

EPOCHS, HIDDEN = 100, (64, 64)  # of every run: some ten seconds on one core
VAE, AAE = "vae", "aae-textbook"


@dataclass(frozen=True)
class Fault:
    """One mistake: one change of the project's code, and where the run then differs from the healthy run."""

    key: str  # of its words and of its recording
    kind: str  # the sibling whose code it changes
    replaces: str  # "module:name": the project's code
    code: str  # "module:name": the same with the mistake
    right: str  # the line of the project's code that the mistake changes
    broken: str  # the line in its place
    # Figures of the run (recordings.py), as multiples of the healthy run's. Each is at least this many times as large
    # if the number is above 1, and at most if it is below 1.
    symptoms: Mapping[str, float]
    choices: tuple[str, str, str, str]  # the keys of the four answers, as they are listed; its own is one of them
    latent_dim: int = 2
    reductions: tuple[str, str] = ("sum", "sum")  # of BCE and KL, as `objectives.effective_beta` takes them

    @property
    def healthy(self) -> str:
        """The name of the healthy run that this one is compared with."""
        return f"{self.kind}-{self.latent_dim}d"

    @property
    def config(self) -> Config:
        """The configuration of its run and of the healthy one."""
        full = recipe("digits", self.kind)
        return dataclasses.replace(
            full,
            model=dataclasses.replace(full.model, hidden=HIDDEN, latent_dim=self.latent_dim),
            training=dataclasses.replace(full.training, epochs=EPOCHS),
        )


_ALL = [
    Fault(
        key="mean_over_pixels",
        kind=VAE,
        replaces="explorer.objectives:reconstruction",
        code="explorer.clinic.broken:mean_over_pixels",
        right='return F.binary_cross_entropy_with_logits(x_logits, x, reduction="sum") / len(x)',
        broken='return F.binary_cross_entropy_with_logits(x_logits, x, reduction="mean")',
        symptoms={"kl": 0.05, "variety": 0.2, "log_reconstruction": 0.05},
        choices=("no_noise", "mean_over_pixels", "kl_sign", "mean_over_dimensions"),
        reductions=("mean", "sum"),
    ),
    Fault(
        key="mean_over_dimensions",
        kind=VAE,
        replaces="explorer.gaussian:kl_to_standard_normal",
        code="explorer.clinic.broken:mean_over_dimensions",
        right="return 0.5 * (log_var.expm1() - log_var + mean.square()).sum(-1)",
        broken="return 0.5 * (log_var.expm1() - log_var + mean.square()).mean(-1)",
        symptoms={"kl": 2.0, "log_kl": 0.7, "reconstruction": 0.95},
        choices=("mean_over_pixels", "log_var_as_std", "sigmoid_before_bce", "mean_over_dimensions"),
        latent_dim=8,  # a mean over two dimensions is too small a change to be seen
        reductions=("sum", "mean"),
    ),
    Fault(
        key="kl_sign",
        kind=VAE,
        replaces="explorer.gaussian:kl_to_standard_normal",
        code="explorer.clinic.broken:kl_sign",
        right="return 0.5 * (log_var.expm1() - log_var + mean.square()).sum(-1)",
        broken="return 0.5 * (log_var - log_var.expm1() - mean.square()).sum(-1)",
        symptoms={"log_total": -1e6, "code_std": 1e3, "variety": 0.2},
        choices=("kl_sign", "sigmoid_before_bce", "no_noise", "mean_over_pixels"),
    ),
    Fault(
        key="log_var_as_std",
        kind=VAE,
        replaces="explorer.gaussian:reparameterise",
        code="explorer.clinic.broken:log_var_as_std",
        right="return mean + (0.5 * log_var).exp() * noise",
        broken="return mean + log_var * noise",
        symptoms={"kl": 0.2, "sigma": 2.0, "reconstruction": 1.5},
        choices=("kl_sign", "mean_over_pixels", "log_var_as_std", "mean_over_dimensions"),
    ),
    Fault(
        key="sigmoid_before_bce",
        kind=VAE,
        replaces="explorer.objectives:reconstruction",
        code="explorer.clinic.broken:sigmoid_before_bce",
        right='return F.binary_cross_entropy_with_logits(x_logits, x, reduction="sum") / len(x)',
        broken='return F.binary_cross_entropy_with_logits(x_logits.sigmoid(), x, reduction="sum") / len(x)',
        symptoms={"log_reconstruction": 1.5, "black_or_white": 1.5},
        choices=("mean_over_pixels", "no_noise", "kl_sign", "sigmoid_before_bce"),
    ),
    Fault(
        key="no_noise",
        kind=VAE,
        replaces="explorer.gaussian:reparameterise",
        code="explorer.clinic.broken:no_noise",
        right="return mean + (0.5 * log_var).exp() * noise",
        broken="return mean",
        symptoms={"kl": 0.2, "sigma": 2.0, "reconstruction": 1.5},
        choices=("mean_over_dimensions", "sigmoid_before_bce", "no_noise", "kl_sign"),
    ),
    Fault(
        key="discriminator_sees_pixels",
        kind=AAE,
        replaces="explorer.steps:TextbookAAEStep",
        code="explorer.clinic.broken:DiscriminatorSeesPixels",
        right="judged = objectives.textbook_discriminator_loss(discriminator, codes, draws, labels)",
        broken="judged = objectives.textbook_discriminator_loss(discriminator, pictures, x, labels)",
        symptoms={"log_discriminator_total": 0.1, "log_adversarial": 3.0, "sliced_w2_squared": 100.0},
        choices=(
            "batch_norm_in_discriminator",
            "encoder_phase_moves_discriminator",
            "discriminator_sees_pixels",
            "fast_discriminator",
        ),
    ),
    Fault(
        key="encoder_phase_moves_discriminator",
        kind=AAE,
        replaces="explorer.steps:TextbookAAEStep",
        code="explorer.clinic.broken:EncoderPhaseMovesDiscriminator",
        right='self.optimisers[adam(model.encoder.parameters())] = "discriminator_lr"',
        broken="self.optimisers[adam([*model.encoder.parameters(), *model.discriminator.parameters()])] = "
        '"discriminator_lr"',
        symptoms={"log_discriminator_fake": 1.5, "log_adversarial": 0.7, "sliced_w2_squared": 100.0},
        choices=(
            "encoder_phase_moves_discriminator",
            "fast_discriminator",
            "batch_norm_in_discriminator",
            "discriminator_sees_pixels",
        ),
    ),
    Fault(
        key="fast_discriminator",
        kind=AAE,
        replaces="explorer.steps:Step",
        code="explorer.clinic.broken:FastDiscriminator",
        right="peaks = [getattr(self.training, setting) for setting in self.optimisers.values()]",
        broken="peaks = [self.training.lr, 100 * self.training.discriminator_lr, self.training.discriminator_lr]",
        symptoms={"peak_adversarial": 5.0, "sliced_w2_squared": 20.0},
        choices=(
            "batch_norm_in_discriminator",
            "fast_discriminator",
            "discriminator_sees_pixels",
            "encoder_phase_moves_discriminator",
        ),
    ),
    Fault(
        key="batch_norm_in_discriminator",
        kind=AAE,
        replaces="explorer.models:multilayer_perceptron",
        code="explorer.clinic.broken:perceptron_with_batch_norm",
        right="layers += [Linear(inputs, outputs), nn.ReLU()]",
        broken="layers += [Linear(inputs, outputs), nn.BatchNorm1d(outputs), nn.ReLU()]",
        symptoms={"sliced_w2_squared": 100.0, "code_std": 1.5},
        choices=(
            "discriminator_sees_pixels",
            "encoder_phase_moves_discriminator",
            "fast_discriminator",
            "batch_norm_in_discriminator",
        ),
    ),
]
FAULTS = {fault.key: fault for fault in _ALL}
HEALTHY = {fault.healthy: fault.config for fault in _ALL}
