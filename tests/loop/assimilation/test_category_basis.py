"""Categories in the model: contrasts that treat all categories alike."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from loop.assimilation import CategoryBasis, DataAssimilation, PolynomialBasis, ProductBasis, SineBasis, Structure
from loop.errors import CampaignError, DataError

VALUES = ("as cast", "annealed", "sputtered")
NAN = float("nan")


@given(n=st.integers(2, 8))
def test_the_functions_are_orthonormal_over_the_categories(n: int) -> None:
    design = CategoryBasis([f"c{k}" for k in range(n)]).design(np.arange(n)[:, None])
    assert design.T @ design / n == pytest.approx(np.eye(n), abs=1e-12)


@given(n=st.integers(2, 8))
def test_equal_prior_variances_make_all_categories_alike(n: int) -> None:
    """The prior covariance of the effects is that of centred one-hot columns, scaled by the root of n."""
    contrasts = CategoryBasis([f"c{k}" for k in range(n)]).design(np.arange(n)[:, None])[:, 1:]
    centred = np.sqrt(n) * (np.eye(n) - 1.0 / n)
    assert contrasts @ contrasts.T == pytest.approx(centred @ centred.T, abs=1e-12)


def test_a_contrast_is_named_by_its_category() -> None:
    basis = CategoryBasis(VALUES, "treatment")
    assert basis.names == ("1", "treatment[annealed]", "treatment[sputtered]")
    assert basis.orders == (0, 1, 1)
    with pytest.raises(DataError, match=r"treatment = 0\.5, expected the position of one of as cast"):
        basis.design([[0.5]])
    with pytest.raises(CampaignError, match="at least two different"):
        CategoryBasis(["one"])


def test_products_take_their_own_descriptors() -> None:
    polynomial, category = PolynomialBasis(2, 2, variables=("a", "b")), CategoryBasis(VALUES, "t")
    basis = ProductBasis([polynomial, category], 2, [[0, 2], [1]])
    X = np.array([[0.1, 2.0, 0.7], [0.9, 0.0, 0.2]])
    apart = dict(zip(polynomial.names, polynomial.design(X[:, [0, 2]]).T, strict=True))
    jumps = dict(zip(category.names, category.design(X[:, [1]]).T, strict=True))
    for name, column in zip(basis.names, basis.design(X).T, strict=True):
        parts = [part for part in name.split("*") if part in jumps and part != "1"]
        rest = "*".join(part for part in name.split("*") if part not in parts) or "1"
        assert column == pytest.approx(apart[rest] * (jumps[parts[0]] if parts else 1.0))
    assert set(basis.names) >= {"1", "a", "b^2", "a*t[annealed]", "t[sputtered]"}
    assert "a*b*t[annealed]" not in basis.names
    with pytest.raises(CampaignError, match="expected each of 0 … 2 in one factor"):
        ProductBasis([polynomial, category], 2, [[0, 1], [1]])


@pytest.mark.parametrize("order", [(0, 2, 1), (2, 0, 1), (2, 1, 0)])
def test_the_order_of_the_categories_changes_no_prediction(order: tuple[int, ...]) -> None:
    rng = np.random.default_rng(1)
    x, kind = rng.uniform(0, 1, 40), rng.integers(0, 3, 40)
    y = np.sin(3 * x) + np.array([0.0, 0.8, -0.5])[kind] * (1 + x) + rng.normal(0, 0.05, 40)
    where = np.argsort(order)

    def predicted(positions: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        inner = PolynomialBasis(1, 2, variables=("x",))
        basis = ProductBasis(
            [inner, CategoryBasis([VALUES[k] for k in (order if positions is where else range(3))], "t")], 2
        )
        structure = Structure(targets=("y",), parents={}, active={})
        model = DataAssimilation(basis, structure, "map").fit(np.column_stack([x, positions[kind]]), y[:, None])
        grid = np.column_stack([np.repeat([0.1, 0.6], 3), np.tile(positions, 2)])
        mean, deviation = model.predict(grid, return_std=True)
        return np.asarray(mean), np.asarray(deviation)

    mean, deviation = predicted(where)
    expected_mean, expected_deviation = predicted(np.arange(3))
    assert mean == pytest.approx(expected_mean, abs=1e-4)
    assert deviation == pytest.approx(expected_deviation, rel=1e-3)


def test_an_experiment_on_one_treatment_learns_the_jump_from_few_values() -> None:
    """Calculations know nothing of the treatment; the discrepancy does."""
    rng = np.random.default_rng(0)
    basis = ProductBasis([SineBasis(1, 3), CategoryBasis(("cast", "annealed"), "t")])
    structure = Structure(targets=("calc", "expt"), parents={"expt": ("calc",)}, active={"expt": ("1", "t[annealed]")})
    x_c, x_e = rng.uniform(0, 1, 30), rng.uniform(0, 0.5, 10)
    kind = np.arange(10) % 2

    def truth(x: np.ndarray) -> np.ndarray:
        return np.asarray(2 + np.sin(2 * np.pi * x) + 0.5 * np.sin(4 * np.pi * x))

    X = np.vstack([np.column_stack([x_c, np.arange(30) % 2]), np.column_stack([x_e, kind])])
    Y = np.full((40, 2), NAN)
    Y[:30, 0] = truth(x_c) + rng.normal(0, 0.02, 30)
    Y[30:, 1] = truth(x_e) - 0.7 + 1.2 * kind + rng.normal(0, 0.05, 10)
    model = DataAssimilation(basis, structure).fit(X, Y)
    mean, deviation = model.predict([[0.8, 0], [0.8, 1]], target="expt", return_std=True)
    wanted = truth(np.array([0.8])) - 0.7 + np.array([0.0, 1.2])
    assert (np.abs(mean - wanted) < 4 * deviation).all()
    assert mean[1] - mean[0] == pytest.approx(1.2, abs=0.2)
