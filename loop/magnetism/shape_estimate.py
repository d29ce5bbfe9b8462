"""What is learned of the law's shape."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ShapeEstimate:
    """A shape parameter of the law.

    Parameters
    ----------
    name
        Of the parameter.
    median, low, high
        Its median, and one standard deviation of its coordinate below and above.
    learned
        Whether it was learned at all.
    """

    name: str
    median: float
    low: float
    high: float
    learned: bool
