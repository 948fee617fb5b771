"""Predict: the answers of the lessons' questions, in Node, against Python's numbers."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from scipy.spatial import cKDTree
from scipy.stats import chi

from explorer import estimators, gaussian
from explorer.store.bundle import load_bundle
from explorer.ui import draws

from .test_why import EVIDENCE, MODULES, PRETRAINED, entry, image, posterior


@pytest.fixture
def answers(compute):
    """`answers(page, given)`: the answers of a page's questions, by their names."""
    body = "return Object.fromEntries(Object.entries(QUESTIONS).map(([name, ask]) => [name, ask(about)]));"
    return lambda page, given: compute(f"{page}/questions", body, about=given)


def number(text: str) -> float:
    return float(text.replace("−", "-"))


# ---- lesson 2 --------------------------------------------------------------------------------------------------------


def draw(**changed) -> dict:
    return {"mean": 1.0, "log_var": -1.0, "noise": 1.25, "f": "square", "omega": 2.0, "by": "mean"} | changed


def scatter(given: dict, std: float) -> tuple[float, float]:
    """The variances of one pathwise and of one score-function estimate, integrated over ε."""
    mean = torch.tensor([given["mean"]], dtype=torch.float64)
    log_var = torch.tensor([2 * math.log(std)], dtype=torch.float64)
    nodes, weights = np.polynomial.legendre.leggauss(400)
    edge = float(np.clip(-given["mean"] / std, -11, 11))  # where a step is
    pieces = [(-12.0, edge), (edge, 12.0)]
    noise = np.concatenate([low + (high - low) * (nodes + 1) / 2 for low, high in pieces])
    mass = np.concatenate([(high - low) / 2 * weights for low, high in pieces])
    mass = torch.from_numpy(mass * np.exp(-(noise**2) / 2) / math.sqrt(2 * math.pi))
    found = estimators.pathwise(
        lambda z: estimators.FUNCTIONS[given["f"]](z, given["omega"]), mean, log_var, torch.from_numpy(noise)[:, None]
    )
    score = estimators.scores(mean, log_var, found.z)
    per = std / 2  # ∂σ/∂log σ²
    path, weight = {
        "mean": (found.gradients.mean, score.mean),
        "log_var": (found.gradients.log_var, score.log_var),
        "std": (found.gradients.log_var / per, score.log_var / per),
    }[given["by"]]
    each = path[:, 0], estimators.score_function(found.values, weight)[:, 0]
    return tuple((mass @ one.square() - (mass @ one).square()).item() for one in each)


def test_a_draw_moves_as_automatic_differentiation_says(answers):
    given = draw(mean=-0.5, log_var=0.8, noise=-1.3)
    found = answers("reparameterisation", given)
    mean, std, noise = (torch.tensor(one, dtype=torch.float64) for one in (-0.5, math.exp(0.4), -1.3))
    slope = torch.autograd.functional.jacobian(
        lambda std: gaussian.reparameterise(mean[None], 2 * std.log()[None], noise[None])[0], std
    ).item()
    moves = found["moves"]
    assert moves["answer"] == 1 and number(moves["values"]["noise"]) == pytest.approx(slope, abs=5e-4)
    z, after = (number(moves["values"][name]) for name in ("z", "after"))
    assert z == pytest.approx(-0.5 - 1.3 * math.exp(0.4), abs=5e-4) and after - z == pytest.approx(slope, abs=1e-3)
    assert found["stays"] == {"answer": 2, "values": {"z": moves["values"]["z"]}}
    assert number(found["same"]["values"]["after"]) == pytest.approx(1.5 - 1.3 * 2 * math.exp(0.4), abs=5e-4)
    width = found["logvar"]["values"]
    assert found["logvar"]["answer"] == 2 and number(width["after"]) == pytest.approx(1.8)
    assert number(width["std_after"]) == pytest.approx(math.exp(0.9), abs=5e-4)
    log_var = torch.tensor(0.8, dtype=torch.float64)
    half = torch.autograd.functional.jacobian(lambda log_var: (0.5 * log_var).exp(), log_var).item()
    assert number(width["half"]) == pytest.approx(half, abs=5e-4)


@pytest.mark.parametrize("by", ["mean", "std", "log_var"])
@pytest.mark.parametrize("f, mean, log_var", [("square", 1.0, -1.0), ("cosine", 0.2, 0.0), ("step", 0.3, -0.5)])
def test_the_estimator_that_scatters_more_is_that_of_an_integral(answers, f, mean, log_var, by):
    given = draw(f=f, mean=mean, log_var=log_var, by=by)
    found = answers("reparameterisation", given)
    path, score = scatter(given, math.exp(log_var / 2))
    values = found["variance"]["values"]
    assert number(values["pathwise"]) == pytest.approx(path, rel=1e-3, abs=1e-3)
    assert number(values["score"]) == pytest.approx(score, rel=1e-3, abs=1e-3)
    assert found["variance"]["answer"] == (1 if score > path else 0)
    if f == "step":
        assert found["variance"]["because"] == "variance_step"
    else:
        assert number(values["ratio"]) == pytest.approx(max(path / score, score / path), rel=0.01)


@pytest.mark.parametrize(
    "by, f, mean, answer",
    [
        ("mean", "square", 1.0, 2),  # μ⁴/σ²
        ("std", "square", 1.0, 2),
        ("log_var", "square", 1.0, 1),  # ½μ⁴
        ("mean", "square", 0.0, 0),  # 15σ²
        ("log_var", "step", -1.0, 0),  # no draw is above 0
        ("mean", "step", 0.0, 2),
        ("mean", "cosine", math.pi / 4, 1),  # f(μ) = 0 with a slope: 2 f′(μ)²
    ],
)
def test_the_variance_as_σ_goes_to_0_is_that_of_an_integral(answers, by, f, mean, answer):
    given = draw(by=by, f=f, mean=mean)
    found = answers("reparameterisation", given)["zero"]
    assert found["answer"] == answer
    stds = [math.exp(-0.5) * share for share in (1, 0.1, 0.01, 0.001)]
    assert [float(one) for one in found["values"]["stds"].split(", ")] == pytest.approx(stds, rel=0.01)
    shown = [number(one) for one in found["values"]["variances"].split(", ")]
    expected = [scatter(given, std)[1] for std in stds]
    np.testing.assert_allclose(shown, expected, rtol=0.06, atol=1e-3)
    last = expected[-1] / expected[-2] if expected[-2] > 1e-12 else 0
    assert (last > 50) == (answer == 2) and (0.9 < last < 1.1) == (answer == 1)


def test_the_scene_of_an_answer_is_what_the_answer_says(compute):
    """The figure goes to the chosen option, and then to what is."""
    body = """const scenes = (name, isRevealed) => [0, 1, 2].map((option) => sceneOf(name, about, option, isRevealed));
        return Object.fromEntries(Object.keys(QUESTIONS).map((name) =>
          [name, { asked: scenes(name, false), told: scenes(name, true), start: asItIs(about) }]));"""
    given = draw()
    found = compute("reparameterisation/questions", body, about=given)
    std = math.exp(-0.5)
    for name, scenes in found.items():
        assert scenes["told"][0] == scenes["told"][1] == scenes["told"][2], name  # whatever was chosen
        assert len({str(scene) for scene in scenes["asked"]}) == 3, name
    assert [scene["z"] for scene in found["stays"]["asked"]] == pytest.approx(
        [one + 1 + std * 1.25 for one in (1, 1.25, 0)]
    )
    assert found["stays"]["told"][0]["z"] == found["stays"]["start"]["z"]
    assert found["moves"]["told"][0] == pytest.approx({"mean": 1, "std": std + 1, "z": 1 + (std + 1) * 1.25})
    assert found["same"]["told"][0] == pytest.approx({"mean": 3, "std": 2 * std, "z": 3 + 2 * std * 1.25})
    assert found["logvar"]["told"][0]["std"] == pytest.approx(math.exp(0))
    bars = found["variance"]["told"][0]
    path, score = scatter(given, std)
    assert (bars["score"], bars["pathwise"]) == pytest.approx((1, math.sqrt(path / score)))
    half = compute("reparameterisation/questions", "return between(...about, 0.5);",
                   about=[found["moves"]["start"], found["moves"]["told"][0]])  # fmt: skip
    assert half["std"] == pytest.approx(math.sqrt(std * (std + 1)))


# ---- lesson 0 --------------------------------------------------------------------------------------------------------

shipped = pytest.mark.skipif(not (PRETRAINED / "mnist-ae").exists(), reason="no shipped models")


@shipped
def test_the_rarest_class_of_an_autoencoders_draws_is_that_of_scipys_nearest_codes(compute):
    codes = load_bundle(PRETRAINED / "mnist-ae").codes
    body = """const { codes } = await new Models(base).open(entry);
        return QUESTIONS.invent(ofDraws(codes.mean, codes.label, entry.classes, 5));"""
    found = compute("kernel/models why/facts why/questions", body, entry=entry("mnist-ae"))
    _, rows = cKDTree(codes.mean).query(draws.standard_normal(2000, 5).reshape(-1, 2))
    shares, usual = (np.bincount(label, minlength=10) / len(label) for label in (codes.label[rows], codes.label))
    values, rarest = found["values"], (shares / usual).argmin()
    assert values["label"] == entry("mnist-ae")["classes"][rarest]
    assert found["answer"] == (1 if shares[rarest] < usual[rarest] / 4 else 0)
    assert float(values["share"].rstrip(" %")) == pytest.approx(100 * shares[rarest], abs=0.51)
    reach = np.sort(np.hypot(*codes.mean.T))[int(0.9 * len(codes.mean))]
    assert float(values["reach"]) == pytest.approx(reach, abs=0.051)
    assert float(values["radius"]) == pytest.approx(chi(2).ppf(0.9), abs=0.051)


@pytest.mark.parametrize("rare, most, answer", [(0.04, 0.5, 0), (0.02, 0.5, 1), (0.005, 0.95, 2)])
def test_how_evenly_the_classes_come_out(compute, rare, most, answer):
    given = {"shares": [rare, most, 1 - rare - most], "usual": [0.1, 0.5, 0.4], "labels": list("abc"), "reach": 3.0}
    body = "return { ...QUESTIONS.invent(given), full: fullLength('invent', given, given.usual) };"
    found = compute("why/questions", body, given=given | {"share": 0.9})
    assert found["answer"] == answer and found["values"]["label"] == "a"
    assert found["full"] == 0.75  # whatever the draws are: the scale does not give them away


@shipped
@pytest.mark.parametrize("name, row", [("digits-vae", 7), ("mnist-vae", 7)])
def test_gaps_are_those_of_a_fine_grid(compute, name, row):
    codes, exact = load_bundle(PRETRAINED / name).codes, posterior(name, row)
    encoder = {"mean": codes.mean[row].tolist(), "log_var": codes.log_var[row].tolist()}
    body = (
        EVIDENCE
        + """const image = { grid, values: evidence.values, logLikelihood: (z) => evidence.logLikelihood(z) };
        const given = ofBound(image, found, encoder), { moved, nearest } = QUESTIONS;
        return { given, moved: moved(given), nearest: nearest(given) };"""
    )
    found = compute(f"{MODULES} why/facts why/questions", body, entry=entry(name), x=image(name, row), encoder=encoder)
    given, values = found["given"], found["moved"]["values"]
    assert number(values["log"]) == pytest.approx(exact.log_evidence, abs=0.03)
    for before, after in (("before", "gap"), ("after", "gap_after")):
        assert number(values[before]) + number(values[after]) == pytest.approx(exact.log_evidence, abs=0.03)
    gaps = [exact.gap(ellipse[:2], ellipse[2:]) for ellipse in given["ellipses"]]
    # the window of the fine grid does not hold the prior, and its cells are wider than the narrow q
    assert given["gaps"][2:] == pytest.approx(gaps[2:], abs=0.1, rel=0.02)
    assert found["nearest"]["answer"] == 2 and given["gaps"][2] < min(given["gaps"][:2])
    assert number(found["nearest"]["values"]["encoder"]) == pytest.approx(gaps[3], abs=0.1, rel=0.02)


def test_a_draw_in_many_dimensions_lies_where_the_chi_distribution_has_it(compute):
    for dimensions in (8, 32):
        found = compute("why/facts why/questions", "return QUESTIONS.shell(ofShell(3, d));", d=dimensions)
        radii = np.linalg.norm(draws.standard_normal(1000 * dimensions, 3).reshape(1000, -1), axis=1)
        values = found["values"]
        assert found["answer"] == 2 and float(values["root"]) == pytest.approx(math.sqrt(dimensions), abs=0.005)
        assert float(values["mean"]) == pytest.approx(radii.mean(), abs=0.006)
        assert float(values["spread"]) == pytest.approx(radii.std(), abs=0.006)
        assert radii.mean() == pytest.approx(chi(dimensions).mean(), abs=4 * chi(dimensions).std() / math.sqrt(1000))


def test_the_decoded_picture_is_compared_with_x_the_mean_and_the_nearest_image(compute):
    rng = np.random.default_rng(0)
    x, *near = rng.uniform(size=(5, 64))
    body = "return QUESTIONS.blur(ofBlur(decoded, x, near));"
    for answer, decoded in enumerate([0.9 * x, np.mean(near, axis=0), near[0]]):
        found = compute("why/facts why/questions", body, decoded=decoded, x=x, near=np.array(near))
        expected = [np.abs(decoded - one).sum() for one in (x, np.mean(near, axis=0), near[0])]
        values = found["values"]
        assert found["answer"] == answer and values["k"] == "4"
        assert [float(values[name]) for name in ("original", "mean", "nearest")] == pytest.approx(expected, abs=0.051)


def test_twice_the_probability_is_log_2_less_and_the_figure_goes_there(compute):
    body = """const told = sceneOf("double", given, 0, true);
        const asked = [0, 1, 2].map((i) => sceneOf("double", given, i, false));
        return { ...QUESTIONS.double(given), told, asked, half: between([0, 1], [1, 3], 0.5),
          full: fullLength("double", given, told) };"""
    found = compute("why/questions", body, given={"bce": 130.0})
    assert found["answer"] == 1 and found["told"] == pytest.approx([130 - math.log(2)])
    assert number(found["values"]["after"]) == pytest.approx(130 - math.log(2), abs=0.005)
    assert found["asked"] == [[65], found["told"], [260]] and found["full"] == 260 and found["half"] == [0.5, 2]
