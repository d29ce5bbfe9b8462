"""The whole choice in spaces with categories, steps and constraints: no proposal violates any of them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loop.assimilation import CategoryBasis, DataAssimilation, PolynomialBasis, ProductBasis, Structure
from loop.errors import DataError
from loop.policy import Constraint as OutcomeConstraint
from loop.policy import FittedBelief, Objective, Proposal, choose
from loop.policy.expected_improvement import ExpectedImprovement
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


PLAIN = Space(AXES, None, CONSTRAINTS[:1])


def _chosen(model: DataAssimilation, space: Space, **options: Any) -> list[Proposal]:
    return choose(model, space, n_calculations=0, rng=np.random.default_rng(0), **options)


@pytest.mark.parametrize("rule", ["greedy", "expected_improvement", "ucb", None])
def test_polished_points_are_allowed_and_different(model: DataAssimilation, rule: str | None) -> None:
    found = choose(
        model, PLAIN, n_experiments=3, n_calculations=3, experiment_rule=rule, rng=np.random.default_rng(0), polish=True
    )
    assert len({(each.x, each.source) for each in found}) == 6
    for each in found:
        PLAIN.check(each.x)


def test_polishing_finds_the_optimum_of_the_prediction(model: DataAssimilation) -> None:
    (rough,), (fine,) = (_chosen(model, PLAIN, experiment_rule="greedy", polish=polish) for polish in (False, True))
    a, b = np.meshgrid(np.linspace(0, 0.8, 401), np.linspace(0, 0.8, 401))
    dense = np.column_stack([a.ravel(), np.full(a.size, fine.x[1]), b.ravel()])
    dense = dense[dense[:, 0] + dense[:, 2] <= 0.8]
    assert fine.reason.mean >= rough.reason.mean
    assert fine.reason.mean == pytest.approx(model.predict(dense, target="e").max(), abs=1e-4)


def test_polishing_keeps_away_from_what_is_running(model: DataAssimilation) -> None:
    (first,) = _chosen(model, PLAIN, experiment_rule="greedy", polish=True)
    (second,) = _chosen(model, PLAIN, experiment_rule="greedy", polish=True, pending=[first])
    assert np.abs(np.subtract(first.x, second.x)).max() > 1e-3


def test_polishing_satisfies_constraints_on_outcomes(model: DataAssimilation) -> None:
    sought = Objective("e", constraints=(OutcomeConstraint("c", high=0.3, confidence=0.7),))
    found = _chosen(model, PLAIN, n_experiments=3, objective=sought, experiment_rule="greedy", polish=True)
    points = np.array([each.x for each in found])
    (free,) = _chosen(model, PLAIN, experiment_rule="greedy", polish=True)
    assert sought.constraints[0].probability(FittedBelief(model), np.array([free.x]))[0] < 0.7
    assert (sought.constraints[0].probability(FittedBelief(model), points) >= 0.7 - 1e-12).all()


def test_polishing_counts_the_cost_of_the_point(model: DataAssimilation) -> None:
    """The quotient at the polished point is the greatest over a dense grid of its category."""

    def cost(X: np.ndarray) -> np.ndarray:
        return np.asarray(0.2 + 3 * X[:, 0])

    (found,) = _chosen(
        model, PLAIN, experiment_rule="expected_improvement", costs={"experiment": cost}, per_cost=True, polish=True
    )
    assert found.cost == pytest.approx(cost(np.array([found.x]))[0])
    a, b = np.meshgrid(np.linspace(0, 0.8, 81), np.linspace(0, 0.8, 81))
    dense = np.column_stack([a.ravel(), np.full(a.size, found.x[1]), b.ravel()])
    X = np.vstack([found.x, dense[dense[:, 0] + dense[:, 2] <= 0.8]])
    belief = FittedBelief(model, Objective("e")).priced(cost)
    values = ExpectedImprovement().surface(belief, X, target="e", sign=1.0, rng=np.random.default_rng(0))(X)
    assert values[0] >= values.max() - 1e-3


def test_arrays_are_not_polished(model: DataAssimilation) -> None:
    with pytest.raises(DataError, match=r"polish = True: expected a Space"):
        choose(model, np.zeros((3, 3)), rng=np.random.default_rng(0), polish=True)
