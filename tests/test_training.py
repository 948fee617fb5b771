"""Fitting: reproducible, reported, honest when it fails; and what `evaluate` measures."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest
import torch
from torch.distributions import Normal, kl_divergence
from torch.nn import functional as F

from explorer import datasets, objectives, training
from explorer.config import KINDS, Config, ModelConfig, TrainingConfig
from explorer.models import build

CPU = torch.device("cpu")
N, BATCH = 50, 16  # four steps an epoch, the last one of two images


def config(kind: str = "vae", epochs: int = 2, **changes) -> Config:
    return Config(ModelConfig(kind, image_side=8, hidden=(16,), discriminator_hidden=(8,)), TrainingConfig("digits", epochs, BATCH, **changes))


@pytest.fixture(scope="module")
def images() -> np.ndarray:
    return datasets.load("digits", "train").images[:N]


@pytest.fixture(scope="module")
def test_images() -> np.ndarray:
    return datasets.load("digits", "test").images


def fit(config: Config, images: np.ndarray):
    """The weights and the history."""
    reports = list(training.fit(config, images, CPU))
    return reports[-1].model.state_dict(), [report.terms for report in reports if report.terms]


# Randomness.


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_seed_gives_the_same_numbers_bit_for_bit(kind, images):
    torch.manual_seed(1)
    weights, history = fit(config(kind), images)
    torch.manual_seed(2)  # the global generator has no part in it
    before = torch.get_rng_state()
    again, same_history = fit(config(kind), images)
    assert all(torch.equal(weights[name], again[name]) for name in weights)
    assert history == same_history
    assert torch.equal(torch.get_rng_state(), before)


@pytest.mark.parametrize("kind", KINDS)
def test_another_seed_gives_other_numbers(kind, images):
    weights, history = fit(config(kind), images)
    other, other_history = fit(config(kind, seed=1), images)
    assert not any(torch.equal(weights[name], other[name]) for name in weights)
    assert history != other_history


def test_the_seed_reaches_the_shuffling_and_the_noise(images, monkeypatch):
    seen = []

    def spy(model, x, noise, beta, vae_loss=objectives.vae_loss):
        seen.append((x.clone(), noise.clone()))
        return vae_loss(model, x, noise, beta)

    monkeypatch.setattr(objectives, "vae_loss", spy)
    for seed in (0, 0, 1):
        next(training.fit(config("vae", seed=seed), images, CPU))
    (x, noise), (same_x, same_noise), (other_x, other_noise) = seen
    assert torch.equal(x, same_x) and torch.equal(noise, same_noise)
    assert not torch.equal(x, other_x) and not torch.equal(noise, other_noise)


def test_siblings_see_the_images_in_the_same_order(images, monkeypatch):
    seen = {}
    for kind in ("ae", "aae"):
        def spy(self, x, kind=kind, step=training._PLAYERS[kind].step):
            seen.setdefault(kind, []).append(x.clone())
            return step(self, x)

        monkeypatch.setattr(training._PLAYERS[kind], "step", spy)
        fit(config(kind), images)
    assert all(torch.equal(one, other) for one, other in zip(seen["ae"], seen["aae"], strict=True))
    first, second = torch.cat(seen["ae"][:4]), torch.cat(seen["ae"][4:])
    for epoch in (first, second):  # every image once an epoch, in [0, 1], in another order each time
        np.testing.assert_array_equal(np.sort((epoch * 255).round().numpy(), axis=0), np.sort(images, axis=0))
    assert not torch.equal(first, second)


# Reports.


@pytest.mark.parametrize("kind", KINDS)
def test_a_report_after_every_step_with_terms_at_an_epochs_end(kind, images):
    reports = list(training.fit(config(kind, epochs=3), images, CPU))
    assert [(report.epoch, report.step, report.steps) for report in reports] == [(e, s, 4) for e in (1, 2, 3) for s in (1, 2, 3, 4)]
    assert all((report.terms is not None) == (report.step == 4) for report in reports)
    for terms in (report.terms for report in reports if report.terms):
        assert all(isinstance(value, float) and math.isfinite(value) for value in terms.values())
        assert {"ae": {"total", "reconstruction"}, "vae": {"total", "reconstruction", "kl"}}.get(kind, {"adversarial"}) <= set(terms)
    assert reports[-1].model.config == config(kind).model


def test_terms_are_means_over_the_epochs_steps(images, monkeypatch):
    totals = []

    def spy(*arguments, vae_loss=objectives.vae_loss):
        loss = vae_loss(*arguments)
        totals.append(loss.total.item())
        return loss

    monkeypatch.setattr(objectives, "vae_loss", spy)
    _, history = fit(config("vae", beta=3.0), images)
    assert [terms["total"] for terms in history] == pytest.approx([np.mean(totals[:4]), np.mean(totals[4:])])
    for terms in history:
        assert terms["total"] == pytest.approx(terms["reconstruction"] + 3 * terms["kl"])


def test_fewer_images_than_a_batch(images):
    reports = list(training.fit(config(epochs=2), images[:5], CPU))
    assert [(report.epoch, report.step, report.steps, report.terms is None) for report in reports] == [(1, 1, 1, False), (2, 1, 1, False)]


def test_the_images_are_left_as_they_were(images):
    before = images.copy()
    fit(config("vae"), images)
    np.testing.assert_array_equal(images, before)


# The learning rate.


def test_one_cycle_rises_then_falls_to_almost_nothing():
    progress = np.linspace(0, 1, 1001)[1:]
    rate = np.array([training.one_cycle(value) for value in progress])
    top = rate.argmax()
    assert progress[top] == pytest.approx(0.2) and rate[top] == pytest.approx(1)
    assert (np.diff(rate[: top + 1]) > 0).all() and (np.diff(rate[top:]) < 0).all()
    assert np.abs(np.diff(rate)).max() < 0.01  # no jump: the steepest is 0.96 π/2 / 0.2 a unit of progress
    assert training.one_cycle(1e-9) == pytest.approx(0.04) and training.one_cycle(1) == pytest.approx(1e-4)
    assert training.one_cycle(0.1) == pytest.approx(0.52) and training.one_cycle(0.6) == pytest.approx(0.50005)  # halfway


def test_every_optimiser_follows_the_cycle(images, monkeypatch):
    rates = []

    def spy(self, x, step=training._PLAYERS["aae"].step):
        rates.append([optimiser.param_groups[0]["lr"] for optimiser in self.optimisers])
        return step(self, x)

    monkeypatch.setattr(training._PLAYERS["aae"], "step", spy)
    fit(config("aae", lr=0.02, discriminator_lr=0.005), images)
    expected = [[peak * training.one_cycle(step / 8) for peak in (0.02, 0.005)] for step in range(1, 9)]
    np.testing.assert_allclose(rates, expected)


@pytest.mark.parametrize("average", [0.5, 0.999])
def test_the_running_average_is_of_the_weights_after_every_step(images, average):
    def after_each_step(average):
        reports = training.fit(config("vae", average=average), images, CPU)
        return [{name: weight.clone() for name, weight in report.model.state_dict().items()} for report in reports]

    plain, averaged = after_each_step(0.0), after_each_step(average)
    for name, running in build(config("vae").model, seed=0).state_dict().items():
        assert torch.equal(plain[4][name], averaged[4][name])  # averaging does not steer the training
        for step, weights in enumerate(plain, start=1):
            decay = min(average, step / (step + 10))  # a young average forgets the start fast
            running = decay * running + (1 - decay) * weights[name]
        torch.testing.assert_close(averaged[-1][name], running, rtol=1e-5, atol=1e-6)
        assert not torch.equal(averaged[-1][name], plain[-1][name])


# Failure.


@pytest.mark.parametrize("value", [math.nan, math.inf])
@pytest.mark.parametrize("term", ["reconstruction", "kl"])
def test_a_broken_loss_is_named_with_its_epoch_and_step(images, monkeypatch, value, term):
    calls = []

    def breaks_at_the_seventh_step(*arguments, vae_loss=objectives.vae_loss):
        loss = vae_loss(*arguments)
        calls.append(loss)
        if len(calls) != 7:
            return loss
        return loss._replace(**{term: loss.kl * value, "total": loss.total * value})

    monkeypatch.setattr(objectives, "vae_loss", breaks_at_the_seventh_step)
    expected = f"^{term} became {value} at epoch 2, step 3 of 4. Nothing was written. A smaller --lr usually helps.$"
    with pytest.raises(training.TrainingDiverged, match=expected):
        fit(config("vae", epochs=3), images)


@pytest.mark.parametrize("kind", KINDS)
def test_an_absurd_learning_rate_is_found_out(kind, images):
    with pytest.raises(training.TrainingDiverged, match=r"became (nan|inf) at epoch 1, step \d of 4"):
        fit(config(kind, lr=1e20), images)


def test_weights_beyond_float16_are_found_out():
    model = build(config().model, seed=0)
    model.decoder.body[0].weight.data[0, 0] = 65_520.0  # rounds to infinity; 65,519 to 65,504
    with pytest.raises(training.TrainingDiverged, match="weights in decoder.body.0.weight are NaN or above 65,504"):
        training.round_to_half(model)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("part", ["encoder", "decoder"])
def test_a_model_that_cannot_be_measured_is_found_out(kind, part, images):
    model = build(config(kind).model, seed=0)
    next(getattr(model, part).parameters()).data.fill_(math.nan)
    with pytest.raises(training.TrainingDiverged, match="codes or their losses are NaN or infinite"):
        training.evaluate(model, images, CPU)


# Devices.


def test_the_cpu_can_be_chosen():
    assert training.choose_device("cpu") == CPU
    assert training.describe_device(CPU) == f"cpu ({torch.get_num_threads()} threads)"


@pytest.mark.parametrize("name", ["warp-drive", "", "meta", "hpu", "cuda:99"])
def test_devices_that_cannot_be_used(name):
    with pytest.raises(ValueError, match=f"device '{name}' cannot be used here: .") as error:
        training.choose_device(name)
    assert len(str(error.value)) < 400 and "\n" not in str(error.value)


@pytest.mark.parametrize("cuda, accelerator, expected", [(True, None, "cuda"), (False, "mps", "mps"), (False, None, "cpu")])
def test_auto_takes_cuda_then_another_accelerator_then_the_cpu(monkeypatch, cuda, accelerator, expected):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: cuda)
    monkeypatch.setattr(torch.accelerator, "current_accelerator", lambda check_available: accelerator and torch.device(accelerator))
    assert training.choose_device() == torch.device(expected)


# What a trained model is worth.


def test_a_few_epochs_learn_something(digits_vae, digits_aae, test_images):
    for trained in (digits_vae, digits_aae):
        start, end = (trained.history[at]["reconstruction"] for at in (0, -1))
        assert end < 0.8 * start
        untrained = training.evaluate(build(trained.config.model, seed=0), test_images, CPU)
        assert trained.evaluation.metrics["reconstruction"] < 0.8 * untrained.metrics["reconstruction"]
    assert digits_vae.history[-1]["total"] < digits_vae.history[0]["total"]


def test_evaluation_of_the_vae_against_torchs_own_formulas(digits_vae, test_images):
    model, evaluation = digits_vae.model, digits_vae.evaluation
    x = torch.from_numpy(test_images).double() / 255
    with torch.no_grad():
        mean, log_var = model.encode(x.float())
        picture = torch.sigmoid(model.decode(mean)).double()
    results = evaluation.metrics
    assert results["images"] == 360 and results["draws"] == 16
    np.testing.assert_array_equal(evaluation.mean, mean.numpy())
    np.testing.assert_array_equal(evaluation.log_var, log_var.numpy())
    assert evaluation.mean.dtype == evaluation.log_var.dtype == np.float32
    bce = F.binary_cross_entropy(picture, x, reduction="none").sum(1).mean()
    assert results["reconstruction"] == pytest.approx(bce.item(), rel=1e-5)
    kl = kl_divergence(Normal(mean, (log_var / 2).exp()), Normal(0.0, 1.0)).sum(1).mean()
    assert results["kl"] == pytest.approx(kl.item(), rel=1e-5)
    assert results["negative_elbo"] == results["reconstruction_sampled"] + results["kl"]
    # other draws give the same, up to chance
    z = mean + (log_var / 2).exp() * torch.randn(200, *mean.shape, generator=torch.Generator().manual_seed(1))
    with torch.no_grad():
        by_draw = torch.stack([F.binary_cross_entropy_with_logits(model.decode(one), x.float(), reduction="sum") / 360 for one in z])
    assert abs(results["reconstruction_sampled"] - by_draw.mean().item()) < 4 * by_draw.std().item() * math.sqrt(1 / 16 + 1 / 200)
    assert results["reconstruction_sampled"] > results["reconstruction"]  # a draw is worse than the mean


def test_codes_of_the_vae_are_compared_as_draws_and_not_as_means(digits_vae):
    results, mean = digits_vae.evaluation.metrics, digits_vae.evaluation.mean
    var = np.exp(digits_vae.evaluation.log_var)
    expected = np.sqrt(mean.var(0) + var.mean(0))  # the law of total variance
    spread = expected * math.sqrt(2 / 360) * 2
    assert (np.abs(results["code_std"] - expected) < spread).all()
    assert (np.abs(results["code_mean"] - mean.mean(0)) < 4 * np.sqrt(var.mean(0) / 360)).all()


@pytest.mark.parametrize("kind", ["ae", "aae"])
def test_nothing_is_called_an_elbo_where_there_is_none(kind, test_images):
    model = build(config(kind).model, seed=0)
    evaluation = training.evaluate(model, test_images, CPU)
    assert evaluation.log_var is None
    assert set(evaluation.metrics) == {
        "images", "seed", "reconstruction", "code_mean", "code_std",
        "coverage", "coverage_null", "sliced_w2_squared", "sliced_w2_squared_null",
    }
    assert evaluation.metrics["code_std"] == pytest.approx(evaluation.mean.std(0).tolist())


def test_evaluation_is_the_same_every_time_and_leaves_the_global_generator_alone(digits_vae, test_images):
    torch.manual_seed(4)
    before = torch.get_rng_state()
    again = training.evaluate(digits_vae.model.train(), test_images, CPU)
    assert again.metrics == digits_vae.evaluation.metrics
    assert torch.equal(torch.get_rng_state(), before)
    assert not digits_vae.model.training


def test_the_null_band_stands_beside_each_estimate(digits_aae):
    results = digits_aae.evaluation.metrics
    mean, std = results["coverage_null"]
    assert mean == pytest.approx(1 - 2**-5, abs=0.02) and 0 < std < 0.05
    mean, std = results["sliced_w2_squared_null"]
    assert 0 < mean < 0.05 and 0 < std < mean


def test_images_are_measured_in_batches_without_a_seam(test_images):
    model = build(config("ae").model, seed=0)
    x = torch.from_numpy(test_images).float() / 255
    with torch.no_grad():
        codes = model.encode(x).mean
        whole = training._bce_at(model, codes, x)
        parts = training._bce_at(model, codes, x, batch=77)  # 360 = 4 · 77 + 52
    assert parts == pytest.approx(whole, rel=1e-6)


def test_rounding_to_half_precision_is_done_once(digits_vae):
    model = build(digits_vae.config.model)
    model.load_state_dict(digits_vae.model.state_dict())
    once = {name: weight.clone() for name, weight in training.round_to_half(model).state_dict().items()}
    twice = training.round_to_half(model).state_dict()
    for name, weight in digits_vae.model.state_dict().items():
        assert once[name].dtype == torch.float32 and torch.equal(once[name], twice[name])
        assert torch.equal(once[name], once[name].half().float()) and not torch.equal(once[name], weight)
        assert ((once[name] - weight).abs() <= 2**-11 * weight.abs() + 2**-25).all()  # half a unit of the last of 11 bits


def test_what_is_trained_is_what_the_recipe_says(images):
    reports = list(training.fit(dataclasses.replace(config("aae"), model=ModelConfig("aae", 8, 3, (16, 12))), images, CPU))
    model = reports[-1].model
    assert model.encode(torch.rand(2, 64)).mean.shape == (2, 3) and model.decoder.body[0].out_features == 12
