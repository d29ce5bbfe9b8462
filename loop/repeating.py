"""Replicates and reference standards among the requests of an instrument."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from loop.campaign import Campaign, Slot
from loop.policy import Proposal
from loop.records import Reason, Request, Status
from loop.state import State

REPLICATE = "replicate"
STANDARD = "standard "
"""Rules of such requests; the name of the standard follows the second."""

ANSWERS = ".answers"
"""Ends the name under which candidates keep how often each point can be answered, (n, d + 1), where that is bounded."""

Best = Callable[[np.ndarray, str | None], Proposal | None]
"""The best of the points (n, d) by a rule, or by the slot's own where none is named."""


@dataclass(frozen=True)
class Repeat:
    """A proposal to measure a point again.

    Parameters
    ----------
    proposal
        The proposal.
    first
        Id of the first request for the point; empty where this is it.
    turn
        How many requests for the point came before.
    """

    proposal: Proposal
    first: str
    turn: int


def repeats(campaign: Campaign, state: State, slot: Slot, count: int, best: Best) -> list[Repeat | None]:
    """Say which of the next requests of a slot repeat a point, and which point.

    A standard, then a replicate, is due when so many requests came since the last one as its ``every`` says. It is
    made when a point can be asked for again: none is under way there, and the adapter holds another value. Otherwise
    the request is an ordinary one.

    Parameters
    ----------
    campaign
        Says what is repeated.
    state
        What is known.
    slot
        An instrument.
    count
        Requests that can be made.
    best
        Chooses among points.

    Returns
    -------
    list of Repeat or None
        One entry a request; None is an ordinary one.
    """
    asked = [request for request in state.requests.values() if request.adapter == slot.table.name]
    rules = [request.reason.rule for request in asked]
    found: list[Repeat | None] = []
    for _ in range(count):
        taken = {each.proposal.x for each in found if each is not None}
        found.append(_due(campaign, state, slot, asked, rules, taken, best))
        rules.append("" if found[-1] is None else found[-1].proposal.reason.rule)
    return found


def _due(
    campaign: Campaign, state: State, slot: Slot, asked: Sequence[Request], rules: Sequence[str],
    taken: set[tuple[float, ...]], best: Best,
) -> Repeat | None:  # fmt: skip
    for name, (x, every) in campaign.standards(slot.table.name).items():
        if _since(rules, STANDARD + name) >= every - 1 and x not in taken and _can_repeat(state, slot, asked, x):
            text = f"the standard {name}, every {every} requests, shows whether the instrument drifts"
            nan = float("nan")
            reason = Reason(rule=STANDARD + name, text=text, mean=nan, deviation=nan, acquisition=nan)
            return _numbered(asked, _explained(best(np.array([x]), "greedy"), reason))
    table = slot.table.repeats
    if table is None or _since(rules, REPLICATE) < table.every - 1:
        return None
    points = [x for x in _measured(state, slot, asked) if x not in taken and _can_repeat(state, slot, asked, x)]
    space, limits = campaign.reach(slot.table.name), campaign.limits
    X = np.array(points).reshape(-1, len(space.names))
    X = X[space.allows(X) & limits.allowed(X, campaign.costs(slot.table.name, X))]
    proposal = best(X, "greedy" if table.of == "best" else None) if len(X) else None
    if proposal is None:
        return None
    which = "the best measured point by prediction" if table.of == "best" else proposal.reason.text
    text = f"one request of {table.every} measures a point again, to know the scatter: {which}"
    return _numbered(asked, _explained(proposal, replace(proposal.reason, rule=REPLICATE, text=text)))


def _since(rules: Sequence[str], rule: str) -> int:
    """Requests since the last one of a rule; since the first of all where there is none."""
    return rules[::-1].index(rule) if rule in rules else len(rules)


def _measured(state: State, slot: Slot, asked: Sequence[Request]) -> list[tuple[float, ...]]:
    """Points that the slot was asked for and has given a value of, standards left out."""
    answered = {observation.request_id for observation in state.values_of(slot.table.target)}
    own = [each for each in asked if each.id in answered and not each.reason.rule.startswith(STANDARD)]
    return [*dict.fromkeys(request.x for request in own)]


def _can_repeat(state: State, slot: Slot, asked: Sequence[Request], x: tuple[float, ...]) -> bool:
    there = _made(asked, x)
    if any(request.status.is_open for request in there):
        return False
    held = state.candidates.get(slot.table.name + ANSWERS)
    if held is None:
        return True
    return bool(len(there) < held[(held[:, :-1] == np.array(x)).all(axis=1), -1].sum())


def _explained(proposal: Proposal | None, reason: Reason) -> Proposal:
    """The proposal with a reason of its own, and the prediction that was made of it."""
    assert proposal is not None  # noqa: S101
    found = proposal.reason
    return replace(proposal, reason=replace(reason, mean=found.mean, deviation=found.deviation))


def _numbered(asked: Sequence[Request], proposal: Proposal) -> Repeat:
    there = _made(asked, proposal.x)
    return Repeat(proposal, there[0].id if there else "", len(there))


def _made(asked: Sequence[Request], x: tuple[float, ...]) -> list[Request]:
    """Requests for a point, without those that were rejected: of these there is no sample."""
    return [request for request in asked if request.x == x and request.status is not Status.REJECTED]
