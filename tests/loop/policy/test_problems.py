"""The reference problems are what method.md 6 says, and the search counts as it says."""

from __future__ import annotations

import numpy as np
import pytest

from loop.policy.measured import measured
from loop.problems import Band, Demonstration, SearchProblem, Series, hunt, hunts, least_squares_hunt
from loop.problems.search import BASIS


def test_demonstration() -> None:
    problem = Demonstration.draw(np.random.default_rng(0))
    assert problem.X.shape == (15, 1)
    assert np.isnan(problem.Y).sum(axis=0).tolist() == [5, 10]
    assert problem.X[10:].max() <= 0.5
    assert Demonstration.calculation(np.array([0.7]))[0] == pytest.approx(1.3 + 20 * 0.008)
    model = Demonstration.model().fit(problem.X, problem.Y)
    x = np.linspace(0.5, 1, 20)
    error = model.predict(x[:, None], "expt") - Demonstration.experiment(x)
    assert np.sqrt(np.mean(error**2)) < 0.5


def test_series() -> None:
    problem = Series.draw(np.random.default_rng(0))
    x = np.array([[0.1]])
    sines = np.sin(2 * np.pi * np.arange(1, 7) * 0.1)
    assert Series.value(x, 0)[0] == pytest.approx(2 + sines @ [0.2, 0.3, -0.2, 0.1, -0.3, 0.2])
    assert Series.value(x, 1)[0] == pytest.approx(Series.value(x, 0)[0] - 2 - 0.6 * sines[0])
    model = Series.model().fit(problem.X, problem.Y)
    assert model.predict(x, "calc")[0] == pytest.approx(Series.value(x, 0)[0], abs=0.1)


def test_search_problem() -> None:
    problem = SearchProblem.draw(np.random.default_rng(0))
    assert problem.X.shape == (3721, 2)
    coefficients = np.linalg.lstsq(BASIS.design(problem.X), problem.truth, rcond=None)[0]
    difference = coefficients[:, 1] - coefficients[:, 0]
    assert difference[0] == pytest.approx(-2)
    assert np.flatnonzero(np.abs(difference) > 1e-9).tolist() == [0, 1, 7]
    best = int(np.argmax(problem.truth[:, 1]))
    assert problem.found(np.array([0, best]))
    assert not problem.found(np.array([int(np.argmin(problem.truth[:, 1]))]))
    values = problem.observe(np.full(4000, best), 1, np.random.default_rng(1))
    assert values.std() == pytest.approx(0.05, rel=0.05)


def test_a_hunt_ends_when_it_has_found() -> None:
    found = next(hunts(1, 3, calculations=10))
    assert found.iterations == len(found.best) - 1
    assert found.best[-1] <= 0.01 < min(found.best[:-1])
    assert found == next(hunts(1, 3, calculations=10))


def test_a_hunt_is_given_up() -> None:
    problem = SearchProblem.draw(np.random.default_rng(4))
    found = hunt(problem, np.random.default_rng(0), experiment_rule="random", calculations=0, limit=2)
    assert (found.iterations, len(found.best)) == (3, 3)
    least = least_squares_hunt(problem, np.random.default_rng(0), limit=10)
    assert len(least.best) == 11
    assert (np.diff(least.best) <= 0).all()


@pytest.mark.parametrize("count", [1, 5, 30])
def test_measured_candidates_are_recognized(count: int) -> None:
    rng = np.random.default_rng(count)
    problem = SearchProblem.draw(rng)
    inner = np.flatnonzero((problem.X * 60 % 10 != 0).all(axis=1))  # away from the lines where functions coincide
    rows = rng.choice(inner, count, replace=False)
    statistics = problem.statistics(rows, problem.observe(rows, 1, rng), 1)
    found = measured(statistics, BASIS, problem.X, 1)
    assert found[rows].all()
    assert found[inner].sum() == count
    assert not measured(statistics, BASIS, problem.X, 0).any()


def test_the_band_takes_upper_and_lower_deviations_separately() -> None:
    band = Band.of([[1.0, 0.0], [1.0, 0.0], [4.0, 0.0]])
    assert band.mean.tolist() == [2.0, 0.0]
    assert band.upper.tolist() == [2.0, 0.0]
    assert band.lower.tolist() == [1.0, 0.0]
