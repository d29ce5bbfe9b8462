"""Where the loop may look: variables, composition, constraints."""

from loop.space.candidates import scattered
from loop.space.category import Category, condition
from loop.space.constraint import Cardinality, Condition, Constraint, Forbidden, Linear
from loop.space.expression import LinearExpression
from loop.space.formula import Formula
from loop.space.grid import grid
from loop.space.polishing import polish
from loop.space.space import Space
from loop.space.variable import Variable

__all__ = [
    "Cardinality",
    "Category",
    "Condition",
    "Constraint",
    "Forbidden",
    "Formula",
    "Linear",
    "LinearExpression",
    "Space",
    "Variable",
    "condition",
    "grid",
    "polish",
    "scattered",
]
