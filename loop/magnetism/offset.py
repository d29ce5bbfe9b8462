"""What is learned beside the curves: laboratories and the law's shape."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class LaboratoryOffset:
    """By how much a laboratory lies above the typical one.

    Parameters
    ----------
    laboratory
        Its name.
    target
        What the offset is of: M0 (in proportion m(T/Tc) at T > 0), or Tc.
    mean, deviation
        In the target's unit.
    rows
        Values that the laboratory has of it.
    """

    laboratory: str
    target: str
    mean: float
    deviation: float
    rows: int


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
