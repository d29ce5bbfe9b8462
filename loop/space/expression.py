"""Linear expressions of the design variables, as they stand in a formula: ``1-alpha-2*beta``."""

from __future__ import annotations

import ast
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from loop.errors import CampaignError

Terms = dict[str, float]
_CONSTANT = ""


@dataclass(frozen=True)
class LinearExpression:
    """``constant + Σ coefficient·variable``.

    Parameters
    ----------
    text
        As it was written.
    constant
        The constant term.
    coefficients
        By variable name; variables that do not occur are absent.
    """

    text: str
    constant: float
    coefficients: Mapping[str, float]

    @classmethod
    def parse(cls, text: str) -> LinearExpression:
        """Read an expression of numbers, names, ``+ - * /`` and brackets that is linear in its names.

        Raises
        ------
        CampaignError
            Where it is no such expression.
        """
        try:
            tree = ast.parse(text.strip(), mode="eval")
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            raise CampaignError(
                f"cannot read the expression {text!r}: expected something like '1-alpha-beta'"
            ) from error
        terms = _terms(tree.body, text)
        constant = terms.pop(_CONSTANT, 0.0)
        return cls(text.strip(), constant, terms)

    def vector(self, names: Sequence[str]) -> np.ndarray:
        """Coefficients in the order of the names, shape (len(names),).

        Raises
        ------
        CampaignError
            Where the expression uses another name.
        """
        unknown = sorted(set(self.coefficients) - set(names))
        if unknown:
            raise CampaignError(
                f"the expression {self.text!r} uses {', '.join(unknown)}, "
                f"which is no design variable; there are {', '.join(names)}"
            )
        return np.array([self.coefficients.get(name, 0.0) for name in names])


def _terms(node: ast.expr, text: str) -> Terms:
    match node:
        case ast.Constant(value=int() | float() as value) if not isinstance(value, bool) and abs(value) < math.inf:
            return {_CONSTANT: _as_float(value, text)}
        case ast.Name(id=name):
            return {name: 1.0}
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return _scaled(_terms(operand, text), -1.0)
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return _sum(_terms(left, text), _terms(right, text))
        case ast.BinOp(left=left, op=ast.Sub(), right=right):
            return _sum(_terms(left, text), _scaled(_terms(right, text), -1.0))
        case ast.BinOp(left=left, op=ast.Mult(), right=right):
            return _product(_terms(left, text), _terms(right, text), text)
        case ast.BinOp(left=left, op=ast.Div(), right=right):
            return _scaled(_terms(left, text), 1.0 / _number(_terms(right, text), text))
        case _:
            raise CampaignError(f"the expression {text!r} is not linear in the design variables")


def _scaled(terms: Terms, factor: float) -> Terms:
    return {name: factor * value for name, value in terms.items()}


def _sum(left: Terms, right: Terms) -> Terms:
    return {name: left.get(name, 0.0) + right.get(name, 0.0) for name in {**left, **right}}


def _product(left: Terms, right: Terms, text: str) -> Terms:
    if set(right) <= {_CONSTANT}:
        return _scaled(left, _number(right, text, zero_allowed=True))
    return _scaled(right, _number(left, text, zero_allowed=True))


def _number(terms: Terms, text: str, *, zero_allowed: bool = False) -> float:
    value = terms.get(_CONSTANT, 0.0)
    if set(terms) - {_CONSTANT} or (value == 0.0 and not zero_allowed):
        raise CampaignError(f"the expression {text!r} is not linear in the design variables")
    return value


def _as_float(value: float, text: str) -> float:
    try:
        return float(value)
    except OverflowError as error:
        raise CampaignError(f"the expression {text!r} holds a number that is too large") from error
