"""The whole choice in spaces with categories, steps and constraints: no proposal violates any of them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loop.assimilation import CategoryBasis, DataAssimilation, PolynomialBasis, ProductBasis, Structure
from loop.policy import choose
from loop.space import Cardinality, Constraint, Forbidden, Space, Variable, condition

KIND = Variable.categorical("kind", ["cast", "annealed", "sputtered"])
AXES = (Variable("a", 0, 1), KIND, Variable("b", 0, 1))
CONSTRAINTS: list[Constraint] = [
    condition("a + b <= 0.8", AXES),
    condition("a + b = 0.6", AXES),
    condition("kind != annealed", AXES),
    Forbidden((condition("kind = sputtered", AXES), condition("a >= 0.3", AXES))),
    Cardinality(("a", "kind", "b"), ("a", "b"), 1),
]


@pytest.fixture(scope="module")
def model() -> DataAssimilation:
    rng = np.random.default_rng(2)
    X = np.column_stack([rng.uniform(size=40), rng.integers(0, 3, 40), rng.uniform(size=40)])
    truth = X[:, 0] - X[:, 2] ** 2 + 0.4 * (X[:, 1] == 1)
    Y = np.column_stack([truth, 0.9 * truth - 0.2]) + rng.normal(0, 0.05, (40, 2))
    Y[:25, 1] = Y[25:, 0] = np.nan
    basis = ProductBasis(
        [PolynomialBasis(2, 2, variables=("a", "b")), CategoryBasis(KIND.values, "kind")], 2, [[0, 2], [1]]
    )
    structure = Structure(("c", "e"), ("calculation", "experiment"), {"e": ["c"]}, {"e": "order<=1"})
    return DataAssimilation(basis, structure, "map").fit(X, Y)


@settings(deadline=None, max_examples=8)
@given(
    step=st.sampled_from([None, 0.05, 0.1]),
    constraints=st.lists(st.sampled_from(CONSTRAINTS), unique=True, max_size=3),
    rules=st.sampled_from([("ucb", "max_uncertainty"), ("greedy", "alternating"), (None, None)]),
)
def test_no_proposal_violates_what_was_written(
    model: DataAssimilation, step: float | None, constraints: list[Constraint], rules: tuple[str | None, str | None]
) -> None:
    a, b = (Variable(name, 0, 1, step) for name in "ab")
    space = Space((a, KIND, b), None, tuple(constraints))
    found = choose(
        model, space, n_experiments=2, n_calculations=2, experiment_rule=rules[0], calculation_rule=rules[1],
        rng=np.random.default_rng(0),
    )  # fmt: skip
    assert found
    assert {each.x[1] for each in found} <= {0.0, 1.0, 2.0}
    for each in found:
        space.check(each.x)


def test_the_better_category_is_chosen(model: DataAssimilation) -> None:
    space = Space((Variable("a", 0, 1), KIND, Variable("b", 0, 1)))
    (best,) = choose(model, space, n_calculations=0, experiment_rule="greedy", rng=np.random.default_rng(0))
    assert space.written(best.x)["kind"] == "annealed"
    (rest,) = choose(
        model, Space(space.variables, None, (CONSTRAINTS[2],)), n_calculations=0, experiment_rule="greedy",
        rng=np.random.default_rng(0),
    )  # fmt: skip
    assert rest.reason.mean < best.reason.mean
