"""The tool Map's arithmetic, in Node: grids at the prior's quantiles, the stretch against torch, densities."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import torch
from scipy.stats import norm

from explorer.serving.catalogue import shape
from explorer.shapes import SHAPES
from explorer.store.bundle import load_bundle

from ..browser.driver import ROOT

pytestmark = pytest.mark.skipif(
    not (ROOT / "pretrained" / "digits-aae").exists(), reason="no shipped models: python train.py makes them"
)


def bundle(name: str):
    return load_bundle(ROOT / "pretrained" / name)


def test_grids_lie_at_the_priors_quantiles(compute):
    u = np.concatenate([10.0 ** -np.arange(1, 15), np.linspace(0.001, 0.999, 777), 1 - 10.0 ** -np.arange(3, 12)])
    found = compute("kernel/quantiles", "return given.map(inverseNormalCdf)", given=u.tolist())
    np.testing.assert_allclose(found, norm.ppf(u), rtol=1e-9, atol=1e-14)

    grid = compute("kernel/quantiles", "return priorGrid(null, 0.2)")
    n, along = grid["perSide"], norm.ppf((np.arange(grid["perSide"]) + 0.5) / grid["perSide"])
    assert n == 12  # √(2π) / 12 = 0.209: the most tiles whose middle ones are not closer than 0.2
    points = np.array([[point[name] for name in ("x", "y", "room")] for point in grid["points"]])
    np.testing.assert_allclose(points[:, :2], np.stack(np.meshgrid(along, along), -1).reshape(-1, 2), atol=1e-12)
    for one, other in itertools.pairwise(points):  # neighbours do not cover each other
        assert one[1] != other[1] or other[0] - one[0] >= (one[2] + other[2]) / 2 - 1e-9

    # the mixture's points, in each Gaussian's own axes and standard deviations, are the quantiles of N(0, 1)
    petals = SHAPES["mixture"]()
    mixture = compute(
        "kernel/quantiles", "return priorGrid(given, 0.1).points.map(({ x, y }) => [x, y])", given=shape("mixture")
    )
    for c, mine in enumerate(np.array(mixture).reshape(len(petals.means), -1, 2)):
        own = (mine - petals.means[c]) @ petals.axes[c].T / petals.stds[c]
        a, b = (np.unique(own[:, i].round(5)) for i in (0, 1))
        assert (len(a), len(b)) == (12, 5)
        for values in (a, b):
            np.testing.assert_allclose(values, norm.ppf((np.arange(len(values)) + 0.5) / len(values)), atol=1e-4)

    # along the roll r = 3 √s, θ = 4π √s, whose density is uniform in s, points are evenly spaced in s; across it they
    # are at quantiles
    roll = np.array(
        compute(
            "kernel/quantiles",
            "return priorGrid(given, 0.15).points.map(({ x, y }) => [x, y])",
            given=shape("swiss-roll"),
        )
    ).reshape(-1, 2, 2)
    s = (np.arange(len(roll)) + 0.5) / len(roll)
    spine = 3 * np.sqrt(s)[:, None] * np.stack([np.cos(4 * np.pi * np.sqrt(s)), np.sin(4 * np.pi * np.sqrt(s))], -1)
    assert len(roll) > 80 and np.abs(roll.mean(1) - spine)[3:].max() < 0.02
    across = np.linalg.norm(roll[:, 1] - roll[:, 0], axis=-1)
    np.testing.assert_allclose(across, 0.15 * (norm.ppf(0.75) - norm.ppf(0.25)), atol=1e-6)


def test_the_stretch_against_torchs_jacobian(compute):
    rng = np.random.default_rng(0)
    for name, dims in (("digits-vae", [0, 1]), ("mnist-aae", [0, 1]), ("mnist-vae-16d", [11, 3])):
        opened = bundle(name)
        model, z = opened.model().double(), np.round(rng.normal(size=(8, opened.config.model.latent_dim)) * 1.3, 3)
        js = (
            "const tensors = readSafetensors(await (await fetch(`${base}tensors/${given.digest}`)).arrayBuffer());"
            "const plain = new Decoder(tensors), decoder = activeDecoder(plain);"
            "return given.z.map((z) => [stretch(decoder.tangents(z, given.dims)), [...decoder.decode(z)], "
            "[...plain.decode(z)]]);"
        )
        found = compute(
            "kernel/safetensors kernel/decoder kernel/active",
            js,
            given={"digest": opened.digest, "z": z.tolist(), "dims": dims},
        )
        for at, (value, logits, plain) in zip(torch.tensor(z), found):
            jacobian = torch.autograd.functional.jacobian(lambda one: torch.sigmoid(model.decode(one[None])[0]), at)[
                :, dims
            ]
            assert value == pytest.approx(torch.linalg.svdvals(jacobian)[0].item(), rel=1e-3)
            np.testing.assert_allclose(logits, plain, atol=1e-3)  # the decoder that leaves out zeros is the decoder


def test_the_density_is_a_sum_of_kernels(compute):
    codes, h = bundle("digits-vae").codes.mean, 0.3
    js = (
        "const kernel = new Kernel(given.x, given.y, given.h, { x0: -3, y0: -2, cell: 0.25, across: 25, down: 17 });"
        "while (!kernel.done) kernel.step(100); return [...kernel.values];"
    )
    found = np.array(
        compute("kernel/density", js, given={"x": codes[:, 0].tolist(), "y": codes[:, 1].tolist(), "h": h})
    ).reshape(17, 25)
    y, x = np.meshgrid(-2 + 0.25 * np.arange(17), -3 + 0.25 * np.arange(25), indexing="ij")
    squares = (x[..., None] - codes[:, 0]) ** 2 + (y[..., None] - codes[:, 1]) ** 2
    expected = np.exp(-squares / (2 * h * h)).mean(-1) / (2 * np.pi * h * h)
    np.testing.assert_allclose(found, expected, atol=1e-3 * expected.max())
    assert found.sum() * 0.25**2 == pytest.approx(1, abs=0.05)  # nearly all of it lies here


def test_what_was_between_two_fingers_stays_between_them(compute):
    """A map of 300 × 200 pixels from (40, 10) on shows x from −4 to 8 and y from −3 to 5, 25 pixels a unit."""
    area = {"left": 40, "top": 10, "width": 300, "height": 200}
    start = {"scale": {"area": area, "perX": 25, "perY": 25}, "middle": [1, 2]}  # at pixel (165, 85)
    box = lambda *given: compute("explore/map_pointer", "return boxUnder(start, at, factor);",  # noqa: E731
                                 start=start, at=given[0], factor=given[1])  # fmt: skip
    assert box([165, 85], 1) == {"x": [-4, 8], "y": [-3, 5]}
    assert box([190, 60], 1) == {"x": [-5, 7], "y": [-4, 4]}  # panned by one unit to the right, and one up
    zoomed = box([115, 110], 0.5)  # twice as far apart, at a quarter of the width and half of the height
    assert zoomed == {"x": [1 - 0.25 * 6, 1 + 0.75 * 6], "y": [2 - 0.5 * 4, 2 + 0.5 * 4]}
