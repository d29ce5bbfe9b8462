"""Powers about a parent compound."""

from __future__ import annotations

import numpy as np
import pytest

from loop.assimilation import DataAssimilation, Structure, SubstitutionBasis


def test_functions_are_products_of_powers() -> None:
    basis = SubstitutionBasis(3, 3, [[0, 1], [0, 2], [1, 3]], ["a", "d", "z"], weak=[0], weight=0.25)
    assert set(basis.names) == {
        *("1", "a", "d", "z", "a*d", "a*z", "d^2", "d*z", "z^2"),
        *("d^3", "d^2*z", "d*z^2", "z^3"),
    }
    X = np.random.default_rng(0).uniform(size=(7, 3)) * [1, 2, 2] + [0, 0, 1]
    a, d, z = X[:, 0], X[:, 1] / 2, (X[:, 2] - 1) / 2
    found = dict(zip(basis.names, basis.columns(X), strict=True))
    assert found["1"] == pytest.approx(np.ones(7))
    assert found["a"] == pytest.approx(0.25 * a)
    assert found["a*z"] == pytest.approx(0.25 * 0.25 * a * z), "a product is smaller than the weak one itself"
    assert found["d^2*z"] == pytest.approx(d**2 * z)
    orders = dict(zip(basis.names, basis.orders, strict=True))
    assert (orders["1"], orders["a*d"], orders["z^3"]) == (0, 2, 3)


def test_a_substitution_never_made_is_expected_to_change_nothing() -> None:
    """An offset that was seen only where the second share is zero says nothing of its slope."""
    rng = np.random.default_rng(1)
    x = rng.uniform(size=30)
    X = np.stack([x, np.zeros(30)], axis=1)
    y = 40.0 - 5.0 * x + 0.1 * rng.normal(size=30)
    model = DataAssimilation(
        SubstitutionBasis(2, 2, weak=[1]), Structure(("y",)), estimator="map", centre=0.0, scale=3.0
    )
    model.fit(X, y[:, None])
    mean, deviation = model.predict([[0.5, 0.0], [0.5, 1.0]], return_std=True)
    assert mean[1] == pytest.approx(mean[0], abs=1e-6)
    assert deviation[1] > 3 * deviation[0]
