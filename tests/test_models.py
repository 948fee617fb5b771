"""The siblings: shapes, what they share, and where they differ."""

from __future__ import annotations

import copy
import dataclasses
import math
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
import torch
from torch import nn
from torch.distributions import MultivariateNormal, Normal

from explorer import models
from explorer.config import KINDS, ModelConfig

CONFIGS = {
    kind: ModelConfig(kind, image_side=4, latent_dim=3, hidden=(7, 5), discriminator_hidden=(6,)) for kind in KINDS
}


def shapes(module: nn.Module) -> dict[str, tuple[int, ...]]:
    return {name: tuple(parameter.shape) for name, parameter in module.named_parameters()}


@pytest.mark.parametrize("kind", KINDS)
def test_shapes_of_what_goes_in_and_out(kind):
    model, x = models.build(CONFIGS[kind], seed=0), torch.rand(11, 16, generator=torch.Generator().manual_seed(0))
    encoding = model.encode(x)
    assert encoding.mean.shape == (11, 3)
    assert (encoding.log_var is None) == (kind != "vae")  # only the VAE's encoder is stochastic
    if kind == "vae":
        assert encoding.log_var.shape == (11, 3)
    logits = model.decode(encoding.mean)
    assert logits.shape == (11, 16) and logits.isfinite().all()
    assert model.decode(encoding.mean[:0]).shape == (0, 16)
    assert (logits < 0).any() and (logits > 0).any()  # logits, not intensities


def test_compared_models_have_equal_encoders_and_decoders():
    built = {kind: models.build(CONFIGS[kind], seed=0) for kind in KINDS}
    ae, vae, aae = (built[kind] for kind in ("ae", "vae", "aae"))
    assert all(shapes(model.encoder) == shapes(ae.encoder) for kind, model in built.items() if kind != "vae")
    assert all(shapes(model.decoder) == shapes(ae.decoder) for model in built.values())
    assert shapes(built["aae-textbook"]) == shapes(aae)
    extra = {name: shape for name, shape in shapes(vae.encoder).items() if name not in shapes(ae.encoder)}
    assert extra == {"log_var.weight": (3, 5), "log_var.bias": (3,)}
    assert {name: shape for name, shape in shapes(vae.encoder).items() if name not in extra} == shapes(ae.encoder)
    assert [name for name, _ in aae.named_children()] == ["prior", "encoder", "decoder", "discriminator"]
    for sibling in (ae, vae):
        assert [name for name, _ in sibling.named_children()] == ["prior", "encoder", "decoder"]


def test_widths_are_the_configurations_and_the_decoder_mirrors_the_encoder():
    model = models.build(CONFIGS["aae"], seed=0)
    widths = {
        part: [(layer.in_features, layer.out_features) for layer in module.modules() if isinstance(layer, nn.Linear)]
        for part, module in model.named_children()
        if part != "prior"
    }
    assert widths == {
        "encoder": [(16, 7), (7, 5), (5, 3)],
        "decoder": [(3, 5), (5, 7), (7, 16)],
        "discriminator": [(3, 6), (6, 1)],  # it sees codes, never pixels
    }


def test_the_full_size_has_the_known_number_of_weights():
    # 784·512 + 512, 512·512 + 512, 512·2 + 2 a head; the decoder 2·512 + 512, 512·512 + 512, 512·784 + 784
    body, head, decoder = (
        784 * 512 + 512 + 512 * 512 + 512,
        512 * 2 + 2,
        2 * 512 + 512 + 512 * 512 + 512 + 512 * 784 + 784,
    )
    discriminator = 2 * 256 + 256 + 256 * 256 + 256 + 256 + 1
    expected = {
        "ae": body + head + decoder,
        "vae": body + 2 * head + decoder,
        "aae": body + head + decoder + discriminator,
        "aae-textbook": body + head + decoder + discriminator,
    }
    for kind, count in expected.items():
        assert sum(parameter.numel() for parameter in models.build(ModelConfig(kind)).parameters()) == count


def test_a_perceptron_has_a_relu_between_its_layers_and_none_at_the_end():
    layers = models.multilayer_perceptron(2, 3, 4, 5)
    assert [type(layer) for layer in layers] == [models.Linear, nn.ReLU, models.Linear, nn.ReLU, models.Linear]


def test_wide_layers_can_multiply_in_bfloat16_and_codes_never_do():
    model = models.build(ModelConfig("vae", image_side=16, hidden=(256, 256)), seed=0)
    x = torch.rand(50, 256, generator=torch.Generator().manual_seed(0))
    exact = (*model.encode(x), model.decode(model.encode(x).mean))
    seen = []
    for layer in [layer for layer in model.modules() if isinstance(layer, models.Linear)]:
        layer.register_forward_hook(lambda layer, _, y: seen.append((min(layer.weight.shape), y.dtype)))

    models.multiply_in(model, torch.bfloat16)
    rough = (*model.encode(x), model.decode(model.encode(x).mean))
    assert set(seen) == {
        (256, torch.bfloat16),
        (2, torch.float32),
    }  # the heads and the decoder's first layer are narrow
    for a, b in zip(exact, rough):
        assert (
            b.dtype == torch.float32 and 0 < (a - b).abs().max() < 0.03 * a.abs().max()
        )  # eight bits, a few layers deep
    sum(part.sum() for part in rough).backward()
    assert {parameter.grad.dtype for parameter in model.parameters()} == {torch.float32}

    model.eval()
    assert all(torch.equal(a, b) for a, b in zip(exact, (*model.encode(x), model.decode(model.encode(x).mean))))
    models.multiply_in(model.train(), None)
    assert all(torch.equal(a, b) for a, b in zip(exact, (*model.encode(x), model.decode(model.encode(x).mean))))


def test_the_discriminator_keeps_float32():
    model = models.build(ModelConfig("aae", discriminator_hidden=(256, 256)), seed=0)
    models.multiply_in(model, torch.bfloat16)
    assert model.discriminator(torch.zeros(3, 2)).dtype == torch.float32
    assert {layer.precision for layer in model.discriminator.modules() if isinstance(layer, models.Linear)} == {None}


def test_the_encoder_ends_its_body_with_a_relu():
    model = models.build(CONFIGS["vae"], seed=0)
    features = model.encoder.body(torch.rand(50, 16, generator=torch.Generator().manual_seed(0)))
    assert features.min() == 0 and features.max() > 0


def test_the_discriminator_is_given_the_prior():
    discriminator = models.build(CONFIGS["aae"], seed=0).discriminator
    z = torch.randn(9, 3, generator=torch.Generator().manual_seed(0))
    log_prior = Normal(0.0, 1.0).log_prob(z).sum(-1)
    learnt = discriminator.body(z).squeeze(-1)
    assert discriminator(z).shape == (9,) and learnt.abs().max() > 0
    torch.testing.assert_close(discriminator(z), learnt + log_prior)
    for parameter in discriminator.parameters():
        nn.init.zeros_(parameter)
    torch.testing.assert_close(discriminator(z), log_prior)


@pytest.mark.parametrize("changes", [{}, {"prior": "mixture"}, {"prior": "mixture", "label_informed": True}])
def test_the_textbooks_discriminator_has_to_learn_the_prior(changes):
    shape = {"image_side": 4, "hidden": (7, 5), "discriminator_hidden": (6,)} | changes
    discriminator = models.build(ModelConfig("aae-textbook", **shape), seed=0).discriminator
    z, labels = torch.randn(9, 2, generator=torch.Generator().manual_seed(0)), torch.arange(9)
    seen = torch.cat([z, torch.eye(10)[labels]], -1) if discriminator.label_informed else z
    assert torch.equal(discriminator(z, labels), discriminator.body(seen).squeeze(-1))
    for parameter in discriminator.parameters():
        nn.init.zeros_(parameter)
    assert torch.equal(discriminator(z, labels), torch.zeros(9))


@pytest.mark.parametrize("smoothing, width", [(0.0, 1.0), (0.75, 1.25)])
def test_the_discriminator_is_given_the_prior_as_blurred_as_its_eyes(smoothing, width):
    discriminator = models.build(CONFIGS["aae"], seed=0).discriminator
    assert discriminator.smoothing == 0
    discriminator.smoothing = smoothing
    z = torch.randn(9, 3, generator=torch.Generator().manual_seed(0))
    log_prior = Normal(0.0, width).log_prob(z).sum(-1)  # 1 + 0.75² = 1.25²
    torch.testing.assert_close(discriminator(z), discriminator.body(z).squeeze(-1) + log_prior)


LABELLED = ModelConfig(
    "aae", image_side=4, hidden=(7, 5), discriminator_hidden=(6,), prior="mixture", label_informed=True
)


def petal(label: int, smoothing: float) -> MultivariateNormal:
    """The label's component with noise added: at 2 outwards, standard deviations 0.5 and 0.2 along and across."""
    angle = 2 * math.pi * label / 10
    turn = torch.tensor([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
    return MultivariateNormal(
        2 * turn[:, 0], turn @ torch.tensor([[0.25, 0.0], [0.0, 0.04]]) @ turn.mT + smoothing**2 * torch.eye(2)
    )


@pytest.mark.parametrize(
    "smoothing, guide", [(0.0, 0.5), (0.3, 0.5), (0.8, 0.8)]
)  # never sharper than 0.5: see priors.py
def test_a_narrow_prior_is_given_smoothed(smoothing, guide):
    z = torch.randn(9, 2, generator=torch.Generator().manual_seed(1))
    labels = torch.arange(9)
    told, untold = (
        models.build(config, seed=0).discriminator for config in (LABELLED, ModelConfig("aae", prior="mixture"))
    )
    for discriminator in (told, untold):
        discriminator.smoothing = smoothing
        for parameter in discriminator.parameters():
            nn.init.zeros_(parameter)
    each = torch.stack([petal(label, guide).log_prob(z) for label in range(10)])  # (component, n)
    torch.testing.assert_close(told(z, labels), each[labels, torch.arange(9)], rtol=1e-4, atol=1e-4)
    torch.testing.assert_close(untold(z), each.logsumexp(0) - math.log(10), rtol=1e-4, atol=1e-4)


def test_a_label_informed_discriminator_sees_the_label_as_one_of_ten():
    discriminator = models.build(LABELLED, seed=0).discriminator
    first = discriminator.body[0]
    assert first.weight.shape == (6, 2 + 10)
    z = torch.randn(10, 2, generator=torch.Generator().manual_seed(2))
    labels, seen = torch.arange(10), []
    first.register_forward_hook(lambda module, inputs, output: seen.append(inputs[0]))
    logits = discriminator(z, labels)
    assert logits.shape == (10,) and torch.equal(seen[0], torch.cat([z, torch.eye(10)], -1))
    # the network's own part, and the given density, both depend on the label
    fixed = z[:1].expand(10, 2)
    learnt = discriminator.body(torch.cat([fixed, torch.eye(10)], -1)).squeeze(-1)
    assert len(set(learnt.tolist())) == 10
    torch.testing.assert_close(
        discriminator(fixed, labels) - learnt, discriminator.prior.log_prob(fixed, labels, smoothing=0.5)
    )
    uninformed = models.build(ModelConfig("aae", image_side=4, prior="mixture"), seed=0).discriminator
    assert torch.equal(uninformed(z), uninformed(z, labels))  # one that is not told does not care


def test_waves_are_seen_beside_the_code_as_loud_as_the_detail_says():
    config = ModelConfig("aae", image_side=4, hidden=(7, 5), discriminator_hidden=(6,), frequencies=5)
    discriminator = models.build(config, seed=0).discriminator
    waves = discriminator.frequencies
    assert waves.shape == (5, 2) and torch.equal(waves, waves.half().float()) and not waves.requires_grad
    first, seen = discriminator.body[0], []
    first.register_forward_hook(lambda module, inputs, output: seen.append(inputs[0]))
    z = torch.randn(9, 2, generator=torch.Generator().manual_seed(3))
    phase = torch.tensor([[float(wave @ code) for wave in waves] for code in z])
    for detail in (1.0, 0.25, 0.0):  # what a finished one has; while it is turned on; at first
        discriminator.detail = detail
        discriminator(z)
        torch.testing.assert_close(seen[-1], torch.cat([z, detail * phase.sin(), detail * phase.cos()], -1))
    assert models.build(config, seed=0).discriminator.detail == 1
    many = models.build(dataclasses.replace(config, frequencies=20_000), seed=0).discriminator.frequencies
    assert many.std().item() == pytest.approx(models.FREQUENCY_SCALE, rel=0.02)


def test_waves_are_saved_with_the_model_and_a_sibling_has_none():
    config = ModelConfig("aae", frequencies=4)
    assert "discriminator.frequencies" in models.build(config, seed=0).state_dict()
    assert (
        models.build(dataclasses.replace(config, kind="vae"), seed=0).state_dict().keys()
        == models.build(ModelConfig("vae"), seed=0).state_dict().keys()
    )


@pytest.mark.parametrize("config", [ModelConfig("vae", prior="swiss-roll"), LABELLED], ids=["vae", "label-informed"])
def test_a_prior_adds_nothing_to_what_is_saved(config):
    model = models.build(config, seed=0)
    assert not [name for name in model.state_dict() if "prior" in name]
    assert set(model.state_dict()) == {name for name, _ in model.named_parameters()}
    copied = copy.deepcopy(model).to(torch.float64)
    assert copied.prior.means.dtype == torch.float64 and model.prior.means.dtype == torch.float32


def test_a_prior_that_does_not_exist():
    with pytest.raises(ValueError, match="prior 'cube' is unknown"):
        models.build(ModelConfig("aae", prior="cube"))


@pytest.mark.parametrize("kind", KINDS)
def test_build_takes_its_weights_from_the_seed(kind):
    one, same, other = (models.build(CONFIGS[kind], seed=seed).state_dict() for seed in (3, 3, 4))
    assert all(torch.equal(one[name], same[name]) for name in one)
    assert not any(torch.equal(one[name], other[name]) for name in one)


def test_models_that_threads_build_at_once_have_the_weights_of_their_seeds():
    config = ModelConfig("vae", hidden=(16,), image_side=8)
    seeds = list(range(8)) * 12
    alone = {seed: models.build(config, seed).state_dict() for seed in set(seeds)}
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        with ThreadPoolExecutor(8) as pool:
            together = list(pool.map(lambda seed: models.build(config, seed).state_dict(), seeds))
    finally:
        sys.setswitchinterval(interval)
    for seed, weights in zip(seeds, together, strict=True):
        for name, values in weights.items():
            torch.testing.assert_close(values, alone[seed][name], rtol=0, atol=0)


@pytest.mark.parametrize("seed", [None, 5])
def test_build_leaves_the_global_generator_alone(seed):
    torch.manual_seed(123)
    before = torch.get_rng_state()
    model = models.build(CONFIGS["aae"], seed=seed)
    assert torch.equal(torch.get_rng_state(), before)
    assert model.config == CONFIGS["aae"] and isinstance(model, models.AAE)
