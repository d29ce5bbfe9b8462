"""Where a ferromagnet's law does not hold: heavy rare earths."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from loop.errors import CompositionError
from loop.magnetism.free_ion import EMPTY, LANTHANIDES, free_ion


def antiparallel(elements: Iterable[str]) -> tuple[str, ...]:
    """Those of the elements whose 4f moment opposes a 3d sublattice: Gd to Yb."""
    known = set(LANTHANIDES) | set(EMPTY)
    return tuple(element for element in elements if element in known and free_ion(element).sign < 0)


def require_ferromagnet(amounts: Mapping[str, float], what: str) -> None:
    """Refuse a compound with heavy rare earths.

    Parameters
    ----------
    amounts
        Atoms per formula unit by element.
    what
        What a person calls the compound.

    Raises
    ------
    CompositionError
        With the reason.
    """
    heavy = antiparallel(element for element, amount in amounts.items() if amount > 0.0)
    if heavy:
        raise CompositionError(
            f"{what} holds {', '.join(heavy)}: the 4f moment of a heavy rare earth is antiparallel to the 3d moment, a "
            "ferrimagnet whose sublattices fall differently with temperature (it may even rise); the law of a "
            "ferromagnet does not hold. Leave such compounds out, or describe them by two sublattices"
        )
