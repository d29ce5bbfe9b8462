"""One axis of the design space."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from loop.errors import CampaignError

_OFF = 1e-6
_DIGITS = 12


@dataclass(frozen=True)
class Variable:
    """A real or stepped design variable.

    Parameters
    ----------
    name
        An identifier, used in the formula and as a column name.
    low, high
        Inclusive bounds.
    step
        Distance of the values that can be asked for, counted from the lower bound; None allows every value.

    Raises
    ------
    CampaignError
        Where the name is no identifier, the bounds are not finite and increasing, or the step does not fit into them.
    """

    name: str
    low: float
    high: float
    step: float | None = None

    def __post_init__(self) -> None:
        if not self.name.isidentifier():
            raise CampaignError(f"variable {self.name!r}: expected an identifier such as 'alpha'")
        if not (math.isfinite(self.low) and math.isfinite(self.high) and self.low < self.high):
            raise CampaignError(
                f"variable {self.name!r}: bounds are [{self.low}, {self.high}], expected two finite, increasing numbers"
            )
        if self.step is not None and not 1e-9 * (self.high - self.low) < self.step <= self.high - self.low:
            raise CampaignError(
                f"variable {self.name!r}: step is {self.step}, expected a positive number that fits into "
                f"[{self.low:g}, {self.high:g}]"
            )

    @property
    def count(self) -> int:
        """Number of values that can be asked for; 0 where every value can."""
        return 0 if self.step is None else math.floor((self.high - self.low) / self.step + _OFF) + 1

    def levels(self, least: int = 2) -> np.ndarray:
        """Values of the variable in increasing order, (n,): its steps, or ``least`` even ones where it has none."""
        if self.step is None:
            return np.linspace(self.low, self.high, least)
        return np.round(self.low + self.step * np.arange(self.count), _DIGITS)

    def snapped(self, values: np.ndarray) -> np.ndarray:
        """Nearest values that can be asked for, of any shape."""
        if self.step is None:
            return np.asarray(np.clip(values, self.low, self.high))
        steps = np.clip(np.round((values - self.low) / self.step), 0, self.count - 1)
        return np.asarray(np.round(self.low + self.step * steps, _DIGITS) + 0.0)

    def on_step(self, values: np.ndarray) -> np.ndarray:
        """Which values lie on a step, of any shape; all where there are no steps."""
        if self.step is None:
            return np.ones(np.shape(values), dtype=bool)
        steps = (values - self.low) / self.step
        return np.asarray(np.abs(steps - np.round(steps)) <= _OFF)
