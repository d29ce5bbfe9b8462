"""Rows that observe combinations of targets, and offsets, against one dense Gaussian over all values."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loop.assimilation import DataAssimilation, OffsetBasis, Offsets, PolynomialBasis, Statistics, Structure
from loop.assimilation.conditional import condition
from loop.assimilation.gradient import value_and_slope
from loop.assimilation.prior import Prior
from loop.assimilation.problem import prepare
from loop.assimilation.scaling import Scaling
from loop.errors import DataError

BASIS = PolynomialBasis(1, 2)
STRUCTURE = Structure(("c", "e", "t"), parents={"e": ("c",)}, active={"e": ("1",)}, quantities=("m", "m", "t"))
CENTRE, UNIT = np.array([1.0, 2.0, 5.0]), np.array([0.5, 0.5, 3.0])
GROUPS = (Offsets("e", ("A", "B"), 0.3), Offsets("e", ("s",), 0.7, 0.0))
THETA = np.array([0.8, -1.2, -1.5, -2.0, 0.3, -0.9, 0.2])
"""C, log s of c, e and t, log g of c, log λ of A and B, log g of t."""


def case(seed, tall=6):
    """Linear rows, one target each, and combinations with their offsets."""
    rng = np.random.default_rng(seed)
    X, Z = rng.random((3 * tall, 1)), rng.random((7, 1))
    Y = np.full((3 * tall, 3), np.nan)
    Y[np.arange(3 * tall), np.repeat(np.arange(3), tall)] = rng.normal(size=3 * tall) * 0.3 + np.repeat(CENTRE, tall)
    h = rng.normal(size=(7, 3)) * [0, 1, 0.2]
    values, std = rng.normal(size=7), rng.choice([0.05, 0.2], 7)
    beside = [rng.integers(0, 2, (n, 3)).astype(float) for n in (3 * tall, 7)]
    return X, Y, beside[0], Z, values, h, std, beside[1]


def prepared(basis, structure, statistics):
    scaling = Scaling.of(statistics, structure, basis.constant, CENTRE, UNIT)
    return prepare(statistics, basis, structure, scaling, Prior())


def of_case(X, Y, beside, Z, values, h, std, other):
    basis = OffsetBasis(BASIS, GROUPS)
    rows = Statistics.of(basis, 3, X, Y, offsets=beside)
    rows = rows + Statistics.of_combinations(basis, Z, values, h, std, other)
    return basis, basis.structure(STRUCTURE), rows


def dense(X, Y, beside, Z, values, h, std, other):
    """Log density of all values, and posterior of the curve of e at 0.3, every row written out."""
    C, s = THETA[0], np.exp(THETA[1:4])
    g, spread, gt = np.exp(THETA[[4, 5, 6]])
    lift = np.array([[1, 0, 0], [C, 1, 0], [0, 0, 1]])
    covariance = lift @ np.diag(s**2) @ lift.T
    # own coefficients: three of c, of e its constant, A, B and s, three of t
    variances = np.r_[4, g**2, g**2, 9, spread**2, spread**2, 0.49, 4, gt**2, gt**2]

    def own(x, extra):
        phi = BASIS.design(np.array([x]))[0]
        D = np.zeros((3, 10))
        D[0, :3], D[1, 3], D[1, 4:7], D[2, 7:] = phi, 1.0, extra, phi
        return lift @ D

    D, y, noise = [], [], []
    for x, row, extra in zip(X, (Y - CENTRE) / UNIT, beside, strict=True):
        j = int(np.flatnonzero(np.isfinite(row))[0])
        D.append(own(x, extra)[j])
        y.append(row[j])
        noise.append(covariance[j, j])
    unit = [UNIT[np.flatnonzero(np.isfinite(row))[0]] for row in Y]
    for x, value, k, sd, extra in zip(Z, values, h, std, other, strict=True):
        scaled = k * UNIT
        D.append(scaled @ own(x, extra))
        y.append(value - k @ CENTRE)
        noise.append(scaled @ covariance @ scaled + sd**2)
    D, y = np.array(D), np.array(y)
    K = D @ np.diag(variances) @ D.T + np.diag(noise)
    solved = np.linalg.solve(K, y)
    log_density = -0.5 * y @ solved - 0.5 * np.linalg.slogdet(2 * np.pi * K)[1] - np.log(unit).sum()
    at = UNIT[1] * own(np.array([0.3]), np.zeros(3))[1]
    gain = np.diag(variances) @ D.T
    mean = CENTRE[1] + at @ gain @ solved
    return log_density, mean, at @ (np.diag(variances) - gain @ np.linalg.solve(K, gain.T)) @ at


@pytest.mark.parametrize(("seed", "tall"), [(0, 2), (1, 6), (2, 40)])
def test_equal_to_one_dense_gaussian(seed, tall):
    rows = case(seed, tall)
    basis, structure, statistics = of_case(*rows)
    problem = prepared(basis, structure, statistics)
    state = condition(problem, THETA[None])
    log_density, mean, variance = dense(*rows)
    assert state.log_likelihood[0] == pytest.approx(log_density, rel=1e-9)
    phi = BASIS.design([[0.3]])[0]
    b = np.concatenate([THETA[0] * phi, [1.0], np.zeros(3), np.zeros(3)])
    assert 2.0 + 0.5 * b @ state.mean[0] == pytest.approx(mean, rel=1e-9)
    root = 0.5 * np.linalg.solve(state.factor[0], b)
    assert root @ root == pytest.approx(variance, rel=1e-8)


@settings(deadline=None, max_examples=15)
@given(seed=st.integers(0, 1000))
def test_gradient_agrees_with_differences(seed):
    rng = np.random.default_rng(seed)
    problem = prepared(*of_case(*case(seed)))
    theta = THETA + 0.3 * rng.normal(size=len(THETA))
    slope = value_and_slope(problem, theta)[1]
    for i, row in enumerate(np.eye(len(theta))):
        up, down = (value_and_slope(problem, theta + sign * 1e-5 * row)[0] for sign in (1, -1))
        assert slope[i] == pytest.approx((up - down) / 2e-5, rel=1e-4, abs=1e-4)


def test_a_combination_of_one_target_is_that_target():
    X, Y, beside, *_ = case(3)
    basis = OffsetBasis(BASIS, GROUPS)
    structure = basis.structure(STRUCTURE)
    whole = Statistics.of(basis, 3, X, Y, offsets=beside)
    own = np.isfinite(Y[:, 1])
    apart = Statistics.of(basis, 3, X[~own], Y[~own], offsets=beside[~own]) + Statistics.of_combinations(
        basis, X[own], 2.0 * Y[own, 1], np.tile([0.0, 2.0, 0.0], (own.sum(), 1)), np.zeros(own.sum()), beside[own]
    )
    values = [condition(prepared(basis, structure, s), THETA[None]) for s in (whole, apart)]
    # the same rows in half the unit: each density is half as high
    assert values[0].log_likelihood[0] - own.sum() * np.log(2) == pytest.approx(values[1].log_likelihood[0], rel=1e-10)
    np.testing.assert_allclose(values[0].mean, values[1].mean, atol=1e-10)


def test_statistics_with_combinations_round_trip_and_add():
    basis, _, statistics = of_case(*case(4))
    again = Statistics.from_arrays(statistics.to_arrays())
    assert [p.key for p in again.patterns] == [p.key for p in statistics.patterns]
    np.testing.assert_array_equal(again.patterns[0].factor, statistics.patterns[0].factor)
    assert (statistics + again).count == 2 * statistics.count
    assert "operator" not in Statistics.of(basis, 3, [[0.1]], [[1.0, 2.0, 3.0]]).to_arrays()


def test_offsets_shrink_to_none_at_points_and_are_learned_from_rows():
    rng = np.random.default_rng(5)
    X, members = rng.random((60, 1)), rng.integers(0, 6, 60)
    truth = np.array([0.5, -0.4, 0.3, 0.0, -0.6, 0.4])
    Y = 1.0 + 2.0 * X + truth[members][:, None] + 0.05 * rng.normal(size=(60, 1))
    basis = OffsetBasis(PolynomialBasis(1, 1), [Offsets("y", tuple("abcdef"))])
    structure = basis.structure(Structure(("y",)))
    statistics = Statistics.of(basis, 1, X, Y, offsets=np.eye(6)[members])
    model = DataAssimilation(basis, structure).fit_statistics(statistics)
    found = model.coef_[0, -6:]
    np.testing.assert_allclose(found - found.mean(), truth - truth.mean(), atol=0.06)
    plain = DataAssimilation(PolynomialBasis(1, 1), Structure(("y",))).fit(X, Y)
    assert model.log_evidence_ > plain.log_evidence_ + 20
    # what is said of a point counts that its laboratories are a sample of all
    assert model.predict([[0.5]], return_std=True)[1] > 2 * plain.predict([[0.5]], return_std=True)[1]


def test_joint_draws_and_moments_of_several_targets_agree():
    basis, structure, statistics = of_case(*case(6))
    model = DataAssimilation(basis, structure, centre=CENTRE, scale=UNIT).fit_statistics(statistics)
    posterior = model.posterior
    mean, covariance = posterior.joint(("e", "c"))
    draws = posterior.draw_jointly(40_000, ("e", "c"), np.random.default_rng(0))
    np.testing.assert_allclose(
        draws.mean(axis=1), mean, atol=0.02 * np.sqrt(covariance.reshape(12, 12).diagonal()).max()
    )
    sampled = np.cov(draws.swapaxes(0, 1).reshape(40_000, 12).T)
    np.testing.assert_allclose(sampled, covariance.reshape(12, 12), atol=0.05 * sampled.diagonal().max())
    for target in ("e", "c"):
        own = posterior.collapsed(target)
        block = posterior.joint((target,))[1][0, :, 0]
        np.testing.assert_allclose(own.root.T @ own.root, block, atol=1e-10)
    assert posterior.noise_covariance(("e",))[0, 0] == pytest.approx(posterior.weights @ posterior.noise("e"))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"values": [np.nan]}, "finite values"),
        ({"std": [-1.0]}, "uncertainties from 0 up"),
        ({"operator": [[1.0, np.inf, 0.0]]}, "finite operators"),
        ({"values": [1.0, 2.0]}, "expected 1 rows of each"),
        ({"offsets": [[np.nan]]}, "offsets have shape"),
    ],
)
def test_bad_combinations_are_named(change, words):
    arguments = {"X": [[0.5]], "values": [1.0], "operator": [[1.0, 2.0, 0.0]], "std": [0.1]} | change
    with pytest.raises(DataError, match=words):
        Statistics.of_combinations(BASIS, **arguments)


def test_a_combination_of_nothing_tells_nothing():
    assert Statistics.of_combinations(BASIS, [[0.5]], [1.0], [[0.0, 0.0]], [0.1]).count == 0
