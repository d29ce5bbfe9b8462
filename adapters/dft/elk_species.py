"""Which atoms an Elk INFO.OUT is about, virtual ones included."""

from __future__ import annotations

import re

from adapters.dft.cell import joined

_BLOCK = re.compile(r"\nSpecies : +\d+ \((?P<symbol>[^)]*)\)\n(?P<rest>.*?)(?=\nSpecies :|\nTotal number)", re.S)
_CHARGE = re.compile(r"nuclear charge +: +(-?[\d.]+)")
_ATOM = re.compile(r"^ +\d+ : ", re.M)


def species(text: str) -> tuple[str, dict[str, float], tuple[str, ...]]:
    """Read formula and composition from the nuclear charges.

    A virtual crystal has a fractional nuclear charge Z + x. It is recorded as 1 - x of element Z and x of
    element Z + 1; any other mixture of the same mean charge gives the same calculation.

    Parameters
    ----------
    text
        Contents of INFO.OUT.

    Returns
    -------
    formula, composition
        As in :func:`adapters.dft.cell.contents`; amounts may be fractions.
    remarks
        One for every virtual species.

    Raises
    ------
    ValueError
        No species, or one without charge.
    """
    from pymatgen.core.periodic_table import Element

    amounts: dict[str, float] = {}
    remarks = []
    for block in _BLOCK.finditer(text):
        charge = _CHARGE.search(block["rest"])
        if charge is None:
            raise ValueError(f"species {block['symbol']!r} has no nuclear charge in INFO.OUT")
        atoms = len(_ATOM.findall(block["rest"]))
        z = abs(float(charge[1]))
        below, share = int(z + 1e-6), z - int(z + 1e-6)
        parts = {Element.from_Z(below).symbol: 1.0 - share}
        if share > 1e-6:
            parts = {symbol: round(n, 8) for symbol, n in parts.items()}
            parts[Element.from_Z(below + 1).symbol] = round(share, 8)
            mixture = " and ".join(f"{n:g} {symbol}" for symbol, n in parts.items())
            remarks.append(f"virtual crystal: nuclear charge {z:g} read as {mixture}")
        else:
            parts = dict.fromkeys(parts, 1.0)
        for symbol, n in parts.items():
            amounts[symbol] = amounts.get(symbol, 0.0) + atoms * n
    if not amounts:
        raise ValueError("no species in INFO.OUT")
    return (*joined(amounts), tuple(remarks))
