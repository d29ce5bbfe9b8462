"""The demonstrations' figures (method.md 6), each with the numbers behind it.

Harashima et al., Phys. Rev. Materials 5, 013806 (2021); arXiv:2408.08539.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from loop.figures.curves import Curve, Numbers, Shown, write_curves
from loop.figures.d1 import d1, draw_d1
from loop.figures.d2 import d2, draw_d2
from loop.figures.d3 import d3, draw_d3

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["Curve", "Numbers", "Shown", "d1", "d2", "d3", "draw_d1", "draw_d2", "draw_d3", "save"]


def save(figure: Figure, shown: Shown, file: Path) -> Path:
    """Write a figure, and its numbers beside it.

    Parameters
    ----------
    figure, shown
        Drawn of the same numbers.
    file
        Where to; the suffix gives the format (``.png``, ``.pdf``, ``.svg``).

    Returns
    -------
    Path
        Of the CSV.

    Raises
    ------
    OSError
        Where one cannot be written.
    """
    from loop.figures.style import house_style

    table = file.with_suffix(".csv")
    with house_style():
        figure.savefig(file, dpi=200)
    write_curves(shown.curves, table)
    return table
