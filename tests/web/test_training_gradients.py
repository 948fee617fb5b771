"""The gradient of every loss that JavaScript trains with, in Node, against torch's autograd in float64.

And whole training steps: the same random draws give the same weights.
"""

from __future__ import annotations

import dataclasses
import functools
from unittest import mock

import numpy as np
import pytest
import torch

from explorer import objectives, steps
from explorer.config import KINDS, PRIORS, WHILE_TRAINING, TrainingConfig
from explorer.settings import SETTINGS
from explorer.siblings import SIBLINGS
from explorer.training.distributed import ALONE

from .training import CASES, config_of, double_model, name_of, settings_of, singles, tensors_of

IMAGES, NOISE, WEIGHT = 6, 0.3, 2.5  # of a batch; in the codes that a discriminator sees; of the adversary
CHANGED_AT = 0.6  # of the whole steps: when settings change
PROGRESS = (0.1, 0.3, 0.65, 0.7, 1.0)  # of the whole steps: each part of every schedule
# Fields of the configurations that have no gradient, and why.
WITHOUT_GRADIENT = {
    "network": "the browser trains linear layers only",
    "precision": "the browser computes in single precision",
    "dataset": "it is what the images come from",
}
every_case = pytest.mark.parametrize("changes", CASES, ids=name_of)


def objectives_of(kind: str) -> list[str]:
    return [name.removeprefix("explorer.objectives:") for name in SIBLINGS[kind].objectives]


# For each loss: its value in torch, its call in JavaScript, and the halves of the model that it moves.
AUTOENCODER, JUDGE = ("encoder", "decoder"), ("discriminator",)
LOSSES = {
    "ae_loss": (lambda m, b: objectives.ae_loss(m, b.x), "aeLoss(model, x)", AUTOENCODER),
    "vae_loss": (
        lambda m, b: objectives.vae_loss(m, b.x, b.noise, b.training.beta),
        "vaeLoss(model, x, noise, beta)",
        AUTOENCODER,
    ),
    "discriminator_loss": (
        lambda m, b: objectives.discriminator_loss(m.discriminator, b.codes, b.draws, b.training.r1, b.labels),
        "discriminatorLoss(model.discriminator, points, draws, r1, labels)",
        JUDGE,
    ),
    "aae_loss": (
        lambda m, b: _aae_loss(m, b),
        "aaeLoss(model, x, encoded(), weight, labels, seen())",
        AUTOENCODER,
    ),
    "textbook_discriminator_loss": (
        lambda m, b: objectives.textbook_discriminator_loss(m.discriminator, b.codes, b.draws, b.labels),
        "textbookDiscriminatorLoss(model.discriminator, points, draws, labels)",
        JUDGE,
    ),
    "encoder_loss": (
        lambda m, b: objectives.encoder_loss(m.discriminator, m.encode(b.x).mean, b.labels),
        "encoderLoss(model, encoded(), labels)",
        ("encoder",),
    ),
}


def _aae_loss(model, batch):
    codes = model.encode(batch.x).mean
    return objectives.aae_loss(model, batch.x, codes, WEIGHT, batch.labels, codes + NOISE * batch.noise)


@dataclasses.dataclass
class Batch:
    """What a loss receives. All numbers are numbers of float32."""

    x: torch.Tensor
    noise: torch.Tensor
    codes: torch.Tensor
    draws: torch.Tensor
    labels: torch.Tensor | None
    training: TrainingConfig

    @classmethod
    def of(cls, config, seed: int = 5) -> Batch:
        rng = np.random.default_rng(seed)
        k = config.model.latent_dim
        x = torch.from_numpy(rng.random((IMAGES, config.model.pixels), np.float32)).double()
        labels = torch.from_numpy(rng.integers(0, 10, IMAGES)) if config.model.label_informed else None
        return cls(x, *(singles(rng, IMAGES, k) for _ in range(3)), labels, config.training)


# The gradients of a model's networks take the place of the weights, so that they can be read by their names.
BODY = """
const model = new Autoencoder(settings, () => 0.5, Numbers === "single" ? Float32Array : Float64Array);
model.take(tensors);
const { Numbers: Reals } = model.encoder, numbers = (list) => Reals.from(list.flat());
const x = numbers(batch.x), noise = numbers(batch.noise), points = numbers(batch.codes), draws = numbers(batch.draws);
const { labels, beta, r1, weight } = batch;
if (model.discriminator) Object.assign(model.discriminator, { smoothing: batch.smoothing, detail: batch.detail });
let codes;
const encoded = () => (codes = model.encode(x).mean);
const seen = () => codes.map((value, i) => value + batch.scale * noise[i]);
const terms = CALL;
for (const network of [model.encoder, model.decoder, model.discriminator?.network])
  network?.weights.set(network.gradient);
return { terms, gradient: model.tensors() };
"""


def in_javascript(compute, call: str, config, model, batch: Batch, numbers: str) -> dict:
    sent = {name: getattr(batch, name).tolist() for name in ("x", "noise", "codes", "draws")}
    sent |= {"labels": None if batch.labels is None else batch.labels.tolist(), "beta": batch.training.beta}
    sent |= {"r1": batch.training.r1, "weight": WEIGHT, "scale": NOISE, "smoothing": 0.0, "detail": 1.0}
    if config.model.sibling.discriminator:
        judge = model.discriminator
        sent |= {"smoothing": judge.smoothing, "detail": judge.detail}
    return compute(
        "kernel/training/autoencoder kernel/training/objectives",
        BODY.replace("CALL", call),
        settings=settings_of(config, model), tensors=tensors_of(model), batch=sent, Numbers=numbers,
    )  # fmt: skip


@every_case
@pytest.mark.parametrize("numbers, tolerance", [("single", 1e-5), ("double", 1e-10)])
def test_each_gradient_is_torchs(compute, changes, numbers, tolerance):
    config = config_of(changes)
    model, batch = double_model(config), Batch.of(config)
    if config.model.sibling.discriminator:
        model.discriminator.smoothing, model.discriminator.detail = config.training.smoothing, 0.4
    for objective in objectives_of(config.model.kind):
        loss_of, call, moved = LOSSES[objective]
        parameters = {
            name: one for name, one in model.named_parameters() if name.split(".")[0] in moved
        }  # fmt: skip
        loss = loss_of(model, batch)
        expected = torch.autograd.grad(loss.total, list(parameters.values()), materialize_grads=True)
        found = in_javascript(compute, call, config, model, batch, numbers)
        assert list(found["terms"]) == list(loss._fields)
        np.testing.assert_allclose(list(found["terms"].values()), [term.item() for term in loss], rtol=tolerance)
        whole = torch.cat([gradient.flatten() for gradient in expected])
        gradient = [torch.tensor(list(found["gradient"][name]["values"]), dtype=torch.float64) for name in parameters]
        assert whole.isfinite().all() and whole.norm() > 1e-3
        assert (torch.cat(gradient) - whole).norm() / whole.norm() <= tolerance, objective
        assert [found["gradient"][name]["shape"] for name in parameters] == [list(one.shape) for one in expected]


def test_every_loss_kind_prior_and_option_is_among_the_cases():
    configs = [config_of(changes) for changes in CASES]
    assert {config.model.kind for config in configs} == set(KINDS)
    assert {config.model.prior for config in configs} == set(PRIORS)
    assert {name for kind in KINDS for name in objectives_of(kind)} == set(LOSSES)
    values: dict[str, set] = {}
    for config in configs:
        for part in (config.model, config.training):
            for field in dataclasses.fields(part):
                values.setdefault(field.name, set()).add(getattr(part, field.name))
    assert set(SETTINGS) <= set(values)
    same = {name for name, each in values.items() if len(each) < 2}
    assert same == set(WITHOUT_GRADIENT), "a new field needs cases with two values, or a reason to have none"
    for kind in KINDS:
        own = [config.training for config in configs if config.model.kind == kind]
        alone = {name for name in SIBLINGS[kind].settings if len({getattr(one, name) for one in own}) < 2}
        assert not alone, f"a setting of {kind} needs cases of {kind} with two values"


@every_case
def test_training_steps_with_the_same_draws_give_the_same_weights(compute, changes):
    config = config_of(changes)
    model, k = double_model(config), config.model.latent_dim
    start = tensors_of(model)
    batches = [Batch.of(config, seed) for seed in range(len(PROGRESS))]
    rng = np.random.default_rng(9)
    draws = [singles(rng, IMAGES, k) for _ in PROGRESS]
    noise = [singles(rng, 2, IMAGES, k) for _ in PROGRESS]
    step = steps.step_of(config.model.kind)(model, config.training, torch.Generator(), ALONE)
    # settings that change while the model trains
    changed = {name: 1.5 * getattr(config.training, name) for name in WHILE_TRAINING}
    later = dataclasses.replace(config.training, **changed)
    settings = [config.training if progress < CHANGED_AT else later for progress in PROGRESS]
    terms = []
    for batch, progress, training, drawn, one in zip(batches, PROGRESS, settings, draws, noise, strict=True):
        step.training = training
        step.follow({name: torch.tensor(value, dtype=torch.float64) for name, value in step.scalars(progress).items()})
        step.set_progress(progress)
        given = functools.partial(_given, one)
        with (
            mock.patch.object(torch, "randn", given),
            mock.patch.object(model.prior, "sample", lambda *_, drawn=drawn: drawn),
        ):
            terms.append({name: term.item() for name, term in step.take(batch.x, batch.labels).items()})
    found = compute(
        "kernel/training/autoencoder kernel/training/steps",
        "const model = new Autoencoder(settings, () => 0.5, Float64Array); model.take(tensors);"
        "const numbers = (list) => Float64Array.from(list.flat()), { training } = settings.config;"
        "const draws = { normal: () => numbers(now.noise.shift()), prior: () => numbers(now.draws) };"
        "const step = new STEPS[settings.config.model.kind](model, training, draws), terms = [];"
        "let now; for (now of taken) {"
        "step.training = now.training; terms.push(step.take(numbers(now.x), now.labels, now.progress)); }"
        "return { terms, tensors: model.tensors() };",
        settings=settings_of(config, model), tensors=start,
        taken=[
            {"x": batch.x.tolist(), "labels": None if batch.labels is None else batch.labels.tolist(),
             "progress": progress, "training": dataclasses.asdict(training), "draws": drawn.tolist(),
             "noise": one.tolist()}
            for batch, progress, training, drawn, one in zip(batches, PROGRESS, settings, draws, noise, strict=True)
        ],
    )  # fmt: skip
    assert [list(each) for each in found["terms"]] == [list(each) for each in terms]
    np.testing.assert_allclose([list(e.values()) for e in found["terms"]], [list(e.values()) for e in terms], rtol=1e-6)
    for name, tensor in model.state_dict().items():
        before = torch.tensor(start[name]["values"], dtype=torch.float64)
        after = torch.tensor(list(found["tensors"][name]["values"]), dtype=torch.float64)
        moved = tensor.flatten() - before
        assert name == "discriminator.frequencies" or moved.norm() > 0
        assert (after - tensor.flatten()).norm() <= 1e-6 * moved.norm() + 1e-12, name


def _given(noise: torch.Tensor, *shape, **_) -> torch.Tensor:
    """In the place of torch.randn: the noise of a step, for a VAE (n, k) or for a smoothed discriminator (2, n, k)."""
    return noise if len(shape) == 3 else noise[0]


def test_the_schedules_are_pythons(compute):
    shares = np.linspace(0.001, 1, 200).tolist()
    training = TrainingConfig("digits", 1, adversarial_weight=7.0, adversarial_rise=0.4, smoothing=0.9)
    plain = dataclasses.replace(training, adversarial_rise=0.0)
    found = compute(
        "kernel/training/steps",
        "return { rate: shares.map(oneCycle), adversary: trainings.map((one) => shares.map((at) => adversaryAt(one, at))) };",
        shares=shares, trainings=[dataclasses.asdict(training), dataclasses.asdict(plain)],
    )  # fmt: skip
    np.testing.assert_allclose(found["rate"], [steps.one_cycle(share) for share in shares], rtol=1e-12)
    model = double_model(config_of({"kind": "aae"}))
    for one, adversary in zip((training, plain), found["adversary"], strict=True):
        scalars = [steps.AAEStep(model, one, torch.Generator(), ALONE).scalars(share) for share in shares]
        for name, key in {"weight": "adversarial_weight", "smoothing": "smoothing", "detail": "detail"}.items():
            np.testing.assert_allclose(
                [each[name] for each in adversary], [each[key] for each in scalars], rtol=1e-12, atol=1e-12
            )
