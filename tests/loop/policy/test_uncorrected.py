"""``uncorrected`` ranks by the calculation alone."""

from __future__ import annotations

import numpy as np
import pytest

from loop.assimilation import DataAssimilation, PolynomialBasis, Structure
from loop.errors import DataError
from loop.policy import FittedBelief, Objective, rule_named

X = np.linspace(0.0, 1.0, 9)[:, None]


def fitted(calculated: np.ndarray, measured: np.ndarray, sources: tuple[str, ...] = ("calculation", "experiment")):
    structure = Structure(targets=("c", "e"), sources=sources)
    model = DataAssimilation(PolynomialBasis(1, 2, np.array([[0.0, 1.0]]), ("x",)), structure, estimator="map")
    rng = np.random.default_rng(0)
    Y = np.column_stack([calculated, measured]) + rng.normal(0.0, 1e-3, (9, 2))
    return model.fit(X, Y)


@pytest.mark.parametrize(
    ("objective", "order"),
    [
        (Objective("e"), lambda y: -y),
        (Objective("e", "minimize"), lambda y: y),
        (Objective("e", "hit", 0.6), lambda y: np.abs(y - 0.6)),
    ],
)
def test_the_order_is_that_of_the_calculated_values(objective: Objective, order) -> None:
    calculated = X[:, 0] ** 2 - 0.3 * X[:, 0]
    belief = FittedBelief(fitted(calculated, -5.0 * X[:, 0]), objective)
    picks = rule_named("uncorrected")(belief, X, 9, target="e", sign=objective.sign, rng=np.random.default_rng(0))
    mean = belief.mean(X, "c")
    assert np.allclose(mean, calculated, atol=0.01)
    assert [pick.index for pick in picks] == np.argsort(order(mean), kind="stable").tolist()


def test_without_calculations_it_says_so() -> None:
    belief = FittedBelief(fitted(X[:, 0], X[:, 0], ("experiment", "experiment")), Objective("e"))
    with pytest.raises(DataError, match="needs a calculated target"):
        rule_named("uncorrected")(belief, X, 1, target="e", sign=1.0, rng=np.random.default_rng(0))
