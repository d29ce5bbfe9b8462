"""10⁶ candidates, 49 functions: a whole choice against scoring the candidates once, as ratios of CPU time."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from loop.assimilation import DataAssimilation
from loop.policy import choose
from loop.problems import SearchProblem

pytestmark = [pytest.mark.slow, pytest.mark.alone]


@pytest.fixture(scope="module")
def model() -> DataAssimilation:
    rng = np.random.default_rng(0)
    problem = SearchProblem.draw(rng)
    statistics = problem.model().statistics
    for target, count in ((0, 25), (1, 7)):
        rows = rng.choice(len(problem.X), count, replace=False)
        statistics += problem.statistics(rows, problem.observe(rows, target, rng), target)
    with threadpool_limits(1):
        return problem.model().fit_statistics(statistics)


def _seconds(call: Callable[[], object]) -> float:
    start = time.process_time()
    call()
    return time.process_time() - start


@pytest.mark.parametrize("arranged", ["scattered", "grid"])
@pytest.mark.parametrize(
    "pair", [(None, None), ("ucb", "max_uncertainty"), ("greedy", "max_uncertainty"), ("ucb", "alternating")]
)
def test_a_choice_takes_at_most_five_scorings(
    arranged: str, pair: tuple[str | None, str | None], model: DataAssimilation
) -> None:
    if arranged == "grid":
        axis = np.linspace(0, 1, 1000)
        X = np.column_stack([axis.repeat(1000), np.tile(axis, 1000)])
    else:
        X = np.random.default_rng(1).uniform(size=(10**6, 2))

    def whole() -> object:
        return choose(
            model, X, n_experiments=1, n_calculations=10, experiment_rule=pair[0], calculation_rule=pair[1],
            rng=np.random.default_rng(2),
        )  # fmt: skip

    with threadpool_limits(1):
        ratios = [_seconds(whole) / _seconds(lambda: model.predict(X, "expt", return_std=True)) for _ in range(3)]
    assert min(ratios) <= 5.0
