"""Running the search D3: how many iterations a pair of rules needs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from loop.assimilation import Statistics
from loop.assimilation.arrays import Generator, Ints
from loop.policy import allocate, choose, owed_by
from loop.problems.search import BASIS, SearchProblem

START = 5
"""Calculations and experiments at random to start with."""
KNOWS_MEASURED = (None, "probable_optimum")
"""Rules that are given measured candidates too: they recognize them, and learn from where they are."""
MOST = 1000
"""Calculations that can be done at the same time."""
LIMIT = 60
"""Iterations before a search is given up."""


@dataclass(frozen=True)
class Hunt:
    """The course of one search.

    Parameters
    ----------
    iterations
        Iterations until it was found; 0 where the start found it, one more than the limit where nothing did.
    best
        Share of the range of B that the best experiment so far was below the maximum: after the start, and after
        every iteration.
    calculations
        Calculations asked for in all iterations.
    """

    iterations: int
    best: tuple[float, ...]
    calculations: int = 0


def hunt(
    problem: SearchProblem,
    rng: Generator,
    *,
    experiment_rule: str | None = None,
    calculation_rule: str | None = None,
    calculations: int = 5,
    costs: tuple[float, float] | None = None,
    limit: int = LIMIT,
    to_the_end: bool = False,
) -> Hunt:
    """Search the maximum: every iteration fits, chooses one experiment and m calculations, and does them.

    Parameters
    ----------
    problem
        What is searched.
    rng
        Starting points, noise and the rules' randomness.
    experiment_rule, calculation_rule
        Names of rules; the recommended ones if None.
    calculations
        m, calculations an iteration.
    costs
        Of an experiment and of a calculation; then their number is allocated by cost instead.
    limit
        Most iterations.
    to_the_end
        Go on to the limit after it was found, for a figure.
    """
    asked = [_start(problem, rng) for _ in range(2)]
    statistics = _seen(problem, asked[0], 0, rng) + _seen(problem, asked[1], 1, rng)
    course, plan = _Course(problem, asked[1]), _Plan(calculations, costs)
    while len(course.best) <= limit and (to_the_end or not course.found):
        model = problem.model().fit_statistics(statistics)
        left = [np.setdiff1d(np.arange(len(problem.X)), rows) for rows in asked]
        if experiment_rule in KNOWS_MEASURED:
            left[1] = np.arange(len(problem.X))
        proposals = choose(
            model, problem.X[left[1]], calculation_candidates=problem.X[left[0]], n_calculations=plan.next(),
            experiment_rule=experiment_rule, calculation_rule=calculation_rule, rng=rng,
        )  # fmt: skip
        for target, source in ((1, "experiment"), (0, "calculation")):
            rows = left[target][[each.index for each in proposals if each.source == source]]
            statistics += _seen(problem, rows, target, rng)
            asked[target] = np.concatenate([asked[target], rows])
        course.add(asked[1])
    return course.hunt(limit, plan.asked)


def hunts(count: int, seed: int, *, first: int = 0, **options: object) -> Iterator[Hunt]:
    """Run searches of different problems; the same seed and number always make the same problem and start.

    Parameters
    ----------
    count, first
        How many problems, and the number of the first one.
    seed
        Of the whole set; rules are compared in pairs on the same one.
    **options
        Of :func:`hunt`.
    """
    for number in range(first, first + count):
        problem = SearchProblem.draw(np.random.default_rng([seed, number, 0]))
        yield hunt(problem, np.random.default_rng([seed, number, 1]), **options)  # type: ignore[arg-type]


def least_squares_hunt(problem: SearchProblem, rng: Generator, limit: int = LIMIT) -> Hunt:
    """Search without calculations: the next experiment is the maximum of the (shortest) least-squares fit."""
    rows = _start(problem, rng)
    values, course, design = problem.observe(rows, 1, rng), _Course(problem, rows), BASIS.design(problem.X)
    for _ in range(limit):
        prediction = design @ np.linalg.lstsq(design[rows], values, rcond=None)[0]
        prediction[rows] = -np.inf
        new = np.array([int(np.argmax(prediction))])
        rows, values = np.append(rows, new), np.append(values, problem.observe(new, 1, rng))
        course.add(rows)
    return course.hunt(limit)


class _Course:
    """What a search has found so far."""

    def __init__(self, problem: SearchProblem, rows: Ints) -> None:
        self._problem = problem
        self.best: list[float] = []
        self._found_after: int | None = None
        self.add(rows)

    @property
    def found(self) -> bool:
        return self._found_after is not None

    def add(self, rows: Ints) -> None:
        if not self.found and self._problem.found(rows):
            self._found_after = len(self.best)
        self.best.append(float(np.min(self._problem.shortfall(rows))))

    def hunt(self, limit: int, calculations: int = 0) -> Hunt:
        found = limit + 1 if self._found_after is None else self._found_after
        return Hunt(found, tuple(self.best), calculations)


class _Plan:
    """How many calculations every iteration asks for: a fixed number, or what its share of the cost buys."""

    def __init__(self, fixed: int, costs: tuple[float, float] | None) -> None:
        self._fixed, self._costs = fixed, costs
        self._iterations = self.asked = 0

    def next(self) -> int:
        count = self._fixed if self._costs is None else self._bought(*self._costs)
        self.asked += count
        return count

    def _bought(self, experiment: float, calculation: float) -> int:
        owed = owed_by(self._iterations * experiment, self.asked * calculation)
        self._iterations += 1
        return allocate(
            experiment_cost=experiment, calculation_cost=calculation, experiment_slots=1, calculation_slots=MOST,
            owed=owed,
        ).calculations  # fmt: skip


def _start(problem: SearchProblem, rng: Generator) -> Ints:
    return np.asarray(rng.choice(len(problem.X), START, replace=False))


def _seen(problem: SearchProblem, rows: Ints, target: int, rng: Generator) -> Statistics:
    return problem.statistics(rows, problem.observe(rows, target, rng), target)
