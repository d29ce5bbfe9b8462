import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loop.assimilation import PolynomialBasis, SineBasis, Statistics
from loop.errors import DataError


def table(seed, n, q=2, missing=0.4):
    rng = np.random.default_rng(seed)
    Y = rng.normal(size=(n, q))
    Y[rng.random((n, q)) < missing] = np.nan
    return rng.random((n, 1)), Y


def grams(statistics):
    return {pattern.key: pattern.factor.T @ pattern.factor for pattern in statistics.patterns}


def naive(basis, X, Y):
    """Σ z zᵀ per set of observed targets, row by row."""
    found = {}
    for phi, y in zip(basis.design(X), Y, strict=True):
        seen = tuple(np.isfinite(y).tolist())
        if any(seen):
            z = np.r_[phi, np.nan_to_num(y)]
            found[seen] = found.get(seen, 0.0) + np.outer(z, z)
    return found


@pytest.mark.parametrize("n", [1, 3, 40, 9000])
def test_factors_hold_the_gram_matrix_of_every_pattern(n):
    basis = PolynomialBasis(1, 3)
    X, Y = table(0, n)
    mine, theirs = grams(Statistics.of(basis, 2, X, Y)), naive(basis, X, Y)
    assert {key.observed for key in mine} == set(theirs)
    for key, gram in mine.items():
        assert np.allclose(gram, theirs[key.observed], rtol=1e-10, atol=1e-10 * n)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6), st.integers(2, 60), st.data())
def test_statistics_add_in_any_order(seed, n, data):
    basis = PolynomialBasis(1, 2)
    X, Y = table(seed, n)
    order = np.array(data.draw(st.permutations(range(n))))
    cut = data.draw(st.integers(0, n))
    parts = [Statistics.of(basis, 2, X[rows], Y[rows]) for rows in (order[:cut], order[cut:])]
    merged, whole = grams(parts[1] + parts[0]), grams(Statistics.of(basis, 2, X, Y))
    assert merged.keys() == whole.keys()
    assert all(np.allclose(merged[key], whole[key], atol=1e-11 * n) for key in whole)


def test_arrays_rebuild_bit_for_bit():
    X, Y = table(3, 50, q=3)
    labels = np.where(np.arange(50) % 2, "Tsukuba", "Nara")
    one = Statistics.of(PolynomialBasis(1, 2), 3, X, Y, Y_std=0.1, noise_class=labels, weights=np.linspace(1, 2, 50))
    two = Statistics.from_arrays(one.to_arrays())
    assert one.count == two.count
    for a, b in zip(one.patterns, two.patterns, strict=True):
        assert (a.key, a.count, a.log_weight) == (b.key, b.count, b.log_weight)
        assert np.array_equal(a.added, b.added)
        assert np.array_equal(a.factor, b.factor)
    empty = Statistics(3, 2)
    assert Statistics.from_arrays(empty.to_arrays()).patterns == ()


def test_size_does_not_grow_with_rows():
    X, Y = table(4, 20000, q=2)
    arrays = Statistics.of(SineBasis(1, 5), 2, X, Y).to_arrays()
    assert arrays["factor"].shape == (3, 7, 7)


@pytest.mark.parametrize("n", [500, 20000])
@pytest.mark.parametrize(("offset", "noise"), [(0.0, 1e-7), (1e6, 1e-2)])
def test_small_residuals_survive_where_a_raw_gram_matrix_cancels(n, offset, noise):
    """method.md, 2: noise/signal 1e-7 made the variance of a raw Gram matrix 47 % high."""
    basis, rng = PolynomialBasis(1, 3), np.random.default_rng(0)
    X = rng.random((n, 1))
    design = basis.design(X)
    Y = offset + design @ np.array([[1.0], [0.7], [-0.4], [0.3]]) + noise * rng.normal(size=(n, 1))
    factor = Statistics.of(basis, 1, X, Y).patterns[0].factor
    exact = np.linalg.lstsq(design, Y - offset, rcond=None)[1][0]
    residual = np.sum((factor[:, 4] - factor[:, :4] @ np.linalg.lstsq(factor[:, :4], factor[:, 4])[0]) ** 2)
    assert residual == pytest.approx(exact, rel=1e-3 if offset else 1e-6)


def test_dependent_columns_and_repeated_rows_are_held_exactly():
    basis = PolynomialBasis(1, 3)
    X = np.repeat([[0.2], [0.8]], 5000, axis=0)
    Y = np.where(X < 0.5, 1.0, 2.0)
    gram = Statistics.of(basis, 1, X, Y).patterns[0]
    design = np.c_[basis.design(X), Y]
    assert np.allclose(gram.factor.T @ gram.factor, design.T @ design, atol=1e-7)


def test_weights_scale_rows():
    basis = PolynomialBasis(1, 1)
    X, Y = table(7, 12, missing=0.0)
    twice = Statistics.of(basis, 2, np.r_[X, X], np.r_[Y, Y]).patterns[0].factor
    weighted = Statistics.of(basis, 2, X, Y, weights=np.full(12, 2.0)).patterns[0]
    assert np.allclose(twice.T @ twice, weighted.factor.T @ weighted.factor)
    assert weighted.log_weight == pytest.approx(12 * np.log(2.0))


def test_known_uncertainties_pool_when_they_agree_and_else_stand_alone():
    basis = PolynomialBasis(1, 1)
    X, Y = table(8, 9, q=1, missing=0.0)
    std = np.repeat([0.1, 0.2, 0.4], 3)[:, None]
    patterns = Statistics.of(basis, 1, X, Y, Y_std=std).patterns
    assert sorted(p.added[0] / p.count for p in patterns) == pytest.approx([0.01, 0.04, 0.16])
    classed = Statistics.of(basis, 1, X, Y, Y_std=std, noise_class=np.full(9, "x")).patterns
    assert len(classed) == 1
    assert classed[0].added[0] / 9 == pytest.approx(np.mean(std**2))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"Y": np.zeros((3, 3))}, "expected"),
        ({"Y": np.full((3, 2), np.inf)}, "infinite"),
        ({"Y_std": np.full((3, 2), -1.0)}, "non-negative"),
        ({"Y_std": np.full((3, 2), np.nan)}, "non-negative"),
        ({"noise_class": ["a"]}, "noise_class"),
        ({"weights": np.zeros(3)}, "positive"),
    ],
)
def test_unusable_rows_are_refused(arguments, message):
    given_rows = {"Y": np.zeros((3, 2)), **arguments}
    with pytest.raises(DataError, match=message):
        Statistics.of(PolynomialBasis(1, 1), 2, np.zeros((3, 1)), **given_rows)


def test_statistics_of_different_sizes_do_not_add():
    with pytest.raises(DataError, match="cannot be merged"):
        Statistics(3, 2) + Statistics(4, 2)
