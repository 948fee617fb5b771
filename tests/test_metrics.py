"""The distances of q(z) from p(z): calibration, laws and null bands of their estimators; densities and labels."""

from __future__ import annotations

import math
import tracemalloc
import warnings

import numpy as np
import pytest
import torch
from scipy import integrate, stats

from explorer import metrics
from explorer.priors import get_prior
from explorer.serving.bundles import MMD_DRAWS
from explorer.ui import scoreboard

N, REPEATS = 10_000, 8


def prior(n: int, rng: np.random.Generator) -> np.ndarray:
    return rng.standard_normal((n, 2))


def with_a_hole(n: int, rng: np.random.Generator) -> np.ndarray:
    """N(0, I) without the disc in the centre that holds 5 % of the mass: P(r² < c) = 1 - exp(-c/2)."""
    z = prior(2 * n, rng)
    return z[(z**2).sum(1) > -2 * math.log(0.95)][:n]


def shifted(n: int, rng: np.random.Generator) -> np.ndarray:
    return np.add(prior(n, rng), [0.25, 0.0])


# Computed in the plane at n = m = 10,000, k = 5. The band: 4 standard errors of a mean of eight estimates, whose
# spread is .003 for the coverage (a little more with a hole) and, for the distance, .00025 (null), .0005 (hole)
# and .0035 (shift), and half a unit of the last place given. The null's coverage is 1 - 2⁻⁵ = .969, since each of
# a draw's five nearest is a code or a draw with equal chance. The spread of the KL is .010: 4 of 8 give .014; its exact
# values are -log .95 = .0513 for the hole and .25²/2 = .03125 for the shift.
# For the shift, .25²/2 = .031 on top of the null's .0007.
CALIBRATION = [
    pytest.param(metrics.coverage, prior, 0.969, 0.005, id="coverage, null"),
    pytest.param(metrics.coverage, with_a_hole, 0.929, 0.006, id="coverage, hole"),
    pytest.param(metrics.coverage, shifted, 0.961, 0.006, id="coverage, shift"),
    pytest.param(metrics.sliced_w2_squared, prior, 0.0007, 0.0004, id="sliced W2, null"),
    pytest.param(metrics.sliced_w2_squared, with_a_hole, 0.0019, 0.0007, id="sliced W2, hole"),
    pytest.param(metrics.sliced_w2_squared, shifted, 0.031, 0.005, id="sliced W2, shift"),
    pytest.param(metrics.knn_kl, prior, 0.003, 0.0145, id="kNN-KL, null"),
    pytest.param(metrics.knn_kl, with_a_hole, 0.050, 0.0145, id="kNN-KL, hole"),
    pytest.param(metrics.knn_kl, shifted, 0.032, 0.0145, id="kNN-KL, shift"),
]


@pytest.mark.parametrize("estimator, sample_codes, expected, tolerance", CALIBRATION)
def test_calibration(estimator, sample_codes, expected, tolerance):
    rng = np.random.default_rng(0)
    values = [estimator(sample_codes(N, rng), prior(N, rng)) for _ in range(REPEATS)]
    assert np.isfinite(values).all()
    assert np.mean(values) == pytest.approx(expected, abs=tolerance)


@pytest.mark.parametrize(
    "estimator, sign", [(metrics.coverage, -1), (metrics.sliced_w2_squared, 1), (metrics.knn_kl, 1)]
)
def test_a_hole_of_5_percent_lies_outside_the_null_band(estimator, sign):
    rng = np.random.default_rng(1)
    null = metrics.null_of(estimator, lambda n: prior(n, rng), N, repeats=REPEATS)
    distance = sign * (estimator(with_a_hole(N, rng), prior(N, rng)) - null.mean)
    assert distance > 3 * null.std > 0


@pytest.mark.parametrize("repeats, half", [(5, 3.0414), (10, 2.3725), (20, 2.1447)])
def test_the_null_band_holds_95_of_100_more_nulls(repeats, half):
    assert metrics.null_band(metrics.Null(1.0, 0.1), repeats) == pytest.approx(
        (1 - 0.1 * half, 1 + 0.1 * half), abs=1e-4
    )
    estimates = np.random.default_rng(45).standard_normal((4000, repeats + 1))
    inside = 0
    for *nulls, another in estimates:
        low, high = metrics.null_band(metrics.Null(np.mean(nulls), np.std(nulls, ddof=1)), repeats)
        inside += low < another < high
    assert inside / 4000 == pytest.approx(0.95, abs=4 * math.sqrt(0.95 * 0.05 / 4000))


# Coverage.


@pytest.mark.parametrize("dimensions", [3, 10])  # the search is by a tree, or over all pairs
def test_coverage_counts_balls_that_hold_a_code(dimensions):
    rng = np.random.default_rng(2)
    codes, draws = rng.standard_normal((15, dimensions)) * 0.7, rng.standard_normal((60, dimensions)) + 0.5
    for k in (1, 3, 5):
        holds_a_code = []
        for draw in draws:
            to_draws = sorted(np.linalg.norm(draws - draw, axis=1))  # the first is the draw itself, at 0
            holds_a_code.append(np.linalg.norm(codes - draw, axis=1).min() <= to_draws[k])
        assert 0 < sum(holds_a_code) < 60
        assert metrics.covered(codes, draws, k).tolist() == holds_a_code
        assert metrics.coverage(codes, draws, k) == sum(holds_a_code) / 60


def test_coverage_is_1_when_the_codes_are_the_draws_and_0_when_they_are_far():
    draws = prior(200, np.random.default_rng(3))
    assert metrics.coverage(draws, draws) == 1
    assert metrics.coverage(draws[:50] + 100, draws) == 0
    assert metrics.coverage(draws[:1].repeat(9, axis=0), draws[:1].repeat(9, axis=0)) == 1  # a ball holds its edge


def test_coverage_is_unchanged_by_a_similarity_of_both():
    rng = np.random.default_rng(4)
    codes, draws = prior(500, rng) * 0.8, prior(500, rng)
    turn = np.array([[math.cos(1), -math.sin(1)], [math.sin(1), math.cos(1)]])
    assert metrics.coverage(codes @ turn * 3 + 7, draws @ turn * 3 + 7) == metrics.coverage(codes, draws) < 1


def test_coverage_refuses_what_cannot_be_measured():
    draws = prior(20, np.random.default_rng(5))
    with pytest.raises(ValueError, match="NaN"):
        metrics.coverage(draws * math.nan, draws)
    with pytest.raises(ValueError, match=r"prior_draws must be \(n, d\) with n >= 6 and d >= 1, not \(5, 2\)"):
        metrics.coverage(draws, draws[:5])  # a draw among five has no fifth neighbour


@pytest.mark.parametrize("dimensions", [2, 16])
@pytest.mark.parametrize("n, m", [(4000, 4000), (2000, 6000)])
def test_the_null_coverage_is_that_of_drawing_from_one_pool(n, m, dimensions):
    # The ball is empty of codes when a draw's k nearest in the pool of n codes and m - 1 other draws are all draws,
    # which for q = p is drawing them blindly. The spread of one estimate was at most .0075 (n < m) and .0045; 4 of 4.
    rng = np.random.default_rng(30)
    values = [
        metrics.coverage(rng.standard_normal((n, dimensions)), rng.standard_normal((m, dimensions))) for _ in range(4)
    ]
    empty = math.prod((m - 1 - i) / (n + m - 1 - i) for i in range(metrics.NEIGHBOURS))
    assert np.mean(values) == pytest.approx(1 - empty, abs=0.015 if n < m else 0.009)


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
    space = rng.standard_normal(
        (300, 3)
    )  # the mean of cos² over the sphere is ⅓, its spread √(4/45); 4 standard errors
    tolerance = 4 * math.sqrt(4 / 45 / 5000)
    assert metrics.sliced_w2_squared(np.add(space, [1.0, 0, 0]), space, directions=5000) == pytest.approx(
        1 / 3, abs=tolerance
    )


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


# kNN-KL.


def gaussian_kl(mean_q, cov_q, mean_p, cov_p) -> float:
    """½ (tr(cov_p⁻¹ cov_q) + δᵀ cov_p⁻¹ δ - d + log det cov_p - log det cov_q), for small and harmless matrices."""
    shift = np.subtract(mean_p, mean_q)
    quadratic = np.trace(np.linalg.solve(cov_p, cov_q)) + shift @ np.linalg.solve(cov_p, shift)
    return 0.5 * (quadratic - len(shift) + np.log(np.linalg.det(cov_p) / np.linalg.det(cov_q)))


IN_5_D = ([1.0, 0, 0, 0, 0], np.diag([1, 1, 1, 0.5, 0.5]), np.zeros(5), np.eye(5))


@pytest.mark.parametrize(
    "mean_q, cov_q, mean_p, cov_p, exact",
    [
        pytest.param([0.5], [[1.0]], [0.0], [[1.0]], 0.125, id="1-D, shift"),
        pytest.param([0.0], [[1.0]], [1.0], [[4.0]], math.log(2) - 0.25, id="1-D, wider p"),
        pytest.param([0, 0], np.eye(2), [1, 1], [[2, 1], [1, 2]], 0.5493061443, id="2-D, wider p"),
        pytest.param([0, 0], [[1, 0.6], [0.6, 1]], [0, 0], np.eye(2), 0.2231435513, id="2-D, correlation"),
        pytest.param([0, 0], [[1, 0.5], [0.5, 1]], [1, -1], [[2, -1], [-1, 2]], 0.8598138472, id="2-D, full"),
        pytest.param(*IN_5_D, math.log(2), id="5-D"),  # ½ (1 + 2 (½ - 1 + ln 2))
    ],
)
def test_knn_kl_of_gaussians_is_the_closed_form(mean_q, cov_q, mean_p, cov_p, exact):
    assert gaussian_kl(mean_q, cov_q, mean_p, cov_p) == pytest.approx(exact)
    rng = np.random.default_rng(31)
    pairs = (
        (rng.multivariate_normal(mean_q, cov_q, 6000), rng.multivariate_normal(mean_p, cov_p, 3000)) for _ in range(8)
    )
    values = [metrics.knn_kl(codes, draws) for codes, draws in pairs]
    assert np.isfinite(values).all()
    standard_error = np.std(values, ddof=1) / math.sqrt(8)
    assert standard_error < 0.02
    assert np.mean(values) == pytest.approx(exact, abs=4 * standard_error + 0.06 * exact)  # 6 %: its bias at this size


@pytest.mark.parametrize("dimensions", [3, 10])
@pytest.mark.parametrize("k", [1, 3, 5])
def test_knn_kl_is_the_formula_on_all_distances(k, dimensions):
    rng = np.random.default_rng(32)
    codes, draws = rng.standard_normal((40, dimensions)) * 0.7, rng.standard_normal((60, dimensions))
    log_ratios = []
    for i, code in enumerate(codes):
        rho = sorted(math.dist(code, other) for j, other in enumerate(codes) if j != i)[k - 1]
        nu = sorted(math.dist(code, draw) for draw in draws)[k - 1]
        log_ratios.append(math.log(nu / rho))
    expected = dimensions * sum(log_ratios) / 40 + math.log(60 / 39)
    assert metrics.knn_kl(codes, draws, k) == pytest.approx(expected, rel=1e-9)
    assert metrics.knn_kl(codes.astype(np.float32), draws.astype(np.float32), k) == pytest.approx(expected, rel=1e-4)


def test_knn_kl_is_unchanged_by_a_similarity_of_both_and_by_order():
    rng = np.random.default_rng(33)
    codes, draws = prior(500, rng) * 0.8, prior(700, rng)
    turn = np.array([[math.cos(1), -math.sin(1)], [math.sin(1), math.cos(1)]])
    value = metrics.knn_kl(codes, draws)
    assert value > 0.05
    assert metrics.knn_kl(codes @ turn * 3 + 7, draws @ turn * 3 + 7) == pytest.approx(value)
    assert metrics.knn_kl(rng.permutation(codes), rng.permutation(draws)) == pytest.approx(value)


def test_knn_kl_is_not_what_it_estimates_where_its_docstring_says_so():
    rng = np.random.default_rng(34)
    wide = metrics.knn_kl(1 + 2 * rng.standard_normal((N, 1)), rng.standard_normal((N, 1)))
    assert wide == pytest.approx(0.9, abs=0.2) and gaussian_kl([1], [[4]], [0], [[1]]) == pytest.approx(1.3068528194)
    many = metrics.knn_kl(1.3 * rng.standard_normal((N, 16)), rng.standard_normal((N, 16)))
    assert many == pytest.approx(-0.75, abs=0.03)
    assert gaussian_kl(np.zeros(16), 1.69 * np.eye(16), np.zeros(16), np.eye(16)) == pytest.approx(1.32, abs=0.005)


@pytest.mark.parametrize("dimensions", [2, 16])
@pytest.mark.parametrize("seed", range(4))
def test_knn_kl_refuses_points_that_are_equal(seed, dimensions):
    # |x|² - 2xy + |y|² of equal points is slightly above 0 for some points and 0 for others: so there are several of
    # them, and several seeds
    codes, draws = np.random.default_rng(seed).standard_normal((2, 60, dimensions)) + 0.3
    codes[:15] = codes[:3].repeat(5, axis=0)  # four others each: the fifth is apart
    assert math.isfinite(metrics.knn_kl(codes, draws))
    codes[:18] = codes[:15:5].repeat(6, axis=0)
    with pytest.raises(
        ValueError, match=r"18 of 60 codes are equal to 5 or more other codes: q\(z\) has no density there"
    ):
        metrics.knn_kl(codes, draws)
    codes, draws = draws, codes[18:]
    draws[:12] = codes[:3].repeat(4, axis=0)
    assert math.isfinite(metrics.knn_kl(codes, draws))
    draws[:15] = codes[:3].repeat(5, axis=0)
    with pytest.raises(
        ValueError, match=r"3 of 60 codes are equal to 5 or more draws of the prior: p\(z\) has no density there"
    ):
        metrics.knn_kl(codes, draws)


def test_knn_kl_refuses_what_cannot_be_measured():
    draws = prior(20, np.random.default_rng(36))
    with pytest.raises(ValueError, match="NaN"):
        metrics.knn_kl(draws * math.nan, draws)
    with pytest.raises(ValueError, match="NaN"):
        metrics.knn_kl(draws, draws * math.nan)
    with pytest.raises(ValueError, match=r"codes must be .* n >= 6"):
        metrics.knn_kl(draws[:5], draws)  # a code among five has no fifth neighbour
    with pytest.raises(ValueError, match=r"prior_draws must be .* n >= 5"):
        metrics.knn_kl(draws, draws[:4])
    with pytest.raises(ValueError, match="dimensions do not fit: codes has 2, prior_draws has 3"):
        metrics.knn_kl(draws, np.zeros((20, 3)))


# KL from the exact density of the prior.


def log_gaussian(z: np.ndarray) -> np.ndarray:
    """log N(z; 0, I): (n,). z: (n, d)."""
    return -0.5 * ((z**2).sum(1) + z.shape[1] * math.log(2 * math.pi))


@pytest.mark.parametrize(
    "mean, std",
    [
        pytest.param([0.0], [1.0], id="1-D, null"),
        pytest.param([1.0], [2.0], id="1-D, wider q"),  # knn_kl: 0.9 of 1.31
        pytest.param([0.0, 0.0], [1.0, 1.0], id="2-D, null"),
        pytest.param([2.5, 2.2], [5.7, 5.4], id="2-D, far outside all draws"),  # as an AE's codes are; knn_kl: 2.6
        pytest.param([0.0, 0.0], [0.2, 0.5], id="2-D, narrower q"),
        pytest.param([0.5, 0.0, 0.0], [1.0, 0.5, 2.0], id="3-D"),
    ],
)
def test_kl_to_density_of_gaussians_is_the_closed_form(mean, std):
    exact = gaussian_kl(mean, np.diag(np.square(std)), np.zeros(len(mean)), np.eye(len(mean)))
    rng = np.random.default_rng(40)
    sets = [mean + np.array(std) * rng.standard_normal((5000, len(mean))) for _ in range(6)]
    values = [metrics.kl_to_density(codes, log_gaussian(codes)) for codes in sets]
    standard_error = np.std(values, ddof=1) / math.sqrt(6)
    assert standard_error < 0.01 * (1 + exact)
    assert np.mean(values) == pytest.approx(exact, abs=4 * standard_error + 0.02)


def test_kl_to_density_sees_what_lies_beyond_all_draws_where_knn_kl_does_not():
    rng = np.random.default_rng(41)
    codes = 5.5 * prior(N, rng)
    exact = gaussian_kl([0, 0], 30.25 * np.eye(2), [0, 0], np.eye(2))  # 25.8 nats
    assert metrics.knn_kl(codes, prior(N, rng)) < 4 < 25 < exact
    assert metrics.kl_to_density(codes, log_gaussian(codes)) == pytest.approx(exact, rel=0.03)


def test_kl_to_density_refuses_what_cannot_be_measured():
    codes = prior(20, np.random.default_rng(42))
    with pytest.raises(ValueError, match=r"log_p must be \(20,\)"):
        metrics.kl_to_density(codes, np.zeros(19))
    with pytest.raises(ValueError, match="NaN"):
        metrics.kl_to_density(codes, np.full(20, math.nan))
    with pytest.raises(ValueError, match=r"codes must be .* n >= 6"):
        metrics.kl_to_density(codes[:5], np.zeros(5))
    codes[:6] = codes[0]
    with pytest.raises(ValueError, match=r"6 of 20 codes are equal to 5 or more other codes"):
        metrics.kl_to_density(codes, np.zeros(20))


# Which measure sees which difference, in how many dimensions.


def narrow(n: int, d: int, rng: np.random.Generator) -> np.ndarray:
    return 0.5 * rng.standard_normal((n, d))


def half_dead(n: int, d: int, rng: np.random.Generator) -> np.ndarray:
    z = rng.standard_normal((n, d))
    z[:, d // 2 :] = 0.001 * z[:, d // 2 :]
    return z


def cut_off(n: int, d: int, rng: np.random.Generator) -> np.ndarray:
    """Without the quarter of the mass where the first coordinate is above its upper quartile."""
    z = rng.standard_normal((2 * n, d))
    return z[z[:, 0] < 0.6744898][:n]


MEASURES = {
    "sliced_w2_squared": metrics.sliced_w2_squared,
    "coverage": metrics.coverage,
    "kl_of_codes": lambda z, _: metrics.kl_to_density(z, log_gaussian(z)),
    "mmd_squared": metrics.mmd_squared,
}
# What each of them makes of each of these codes. By hand: the sliced distance of N(0, ½² I) is (1 - ½)², the KLs in the
# plane are 2 log 2 - ¾, log 1000 - ½ and log 4/3 nats; the rest was measured with 10,000 codes.
FOUND = {
    (2, narrow): {"sliced_w2_squared": 0.25, "coverage": 0.655, "kl_of_codes": 0.636, "mmd_squared": 0.092},
    (2, half_dead): {"sliced_w2_squared": 0.226, "coverage": 0.035, "kl_of_codes": 6.41, "mmd_squared": 0.096},
    (2, cut_off): {"sliced_w2_squared": 0.120, "coverage": 0.75, "kl_of_codes": 0.288, "mmd_squared": 0.022},
    (16, narrow): {"sliced_w2_squared": 0.25, "mmd_squared": 0.051},
    (16, half_dead): {"sliced_w2_squared": 0.096, "mmd_squared": 0.0175},
    (16, cut_off): {"sliced_w2_squared": 0.0108, "mmd_squared": 0.00042},
    (32, narrow): {"sliced_w2_squared": 0.25, "mmd_squared": 0.0267},
    (32, half_dead): {"sliced_w2_squared": 0.1155, "mmd_squared": 0.0070},
    (32, cut_off): {"sliced_w2_squared": 0.0054, "mmd_squared": 0.00010},
}


@pytest.mark.parametrize("dimensions, sample_codes", FOUND)
def test_a_measure_that_is_shown_calls_none_of_these_a_match(dimensions, sample_codes):
    """By the measures of codes that the scoreboard draws, and by MMD², which it shows when asked."""
    rng, found = np.random.default_rng(43), FOUND[dimensions, sample_codes]
    drawn = {*scoreboard.SEEING[dimensions <= metrics.FEW_DIMENSIONS]} - {"unanimous_prior"}  # that one is of pictures
    assert found.keys() == drawn | {"mmd_squared"}
    for name, expected in found.items():
        estimator, n = MEASURES[name], MMD_DRAWS if name == "mmd_squared" else N
        null = metrics.null_of(estimator, lambda count: rng.standard_normal((count, dimensions)), n, repeats=5)
        low, high = metrics.null_band(null, 5)
        value = estimator(sample_codes(n, dimensions, rng), rng.standard_normal((n, dimensions)))
        assert value < low if name == "coverage" else value > high, name
        assert value == pytest.approx(expected, rel=0.25, abs=5e-5), name


def test_in_many_dimensions_coverage_calls_codes_of_half_the_width_a_match():
    rng, n = np.random.default_rng(44), 2000
    assert metrics.coverage(narrow(n, 32, rng), rng.standard_normal((n, 32))) > 0.969  # more than a perfect match has


# MMD².


def kernel_mean(shift_squared: float, var: float, dimensions: int, c: float) -> float:
    """E[c/(c + |x|²)], x ~ N(δ, var I): with 1/a = ∫ exp(-at) dt it is ∫ c exp(-ct) E[exp(-t |x|²)] dt over t > 0."""

    def integrand(t: float) -> float:
        spread = 1 + 2 * var * t
        return c * math.exp(-c * t - t * shift_squared / spread) * spread ** (-dimensions / 2)

    return integrate.quad(integrand, 0, np.inf, epsabs=1e-12)[0]


def gaussian_mmd_squared(shift_squared: float, std: float, dimensions: int, c: float) -> float:
    """Between N(δ, std² I) and N(0, I); a difference of two draws has the sum of their variances."""
    within = kernel_mean(0, 2 * std**2, dimensions, c) + kernel_mean(0, 2, dimensions, c)
    return within - 2 * kernel_mean(shift_squared, 1 + std**2, dimensions, c)


# The spread of one estimate with 1,500 of each is .0004 (null), .00063 (hole), .0017 (shift); 4 of 40, and half a unit
# of the last place. For the shift, quadrature gives .00526 (single estimates were read as .006). One estimate cannot
# tell the hole from the null: it is .0009, about two spreads.
@pytest.mark.parametrize(
    "sample_codes, expected, tolerance",
    [
        pytest.param(prior, 0.0, 0.0003, id="null"),
        pytest.param(with_a_hole, 0.0009, 0.00045, id="hole"),
        pytest.param(shifted, gaussian_mmd_squared(0.25**2, 1, 2, 1), 0.0011, id="shift"),
    ],
)
def test_calibration_of_mmd(sample_codes, expected, tolerance):
    rng = np.random.default_rng(37)
    values = [metrics.mmd_squared(sample_codes(1500, rng), prior(1500, rng)) for _ in range(40)]
    assert np.isfinite(values).all()
    assert np.mean(values) == pytest.approx(expected, abs=tolerance)
    if sample_codes is prior:
        assert min(values) < 0  # not clipped: it would no longer be 0 on average


@pytest.mark.parametrize("shift, std, dimensions, c", [(1, 1, 1, 1), (0.5, 2, 2, 1), (1, 0.5, 5, 4), (2, 1, 16, 32)])
def test_mmd_of_gaussians_is_the_integral(shift, std, dimensions, c):
    rng = np.random.default_rng(38)
    values = []
    for _ in range(12):
        codes = std * rng.standard_normal((700, dimensions))
        codes[:, 0] += shift
        values.append(metrics.mmd_squared(codes, rng.standard_normal((1100, dimensions)), c))
    exact, standard_error = gaussian_mmd_squared(shift**2, std, dimensions, c), np.std(values, ddof=1) / math.sqrt(12)
    assert standard_error < 0.05 * exact
    assert np.mean(values) == pytest.approx(exact, abs=4 * standard_error)


def test_mmd_is_the_means_over_pairs():
    rng = np.random.default_rng(39)
    codes, draws = rng.standard_normal((70, 3)) * 0.7, rng.standard_normal((150, 3))  # neither is whole blocks of rows

    def k(a, b):
        return 0.5 / (0.5 + sum((a - b) ** 2))

    within_codes = np.mean([k(a, b) for i, a in enumerate(codes) for j, b in enumerate(codes) if i != j])
    within_draws = np.mean([k(a, b) for i, a in enumerate(draws) for j, b in enumerate(draws) if i != j])
    between = np.mean([k(a, b) for a in codes for b in draws])
    assert metrics.mmd_squared(codes, draws, c=0.5) == pytest.approx(
        within_codes + within_draws - 2 * between, rel=1e-9
    )


def test_mmd_of_two_points_and_themselves_by_hand():
    # k is ½ at distance 1: ½ + ½ - 2 (1 + ½ + ½ + 1)/4 = -½
    points = np.array([[0.0], [1.0]])
    assert metrics.mmd_squared(points, points) == pytest.approx(-0.5)


def test_laws_of_mmd():
    rng = np.random.default_rng(40)
    codes, draws = prior(300, rng) * [0.5, 1.5], prior(400, rng)
    value = metrics.mmd_squared(codes, draws)
    assert value > 0.01
    turn = np.array([[math.cos(1), -math.sin(1)], [math.sin(1), math.cos(1)]])
    assert metrics.mmd_squared(draws, codes) == pytest.approx(value)
    assert metrics.mmd_squared(rng.permutation(codes), rng.permutation(draws)) == pytest.approx(value)
    assert metrics.mmd_squared(codes @ turn, draws @ turn) == pytest.approx(value)
    assert metrics.mmd_squared(codes + 1e6, draws + 1e6) == pytest.approx(value, rel=1e-6)
    assert metrics.mmd_squared(3 * codes, 3 * draws, c=9) == pytest.approx(value)  # c is a squared length


@pytest.mark.parametrize("spread", [1e7, 1e8, 1e9])
def test_mmd_stays_bounded_where_rounding_is_as_large_as_the_kernel(spread):
    # No two of 300 points are near each other, so the estimate is -2/300, with an error: the kernel of a point with
    # itself, between 0 and 1.
    codes = spread * np.random.default_rng(57).standard_normal((300, 3))
    assert -4 / 300 <= metrics.mmd_squared(codes, codes) <= 0


def test_mmd_refuses_what_cannot_be_measured():
    draws = prior(20, np.random.default_rng(41))
    with pytest.raises(ValueError, match="codes holds NaN or infinity"):
        metrics.mmd_squared(draws * math.nan, draws)
    with pytest.raises(ValueError, match="prior_draws holds NaN or infinity"):
        metrics.mmd_squared(draws, draws * math.inf)
    with pytest.raises(ValueError, match="c must be positive, not 0"):
        metrics.mmd_squared(draws, draws, c=0)
    with pytest.raises(ValueError, match=r"codes must be .* n >= 2 .*, not \(1, 2\)"):
        metrics.mmd_squared(draws[:1], draws)


def test_all_pairs_are_never_in_memory_at_once():
    codes = prior(6000, np.random.default_rng(42))  # all pairs: 288 MB
    tracemalloc.start()
    try:
        metrics.mmd_squared(codes, codes)
        metrics.elbo_surgery(codes, codes * 0, codes, codes[:, 0])
        assert tracemalloc.get_traced_memory()[1] < 30e6
    finally:
        tracemalloc.stop()


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


def test_the_null_of_different_numbers():
    served = []

    def sample_prior(n):
        served.append(n)
        return np.zeros((n, 2))

    null = metrics.null_of(lambda codes, draws: len(codes) - len(draws), sample_prior, 11, 3, m=4)
    assert served == [11, 4] * 3 and null.mean == 7 and null.std == 0


@pytest.mark.parametrize("name, dimensions", [("normal", 16), ("mixture", 2), ("swiss-roll", 2)])
@pytest.mark.parametrize(
    "estimator, expected",
    [
        pytest.param(
            metrics.coverage, 1 - math.prod((498 - i) / (998 - i) for i in range(5)), id="coverage"
        ),  # of one pool, see above
        pytest.param(metrics.knn_kl, 0.0, id="kNN-KL"),
        pytest.param(metrics.mmd_squared, 0.0, id="MMD"),
    ],
)
def test_where_the_null_lies_is_known_for_any_prior(estimator, expected, name, dimensions):
    # With one draw less than codes, ρ and ν are distances to the k-th of equally many independent draws: their
    # distributions are equal.
    generator = torch.Generator().manual_seed(43)
    null = metrics.null_of(
        estimator, lambda n: get_prior(name).sample(n, dimensions, generator).numpy(), 500, 40, m=499
    )
    assert 0 < null.std < 0.15  # widest for the KL in 16 dimensions
    assert null.mean == pytest.approx(expected, abs=4 * null.std / math.sqrt(40))


# ELBO surgery.


def posteriors(n: int, dimensions: int, rng: np.random.Generator):
    """Means, log-variances, and a draw of each."""
    mean, log_var = rng.standard_normal((n, dimensions)), rng.normal(-2, 0.5, (n, dimensions))
    return mean, log_var, mean + np.exp(log_var / 2) * rng.standard_normal((n, dimensions))


def log_normal(z: np.ndarray) -> np.ndarray:
    return stats.norm.logpdf(z).sum(-1)


def test_surgery_is_the_sum_over_all_pairs():
    mean, log_var, z = posteriors(150, 3, np.random.default_rng(44))  # more than two blocks of rows, and not whole ones
    mutual_information, marginal_kl = [], []
    for i in range(150):
        densities = [math.prod(stats.norm.pdf(z[i], mean[j], np.exp(log_var[j] / 2))) for j in range(150)]
        mutual_information.append(math.log(densities[i] / np.mean(densities)))
        marginal_kl.append(math.log(np.mean(densities)) - log_normal(z[i]))
    for dtype, tolerance in ((np.float64, 1e-9), (np.float32, 1e-5)):
        split = metrics.elbo_surgery(*(array.astype(dtype) for array in (mean, log_var, z, log_normal(z))))
        assert split.mutual_information == pytest.approx(np.mean(mutual_information), rel=tolerance)
        assert split.marginal_kl == pytest.approx(np.mean(marginal_kl), rel=tolerance)
        assert split.mean_kl == split.mutual_information + split.marginal_kl


def test_surgery_of_one_posterior_repeated_finds_no_information():
    rng = np.random.default_rng(45)
    z = 0.3 + 0.5 * rng.standard_normal((5000, 2))
    split = metrics.elbo_surgery(np.full((5000, 2), 0.3), np.full((5000, 2), 2 * math.log(0.5)), z, log_normal(z))
    assert split.mutual_information == pytest.approx(0, abs=1e-12)
    exact = gaussian_kl([0.3, 0.3], 0.25 * np.eye(2), [0, 0], np.eye(2))
    # the log-ratio is ½ (1 - 1/.25) z'² + .3 z' + const in each of two dimensions, z' = .5 ε:
    # sd √2 √(½ .75² + .15²) = .78
    assert split.marginal_kl == pytest.approx(exact, abs=4 * 0.78 / math.sqrt(5000))


@pytest.mark.parametrize(
    "log_var, dimensions", [(-2.0, 2), (-20.0, 2), (-60.0, 30)]
)  # in the last, densities are above exp(800)
def test_surgery_of_posteriors_apart_finds_all_information_and_never_more(log_var, dimensions):
    rng, n = np.random.default_rng(46), 300
    mean = 1000 + 100.0 * (np.arange(n)[:, None] + np.arange(dimensions))
    z = mean + math.exp(log_var / 2) * rng.standard_normal((n, dimensions))
    split = metrics.elbo_surgery(mean, np.full_like(mean, log_var), z, log_normal(z))
    assert split.mutual_information == pytest.approx(math.log(n), rel=1e-12)
    assert split.mutual_information <= math.log(n) + 1e-12  # the rounding of densities


def test_surgery_adds_up_to_the_mean_kl():
    mean, log_var, z = posteriors(3000, 4, np.random.default_rng(47))
    split = metrics.elbo_surgery(mean, log_var, z, log_normal(z))
    closed_form = 0.5 * (np.exp(log_var) + mean**2 - 1 - log_var).sum(1)
    log_ratio = stats.norm.logpdf(z, mean, np.exp(log_var / 2)).sum(1) - log_normal(z)
    assert split.mean_kl == pytest.approx(log_ratio.mean())
    standard_error = (log_ratio - closed_form).std() / math.sqrt(3000)
    assert standard_error < 0.03
    assert split.mean_kl == pytest.approx(closed_form.mean(), abs=4 * standard_error)


@pytest.mark.parametrize("dimensions", [1, 2])
def test_surgery_where_the_aggregate_is_the_prior(dimensions):
    # x ~ N(0, (1 - v) I), z = x + N(0, v I): z ~ N(0, I), and I(x; z) = -½ d log v. With n = 4000 of the x, q(z) has
    # about n v^(d/2) overlapping posteriors to a place: what that is short of the prior is below .01 at v = .2.
    rng, var = np.random.default_rng(48), 0.2
    mean = math.sqrt(1 - var) * rng.standard_normal((4000, dimensions))
    z = mean + math.sqrt(var) * rng.standard_normal((4000, dimensions))
    split = metrics.elbo_surgery(mean, np.full_like(mean, math.log(var)), z, log_normal(z))
    # the spread of log q(z|n) - log q(z) is that of ½ (|z|² - |ε|²), with |z|² and |ε|² of correlation v:
    # √(d (1 - v²)) = .98 √d
    band = 4 * 0.98 * math.sqrt(dimensions / 4000) + 0.01
    assert split.mutual_information == pytest.approx(-0.5 * dimensions * math.log(var), abs=band)
    assert split.marginal_kl == pytest.approx(0, abs=0.02)


def test_laws_of_the_surgery():
    rng = np.random.default_rng(49)
    mean, log_var, z = posteriors(200, 2, rng)
    split = metrics.elbo_surgery(mean, log_var, z, log_normal(z))
    order = rng.permutation(200)
    assert metrics.elbo_surgery(mean[order], log_var[order], z[order], log_normal(z)[order]) == pytest.approx(split)
    # in other coordinates y = 3z + 1,000,000 all densities are 9 times less; neither part changes
    moved = metrics.elbo_surgery(
        3 * mean + 1e6, log_var + 2 * math.log(3), 3 * z + 1e6, log_normal(z) - 2 * math.log(3)
    )
    assert moved == pytest.approx(split)


def test_surgery_refuses_what_cannot_be_measured():
    mean, log_var, z = posteriors(20, 2, np.random.default_rng(50))
    for position, name in enumerate(["mean", "log_var", "z", "log_prior_z"]):
        arrays = [mean.copy(), log_var.copy(), z.copy(), log_normal(z)]
        arrays[position][3] = -math.inf
        with pytest.raises(ValueError, match=f"^{name} holds NaN or infinity"):
            metrics.elbo_surgery(*arrays)
    with pytest.raises(ValueError, match=r"must be \(n, d\) and log_prior_z \(n,\), not .*\(20, 1\)"):
        metrics.elbo_surgery(mean, log_var, z, log_normal(z)[:, None])
    with pytest.raises(ValueError, match=r"must be \(n, d\).*, not \(20, 2\), \(20, 1\)"):
        metrics.elbo_surgery(mean, log_var[:, :1], z, log_normal(z))
    with pytest.raises(ValueError, match=r"must be \(n, d\).*\(19,\)"):
        metrics.elbo_surgery(mean, log_var, z, log_normal(z)[:19])
    with pytest.raises(ValueError, match=r"must be \(n, d\)"):
        metrics.elbo_surgery(mean[:, 0], log_var[:, 0], z[:, 0], log_normal(z))


# The importance-weighted bound, for z ~ N(0, I₂) and x = W z + .5 ε in three dimensions. Everything has a closed form.

W, NOISE = np.array([[1.0, 0.5], [-0.3, 0.8], [0.2, -1.0]]), 0.5
POSTERIOR_COV = np.linalg.inv(np.eye(2) + W.T @ W / NOISE**2)


def linear_gaussian(n: int, rng: np.random.Generator):
    """x: (n, 3), their log p(x): (n,), and the means of p(z|x): (n, 2)."""
    x = rng.standard_normal((n, 2)) @ W.T + NOISE * rng.standard_normal((n, 3))
    log_p = stats.multivariate_normal(np.zeros(3), W @ W.T + NOISE**2 * np.eye(3)).logpdf(x)
    return x, log_p, x @ W @ POSTERIOR_COV / NOISE**2


def weights(x: np.ndarray, mean: np.ndarray, cov: np.ndarray, k: int, rng: np.random.Generator):
    """log p(x, z) and log q(z|x), (k, n) each, for k draws of q(z|x) = N(mean, cov)."""
    q = stats.multivariate_normal(np.zeros(2), cov)
    offset = q.rvs((k, len(x)), random_state=rng).reshape(k, len(x), 2)
    z = mean + offset
    return stats.norm.logpdf(x, z @ W.T, NOISE).sum(-1) + log_normal(z), q.logpdf(offset).reshape(k, len(x))


@pytest.mark.parametrize("k", [1, 7])
def test_with_the_true_posterior_every_weight_is_the_evidence(k):
    rng = np.random.default_rng(51)
    x, log_p, mean = linear_gaussian(50, rng)
    bound = metrics.importance_weighted_bound(*weights(x, mean, POSTERIOR_COV, k, rng))
    assert bound.per_image == pytest.approx(log_p, rel=1e-9)
    assert bound.mean == pytest.approx(log_p.mean())
    assert bound.standard_error == pytest.approx(log_p.std(ddof=1) / math.sqrt(50))


def test_the_bound_is_the_elbo_for_one_draw_and_rises_to_the_evidence():
    rng = np.random.default_rng(52)
    x, log_p, mean = linear_gaussian(2000, rng)
    shift, cov = np.array([0.2, -0.1]), np.diag(1.5 * np.diag(POSTERIOR_COV))  # off, and without correlation
    log_joint, log_q = weights(x, mean + shift, cov, 500, rng)
    gaps = {}
    for k in (1, 5, 50, 500):
        below = log_p - metrics.importance_weighted_bound(log_joint[:k], log_q[:k]).per_image
        assert np.isfinite(below).all()
        gaps[k] = below.mean(), below.std() / math.sqrt(2000)
    kl = gaussian_kl(shift, cov, np.zeros(2), POSTERIOR_COV)  # log p(x) - ELBO, the same for every x
    assert kl > 0.2 and gaps[1][0] == pytest.approx(kl, abs=4 * gaps[1][1])
    assert gaps[1][0] > 2 * gaps[5][0] > 4 * gaps[50][0] > 0
    # Gap: about var(w)/2k for weights w of mean 1.
    assert gaps[500][0] == pytest.approx(np.exp(log_joint - log_q - log_p).var() / 1000, abs=4 * gaps[500][1])
    assert gaps[500][0] < 0.003


def test_the_bound_is_the_log_of_the_mean_weight():
    log_joint, log_q = np.random.default_rng(53).standard_normal((2, 4, 3))
    expected = np.log(np.mean(np.exp(log_joint - log_q), axis=0))
    assert metrics.importance_weighted_bound(log_joint, log_q).per_image == pytest.approx(expected)
    far = metrics.importance_weighted_bound(
        (log_joint - 5000).astype(np.float32), log_q.astype(np.float32)
    )  # exp(-5000) is 0
    assert far.per_image.dtype == np.float64 and far.per_image == pytest.approx(expected - 5000, abs=1e-3)


def test_the_error_of_the_bound_is_that_of_a_mean():
    bound = metrics.importance_weighted_bound(np.array([[1.0, 2, 6]]), np.zeros((1, 3)))
    assert bound.mean == 3 and bound.standard_error == pytest.approx(math.sqrt(7 / 3))  # (4 + 1 + 9) / 2 over 3


def test_a_weight_of_zero_counts_and_worse_is_refused():
    log_joint, log_q = np.zeros((2, 3)), np.zeros((2, 3))
    log_joint[0, 1] = -math.inf
    assert metrics.importance_weighted_bound(log_joint, log_q).per_image == pytest.approx([0, -math.log(2), 0])
    for bad in (math.nan, math.inf):
        log_joint[1, 2] = bad
        with pytest.raises(ValueError, match="the importance weights hold NaN or infinity"):
            metrics.importance_weighted_bound(log_joint, log_q)
    with pytest.raises(ValueError, match=r"must both be \(k, n\), not \(2, 3\) and \(1, 3\)"):
        metrics.importance_weighted_bound(log_joint, log_q[:1])
    with pytest.raises(ValueError, match=r"must both be \(k, n\), not \(3,\) and \(3,\)"):
        metrics.importance_weighted_bound(log_joint[0], log_q[0])


# The labels of neighbours.


@pytest.mark.parametrize("dimensions", [2, 10])
@pytest.mark.parametrize("k", [1, 5])
def test_label_accuracy_is_a_vote_of_the_nearest(k, dimensions):
    rng = np.random.default_rng(54)
    train, test = rng.standard_normal((80, dimensions)), rng.standard_normal((50, dimensions))
    train_labels, test_labels = ((codes[:, 0] > 0) + (codes[:, 1] > 0) for codes in (train, test))
    right = 0
    for code, label in zip(test, test_labels, strict=True):
        nearest = np.argsort([math.dist(code, other) for other in train])[:k]
        votes = [sum(train_labels[nearest] == candidate) for candidate in range(3)]
        right += votes.index(max(votes)) == label  # the first of equals: the smaller label
    assert 20 < right < 50
    assert metrics.knn_label_accuracy(train, train_labels, test, test_labels, k) == right / 50


def test_label_accuracy_of_clusters_of_chance_and_of_itself():
    rng = np.random.default_rng(55)
    labels = rng.integers(10, size=4000)
    codes = np.stack([np.cos(labels), np.sin(labels)], 1) + 0.01 * prior(4000, rng)
    assert metrics.knn_label_accuracy(codes[:2000], labels[:2000], codes[2000:], labels[2000:]) == 1
    # labels without meaning: 1 in 10, 4 standard errors of 2000 votes
    chance = metrics.knn_label_accuracy(
        codes[:2000], rng.permutation(labels[:2000]), codes[2000:], rng.permutation(labels[2000:])
    )
    assert chance == pytest.approx(0.1, abs=4 * math.sqrt(0.09 / 2000))
    assert metrics.knn_label_accuracy(codes, labels, codes, labels, k=1) == 1


def test_a_class_a_code_gives_no_warning_of_a_library():
    codes = np.random.default_rng(0).standard_normal((43, 2))
    with warnings.catch_warnings(action="error"):
        assert metrics.knn_label_accuracy(codes, np.arange(43), codes, np.arange(43), k=1) == 1


def test_label_accuracy_refuses_what_cannot_be_measured():
    codes, labels = prior(20, np.random.default_rng(56)), np.arange(20)
    with pytest.raises(ValueError, match="NaN"):
        metrics.knn_label_accuracy(codes * math.nan, labels, codes, labels)
    with pytest.raises(ValueError, match=r"train_labels must be \(20,\), a label a code, not \(19,\)"):
        metrics.knn_label_accuracy(codes, labels[:19], codes, labels)
    with pytest.raises(ValueError, match=r"train_codes must be .* n >= 5"):
        metrics.knn_label_accuracy(codes[:4], labels[:4], codes, labels)
