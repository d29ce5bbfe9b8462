"""Points scattered over a space with steps and constraints, however thin it is."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator

import numpy as np
from scipy.linalg import null_space

from loop.errors import CampaignError
from loop.space.completion import Completion
from loop.space.constraint import Cardinality
from loop.space.grid import grid, grid_size
from loop.space.polytope import Polytope
from loop.space.space import Space

_SMALL = 2**16
_BATCH = 1024
_SOBOL, _WALKS, _MIXING = 16, 16, 12
_PATTERNS, _WAYS = 64, 4096


def constrained(space: Space, count: int, rng: np.random.Generator) -> np.ndarray:
    """Scatter points over a space with steps or constraints; all are allowed and different.

    A stepped space of few points is listed as a whole, and drawn from. Otherwise a Sobol sequence in the smallest box
    around the linear constraints is moved onto steps and exact sums; where hardly any of it is allowed, random walks
    within the constraints go on. Where a cardinality sets variables to zero, every choice of zeros gets its share.

    Parameters
    ----------
    space
        The design space.
    count
        How many points are wanted; fewer come where fewer are allowed, or found.
    rng
        Source of all randomness.

    Raises
    ------
    CampaignError
        Where nothing is allowed.
    """
    if grid_size(space) <= _SMALL:
        points = np.vstack([*grid(space), np.empty((0, len(space.names)))])
        points = points[np.sort(rng.permutation(len(points))[:count])]
    else:
        patterns = _patterns(space, rng)
        share = -(-count // len(patterns))
        parts = [_spread(space, zeros, share, rng) for zeros in patterns]
        points = _different(np.vstack([part[k : k + 1] for k in range(share) for part in parts]))[:count]
    if len(points) == 0:
        raise CampaignError(_nothing(space))
    return points


def _spread(space: Space, zeros: tuple[int, ...], count: int, rng: np.random.Generator) -> np.ndarray:
    shape = Polytope.of(space, zeros)
    box = shape.box()
    found = np.empty((0, len(space.names)))
    if box is None:
        return found
    complete = Completion(space, zeros)
    for number, batch in enumerate(itertools.chain(_sobol(box, rng), _walks(shape, box, rng))):
        points, before = complete.snap(batch), len(found)
        found = _different(np.vstack([found, points[space.allows(points)]]))
        if len(found) >= count or (number > _SOBOL and len(found) == before):
            break
    return found[:count]


def _sobol(box: np.ndarray, rng: np.random.Generator) -> Iterator[np.ndarray]:
    from scipy.stats import qmc  # a second to import: most cycles draw nothing by it

    sequence = qmc.Sobol(len(box), scramble=True, rng=rng)
    for _ in range(_SOBOL):
        yield _short(box[:, 0] + sequence.random(_BATCH) * (box[:, 1] - box[:, 0]), box)


def _walks(shape: Polytope, box: np.ndarray, rng: np.random.Generator) -> Iterator[np.ndarray]:
    """Hit and run: from a point along a random direction to a random place within all inequalities.

    Directions are drawn in units of the box, lest a long thin space is crossed slowly.
    """
    start = shape.centre()
    if start is None:
        return
    width = np.diag(box[:, 1] - box[:, 0])
    inside = width @ (null_space(shape.E @ width) if len(shape.E) else np.eye(len(box)))
    A = np.vstack([shape.A, np.eye(len(box)), -np.eye(len(box))])
    b = np.concatenate([shape.b, box[:, 1], -box[:, 0]])
    X = np.tile(start, (_BATCH, 1))
    for _ in range(_WALKS if inside.size else 1):
        for _ in range(_MIXING * inside.shape[1]):
            direction = rng.standard_normal((_BATCH, inside.shape[1])) @ inside.T
            room, rate = np.maximum(b - X @ A.T, 0.0), direction @ A.T
            with np.errstate(divide="ignore", invalid="ignore"):
                ratio = room / rate
            forth = np.where(rate > 1e-12, ratio, np.inf).min(axis=1)
            back = np.where(rate < -1e-12, ratio, -np.inf).max(axis=1)
            X = X + _between(back, forth, rng)[:, None] * direction
        yield _short(X, box)


def _between(back: np.ndarray, forth: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A random way along each direction; none where nothing bounds it, as in a space that is one point."""
    bounded = np.isfinite(back) & np.isfinite(forth) & (forth > back)
    back, forth = np.where(bounded, back, 0.0), np.where(bounded, forth, 0.0)
    return np.asarray(back + rng.random(len(back)) * (forth - back))


def _short(points: np.ndarray, box: np.ndarray) -> np.ndarray:
    """Numbers that a person can read: six digits of each variable's range."""
    width = np.maximum(box[:, 1] - box[:, 0], 1e-12)
    unit = 10.0 ** np.floor(np.log10(width) - 6)
    return np.asarray(np.clip(np.round(points / unit) * unit, box[:, 0], box[:, 1]))


def _patterns(space: Space, rng: np.random.Generator) -> list[tuple[int, ...]]:
    """Which variables are zero, for every way of satisfying the cardinalities, or for some ways of very many."""
    rules = [each for each in space.constraints if isinstance(each, Cardinality)]
    drops = [
        itertools.combinations(rng.permutation(rule.columns).tolist(), len(rule.of) - rule.at_most) for rule in rules
    ]
    chosen = [[*map(tuple, rng.permutation([*itertools.islice(each, _WAYS)])[:_PATTERNS].tolist())] for each in drops]
    products: Iterable[tuple[tuple[int, ...], ...]] = itertools.islice(itertools.product(*chosen), _PATTERNS)
    return sorted({tuple(sorted(set(itertools.chain(*product)))) for product in products})


def _different(points: np.ndarray) -> np.ndarray:
    """The points in their order, without repetitions."""
    _, first = np.unique(points, axis=0, return_index=True)
    return np.asarray(points[np.sort(first)])


def _nothing(space: Space) -> str:
    written = "; ".join(each.text for each in space.constraints)
    return (
        f"no point of the design space was found that satisfies its steps, formula and constraints: {written or 'none'}"
    )
