"""One slot's turn in a cycle: what it is asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from loop.allotting import allotted
from loop.campaign import Campaign, Slot
from loop.objective import objective_of
from loop.policy import FittedBelief, Proposal, feasible, purchase, refined
from loop.policy.rule import DEFAULT_PAIR, rule_pair
from loop.records import Reason, Request, Source
from loop.refining import fresh, is_polished
from loop.repeating import Repeat, repeats
from loop.second_start import second_starts
from loop.state import State
from loop.vacancies import affordable, free_places, money_left


@dataclass(frozen=True)
class Turn:
    """One slot's turn.

    Parameters
    ----------
    campaign, state
        What is wanted and known; candidates within the hard limits.
    slot
        Whose turn it is.
    chosen
        Requests of this cycle before.
    X
        Candidates that may be asked for, (n, d).
    rng
        Source of all randomness.
    """

    campaign: Campaign
    state: State
    slot: Slot
    chosen: tuple[Request, ...]
    X: np.ndarray
    rng: np.random.Generator

    @property
    def is_experiment(self) -> bool:
        """Whether the slot measures."""
        return self.slot.source is Source.EXPERIMENT

    @property
    def ranking(self) -> str:
        """The target that the rule ranks by: experiments by what is sought, whatever they measure."""
        return self.campaign.table.objective.target if self.is_experiment else self.slot.table.target

    @property
    def rule(self) -> str:
        """Name of the slot's rule."""
        return rule_of(self.campaign, self.slot.source)

    def affordable(self, count: int) -> int:
        """So many of ``count`` requests as can be made."""
        return affordable(self.campaign, self.state, self.slot, self.chosen, count)

    def free_places(self, *, has_model: bool) -> int:
        """Places that can be filled."""
        return self.affordable(free_places(self.state, self.slot, has_model=has_model))

    def money_left(self, spent: Sequence[Proposal]) -> float:
        """What may be spent after these proposals."""
        return money_left(self.campaign, self.state, self.chosen) - sum(each.cost for each in spent)


def rule_of(campaign: Campaign, source: Source) -> str:
    """Name of the rule that chooses experiments, or calculations."""
    policy = campaign.table.policy
    if policy.rule is not None:
        experiment, calculation = rule_pair(policy.rule)
    else:
        experiment = policy.experiment or DEFAULT_PAIR[0]
        calculation = policy.calculation or DEFAULT_PAIR[1]
    return experiment if source is Source.EXPERIMENT else calculation


def places_of(turn: Turn, belief: FittedBelief | None) -> list[Repeat | None]:
    """What each of the next requests repeats, None where it is for a new point.

    Doubtful calculations come first; before there is a model nothing else is repeated.
    """
    second = second_starts(turn.campaign, turn.state, turn.slot)[: turn.free_places(has_model=True)]
    count = max(turn.free_places(has_model=belief is not None) - len(second), 0)
    if belief is None:
        return [*second, *[None] * count]
    count = allotted(turn.campaign, turn.state, turn.slot, turn.chosen, count)
    left = turn.money_left([each.proposal for each in second])

    def best(X: np.ndarray, rule: str | None) -> Proposal | None:
        return next(iter(_bought(turn, belief, X, 1, left, rule)), None)

    return [*second, *repeats(turn.campaign, turn.state, turn.slot, count, best)]


def proposals_of(
    turn: Turn, belief: FittedBelief | None, count: int, repeated: Sequence[Proposal] = ()
) -> list[Proposal]:
    """Propose new points: at random before there is a model, else by the rule of the slot.

    Parameters
    ----------
    turn
        Whose.
    belief
        What is believed; what is repeated counted as done.
    count
        How many are wanted.
    repeated
        Proposals before, which are paid first and not made again.
    """
    again, left = {each.x for each in repeated}, turn.money_left(repeated)
    X = turn.X[[tuple(point) not in again for point in turn.X.tolist()]] if again else turn.X
    if count == 0 or len(X) == 0:
        return []
    if belief is None:
        return _at_random(turn, X, count, left)
    if is_polished(turn.campaign, turn.state, turn.slot):
        X = np.vstack([X, _polished(turn, belief, X, count)])
    return _bought(turn, belief, X, count, left)


def _asking(turn: Turn, belief: FittedBelief) -> FittedBelief:
    """What rules may know when they choose for a slot; another target is measured where the best may be."""
    target = turn.slot.table.target
    if target == turn.ranking:
        return belief
    return belief.asking(target, turn.state.points_of(target))


def _bought(
    turn: Turn, belief: FittedBelief, X: np.ndarray, count: int, left: float, rule: str | None = None
) -> list[Proposal]:
    """What a rule, the slot's own unless another is named, picks among X and the money pays for."""
    campaign, slot = turn.campaign, turn.slot
    return purchase(
        _asking(turn, belief), X, count, rule=rule or turn.rule, source=slot.source, target=slot.table.target,
        ranking=turn.ranking, one_by_one=turn.ranking != slot.table.target, sign=objective_of(campaign).sign,
        cost=campaign.cost(slot.table.name), budget=left, per_cost=campaign.table.policy.per_cost and rule is None,
        rng=turn.rng, label=campaign.space.label,
    )  # fmt: skip


def _polished(turn: Turn, belief: FittedBelief, X: np.ndarray, count: int) -> np.ndarray:
    """The best of the candidates X (n, d) polished: points beside them, (k, d)."""
    campaign, slot, objective = turn.campaign, turn.slot, objective_of(turn.campaign)
    known, per_cost = _asking(turn, belief), campaign.table.policy.per_cost
    points = refined(
        campaign.reach(slot.table.name), known.priced(campaign.cost(slot.table.name)) if per_cost else known, X, count,
        rule=turn.rule, target=slot.table.target, ranking=turn.ranking, sign=objective.sign, rng=turn.rng,
    )  # fmt: skip
    points = fresh(campaign, turn.state, slot, turn.chosen, points)
    if turn.is_experiment and objective.constraints and len(points):
        points = points[feasible(belief.plain(), points, objective.constraints)]
    return points


def _at_random(turn: Turn, X: np.ndarray, count: int, left: float) -> list[Proposal]:
    nan, costs = float("nan"), turn.campaign.costs(turn.slot.table.name, X)
    reason = Reason(rule="start", text="drawn at random, to start with", mean=nan, deviation=nan, acquisition=nan)
    source, target = turn.slot.source, turn.slot.table.target
    blank = Proposal(x=(), source=source, target=target, reason=reason, cost=0.0, index=0)
    found: list[Proposal] = []
    for row in turn.rng.permutation(len(X)).tolist():
        if len(found) < count and costs[row] <= left + 1e-9:
            found.append(replace(blank, x=tuple(X[row].tolist()), cost=float(costs[row]), index=row))
            left -= found[-1].cost
    return found
