"""Hard limits: what no request may ever exceed, whatever chose it.

Nothing here knows of spaces' constraints or rules: the limits are read, and every request is held against them, by code
of their own, so that a mistake there does not pass here.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from loop.errors import CampaignError, LimitError
from loop.space.expression import LinearExpression

_SIGN = re.compile(r"<=|>=|=")
_TOLERANCE = 1e-9

Amounts = Callable[[Sequence[float]], Mapping[str, float]]


@dataclass(frozen=True)
class Rule:
    """Two linear expressions that must compare as written.

    Parameters
    ----------
    text
        As it was written.
    left, right
        The two sides.
    sign
        ``"<="``, ``">="`` or ``"="``.
    """

    text: str
    left: LinearExpression
    right: LinearExpression
    sign: str

    @classmethod
    def parse(cls, text: object, names: Sequence[str]) -> Rule:
        """Read one rule.

        Raises
        ------
        CampaignError
            Where it cannot be read.
        """
        sides = _SIGN.split(text) if isinstance(text, str) else []
        if len(sides) != 2 or not isinstance(text, str):
            raise CampaignError(f"limits.expressions: cannot read {text!r}, expected such as 'alpha + beta <= 0.8'")
        try:
            left, right = (LinearExpression.parse(side) for side in sides)
            left.vector(names)
            right.vector(names)
        except CampaignError as error:
            raise CampaignError(f"limits.expressions: {text!r}: {error}") from error
        return cls(text.strip(), left, right, _SIGN.findall(text)[0])

    def excess(self, values: Mapping[str, Any]) -> Any:
        """By how much the rule is violated, for one point or for many; at most 0 where it holds."""
        more = _evaluated(self.left, values) - _evaluated(self.right, values)
        return {"<=": more, ">=": -more, "=": abs(more)}[self.sign]


@dataclass(frozen=True)
class Limits:
    """``[limits]`` of a campaign file.

    Parameters
    ----------
    names
        Of the design variables, in order.
    bounds
        Lowest and highest value, by variable.
    elements
        Largest share of all atoms, by element.
    cost_per_request
        Most that one request may cost.
    expressions
        What must hold besides.
    amounts
        Amount of each element at a design point; None where points are no compositions.
    categories
        Names of all values of each categorical variable; a point holds the position of one.
    values
        Those that may be asked for, by categorical variable.
    """

    names: tuple[str, ...] = ()
    bounds: Mapping[str, tuple[float, float]] | None = None
    elements: Mapping[str, float] | None = None
    cost_per_request: float = math.inf
    expressions: tuple[Rule, ...] = ()
    amounts: Amounts | None = None
    categories: Mapping[str, Sequence[str]] = field(default_factory=dict)
    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @classmethod
    def parse(
        cls,
        table: Mapping[str, Any],
        names: Sequence[str],
        amounts: Amounts | None,
        at: Sequence[float],
        categories: Mapping[str, Sequence[str]] | None = None,
    ) -> Limits:
        """Read the table.

        Parameters
        ----------
        table
            The content of ``[limits]``.
        names
            Of the design variables.
        amounts
            Amount of each element at a design point, None without a formula.
        at
            Any design point, to learn which elements there are.
        categories
            Names of the values of each categorical variable, in order.

        Raises
        ------
        CampaignError
            Naming the key, what was found and what was expected.
        """
        known, named = {"elements", "cost_per_request", "expressions"}, categories or {}
        numbers = [name for name in names if name not in named]
        unknown = sorted(set(table) - known - set(names))
        if unknown:
            raise CampaignError(
                f"limits.{unknown[0]}: expected {', '.join(names)}, elements, cost_per_request or expressions"
            )
        return cls(
            names=tuple(names),
            bounds={
                name: _pair(f"limits.{name}", table[name]) for name in numbers if name in table and name not in known
            },
            elements=_shares(table.get("elements", {}), amounts, at),
            cost_per_request=_positive("limits.cost_per_request", table.get("cost_per_request", math.inf)),
            expressions=tuple(Rule.parse(text, numbers) for text in _texts(table.get("expressions", []))),
            amounts=amounts,
            categories=named,
            values={name: _some(name, table[name], named[name]) for name in named if name in table},
        )

    def check(self, x: Sequence[float], cost: float, what: str) -> None:
        """Refuse what exceeds a limit.

        Parameters
        ----------
        x
            The point that is asked for.
        cost
            Of the request.
        what
            Names the request in the error.

        Raises
        ------
        LimitError
            Naming the limit, what was found and what was expected.
        """
        values = dict(zip(self.names, map(float, x), strict=True)) if self.names else {}
        problems = [*self._beyond_bounds(values), *self._not_among(values)]
        problems += [*self._too_much(x), *self._broken(values)]
        if not cost <= self.cost_per_request + _TOLERANCE:
            problems.append(f"limits.cost_per_request: found {cost:g}, expected at most {self.cost_per_request:g}")
        if problems:
            raise LimitError(f"{what} exceeds a hard limit and was stopped. {'; '.join(problems)}")

    def allowed(self, X: np.ndarray, cost: float | np.ndarray) -> np.ndarray:
        """Which of the points X (n, d) :meth:`check` lets pass at this cost, one for all or (n,) each, (n,)."""
        values = dict(zip(self.names, X.T, strict=True)) if self.names else {}
        good = np.broadcast_to(np.asarray(cost) <= self.cost_per_request + _TOLERANCE, len(X)).copy()
        for name, (low, high) in (self.bounds or {}).items():
            good &= (values[name] >= low - _TOLERANCE) & (values[name] <= high + _TOLERANCE)
        for name, some in self.values.items():
            good &= np.isin(values[name], [self.categories[name].index(each) for each in some])
        for rule in self.expressions:
            good &= rule.excess(values) <= _TOLERANCE
        if self.elements:
            good[good] = [not self._too_much(x) for x in X[good].tolist()]
        return good

    def _beyond_bounds(self, values: Mapping[str, float]) -> list[str]:
        return [
            f"limits.{name}: found {values[name]:g}, expected {low:g} to {high:g}"
            for name, (low, high) in (self.bounds or {}).items()
            if not low - _TOLERANCE <= values[name] <= high + _TOLERANCE
        ]

    def _not_among(self, values: Mapping[str, float]) -> list[str]:
        found = {name: _value(self.categories[name], values[name]) for name in self.values}
        return [
            f"limits.{name}: found {found[name]}, expected {' or '.join(allowed)}"
            for name, allowed in self.values.items()
            if found[name] not in allowed
        ]

    def _too_much(self, x: Sequence[float]) -> list[str]:
        if not self.elements or self.amounts is None:
            return []
        amounts = self.amounts(x)
        total = sum(amounts.values())
        shares = {name: amounts.get(name, 0.0) / total for name in self.elements}
        return [
            f"limits.elements.{name}: found a share of {shares[name]:.4g} of all atoms, expected at most {most:g}"
            for name, most in self.elements.items()
            if not shares[name] <= most + _TOLERANCE
        ]

    def _broken(self, values: Mapping[str, float]) -> list[str]:
        return [
            f"limits.expressions: found {', '.join(f'{k} = {v:g}' for k, v in values.items())}, expected {rule.text}"
            for rule in self.expressions
            if not rule.excess(values) <= _TOLERANCE
        ]


def _evaluated(expression: LinearExpression, values: Mapping[str, Any]) -> Any:
    return expression.constant + sum(factor * values[name] for name, factor in expression.coefficients.items())


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and not math.isnan(value)


def _pair(key: str, found: Any) -> tuple[float, float]:
    if not (
        isinstance(found, list | tuple) and len(found) == 2 and all(map(_is_number, found)) and found[0] <= found[1]
    ):
        raise CampaignError(f"{key} = {found!r}, expected [lowest, highest]")
    return float(found[0]), float(found[1])


def _some(name: str, found: Any, values: Sequence[str]) -> tuple[str, ...]:
    if not (isinstance(found, list | tuple) and found and all(value in values for value in found)):
        raise CampaignError(f"limits.{name} = {found!r}, expected a list of some of {', '.join(values)}")
    return tuple(found)


def _value(values: Sequence[str], position: float) -> str:
    """Name of a category, or what stands there instead of its position."""
    whole = int(position) if math.isfinite(position) else -1
    return values[whole] if whole == position and 0 <= whole < len(values) else f"{position:g}"


def _positive(key: str, found: Any) -> float:
    if not (_is_number(found) and found > 0):
        raise CampaignError(f"{key} = {found!r}, expected a positive number")
    return float(found)


def _texts(found: Any) -> Sequence[Any]:
    if not isinstance(found, list | tuple):
        raise CampaignError(f"limits.expressions = {found!r}, expected a list such as ['alpha + beta <= 0.8']")
    return found


def _shares(found: Any, amounts: Amounts | None, at: Sequence[float]) -> dict[str, float]:
    if not isinstance(found, Mapping):
        raise CampaignError(f"limits.elements = {found!r}, expected a table such as {{ Ni = 0.1 }}")
    if found and amounts is None:
        raise CampaignError("limits.elements: the space has no formula, so there are no elements to limit")
    known = set(amounts(at)) if amounts is not None else set()
    for name, share in found.items():
        if name not in known:
            raise CampaignError(f"limits.elements.{name}: not in the formula, which has {', '.join(sorted(known))}")
        if not (_is_number(share) and 0 <= share <= 1):
            raise CampaignError(f"limits.elements.{name} = {share!r}, expected a share of all atoms, 0 to 1")
    return {name: float(share) for name, share in found.items()}
