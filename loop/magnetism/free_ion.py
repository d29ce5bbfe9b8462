"""Moments of free trivalent rare-earth ions, by Hund's rules, and how they couple to a 3d sublattice."""

from __future__ import annotations

from dataclasses import dataclass

from loop.errors import CompositionError

LANTHANIDES = ("La", "Ce", "Pr", "Nd", "Pm", "Sm", "Eu", "Gd", "Tb", "Dy", "Ho", "Er", "Tm", "Yb", "Lu")
"""By number of 4f electrons of the trivalent ion, from 0."""
EMPTY = ("Sc", "Y")
"""Rare earths without a 4f shell."""
ORBITALS = 7


@dataclass(frozen=True)
class FreeIon:
    """Ground term of 4fⁿ.

    Parameters
    ----------
    electrons
        n, 0 to 14.
    """

    electrons: int

    @property
    def spin(self) -> float:
        """S, the largest (first rule)."""
        return 0.5 * (ORBITALS - abs(ORBITALS - self.electrons))

    @property
    def orbital(self) -> int:
        """L, the largest that S allows (second rule)."""
        held = self.electrons % ORBITALS
        return held * (ORBITALS - held) // 2

    @property
    def total(self) -> float:
        """J = |L − S| below half filling, L + S from half filling on (third rule)."""
        if self.electrons < ORBITALS:
            return abs(self.orbital - self.spin)
        return self.orbital + self.spin

    @property
    def lande(self) -> float:
        """Landé's factor g_J = 3/2 + (S(S+1) − L(L+1)) / (2J(J+1)); 0 where J is 0."""
        S, L, J = self.spin, self.orbital, self.total
        return 0.0 if J == 0 else 1.5 + (S * (S + 1) - L * (L + 1)) / (2.0 * J * (J + 1))

    @property
    def moment(self) -> float:
        """Saturated moment g_J·J in μB."""
        return self.lande * self.total

    @property
    def sign(self) -> int:
        """How the moment couples to 3d: +1 parallel (light), −1 antiparallel (heavy), 0 without a moment.

        The 4f *spin* always opposes the 3d spin (through 5d); below half filling the total moment opposes the 4f spin.
        """
        if self.moment == 0.0:
            return 0
        return 1 if self.electrons < ORBITALS else -1

    @property
    def contribution(self) -> float:
        """What the ion adds to the magnetization along 3d, in μB: sign · g_J·J."""
        return self.sign * self.moment


def free_ion(element: str) -> FreeIon:
    """Trivalent free ion of a rare earth.

    Raises
    ------
    CompositionError
        Where the element is no rare earth.
    """
    if element in EMPTY:
        return FreeIon(0)
    if element not in LANTHANIDES:
        raise CompositionError(f"{element!r} is no rare earth: expected one of {', '.join(EMPTY + LANTHANIDES)}")
    return FreeIon(LANTHANIDES.index(element))
