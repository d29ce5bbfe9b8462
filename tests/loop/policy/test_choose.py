"""The whole choice on fitted models, against dense linear algebra."""

from __future__ import annotations

import math
import re
from typing import Any

import numpy as np
import pytest

from loop.assimilation import DataAssimilation, PolynomialBasis, Structure
from loop.errors import DataError, DoukaError, PluginError
from loop.policy import DEFAULT_PAIR, FittedBelief, Objective, choose
from loop.policy.covariances import MANY
from loop.records import Source


class Dense:
    """Component covariances of a posterior as plain matrices; conditioning by the Kalman update of each."""

    def __init__(self, model: DataAssimilation) -> None:
        self.posterior = model.posterior
        factor = self.posterior.factor
        self.covariances = np.linalg.inv(factor @ factor.swapaxes(1, 2))

    def deviation(self, X: np.ndarray, target: str) -> np.ndarray:
        """Law of total variance over the components."""
        unit = self.posterior.scaling.unit[self.posterior.structure.index(target)]
        h = self.posterior.rows(X, target)
        within = np.einsum("knp,kpq,knq->kn", h, self.covariances, h) * unit**2
        means, weights = self.posterior.mean(X, target), self.posterior.weights
        centre = weights @ means
        return np.sqrt(weights @ (within + (means - centre) ** 2))

    def observe(self, x: np.ndarray, target: str) -> None:
        t = self.posterior.structure.index(target)
        noise = self.posterior.noise(target) / self.posterior.scaling.unit[t] ** 2
        for k, h in enumerate(self.posterior.rows(x[None, :], target)[:, 0]):
            gain = self.covariances[k] @ h / (h @ self.covariances[k] @ h + noise[k])
            self.covariances[k] -= np.outer(gain, h @ self.covariances[k])


def _choose(model: DataAssimilation, X: Any, **options: Any) -> list[Any]:
    return choose(model, X, rng=np.random.default_rng(0), **options)


@pytest.mark.parametrize("kind", ["model", "mixture"])
def test_max_uncertainty_is_sequential_dense_conditioning(
    kind: str, points: np.ndarray, request: pytest.FixtureRequest
) -> None:
    model = request.getfixturevalue(kind)
    dense, taken = Dense(model), []
    for _ in range(5):
        score = dense.deviation(points, "c")
        score[taken] = -np.inf
        taken.append(int(np.argmax(score)))
        dense.observe(points[taken[-1]], "c")
    found = _choose(model, points, n_experiments=0, n_calculations=5, calculation_rule="max_uncertainty")
    assert [proposal.index for proposal in found] == taken


@pytest.mark.parametrize("kind", ["model", "mixture"])
def test_ucb_is_sequential_dense_conditioning(kind: str, points: np.ndarray, request: pytest.FixtureRequest) -> None:
    model = request.getfixturevalue(kind)
    dense, taken = Dense(model), []
    mean = model.predict(points, "e")
    for _ in range(4):
        score = mean + 2 * dense.deviation(points, "e")
        score[taken] = -np.inf
        taken.append(int(np.argmax(score)))
        dense.observe(points[taken[-1]], "e")
    found = _choose(model, points, n_experiments=4, n_calculations=0, experiment_rule="ucb")
    assert [proposal.index for proposal in found] == taken


def test_belief_is_the_prediction(mixture: DataAssimilation, points: np.ndarray) -> None:
    belief = FittedBelief(mixture)
    mean, deviation = mixture.predict(points, "e", return_std=True)
    assert belief.mean(points, "e") == pytest.approx(mean, rel=1e-10)
    assert belief.deviation(points, "e") == pytest.approx(deviation, rel=1e-10)
    assert belief.deviation(points, "c") == pytest.approx(Dense(mixture).deviation(points, "c"), rel=1e-6)


def test_pending_counts_as_done(mixture: DataAssimilation, points: np.ndarray) -> None:
    dense = Dense(mixture)
    pending = [(points[2].tolist(), "c"), (points[5].tolist(), "e")]
    for x, target in pending:
        dense.observe(np.array(x), target)
    (found,) = _choose(
        mixture, points, n_experiments=0, n_calculations=1, pending=pending, calculation_rule="max_uncertainty"
    )
    assert found.index == int(np.argmax(dense.deviation(points, "c")))
    assert found.reason.deviation == pytest.approx(dense.deviation(points, "c").max(), rel=1e-6)


def test_data_without_values_leave_the_means_alone(mixture: DataAssimilation, points: np.ndarray) -> None:
    belief = FittedBelief(mixture)
    after = belief.conditioned(points[:3], "c")
    assert np.array_equal(after.mean(points, "e"), belief.mean(points, "e"))
    assert (after.deviation(points, "e") <= belief.deviation(points, "e") + 1e-12).all()
    assert (after.deviation(points[:3], "c") < belief.deviation(points[:3], "c")).all()


def test_very_many_at_once_are_the_same_as_one_after_the_other(mixture: DataAssimilation, points: np.ndarray) -> None:
    many = np.random.default_rng(3).random((MANY + 50, points.shape[1]))
    one_by_one = FittedBelief(mixture)
    for point in many:
        one_by_one = one_by_one.conditioned(point[None], "c")
    at_once = FittedBelief(mixture).conditioned(many, "c")
    for target in ("c", "e"):
        expected = one_by_one.deviation(points, target)
        assert at_once.deviation(points, target) == pytest.approx(expected, rel=1e-6)
        assert (expected < FittedBelief(mixture).deviation(points, target)).all()


def test_none_means_the_recommended_pair(mixture: DataAssimilation, points: np.ndarray) -> None:
    found = _choose(mixture, points, experiment_rule=None, calculation_rule=None, objective=None, costs=None)
    assert [(p.source, p.reason.rule, p.target) for p in found] == [
        ("experiment", DEFAULT_PAIR[0], "e"), *[("calculation", DEFAULT_PAIR[1], "c")] * 5
    ]  # fmt: skip


def test_source_rule_asks_for_the_largest_prediction(mixture: DataAssimilation, points: np.ndarray) -> None:
    (found,) = _choose(mixture, points, experiment_rule="greedy", n_calculations=0)
    mean = mixture.predict(points, "e")
    assert found.x == tuple(points[np.argmax(mean)])
    assert found.reason.mean == pytest.approx(mean.max())
    second = points[np.argsort(-mean)[1]]
    assert found.reason.runner_up == f"({second[0]:.4g}, {second[1]:.4g})"


def test_minimizing_asks_for_the_smallest(mixture: DataAssimilation, points: np.ndarray) -> None:
    objective = Objective("e", "minimize")
    (found,) = _choose(mixture, points, experiment_rule="greedy", n_calculations=0, objective=objective)
    assert found.index == int(np.argmin(mixture.predict(points, "e")))


def test_calculations_have_their_own_candidates_and_costs(mixture: DataAssimilation, points: np.ndarray) -> None:
    found = _choose(
        mixture, points[:4], calculation_candidates=points[4:], costs={"experiment": 9.0, "calculation": 0.5}
    )
    mine = {tuple(point) for point in points[:4]}
    assert {proposal.x in mine for proposal in found if proposal.source == Source.EXPERIMENT} == {True}
    assert {proposal.x in mine for proposal in found if proposal.source == Source.CALCULATION} == {False}
    assert [proposal.cost for proposal in found] == [9.0] + [0.5] * 5


@pytest.mark.parametrize(("n_experiments", "n_calculations"), [(0, 0), (12, 12), (99, 99), (1, 0)])
def test_never_more_than_there_are(
    model: DataAssimilation, points: np.ndarray, n_experiments: int, n_calculations: int
) -> None:
    found = _choose(model, points, n_experiments=n_experiments, n_calculations=n_calculations)
    counts = [sum(proposal.source == source for proposal in found) for source in Source]
    assert counts == [min(n_experiments, 12), min(n_calculations, 12)]


def test_no_candidates_no_proposals(model: DataAssimilation) -> None:
    assert _choose(model, np.empty((0, 2))) == []


def test_every_proposal_has_its_numbers(model: DataAssimilation, points: np.ndarray) -> None:
    for proposal in _choose(model, points):
        assert proposal.x == tuple(points[proposal.index])
        assert math.isfinite(proposal.reason.mean + proposal.reason.deviation + proposal.reason.acquisition)
        assert proposal.reason.text


@pytest.mark.parametrize(
    "X",
    [
        np.array([0.1, 0.2]), np.array([[0.1, np.nan]]), np.array([[0.1, np.inf]]), np.array([[0.1]]),
        np.array([[0.1, 0.2, 0.3]]), [["a", "b"]], np.zeros((1, 1, 2)), None,
    ],
    ids=["one axis", "NaN", "inf", "too few columns", "too many columns", "text", "three axes", "None"],
)  # fmt: skip
def test_wrong_candidates_are_refused(model: DataAssimilation, points: np.ndarray, X: Any) -> None:
    with pytest.raises(DataError, match="candidates"):
        _choose(model, X)
    if X is not None:
        with pytest.raises(DataError, match="calculation_candidates"):
            _choose(model, points, calculation_candidates=X)


def test_an_unknown_rule_is_refused(model: DataAssimilation, points: np.ndarray) -> None:
    with pytest.raises(PluginError, match="no rule 'best'"):
        _choose(model, points, experiment_rule="best")


@pytest.fixture(scope="module")
def line() -> DataAssimilation:
    """A model of one variable."""
    rng = np.random.default_rng(0)
    X = rng.uniform(size=(20, 1))
    Y = np.column_stack([1 + X[:, 0] - 2 * X[:, 0] ** 2, 0.9 + X[:, 0] - 2 * X[:, 0] ** 2])
    structure = Structure(("c", "e"), ("calculation", "experiment"), {"e": ["c"]}, {"e": "order<=1"})
    return DataAssimilation(PolynomialBasis(1, 2), structure, "map").fit(X, Y + 0.05 * rng.normal(size=Y.shape))


def test_one_variable_needs_no_second_axis(line: DataAssimilation) -> None:
    grid = np.linspace(0, 1, 11)
    asked = [[each.x for each in _choose(line, X)] for X in (grid, grid[:, None], grid.tolist())]
    assert asked[0] == asked[1] == asked[2]
    assert _choose(line, []) == []


def test_equal_points_count_once(line: DataAssimilation) -> None:
    grid = np.linspace(0, 1, 5)
    found = _choose(line, np.repeat(grid, 4), n_experiments=9, n_calculations=9)
    asked = [(each.source, each.x) for each in found]
    assert len(asked) == len(set(asked)) == 10
    assert all(np.repeat(grid, 4)[each.index] == each.x[0] for each in found)


def test_what_is_pending_may_be_given_as_it_comes(mixture: DataAssimilation, points: np.ndarray) -> None:
    first = _choose(mixture, points)
    pairs = [(each.x, each.target) for each in first]
    expected = [each.index for each in _choose(mixture, points, pending=pairs)]
    assert [each.index for each in _choose(mixture, points, pending=first)] == expected
    assert not {(each.x, each.target) for each in _choose(mixture, points, pending=first)} & set(pairs)
    measured = _choose(mixture, points, pending=points[:3], n_experiments=12, n_calculations=0)
    assert sorted(each.index for each in measured) == list(range(3, 12))
    assert _choose(mixture, points, pending=None)


def test_an_objective_may_be_a_name(mixture: DataAssimilation, points: np.ndarray) -> None:
    for short, long in (("c", Objective("c")), ("minimize", Objective("e", "minimize"))):
        named, whole = (_choose(mixture, points, objective=each) for each in (short, long))
        assert [(each.index, each.target) for each in named] == [(each.index, each.target) for each in whole]


@pytest.mark.parametrize("budget", [0.0, 0.9, 3.0, 4.4, 11.0, 100.0])
@pytest.mark.parametrize("cost", [2.0, lambda X: 1.0 + X[:, 0]], ids=["constant", "function"])
def test_a_budget_is_kept(budget: float, cost: Any, mixture: DataAssimilation, points: np.ndarray) -> None:
    costs = {"experiment": cost, "calculation": 0.4}
    found = _choose(mixture, points, n_experiments=3, costs=costs, budget=budget)
    spent = sum(each.cost for each in found)
    assert spent <= budget + 1e-9
    if len(found) < 8:
        assert budget - spent < 0.4


def test_numbers_may_be_left_to_the_costs(mixture: DataAssimilation, points: np.ndarray) -> None:
    for calculation, count in ((1.0, 4), (0.5, 8), (8.0, 1), (0.0, 12)):
        costs = {"experiment": 8.0, "calculation": calculation}
        found = _choose(mixture, points, n_experiments=None, n_calculations=None, costs=costs)
        assert [each.source for each in found] == ["experiment"] + ["calculation"] * count


@pytest.mark.parametrize("rule", ["expected_improvement", "probable_optimum", "toward_optimum"])
def test_an_acquisition_per_cost_is_the_quotient(rule: str, mixture: DataAssimilation, points: np.ndarray) -> None:
    """Acquisitions candidate by candidate, over their costs."""
    source = "calculation" if rule == "toward_optimum" else "experiment"
    options = {f"{source}_rule": rule, "n_experiments": 0, "n_calculations": 0, f"n_{source}s": 1, "per_cost": True}
    price = np.linspace(1.0, 40.0, 12)[np.argsort(np.argsort(points[:, 0]))]

    def chosen(prices: np.ndarray) -> Any:
        rows = {tuple(x): each for x, each in zip(points.tolist(), prices, strict=True)}
        cost = {source: lambda X: np.array([rows[tuple(x)] for x in X.tolist()])}
        return _choose(mixture, points, costs=cost, **options)[0]

    def alone(row: int) -> float:
        """Acquisition of one candidate: every other one made so dear that only this one is worth its price."""
        found = chosen(np.where(np.arange(12) == row, 1.0, 1e6))
        return float(found.reason.acquisition) if found.index == row else -np.inf

    found = chosen(price)
    own = np.array([alone(row) for row in range(12)])
    quotient = own - np.log(price) if rule == "expected_improvement" else own / price
    assert found.index == int(np.argmax(quotient))
    assert found.reason.acquisition == pytest.approx(quotient.max(), rel=1e-6, abs=1e-4)
    assert "per unit of cost" in found.reason.text


def test_a_pair_gives_its_half(mixture: DataAssimilation, points: np.ndarray) -> None:
    pair, halves = (
        _choose(mixture, points, experiment_rule=experiment, calculation_rule=calculation)
        for experiment, calculation in (("source_rule", "source_rule"), ("greedy", "max_uncertainty"))
    )
    assert pair == halves


def test_reasons_name_points_in_short(mixture: DataAssimilation, points: np.ndarray) -> None:
    found = _choose(mixture, points, n_experiments=1)[0]
    assert re.fullmatch(r"\([-.e0-9]{1,9}, [-.e0-9]{1,9}\)", found.reason.runner_up)


def test_what_is_no_model_is_named(points: np.ndarray) -> None:
    with pytest.raises(DataError, match="model = 'm': expected a fitted DataAssimilation"):
        _choose("m", points)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"n_experiments": -1}, "n_experiments = -1"),
        ({"n_calculations": 2.5}, "n_calculations = 2.5"),
        ({"rng": 0}, "rng = 0: expected a numpy.random.Generator"),
        ({"objective": "M"}, "no target 'M'; the model has c, e"),
        ({"objective": {"target": "e"}}, "expected an Objective"),
        ({"pending": ["x"]}, "pending: 'x' is no request"),
        ({"pending": [((0.1, 0.2), "M")]}, "no target 'M'"),
        ({"pending": [(0.1, 0.2, 0.3)]}, "points of 2 finite numbers"),
        ({"costs": {"experiments": 1.0}}, "costs of 'experiments': expected costs of 'calculation' and 'experiment'"),
        ({"costs": {"experiment": -1.0}}, "the cost of one experiment is -1"),
        ({"costs": {"experiment": lambda _: np.ones(5)}}, "one for each of"),
        ({"costs": 3.0}, "costs = 3.0: expected such as"),
        ({"costs": {"experiment": "1 + a"}}, "expected a number, or a function that gives one for each"),
        ({"budget": math.nan}, "budget = nan: expected a number"),
        ({"budget": None}, "budget = None: expected a number"),
        ({"experiment_rule": 3}, "experiment_rule = 3: expected the name of a rule"),
        ({"per_cost": True, "costs": {"experiment": 1.0}, "experiment_rule": "ucb"}, "'ucb' cannot rank per unit"),
    ],
)
def test_what_makes_no_sense_is_named(
    wrong: dict[str, Any], said: str, mixture: DataAssimilation, points: np.ndarray
) -> None:
    with pytest.raises(DoukaError, match=said):
        choose(mixture, points, **{"rng": np.random.default_rng(0), **wrong})
