"""Products of matrices and the networks that learn, in Node, against NumPy and torch."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import torch
from torch.nn import functional as F

SIZES = [(1, 1, 1), (4, 4, 4), (5, 7, 3), (8, 4, 1), (3, 9, 8), (13, 2, 6), (2, 0, 3), (0, 3, 2), (12, 16, 20)]


@pytest.mark.parametrize("numbers", ["Float32Array", "Float64Array"])
@pytest.mark.parametrize("m, k, n", SIZES)
def test_a_product_is_added(compute, m, k, n, numbers):
    rng = np.random.default_rng(m + 10 * k + 100 * n)
    a, b, c = (rng.standard_normal(shape).astype(np.float32) for shape in ((m, k), (k, n), (m, n)))
    found = compute(
        "kernel/training/products",
        "const [a, turned, b, c] = given.map((one) => (numbers === 'Float32Array' ? Float32Array : Float64Array)"
        ".from(one)), d = c.slice(), e = a.slice();"
        "addProduct(c, a, b, m, k, n); addProduct(d, turned, b, m, k, n, true); transpose(e, a, m, k);"
        "return [c, d, e];",
        given=[one.ravel().tolist() for one in (a, a.T, b, c)], m=m, k=k, n=n, numbers=numbers,
    )  # fmt: skip
    expected = (c + a.astype(np.float64) @ b).ravel()
    close = 1e-5 if numbers == "Float32Array" else 1e-12
    np.testing.assert_allclose(found[0], expected, rtol=close, atol=close)
    np.testing.assert_allclose(found[1], expected, rtol=close, atol=close)
    np.testing.assert_array_equal(np.array(found[2], np.float32), a.T.ravel())


def test_a_whole_number_that_is_held_as_a_double_makes_no_difference(compute):
    a, b = np.arange(6.0), np.arange(8.0)
    found = compute(
        "kernel/training/products",
        "const c = new Float64Array(12), [m, k, n] = [9 / 3, 5 / 2.5, 1.6 / 0.4];"
        "addProduct(c, Float64Array.from(a), Float64Array.from(b), m, k, n); return c;",
        a=a, b=b,
    )  # fmt: skip
    np.testing.assert_allclose(found, (a.reshape(3, 2) @ b.reshape(2, 4)).ravel())


@pytest.mark.parametrize("activation", ["silu", "relu"])
@pytest.mark.parametrize("standardise", [False, True])
def test_a_networks_gradients_are_torchs_for_batches_of_any_size(compute, activation, standardise):
    """A batch of another size uses parts of the same memory."""
    rng = np.random.default_rng(0)
    batches = [rng.standard_normal((n, 3)) for n in (7, 4, 9)]
    found = compute(
        "kernel/network kernel/random",
        "const network = new Network([3, 6, 5, 2], seededUniform(1), { activation, standardise });"
        "return { weights: network.weights, batches: batches.map((batch) => {"
        "  network.clearGradient();"
        "  const outputs = network.forward(Float64Array.from(batch.flat())).slice();"
        "  const points = network.backward(outputs.map((value) => 2 * value));"
        "  return { outputs, points, gradient: network.gradient.slice() }; }) };",
        batches=[batch.tolist() for batch in batches], activation=activation, standardise=standardise,
    )  # fmt: skip
    weights = torch.tensor(found["weights"], dtype=torch.float64, requires_grad=True)
    for batch, one in zip(batches, found["batches"], strict=True):
        x = torch.tensor(batch, requires_grad=True)
        h, at, widths = x, 0, (3, 6, 5, 2)
        if standardise:
            h = (x - x.mean(0)) / (x.var(0, correction=0) + 1e-5).sqrt()
        for i, (inputs, outputs) in enumerate(itertools.pairwise(widths)):
            weight = weights[at : at + inputs * outputs].view(outputs, inputs)
            h = F.linear(h, weight, weights[at + inputs * outputs : at + (inputs + 1) * outputs])
            at += (inputs + 1) * outputs
            h = h if i == 2 else getattr(F, activation)(h)
        points, gradient = torch.autograd.grad(h.square().sum(), (x, weights))
        for name, expected in {"outputs": h, "points": points, "gradient": gradient}.items():
            np.testing.assert_allclose(one[name], expected.detach().flatten(), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("numbers, tolerance", [("Float32Array", 1e-5), ("Float64Array", 1e-12)])
def test_adam_is_torchs(compute, numbers, tolerance):
    rng = np.random.default_rng(3)
    gradients = rng.standard_normal((20, 8)).astype(np.float32)
    gradients[:, 0] = 0
    found = compute(
        "kernel/network kernel/random",
        "const Numbers = numbers === 'Float32Array' ? Float32Array : Float64Array;"
        "const network = new Network([3, 2], () => 0.5, { Numbers }), adam = new Adam(network, { betas: [0.5, 0.99] });"
        "gradients.forEach((gradient, i) => { network.gradient.set(gradient); adam.step(0.01 / (i + 1)); });"
        "return network.weights;",
        gradients=gradients.tolist(), numbers=numbers,
    )  # fmt: skip
    weights = torch.zeros(8, dtype=torch.float64, requires_grad=True)
    adam = torch.optim.Adam([weights], betas=(0.5, 0.99))
    for i, gradient in enumerate(gradients):
        adam.param_groups[0]["lr"] = 0.01 / (i + 1)
        weights.grad = torch.from_numpy(gradient).double()
        adam.step()
    np.testing.assert_allclose(found, weights.detach(), rtol=tolerance, atol=tolerance)


def test_negligible_moments_are_forgotten(compute):
    found = compute(
        "kernel/network",
        "const adam = new Adam(new Network([2, 1], () => 0.5, { Numbers: Float32Array }));"
        "adam.first.set([1e-31, -1e-31, 1e-29]); adam.second.set([1e-45, 1e-20, 0]); adam.forgetNegligibleMoments();"
        "return [adam.first, adam.second];",
    )
    np.testing.assert_allclose(found, np.float32([[0, 0, 1e-29], [0, 1e-20, 0]]), rtol=1e-6)
