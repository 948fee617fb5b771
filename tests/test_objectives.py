"""Every loss, against an independent formula; and the game's two phases, which must not touch each other's weights."""

from __future__ import annotations

import math

import pytest
import torch
from torch import nn
from torch.distributions import Bernoulli, MultivariateNormal, Normal, kl_divergence

from explorer import models, objectives, training
from explorer.config import ModelConfig, TrainingConfig

CPU = torch.device("cpu")


def small(kind: str) -> models.Autoencoder:
    return models.build(ModelConfig(kind, image_side=4, hidden=(12, 9), discriminator_hidden=(8, 8)), seed=1)


def random_images(n: int = 6, seed: int = 0) -> torch.Tensor:
    return torch.rand(n, 16, generator=torch.Generator().manual_seed(seed))


class Judge(nn.Module):
    """A discriminator with a given logit."""

    def __init__(self, logit) -> None:
        super().__init__()
        self.logit = logit

    def forward(self, z):
        return self.logit(z)


def undecided(z: torch.Tensor) -> torch.Tensor:
    return 0 * z.sum(-1)


# Reconstruction.


def test_reconstruction_is_summed_over_pixels_and_averaged_over_images():
    x, x_logits = random_images(), torch.randn(6, 16, generator=torch.Generator().manual_seed(1))
    picture = 1 / (1 + torch.exp(-x_logits.double()))
    by_image = -(x * picture.log() + (1 - x) * (1 - picture).log()).sum(1)  # nats
    value = objectives.reconstruction(x_logits, x)
    assert value.shape == () and value.isfinite()
    torch.testing.assert_close(value.double(), by_image.mean())
    torch.testing.assert_close(objectives.reconstruction(x_logits.repeat(3, 1), x.repeat(3, 1)), value)  # averaged
    torch.testing.assert_close(objectives.reconstruction(x_logits.repeat(1, 3), x.repeat(1, 3)), 3 * value)  # summed


def test_reconstruction_of_black_and_white_pixels_is_their_negative_log_likelihood():
    x, x_logits = random_images().round(), torch.randn(6, 16, generator=torch.Generator().manual_seed(2))
    torch.testing.assert_close(objectives.reconstruction(x_logits, x), -Bernoulli(logits=x_logits).log_prob(x).sum(1).mean())


def test_reconstruction_survives_extreme_logits():
    x = torch.tensor([[1.0, 0.0]])
    assert objectives.reconstruction(torch.tensor([[200.0, -200.0]]), x) == 0
    assert objectives.reconstruction(torch.tensor([[-200.0, 200.0]]), x) == 400  # and no infinity from log 0


# What each sibling minimises.


def test_the_autoencoder_minimises_the_reconstruction_alone():
    model, x = small("ae"), random_images()
    loss = objectives.ae_loss(model, x)
    assert loss.total == loss.reconstruction == objectives.reconstruction(model.decode(model.encode(x).mean), x)


@pytest.mark.parametrize("beta", [1.0, 0.0, 4.0])
def test_the_vae_minimises_reconstruction_plus_beta_kl(beta):
    model, x = small("vae"), random_images()
    noise = torch.randn(6, 2, generator=torch.Generator().manual_seed(3))
    mean, log_var = model.encode(x)
    std = torch.sqrt(torch.exp(log_var))
    loss = objectives.vae_loss(model, x, noise, beta)
    assert all(term.isfinite() and term.shape == () for term in loss)
    torch.testing.assert_close(loss.reconstruction, objectives.reconstruction(model.decode(mean + std * noise), x))
    torch.testing.assert_close(loss.kl, kl_divergence(Normal(mean, std), Normal(0.0, 1.0)).sum(1).mean())
    torch.testing.assert_close(loss.total, loss.reconstruction + beta * loss.kl)


def test_the_vae_decodes_the_draw_and_not_the_mean():
    model, x = small("vae"), random_images()
    at_mean = objectives.reconstruction(model.decode(model.encode(x).mean), x)
    assert objectives.vae_loss(model, x, torch.zeros(6, 2)).reconstruction == at_mean
    assert objectives.vae_loss(model, x, torch.ones(6, 2)).reconstruction != at_mean


def test_the_encoder_of_the_aae_is_paid_for_fooling_the_discriminator():
    model, x = small("aae"), random_images()
    codes = model.encode(x).mean
    loss = objectives.aae_loss(model, x, codes, weight=7.0)
    probability = torch.sigmoid(model.discriminator(codes))
    torch.testing.assert_close(loss.adversarial, -probability.log().mean())
    torch.testing.assert_close(loss.reconstruction, objectives.reconstruction(model.decode(codes), x))
    torch.testing.assert_close(loss.total, loss.reconstruction + 7 * loss.adversarial)
    (slope,) = torch.autograd.grad(loss.adversarial, codes)
    better = objectives.aae_loss(model, x, codes - 0.01 * slope, weight=7.0)  # downhill: D thinks more of the codes
    assert model.discriminator(codes - 0.01 * slope).mean() > model.discriminator(codes).mean()
    assert better.adversarial < loss.adversarial


# What the discriminator minimises.


def test_a_discriminator_that_cannot_tell_loses_log_2_on_either_side():
    z = torch.randn(20, 2, generator=torch.Generator().manual_seed(4))
    judged = objectives.discriminator_loss(Judge(undecided), z, z + 1, r1=0.1)
    assert judged.penalty == 0
    assert judged.real.item() == judged.fake.item() == pytest.approx(math.log(2))  # -log ½
    assert judged.total.item() == pytest.approx(2 * math.log(2))  # 1.3863
    model = small("aae")
    model.discriminator = Judge(undecided)
    x = random_images()
    assert objectives.aae_loss(model, x, model.encode(x).mean, 1.0).adversarial.item() == pytest.approx(math.log(2))


def test_draws_of_the_prior_are_real_and_codes_are_fake():
    confident = Judge(lambda z: z[:, 0])  # logit 5: D = 0.99331 says real
    prior_draws, codes = torch.tensor([[5.0, 0.0]]), torch.tensor([[-5.0, 0.0]])
    right = objectives.discriminator_loss(confident, codes, prior_draws, r1=0.0)
    wrong = objectives.discriminator_loss(confident, prior_draws, codes, r1=0.0)
    # -log D = log(1 + e⁻⁵) = 0.0067153, and log(1 + e⁵) = 5.0067153
    assert [term.item() for term in (right.real, right.fake, right.total)] == pytest.approx([0.0067153, 0.0067153, 0.0134307], abs=1e-6)
    assert [term.item() for term in (wrong.real, wrong.fake)] == pytest.approx([5.0067153, 5.0067153])


@pytest.mark.parametrize(
    "mean, std, expected",
    [(0.25, 1.0, 1.3708), (0.5, 1.0, 1.3257), (1.0, 1.0, 1.1635), (2.0, 1.0, 0.7126), (0.0, 1.1, 1.3773), (0.0, 2.0, 1.0397)],
)
def test_the_best_discriminators_loss_measures_the_jensen_shannon_divergence(mean, std, expected):
    # D* = p/(p + q) has the logit log p - log q, and the loss 2 log 2 - 2 JSD(p, q); JSD by quadrature, to four places
    generator, n, identity = torch.Generator().manual_seed(5), 400_000, torch.eye(2)
    p, q = MultivariateNormal(torch.zeros(2), identity), MultivariateNormal(torch.tensor([mean, 0.0]), std**2 * identity)
    draws = torch.randn(n, 2, generator=generator)
    codes = std * torch.randn(n, 2, generator=generator) + torch.tensor([mean, 0.0])
    best = Judge(lambda z: p.log_prob(z) - q.log_prob(z))
    judged = objectives.discriminator_loss(best, codes, draws, r1=0.0)
    spread = torch.nn.functional.softplus(-best(draws)).var() + torch.nn.functional.softplus(best(codes)).var()
    assert judged.total.isfinite()
    assert abs(judged.total.item() - expected) < 4 * math.sqrt(spread.item() / n) + 5e-5


def test_the_penalty_is_the_squared_slope_at_draws_of_the_prior():
    discriminator = small("aae").discriminator.double()
    generator = torch.Generator().manual_seed(6)
    draws, codes = torch.randn(2, 15, 2, generator=generator, dtype=torch.float64).unbind()
    step, slope = 1e-6, torch.empty(15, 2, dtype=torch.float64)
    with torch.no_grad():
        for dimension, offset in enumerate(step * torch.eye(2, dtype=torch.float64)):
            slope[:, dimension] = (discriminator(draws + offset) - discriminator(draws - offset)) / (2 * step)
    judged = objectives.discriminator_loss(discriminator, codes, draws, r1=0.3)
    torch.testing.assert_close(judged.penalty.detach(), slope.square().sum(1).mean(), rtol=1e-6, atol=0)
    torch.testing.assert_close(judged.total, judged.real + judged.fake + 0.15 * judged.penalty)  # ½ r1
    (by_first_layer,) = torch.autograd.grad(judged.penalty, discriminator.body[0].weight)
    assert by_first_layer.abs().sum() > 0  # it is minimised, and not only reported


# Who may move whom.


def test_the_discriminators_loss_sends_no_gradient_to_the_codes():
    model, x = small("aae"), random_images()
    codes, draws = model.encode(x).mean, torch.randn(6, 2, generator=torch.Generator().manual_seed(7))
    objectives.discriminator_loss(model.discriminator, codes, draws, r1=0.1).total.backward()
    assert all(parameter.grad is None for parameter in [*model.encoder.parameters(), *model.decoder.parameters()])
    assert all(parameter.grad is not None for parameter in model.discriminator.parameters())
    assert draws.grad is None and not draws.requires_grad
    objectives.aae_loss(model, x, codes, weight=1.0).total.backward()
    assert all(parameter.grad.abs().sum() > 0 for parameter in model.encoder.mean.parameters())


def test_each_phase_of_the_game_leaves_the_other_side_bit_for_bit_unchanged():
    model = small("aae")
    player = training._PLAYERS["aae"](model, TrainingConfig("digits", 1, lr=0.01, discriminator_lr=0.01), torch.Generator().manual_seed(8))

    def weights(*parts):
        return [parameter.detach().clone() for part in parts for parameter in getattr(model, part).parameters()]

    def equal(before, after):
        return [torch.equal(one, other) for one, other in zip(before, after, strict=True)]

    phases = []

    def watched(optimiser, total, descend=player.descend):
        before = weights("encoder", "decoder"), weights("discriminator")
        descend(optimiser, total)
        phases.append((equal(before[0], weights("encoder", "decoder")), equal(before[1], weights("discriminator"))))

    player.descend = watched
    for step in range(3):  # from the second on, the optimisers have momentum and there are gradients to leak
        player.step(random_images(seed=step))
    assert len(phases) == 6
    for autoencoder_same, discriminator_same in phases[::2]:  # phase 1: the discriminator's
        assert all(autoencoder_same) and not any(discriminator_same[:-1])
    for autoencoder_same, discriminator_same in phases[1::2]:  # phase 2: the encoder's and decoder's
        assert all(discriminator_same) and not any(autoencoder_same)


def test_each_optimiser_owns_its_sides_weights_alone():
    model = small("aae")
    player = training._PLAYERS["aae"](model, TrainingConfig("digits", 1), torch.Generator())
    owned = [{id(weight) for group in optimiser.param_groups for weight in group["params"]} for optimiser in player.optimisers]
    assert owned[0] == {id(weight) for part in (model.encoder, model.decoder) for weight in part.parameters()}
    assert owned[1] == {id(weight) for weight in model.discriminator.parameters()}


@pytest.mark.parametrize("kind", ["ae", "vae", "aae"])
def test_a_step_clears_the_gradients_that_it_finds(kind):
    # the encoder's phase leaves gradients on the discriminator, which its next phase must not follow
    after = []
    for left in (None, 1000.0):
        model = small(kind)
        player = training._PLAYERS[kind](model, TrainingConfig("digits", 1, lr=0.01), torch.Generator().manual_seed(10))
        for weight in model.parameters():
            weight.grad = None if left is None else torch.full_like(weight, left)
        player.step(random_images())
        after.append(model.state_dict())
    assert all(torch.equal(after[0][name], after[1][name]) for name in after[0])


@pytest.mark.parametrize("kind", ["ae", "vae", "aae"])
def test_a_step_reports_the_terms_of_its_loss(kind):
    player = training._PLAYERS[kind](small(kind), TrainingConfig("digits", 1), torch.Generator().manual_seed(9))
    terms = player.step(random_images())
    assert list(terms) == {
        "ae": ["total", "reconstruction"],
        "vae": ["total", "reconstruction", "kl"],
        "aae": ["total", "reconstruction", "adversarial"] + [f"discriminator_{name}" for name in ("total", "real", "fake", "penalty")],
    }[kind]
    assert all(term.isfinite() and not term.requires_grad for term in terms.values())
