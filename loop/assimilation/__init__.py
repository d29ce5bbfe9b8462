"""Assimilation of calculation and experiment (method.md, sections 2 and 3)."""

from loop.assimilation.assimilation import DataAssimilation
from loop.assimilation.basis import Basis
from loop.assimilation.category import CategoryBasis
from loop.assimilation.custom import FunctionBasis, ProductBasis
from loop.assimilation.hilbert import HilbertSpaceBasis
from loop.assimilation.kept import KeptRows
from loop.assimilation.laboratories import LaboratoryAssimilation, LaboratoryOffset
from loop.assimilation.offsets import OffsetBasis, Offsets
from loop.assimilation.polynomial import PolynomialBasis
from loop.assimilation.posterior import Posterior
from loop.assimilation.prior import Prior
from loop.assimilation.selection import Ranked, select
from loop.assimilation.sine import CosineBasis, SineBasis
from loop.assimilation.statistics import Statistics
from loop.assimilation.structure import Structure
from loop.assimilation.substitution import SubstitutionBasis

__all__ = [
    "Basis",
    "CategoryBasis",
    "CosineBasis",
    "DataAssimilation",
    "FunctionBasis",
    "HilbertSpaceBasis",
    "KeptRows",
    "LaboratoryAssimilation",
    "LaboratoryOffset",
    "OffsetBasis",
    "Offsets",
    "PolynomialBasis",
    "Posterior",
    "Prior",
    "ProductBasis",
    "Ranked",
    "SineBasis",
    "Statistics",
    "Structure",
    "SubstitutionBasis",
    "select",
]
