"""What a point must satisfy beyond its bounds: linear constraints, forbidden regions, cardinality."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from loop.errors import CampaignError
from loop.space.expression import LinearExpression

TOLERANCE = 1e-9
_FORM = re.compile(r"(?P<left>[^<>=]+)(?P<sign><=|>=|==|=)(?P<right>[^<>=]+)")


class Constraint(Protocol):
    """Anything that allows some points and refuses others."""

    @property
    def text(self) -> str:
        """The constraint as a person would write it."""

    def holds(self, X: np.ndarray) -> np.ndarray:
        """Which of the points X (n, d) satisfy it, (n,)."""

    def refusal(self, x: Sequence[float]) -> str:
        """Say what a point that does not satisfy it violates: the constraint as written, and the values found."""


class Condition(Constraint, Protocol):
    """A constraint that may also be one of the conditions of a forbidden region."""

    def found(self, x: Sequence[float]) -> str:
        """Say which values a point has of the variables that the condition is about."""


@dataclass(frozen=True)
class Linear:
    """``coefficients · x <= bound``, or ``=``.

    Parameters
    ----------
    text
        As it was written.
    names
        Of the variables, in order.
    coefficients
        In the order of the names.
    bound
        The right-hand side.
    is_equality
        Whether the two sides must agree.
    """

    text: str
    names: tuple[str, ...]
    coefficients: tuple[float, ...]
    bound: float
    is_equality: bool = False

    @classmethod
    def parse(cls, text: str, names: Sequence[str]) -> Linear:
        """Read ``alpha + beta <= 0.8``: linear expressions on both sides of ``<=``, ``>=`` or ``=``.

        Raises
        ------
        CampaignError
            Where it cannot be read, uses an unknown name, or no variable at all.
        """
        found = _FORM.fullmatch(text.strip())
        if found is None:
            raise CampaignError(f"cannot read {text!r}: expected two sides of <=, >= or =, such as 'a + b <= 0.8'")
        left, right = LinearExpression.parse(found["left"]), LinearExpression.parse(found["right"])
        slope = left.vector(names) - right.vector(names)
        if not slope.any():
            raise CampaignError(f"{text!r} does not depend on any variable; there are {', '.join(names)}")
        sign = -1.0 if found["sign"] == ">=" else 1.0
        bound = sign * (right.constant - left.constant)
        is_equality = found["sign"] in {"=", "=="}
        return cls(text.strip(), tuple(names), tuple((sign * slope).tolist()), bound, is_equality)

    def holds(self, X: np.ndarray) -> np.ndarray:
        """See :class:`Constraint`."""
        over = X @ np.array(self.coefficients) - self.bound
        return np.asarray((np.abs(over) if self.is_equality else over) <= self._tolerance)

    def refusal(self, x: Sequence[float]) -> str:
        """See :class:`Constraint`."""
        return f"{self.found(x)}, expected {self.text}"

    def found(self, x: Sequence[float]) -> str:
        """See :class:`Condition`."""
        triples = zip(self.names, x, self.coefficients, strict=True)
        return ", ".join(f"{name} = {value:g}" for name, value, coefficient in triples if coefficient)

    @property
    def _tolerance(self) -> float:
        return TOLERANCE * max(1.0, float(np.abs(self.coefficients).max()), abs(self.bound))


@dataclass(frozen=True)
class Forbidden:
    """A region in which no point may lie: where all of its conditions hold.

    Parameters
    ----------
    conditions
        What is true in the region, its border included.
    """

    conditions: tuple[Condition, ...]

    @property
    def text(self) -> str:
        """See :class:`Constraint`."""
        return f"not ({' and '.join(each.text for each in self.conditions)})"

    def holds(self, X: np.ndarray) -> np.ndarray:
        """See :class:`Constraint`."""
        return np.asarray(~np.all([each.holds(X) for each in self.conditions], axis=0))

    def refusal(self, x: Sequence[float]) -> str:
        """See :class:`Constraint`."""
        found = dict.fromkeys(each.found(x) for each in self.conditions)
        return f"{', '.join(found)} lies in a forbidden region, expected {self.text}"


@dataclass(frozen=True)
class Cardinality:
    """At most some of several variables differ from zero.

    Parameters
    ----------
    names
        Of all variables, in order.
    of
        Names of those that are counted.
    at_most
        How many of them may differ from zero.
    tolerance
        What still counts as zero.
    """

    names: tuple[str, ...]
    of: tuple[str, ...]
    at_most: int
    tolerance: float = TOLERANCE

    def __post_init__(self) -> None:
        unknown = sorted(set(self.of) - set(self.names))
        if unknown or not 0 <= self.at_most < len(set(self.of)) == len(self.of):
            raise CampaignError(
                f"cardinality of {list(self.of)}, at_most = {self.at_most}: expected different variables among "
                f"{', '.join(self.names)}, and a number below theirs"
            )

    @property
    def text(self) -> str:
        """See :class:`Constraint`."""
        return f"at most {self.at_most} of {', '.join(self.of)} differ from 0"

    @property
    def columns(self) -> list[int]:
        """Columns of the variables that are counted."""
        return [self.names.index(name) for name in self.of]

    def holds(self, X: np.ndarray) -> np.ndarray:
        """See :class:`Constraint`."""
        return np.asarray((np.abs(X[:, self.columns]) > self.tolerance).sum(axis=1) <= self.at_most)

    def refusal(self, x: Sequence[float]) -> str:
        """See :class:`Constraint`."""
        found = ", ".join(f"{name} = {x[column]:g}" for name, column in zip(self.of, self.columns, strict=True))
        return f"{found}, expected that {self.text}"
