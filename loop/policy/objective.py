"""What is sought."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from loop.errors import CampaignError
from loop.policy.constraint import Constraint

Goal = Literal["maximize", "minimize", "hit"]


@dataclass(frozen=True)
class Objective:
    """One target, to be made as large or as small as possible or to hit a value, where constraints allow it.

    Rules maximize the *utility* u(y) of the target: y, −y, or −|y − value|.

    Parameters
    ----------
    target
        Name of the target.
    goal
        ``"maximize"``, ``"minimize"`` or ``"hit"``.
    value
        What is to be hit, in the target's unit; only with ``"hit"``.
    constraints
        What an experiment must also satisfy, with stated probability.
    scale
        Function from points (n, d) to factors (n,), such as one over a price: the goal is meant for scale(x)·y(x).

    Raises
    ------
    CampaignError
        Where the goal is unknown, or its value is missing or superfluous.
    """

    target: str
    goal: Goal = "maximize"
    value: float | None = None
    constraints: tuple[Constraint, ...] = ()
    scale: Callable[[np.ndarray], np.ndarray] | None = None

    def __post_init__(self) -> None:
        """Refuse what contradicts itself."""
        if self.goal not in {"maximize", "minimize", "hit"}:
            raise CampaignError(f"goal {self.goal!r}: expected 'maximize', 'minimize' or 'hit'")
        if (self.goal == "hit") != (self.value is not None and math.isfinite(self.value)):
            raise CampaignError(f"goal {self.goal!r} with value {self.value}: a finite value belongs to 'hit' alone")
        object.__setattr__(self, "constraints", tuple(self.constraints))

    def factors(self, X: np.ndarray, target: str) -> np.ndarray | None:
        """Factors (n,) of the values of a target at the points X (n, d); None where it is taken as it is.

        Raises
        ------
        CampaignError
            Where the scale gives no finite factor for every point.
        """
        if self.scale is None or target != self.target:
            return None
        found = np.asarray(self.scale(X), dtype=float)
        if found.shape != (len(X),) or not np.isfinite(found).all():
            raise CampaignError(f"the scale of {self.target!r} gave {found.shape}, expected {len(X)} finite factors")
        return found

    @classmethod
    def by_sign(cls, target: str, sign: float) -> Objective:
        """Maximize (sign > 0) or minimize a target."""
        return cls(target, "maximize" if sign > 0 else "minimize")

    @property
    def sign(self) -> float:
        """−1 to minimize, else +1: without a value to hit rules maximize ``sign · value``."""
        return -1.0 if self.goal == "minimize" else 1.0

    def utility(self, values: np.ndarray) -> np.ndarray:
        """Return u of values of any shape, in the target's unit."""
        if self.value is None:
            return self.sign * values
        return np.asarray(-np.abs(values - self.value))

    def optimistic(self, mean: np.ndarray, margin: np.ndarray) -> np.ndarray:
        """Return the largest utility of values within mean ± margin."""
        if self.value is None:
            return np.asarray(self.sign * mean + margin)
        return np.asarray(-np.maximum(np.abs(mean - self.value) - margin, 0.0))
