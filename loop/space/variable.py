"""One axis of the design space."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from loop.errors import CampaignError, DataError

_OFF = 1e-6
_QUOTES = frozenset("'\"")
_DIGITS = 12


@dataclass(frozen=True)
class Variable:
    """A real, stepped or categorical design variable.

    Parameters
    ----------
    name
        An identifier, used in the formula and as a column name.
    low, high
        Inclusive bounds.
    step
        Distance of the values that can be asked for, counted from the lower bound; None allows every value.
    values
        Of a categorical variable, see :meth:`categorical`; empty for the others.

    Raises
    ------
    CampaignError
        Where the name is no identifier, the bounds are not finite and increasing, or the step does not fit into them.
    """

    name: str
    low: float
    high: float
    step: float | None = None
    values: tuple[str, ...] = ()

    @classmethod
    def categorical(cls, name: str, values: Sequence[str]) -> Variable:
        """Make a variable with names for values; a point holds the position of one among them, from 0.

        Parameters
        ----------
        name
            An identifier.
        values
            At least two different printable texts, without quotation marks and blanks around them.

        Raises
        ------
        CampaignError
            Where they are not.
        """
        odd = [value for value in values if not value or value != value.strip() or not value.isprintable()]
        odd += [value for value in values if _QUOTES & set(value)]
        if len(values) < 2 or len(set(values)) < len(values) or odd:
            raise CampaignError(
                f"variable {name!r}: values are {list(values)}, expected at least two different texts without "
                "quotation marks, such as ['sputtered', 'annealed']"
            )
        return cls(name, 0.0, len(values) - 1.0, 1.0, tuple(values))

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
        """Nearest values that can be asked for, of any shape; categories share their range evenly."""
        if self.step is None:
            return np.asarray(np.clip(values, self.low, self.high))
        if self.values:
            return self._shared(values)
        steps = np.clip(np.round((values - self.low) / self.step), 0, self.count - 1)
        return np.asarray(np.round(self.low + self.step * steps, _DIGITS) + 0.0)

    def on_step(self, values: np.ndarray) -> np.ndarray:
        """Which values lie on a step, of any shape; all where there are no steps."""
        if self.step is None:
            return np.ones(np.shape(values), dtype=bool)
        steps = (values - self.low) / self.step
        return np.asarray(np.abs(steps - np.round(steps)) <= _OFF)

    def text(self, value: float) -> str:
        """Write a value as a person would: a number, or the name of a category."""
        return self.values[round(value)] if self.values else f"{value:g}"

    def position(self, text: str) -> float:
        """Position of a category.

        Raises
        ------
        DataError
            Where the variable has no such category.
        """
        if text not in self.values:
            raise DataError(f"{self.name}: found {text!r}, expected one of {', '.join(self.values)}")
        return float(self.values.index(text))

    def _shared(self, values: np.ndarray) -> np.ndarray:
        """Cut the range into as many parts as there are categories; each position lies in its own part."""
        n = len(self.values)
        return np.asarray(np.clip(np.floor(np.asarray(values) / (n - 1) * n + _OFF), 0, n - 1) + 0.0)
