"""Where the loop may look: variables, composition, constraints."""

from loop.space.candidates import scattered
from loop.space.category import Category, condition
from loop.space.constraint import Cardinality, Condition, Constraint, Forbidden, Linear
from loop.space.expression import LinearExpression
from loop.space.formula import Formula, element_mass
from loop.space.grid import grid
from loop.space.polishing import polish
from loop.space.realised import Realised, realised_point
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
    "Realised",
    "Space",
    "Variable",
    "condition",
    "element_mass",
    "grid",
    "polish",
    "realised_point",
    "scattered",
]
