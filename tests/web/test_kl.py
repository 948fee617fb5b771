"""Lesson 1's arithmetic, in Node, against explorer.gaussian, scipy and autograd."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from scipy.integrate import quad
from scipy.optimize import minimize
from scipy.stats import norm

from explorer import gaussian
from explorer.serving import assets
from explorer.ui import kl_reference


@pytest.fixture
def modules(compute):
    """`modules(script, argument)` calls a function of the modules: `({ math, fit, numerics }, argument) => …`."""
    imports = ", ".join(f"{name}: await import(`${{web}}/kl/{name}.js`)" for name in ("math", "fit", "numerics"))
    body = f"return (SCRIPT)({{ {imports} }}, argument);"
    return lambda script, argument=None: compute(
        "", body.replace("SCRIPT", script), web=assets.WEB.as_uri(), argument=argument
    )


def random_gaussian(rng, k: int) -> dict:
    root = rng.normal(size=(k, k))
    return {"mean": rng.normal(size=k).tolist(), "cov": (root @ root.T / k + 0.2 * np.eye(k)).tolist()}


def tensors(*gaussians: dict) -> list[torch.Tensor]:
    return [torch.tensor(one[name], dtype=torch.float64) for one in gaussians for name in ("mean", "cov")]


def test_closed_form_integral_and_samples_are_those_of_python(modules):
    rng = np.random.default_rng(0)
    for k in (1, 2, 2, 2, 3, 4):
        q, p = random_gaussian(rng, k), random_gaussian(rng, k)
        expected = gaussian.kl_terms(*tensors(q, p))
        found = modules("({ math }, [q, p]) => math.klTerms(q, p)", [q, p])
        for name, term in zip(
            ("trace", "mean", "dimension", "logDet", "total"), (*expected, expected.total), strict=True
        ):
            assert found[name] == pytest.approx(term.item(), abs=1e-9), name
        standard = modules("({ math }, q) => math.klToStandardNormalFull(q)", q)
        normal = torch.zeros(k, dtype=torch.float64), torch.eye(k, dtype=torch.float64)
        assert standard == pytest.approx(gaussian.kl_divergence(*tensors(q), *normal).item(), abs=1e-9)
        if k <= 2:
            assert modules("({ math }, [q, p]) => math.klIntegral(q, p)", [q, p]) == pytest.approx(
                expected.total.item(), abs=1e-9
            )
        if k == 2:
            noise = rng.normal(size=(500, 2))
            sampled = gaussian.kl_monte_carlo(*tensors(q, p), torch.tensor(noise))
            found = modules(
                "({ math }, [q, p, noise]) => math.klMonteCarlo(q, p, noise)", [q, p, noise.ravel().tolist()]
            )
            assert found["kl"] == pytest.approx(sampled.value.item(), abs=1e-9) and found["error"] == pytest.approx(
                sampled.error.item(), abs=1e-9
            )
    means, variances = rng.normal(size=(2, 3)), rng.uniform(0.1, 3, size=(2, 3))
    found = modules(
        "({ math }, [a, b, c, d]) => math.klDiagonal(a, b, c, d)",
        [means[0].tolist(), variances[0].tolist(), means[1].tolist(), variances[1].tolist()],
    )
    assert found == pytest.approx(
        gaussian.kl_diagonal(*(torch.tensor(one) for one in (means[0], variances[0], means[1], variances[1]))).item(),
        abs=1e-9,
    )


def bumps(mean: float, std: float, gap: float):
    """The logarithm of the two-bump density."""
    return lambda z: np.logaddexp(
        math.log(0.6) + norm.logpdf(z, mean - gap, std), math.log(0.4) + norm.logpdf(z, mean + gap, std)
    )


def test_the_area_counts_up_as_scipy_does(modules):
    script = (
        "({ math }, [w, o, limits]) => { const c = math.countUp(math.density(w), math.density(o)); "
        "return [...limits.map(c.at), c.total]; }"
    )
    line, two = {"mean": 0.4, "std": 1.3, "gap": 0}, {"mean": -0.2, "std": 0.5, "gap": 1.7}
    log = {0: norm(0.4, 1.3).logpdf, 1: bumps(-0.2, 0.5, 1.7)}
    limits = [-3, -1.05, 0.3, 2.2]
    for weight, other, w, o in ((line, two, log[0], log[1]), (two, line, log[1], log[0])):
        found = modules(script, [weight, other, limits])
        for limit, value in zip([*limits, 14], found, strict=True):
            expected, _ = quad(
                lambda z, w=w, o=o: math.exp(w(z)) * (w(z) - o(z)),
                -14,
                limit,
                epsabs=1e-11,
                limit=400,
                points=[-2, 0, 1.5] if limit > 2 else None,
            )
            assert value == pytest.approx(expected, abs=1e-7)


@pytest.mark.parametrize("direction", ["q‖p", "p‖q"])
@pytest.mark.parametrize("start", [(-1.0, 1.0), (1.0, 0.8), (0.2, 2.5)])
def test_fits_end_where_scipy_ends(modules, direction, start):
    mean, std, gap = 0.3, 0.7, 2.2
    found = modules(
        "({ fit, math }, [direction, mean, std, target]) => fit.fit(direction, { mean, std }, math.density(target))",
        [direction, *start, {"mean": mean, "std": std, "gap": gap}],
    )
    log_p, z = bumps(mean, std, gap), np.linspace(-18, 18, 40_001)

    def kl(point) -> float:
        log_q = norm.logpdf(z, point[0], math.exp(point[1] / 2))
        first, second = (log_q, log_p(z)) if direction == "q‖p" else (log_p(z), log_q)
        return float((np.exp(first) * (first - second)).sum() * (z[1] - z[0]))

    end = found["path"][-1]
    assert found["converged"] and len(found["path"]) > 5
    falls = np.diff([step["kl"] for step in found["path"]])
    assert falls.max() < 1e-12  # every step goes down
    assert end["kl"] == pytest.approx(kl([end["mean"], 2 * math.log(end["std"])]), abs=1e-8)
    # scipy, from where the fit ended, has nowhere to go
    best = minimize(
        kl, [end["mean"], 2 * math.log(end["std"])], method="Nelder-Mead", options={"xatol": 1e-8, "fatol": 1e-14}
    )
    assert best.x[0] == pytest.approx(end["mean"], abs=1e-5) and math.exp(best.x[1] / 2) == pytest.approx(
        end["std"], abs=1e-5
    )
    if direction == "p‖q":  # the moments of p
        assert end["mean"] == pytest.approx(mean - 0.2 * gap, abs=1e-7)
        assert end["std"] ** 2 == pytest.approx(std**2 + gap**2 * (1 - 0.2**2), abs=1e-6)


def test_ellipses_keep_their_covariance(modules):
    rng = np.random.default_rng(1)
    script = (
        "({ math }, [cov, near]) => { const { stds, angle } = math.axesOf(cov, near); "
        "return { stds, angle, back: math.covarianceOf(stds, angle) }; }"
    )
    for _ in range(20):
        cov, near = random_gaussian(rng, 2)["cov"], rng.uniform(-4, 4)
        found = modules(script, [cov, near])
        np.testing.assert_allclose(found["back"], cov, atol=1e-12)
        np.testing.assert_allclose(sorted(np.square(found["stds"])), np.linalg.eigvalsh(cov), rtol=1e-9)
        assert abs(found["angle"] - near) <= math.pi / 4 + 1e-9  # the axes keep their names while they are dragged
    round_one = modules(script, [[[2, 0], [0, 2]], 0.7])
    assert round_one["angle"] == 0.7


@pytest.mark.parametrize("rate", [0.3, 1.5, 2.6])
def test_both_descents_are_those_of_autograd(modules, rate):
    for coordinate in ("std", "log_var"):
        found = modules(
            "({ fit }, [name, rate]) => fit.descend(name, { std: 2, stdP: 1.2, shift: 0.7 }, rate, "
            "8).map(({ std, kl, gradient }) => [std, String(kl), gradient])",
            [coordinate, rate],
        )
        for here, there in zip(found, kl_reference.descend(coordinate, [0.7, 2.0], [0.0, 1.2], rate)[:9], strict=True):
            assert here[0] == pytest.approx(there["std"], rel=1e-6) and here[2] == pytest.approx(
                there["gradient"], rel=1e-6, abs=1e-9
            )
            assert float(here[1]) == pytest.approx(there["kl"], abs=1e-9, nan_ok=True)
    fatal = modules("({ fit }) => fit.fatalRate({ std: 2, stdP: 1.2 })")
    below, above = (
        kl_reference.descend("std", [0.0, 2.0], [0.0, 1.2], fatal * times)[1]["std"] for times in (0.999, 1.001)
    )
    assert above < 0 < below


@pytest.mark.parametrize("log_var", [-9.5, -0.003, 0.0001, 0.7, 19.0, 25.0, 88.7, 88.8, 110.0])
def test_float32_is_that_of_torch(modules, log_var):
    found = modules(
        "({ numerics }, lv) => Object.fromEntries(Object.entries(numerics.bench(lv).forms).map(([n, f]) => [n, "
        "[String(f.kl), String(f.gradient)]]))",
        log_var,
    )
    for name, values in kl_reference.float32(log_var).items():
        for here, what in zip(found[name], ("kl", "gradient"), strict=True):
            # two libraries' exp may differ in the last digit of float32
            assert float(here.replace("Infinity", "inf")) == pytest.approx(values[what], rel=3e-7, abs=1.3e-7), (
                name,
                what,
            )


SCENES = """const q = { mean: 1, std: 2, gap: 0 }, p = { mean: 0, std: 1, gap };
return cases.map(([name, option, isRevealed]) => sceneOf(name, q, p, option ?? undefined, isRevealed));"""


def test_the_plot_shows_what_a_question_asks_and_what_was_guessed(compute):
    cases = [["shrink", None, False], ["shrink", 0, False], ["moved", 2, False], ["larger", 0, False]]
    cases += [["fits", 0, False], ["fits", 1, False], ["fits", 1, True]]
    unasked, shrunk, moved, still, one, both, fitted = compute("kl/questions", SCENES, cases=cases, gap=0)
    assert unasked is None and still is None
    assert shrunk == {"q": {"mean": 1, "std": pytest.approx(0.2), "gap": 0}, "p": {"mean": 0, "std": 1, "gap": 0}}
    assert moved == {"q": {"mean": 8, "std": 6, "gap": 0}, "p": {"mean": 5, "std": 3, "gap": 0}}
    bumps = {"mean": 0, "std": 0.6, "gap": 2}  # p has one bump only, so the question gives it two
    assert one == {"q": {"mean": 2, "std": 0.6, "gap": 0}, "p": bumps}
    assert both == {"q": {"mean": 0, "std": pytest.approx(math.hypot(0.6, 2)), "gap": 0}, "p": bumps}
    assert fitted["p"] == bumps and abs(fitted["q"]["mean"]) == pytest.approx(2, abs=0.02)
    (own,) = compute("kl/questions", SCENES, cases=[["fits", 0, False]], gap=3)
    assert own == {"q": {"mean": 3, "std": 1, "gap": 0}, "p": {"mean": 0, "std": 1, "gap": 3}}


def test_a_curve_on_its_way_begins_and_ends_where_it_should(compute):
    body = "return [0, 0.5, 1].map((share) => between(from, to, share));"
    from_, to = {"mean": 1, "std": 2, "gap": 0}, {"mean": 5, "std": 0.5, "gap": 2}
    start, middle, end = compute("kl/questions", body, **{"from": from_, "to": to})
    assert (start, end) == (from_, to) and middle == {"mean": 3, "std": pytest.approx(1), "gap": 1}
