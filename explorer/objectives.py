"""Every loss, on one screen: the VAE's objective beside the AAE's two.

All values are in nats per image: summed over pixels or latent dimensions, averaged over the batch.
Each function returns its terms separately, and `total`, whose gradient a training step follows.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from explorer import gaussian
from explorer.priors import StandardNormal


def reconstruction(x_logits: Tensor, x: Tensor) -> Tensor:
    """-log p(x|z) of grey pixels: binary cross-entropy on logits, summed over pixels, averaged over images.

    x_logits, x: (n, pixels), n >= 1, with x in [0, 1] (not checked). Returns a scalar. NaN propagates.
    Raises ValueError for other shapes.
    """
    if x.ndim != 2 or len(x) < 1 or x_logits.shape != x.shape:
        raise ValueError(
            f"x_logits and x must both be (n, pixels) with n >= 1, not {tuple(x_logits.shape)} and {tuple(x.shape)}"
        )
    return F.binary_cross_entropy_with_logits(x_logits, x, reduction="sum") / len(x)


def reconstruction_of_each(x_logits: Tensor, x: Tensor) -> Tensor:
    """The reconstruction term of each image, summed over pixels: (...).

    x_logits: (..., pixels); x: a shape that broadcasts to it. Raises ValueError for other shapes.
    """
    if x_logits.ndim < 1 or x.ndim < 1 or x.shape[-1] != x_logits.shape[-1] or not _broadcasts(x.shape, x_logits.shape):
        raise ValueError(
            f"x must have a shape that broadcasts to that of x_logits, {tuple(x_logits.shape)}, not {tuple(x.shape)}"
        )
    return F.binary_cross_entropy_with_logits(x_logits, x.expand_as(x_logits), reduction="none").sum(-1)


def _broadcasts(shape: torch.Size, to: torch.Size) -> bool:
    return len(shape) <= len(to) and all(a in (1, b) for a, b in zip(reversed(shape), reversed(to)))


class AELoss(NamedTuple):
    total: Tensor
    reconstruction: Tensor


def ae_loss(model: nn.Module, x: Tensor) -> AELoss:
    """The plain autoencoder minimises only the reconstruction. x: (n, pixels)."""
    bce = reconstruction(model.decode(model.encode(x).mean), x)
    return AELoss(bce, bce)


class VAELoss(NamedTuple):
    total: Tensor
    reconstruction: Tensor
    kl: Tensor


def vae_loss(model: nn.Module, x: Tensor, noise: Tensor, beta: float = 1.0) -> VAELoss:
    """The VAE minimises -ELBO = E_q[-log p(x|z)] + KL(q(z|x) || p(z)), estimated with one draw of z per image.

    x: (n, pixels); noise: (n, latent_dim), draws from N(0, I). If beta is not 1, total is not the -ELBO.
    (Kingma & Welling 2013, eq. 10.)
    """
    mean, log_var = model.encode(x)
    z = gaussian.reparameterise(mean, log_var, noise)
    bce = reconstruction(model.decode(z), x)
    kl = kl_to_prior(model.prior, mean, log_var, z).mean()
    return VAELoss(bce + beta * kl, bce, kl)


def kl_to_prior(prior: nn.Module, mean: Tensor, log_var: Tensor, z: Tensor) -> Tensor:
    """KL(q(z|x) || p(z)) of each image: the closed form for N(0, I), otherwise log q(z|x) - log p(z) at the draw z.

    mean, log_var, z: (n, latent_dim). Returns (n,).
    """
    if isinstance(prior, StandardNormal):
        return gaussian.kl_to_standard_normal(mean, log_var, check=False)
    return gaussian.log_prob_diagonal(z, mean, log_var) - prior.log_prob(z)


def effective_beta(reconstruction: str, kl: str, pixels: int, latent_dim: int) -> float:
    """The β of the VAE that a choice of reductions trains: the weight of the KL beside a sum over pixels.

    reconstruction, kl: "sum" or "mean", over an image's pixels and over the latent dimensions; both are then averaged
    over the batch in the same way. The -ELBO takes both sums. With P pixels and k dimensions

        sum + sum:    BCE + KL                               β = 1
        mean + sum:   BCE / P + KL = (BCE + P KL) / P        β = P
        sum + mean:   BCE + KL / k                           β = 1 / k
        mean + mean:  BCE / P + KL / k                       β = P / k

    where BCE and KL are the sums. The factor 1/P of the whole loss does not change where its minimum is.
    Raises ValueError for other words, and for fewer than one pixel or dimension.
    """
    for name, reduction in (("reconstruction", reconstruction), ("kl", kl)):
        if reduction not in ("sum", "mean"):
            raise ValueError(f'{name} must be "sum" or "mean", not {reduction!r}')
    for name, count in (("pixels", pixels), ("latent_dim", latent_dim)):
        if count < 1:
            raise ValueError(f"{name} must be at least 1, not {count!r}")
    return (pixels if reconstruction == "mean" else 1) / (latent_dim if kl == "mean" else 1)


class DiscriminatorLoss(NamedTuple):
    total: Tensor
    real: Tensor  # -log D on draws from the prior; log 2 if D = ½ everywhere
    fake: Tensor  # -log(1 - D) on codes; log 2 if D = ½ everywhere
    penalty: Tensor  # squared norm of the logit's gradient at draws from the prior


def _check_codes(codes: Tensor, prior_draws: Tensor) -> None:
    if codes.shape != prior_draws.shape or codes.ndim != 2 or len(codes) < 1:
        raise ValueError(
            f"codes and prior_draws must both be (n, latent_dim) with n >= 1, not {tuple(codes.shape)} and "
            f"{tuple(prior_draws.shape)}"
        )


def discriminator_loss(
    discriminator: nn.Module, codes: Tensor, prior_draws: Tensor, r1: float, labels: Tensor | None = None
) -> DiscriminatorLoss:
    """First phase of the game: the discriminator MAXIMISES log D(prior draws) + log(1 - D(codes)).

    codes, prior_draws: (n, latent_dim). The codes are detached, so this phase cannot change the encoder.
    labels: (n,), for a label-informed discriminator: the labels of the images, which are also the components of the
    draws. r1: the weight of the gradient penalty of Mescheder et al. 2018 (arXiv 1801.04406, eq. 9).
    Raises ValueError for other shapes.
    """
    _check_codes(codes, prior_draws)
    prior_draws = prior_draws.detach().requires_grad_()
    prior_logits = discriminator(prior_draws, labels)
    real = F.softplus(-prior_logits).mean()
    fake = F.softplus(discriminator(codes.detach(), labels)).mean()
    (slope,) = torch.autograd.grad(prior_logits.sum(), prior_draws, create_graph=True)  # (n, latent_dim)
    penalty = slope.square().sum(-1).mean()
    return DiscriminatorLoss(real + fake + 0.5 * r1 * penalty, real, fake, penalty)


class TextbookDiscriminatorLoss(NamedTuple):
    total: Tensor
    real: Tensor  # -log D on draws from the prior; log 2 if D = ½ everywhere
    fake: Tensor  # -log(1 - D) on codes; log 2 if D = ½ everywhere


def textbook_discriminator_loss(
    discriminator: nn.Module, codes: Tensor, prior_draws: Tensor, labels: Tensor | None = None
) -> TextbookDiscriminatorLoss:
    """The discriminator MAXIMISES log D(prior draws) + log(1 - D(codes)), without a penalty.

    codes, prior_draws: (n, latent_dim). The codes are detached, so this cannot change the encoder.
    labels: as in `discriminator_loss`. Raises ValueError for other shapes. (Goodfellow et al. 2014, eq. 1.)
    """
    _check_codes(codes, prior_draws)
    real = F.softplus(-discriminator(prior_draws, labels)).mean()
    fake = F.softplus(discriminator(codes.detach(), labels)).mean()
    return TextbookDiscriminatorLoss(real + fake, real, fake)


class EncoderLoss(NamedTuple):
    total: Tensor  # -log D on codes; log 2 if D = ½ everywhere


def encoder_loss(discriminator: nn.Module, codes: Tensor, labels: Tensor | None = None) -> EncoderLoss:
    """The textbook's encoder, in a step of its own, MAXIMISES log D(codes).

    codes: (n, latent_dim), not detached. Give the optimiser only the encoder's weights.
    """
    return EncoderLoss(F.softplus(-discriminator(codes, labels)).mean())


class AAELoss(NamedTuple):
    total: Tensor
    reconstruction: Tensor
    adversarial: Tensor  # -log D on codes; log 2 if D = ½ everywhere


def aae_loss(
    model: nn.Module, x: Tensor, codes: Tensor, weight: float, labels: Tensor | None = None, seen: Tensor | None = None
) -> AAELoss:
    """Second phase: encoder and decoder minimise the reconstruction, and the encoder MAXIMISES log D(codes).

    x: (n, pixels); codes: (n, latent_dim), the encoder's, not detached; seen: the codes with noise added, when the
    discriminator is smoothed; None to show it `codes` themselves. The adversarial term takes the place of the VAE's
    KL term. Its gradients also reach the discriminator's weights: give the optimiser of this phase only the weights of
    encoder and decoder, and clear the discriminator's gradients before its own phase.
    """
    bce = reconstruction(model.decode(codes), x)
    adversarial = F.softplus(-model.discriminator(codes if seen is None else seen, labels)).mean()
    return AAELoss(bce + weight * adversarial, bce, adversarial)
