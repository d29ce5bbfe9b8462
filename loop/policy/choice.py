"""The whole choice: which experiments and which calculations next."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from loop.assimilation import DataAssimilation
from loop.errors import DataError
from loop.policy.belief import Belief, FittedBelief
from loop.policy.objective import Objective
from loop.policy.proposal import Proposal
from loop.policy.rule import DEFAULT_PAIR, Pick, Rule, rule_named
from loop.records import Reason, Source


def choose(
    model: DataAssimilation,
    candidates: np.ndarray,
    *,
    calculation_candidates: np.ndarray | None = None,
    n_experiments: int = 1,
    n_calculations: int = 5,
    experiment_rule: str | Rule | None = None,
    calculation_rule: str | Rule | None = None,
    objective: Objective | None = None,
    costs: Mapping[str, float] | None = None,
    pending: Sequence[tuple[Sequence[float], str]] = (),
    rng: np.random.Generator,
) -> list[Proposal]:
    """Choose the next experiments and calculations (method.md 5).

    Parameters
    ----------
    model
        A fitted model.
    candidates
        Points that can be synthesized and measured, shape (n, d).
    calculation_candidates
        Points that can be calculated, shape (m, d); the same ones if None.
    n_experiments, n_calculations
        How many of each are wanted.
    experiment_rule, calculation_rule
        Names of rules, or rules; the recommended ones if None.
    objective
        What is sought; None maximizes the model's last experimental target.
    costs
        Cost of one ``"experiment"`` and one ``"calculation"``, copied to the proposals.
    pending
        Requests still running, (point, target) each: they count as if done.
    rng
        Source of all randomness.

    Returns
    -------
    list of Proposal
        Experiments first, each with ``.x``, ``.source`` and ``.reason``.

    Raises
    ------
    DataError
        Where candidates have the wrong shape or are not finite.
    PluginError
        Where a rule is not installed.
    """
    structure = model.structure
    sources = dict(zip(structure.targets, structure.sources, strict=True))
    objective = objective or Objective([t for t, s in sources.items() if s == Source.EXPERIMENT][-1])
    belief: Belief = FittedBelief(model)
    for x, target in pending:
        belief = belief.conditioned(np.atleast_2d(np.asarray(x, dtype=float)), target)
    proposals = propose(
        belief,
        _checked(candidates, "candidates", model.basis.dim),
        n_experiments,
        rule=experiment_rule or DEFAULT_PAIR[0],
        source=Source.EXPERIMENT,
        target=objective.target,
        sign=objective.sign,
        cost=(costs or {}).get("experiment", 0.0),
        rng=rng,
    )
    calculated = [t for t, s in sources.items() if s == Source.CALCULATION]
    if not calculated or n_calculations == 0:
        return proposals
    return proposals + propose(
        belief,
        _checked(
            candidates if calculation_candidates is None else calculation_candidates,
            "calculation_candidates",
            model.basis.dim,
        ),
        n_calculations,
        rule=calculation_rule or DEFAULT_PAIR[1],
        source=Source.CALCULATION,
        target=calculated[0],
        sign=objective.sign,
        cost=(costs or {}).get("calculation", 0.0),
        rng=rng,
    )


def propose(
    belief: Belief,
    X: np.ndarray,
    count: int,
    *,
    rule: str | Rule,
    source: Source,
    target: str,
    sign: float,
    cost: float,
    rng: np.random.Generator,
    label: Callable[[Sequence[float]], str] = str,
) -> list[Proposal]:
    """Apply one rule to one set of candidates.

    Parameters
    ----------
    belief
        What is believed, running requests counted as done.
    X
        Candidates, shape (n, d).
    count
        How many are wanted; fewer come back where there are fewer candidates.
    rule
        A rule, or the name of one.
    source, target, cost
        Copied to the proposals.
    sign
        +1 to maximize, −1 to minimize.
    rng
        Source of all randomness.
    label
        Names a point for a person.
    """
    name = rule if isinstance(rule, str) else type(rule).__name__
    call = rule_named(rule) if isinstance(rule, str) else rule
    if count <= 0 or len(X) == 0:
        return []
    picks = call(belief, X, count, target=target, sign=sign, rng=rng)
    rows = X[[pick.index for pick in picks]]
    means, deviations = belief.mean(rows, target), belief.deviation(rows, target)
    return [
        Proposal(
            x=tuple(float(value) for value in X[pick.index]),
            source=source,
            target=target,
            cost=cost,
            index=pick.index,
            reason=_reason(name, call.summary, pick, float(mean), float(deviation), X, label),
        )
        for pick, mean, deviation in zip(picks, means, deviations, strict=True)
    ]


def _reason(
    name: str,
    summary: str,
    pick: Pick,
    mean: float,
    deviation: float,
    X: np.ndarray,
    label: Callable[[Sequence[float]], str],
) -> Reason:
    runner_up = "" if pick.runner_up is None else label(X[pick.runner_up].tolist())
    return Reason(
        rule=name,
        text=summary + (f"; next best was {runner_up}" if runner_up else ""),
        mean=mean,
        deviation=deviation,
        acquisition=pick.acquisition,
        runner_up=runner_up,
        runner_up_acquisition=pick.runner_up_acquisition,
    )


def _checked(points: np.ndarray, name: str, dim: int) -> np.ndarray:
    try:
        X = np.asarray(points, dtype=float)
    except (TypeError, ValueError) as error:
        raise DataError(f"{name}: expected numbers of shape (n, {dim}) ({error})") from error
    if X.ndim != 2 or X.shape[1] != dim or not np.isfinite(X).all():
        raise DataError(f"{name}: expected finite numbers of shape (n, {dim}), found shape {X.shape}")
    return X
