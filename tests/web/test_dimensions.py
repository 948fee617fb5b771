"""Models of many dimensions: principal components against scikit-learn, the decoder's response against torch."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from sklearn.decomposition import PCA

from explorer.config import ModelConfig
from explorer.models import build
from explorer.store.bundle import load_bundle

from ..browser.driver import ROOT

SHIPPED = ROOT / "pretrained"


NAMES = ("mnist-vae-16d", "mnist-aae-16d")


def travelled(name: str):
    """A bundle's codes with the precision that they travel with."""
    codes = load_bundle(SHIPPED / name).codes
    return codes.mean.astype(np.float16).astype(float), None if codes.log_var is None else codes.log_var.astype(
        np.float16
    ).astype(float)


def test_principal_components_against_scikit_learn(compute):
    points = np.random.default_rng(0).standard_normal((500, 9)) @ np.random.default_rng(1).standard_normal((9, 9)) + 3
    found = compute(
        "kernel/pca",
        "const { columns, share, project } = principal(given); "
        "return { columns: columns.map((one) => [...one]), share, at: project(place) };",
        given=points.T.tolist(),
        place=[1.0] * 9,
    )
    fitted = PCA(2).fit(points)
    axes = fitted.components_ * np.sign(
        np.take_along_axis(fitted.components_, np.abs(fitted.components_).argmax(1)[:, None], 1)
    )
    np.testing.assert_allclose(np.array(found["columns"]).T, (points - points.mean(0)) @ axes.T, atol=1e-4)
    np.testing.assert_allclose(found["at"], (1 - points.mean(0)) @ axes.T, atol=1e-9)
    assert found["share"] == pytest.approx(fitted.explained_variance_ratio_.sum(), abs=1e-12)


def test_the_one_in_the_middle(compute):
    places = [[0, 0], [1, 0], [0, 1], [0.4, 0.4], [9, 9]]
    assert compute("kernel/nearest", "return medoid(places);", places=places) == [0.4, 0.4]


def test_the_charts_of_a_walk_hold_both_models_where_densities_lie_far_apart(compute):
    """In 32 dimensions the AAE's codes lie 15 nats denser than the VAE's draws."""
    body = (
        "return [2, 32].map((latent_dim) => sharedRange([-29, "
        "-45].map((q) => ({ model: { entry: { latent_dim } }, curve: [{ q, p: q }] }))));"
    )
    assert compute("explore/walk/film", body) == [[-40, -28], [-46, -28]]


@pytest.mark.parametrize("name", NAMES)
def test_the_decoders_response_and_the_active_units_against_torch(compute, name):
    entry = {"tensors": f"tensors/{load_bundle(SHIPPED / name).digest}", "name": name}
    found = compute(
        "kernel/models kernel/usage",
        "const model = await new Models(new URL(base)).open(entry); "
        "return { response: await response(model), active: activeUnits(model.codes) };",
        entry=entry,
    )
    mean, log_var = travelled(name)
    model = load_bundle(SHIPPED / name).model()
    rows = np.arange(48) * len(mean) // 48
    jacobian = torch.func.vmap(torch.func.jacfwd(lambda z: torch.sigmoid(model.decode(z[None])[0])))(
        torch.from_numpy(mean[rows]).float()
    )  # (48, pixels, d)
    variance = mean.var(0) + (0 if log_var is None else np.exp(log_var).mean(0))
    expected = np.sqrt(jacobian.double().square().sum(1).mean(0).numpy() * variance)
    np.testing.assert_allclose(found["response"], expected, rtol=1e-3, atol=1e-3)
    assert found["active"] == (mean.var(0) > 0.01).sum()
    if log_var is not None:  # where the VAE pays nothing, the decoder hears nothing
        kl = 0.5 * (np.exp(log_var) + mean**2 - 1 - log_var).mean(0)
        assert found["active"] < len(kl) and (expected[kl < 0.1] < 0.1).all() and (expected[kl > 1] > 0.5).all()


@pytest.mark.parametrize("kind, latent_dim", [("vae", 8), ("aae", 3)])
def test_the_response_of_a_convolutional_decoder_against_torch(compute, kind, latent_dim):
    shape = ModelConfig(kind, image_side=16, channels=3, network="conv", hidden=(3, 4, 8), latent_dim=latent_dim)
    model = build(shape, seed=1).double()
    tensors = {
        name: {"shape": list(tensor.shape), "values": tensor.flatten().tolist()}
        for name, tensor in model.state_dict().items()
        if name.startswith("decoder.")
    }
    rng = np.random.default_rng(2)
    mean, log_var = rng.standard_normal((2, 20, latent_dim))
    js = (
        "const values = (array) => Float32Array.from(array), whole = Object.entries(given.tensors);"
        "const read = ([name, { shape, values: all }]) => [name, { shape, values: values(all) }];"
        "const decoder = new Decoder(Object.fromEntries(whole.map(read)));"
        "return response({ decoder, codes: { mean: given.mean.map(values), logVar: given.logVar?.map(values) } });"
    )
    wide = log_var.T.tolist() if kind == "vae" else None
    found = compute(
        "kernel/decoder kernel/usage", js, given={"tensors": tensors, "mean": mean.T.tolist(), "logVar": wide}
    )
    one = torch.func.jacfwd(lambda z: torch.sigmoid(model.decode(z[None])[0]))
    slopes = torch.stack([one(z) for z in torch.from_numpy(mean)])  # (20, pixels, d)
    variance = mean.var(0) + (np.exp(log_var).mean(0) if kind == "vae" else 0)
    expected = np.sqrt(slopes.square().sum(1).mean(0).detach().numpy() * variance)
    np.testing.assert_allclose(found, expected, rtol=1e-3)
