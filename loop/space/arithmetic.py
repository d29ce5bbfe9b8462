"""Arithmetic of named quantities, such as ``(M - 0.1*Tc) / price_per_kg``, that may be linear in some of the names."""

from __future__ import annotations

import ast
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

import numpy as np

from loop.errors import CampaignError

Quantities = Mapping[str, np.ndarray]
Terms = dict[str, np.ndarray]
REST = ""
"""Name of the part of an expression that belongs to none of the unknowns."""


@dataclass(frozen=True)
class Arithmetic:
    """Numbers, names, ``+ - * / **`` and brackets.

    Parameters
    ----------
    text
        As it was written.
    tree
        As it was read.
    """

    text: str
    tree: ast.expr = field(compare=False, repr=False)

    @classmethod
    def parse(cls, text: str, unknowns: Collection[str] = ()) -> Arithmetic:
        """Read an expression.

        Raises
        ------
        CampaignError
            Where it is none, or is not linear in the unknowns.
        """
        try:
            found = cls(text.strip(), ast.parse(text.strip(), mode="eval").body)
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            raise CampaignError(f"cannot read the expression {text!r}: expected such as '1 + 0.5*alpha'") from error
        one = np.ones(1)
        found.terms(dict.fromkeys(found.names, one), unknowns)
        return found

    @property
    def names(self) -> frozenset[str]:
        """Names that occur."""
        return frozenset(node.id for node in ast.walk(self.tree) if isinstance(node, ast.Name))

    def require(self, known: Collection[str]) -> None:
        """Refuse names that are not known.

        Raises
        ------
        CampaignError
            Naming them, and what there is.
        """
        unknown = sorted(self.names - set(known))
        if unknown:
            raise CampaignError(
                f"the expression {self.text!r} uses {', '.join(unknown)}, expected {', '.join(sorted(known))}"
            )

    def value(self, quantities: Quantities) -> np.ndarray:
        """Value (n,) of the expression, of quantities (n,) by name."""
        return self.terms(quantities, ())[REST]

    def terms(self, quantities: Quantities, unknowns: Collection[str]) -> Terms:
        """Collect an expression that is linear in unknowns: Σ c_u u + rest.

        Parameters
        ----------
        quantities
            What is known, (n,) by name.
        unknowns
            Names that have no value.

        Returns
        -------
        dict
            Coefficients (n,) by unknown, and the rest (n,) under :data:`REST`; not finite where numbers are divided by
            zero.

        Raises
        ------
        CampaignError
            Where the expression is not linear in the unknowns, or is no arithmetic.
        """
        with np.errstate(all="ignore"):
            found = _terms(self.tree, quantities, frozenset(unknowns), self.text)
        shape = np.shape(next(iter(quantities.values()), np.zeros(1)))
        zero = np.zeros(shape)
        return {name: zero + found.get(name, 0.0) for name in (*sorted(unknowns), REST)}


def _terms(node: ast.expr, known: Quantities, unknowns: frozenset[str], text: str) -> Terms:
    match node:
        case ast.Constant(value=int() | float() as value) if not isinstance(value, bool) and abs(value) < 1e300:
            return {REST: np.array(float(value))}
        case ast.Name(id=name):
            return {name: np.array(1.0)} if name in unknowns else {REST: known[name]}
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return _scaled(_terms(operand, known, unknowns, text), np.array(-1.0))
        case ast.BinOp(left=left, op=operation, right=right):
            first, second = (_terms(side, known, unknowns, text) for side in (left, right))
            return _combined(first, operation, second, text)
        case _:
            raise CampaignError(f"the expression {text!r} holds more than numbers, names, + - * / ** and brackets")


def _combined(left: Terms, operation: ast.operator, right: Terms, text: str) -> Terms:
    match operation:
        case ast.Add():
            return _sum(left, right)
        case ast.Sub():
            return _sum(left, _scaled(right, np.array(-1.0)))
        case ast.Mult() if _is_known(left):
            return _scaled(right, left[REST])
        case ast.Mult() if _is_known(right):
            return _scaled(left, right[REST])
        case ast.Div() if _is_known(right):
            return _scaled(left, 1.0 / right[REST])
        case ast.Pow() if _is_known(left) and _is_known(right):
            return {REST: left[REST] ** right[REST]}
        case ast.Mult() | ast.Div() | ast.Pow():
            raise CampaignError(f"the expression {text!r} is not linear in the targets")
        case _:
            raise CampaignError(f"the expression {text!r} holds more than numbers, names, + - * / ** and brackets")


def _is_known(terms: Terms) -> bool:
    return set(terms) <= {REST}


def _scaled(terms: Terms, factor: np.ndarray) -> Terms:
    return {name: factor * value for name, value in terms.items()}


def _sum(left: Terms, right: Terms) -> Terms:
    zero = np.array(0.0)
    return {name: left.get(name, zero) + right.get(name, zero) for name in {**left, **right}}
