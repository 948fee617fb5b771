"""Estimates of the distance between the aggregate q(z) and the prior p(z), and of the quality of codes. numpy only.

Compare an estimate with its null, the value of the same estimator for two sets of draws from the prior.
The codes of a stochastic encoder must be sampled z, not means. A `Backend` computes what takes long: this module's own
uses one core; training/accelerated.py has one for a GPU.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from scipy.special import digamma, gammaln, logsumexp, stdtrit
from sklearn.neighbors import NearestNeighbors

from explorer.shared import NUMBERS

NEIGHBOURS = NUMBERS["neighbours"]
# In more dimensions, distances to neighbours do not see holes: N(0, 0.5² I) has a coverage of 0.998 in 32 dimensions.
FEW_DIMENSIONS = 3
# Sets of draws from the prior that are compared with the codes. In many dimensions neighbours are slow to find.
SETS, SETS_IN_MANY_DIMENSIONS = NUMBERS["sets"], 5
DIRECTIONS = NUMBERS["directions"]
TREE_DIMENSIONS = 7  # in more dimensions, comparing all pairs is faster than a tree (measured with 10,000 points)
BLOCK = 64  # rows of an all-pairs matrix that are computed at a time: they fit into the processor's cache


class Null(NamedTuple):
    """The distribution of an estimator when q = p, over repeated pairs of sets drawn from the prior."""

    mean: float
    std: float


def null_band(null: Null, repeats: int) -> tuple[float, float]:
    """The interval that holds one more estimate of the null with a probability of 95 %, if estimates are normal.

    mean ± t · sqrt(1 + 1/repeats) · std with Student's t of repeats - 1 degrees of freedom: 3.04 std for 5 repeats.
    Raises ValueError for fewer than two repeats.
    """
    if repeats < 2:
        raise ValueError(f"at least two repeats are needed, not {repeats}")
    half = float(stdtrit(repeats - 1, 0.975)) * math.sqrt(1 + 1 / repeats) * null[1]
    return null[0] - half, null[0] + half


class Backend:
    """What takes long in this module, on the processor. All points are float64 (n, d)."""

    def nearest(self, k: int, among: np.ndarray, of: np.ndarray | None = None) -> np.ndarray:
        """The rows (n, k) of the k points of `among` that are nearest to each point of `of`, the nearest one first.

        None: to each point of `among`, of its other points.
        """
        search = NearestNeighbors(n_neighbors=k, algorithm=_search(among)).fit(among)
        return search.kneighbors(of, return_distance=False)

    def mean_squared_gap(self, one: np.ndarray, other: np.ndarray, axes: np.ndarray) -> float:
        """The mean squared difference between the sorted projections of both sets onto axes (d, directions)."""
        gaps = np.sort(one @ axes, axis=0) - np.sort(other @ axes, axis=0)
        return float((gaps**2).mean())

    def log_sum_exp_product(self, left: np.ndarray, right: np.ndarray, diagonal: np.ndarray) -> np.ndarray:
        """The logarithm of the sum of exponentials of each row of left @ right, with this diagonal in its place: (n,).

        left: (n, c); right: (c, n); diagonal: (n,).
        """
        found = np.empty(len(left))
        for start in range(0, len(left), BLOCK):
            rows = np.arange(start, min(start + BLOCK, len(left)))
            product = left[rows] @ right  # (BLOCK, n)
            product[rows - start, rows] = diagonal[rows]
            top = product.max(1, keepdims=True)
            found[rows] = np.log(np.exp(product - top).sum(1)) + top[:, 0]
        return found


PROCESSOR = Backend()


def coverage(codes: np.ndarray, prior_draws: np.ndarray, k: int = NEIGHBOURS, backend: Backend = PROCESSOR) -> float:
    """The share of draws from the prior with a code no further away than their k-th neighbour among the draws.

    codes: (n, d); prior_draws: (m, d). Holes of q lower it; the maximum is 1. When q = p it is about 1 - (m/(n+m))ᵏ
    in any number of dimensions, because each nearest neighbour of a draw is a code with probability n/(n+m).
    Errors: see `covered`. (Naeem et al. 2020, arXiv 2002.09797, eq. 10, with the prior as the real set.)
    """
    return float(covered(codes, prior_draws, k, backend).mean())


def covered(
    codes: np.ndarray, prior_draws: np.ndarray, k: int = NEIGHBOURS, backend: Backend = PROCESSOR
) -> np.ndarray:
    """The draws from the prior that are covered: those with a code no further away than their k-th neighbouring draw.

    codes: (n, d), n >= 1; prior_draws: (m, d), m > k >= 1. Returns (m,) bool.
    Raises ValueError for other shapes, too few points, and NaN or infinity.
    """
    _check_sets(codes=(codes, 1), prior_draws=(prior_draws, k + 1))
    _check_neighbours(k)
    radius = _distance_to_neighbour(k, prior_draws, backend=backend)
    return _distance_to_neighbour(1, codes, prior_draws, backend) <= radius


def knn_kl(codes: np.ndarray, prior_draws: np.ndarray, k: int = NEIGHBOURS, backend: Backend = PROCESSOR) -> float:
    """Estimate of KL(q || p) in nats from distances to neighbours. It is near 0 when q = p, and may be negative.

    codes: (n, d), n > k; prior_draws: (m, d), m >= k. It is accurate in a few dimensions, if the draws cover q: for
    N(1, 4) against N(0, 1) it returns 0.9 instead of 1.31. In many dimensions it is wrong, even in sign, if q is wider
    or narrower than p: -0.75 instead of 1.32 for N(0, 1.3² I) against N(0, I) in 16 dimensions (n = m = 10,000).
    Raises ValueError if k + 1 codes, or a code and k draws, are the same point, because q or p has no density there;
    and for other shapes, too few points, and NaN or infinity.
    (Wang, Kulkarni & Verdú 2009, "Divergence estimation for multidimensional densities via k-nearest-neighbor
    distances".)
    """
    _check_sets(codes=(codes, k + 1), prior_draws=(prior_draws, k))
    _check_neighbours(k)
    n, m, dimensions = len(codes), len(prior_draws), codes.shape[1]
    rho = _distance_to_neighbour(k, codes, backend=backend)  # (n,), to the k-th of the other codes
    nu = _distance_to_neighbour(k, prior_draws, codes, backend)  # (n,), to the k-th draw
    for distance, others, density in ((rho, "other codes", "q(z)"), (nu, "draws of the prior", "p(z)")):
        if not distance.all():
            raise ValueError(
                f"{int((distance == 0).sum())} of {n} codes are equal to {k} or more {others}: "
                f"{density} has no density there, and KL(q || p) no estimate"
            )
    # d mean ln(ν/ρ) + ln(m/(n-1)): at a code, q ≈ k/(n-1) / volume(ball of ρ), p ≈ k/m / volume(ball of radius ν)
    return float(dimensions * np.log(nu / rho).mean() + math.log(m / (n - 1)))


def kl_to_density(codes: np.ndarray, log_p: np.ndarray, k: int = NEIGHBOURS, backend: Backend = PROCESSOR) -> float:
    """Estimate of KL(q || p) = -H(q) - E_q[log p] in nats, with q's entropy from neighbours and the exact log p.

    codes: (n, d), n > k; log_p: (n,), log p at each code. For a few dimensions. Unlike `knn_kl` it needs no draws of p,
    so it is also right where codes lie far outside all draws.
    Raises ValueError if k + 1 codes are the same point, and for other shapes, too few points, and NaN or infinity.
    (Kozachenko & Leonenko 1987, "Sample estimate of the entropy of a random vector".)
    """
    _check_sets(codes=(codes, k + 1))
    _check_neighbours(k)
    n, dimensions = codes.shape
    if np.shape(log_p) != (n,):
        raise ValueError(f"log_p must be ({n},), a value a code, not {np.shape(log_p)}")
    (log_p,) = _finite(log_p=log_p)
    rho = _distance_to_neighbour(k, codes, backend=backend)  # (n,), to the k-th of the other codes
    if not rho.all():
        raise ValueError(
            f"{int((rho == 0).sum())} of {n} codes are equal to {k} or more other codes: q(z) has no density there"
        )
    log_ball = 0.5 * dimensions * math.log(math.pi) - gammaln(0.5 * dimensions + 1)  # of radius 1
    # H(q) = psi(n) - psi(k) + log volume(ball of radius 1) + d mean log rho
    entropy = digamma(n) - digamma(k) + log_ball + dimensions * np.log(rho).mean()
    return float(-entropy - log_p.mean())


def sliced_w2_squared(
    codes: np.ndarray, prior_draws: np.ndarray, directions: int = DIRECTIONS, backend: Backend = PROCESSOR
) -> float:
    """The squared Wasserstein-2 distance of one-dimensional projections, averaged over directions.

    codes, prior_draws: (n, d), the same n. In two dimensions the directions are evenly spaced over the half
    circle, otherwise random with a fixed seed. Raises ValueError for different n, other shapes, and NaN or infinity.
    """
    _check_sets(codes=(codes, 1), prior_draws=(prior_draws, 1))
    if directions < 1:
        raise ValueError(f"at least one direction is needed, not {directions}")
    if len(codes) != len(prior_draws):
        raise ValueError(f"as many codes as draws of the prior are needed, not {len(codes)} and {len(prior_draws)}")
    return backend.mean_squared_gap(codes, prior_draws, _directions(codes.shape[1], directions))


def mmd_squared(codes: np.ndarray, prior_draws: np.ndarray, c: float = 1.0) -> float:
    """Unbiased estimate of the squared maximum mean discrepancy with the inverse multiquadratic kernel c/(c + d²).

    codes: (n, d); prior_draws: (m, d); at least two of each. Its expectation is 0 when q = p, so it may be negative.
    c is the squared length scale of the kernel.
    Raises ValueError for c <= 0, other shapes, too few points, and NaN or infinity.
    (Gretton et al. 2012, "A kernel two-sample test", Lemma 6; the kernel: Tolstikhin et al. 2018, arXiv 1711.01558.)
    """
    _check_sets(codes=(codes, 2), prior_draws=(prior_draws, 2))
    if not 0 < c < math.inf:
        raise ValueError(f"c must be positive, not {c}")
    codes, prior_draws = (np.asarray(points, dtype=np.float64) for points in (codes, prior_draws))
    n, m = len(codes), len(prior_draws)
    centre = prior_draws.mean(0)  # changes no distance, and prevents cancellation between the squares below
    codes, prior_draws = codes - centre, prior_draws - centre
    # mean of k(z, z') over pairs of different codes + the same over draws - 2 × the mean over pairs of code and draw;
    # k(z, z) = 1
    within_codes = (_kernel_sum(codes, codes, c) - n) / (n * (n - 1))
    within_draws = (_kernel_sum(prior_draws, prior_draws, c) - m) / (m * (m - 1))
    return within_codes + within_draws - 2 * _kernel_sum(codes, prior_draws, c) / (n * m)


def null_of(
    estimator: Callable[[np.ndarray, np.ndarray], float],
    sample_prior: Callable[[int], np.ndarray],
    n: int,
    repeats: int = 20,
    m: int | None = None,
) -> Null:
    """The null of an estimator: its mean and spread when the codes are draws from the prior, too.

    Each of the `repeats` compares n new draws, as codes, with m other new draws (default: n).
    Raises ValueError for fewer than two repeats.
    """
    if repeats < 2:
        raise ValueError(f"at least two repeats are needed, not {repeats}")
    values = [estimator(sample_prior(n), sample_prior(n if m is None else m)) for _ in range(repeats)]
    return Null(float(np.mean(values)), float(np.std(values, ddof=1)))


# Estimates from the densities of a stochastic encoder.


class ElboSurgery(NamedTuple):
    """The two parts of the mean KL(q(z|x) || p) over a set of n images, in nats."""

    mutual_information: float  # I(n; z) between an image's index and its z; at most log n
    marginal_kl: float  # KL(q(z) || p) of the aggregate posterior

    @property
    def mean_kl(self) -> float:
        return self.mutual_information + self.marginal_kl


def elbo_surgery(
    mean: np.ndarray, log_var: np.ndarray, z: np.ndarray, log_prior_z: np.ndarray, backend: Backend = PROCESSOR
) -> ElboSurgery:
    """Splits the mean KL of a Gaussian encoder in two. Each part is an unbiased estimate from one draw of z per image.

    mean, log_var, z: (n, d), z_i ~ q(z|x_i) = N(mean_i, exp(log_var_i)); log_prior_z: (n,), log p(z_i). q(z) is the
    mixture of these n posteriors, so its density is exact. A larger set of images has another q(z).
    Raises ValueError for other shapes, and for NaN or infinity. (Hoffman & Johnson 2016, "ELBO surgery".)
    """
    if (
        mean.ndim != 2
        or not mean.size
        or not mean.shape == log_var.shape == z.shape
        or log_prior_z.shape != mean.shape[:1]
    ):
        shapes = ", ".join(str(array.shape) for array in (mean, log_var, z, log_prior_z))
        raise ValueError(
            f"mean, log_var and z must be (n, d) and log_prior_z (n,), not {shapes}; n and d are at least 1"
        )
    mean, log_var, z, log_prior_z = _finite(mean=mean, log_var=log_var, z=z, log_prior_z=log_prior_z)
    # log q(z|n) = -½ Σ ((z - μ)²/σ² + log σ² + log 2π)
    log_q_own = -0.5 * ((z - mean) ** 2 * np.exp(-log_var) + log_var + math.log(2 * math.pi)).sum(1)  # (n,)
    log_q = _log_mixture(mean, log_var, z, log_q_own, backend)
    return ElboSurgery(float((log_q_own - log_q).mean()), float((log_q - log_prior_z).mean()))


class ImportanceWeightedBound(NamedTuple):
    """A lower bound on log p(x) in nats, in expectation over the draws of z."""

    per_image: np.ndarray  # (n,)

    @property
    def mean(self) -> float:
        return float(self.per_image.mean())

    @property
    def standard_error(self) -> float:
        """The standard error of the mean, if the n images are a sample of all images."""
        return float(self.per_image.std(ddof=1) / math.sqrt(len(self.per_image)))


def importance_weighted_bound(log_joint: np.ndarray, log_q: np.ndarray) -> ImportanceWeightedBound:
    """The log of the mean of p(x, z) / q(z|x) over k draws: the ELBO for k = 1; it approaches log p(x) as k grows.

    log_joint, log_q: (k, n), for k draws z ~ q(z|x) of each of n images: log p(x|z) + log p(z), and log q(z|x) in nats.
    Raises ValueError for different or empty shapes, NaN, and infinite weights. If all weights of an image are 0, its
    bound is -inf.
    (Burda et al. 2016, arXiv 1509.00519, section 3.)
    """
    if log_joint.shape != log_q.shape or log_joint.ndim != 2 or not log_joint.size:
        raise ValueError(
            f"log_joint and log_q must both be (k, n), not {log_joint.shape} and {log_q.shape}; k and n are at least 1"
        )
    log_weight = np.subtract(log_joint, log_q, dtype=np.float64)  # (k, n)
    if not (log_weight < np.inf).all():  # -inf, a weight of 0, is legal
        raise ValueError("the importance weights hold NaN or infinity")
    return ImportanceWeightedBound(logsumexp(log_weight, axis=0) - math.log(len(log_weight)))


# The quality of the codes.


def knn_label_accuracy(
    train_codes: np.ndarray,
    train_labels: np.ndarray,
    test_codes: np.ndarray,
    test_labels: np.ndarray,
    k: int = NEIGHBOURS,
    backend: Backend = PROCESSOR,
) -> float:
    """The accuracy of k-nearest-neighbour classification: a test code gets the most frequent label of its k neighbours.

    In a tie the smaller label wins.

    train_codes: (n, d), n >= k; train_labels: (n,); test_codes: (m, d), m >= 1; test_labels: (m,).
    Raises ValueError for other shapes, too few points, and NaN or infinity.
    """
    _check_sets(train_codes=(train_codes, k), test_codes=(test_codes, 1))
    _check_neighbours(k)
    for name, labels, n in (
        ("train_labels", train_labels, len(train_codes)),
        ("test_labels", test_labels, len(test_codes)),
    ):
        if np.shape(labels) != (n,):
            raise ValueError(f"{name} must be ({n},), a label a code, not {np.shape(labels)}")
    rows = backend.nearest(k, *_finite(among=train_codes, of=test_codes))  # (m, k)
    classes, votes = np.unique(train_labels, return_inverse=True)
    counts = np.zeros((len(rows), len(classes)), dtype=int)
    np.add.at(counts, (np.arange(len(rows))[:, None], votes[rows]), 1)
    return float((classes[counts.argmax(1)] == test_labels).mean())


# Shared functions.


def _check_sets(**sets: tuple[np.ndarray, int]) -> None:
    """Raises ValueError unless all sets are finite points (n, d) of the same d. sets: the points and the smallest n."""
    for name, (points, least) in sets.items():
        if np.ndim(points) != 2 or points.shape[1] < 1 or len(points) < least:
            raise ValueError(f"{name} must be (n, d) with n >= {least} and d >= 1, not {np.shape(points)}")
    if len({points.shape[1] for points, _ in sets.values()}) > 1:
        raise ValueError(
            "the numbers of dimensions do not fit: "
            + ", ".join(f"{name} has {points.shape[1]}" for name, (points, _) in sets.items())
        )
    _finite(**{name: points for name, (points, _) in sets.items()})


def _check_neighbours(k: int) -> None:
    if k < 1:
        raise ValueError(f"k must be a whole number of at least 1, not {k}")


def _finite(**arrays: np.ndarray) -> list[np.ndarray]:
    """The arrays in float64. Raises ValueError for NaN or infinity."""
    for name, array in arrays.items():
        if not np.isfinite(array).all():
            raise ValueError(f"{name} holds NaN or infinity")
    return [np.asarray(array, dtype=np.float64) for array in arrays.values()]


def _search(points: np.ndarray) -> str:
    """The fastest algorithm of sklearn.neighbors for these points."""
    return "brute" if points.shape[1] > TREE_DIMENSIONS else "auto"


def _distance_to_neighbour(
    k: int, among: np.ndarray, of: np.ndarray | None = None, backend: Backend = PROCESSOR
) -> np.ndarray:
    """The distance (n,) from each point of `of` to its k-th nearest point of `among`; None: from each point of `among`
    to its k-th nearest other point.
    """
    among = np.asarray(among, dtype=np.float64)
    of = None if of is None else np.asarray(of, dtype=np.float64)
    nearest = backend.nearest(k, among, of)[:, -1]
    # computed again: the search uses |x|² - 2xy + |y|², whose rounding may separate equal points
    return np.linalg.norm((among if of is None else of) - among[nearest], axis=1)


def _kernel_sum(a: np.ndarray, b: np.ndarray, c: float) -> float:
    """The sum of c/(c + |a_i - b_j|²) over all pairs. a: (n, d); b: (m, d)."""
    # c + |a|² - 2ab + |b|² as one matrix product, a block of rows at a time
    left = np.column_stack([(a**2).sum(1) + c, -2 * a, np.ones(len(a))])  # (n, d + 2)
    right = np.vstack([np.ones(len(b)), b.T, (b**2).sum(1)])  # (d + 2, m)
    total = 0.0
    for start in range(0, len(a), BLOCK):
        # (BLOCK, m); rounding must not make a distance negative
        shifted = np.maximum(left[start : start + BLOCK] @ right, c)
        total += (c / shifted).sum()
    return float(total)


def _log_mixture(
    mean: np.ndarray, log_var: np.ndarray, z: np.ndarray, log_q_own: np.ndarray, backend: Backend
) -> np.ndarray:
    """log q(z_i) = log 1/n Σⱼ N(z_i; mean_j, exp(log_var_j)): (n,). log_q_own: (n,), the logs of the terms j = i."""
    n = len(z)
    centre = mean.mean(0)
    mean, z = mean - centre, z - centre
    # log N = -½ z²/σ² + z μ/σ² - ½ Σ (μ²/σ² + log σ² + log 2π) as one matrix product
    precision = np.exp(-log_var)
    constant = -0.5 * (mean**2 * precision + log_var + math.log(2 * math.pi)).sum(1)
    left = np.hstack([z**2, z, np.ones((n, 1))])  # (n, 2d + 1)
    right = np.vstack([-0.5 * precision.T, (mean * precision).T, constant])  # (2d + 1, n)
    # the terms j = i without the rounding of the product: so log q(z|n) - log q(z) <= log n
    return backend.log_sum_exp_product(left, right, log_q_own) - math.log(n)


def _directions(dimensions: int, count: int) -> np.ndarray:
    """Unit vectors: (dimensions, count)."""
    if dimensions == 2:
        angles = np.pi * np.arange(count) / count
        return np.stack([np.cos(angles), np.sin(angles)])
    axes = np.random.default_rng(0).standard_normal((dimensions, count))
    return axes / np.linalg.norm(axes, axis=0)
