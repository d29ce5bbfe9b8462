"""What a cell contains."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


def contents(elements: Iterable[str]) -> tuple[str, dict[str, float]]:
    """Count the atoms of a cell.

    Parameters
    ----------
    elements
        Chemical symbol of every site.

    Returns
    -------
    formula
        In pymatgen's order (by electronegativity), not reduced, without spaces: ``"Nd8Fe56B4"``.
    composition
        Element → atoms, in the same order.

    Raises
    ------
    ValueError
        A symbol is no element.
    """
    return joined({symbol: float(n) for symbol, n in Counter(elements).items()})


def joined(amounts: Mapping[str, float]) -> tuple[str, dict[str, float]]:
    """Return formula and composition, as :func:`contents` does, of element → atoms."""
    from pymatgen.core.composition import Composition
    from pymatgen.core.periodic_table import Element

    ordered = sorted(amounts, key=lambda symbol: float(Element(symbol).X))
    formula = Composition(amounts).formula.replace(" ", "")
    return formula, {symbol: amounts[symbol] for symbol in ordered}
