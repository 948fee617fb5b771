"""Every public function of the mathematics on arrays of all shapes and values.

It returns a right result, or raises a sentence that names an argument. It never returns a number that looks right.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np
import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from explorer import estimators, figures, gaussian, metrics, objectives, priors, projection, shapes

LEADING = "*"  # any number of axes, which broadcast with those of the others


class Case(NamedTuple):
    function: Callable
    shapes: Mapping[str, str]  # by argument; "*kk" is (..., k, k), "nd" is (n, d); a digit is that size
    least: Mapping[str, int] = {}  # of an axis; 1 where it is not named
    kinds: Mapping[
        str, str
    ] = {}  # of an argument's values: positive, covariance, bool, label; else a standard normal's
    passes: tuple[str, ...] = ()  # arguments whose NaN may not matter to the result, or that hold none
    arrays: str = "torch"
    single: bool = False  # float32: a prior's constants are

    @property
    def name(self) -> str:
        return getattr(self.function, "__name__", str(self.function))


def prior_of(name: str, method: str) -> Callable:
    def call(**arguments):
        return getattr(priors.get_prior(name), method)(**arguments)

    call.__name__ = f"{name} {method}"
    return call


def pathwise(mean, log_var, noise):
    return estimators.pathwise(lambda z: z.square().sum(1), mean, log_var, noise)


def integral(mean_q, cov_q, mean_p, cov_p):
    assume(mean_q.shape[-1:] <= (2,))  # the grid of three dimensions is slow
    return gaussian.kl_integral(mean_q, cov_q, mean_p, cov_p)


class TinyDiscriminator(torch.nn.Module):
    def forward(self, z, labels):
        return z.sum(-1)


def discriminator_loss(codes, prior_draws):
    return objectives.discriminator_loss(TinyDiscriminator(), codes, prior_draws, 0.1)


def textbook_discriminator_loss(codes, prior_draws):
    return objectives.textbook_discriminator_loss(TinyDiscriminator(), codes, prior_draws)


def with_baselines(values, score, baseline):
    assume(baseline.ndim)  # one number for all is right too
    return estimators.score_function(values, score, baseline)


def marginals(codes, prior_draws):
    figures.marginals(codes, prior_draws)
    return np.zeros(1)


def hole_map(prior_draws, covered):
    figures.hole_map(prior_draws, covered)
    return np.zeros(1)


KL = {"mean_q": "*k", "cov_q": "*kk", "mean_p": "*k", "cov_p": "*kk"}
DIAGONAL = {"mean_q": "*k", "var_q": "*k", "mean_p": "*k", "var_p": "*k"}
COVARIANCES = {"cov_q": "covariance", "cov_p": "covariance", "cov": "covariance"}
POSITIVE = {"var_q": "positive", "var_p": "positive"}
SETS = {"codes": "nd", "prior_draws": "md"}
TORCH = [
    Case(gaussian.kl_terms, KL, kinds=COVARIANCES), Case(gaussian.kl_divergence, KL, kinds=COVARIANCES),
    Case(integral, KL, kinds=COVARIANCES),
    Case(gaussian.kl_monte_carlo, KL | {"noise": "nk"}, {"n": 2}, COVARIANCES),
    Case(gaussian.kl_diagonal_terms, DIAGONAL, kinds=POSITIVE), Case(gaussian.kl_diagonal, DIAGONAL, kinds=POSITIVE),
    Case(gaussian.kl_to_standard_normal_terms, {"mean": "*k", "log_var": "*k"}),
    Case(gaussian.kl_to_standard_normal, {"mean": "*k", "log_var": "*k"}),
    Case(gaussian.reparameterise, {"mean": "*k", "log_var": "*k", "noise": "*k"}),
    Case(gaussian.log_prob_standard_normal, {"z": "*k"}),
    Case(gaussian.log_prob_diagonal, {"z": "*k", "mean": "*k", "log_var": "*k"}),
    Case(gaussian.log_prob, {"z": "*k", "mean": "*k", "cov": "*kk"}, kinds=COVARIANCES),
    Case(prior_of("normal", "log_prob"), {"z": "*k"}),
    Case(prior_of("mixture", "log_prob"), {"z": "n2"}, {"n": 0}, single=True),
    Case(prior_of("swiss-roll", "component_log_prob"), {"z": "n2"}, {"n": 0}, single=True),
    Case(prior_of("mixture", "log_prob"), {"z": "n2", "component": "n"}, {"n": 0}, {"component": "label"},
        ("component",), single=True),
    Case(pathwise, {"mean": "k", "log_var": "k", "noise": "nk"}, {"n": 0}),
    Case(estimators.scores, {"mean": "k", "log_var": "k", "z": "nk"}, {"n": 0}),
    Case(estimators.score_function, {"values": "n", "score": "nk"}, {"k": 0}),
    Case(with_baselines, {"values": "n", "score": "nk", "baseline": "k"}, {"k": 0}),
    Case(estimators.best_baseline, {"values": "n", "score": "nk"}, {"k": 0}),
    Case(estimators.measure, {"values": "n", "path": "n", "score": "n"}, {"n": 2}),
    Case(objectives.reconstruction, {"x_logits": "np", "x": "np"}, {"p": 0}),
    Case(discriminator_loss, {"codes": "nk", "prior_draws": "nk"}, {"k": 0}),
    Case(textbook_discriminator_loss, {"codes": "nk", "prior_draws": "nk"}, {"k": 0}),
]  # fmt: skip
NUMPY = [
    Case(metrics.coverage, SETS, {"m": 6}), Case(metrics.covered, SETS, {"m": 6}),
    Case(metrics.knn_kl, SETS, {"n": 6, "m": 5}), Case(metrics.kl_to_density, {"codes": "nd", "log_p": "n"}, {"n": 6}),
    Case(metrics.sliced_w2_squared, {"codes": "nd", "prior_draws": "nd"}),
    Case(metrics.mmd_squared, SETS, {"n": 2, "m": 2}),
    Case(metrics.elbo_surgery, {"mean": "nd", "log_var": "nd", "z": "nd", "log_prior_z": "n"}),
    Case(metrics.importance_weighted_bound, {"log_joint": "kn", "log_q": "kn"}),
    Case(metrics.knn_label_accuracy, {"train_codes": "nd", "train_labels": "n", "test_codes": "md", "test_labels": "m"},
        {"n": 5},
         {"train_labels": "label", "test_labels": "label"}, ("train_labels", "test_labels")),
    Case(marginals, {"codes": "nd", "prior_draws": "md"}),
    Case(hole_map, {"prior_draws": "n2", "covered": "n"}, kinds={"covered": "bool"}, passes=("prior_draws", "covered")),
]  # fmt: skip
CASES = {
    f"{case.name} {' '.join(case.shapes)}": case
    for case in [*TORCH, *(case._replace(arrays="numpy") for case in NUMPY)]
}


@st.composite
def shapes_for(draw, case: Case) -> dict[str, tuple[int, ...]]:
    """Shapes that fit, of which one or two may then be changed."""
    sizes = {
        axis: draw(st.integers(0, 8))
        for axis in sorted({axis for shape in case.shapes.values() for axis in shape if axis.isalpha()})
    }
    leading = draw(st.lists(st.integers(1, 3), max_size=2))
    found = {}
    for name, shape in case.shapes.items():
        axes = [int(axis) if axis.isdigit() else sizes[axis] for axis in shape if axis != LEADING]
        if LEADING in shape:
            axes = [draw(st.sampled_from([size, 1])) for size in leading][draw(st.integers(0, len(leading))) :] + axes
        found[name] = axes
    for name in draw(st.lists(st.sampled_from(list(found)), max_size=2)):
        at = draw(st.integers(0, 2))
        change = draw(st.sampled_from(["size", "drop", "add"]))
        if change == "add" or not found[name]:
            found[name].insert(at, draw(st.integers(0, 3)))
        elif change == "size":
            found[name][at % len(found[name])] = draw(st.integers(0, 8))
        else:
            del found[name][at % len(found[name])]
    return {name: tuple(axes) for name, axes in found.items()}


def fits(case: Case, found: Mapping[str, tuple[int, ...]]) -> bool:
    """Whether the shapes fit the case: each named axis has one size, not too small, and the leading axes broadcast."""
    sizes: dict[str, int] = {}
    leading = []
    for name, shape in case.shapes.items():
        own = shape.replace(LEADING, "")
        if len(found[name]) < len(own) or (LEADING not in shape and len(found[name]) != len(own)):
            return False
        leading.append(found[name][: len(found[name]) - len(own)])
        for axis, size in zip(own, found[name][len(found[name]) - len(own) :]):
            if sizes.setdefault(axis, int(axis) if axis.isdigit() else size) != size:
                return False
    try:
        torch.broadcast_shapes(*leading)
    except RuntimeError:
        return False
    return all(size >= case.least.get(axis, 1) for axis, size in sizes.items())


def values(case: Case, name: str, shape: tuple[int, ...], rng: np.random.Generator):
    kind = case.kinds.get(name)
    if kind == "label":
        found = rng.integers(0, 10, shape)
    elif kind == "bool":
        found = rng.integers(0, 2, shape) > 0
    else:
        found = rng.standard_normal(shape)
        if kind == "positive":
            found = np.exp(found)
        if kind == "covariance" and len(shape) >= 2 and shape[-1] == shape[-2]:
            found = found @ np.swapaxes(found, -1, -2) + np.eye(shape[-1])
    if case.single and kind is None:
        found = found.astype(np.float32)
    return torch.tensor(found) if case.arrays == "torch" else found


def numbers(result) -> np.ndarray:
    """All numbers of a result, in one array."""
    if isinstance(result, (tuple, list)):
        return np.concatenate([numbers(one) for one in result]) if len(result) else np.zeros(0)
    return np.asarray(result.detach() if isinstance(result, torch.Tensor) else result, dtype=float).ravel()


def assert_a_sentence(error: ValueError, case: Case) -> None:
    said = str(error)
    names = [*case.shapes, "covered", "f(z)", "shapes", "weights", "dimensions", "codes"]
    assert 10 < len(said) < 400 and "\n" not in said and any(name in said for name in names), said
    assert error.__traceback__ is not None
    at = error.__traceback__
    while at.tb_next:
        at = at.tb_next
    assert "/explorer/" in at.tb_frame.f_code.co_filename.replace("\\", "/"), said  # ours, and not a library's


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
@settings(max_examples=60)
@given(st.data())
def test_a_shape_fits_or_is_refused_with_a_sentence(case, data):
    found = data.draw(shapes_for(case))
    rng = np.random.default_rng(0)
    arguments = {name: values(case, name, shape, rng) for name, shape in found.items()}
    try:
        result = numbers(case.function(**arguments))
    except ValueError as error:
        assert not fits(case, found), error
        assert_a_sentence(error, case)
    else:
        assert fits(case, found), found
        assert np.isfinite(result).all()


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize(
    "case", [pytest.param(case, id=name) for name, case in CASES.items() if set(case.shapes) - set(case.passes)]
)
@settings(max_examples=20)
@given(st.data())
def test_nan_and_infinity_are_refused_or_seen_in_the_result(case, data):
    names = [name for name in case.shapes if name not in case.passes]
    sizes = {axis: 8 for axis in "nmkdp"} | {"k": 2, "d": 2}
    rng = np.random.default_rng(data.draw(st.integers(0, 9)))
    shapes_ = {
        name: tuple(int(axis) if axis.isdigit() else sizes[axis] for axis in shape if axis != LEADING)
        for name, shape in case.shapes.items()
    }
    arguments = {name: values(case, name, shape, rng) for name, shape in shapes_.items()}
    name = data.draw(st.sampled_from(names))
    bad = data.draw(st.sampled_from([math.nan, math.inf, -math.inf]))
    at = tuple(data.draw(st.integers(0, size - 1)) for size in shapes_[name])
    arguments[name][at] = bad
    try:
        result = numbers(case.function(**arguments))
    except ValueError as error:
        assert_a_sentence(error, case)
    else:
        may_be_right = bad in (math.inf, -math.inf) and (
            case.function in (discriminator_loss, textbook_discriminator_loss)
            or name in ("log_var", "x_logits", "log_joint", "log_q")
        )  # σ of 0, a sure pixel, a weight of 0
        assert not np.isfinite(result).all() or may_be_right


# What is no array.


@pytest.mark.parametrize("call, said", [
    (lambda: metrics.coverage(np.zeros((9, 2)), np.zeros((9, 2)), k=0), "k must be a whole number of at least 1"),
    (lambda: metrics.sliced_w2_squared(np.zeros((9, 2)), np.zeros((9, 2)), directions=0), "at least one direction"),
    (lambda: metrics.mmd_squared(np.zeros((9, 2)), np.zeros((9, 2)), c=math.nan), "c must be positive"),
    (lambda: metrics.null_of(metrics.coverage, lambda n: np.zeros((n, 2)), 9, repeats=1), "at least two repeats"),
    (lambda: metrics.null_band(metrics.Null(0.0, 1.0), 1), "at least two repeats"),
    (lambda: shapes.petals(count=0), "at least one component"),
    (lambda: shapes.petals(along=0.0), "along must be above 0"),
    (lambda: shapes.swiss_roll(beads=-1), "at least one component"),
    (lambda: shapes.swiss_roll(thickness=math.nan), "thickness must be above 0"),
    (lambda: priors.get_prior("normal").sample(-1, 2, torch.Generator()), "n must be at least 0"),
    (lambda: priors.get_prior("mixture").sample(3, 3, torch.Generator()), "has 2 dimensions, not 3"),
    (lambda: priors.get_prior("mixture").sample(3, 2, torch.Generator(), torch.zeros(4, dtype=int)),
        r"component must be \(3,\)"),
    (lambda: projection.umap(np.zeros((3, 4))), "points must be"),
    (lambda: projection.umap(np.full((30, 4), math.nan)), "NaN"),
    (lambda: figures.distances([], "coverage"), "no model to draw"),
    (lambda: figures.training_curves([]), "an entry an epoch"),
    (lambda: figures.training_curves([{"epoch": 1, "a": 1.0}, {"epoch": 2}]), "the same terms"),
    (lambda: gaussian.kl_terms(torch.zeros(2), torch.eye(2), torch.zeros(2), torch.eye(2, dtype=torch.float64)),
        "number types .* cov_p is torch.float64"),
    (lambda: gaussian.log_prob(torch.zeros(2, dtype=int), torch.zeros(2, dtype=int), torch.eye(2, dtype=int)),
        "number types must be one, of floats"),
    (lambda: objectives.reconstruction_of_each(torch.zeros(3, 4), torch.zeros(2, 4)), "broadcasts to that of x_logits"),
    (lambda: estimators.pathwise(lambda z: z, torch.zeros(2), torch.zeros(2), torch.zeros(5, 2)),
        r"f\(z\) must have shape \(5,\)"),
])  # fmt: skip
def test_what_is_no_array_is_refused_too(call, said):
    with pytest.raises(ValueError, match=said):
        call()


def test_every_public_function_is_in_the_table():
    tested = {case.name for case in CASES.values()} | {
        "kl_integral",
        "distances",
        "frontier",
        "training_curves",
        "petals",
        "swiss_roll",
        "umap",
        "get_prior",
        "reconstruction_of_each",
        "enlarged",
        "effective_beta",  # takes words and whole numbers: test_objectives.py
    }
    tested |= {
        "ae_loss",
        "vae_loss",
        "aae_loss",
        "encoder_loss",
        "kl_to_prior",
        "null_of",
        "null_band",
    }  # which take a model or a function, and call those above
    for module in (gaussian, priors, metrics, objectives, estimators, figures, shapes, projection):
        for name, one in vars(module).items():
            if (
                not name.startswith("_")
                and callable(one)
                and not isinstance(one, type)
                and getattr(one, "__module__", "") == module.__name__
            ):
                assert name in tested, f"{module.__name__}.{name} needs a case"
