"""Stopping rules that compose: ``(experiments >= 20 | cost >= 30) & no_improvement >= 5``."""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from loop.errors import CampaignError

QUANTITIES = {
    "experiments": "{:g} measurements were asked for",
    "cost": "{:g} is spent",
    "cycles": "{:g} cycles are done",
    "no_improvement": "the last {:g} measurements brought nothing better",
    "best_measured": "the best measured value is {:g}",
    "distance": "the best measured value is {:g} away from what is to be hit",
    "expected_improvement": "the next experiment is expected to gain {:.3g}",
    "improvement_per_cost": "the next experiment is expected to gain {:.3g} per unit of cost",
    "probability_best_found": "the best is found with probability {:.3g}",
}
"""What can be compared with a number, and how it is said."""

_SIGNS: dict[type[ast.cmpop], tuple[str, Callable[[float, float], bool]]] = {
    ast.GtE: (">=", operator.ge),
    ast.LtE: ("<=", operator.le),
    ast.Gt: (">", operator.gt),
    ast.Lt: ("<", operator.lt),
}
_COMPARE = dict(_SIGNS.values())


class Facts(Protocol):
    """What rules ask; NaN where it is not known (yet)."""

    def __call__(self, quantity: str) -> float:
        """Value of one of :data:`QUANTITIES`."""


@dataclass(frozen=True)
class Verdict:
    """Whether a rule holds (None where that is not known), and why, in words."""

    holds: bool | None
    words: str


class StopRule:
    """A predicate; rules combine with ``&``, ``|`` and ``~``."""

    def __call__(self, facts: Facts) -> Verdict:
        """Judge the facts."""
        raise NotImplementedError

    def __and__(self, other: StopRule) -> StopRule:
        """Both hold."""
        return Both(self, other)

    def __or__(self, other: StopRule) -> StopRule:
        """One of them holds."""
        return Either(self, other)

    def __invert__(self) -> StopRule:
        """It is known not to hold."""
        return Not(self)


@dataclass(frozen=True)
class Compare(StopRule):
    """A quantity against a number.

    Parameters
    ----------
    quantity
        One of :data:`QUANTITIES`.
    sign
        ``">="``, ``"<="``, ``">"`` or ``"<"``.
    limit
        The number.
    """

    quantity: str
    sign: str
    limit: float

    def __call__(self, facts: Facts) -> Verdict:
        """See :class:`StopRule`."""
        value = facts(self.quantity)
        holds = None if math.isnan(value) else _COMPARE[self.sign](value, self.limit)
        return Verdict(holds, f"{QUANTITIES[self.quantity].format(value)} ({self.sign} {self.limit:g})")


@dataclass(frozen=True)
class Both(StopRule):
    """Both rules hold; the second is not asked where the first does not."""

    first: StopRule
    second: StopRule

    def __call__(self, facts: Facts) -> Verdict:
        """See :class:`StopRule`."""
        first = self.first(facts)
        if first.holds is False:
            return first
        second = self.second(facts)
        if second.holds is False:
            return second
        return Verdict(True if first.holds and second.holds else None, f"{first.words} and {second.words}")


@dataclass(frozen=True)
class Either(StopRule):
    """One of two rules holds; the second is not asked where the first does."""

    first: StopRule
    second: StopRule

    def __call__(self, facts: Facts) -> Verdict:
        """See :class:`StopRule`."""
        first = self.first(facts)
        if first.holds:
            return first
        second = self.second(facts)
        if second.holds:
            return second
        holds = None if None in (first.holds, second.holds) else False
        return Verdict(holds, f"neither {first.words} nor {second.words}")


@dataclass(frozen=True)
class Not(StopRule):
    """A rule is known not to hold."""

    rule: StopRule

    def __call__(self, facts: Facts) -> Verdict:
        """See :class:`StopRule`."""
        found = self.rule(facts)
        return Verdict(None if found.holds is None else not found.holds, f"not so that {found.words}")


def parse_rule(text: str) -> StopRule:
    """Read a rule: quantities compared with numbers, ``&``, ``|``, ``~`` and brackets.

    Comparisons bind strongest, then ``~``, ``&`` and ``|``; ``not``, ``and`` and ``or`` say the same.

    Raises
    ------
    CampaignError
        Quoting the rule, with what was expected.
    """
    plain = text.replace("~", " not ").replace("&", " and ").replace("|", " or ").strip()
    try:
        tree = ast.parse(plain, mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise _unreadable(text) from error
    return _rule(tree.body, text)


def _rule(node: ast.expr, text: str) -> StopRule:
    match node:
        case ast.BoolOp(op=kind, values=[first, *others]):
            found = _rule(first, text)
            for other in others:
                found = found & _rule(other, text) if isinstance(kind, ast.And) else found | _rule(other, text)
            return found
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return ~_rule(operand, text)
        case ast.Compare(left=ast.Name(id=name), ops=[sign], comparators=[number]) if type(sign) in _SIGNS:
            if name not in QUANTITIES:
                raise CampaignError(
                    f"stop.rule = {text!r}: {name!r} is unknown, expected one of {', '.join(QUANTITIES)}"
                )
            return Compare(name, _SIGNS[type(sign)][0], _number(number, text))
        case _:
            raise _unreadable(text)


def _number(node: ast.expr, text: str) -> float:
    match node:
        case ast.Constant(value=int() | float() as value) if not isinstance(value, bool) and abs(value) < 1e300:
            return float(value)
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_number(operand, text)
        case _:
            raise _unreadable(text)


def _unreadable(text: str) -> CampaignError:
    return CampaignError(
        f"stop.rule = {text!r}: expected such as '(experiments >= 20 | cost >= 30) & no_improvement >= 5'"
    )
