"""The KL divergence between Gaussians and the reparameterisation trick, against values worked out by hand,
the laws that every KL obeys, the integral that defines it, samples, and torch's own formulas."""

from __future__ import annotations

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.distributions import MultivariateNormal, Normal, kl_divergence

from explorer import gaussian

I2 = [[1.0, 0.0], [0.0, 1.0]]
C3 = [[2.0, 1.0], [1.0, 2.0]]  # det 3, inverse [[2, -1], [-1, 2]] / 3


def tensor(values) -> torch.Tensor:
    return torch.tensor(values, dtype=torch.float64)


def random_gaussian(k: int, generator: torch.Generator, *batch: int) -> tuple[torch.Tensor, torch.Tensor]:
    """mean (*batch, k) and a well-conditioned covariance (*batch, k, k), float64."""
    mean = torch.randn(*batch, k, generator=generator, dtype=torch.float64)
    root = torch.randn(*batch, k, k, generator=generator, dtype=torch.float64)
    return mean, root @ root.mT / k + 0.3 * torch.eye(k, dtype=torch.float64)


def seeded(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def assert_close(actual: torch.Tensor, expected, rtol: float = 1e-9, atol: float = 1e-10) -> None:
    assert actual.isfinite().all()
    torch.testing.assert_close(actual, torch.as_tensor(expected, dtype=actual.dtype), rtol=rtol, atol=atol)


seeds = st.integers(0, 2**32 - 1)
dimensions = st.integers(1, 6)

# Values worked out by hand. KL(q || p) = ½ [tr(P⁻¹Q) + dᵀP⁻¹d - k + log det P - log det Q], d = mean_p - mean_q.

BY_HAND = [
    # 4 is the variance: ½ (4 + 1 - 1 - ln 4) = 2 - ln 2
    pytest.param([1.0], [[4.0]], [0.0], [[1.0]], 1.3068528194, id="N(1,4) to N(0,1)"),
    # ½ (¼ + ¼ - 1 + ln 4) = ln 2 - ¼: not what it is the other way round
    pytest.param([0.0], [[1.0]], [1.0], [[4.0]], 0.4431471806, id="N(0,1) to N(1,4)"),
    # ½ (2 + 2 + 1 - 2 - ln 3) = 1.5 - ½ ln 3
    pytest.param([1.0, 0.0], C3, [0.0, 0.0], I2, 0.9506938557, id="full covariance to standard normal"),
    # P⁻¹ has trace 4/3, and dᵀP⁻¹d = (2 - 1 - 1 + 2)/3 = 2/3: ½ (4/3 + 2/3 - 2 + ln 3) = ½ ln 3
    pytest.param([0.0, 0.0], I2, [1.0, 1.0], C3, 0.5493061443, id="standard normal to full covariance"),
    # correlation r, unit variances: ½ (2 - 2 - ln(1 - r²)) = -½ ln 0.64 at r = 0.6
    pytest.param([0.0, 0.0], [[1.0, 0.6], [0.6, 1.0]], [0.0, 0.0], I2, 0.2231435513, id="correlation 0.6"),
    # P⁻¹ = [[2, 1], [1, 2]]/3: tr(P⁻¹Q) = (2 + ½ + ½ + 2)/3 = 5/3, dᵀP⁻¹d = (2 - 1 - 1 + 2)/3 = 2/3,
    # log det P - log det Q = ln 3 - ln ¾ = 2 ln 2: ½ (5/3 + 2/3 - 2 + 2 ln 2) = 1/6 + ln 2
    pytest.param(
        [0.0, 0.0], [[1.0, 0.5], [0.5, 1.0]], [1.0, -1.0], [[2.0, -1.0], [-1.0, 2.0]], 0.8598138472, id="both full"
    ),
    # ½ (2/25 - 2 + 2 ln 25) = ln 25 - 0.96
    pytest.param([0.0, 0.0], I2, [0.0, 0.0], [[25.0, 0.0], [0.0, 25.0]], 2.2588758249, id="much wider p"),
]


@pytest.mark.parametrize("mean_q, cov_q, mean_p, cov_p, expected", BY_HAND)
def test_values_worked_out_by_hand(mean_q, cov_q, mean_p, cov_p, expected):
    mean_q, cov_q, mean_p, cov_p = map(tensor, (mean_q, cov_q, mean_p, cov_p))
    assert_close(gaussian.kl_divergence(mean_q, cov_q, mean_p, cov_p), expected, rtol=0, atol=6e-11)  # ten decimals
    if not (cov_q.triu(1).any() or cov_p.triu(1).any()):
        assert_close(
            gaussian.kl_diagonal(mean_q, cov_q.diagonal(), mean_p, cov_p.diagonal()), expected, rtol=0, atol=6e-11
        )


def test_the_two_directions_differ():
    forward = gaussian.kl_to_standard_normal(tensor([1.0]), tensor([4.0]).log())
    backward = gaussian.kl_diagonal(tensor([0.0]), tensor([1.0]), tensor([1.0]), tensor([4.0]))
    # ½ (4 + 1 - 1 - ln 4) against ½ (¼ + ¼ - 1 + ln 4): they differ by 9/4 - 2 ln 2
    assert_close(forward - backward, 2.25 - 2 * math.log(2))


# Against what defines the KL, and against torch.


@pytest.mark.parametrize(
    "mean_q, std_q, mean_p, std_p", [(0, 1, 0, 1), (1, 2, 0, 1), (-0.5, 0.3, 0.7, 1.5), (2, 1, -1, 4)]
)
def test_equals_the_integral_in_one_dimension(mean_q, std_q, mean_p, std_p):
    z = torch.linspace(
        mean_q - 12 * std_q, mean_q + 12 * std_q, 4001, dtype=torch.float64
    )  # q is below 1e-31 at the ends
    log_q = -0.5 * ((z - mean_q) / std_q) ** 2 - math.log(std_q * math.sqrt(2 * math.pi))
    log_p = -0.5 * ((z - mean_p) / std_p) ** 2 - math.log(std_p * math.sqrt(2 * math.pi))
    integral = torch.trapezoid(log_q.exp() * (log_q - log_p), z)  # exact to rounding for smooth functions that vanish
    arguments = [tensor([value]) for value in (mean_q, std_q**2, mean_p, std_p**2)]
    assert_close(gaussian.kl_diagonal(*arguments), integral)
    mean_q, var_q, mean_p, var_p = arguments
    assert_close(gaussian.kl_divergence(mean_q, var_q[:, None], mean_p, var_p[:, None]), integral)


def test_equals_the_integral_in_the_plane():
    mean_q, cov_q, mean_p, cov_p = map(tensor, ([1.0, 0.0], C3, [0.5, -1.0], [[1.0, -0.5], [-0.5, 2.0]]))
    axis = torch.linspace(-16, 16, 401, dtype=torch.float64)  # 11 of q's standard deviations
    z = torch.cartesian_prod(axis, axis)
    log_q, log_p = MultivariateNormal(mean_q, cov_q).log_prob(z), MultivariateNormal(mean_p, cov_p).log_prob(z)
    integral = (log_q.exp() * (log_q - log_p)).sum() * (axis[1] - axis[0]) ** 2
    assert_close(gaussian.kl_divergence(mean_q, cov_q, mean_p, cov_p), integral, rtol=1e-8)


@pytest.mark.parametrize("k", [1, 2, 5])
def test_equals_the_mean_log_ratio_of_samples(k):
    generator = seeded(k)
    (mean_q, cov_q), (mean_p, cov_p) = random_gaussian(k, generator), random_gaussian(k, generator)
    factor = torch.linalg.cholesky(cov_q)
    z = mean_q + torch.randn(200_000, k, generator=generator, dtype=torch.float64) @ factor.mT
    ratio = MultivariateNormal(mean_q, cov_q).log_prob(z) - MultivariateNormal(mean_p, cov_p).log_prob(z)
    kl, standard_error = gaussian.kl_divergence(mean_q, cov_q, mean_p, cov_p), ratio.std() / math.sqrt(len(z))
    assert kl.isfinite() and standard_error < 0.02 * kl  # or the next line would say nothing
    assert abs(ratio.mean() - kl) < 4 * standard_error


@given(seed=seeds, k=dimensions)
def test_full_covariance_agrees_with_torch(seed, k):
    generator = seeded(seed)
    q, p = random_gaussian(k, generator, 3), random_gaussian(k, generator, 3)
    assert_close(
        gaussian.kl_divergence(*q, *p), kl_divergence(MultivariateNormal(*q), MultivariateNormal(*p)), rtol=1e-8
    )


@given(seed=seeds, k=dimensions)
def test_diagonal_agrees_with_torch_with_full_and_with_log_variance(seed, k):
    generator = seeded(seed)
    mean_q, log_var_q, mean_p, log_var_p = torch.randn(4, 3, k, generator=generator, dtype=torch.float64).unbind()
    var_q, var_p = log_var_q.exp(), log_var_p.exp()
    ours = gaussian.kl_diagonal(mean_q, var_q, mean_p, var_p)
    assert_close(ours, kl_divergence(Normal(mean_q, var_q.sqrt()), Normal(mean_p, var_p.sqrt())).sum(-1))
    assert_close(ours, gaussian.kl_divergence(mean_q, var_q.diag_embed(), mean_p, var_p.diag_embed()))
    standard = gaussian.kl_diagonal(mean_q, var_q, torch.zeros_like(mean_q), torch.ones_like(mean_q))
    assert_close(gaussian.kl_to_standard_normal(mean_q, log_var_q), standard)
    assert_close(gaussian.kl_to_standard_normal_terms(mean_q, log_var_q).total.sum(-1), standard)


# The laws.


@given(seed=seeds, k=dimensions)
def test_never_negative_and_at_least_the_mean_term(seed, k):
    generator = seeded(seed)
    terms = gaussian.kl_terms(*random_gaussian(k, generator), *random_gaussian(k, generator))
    assert terms.total.isfinite() and terms.mean.isfinite()
    assert terms.mean >= 0
    assert terms.total >= terms.mean - 1e-12  # ½ Σ (λ - 1 - ln λ) over the eigenvalues λ of P⁻¹Q is never negative


@given(seed=seeds, k=dimensions)
def test_zero_when_equal(seed, k):
    mean, cov = random_gaussian(k, seeded(seed))
    assert_close(gaussian.kl_divergence(mean, cov, mean, cov), 0.0, atol=1e-12)
    var = cov.diagonal()
    assert gaussian.kl_diagonal(mean, var, mean, var) == 0


def test_zero_only_when_equal():
    # A small change δ costs, to second order: of a mean ½ δ²; of a variance ¼ δ²; of a correlation ½ δ².
    zero, one, small = tensor([0.0, 0.0]), torch.eye(2, dtype=torch.float64), 1e-3
    of_mean = gaussian.kl_divergence(tensor([small, 0.0]), one, zero, one)
    of_variance = gaussian.kl_divergence(zero, one + small * torch.diag(tensor([1.0, 0.0])), zero, one)
    of_correlation = gaussian.kl_divergence(zero, one + small * (1 - one), zero, one)
    for kl, expected in ((of_mean, small**2 / 2), (of_variance, small**2 / 4), (of_correlation, small**2 / 2)):
        assert_close(kl, expected, rtol=2 * small, atol=0)
    assert gaussian.kl_to_standard_normal(zero, zero) == 0
    assert_close(gaussian.kl_to_standard_normal(zero, tensor([small, 0.0])), small**2 / 4, rtol=2 * small, atol=0)


@given(seed=seeds, k=dimensions)
def test_unchanged_by_an_invertible_affine_map_of_both(seed, k):
    generator = seeded(seed)
    (mean_q, cov_q), (mean_p, cov_p) = random_gaussian(k, generator), random_gaussian(k, generator)
    rotation, _ = torch.linalg.qr(torch.randn(k, k, generator=generator, dtype=torch.float64))
    stretch = torch.linspace(-0.5, 3.0, k, dtype=torch.float64)  # none is 0 for k of 1 to 6; one mirrors
    matrix, offset = rotation * stretch @ rotation.roll(1, 0), torch.randn(k, generator=generator, dtype=torch.float64)

    def image(mean, cov):
        moved = matrix @ cov @ matrix.mT
        return matrix @ mean + offset, (moved + moved.mT) / 2

    before = gaussian.kl_divergence(mean_q, cov_q, mean_p, cov_p)
    assert_close(gaussian.kl_divergence(*image(mean_q, cov_q), *image(mean_p, cov_p)), before, rtol=1e-7)


@given(seed=seeds, k=st.integers(1, 3), more=st.integers(1, 3))
def test_adds_over_independent_blocks(seed, k, more):
    generator = seeded(seed)
    q1, p1, q2, p2 = (random_gaussian(size, generator) for size in (k, k, more, more))
    joint = [(torch.cat([a[0], b[0]]), torch.block_diag(a[1], b[1])) for a, b in ((q1, q2), (p1, p2))]
    whole = gaussian.kl_terms(*joint[0], *joint[1])
    for all_terms, first, second in zip(whole, gaussian.kl_terms(*q1, *p1), gaussian.kl_terms(*q2, *p2)):
        assert_close(all_terms, first + second)


@given(seed=seeds, k=dimensions)
def test_gradients(seed, k):
    generator = seeded(seed)
    (mean_q, cov_q), (mean_p, cov_p) = random_gaussian(k, generator), random_gaussian(k, generator)
    mean_q.requires_grad_(), cov_q.requires_grad_()
    by_mean, by_cov = torch.autograd.grad(gaussian.kl_divergence(mean_q, cov_q, mean_p, cov_p), (mean_q, cov_q))
    precision_p = torch.linalg.inv(cov_p)
    assert_close(by_mean, precision_p @ (mean_q - mean_p).detach())  # of ½ dᵀP⁻¹d
    assert_close(by_cov, (precision_p - torch.linalg.inv(cov_q.detach())) / 2, rtol=1e-7)  # of ½ tr(P⁻¹Q) - ½ log det Q


def test_gradients_towards_the_standard_normal():
    mean, log_var = tensor([[0.5, -2.0]]).requires_grad_(), tensor([[-1.0, 0.7]]).requires_grad_()
    by_mean, by_log_var = torch.autograd.grad(gaussian.kl_to_standard_normal(mean, log_var).sum(), (mean, log_var))
    assert_close(by_mean, mean.detach())  # of ½ μ²
    assert_close(by_log_var, (log_var.detach().exp() - 1) / 2)  # of ½ (σ² - log σ²)


# The terms.


def test_each_term_has_its_meaning():
    generator = seeded(3)
    (mean_q, cov_q), (mean_p, cov_p) = random_gaussian(3, generator), random_gaussian(3, generator)
    terms, precision_p, shift = (
        gaussian.kl_terms(mean_q, cov_q, mean_p, cov_p),
        torch.linalg.inv(cov_p),
        mean_p - mean_q,
    )
    assert_close(terms.trace, 0.5 * (precision_p @ cov_q).trace())
    assert_close(terms.mean, 0.5 * shift @ precision_p @ shift)
    assert_close(terms.dimension, -1.5)
    assert_close(terms.log_det, 0.5 * (torch.logdet(cov_p) - torch.logdet(cov_q)))
    assert_close(
        terms.trace + terms.mean + terms.dimension + terms.log_det, gaussian.kl_divergence(mean_q, cov_q, mean_p, cov_p)
    )


def test_terms_of_what_is_equal_cancel():
    mean, cov = random_gaussian(4, seeded(4))
    same_cov = gaussian.kl_terms(mean, cov, mean + 1, cov)
    assert_close(same_cov.trace, 2.0)  # ½ k
    assert_close(same_cov.log_det, 0.0)
    assert_close(same_cov.total, same_cov.mean)
    assert gaussian.kl_terms(mean, cov, mean, 2 * cov).mean == 0


def test_terms_of_the_diagonal_forms_are_one_value_a_dimension():
    mean, log_var = tensor([[0.5, -2.0], [0.0, 1.0]]), tensor([[-1.0, 0.7], [0.0, 2.0]])
    terms = gaussian.kl_to_standard_normal_terms(mean, log_var)
    assert_close(terms.trace, log_var.exp() / 2)
    assert_close(terms.mean, mean**2 / 2)
    assert_close(terms.dimension, torch.full((2, 2), -0.5))
    assert_close(terms.log_det, -log_var / 2)
    diagonal = gaussian.kl_diagonal_terms(mean, log_var.exp(), torch.zeros(2), torch.ones(2))
    for ours, general in zip(terms, diagonal):
        assert_close(ours, general)
    full = gaussian.kl_terms(mean, log_var.exp().diag_embed(), tensor([0.0, 0.0]), tensor(I2))
    for ours, whole in zip(terms, full):
        assert_close(ours.sum(-1), whole)


# Shapes.


def test_full_covariance_broadcasts_over_leading_dimensions():
    generator = seeded(5)
    mean_q, cov_q = random_gaussian(2, generator, 3, 1)
    mean_p, cov_p = random_gaussian(2, generator, 4)
    batched = gaussian.kl_terms(mean_q, cov_q[0], mean_p, cov_p)  # cov_q[0]: (1, 2, 2)
    assert {term.shape for term in batched} == {(3, 4)}
    for i in range(3):
        for j in range(4):
            one = gaussian.kl_divergence(mean_q[i, 0], cov_q[0, 0], mean_p[j], cov_p[j])
            assert one.shape == ()
            assert_close(batched.total[i, j], one)


def test_diagonal_broadcasts_over_leading_dimensions():
    generator = seeded(6)
    mean_q, mean_p = torch.randn(3, 1, 2, generator=generator), torch.randn(4, 2, generator=generator)
    var_q, var_p = torch.rand(2, generator=generator) + 0.1, torch.rand(3, 1, 2, generator=generator) + 0.1
    terms = gaussian.kl_diagonal_terms(mean_q, var_q, mean_p, var_p)
    assert {term.shape for term in terms} == {(3, 4, 2)}
    one = gaussian.kl_diagonal(mean_q[2, 0], var_q, mean_p[1], var_p[2, 0])
    assert_close(gaussian.kl_diagonal(mean_q, var_q, mean_p, var_p)[2, 1], one, rtol=1e-6)
    assert {term.shape for term in gaussian.kl_to_standard_normal_terms(mean_q, var_q)} == {(3, 1, 2)}
    assert gaussian.kl_to_standard_normal(mean_q, mean_p).shape == (3, 4)


# Numerics.


@pytest.mark.parametrize("size", [1e-1, 1e-2, 1e-3, 1e-4, 1e-5])
@pytest.mark.parametrize("sign", [1, -1])
def test_float32_keeps_its_digits_near_log_variance_zero(size, sign):
    log_var = torch.tensor([sign * size], dtype=torch.float32)
    exact = gaussian.kl_to_standard_normal(torch.zeros(1, dtype=torch.float64), log_var.double())
    # the difference of expm1(l) and l, each rounded to ε|l|; with exp(l) - 1 the error would be ε, 1/|l| times that
    error = (gaussian.kl_to_standard_normal(torch.zeros(1), log_var).double() - exact).abs()
    assert error.isfinite() and error <= torch.finfo(torch.float32).eps * size
    # in float64: ½ (l²/2 + l³/6 + l⁴/24 ...)
    series = size**2 / 4 + sign * size**3 / 12 + size**4 / 48 + sign * size**5 / 240 + size**6 / 1440
    assert exact.item() == pytest.approx(series, rel=1e-7, abs=1e-17)


def test_float32_overflows_past_88_to_infinity_and_not_to_nan():
    # float32 ends at 3.4028e38 = exp(88.72)
    zero = torch.zeros(1)
    assert gaussian.kl_to_standard_normal(zero, torch.tensor([88.0])).isfinite()
    assert gaussian.kl_to_standard_normal(zero, torch.tensor([89.0])) == math.inf
    assert_close(gaussian.kl_to_standard_normal(zero.double(), tensor([89.0])), (math.exp(89) - 90) / 2)
    assert_close(gaussian.kl_to_standard_normal(zero, torch.tensor([-1000.0])), 499.5)  # ½ (0 + 1000 - 1)


def test_float32_agrees_with_float64():
    generator = seeded(7)
    (mean_q, cov_q), (mean_p, cov_p) = random_gaussian(3, generator, 50), random_gaussian(3, generator, 50)
    double = gaussian.kl_divergence(mean_q, cov_q, mean_p, cov_p)
    single = gaussian.kl_divergence(*(one.float() for one in (mean_q, cov_q, mean_p, cov_p)))
    assert single.dtype == torch.float32
    assert_close(single.double(), double, rtol=1e-4)


def test_a_covariance_symmetric_up_to_float32_rounding_is_accepted():
    root = torch.randn(6, 6, generator=seeded(8))
    cov = torch.eye(6) + root @ root.mT
    cov[0, 1] = torch.nextafter(cov[1, 0], torch.tensor(math.inf))
    assert gaussian.kl_divergence(torch.zeros(6), cov, torch.zeros(6), torch.eye(6)).isfinite()


@given(seed=seeds, k=dimensions)
def test_without_the_check_the_value_is_the_same(seed, k):
    mean, log_var = torch.randn(2, 5, k, generator=seeded(seed)).unbind()
    checked = gaussian.kl_to_standard_normal(mean, log_var)
    assert checked.isfinite().all()
    assert torch.equal(gaussian.kl_to_standard_normal(mean, log_var, check=False), checked)


def test_without_the_check_nan_passes_through():
    assert gaussian.kl_to_standard_normal(torch.tensor([math.nan]), torch.zeros(1), check=False).isnan()


# The reparameterisation trick.


def test_reparameterised_draws_have_the_mean_and_the_variance():
    mean, log_var, n = tensor([1.0, -2.0]), tensor([0.25, 4.0]).log(), 200_000
    z = gaussian.reparameterise(mean, log_var, torch.randn(n, 2, generator=seeded(9), dtype=torch.float64))
    assert z.shape == (n, 2) and z.isfinite().all()
    var = log_var.exp()
    assert ((z.mean(0) - mean).abs() < 4 * (var / n).sqrt()).all()  # the mean's standard error
    assert ((z.var(0) - var).abs() < 4 * var * math.sqrt(2 / n)).all()  # the variance's, for a Gaussian
    assert abs((z[:, 0] * z[:, 1]).mean() - mean.prod()) < 4 * math.sqrt(
        (var[0] * 4 + var[1] * 1 + var.prod()) / n
    )  # independent


def test_gradients_reach_the_mean_and_the_log_variance():
    mean, log_var, noise = (
        tensor([1.0, -2.0]).requires_grad_(),
        tensor([0.3, -4.0]).requires_grad_(),
        tensor([0.7, -1.1]),
    )
    z = gaussian.reparameterise(mean, log_var, noise)
    assert_close(z.detach(), [1 + math.exp(0.15) * 0.7, -2 - math.exp(-2) * 1.1])
    by_mean, by_log_var = torch.autograd.grad(z.sum(), (mean, log_var))
    assert_close(by_mean, [1.0, 1.0])  # of μ + σε
    assert_close(by_log_var, [math.exp(0.15) * 0.7 / 2, -math.exp(-2) * 1.1 / 2])  # ½ σε, from σ = exp(½ log σ²)


def test_many_draws_of_a_batch_at_once():
    mean, log_var = torch.randn(2, 5, 3, generator=seeded(10)).unbind()
    noise = torch.randn(7, 5, 3, generator=seeded(11))
    z = gaussian.reparameterise(mean, log_var, noise)
    assert z.shape == (7, 5, 3)
    assert_close(z[4, 2], mean[2] + (log_var[2] / 2).exp() * noise[4, 2], rtol=1e-6)


def test_log_density_of_the_standard_normal():
    z = torch.randn(4, 5, 3, generator=seeded(12), dtype=torch.float64)
    assert_close(gaussian.log_prob_standard_normal(z), Normal(0.0, 1.0).log_prob(z).sum(-1))
    assert_close(gaussian.log_prob_standard_normal(tensor([0.0, 0.0])), -math.log(2 * math.pi))


@given(seed=seeds, k=dimensions)
def test_log_density_of_a_diagonal_gaussian_agrees_with_torch(seed, k):
    z, mean, log_var = torch.randn(3, 4, k, generator=seeded(seed), dtype=torch.float64).mul(2).unbind()
    ours = gaussian.log_prob_diagonal(z, mean, log_var)
    assert ours.shape == (4,)
    assert_close(ours, Normal(mean, (log_var / 2).exp()).log_prob(z).sum(-1))
    assert_close(ours, MultivariateNormal(mean, log_var.exp().diag_embed()).log_prob(z))
    assert_close(gaussian.log_prob_diagonal(z, torch.zeros(k), torch.zeros(k)), gaussian.log_prob_standard_normal(z))


def test_log_density_of_many_draws_a_posterior():
    mean, log_var = torch.randn(2, 3, 2, generator=seeded(4), dtype=torch.float64).unbind()
    z = torch.randn(5, 3, 2, generator=seeded(5), dtype=torch.float64)
    ours = gaussian.log_prob_diagonal(z, mean, log_var)
    assert ours.shape == (5, 3)
    assert_close(ours, torch.stack([gaussian.log_prob_diagonal(one, mean, log_var) for one in z]))


@pytest.mark.parametrize("log_var", [-60.0, 60.0])
def test_log_density_of_very_narrow_and_very_wide_gaussians_in_float32(log_var):
    # z one standard deviation off: -½ - ½ log 2π - ½ log σ²
    mean, log_var = torch.tensor([[0.0]]), torch.tensor([[log_var]])
    ours = gaussian.log_prob_diagonal(mean + (0.5 * log_var).exp(), mean, log_var)
    assert_close(ours, [-0.5 - 0.5 * math.log(2 * math.pi) - 0.5 * log_var.item()], rtol=1e-6)


def test_gradients_of_the_log_density():
    z, mean, log_var = (tensor(values).requires_grad_() for values in ([1.0, -2.0], [0.5, 1.0], [0.7, -0.4]))
    by_z, by_mean, by_log_var = torch.autograd.grad(gaussian.log_prob_diagonal(z, mean, log_var), (z, mean, log_var))
    pull = (mean - z) / log_var.exp()  # towards the mean, in units of the variance
    assert_close(by_z, pull.detach())
    assert_close(by_mean, -pull.detach())
    assert_close(by_log_var, (0.5 * ((z - mean) ** 2 / log_var.exp() - 1)).detach())


# What is refused.

M2, V2 = tensor([0.0, 0.0]), tensor([1.0, 1.0])
GOOD = {"mean_q": M2, "cov_q": tensor(I2), "mean_p": M2, "cov_p": tensor(C3)}
GOOD_DIAGONAL = {"mean_q": M2, "var_q": V2, "mean_p": M2, "var_p": V2}


@pytest.mark.parametrize("name", ["cov_q", "cov_p"])
@pytest.mark.parametrize(
    "value, message",
    [
        pytest.param([[1.0, 0.5], [0.4, 1.0]], "is not symmetric", id="not symmetric"),
        pytest.param([[1.0, 1e-6], [0.0, 1.0]], "is not symmetric", id="hardly symmetric"),
        pytest.param([[1.0, 2.0], [2.0, 1.0]], "is not positive definite", id="indefinite"),
        pytest.param([[1.0, 1.0], [1.0, 1.0]], "is not positive definite", id="singular"),
        pytest.param([[0.0, 0.0], [0.0, 0.0]], "is not positive definite", id="zero"),
        pytest.param([[-1.0, 0.0], [0.0, -1.0]], "is not positive definite", id="negative"),
        pytest.param([I2, [[1.0, 2.0], [2.0, 1.0]]], "is not positive definite", id="one of a batch"),
        pytest.param([[math.nan, 0.0], [0.0, 1.0]], "holds NaN", id="NaN"),
        pytest.param([[math.inf, 0.0], [0.0, 1.0]], "holds infinity", id="infinity"),
        pytest.param([1.0, 1.0], r"must have shape \(\.\.\., 2, 2\) to fit the means, not \(2,\)", id="a vector"),
        pytest.param([[1.0, 0.0]], r"must have shape \(\.\.\., 2, 2\) to fit the means, not \(1, 2\)", id="not square"),
        pytest.param([[1.0]], r"must have shape \(\.\.\., 2, 2\) to fit the means, not \(1, 1\)", id="too small"),
    ],
)
def test_covariances_that_are_refused(name, value, message):
    with pytest.raises(ValueError, match=f"{name} {message}"):
        gaussian.kl_divergence(**GOOD | {name: tensor(value)})


@pytest.mark.parametrize("name", ["mean_q", "mean_p"])
@pytest.mark.parametrize(
    "value, message",
    [
        pytest.param([math.nan, 0.0], "{name} holds NaN", id="NaN"),
        pytest.param([-math.inf, 0.0], "{name} holds infinity", id="infinity"),
        pytest.param([0.0], "the number of dimensions does not fit: .*{name} has 1", id="too short"),
        pytest.param([0.0, 0.0, 0.0], "the number of dimensions does not fit: .*{name} has 3", id="too long"),
        pytest.param(0.0, r"{name} must have shape \(\.\.\., k\) with k >= 1, not \(\)", id="a number"),
        pytest.param([], r"{name} must have shape \(\.\.\., k\) with k >= 1, not \(0,\)", id="empty"),
    ],
)
def test_means_that_are_refused(name, value, message):
    message = message.format(name=name)
    with pytest.raises(ValueError, match=message):
        gaussian.kl_divergence(**GOOD | {name: tensor(value)})
    with pytest.raises(ValueError, match=message):
        gaussian.kl_diagonal(**GOOD_DIAGONAL | {name: tensor(value)})


@pytest.mark.parametrize("name", ["var_q", "var_p"])
@pytest.mark.parametrize(
    "value, message",
    [
        pytest.param([1.0, 0.0], "{name} must be positive: it is a variance; its smallest value is 0", id="zero"),
        pytest.param([1.0, -2.0], "{name} must be positive: it is a variance; its smallest value is -2", id="negative"),
        pytest.param([1.0, math.nan], "{name} holds NaN", id="NaN"),
        pytest.param([1.0, math.inf], "{name} holds infinity", id="infinity"),
        pytest.param([1.0], "the number of dimensions does not fit: .*{name} has 1", id="too short"),
    ],
)
def test_variances_that_are_refused(name, value, message):
    with pytest.raises(ValueError, match=message.format(name=name)):
        gaussian.kl_diagonal(**GOOD_DIAGONAL | {name: tensor(value)})


@pytest.mark.parametrize("function", [gaussian.kl_to_standard_normal, gaussian.kl_to_standard_normal_terms])
@pytest.mark.parametrize(
    "mean, log_var, message",
    [
        pytest.param([math.nan], [0.0], "mean holds NaN", id="NaN mean"),
        pytest.param([0.0], [math.nan], "log_var holds NaN", id="NaN log-variance"),
        pytest.param([math.inf], [0.0], "mean holds infinity", id="infinite mean"),
        pytest.param([0.0], [-math.inf], "log_var holds infinity", id="variance zero"),
        pytest.param([0.0, 0.0], [0.0], "dimensions does not fit: mean has 2, log_var has 1", id="lengths"),
        pytest.param(0.0, [0.0], r"mean must have shape \(\.\.\., k\)", id="a number"),
        pytest.param(
            [[0.0]] * 2, [[0.0]] * 3, r"batch\) shapes do not fit: mean has \(2,\), log_var has \(3,\)", id="batches"
        ),
    ],
)
def test_posteriors_that_are_refused(function, mean, log_var, message):
    with pytest.raises(ValueError, match=message):
        function(tensor(mean), tensor(log_var))


def test_batches_that_do_not_broadcast_are_refused():
    two, three = torch.zeros(2, 2, dtype=torch.float64), torch.zeros(3, 2, dtype=torch.float64)
    with pytest.raises(
        ValueError, match=r"batch\) shapes do not fit: mean_q has \(2,\), cov_q has \(\), mean_p has \(3,\)"
    ):
        gaussian.kl_divergence(**GOOD | {"mean_q": two, "mean_p": three})
    with pytest.raises(ValueError, match=r"batch\) shapes do not fit: .*cov_p has \(3,\)"):
        gaussian.kl_divergence(**GOOD | {"mean_q": two, "cov_p": GOOD["cov_p"].expand(3, 2, 2)})
    with pytest.raises(ValueError, match=r"batch\) shapes do not fit: mean_q has \(2,\), var_q has \(3,\)"):
        gaussian.kl_diagonal(**GOOD_DIAGONAL | {"mean_q": two, "var_q": three + 1})
    with pytest.raises(
        ValueError, match=r"batch\) shapes do not fit: mean has \(2,\), log_var has \(2,\), noise has \(3,\)"
    ):
        gaussian.reparameterise(two, two, three)
    with pytest.raises(ValueError, match="dimensions does not fit: mean has 2, log_var has 2, noise has 1"):
        gaussian.reparameterise(two, two, two[:, :1])


# The integral itself, and samples.


@given(seeds, st.integers(1, 2))
def test_the_integral_is_the_closed_form(seed, k):
    generator = seeded(seed)
    q, p = random_gaussian(k, generator, 3), random_gaussian(k, generator)
    assert_close(gaussian.kl_integral(*q, *p), gaussian.kl_divergence(*q, *p))


def test_the_integral_takes_three_dimensions_and_no_more():
    q, p = random_gaussian(3, seeded(1)), random_gaussian(3, seeded(2))
    assert_close(gaussian.kl_integral(*q, *p), gaussian.kl_divergence(*q, *p))
    with pytest.raises(ValueError, match="at most 3"):
        gaussian.kl_integral(*random_gaussian(4, seeded(1)), *random_gaussian(4, seeded(2)))


@given(seeds, dimensions)
def test_log_prob_against_torch(seed, k):
    generator = seeded(seed)
    mean, cov = random_gaussian(k, generator, 3)
    z = torch.randn(3, k, generator=generator, dtype=torch.float64)
    assert_close(gaussian.log_prob(z, mean, cov), MultivariateNormal(mean, cov).log_prob(z))


def test_monte_carlo_is_within_its_error_and_the_error_is_right():
    generator = seeded(5)
    q, p = random_gaussian(2, generator), random_gaussian(2, generator)
    exact = gaussian.kl_divergence(*q, *p)
    runs = [
        gaussian.kl_monte_carlo(*q, *p, torch.randn(400, 2, generator=generator, dtype=torch.float64))
        for _ in range(300)
    ]
    values, errors = torch.stack([run.value for run in runs]), torch.stack([run.error for run in runs])
    # 300 runs: their mean is known to 1/√300 of an error, their spread to about 4 %
    assert abs(values.mean() - exact) < 4 * errors.mean() / math.sqrt(300)
    assert abs(values.std() / errors.mean() - 1) < 0.2
    batched = gaussian.kl_monte_carlo(
        q[0].expand(3, 2), q[1], *p, torch.randn(50, 2, generator=generator, dtype=torch.float64)
    )
    assert batched.value.shape == batched.error.shape == (3,)


def test_integral_and_samples_refuse_what_the_closed_form_refuses():
    mean, cov = random_gaussian(2, seeded(3))
    noise = torch.zeros(4, 2, dtype=torch.float64)
    for call in (gaussian.kl_integral, lambda *gaussians: gaussian.kl_monte_carlo(*gaussians, noise)):
        with pytest.raises(ValueError, match="cov_q is not positive definite"):
            call(mean, -cov, mean, cov)
        with pytest.raises(ValueError, match="mean_p holds NaN"):
            call(mean, cov, mean * math.nan, cov)
    with pytest.raises(ValueError, match="dimensions does not fit"):
        gaussian.kl_monte_carlo(mean, cov, mean, cov, torch.zeros(4, 3, dtype=torch.float64))
