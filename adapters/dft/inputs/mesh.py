"""The mesh of k points of a cell."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pymatgen.core.structure import Structure

SPACING = 0.32
"""Distance of k points in 1/Å: 10×10×10 for a bcc cell with a = 2.86 Å, where 6×6×6 is wrong by 0.1 μB."""


def mesh_of(crystal: Structure, wanted: tuple[int, int, int] | None) -> tuple[int, int, int]:
    """Divisions of the reciprocal lattice.

    Parameters
    ----------
    crystal
        Cell in Å.
    wanted
        Given divisions; None takes as many as a distance of :data:`SPACING` needs.
    """
    if wanted is not None:
        return wanted
    first, second, third = (math.ceil(length / SPACING) for length in crystal.lattice.reciprocal_lattice.abc)
    return first, second, third
