"""What is sought."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from loop.errors import CampaignError
from loop.policy.constraint import Constraint
from loop.policy.worth import Worth

Goal = Literal["maximize", "minimize", "hit"]


@dataclass(frozen=True)
class Objective:
    """A target, or a function of targets, to be made large or small or to hit a value, where constraints allow it.

    Rules maximize the *utility* u(w) of what a point is worth: w, −w, or −|w − value|. This is the one place that
    knows what is better.

    Parameters
    ----------
    target
        Name of the target that an experiment measures.
    goal
        ``"maximize"``, ``"minimize"`` or ``"hit"``.
    value
        What is to be hit, in the unit of the worth; only with ``"hit"``.
    constraints
        What an experiment must also satisfy, with stated probability.
    scale
        Function from points (n, d) to factors (n,), such as one over a price: short for a worth of scale(x)·y(x).
    worth
        What a point is worth, a function of the target and of others; None is the target itself.

    Raises
    ------
    CampaignError
        Where the goal is unknown, its value is missing or superfluous, or the worth does not depend on the target.
    """

    target: str
    goal: Goal = "maximize"
    value: float | None = None
    constraints: tuple[Constraint, ...] = ()
    scale: Callable[[np.ndarray], np.ndarray] | None = None
    worth: Worth | None = None

    def __post_init__(self) -> None:
        """Refuse what contradicts itself."""
        if self.goal not in get_args(Goal):
            raise CampaignError(f"goal {self.goal!r}: expected 'maximize', 'minimize' or 'hit'")
        if (self.goal == "hit") != (self.value is not None and math.isfinite(self.value)):
            raise CampaignError(f"goal {self.goal!r} with value {self.value}: a finite value belongs to 'hit' alone")
        if self.scale is not None and self.worth is not None:
            raise CampaignError("an objective has a scale or a worth, not both")
        if self.worth is not None and self.target not in self.worth.targets:
            raise CampaignError(f"the worth of {', '.join(self.worth.targets)} does not depend on {self.target!r}")
        if self.scale is not None:
            object.__setattr__(self, "worth", Worth.scaled(self.target, self.scale))
        object.__setattr__(self, "constraints", tuple(self.constraints))

    @classmethod
    def by_sign(cls, target: str, sign: float) -> Objective:
        """Maximize (sign > 0) or minimize a target."""
        return cls(target, "maximize" if sign > 0 else "minimize")

    @property
    def sign(self) -> float:
        """−1 to minimize, else +1: without a value to hit rules maximize ``sign · worth``."""
        return -1.0 if self.goal == "minimize" else 1.0

    @property
    def targets(self) -> tuple[str, ...]:
        """Targets that the worth depends on."""
        return (self.target,) if self.worth is None else self.worth.targets

    def worth_of(self, X: np.ndarray, values: Mapping[str, np.ndarray]) -> np.ndarray:
        """Worth (n,) of values (n,) of the targets at the points X (n, d)."""
        return np.asarray(values[self.target]) if self.worth is None else self.worth.of(X, values)

    def utility(self, worth: np.ndarray) -> np.ndarray:
        """Return u of worths of any shape, in their unit."""
        if self.value is None:
            return self.sign * worth
        return np.asarray(-np.abs(worth - self.value))

    def best(self, worths: Iterable[float]) -> int:
        """Index of the best of some worths, the first of equal ones."""
        return int(np.argmax(self.utility(np.array(list(worths), dtype=float))))

    def best_so_far(self, worths: Iterable[float]) -> np.ndarray:
        """Best of the first k worths, k = 1 … n, (n,)."""
        values = np.array(list(worths), dtype=float)
        utility = self.utility(values)
        leads = utility >= np.maximum.accumulate(utility) if len(values) else np.empty(0, dtype=bool)
        return np.asarray(values[np.maximum.accumulate(np.where(leads, np.arange(len(values)), 0))])

    def optimistic(self, mean: np.ndarray, margin: np.ndarray) -> np.ndarray:
        """Return the largest utility of worths within mean ± margin."""
        if self.value is None:
            return np.asarray(self.sign * mean + margin)
        return np.asarray(-np.maximum(np.abs(mean - self.value) - margin, 0.0))
