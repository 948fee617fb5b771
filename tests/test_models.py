"""The siblings: shapes, what they share, and where they differ."""

from __future__ import annotations

import pytest
import torch
from torch import nn
from torch.distributions import Normal

from explorer import models
from explorer.config import KINDS, ModelConfig

CONFIGS = {kind: ModelConfig(kind, image_side=4, latent_dim=3, hidden=(7, 5), discriminator_hidden=(6,)) for kind in KINDS}


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
    ae, vae, aae = (models.build(CONFIGS[kind], seed=0) for kind in KINDS)
    assert shapes(ae.encoder) == shapes(aae.encoder)
    assert shapes(ae.decoder) == shapes(vae.decoder) == shapes(aae.decoder)
    extra = {name: shape for name, shape in shapes(vae.encoder).items() if name not in shapes(ae.encoder)}
    assert extra == {"log_var.weight": (3, 5), "log_var.bias": (3,)}
    assert {name: shape for name, shape in shapes(vae.encoder).items() if name not in extra} == shapes(ae.encoder)
    assert [name for name, _ in aae.named_children()] == ["encoder", "decoder", "discriminator"]
    for sibling in (ae, vae):
        assert [name for name, _ in sibling.named_children()] == ["encoder", "decoder"]


def test_widths_are_the_configurations_and_the_decoder_mirrors_the_encoder():
    model = models.build(CONFIGS["aae"], seed=0)
    widths = {
        part: [(layer.in_features, layer.out_features) for layer in module.modules() if isinstance(layer, nn.Linear)]
        for part, module in model.named_children()
    }
    assert widths == {
        "encoder": [(16, 7), (7, 5), (5, 3)],
        "decoder": [(3, 5), (5, 7), (7, 16)],
        "discriminator": [(3, 6), (6, 1)],  # it sees codes, never pixels
    }


def test_the_full_size_has_the_known_number_of_weights():
    # 784·512 + 512, 512·512 + 512, 512·2 + 2 a head; the decoder 2·512 + 512, 512·512 + 512, 512·784 + 784
    body, head, decoder = 784 * 512 + 512 + 512 * 512 + 512, 512 * 2 + 2, 2 * 512 + 512 + 512 * 512 + 512 + 512 * 784 + 784
    discriminator = 2 * 256 + 256 + 256 * 256 + 256 + 256 + 1
    expected = {"ae": body + head + decoder, "vae": body + 2 * head + decoder, "aae": body + head + decoder + discriminator}
    for kind, count in expected.items():
        assert sum(parameter.numel() for parameter in models.build(ModelConfig(kind)).parameters()) == count


def test_a_perceptron_has_a_relu_between_its_layers_and_none_at_the_end():
    layers = models.multilayer_perceptron(2, 3, 4, 5)
    assert [type(layer) for layer in layers] == [nn.Linear, nn.ReLU, nn.Linear, nn.ReLU, nn.Linear]


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


def test_a_prior_that_does_not_exist():
    with pytest.raises(ValueError, match="prior 'cube' is unknown"):
        models.build(ModelConfig("aae", prior="cube"))


@pytest.mark.parametrize("kind", KINDS)
def test_build_takes_its_weights_from_the_seed(kind):
    one, same, other = (models.build(CONFIGS[kind], seed=seed).state_dict() for seed in (3, 3, 4))
    assert all(torch.equal(one[name], same[name]) for name in one)
    assert not any(torch.equal(one[name], other[name]) for name in one)


@pytest.mark.parametrize("seed", [None, 5])
def test_build_leaves_the_global_generator_alone(seed):
    torch.manual_seed(123)
    before = torch.get_rng_state()
    model = models.build(CONFIGS["aae"], seed=seed)
    assert torch.equal(torch.get_rng_state(), before)
    assert model.config == CONFIGS["aae"] and isinstance(model, models.AAE)
