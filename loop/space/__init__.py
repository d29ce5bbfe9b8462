"""Where the loop may look: variables, composition, constraints."""

from loop.space.candidates import scattered
from loop.space.expression import LinearExpression
from loop.space.formula import Formula
from loop.space.space import Space
from loop.space.variable import Variable

__all__ = ["Formula", "LinearExpression", "Space", "Variable", "scattered"]
