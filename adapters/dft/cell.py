"""What a cell contains."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


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
    from pymatgen.core.composition import Composition
    from pymatgen.core.periodic_table import Element

    counts = Counter(Element(symbol) for symbol in elements)
    ordered = sorted(counts, key=lambda element: float(element.X))
    formula = Composition(counts).formula.replace(" ", "")
    return formula, {element.symbol: float(counts[element]) for element in ordered}
