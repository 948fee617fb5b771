"""Convolutional encoders and decoders, in Node, against torch."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from explorer.config import ModelConfig
from explorer.models import build


@pytest.mark.parametrize("side, channels, hidden", [(16, 3, (4, 6, 16)), (20, 1, (5, 7, 9)), (28, 3, (3, 8))])
def test_convolutions_against_torch(compute, side, channels, hidden):
    model = build(
        ModelConfig("vae", image_side=side, channels=channels, network="conv", hidden=hidden), seed=1
    ).double()
    tensors = {
        name: {"shape": list(tensor.shape), "values": tensor.flatten().tolist()}
        for name, tensor in model.state_dict().items()
    }
    x, z = (
        torch.rand(3, model.config.pixels, generator=torch.Generator().manual_seed(2)).double(),
        torch.tensor([[0.3, -1.2], [2.0, 0.5], [0.0, 0.0]]).double(),
    )
    js = (
        "const tensors = Object.fromEntries(Object.entries(given.tensors).map(([name, { shape, values }]) => [name, "
        "{ shape, values: Float32Array.from(values) }]));"
        "const encoder = new Encoder(tensors), decoder = new Decoder(tensors), active = activeDecoder(decoder);"
        "const encoded = given.x.map((x) => { const { mean, logVar } = encoder.encode(x); "
        "return [[...mean], [...logVar]]; });"
        "const decoded = given.z.map((z) => [...decoder.decode(z)]), "
        "stretched = given.z.map((z) => stretch(active.tangents(z, [1, 0])));"
        "return { encoded, decoded, stretched, again: [...active.decode(given.z[0])] };"
    )
    found = compute(
        "kernel/encoder kernel/decoder kernel/active", js, given={"tensors": tensors, "x": x.tolist(), "z": z.tolist()}
    )
    with torch.no_grad():
        mean, log_var = model.encode(x)
        logits = model.decode(z)
    np.testing.assert_allclose(np.array(found["encoded"]), torch.stack([mean, log_var], 1), atol=1e-5)
    np.testing.assert_allclose(np.array(found["decoded"]), logits, atol=1e-5)
    np.testing.assert_allclose(found["again"], logits[0], atol=1e-5)
    for value, at in zip(found["stretched"], z):
        jacobian = torch.autograd.functional.jacobian(lambda one: torch.sigmoid(model.decode(one[None])[0]), at)
        assert value == pytest.approx(torch.linalg.svdvals(jacobian)[0].item(), rel=1e-4)
