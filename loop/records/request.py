"""What the loop asks of the world, and how far that has come."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum


class Source(StrEnum):
    """Who answers a request."""

    EXPERIMENT = "experiment"
    CALCULATION = "calculation"


class Status(StrEnum):
    """How far a request has come. Listed once, here."""

    PROPOSED = "proposed"
    AWAITING_APPROVAL = "awaiting approval"
    SEALED = "sealed"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    REJECTED = "rejected"
    UNKNOWN = "unknown"

    @property
    def is_open(self) -> bool:
        """Whether an answer may still come, so that it counts as if done when choosing."""
        return self in {Status.PROPOSED, Status.AWAITING_APPROVAL, Status.SEALED, Status.RUNNING}

    @property
    def is_sent(self) -> bool:
        """Whether it was, or is to be, handed to an adapter: what was rejected costs nothing and is no try."""
        return self not in {Status.AWAITING_APPROVAL, Status.REJECTED}


@dataclass(frozen=True, kw_only=True)
class Reason:
    """Why a point was chosen.

    Parameters
    ----------
    rule
        Name of the rule that chose it.
    text
        One sentence for a person.
    mean, deviation
        Prediction of the requested target at the point and its standard deviation, in the target's unit; NaN before
        there is a model.
    acquisition
        What the rule ranked by, in the rule's own scale; NaN where it ranked nothing.
    runner_up, runner_up_acquisition
        The point it beat, in words, and that point's acquisition value; empty and NaN where there was none.
    worth, worth_deviation
        Prediction of what the point is worth, where that is a function of targets; NaN where it is the target itself.
    feasible
        Least probability with which a constraint of the objective holds at the point; NaN where there are none.
    """

    rule: str
    text: str
    mean: float
    deviation: float
    acquisition: float
    runner_up: str = ""
    runner_up_acquisition: float = float("nan")
    worth: float = float("nan")
    worth_deviation: float = float("nan")
    feasible: float = float("nan")


@dataclass(frozen=True, kw_only=True)
class Request:
    """One synthesis-and-measurement or one calculation that the loop asks for.

    Parameters
    ----------
    id
        ``<cycle>-<slot>-<rank>``; the same choice in the same cycle always has the same id, which makes dispatch
        idempotent. What a person asks for instead has that id and ``-changed``.
    cycle
        The cycle that chose it.
    source
        Experiment or calculation.
    adapter
        The slot of the campaign that is to answer.
    target
        The target a value is wanted of.
    x
        Design point asked for, in the order of the campaign's variables.
    label
        What a person calls the point, for example its formula.
    cost
        In the campaign's cost unit.
    reason
        Why this point.
    status
        How far it has come.
    repeats
        Id of the first request of the slot for this point, where this one asks for it again; else empty.
    turn
        How many requests of the slot for this point came before.
    approval
        Why it waited for approval, in words; empty where it did not.
    instead_of
        Id of the request that a person changed into this one; else empty.
    """

    id: str
    cycle: int
    source: Source
    adapter: str
    target: str
    x: tuple[float, ...]
    label: str
    cost: float
    reason: Reason
    status: Status
    repeats: str = ""
    turn: int = 0
    approval: str = ""
    instead_of: str = ""

    def with_status(self, status: Status) -> Request:
        """Give the same request with another status."""
        return replace(self, status=status)
