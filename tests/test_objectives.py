"""Every loss, against an independent formula; and the game's two phases, which must not touch each other's weights."""

from __future__ import annotations

import math
import re

import pytest
import torch
from torch import nn
from torch.distributions import Bernoulli, MultivariateNormal, Normal, kl_divergence
from torch.nn import functional as F

from explorer import models, objectives, steps
from explorer.config import KINDS, ModelConfig, TrainingConfig
from explorer.priors import GaussianMixture, get_prior
from explorer.training.distributed import ALONE

CPU = torch.device("cpu")


def small(kind: str, **changes) -> models.Autoencoder:
    return models.build(ModelConfig(kind, image_side=4, hidden=(12, 9), discriminator_hidden=(8, 8), **changes), seed=1)


def random_images(n: int = 6, seed: int = 0) -> torch.Tensor:
    return torch.rand(n, 16, generator=torch.Generator().manual_seed(seed))


class Judge(nn.Module):
    """A discriminator with a given logit."""

    def __init__(self, logit) -> None:
        super().__init__()
        self.logit = logit

    def forward(self, z, labels=None):
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
    torch.testing.assert_close(
        objectives.reconstruction(x_logits, x), -Bernoulli(logits=x_logits).log_prob(x).sum(1).mean()
    )


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


def posteriors(n: int = 4) -> tuple[torch.Tensor, torch.Tensor]:
    """Means and log-variances: (n, 2) float64."""
    return torch.randn(2, n, 2, generator=torch.Generator().manual_seed(11), dtype=torch.float64).unbind()


def test_the_kl_to_the_standard_normal_needs_no_draw():
    mean, log_var = posteriors()
    kl = objectives.kl_to_prior(get_prior("normal"), mean, log_var, torch.full_like(mean, math.nan))
    torch.testing.assert_close(kl, kl_divergence(Normal(mean, (log_var / 2).exp()), Normal(0.0, 1.0)).sum(-1))


def test_the_kl_by_draws_agrees_with_the_closed_form_where_there_is_one():
    one = GaussianMixture(
        "N(0, I)", torch.zeros(1, 2).numpy(), torch.eye(2)[None].numpy(), torch.ones(1, 2).numpy()
    ).double()
    mean, log_var = posteriors()
    n = 50_000
    z = mean + (log_var / 2).exp() * torch.randn(
        n, 4, 2, generator=torch.Generator().manual_seed(12), dtype=torch.float64
    )
    by_draws = objectives.kl_to_prior(one, mean.repeat(n, 1), log_var.repeat(n, 1), z.flatten(0, 1)).view(n, 4)
    expected = kl_divergence(Normal(mean, (log_var / 2).exp()), Normal(0.0, 1.0)).sum(-1)
    error = by_draws.std(0) / math.sqrt(n)
    assert by_draws.isfinite().all() and (error < 0.05 * expected).all()  # or the next line would say nothing
    assert ((by_draws.mean(0) - expected).abs() < 4 * error).all()


@pytest.mark.parametrize("name", ["mixture", "swiss-roll"])
def test_the_kl_to_a_mixture_is_in_expectation_the_integral(name):
    prior, (mean, log_var) = get_prior(name).double(), posteriors(2)
    axis = torch.linspace(
        -9, 9, 181, dtype=torch.float64
    )  # seven of the widest posterior's standard deviations; steps of 0.1
    grid, n = torch.cartesian_prod(axis, axis), 20_000
    z = mean + (log_var / 2).exp() * torch.randn(
        n, 2, 2, generator=torch.Generator().manual_seed(13), dtype=torch.float64
    )
    for i in range(2):
        log_q = MultivariateNormal(mean[i], log_var[i].exp().diag()).log_prob(grid)
        integral = (log_q.exp() * (log_q - prior.log_prob(grid))).sum() * 0.1**2
        by_draws = objectives.kl_to_prior(prior, mean[i].expand(n, 2), log_var[i].expand(n, 2), z[:, i])
        error = by_draws.std() / math.sqrt(n)
        assert log_q.exp().sum() * 0.1**2 == pytest.approx(1, abs=1e-6) and error < 0.05 * integral
        assert abs(by_draws.mean() - integral) < 4 * error


@pytest.mark.parametrize("prior", ["mixture", "swiss-roll"])
def test_the_vae_minimises_the_kl_to_its_own_prior_at_its_own_draw(prior):
    model, x = small("vae", prior=prior), random_images()
    noise = torch.randn(6, 2, generator=torch.Generator().manual_seed(3))
    mean, log_var = model.encode(x)
    z = mean + (log_var / 2).exp() * noise
    loss = objectives.vae_loss(model, x, noise, beta=2.0)
    ratio = Normal(mean, (log_var / 2).exp()).log_prob(z).sum(-1) - model.prior.log_prob(z)
    torch.testing.assert_close(loss.kl, ratio.mean())
    torch.testing.assert_close(loss.reconstruction, objectives.reconstruction(model.decode(z), x))
    torch.testing.assert_close(loss.total, loss.reconstruction + 2 * loss.kl)
    # its slope along the mean is -d log p(z)/dz: the draw's distance from its own mean stays what it is
    (slope,) = torch.autograd.grad(objectives.kl_to_prior(model.prior, mean, log_var, z).sum(), mean, retain_graph=True)
    at = z.detach().requires_grad_()
    (expected,) = torch.autograd.grad(-model.prior.log_prob(at).sum(), at)
    torch.testing.assert_close(slope, expected, rtol=1e-3, atol=1e-3)


def test_the_vae_decodes_the_draw_and_not_the_mean():
    model, x = small("vae"), random_images()
    at_mean = objectives.reconstruction(model.decode(model.encode(x).mean), x)
    assert objectives.vae_loss(model, x, torch.zeros(6, 2)).reconstruction == at_mean
    assert objectives.vae_loss(model, x, torch.ones(6, 2)).reconstruction != at_mean


# Reductions.

REDUCTIONS = [(bce, kl) for bce in ("sum", "mean") for kl in ("sum", "mean")]


@pytest.mark.parametrize("bce, kl", REDUCTIONS)
@pytest.mark.parametrize("pixels, latent_dim", [(16, 2), (9, 5), (1, 1)])
def test_reductions_follow_the_gradient_of_a_vae_with_their_effective_beta(bce, kl, pixels, latent_dim):
    """Torch's own reductions of one image's terms: its gradient is that of BCE + β KL, times a constant factor."""
    generator = torch.Generator().manual_seed(14)
    x = torch.rand(1, pixels, generator=generator, dtype=torch.float64)
    x_logits, mean, log_var = (
        torch.randn(1, size, generator=generator, dtype=torch.float64).requires_grad_()
        for size in (pixels, latent_dim, latent_dim)
    )
    each_kl = kl_divergence(Normal(mean, (log_var / 2).exp()), Normal(0.0, 1.0))  # (1, latent_dim)
    each_bce = F.binary_cross_entropy_with_logits(x_logits, x, reduction="none")
    chosen = F.binary_cross_entropy_with_logits(x_logits, x, reduction=bce) + getattr(each_kl, kl)()
    beta = objectives.effective_beta(bce, kl, pixels, latent_dim)
    slopes = [
        torch.cat(
            [slope.flatten() for slope in torch.autograd.grad(loss, (x_logits, mean, log_var), retain_graph=True)]
        )
        for loss in (chosen, each_bce.sum() + beta * each_kl.sum())
    ]
    factor = 1 / pixels if bce == "mean" else 1.0
    assert all(slope.isfinite().all() for slope in slopes) and slopes[1].abs().min() > 0
    torch.testing.assert_close(slopes[0], factor * slopes[1])


def test_the_elbo_takes_both_sums_and_means_over_mnists_pixels_weigh_the_kl_784_times():
    found = {(bce, kl): objectives.effective_beta(bce, kl, 784, 2) for bce, kl in REDUCTIONS}
    assert found == {("sum", "sum"): 1, ("mean", "sum"): 784, ("sum", "mean"): 0.5, ("mean", "mean"): 392}


@pytest.mark.parametrize(
    "given, sentence",
    [
        (("none", "sum", 784, 2), 'reconstruction must be "sum" or "mean", not \'none\''),
        (("sum", "batchmean", 784, 2), 'kl must be "sum" or "mean", not \'batchmean\''),
        (("sum", "sum", 0, 2), "pixels must be at least 1, not 0"),
        (("sum", "mean", 784, 0), "latent_dim must be at least 1, not 0"),
    ],
)
def test_a_reduction_that_weighs_nothing_is_refused(given, sentence):
    with pytest.raises(ValueError, match=re.escape(sentence)):
        objectives.effective_beta(*given)


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


def test_the_discriminator_may_see_less_than_the_decoder():
    model, x = small("aae"), random_images()
    codes = model.encode(x).mean
    seen = codes + 0.5
    loss = objectives.aae_loss(model, x, codes, weight=2.0, seen=seen)
    torch.testing.assert_close(loss.adversarial, -torch.sigmoid(model.discriminator(seen)).log().mean())
    torch.testing.assert_close(loss.reconstruction, objectives.reconstruction(model.decode(codes), x))
    assert loss.adversarial != objectives.aae_loss(model, x, codes, weight=2.0).adversarial


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
    assert [term.item() for term in (right.real, right.fake, right.total)] == pytest.approx(
        [0.0067153, 0.0067153, 0.0134307], abs=1e-6
    )
    assert [term.item() for term in (wrong.real, wrong.fake)] == pytest.approx([5.0067153, 5.0067153])


@pytest.mark.parametrize(
    "mean, std, expected",
    [
        (0.25, 1.0, 1.3708),
        (0.5, 1.0, 1.3257),
        (1.0, 1.0, 1.1635),
        (2.0, 1.0, 0.7126),
        (0.0, 1.1, 1.3773),
        (0.0, 2.0, 1.0397),
    ],
)
def test_the_best_discriminators_loss_measures_the_jensen_shannon_divergence(mean, std, expected):
    # D* = p/(p + q) has the logit log p - log q, and the loss 2 log 2 - 2 JSD(p, q); JSD by quadrature, to four places
    generator, n, identity = torch.Generator().manual_seed(5), 400_000, torch.eye(2)
    p, q = (
        MultivariateNormal(torch.zeros(2), identity),
        MultivariateNormal(torch.tensor([mean, 0.0]), std**2 * identity),
    )
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


def test_a_label_informed_discriminator_judges_each_code_beside_its_label():
    model, x = small("aae", prior="mixture", label_informed=True), random_images()
    labels, codes = torch.tensor([0, 1, 2, 3, 4, 9]), model.encode(x).mean
    draws = model.prior.sample(6, 2, torch.Generator().manual_seed(14), labels)

    def sigmoid(z, labels):  # one at a time
        return torch.stack([torch.sigmoid(model.discriminator(z[i : i + 1], labels[i : i + 1])) for i in range(6)])

    judged = objectives.discriminator_loss(model.discriminator, codes, draws, r1=0.0, labels=labels)
    torch.testing.assert_close(judged.real, -sigmoid(draws, labels).log().mean())
    torch.testing.assert_close(
        judged.fake,
        torch.nn.functional.softplus(torch.logit(sigmoid(codes, labels).double())).mean().float(),
        rtol=1e-4,
        atol=1e-4,
    )
    paid = objectives.aae_loss(model, x, codes, weight=1.0, labels=labels)
    torch.testing.assert_close(
        paid.adversarial,
        -torch.logit(sigmoid(codes, labels).double()).sigmoid().log().mean().float(),
        rtol=1e-4,
        atol=1e-4,
    )
    other = labels.roll(1)
    assert objectives.discriminator_loss(model.discriminator, codes, draws, r1=0.0, labels=other).real != judged.real
    assert objectives.aae_loss(model, x, codes, weight=1.0, labels=other).adversarial != paid.adversarial


# The textbook's AAE.


def test_the_textbooks_discriminator_has_ours_loss_without_the_penalty():
    generator = torch.Generator().manual_seed(15)
    draws, codes = torch.randn(2, 15, 2, generator=generator).unbind()
    for kind in ("aae", "aae-textbook"):
        discriminator = small(kind).discriminator
        ours = objectives.discriminator_loss(discriminator, codes, draws, r1=0.0)
        loss = objectives.textbook_discriminator_loss(discriminator, codes, draws)
        probability = torch.sigmoid(discriminator(torch.cat([draws, codes])))
        torch.testing.assert_close(loss.real, -probability[:15].log().mean())
        torch.testing.assert_close(loss.fake, -(1 - probability[15:]).log().mean())
        assert loss.total.isfinite() and (loss.real, loss.fake, loss.total) == (ours.real, ours.fake, ours.total)


def test_the_textbooks_encoder_is_paid_for_fooling_the_discriminator_alone():
    model, x = small("aae-textbook"), random_images()
    codes = model.encode(x).mean
    loss = objectives.encoder_loss(model.discriminator, codes)
    torch.testing.assert_close(loss.total, -torch.sigmoid(model.discriminator(codes)).log().mean())
    (slope,) = torch.autograd.grad(loss.total, codes)
    assert objectives.encoder_loss(model.discriminator, codes - 0.01 * slope).total < loss.total
    assert objectives.encoder_loss(Judge(undecided), codes).total.item() == pytest.approx(math.log(2))


def test_the_textbooks_step_is_the_papers():
    """Two phases and three of torch's Adams with their default settings, written out by hand."""
    ours, by_hand = small("aae-textbook"), small("aae-textbook")
    training = TrainingConfig("digits", 1, lr=0.01, discriminator_lr=0.003)
    one_step = steps.step_of("aae-textbook")(ours, training, torch.Generator().manual_seed(8), ALONE)
    rates = [optimiser.param_groups[0]["lr"] for optimiser in one_step.optimisers]
    assert rates == [1e-3] * 3  # torch's, until `follow`
    one_step.follow({name: torch.tensor(rate) for name, rate in zip(("lr0", "lr1", "lr2"), (0.01, 0.003, 0.003))})
    assert one_step.scalars(steps.WARM_UP) == {"lr0": 0.01, "lr1": 0.003, "lr2": 0.003}  # at the top of the cycle
    encoder, decoder, discriminator = by_hand.encoder, by_hand.decoder, by_hand.discriminator
    reconstructing = torch.optim.Adam([*encoder.parameters(), *decoder.parameters()], lr=0.01)
    judging = torch.optim.Adam(discriminator.parameters(), lr=0.003)
    fooling = torch.optim.Adam(encoder.parameters(), lr=0.003)
    noise = torch.Generator().manual_seed(8)
    for step in range(3):
        x = random_images(seed=step)
        terms = one_step.take(x)

        by_hand.zero_grad()
        reconstruction = -Bernoulli(logits=decoder(encoder(x).mean), validate_args=False).log_prob(x).sum(1).mean()
        reconstruction.backward()
        reconstructing.step()

        by_hand.zero_grad()
        real = torch.sigmoid(discriminator.body(torch.randn(6, 2, generator=noise)))
        fake = torch.sigmoid(discriminator.body(encoder(x).mean.detach()))
        (-(real.log() + (1 - fake).log()).mean()).backward()
        judging.step()

        by_hand.zero_grad()
        fooled = -torch.sigmoid(discriminator.body(encoder(x).mean)).log().mean()
        fooled.backward()
        fooling.step()

        assert terms["reconstruction"].item() == pytest.approx(reconstruction.item(), rel=1e-4)
        assert terms["adversarial"].item() == pytest.approx(fooled.item(), rel=1e-4)
    for name, weight in by_hand.state_dict().items():
        torch.testing.assert_close(ours.state_dict()[name], weight, rtol=1e-3, atol=1e-4)


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


GAMES = {
    "plain": ({}, None, 0.0),
    "smoothed": ({}, None, 0.7),
    "labels": ({"prior": "mixture", "label_informed": True}, torch.tensor([0, 1, 2, 3, 4, 9]), 0.0),
    "labels, smoothed": ({"prior": "mixture", "label_informed": True}, torch.tensor([0, 1, 2, 3, 4, 9]), 0.7),
}


@pytest.mark.parametrize("changes, labels, smoothing", GAMES.values(), ids=GAMES)
def test_each_phase_of_the_game_leaves_the_other_side_bit_for_bit_unchanged(changes, labels, smoothing):
    model = small("aae", **changes)
    one_step = steps.step_of("aae")(
        model, TrainingConfig("digits", 1, lr=0.01, discriminator_lr=0.01), torch.Generator().manual_seed(8), ALONE
    )
    model.discriminator.smoothing = smoothing

    def weights(*parts):
        return [parameter.detach().clone() for part in parts for parameter in getattr(model, part).parameters()]

    def equal(before, after):
        return [torch.equal(one, other) for one, other in zip(before, after, strict=True)]

    phases = []

    def watched(*arguments, descend=one_step.descend):
        before = weights("encoder", "decoder"), weights("discriminator")
        terms = descend(*arguments)
        phases.append((equal(before[0], weights("encoder", "decoder")), equal(before[1], weights("discriminator"))))
        return terms

    one_step.descend = watched
    for step in range(3):  # from the second on, the optimisers have momentum and there are gradients to leak
        one_step.take(random_images(seed=step), labels)
    assert len(phases) == 6
    for autoencoder_same, discriminator_same in phases[::2]:  # phase 1: the discriminator's
        assert all(autoencoder_same) and not any(discriminator_same[:-1])
    for autoencoder_same, discriminator_same in phases[1::2]:  # phase 2: the encoder's and decoder's
        assert all(discriminator_same) and not any(autoencoder_same)


def test_each_step_of_the_textbooks_game_moves_its_own_side_alone():
    model, moved = small("aae-textbook"), []
    one_step = steps.step_of("aae-textbook")(
        model, TrainingConfig("digits", 1), torch.Generator().manual_seed(8), ALONE
    )

    def watched(*arguments, descend=one_step.descend):
        before = {name: weight.clone() for name, weight in model.state_dict().items()}
        terms = descend(*arguments)
        after = model.state_dict()
        moved.append({name.partition(".")[0] for name in before if not torch.equal(before[name], after[name])})
        return terms

    one_step.descend = watched
    for step in range(3):
        one_step.take(random_images(seed=step))
    assert moved == [{"encoder", "decoder"}, {"discriminator"}, {"encoder"}] * 3


def test_each_optimiser_owns_its_sides_weights_alone():
    model = small("aae")
    one_step = steps.step_of("aae")(model, TrainingConfig("digits", 1), torch.Generator(), ALONE)
    owned = [
        {id(weight) for group in optimiser.param_groups for weight in group["params"]}
        for optimiser in one_step.optimisers
    ]
    assert owned[0] == {id(weight) for part in (model.encoder, model.decoder) for weight in part.parameters()}
    assert owned[1] == {id(weight) for weight in model.discriminator.parameters()}


@pytest.mark.parametrize("kind", KINDS)
def test_a_step_clears_the_gradients_that_it_finds(kind):
    # the encoder's phase leaves gradients on the discriminator, which its next phase must not follow
    after = []
    for left in (None, 1000.0):
        model = small(kind)
        one_step = steps.step_of(kind)(
            model, TrainingConfig("digits", 1, lr=0.01), torch.Generator().manual_seed(10), ALONE
        )
        for weight in model.parameters():
            weight.grad = None if left is None else torch.full_like(weight, left)
        one_step.take(random_images())
        after.append(model.state_dict())
    assert all(torch.equal(after[0][name], after[1][name]) for name in after[0])


@pytest.mark.parametrize("kind", KINDS)
def test_a_step_reports_the_terms_of_its_loss(kind):
    one_step = steps.step_of(kind)(small(kind), TrainingConfig("digits", 1), torch.Generator().manual_seed(9), ALONE)
    terms = one_step.take(random_images())
    assert (
        list(terms)
        == {
            "ae": ["total", "reconstruction"],
            "vae": ["total", "reconstruction", "kl"],
            "aae": ["total", "reconstruction", "adversarial"]
            + [f"discriminator_{name}" for name in ("total", "real", "fake", "penalty")],
            # no total: each of its three losses has an optimiser of its own
            "aae-textbook": ["reconstruction", "adversarial"]
            + [f"discriminator_{name}" for name in ("total", "real", "fake")],
        }[kind]
    )
    assert all(term.isfinite() and not term.requires_grad for term in terms.values())


def test_the_reconstruction_of_each_image_has_the_mean_that_is_trained_with():
    generator = torch.Generator().manual_seed(0)
    logits, x = torch.randn(7, 12, generator=generator) * 3, torch.rand(7, 12, generator=generator)
    each = objectives.reconstruction_of_each(logits, x)
    assert each.shape == (7,) and each.mean() == pytest.approx(objectives.reconstruction(logits, x).item(), rel=1e-6)
    bernoulli = torch.distributions.Bernoulli(logits=logits[3:4].double(), validate_args=False)
    assert each[3].item() == pytest.approx(-bernoulli.log_prob(x[3:4].double()).sum().item(), rel=1e-5)
    torch.testing.assert_close(
        objectives.reconstruction_of_each(logits, x[:1]),
        torch.stack([objectives.reconstruction(one[None], x[:1]) for one in logits]),
    )
