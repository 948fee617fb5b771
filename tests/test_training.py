"""Fitting: reproducible, reported, honest when it fails; and what `evaluate` measures."""

from __future__ import annotations

import copy
import dataclasses
import math

import numpy as np
import pytest
import torch
from torch.distributions import Bernoulli, Independent, MixtureSameFamily, Normal, kl_divergence
from torch.nn import functional as F

from explorer import metrics, objectives, steps
from explorer.config import KINDS, Config, ModelConfig, TrainingConfig
from explorer.data import datasets
from explorer.data.datasets import Split
from explorer.models import build
from explorer.training import devices, diverged, evaluation
from explorer.training import fit as training

CPU = torch.device("cpu")
N, BATCH = 50, 16  # four steps an epoch, the last one of two images


def config(kind: str = "vae", epochs: int = 2, **changes) -> Config:
    return Config(
        ModelConfig(kind, image_side=8, hidden=(16,), discriminator_hidden=(8,)),
        TrainingConfig("digits", epochs, BATCH, **changes),
    )


@pytest.fixture(scope="module")
def images() -> np.ndarray:
    return datasets.load("digits", "train").images[:N]


@pytest.fixture(scope="module")
def test_images() -> np.ndarray:
    return datasets.load("digits", "test").images


def some(images: np.ndarray) -> Split:
    return Split(images, np.zeros(len(images), np.uint8))


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

        def spy(self, x, labels, kind=kind, step=steps.step_of(kind).take):
            seen.setdefault(kind, []).append(x.clone())
            return step(self, x, labels)

        monkeypatch.setattr(steps.step_of(kind), "take", spy)
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
    assert [(report.epoch, report.step, report.steps) for report in reports] == [
        (e, s, 4) for e in (1, 2, 3) for s in (1, 2, 3, 4)
    ]
    assert all((report.terms is not None) == (report.step == 4) for report in reports)
    for terms in (report.terms for report in reports if report.terms):
        assert all(isinstance(value, float) and math.isfinite(value) for value in terms.values())
        expected = {"ae": {"total"}, "vae": {"total", "kl"}}.get(kind, {"adversarial", "discriminator_real"})
        assert {"reconstruction"} | expected <= set(terms)
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
    assert [(report.epoch, report.step, report.steps, report.terms is None) for report in reports] == [
        (1, 1, 1, False),
        (2, 1, 1, False),
    ]


def test_the_images_are_left_as_they_were(images):
    before = images.copy()
    fit(config("vae"), images)
    np.testing.assert_array_equal(images, before)


# The learning rate.


def test_one_cycle_rises_then_falls_to_almost_nothing():
    progress = np.linspace(0, 1, 1001)[1:]
    rate = np.array([steps.one_cycle(value) for value in progress])
    top = rate.argmax()
    assert progress[top] == pytest.approx(0.2) and rate[top] == pytest.approx(1)
    assert (np.diff(rate[: top + 1]) > 0).all() and (np.diff(rate[top:]) < 0).all()
    assert np.abs(np.diff(rate)).max() < 0.01  # no jump: the steepest is 0.96 π/2 / 0.2 a unit of progress
    assert steps.one_cycle(1e-9) == pytest.approx(0.04) and steps.one_cycle(1) == pytest.approx(1e-4)
    assert steps.one_cycle(0.1) == pytest.approx(0.52) and steps.one_cycle(0.6) == pytest.approx(0.50005)  # halfway


@pytest.mark.parametrize("kind, peaks", [("aae", (0.02, 0.005)), ("aae-textbook", (0.02, 0.005, 0.005))])
def test_every_optimiser_follows_the_cycle(kind, peaks, images, monkeypatch):
    rates = []

    def spy(self, x, labels, step=steps.step_of(kind).take):
        rates.append([float(optimiser.param_groups[0]["lr"]) for optimiser in self.optimisers])
        return step(self, x, labels)

    monkeypatch.setattr(steps.step_of(kind), "take", spy)
    fit(config(kind, lr=0.02, discriminator_lr=0.005), images)
    expected = [[peak * steps.one_cycle(step / 8) for peak in peaks] for step in range(1, 9)]
    np.testing.assert_allclose(rates, expected)


# Settings that a person changes while it trains.


@pytest.mark.parametrize(
    "kind, changes",
    [
        ("vae", {"beta": 4.0, "lr": 0.01}),
        ("aae", {"adversarial_weight": 7.0, "discriminator_lr": 0.02}),
        ("aae-textbook", {"lr": 0.01, "discriminator_lr": 0.02}),
    ],
)
@pytest.mark.parametrize("at", [1, 4, 6])  # in an epoch, at its end, in the last one
def test_a_change_of_settings_holds_from_the_next_step_on(kind, changes, at, images, monkeypatch):
    seen = []

    def spy(self, x, labels, step=steps.step_of(kind).take):
        rates = [float(optimiser.param_groups[0]["lr"]) for optimiser in self.optimisers]
        seen.append((self.training.beta, float(getattr(self, "adversarial_weight", 0)), *rates))
        return step(self, x, labels)

    monkeypatch.setattr(steps.step_of(kind), "take", spy)
    before = config(kind, adversarial_weight=3.0, adversarial_rise=0.5)
    after = dataclasses.replace(before, training=dataclasses.replace(before.training, **changes))
    reports, last = training.fit(before, images, CPU), None
    for step in range(8):
        last = reports.send(after.training) if step == at else next(reports)
        assert last.checkpoint is None or step < at  # a checkpoint could not hold the change
    mixed = list(seen)
    assert last.history[-1]["epoch"] == 2
    for one, rows in ((before, slice(at)), (after, slice(at, 8))):
        seen.clear()
        list(training.fit(one, images, CPU))
        assert mixed[rows] == seen[rows]
    assert mixed[at - 1] != mixed[at]


def test_a_change_of_settings_changes_the_model_and_what_came_before_stays(images):
    def train(beta: float | None) -> list[dict]:
        reports = training.fit(config(), images, CPU)
        told = None if beta is None else dataclasses.replace(config().training, beta=beta)
        taken = [next, next, lambda waiting: waiting.send(told), *[next] * 5]
        return [{name: float(term) for name, term in take(reports).losses.items()} for take in taken]

    plain, changed = train(None), train(40.0)
    assert plain[:2] == changed[:2] and plain == train(1.0)
    assert changed[2]["kl"] == plain[2]["kl"]  # the third step sees the weights of the first two
    assert changed[2]["total"] == pytest.approx(changed[2]["reconstruction"] + 40 * changed[2]["kl"])
    assert changed[-1]["kl"] < plain[-1]["kl"]


@pytest.mark.parametrize("average", [0.5, 0.999])
def test_the_running_average_is_of_the_weights_after_every_step(images, average):
    def after_each_step(average):
        reports = training.fit(config("vae", average=average), images, CPU)
        return [{name: weight.clone() for name, weight in report.model.state_dict().items()} for report in reports]

    plain, averaged = after_each_step(0.0), after_each_step(average)
    for name, running in build(config("vae").model, seed=0).state_dict().items():
        for step, (weights, reported) in enumerate(zip(plain, averaged), start=1):
            decay = min(average, step / (step + 10))  # a young average forgets the start fast
            running = decay * running + (1 - decay) * weights[name]
            torch.testing.assert_close(
                reported[name], running, rtol=1e-5, atol=1e-6
            )  # at each step: averaging does not steer the training
        assert not torch.equal(averaged[-1][name], plain[-1][name])


# Going on after a checkpoint.


def labelled(epochs: int = 2, **changes) -> Config:
    """A label-informed AAE, which sees through noise at first."""
    one = config("aae", epochs, **({"smoothing": 1.0} | changes))
    return dataclasses.replace(one, model=dataclasses.replace(one.model, prior="mixture", label_informed=True))


def waving(one: Config) -> Config:
    """Its discriminator gets waves half-way."""
    return dataclasses.replace(one, model=dataclasses.replace(one.model, frequencies=3))


GOING_ON = {
    **{kind: config(kind, 4) for kind in KINDS},
    "no average": config("vae", 4, average=0.0),
    "labels, smoothing and waves": waving(labelled(4)),
}


def some_labels(n: int = N) -> np.ndarray:
    return (np.arange(n) % 10).astype(np.uint8)


@pytest.mark.parametrize("config", GOING_ON.values(), ids=GOING_ON)
def test_resuming_after_any_epoch_gives_the_same_weights_bit_for_bit(config, images):
    kept, reports = [], []
    for report in training.fit(config, images, CPU, labels=some_labels()):
        reports.append((report.epoch, report.step, report.terms))
        assert (report.checkpoint is not None) == (report.terms is not None)
        if report.checkpoint is not None:
            found = report.checkpoint()
            kept.append(
                dataclasses.replace(found, tensors={name: tensor.clone() for name, tensor in found.tensors.items()})
            )
    weights, history = {name: weight.clone() for name, weight in report.model.state_dict().items()}, report.history
    assert [found.epoch for found in kept] == [1, 2, 3, 4] and [entry["epoch"] for entry in history] == [1, 2, 3, 4]
    assert (
        len({tuple(found.tensors["model.encoder.mean.bias"].tolist()) for found in kept}) == 4
    )  # each is of its own epoch
    for found in kept:
        assert found.config == config and found.history == history[: found.epoch]
        torch.manual_seed(found.epoch)  # the global generator has no part in it
        for _ in range(2):  # a checkpoint is not used up
            resumed = list(training.fit(config, images, CPU, labels=some_labels(), resume=found))
            seen = [(report.epoch, report.step, report.terms) for report in resumed]
            assert seen == reports[4 * found.epoch :] or (found.epoch == 4 and seen == reports[-1:])
            assert resumed[-1].history == history
            for name, weight in resumed[-1].model.state_dict().items():
                assert torch.equal(weight, weights[name]), name


def test_a_resumed_training_leaves_its_checkpoints_history_alone(images):
    *_, report = training.fit(config(epochs=1), images, CPU)
    found = dataclasses.replace(report.checkpoint(), config=config(epochs=2))
    list(training.fit(config(epochs=2), images, CPU, resume=found))
    assert len(found.history) == 1


def test_a_checkpoint_holds_what_a_later_training_needs(images):
    *_, report = training.fit(config("aae", epochs=1), images, CPU)
    tensors = report.checkpoint().tensors
    weights = [name for name, _ in build(config("aae").model).named_parameters()]
    of_the_player = [name for name in weights if not name.startswith("discriminator.")]  # opponents are not averaged
    expected = {f"model.{name}" for name in weights} | {f"average.{name}" for name in of_the_player}
    assert {name for name in tensors if name.startswith(("model.", "average."))} == expected
    sides = [sum(name.startswith("discriminator") == right for name in weights) for right in (False, True)]
    moments = ("step", "exp_avg", "exp_avg_sq")  # Adam's
    optimisers = {f"optimiser{side}.{i}.{moment}" for side in (0, 1) for i in range(sides[side]) for moment in moments}
    assert {name for name in tensors if name.startswith("optimiser")} == optimisers
    assert {"shuffling", "noise"} == set(tensors) - optimisers - {name for name in tensors if "." in name}


def test_a_checkpoint_of_another_shape_is_not_taken(images):
    *_, report = training.fit(config("vae", epochs=1), images, CPU)
    for other in (config("ae"), config("aae"), Config(ModelConfig("vae", 8, 3, (16,)), config().training)):
        with pytest.raises((KeyError, RuntimeError)):
            list(training.fit(other, images, CPU, resume=report.checkpoint()))


# Labels, and noise before the discriminator's eyes.


def test_a_label_informed_discriminator_needs_labels(images):
    with pytest.raises(ValueError, match="a label-informed discriminator needs the images' labels"):
        next(training.fit(labelled(), images, CPU))


def test_labels_of_images_and_of_components_go_together(images, monkeypatch):
    seen = []

    def spy(discriminator, codes, draws, r1, labels, discriminator_loss=objectives.discriminator_loss):
        seen.append((draws.clone(), labels.clone()))
        return discriminator_loss(discriminator, codes, draws, r1, labels)

    def step(self, x, labels, step=steps.step_of("aae").take):
        batches.append((x * 255).round().to(torch.uint8))
        return step(self, x, labels)

    batches: list[torch.Tensor] = []
    monkeypatch.setattr(objectives, "discriminator_loss", spy)
    monkeypatch.setattr(steps.step_of("aae"), "take", step)
    list(training.fit(labelled(epochs=30, smoothing=0.0), images, CPU, labels=some_labels()))
    by_image = {tuple(image): label for image, label in zip(images.tolist(), some_labels().tolist(), strict=True)}
    assert len(by_image) == N
    draws, labels = (torch.cat(parts) for parts in zip(*seen, strict=True))
    assert labels.tolist() == [by_image[tuple(image)] for image in torch.cat(batches).tolist()]
    for label in range(
        10
    ):  # petal c lies at 2 (cos 36° c, sin 36° c); 150 draws of each, whose standard deviations are 0.5 and 0.2
        angle = 2 * math.pi * label / 10
        centre = draws[labels == label].mean(0)
        assert torch.dist(centre, 2 * torch.tensor([math.cos(angle), math.sin(angle)])) < 4 * 0.5 / math.sqrt(150)


def test_labels_do_not_matter_where_the_discriminator_is_not_told(images):
    weights, _history = fit(config("aae"), images)
    *_, report = training.fit(config("aae"), images, CPU, labels=some_labels())
    assert all(torch.equal(weight, report.model.state_dict()[name]) for name, weight in weights.items())


def test_the_noise_before_the_discriminators_eyes_falls_to_exactly_nothing(images, monkeypatch):
    seen = []

    def spy(discriminator, codes, draws, r1, labels, discriminator_loss=objectives.discriminator_loss):
        seen.append((float(discriminator.smoothing), codes.detach().clone()))
        return discriminator_loss(discriminator, codes, draws, r1, labels)

    def watch(self, x, labels, step=steps.step_of("aae").take):
        clean.append(self.model.encode(x).mean.detach().clone())
        return step(self, x, labels)

    clean: list[torch.Tensor] = []
    monkeypatch.setattr(objectives, "discriminator_loss", spy)
    monkeypatch.setattr(steps.step_of("aae"), "take", watch)
    *_, report = training.fit(config("aae", epochs=10, smoothing=0.5), images, CPU)  # 40 steps
    expected = [0.5 * (1 - step / 24) if step < 24 else 0.0 for step in range(1, 41)]  # 60 % of 40 are 24
    np.testing.assert_allclose([smoothing for smoothing, _ in seen], expected, atol=1e-15)
    assert [smoothing for smoothing, _ in seen][23:] == [0.0] * 17
    for (smoothing, codes), before in zip(seen, clean, strict=True):
        noise = codes - before
        if smoothing == 0:
            assert torch.equal(codes, before)
        else:  # at most 32 numbers: their mean square is within a factor of 8, surely
            assert smoothing**2 / 8 < noise.square().mean() < 8 * smoothing**2
    assert report.model.discriminator.smoothing == 0  # what comes out sees clearly


def test_the_adversarys_weight_rises_as_the_configuration_says(images, monkeypatch):
    weights = []

    def spy(model, x, codes, weight, *others, aae_loss=objectives.aae_loss):
        weights.append(weight)
        return aae_loss(model, x, codes, weight, *others)

    monkeypatch.setattr(objectives, "aae_loss", spy)
    one = config("aae", epochs=10, adversarial_weight=8.0, adversarial_rise=0.5)
    list(training.fit(one, images, CPU))  # 40 steps
    np.testing.assert_allclose(weights, [8 * min(1, 0.1 + 0.9 * step / 20) for step in range(1, 41)])


def test_the_discriminator_gets_its_waves_when_the_noise_has_gone(images, monkeypatch):
    heard = []

    def spy(discriminator, *arguments, discriminator_loss=objectives.discriminator_loss):
        heard.append(float(discriminator.detail))
        return discriminator_loss(discriminator, *arguments)

    monkeypatch.setattr(objectives, "discriminator_loss", spy)
    *_, report = training.fit(waving(config("aae", epochs=10)), images, CPU)  # 40 steps
    expected = [min(1.0, max(0.0, (step - 24) / 8)) for step in range(1, 41)]  # between 60 % and 80 %
    np.testing.assert_allclose(heard, expected, atol=1e-12)
    assert heard[31:] == [1.0] * 9 and report.model.discriminator.detail == 1


def test_the_prior_is_smoothed_as_the_codes_are(images, monkeypatch):
    draws = []

    def spy(discriminator, codes, prior_draws, r1, labels, discriminator_loss=objectives.discriminator_loss):
        draws.append((float(discriminator.smoothing), prior_draws.clone()))
        return discriminator_loss(discriminator, codes, prior_draws, r1, labels)

    monkeypatch.setattr(objectives, "discriminator_loss", spy)
    list(training.fit(config("aae", epochs=60, smoothing=2.0), images, CPU))
    early = torch.cat([z for smoothing, z in draws if smoothing > 1])
    expected = np.mean([1 + smoothing**2 for smoothing, z in draws if smoothing > 1 for _ in z])  # the variances add
    assert len(early) > 700 and early.square().mean().item() == pytest.approx(
        expected, rel=4 * math.sqrt(2 / (2 * len(early)))
    )


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
    with pytest.raises(diverged.TrainingDiverged, match=expected):
        fit(config("vae", epochs=3), images)


@pytest.mark.parametrize("kind", KINDS)
def test_an_absurd_learning_rate_is_found_out(kind, images):
    with pytest.raises(diverged.TrainingDiverged, match=r"became (nan|inf) at epoch 1, step \d of 4"):
        fit(config(kind, lr=1e20), images)


def test_weights_beyond_float16_are_found_out():
    model = build(config().model, seed=0)
    model.decoder.body[0].weight.data[0, 0] = 65_520.0  # rounds to infinity; 65,519 to 65,504
    with pytest.raises(diverged.TrainingDiverged, match=r"weights in decoder.body.0.weight are NaN or above 65,504"):
        evaluation.round_to_half(model)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("part", ["encoder", "decoder"])
def test_a_model_that_cannot_be_measured_is_found_out(kind, part, images):
    model = build(config(kind).model, seed=0)
    next(getattr(model, part).parameters()).data.fill_(math.nan)
    with pytest.raises(diverged.TrainingDiverged, match="codes or their losses are NaN or infinite"):
        evaluation.evaluate(model, some(images), CPU)


@pytest.mark.parametrize("layer, size", [("mean", 2e6), ("log_var", 81.0), ("log_var", -81.0)])
def test_a_model_that_pages_cannot_show_is_found_out(layer, size, images):
    model = build(config("vae").model, seed=0)
    getattr(model.encoder, layer).weight.data.zero_()
    getattr(model.encoder, layer).bias.data.fill_(size)
    with pytest.raises(diverged.TrainingDiverged, match=r"larger than pages can show|NaN or infinite"):
        evaluation.evaluate(model, some(images), CPU)


# Devices.


def test_the_cpu_can_be_chosen():
    assert devices.choose_device("cpu") == CPU
    assert devices.describe_device(CPU) == f"cpu ({torch.get_num_threads()} threads)"


@pytest.mark.parametrize("name", ["warp-drive", "", "meta", "hpu", "cuda:99"])
def test_devices_that_cannot_be_used(name):
    with pytest.raises(ValueError, match=f"device '{name}' cannot be used here: .") as error:
        devices.choose_device(name)
    assert len(str(error.value)) < 400 and "\n" not in str(error.value)


@pytest.mark.parametrize(
    "cuda, accelerator, expected", [(True, None, "cuda"), (False, "mps", "mps"), (False, None, "cpu")]
)
def test_auto_takes_cuda_then_another_accelerator_then_the_cpu(monkeypatch, cuda, accelerator, expected):
    monkeypatch.setattr(devices, "_take_one_step", lambda device: None)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: cuda)
    monkeypatch.setattr(
        torch.accelerator, "current_accelerator", lambda check_available: accelerator and torch.device(accelerator)
    )
    assert devices.choose_device() == torch.device(expected)


@pytest.mark.parametrize(
    "precision, device, instructions, expected",
    [
        ("auto", "cpu", {"avx512_bf16": True}, torch.bfloat16),
        ("auto", "cpu", {"amx_bf16": True, "avx512_bf16": False}, torch.bfloat16),
        ("auto", "cpu", {"avx512_f": True, "avx512_bf16": False}, None),  # it would be emulated, and slower
        ("auto", "cuda", {"avx512_bf16": True}, None),
        ("float32", "cpu", {"avx512_bf16": True}, None),
        ("bfloat16", "cpu", {}, torch.bfloat16),
        ("bfloat16", "cuda", {}, torch.bfloat16),
    ],
)
def test_products_are_in_bfloat16_where_that_is_asked_for_or_native_to_the_cpu(
    monkeypatch, precision, device, instructions, expected
):
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: instructions, raising=False)
    assert devices.products_in(precision, torch.device(device)) == expected
    if device == "cpu":
        assert devices.describe_device(CPU, precision).endswith(", bfloat16)" if expected else " threads)")


def test_training_in_bfloat16_learns_the_same_and_its_result_is_in_float32():
    losses = {}
    for precision in ("float32", "bfloat16"):
        settings = TrainingConfig("digits", 8, 64, lr=5e-3, precision=precision)
        reports = list(
            training.fit(
                Config(ModelConfig("vae", image_side=8, hidden=(256, 256)), settings),
                datasets.load("digits", "train").images,
                CPU,
            )
        )
        losses[precision] = [report.terms["total"] for report in reports if report.terms]
        assert {parameter.dtype for parameter in reports[-1].model.parameters()} == {torch.float32}
    assert losses["bfloat16"] != losses["float32"]
    assert losses["bfloat16"][-1] == pytest.approx(losses["float32"][-1], rel=0.01)  # two seeds differ by as much


@pytest.mark.parametrize("average", [0.0, 0.9])
def test_a_model_trained_in_bfloat16_is_measured_in_float32(average):
    split = datasets.load("digits", "test")
    settings = TrainingConfig("digits", 1, 64, average=average, precision="bfloat16")
    *_, last = training.fit(Config(ModelConfig("vae", image_side=8, hidden=(256, 256)), settings), split.images, CPU)
    exact = build(last.model.config)
    exact.load_state_dict(last.model.state_dict())
    mean = exact.eval().encode(torch.from_numpy(split.pixels())).mean.detach().numpy()
    np.testing.assert_array_equal(evaluation.evaluate(last.model, split, CPU).mean, mean)


# What a trained model is worth.


def test_a_few_epochs_learn_something(digits_vae, digits_aae, test_images):
    for trained in (digits_vae, digits_aae):
        start, end = (trained.history[at]["reconstruction"] for at in (0, -1))
        assert end < 0.8 * start
        untrained = evaluation.evaluate(build(trained.config.model, seed=0), some(test_images), CPU)
        assert trained.evaluation.metrics["reconstruction"] < 0.8 * untrained.metrics["reconstruction"]
        assert (
            min(trained.evaluation.metrics["code_std"]) > 0.5
        )  # not all the same code, for which the mean image would do
    assert digits_vae.history[-1]["total"] < digits_vae.history[0]["total"]


def test_evaluation_of_the_vae_against_torchs_own_formulas(digits_vae, test_images):
    model, found = digits_vae.model, digits_vae.evaluation
    x = torch.from_numpy(test_images).double() / 255
    with torch.no_grad():
        mean, log_var = model.encode(x.float())
        picture = torch.sigmoid(model.decode(mean)).double()
    results = found.metrics
    assert results["images"] == 360 and results["draws"] == 16
    np.testing.assert_array_equal(found.mean, mean.numpy())
    np.testing.assert_array_equal(found.log_var, log_var.numpy())
    assert found.mean.dtype == found.log_var.dtype == np.float32
    bce = F.binary_cross_entropy(picture, x, reduction="none").sum(1).mean()
    assert results["reconstruction"] == pytest.approx(bce.item(), rel=1e-5)
    kl = kl_divergence(Normal(mean, (log_var / 2).exp()), Normal(0.0, 1.0)).sum(1).mean()
    assert results["kl"] == pytest.approx(kl.item(), rel=1e-5)
    assert results["negative_elbo"] == results["reconstruction_sampled"] + results["kl"]
    # other draws give the same, up to chance
    z = mean + (log_var / 2).exp() * torch.randn(200, *mean.shape, generator=torch.Generator().manual_seed(1))
    with torch.no_grad():
        by_draw = torch.stack(
            [F.binary_cross_entropy_with_logits(model.decode(one), x.float(), reduction="sum") / 360 for one in z]
        )
    assert abs(results["reconstruction_sampled"] - by_draw.mean().item()) < 4 * by_draw.std().item() * math.sqrt(
        1 / 16 + 1 / 200
    )
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
    found = evaluation.evaluate(model, some(test_images), CPU)
    assert found.log_var is None
    assert set(found.metrics) == {
        "images",
        "seed",
        "reconstruction",
        "code_mean",
        "code_std",
        "coverage",
        "coverage_null",
        "sliced_w2_squared",
        "sliced_w2_squared_null",
        "knn_kl",
        "knn_kl_null",
    }
    assert found.metrics["code_std"] == pytest.approx(found.mean.std(0).tolist())


def test_evaluation_is_the_same_every_time_and_leaves_the_global_generator_alone(digits_vae, test_images):
    torch.manual_seed(4)
    before = torch.get_rng_state()
    again = evaluation.evaluate(digits_vae.model.train(), some(test_images), CPU)
    assert again.metrics == digits_vae.evaluation.metrics
    assert torch.equal(torch.get_rng_state(), before)
    assert not digits_vae.model.training


def test_codes_are_compared_with_many_sets_of_draws(digits_aae, test_images, monkeypatch):
    values = iter([1.0, 2.0, 6.0] + 100 * [0.5])
    monkeypatch.setattr(evaluation, "SETS", 3)
    monkeypatch.setattr(evaluation.metrics, "sliced_w2_squared", lambda codes, draws, backend: next(values))
    results = evaluation.evaluate(digits_aae.model, some(test_images), CPU).metrics
    assert results["sliced_w2_squared"] == 3.0 and results["sliced_w2_squared_null"] == [0.5, 0.0]


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
        whole = evaluation._bce_at(model, codes, x)
        parts = evaluation._bce_at(model, codes, x, batch=77)  # 360 = 4 · 77 + 52
    assert parts == pytest.approx(whole, rel=1e-6)


def test_rounding_to_half_precision_is_done_once(digits_vae):
    model = build(digits_vae.config.model)
    model.load_state_dict(digits_vae.model.state_dict())
    once = {name: weight.clone() for name, weight in evaluation.round_to_half(model).state_dict().items()}
    twice = evaluation.round_to_half(model).state_dict()
    for name, weight in digits_vae.model.state_dict().items():
        assert once[name].dtype == torch.float32 and torch.equal(once[name], twice[name])
        assert torch.equal(once[name], once[name].half().float()) and not torch.equal(once[name], weight)
        assert (
            (once[name] - weight).abs() <= 2**-11 * weight.abs() + 2**-25
        ).all()  # half a unit of the last of 11 bits


def test_what_is_trained_is_what_the_recipe_says(images):
    reports = list(
        training.fit(dataclasses.replace(config("aae"), model=ModelConfig("aae", 8, 3, (16, 12))), images, CPU)
    )
    model = reports[-1].model
    assert model.encode(torch.rand(2, 64)).mean.shape == (2, 3) and model.decoder.body[0].out_features == 12


# What a VAE's densities say.


def tiny_vae(latent_dim: int = 2, prior: str = "normal", seed: int = 0):
    """A VAE whose posterior is off and whose decoder is not flat, so that bounds are not tight."""
    model = build(ModelConfig("vae", image_side=2, latent_dim=latent_dim, hidden=(5,), prior=prior), seed=seed)
    with torch.no_grad():
        for layer in (model.decoder.body[0], model.decoder.body[2], model.encoder.mean):
            layer.weight.mul_(3)
    return model.double()


def log_p_x(model, x: torch.Tensor) -> torch.Tensor:
    """log of the integral of p(x|z) p(z), on a grid: (n,)."""
    axis = torch.linspace(
        -8, 8, 401, dtype=torch.float64
    )  # the integrand is below 1e-13 at the ends; steps of 0.04 are fine for std 0.2
    z = torch.cartesian_prod(*[axis] * model.config.latent_dim).view(-1, model.config.latent_dim)
    if model.config.prior == "normal":
        log_p_z = Normal(0.0, 1.0).log_prob(z).sum(-1)
    else:
        parts = model.prior
        cov = torch.einsum("cik,ci,cil->ckl", parts.axes, parts.stds**2, parts.axes)
        each = torch.distributions.MultivariateNormal(parts.means, cov)
        log_p_z = MixtureSameFamily(
            torch.distributions.Categorical(torch.ones(10, dtype=torch.float64)), each
        ).log_prob(z)
    # E over binarised pixels of log p: grey x weighs the logs of 1 and 0
    logits = model.decode(z)  # (grid, pixels)
    log_likelihood = x @ F.logsigmoid(logits).mT + (1 - x) @ F.logsigmoid(-logits).mT  # (n, grid)
    return (log_likelihood + log_p_z).logsumexp(-1) + model.config.latent_dim * math.log(axis[1] - axis[0])


def elbo(model, x: torch.Tensor, draws: int = 20_000) -> tuple[float, float]:
    """By torch's own distributions, and its standard error over draws."""
    mean, log_var = model.encode(x)
    q = Independent(Normal(mean, (log_var / 2).exp()), 1)
    z = mean + (log_var / 2).exp() * torch.randn(
        draws, *mean.shape, generator=torch.Generator().manual_seed(5), dtype=torch.float64
    )
    log_p_z = model.prior.log_prob(z.flatten(0, 1)).view(draws, -1)
    values = (
        Bernoulli(logits=model.decode(z), validate_args=False).log_prob(x).sum(-1) + log_p_z - q.log_prob(z)
    ).mean(-1)
    return values.mean().item(), values.std().item() / math.sqrt(draws)


@pytest.mark.parametrize("latent_dim, prior", [(1, "normal"), (2, "normal"), (2, "mixture")])
@torch.no_grad()
def test_the_importance_weighted_bound_lies_between_the_elbo_and_log_p_x(latent_dim, prior):
    model, x = (
        tiny_vae(latent_dim, prior),
        torch.rand(5, 4, generator=torch.Generator().manual_seed(1), dtype=torch.float64),
    )
    exact = log_p_x(model, x).mean().item()
    lower, error = elbo(model, x)
    assert math.isfinite(exact) and lower < exact - 0.05  # or the comparison would say little
    generator = torch.Generator().manual_seed(2)
    # 25,000 draws make batches of two images, so that the last one is smaller
    close = evaluation.importance_weighted_bound(model, x, 25_000, generator)
    assert close == pytest.approx(exact, abs=0.02)
    # one draw gives the ELBO in expectation, more are tighter; 400 repeats
    one, ten = (
        np.array([evaluation.importance_weighted_bound(model, x, samples, generator) for _ in range(400)])
        for samples in (1, 10)
    )
    assert abs(one.mean() - lower) < 4 * math.hypot(one.std() / 20, error)
    assert lower - 4 * error < ten.mean() < exact + 4 * ten.std() / 20
    assert ten.mean() > lower + 0.3 * (exact - lower)


def test_the_bound_is_reported_as_a_negative_log_likelihood_below_minus_elbo(digits_vae, test_images):
    results = evaluation.evaluate(digits_vae.model, some(test_images), CPU, importance_samples=50).metrics
    assert results["importance_samples"] == 50
    assert results["negative_elbo"] - 5 < results["negative_log_likelihood"] < results["negative_elbo"]
    without = {
        name: value for name, value in results.items() if name not in ("importance_samples", "negative_log_likelihood")
    }
    assert without == digits_vae.evaluation.metrics  # the bound comes last, and its noise moves nothing else


def test_the_kl_is_mutual_information_plus_marginal_kl(digits_vae):
    results = digits_vae.evaluation.metrics
    mean, log_var = (
        torch.from_numpy(part).double() for part in (digits_vae.evaluation.mean, digits_vae.evaluation.log_var)
    )
    q, p = Normal(mean, (log_var / 2).exp()), Normal(0.0, 1.0)
    z = mean + (log_var / 2).exp() * torch.randn(
        mean.shape, generator=torch.Generator().manual_seed(3), dtype=torch.float64
    )
    ratio = (q.log_prob(z) - p.log_prob(z)).sum(-1)  # one draw an image, as the two parts are estimated
    error = (ratio - kl_divergence(q, p).sum(-1)).std().item() / math.sqrt(len(z))
    assert 0 < error < 0.1 * results["kl"]
    assert abs(results["mutual_information"] + results["marginal_kl"] - results["kl"]) < 4 * error
    assert 0 < results["mutual_information"] <= math.log(360)


def test_the_kl_to_a_mixture_is_measured_by_draws(test_images):
    one = dataclasses.replace(config("vae").model, prior="mixture")
    model = build(one, seed=0)
    results = evaluation.evaluate(model, some(test_images), CPU).metrics
    x = torch.from_numpy(test_images).float() / 255
    with torch.no_grad():
        mean, log_var = model.encode(x)
        std = (log_var / 2).exp()
        z = mean + std * torch.randn(400, *mean.shape, generator=torch.Generator().manual_seed(4))
        log_p = model.prior.log_prob(z.flatten(0, 1)).view(400, -1)
        ratio = (Normal(mean, std).log_prob(z).sum(-1) - log_p).mean(-1)  # (draws,)
    error = ratio.std().item() * math.sqrt(1 / 16 + 1 / 400)
    assert math.isfinite(results["kl"]) and error < 0.05 * results["kl"]
    assert abs(results["kl"] - ratio.mean().item()) < 4 * error
    assert results["negative_elbo"] == results["reconstruction_sampled"] + results["kl"]
    assert (
        abs(results["mutual_information"] + results["marginal_kl"] - results["kl"]) < 4 * ratio.std().item()
    )  # from one draw


# What codes say of labels.


def test_test_codes_are_labelled_by_their_neighbours_among_the_train_codes(digits_aae):
    train, test = (datasets.load("digits", split) for split in ("train", "test"))
    results = evaluation.evaluate(digits_aae.model, test, CPU, train=train).metrics
    with torch.no_grad():
        train_codes, test_codes = (
            digits_aae.model.encode(torch.from_numpy(split.pixels())).mean.double() for split in (train, test)
        )
    nearest = torch.cdist(test_codes, train_codes).topk(metrics.NEIGHBOURS, largest=False).indices.numpy()
    votes = np.stack([np.bincount(train.labels[row], minlength=10) for row in nearest])
    assert results["label_accuracy"] == pytest.approx(
        (votes.argmax(1) == test.labels).mean(), abs=1e-9
    )  # a tie: the smaller label
    assert results["label_accuracy"] > 0.3  # chance is 0.1
    assert "label_accuracy" not in digits_aae.evaluation.metrics


def test_codes_in_their_own_labels_component_are_counted(test_images):
    labels = datasets.load("digits", "test").labels
    model = build(labelled().model, seed=0)
    with torch.no_grad():
        mean = model.encode(torch.from_numpy(test_images).float() / 255).mean
        mean_of = (
            model.prior.means
        )  # equal shapes turned around the origin: the likeliest is the one at the nearest angle
    angle = torch.atan2(mean[:, 1], mean[:, 0])
    nearest = (angle / (2 * math.pi / 10)).round().long() % 10
    results = evaluation.evaluate(model, Split(test_images, labels), CPU).metrics
    assert len(mean_of) == 10 and results["own_component"] == pytest.approx((nearest.numpy() == labels).mean())
    moved = copy.deepcopy(model)
    moved.encode = lambda x: model.encode(x)._replace(mean=2 * torch.stack([torch.cos(turn), torch.sin(turn)], -1))
    turn = torch.from_numpy(labels).float() * 2 * math.pi / 10
    assert evaluation.evaluate(moved, Split(test_images, labels), CPU).metrics["own_component"] == 1


@pytest.mark.parametrize("kind", KINDS)
def test_every_report_has_its_steps_losses(kind, images):
    losses, epochs = [], []
    for report in training.fit(config(kind), images, CPU):
        losses.append({name: term.item() for name, term in report.losses.items()})
        if report.terms is not None:  # the epoch's are the means of its steps'
            epochs.append(report.terms)
            means = {name: np.mean([one[name] for one in losses[-4:]]) for name in losses[-1]}
            assert report.terms == pytest.approx(means, rel=1e-6)
    assert len(losses) == 8 and len(epochs) == 2
