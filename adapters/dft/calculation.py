"""What a finished first-principles calculation says."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, kw_only=True)
class Calculation:
    """One converged, collinear, spin-polarized calculation of a periodic cell.

    Parameters
    ----------
    moment_per_cell
        Magnitude of the spin moment of the whole cell in μB, interstitial region included. A collinear
        calculation does not know which way is up, so the sign is not kept.
    formula
        Contents of the cell, not reduced, without spaces: ``"Nd8Fe56B4"``.
    composition
        Atoms of each element in the cell; not whole numbers for a virtual crystal.
    n_atoms
        Sites in the cell.
    volume
        Volume of the cell in Å³.
    energy
        Total energy of the cell in eV, extrapolated to zero smearing where the code does so; None where
        the code's output does not hold it.
    code, code_version
        What calculated it: ``"VASP"``, ``"6.4.2"``.
    functional
        Exchange and correlation, with what was added to it: ``"PBE"``, ``"PBE+U"``.
    k_mesh
        Divisions of the reciprocal lattice; None where the points were listed one by one.
    frozen_4f
        Elements whose potential keeps the 4f shell in its core: their 4f moment is not in `moment_per_cell`.
    moment_is_fixed
        The moment was imposed (VASP ``NUPDOWN``, Quantum ESPRESSO ``tot_magnetization``), so it is an input
        of the calculation and no prediction.
    initial_moments, site_moments
        Moments of the sites in μB that the calculation started from, and those inside the spheres at its
        end, positive along the moment of the cell; None where the output does not hold them. Their sum is
        not the moment of the cell.
    absolute_moment
        Integral of the magnitude of the spin density in μB per cell; None where the output does not hold it.
    remarks
        What the reader noticed and did not find serious enough to refuse.
    converged
        Always True: what did not converge is rejected.
    files
        Name of each file that was read → SHA-256 of its bytes on disk.
    path
        The file that the moment was read from.
    """

    moment_per_cell: float
    formula: str
    composition: Mapping[str, float]
    n_atoms: int
    volume: float
    energy: float | None
    code: str
    code_version: str
    functional: str
    k_mesh: tuple[int, int, int] | None
    frozen_4f: tuple[str, ...] = ()
    moment_is_fixed: bool = False
    initial_moments: tuple[float, ...] | None = None
    site_moments: tuple[float, ...] | None = None
    absolute_moment: float | None = None
    remarks: tuple[str, ...] = ()
    converged: bool = True
    files: Mapping[str, str] = field(default_factory=dict)
    path: str = ""

    def upright(self) -> Calculation:
        """Return the same calculation with the moment of the cell pointing up."""
        if not self.moment_per_cell < 0:
            return self
        return replace(
            self,
            moment_per_cell=-self.moment_per_cell,
            initial_moments=_turned(self.initial_moments),
            site_moments=_turned(self.site_moments),
        )


def _turned(moments: tuple[float, ...] | None) -> tuple[float, ...] | None:
    return None if moments is None else tuple(-moment for moment in moments)
