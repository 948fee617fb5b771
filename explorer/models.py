"""The networks: an Encoder and a Decoder, the siblings AE, VAE and AAE over them, and the Discriminator.

The three autoencoders differ in one thing, the regulariser of their latent space: none (AE), a KL term (VAE: its
encoder returns a mean and a log-variance), or an adversary (AAE: its encoder returns a point, and a discriminator
receives the codes).
"""

from __future__ import annotations

import itertools
import math
import threading
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from explorer.config import CLASSES, ModelConfig
from explorer.priors import GaussianMixture, get_prior
from explorer.shared import NUMBERS
from explorer.siblings import resolve

WIDE = 256  # the fewest inputs and outputs of a layer that may multiply in a lower precision
# standard deviation of the frequencies of random Fourier features, radians per unit of z
FREQUENCY_SCALE = NUMBERS["frequency_scale"]
_BUILDING = threading.Lock()  # layers take their first weights from torch's global generator, which all threads share


class Encoding(NamedTuple):
    """The output of an encoder: q(z|x) = N(mean, exp(log_var)). A deterministic encoder has no log_var."""

    mean: Tensor  # (n, latent_dim)
    log_var: Tensor | None  # (n, latent_dim), log σ²


class Linear(nn.Linear):
    """A linear layer. In train mode it can multiply in a lower precision than its weights have: see `multiply_in`."""

    precision: torch.dtype | None = None  # None: the weights' own

    def forward(self, x: Tensor) -> Tensor:
        precision = (self.precision if self.training else None) or self.weight.dtype
        return F.linear(x.to(precision), self.weight.to(precision), self.bias.to(precision))


def multiply_in(model: nn.Module, precision: torch.dtype | None) -> None:
    """Sets the precision of matrix products in encoder and decoder during training.

    None: the precision of the weights (float32), as in eval mode. Narrow layers keep float32, because they compute or
    read the codes, and there is little to gain.
    """
    for half in (model.encoder, model.decoder):
        for layer in half.modules():
            if isinstance(layer, Linear) and min(layer.in_features, layer.out_features) >= WIDE:
                layer.precision = precision


def multilayer_perceptron(*widths: int) -> nn.Sequential:
    """Linear layers of the given widths, with ReLUs between them."""
    layers: list[nn.Module] = []
    for inputs, outputs in itertools.pairwise(widths):
        layers += [Linear(inputs, outputs), nn.ReLU()]
    return nn.Sequential(*layers[:-1])


def convolutions(config: ModelConfig) -> nn.Sequential:
    """Convolutions with ReLUs that each halve the side, then a linear layer: (n, pixels) to (n, hidden[-1])."""
    channels = (config.channels, *config.hidden[:-1])
    layers: list[nn.Module] = [nn.Unflatten(-1, (config.channels, config.image_side, config.image_side))]
    for inputs, outputs in itertools.pairwise(channels):
        layers += [nn.Conv2d(inputs, outputs, kernel_size=4, stride=2, padding=1), nn.ReLU()]
    return nn.Sequential(*layers, nn.Flatten(), nn.Linear(math.prod(config.core), config.hidden[-1]))


def transposed_convolutions(config: ModelConfig) -> nn.Sequential:
    """The reverse of `convolutions`, each doubling the side: codes (n, latent_dim) to logits (n, pixels)."""
    channels = (*reversed(config.hidden[:-1]), config.channels)
    layers: list[nn.Module] = [
        *multilayer_perceptron(config.latent_dim, config.hidden[-1], math.prod(config.core)),
        nn.Unflatten(-1, config.core),
    ]
    for inputs, outputs in itertools.pairwise(channels):
        layers += [nn.ReLU(), nn.ConvTranspose2d(inputs, outputs, kernel_size=4, stride=2, padding=1)]
    return nn.Sequential(*layers, nn.Flatten(-3))


class Encoder(nn.Module):
    """Maps images (n, pixels) in [0, 1] to an Encoding. A `stochastic` encoder also returns a log-variance."""

    def __init__(self, config: ModelConfig, stochastic: bool) -> None:
        super().__init__()
        body = (
            convolutions(config) if config.network == "conv" else multilayer_perceptron(config.pixels, *config.hidden)
        )
        self.body = nn.Sequential(body, nn.ReLU())
        self.mean = Linear(config.hidden[-1], config.latent_dim)
        self.log_var = Linear(config.hidden[-1], config.latent_dim) if stochastic else None

    def forward(self, x: Tensor) -> Encoding:
        features = self.body(x)  # (n, hidden)
        return Encoding(self.mean(features), self.log_var(features) if self.log_var is not None else None)


class Decoder(nn.Module):
    """Maps codes (..., latent_dim) to the logits of pixels (..., pixels)."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        widths = (config.latent_dim, *reversed(config.hidden), config.pixels)
        self.body = transposed_convolutions(config) if config.network == "conv" else multilayer_perceptron(*widths)

    def forward(self, z: Tensor) -> Tensor:
        if z.ndim <= 2:
            return self.body(z).to(z.dtype)
        return self(z.flatten(0, -2)).unflatten(0, z.shape[:-1])  # convolutions need exactly one batch axis


class Discriminator(nn.Module):
    """Tells draws from the prior from codes: (n, latent_dim) to the logits log D / (1 - D), (n,).

    It never receives pixels. The best discriminator's logit is log p(z) - log q(z). The prior p is known, so log p(z)
    is added (smoothed if p is narrow), and the network learns the unknown part, -log q(z). If it is not `given_prior`,
    as in the textbook, nothing is added, and the network has to learn log p(z) too.
    A label-informed one also receives labels (n,), and compares p(z|label) with q(z|label).

    A network over the plane is smooth, and does not see thin gaps between classes. Random Fourier features, the sines
    and cosines of random directions, make them visible (Tancik et al. 2020, arXiv 2006.10739; their B has a standard
    deviation of FREQUENCY_SCALE / 2π here). Training adds them once the coarse shape is learnt: see `steps.DETAIL`.
    """

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.prior = get_prior(config.prior)
        self.given_prior = config.sibling.discriminator_given_prior
        # standard deviation of the noise in the codes and draws that it receives; while it falls, a tensor ()
        self.smoothing: float | Tensor = 0.0
        self.label_informed = config.label_informed
        self.detail: float | Tensor = 1.0  # the factor of the random Fourier features; while it rises, a tensor ()
        inputs = config.latent_dim + 2 * config.frequencies + (CLASSES if config.label_informed else 0)
        frequencies = FREQUENCY_SCALE * torch.randn(config.frequencies, config.latent_dim)
        # rounded as a bundle stores them
        self.register_buffer("frequencies", frequencies.half().float() if config.frequencies else None)
        self.body = multilayer_perceptron(inputs, *config.discriminator_hidden, 1)

    @property
    def is_smoothed(self) -> bool:
        """Whether noise is added to what it receives. This reads no tensor."""
        return isinstance(self.smoothing, Tensor) or self.smoothing > 0

    @property
    def prior_smoothing(self) -> float | Tensor:
        """The standard deviation of the noise in its log p(z)."""
        least = self.prior.guide
        return self.smoothing.clamp(min=least) if isinstance(self.smoothing, Tensor) else max(self.smoothing, least)

    def forward(self, z: Tensor, labels: Tensor | None = None) -> Tensor:
        learnt = self.learnt(z, labels)  # (n,)
        return learnt + self.log_prior(z, labels) if self.given_prior else learnt

    def log_prior(self, z: Tensor, labels: Tensor | None = None) -> Tensor:
        """log p(z) as it is added to the logit: smoothed; of a label-informed one log p(z|label). (n,)."""
        if not self.label_informed:
            return self.prior.log_prob(z, smoothing=self.prior_smoothing)
        assert isinstance(self.prior, GaussianMixture), "only a mixture has a component for each label"
        return self.prior.log_prob(z, labels, self.prior_smoothing)

    def learnt(self, z: Tensor, labels: Tensor | None = None) -> Tensor:
        """The learnt part of the logit, without log p(z): (n,)."""
        seen = [z]
        if self.frequencies is not None:
            phase = z @ self.frequencies.mT  # (n, frequencies)
            seen += [self.detail * phase.sin(), self.detail * phase.cos()]
        if self.label_informed:
            seen.append(F.one_hot(labels, CLASSES).to(z))  # (n, classes)
        return self.body(torch.cat(seen, -1)).squeeze(-1)


class Autoencoder(nn.Module):
    """The base of the siblings: maps images to codes, and codes to the logits of pixels."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.config = config
        self.prior = get_prior(config.prior)
        self.encoder = Encoder(config, config.sibling.stochastic)
        self.decoder = Decoder(config)

    def encode(self, x: Tensor) -> Encoding:
        """x: (n, pixels) in [0, 1]. Returns mean and log_var, each (n, latent_dim)."""
        return self.encoder(x)

    def decode(self, z: Tensor) -> Tensor:
        """z: (n, latent_dim). Returns logits (n, pixels); their sigmoid is the picture."""
        return self.decoder(z)


class AE(Autoencoder):
    """An autoencoder without regulariser."""


class VAE(Autoencoder):
    """A KL term keeps each q(z|x) near the prior (Kingma & Welling 2013, arXiv 1312.6114)."""


class AAE(Autoencoder):
    """An adversary keeps the aggregate q(z) on the prior (Makhzani et al. 2015, arXiv 1511.05644)."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__(config)
        self.discriminator = Discriminator(config)


def build(config: ModelConfig, seed: int | None = None) -> Autoencoder:
    """A new model, initialised from `seed` without changing the global generator. Threads may build at once."""
    with _BUILDING, torch.random.fork_rng(devices=[]):
        if seed is not None:
            torch.manual_seed(seed)
        model = resolve(config.sibling.model)(config)
    assert isinstance(model, Autoencoder), f"{config.sibling.model} is not an Autoencoder"
    return model
