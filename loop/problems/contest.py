"""One problem of the search D3, searched in every way the figure compares."""

from __future__ import annotations

import numpy as np

from loop.assimilation.arrays import Generator
from loop.policy.rule import DEFAULT_PAIR, PAIRS
from loop.problems.hunt import LIMIT, START, Hunt, hunt, least_squares_hunt
from loop.problems.search import SearchProblem

ASSIMILATION, SOURCE_RULE, LEAST_SQUARES, RANDOM = (
    "assimilation, recommended rules", "assimilation, source_rule", "least squares on B alone", "at random",
)  # fmt: skip
WAYS = (ASSIMILATION, SOURCE_RULE, LEAST_SQUARES, RANDOM)


def contest(number: int, *, seed: int, calculations: int, limit: int = LIMIT) -> dict[str, Hunt]:
    """Search one problem in every way, from the same start.

    Parameters
    ----------
    number, seed
        Which problem of which set; the set is that of :func:`loop.problems.hunts`.
    calculations
        m, calculations an iteration, for those that use any.
    limit
        Most iterations. A search ends when it has found; its course goes on at the value found.
    """
    problem = SearchProblem.draw(np.random.default_rng([seed, number, 0]))
    found = {
        way: hunt(
            problem, np.random.default_rng([seed, number, 1]), experiment_rule=rules[0], calculation_rule=rules[1],
            calculations=calculations, limit=limit,
        )
        for way, rules in ((ASSIMILATION, DEFAULT_PAIR), (SOURCE_RULE, PAIRS["source_rule"]))
    }  # fmt: skip
    found[LEAST_SQUARES] = least_squares_hunt(problem, _after_calculations(problem, seed, number), limit)
    found[RANDOM] = _random_hunt(problem, _after_calculations(problem, seed, number), limit)
    return {way: _to_the_end(each, limit) for way, each in found.items()}


def _after_calculations(problem: SearchProblem, seed: int, number: int) -> Generator:
    """Generator whose next draw is the experiments of the start: that of the calculations is behind it."""
    rng = np.random.default_rng([seed, number, 1])
    rng.choice(len(problem.X), START, replace=False)
    return rng


def _random_hunt(problem: SearchProblem, rng: Generator, limit: int) -> Hunt:
    start = rng.choice(len(problem.X), START, replace=False)
    others = rng.permutation(np.setdiff1d(np.arange(len(problem.X)), start))[:limit]
    short = problem.shortfall(np.concatenate([start, others]))
    best = np.minimum.accumulate(short)[START - 1 :]
    hits = np.flatnonzero(best <= 0.01)
    return Hunt(int(hits[0]) if len(hits) else limit + 1, tuple(best.tolist()))


def _to_the_end(course: Hunt, limit: int) -> Hunt:
    best = course.best[: course.iterations + 1]
    return Hunt(course.iterations, best + (best[-1],) * (limit + 1 - len(best)))
