"""Mistakes that people make when they copy tables: one module a kind, each says what the row would be without it."""

from loop.innovation.mistakes.alternative import Alternative
from loop.innovation.mistakes.columns import swapped_columns
from loop.innovation.mistakes.compound import other_compounds
from loop.innovation.mistakes.number import exchanged_digits, shifted_point, wrong_sign
from loop.innovation.mistakes.unit import wrong_unit

MISTAKES = (swapped_columns, wrong_unit, wrong_sign, shifted_point, exchanged_digits, other_compounds)
"""All of them; among equally good explanations the earlier one is taken."""

__all__ = ["MISTAKES", "Alternative"]
