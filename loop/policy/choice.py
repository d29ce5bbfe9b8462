"""The whole choice: which experiments and which calculations next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from loop.assimilation import DataAssimilation, Structure
from loop.errors import DataError
from loop.policy.belief import FittedBelief
from loop.policy.constraint import feasible
from loop.policy.objective import Objective
from loop.policy.proposal import Proposal
from loop.policy.proposing import Cost, propose
from loop.policy.rule import DEFAULT_PAIR, Rule
from loop.records import Source
from loop.space import Space, scattered

SCATTERED = 4096
"""Candidates drawn from a space."""

Pending = Sequence[tuple[Sequence[float], str]]


def choose(
    model: DataAssimilation,
    candidates: np.ndarray | Space,
    *,
    calculation_candidates: np.ndarray | Space | None = None,
    n_experiments: int = 1,
    n_calculations: int = 5,
    experiment_rule: str | Rule | None = None,
    calculation_rule: str | Rule | None = None,
    objective: Objective | None = None,
    costs: Mapping[str, Cost] | None = None,
    pending: Pending = (),
    rng: np.random.Generator,
) -> list[Proposal]:
    """Choose the next experiments and calculations (method.md 5).

    Parameters
    ----------
    model
        A fitted model.
    candidates
        Points that can be synthesized and measured, shape (n, d), or a space to scatter them over.
    calculation_candidates
        Points that can be calculated, shape (m, d), or a space; the same ones if None.
    n_experiments, n_calculations
        How many of each are wanted; fewer come back where fewer candidates are left, or may be tried.
    experiment_rule, calculation_rule
        Names of rules, or rules; the recommended ones if None.
    objective
        What is sought, and under which constraints on outcomes; None maximizes the model's last experimental target.
    costs
        Cost of one ``"experiment"`` and one ``"calculation"``, or functions from points (n, d) to costs (n,);
        copied to the proposals.
    pending
        Requests still running, (point, target) each: they count as if done and are not asked again.
    rng
        Source of all randomness.

    Returns
    -------
    list of Proposal
        Experiments first, each with ``.x``, ``.source`` and ``.reason``. Calculations are chosen as if those
        experiments were done. ``.index`` is the row of the candidates given, or scattered.

    Raises
    ------
    DataError
        Where candidates have the wrong shape or are not finite, or a rule needs more than the model knows.
    PluginError
        Where a rule is not installed.
    """
    objective = objective or Objective(_experiments(model.structure)[-1])
    X = _points(candidates, "candidates", model.basis.dim, rng)
    allowed = np.arange(len(X))
    if objective.constraints:
        allowed = feasible(FittedBelief(model), X, objective.constraints)
    belief = FittedBelief(model, objective, _domain(X, allowed))
    for x, target in pending:
        belief = belief.conditioned(np.atleast_2d(np.asarray(x, dtype=float)), target)
    prices = {"experiment": 0.0, "calculation": 0.0, **(costs or {})}
    found = propose(
        belief, X, n_experiments, rule=experiment_rule or DEFAULT_PAIR[0], source=Source.EXPERIMENT,
        target=objective.target, sign=objective.sign, cost=prices["experiment"], rng=rng,
        rows=_not_running(X, allowed, pending, objective.target),
    )  # fmt: skip
    calculated = _calculated(model.structure, objective.target)
    if calculated is None or n_calculations <= 0:
        return found
    if found:
        belief = belief.conditioned(np.array([each.x for each in found]), objective.target)
    if calculation_candidates is not None:
        X = _points(calculation_candidates, "calculation_candidates", model.basis.dim, rng)
    return found + propose(
        belief, X, n_calculations, rule=calculation_rule or DEFAULT_PAIR[1], source=Source.CALCULATION,
        target=calculated, sign=objective.sign, cost=prices["calculation"], rng=rng,
        rows=_not_running(X, np.arange(len(X)), pending, calculated),
    )  # fmt: skip


def _domain(X: np.ndarray, allowed: np.ndarray) -> np.ndarray | None:
    """Where the optimum is sought: where experiments are allowed, else everywhere, else wherever a rule looks."""
    if len(X) == 0:
        return None
    return X if len(allowed) in (0, len(X)) else X[allowed]


def _not_running(X: np.ndarray, rows: np.ndarray, pending: Pending, target: str) -> np.ndarray:
    """Those of the rows of X (n, d) at which no value of the target is awaited."""
    running = [tuple(map(float, x)) for x, name in pending if name == target]
    for x in running:
        rows = rows[(X[rows] != np.array(x)).any(axis=1)]
    return rows


def _experiments(structure: Structure) -> list[str]:
    pairs = zip(structure.targets, structure.sources, strict=True)
    return [name for name, source in pairs if source == Source.EXPERIMENT] or [structure.targets[-1]]


def _calculated(structure: Structure, target: str) -> str | None:
    """The calculated target that the sought one leans on, else the first calculated one."""
    pairs = zip(structure.targets, structure.sources, strict=True)
    calculated = [name for name, source in pairs if source == Source.CALCULATION]
    parents = [name for name in structure.parents.get(target, ()) if name in calculated]
    return (parents + calculated + [None])[0]


def _points(points: np.ndarray | Space, name: str, dim: int, rng: np.random.Generator) -> np.ndarray:
    if isinstance(points, Space):
        points = scattered(points, SCATTERED, rng)
    try:
        X = np.asarray(points, dtype=float)
    except (TypeError, ValueError) as error:
        raise DataError(f"{name}: expected numbers of shape (n, {dim}) ({error})") from error
    if X.ndim != 2 or X.shape[1] != dim or not np.isfinite(X).all():
        raise DataError(f"{name}: expected finite numbers of shape (n, {dim}), found shape {X.shape}")
    return X
