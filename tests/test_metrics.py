"""How far q(z) is from p(z): the estimators' calibration, their laws, and their null bands."""

from __future__ import annotations

import math

import numpy as np
import pytest

from explorer import metrics

N, REPEATS = 10_000, 8


def prior(n: int, rng: np.random.Generator) -> np.ndarray:
    return rng.standard_normal((n, 2))


def with_a_hole(n: int, rng: np.random.Generator) -> np.ndarray:
    """N(0, I) without the disc in the centre that holds 5 % of the mass: P(r² < c) = 1 - exp(-c/2)."""
    z = prior(2 * n, rng)
    return z[(z**2).sum(1) > -2 * math.log(0.95)][:n]


def shifted(n: int, rng: np.random.Generator) -> np.ndarray:
    return prior(n, rng) + [0.25, 0.0]


# Computed in the plane at n = m = 10,000, k = 5. The band: 4 standard errors of a mean of eight estimates, whose
# spread is .003 for the coverage (a little more with a hole) and, for the distance, .00025 (null), .0005 (hole)
# and .0035 (shift), and half a unit of the last place given. The null's coverage is 1 - 2⁻⁵ = .969, since each of
# a draw's five nearest is a code or a draw with equal chance.
# For the shift, .25²/2 = .031 on top of the null's .0007.
CALIBRATION = [
    pytest.param(metrics.coverage, prior, 0.969, 0.005, id="coverage, null"),
    pytest.param(metrics.coverage, with_a_hole, 0.929, 0.006, id="coverage, hole"),
    pytest.param(metrics.coverage, shifted, 0.961, 0.006, id="coverage, shift"),
    pytest.param(metrics.sliced_w2_squared, prior, 0.0007, 0.0004, id="sliced W2, null"),
    pytest.param(metrics.sliced_w2_squared, with_a_hole, 0.0019, 0.0007, id="sliced W2, hole"),
    pytest.param(metrics.sliced_w2_squared, shifted, 0.031, 0.005, id="sliced W2, shift"),
]


@pytest.mark.parametrize("estimator, sample_codes, expected, tolerance", CALIBRATION)
def test_calibration(estimator, sample_codes, expected, tolerance):
    rng = np.random.default_rng(0)
    values = [estimator(sample_codes(N, rng), prior(N, rng)) for _ in range(REPEATS)]
    assert np.isfinite(values).all()
    assert np.mean(values) == pytest.approx(expected, abs=tolerance)


@pytest.mark.parametrize("estimator, sign", [(metrics.coverage, -1), (metrics.sliced_w2_squared, 1)])
def test_a_hole_of_5_percent_lies_outside_the_null_band(estimator, sign):
    rng = np.random.default_rng(1)
    null = metrics.null_of(estimator, lambda n: prior(n, rng), N, repeats=REPEATS)
    distance = sign * (estimator(with_a_hole(N, rng), prior(N, rng)) - null.mean)
    assert distance > 3 * null.std > 0


# Coverage.


def test_coverage_counts_balls_that_hold_a_code():
    rng = np.random.default_rng(2)
    codes, draws = rng.standard_normal((40, 3)) * 0.7, rng.standard_normal((60, 3))
    for k in (1, 3, 5):
        covered = 0
        for draw in draws:
            to_draws = sorted(np.linalg.norm(draws - draw, axis=1))  # the first is the draw itself, at 0
            covered += np.linalg.norm(codes - draw, axis=1).min() <= to_draws[k]
        assert 0 < covered < 60
        assert metrics.coverage(codes, draws, k) == covered / 60


def test_coverage_is_1_when_the_codes_are_the_draws_and_0_when_they_are_far():
    draws = prior(200, np.random.default_rng(3))
    assert metrics.coverage(draws, draws) == 1
    assert metrics.coverage(draws[:50] + 100, draws) == 0


def test_coverage_is_unchanged_by_a_similarity_of_both():
    rng = np.random.default_rng(4)
    codes, draws = prior(500, rng) * 0.8, prior(500, rng)
    turn = np.array([[math.cos(1), -math.sin(1)], [math.sin(1), math.cos(1)]])
    assert metrics.coverage(codes @ turn * 3 + 7, draws @ turn * 3 + 7) == metrics.coverage(codes, draws) < 1


def test_coverage_refuses_what_cannot_be_measured():
    draws = prior(20, np.random.default_rng(5))
    with pytest.raises(ValueError, match="NaN"):
        metrics.coverage(draws * math.nan, draws)
    with pytest.raises(ValueError, match="n_neighbors"):
        metrics.coverage(draws, draws[:5])  # a draw among five has no fifth neighbour


# Sliced W2².


@pytest.mark.parametrize("shift", [(0.25, 0.0), (0.0, -1.0), (3.0, 4.0)])
def test_of_a_shift_it_is_half_the_squared_length_in_the_plane(shift):
    # In direction u the shift is (δ·u), and the mean of cos² over even directions is ½.
    draws = prior(1000, np.random.default_rng(6))
    assert metrics.sliced_w2_squared(draws + shift, draws) == pytest.approx(np.dot(shift, shift) / 2, rel=1e-9)


def test_of_a_shift_in_other_dimensions():
    rng = np.random.default_rng(7)
    line = rng.standard_normal((300, 1))
    assert metrics.sliced_w2_squared(line + 0.5, line) == pytest.approx(0.25)  # one direction, ±1
    space = rng.standard_normal((300, 3))  # the mean of cos² over the sphere is ⅓, its spread √(4/45); 4 standard errors
    tolerance = 4 * math.sqrt(4 / 45 / 5000)
    assert metrics.sliced_w2_squared(space + [1.0, 0, 0], space, directions=5000) == pytest.approx(1 / 3, abs=tolerance)


def test_of_a_scaling_it_is_the_scaled_second_moment():
    # sorted projections scale with the codes: mean over directions of (s-1)² mean (z·u)² = (s-1)² mean |z|² / 2
    draws = prior(1000, np.random.default_rng(8))
    assert metrics.sliced_w2_squared(1.3 * draws, draws) == pytest.approx(0.09 * (draws**2).sum(1).mean() / 2)


def test_it_is_the_transport_of_the_matching_of_ranks():
    # two points on one axis and two on the other, four directions (0°, 45°, 90°, 135°), by hand:
    # codes ±e₁ against draws ±e₂: |cos θ| against |sin θ|, squared differences 1, 0, 1, 0
    codes, draws = np.array([[1.0, 0.0], [-1.0, 0.0]]), np.array([[0.0, 1.0], [0.0, -1.0]])
    assert metrics.sliced_w2_squared(codes, draws, directions=4) == pytest.approx(0.5)


def test_laws_of_a_distance():
    rng = np.random.default_rng(9)
    codes, draws = prior(500, rng) * [0.5, 1.5], prior(500, rng)
    value = metrics.sliced_w2_squared(codes, draws)
    assert value > 0.1 and metrics.sliced_w2_squared(codes, codes[::-1]) == 0
    assert metrics.sliced_w2_squared(draws, codes) == pytest.approx(value)
    assert metrics.sliced_w2_squared(codes[rng.permutation(500)], draws) == pytest.approx(value)
    assert metrics.sliced_w2_squared(codes + 5, draws + 5) == pytest.approx(value)
    assert metrics.sliced_w2_squared(2 * codes, 2 * draws) == pytest.approx(4 * value)
    angle = math.pi * 7 / metrics.DIRECTIONS  # turns the set of directions onto itself, up to sign
    turn = np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
    assert metrics.sliced_w2_squared(codes @ turn, draws @ turn) == pytest.approx(value)


def test_a_different_number_of_codes_and_draws_is_refused():
    with pytest.raises(ValueError, match="as many codes as draws of the prior are needed, not 3 and 4"):
        metrics.sliced_w2_squared(np.zeros((3, 2)), np.zeros((4, 2)))


# The null band.


def test_the_null_is_the_mean_and_spread_over_fresh_pairs_of_draws():
    served, values = [], iter([1.0, 2.0, 6.0])

    def sample_prior(n):
        served.append(np.full((n, 2), len(served)))
        return served[-1]

    def estimator(codes, draws):
        assert codes is served[-2] and draws is served[-1]
        return next(values)

    null = metrics.null_of(estimator, sample_prior, 11, repeats=3)
    assert [len(draws) for draws in served] == [11] * 6
    assert null.mean == 3 and null.std == pytest.approx(math.sqrt(7))  # (4 + 1 + 9) / 2
