"""Outputs of first-principles codes, read honestly: a calculation or a refusal, no bare number."""

from adapters.dft.calculation import Calculation
from adapters.dft.calculation_table import read_calculation_table
from adapters.dft.reading import read_calculation
from adapters.dft.rejected import RejectedCalculation

__all__ = ["Calculation", "RejectedCalculation", "read_calculation", "read_calculation_table"]
