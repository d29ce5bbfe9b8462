"""Magnetization against composition and temperature: laws, moments, units (method.md, section 4)."""

from loop.assimilation.laboratories import LaboratoryOffset
from loop.magnetism.brillouin import BrillouinLaw
from loop.magnetism.curie_bloch import CurieBlochLaw
from loop.magnetism.ferrimagnet import antiparallel, require_ferromagnet
from loop.magnetism.finite_temperature import FiniteTemperature
from loop.magnetism.free_ion import FreeIon, free_ion
from loop.magnetism.kuzmin import KuzminLaw
from loop.magnetism.law import Law
from loop.magnetism.law_model import LawModel, UnderLaw
from loop.magnetism.laws import LAWS, law_named
from loop.magnetism.linearization import LinearizationReport
from loop.magnetism.row import Reading, Row
from loop.magnetism.shape_estimate import ShapeEstimate
from loop.magnetism.units import UNITS, convert_magnetization

__all__ = [
    "LAWS",
    "UNITS",
    "BrillouinLaw",
    "CurieBlochLaw",
    "FiniteTemperature",
    "FreeIon",
    "KuzminLaw",
    "LaboratoryOffset",
    "Law",
    "LawModel",
    "LinearizationReport",
    "Reading",
    "Row",
    "ShapeEstimate",
    "UnderLaw",
    "antiparallel",
    "convert_magnetization",
    "free_ion",
    "law_named",
    "require_ferromagnet",
]
