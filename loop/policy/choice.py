"""The whole choice: which experiments and which calculations next."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from loop.assimilation import DataAssimilation
from loop.errors import DataError
from loop.policy.allocation import allocate
from loop.policy.belief import FittedBelief
from loop.policy.constraint import feasible
from loop.policy.given import (
    Candidates,
    Pending,
    Running,
    calculated_twin,
    label_of,
    pending_of,
    points_of,
    require_choosable,
    require_number,
    rule_of_kind,
    spaces_of,
    whole,
)
from loop.policy.objective import Objective
from loop.policy.polished_purchase import polished_purchase
from loop.policy.pricing import prices_of
from loop.policy.proposal import Proposal
from loop.policy.rule import Rule
from loop.records import Source
from loop.space.cost import Cost, typical

MOST = 100
"""Requests of a kind whose number is left to the costs."""


def choose(
    model: DataAssimilation,
    candidates: Candidates,
    *,
    calculation_candidates: Candidates | None = None,
    n_experiments: int | None = 1,
    n_calculations: int | None = 5,
    experiment_rule: str | Rule | None = None,
    calculation_rule: str | Rule | None = None,
    objective: Objective | str | None = None,
    costs: Mapping[str, Cost] | None = None,
    pending: Pending = (),
    rng: np.random.Generator,
    budget: float = math.inf,
    per_cost: bool = False,
    polish: bool = False,
) -> list[Proposal]:
    """Choose the next experiments and calculations (method.md 5).

    Parameters
    ----------
    model
        A fitted model.
    candidates
        Points that can be synthesized and measured, shape (n, d), or a space to scatter them over; (n,) where there
        is one variable. Equal points count once.
    calculation_candidates
        Points that can be calculated, shape (m, d), or a space; the same ones if None.
    n_experiments, n_calculations
        How many of each are wanted; fewer come back where fewer candidates are left, may be tried, or can be paid.
        None leaves the number to the costs (:func:`~loop.policy.allocation.allocate`): one experiment, and
        calculations that cost as much.
    experiment_rule, calculation_rule
        Names of rules, or rules; of a pair such as ``"source_rule"`` the half that belongs there; the recommended ones
        if None.
    objective
        What is sought, and under which constraints on outcomes; the name of a target maximizes it, None the model's
        last experimental target.
    costs
        Cost of one ``"experiment"`` and one ``"calculation"``, or functions from points (n, d) to costs (n,);
        copied to the proposals.
    pending
        Requests still running: proposals, requests, (point, target) each, or points (k, d) where the objective is
        being measured. They count as if done and are not asked again.
    rng
        Source of all randomness.
    budget
        What may be spent, in the unit of the costs; experiments are paid first.
    per_cost
        Rank by what a request brings per unit of its cost; for rules that can.
    polish
        Also consider the best points scattered over a space moved to the nearest optimum of the rule, within its
        constraints, keeping steps and categories (:func:`~loop.policy.refining.refined`).

    Returns
    -------
    list of Proposal
        Experiments first, each with ``.x``, ``.source`` and ``.reason``. Calculations are chosen as if those
        experiments were done. ``.index`` is the row of the candidates given, or scattered; polished points follow them.

    Raises
    ------
    DataError
        Where candidates have the wrong shape or are not finite, what is pending is no request, a number is none,
        there is nothing to polish, or a rule needs more than the model knows.
    CampaignError
        Where the objective or a cost makes no sense.
    PluginError
        Where a rule is not installed.
    EstimationError
        Where the model is not fitted.
    """
    if not isinstance(model, DataAssimilation):
        raise DataError(f"model = {model!r}: expected a fitted DataAssimilation")
    structure, dim = model.posterior.structure, model.basis.dim
    require_number(budget)
    sought = require_choosable(structure, objective, rng)
    others = candidates if calculation_candidates is None else calculation_candidates
    spaces = spaces_of(candidates, others, polish=polish)
    X, Z = _candidates(candidates, calculation_candidates, dim, rng)
    running, prices = pending_of(pending, structure, sought.target, dim), prices_of(costs)
    experiments, calculations = _numbers(n_experiments, n_calculations, X, Z, prices, budget)
    allowed = feasible(FittedBelief(model), X, sought.constraints)
    belief = FittedBelief(model, sought, _domain(X, allowed))
    for x, target in running:
        belief = belief.conditioned(x[None], target)
    found = polished_purchase(
        belief, X, experiments, rule=rule_of_kind(experiment_rule, Source.EXPERIMENT), source=Source.EXPERIMENT,
        target=sought.target, sign=sought.sign, cost=prices["experiment"], rng=rng, budget=budget, per_cost=per_cost,
        rows=_not_running(X, allowed, running, sought.target), space=spaces[0], constraints=sought.constraints,
        label=label_of(candidates),
    )  # fmt: skip
    calculated = calculated_twin(structure, sought.target)
    if calculated is None or calculations == 0:
        return found
    if found:
        belief = belief.conditioned(np.array([each.x for each in found]), sought.target)
    return found + polished_purchase(
        belief, Z, calculations, rule=rule_of_kind(calculation_rule, Source.CALCULATION), source=Source.CALCULATION,
        target=calculated, sign=sought.sign, cost=prices["calculation"], rng=rng, per_cost=per_cost,
        budget=budget - sum(each.cost for each in found), rows=_not_running(Z, np.arange(len(Z)), running, calculated),
        space=spaces[1], label=label_of(others),
    )  # fmt: skip


def _candidates(
    candidates: Candidates, calculation_candidates: Candidates | None, dim: int, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    X = points_of(candidates, "candidates", dim, rng)
    if calculation_candidates is None:
        return X, X
    return X, points_of(calculation_candidates, "calculation_candidates", dim, rng)


def _numbers(
    n_experiments: int | None, n_calculations: int | None, X: np.ndarray, Z: np.ndarray, prices: Mapping[str, Cost],
    budget: float,
) -> tuple[int, int]:  # fmt: skip
    """How many of each; where that is left to the costs, typical ones decide."""
    experiments = 1 if n_experiments is None else whole(n_experiments, "n_experiments")
    if n_calculations is not None:
        return experiments, whole(n_calculations, "n_calculations")
    found = allocate(
        experiment_cost=typical(prices["experiment"], X, "one experiment"),
        calculation_cost=typical(prices["calculation"], Z, "one calculation"),
        experiment_slots=experiments, calculation_slots=MOST, budget=budget,
    )  # fmt: skip
    return experiments, found.calculations


def _domain(X: np.ndarray, allowed: np.ndarray) -> np.ndarray | None:
    """Where the optimum is sought: where experiments are allowed, else everywhere, else wherever a rule looks."""
    if len(X) == 0:
        return None
    return X if len(allowed) in (0, len(X)) else X[allowed]


def _not_running(X: np.ndarray, rows: np.ndarray, running: Running, target: str) -> np.ndarray:
    """Those of the rows of X (n, d) at which no value of the target is awaited."""
    for x in [x for x, name in running if name == target]:
        rows = rows[(X[rows] != x).any(axis=1)]
    return rows
