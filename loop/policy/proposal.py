"""A point that a rule would ask for, before it becomes a request."""

from __future__ import annotations

from dataclasses import dataclass

from loop.records import Reason, Source


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """One proposed experiment or calculation.

    Parameters
    ----------
    x
        Design point.
    source
        Experiment or calculation.
    target
        The target a value is wanted of.
    reason
        Why this point.
    cost
        In the unit of the costs that were given; 0 where none were.
    index
        Row of the candidates it was chosen from.
    """

    x: tuple[float, ...]
    source: Source
    target: str
    reason: Reason
    cost: float
    index: int
