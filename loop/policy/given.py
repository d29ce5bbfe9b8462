"""What a caller gives to a choice, checked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, get_args

import numpy as np

from loop.assimilation import Structure
from loop.errors import CampaignError, DataError
from loop.policy.objective import Goal, Objective
from loop.policy.proposal import Proposal
from loop.policy.reasons import Label
from loop.policy.rule import DEFAULT_PAIR, PAIRS, Rule
from loop.records import Request, Source
from loop.space import Space, scattered

SCATTERED = 4096
"""Candidates drawn from a space."""

Candidates = np.ndarray | Space
Pending = Sequence[Request | Proposal | tuple[Sequence[float], str]] | np.ndarray
Running = list[tuple[np.ndarray, str]]


def points_of(points: Any, name: str, dim: int, rng: np.random.Generator) -> np.ndarray:
    """Candidates (n, d) of an array, a space or anything like an array; (n,) where d is 1.

    Raises
    ------
    DataError
        Where they have the wrong shape or are not finite.
    """
    if isinstance(points, Space):
        points = scattered(points, SCATTERED, rng)
    try:
        X = np.asarray(points, dtype=float)
    except (TypeError, ValueError) as error:
        raise DataError(f"{name}: expected numbers of shape (n, {dim}) ({error})") from error
    if X.size == 0 and X.ndim <= 2:
        return np.empty((0, dim))
    if X.ndim == 1 and dim == 1:
        X = X[:, None]
    if X.ndim != 2 or X.shape[1] != dim or not np.isfinite(X).all():
        raise DataError(f"{name}: expected finite numbers of shape (n, {dim}), found shape {X.shape}")
    return X


def spaces_of(candidates: Candidates, others: Candidates, *, polish: bool) -> tuple[Space | None, Space | None]:
    """Spaces in which experiments and calculations are polished, None where they are not.

    Raises
    ------
    DataError
        Where polishing is wanted and neither has one.
    """
    experiment, calculation = (each if polish and isinstance(each, Space) else None for each in (candidates, others))
    if polish and experiment is None and calculation is None:
        raise DataError("polish = True: expected a Space as candidates, found arrays, which are taken as they are")
    return experiment, calculation


def rule_of_kind(rule: str | Rule | None, source: Source) -> str | Rule:
    """The rule that was named, its half where a pair was, the recommended one where none was.

    Raises
    ------
    DataError
        Where it is neither a name nor a rule.
    """
    place = 0 if source is Source.EXPERIMENT else 1
    if rule is None:
        return DEFAULT_PAIR[place]
    if isinstance(rule, str):
        return PAIRS[rule][place] if rule in PAIRS else rule
    if not callable(rule) or not hasattr(rule, "summary"):
        raise DataError(f"{source}_rule = {rule!r}: expected the name of a rule, or a rule with a summary")
    return rule


def require_number(budget: float) -> None:
    """Refuse a budget that is none.

    Raises
    ------
    DataError
        Saying what was found.
    """
    if isinstance(budget, bool) or not isinstance(budget, int | float | np.number) or np.isnan(budget):
        raise DataError(f"budget = {budget!r}: expected a number; leave it out where there is none")


def label_of(candidates: Candidates) -> Label:
    """How a point is named: as its space does, else by its numbers."""
    if isinstance(candidates, Space):
        return candidates.label
    return lambda x: f"({', '.join(f'{value:.4g}' for value in x)})"


def pending_of(pending: Any, structure: Structure, target: str, dim: int) -> Running:
    """Points (d,) and targets of running requests.

    Raises
    ------
    DataError
        Where one is no request, no proposal, no (point, target) and no point, or its target is unknown.
    """
    if pending is None:
        return []
    found = [_running(item, target, dim) for item in pending]
    for x, name in found:
        if name not in structure.targets:
            raise DataError(f"pending: there is no target {name!r}; the model has {', '.join(structure.targets)}")
        if x.shape != (dim,) or not np.isfinite(x).all():
            raise DataError(f"pending: expected points of {dim} finite numbers, found {x.tolist()}")
    return found


def _running(item: Any, target: str, dim: int) -> tuple[np.ndarray, str]:
    if hasattr(item, "x") and hasattr(item, "target"):
        x, name = item.x, item.target
    elif isinstance(item, tuple | list) and len(item) == 2 and isinstance(item[1], str):
        x, name = item
    else:
        x, name = item, target
    try:
        point = np.asarray(x, dtype=float)
    except (TypeError, ValueError) as error:
        raise DataError(f"pending: {item!r} is no request, no (point, target) and no point") from error
    return point.reshape(-1) if point.size == dim else point, name


def require_choosable(structure: Structure, objective: Any, rng: Any) -> Objective:
    """Return what is sought of what the caller said it is.

    Raises
    ------
    DataError
        Where the model knows no such target, or there is no generator of random numbers.
    CampaignError
        Where the objective is none.
    """
    if not isinstance(rng, np.random.Generator):
        raise DataError(f"rng = {rng!r}: expected a numpy.random.Generator, such as numpy.random.default_rng(0)")
    last = [name for name, source in zip(structure.targets, structure.sources, strict=True) if source == "experiment"]
    if objective is None or objective in get_args(Goal)[:2]:
        return Objective((last or [structure.targets[-1]])[-1], objective or "maximize")
    found = Objective(objective) if isinstance(objective, str) else objective
    if not isinstance(found, Objective):
        raise CampaignError(f"objective = {objective!r}: expected an Objective, or the name of a target to maximize")
    for name in (*found.targets, *(each.target for each in found.constraints)):
        if name not in structure.targets:
            raise DataError(f"objective: there is no target {name!r}; the model has {', '.join(structure.targets)}")
    return found


def whole(count: Any, name: str) -> int:
    """A number of requests.

    Raises
    ------
    DataError
        Where it is none.
    """
    if isinstance(count, bool) or not isinstance(count, int | np.integer) or count < 0:
        raise DataError(f"{name} = {count!r}: expected a whole number, 0 or more")
    return int(count)


def calculated_twin(structure: Structure, target: str) -> str | None:
    """The calculated target that the sought one leans on, else the first calculated one."""
    pairs = zip(structure.targets, structure.sources, strict=True)
    calculated = [name for name, source in pairs if source == Source.CALCULATION]
    parents = [name for name in structure.parents.get(target, ()) if name in calculated]
    return (parents + calculated + [None])[0]
